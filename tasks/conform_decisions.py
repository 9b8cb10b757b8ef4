"""The peer's cases of what people decide and what is paid: desk, limits of the machine, batches."""

import datetime as dt
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from infra.database import Database
from infra.migrate import migrate
from models.finding import Effect, Finding
from models.messages import read_codes
from models.money import minor_from_major
from models.outcome import DecisionInput
from models.records.all_tables import table
from models.stage import VersionReason
from tasks.conform_intake import PRICE, SERVICE, small_kit
from tasks.conform_question import Adapter, Answer, Question
from tasks.conform_scheme import ALWAYS
from tasks.conform_world import (
    CARE_DAY,
    PERSON,
    Asked,
    Claim,
    Outcome,
    major,
    policy_of,
    take_through,
)
from tasks.extraction.acceptance import Reading, Source, judge
from tasks.extraction.fields import parse_name
from tasks.payment.account import rib_key
from tasks.payment.profile import load_profile
from tasks.payment.store import propose_batch
from tasks.review import desk
from tasks.review.chunk import status_of
from tasks.review.decide import decide

#: Above every amount of these cases: one person is enough.
NO_FOUR_EYES = 10**12
DOUBT = "TOTAL_INCOHERENT"
DESK_CODES = Path(__file__).parent / "review" / "codes.yaml"


def adapters() -> Mapping[str, Adapter]:
    """Return the adapters of this area by case."""
    return {
        "DEC-04": reviewer_refuses,
        "DEC-05": reviewer_reduces,
        **dict.fromkeys(("AUT-01", "AUT-02", "AUT-03"), automatic),
        "AUT-06": above_four_eyes,
        "WF-02": processed_before_review,
        "BAT-01": batch_twice,
        "DOC-10": letter_case,
    }


def _priced(lines: Sequence[Mapping[str, Any]]) -> Outcome:
    """The claim before the review: units of one service at the case's prices, within the list."""
    asked = [Asked(SERVICE, Decimal(one["price"]) * one["qty"], one["qty"]) for one in lines]
    return take_through(small_kit(), Claim(asked))


def _facts(outcome: Outcome) -> desk.TaskFacts:
    proposed = outcome.decision.due_minor if outcome.decision else 0
    return desk.TaskFacts(
        kind="finding",
        is_agreement=False,
        asked_minor=proposed,
        proposed_minor=proposed,
        already_paid_minor=0,
        first_by="",
        first_answer="",
        barred=frozenset(),
    )


def reviewer_refuses(question: Question) -> Answer:
    """Let a person refuse everything that the machine would pay."""
    outcome = _priced(question.inputs["before"]["lines"])
    codes = [(name, code.effect) for name, code in read_codes(DESK_CODES).items()]
    answer = desk.DeskAnswer(desk.Answer.REFUSE, "SOINS_NON_JUSTIFIES")
    desk.check_answer(answer, codes, (), "")
    verdict = desk.judge(_facts(outcome), answer, "reviewer", NO_FOUR_EYES)
    return {"claim_status": verdict.outcome.value, "line_code": " ".join(verdict.reasons)}


def reviewer_reduces(question: Question) -> Answer:
    """Let a person accept the amount that the typed units and prices come to."""
    outcome = _priced(question.inputs["before"]["lines"])
    typed = sum(Decimal(one["price_approved"]) * one["qty"] for one in question.inputs["review"])
    answer = desk.DeskAnswer(desk.Answer.ACCEPT, due_minor=minor_from_major(Decimal(typed)))
    verdict = desk.judge(_facts(outcome), answer, "reviewer", NO_FOUR_EYES)
    return {"consumed": major(verdict.due_minor)}


def automatic(question: Question) -> Answer:
    """Decide a claim by machine that may accept whatever lies below the case's threshold."""
    inputs = question.inputs
    ended = dt.date(CARE_DAY.year - 1, 12, 31)
    covers = [(ALWAYS, None if inputs["coverage"] else ended)]
    most = minor_from_major(question.amount("auto_approve_below")) - 1
    total = question.amount("total")
    outcome = take_through(small_kit(price=total), Claim([Asked(SERVICE, total)], covers=covers))
    return {"decision": _decided(outcome, automatic_max_minor=most)}


def _decided(outcome: Outcome, *, automatic_max_minor: int | None) -> str:
    """The outcome under that limit, with the reason where it is refused."""
    decision = decide(_inputs(outcome), policy_of(automatic_max_minor))
    reasons = " ".join(decision.reasons)
    return f"{decision.outcome.value}: {reasons}" if reasons else decision.outcome.value


