"""A payer whose people have dental prostheses: several dossiers that share one ceiling."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.clock import now_text
from infra.stores.lots import LotRef
from models.finding import Effect
from tasks.doors import Doors
from tasks.review.desk import Answer, DeskAnswer, Signed, Verdict
from tasks.review.store import answer_task
from tasks.settling import Settled, settle_counters
from tasks.urgent import run_all
from tests.flows.world import DAY, lot_run, rows, send, sent_record

#: A crown of 2,250.00; the ceiling of 3,000.00 in two years leaves 750.00 for a second one.
CROWN = 225000
BASE = "CROWN-BASE"
FIRST, SECOND, THIRD = 157500, 52500, 0
CODES = {"SOINS_NON_JUSTIFIES": Effect.REFUSE}
REFUSE = DeskAnswer(Answer.REFUSE, code="SOINS_NON_JUSTIFIES")
ACCEPT = DeskAnswer(Answer.ACCEPT)


def dental_record(doors: Doors) -> dict[str, Any]:
    """A crown of the simulated day, as its sender wrote it."""
    uses = {row.dossier_id for row in rows(doors.database, "counter_use", amount_minor=CROWN)}
    sound = {row.dossier_id for row in rows(doors.database, "dossier", status="approved")}
    return sent_record(doors, min(uses & sound))


def approved_records(doors: Doors, *, relation: str) -> list[dict[str, Any]]:
    """What was sent of accepted dossiers without a counter, of people in a relation."""
    uses = {row.dossier_id for row in rows(doors.database, "counter_use")}
    records = [
        sent_record(doors, row.dossier_id)
        for row in rows(doors.database, "dossier", status="approved", channel="electronic")
        if row.dossier_id not in uses
    ]
    records.sort(key=lambda record: str(record["public_number"]))
    return [record for record in records if record.get("relation", "self") == relation]


def of_person(dental: Mapping[str, Any], person: Mapping[str, Any], number: str) -> dict[str, Any]:
    """A dental dossier for the people that another dossier is about."""
    names = ("insured", "beneficiary", "relation")
    taken = {name: person[name] for name in person if name.startswith(names)}
    kept = {name: dental[name] for name in dental if not name.startswith(names)}
    return {**kept, **taken, "public_number": number}


def a_crown_record(doors: Doors, folder: Path) -> dict[str, Any]:
    """A crown of a person who has no other, received and accepted on the day, not paid yet."""
    (person, *_) = approved_records(doors, relation="self")
    record = of_person(dental_record(doors), person, BASE)
    send(doors, folder / "base", DAY, record)
    tasks = rows(doors.database, "review_task", dossier_id=dossier(doors, BASE).dossier_id)
    assert (dossier(doors, BASE).status, tasks) == ("approved", [])
    assert dues(doors, BASE) == [FIRST]
    return record


def crown(record: Mapping[str, Any], name: str, days: int, **changes: Any) -> dict[str, Any]:
    """Another crown of the same person, so many days later, on a tooth of its own."""
    care = dt.date.fromisoformat(record["lines"][0]["date"]) + dt.timedelta(days=days)
    tooth = str(11 + days % 8)
    line = {**record["lines"][0], "date": care.isoformat(), "tooth": tooth}
    return {**record, "public_number": f"CROWN-{name}", "lines": [line], **changes}


def settle(doors: Doors, day: dt.date) -> Settled:
    """What the day's run does after its lots."""

    def run_lots(lots: Sequence[LotRef]) -> None:
        for lot in lots:
            run_all(lot_run(doors, lot.lot_id, day))

    return settle_counters(doors, day, run_lots)


def send_and_settle(
    doors: Doors, folder: Path, day: dt.date, *dossiers: Mapping[str, Any]
) -> Settled:
    """One whole day: receive, process, settle."""
    send(doors, folder, day, *dossiers)
    return settle(doors, day)


def answer(doors: Doors, key: str, given: DeskAnswer, person: str, day: dt.date) -> Verdict:
    """A person's answer to the dossier's open task."""
    (task,) = rows(doors.database, "review_task", dossier_id=key, state="open")
    return answer_task(
        doors.database,
        task.task_id,
        given,
        Signed(person, day, now_text()),
        four_eyes_above_minor=doors.settings.four_eyes_above_minor,
        codes=CODES,
    )


def dossier(doors: Doors, public_number: str) -> Any:
    """The dossier's row."""
    (found,) = rows(doors.database, "dossier", public_number=public_number)
    return found


def dues(doors: Doors, *public_numbers: str) -> list[int]:
    """What the present versions are due."""
    found: list[int] = []
    for number in public_numbers:
        row = dossier(doors, number)
        (priced,) = rows(
            doors.database, "priced_dossier", dossier_id=row.dossier_id, version=row.version
        )
        found.append(priced.due_minor)
    return found


def reasons(doors: Doors, public_number: str) -> list[str]:
    """Why the dossier's versions were opened, the first one first."""
    key = dossier(doors, public_number).dossier_id
    versions = rows(doors.database, "dossier_version", dossier_id=key)
    return [row.reason for row in sorted(versions, key=lambda row: row.version)]
