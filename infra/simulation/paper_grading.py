"""Compares what was read from simulated paper with what was written on it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from infra.database import Database
from models.records.all_tables import table
from models.stage import Status

#: Fields a machine types off the page; the others follow from them or from intake.
TYPED = (
    "insured_number",
    "insured_cin",
    "insured_name",
    "relation",
    "beneficiary_name",
    "beneficiary_birth_date",
    "beneficiary_cin",
    "beneficiary_sex",
    "prescriber_inpe",
    "provider_inpe",
    "deposit_date",
    "care_kind",
    "request_kind",
    "total_minor",
)
TYPED_OF_LINE = ("code", "letter", "coefficient", "ean", "care_date", "quantity", "amount_minor")
#: Evidence fields whose error decides nothing and keeps nobody waiting.
UNDECIDING = frozenset({"agency", "insured_cin", "beneficiary_cin"})


@dataclass(frozen=True, slots=True)
class PaperGrade:
    """How paper was read; a field counts as right when it equals what was written.

    ``accepted_wrong`` counts wrong fields of dossiers that went on without a person;
    ``paid_wrong`` dossiers that were paid another amount than is due.
    """

    dossiers: int
    extracted: int
    without_person: int
    fields: int
    fields_right: int
    accepted_fields: int
    accepted_wrong: int
    amounts_wrong: int
    paid: int
    paid_wrong: int
    wrong: tuple[str, ...]


def grade_paper(database: Database, truth: Path) -> PaperGrade:
    """Grade the paper dossiers of one truth file."""
    rows = [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines()]
    total = dict.fromkeys(PaperGrade.__slots__, 0)
    wrong: list[str] = []
    with database.reading() as connection:
        for row in rows:
            total["dossiers"] += 1
            dossier = _dossier(connection, row)
            if dossier is None or row["expected_fields"] is None:
                continue
            total["extracted"] += 1
            is_alone = dossier.status not in (Status.IN_REVIEW.value, Status.RETURNED.value)
            total["without_person"] += is_alone
            for name, expected, found in _pairs(connection, row, dossier):
                is_right = expected == found
                total["fields"] += 1
                total["fields_right"] += is_right
                total["accepted_fields"] += is_alone
                if is_alone and not is_right and name not in UNDECIDING:
                    total["accepted_wrong"] += 1
                    total["amounts_wrong"] += name.endswith("_minor")
                if not is_right:
                    wrong.append(f"{dossier.dossier_id} {name}")
            if dossier.status == Status.PAID.value:
                total["paid"] += 1
                total["paid_wrong"] += _due(connection, dossier) != row["priced_minor"]
    del total["wrong"]
    return PaperGrade(**total, wrong=tuple(wrong))


def _dossier(connection: Connection, row: Mapping[str, Any]) -> Any:
    submission, dossier = table("submission"), table("dossier")
    return connection.execute(
        select(dossier)
        .join(submission, submission.c.dossier_id == dossier.c.dossier_id)
        .where(
            submission.c.sha256 == row["sha256"],
            submission.c.part == row["part"],
            submission.c.answer == "accepted",
        )
        .limit(1)
    ).one_or_none()


def _pairs(
    connection: Connection, row: Mapping[str, Any], dossier: Any
) -> Iterator[tuple[str, str, str]]:
    """(field, as written, as read) of every typed field; what is not on the sheet is left out."""
    extracted, line = table("extracted_dossier"), table("extracted_line")
    head = connection.execute(
        select(extracted).where(
            extracted.c.dossier_id == dossier.dossier_id, extracted.c.content_version == 1
        )
    ).one_or_none()
    expected: Mapping[str, Any] = row["expected_fields"]
    for name in TYPED:
        if expected.get(name) in (None, ""):
            continue
        found = dossier.deposit_date if name == "deposit_date" else getattr(head, name, "")
        yield name, _text(expected[name]), _text(found)
    lines = connection.execute(
        select(line)
        .where(line.c.dossier_id == dossier.dossier_id, line.c.content_version == 1)
        .order_by(line.c.line_no)
    ).all()
    for number, wanted in enumerate(row["expected_lines"] or ()):
        read = lines[number] if number < len(lines) else None
        for name in TYPED_OF_LINE:
            if wanted.get(name) not in (None, ""):
                found = getattr(read, name, "")
                yield f"lines[{number + 1}].{name}", _text(wanted[name]), _text(found)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _due(connection: Connection, dossier: Any) -> int:
    priced = table("priced_dossier")
    return int(
        connection.execute(
            select(priced.c.due_minor).where(
                priced.c.dossier_id == dossier.dossier_id, priced.c.version == dossier.version
            )
        ).scalar_one()
    )
