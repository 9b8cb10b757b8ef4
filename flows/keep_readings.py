"""A folder of simulated dossiers as read, so that extraction can be measured again in seconds.

What stands in the folder (JSON, UTF-8; a row a line in ``*.jsonl``)::

    about.json        {"seed", "day", "parts": [{"name", "count", "mix", "sheets", "issuers"}]}
    registers/*.jsonl what the payer's registers say of the dossiers' people, as ``tasfiya register
                      load`` takes it
    dossiers.jsonl    {"dossier_id", "part", "number", "pages": ["pages/<id>/1.json", …],
                      "cpu_seconds"}; the head is ``tasks.paper_measure.head_of(id, truth, day)``
    truth.jsonl       {"dossier_id", "part", …, "expected_fields", "expected_lines", "degradation",
                      "typeface", "is_text_layer"}: what is written on the paper
    pages/<id>/<n>.json  one page, as ``tasks.ocr.chunk.page_json`` writes it

``dossiers.jsonl`` and ``truth.jsonl`` have the same dossiers in the same order. A dossier has its
row when all its pages are there; reading goes on where it stopped.
"""

import datetime as dt
import json
import random
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flows.simulate_day import DRUGS
from infra.pool import WorkerPool
from infra.settings import Settings
from infra.simulation.paper_sample import Part, Sample, draw_samples
from infra.simulation.paper_scores import ScoredDossier
from models.errors import UsageError
from models.reading import PageText
from tasks.ocr.chunk import OcrContext
from tasks.ocr.engines.choice import EngineChoice
from tasks.paper_labels import hints_of_folder
from tasks.paper_measure import (
    ReadRequest,
    SampleRead,
    head_of,
    read_sample,
    score_dossier,
)

#: Dossiers given to each worker ahead, so that none waits for this process.
_AHEAD = 3
_PRELOAD = ("tasks.paper_measure",)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sample is drawn from; the same plan gives the same dossiers."""

    seed: int
    day: dt.date
    parts: tuple[Part, ...]

    def as_json(self) -> dict[str, Any]:
        """The plan as it stands in ``about.json``."""
        return {
            "seed": self.seed,
            "day": self.day.isoformat(),
            "parts": [asdict(part) for part in self.parts],
        }


@dataclass(frozen=True, slots=True)
class ReadCost:
    """What reading took: dossiers and pages read by this call, and how many are left."""

    dossiers: int
    pages: int
    seconds: float
    cpu_seconds: float
    left: int


@dataclass(frozen=True, slots=True)
class Kept:
    """One dossier of a folder: its row and its truth."""

    row: Mapping[str, Any]
    truth: Mapping[str, Any]


def keep_readings(
    folder: Path,
    plan: Plan,
    *,
    settings: Settings,
    seconds_max: float = 0,
) -> ReadCost:
    """Read the dossiers of a plan into a folder; those already there are not read again.

    ``seconds_max`` stops before the next dossier when so long was read; 0 reads all.

    Raises:
        UsageError: when the folder holds another plan's dossiers.
    """
    about = folder / "about.json"
    if about.is_file() and json.loads(about.read_text(encoding="utf-8")) != plan.as_json():
        raise UsageError(f"{folder} holds dossiers of another plan; name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    drugs = settings.schemes_dir.parent / DRUGS
    samples = draw_samples(folder, plan.parts, seed=plan.seed, day=plan.day, drugs_csv=drugs)
    about.write_text(json.dumps(plan.as_json(), indent=1) + "\n", encoding="utf-8")
    done = {kept.row["dossier_id"] for kept in kept_dossiers(folder)}
    # In mixed order, so that what was read so far has something of every part.
    random.Random(plan.seed).shuffle(samples)
    waiting = [sample for sample in samples if sample.dossier_id not in done]
    # Read as the flow reads: with the engine that the settings name.
    engine = EngineChoice(settings.ocr_engine, settings.tessdata_dir)
    context = OcrContext(settings.forms_dir, engine=engine)
    requests = [ReadRequest(sample, context, plan.day) for sample in waiting]
    pages, cpu, count = 0, 0.0, 0
    started = time.monotonic()
    with WorkerPool(settings.worker_count(), _PRELOAD) as pool:
        for read in _read(pool, requests, started + seconds_max if seconds_max else None):
            _keep(folder, read)
            pages, cpu, count = pages + len(read.pages), cpu + read.cpu_seconds, count + 1
    return ReadCost(count, pages, time.monotonic() - started, cpu, len(waiting) - count)


def kept_dossiers(folder: Path) -> list[Kept]:
    """Return the dossiers of a folder in the order in which they were read."""
    rows, truths = folder / "dossiers.jsonl", folder / "truth.jsonl"
    if not rows.is_file():
        return []
    return [
        Kept(json.loads(row), json.loads(truth))
        for row, truth in zip(_lines(rows), _lines(truths), strict=True)
    ]


def score_folder(
    folder: Path, forms_dir: Path, change: Callable[[PageText], PageText] = lambda page: page
) -> list[ScoredDossier]:
    """Extract every dossier of a folder, its pages changed, and compare it with its truth.

    The folder's registers are asked as a payer's are.

    Raises:
        UsageError: when nothing was read into the folder.
    """
    kept = kept_dossiers(folder)
    if not kept:
        raise UsageError(f"{folder}: no dossiers.jsonl; make one with tasfiya bench ocr --keep")
    day = dt.date.fromisoformat(json.loads((folder / "about.json").read_text("utf-8"))["day"])
    hints = hints_of_folder(folder, [one.row["pages"] for one in kept], forms_dir)
    return [
        score_dossier(
            head_of(one.row["dossier_id"], one.truth, day),
            [(folder / page).read_bytes() for page in one.row["pages"]],
            one.truth,
            forms_dir,
            one.row["part"],
            hints,
            change,
        )
        for one in kept
    ]


def _read(
    pool: WorkerPool, requests: Sequence[ReadRequest], until: float | None
) -> Iterator[SampleRead]:
    """Yield the readings in their order, with a few dossiers ahead of them at work."""
    ahead: deque[Future[SampleRead]] = deque()
    waiting = deque(requests)
    while waiting or ahead:
        while waiting and len(ahead) < _AHEAD * pool.workers and not _is_over(until):
            ahead.append(pool.submit(read_sample, waiting.popleft()))
        if not ahead:
            return
        yield ahead.popleft().result()


def _is_over(until: float | None) -> bool:
    return until is not None and time.monotonic() > until


def _keep(folder: Path, read: SampleRead) -> None:
    sample: Sample = read.sample
    names = []
    for number, page in enumerate(read.pages, start=1):
        name = f"pages/{sample.dossier_id}/{number}.json"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(page)
        names.append(name)
    own = {"dossier_id": sample.dossier_id, "part": sample.part.name}
    _append(folder / "truth.jsonl", {**own, **read.truth})
    seconds = round(read.cpu_seconds, 3)
    row = {**own, "number": sample.number, "pages": names, "cpu_seconds": seconds}
    _append(folder / "dossiers.jsonl", row)


def _append(path: Path, row: Mapping[str, Any]) -> None:
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()
