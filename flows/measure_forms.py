"""``tasfiya bench forms``: how fast form pages are read, against tesseract on the whole page.

All ways read the same rendered and degraded pages in one run, so that their ratios travel to other
machines. What the pages say is our simulator's; no figure of accuracy here is one of real paper.
"""

import datetime as dt
import functools
import io
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer
from PIL import Image

from flows.run_demo import DEMO_DAY
from flows.show_result import AsJson, show
from flows.simulate_day import DRUGS
from infra.measure import commit, machine
from infra.pool import WorkerPool
from infra.settings import Settings
from infra.simulation.day import simulate
from infra.simulation.paper.degrade import DEFAULT_MIX, degrade, pick_profile
from infra.simulation.paper.dossier import paper_from_electronic
from infra.simulation.paper.forms import form_path
from infra.simulation.paper.pages import look_of, render_pages
from models.errors import UsageError
from models.reading import PageText, Token
from tasks.ocr.document import ReadingCost, cpu_seconds, read_measured
from tasks.ocr.engines.choice import EngineChoice, first_engine
from tasks.ocr.engines.rapid import RapidEngine
from tasks.ocr.engines.tesseract import TesseractEngine
from tasks.ocr.form import Form, FormZone, read_forms
from tasks.ocr.raster import DPI, RasterPage
from tasks.ocr.reader import keep_to_one_thread, read_page
from tasks.ocr.sparing import Sparing
from tasks.ocr.zones import Readers
from tasks.reading_policy import shipped_sparing

#: Preloaded in the pool's children, as for a lot.
_PRELOAD = ("tasks.ocr.document",)
#: Rounds of the pages through the pool.
_POOL_ROUNDS = 2

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SpareAll(Sparing):
    """Spares the second reader everywhere: what the first one alone costs."""

    def spared(
        self,
        zones: Sequence[FormZone],
        first: Mapping[str, Token],
        band: str,
        codes: frozenset[str] = frozenset(),
    ) -> frozenset[str]:
        """Return the names of all zones."""
        return frozenset(zone.name for zone in zones)


def forms(
    pages: Annotated[int, typer.Option(min=2, help="Form pages to render and read.")] = 24,
    seed: int = 1,
    as_json: AsJson = False,
) -> None:
    """Read form pages in four ways and through the pool: pages per CPU second, ratios, memory."""
    settings = Settings()
    keep_to_one_thread()  # as the processes that read lots
    images = list(rendered(settings, pages, seed))
    known = read_forms(settings.forms_dir)
    choice = EngineChoice(settings.ocr_engine, settings.tessdata_dir)
    first, second = first_engine(choice), RapidEngine()
    ways = {
        "first_reader_alone": Readers(first, second, SpareAll()),
        "second_reader_everywhere": Readers(first, second),
        "second_reader_where_needed": Readers(first, second, shipped_sparing()),
    }
    program = TesseractEngine()
    raw = _measured(
        images,
        lambda image: program.read(image, language="fra", kind="page", charset="", dpi=DPI),
    )
    rows: dict[str, dict[str, Any]] = {"raw_pytesseract": {"cpu_seconds_per_page": raw}}
    for name, readers in ways.items():
        texts: list[PageText] = []
        _read(images[0], known, readers)  # loads models and the forms' points
        cost = _measured(images, functools.partial(_keep, texts, known, readers))
        rows[name] = {
            "cpu_seconds_per_page": cost,
            "times_raw": round(raw / cost, 2),
            "zones_read": sum(bool(zone.readings) for page in texts for zone in page.zones),
            "zones_read_twice": sum(len(z.readings) > 1 for page in texts for z in page.zones),
            "not_recognised": sum(not page.form_id for page in texts),
        }
    show(
        {
            "machine": machine(),
            "commit": commit(),
            "pages": len(images),
            "engine": first.name,
            "ways": rows,
            "pool": through_pool(images, settings, choice),
        },
        as_json,
    )


def rendered(settings: Settings, count: int, seed: int) -> Iterator[Grey]:
    """Yield care sheets as an office scanner leaves them, the same for the same seed.

    Raises:
        UsageError: when the simulator drafts fewer sheets.
    """
    with tempfile.TemporaryDirectory(prefix="tasfiya-bench-") as folder:
        simulate(
            Path(folder), seed=seed, day=dt.date.fromisoformat(DEMO_DAY),
            electronic=max(200, 3 * count), eve_share=0.0,
            drugs_csv=settings.schemes_dir.parent / DRUGS, paper=count,
        )  # fmt: skip
        lines = (Path(folder) / "paper" / "drafts.jsonl").read_text(encoding="utf-8").splitlines()
    if len(lines) < count:
        raise UsageError(f"the simulator drafted {len(lines)} sheets of {count}")
    for number, line in enumerate(lines):
        draft = json.loads(line)
        paper = paper_from_electronic(draft["dossier"], draft["identity"], truth=draft["truth"])
        rng = random.Random(f"{seed}/{number}")
        path = form_path(paper, settings.forms_dir)
        sheet = render_pages(paper, path, look_of(paper, seed=seed))[0].image
        page = degrade(sheet, pick_profile(rng, DEFAULT_MIX), rng)
        yield np.asarray(page, dtype=np.uint8)


def through_pool(
    images: Sequence[Grey], settings: Settings, choice: EngineChoice
) -> dict[str, Any]:
    """Read the pages by the pool's children, both readers everywhere: CPU busy, peak memory."""
    requests = [(_png(image), settings.forms_dir, choice) for image in images]
    with WorkerPool(settings.worker_count(), _PRELOAD) as pool:
        pool.map(read_measured, requests[: 2 * pool.workers])  # loads models
        started = time.monotonic()
        costs: list[ReadingCost] = pool.map(read_measured, requests * _POOL_ROUNDS)
        seconds = time.monotonic() - started
        workers = pool.workers
    used = sum(cost.cpu_seconds for cost in costs)
    return {
        "workers": workers,
        "pages_per_second": round(sum(cost.page_count for cost in costs) / seconds, 2),
        "cpu_busy_share": round(used / seconds / workers, 3),
        "peak_mb_per_worker": max(cost.peak_bytes for cost in costs) // 1_000_000,
    }


def _read(image: Grey, known: Sequence[Form], readers: Readers) -> PageText:
    return read_page(RasterPage(image, DPI, ""), known, readers).text


def _keep(texts: list[PageText], known: Sequence[Form], readers: Readers, image: Grey) -> None:
    texts.append(_read(image, known, readers))


def _measured(images: Sequence[Grey], read: Callable[[Grey], object]) -> float:
    """CPU seconds a page, with those of the programs it starts."""
    before = cpu_seconds()
    for image in images:
        read(image)
    return round((cpu_seconds() - before) / len(images), 3)


def _png(image: Grey) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, format="PNG", dpi=(DPI, DPI), compress_level=1)
    return out.getvalue()
