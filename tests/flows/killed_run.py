"""A day's work that kills its own process group at named moments; run in a process of its own.

Every moment has a name. A run dies at the first moment whose name is not yet in the list kept on
disk, after it wrote the name there; run again and again, the work dies once at every moment and
at last comes to its end. Nothing depends on time or chance.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from contracts.rows import RowGate
from infra.clock import now_text
from infra.database import Database
from infra.pool import WorkerPool
from infra.storage import Storage
from infra.stores.lots import close_lot, make_lots, unfinished_lots
from models.stage import Stage
from models.work import ChunkOutput, GateResult, TableRows
from tasks.doors import PRELOAD, Doors
from tasks.extraction.store import Hand, settle_heads
from tasks.lot_run import ChunkRequest, LotRun, check_intake, run_stage
from tasks.payment.states import BatchState
from tasks.payment.store import list_batches, publish
from tasks.pricing.lot import price_lot_chunk
from tasks.urgent import STAGE_FUNCTIONS, SameProcess
from tests.flows.world import DAY, build, open_world, propose, receive, sign

#: Said by a process that came to its end.
FINISHED = "finished"


@dataclass(slots=True)
class Deaths:
    """Where the work has died so far; ``is_armed`` False lets it live.

    ``deadly`` names the steps in which it may die; empty means every step.
    """

    path: Path
    is_armed: bool
    step: str = ""
    deadly: frozenset[str] = frozenset()

    def moment(self, name: str) -> None:
        """Die here, with the whole process group, unless that has happened before."""
        full = f"{self.step}:{name}"
        known = self.path.read_text(encoding="utf-8").split("\n") if self.path.exists() else []
        is_deadly = not self.deadly or self.step in self.deadly
        if not self.is_armed or not is_deadly or full in known:
            return
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{full}\n")
            file.flush()
            os.fsync(file.fileno())
        os.killpg(os.getpgrp(), signal.SIGKILL)


class MortalDatabase(Database):
    """A database whose process may die before or after a commit."""

    def __init__(self, url: str, deaths: Deaths) -> None:
        super().__init__(url)
        self.deaths = deaths

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with super().transaction() as connection:
            yield connection
            self.deaths.moment("before commit")
        self.deaths.moment("after commit")


class MortalStorage:
    """An object store whose process may die before or after an object is kept."""

    def __init__(self, storage: Storage, deaths: Deaths) -> None:
        self.storage = storage
        self.deaths = deaths

    def put(self, key: str, data: bytes) -> None:
        self.deaths.moment("before put")
        self.storage.put(key, data)
        self.deaths.moment("after put")

    def get(self, key: str) -> bytes:
        return self.storage.get(key)

    def exists(self, key: str) -> bool:
        return self.storage.exists(key)

    def keys(self, prefix: str) -> Iterator[str]:
        return self.storage.keys(prefix)


class MortalPool(SameProcess):
    """A pool whose process may die before and after the work is computed."""

    def __init__(self, deaths: Deaths) -> None:
        super().__init__(1)
        self.deaths = deaths

    def map(self, work: Callable[[Any], Any], requests: Sequence[Any]) -> list[Any]:
        self.deaths.moment("before compute")
        answers = super().map(work, requests)
        self.deaths.moment("after compute")
        return answers


class MortalGate:
    """A contract gate whose process may die once it has judged."""

    def __init__(self, folder: Path, deaths: Deaths) -> None:
        self.gate = RowGate(folder)
        self.deaths = deaths

    def check(self, stage: Stage, tables: Mapping[str, TableRows]) -> GateResult:
        result = self.gate.check(stage, tables)
        self.deaths.moment("after gate")
        return result


def work_through_day(home: Path, url: str, inbox: Path, deaths: Deaths) -> None:
    """Receive, process and pay a day; what is already done is not done again."""
    plain = open_world(home, url)
    doors = replace(
        plain,
        database=MortalDatabase(url, deaths),
        storage=MortalStorage(plain.storage, deaths),
        pool=MortalPool(deaths),
    )
    deaths.step = "intake"
    receive(doors, inbox, DAY)
    deaths.step = "lots"
    make_lots(doors.database, doors.settings, DAY)
    for lot in unfinished_lots(doors.database, DAY):
        _process_lot(doors, lot.lot_id, deaths)
    _pay(doors, deaths)
    with deaths.path.open("a", encoding="utf-8") as file:
        file.write(f"{FINISHED}\n")


def _process_lot(doors: Doors, lot_id: str, deaths: Deaths) -> None:
    gate = MortalGate(doors.settings.contracts_dir, deaths)
    run = LotRun(lot_id, DAY, doors.settings, doors.database, doors.storage, doors.pool, gate)
    deaths.step = "intake contract"
    check_intake(run)
    for stage, function in STAGE_FUNCTIONS:
        deaths.step = stage.value
        run_stage(run, stage, function)
        if stage is Stage.EXTRACTION:
            settle_heads(run.database, lot_id, Hand(run.actor, DAY, now_text()))
    deaths.step = "lots"
    close_lot(doors.database, lot_id)


def _pay(doors: Doors, deaths: Deaths) -> None:
    """As the payment run does: publish what is approved, propose, build; a person approves."""
    deaths.step = "proposal"
    propose(doors, DAY)
    for batch in list_batches(doors.database, DAY):
        current = batch
        if current.state in (BatchState.PROPOSED, BatchState.BUILT):
            deaths.step = "build"
            current = build(doors, current.batch_id)
            deaths.step = "approval"
            current = sign(doors, current)
        if current.state in (BatchState.APPROVED, BatchState.PUBLISHING):
            deaths.step = "publish"
            publish(doors.database, doors.storage, current.batch_id, at=now_text())


@dataclass(frozen=True, slots=True)
class DyingPricing:
    """Pricing in a pool child that, the first time, kills its whole process group."""

    path: Path

    def __call__(self, request: ChunkRequest) -> ChunkOutput:
        Deaths(self.path, is_armed=True, step="pricing").moment("in a child")
        return price_lot_chunk(request)


def price_in_children(home: Path, url: str, inbox: Path, deaths: Path) -> None:
    """Work through the stages before payment with real pool children, one of which kills all."""
    plain = open_world(home, url)
    receive(plain, inbox, DAY)
    with WorkerPool(2, PRELOAD) as pool:
        doors = replace(plain, pool=pool)
        for lot in make_lots(doors.database, doors.settings, DAY):
            gate = RowGate(doors.settings.contracts_dir)
            run = LotRun(lot.lot_id, DAY, doors.settings, doors.database, doors.storage, pool, gate)
            check_intake(run)
            for stage, function in STAGE_FUNCTIONS:
                run_stage(run, stage, DyingPricing(deaths) if stage is Stage.PRICING else function)


def run_in_own_group(home: Path, url: str, inbox: Path, deaths: Deaths) -> None:
    """The entry of a child process: lead a process group of one's own, then work."""
    os.setsid()
    work_through_day(home, url, inbox, deaths)


if __name__ == "__main__":
    price_in_children(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
