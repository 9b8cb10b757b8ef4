"""Takes one small claim through our stages: from the form to the decision.

Form, intake, extraction, validation, pricing, fraud rules, decision. The registers, the person and
the facility are made up; what a case says of them changes them. Nobody has a history but in the
counters that a case names.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from models.dossier import Dossier
from models.finding import Effect, Finding
from models.money import MINOR_UNITS, minor_from_major
from models.outcome import (
    CounterUse,
    Decision,
    DecisionInput,
    DecisionOutcome,
    FraudInput,
    PricedDossier,
    PricingInput,
    ValidatedDossier,
)
from models.registers import Affiliation, Person, Provider, RegisterSlice, SubjectFact
from models.stage import VersionReason
from tasks.conform_scheme import ALWAYS, CURRENCY, NATIONAL, SCHEME, Kit
from tasks.extraction.electronic import DossierHead, dossier_of_record
from tasks.fraud.chunk import score
from tasks.fraud.figures import own_paths, read_figures
from tasks.fraud.history import History
from tasks.fraud.subject import subject_of
from tasks.intake.decide import Decision as IntakeDecision
from tasks.intake.decide import Known, ReceivedFile, Reply
from tasks.intake.decide import decide as decide_intake
from tasks.intake.limits import Limits, ReadingContext
from tasks.intake.native import read_record
from tasks.intake.result import ReceivedRecord
from tasks.pricing.engine import price
from tasks.pricing.rule import FAMILY_PREFIX
from tasks.review.decide import decide
from tasks.review.policy import POLICY_FILE, Policy, read_policy
from tasks.validation.chunk import validate_dossier

PERSON, FACILITY, NUMBER = "P1", "F1", "100000001"
#: The facilities of the register; those of the peer's demo are two of them.
FACILITIES = (FACILITY, "VIDS001", "VIHC001")
PUBLIC_NUMBER = "CASE-0001"
#: The day of care where a case names none, and the day of the policy that decides.
CARE_DAY = dt.date(2026, 6, 15)
ADULT_BORN = dt.date(1990, 1, 1)
CHILD_BORN = dt.date(2020, 1, 1)
#: Effects by which a line, or a whole dossier, is not taken over as it was sent.
AGAINST = (Effect.REFUSE_LINE, Effect.REFUSE, Effect.RETURN)
FILE = ReceivedFile("ab" * 32, "cd" * 32, CARE_DAY, "2026-06-15T08:00:00Z")
#: The legal drug prices that a fraud rule compares with; no item of a case is among them.
DRUGS = NATIONAL / "ma" / "drugs.csv"
CONTEXT = ReadingContext(Limits(), {SCHEME: CURRENCY})


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a claim; ``amount`` is for the whole quantity, in major units."""

    code: str
    amount: Decimal
    quantity: int = 1
    is_item: bool = False
    coefficient: Decimal | None = None
    care_date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """What an earlier dossier used of a counter."""

    counter: str
    amount: int
    day: dt.date = CARE_DAY - dt.timedelta(days=30)
    is_family: bool = False
    rank: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a case says of the claim, the person, the cover and the facility."""

    lines: Sequence[Asked]
    care_date: dt.date = CARE_DAY
    nights: int = 0
    deposit_date: dt.date | None = None
    public_number: str = PUBLIC_NUMBER
    kind: str = "first"
    facility: str = FACILITY
    number: str = NUMBER
    birth_date: dt.date = ADULT_BORN
    sex: str = "F"
    covers: Sequence[tuple[dt.date, dt.date | None]] = ((ALWAYS, None),)
    is_insured_known: bool = True
    visit_type: str = ""
    person_facts: Mapping[str, str] = field(default_factory=dict)
    facility_facts: Mapping[str, str] = field(default_factory=dict)
    used: Sequence[Used] = ()
    is_paper: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What our stages made of a claim; everything is None after a refusal at intake."""

    intake: IntakeDecision
    dossier: Dossier | None = None
    validated: ValidatedDossier | None = None
    priced: PricedDossier | None = None
    decision: Decision | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything validation and pricing had to say."""
        validated = self.validated.findings if self.validated else ()
        return (*validated, *(self.priced.findings if self.priced else ()))

    @property
    def line_codes(self) -> list[str]:
        """By line, the code of ours that speaks against it; empty where it is taken over."""
        lines = self.priced.lines if self.priced else ()
        return [
            next((name_of(one) for one in self.findings if _is_against(one, line.line_no)), "")
            for line in lines
        ]

    @property
    def errors(self) -> list[str]:
        """The codes that speak against the dossier as a whole, each once."""
        return list(
            dict.fromkeys(
                name_of(one)
                for one in self.findings
                if one.effect in AGAINST and one.line_no is None
            )
        )

    @property
    def all_lines_code(self) -> str:
        """The one code that speaks against every line, or ``mixed``."""
        found = set(self.line_codes)
        return found.pop() if len(found) == 1 else "mixed"

    @property
    def line_paid(self) -> list[Decimal]:
        """What is due of each line, in major units."""
        return [major(line.due_minor) for line in self.priced.lines] if self.priced else []

    @property
    def paid(self) -> Decimal:
        """What is due of the whole, in major units."""
        return major(self.decision.due_minor) if self.decision else Decimal(0)

    @property
    def word(self) -> str:
        """What became of the claim: our outcome, or that it was closed with nothing to pay."""
        if self.decision is None:
            return self.intake.reply.value
        if self.decision.outcome is DecisionOutcome.ACCEPTED and all(self.line_codes):
            return "closed_at_zero"
        return self.decision.outcome.value

    @property
    def is_accepted(self) -> bool:
        """Whether the machine took the claim over without a person and without a word against."""
        return self.word == DecisionOutcome.ACCEPTED.value

    @property
    def reasons(self) -> tuple[str, ...]:
        """The codes given to the sender, whatever stage gave them."""
        return self.decision.reasons if self.decision else (self.intake.code,)

    def used(self, counter: str) -> int:
        """What the claim used of the counters whose name begins so."""
        uses = self.priced.counter_uses if self.priced else ()
        return sum(
            use.amount_minor
            for use in uses
            if use.counter.removeprefix(FAMILY_PREFIX).startswith(counter)
        )

    def counters(self, prefix: str) -> list[str]:
        """The ends of the names of the counters it used that begin so."""
        uses = self.priced.counter_uses if self.priced else ()
        return [use.counter.removeprefix(prefix) for use in uses if use.counter.startswith(prefix)]


def major(minor: int) -> Decimal:
    """Return an amount in major units, exact."""
    return Decimal(minor) / MINOR_UNITS


def name_of(found: Finding) -> str:
    """Return a finding's code, with the category where the code is said of one."""
    category = found.params.get("category")
    return f"{found.code}.{category}" if category else found.code