def _inputs(outcome: Outcome, *more: Finding) -> DecisionInput:
    if outcome.dossier is None or outcome.validated is None or outcome.priced is None:
        raise ValueError("a claim that intake refused is decided by nobody")
    return DecisionInput(
        dossier=outcome.dossier,
        validated=outcome.validated,
        priced=outcome.priced,
        findings=(*outcome.findings, *more),
        signals=(),
        version_reason=VersionReason.FIRST.value,
        previous_decided_by="",
        already_paid_minor=0,
    )


def above_four_eyes(question: Question) -> Answer:
    """Let one person, whatever the role, answer a task of more than the limit of four eyes."""
    limit = re.search(r"threshold (\d+)", question.description)
    if limit is None:
        raise ValueError("the case names no threshold")
    difference = question.amount("difference")
    outcome = take_through(small_kit(price=difference), Claim([Asked(SERVICE, difference)]))
    verdict = desk.judge(
        _facts(outcome),
        desk.DeskAnswer(desk.Answer.ACCEPT),
        question.inputs["role"],
        minor_from_major(Decimal(limit[1])),
    )
    return {"decision": verdict.outcome.value if verdict.is_final else "waits for a second person"}


def processed_before_review(question: Question) -> Answer:
    """Let the machine decide a claim on which something asks for a person."""
    outcome = take_through(small_kit(), Claim([Asked(SERVICE, PRICE)]))
    is_selected = question.inputs["review"] == "selected"
    doubts = [Finding(DOUBT, Effect.REVIEW)] if is_selected else []
    decision = decide(_inputs(outcome, *doubts), policy_of())
    return {"review": status_of(decision, 0).value}


def letter_case(question: Question) -> Answer:
    """Compare two readings of a name."""
    inputs = question.inputs
    found = judge(Reading(inputs["ocr"], inputs["claim"], 99, 99), parse_name, is_required=True)
    return {"match": found.source is Source.AGREED}


def batch_twice(question: Question) -> Answer:
    """Propose the payments of one day as often as the case says, on a database of its own."""
    inputs = question.inputs
    day = dt.date(inputs["year"], inputs["month"], 1)
    with _one_approved(day) as database:
        found = [
            propose_batch(
                database,
                pay_date=day,
                prepared_by="preparer",
                prepared_at=f"{day.isoformat()}T08:00:00.000000Z",
                profile=load_profile("demo-ma"),
                recheck=lambda _keys: {},
            )
            for _ in range(inputs["times"])
        ]
    words = ["runs" if batches else "proposes nothing again" for batches in found]
    return {"first": words[0], "second": words[-1]}


@contextmanager
def _one_approved(day: dt.date) -> Iterator[Database]:
    """A database with one approved dossier of an insured person who has an account."""
    body = f"999002{1:016d}"
    rows: Sequence[tuple[str, dict[str, Any]]] = (
        ("register_person", {
            "person_id": PERSON, "family_name": "ESSAI", "given_name": "PREMIER",
            "arabic_name": "", "birth_date": dt.date(1980, 1, 1), "sex": "F", "cin": "ZZ1",
            "valid_from": ALWAYS, "known_from": ALWAYS}),
        ("register_account", {
            "account_id": "A1", "holder_id": PERSON, "holder_kind": "insured",
            "rib": body + rib_key(body), "valid_from": ALWAYS, "known_from": ALWAYS}),
        ("dossier", {
            "dossier_id": "D1", "public_number": "CASE-0001", "scheme": "ma-amo-salaries",
            "currency": "MAD", "channel": "electronic", "agency": "", "region": "", "version": 1,
            "stage": "review", "status": "approved", "deposit_date": day, "receipt_date": day,
            "order_key": "1"}),
        ("decision", {
            "dossier_id": "D1", "version": 1, "outcome": "accepted", "due_minor": 10_000,
            "currency": "MAD", "decided_by": "machine", "decided_on": day}),
        ("validated_dossier", {
            "dossier_id": "D1", "version": 1, "insured_person_id": PERSON,
            "beneficiary_person_id": PERSON, "beneficiary_sex": "F", "provider_id": "H1",
            "provider_kind": "doctor", "provider_specialty": "", "provider_sector": "private",
            "ald_code": "", "rights_basis": "", "agreement_number": "",
            "registers_known_on": day}),
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="tasfiya-conform-") as folder:
        database = Database(f"sqlite:///{folder}/cases.db")
        try:
            migrate(database)
            with database.transaction() as connection:
                for name, row in rows:
                    connection.execute(table(name).insert().values(**row))
            yield database
        finally:
            database.close()
