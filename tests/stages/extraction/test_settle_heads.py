"""What a paper dossier says of its scheme reaches its head, in both databases."""

import datetime as dt
import threading
from dataclasses import replace

import pytest
from sqlalchemy import select

from infra.database import Database
from models.records.all_tables import table
from models.rows import EXTRACTED_NAMES, extracted_row
from tasks.extraction.chunk import ExtractionContext, extract_paper
from tasks.extraction.store import Hand, settle_heads
from tests.builders import a_dossier
from tests.stages.extraction.form_pages import CASES, FORMS_DIR, form_of, page_of
from tests.stages.extraction.test_paper import HEAD
from tests.stages.review.desk_rows import dossier_row, put, rows_of

DAY = dt.date(2026, 11, 20)
LOT = "2026-11-20/002"
HAND = Hand("machine", DAY, "2026-11-20T11:00:00.000000Z")


def a_head(database: Database, number: int, scheme: str, **changes: str) -> str:
    """A paper dossier whose pages have just been extracted, of the scheme that intake gave."""
    key = f"D{number:04d}"
    put(
        database, "dossier", **{
            "dossier_id": key, "public_number": f"P-{number:04d}", "scheme": scheme,
            "currency": "MAD", "channel": "paper", "agency": "", "region": "", "version": 1,
            "stage": "extraction", "status": "in_progress", "lot_id": LOT, "deposit_date": DAY,
            "receipt_date": DAY, "scan_date": DAY, "decision_date": None,
            "order_key": f"{number:06d}", **changes,
        },
    )  # fmt: skip
    put(
        database, "dossier_version", dossier_id=key, version=1, content_version=1, reason="first",
        opened_by="intake", opened_on=DAY,
    )  # fmt: skip
    return key


def keep(database: Database, dossier) -> None:
    """Keep an extracted dossier."""
    with database.transaction() as connection:
        rows = [extracted_row(dossier, 1)]
        database.insert_tuples(connection, table("extracted_dossier"), EXTRACTED_NAMES, rows)


def test_a_cnops_sheet_in_an_inbox_of_the_cnss_becomes_a_dossier_of_the_cnops(
    database: Database,
) -> None:
    key = a_head(database, 1, "ma-amo-salaries")
    case = next(case for case in CASES if form_of(case) == "cnops_maladie")
    head = replace(HEAD, dossier_id=key)
    keep(database, extract_paper([page_of(case)], head, ExtractionContext(FORMS_DIR)).dossier)
    settle_heads(database, LOT, HAND)
    settle_heads(database, LOT, HAND)
    row = dossier_row(database, key)
    assert (row["scheme"], row["currency"]) == ("ma-cnops", "MAD")
    (event,) = [one for one in rows_of(database, "audit_event", key)]
    assert (event["action"], event["before"], event["after"]) == (
        "scheme_read", "ma-amo-salaries MAD", "ma-cnops MAD",
    )  # fmt: skip


def test_the_currency_follows_the_scheme(database: Database) -> None:
    key = a_head(database, 1, "ma-amo-salaries")
    keep(database, replace(a_dossier(dossier_id=key), scheme="fr-cpam", currency="EUR"))
    settle_heads(database, LOT, HAND)
    row = dossier_row(database, key)
    assert (row["scheme"], row["currency"]) == ("fr-cpam", "EUR")


def test_a_complement_is_of_the_scheme_of_the_dossier_that_it_completes(
    database: Database,
) -> None:
    earlier = a_head(database, 1, "ma-amo-tns", status="returned", lot_id="2026-11-19/001")
    keep(database, replace(a_dossier(dossier_id=earlier), scheme="ma-amo-tns"))
    late = a_head(database, 2, "ma-amo-salaries")
    keep(database, a_dossier(dossier_id=late))
    put(
        database, "field_evidence", dossier_id=late, content_version=1, field="refers_to",
        page_no=1, box_left=0, box_top=0, box_width=0, box_height=0, reading="P-0001",
        second_reading="", value="P-0001", error_probability=0.0, is_doubtful=False,
        source="agreed",
    )  # fmt: skip
    settle_heads(database, LOT, HAND)
    contents = {
        row["content_version"]: row for row in rows_of(database, "extracted_dossier", earlier)
    }
    assert {number: row["scheme"] for number, row in contents.items()} == {
        1: "ma-amo-tns",
        2: "ma-amo-tns",
    }
    assert dossier_row(database, earlier)["scheme"] == "ma-amo-tns"


def refers(database: Database, key: str, number: str) -> None:
    """The sheet says which earlier dossier it belongs to."""
    put(
        database, "field_evidence", dossier_id=key, content_version=1, field="refers_to",
        page_no=1, box_left=0, box_top=0, box_width=0, box_height=0, reading=number,
        second_reading=number, value=number, error_probability=0.0, is_doubtful=False,
        source="agreed",
    )  # fmt: skip


def two_dossiers(database: Database, *, late_number: str, status: str) -> tuple[str, str]:
    """An earlier dossier, and paper that refers to it."""
    earlier = a_head(database, 1, "ma-amo-salaries", status=status, lot_id="2026-11-19/001")
    keep(database, a_dossier(dossier_id=earlier))
    late = a_head(database, 2, "ma-amo-salaries")
    keep(database, replace(a_dossier(dossier_id=late), insured_number=late_number))
    refers(database, late, "P-0001")
    return earlier, late


@pytest.mark.parametrize("status", ["returned", "paid"])
def test_paper_of_another_insured_person_joins_nobody_s_dossier(
    database: Database, status: str
) -> None:
    """It would be decided as that person's dossier, less what was paid there."""
    earlier, late = two_dossiers(database, late_number="999999990", status=status)
    for _ in range(2):
        settle_heads(database, LOT, HAND)
    assert dossier_row(database, earlier)["status"] == status
    assert len(rows_of(database, "extracted_dossier", earlier)) == 1
    assert dossier_row(database, late)["status"] == "in_progress"
    (said,) = rows_of(database, "finding", late)
    assert (said["code"], said["effect"], said["sequence"]) == (
        "RATTACHEMENT_AUTRE_PERSONNE", "review", 1,
    )  # fmt: skip


def test_an_appeal_of_the_same_insured_person_joins_the_dossier(database: Database) -> None:
    earlier, late = two_dossiers(database, late_number=a_dossier().insured_number, status="paid")
    settle_heads(database, LOT, HAND)
    assert (dossier_row(database, earlier)["version"], dossier_row(database, late)["status"]) == (
        2, "withdrawn",
    )  # fmt: skip
    assert rows_of(database, "finding", late) == []


def test_what_the_desk_answers_meanwhile_is_never_written_over(database: Database) -> None:
    """A colleague accepts the earlier dossier while the paper that refers to it is joined."""
    number = a_dossier().insured_number
    earlier, late = two_dossiers(database, late_number=number, status="in_review")
    heads = table("dossier")
    joiner = threading.Thread(target=settle_heads, args=(database, LOT, HAND))
    with database.transaction() as connection:
        row = heads.c.dossier_id == earlier
        connection.execute(select(heads).where(row).with_for_update()).all()
        joiner.start()
        joiner.join(timeout=1.0)
        assert joiner.is_alive(), "it waits for the desk"
        connection.execute(heads.update().where(row).values(status="approved"))
    joiner.join()
    assert dossier_row(database, earlier)["status"] == "approved"
    assert dossier_row(database, earlier)["version"] == 1
    assert dossier_row(database, late)["status"] == "in_progress"