def _is_against(found: Finding, line_no: int) -> bool:
    return found.effect in AGAINST and found.line_no in (None, line_no)


def take_through(kit: Kit, claim: Claim, known: Known | None = None) -> Outcome:
    """Return what our stages make of a claim; paper does not pass the electronic form."""
    record = native_record(claim)
    text = json.dumps(record)
    payload = text
    if claim.is_paper:
        blank = _received(record, text)
        intake = decide_intake(FILE, 1, blank, known or Known({}))
    else:
        read = read_record(text, record, CONTEXT)
        intake = decide_intake(FILE, 1, read, known or Known({}))
        payload = read.payload if isinstance(read, ReceivedRecord) else ""
    if intake.reply is not Reply.ACCEPTED:
        return Outcome(intake)
    return _decide(kit, claim, payload, intake)


def _received(record: Mapping[str, Any], text: str) -> ReceivedRecord:
    deposit = dt.date.fromisoformat(record["deposit_date"])
    number = str(record["public_number"])
    return ReceivedRecord(number, "first", SCHEME, "paper", "", "", deposit, NUMBER, text)


def _decide(kit: Kit, claim: Claim, payload: str, intake: IntakeDecision) -> Outcome:
    deposit = claim.deposit_date or claim.care_date + dt.timedelta(days=claim.nights)
    head = DossierHead(
        intake.dossier_id, 1, 1, claim.public_number, SCHEME, CURRENCY, intake.channel, "", "",
        deposit, deposit,
    )  # fmt: skip
    dossier = dossier_of_record(payload, head)
    validated = validate_dossier(dossier, registers_of(claim), kit.rules)
    given = PricingInput(dossier, validated, uses_of(claim))
    priced = price(given, kit.catalogue)
    entry = FraudInput(dossier, validated, priced, (), intake.dossier_id)
    scored = score(subject_of(entry, CARE_DAY), History(), read_figures(own_paths(DRUGS)))
    inputs = DecisionInput(
        dossier=dossier,
        validated=validated,
        priced=priced,
        findings=(*validated.findings, *priced.findings),
        signals=scored.signals,
        version_reason=VersionReason.FIRST.value,
        previous_decided_by="",
        already_paid_minor=0,
    )
    return Outcome(intake, dossier, validated, priced, decide(inputs, policy_of()))


