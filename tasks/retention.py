"""How long paper originals are kept: rules as data, each with its source."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from models.errors import CatalogueError, UsageError
from models.yaml_loader import safe_load

RULES_FILE = Path(__file__).with_name("retention.yaml")
_KEYS = {"years", "counts_from", "source", "status", "last_checked"}


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Originals are kept for whole years after the last day they were needed."""

    name: str
    years: int

    def ends(self, last_needed: dt.date) -> dt.date:
        """The first day on which the originals may be destroyed."""
        year = last_needed.year + self.years
        try:
            same_day = last_needed.replace(year=year)
        except ValueError:  # 29 February in a year without one
            same_day = dt.date(year, 3, 1)
        return same_day + dt.timedelta(days=1)


def read_rules(path: Path = RULES_FILE) -> dict[str, RetentionRule]:
    """Every rule by name.

    Raises:
        CatalogueError: on a missing or unknown key, or years that are no whole number.
    """
    rules = {}
    for name, raw in safe_load(path.read_text(encoding="utf-8")).items():
        if set(raw) != _KEYS or not isinstance(raw["years"], int) or raw["years"] < 1:
            raise CatalogueError(f"{path.name}: {name}: keys must be {sorted(_KEYS)}")
        rules[name] = RetentionRule(name, raw["years"])
    return rules


def rule_named(name: str) -> RetentionRule:
    """One rule.

    Raises:
        UsageError: when there is none of that name.
    """
    rules = read_rules()
    if name not in rules:
        raise UsageError(f"no retention rule of that name; there are {', '.join(sorted(rules))}")
    return rules[name]
