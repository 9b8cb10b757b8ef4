"""Paper that nobody could read, on a desk whose registers know a doctor and a household."""

import datetime as dt
import json
from dataclasses import asdict, replace
from typing import Any

from models.reading import Box, PageText, ZoneReading
from models.records.all_tables import table
from models.review_task import TO_TYPE
from tests.builders import a_dossier
from tests.stages.review.desk_rows import DAY, a_waiting_dossier
from tests.stages.review.desk_site import Desk, a_page

KNOWN = {"valid_from": dt.date(2020, 1, 1), "valid_to": None, "known_from": dt.date(2020, 1, 1),
         "known_to": None}  # fmt: skip
INPE, NUMBER, CIN = "100000007", "100000001", "BE123456"


def fill_registers(desk: Desk) -> None:
    """A doctor, and an insured woman with a husband and a child."""
    people = [
        ("P1", "ESSAI", "PREMIERE", "F", CIN, dt.date(1980, 5, 17)),
        ("P2", "ESSAI", "SECOND", "M", "BE654321", dt.date(1978, 1, 2)),
        ("P3", "ESSAI", "TROISIEME", "M", "", dt.date(2015, 3, 4)),
    ]
    rows: dict[str, list[dict[str, Any]]] = {
        "register_provider": [
            {**KNOWN, "provider_id": "H1", "inpe": INPE, "name": "DR MODELE", "kind": "doctor",
             "specialty": "general", "sector": "private", "ice": ""}
        ],
        "register_person": [
            {**KNOWN, "person_id": key, "family_name": family, "given_name": given,
             "arabic_name": "", "birth_date": born, "death_date": None, "sex": sex, "cin": cin}
            for key, family, given, sex, cin, born in people
        ],
        "register_affiliation": [
            {**KNOWN, "person_id": "P1", "scheme": "ma-amo-salaries", "number": NUMBER,
             "category": "employee"}
        ],
        "register_dependant": [
            {**KNOWN, "insured_id": "P1", "person_id": key, "rank": rank, "relation": relation,
             "is_student": False, "is_disabled": False, "is_married": False}
            for key, rank, relation in (("P2", 1, "spouse"), ("P3", 2, "child"))
        ],
    }  # fmt: skip
    with desk.database.transaction() as connection:
        for name, values in rows.items():
            desk.database.insert_rows(connection, table(name), values)


def register_page(desk: Desk, number: int = 1, form_id: str = "cnss_610_1_02") -> None:
    """Let a dossier's page be a known form, with the places of two fields and one cell."""
    zones = {
        "provider_inpe": Box(620, 330, 330, 50), "insured_number": Box(620, 420, 420, 50),
        "lines[1].amount": Box(1240, 830, 160, 50),
    }  # fmt: skip
    page = PageText(
        page_no=1, sha256="a" * 64, width=1654, height=2339, dpi=200, form_id=form_id,
        inliers=90, skew_degrees=0.0, sharpness=90.0, is_text_layer=False, words=(),
        zones=tuple(ZoneReading(name, box, ()) for name, box in zones.items()),
    )  # fmt: skip
    key = f"pages/zones/{number}.json"
    desk.storage.put(key, json.dumps(asdict(page)).encode())
    readings = table("page_reading")
    with desk.database.transaction() as connection:
        connection.execute(
            readings.update()
            .where(readings.c.dossier_id == f"D{number:04d}")
            .values(form_id=page.form_id, words_key=key)
        )


def an_unread_dossier(desk: Desk, number: int = 1, **changes: Any) -> str:
    """A paper dossier of no known form, of which nothing was read; return its task."""
    empty = replace(
        a_dossier(), channel="paper", insured_number="", insured_name="", beneficiary_number="",
        beneficiary_name="", beneficiary_birth_date=None, beneficiary_sex="", prescriber_inpe="",
        provider_inpe="", pieces=(), lines=(), total_minor=0, deposit_date=DAY,
    )  # fmt: skip
    task_id = a_waiting_dossier(
        desk.database, number, dossier=changes.pop("dossier", empty), kind="reading",
        reasons=f"FORMULAIRE_INCONNU {TO_TYPE}", stage="extraction", findings=(), due_minor=0,
        due_on=dt.date(2026, 11, 27), **changes,
    )  # fmt: skip
    key = f"D{number:04d}"
    image_key = f"pages/{key.lower()}/1/1.jpg"
    desk.storage.put(image_key, a_page())
    page = {
        "dossier_id": key, "content_version": 1, "page_no": 1, "sha256": "a" * 64,
        "pixel_sha256": "b" * 64, "width": 1654, "height": 2339, "dpi": 200, "form_id": "",
        "inliers": 0, "word_count": 20, "skew_degrees": 0.0, "sharpness": 90.0,
        "is_text_layer": False, "words_key": "pages/x.json", "image_key": image_key, "problem": "",
    }  # fmt: skip
    dossier = table("dossier")
    with desk.database.transaction() as connection:
        desk.database.insert_rows(connection, table("page_reading"), [page])
        connection.execute(
            dossier.update().where(dossier.c.dossier_id == key).values(channel="paper")
        )
    return task_id
