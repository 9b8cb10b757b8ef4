"""What befalls a dossier after its first decision: complement, appeal, and answers by people."""

from pathlib import Path

import pytest

from infra.clock import now_text
from models.errors import ApprovalRefused
from models.finding import Effect
from tasks.doors import Doors
from tasks.review.desk import Answer, DeskAnswer, Signed, Verdict
from tasks.review.store import answer_task
from tests.flows.world import DAY, dossier_of, pay, rows, send, sent_record, truth

CODES = {"SOINS_NON_JUSTIFIES": Effect.REFUSE, "RECOURS_REJETE": Effect.REFUSE}
ACCEPT = DeskAnswer(Answer.ACCEPT)
REFUSE = DeskAnswer(Answer.REFUSE, code="SOINS_NON_JUSTIFIES")


def answer(doors: Doors, dossier_id: str, given: DeskAnswer, person: str) -> Verdict:
    (task,) = rows(doors.database, "review_task", dossier_id=dossier_id, state="open")
    return answer_task(
        doors.database,
        task.task_id,
        given,
        Signed(person, DAY, now_text()),
        four_eyes_above_minor=doors.settings.four_eyes_above_minor,
        codes=CODES,
    )


def test_a_returned_dossier_is_completed_under_its_number_and_paid_once(
    world: Doors, simulated: Path
) -> None:
    pay(world, DAY)
    completed = truth(simulated, DAY, "completed")
    assert completed
    for row in completed:
        dossier = dossier_of(world, row)
        key = dossier.dossier_id
        versions = rows(world.database, "dossier_version", dossier_id=key)
        outcomes = [one.outcome for one in rows(world.database, "decision", dossier_id=key)]
        assert [one.reason for one in versions] == ["first", "complement"]
        assert (outcomes, dossier.status) == (["returned", "accepted"], "paid")
        (link,) = rows(world.database, "payment_obligation", dossier_id=key)
        assert (link.version, link.amount_minor) == (2, row["priced_minor"])
    assert pay(world, DAY) == 0


def test_a_completed_dossier_keeps_its_first_deposit_date(world: Doors, simulated: Path) -> None:
    for row in truth(simulated, DAY, "completed"):
        dossier = dossier_of(world, row)
        record = sent_record(world, dossier.dossier_id)
        assert dossier.deposit_date.isoformat() == record["deposit_date"]
        assert dossier.receipt_date < DAY


def a_dossier_in_review(doors: Doors) -> str:
    """A dossier that waits because of a finding, worth too little for four eyes."""
    tasks = rows(doors.database, "review_task", kind="finding", state="open")
    return min(str(task.dossier_id) for task in tasks)


def test_an_appeal_is_decided_by_somebody_who_did_not_decide_before(
    world: Doors, tmp_path: Path
) -> None:
    key = a_dossier_in_review(world)
    assert answer(world, key, REFUSE, "amina").is_final
    appeal = {**sent_record(world, key), "kind_of_submission": "appeal"}
    assert send(world, tmp_path / "sent", DAY, appeal) == ["IN_APPEAL"]
    (dossier,) = rows(world.database, "dossier", dossier_id=key)
    assert (dossier.status, dossier.version) == ("under_appeal", 2)
    with pytest.raises(ApprovalRefused, match="did not decide before"):
        answer(world, key, ACCEPT, "amina")
    verdict = answer(world, key, ACCEPT, "brahim")
    assert verdict.is_final
    pay(world, DAY)
    (link,) = rows(world.database, "payment_obligation", dossier_id=key)
    assert (link.version, link.amount_minor) == (2, verdict.due_minor)


def test_an_appeal_of_a_machine_s_refusal_always_waits_for_a_person(
    world: Doors, simulated: Path
) -> None:
    appealed = truth(simulated, DAY, "appealed")
    assert appealed
    for row in appealed:
        dossier = dossier_of(world, row)
        key = dossier.dossier_id
        assert dossier.status == "under_appeal"
        first, second = rows(world.database, "decision", dossier_id=key)
        assert (first.outcome, first.decided_by) == ("refused", "machine")
        assert second.outcome == "review"
        answer(world, key, DeskAnswer(Answer.REFUSE, code="RECOURS_REJETE"), "brahim")
        assert dossier_of(world, row).status == "refused"


def test_a_second_appeal_of_a_paid_dossier_pays_only_the_difference(
    world: Doors, tmp_path: Path
) -> None:
    key = a_dossier_in_review(world)
    first = answer(world, key, DeskAnswer(Answer.ACCEPT, due_minor=100), "amina")
    pay(world, DAY)
    appeal = {**sent_record(world, key), "kind_of_submission": "appeal"}
    send(world, tmp_path / "sent", DAY, appeal)
    second = answer(world, key, ACCEPT, "brahim")
    assert second.due_minor > first.due_minor == 100
    assert pay(world, DAY) == second.due_minor - first.due_minor
    assert pay(world, DAY) == 0
