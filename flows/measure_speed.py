"""``tasfiya bench``: how fast and how large, measured and printed as JSON."""

import datetime as dt
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.load_registers import lines_of
from flows.measure_capacity import capacity
from flows.measure_desk import desk
from flows.measure_forms import forms
from flows.measure_ocr import ocr
from flows.measure_pricing import pricing
from flows.pay_day import pay_day
from flows.process_day import close_day, process_day
from flows.run_demo import DEMO_DAY, drain
from flows.show_result import AsJson, show
from flows.simulate_day import DRUGS
from infra.clock import now_text
from infra.measure import PeakMemory, commit, machine
from infra.services import start_prefect_server
from infra.settings import Settings, change_environment
from infra.simulation.day import simulate
from infra.simulation.grading import grade
from infra.stores.facts import count_rows, stage_totals
from infra.stores.register_delta import load_registers
from infra.throwaway import start_postgresql
from tasks.doors import Doors, open_doors
from tasks.payment.approval import SignedApproval
from tasks.payment.states import BatchState
from tasks.payment.store import approve, publish

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


app.command()(pricing)
app.command()(ocr)
app.command()(desk)
app.command()(capacity)
app.command()(forms)


@app.callback()
def _root() -> None:
    """Measure speed and memory."""


@app.command()
def simulation(
    dossiers: Annotated[int, typer.Option(min=200)] = 110_000,
    seed: int = 1,
    as_json: AsJson = False,
) -> None:
    """Write a simulated day of electronic dossiers."""
    with tempfile.TemporaryDirectory(prefix="tasfiya-bench-") as folder, PeakMemory() as memory:
        started = time.monotonic()
        summary = _simulate(Settings(), Path(folder), dossiers, seed)
        seconds = time.monotonic() - started
    show(
        {
            **_common(seconds, memory),
            "dossiers": sum(summary.submissions.values()),
            "dossiers_per_second": round(sum(summary.submissions.values()) / seconds, 1),
        },
        as_json,
    )


@app.command()
def day(
    dossiers: Annotated[int, typer.Option(min=200, help="Electronic dossiers.")] = 20_000,
    database: Annotated[
        str, typer.Option(help="A URL; a throw-away PostgreSQL when left out.")
    ] = "",
    seed: int = 1,
    as_json: AsJson = False,
) -> None:
    """A whole electronic day through Prefect, contracts on, from inbox to published bank file."""
    with tempfile.TemporaryDirectory(prefix="tasfiya-bench-") as folder:
        home = Path(folder)
        server = None if database else start_postgresql()
        try:
            change_environment(
                TASFIYA_HOME=str(home),
                TASFIYA_ENVIRONMENT="demo",
                DATABASE_URL=server.url if server else database,
                STORAGE_URL=(home / "objects").as_uri(),
            )
            left_out = frozenset({server.process.pid}) if server else frozenset()
            result = _measure_day(home, dossiers, seed, left_out)
        finally:
            if server:
                server.stop()
    show(result, as_json)


def _simulate(settings: Settings, folder: Path, dossiers: int, seed: int) -> Any:
    return simulate(
        folder,
        seed=seed,
        day=dt.date.fromisoformat(DEMO_DAY),
        electronic=dossiers,
        eve_share=0.0,
        drugs_csv=settings.schemes_dir.parent / DRUGS,
    )


def _measure_day(home: Path, dossiers: int, seed: int, left_out: frozenset[int]) -> dict[str, Any]:
    doors = open_doors()
    summary = _simulate(doors.settings, home / "sim", dossiers, seed)
    eve, date = dt.date.fromisoformat(summary.eve), dt.date.fromisoformat(summary.day)
    load_registers(doors.database, lines_of(home / "sim" / "registers"), eve)
    server = start_prefect_server(home / "prefect")
    try:
        with (
            temporary_settings({PREFECT_API_URL: server.api_url}),
            PeakMemory(left_out) as memory,
        ):
            process_day(eve, str(home / "sim" / "inbox" / eve.isoformat()))
            started = time.monotonic()
            process_day(date, str(home / "sim" / "inbox" / date.isoformat()), close=False)
            processed = time.monotonic()
            _pay(doors, date)
            paid = time.monotonic()
            balance = close_day(date, with_docs=False)
            seconds = time.monotonic() - started
            drain()
    finally:
        server.stop()
    doors.pool.close()
    graded = grade(doors.database, home / "sim" / "truth" / f"{date}.jsonl")
    stages = stage_totals(doors.database, date)
    flow_seconds = processed - started - sum(one.seconds for one in stages)
    rows = [
        *(
            {"name": one.stage, "seconds": round(one.seconds, 2), "rows": one.rows}
            for one in stages
        ),
        {"name": "flows and lots", "seconds": round(flow_seconds, 2), "rows": 0},
        {"name": "payment", "seconds": round(paid - processed, 2), "rows": _payments(doors)},
        {"name": "close", "seconds": round(seconds - (paid - started), 2), "rows": 0},
    ]
    return {
        **_common(seconds, memory),
        "dossiers": graded.submissions,
        "lines": count_rows(doors.database, "extracted_line"),
        "dossiers_per_second": round(graded.submissions / seconds, 1),
        "stages": rows,
        "contracts_share": round(sum(one.contract_seconds for one in stages) / seconds, 3),
        "audit_share": round(sum(one.audit_seconds for one in stages) / seconds, 3),
        "balance_ok": balance.is_balanced,
        "decided_without_person": round(graded.clean_without_person / max(graded.clean, 1), 4),
        "differences_from_truth": len(graded.differences),
        "prefect_db_mb": round((home / "prefect" / "prefect.db").stat().st_size / 1e6, 1),
        "settings": {
            "lot_size": doors.settings.lot_size_electronic,
            "chunk_size": doors.settings.chunk_size,
            "workers": doors.settings.worker_count(),
            "database": "postgresql" if doors.database.is_postgresql else "sqlite",
        },
    }


def _pay(doors: Doors, date: dt.date) -> None:
    for batch in pay_day(date):
        if batch.state == BatchState.BUILT:
            approve(
                doors.database,
                SignedApproval(
                    batch_id=batch.batch_id,
                    approver="bench approver (nobody in person)",
                    approved_at=now_text(),
                    from_where="tasfiya bench",
                    file_sha256=batch.file_sha256,
                    payment_count=batch.payment_count,
                    total_minor=batch.total_minor,
                    debit_account=batch.debit_account,
                    is_demo=True,
                ),
            )
            publish(doors.database, doors.storage, batch.batch_id, at=now_text())


def _payments(doors: Doors) -> int:
    return count_rows(doors.database, "payment")


def _common(seconds: float, memory: PeakMemory) -> dict[str, Any]:
    return {
        "machine": machine(),
        "commit": commit(),
        "seconds": round(seconds, 2),
        "peak_rss_mb": memory.peak_mb,
    }
