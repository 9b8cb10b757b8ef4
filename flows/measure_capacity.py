"""``tasfiya bench capacity``: how many cores and people a day of dossiers takes.

CPU seconds and the share of dossiers that need a person are measured on a sample on this machine;
everything else is an option whose default is told with its source in the answer. Seconds do not
travel to other machines: run it where the work will be done.
"""

import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from flows.keep_readings import Plan, keep_readings, kept_dossiers, score_folder
from flows.measure_receipts import receipt_figures
from flows.run_demo import DEMO_DAY
from flows.show_result import AsJson, show
from infra.measure import commit, machine
from infra.settings import ROOT, Settings
from infra.simulation.paper_sample import FAX, HAND, Part
from infra.simulation.paper_scores import ScoredDossier
from models.errors import MachineError, UsageError

_SECONDS_AN_HOUR, _MINUTES_AN_HOUR, _PERCENT = 3_600, 60, 100
#: A small electronic day beside the large one tells what every day costs, however small.
_SMALL_SHARE = 5
#: Where the defaults come from; what is measured says so in the answer.
SOURCES: Mapping[str, str] = {
    "dossiers": "growth scenario; CNSS received 60,600 a day in 2023 (AfDB)",
    "paper": "assumption: most citizens' dossiers are paper",
    "pages": "assumption: a sheet, a prescription, a bill",
    "hand": "assumption: half of the paper looks written by hand",
    "receipts": "assumption: none; give a share with --receipts-folder",
    "hours": "assumption: an office day and the evening after it",
    "headroom": "twice what the mean takes, for peaks and repeats",
    "findings": "assumption: the best payers decide 90 to 95 % without a person",
    "minutes_typed": "assumption: a few doubtful fields, looked at one by one",
    "minutes_hand": "assumption: a sheet typed from its picture",
    "minutes_finding": "assumption: a missing document, a right to be checked",
    "hours_a_person": "assumption: seven hours at the desk",
}


@dataclass(frozen=True, slots=True)
class DayMix:
    """A day: dossiers, shares in percent of dossiers (``hand``: of paper), pages, hours of running.

    ``receipts`` is the share in percent of the pages beside the sheet that are till receipts.
    """

    dossiers: int
    paper: float
    pages: float
    hand: float
    receipts: float
    hours: float
    headroom: float


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU seconds: of an electronic dossier, a page of a known form, a free page, a receipt.

    ``typed_person`` and ``hand_person`` are the shares of paper dossiers with a field in doubt.
    """

    electronic: float
    form_page: float
    free_page: float
    receipt: float
    typed_person: float
    hand_person: float


@dataclass(frozen=True, slots=True)
class Effort:
    """What people need: minutes a dossier, the share in percent with findings, hours a day."""

    findings: float
    minutes_typed: float
    minutes_hand: float
    minutes_finding: float
    hours_a_person: float


def capacity(
    dossiers: Annotated[int, typer.Option(min=1, help="Dossiers a day.")] = 110_000,
    paper: Annotated[float, typer.Option(min=0, max=100, help="Percent on paper.")] = 80,
    pages: Annotated[float, typer.Option(min=1, help="Pages of a paper dossier.")] = 3,
    hand: Annotated[float, typer.Option(min=0, max=100, help="Percent of paper by hand.")] = 50,
    receipts: Annotated[float, typer.Option(min=0, max=100, help="Percent of other pages.")] = 0,
    hours: Annotated[float, typer.Option(min=0.1, max=24, help="Hours of running a day.")] = 10,
    headroom: Annotated[float, typer.Option(min=1, help="Times the mean need.")] = 2,
    findings: Annotated[float, typer.Option(min=0, max=100, help="Percent with findings.")] = 10,
    minutes_typed: Annotated[float, typer.Option(min=0, help="A person's, typed sheet.")] = 1.5,
    minutes_hand: Annotated[float, typer.Option(min=0, help="A person's, hand-like sheet.")] = 4,
    minutes_finding: Annotated[float, typer.Option(min=0, help="A person's, a finding.")] = 3,
    hours_a_person: Annotated[float, typer.Option(min=0.1, help="At the desk, a day.")] = 7,
    sample: Annotated[int, typer.Option(min=2, help="Dossiers read of each kind.")] = 12,
    electronic: Annotated[int, typer.Option(min=1_000, help="Electronic sample.")] = 5_000,
    seed: Annotated[int, typer.Option(help="Of the samples.")] = 1,
    from_: Annotated[
        Path | None, typer.Option("--from", help="Kept readings (bench ocr --keep).", exists=True)
    ] = None,
    receipts_folder: Annotated[
        Path | None, typer.Option(help="Real receipts to be measured.", exists=True)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Turn a day's mix and measured costs into cores and people.

    Raises:
        UsageError: when a share of receipts is given without receipts to measure.
    """
    if receipts and not receipts_folder:
        raise UsageError("a share of receipts needs --receipts-folder, to measure what one costs")
    mix = DayMix(dossiers, paper, pages, hand, receipts, hours, headroom)
    effort = Effort(findings, minutes_typed, minutes_hand, minutes_finding, hours_a_person)
    settings = Settings()
    with tempfile.TemporaryDirectory(prefix="tasfiya-bench-") as spare:
        folder = from_ or _read_sample(settings, Path(spare), sample, seed)
        costs = measured_costs(
            folder,
            settings.forms_dir,
            electronic=_electronic_seconds(electronic, seed) if paper < _PERCENT else 0.0,
            receipt=_receipt_seconds(receipts_folder, sample, settings.forms_dir),
        )
        count = len(kept_dossiers(folder))
    answer = {
        "machine": machine(),
        "commit": commit(),
        "measured": {**_rounded(asdict(costs)), "paper_sample": count},
        "assumed": {
            name: {"value": value, "source": SOURCES[name]}
            for name, value in {**asdict(mix), **asdict(effort)}.items()
        },
        **needed(mix, costs, effort),
    }
    show(answer, as_json)


