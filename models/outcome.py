"""What each stage leaves of a dossier: frozen values that cross from one stage to the next."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from models.dossier import Dossier
from models.finding import Finding, Signal
from models.reading import FieldEvidence


@dataclass(frozen=True, slots=True)
class ExtractedDossier:
    """A dossier with the evidence of its fields and what extraction has to say about it.

    ``doubtful_fields`` is empty for electronic dossiers; otherwise the dossier waits for a person.
    """

    dossier: Dossier
    evidence: tuple[FieldEvidence, ...]
    findings: tuple[Finding, ...]
    doubtful_fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatedFact:
    """What the registers know of a person or provider for a period, last day included.

    ``name`` and ``value`` are those of the scheme's ``facts.yaml``: ``status: retired``.
    """

    name: str
    value: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class ValidatedDossier:
    """Who the dossier is about, as resolved in the registers, and what the checks found.

    Person ids are empty where the register knows nobody. ``ald_code`` is a recognised long-term
    condition open on the care date, ``rights_basis`` names the rule that opened the rights.
    ``provider_sector`` is ``private`` or ``public`` (empty for an unknown provider). ``facts`` are
    the register's facts about the beneficiary, the insured and the provider that touch the care.
    """

    dossier_id: str
    version: int
    insured_person_id: str
    beneficiary_person_id: str
    beneficiary_birth_date: dt.date | None
    beneficiary_sex: str
    provider_id: str
    provider_kind: str
    provider_specialty: str
    provider_sector: str
    ald_code: str
    rights_basis: str
    agreement_number: str
    findings: tuple[Finding, ...]
    facts: tuple[DatedFact, ...] = ()


@dataclass(frozen=True, slots=True)
class CounterUse:
    """What a dossier used of a counter: a ceiling, a deductible, a number of stays.

    ``person_id`` is the beneficiary, or the insured person where a whole family shares the counter;
    ``rank`` is the using dossier's rank: a dossier is priced on what those before it used.
    """

    person_id: str
    counter: str
    care_date: dt.date
    amount_minor: int
    dossier_id: str
    version: int
    rank: str = ""


@dataclass(frozen=True, slots=True)
class PricingInput:
    """A validated dossier and what its person already used of the scheme's ceilings."""

    dossier: Dossier
    validated: ValidatedDossier
    counters: tuple[CounterUse, ...]


@dataclass(frozen=True, slots=True)
class PricedLine:
    """What one line gives: asked, tariff, base, rate and due, with the rule and the figures.

    ``tariff_minor`` is the reference price of the whole quantity (None: no tariff known, which
    always comes with a finding and is never 0); ``base_minor`` = what is reimbursable of it after
    the cap at the amount asked, cumulation and ceilings; ``due_minor`` the payer's share.
    ``shares`` says which fund bears which part of what is due, where a scheme has several funds;
    it is empty where the scheme's first fund bears all of it.
    """

    line_no: int
    asked_minor: int
    tariff_minor: int | None
    base_minor: int
    rate: Decimal
    due_minor: int
    rule_id: str
    figure_ids: tuple[str, ...]
    shares: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PricedDossier:
    """A dossier's lines priced under one tariff version by one engine version."""

    dossier_id: str
    version: int
    scheme: str
    currency: str
    tariff_version: str
    engine_version: str
    lines: tuple[PricedLine, ...]
    asked_minor: int
    base_minor: int
    due_minor: int
    findings: tuple[Finding, ...]
    counter_uses: tuple[CounterUse, ...]


@dataclass(frozen=True, slots=True)
class FraudInput:
    """A priced dossier as the fraud rules see it, with who it is about."""

    dossier: Dossier
    validated: ValidatedDossier
    priced: PricedDossier
    image_hashes: tuple[str, ...]
    order_key: str


@dataclass(frozen=True, slots=True)
class FraudResult:
    """The signals of one dossier and the sum of their scores."""

    dossier_id: str
    version: int
    signals: tuple[Signal, ...]
    score: int


class DecisionOutcome(StrEnum):
    """What is decided about one version of a dossier."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    RETURNED = "returned"
    SUSPENDED = "suspended"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class DecisionInput:
    """Everything said about one version of a dossier before it is decided."""

    dossier: Dossier
    validated: ValidatedDossier
    priced: PricedDossier
    findings: tuple[Finding, ...]
    signals: tuple[Signal, ...]
    version_reason: str
    previous_decided_by: str
    already_paid_minor: int


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision on one version: the outcome, the amount due, by whom, and the reason codes."""

    dossier_id: str
    version: int
    outcome: DecisionOutcome
    due_minor: int
    currency: str
    decided_by: str
    reasons: tuple[str, ...]
    review_kind: str