def policy_of(automatic_max_minor: int | None = None) -> Policy:
    """Return the review policy of the house, with a limit to the machine where a case sets one."""
    policy = read_policy(POLICY_FILE, CARE_DAY)
    return replace(policy, automatic_max_minor=automatic_max_minor)


def native_record(claim: Claim) -> dict[str, Any]:
    """Return the claim as a sender's software would write it."""
    lines = [_native_line(line, claim) for line in claim.lines]
    deposit = claim.deposit_date or claim.care_date + dt.timedelta(days=claim.nights)
    record: dict[str, Any] = {
        "public_number": claim.public_number,
        "scheme": SCHEME,
        "deposit_date": deposit.isoformat(),
        "kind_of_submission": claim.kind,
        "insured_id": claim.number,
        "provider_id": claim.facility,
        "kind_of_care": "hospital" if claim.nights else "ambulatory",
        "lines": lines,
        "total_minor": sum(line["amount_minor"] for line in lines),
    }
    if claim.nights:
        discharge = claim.care_date + dt.timedelta(days=claim.nights)
        record["stay"] = {
            "admission_date": claim.care_date.isoformat(),
            "discharge_date": discharge.isoformat(),
            "establishment_id": claim.facility,
        }
    if claim.visit_type:
        record["facts"] = {"visit_type": claim.visit_type}
    return record


def _native_line(line: Asked, claim: Claim) -> dict[str, Any]:
    written: dict[str, Any] = {
        "date": (line.care_date or claim.care_date).isoformat(),
        "quantity": line.quantity,
        "amount_minor": minor_from_major(line.amount),
    }
    if line.coefficient is not None:
        return {**written, "letter": line.code, "coefficient": str(line.coefficient)}
    return {**written, "ean" if line.is_item else "code": line.code}


def registers_of(claim: Claim) -> RegisterSlice:
    """Return what the registers know of the person and the facility."""
    person = Person(
        PERSON, "ESSAI", "PREMIER", "", claim.birth_date, None, claim.sex, "", ALWAYS, None
    )
    covers = tuple(
        Affiliation(PERSON, SCHEME, NUMBER, "member", first, last) for first, last in claim.covers
    )
    providers = {
        code: (Provider(code, code, "", "doctor", "", "private", "", ALWAYS, None),)
        for code in FACILITIES
    }
    person_facts = _facts(PERSON, claim.person_facts)
    return RegisterSlice(
        known_on=claim.deposit_date or CARE_DAY,
        persons={PERSON: person} if claim.is_insured_known else {},
        affiliations_by_number={NUMBER: covers} if claim.is_insured_known else {},
        affiliations={PERSON: covers},
        providers_by_inpe=providers,
        facts={PERSON: person_facts, claim.facility: _facts(claim.facility, claim.facility_facts)},
    )


def _facts(subject: str, facts: Mapping[str, str]) -> tuple[SubjectFact, ...]:
    return tuple(
        SubjectFact(subject, SCHEME, name, value, ALWAYS, None) for name, value in facts.items()
    )


def uses_of(claim: Claim) -> tuple[CounterUse, ...]:
    """Return what earlier dossiers used, as the counters of pricing hold it."""
    return tuple(
        CounterUse(
            PERSON,
            f"{FAMILY_PREFIX}{use.counter}" if use.is_family else use.counter,
            use.day,
            use.amount,
            "D-EARLIER",
            1,
            use.rank,
        )
        for use in claim.used
    )
