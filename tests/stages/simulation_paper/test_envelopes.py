"""The simulated day's envelopes: what lies in them, and that the truth says so."""

import hashlib
from pathlib import Path
from typing import Any

from infra.simulation.paper.dossier import PaperDossier
from infra.simulation.paper.envelopes import Envelopes, put_in_envelopes
from infra.simulation.paper.paper_day import simulate_paper
from models.cover_sheet import read_code
from tasks.intake.decode import decode
from tasks.intake.envelope import divide
from tasks.intake.limits import ReadingContext
from tasks.intake.result import Pages
from tests.stages.simulation_paper.papers import FORMS_DIR, a_laboratory_paper, a_paper
from tests.stages.simulation_paper.test_paper_day import DAY


def a_day(out: Path) -> tuple[list[dict[str, Any]], Envelopes]:
    papers: list[PaperDossier] = [
        (a_laboratory_paper() if number % 4 == 0 else a_paper()).changed(
            public_number=f"AMO-2026-{number:08d}"
        )
        for number in range(1, 15)
    ]
    rows = simulate_paper(out, seed=7, day=DAY, dossiers=papers, forms_dir=FORMS_DIR)
    return rows, put_in_envelopes(out, rows, seed=7, day=DAY.isoformat())


def parts_of(path: Path) -> list[Pages]:
    read = decode(path.read_bytes(), ReadingContext())
    assert isinstance(read, Pages)
    return [pages for _part, pages in divide(read) if isinstance(pages, Pages)]


def test_every_dossier_lies_where_its_truth_says(tmp_path: Path) -> None:
    before, found = a_day(tmp_path)
    assert (found.envelopes, found.differing) == (2, 1)
    inbox = tmp_path / "inbox" / DAY.isoformat()
    assert [row["public_number"] for row in found.rows] == [row["public_number"] for row in before]
    assert {row["file"] for row in found.rows} == {path.name for path in inbox.iterdir()}
    for row in found.rows:
        data = (inbox / row["file"]).read_bytes()
        assert row["sha256"] == hashlib.sha256(data).hexdigest()
        pages = parts_of(inbox / row["file"])[row["part"] - 1]
        assert pages.last - pages.first_page + 1 == len(row["pages"])


def test_the_bordereaux_state_what_was_planted(tmp_path: Path) -> None:
    a_day(tmp_path)
    stated = []
    for path in sorted((tmp_path / "inbox" / DAY.isoformat()).glob("ENV-*")):
        parts = parts_of(path)
        (bordereau,) = {pages.origin.bordereau for pages in parts}
        assert bordereau is not None
        stated.append((bordereau.stated, len(parts)))
    assert stated == [(3, 3), (3, 2)]


def test_the_late_piece_names_its_dossier(tmp_path: Path) -> None:
    _before, found = a_day(tmp_path)
    assert found.late_pieces == 1
    (path,) = (tmp_path / "late" / DAY.isoformat()).iterdir()
    read = decode(path.read_bytes(), ReadingContext())
    assert isinstance(read, Pages)
    ((_page, code),) = read.sheets
    sheet = read_code(code)
    assert sheet is not None
    assert sheet.number.startswith("AMO-P-")
