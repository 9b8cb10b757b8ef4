"""The object store of the payment tests."""

from pathlib import Path

import pytest

from infra.storage import FolderStorage


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    """A folder of objects."""
    return FolderStorage(tmp_path / "objects")
