"""The page people sign: complete, the same every time, and no signature outlives a change."""

import datetime as dt
from pathlib import Path

import pypdfium2
import pytest

from flows.publish_tariffs import CASES_DIR, PAGES_DIR, SIGNATURES, cases_of, page_html
from models.errors import CatalogueError
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.document.content import page_of
from tasks.pricing.document.page import html_of, sha256_of
from tasks.pricing.document.pdf import pdf_of
from tasks.pricing.document.signatures import (
    Signature,
    add_signature,
    read_signatures,
    unsigned_changes,
)

SCHEME = "ma-amo-salaries"
PARAMETERS = f"schemes/{SCHEME.replace('-', '_')}/parameters.yaml"
DAY = dt.date(2026, 11, 22)


def fingerprints(catalogue):
    return {name: sha256_of(page_html(catalogue, name, CASES_DIR)) for name in catalogue.schemes}


def test_the_pages_in_the_repository_are_those_of_the_catalogue(catalogue):
    for name in catalogue.schemes:
        path = PAGES_DIR / f"{name}.html"
        assert path.exists(), f"tasfiya tariff document {name} writes the page"
        written = path.read_text(encoding="utf-8")
        assert written == page_html(catalogue, name, CASES_DIR), f"{name}: write the page anew"


def test_no_signed_scheme_has_changed_without_a_new_signature(catalogue):
    signatures = read_signatures(PAGES_DIR / SIGNATURES)
    assert unsigned_changes(signatures, fingerprints(catalogue)) == []


def test_every_figure_source_rule_and_case_stands_on_the_page(catalogue):
    scheme = catalogue.schemes[SCHEME]
    html = page_html(catalogue, SCHEME, CASES_DIR)
    page = page_of(catalogue, SCHEME, cases_of(catalogue, SCHEME, CASES_DIR))
    shown = {(line.name.partition(" — ")[0], line.start) for block in (*page.parameters,
             *page.tables) for line in block.lines}  # fmt: skip
    read = {name for rule in scheme.rules.values() for name in rule.reads}
    for figure in catalogue.figures(SCHEME):
        if figure.key in read or figure.key.partition(".")[0] in read:
            assert (figure.key, figure.start) in shown
            assert figure.source in html
    for rule_id in scheme.rules:
        assert rule_id in html
    for case in page.cases:
        assert case.name in html.replace("&#39;", "'").replace("&amp;", "&")


def test_a_figure_names_the_cases_that_use_it(catalogue):
    cases = cases_of(catalogue, SCHEME, CASES_DIR)
    page = page_of(catalogue, SCHEME, cases)
    (ceiling,) = [block for block in page.parameters if "prosthesis_ceiling" in block.block_id]
    for number in ceiling.lines[0].cases:
        lines = cases[number - 1].given.dossier.lines
        assert any(line.letter == "DP" or line.code.startswith("D7") for line in lines)
    assert ceiling.lines[0].cases


def test_the_page_asks_for_nothing_outside_itself_and_becomes_a_pdf(catalogue):
    html = page_html(catalogue, SCHEME, CASES_DIR)
    assert "<script" not in html
    assert "src=" not in html
    small = html_of(page_of(catalogue, SCHEME, ()))
    last = list(pypdfium2.PdfDocument(pdf_of(small, sha256_of(small))))[-1]
    assert sha256_of(small) in last.get_textpage().get_text_range()


def test_what_a_note_says_is_text_and_never_markup(copied):
    folder = copied(PARAMETERS, 'notes: "at most', 'notes: "<script>alert(1)</script> at most')
    html = page_html(load_catalogue(folder), SCHEME, CASES_DIR)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@pytest.fixture
def signed(tmp_path, catalogue) -> Path:
    """A folder in which both roles have signed the present page of one scheme."""
    page = fingerprints(catalogue)[SCHEME]
    for role, name in (("lawyer", "A. Juriste"), ("actuary", "B. Actuaire")):
        add_signature(tmp_path, SCHEME, Signature(page, role, name, DAY))
    return tmp_path


def test_a_signed_page_that_did_not_change_is_in_order(signed, catalogue):
    assert unsigned_changes(read_signatures(signed), fingerprints(catalogue)) == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (PARAMETERS, 'value: "3000.00"', 'value: "3000.01"'),
        ("national/ma/letters.csv", "private,C,Consultation", "private,C,Consultations"),
        ("sources.yaml", "du 4 août 2006, tarification", "du 5 août 2006, tarification"),
    ],
    ids=["a figure", "a row of a table", "a source"],
)
def test_a_change_of_a_signed_page_wants_both_signatures_again(signed, copied, file, old, new):
    pages = fingerprints(load_catalogue(copied(file, old, new)))
    faults = unsigned_changes(read_signatures(signed), pages)
    assert [fault.split(" signed")[0].rpartition(" ")[2] for fault in faults] == [
        "actuary",
        "lawyer",
    ]
    add_signature(signed, SCHEME, Signature(pages[SCHEME], "lawyer", "A. Juriste", DAY))
    assert len(unsigned_changes(read_signatures(signed), pages)) == 1
    add_signature(signed, SCHEME, Signature(pages[SCHEME], "actuary", "C. Autre", DAY))
    assert unsigned_changes(read_signatures(signed), pages) == []


def test_a_signed_scheme_that_is_gone_is_told(signed):
    (fault,) = unsigned_changes(read_signatures(signed), {})
    assert fault.startswith(f"{SCHEME}: is signed and not in the catalogue")


def test_nobody_signs_the_same_page_twice(signed):
    (first, _) = read_signatures(signed)[SCHEME]
    with pytest.raises(CatalogueError, match="signed by them already"):
        add_signature(signed, SCHEME, first)


def test_an_unknown_role_does_not_sign(tmp_path):
    (tmp_path / "x.yaml").write_text(
        "- {page_sha256: a, role: cook, name: B, signed_on: 2026-11-22}\n", encoding="utf-8"
    )
    with pytest.raises(CatalogueError, match="role: must be one of lawyer, actuary"):
        read_signatures(tmp_path)
