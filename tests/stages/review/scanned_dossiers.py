"""Dossiers of several scanned pages that wait at the desk."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from models.records.all_tables import table
from tests.builders import a_dossier
from tests.stages.review.desk_rows import a_waiting_dossier
from tests.stages.review.desk_site import Desk, a_page


def rows_of(desk: Desk, name: str) -> list[dict[str, Any]]:
    """Every row of a table, in the order of its key."""
    source = table(name)
    query = select(source).order_by(*source.primary_key.columns)
    with desk.database.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


def a_scanned_dossier(
    desk: Desk, number: int = 1, pages: int = 3, *, status: str = "in_review", **changes: Any
) -> str:
    """A paper dossier of one file of so many pages; return its task."""
    content = replace(a_dossier(), channel="paper")
    task_id = a_waiting_dossier(
        desk.database, number, dossier=content, kind="reading", reasons="FORMULAIRE_INCONNU",
        findings=(), status=status, **changes,
    )  # fmt: skip
    key = f"D{number:04d}"
    image_key = f"pages/{key.lower()}/1/1.jpg"
    desk.storage.put(image_key, a_page())
    file = {
        "dossier_id": key, "content_version": 1, "file_no": 1,
        "sha256": f"{number:064x}", "media_type": "image/tiff", "page_count": pages,
        "first_page": 1, "last_page": pages,
    }  # fmt: skip
    readings = [
        {
            "dossier_id": key, "content_version": 1, "page_no": page, "sha256": f"{number:064x}",
            "pixel_sha256": f"{number * 100 + page:064x}", "width": 1654, "height": 2339,
            "dpi": 200, "form_id": "", "inliers": 0, "word_count": 20, "skew_degrees": 0.0,
            "sharpness": 90.0, "is_text_layer": False, "words_key": "pages/x.json",
            "image_key": image_key, "problem": "",
        }
        for page in range(1, pages + 1)
    ]  # fmt: skip
    with desk.database.transaction() as connection:
        dossier = table("dossier")
        connection.execute(
            dossier.update().where(dossier.c.dossier_id == key).values(channel="paper")
        )
        desk.database.insert_rows(connection, table("dossier_file"), [file])
        desk.database.insert_rows(connection, table("page_reading"), readings)
    return task_id
