"""``tasfiya bench typing``: how many keystrokes a hand-written paper dossier takes to be typed.

Hand-like dossiers are simulated, scanned, and typed into the real page by a scripted typist in
headless Chromium, twice, as two accounts. Nothing on them is read, as on sheets that no machine
reads; with ``--as-read`` both engines read them first, and what then waits is typed. A folder
keeps the work, so that a run may be cut in pieces. Keystrokes are those of a typist who makes no
mistake; the seconds are the machine's and say nothing of people's.
"""

import datetime as dt
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from contracts.rows import RowGate
from flows.load_registers import lines_of
from flows.open_desk import desk_app, serving
from flows.run_demo import DEMO_DAY
from flows.show_result import AsJson, day_of, show
from flows.simulate_day import DRUGS
from flows.type_paper import Typist, open_browser
from infra.clock import now_text
from infra.database import Database
from infra.measure import PeakMemory, commit, machine
from infra.migrate import migrate
from infra.passwords import hash_password
from infra.pool import WorkerPool
from infra.settings import Settings
from infra.simulation.paper_sample import HAND, draw_samples, parts_of, scan_sample
from infra.storage import open_storage
from infra.stores.desk_accounts import add_account, all_accounts
from infra.stores.lots import close_lot, make_lots, unfinished_lots
from infra.stores.register_delta import load_registers
from infra.stores.typing_bench import TypedDossier, typed_dossiers
from models.desk import Account, Role
from models.errors import UsageError
from models.reading import Box, Token
from models.stage import Stage
from models.work import ChunkOutput
from tasks.doors import PRELOAD, Doors
from tasks.extraction.chunk import ExtractionContext, ExtractionInput, extract_chunk
from tasks.extraction.electronic import DossierHead
from tasks.lot_run import ChunkRequest, LotRun, check_intake, run_stage
from tasks.ocr.chunk import OcrChunk
from tasks.ocr.lot import read_lot_chunk
from tasks.ocr.zones import Readers
from tasks.receiving import receive_all
from tasks.urgent import STAGE_FUNCTIONS, SameProcess, run_all

PASSWORD = "the bench's own password"
FIRST, SECOND = "first-typist", "second-typist"
#: Days before the simulated day on which the registers were known.
KNOWN_BEFORE = dt.timedelta(days=20)
#: Dossiers that are read before the clock is looked at again.
LOT = 8
#: A deadline that never comes, in seconds.
_NEVER = float("inf")
_SECONDS_A_MINUTE = 60


