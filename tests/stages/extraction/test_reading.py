"""Real engines on drawn and damaged pages: what is accepted is right."""

import datetime as dt
import io
import random
from pathlib import Path

import numpy as np
import pytest

from infra.simulation.paper.degrade import degrade
from infra.simulation.paper.render import SheetValues, render_sheet
from tasks.extraction.chunk import ExtractionContext, extract_paper
from tasks.extraction.document import describe_pages
from tasks.ocr.document import read_document_pages
from tests.stages.extraction.test_paper import HEAD

FORMS_DIR = Path(__file__).parents[3] / "tasks" / "extraction" / "forms"
TEMPLATE = FORMS_DIR / "cnss_610_1_02" / "template.yaml"
VALUES = SheetValues(
    zones={
        "deposit_date": "18/11/2026",
        "insured_name": "ESSAI PREMIER",
        "insured_number": "113000701",
        "fees_amount": "1430,50",
        "beneficiary_name": "ESSAI PREMIER",
        "beneficiary_birth_date": "17051980",
        "provider_inpe": "200000001",
        "total": "1430,50",
    },
    checked=frozenset({"execution", "care_dental", "sex_m"}),
    tables={
        "lines": [
            {
                "date": "02/11/2026",
                "act": "D700",
                "quantity": "1",
                "tooth": "16",
                "amount": "230,50",
            },
            {
                "date": "03/11/2026",
                "act": "DP",
                "coefficient": "50",
                "quantity": "1",
                "amount": "1200,00",
            },
        ]
    },
    barcodes={"provider_inpe": "200000001"},
)


def scanned(profile: str) -> bytes:

    page = render_sheet(TEMPLATE, VALUES, typeface="mono", seed=4)
    out = io.BytesIO()
    degrade(page, profile, random.Random(4)).save(out, format="PNG", dpi=(200, 200))
    return out.getvalue()


@pytest.mark.tesseract
@pytest.mark.parametrize("profile", ["clean", "scan", "pale", "shaded"])
def test_a_scanned_sheet_is_read_without_a_wrong_amount(profile):
    pages = read_document_pages(scanned(profile), FORMS_DIR)
    extracted = extract_paper(pages, HEAD, ExtractionContext(FORMS_DIR))
    dossier = extracted.dossier
    doubtful = {one.field for one in extracted.evidence if one.is_doubtful}
    assert pages[0].form_id == "cnss_610_1_02"
    assert "total_minor" in doubtful or dossier.total_minor == 143_050
    assert [line.amount_minor for line in dossier.lines] == [23_050, 120_000]
    assert "insured_number" in doubtful or dossier.insured_number == "113000701"
    assert dossier.provider_inpe == "200000001"
    assert dossier.deposit_date == dt.date(2026, 11, 18)


@pytest.mark.tesseract
def test_a_ruined_page_is_told_as_unreadable_or_doubtful():
    pages = read_document_pages(scanned("ruined"), FORMS_DIR)
    extracted = extract_paper(pages, HEAD, ExtractionContext(FORMS_DIR))
    assert extracted.findings


@pytest.mark.tesseract
def test_one_document_is_described_on_its_own():
    described = describe_pages(read_document_pages(scanned("clean"), FORMS_DIR), FORMS_DIR)
    page = described["pages"][0]
    fields = {entry["field"]: entry for entry in page["fields"]}
    assert page["kind"] == "care_sheet"
    assert fields["total_minor"]["value"] == "143050"
    assert np.array(fields["total_minor"]["box"]).min() > 0
