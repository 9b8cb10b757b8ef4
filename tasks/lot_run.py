"""How every stage is run over a lot: select, compute in children, gate, write in one transaction.

A stage brings one function, ``run_chunk(ChunkRequest) -> ChunkOutput``, importable by a child.
Everything else is here, once: who is due, how households stay together, what is quarantined,
which states change, what the audit trail says. The write transaction checks again that the
dossiers still stand where they stood: a second run of the same work writes nothing.
"""

import datetime as dt
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection, select, update

from infra.audit import append_events
from infra.clock import now_text
from infra.database import Database
from infra.pool import WorkerPool
from infra.settings import Settings
from infra.storage import Storage
from infra.stores.dossiers import DOSSIER, Head, heads_at
from infra.stores.fse_links import WAITS
from models.audit import AuditEvent
from models.errors import LotBusy, MachineError
from models.records.all_tables import table
from models.review_task import READING, TASK_NAMES, TO_TYPE, open_task
from models.stage import Stage, Status
from models.work import ChunkOutput, GateResult, StageReport, Stop, TableRows, merge_outputs
from tasks.review.policy import POLICY_FILE, read_policy
from tasks.typing_offers import to_be_typed

#: Which stages a dossier may have passed to be due for a stage; electronic dossiers skip OCR.
DUE_AFTER: Mapping[Stage, tuple[Stage, ...]] = {
    Stage.OCR: (Stage.INTAKE,),
    Stage.EXTRACTION: (Stage.INTAKE, Stage.OCR),
    Stage.VALIDATION: (Stage.EXTRACTION,),
    Stage.PRICING: (Stage.VALIDATION,),
    Stage.FRAUD: (Stage.PRICING,),
    Stage.REVIEW: (Stage.FRAUD,),
}


#: Rows of one lot and stage that are worth telling the planner about.
ANALYZE_ROWS_MIN = 1_000


class Gate(Protocol):
    """The contract gate. It SHALL look at all rows of a lot at once and name failing dossiers."""

    def check(self, stage: Stage, tables: Mapping[str, TableRows]) -> GateResult:
        """Check the tables a stage leaves against the stage's contract."""


@dataclass(frozen=True, slots=True)
class ChunkRequest:
    """What a child is told: which dossiers, on which day, under which settings, where to read."""

    lot_id: str
    day: dt.date
    heads: tuple[Head, ...]
    database_url: str
    storage_url: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class LotRun:
    """The doors and the day of one lot's run."""

    lot_id: str
    day: dt.date
    settings: Settings
    database: Database
    storage: Storage
    pool: WorkerPool
    gate: Gate
    actor: str = "machine"


def is_machine_error(_task: Any, _run: Any, state: Any) -> bool:
    """Whether a failed task may be tried again: only a machine's failure passes by itself."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, MachineError | OSError)


def check_intake(run: LotRun) -> StageReport:
    """Check what intake left of the lot's dossiers, once; quarantine what breaks its contract."""
    started = time.monotonic()
    results = table("contract_result")
    with run.database.reading() as connection:
        heads = heads_at(connection, run.lot_id, (Stage.INTAKE,))
        is_done = connection.execute(
            select(results.c.lot_id).where(
                results.c.lot_id == run.lot_id, results.c.stage == Stage.INTAKE.value
            )
        ).first()
        if is_done or not heads:
            return StageReport(run.lot_id, Stage.INTAKE, 0, 0, 0, 0, 0.0, 0.0, 0.0)
        names = tuple(column.name for column in DOSSIER.c if column.name != "dossier_id")
        rows = connection.execute(
            select(DOSSIER.c.dossier_id, *(DOSSIER.c[name] for name in names)).where(
                DOSSIER.c.lot_id == run.lot_id, DOSSIER.c.stage == Stage.INTAKE.value
            )
        ).all()
    output = ChunkOutput(
        {"dossier": TableRows(("dossier_id", *names), [tuple(row) for row in rows])}
    )
    gate = _pass_gate(run, Stage.INTAKE, heads, output)
    work = _Written(Stage.INTAKE, {head.dossier_id: head for head in heads}, ChunkOutput({}), gate)
    with run.database.transaction() as connection:
        return _write(run, connection, work, started)


@dataclass(slots=True)
class _Written:
    """What the write phase needs of one stage's work."""

    stage: Stage
    heads: dict[str, Head]
    output: ChunkOutput
    gate: GateResult
    seconds: dict[str, float] = field(default_factory=dict)


def run_stage(run: LotRun, stage: Stage, run_chunk: Callable[[ChunkRequest], Any]) -> StageReport:
    """Take the lot's dossiers that are due through one stage; do nothing when none are.

    Raises:
        LotBusy: when another run changed the lot in between; nothing was written.
        MachineError: when a child or a machine failed; nothing was written.
    """
    started = time.monotonic()
    with run.database.reading() as connection:
        heads = heads_at(connection, run.lot_id, DUE_AFTER[stage])
    heads = [head for head in heads if stage is not Stage.OCR or head.channel == "paper"]
    if not heads:
        return StageReport(run.lot_id, stage, 0, 0, 0, 0, 0.0, 0.0, 0.0)
    output = _compute(run, stage, heads, run_chunk)
    gate = _pass_gate(run, stage, heads, output)
    work = _Written(stage, {head.dossier_id: head for head in heads}, output, gate)
    with run.database.transaction() as connection:
        return _write(run, connection, work, started)


