"""``tasfiya bench ocr``: how well paper is read, on simulated dossiers and on real receipts.

Simulated dossiers are put on paper, damaged, read by both engines in one process for each core,
extracted, and compared with what was written. ``--keep FOLDER`` keeps the readings, ``--from
FOLDER`` measures extraction on kept readings again; the folder's form is told in
``flows/keep_readings.py``. The figures count fields before any person looks at them.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.keep_readings import Plan, ReadCost, keep_readings, kept_dossiers, score_folder
from flows.measure_receipts import receipt_figures
from flows.run_demo import DEMO_DAY
from flows.show_result import AsJson, day_of, show
from infra.measure import PeakMemory, commit, machine
from infra.settings import Settings
from infra.simulation.paper.degrade import DEFAULT_MIX
from infra.simulation.paper_sample import FAX, HAND, parts_of
from infra.simulation.paper_scores import ScoredDossier, figures, summary
from models.errors import UsageError
from models.reading import PageText
from tasks.extraction.pages import page_of_json
from tasks.ocr.agreement import pairs_of
from tasks.ocr.sparing import Sparing
from tasks.reading_policy import shipped_sparing, spared_afterwards

#: Enough for 3,000 amounts: so many without an error bound the share of errors below 0.1 %.
_DOSSIERS = 500
#: One hand-like dossier and one fax are read apart for each so many typed ones.
_APART_SHARE = 5
_SECONDS_A_MINUTE = 60


def ocr(
    dossiers: Annotated[
        int | None,
        typer.Option(min=0, help="Typed dossiers of each mix; 500, with --receipts none."),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed makes the same dossiers.")] = 1,
    mix: Annotated[
        list[str] | None, typer.Option(help="Damages of typed pages; may be given again.")
    ] = None,
    hand: Annotated[int, typer.Option(min=-1, help="Hand-like dossiers; -1: a fifth.")] = -1,
    fax: Annotated[int, typer.Option(min=-1, help="Faxed dossiers; -1: a fifth.")] = -1,
    typefaces: Annotated[
        str, typer.Option(help="Of typed pages: typed (tuned on) or unseen.")
    ] = "unseen",
    receipts: Annotated[
        Path | None, typer.Option(help="Real receipts: img/*.jpg and key/*.json.", exists=True)
    ] = None,
    first: Annotated[int, typer.Option(min=0, help="Only so many receipts; 0 for all.")] = 0,
    keep: Annotated[Path | None, typer.Option(help="Keep the readings in this folder.")] = None,
    from_: Annotated[
        Path | None, typer.Option("--from", help="Measure kept readings again.", exists=True)
    ] = None,
    minutes: Annotated[
        float, typer.Option(min=0, help="Stop reading after so long; call again to go on.")
    ] = 0,
    spare: Annotated[
        bool, typer.Option("--spare", help="As if the second engine had been spared where it may.")
    ] = False,
    wrong: Annotated[int, typer.Option(min=0, help="List so many wrong fields.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Measure how paper is read: fields right, accepted wrongly, stated chances, dossiers alone."""
    settings = Settings()
    answer: dict[str, Any] = {"machine": machine(), "commit": commit()}
    if spare and not from_:
        raise UsageError("--spare is for readings kept with both engines; name them with --from")
    if from_:
        answer |= paper_figures(
            from_, settings.forms_dir, wrong, shipped_sparing() if spare else None
        )
    elif dossiers is not None or keep or not receipts:
        count = _DOSSIERS if dossiers is None else dossiers
        hand, fax = (count // _APART_SHARE if one < 0 else one for one in (hand, fax))
        parts = parts_of(mix or [DEFAULT_MIX], count, hand=hand, fax=fax, group=typefaces)
        plan = Plan(seed, day_of(DEMO_DAY, settings), parts)
        answer |= _read_and_measure(settings, plan, keep, minutes, wrong)
    if receipts:
        answer["receipts"] = receipt_figures(receipts, first, settings.forms_dir)
    show(answer, as_json)


def _read_and_measure(
    settings: Settings, plan: Plan, keep: Path | None, minutes: float, wrong: int
) -> dict[str, Any]:
    if not plan.parts:
        raise UsageError("nothing to read; give --dossiers, --hand or --fax")
    with tempfile.TemporaryDirectory(prefix="tasfiya-bench-") as spare:
        folder = keep or Path(spare)
        with PeakMemory() as memory:
            cost = keep_readings(
                folder,
                plan,
                settings=settings,
                seconds_max=minutes * _SECONDS_A_MINUTE,
            )
        return {
            "plan": plan.as_json(),
            "reading": {
                **_cost(cost, settings.worker_count()),
                "peak_rss_mb": memory.peak_mb,
            },
            **paper_figures(folder, settings.forms_dir, wrong),
        }


def _cost(cost: ReadCost, workers: int) -> dict[str, Any]:
    return {
        "dossiers": cost.dossiers,
        "pages": cost.pages,
        "left": cost.left,
        "workers": workers,
        "seconds": round(cost.seconds, 1),
        "cpu_seconds": round(cost.cpu_seconds, 1),
        "cpu_seconds_per_page": round(cost.cpu_seconds / max(1, cost.pages), 3),
    }


def paper_figures(
    folder: Path, forms_dir: Path, wrong: int = 0, sparing: Sparing | None = None
) -> dict[str, Any]:
    """Return all figures of the dossiers of a folder, each part apart, and of a mixed day.

    ``wrong`` lists so many fields that were read wrong; the people are synthetic. With ``sparing``
    they are those of the same dossiers with the second engine spared where it may be.
    """
    change = spared_afterwards(forms_dir, sparing or Sparing())
    scored = score_folder(folder, forms_dir, change)
    names = list(dict.fromkeys(one.part for one in scored))
    parts = {name: [one for one in scored if one.part == name] for name in names}
    answer: dict[str, Any] = {
        "parts": {name: figures(own) for name, own in parts.items()},
        "cpu_seconds": {name: _cpu(folder, name) for name in names},
    }
    typed = next((own for name, own in parts.items() if name not in (HAND, FAX)), [])
    if typed and parts.get(HAND):
        answer["mixed_day"] = mixed_day(typed, parts[HAND])
    if sparing is not None:
        answer["sparing"] = {name: _spared(folder, name, change) for name in names}
    if wrong:
        answer["wrong"] = _wrong(scored)[:wrong]
    return answer


def mixed_day(typed: Sequence[ScoredDossier], by_hand: Sequence[ScoredDossier]) -> dict[str, Any]:
    """Return the figures of a day of which one half looks written by hand."""
    count = min(len(typed), len(by_hand))
    return {
        "typed": count,
        "hand": count,
        **summary([*typed[:count], *by_hand[:count]]),
    }


def _cpu(folder: Path, part: str) -> dict[str, float]:
    own = [kept.row for kept in kept_dossiers(folder) if kept.row["part"] == part]
    seconds = sum(row["cpu_seconds"] for row in own)
    pages = sum(len(row["pages"]) for row in own)
    return {
        "pages_per_dossier": round(pages / max(1, len(own)), 2),
        "per_dossier": round(seconds / max(1, len(own)), 3),
        "per_page": round(seconds / max(1, pages), 3),
    }


def _spared(folder: Path, part: str, change: Callable[[PageText], PageText]) -> dict[str, Any]:
    """Sheets of a form and their zones read by both engines, and how many one would have read."""
    own = [kept.row for kept in kept_dossiers(folder) if kept.row["part"] == part]
    read = [page_of_json((folder / name).read_bytes()) for row in own for name in row["pages"]]
    sheets = [page for page in read if page.form_id]
    before = [len(pairs_of(page.zones)) for page in sheets]
    after = [len(pairs_of(change(page).zones)) for page in sheets]
    return {
        "sheets": len(sheets),
        "sheets_spared": sum(one < other for one, other in zip(after, before, strict=True)),
        "zones": sum(before),
        "zones_spared": sum(before) - sum(after),
        "zones_spared_share": round(1 - sum(after) / max(1, sum(before)), 4),
    }


def _wrong(scored: Sequence[ScoredDossier]) -> list[dict[str, Any]]:
    """What was read wrong, accepted first, then what a person would have to look at in vain."""
    rows = [
        {
            "dossier": dossier.dossier_id,
            "part": dossier.part,
            "profile": dossier.profile,
            "typeface": dossier.typeface,
            "field": one.field,
            "is_right": one.is_right,
            "is_accepted": one.is_accepted,
            "chance": one.chance,
            "source": one.source,
            "expected": one.expected,
            "found": one.found,
            "readings": list(one.readings),
        }
        for dossier in scored
        for one in dossier.fields
        if not one.is_right or not one.is_accepted
    ]
    return sorted(rows, key=lambda row: (row["is_right"], not row["is_accepted"]))