def needed(mix: DayMix, costs: Costs, effort: Effort) -> dict[str, Any]:
    """Return the CPU hours, cores and people of a day, by what they are needed for."""
    paper = mix.dossiers * mix.paper / _PERCENT
    others = paper * (mix.pages - 1)
    by_hand = paper * mix.hand / _PERCENT
    seconds = {
        "electronic": (mix.dossiers - paper) * costs.electronic,
        "form_pages": paper * costs.form_page,
        "free_pages": others * (1 - mix.receipts / _PERCENT) * costs.free_page,
        "receipts": others * mix.receipts / _PERCENT * costs.receipt,
    }
    typed_doubt = (paper - by_hand) * costs.typed_person
    hand_doubt = by_hand * costs.hand_person
    found = mix.dossiers * effort.findings / _PERCENT
    minutes = {
        "typed": typed_doubt * effort.minutes_typed,
        "hand": hand_doubt * effort.minutes_hand,
        "findings": found * effort.minutes_finding,
    }
    total = sum(seconds.values())
    return {
        "cpu_hours": {name: round(value / _SECONDS_AN_HOUR, 2) for name, value in seconds.items()},
        "cores": round(mix.headroom * total / (mix.hours * _SECONDS_AN_HOUR), 1),
        "cores_without_headroom": round(total / (mix.hours * _SECONDS_AN_HOUR), 1),
        "dossiers_for_people": {
            "typed": round(typed_doubt),
            "hand": round(hand_doubt),
            "findings": round(found),
        },
        "person_hours": {
            name: round(value / _MINUTES_AN_HOUR, 1) for name, value in minutes.items()
        },
        "people": round(sum(minutes.values()) / (effort.hours_a_person * _MINUTES_AN_HOUR), 1),
    }


def measured_costs(folder: Path, forms_dir: Path, *, electronic: float, receipt: float) -> Costs:
    """Return what the kept readings of a folder cost; pages are told apart by least squares."""
    kept = kept_dossiers(folder)
    counts = [_page_counts(folder, one.row["pages"]) for one in kept]
    form, free = page_costs(counts, [one.row["cpu_seconds"] for one in kept])
    scored = score_folder(folder, forms_dir)
    return Costs(
        electronic=electronic,
        form_page=form,
        free_page=free,
        receipt=receipt,
        typed_person=person_share([one for one in scored if one.part not in (HAND, FAX)]),
        hand_person=person_share([one for one in scored if one.part == HAND]),
    )


def page_costs(counts: Sequence[tuple[int, int]], seconds: Sequence[float]) -> tuple[float, float]:
    """Return the CPU seconds of a form page and of a free page that explain the dossiers' best."""
    found, *_ = np.linalg.lstsq(np.array(counts, float), np.array(seconds, float), rcond=None)
    return max(0.0, float(found[0])), max(0.0, float(found[1]))


def person_share(scored: Sequence[ScoredDossier]) -> float:
    """Return the share of dossiers that a person has to look at; all where nothing was measured."""
    return sum(one.needs_person for one in scored) / len(scored) if scored else 1.0


def _page_counts(folder: Path, pages: Sequence[str]) -> tuple[int, int]:
    forms = sum(
        bool(json.loads((folder / page).read_text(encoding="utf-8"))["form_id"]) for page in pages
    )
    return forms, len(pages) - forms


def _read_sample(settings: Settings, folder: Path, sample: int, seed: int) -> Path:
    parts = (
        Part("standard", sample, "standard", "unseen", "unseen"),
        Part(HAND, sample, "office", "hand", "unseen"),
    )
    keep_readings(
        folder,
        Plan(seed, dt.date.fromisoformat(DEMO_DAY), parts),
        settings=settings,
    )
    return folder


def _receipt_seconds(folder: Path | None, count: int, forms_dir: Path) -> float:
    if folder is None:
        return 0.0
    return float(receipt_figures(folder, count, forms_dir)["cpu_seconds_per_page"])


def _electronic_seconds(count: int, seed: int) -> float:
    """CPU seconds of one more electronic dossier of a day, PostgreSQL and Prefect included."""
    small = count // _SMALL_SHARE
    return max(0.0, (_day_seconds(count, seed) - _day_seconds(small, seed)) / (count - small))


def _day_seconds(count: int, seed: int) -> float:
    command = ("-m", "flows.cli", "bench", "day", "--dossiers", str(count), "--seed", str(seed))
    before = _children_seconds()
    try:
        subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, check=True)
    except subprocess.CalledProcessError as error:
        raise MachineError(f"tasfiya bench day --dossiers {count} failed; run it alone") from error
    return _children_seconds() - before


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}
