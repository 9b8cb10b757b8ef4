"""The fraud rules: one file a rule, each with its YAML of sentences and dated figures."""

import datetime as dt
import importlib
import pkgutil
from functools import lru_cache
from typing import Protocol, cast

from models.errors import CatalogueError
from models.finding import Signal
from tasks.fraud.figures import Figures
from tasks.fraud.history import History
from tasks.fraud.subject import MOMENTS, Subject


class Rule(Protocol):
    """A fraud rule. It SHALL be pure and SHALL say nothing of a dossier's own other versions.

    ``MOMENT`` is lot, payment or both; the rule runs on days from ``SINCE``.
    """

    RULE_ID: str
    VERSION: str
    SINCE: dt.date
    MOMENT: str

    def signals(self, subject: Subject, history: History, figures: Figures) -> tuple[Signal, ...]:
        """Return what the rule has to say about the dossier."""


@lru_cache(maxsize=1)
def all_rules() -> tuple[Rule, ...]:
    """Return every rule of this folder, sorted by its id.

    Raises:
        CatalogueError: when two rules share an id, or a rule's moment is unknown.
    """
    rules: dict[str, Rule] = {}
    for module in pkgutil.iter_modules(__path__):
        rule = cast(Rule, importlib.import_module(f"{__name__}.{module.name}"))
        if rule.RULE_ID in rules:
            raise CatalogueError(f"{module.name}: rule id {rule.RULE_ID} is taken")
        if rule.MOMENT not in MOMENTS:
            raise CatalogueError(f"{module.name}: unknown moment {rule.MOMENT}")
        rules[rule.RULE_ID] = rule
    return tuple(rules[rule_id] for rule_id in sorted(rules))
