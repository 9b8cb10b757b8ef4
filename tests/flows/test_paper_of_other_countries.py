"""French and Chinese paper from the scan in the inbox to the decision and its amount."""

import io
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.simulation.paper.degrade import degrade
from infra.simulation.paper.form_cases import FormCase, read_form_cases
from infra.simulation.paper.render import render_sheet
from tasks.doors import Doors
from tests.flows.test_other_schemes import (
    CARD,
    HOSPITAL,
    NIR,
    RPPS,
    codes,
    decided,
    known,
    member,
    person,
    provider,
)
from tests.flows.world import DAY, load_folder, open_world, process, receive, rows

FORMS = Path(__file__).parents[2] / "tasks" / "extraction" / "forms"
REGISTERS = [
    person("PFR", "ESSAI", "Premier"),
    member("PFR", "fr-cpam", NIR),
    provider("VFR", RPPS, "doctor", "private"),
    known("VFR", "fr-cpam", "convention", "secteur_1"),
    person("PCN", "张", "三丰"),
    member("PCN", "cn-cq-employee", CARD, "active"),
    known("PCN", "cn-cq-employee", "insured_status", "active"),
    provider("VCN", HOSPITAL, "hospital", "public"),
    known("VCN", "cn-cq-employee", "hospital_level", "L3"),
]


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[Doors]:
    doors = open_world(tmp_path / "home", database_url)
    folder = tmp_path / "registers"
    folder.mkdir()
    text = "".join(f"{json.dumps(row)}\n" for row in REGISTERS)
    (folder / "all.jsonl").write_text(text, encoding="utf-8")
    load_folder(doors, folder)
    yield doors
    doors.database.close()


def scan_of(form: str, place: int) -> bytes:
    case: FormCase = read_form_cases(FORMS / form)[place]
    page = render_sheet(case.template_path, case.values, typeface="mono", seed=4)
    out = io.BytesIO()
    degrade(page, "scan", random.Random(4)).save(out, format="PNG", dpi=(200, 200))
    return out.getvalue()


@pytest.mark.tesseract
@pytest.mark.parametrize(
    ("form", "scheme", "currency", "due"),
    [
        # 30.00 x 70 % - 2.00
        ("fr_s3110", "fr-cpam", "EUR", 1_900),
        # 600.00 of class A and 90 % of 500.00 of class B: (1,050.00 - 200.00) x 50 %
        ("cn_cq_outpatient_receipt", "cn-cq-employee", "CNY", 42_500),
        # 9,000.00 of class A and 90 % of 3,000.00 of class B: (11,700.00 - 880.00) x 85 %
        ("cn_settlement_list", "cn-cq-employee", "CNY", 919_700),
    ],
)
def test_a_scan_is_decided_for_the_amount_of_its_own_scheme(
    world: Doors, tmp_path: Path, form: str, scheme: str, currency: str, due: int
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "PAPER-2026-0001.png").write_bytes(scan_of(form, 0))
    receive(world, inbox, DAY)
    process(world, DAY)
    (head,) = rows(world.database, "dossier")
    assert (head.scheme, head.currency) == (scheme, currency)
    found = decided(world, head.public_number)
    assert found == ("approved", due, {}), codes(world, head.public_number)


@pytest.mark.tesseract
def test_a_receipt_that_the_fund_has_paid_goes_to_a_person(world: Doors, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "PAPER-2026-0001.png").write_bytes(scan_of("cn_cq_outpatient_receipt", 2))
    receive(world, inbox, DAY)
    process(world, DAY)
    (head,) = rows(world.database, "dossier")
    assert head.status == "in_review"
    assert "DEJA_REGLE_PAR_LE_FONDS" in codes(world, head.public_number)
