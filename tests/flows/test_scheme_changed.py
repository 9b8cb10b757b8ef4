"""A dossier whose person changed scheme between two days of care: one line here, one elsewhere."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from infra.stores.register_delta import load_delta
from tasks.doors import Doors
from tasks.overpayments import list_overpayments
from tests.flows.world import DAY, dossier_of, pay, rows, send, sent_record, truth

FIRST, SECOND = dt.date(2026, 11, 17), dt.date(2026, 11, 18)


def consultation(day: dt.date) -> dict[str, Any]:
    return {
        "letter": "C",
        "coefficient": 1,
        "label": "Consultation",
        "date": day.isoformat(),
        "quantity": 1,
        "unit_amount_minor": 8000,
        "amount_minor": 8000,
    }


def two_days(doors: Doors, simulated: Path) -> dict[str, Any]:
    """A clean dossier of somebody, with a consultation on each of two days instead."""
    for row in truth(simulated, DAY):
        if row["is_clean"] and row["channel"] == "electronic" and row["outcome"] == "accepted":
            record = sent_record(doors, dossier_of(doors, row).dossier_id)
            is_own = record.get("relation", "self") == "self" and not record.get("beneficiary_id")
            if record["kind_of_care"] == "ambulatory" and is_own:
                return {
                    **record,
                    "public_number": "CHANGE-0001",
                    "deposit_date": DAY.isoformat(),
                    "lines": [consultation(FIRST), consultation(SECOND)],
                    "total_minor": 16_000,
                }
    raise AssertionError("no clean ambulatory dossier of an insured person was simulated")


def moved(doors: Doors, number: str) -> bytes:
    """A delta by which the holder of a number moves to the public sector on the second day."""
    (held,) = rows(doors.database, "register_affiliation", number=number, known_to=None)
    values = {"person_id": held.person_id, "scheme": held.scheme, "number": number}
    ended = {"register": "affiliation", "op": "retract", "valid_from": SECOND.isoformat()}
    begun = {"register": "affiliation", "op": "assert", "valid_from": SECOND.isoformat()}
    servant = {"person_id": held.person_id, "scheme": "ma-cnops", "number": "7000001"}
    lines = (
        ended | {"values": values | {"category": held.category}},
        begun | {"values": servant | {"category": "civil_servant"}},
    )
    return "\n".join(json.dumps(line) for line in lines).encode()


def test_only_the_line_of_this_scheme_is_paid_and_the_other_names_its_scheme(
    world: Doors, simulated: Path, tmp_path: Path
) -> None:
    record = two_days(world, simulated)
    report = load_delta(world.database, moved(world, record["insured_id"]), DAY, "register-load")
    assert send(world, tmp_path / "sent", DAY, record) == ["IN_ACCEPTED"]
    (dossier,) = rows(world.database, "dossier", public_number="CHANGE-0001")
    key = dossier.dossier_id
    (found,) = rows(world.database, "finding", dossier_id=key, code="LIGNE_AUTRE_REGIME")
    assert (found.effect, found.line_no) == ("refuse_line", 2)
    assert json.loads(found.params)["scheme"] == "ma-cnops"
    (decision,) = rows(world.database, "decision", dossier_id=key)
    lines = rows(world.database, "priced_line", dossier_id=key, line_no=1)
    assert (decision.outcome, decision.due_minor) == ("accepted", lines[0].due_minor)

    pay(world, DAY)
    (link,) = rows(world.database, "payment_obligation", dossier_id=key)
    assert link.amount_minor == decision.due_minor
    listed = list_overpayments(
        world.database, world.settings, report.narrowed, DAY, "register-load"
    )
    assert key not in listed
