"""A day that comes from an S3 inbox and keeps its objects in S3, on SQLite."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.database import Database, shared_database
from infra.migrate import migrate
from infra.settings import Settings
from infra.storage import S3Storage, open_storage, original_key
from infra.stores.audit_trail import seal_day, verify
from infra.stores.lots import make_lots
from tasks.doors import Doors
from tasks.receiving import receive_all
from tasks.urgent import SameProcess, run_all
from tests.flows.world import lot_run, rows
from tests.infra.conftest import BUCKET

DAY = dt.date(2026, 11, 20)
INBOX = f"s3://{BUCKET}/Boîte de dépôt/{DAY.isoformat()}"
STORE = f"s3://{BUCKET}/payer"


@pytest.fixture
def doors(s3: S3Storage, tmp_path: Path) -> Iterator[Doors]:
    settings = Settings.model_validate(
        {
            "home": tmp_path,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'payer.db'}",
            "STORAGE_URL": STORE,
            "s3_endpoint_url": s3.client.meta.endpoint_url,
        }
    )
    database = Database(settings.database())
    migrate(database)
    storage = open_storage(settings.storage(), settings.s3_endpoint_url)
    yield Doors(settings, database, storage, SameProcess(1))
    database.close()
    shared_database(settings.database()).close()


def a_record(number: int, **changes: Any) -> dict[str, Any]:
    record = {
        "public_number": f"AMO-2026-{number:04d}",
        "scheme": "ma-amo-salaries",
        "deposit_date": "2026-11-18",
        "insured_id": "100000001",
        "provider_id": "200000001",
        "kind_of_care": "ambulatory",
        "pieces": [{"kind": "care_sheet"}],
        "lines": [{"letter": "C", "coefficient": 1, "date": "2026-11-02", "amount_minor": 8000}],
        "total_minor": 8000,
    }
    return record | changes


def send(s3: S3Storage, name: str, data: bytes) -> None:
    s3.client.put_object(Bucket=BUCKET, Key=f"Boîte de dépôt/{name}", Body=data)


def receive(doors: Doors) -> dict[str, int]:
    report = receive_all(doors.database, doors.storage, doors.settings, INBOX, DAY)
    return dict(report.codes)


def test_a_day_from_an_s3_inbox_is_received_decided_and_sealed(s3: S3Storage, doors: Doors) -> None:
    single = json.dumps(a_record(1)).encode()
    several = "".join(f"{json.dumps(a_record(number))}\n" for number in (2, 3)).encode()
    send(s3, f"{DAY}/Dossier de Essai Premier.JSON", single)
    send(s3, f"{DAY}/lot/dossiers.jsonl", several)
    send(s3, f"{DAY}/lot/half.jsonl.part", several)
    send(s3, f"{DAY}/vide.bin", b"")
    send(s3, f"{DAY}/folder/", b"")
    send(s3, "2026-11-21/tomorrow.json", json.dumps(a_record(9)).encode())
    assert receive(doors) == {"IN_ACCEPTED": 3, "IN_EMPTY": 1}
    for row in rows(doors.database, "original"):
        assert doors.storage.exists(original_key(row.sha256))
    assert len(rows(doors.database, "original")) == 3
    acknowledged = [key for key in doors.storage.keys("") if not key.startswith("sha256/")]
    assert len(acknowledged) == 3

    before = [name for name, _size in s3.names("")]
    assert receive(doors) == {"IN_ACCEPTED": 3, "IN_EMPTY": 1}
    assert [name for name, _size in s3.names("")] == before
    assert len(rows(doors.database, "dossier")) == 3

    (lot,) = make_lots(doors.database, doors.settings, DAY)
    run_all(lot_run(doors, lot.lot_id, DAY))
    # The registers are empty here: nobody is known, and every dossier is decided all the same.
    assert {row.outcome for row in rows(doors.database, "decision")} == {"returned"}
    assert seal_day(doors.database, doors.storage, DAY)
    assert verify(doors.database, doors.storage) == []


def test_names_given_by_senders_never_become_keys(s3: S3Storage, doors: Doors) -> None:
    send(s3, f"{DAY}/Essai Premier 100000001.json", json.dumps(a_record(1)).encode())
    receive(doors)
    kept = [name for name, _size in s3.names("payer/")]
    assert kept
    assert not [name for name in kept if "Essai" in name or "100000001" in name]


def test_an_altered_seal_in_s3_is_found(s3: S3Storage, doors: Doors) -> None:
    send(s3, f"{DAY}/a.json", json.dumps(a_record(1)).encode())
    receive(doors)
    seal_day(doors.database, doors.storage, DAY)
    (key,) = doors.storage.keys("seals/")
    kept = json.loads(doors.storage.get(key))
    doors.storage.put(key, json.dumps({**kept, "seal": "0" * 64}).encode())
    assert [fault.problem for fault in verify(doors.database, doors.storage)] == [
        "seal differs from the one in the object store"
    ]