def typing(
    dossiers: Annotated[int, typer.Option(min=1, help="Hand-like paper dossiers.")] = 50,
    seed: Annotated[int, typer.Option(help="The same seed makes the same dossiers.")] = 1,
    home: Annotated[Path | None, typer.Option(help="Keep the work in this folder.")] = None,
    minutes: Annotated[
        float, typer.Option(min=0, help="Stop after so long; call again with --home to go on.")
    ] = 0,
    as_read: Annotated[
        bool, typer.Option("--as-read", help="Type what waits once the machine read what it can.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Type hand-like paper dossiers twice by a script; tell keystrokes, and what ends right."""
    if minutes and home is None:
        raise UsageError("--minutes needs --home, a folder in which to go on")
    until = time.monotonic() + minutes * _SECONDS_A_MINUTE if minutes else _NEVER
    with tempfile.TemporaryDirectory(prefix="tasfiya-bench-") as spare:
        folder = (home or Path(spare)).resolve()
        started = time.monotonic()
        with PeakMemory() as memory:
            result = _measure(folder, _Plan(dossiers, seed, as_read), until)
        result["seconds"] = round(time.monotonic() - started, 1)
    show(
        {"machine": machine(), "commit": commit(), **result, "peak_rss_mb": memory.peak_mb},
        as_json,
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """How many dossiers, drawn by which seed, typed as the machine read them or from nothing."""

    dossiers: int
    seed: int
    is_as_read: bool


def _measure(folder: Path, plan: _Plan, until: float) -> dict[str, Any]:
    doors = _open(folder)
    day = day_of(DEMO_DAY, doors.settings)
    truth = _papers(doors, folder, plan, day)
    try:
        _process(doors, day, plan, until)
        with doors.database.reading() as connection:
            waiting = [one for one in typed_dossiers(connection) if one.is_open]
        if waiting and time.monotonic() < until:
            _type_all(doors, day, truth, until)
        _process(doors, day, plan, until)
    finally:
        doors.pool.close()
        with doors.database.reading() as connection:
            found = typed_dossiers(connection)
        doors.database.close()
    return {"as_read": plan.is_as_read, "seed": plan.seed, **figures(found, truth)}


def _open(folder: Path) -> Doors:
    """Doors onto a database of the bench's own."""
    settings = Settings.model_validate(
        {
            "home": folder, "environment": "demo", "lot_size_paper": LOT,
            "DATABASE_URL": f"sqlite:///{folder / 'tasfiya.db'}",
            "STORAGE_URL": (folder / "objects").as_uri(),
        }
    )  # fmt: skip
    database = Database(settings.database())
    migrate(database)
    pool = WorkerPool(settings.worker_count(), PRELOAD)
    return Doors(settings, database, open_storage(settings.storage()), pool)


def _papers(
    doors: Doors, folder: Path, plan: _Plan, day: dt.date
) -> Mapping[str, Mapping[str, Any]]:
    """Put the dossiers on paper and receive them, once; return their truth by file."""
    kept = folder / "truth.jsonl"
    if not kept.is_file():
        settings = doors.settings
        samples = draw_samples(
            folder / "sim", parts_of([], 0, hand=plan.dossiers, fax=0, group="typed"),
            seed=plan.seed, day=day,
            drugs_csv=settings.schemes_dir.parent / DRUGS,
        )  # fmt: skip
        load_registers(doors.database, lines_of(folder / "sim" / "registers"), day - KNOWN_BEFORE)
        inbox = folder / "inbox"
        inbox.mkdir(parents=True, exist_ok=True)
        rows = []
        for sample in samples:
            assert sample.part.name == HAND
            scanned, row = scan_sample(sample, settings.forms_dir, day)
            (inbox / scanned.name).write_bytes(scanned.data)
            rows.append(row)
        receive_all(doors.database, doors.storage, settings, str(inbox), day)
        kept.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    lines = kept.read_text(encoding="utf-8").splitlines()
    return {row["sha256"]: row for row in map(json.loads, lines)}


def _process(doors: Doors, day: dt.date, plan: _Plan, until: float) -> None:
    """Take what waits through all stages, lot by lot, while there is time."""
    make_lots(doors.database, doors.settings, day)
    gate = RowGate(doors.settings.contracts_dir)
    for lot in unfinished_lots(doors.database, day):
        if time.monotonic() > until:
            return
        run = LotRun(
            lot.lot_id, day, doors.settings, doors.database, doors.storage, doors.pool, gate
        )
        if plan.is_as_read:
            run_all(run)
        else:
            _run_unread(run)


def _run_unread(run: LotRun) -> None:
    """One lot through all stages, as if nothing could be read on any page."""
    unread = {Stage.OCR: read_blindly, Stage.EXTRACTION: read_nothing}
    check_intake(run)
    for stage, function in STAGE_FUNCTIONS:
        if stage in unread:
            run_stage(replace(run, pool=SameProcess(1)), stage, unread[stage])
        else:
            run_stage(run, stage, function)
    close_lot(run.database, run.lot_id)


class BlindEngine:
    """A reading engine that finds no word: to it every sheet is written by a hand."""

    name = "blind"

    def read(self, image: Any, **_how: Any) -> tuple[Token, ...]:
        """Nothing."""
        return ()

    def read_crops(self, crops: Sequence[Any], **_how: Any) -> tuple[Token, ...]:
        """An empty text for each crop."""
        return tuple(Token("", Box(0, 0, 0, 0), 0.0, self.name) for _ in crops)


def read_blindly(request: ChunkRequest) -> OcrChunk:
    """Keep the pictures of the pages and find the form, without a word read."""
    engine = BlindEngine()
    return read_lot_chunk(request, Readers(engine, engine))


def read_nothing(request: ChunkRequest) -> ChunkOutput:
    """What extraction leaves of paper on which it knows no form."""
    inputs = [
        ExtractionInput(
            DossierHead(
                head.dossier_id, head.version, head.content_version, head.public_number,
                head.scheme, head.currency, head.channel, head.agency, head.region,
                head.deposit_date, head.receipt_date, head.scan_date,
            )
        )
        for head in request.heads
    ]  # fmt: skip
    return extract_chunk(inputs, ExtractionContext(request.settings.forms_dir))


def _type_all(
    doors: Doors, day: dt.date, truth: Mapping[str, Mapping[str, Any]], until: float
) -> None:
    """Type every open dossier, the amounts a second time by the other account."""
    if not all_accounts(doors.database):
        for login in (FIRST, SECOND):
            roles = frozenset({Role.PROCESSOR.value})
            account = Account(login, login, roles, hash_password(PASSWORD), "fr", True)
            add_account(doors.database, account, "bench", now_text())
    app = desk_app(doors.settings, doors.database, doors.storage, today=lambda: day)
    with serving(app) as port, open_browser() as browser:
        url = f"http://127.0.0.1:{port}"
        first = Typist(browser, url, FIRST, PASSWORD)
        second = Typist(browser, url, SECOND, PASSWORD)
        steps: Sequence[tuple[int, Callable[[str, Mapping[str, Any]], None]]] = (
            (0, first.type_whole), (1, second.type_money),
        )  # fmt: skip
        for passes, type_it in steps:
            with doors.database.reading() as connection:
                open_now = [one for one in typed_dossiers(connection) if one.is_open]
            for one in open_now:
                if time.monotonic() > until:
                    return
                if len(one.keystrokes) == passes:
                    type_it(one.task_id, truth[one.sha256])


def figures(
    found: Sequence[TypedDossier], truth: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return keystrokes by pass, and how many dossiers end right to the cent."""
    typed = [one for one in found if one.keystrokes]
    done = [one for one in typed if not one.is_open]
    wrong = [one for one in done if not _is_right(one, truth[one.sha256])]
    return {
        "dossiers": len(truth),
        "waited_for_a_person": len(found),
        "offered_for_typing": sum(one.is_offered for one in found),
        "typed": len(typed),
        "left": sum(one.is_open for one in found),
        "first_pass": _strokes([one.keystrokes[0] for one in typed]),
        "second_pass": _strokes([one.keystrokes[1] for one in typed if len(one.keystrokes) > 1]),
        "both_passes": _strokes(
            [sum(one.keystrokes[:2]) for one in typed if len(one.keystrokes) > 1]
        ),
        "third_needed": sum(one.is_disputed for one in typed),
        "machine_seconds_median": statistics.median([one.seconds for one in typed] or [0]),
        "machine_seconds_are": "a script's, without reading or thinking: no person's time",
        "settled": len(done),
        "right_to_the_cent": len(done) - len(wrong),
        "statuses": {
            status: sum(one.status == status for one in done)
            for status in sorted({one.status for one in done})
        },
        "wrong": [one.dossier_id for one in wrong],
    }


def _is_right(one: TypedDossier, truth: Mapping[str, Any]) -> bool:
    """Whether total, lines and what is owed are exactly what stands on the paper."""
    amounts = [line["amount_minor"] for line in truth["expected_lines"]]
    return (
        one.total_minor == truth["asked_minor"]
        and list(one.line_minors) == amounts
        and one.due_minor == truth["priced_minor"]
    )


def _strokes(counts: Sequence[int]) -> dict[str, float]:
    if not counts:
        return {"dossiers": 0}
    tenths = (
        statistics.quantiles(counts, n=10, method="inclusive")
        if len(counts) > 1
        else [counts[0]] * 9
    )
    return {
        "dossiers": len(counts),
        "median": statistics.median(counts),
        "p90": round(tenths[8], 1),
        "least": min(counts),
        "most": max(counts),
    }