def _compute(
    run: LotRun, stage: Stage, heads: Sequence[Head], run_chunk: Callable[[ChunkRequest], Any]
) -> ChunkOutput:
    is_reading = stage in (Stage.OCR, Stage.EXTRACTION) and heads[0].channel == "paper"
    size = run.settings.chunk_size_paper if is_reading else run.settings.chunk_size
    outputs: list[ChunkOutput] = []
    for answer in run.pool.map(run_chunk, chunk_requests(run, heads, size)):
        objects: Mapping[str, bytes] = getattr(answer, "objects", {})
        for key, data in objects.items():
            run.storage.put(key, data)
        outputs.append(getattr(answer, "output", answer))
    return merge_outputs(outputs)


def chunk_requests(run: LotRun, heads: Sequence[Head], size: int) -> list[ChunkRequest]:
    """The work on some dossiers, in chunks for the pool's children."""
    return [
        ChunkRequest(
            run.lot_id,
            run.day,
            chunk,
            run.database.url,
            run.settings.storage(),
            run.settings,
        )
        for chunk in split_by_household(heads, size)
    ]


def split_by_household(heads: Sequence[Head], size: int) -> list[tuple[Head, ...]]:
    """Chunks of about ``size`` heads; one household's dossiers stay together and in order."""
    households: dict[str, list[Head]] = {}
    for head in heads:
        households.setdefault(head.household or head.dossier_id, []).append(head)
    chunks: list[tuple[Head, ...]] = []
    current: list[Head] = []
    for members in households.values():
        if current and len(current) + len(members) > size:
            chunks.append(tuple(current))
            current = []
        current.extend(members)
    chunks.append(tuple(current))
    return chunks


def _pass_gate(run: LotRun, stage: Stage, heads: Sequence[Head], output: ChunkOutput) -> GateResult:
    result = run.gate.check(stage, output.tables)
    main = next(iter(output.tables.values()))
    present = {row[0] for row in main.rows}
    lost = {
        head.dossier_id: ("dossier_left_by_stage",)
        for head in heads
        if head.dossier_id not in present
    }
    if not lost:
        return result
    return GateResult(
        result.contract_id,
        result.contract_version,
        result.row_count,
        {**result.failed, **lost},
        result.summary,
        result.seconds,
    )


def _write(run: LotRun, connection: Connection, work: _Written, started: float) -> StageReport:
    database = run.database
    failed = {key: why for key, why in work.gate.failed.items() if key in work.heads}
    if work.stage is not Stage.INTAKE:
        _claim(run, connection, work)
    row_count = 0
    for name, part in work.output.tables.items():
        rows = [row for row in part.rows if row[0] not in failed] if failed else part.rows
        row_count += database.insert_tuples(connection, table(name), part.names, rows)
    if row_count >= ANALYZE_ROWS_MIN:
        database.analyze(connection, work.output.tables)
    stops = {key: stop for key, stop in work.output.stops.items() if key not in failed}
    _set_states(run, connection, work, stops, failed)
    _open_tasks(run, connection, work, stops)
    now = now_text()
    audit_started = time.monotonic()
    append_events(database, connection, _events(run, work, stops, failed, now))
    audit_seconds = time.monotonic() - audit_started
    _write_quarantine(run, connection, work, failed, now)
    report = StageReport(
        run.lot_id,
        work.stage,
        len(work.heads),
        row_count,
        len(stops),
        len(failed),
        time.monotonic() - started,
        work.gate.seconds,
        audit_seconds,
    )
    _write_run(run, connection, work, report, now)
    return report


def _claim(run: LotRun, connection: Connection, work: _Written) -> None:
    """Move all dossiers past the stage; fewer than expected means another run was here."""
    due = [stage.value for stage in DUE_AFTER[work.stage]]
    lots = table("lot")
    connection.execute(select(lots).where(lots.c.lot_id == run.lot_id).with_for_update())
    moved = connection.execute(
        update(DOSSIER)
        .where(
            DOSSIER.c.lot_id == run.lot_id,
            DOSSIER.c.status == Status.IN_PROGRESS.value,
            DOSSIER.c.stage.in_(due),
            *([DOSSIER.c.channel == "paper"] if work.stage is Stage.OCR else []),
        )
        .values(stage=work.stage.value)
    )
    if moved.rowcount != len(work.heads):
        raise LotBusy(f"lot {run.lot_id}: another run took {work.stage}; nothing was written")


