"""Compares what the stages said of a simulated day with the truth that was written beside it."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import and_, select

from infra.database import Database
from models.records.all_tables import table
from models.stage import Stage, Status

#: Said of a dossier that a person has to read before anything else is said of it.
READING_DOUBT = "CHAMP_DOUTEUX"
#: Decisions under which nothing is due, whatever the tariff says.
_PAYS_NOTHING = frozenset({"refused", "returned", "suspended", "withdrawn", ""})


@dataclass(frozen=True, slots=True)
class Difference:
    """One submission that was not treated as the truth has it; in codes and opaque ids only."""

    dossier_id: str
    fault: str
    what: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Grade:
    """How a day compares with its truth."""

    submissions: int
    clean: int
    clean_without_person: int
    clean_refused: int
    clean_with_codes: int
    planted: int
    planted_found: int
    amounts_compared: int
    amounts_wrong: int
    faults: Mapping[str, int] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether every planted fault got its codes and no clean dossier got any."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class _Said:
    """What the stages said of one version of a dossier."""

    codes: frozenset[str]
    outcome: str
    due_minor: int | None
    asked_minor: int | None


def grade(database: Database, truth: Path) -> Grade:
    """Grade the submissions of one truth file against what the database says of them."""
    expected = [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines()]
    answers = _answers(database)
    said = _said(database)
    counts: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    differences: list[Difference] = []
    for row in expected:
        found = _compare(row, answers, said)
        differences.extend(found)
        is_clean = row["is_clean"]
        counts["clean" if is_clean else "planted"] += 1
        if not is_clean:
            faults[row["fault"]] += 1
            counts["planted_found"] += not found
            continue
        verdict = said.get(_key(row, answers))
        if verdict is not None:
            counts["without_person"] += verdict.outcome == "accepted"
            counts["refused"] += verdict.outcome == "refused"
            counts["with_codes"] += bool(verdict.codes)
    amounts = [one for one in differences if one.what == "due_minor"]
    return Grade(
        submissions=len(expected),
        clean=counts["clean"],
        clean_without_person=counts["without_person"],
        clean_refused=counts["refused"],
        clean_with_codes=counts["with_codes"],
        planted=counts["planted"],
        planted_found=counts["planted_found"],
        amounts_compared=sum(1 for row in expected if _has_amount(row)),
        amounts_wrong=len(amounts),
        faults=dict(sorted(faults.items())),
        differences=tuple(differences),
    )


Answers = Mapping[tuple[str, int], Any]


def _answers(database: Database) -> dict[tuple[str, int], Any]:
    """The first answer given to each record of each file: the second one is a duplicate of it."""
    submission = table("submission")
    query = select(submission).order_by(submission.c.received_at.desc())
    with database.reading() as connection:
        return {(row.sha256, row.part): row for row in connection.execute(query)}


def _key(row: Mapping[str, Any], answers: Answers) -> tuple[str, int]:
    answer = answers.get((row["sha256"], row["part"]))
    return (answer.dossier_id if answer else "", row["version"])


def planted_with_codes(database: Database, truth: Path) -> tuple[int, int]:
    """How many planted cases of a truth file should have codes, and how many got them all.

    Of a dossier that waits for a person to read it nothing has been said yet: it is left out.
    """
    answers, codes = _answers(database), _codes(database)
    planted = found = 0
    for line in truth.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["fault"] and row["codes"]:
            said = codes.get(_key(row, answers), set())
            is_found = set(row["codes"]) <= said
            found += is_found
            planted += is_found or READING_DOUBT not in said
    return planted, found


def _codes(database: Database) -> dict[tuple[str, int], set[str]]:
    """Findings stronger than a note, and signals that stop, by dossier and version."""
    finding, signal = table("finding"), table("fraud_signal")
    codes: dict[tuple[str, int], set[str]] = {}
    with database.reading() as connection:
        for row in connection.execute(
            select(finding.c.dossier_id, finding.c.version, finding.c.code).where(
                finding.c.effect != "note"
            )
        ):
            codes.setdefault((row.dossier_id, row.version), set()).add(row.code)
        for row in connection.execute(
            select(signal.c.dossier_id, signal.c.version, signal.c.rule_id).where(
                signal.c.effect.in_(["hold", "block"])
            )
        ):
            codes.setdefault((row.dossier_id, row.version), set()).add(row.rule_id)
    return codes


def _said(database: Database) -> dict[tuple[str, int], _Said]:
    decision, priced = table("decision"), table("priced_dossier")
    codes = _codes(database)
    with database.reading() as connection:
        rows = connection.execute(
            select(
                decision.c.dossier_id,
                decision.c.version,
                decision.c.outcome,
                priced.c.due_minor,
                priced.c.asked_minor,
            ).outerjoin(
                priced,
                and_(
                    priced.c.dossier_id == decision.c.dossier_id,
                    priced.c.version == decision.c.version,
                ),
            )
        ).all()
    return {
        (row.dossier_id, row.version): _Said(
            frozenset(codes.get((row.dossier_id, row.version), ())),
            row.outcome,
            row.due_minor,
            row.asked_minor,
        )
        for row in rows
    }


def _has_amount(row: Mapping[str, Any]) -> bool:
    is_taken = row["answer"] == "accepted" and row["outcome"] not in _PAYS_NOTHING
    return is_taken and row["priced_minor"] is not None


def _compare(
    row: Mapping[str, Any], answers: Answers, said: Mapping[tuple[str, int], _Said]
) -> list[Difference]:
    answer = answers.get((row["sha256"], row["part"]))
    dossier_id = answer.dossier_id if answer else ""

    def differs(what: str, expected: object, found: object) -> Difference:
        return Difference(dossier_id, row["fault"], what, str(expected), str(found))

    if answer is None:
        return [differs("answer", row["answer"], "no answer")]
    if row["answer"] == "duplicate":
        return []  # the first submission of the same bytes holds the row; see ``duplicates``
    if answer.answer != row["answer"]:
        return [differs("answer", row["answer"], f"{answer.answer} {answer.code}")]
    if row["answer"] != "accepted":
        wanted = row["answer_code"]
        return [] if not wanted or wanted == answer.code else [differs("code", wanted, answer.code)]
    if row["outcome"] == "withdrawn":
        return []
    verdict = said.get((dossier_id, row["version"]))
    if verdict is None:
        return [differs("decision", row["outcome"], "none")]
    return list(_compare_verdict(row, verdict, differs))


def _compare_verdict(row: Mapping[str, Any], verdict: _Said, differs: Any) -> Iterable[Difference]:
    missing = set(row["codes"]) - verdict.codes
    extra = verdict.codes - set(row["codes"]) - set(row["allowed_codes"])
    if missing or extra:
        yield differs("codes", sorted(row["codes"]), sorted(verdict.codes))
    if verdict.outcome != row["outcome"]:
        yield differs("outcome", row["outcome"], verdict.outcome)
    if _has_amount(row) and verdict.due_minor != row["priced_minor"]:
        yield differs("due_minor", row["priced_minor"], verdict.due_minor)


def paid_wrongly(database: Database, truth: Path) -> list[Difference]:
    """Dossiers paid another amount than the truth has due; the fault nobody may make."""
    answers = _answers(database)
    dossier, priced = table("dossier"), table("priced_dossier")
    with database.reading() as connection:
        paid = {
            row.dossier_id: row.due_minor
            for row in connection.execute(
                select(dossier.c.dossier_id, priced.c.due_minor)
                .join(
                    priced,
                    and_(
                        priced.c.dossier_id == dossier.c.dossier_id,
                        priced.c.version == dossier.c.version,
                    ),
                )
                .where(
                    dossier.c.status == Status.PAID.value, dossier.c.stage == Stage.PAYMENT.value
                )
            )
        }
    wrong: list[Difference] = []
    for line in truth.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        dossier_id, _ = _key(row, answers)
        if dossier_id in paid and row["outcome"] == "accepted":
            due = row["due_minor"] if row["version"] == 1 else row["priced_minor"]
            if paid[dossier_id] not in (due, row["priced_minor"]):
                wrong.append(
                    Difference(dossier_id, row["fault"], "paid", str(due), str(paid[dossier_id]))
                )
    return wrong
