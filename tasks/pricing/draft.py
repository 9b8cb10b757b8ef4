"""One dossier while it is being priced: its lines half done, what was found, the steps so far."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.dossier import DossierLine
from models.finding import Finding
from models.outcome import PricingInput
from tasks.pricing.catalogue import Catalogue
from tasks.pricing.facts import FactBook, FactSpec
from tasks.pricing.figures import Figure
from tasks.pricing.rule import FAMILY_PREFIX, Case

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
        "birth_date",
        "due_minor",
        "figures",
        "group",
        "is_payable",
        "line",
        "position",
        "rate",
        "rule_ids",
        "shares",
        "stop_start",
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
        self.stop_start: dt.date | None = None
        self.birth_date: dt.date | None = None
        self.shares: dict[str, int] = {}


class Work:
    """One dossier under one scheme: its drafts, what was found, what was used of counters."""

    __slots__ = ("case", "catalogue", "drafts", "findings", "production", "scheme", "trace", "uses")

    def __init__(
        self, given: PricingInput, catalogue: Catalogue, *, production: bool, is_traced: bool
    ) -> None:
        dossier = given.dossier
        self.catalogue = catalogue
        self.scheme = catalogue.find(dossier.scheme, dossier.currency)
        specs = self.scheme.facts if self.scheme is not None else {}
        rank = dossier.rank
        person = given.validated.beneficiary_person_id
        self.case = Case(
            dossier,
            given.validated,
            tuple(
                use
                for use in given.counters
                if use.dossier_id != dossier.dossier_id
                and use.rank < rank
                and (use.person_id == person or use.counter.startswith(FAMILY_PREFIX))
            ),
            FactBook(specs, dossier, given.validated.facts),
        )
        admission = dossier.stay.admission_date if dossier.stay is not None else None
        self.drafts = [Draft(i, line, admission) for i, line in enumerate(dossier.lines)]
        if specs:
            _set_days(self.drafts, self.case, specs)
        else:
            for draft in self.drafts:
                draft.birth_date = given.validated.beneficiary_birth_date
        self.findings: list[Finding] = []
        self.uses: dict[tuple[str, dt.date, bool], int] = {}
        self.production = production
        self.trace: list[Step] | None = [] if is_traced else None

    def find(self, code: str, draft: Draft | None, **params: str) -> None:
        """Say something about a line, or the dossier; in production a code may weigh more."""
        effect = self.catalogue.codes[code].effect
        if self.production and self.scheme is not None:
            effect = self.scheme.production.get(code, effect)
        line_no = None if draft is None else draft.line.line_no
        self.findings.append(Finding(code, effect, line_no, params))


def _set_days(drafts: Sequence[Draft], case: Case, specs: Mapping[str, FactSpec]) -> None:
    """Tell each line the days by which some figures are chosen, as the scheme's facts say them."""
    own_birth = case.validated.beneficiary_birth_date
    for draft in drafts:
        draft.stop_start = _day_of("stop_start", draft, case, specs)
        draft.birth_date = _day_of("birth_date", draft, case, specs) or own_birth


def _day_of(name: str, draft: Draft, case: Case, specs: Mapping[str, FactSpec]) -> dt.date | None:
    if name not in specs or not case.has(name, draft):
        return None
    return case.date(name, draft)
