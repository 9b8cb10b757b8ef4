"""``tasfiya bench envelopes``: what looking for cover sheets costs, and how many are found."""

import datetime as dt
import random
import time
from typing import Annotated

import typer
from PIL import Image

from flows.show_result import AsJson, show
from infra.cover_sheets import draw_sheet
from infra.measure import PeakMemory, commit, machine
from infra.simulation.paper.containers import file_bytes
from infra.simulation.paper.degrade import degrade
from infra.simulation.paper.pen import Pen, blank_page
from models.cover_sheet import CoverSheet, SheetKind
from tasks.intake.decode import decode
from tasks.intake.limits import ReadingContext
from tasks.intake.result import Pages

DAY = dt.date(2026, 11, 20)
PROFILES = ("scan", "compressed", "noisy", "pale", "shaded", "photo", "faxed")
KINDS = ("tiff", "pdf")
#: Pages of the file that is timed; all of one dossier.
PAGES = 12


def envelopes(
    files: Annotated[int, typer.Option(min=1, help="Files for each damage and kind.")] = 8,
    seed: int = 1,
    as_json: AsJson = False,
) -> None:
    """Time a file of plain pages, and find the sheets of damaged scans.

    Two sheets lie in each file between written pages; a page taken for a sheet would be told too.
    """
    # Sampling the memory would be part of the time.
    plain = {kind: _cost(kind, seed) for kind in KINDS}
    with PeakMemory() as memory:
        found = {kind: _found(kind, files, seed) for kind in KINDS}
    show(
        {
            "machine": machine(),
            "commit": commit(),
            "cpu_ms_per_page": plain,
            "sheets": {kind: {"of": 2 * files * len(PROFILES), **found[kind]} for kind in KINDS},
            "peak_bytes": memory.peak_bytes,
        },
        as_json,
    )


def _cost(kind: str, seed: int) -> float:
    """CPU milliseconds a page of a file of several: decoding it and looking at it for a sheet."""
    rng = random.Random(seed)
    images = [degrade(_written(number), "scan", rng) for number in range(PAGES)]
    data, context = file_bytes(images, kind, DAY), ReadingContext()
    decode(file_bytes(images[:1], kind, DAY), context)
    started = time.thread_time()
    decode(data, context)
    return round((time.thread_time() - started) * 1_000 / PAGES, 2)


def _found(kind: str, files: int, seed: int) -> dict[str, int]:
    right = wrong = 0
    for profile in PROFILES:
        for number in range(files):
            rng = random.Random(f"{seed}/{profile}/{number}")
            read = decode(_file(kind, profile, rng), ReadingContext())
            pages = {page for page, _code in read.sheets} if isinstance(read, Pages) else set()
            right += len(pages & {1, 3})
            wrong += len(pages - {1, 3})
    return {"found": right, "false": wrong}


def _file(kind: str, profile: str, rng: random.Random) -> bytes:
    bordereau = CoverSheet(SheetKind.BORDEREAU, "2026-0117", "AG12", 2)
    separator = CoverSheet(SheetKind.SEPARATOR, f"{rng.randrange(10**6):06d}", "AG12")
    pages: list[Image.Image] = [
        draw_sheet(bordereau), _written(1), draw_sheet(separator), _written(2)
    ]  # fmt: skip
    return file_bytes([degrade(page, profile, rng) for page in pages], kind, DAY)


def _written(number: int) -> Image.Image:
    page = blank_page()
    pen = Pen(page)
    for line in range(30):
        text = f"page {number}, ligne {line} : consultation C 1, 80,00 MAD, 02/11/2026"
        pen.text(text, 15, 15 + 8 * line, role="printed", size_pt=11)
    return page
