"""Envelopes received on both databases: dossiers, late pages, bordereaux, duplicates."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from infra.database import Database
from infra.storage import FolderStorage
from infra.stores.envelopes import (
    envelopes_of,
    list_bordereaux,
    paper_of,
    settle_bordereau,
)
from models.errors import UsageError
from models.messages import read_codes
from models.records.all_tables import table
from models.stage import Status
from tasks.intake.acknowledge import CODES_FILE
from tasks.intake.envelope import BORDEREAU_DIFFERS
from tasks.intake.limits import Limits, ReadingContext
from tasks.intake.report import IntakeContext, IntakeReport
from tasks.intake.sandbox import DecoderPool
from tasks.intake.store import receive_file
from tests.stages.intake.envelope_scans import BORDEREAU, DAY, SEPARATOR, addition, scanned

READING = ReadingContext(Limits(), {"ma-amo-salaries": "MAD"})
CONTEXT = IntakeContext(READING, "ma-amo-salaries", read_codes(CODES_FILE))


@pytest.fixture(scope="module")
def two() -> bytes:
    """One envelope of two dossiers, of one page and of two."""
    return scanned(BORDEREAU, 1, SEPARATOR, 2, 3)


@pytest.fixture(scope="module")
def pool() -> Iterator[DecoderPool]:
    with DecoderPool(READING, workers=1) as opened:
        yield opened


class PostRoom:
    """Where envelopes come in: a database, an object store, a decoder."""

    def __init__(self, database: Database, storage: FolderStorage, pool: DecoderPool) -> None:
        self.database, self.storage, self.pool = database, storage, pool

    def receive(self, data: bytes, name: str = "a.tiff", day: dt.date = DAY) -> IntakeReport:
        return receive_file(
            self.database, self.storage, self.pool, data, source_name=name, business_day=day,
            received_at=f"{day}T08:00:00Z", context=CONTEXT,
        )  # fmt: skip

    def rows(self, name: str) -> list[Any]:
        source = table(name)
        with self.database.reading() as connection:
            return list(connection.execute(select(source).order_by(*source.primary_key.columns)))

    def acknowledgements(self, report: IntakeReport) -> list[dict[str, Any]]:
        (key,) = report.acknowledgement_keys
        return [json.loads(line) for line in self.storage.get(key).decode().splitlines()]

    def set_status(self, status: Status, channel: str = "paper") -> None:
        with self.database.transaction() as connection:
            values = {"status": status.value, "stage": "review", "channel": channel}
            connection.execute(table("dossier").update().values(**values))

    def files(self) -> list[tuple[Any, ...]]:
        return [
            (row.content_version, row.file_no, row.first_page, row.last_page)
            for row in self.rows("dossier_file")
        ]


@pytest.fixture
def room(database: Database, tmp_path: Path, pool: DecoderPool) -> PostRoom:
    return PostRoom(database, FolderStorage(tmp_path / "objects"), pool)


def test_one_envelope_becomes_several_dossiers_each_with_its_pages(
    room: PostRoom, two: bytes
) -> None:
    report = room.receive(two)
    assert report.answers == {"accepted": 2}
    given = room.acknowledgements(report)
    assert [one["part"] for one in given] == [1, 2]
    assert len({one["public_number"] for one in given}) == 2
    assert sorted(room.files()) == [(1, 1, 2, 2), (1, 1, 4, 5)]
    assert len(room.rows("original")) == 1
    assert {row.agency for row in room.rows("dossier")} == {"AG12"}
    (envelope,) = room.rows("envelope")
    assert (envelope.page_count, envelope.sheet_count) == (5, 2)


def test_a_bordereau_that_agrees_says_nothing(room: PostRoom, two: bytes) -> None:
    room.receive(two)
    (state,) = list_bordereaux(room.database, only_open=False)
    assert (state.stated_count, state.counted, state.state) == (2, 2, "matched")
    assert room.rows("finding") == []


def test_a_bordereau_that_differs_is_noted_until_the_rest_comes(room: PostRoom) -> None:
    room.receive(scanned(replace(BORDEREAU, stated=3), 1, SEPARATOR, 2))
    said = room.rows("finding")
    assert [(row.code, row.effect, row.stage) for row in said] == [
        (BORDEREAU_DIFFERS, "note", "intake")
    ] * 2
    assert json.loads(said[0].params) == {"number": "2026-0117", "stated": "3", "counted": "2"}
    room.receive(scanned(replace(BORDEREAU, stated=3), 4, seed=2), "b.tiff")
    (state,) = list_bordereaux(room.database, only_open=False)
    assert (state.counted, state.state) == (3, "matched")
    assert room.rows("finding") == []


def test_a_person_says_what_became_of_a_difference(room: PostRoom) -> None:
    room.receive(scanned(BORDEREAU, 1))
    (state,) = list_bordereaux(room.database, only_open=True)
    with pytest.raises(UsageError):
        settle_bordereau(room.database, state.bordereau_id, " ", "amina", DAY, "now")
    settle_bordereau(room.database, state.bordereau_id, "found at the agency", "amina", DAY, "now")
    assert list_bordereaux(room.database, only_open=True) == []
    assert room.rows("audit_event")[-1].chain == f"intake:{DAY}"
    assert "bordereau_settled" in {row.action for row in room.rows("audit_event")}


def test_the_same_envelope_again_opens_and_counts_nothing(room: PostRoom, two: bytes) -> None:
    first = room.receive(two)
    again = room.receive(two, "renamed.tiff")
    assert again.answers == {"duplicate": 2}
    numbers = [one["public_number"] for one in room.acknowledgements(first)]
    assert [one["public_number"] for one in room.acknowledgements(again)] == numbers
    assert len(room.rows("dossier")) == 2
    assert list_bordereaux(room.database, only_open=False)[0].counted == 2


def test_late_pages_complete_the_dossier_that_their_sheet_names(room: PostRoom) -> None:
    room.receive(scanned(1, 2))
    (number,) = [row.public_number for row in room.rows("dossier")]
    room.set_status(Status.RETURNED)
    report = room.receive(scanned(addition(number), 3, seed=2), "late.tiff")
    assert report.codes == {"IN_COMPLEMENT": 1}
    (dossier,) = room.rows("dossier")
    assert (dossier.version, dossier.stage, dossier.status) == (2, "intake", "in_progress")
    assert room.files() == [(1, 1, 1, 2), (2, 1, 1, 2), (2, 2, 2, 2)]
    assert len({row.sha256 for row in room.rows("dossier_file")}) == 2


@pytest.mark.parametrize("status", [Status.PAID, Status.IN_PROGRESS, Status.WITHDRAWN])
def test_late_pages_that_no_dossier_takes_wait_for_a_person(room: PostRoom, status: Status) -> None:
    room.receive(scanned(1, 2))
    (number,) = [row.public_number for row in room.rows("dossier")]
    room.set_status(status)
    assert room.receive(scanned(addition(number), 3), "late.tiff").codes == {"IN_ACCEPTED": 1}
    (said,) = room.rows("finding")
    assert (said.code, said.effect) == ("RATTACHEMENT_IMPOSSIBLE", "review")
    assert len(room.rows("dossier")) == 2


def test_late_paper_for_an_electronic_dossier_waits_for_a_person(room: PostRoom) -> None:
    room.receive(scanned(1, 2))
    (number,) = [row.public_number for row in room.rows("dossier")]
    room.set_status(Status.RETURNED, "electronic")
    room.receive(scanned(addition(number), 3), "late.tiff")
    assert [row.code for row in room.rows("finding")] == ["RATTACHEMENT_IMPOSSIBLE"]


def test_late_pages_for_nobody_are_kept_and_shown(room: PostRoom) -> None:
    assert room.receive(scanned(addition("AMO-P-NOBODY"), 1)).answers == {"accepted": 1}
    (said,) = room.rows("finding")
    assert said.code == "RATTACHEMENT_INCONNU"
    assert json.loads(said.params) == {"number": "AMO-P-NOBODY"}


def test_a_dossier_tells_its_envelope_and_bordereau(room: PostRoom, two: bytes) -> None:
    room.receive(two)
    with room.database.reading() as connection:
        for dossier in room.rows("dossier"):
            (paper,) = paper_of(connection, dossier.dossier_id)
            assert (paper.bordereau, paper.stated_count, paper.page_count) == ("2026-0117", 2, 5)
    numbers = [row.public_number for row in room.rows("dossier")]
    found = envelopes_of(room.database, public_numbers=numbers, arrived_on=None)
    assert found == [row.envelope_id for row in room.rows("envelope")]
