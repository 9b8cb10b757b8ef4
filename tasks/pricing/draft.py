"""One dossier while it is being priced: its lines half done, what was found, the steps so far."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from models.dossier import DossierLine
from models.finding import Finding
from models.outcome import PricingInput
from tasks.pricing.catalogue import Catalogue
from tasks.pricing.figures import Figure
from tasks.pricing.rule import Case

#: The rate of a line that has none.
NO_RATE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the trace: the rule asked, what it read, and the amount before and after.

    ``rule_id`` is empty for the engine's own steps, which ``name`` tells apart; ``line_no`` is 0
    for the whole dossier; amounts are minor units.
    """

    name: str
    rule_id: str
    reference: str
    line_no: int
    params: tuple[tuple[str, str], ...]
    figures: tuple[Figure, ...]
    before_minor: int | None
    after_minor: int | None


class Draft:
    """A line while it is being priced; rules see it through ``LineState`` and change nothing."""

    __slots__ = (
        "admission_date",
        "asked_minor",
        "base_minor",
        "due_minor",
        "figures",
        "group",
        "is_payable",
        "line",
        "position",
        "rate",
        "rule_ids",
        "tariff_minor",
    )

    def __init__(self, position: int, line: DossierLine, admission_date: dt.date | None) -> None:
        self.position = position
        self.line = line
        self.admission_date = admission_date or line.care_date
        self.asked_minor = line.amount_minor
        self.tariff_minor: int | None = None
        self.base_minor = 0
        self.due_minor = 0
        self.rate = NO_RATE
        self.group = ""
        self.is_payable = False
        self.rule_ids: list[str] = []
        self.figures: list[Figure] = []


class Work:
    """One dossier under one scheme: its drafts, what was found, what was used of counters."""

    __slots__ = ("case", "catalogue", "drafts", "findings", "production", "scheme", "trace", "uses")

    def __init__(
        self, given: PricingInput, catalogue: Catalogue, *, production: bool, is_traced: bool
    ) -> None:
        dossier = given.dossier
        self.catalogue = catalogue
        self.scheme = catalogue.find(dossier.scheme, dossier.currency)
        self.case = Case(
            dossier,
            given.validated,
            tuple(use for use in given.counters if use.dossier_id != dossier.dossier_id),
        )
        admission = dossier.stay.admission_date if dossier.stay is not None else None
        self.drafts = [Draft(i, line, admission) for i, line in enumerate(dossier.lines)]
        self.findings: list[Finding] = []
        self.uses: dict[tuple[str, dt.date], int] = {}
        self.production = production
        self.trace: list[Step] | None = [] if is_traced else None

    def find(self, code: str, draft: Draft, **params: str) -> None:
        """Say what there is to say about a line; in production a code may weigh more."""
        effect = self.catalogue.codes[code].effect
        if self.production and self.scheme is not None:
            effect = self.scheme.production.get(code, effect)
        self.findings.append(Finding(code, effect, draft.line.line_no, params))
