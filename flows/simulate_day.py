"""``tasfiya simulate``: a synthetic day of dossiers, with its registers and its truth."""

import json
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.show_result import AsJson, Day, day_of, show
from infra.settings import Settings
from infra.simulation.day import simulate
from infra.simulation.paper.dossier import paper_from_electronic
from infra.simulation.paper.envelopes import put_in_envelopes, write_truth
from infra.simulation.paper.faults import plant_faults
from infra.simulation.paper.fse_day import simulate_fse_paper
from infra.simulation.paper.paper_day import simulate_paper

app = typer.Typer(add_completion=False, rich_markup_mode=None)

DRUGS = Path("national") / "ma" / "drugs.csv"
#: One prescription with the QR code of an electronic care sheet for so many paper dossiers.
PAPER_PER_FSE = 20


@app.command()
def run(
    out: Annotated[
        Path, typer.Argument(help="Folder to write; an earlier simulation is replaced.")
    ],
    day: Day = "2026-11-20",
    electronic: Annotated[int, typer.Option(min=0, help="Electronic submissions.")] = 2_000,
    paper: Annotated[int, typer.Option(min=0, help="Paper dossiers.")] = 40,
    seed: Annotated[int, typer.Option(help="The same seed writes the same bytes.")] = 1,
    fault_rate: Annotated[float, typer.Option(min=0, max=1, help="Share of planted cases.")] = 0.12,
    as_json: AsJson = False,
) -> None:
    """Write registers, deltas, the inboxes of the eve and the day, and the truth."""
    settings = Settings()
    summary = write_day(
        settings,
        out,
        day=day,
        electronic=electronic,
        paper=paper,
        seed=seed,
        fault_rate=fault_rate,
    )
    text = f"{summary['submissions']} submissions, {summary['paper']} paper dossiers in {out}"
    show(summary, as_json, text)


def write_day(
    settings: Settings,
    out: Path,
    *,
    day: str,
    electronic: int,
    paper: int,
    seed: int,
    fault_rate: float = 0.12,
) -> dict[str, Any]:
    """Write a simulated day and return what was written, in counts."""
    shutil.rmtree(out, ignore_errors=True)
    date = day_of(day, settings)
    summary = simulate(
        out,
        seed=seed,
        day=date,
        electronic=electronic,
        fault_rate=fault_rate,
        drugs_csv=settings.schemes_dir.parent / DRUGS,
        paper=paper,
    )
    counts: dict[str, Any] = {
        "day": summary.day,
        "eve": summary.eve,
        "after": summary.after,
        "submissions": sum(summary.submissions.values()),
        "faults": summary.faults,
        "paper": 0,
        "envelopes": 0,
    }
    if paper:
        drafts = (out / "paper" / "drafts.jsonl").read_text(encoding="utf-8").splitlines()
        dossiers = plant_faults(
            [
                paper_from_electronic(row["dossier"], row["identity"], truth=row["truth"])
                for row in map(json.loads, drafts)
            ],
            seed=seed,
        )
        rows = simulate_paper(
            out, seed=seed, day=date, dossiers=dossiers, forms_dir=settings.forms_dir
        )
        found = put_in_envelopes(out, rows, seed=seed, day=date.isoformat())
        rows = found.rows
        write_truth(out / "truth" / f"{summary.day}-envelopes.json", found)
        rows += simulate_fse_paper(out, seed=seed, day=date, count=paper // PAPER_PER_FSE)
        truth = out / "truth" / f"{summary.day}-paper.jsonl"
        truth.write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
        )
        counts["paper"] = len(rows)
        counts["envelopes"] = found.envelopes
    return counts
