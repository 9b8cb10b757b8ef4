"""Prescriptions that bear the QR code of an electronic care sheet of the same day.

They are pieces of dossiers that came in electronically, and must never be paid beside them. One of
them names a sheet that nobody sent: it has to wait.
"""

import datetime as dt
import hashlib
import io
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from infra.simulation.paper.degrade import degrade
from infra.simulation.paper.fse import with_fse_code
from infra.simulation.paper.plain_pages import Prescription, render_prescription
from infra.simulation.paper.writing import date_text

FAULT = "fse_on_paper"
#: What must be said of each: it waits for its record, and is joined where that is there.
CODES = ("FSE_ATTENDUE",)
#: The number of a sheet that nobody sends.
NEVER_SENT = "AMO-E-NEVERSENT-{number:03d}"
_PROFILE, _QUALITY = "scan", 85
_ITEMS = (("DOLIPRANE 1 G", "1 comprimé matin et soir"), ("ABIP 15 MG", "1 comprimé le soir"))


def simulate_fse_paper(out: Path, *, seed: int, day: dt.date, count: int) -> list[dict[str, Any]]:
    """Write ``count`` prescriptions into the day's inbox and return their truth rows.

    All but the last name sound electronic dossiers of the day. The same arguments give the same
    bytes.
    """
    numbers = _sound_numbers(out / "truth" / f"{day.isoformat()}.jsonl")[: max(0, count - 1)]
    if count:
        numbers = [*numbers, NEVER_SENT.format(number=seed)]
    inbox = out / "inbox" / day.isoformat()
    rows = []
    for place, number in enumerate(numbers):
        data = _scan(number, day, random.Random(f"fse/{seed}/{place}"))
        name = f"AMO-F-{seed:03d}{place:05d}.jpg"
        (inbox / name).write_bytes(data)
        rows.append(_truth(name, data, is_joined=place + 1 < len(numbers)))
    return rows


def _sound_numbers(truth: Path) -> list[str]:
    rows = [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines()]
    return [
        row["public_number"]
        for row in rows
        if not row["fault"] and row["outcome"] == "accepted" and row["channel"] != "paper"
    ]


def _scan(number: str, day: dt.date, rng: random.Random) -> bytes:
    prescription = Prescription(
        doctor="Dr EXEMPLE",
        inpe="100200300",
        address="1, rue des Essais",
        town="Rabat",
        date=date_text(day - dt.timedelta(days=10)),
        patient="ESSAI PREMIER",
        items=_ITEMS,
        stickers=(),
    )
    page = with_fse_code(render_prescription(prescription, typeface="sans", rng=rng), number)
    target = io.BytesIO()
    degrade(page, _PROFILE, rng).save(target, "JPEG", quality=_QUALITY)
    return target.getvalue()


def _truth(name: str, data: bytes, *, is_joined: bool) -> dict[str, Any]:
    codes: Sequence[str] = CODES
    return {
        "file": name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "part": 1,
        "public_number": name.removesuffix(".jpg"),
        "fault": FAULT,
        "is_clean": False,
        "answer": "accepted",
        "answer_code": "",
        "version": 1,
        "codes": list(codes),
        "allowed_codes": [],
        "payment_codes": [],
        "outcome": "withdrawn" if is_joined else "review",
        "channel": "paper",
        "asked_minor": 0,
        "priced_minor": 0,
        "due_minor": 0,
        "expected_fields": None,
        "expected_lines": None,
        "pages": ["prescription"],
        "degradation": _PROFILE,
        "is_text_layer": False,
    }
