"""Dossiers on several forms go from the scan to the payment, each under its own scheme."""

import json
from pathlib import Path

import pytest

from infra.simulation.day import simulate
from infra.simulation.paper.dossier import paper_from_electronic
from infra.simulation.paper.forms import form_of
from infra.simulation.paper.paper_day import simulate_paper
from tests.flows.conftest import DRUGS
from tests.flows.world import DAY, load_folder, open_world, pay, process, receive, rows, send


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two dossiers of each turn, with the registers of their people."""
    folder = tmp_path_factory.mktemp("drafted")
    simulate(folder, seed=5, day=DAY, electronic=0, fault_rate=0, drugs_csv=DRUGS, paper=16)
    return folder


def drafts_of(folder: Path):
    text = (folder / "paper" / "drafts.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_the_dossiers_drafted_for_paper_are_sound(drafted: Path, tmp_path: Path) -> None:
    doors = open_world(tmp_path, f"sqlite:///{tmp_path / 'tasfiya.db'}")
    load_folder(doors, drafted / "registers")
    drafts = drafts_of(drafted)
    sent = [{**one["dossier"], "channel": "electronic"} for one in drafts]
    send(doors, tmp_path / "inbox", DAY, *sent)
    status = {row.public_number: row.status for row in rows(doors.database, "dossier")}
    assert {number: found for number, found in status.items() if found != "approved"} == {}
    assert pay(doors, DAY) == sum(one["truth"]["due_minor"] for one in drafts)


@pytest.mark.tesseract
def test_a_sheet_of_each_special_form_is_read_priced_and_paid(
    drafted: Path, tmp_path: Path
) -> None:
    doors = open_world(tmp_path, f"sqlite:///{tmp_path / 'tasfiya.db'}")
    load_folder(doors, drafted / "registers")
    papers = {}
    for one in drafts_of(drafted):
        paper = paper_from_electronic(one["dossier"], one["identity"], truth=one["truth"])
        papers.setdefault(form_of(paper, doors.settings.forms_dir).id, paper)
    chosen = [papers[form] for form in ("cnss_610_1_03", "cnops_maladie")]
    truth = simulate_paper(
        tmp_path, seed=5, day=DAY, dossiers=chosen, forms_dir=doors.settings.forms_dir
    )
    receive(doors, tmp_path / "inbox" / DAY.isoformat(), DAY)
    process(doors, DAY)
    assert sorted((row.scheme, row.status) for row in rows(doors.database, "dossier")) == [
        ("ma-amo-salaries", "approved"),
        ("ma-cnops", "approved"),
    ]
    assert pay(doors, DAY) == sum(row["due_minor"] for row in truth)
