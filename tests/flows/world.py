"""A small simulated payer in one process: doors, lots without children, payment without Prefect."""

import atexit
import datetime as dt
import json
import pickle
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from contracts.rows import RowGate
from infra.clock import now_text
from infra.database import Database
from infra.migrate import migrate
from infra.settings import Settings
from infra.storage import open_storage
from infra.stores.dossiers import DOSSIER, heads_where
from infra.stores.lots import make_lots, unfinished_lots
from infra.stores.register_delta import LoadReport, load_delta, load_registers, reopen_for_rights
from models.records.all_tables import table
from tasks.doors import Doors
from tasks.fraud.prepayment import RecheckRequest, recheck_chunk
from tasks.intake.sandbox import DecoderPool
from tasks.lot_run import LotRun, chunk_requests
from tasks.payment.approval import BatchReport, SignedApproval
from tasks.payment.profile import load_profile
from tasks.payment.store import approve, build_file, propose_batch, publish
from tasks.receiving import intake_context, receive_all
from tasks.urgent import SameProcess, run_all
from tasks.validation.lot import uncovered_of_chunk

EVE = dt.date(2026, 11, 19)
DAY = dt.date(2026, 11, 20)
#: The working day after, on which the day's payment may prove wrong.
AFTER = dt.date(2026, 11, 23)
REGISTERS_KNOWN = dt.date(2026, 11, 1)
APPROVER = "approver"


def open_world(home: Path, url: str, storage_url: str = "") -> Doors:
    """Doors onto a database and an object store of one's own."""
    settings = Settings.model_validate(
        {
            "home": home,
            "environment": "demo",
            "DATABASE_URL": url,
            "STORAGE_URL": storage_url or (home / "objects").as_uri(),
        }
    )
    database = Database(url)
    migrate(database)
    return Doors(settings, database, open_storage(settings.storage()), SameProcess(1))


def load_folder(doors: Doors, folder: Path, day: dt.date = REGISTERS_KNOWN) -> int:
    def lines() -> Iterator[str]:
        for path in sorted(folder.glob("*.jsonl")):
            with path.open(encoding="utf-8") as file:
                yield from file

    return load_registers(doors.database, lines(), day)


def receive(doors: Doors, source: Path, day: dt.date) -> Mapping[str, int]:
    """Receive a folder or a file; return the number of answers by code."""
    settings = doors.settings
    running = decoders(pickle.dumps(intake_context(settings).reading), settings.worker_count())
    report = receive_all(
        doors.database, doors.storage, settings, str(source), day, decoders=running
    )
    return report.codes


@cache
def decoders(context: bytes, workers: int) -> DecoderPool:
    """Decoders of one context, started once for a process: a start takes longer than a reading."""
    pool = DecoderPool(pickle.loads(context), workers=workers)
    atexit.register(pool.close)
    return pool


def lot_run(doors: Doors, lot_id: str, day: dt.date) -> LotRun:
    gate = RowGate(doors.settings.contracts_dir)
    return LotRun(lot_id, day, doors.settings, doors.database, doors.storage, doors.pool, gate)


def process(doors: Doors, day: dt.date) -> list[str]:
    """Take everything that waits through all stages; return the lots."""
    make_lots(doors.database, doors.settings, day)
    lots = [lot.lot_id for lot in unfinished_lots(doors.database, day)]
    for lot_id in lots:
        run_all(lot_run(doors, lot_id, day))
    return lots


def send(doors: Doors, folder: Path, day: dt.date, *dossiers: Mapping[str, Any]) -> list[str]:
    """Receive dossiers written as one file, and process them; return the codes of the answers."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in dossiers)
    path = folder / f"sent-{len(list(folder.iterdir())):03d}.jsonl"
    path.write_text(text, encoding="utf-8")
    codes = receive(doors, path, day)
    process(doors, day)
    return sorted(codes)


def apply_delta(doors: Doors, simulated: Path, day: dt.date) -> tuple[LoadReport, list[str]]:
    """Load a day's delta; return its report and the dossiers that are to be decided again."""
    data = (simulated / "deltas" / f"{day.isoformat()}.jsonl").read_bytes()
    report = load_delta(doors.database, data, day, "register-load")
    return report, reopen_for_rights(doors.database, report.concerned, day, "register-load")


def recheck(
    doors: Doors, keys: Sequence[tuple[str, int]], day: dt.date
) -> dict[str, tuple[str, ...]]:
    """What the fraud rules of the payment say on the registers of the day."""
    with doors.database.reading() as connection:
        heads = [
            head
            for head in heads_where(connection, DOSSIER.c.status == "approved")
            if (head.dossier_id, head.version) in set(keys)
        ]
    if not heads:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for chunk in chunk_requests(lot_run(doors, "pay", day), heads, doors.settings.chunk_size):
        found |= recheck_chunk(RecheckRequest(chunk, uncovered_of_chunk(chunk)))
    return found


def propose(doors: Doors, day: dt.date) -> list[BatchReport]:
    return propose_batch(
        doors.database,
        pay_date=day,
        prepared_by="preparer",
        prepared_at=now_text(),
        profile=load_profile(doors.settings.bank_profile),
        recheck=lambda keys: recheck(doors, keys, day),
    )


def build(doors: Doors, batch_id: str) -> BatchReport:
    profile = load_profile(doors.settings.bank_profile)
    return build_file(doors.database, doors.storage, batch_id, profile=profile, at=now_text())


def sign(doors: Doors, batch: BatchReport, approver: str = APPROVER) -> BatchReport:
    return approve(
        doors.database,
        SignedApproval(
            batch_id=batch.batch_id,
            approver=approver,
            approved_at=now_text(),
            from_where="test",
            file_sha256=batch.file_sha256,
            payment_count=batch.payment_count,
            total_minor=batch.total_minor,
            debit_account=batch.debit_account,
        ),
    )


def pay(doors: Doors, day: dt.date) -> int:
    """Propose, build, approve and publish what is owed; return what was paid, in minor units."""
    total = 0
    for proposed in propose(doors, day):
        batch = sign(doors, build(doors, proposed.batch_id))
        publish(doors.database, doors.storage, batch.batch_id, at=now_text())
        total += batch.total_minor
    return total


def rows(database: Database, name: str, **equal: Any) -> list[Any]:
    """The rows of a table whose columns have these values."""
    source = table(name)
    query = select(source).where(*(source.c[key] == value for key, value in equal.items()))
    with database.reading() as connection:
        return list(connection.execute(query).all())


def truth(simulated: Path, day: dt.date, fault: str = "") -> list[dict[str, Any]]:
    """The truth rows of a day, of one planted fault if named."""
    text = (simulated / "truth" / f"{day.isoformat()}.jsonl").read_text(encoding="utf-8")
    found = [json.loads(line) for line in text.splitlines()]
    return [row for row in found if not fault or row["fault"] == fault]


def dossier_of(doors: Doors, row: Mapping[str, Any]) -> Any:
    """The dossier's row for a truth row, by its public number."""
    (found,) = rows(doors.database, "dossier", public_number=row["public_number"])
    return found


def sent_record(doors: Doors, dossier_id: str) -> dict[str, Any]:
    """What was received first of a dossier, as its sender wrote it."""
    found = rows(doors.database, "received_record", dossier_id=dossier_id, content_version=1)
    record: dict[str, Any] = json.loads(found[0].payload)
    return record
