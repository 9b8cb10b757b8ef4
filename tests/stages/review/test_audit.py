"""Labels of the desk, the random audit, and the versions of the calibration, on a database."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.database import Database
from infra.stores.calibrations import (
    activate_version,
    active_version,
    all_labels,
    all_versions,
    keep_version,
)
from infra.stores.register_hints import load_hints
from models.desk import Account, Role
from models.errors import ApprovalRefused, UsageError
from models.reading import Box, FieldEvidence
from models.reading_audit import AuditState
from models.records.all_tables import table
from models.register_hints import Asked
from tasks.audit_work import AuditWork
from tasks.extraction.audit import Draw, audit_rows, is_drawn
from tasks.extraction.calibration.calibration import shipped_calibration, to_document
from tasks.extraction.calibration.cells import Cell
from tasks.extraction.calibration.compare import SINGLE
from tasks.extraction.calibration.fit import Count, Made, fit_calibration
from tasks.extraction.calibration.values import is_same, is_value
from tasks.extraction.lot import active_calibration
from tasks.reading_policy import second_reading_policy
from tests.stages.review.desk_rows import DAY, dossier_row, put, rows_of
from tests.stages.review.desk_site import (
    AT,
    Browser,
    Desk,
    a_paper_dossier,
    account,
    open_desk,
    serving,
)
from tests.stages.review.test_web_access import signed_in

AMINA = Account("amina", "Amina", frozenset({Role.PROCESSOR}), "", "fr", True)
CHADIA = Account("chadia", "Chadia", frozenset({Role.SUPERVISOR}), "", "fr", True)
AUDITOR = Account("audit", "Audit", frozenset({Role.AUDITOR}), "", "fr", True)
FIELD = "lines[1].amount_minor"


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    made = open_desk(database, tmp_path)
    account(database, "amina", Role.PROCESSOR)
    account(database, "chadia", Role.PROCESSOR, Role.SUPERVISOR)
    return made


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


@pytest.fixture
def work(desk: Desk) -> AuditWork:
    return AuditWork(desk.database, desk.storage, desk.clock, lambda: DAY)


def a_question(desk: Desk, *, status: str = "approved", field: str = FIELD) -> str:
    """A dossier read from paper, one of its accepted fields drawn; return the question's id."""
    a_paper_dossier(desk, status=status)
    evidence, source = table("field_evidence"), "agreed"
    kept = {FIELD: "8000"}.get(field, "100000001")
    kind = "amount" if field == FIELD else "digits"
    with desk.database.transaction() as connection:
        connection.execute(
            evidence.update()
            .where(evidence.c.field == field)
            .values(value=kept, source=source, field_type=kind, quality_band="good")
        )
        task = table("review_task")
        connection.execute(task.update().values(state="answered"))
    put(
        desk.database, "reading_audit", dossier_id="D0001", content_version=1, field=field,
        audit_id="a1", state="open", asked_on=DAY, answered_by="", answered_at="", settled_by="",
        settled_at="",
    )  # fmt: skip
    return "a1"


def labels(database: Database) -> list[Any]:
    with database.reading() as connection:
        return list(all_labels(connection))


def audit_state(database: Database) -> str:
    return str(rows_of(database, "reading_audit")[0]["state"])


def test_a_right_reading_becomes_a_label_and_nothing_else_changes(
    desk: Desk, work: AuditWork
) -> None:
    before = a_question(desk) and dossier_row(desk.database)
    assert work.answer("a1", "80,00", AMINA) is AuditState.RIGHT
    (label,) = labels(desk.database)
    assert (label.is_wrong, label.origin, label.field_type, label.evidence, label.quality_band) == (
        False, "audit", "amount", "agreed", "good",
    )  # fmt: skip
    assert label.was_accepted
    assert dossier_row(desk.database) == before


def test_a_wrong_reading_that_is_not_paid_sends_the_dossier_to_review(
    desk: Desk, work: AuditWork
) -> None:
    a_question(desk)
    assert work.answer("a1", "90,00", AMINA) is AuditState.REVIEWED
    assert dossier_row(desk.database)["status"] == "in_review"
    tasks = [row for row in rows_of(desk.database, "review_task") if row["state"] == "open"]
    assert [(row["kind"], row["reasons"]) for row in tasks] == [("reading", "LECTURE_CONTREDITE")]
    evidence = {row["field"]: row for row in rows_of(desk.database, "field_evidence")}
    assert evidence[FIELD]["is_doubtful"]
    assert [label.is_wrong for label in labels(desk.database)] == [True]
    actions = [row["action"] for row in rows_of(desk.database, "audit_event")]
    assert "sent_to_review" in actions


