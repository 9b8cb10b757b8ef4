"""Opens a process's doors once: settings, database, object store, worker pool, contract gate."""

import datetime as dt
from dataclasses import dataclass
from functools import cache

from contracts.gate import ExpectationsGate
from infra.database import Database
from infra.migrate import migrate
from infra.pool import WorkerPool
from infra.settings import Settings, quiet_telemetry
from infra.storage import Storage, open_storage
from tasks.lot_run import LotRun

#: What every pool child needs; the fork server imports it once for all of them.
PRELOAD = (
    "tasks.ocr.lot",
    "tasks.extraction.lot",
    "tasks.validation.lot",
    "tasks.pricing.lot",
    "tasks.fraud.lot",
    "tasks.review.lot",
    "tasks.archiving",
)


@dataclass(frozen=True, slots=True)
class Doors:
    """What one process works with."""

    settings: Settings
    database: Database
    storage: Storage
    pool: WorkerPool

    def lot_run(self, lot_id: str, day: dt.date) -> LotRun:
        """The run of one lot through these doors."""
        return LotRun(
            lot_id, day, self.settings, self.database, self.storage, self.pool, open_gate()
        )


@cache
def open_doors() -> Doors:
    """The doors of this process; the database is brought to the newest layout."""
    quiet_telemetry()
    settings = Settings()
    settings.check()
    database = Database(settings.database())
    migrate(database)
    return Doors(
        settings,
        database,
        open_storage(settings.storage(), settings.s3_endpoint_url),
        WorkerPool(settings.worker_count(), PRELOAD),
    )


@cache
def open_gate() -> ExpectationsGate:
    """The contract gate of this process; opened when the first lot reaches a boundary."""
    return ExpectationsGate(open_doors().settings.contracts_dir)
