"""A dossier put under another scheme at the desk, on both databases."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from infra.database import Database
from infra.settings import Settings
from infra.stores.scheme_choices import sent_schemes
from models.dossier import Dossier
from models.errors import ApprovalRefused, UsageError
from models.finding import Effect, Finding
from tasks.pricing.known_schemes import read_known_schemes
from tasks.review.store import correct_fields
from tasks.scheme_moves import Choice, ChoiceRules, SchemeMoved, choose_scheme
from tests.stages.review.desk_rows import (
    DAY,
    LIMIT,
    a_waiting_dossier,
    by,
    dossier_row,
    put,
    rows_of,
)

UNCERTAIN = Finding("REGIME_INCERTAIN", Effect.REVIEW, None, {"given": "x", "taken": "y"})


def corrected(dossier: Dossier, values: Mapping[str, str]) -> Dossier:
    return replace(dossier, **values)


def choose(
    database: Database, task: str, scheme: str = "ma-cnops", person: str = "amina", **changes: Any
) -> SchemeMoved:
    limit = changes.pop("limit", LIMIT)
    rules = ChoiceRules(read_known_schemes(Settings().schemes_dir), limit, corrected)
    return choose_scheme(database, task, Choice(scheme, **changes), by(person), rules)


def a_reading(database: Database, reasons: str, *codes: str, **changes: Any) -> str:
    """A paper dossier that extraction stopped for these reasons, saying these things."""
    findings = tuple(Finding(code, Effect.REVIEW) for code in codes)
    key = a_waiting_dossier(
        database, kind="reading", reasons=reasons, stage="extraction", findings=(), **changes
    )
    for number, finding in enumerate((UNCERTAIN, *findings), start=1):
        put(
            database, "finding", dossier_id="D0001", version=1, stage="extraction",
            sequence=number, code=finding.code, effect="review", line_no=0, params="{}",
        )  # fmt: skip
    return key


def a_field(database: Database, field: str, *, is_doubtful: bool) -> None:
    put(
        database, "field_evidence", dossier_id="D0001", content_version=1, field=field, page_no=1,
        box_left=1, box_top=2, box_width=3, box_height=4, reading="?", second_reading="",
        value="Essai", error_probability=0.2, is_doubtful=is_doubtful, source="doubtful",
    )  # fmt: skip


def test_a_dossier_goes_on_under_the_chosen_scheme(database: Database) -> None:
    key = a_waiting_dossier(database)
    assert choose(database, key, note="feuille CNOPS") == SchemeMoved(True, 2)
    row = dossier_row(database)
    assert (row["scheme"], row["currency"], row["version"]) == ("ma-cnops", "MAD", 2)
    assert (row["stage"], row["status"], row["lot_id"]) == ("extraction", "in_progress", "")
    contents = {one["content_version"]: one for one in rows_of(database, "extracted_dossier")}
    assert {no: one["scheme"] for no, one in contents.items()} == {
        1: "ma-amo-salaries",
        2: "ma-cnops",
    }
    changed = {"scheme", "content_version"}
    first, second = ({k: v for k, v in contents[no].items() if k not in changed} for no in (1, 2))
    assert first == second
    lines = rows_of(database, "extracted_line")
    assert [one["content_version"] for one in lines] == [1, 2]
    (version,) = [one for one in rows_of(database, "dossier_version") if one["version"] == 2]
    assert (version["reason"], version["content_version"], version["opened_by"]) == (
        "correction", 2, "amina",
    )  # fmt: skip
    (task,) = rows_of(database, "review_task")
    assert (task["state"], task["answer"], task["decided_by"], task["reason"]) == (
        "answered", "scheme", "amina", "feuille CNOPS",
    )  # fmt: skip


def test_who_chose_when_before_and_after_stand_in_the_audit_chain(database: Database) -> None:
    choose(database, a_waiting_dossier(database))
    chosen, opened = rows_of(database, "audit_event")
    assert (chosen["chain"], chosen["actor"], chosen["action"], chosen["version"]) == (
        "desk:2026-11-20", "amina", "scheme_chosen", 1,
    )  # fmt: skip
    assert (chosen["before"], chosen["after"]) == ("ma-amo-salaries MAD", "ma-cnops MAD")
    assert chosen["happened_at"] == by("amina").at
    assert (opened["action"], opened["version"], opened["detail"]) == (
        "version_opened",
        2,
        "scheme",
    )
    assert (opened["before"], opened["after"]) == ("review/in_review", "extraction/in_progress")
    (kept,) = rows_of(database, "field_correction")
    assert (kept["field"], kept["before"], kept["after"], kept["corrected_by"]) == (
        "scheme", "ma-amo-salaries", "ma-cnops", "amina",
    )  # fmt: skip
    with database.reading() as connection:
        assert sent_schemes(database, connection, ["D0001", "D0002"]) == {
            "D0001": "ma-amo-salaries"
        }


def test_a_person_s_choice_settles_what_the_sheet_left_open(database: Database) -> None:
    key = a_reading(database, "REGIME_INCERTAIN")
    assert choose(database, key, "ma-amo-salaries") == SchemeMoved(True, 2)
    assert dossier_row(database)["status"] == "in_progress"
    assert [one["version"] for one in rows_of(database, "finding")] == [1]


def test_what_the_choice_does_not_settle_waits_on_under_the_new_version(
    database: Database,
) -> None:
    key = a_reading(database, "REGIME_INCERTAIN CHAMP_DOUTEUX ACCIDENT_DECLARE", "ACCIDENT_DECLARE")
    for field, is_doubtful in (("insured_name", True), ("beneficiary_name", True)):
        a_field(database, field, is_doubtful=is_doubtful)
    correct_fields(database, key, {"insured_name": "Essai Second"}, by("brahim"), correct=corrected)
    moved = choose(database, key)
    assert moved == SchemeMoved(True, 2, ("CHAMP_DOUTEUX", "ACCIDENT_DECLARE"))
    row = dossier_row(database)
    assert (row["stage"], row["status"], row["version"]) == ("extraction", "in_review", 2)
    tasks = {one["version"]: one for one in rows_of(database, "review_task")}
    assert (tasks[1]["state"], tasks[2]["state"]) == ("answered", "open")
    assert tasks[2]["reasons"] == "CHAMP_DOUTEUX ACCIDENT_DECLARE"
    assert tasks[2]["due_on"] == tasks[1]["due_on"]
    found = [(one["version"], one["code"]) for one in rows_of(database, "finding")]
    assert found == [(1, "REGIME_INCERTAIN"), (1, "ACCIDENT_DECLARE"), (2, "ACCIDENT_DECLARE")]
    evidence = {
        one["field"]: one
        for one in rows_of(database, "field_evidence")
        if one["content_version"] == 2
    }
    assert {name: bool(one["is_doubtful"]) for name, one in evidence.items()} == {
        "insured_name": False,
        "beneficiary_name": True,
    }
    assert evidence["insured_name"]["source"] == "person"
    (content,) = [
        one for one in rows_of(database, "extracted_dossier") if one["content_version"] == 2
    ]
    assert (content["insured_name"], content["scheme"]) == ("Essai Second", "ma-cnops")
    result = correct_fields(
        database, tasks[2]["task_id"], {"beneficiary_name": "Essai Second"}, by("amina"),
        correct=corrected,
    )  # fmt: skip
    assert result.is_complete
    last = rows_of(database, "extracted_dossier")[-1]
    assert (last["content_version"], last["scheme"]) == (3, "ma-cnops")


def test_a_paid_dossier_keeps_its_scheme(database: Database) -> None:
    key = a_waiting_dossier(database, version=2)
    put(
        database, "obligation", dossier_id="D0001", version=1, insured_person_id="P1",
        payee_kind="insured", payee_id="P1", amount_minor=5600, currency="MAD",
        scheme="ma-amo-salaries", state="paid", waits_for="", created_on=DAY,
    )  # fmt: skip
    with pytest.raises(UsageError, match="being paid"):
        choose(database, key)
    assert dossier_row(database)["scheme"] == "ma-amo-salaries"
    assert rows_of(database, "audit_event") == []


def test_an_accepted_dossier_keeps_its_scheme(database: Database) -> None:
    key = a_waiting_dossier(database, kind="prepayment", outcome="accepted")
    with pytest.raises(UsageError, match="accepted under its scheme"):
        choose(database, key)


@pytest.mark.parametrize(
    ("scheme", "said"),
    [
        ("fr-cpam", "another currency"),
        ("ma-amo-salaries", "already"),
        ("no-such-scheme", "no scheme has that id"),
    ],
)
def test_a_scheme_that_cannot_be_is_refused_and_nothing_is_written(
    database: Database, scheme: str, said: str
) -> None:
    key = a_waiting_dossier(database)
    with pytest.raises(UsageError, match=said):
        choose(database, key, scheme)
    assert dossier_row(database)["version"] == 1
    assert rows_of(database, "field_correction") == []


def test_above_the_limit_a_second_person_confirms_the_scheme(database: Database) -> None:
    key = a_waiting_dossier(database)
    assert choose(database, key, limit=7_999) == SchemeMoved(False, 1)
    assert dossier_row(database)["scheme"] == "ma-amo-salaries"
    with pytest.raises(ApprovalRefused, match="another must confirm"):
        choose(database, key, limit=7_999)
    assert choose(database, key, person="brahim", limit=7_999) == SchemeMoved(True, 2)
    (task,) = rows_of(database, "review_task")
    assert (task["first_by"], task["decided_by"]) == ("amina", "brahim")
    actions = [(one["actor"], one["action"]) for one in rows_of(database, "audit_event")]
    assert actions == [
        ("amina", "desk_first_answer"), ("brahim", "scheme_chosen"), ("brahim", "version_opened"),
    ]  # fmt: skip


def test_a_closed_task_moves_nothing(database: Database) -> None:
    key = a_waiting_dossier(database)
    choose(database, key)
    with pytest.raises(UsageError, match="closed or was overtaken"):
        choose(database, key, "ma-amo-tns")


def test_an_appeal_stays_one_and_who_chose_does_not_answer_it(database: Database) -> None:
    key = a_waiting_dossier(database, kind="appeal", version_reason="appeal")
    choose(database, key)
    (version,) = [one for one in rows_of(database, "dossier_version") if one["version"] == 2]
    assert version["reason"] == "appeal"
    (task,) = rows_of(database, "review_task")
    assert task["decided_by"] == "amina"


def test_a_dossier_typed_blind_by_two_waits_for_them(database: Database) -> None:
    key = a_reading(database, "REGIME_INCERTAIN A_SAISIR")
    put(
        database, "typing_entry", task_id=key, dossier_id="D0001", version=1, content_version=1,
        pass_no=1, typed_by="brahim", typed_at=by("brahim").at, typed_on=DAY, state="waiting",
        field_count=1, keystrokes=1, seconds=1, typed_values="{}", typed_money="{}",
    )  # fmt: skip
    with pytest.raises(UsageError, match="typing mode"):
        choose(database, key)
