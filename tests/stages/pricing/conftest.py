import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import tasks.pricing
from tasks.pricing.catalogue import Catalogue, load_catalogue

PRICING_DIR = Path(tasks.pricing.__file__).parent


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The shipped catalogue, read once."""
    return load_catalogue(PRICING_DIR / "schemes")


@pytest.fixture
def copied(tmp_path: Path) -> Callable[..., Path]:
    """A copy of the shipped catalogue in which one text of one file is replaced."""

    def copy(file: str = "", old: str = "", new: str = "") -> Path:
        root = tmp_path / "pricing"
        for folder in ("schemes", "national"):
            shutil.copytree(
                PRICING_DIR / folder,
                root / folder,
                ignore=shutil.ignore_patterns("__pycache__"),
            )
        shutil.copy(PRICING_DIR / "sources.yaml", root)
        if file:
            text = (root / file).read_text(encoding="utf-8")
            assert old in text
            (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return root / "schemes"

    return copy
