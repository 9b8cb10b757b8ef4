"""``tasfiya bench pricing``: lines a second on one core through a scheme's full rules."""

import datetime as dt
import pickle
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pydantic
import typer

from flows.run_demo import DEMO_DAY
from flows.show_result import AsJson, show
from flows.simulate_day import DRUGS
from infra.measure import PeakMemory, commit, machine
from infra.settings import Settings
from infra.simulation.day import simulate
from models.electronic import ElectronicDossier
from models.outcome import PricingInput
from tasks.pricing.chunk import PricingContext, price_chunk
from tasks.pricing.single import Circumstances, input_of

SCHEME = "ma-amo-salaries"
#: Electronic dossiers simulated once; the lines asked for are made of them over and over, each
#: time of other persons and under other numbers.
SIMULATED = 4_000
#: Recognised conditions are rare; one dossier in so many gets one, to pass those rules too.
ALD_EVERY = 25
PUBLIC_EVERY = 4


def pricing(
    lines: Annotated[int, typer.Option(min=1_000, help="Lines to price.")] = 660_000,
    seed: int = 1,
    as_json: AsJson = False,
) -> None:
    """Price lines in one process; every row with its rules and figures is kept to the end.

    Rows are kept as a pool child hands them over, pickled; that is part of the time. The same is
    done first with a tenth of the lines: the cost of a line must not grow with them.
    """
    settings = Settings()
    dossiers = _simulated(settings, seed)
    context = PricingContext(settings.schemes_dir, production=False)
    price_chunk(list(_inputs(dossiers, 500)), context)  # the catalogue is read once, before
    tenth = _run(dossiers, lines // 10, settings.chunk_size, context)
    with PeakMemory() as memory:
        whole = _run(dossiers, lines, settings.chunk_size, context)
    show(
        {
            "machine": machine(),
            "commit": commit(),
            "scheme": SCHEME,
            "dossiers": whole["dossiers"],
            "lines": whole["lines"],
            "seconds": whole["seconds"],
            "lines_per_second": whole["lines_per_second"],
            "peak_rss_mb": memory.peak_mb,
            "kept_mb": whole["kept_mb"],
            "rows_kept": whole["rows"],
            "tenth": tenth,
            "cost_of_a_line_against_tenth": round(
                (whole["seconds"] / whole["lines"]) / (tenth["seconds"] / tenth["lines"]), 3
            ),
            "processes": 1,
        },
        as_json,
    )


def _simulated(settings: Settings, seed: int) -> list[ElectronicDossier]:
    with tempfile.TemporaryDirectory(prefix="tasfiya-bench-") as folder:
        simulate(
            Path(folder),
            seed=seed,
            day=dt.date.fromisoformat(DEMO_DAY),
            electronic=SIMULATED,
            eve_share=0.0,
            drugs_csv=settings.schemes_dir.parent / DRUGS,
        )
        return [
            record
            for path in sorted((Path(folder) / "inbox" / DEMO_DAY).glob("*.jsonl"))
            for record in _records(path)
        ]


def _records(path: Path) -> Iterator[ElectronicDossier]:
    """The sound records of the scheme; planted faults of form never reach pricing either."""
    for text in path.read_bytes().splitlines():
        try:
            record = ElectronicDossier.model_validate_json(text)
        except pydantic.ValidationError:
            continue
        if record.scheme == SCHEME and record.lines:
            yield record


def _inputs(dossiers: Sequence[ElectronicDossier], lines: int) -> Iterator[PricingInput]:
    """Inputs with that many lines or a few more, each of another person and number."""
    made = [
        input_of(
            dossier,
            Circumstances(
                sector="public" if place % PUBLIC_EVERY == 0 else "private",
                ald_code="ALD-01" if place % ALD_EVERY == 0 else "",
            ),
            "MAD",
        )
        for place, dossier in enumerate(dossiers)
    ]
    count = number = 0
    while count < lines:
        given = made[number % len(made)]
        key = f"D{number:08d}"
        count += len(given.dossier.lines)
        number += 1
        yield PricingInput(
            replace(given.dossier, dossier_id=key, public_number=f"BENCH-{number:08d}"),
            replace(
                given.validated,
                dossier_id=key,
                beneficiary_person_id=f"P{number:08d}",
                insured_person_id=f"P{number:08d}",
            ),
            (),
        )


def _run(
    dossiers: Sequence[ElectronicDossier], lines: int, chunk_size: int, context: PricingContext
) -> dict[str, Any]:
    kept: list[bytes] = []
    rows: dict[str, int] = {}
    seconds = 0.0
    count = priced = 0
    chunk: list[PricingInput] = []
    for given in _inputs(dossiers, lines):
        chunk.append(given)
        if len(chunk) == chunk_size:
            seconds += _price(chunk, context, kept, rows)
            priced += len(chunk)
            count += sum(len(each.dossier.lines) for each in chunk)
            chunk = []
    if chunk:
        seconds += _price(chunk, context, kept, rows)
        priced += len(chunk)
        count += sum(len(each.dossier.lines) for each in chunk)
    return {
        "dossiers": priced,
        "lines": count,
        "seconds": round(seconds, 3),
        "lines_per_second": round(count / seconds),
        "kept_mb": round(sum(map(len, kept)) / 1e6),
        "rows": rows,
    }


def _price(
    chunk: list[PricingInput], context: PricingContext, kept: list[bytes], rows: dict[str, int]
) -> float:
    started = time.process_time()
    output = price_chunk(chunk, context)
    kept.append(pickle.dumps(output, pickle.HIGHEST_PROTOCOL))
    seconds = time.process_time() - started
    for name, table in output.tables.items():
        rows[name] = rows.get(name, 0) + len(table.rows)
    return seconds