@pytest.mark.parametrize("state", ["proposed", "paid"])
def test_a_wrong_reading_on_money_on_its_way_is_left_to_a_supervisor(
    desk: Desk, work: AuditWork, state: str
) -> None:
    a_question(desk, status="paid" if state == "paid" else "approved")
    put(
        desk.database, "obligation", dossier_id="D0001", version=1, insured_person_id="P1",
        payee_kind="insured", payee_id="P1", amount_minor=5600, currency="MAD",
        scheme="ma-amo-salaries", state=state, waits_for="", created_on=DAY,
    )  # fmt: skip
    before = dossier_row(desk.database)
    assert work.answer("a1", "90,00", AMINA) is AuditState.DISPUTED
    assert dossier_row(desk.database) == before
    assert [one.audit_id for one in work.disputes()] == ["a1"]
    with pytest.raises(ApprovalRefused):
        work.settle("a1", AMINA)
    work.settle("a1", CHADIA)
    assert work.disputes() == []
    with pytest.raises(UsageError):
        work.settle("a1", CHADIA)


def test_a_dossier_in_review_gets_the_field_in_doubt_and_no_second_task(
    desk: Desk, work: AuditWork
) -> None:
    a_question(desk, status="in_review")
    count = len(rows_of(desk.database, "review_task"))
    assert work.answer("a1", "90,00", AMINA) is AuditState.REVIEWED
    assert len(rows_of(desk.database, "review_task")) == count


def test_a_question_is_answered_once_and_by_those_who_work_on_dossiers(
    desk: Desk, work: AuditWork
) -> None:
    a_question(desk)
    with pytest.raises(ApprovalRefused):
        work.answer("a1", "80,00", AUDITOR)
    with pytest.raises(UsageError, match="no value"):
        work.answer("a1", "eighty", AMINA)
    work.answer("a1", "80,00", AMINA)
    with pytest.raises(UsageError, match="somebody else"):
        work.answer("a1", "80,00", CHADIA)


def test_what_nobody_can_read_is_no_label(desk: Desk, work: AuditWork) -> None:
    a_question(desk)
    assert work.answer("a1", "", AMINA, is_unreadable=True) is AuditState.UNREADABLE
    assert labels(desk.database) == []
    assert work.figures().unreadable == 1
    assert work.next_audit("") == ""


def test_the_page_shows_the_place_and_never_the_machine_s_reading(desk: Desk, url: str) -> None:
    a_question(desk)
    browser = signed_in(url)
    assert "/audit/next" in browser.get("/audit").text
    assert browser.get("/audit/next").where == "/audit/a1"
    page = browser.get("/audit/a1").text
    assert "8000" not in page
    assert "80,00" not in page
    assert browser.get("/audit/a1/page").headers["content-type"] == "image/webp"
    assert "wrong=value" in browser.post("/audit/a1", typed="eighty").where
    assert "said=audited" in browser.post("/audit/a1", typed="80,00").where
    assert audit_state(desk.database) == "right"
    assert browser.get("/audit/next").where == "/audit"


def test_a_supervisor_settles_a_dispute_on_the_page(desk: Desk, url: str) -> None:
    a_question(desk, status="paid")
    browser = signed_in(url)
    browser.post("/audit/a1", typed="90,00")
    page = browser.get("/audit").text
    assert "AMO-000001" in page
    assert "/settle" not in page
    supervisor = Browser(url, "127.0.0.2")
    supervisor.sign_in("chadia")
    assert "/audit/a1/settle" in supervisor.get("/audit").text
    assert "said=settled" in supervisor.post("/audit/a1/settle").where
    assert audit_state(desk.database) == "settled"


