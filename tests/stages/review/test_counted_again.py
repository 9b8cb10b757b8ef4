"""The difference between stated and counted pieces outlives a correction, on both databases."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.answer_reviews import corrected
from infra.database import Database
from infra.stores.dossiers import DOSSIER, heads_where, load_findings
from models.desk import Account, Role
from models.dossier import Dossier, Piece, PieceKind
from models.finding import Finding
from models.messages import finding, read_codes
from models.outcome import DecisionOutcome
from tasks.desk_labels import correct_and_label
from tasks.extraction.piece_count import CODES_FILE, DIFFERS
from tasks.review.decide import ReviewKind, decide
from tasks.review.typing import Keying
from tasks.review.web.ports import TypingSheet
from tests.builders import a_dossier
from tests.stages.review.desk_rows import a_waiting_dossier, by, put, rows_of
from tests.stages.review.desk_site import account, open_desk
from tests.stages.review.test_decide import a_case, a_policy
from tests.stages.review.typing_site import an_unread_dossier, fill_registers

PIECES = (Piece(PieceKind.CARE_SHEET), Piece(PieceKind.PRESCRIPTION))
DIFFERENCE = finding(read_codes(CODES_FILE), DIFFERS, stated="4", counted="1")


def a_dossier_that_lacks_pieces(database: Database, *others: Finding) -> str:
    """A read dossier with an amount in doubt, whose sheet states four pieces."""
    dossier = replace(a_dossier(), pieces=PIECES)
    key = a_waiting_dossier(
        database, dossier=dossier, kind="reading", stage="extraction", findings=()
    )
    say(database, DIFFERENCE, *others)
    return key


def say(database: Database, *findings: Finding) -> None:
    for number, one in enumerate(findings, start=1):
        put(
            database, "finding", dossier_id="D0001", version=1, stage="extraction",
            sequence=number, code=one.code, effect=one.effect.value, line_no=0,
            params=json.dumps(dict(one.params)),
        )  # fmt: skip


def said_of(database: Database, version: int) -> list[dict[str, Any]]:
    rows = [row for row in rows_of(database, "finding") if row["version"] == version]
    return [{"code": row["code"], **json.loads(row["params"])} for row in rows]


def correct(database: Database, key: str, **values: str) -> None:
    result = correct_and_label(database, key, values, by("amina"), correct=corrected)
    assert result.is_complete


def test_a_corrected_field_brings_no_missing_piece(database: Database) -> None:
    other = finding(read_codes(CODES_FILE), "CHAMP_DOUTEUX", count="1", fields="invoice_number")
    key = a_dossier_that_lacks_pieces(database, other)
    correct(database, key, invoice_number="F-12")
    assert said_of(database, 2) == [{"code": DIFFERS, "stated": "4", "counted": "1"}]
    assert [row["code"] for row in rows_of(database, "finding") if row["version"] == 1] == [
        DIFFERS, "CHAMP_DOUTEUX",
    ]  # fmt: skip


def test_the_difference_brings_the_corrected_dossier_before_a_person(database: Database) -> None:
    key = a_dossier_that_lacks_pieces(database)
    correct(database, key, invoice_number="F-12")
    with database.reading() as connection:
        heads = heads_where(connection, DOSSIER.c.dossier_id == "D0001")
        findings: Sequence[Finding] = load_findings(connection, heads)["D0001"]
    decision = decide(a_case(findings=tuple(findings)), a_policy())
    assert (decision.outcome, decision.review_kind) == (DecisionOutcome.REVIEW, ReviewKind.FINDING)


def test_other_pieces_are_counted_anew(database: Database) -> None:
    key = a_dossier_that_lacks_pieces(database)
    correct(database, key, pieces="care_sheet prescription lab_bill")
    assert said_of(database, 2) == [{"code": DIFFERS, "stated": "4", "counted": "2"}]


def test_pieces_that_make_up_the_number_end_the_difference(database: Database) -> None:
    key = a_dossier_that_lacks_pieces(database)
    kinds = "care_sheet prescription lab_bill radiology_bill fee_note"
    correct(database, key, pieces=kinds)
    assert said_of(database, 2) == []


@pytest.mark.parametrize("kinds", ["care_sheet", "care_sheet other"])
def test_a_typed_dossier_keeps_the_difference_too(
    database: Database, tmp_path: Path, kinds: str
) -> None:
    desk = open_desk(database, tmp_path)
    fill_registers(desk)
    for login in ("amina", "brahim"):
        account(database, login, Role.PROCESSOR)
    unread: Dossier = replace(
        a_dossier(), channel="paper", pieces=PIECES[:1], lines=(), total_minor=0
    )
    task = an_unread_dossier(desk, dossier=unread)
    say(database, DIFFERENCE)
    typed = {
        "provider_inpe": "100000007", "insured_number": "100000001", "insured_name": "ESSAI UNE",
        "beneficiary_name": "ESSAI UNE", "relation": "self", "care_kind": "ambulatory",
        "pieces": kinds, "lines[+1].letter": "C", "lines[+1].care_date": "02/11/2026",
        "lines[+1].quantity": "1", "lines[+1].amount_minor": "80,00", "total_minor": "80,00",
    }  # fmt: skip
    for pass_no, login in enumerate(("amina", "brahim"), start=1):
        who = Account(login, login, frozenset({Role.PROCESSOR.value}), "", "fr", True)
        answer = desk.doors.typing.keep_typed(task, TypingSheet(pass_no, 1, typed, 5, 50, 60), who)
    assert answer.keying is Keying.SETTLED
    assert [one["code"] for one in said_of(database, 2)] == [DIFFERS]
