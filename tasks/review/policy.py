"""Reads the review policy: how far the machine may decide, and how long a person has."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.errors import CatalogueError, FigureNotInForce
from models.registers import holds_on
from models.yaml_loader import safe_load

POLICY_FILE = Path(__file__).parent / "policy.yaml"

_STATUSES = frozenset({"confirmed", "secondary-source", "illustrative", "recalled", "proposal"})
_FIGURES = (
    "automatic_max_minor", "review_working_days", "agreement_validity_days",
    "typing_doubtful_percent_min", "typing_read_fields_min", "double_keying_from_minor",
)  # fmt: skip
#: Figures that are always a number.
_NEVER_NULL = ("review_working_days", "typing_doubtful_percent_min", "typing_read_fields_min")
_FIGURE_KEYS = frozenset({"meaning", "values"})
_VALUE_KEYS = frozenset({"from", "to", "value", "source", "status"})
_CALENDAR_KEYS = frozenset({"source", "status", "closed_weekdays", "closed_every_year"})


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy on one day; ``automatic_max_minor`` None sets no limit to the machine.

    ``agreement_validity_days`` None lets a prior agreement run without an end. A dossier is typed
    rather than corrected from ``typing_doubtful_percent_min`` percent of doubtful fields on, or
    below ``typing_read_fields_min`` fields read without doubt; its amounts are typed by two from
    ``double_keying_from_minor`` on, 0 always, None never.
    """

    automatic_max_minor: int | None
    review_working_days: int
    agreement_validity_days: int | None
    closed_weekdays: frozenset[int]
    closed_every_year: frozenset[str]
    typing_doubtful_percent_min: int
    typing_read_fields_min: int
    double_keying_from_minor: int | None

    def is_working_day(self, day: dt.date) -> bool:
        """Whether the desk works on a day."""
        is_weekend = day.isoweekday() in self.closed_weekdays
        return not is_weekend and f"{day:%m-%d}" not in self.closed_every_year

    def due_on(self, opened_on: dt.date) -> dt.date:
        """Return the last day a person has for a task, counting from the day after it opened."""
        day, left = opened_on, self.review_working_days
        while left > 0:
            day += dt.timedelta(days=1)
            left -= self.is_working_day(day)
        return day


@lru_cache(maxsize=8)
def read_policy(path: Path, day: dt.date) -> Policy:
    """Return the policy in force on a day.

    Raises:
        CatalogueError: names the file, the key and the date that is wrong.
    """
    raw = safe_load(path.read_text(encoding="utf-8"))
    _check_keys(path, "policy", raw, frozenset({*_FIGURES, "calendar"}))
    _check_keys(path, "calendar", raw["calendar"], _CALENDAR_KEYS)
    weekdays = frozenset(raw["calendar"]["closed_weekdays"])
    if not weekdays < frozenset(range(1, 8)):
        raise CatalogueError(f"{path.name}: calendar: a week needs a working day, numbered 1 to 7")
    numbers = {name: _number(path, raw, name, day) for name in _NEVER_NULL}
    return Policy(
        automatic_max_minor=_value(path, raw, "automatic_max_minor", day),
        review_working_days=numbers["review_working_days"],
        agreement_validity_days=_value(path, raw, "agreement_validity_days", day),
        closed_weekdays=weekdays,
        closed_every_year=frozenset(raw["calendar"]["closed_every_year"]),
        typing_doubtful_percent_min=numbers["typing_doubtful_percent_min"],
        typing_read_fields_min=numbers["typing_read_fields_min"],
        double_keying_from_minor=_value(path, raw, "double_keying_from_minor", day),
    )


def _number(path: Path, raw: Mapping[str, Any], name: str, day: dt.date) -> int:
    value = _value(path, raw, name, day)
    if value is None:
        raise CatalogueError(f"{path.name}: {name} may not be null")
    return value


def _value(path: Path, raw: Mapping[str, Any], name: str, day: dt.date) -> int | None:
    _check_keys(path, name, raw[name], _FIGURE_KEYS)
    for entry in raw[name]["values"]:
        _check_keys(path, name, entry, _VALUE_KEYS)
        value = entry["value"]
        is_number = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        if entry["status"] not in _STATUSES or not (value is None or is_number):
            raise CatalogueError(f"{path.name}: {name} from {entry['from']}: value or status")
        if holds_on(entry["from"], entry["to"], day):
            return value if value is None else int(value)
    raise FigureNotInForce(f"{path.name}: {name} has no value on {day}")


def _check_keys(path: Path, place: str, entry: Any, expected: frozenset[str]) -> None:
    if not isinstance(entry, dict) or set(entry) != expected:
        raise CatalogueError(f"{path.name}: {place}: keys must be {', '.join(sorted(expected))}")