def test_corrections_and_confirmations_become_labels(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    evidence = table("field_evidence")
    with desk.database.transaction() as connection:
        connection.execute(
            evidence.update()
            .where(evidence.c.field.in_(["total_minor", "lines[2].amount_minor"]))
            .values(field_type="amount", source="doubtful", calibration="v1")
        )
    browser = signed_in(url)
    form = {
        "value__total_minor": "125,50", "ok__total_minor": "1",
        "value__lines[2].amount_minor": "45,60", "ok__lines[2].amount_minor": "1",
    }  # fmt: skip
    browser.post(f"/item/{task}/correct", **form)
    found = {label.field: label for label in labels(desk.database)}
    assert {name: one.is_wrong for name, one in found.items()} == {
        "total_minor": False,
        "lines[2].amount_minor": True,
    }
    assert not any(one.was_accepted for one in found.values())
    assert {one.labelled_by for one in found.values()} == {"amina"}


def test_amounts_that_add_up_after_a_correction_need_no_confirmation(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    evidence = table("field_evidence")
    with desk.database.transaction() as connection:
        connection.execute(
            evidence.update().where(evidence.c.field == "total_minor").values(source="not_closed")
        )
    browser = signed_in(url)
    answer = browser.post(
        f"/item/{task}/correct",
        **{"value__lines[2].amount_minor": "45,50", "ok__lines[2].amount_minor": "1"},
    )
    assert "said=corrected" in answer.where
    rows = [row for row in rows_of(desk.database, "field_evidence") if row["content_version"] == 2]
    total = next(row for row in rows if row["field"] == "total_minor")
    assert (total["source"], total["is_doubtful"]) == ("arithmetic", False)


def test_amounts_that_still_do_not_add_up_have_to_be_confirmed(desk: Desk, url: str) -> None:
    task = a_paper_dossier(desk)
    evidence = table("field_evidence")
    with desk.database.transaction() as connection:
        connection.execute(
            evidence.update().where(evidence.c.field == "total_minor").values(source="not_closed")
        )
    answer = signed_in(url).post(
        f"/item/{task}/correct",
        **{"value__lines[2].amount_minor": "99,50", "ok__lines[2].amount_minor": "1"},
    )
    assert "said=left" in answer.where


# The versions of the calibration.


def a_version(name: str) -> dict[str, Any]:
    shipped = replace(shipped_calibration(), version=name)
    return {
        "version": name, "made_at": AT, "made_by": "somebody", "origin": "a test",
        "label_count": shipped.labels, "wrong_count": shipped.wrong, "sha256": shipped.sha256,
        "body": to_document(shipped),
    }  # fmt: skip


def in_force(database: Database) -> str:
    with database.reading() as connection:
        return active_calibration(connection).version


def test_a_version_is_in_force_only_after_somebody_put_it_there(database: Database) -> None:
    assert in_force(database) == shipped_calibration().version
    keep_version(database, a_version("v1"), "desk:2026-11-20")
    keep_version(database, a_version("v2"), "desk:2026-11-20")
    assert in_force(database) == shipped_calibration().version
    for name, before in (("v1", ""), ("v2", "v1"), ("v1", "v2")):
        found = activate_version(database, name, by="chadia", at=AT, chain="desk:2026-11-20")
        assert found == before
        assert in_force(database) == name
    with database.reading() as connection:
        active = [row for row in all_versions(connection) if row.is_active]
    assert [(row.version, row.activated_by) for row in active] == [("v1", "chadia")]
    events = rows_of(database, "audit_event", "v1")
    assert [row["action"] for row in events] == [
        "calibration_made", "calibration_activated", "calibration_activated",
    ]  # fmt: skip


def test_the_second_reader_is_spared_by_the_version_in_force(database: Database) -> None:
    counts = {Cell("date", SINGLE, "good"): Count(4_000, 0)}
    made = fit_calibration(counts, Made("v1", AT, "somebody", "a test"))
    assert second_reading_policy(database).is_needed("amount", "good")
    row = {**a_version("v1"), "sha256": made.sha256, "body": to_document(made)}
    keep_version(database, row, "desk:2026-11-20")
    activate_version(database, "v1", by="chadia", at=AT, chain="desk:2026-11-20")
    policy = second_reading_policy(database)
    assert not policy.is_needed("date", "good")
    assert policy.is_needed("date", "poor")


def test_a_version_is_never_changed_and_an_unknown_one_never_put_in_force(
    database: Database,
) -> None:
    keep_version(database, a_version("v1"), "desk:2026-11-20")
    with pytest.raises(UsageError, match="never changed"):
        keep_version(database, a_version("v1"), "desk:2026-11-20")
    with pytest.raises(UsageError, match="no version"):
        activate_version(database, "v9", by="chadia", at=AT, chain="desk:2026-11-20")
    activate_version(database, "v1", by="chadia", at=AT, chain="desk:2026-11-20")
    with pytest.raises(UsageError, match="already"):
        activate_version(database, "v1", by="chadia", at=AT, chain="desk:2026-11-20")
    with database.reading() as connection:
        assert active_version(connection) is not None


def test_the_registers_are_asked_for_all_numbers_of_a_chunk_at_once(database: Database) -> None:
    since = {"valid_from": dt.date(2020, 1, 1), "valid_to": None,
             "known_from": dt.date(2020, 1, 1), "known_to": None}  # fmt: skip
    for key, name, birth in (("P1", "ESSAI", 1980), ("P2", "AUTRE", 2010)):
        put(
            database, "register_person", person_id=key, family_name=name, given_name="X",
            arabic_name="", birth_date=dt.date(birth, 1, 1), death_date=None, sex="F", cin="A1",
            **since,
        )  # fmt: skip
    put(
        database, "register_affiliation", person_id="P0", scheme="s", number="100000001",
        category="c", **since,
    )  # fmt: skip
    put(database, "register_alias", merged_id="P0", person_id="P1", **since)
    put(
        database, "register_dependant", insured_id="P1", person_id="P2", rank=1, relation="child",
        is_student=False, is_disabled=False, is_married=False, **since,
    )  # fmt: skip
    provider = {"provider_id": "H1", "inpe": "200000001", "name": "n", "kind": "k",
                "specialty": "s", "sector": "s", "ice": "", **since}  # fmt: skip
    with database.transaction() as connection:
        database.insert_rows(connection, table("register_provider"), [provider])
    asked = Asked(frozenset({"100000001", "9"}), frozenset({"200000001", "200000002"}))
    with database.reading() as connection:
        hints = load_hints(connection, asked, DAY)
        before = load_hints(connection, asked, dt.date(2019, 1, 1))
    (household,) = hints.households["100000001"]
    assert household.insured.name == "ESSAI X"
    assert [person.name for person in household.dependants] == ["AUTRE X"]
    assert hints.inpes == {"200000001"}
    assert before.households == {}


# The draw, and what counts as the same value.


def an_accepted(field: str = "insured_number", **changes: Any) -> FieldEvidence:
    made = FieldEvidence(field, 1, Box(1, 1, 9, 9), "1", "1", "1", 0.0001, False, "agreed")
    return replace(made, **{"field_type": "digits", **changes})


def test_the_same_fields_are_drawn_on_every_run_and_other_ones_with_another_key() -> None:
    fields = [f"f{number}" for number in range(2_000)]
    draw = Draw(0.1, "key", DAY)
    first = [name for name in fields if is_drawn(("D1", 1), name, draw)]
    assert first == [name for name in fields if is_drawn(("D1", 1), name, draw)]
    assert 140 < len(first) < 260
    other = [name for name in fields if is_drawn(("D1", 1), name, replace(draw, key="other"))]
    assert first != other


def test_only_accepted_fields_that_can_be_read_from_their_place_are_drawn() -> None:
    everything = Draw(1.0, "key", DAY)
    evidence = [
        an_accepted(),
        an_accepted("a", is_doubtful=True),
        an_accepted("b", box=Box(0, 0, 0, 0)),
        an_accepted("c", source="person"),
        an_accepted("d", field_type="checkbox"),
        an_accepted("refers_to"),
    ]
    rows = audit_rows(evidence, ("D1", 1), everything)
    assert [row[2] for row in rows] == ["insured_number"]
    assert audit_rows(evidence, ("D1", 1), replace(everything, share=0.0)) == []


@given(st.integers(0, 10**9))
def test_an_amount_as_on_paper_is_the_amount_that_is_kept(minor: int) -> None:
    paper = f"{minor // 100},{minor % 100:02d}"
    assert is_same("amount", str(minor), paper)
    assert not is_same("amount", str(minor + 1), paper)


@pytest.mark.parametrize(
    ("field_type", "kept", "typed", "is_right"),
    [
        ("date", "2026-11-18", "18/11/2026", True),
        ("date", "2026-11-18", "2026-11-18", True),
        ("date", "2026-11-18", "19/11/2026", False),
        ("name", "AÏCHA BEN ALI", "Aicha Benali", True),
        ("name", "AÏCHA", "AICHE", False),
        ("coefficient", "1.5", "1,5", True),
        ("checkbox", "True", "oui", True),
        ("checkbox", "self", "child", False),
        ("act", "C", "c", True),
        ("digits", "123", "", False),
        ("digits", "", "", True),
        ("digits", "", "123", False),
    ],
)
def test_what_is_typed_is_compared_in_its_normal_form(
    field_type: str, kept: str, typed: str, is_right: bool
) -> None:
    assert is_same(field_type, kept, typed) is is_right


def test_a_text_that_is_no_value_is_known() -> None:
    assert not is_value("amount", "eighty")
    assert is_value("amount", "")
    assert is_value("name", "anybody")
