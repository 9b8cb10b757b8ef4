import random

import pytest
import zxingcpp
from PIL import Image

from infra.simulation.paper.bill import layouts_of
from infra.simulation.paper.pages import BILLS, Page, look_of, render_pages
from infra.simulation.paper.pen import A4_MM, WRITTEN, Pen, blank_page
from infra.simulation.paper.plain_pages import render_dental_chart
from models.dossier import PieceKind
from tests.stages.simulation_paper.papers import (
    DRUGS,
    ICE,
    SHEET,
    a_laboratory_paper,
    a_pharmacy_paper,
)

EANS = {line["ean"] for line in DRUGS}


def texts_of(page: Page) -> list[str]:
    """What is written on a page."""
    return [written.text for written in page.image.info[WRITTEN]]


def codes_of(image: Image.Image) -> set[str]:
    """The bar codes on a page."""
    return {code.text for code in zxingcpp.read_barcodes(image)}


@pytest.mark.parametrize("kind", sorted(BILLS))
def test_the_columns_of_every_layout_fit_on_the_page(kind: PieceKind) -> None:
    widths = [sum(width for _, width in layout.columns) for layout in layouts_of(kind.value)]
    assert max(widths) <= A4_MM[0] - 20


@pytest.mark.parametrize("kind", sorted(BILLS))
def test_every_layout_heads_every_column(kind: PieceKind) -> None:
    for layout in layouts_of(kind.value):
        assert {name for name, _ in layout.columns} == set(layout.heads)


@pytest.mark.parametrize("seed", range(6))
def test_a_pharmacy_dossier_has_sheet_prescription_and_invoice(seed: int) -> None:
    paper = a_pharmacy_paper()
    pages = render_pages(paper, SHEET, look_of(paper, seed=seed))
    assert [page.kind for page in pages] == ["care_sheet", "prescription", "pharmacy_invoice"]
    assert codes_of(pages[1].image) == EANS


@pytest.mark.parametrize("seed", range(6))
def test_an_invoice_carries_its_number_ice_and_lines(seed: int) -> None:
    paper = a_pharmacy_paper()
    written = texts_of(render_pages(paper, SHEET, look_of(paper, seed=seed))[2])
    assert set(written) >= EANS
    assert any("F0000123" in text for text in written)
    assert any(ICE in text and "IF : " in text for text in written)
    assert {"58,30", "58.30"} & set(written)


def test_two_seeds_set_an_invoice_in_two_ways() -> None:
    paper = a_pharmacy_paper()
    titles = {layout.title for layout in layouts_of("pharmacy_invoice")}
    seen = {
        text
        for seed in range(12)
        for text in texts_of(render_pages(paper, SHEET, look_of(paper, seed=seed))[2])
    }
    assert len(seen & titles) > 1


def test_without_the_piece_no_drug_bar_code_is_stuck_or_printed() -> None:
    paper = a_pharmacy_paper(pieces=("care_sheet", "prescription", "pharmacy_invoice"))
    pages = render_pages(paper, SHEET, look_of(paper, seed=1))
    assert codes_of(pages[1].image) | codes_of(pages[2].image) == set()


def test_an_invoice_without_ice_has_no_tax_numbers() -> None:
    paper = a_pharmacy_paper().changed(invoice_ice="")
    written = texts_of(render_pages(paper, SHEET, look_of(paper, seed=1))[2])
    assert [text for text in written if "ICE" in text or "IF :" in text] == []


def test_drugs_of_two_days_have_an_invoice_a_day() -> None:
    paper = a_pharmacy_paper(lines=(DRUGS[0], {**DRUGS[1], "date": "2026-11-09"}))
    pages = render_pages(paper, SHEET, look_of(paper, seed=1))
    assert [page.kind for page in pages].count("pharmacy_invoice") == 2


def test_a_long_invoice_goes_on_over_the_page() -> None:
    paper = a_pharmacy_paper(lines=DRUGS * 11)
    pages = render_pages(paper, SHEET, look_of(paper, seed=1))
    invoices = [page for page in pages if page.kind == "pharmacy_invoice"]
    assert any("Page 1/" in text for text in texts_of(invoices[0]))
    assert len(invoices) > 1
    assert sum(texts_of(page).count(DRUGS[0]["ean"]) for page in invoices) == 11


@pytest.mark.parametrize("seed", range(4))
def test_a_lab_bill_has_each_analysis_with_its_coefficient(seed: int) -> None:
    paper = a_laboratory_paper()
    written = set(texts_of(render_pages(paper, SHEET, look_of(paper, seed=seed))[2]))
    assert {"80", "30"} <= written or {"B 80", "B 30"} <= written
    assert {"121,00", "121.00"} & written


def test_a_prescription_without_date_shows_none() -> None:
    paper = a_pharmacy_paper().changed(prescription=None)
    written = texts_of(render_pages(paper, SHEET, look_of(paper, seed=1))[1])
    assert [text for text in written if ", le " in text] == []


def test_a_stamp_darkens_and_never_lightens_what_lies_under_it() -> None:
    image = blank_page()
    pen = Pen(image)
    pen.band((20, 20, 60, 20), shade=100)
    pen.stamp(("CABINET", "INPE 200000001"), (20, 20, 60, 20), random.Random(1))
    assert image.crop((pen.px(21), pen.px(21), pen.px(79), pen.px(39))).getextrema()[1] <= 100


def test_a_treated_tooth_is_crossed_on_the_dental_chart() -> None:
    untouched = render_dental_chart("EXEMPLE AICHA", (), typeface="mono")
    treated = render_dental_chart("EXEMPLE AICHA", ("84",), typeface="mono")
    assert untouched.tobytes() != treated.tobytes()


def test_an_arabic_name_stands_after_its_label() -> None:
    image = blank_page()
    Pen(image).labelled("Patient :", "عمر بناني", 12, 64, role="typed.sans", size_pt=10)
    label, name = image.info[WRITTEN]
    assert name.left_mm > label.left_mm + label.width_mm