def _set_states(
    run: LotRun,
    connection: Connection,
    work: _Written,
    stops: Mapping[str, Stop],
    failed: Mapping[str, tuple[str, ...]],
) -> None:
    by_status: dict[Status, list[str]] = {}
    for key, stop in stops.items():
        by_status.setdefault(stop.status, []).append(key)
    for status, keys in by_status.items():
        values: dict[str, Any] = {"status": status.value}
        if work.stage is Stage.REVIEW:
            values["decision_date"] = run.day
        run.database.update_in(connection, DOSSIER, "dossier_id", keys, values)
    by_stage: dict[str, list[str]] = {}
    for key in failed:
        by_stage.setdefault(work.heads[key].stage, []).append(key)
    for stage, keys in by_stage.items():
        run.database.update_in(
            connection,
            DOSSIER,
            "dossier_id",
            keys,
            {"status": Status.QUARANTINED.value, "stage": stage},
        )


def _open_tasks(
    run: LotRun, connection: Connection, work: _Written, stops: Mapping[str, Stop]
) -> None:
    """Put what a stage before review stopped for a person on the desk; review brings its own."""
    waiting = {key: stop for key, stop in stops.items() if stop.status is Status.IN_REVIEW}
    if work.stage is Stage.REVIEW or not waiting:
        return
    policy = read_policy(POLICY_FILE, run.day)
    # Paper of an electronic care sheet waits for its record; there is nothing to type.
    heads = [work.heads[key] for key, stop in waiting.items() if WAITS not in stop.reasons]
    typed = to_be_typed(run.database, connection, heads, policy)
    tasks = [
        open_task(
            (key, work.heads[key].version),
            READING,
            (*stop.reasons, TO_TYPE) if key in typed else stop.reasons,
            run.day,
            policy.due_on(run.day),
        )
        for key, stop in waiting.items()
    ]
    run.database.insert_tuples(connection, table("review_task"), TASK_NAMES, tasks)


def _events(
    run: LotRun,
    work: _Written,
    stops: Mapping[str, Stop],
    failed: Mapping[str, tuple[str, ...]],
    now: str,
) -> list[AuditEvent]:
    events: list[AuditEvent] = []
    chain = f"lot:{run.lot_id}"
    for key, head in work.heads.items():
        if work.stage is Stage.INTAKE and key not in failed:
            continue  # intake wrote its own events; nothing changed since
        before = f"{head.stage}/{head.status}"
        if key in failed:
            action, after = "quarantined", f"{head.stage}/{Status.QUARANTINED.value}"
            detail = f"{work.stage.value}: {' '.join(failed[key])}"
        else:
            stop = stops.get(key)
            status = stop.status.value if stop else Status.IN_PROGRESS.value
            action, after = f"{work.stage.value}_done", f"{work.stage.value}/{status}"
            detail = " ".join(stop.reasons) if stop else ""
        events.append(
            AuditEvent(
                chain, run.actor, action, now, "dossier", key, head.version, before, after, detail
            )
        )
    return events


def _write_quarantine(
    run: LotRun,
    connection: Connection,
    work: _Written,
    failed: Mapping[str, tuple[str, ...]],
    now: str,
) -> None:
    if not failed:
        return
    quarantine = table("quarantine")
    connection.execute(
        quarantine.delete().where(
            quarantine.c.dossier_id.in_(list(failed)), quarantine.c.stage == work.stage.value
        )
    )
    run.database.insert_rows(
        connection,
        quarantine,
        [
            {
                "dossier_id": key,
                "version": work.heads[key].version,
                "stage": work.stage.value,
                "lot_id": run.lot_id,
                "contract_id": work.gate.contract_id,
                "contract_version": work.gate.contract_version,
                "reasons": json.dumps(list(reasons)),
                "state": "held",
                "held_at": now,
                "released_by": "",
                "released_at": "",
            }
            for key, reasons in sorted(failed.items())
        ],
    )


def _write_run(
    run: LotRun, connection: Connection, work: _Written, report: StageReport, now: str
) -> None:
    run.database.insert_rows(
        connection,
        table("stage_run"),
        [
            {
                "lot_id": run.lot_id,
                "stage": work.stage.value,
                "dossier_count": report.dossier_count,
                "row_count": report.row_count,
                "quarantined_count": report.quarantined_count,
                "seconds": report.seconds,
                "contract_seconds": report.contract_seconds,
                "audit_seconds": report.audit_seconds,
                "finished_at": now,
            }
        ],
    )
    results = table("contract_result")
    connection.execute(
        results.delete().where(results.c.lot_id == run.lot_id, results.c.stage == work.stage.value)
    )
    run.database.insert_rows(
        connection,
        results,
        [
            {
                "lot_id": run.lot_id,
                "stage": work.stage.value,
                "contract_id": work.gate.contract_id,
                "contract_version": work.gate.contract_version,
                "row_count": work.gate.row_count,
                "failed_count": report.quarantined_count,
                "is_success": not work.gate.failed,
                "summary": json.dumps([dict(row) for row in work.gate.summary]),
                "checked_at": now,
            }
        ],
    )
