"""The loader of the review policy: dated values, and what it refuses."""

import datetime as dt
from pathlib import Path

import pytest

from models.errors import CatalogueError, FigureNotInForce
from models.finding import Effect
from models.messages import read_codes
from tasks.review.policy import POLICY_FILE, read_policy

TEXT = POLICY_FILE.read_text(encoding="utf-8")
DAY = dt.date(2026, 11, 20)


def _written(folder: Path, text: str) -> Path:
    path = folder / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_limit_is_the_one_in_force_on_the_day(tmp_path: Path) -> None:
    dated = TEXT.replace(
        "to: null\n      value: null",
        "to: 2026-11-19\n      value: null\n      source: s\n      status: proposal\n"
        "    - from: 2026-11-20\n      to: null\n      value: 100",
        1,
    )
    path = _written(tmp_path, dated)
    assert read_policy(path, dt.date(2026, 11, 19)).automatic_max_minor is None
    assert read_policy(path, dt.date(2026, 11, 20)).automatic_max_minor == 100


def test_a_day_before_the_policy_is_an_error() -> None:
    with pytest.raises(FigureNotInForce, match="2025-12-31"):
        read_policy(POLICY_FILE, dt.date(2025, 12, 31))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("value: 5", "value: 5.5"),
        ("value: 5", "value: -1"),
        ("value: 5", "value: null"),
        ("status: proposal", "status: sure"),
        ("automatic_max_minor:", "automatic_max:"),
        ("closed_weekdays: [6, 7]", "closed_weekdays: [1, 2, 3, 4, 5, 6, 7]"),
        ("closed_weekdays: [6, 7]", "closed: [6, 7]"),
    ],
)
def test_a_faulty_policy_is_refused(tmp_path: Path, old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises(CatalogueError, match=r"policy\.yaml"):
        read_policy(_written(tmp_path, TEXT.replace(old, new, 1)), DAY)


def test_the_codes_of_the_desk_have_three_languages_and_an_effect() -> None:
    codes = read_codes(POLICY_FILE.parent / "codes.yaml")
    assert codes["DEJA_PAYE"].effect is Effect.REVIEW
    assert {code.effect for code in codes.values()} == {
        Effect.REVIEW,
        Effect.REFUSE,
        Effect.RETURN,
    }
    assert all(all(code.sentences.values()) for code in codes.values())
