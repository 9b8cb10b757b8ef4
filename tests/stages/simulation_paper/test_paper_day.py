import datetime as dt
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from infra.simulation.paper.dossier import PaperDossier, PaperFault
from infra.simulation.paper.faults import with_fault
from infra.simulation.paper.paper_day import simulate_paper
from tests.stages.simulation_paper.papers import (
    FORMS_DIR,
    TRUTH,
    a_laboratory_paper,
    a_paper,
    a_pharmacy_paper,
)

DAY = dt.date(2026, 11, 20)


def simulate(out: Path, *papers: PaperDossier, seed: int = 7) -> list[dict[str, Any]]:
    """A day of these dossiers."""
    return simulate_paper(out, seed=seed, day=DAY, dossiers=papers, forms_dir=FORMS_DIR)


def files_of(out: Path) -> dict[str, bytes]:
    """The files of the day by name."""
    inbox = out / "inbox" / DAY.isoformat()
    return {path.name: path.read_bytes() for path in sorted(inbox.iterdir())}


def test_a_seed_gives_the_same_bytes_and_truth(tmp_path: Path) -> None:
    papers = (a_pharmacy_paper(), a_laboratory_paper().changed(public_number="AMO-2026-00000002"))
    first, second = (simulate(tmp_path / run, *papers) for run in ("a", "b"))
    assert first == second
    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")


def test_another_seed_gives_other_bytes(tmp_path: Path) -> None:
    first = simulate(tmp_path / "a", a_paper(), seed=7)
    assert first[0]["sha256"] != simulate(tmp_path / "b", a_paper(), seed=8)[0]["sha256"]


def test_each_dossier_is_one_file_named_by_its_number_and_hashed(tmp_path: Path) -> None:
    rows = simulate(tmp_path, a_paper())
    files = files_of(tmp_path)
    assert [row["file"] for row in rows] == list(files)
    assert Path(rows[0]["file"]).stem == "AMO-2026-00000001"
    assert rows[0]["sha256"] == hashlib.sha256(files[rows[0]["file"]]).hexdigest()


def test_the_caller_s_truth_passes_through(tmp_path: Path) -> None:
    row = simulate(tmp_path, a_paper())[0]
    assert {key: row[key] for key in TRUTH} == TRUTH
    assert row["channel"] == "paper"


def test_the_truth_says_what_was_written(tmp_path: Path) -> None:
    row = simulate(tmp_path, a_pharmacy_paper())[0]
    assert row["pages"] == ["care_sheet", "prescription", "pharmacy_invoice"]
    assert row["form"]["zones"]["total"] == "58,30"
    assert row["expected_fields"]["total_minor"] == 5_830
    assert sum(line["amount_minor"] for line in row["expected_lines"]) == 5_830


def test_the_same_pages_come_again_under_another_number(tmp_path: Path) -> None:
    rows = simulate(tmp_path, with_fault(a_paper(), PaperFault.RESUBMITTED))
    pixels = []
    for data in files_of(tmp_path).values():
        with Image.open(io.BytesIO(data)) as picture:
            pixels.append(picture.convert("L").tobytes())
    assert [row["codes"] for row in rows] == [[], ["F04"]]
    assert rows[0]["public_number"] != rows[1]["public_number"]
    # Intake orders the files of one day by their hash: the later one is the one to be refused.
    assert rows[0]["sha256"] < rows[1]["sha256"]
    assert pixels[0] == pixels[1]


@pytest.mark.parametrize("fault", [PaperFault.UNREADABLE, PaperFault.UNKNOWN_FORM])
def test_nothing_is_expected_of_fields_that_cannot_be_read(
    tmp_path: Path, fault: PaperFault
) -> None:
    row = simulate(tmp_path, with_fault(a_paper(), fault))[0]
    assert row["expected_fields"] is None
    assert row["expected_lines"] is None


def test_an_unreadable_dossier_is_blank_or_ruined(tmp_path: Path) -> None:
    paper = with_fault(a_pharmacy_paper(), PaperFault.UNREADABLE)
    numbered = [paper.changed(public_number=f"AMO-2026-0000000{n}") for n in range(6)]
    rows = simulate(tmp_path, *numbered)
    found = {(tuple(row["pages"]), row["degradation"] == "ruined") for row in rows}
    assert found == {
        (("care_sheet", "prescription", "pharmacy_invoice"), True),
        (("empty", "empty", "empty"), False),
    }
