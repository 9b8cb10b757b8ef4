"""Envelopes through the whole way: divided, completed by a late piece, split at the desk."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from flows.explain_dossier import explain, render
from infra.database import shared_database
from infra.settings import ROOT
from infra.simulation.day import simulate
from infra.simulation.paper.degrade import degrade
from infra.simulation.paper.dossier import PaperDossier, paper_from_electronic
from infra.simulation.paper.pages import look_of, render_pages
from infra.stores.balance import day_balance
from infra.stores.envelopes import list_bordereaux
from infra.stores.page_moves import Mover, move_pages
from models.cover_sheet import CoverSheet, SheetKind
from models.records.all_tables import table
from tasks.doors import Doors
from tasks.review.piles import lay
from tests.flows.world import DAY, load_folder, open_world, process, receive, rows
from tests.stages.intake.envelope_scans import addition, scanned, with_code

pytestmark = pytest.mark.tesseract

DRUGS = ROOT / "tasks" / "pricing" / "national" / "ma" / "drugs.csv"
BROKEN = "TASFIYA1:SEP:AG01:0001:0"
SEPARATOR = CoverSheet(SheetKind.SEPARATOR, "0001", "AG01")


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small day: its registers, and drafts of what lies on paper."""
    folder = tmp_path_factory.mktemp("simulated")
    simulate(folder, seed=3, day=DAY, electronic=20, drugs_csv=DRUGS, paper=4)
    return folder


@pytest.fixture(scope="module")
def papers(day: Path) -> list[PaperDossier]:
    text = (day / "paper" / "drafts.jsonl").read_text(encoding="utf-8")
    drafts = [json.loads(line) for line in text.splitlines()]
    return [
        paper_from_electronic(row["dossier"], row["identity"], truth=row["truth"]) for row in drafts
    ]


@pytest.fixture
def payer(day: Path, tmp_path: Path) -> Iterator[Doors]:
    url = f"sqlite:///{tmp_path / 'tasfiya.db'}"
    doors = open_world(tmp_path, url)
    load_folder(doors, day / "registers")
    yield doors
    doors.database.close()
    shared_database(url).close()


def drawn(doors: Doors, paper: PaperDossier) -> dict[str, Image.Image]:
    """The pages of a dossier by kind, as an office scanner leaves them."""
    template = doors.settings.forms_dir / "cnss_610_1_02" / "template.yaml"
    rng = random.Random(1)
    return {
        page.kind: degrade(page.image, "clean", rng)
        for page in render_pages(paper, template, look_of(paper, seed=3))
    }


def send(doors: Doors, tmp_path: Path, name: str, *pages: Any) -> None:
    path = tmp_path / name
    path.write_bytes(scanned(*pages, profile="clean"))
    receive(doors, path, DAY)
    process(doors, DAY)


def codes(doors: Doors, dossier_id: str, version: int) -> set[str]:
    found = rows(doors.database, "finding", dossier_id=dossier_id, version=version)
    return {row.code for row in found}


def by_order(doors: Doors) -> list[Any]:
    return sorted(rows(doors.database, "dossier"), key=lambda row: row.order_key)


def test_an_envelope_is_divided_and_a_late_piece_completes_its_dossier(
    payer: Doors, papers: list[PaperDossier], tmp_path: Path
) -> None:
    consultation, pharmacy = drawn(payer, papers[0]), drawn(payer, papers[1])
    bordereau = CoverSheet(SheetKind.BORDEREAU, "2026-0117", "AG01", 3)
    send(
        payer, tmp_path, "envelope.tiff", bordereau, consultation["care_sheet"], SEPARATOR,
        pharmacy["care_sheet"], pharmacy["pharmacy_invoice"],
    )  # fmt: skip
    first, second = by_order(payer)
    assert (first.status, codes(payer, first.dossier_id, 1)) == ("approved", {"BORDEREAU_ECART"})
    assert second.status == "returned"
    assert {"NOMBRE_PIECES", "PIECE_MANQUANTE"} <= codes(payer, second.dossier_id, 1)
    send(payer, tmp_path, "late.tiff", addition(second.public_number), pharmacy["prescription"])
    first, second = by_order(payer)
    assert (second.status, second.version) == ("approved", 2)
    assert codes(payer, second.dossier_id, 2) == set()
    (priced,) = rows(payer.database, "priced_dossier", dossier_id=second.dossier_id, version=2)
    assert priced.due_minor == papers[1].truth["priced_minor"]
    (state,) = list_bordereaux(payer.database, only_open=True)
    assert (state.stated_count, state.counted) == (3, 2)
    balance = day_balance(payer.database, DAY)
    assert balance.is_balanced
    assert balance.received.dossier_count == 2
    told = explain(payer.database, payer.storage, payer.settings, second.public_number, "en")[
        "dossiers"
    ][0]
    assert [one["pages"] for one in told["paper"]] == [[4, 5], [2, 2]]
    assert [page["file_page"] for page in told["contents"][-1]["pages"]] == [4, 5, 2]
    text = render({"dossiers": [told], "dossier_count": 1}, "en")
    assert "2026-0117 · states 3, came 2" in text


def test_two_dossiers_in_one_are_split_at_the_desk_and_both_are_read(
    payer: Doors, papers: list[PaperDossier], tmp_path: Path
) -> None:
    sheets = [drawn(payer, papers[number])["care_sheet"] for number in (0, 2)]
    send(payer, tmp_path, "two.tiff", sheets[0], with_code(BROKEN), sheets[1])
    (dossier,) = by_order(payer)
    assert dossier.status == "in_review"
    assert "SEPARATEUR_ILLISIBLE" in codes(payer, dossier.dossier_id, 1)
    (task,) = rows(payer.database, "review_task", dossier_id=dossier.dossier_id)
    key = dossier.dossier_id

    def at_the_sheet(tables: Any) -> Any:
        piles = lay(tables[0].pages, (), [f"{key}.1"], [f"{key}.3", f"{key}.2"])
        return piles.first, piles.second

    mover = Mover("amina", DAY, "2026-11-20T10:00:00.000000Z")
    moved = move_pages(payer.database, task.task_id, "", at_the_sheet, mover)
    process(payer, DAY)
    statuses = {row.dossier_id: row.status for row in by_order(payer)}
    assert statuses[key] == "approved"
    assert set(statuses) == {key, moved.other_id}
    content = table("extracted_dossier")
    with payer.database.reading() as connection:
        read = connection.execute(
            select(content.c.insured_number).where(content.c.dossier_id == moved.other_id)
        ).scalar_one()
    assert read == papers[2].record.insured_id
    signals = rows(payer.database, "fraud_signal")
    assert [row.rule_id for row in signals if row.rule_id == "F04"] == []
    assert day_balance(payer.database, DAY).is_balanced
