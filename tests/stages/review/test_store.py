"""The desk's door to the database: answers, corrections and releases, on both databases."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from infra.database import Database
from models.dossier import Dossier
from models.errors import ApprovalRefused, UnknownDossier, UsageError
from models.finding import Finding, Signal
from models.records.all_tables import table
from models.stage import Stage
from tasks.review.desk import Answer, DeskAnswer
from tasks.review.store import correct_fields, open_tasks, release, show_task
from tests.builders import a_dossier
from tests.stages.review.desk_rows import (
    ACCEPT,
    DAY,
    LIMIT,
    a_waiting_dossier,
    answer,
    by,
    dossier_row,
    put,
    rows_of,
)


def test_an_accepted_task_approves_the_dossier_in_the_person_s_name(database: Database) -> None:
    key = a_waiting_dossier(database)
    answer(database, key, ACCEPT, "amina")
    (decision,) = rows_of(database, "decision")
    assert (decision["outcome"], decision["decided_by"]) == ("accepted", "amina")
    assert decision["due_minor"] == 5600
    assert dossier_row(database)["status"] == "approved"
    assert dossier_row(database)["decision_date"] == DAY


def test_a_refused_task_keeps_its_code_in_task_and_decision(database: Database) -> None:
    key = a_waiting_dossier(database)
    given = DeskAnswer(Answer.REFUSE, "NOM_DISCORDANT")
    answer(database, key, given, "amina", note="autre personne")
    (decision,) = rows_of(database, "decision")
    (task,) = rows_of(database, "review_task")
    assert (decision["outcome"], decision["due_minor"]) == ("refused", 0)
    assert json.loads(decision["reasons"]) == ["NOM_DISCORDANT"]
    assert (task["state"], task["answer"]) == ("answered", "refuse")
    assert task["reason"] == "NOM_DISCORDANT autre personne"
    assert dossier_row(database)["status"] == "refused"


def test_an_answer_leaves_an_event_with_the_states_before_and_after(database: Database) -> None:
    answer(database, a_waiting_dossier(database), ACCEPT, "amina")
    (event,) = rows_of(database, "audit_event")
    assert (event["chain"], event["actor"]) == ("desk:2026-11-20", "amina")
    assert (event["before"], event["after"]) == ("review/in_review", "review/approved")


def test_a_task_is_answered_once(database: Database) -> None:
    key = a_waiting_dossier(database)
    answer(database, key, ACCEPT, "amina")
    with pytest.raises(UsageError, match="closed"):
        answer(database, key, DeskAnswer(Answer.REFUSE, "NOM_DISCORDANT"), "brahim")
    assert rows_of(database, "decision")[0]["outcome"] == "accepted"
    assert len(rows_of(database, "audit_event")) == 1


def test_a_large_amount_waits_for_a_second_person(database: Database) -> None:
    key = a_waiting_dossier(database, due_minor=LIMIT + 1, dossier=a_dossier(total_minor=2 * LIMIT))
    first = answer(database, key, ACCEPT, "amina")
    assert not first.is_final
    assert rows_of(database, "decision")[0]["outcome"] == "review"
    assert dossier_row(database)["status"] == "in_review"
    with pytest.raises(ApprovalRefused):
        answer(database, key, ACCEPT, "amina")
    assert answer(database, key, ACCEPT, "brahim").is_final
    (task,) = rows_of(database, "review_task")
    assert (task["first_by"], task["decided_by"]) == ("amina", "brahim")
    assert dossier_row(database)["status"] == "approved"
    actions = [row["action"] for row in rows_of(database, "audit_event")]
    assert actions == ["desk_first_answer", "desk_accept"]


def test_two_people_who_disagree_leave_the_task_open_with_the_last_answer(
    database: Database,
) -> None:
    key = a_waiting_dossier(database, due_minor=LIMIT + 1, dossier=a_dossier(total_minor=2 * LIMIT))
    answer(database, key, ACCEPT, "amina")
    refusal = DeskAnswer(Answer.REFUSE, "FRAUDE_CONFIRMEE")
    assert not answer(database, key, refusal, "brahim").is_final
    assert answer(database, key, refusal, "amina").outcome.value == "refused"


def test_an_appeal_is_answered_by_another_person(database: Database) -> None:
    key = a_waiting_dossier(database, kind="appeal", version=2, version_reason="appeal")
    put(
        database, "decision", dossier_id="D0001", version=1, outcome="refused", due_minor=0,
        currency="MAD", decided_by="amina", decided_on=DAY, reasons="[]",
    )  # fmt: skip
    with pytest.raises(ApprovalRefused, match="did not decide before"):
        answer(database, key, ACCEPT, "amina")
    assert answer(database, key, ACCEPT, "brahim").is_final
    assert dossier_row(database)["status"] == "approved"
    outcomes = {row["version"]: row["decided_by"] for row in rows_of(database, "decision")}
    assert outcomes == {1: "amina", 2: "brahim"}


def test_who_confirmed_a_decision_may_not_answer_its_appeal(database: Database) -> None:
    key = a_waiting_dossier(database, kind="appeal", version=2, version_reason="appeal")
    put(
        database, "review_task", task_id="T1", dossier_id="D0001", version=1, kind="fraud",
        reasons="F19", state="answered", opened_on=DAY, due_on=DAY, first_by="chadia",
        first_answer="", decided_by="amina", answer="refuse", reason="", decided_at="",
    )  # fmt: skip
    with pytest.raises(ApprovalRefused):
        answer(database, key, ACCEPT, "chadia")


def test_a_task_of_an_older_version_cannot_be_answered(database: Database) -> None:
    key = a_waiting_dossier(database)
    with database.transaction() as connection:
        connection.execute(table("dossier").update().values(version=2))
        connection.execute(table("dossier_version").update().values(version=2, reason="complement"))
    with pytest.raises(UsageError, match="overtaken"):
        answer(database, key, ACCEPT, "amina")


def test_a_final_refusal_is_not_turned_by_a_stray_task(database: Database) -> None:
    key = a_waiting_dossier(database, outcome="refused")
    with pytest.raises(UsageError, match="final"):
        answer(database, key, ACCEPT, "amina")
    assert dossier_row(database)["status"] == "in_review"


def test_a_hit_before_payment_can_turn_an_accepted_decision(database: Database) -> None:
    key = a_waiting_dossier(database, kind="prepayment", outcome="accepted", reasons="F16")
    answer(database, key, DeskAnswer(Answer.REFUSE, "F16"), "amina")
    (decision,) = rows_of(database, "decision")
    assert (decision["outcome"], decision["decided_by"]) == ("refused", "amina")


def test_a_lower_decision_lists_what_was_overpaid(database: Database) -> None:
    key = a_waiting_dossier(database, kind="overpaid", version=2, due_minor=1000)
    put(
        database, "payment_obligation", payment_id="PAY1", dossier_id="D0001", version=1,
        amount_minor=5600, is_live=True,
    )  # fmt: skip
    put(
        database, "payment", payment_id="PAY1", batch_id="B1", payee_kind="insured",
        payee_id="P0001", payee_name="", account="", amount_minor=5600, currency="MAD",
        state="settled", end_to_end_id="E1",
    )  # fmt: skip
    verdict = answer(database, key, ACCEPT, "amina")
    assert verdict.overpaid_minor == 4600
    (row,) = rows_of(database, "overpayment")
    assert (row["paid_minor"], row["person_id"], row["cause"]) == (4600, "P0001", "DEJA_PAYE")
    assert dossier_row(database)["status"] == "paid"


def test_an_unknown_task_is_an_error(database: Database) -> None:
    with pytest.raises(UnknownDossier):
        answer(database, "none", ACCEPT, "amina")
    with pytest.raises(UnknownDossier):
        show_task(database, "none", str)


def test_open_tasks_are_listed_by_age_by_amount_and_by_reason(database: Database) -> None:
    late, soon = dt.date(2026, 11, 27), dt.date(2026, 11, 24)
    a_waiting_dossier(database, 1, due_on=late, due_minor=9, reasons="F50", kind="fraud")
    a_waiting_dossier(database, 2, due_on=soon, due_minor=5)
    a_waiting_dossier(database, 3, due_on=late, due_minor=7, reasons="F5X NOM_DISCORDANT")
    answer(database, a_waiting_dossier(database, 4), ACCEPT, "amina")

    def listed(**how: Any) -> list[str]:
        return [task.dossier_id for task in open_tasks(database, **how)]

    assert listed(order="age")[0] == "D0002"
    assert listed(order="amount") == ["D0001", "D0003", "D0002"]
    assert listed(order="reason") == ["D0003", "D0002", "D0001"]
    assert listed(reason="F50") == ["D0001"]
    assert listed(reason="NOM_DISCORDANT", order="amount") == ["D0003", "D0002"]
    assert listed(order="amount", limit=1, offset=1) == ["D0003"]
    with pytest.raises(UsageError):
        listed(order="name")


def _sentence(said: Finding | Signal) -> str:
    return "sentence of " + (said.code if isinstance(said, Finding) else said.rule_id)


def test_a_task_shows_everything_said_about_its_dossier(database: Database) -> None:
    key = a_waiting_dossier(database)
    put(
        database, "fraud_signal", dossier_id="D0001", version=1, sequence=1, rule_id="F50",
        rule_version="1", effect="hold", score=50, line_no=0, params="{}",
    )  # fmt: skip
    view = show_task(database, key, _sentence)
    assert view.is_current
    assert [one.sentence for one in view.findings] == ["sentence of NOM_DISCORDANT"]
    assert [one.code for one in view.signals] == ["F50"]
    assert view.priced is not None
    assert view.dossier is not None
    assert (view.summary.asked_minor, view.summary.due_minor) == (8000, 5600)
    assert [(one.version, one.outcome) for one in view.decisions] == [(1, "review")]


def an_evidence(database: Database, field: str, value: str, *, is_doubtful: bool) -> None:
    put(
        database, "field_evidence", dossier_id="D0001", content_version=1, field=field, page_no=1,
        box_left=1, box_top=2, box_width=3, box_height=4, reading=value, second_reading="",
        value=value, error_probability=0.4, is_doubtful=is_doubtful, source="ocr",
    )  # fmt: skip


def correct(dossier: Dossier, values: Mapping[str, str]) -> Dossier:
    """A corrector that knows three fields."""
    changes: dict[str, Any] = {}
    for field, value in values.items():
        if field == "total_minor":
            if not value.isdigit():
                raise UsageError("total_minor: not a whole number")
            changes[field] = int(value)
        elif field == "invoice_number":
            changes[field] = value
        elif field == "deposit_date":
            changes[field] = dt.date.fromisoformat(value)
        else:
            raise UsageError(f"{field}: unknown field")
    return replace(dossier, **changes)


def test_a_corrected_dossier_goes_on_as_a_new_version_of_a_new_content(database: Database) -> None:
    key = a_waiting_dossier(database)
    an_evidence(database, "total_minor", "8800", is_doubtful=True)
    result = correct_fields(
        database, key, {"total_minor": "8000"}, by("amina"), correct=correct, reason="lu"
    )
    assert (result.is_complete, result.version, result.content_version) == (True, 2, 2)
    head = dossier_row(database)
    assert (head["stage"], head["status"], head["version"]) == ("extraction", "in_progress", 2)
    assert head["lot_id"] == ""
    contents = {row["content_version"]: row for row in rows_of(database, "extracted_dossier")}
    assert contents[2]["total_minor"] == 8000
    assert len(rows_of(database, "extracted_line")) == 2
    (correction,) = rows_of(database, "field_correction")
    assert (correction["before"], correction["after"]) == ("8800", "8000")
    versions = {row["version"]: row["reason"] for row in rows_of(database, "dossier_version")}
    assert versions == {1: "first", 2: "correction"}


def test_the_reading_stays_beside_what_the_person_wrote(database: Database) -> None:
    key = a_waiting_dossier(database)
    an_evidence(database, "total_minor", "8800", is_doubtful=True)
    correct_fields(database, key, {"total_minor": "8000"}, by("amina"), correct=correct)
    kept = {row["content_version"]: row for row in rows_of(database, "field_evidence")}
    assert (kept[1]["value"], bool(kept[1]["is_doubtful"])) == ("8800", True)
    assert (kept[2]["reading"], kept[2]["value"]) == ("8800", "8000")
    assert (kept[2]["source"], bool(kept[2]["is_doubtful"])) == ("person", False)


def test_a_dossier_waits_until_its_last_doubtful_field_is_settled(database: Database) -> None:
    key = a_waiting_dossier(database)
    an_evidence(database, "total_minor", "8800", is_doubtful=True)
    an_evidence(database, "invoice_number", "F-1", is_doubtful=True)
    first = correct_fields(database, key, {"total_minor": "8000"}, by("amina"), correct=correct)
    assert first.remaining == ("invoice_number",)
    assert dossier_row(database)["status"] == "in_review"
    confirmed = {"invoice_number": "F-1"}
    second = correct_fields(database, key, confirmed, by("brahim"), correct=correct)
    assert second.is_complete
    contents = {row["content_version"]: row for row in rows_of(database, "extracted_dossier")}
    assert contents[2]["total_minor"] == 8000
    actions = [row["action"] for row in rows_of(database, "audit_event")]
    assert actions == ["field_corrected", "field_corrected", "version_opened"]


def test_a_corrected_stamp_is_the_dossier_s_day_of_deposit(database: Database) -> None:
    key = a_waiting_dossier(database)
    correct_fields(database, key, {"deposit_date": "2026-11-17"}, by("amina"), correct=correct)
    assert dossier_row(database)["deposit_date"] == dt.date(2026, 11, 17)


def test_a_value_that_is_none_changes_nothing(database: Database) -> None:
    key = a_waiting_dossier(database)
    with pytest.raises(UsageError, match="total_minor"):
        correct_fields(database, key, {"total_minor": "8O00"}, by("amina"), correct=correct)
    assert rows_of(database, "field_correction") == []
    assert dossier_row(database)["version"] == 1


def test_a_corrected_appeal_stays_an_appeal(database: Database) -> None:
    key = a_waiting_dossier(database, kind="appeal", version=2, version_reason="appeal")
    correct_fields(database, key, {"total_minor": "9000"}, by("amina"), correct=correct)
    versions = {row["version"]: row["reason"] for row in rows_of(database, "dossier_version")}
    assert versions[3] == "appeal"


def test_no_event_of_a_correction_holds_what_was_written(database: Database) -> None:
    key = a_waiting_dossier(database)
    correct_fields(database, key, {"invoice_number": "SECRET-77"}, by("amina"), correct=correct)
    assert "SECRET-77" not in str(rows_of(database, "audit_event"))


def test_a_released_dossier_goes_on_after_the_last_stage_it_passed(database: Database) -> None:
    a_waiting_dossier(database, stage="validation", status="quarantined")
    put(
        database, "quarantine", dossier_id="D0001", version=1, stage="pricing", lot_id="L",
        contract_id="c", contract_version="1", reasons="[]", state="held", held_at="t",
        released_by="", released_at="",
    )  # fmt: skip
    assert release(database, "D0001", by("amina"), reason="engine repaired") is Stage.VALIDATION
    head = dossier_row(database)
    assert (head["stage"], head["status"], head["lot_id"]) == ("validation", "in_progress", "")
    (held,) = rows_of(database, "quarantine")
    assert (held["state"], held["released_by"]) == ("released", "amina")
    (event,) = rows_of(database, "audit_event")
    assert (event["before"], event["after"]) == ("validation/quarantined", "validation/in_progress")


def test_only_a_quarantined_dossier_is_released_and_only_with_a_reason(database: Database) -> None:
    a_waiting_dossier(database)
    with pytest.raises(UsageError, match="not quarantined"):
        release(database, "D0001", by("amina"), reason="repaired")
    with pytest.raises(UsageError, match="reason"):
        release(database, "D0001", by("amina"), reason=" ")
    with pytest.raises(UnknownDossier):
        release(database, "D9999", by("amina"), reason="repaired")
