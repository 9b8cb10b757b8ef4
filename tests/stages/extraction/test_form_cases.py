"""Every case of every form: what is written on it is what is read, without and with engines."""

import io
import random
from dataclasses import replace
from typing import Any

import pytest

from infra.simulation.paper.degrade import degrade
from infra.simulation.paper.form_cases import FormCase, read_form_cases
from infra.simulation.paper.render import render_sheet
from models.errors import CatalogueError
from tasks.extraction.chunk import Extracted, ExtractionContext, extract_paper
from tasks.extraction.document import describe_pages
from tasks.extraction.template import read_templates
from tasks.ocr.document import read_document_pages
from tests.stages.extraction.form_pages import CASES, FORMS_DIR, case_id, form_of, page_of
from tests.stages.extraction.test_paper import HEAD

FIRST_OF_FORM = [
    next(case for case in CASES if form_of(case) == form)
    for form in sorted({form_of(case) for case in CASES})
]


def value_of(holder: Any, name: str) -> Any:
    """A field by its name; a dot reaches into a part or into the facts."""
    for part in name.split("."):
        holder = holder.get(part, "") if isinstance(holder, dict) else getattr(holder, part)
    return holder if isinstance(holder, bool | int) else str("" if holder is None else holder)


def differences(case: FormCase, extracted: Extracted) -> list[str]:
    """Where a case was read otherwise than it says."""
    dossier = extracted.dossier
    pairs = [(name, wanted, value_of(dossier, name)) for name, wanted in case.fields.items()]
    pairs.append(("number of lines", len(case.lines), len(dossier.lines)))
    for number, (wanted_line, line) in enumerate(zip(case.lines, dossier.lines, strict=False), 1):
        pairs += [
            (f"lines[{number}].{name}", wanted, value_of(line, name))
            for name, wanted in wanted_line.items()
        ]
    return [
        f"{name}: {wanted!r}, not {found!r}" for name, wanted, found in pairs if wanted != found
    ]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_a_case_read_without_a_mistake_says_what_was_written(case):
    extracted = extract_paper([page_of(case)], HEAD, ExtractionContext(FORMS_DIR))
    assert differences(case, extracted) == []
    assert {one.code for one in extracted.findings} == case.findings


@pytest.mark.tesseract
@pytest.mark.parametrize("case", FIRST_OF_FORM, ids=form_of)
def test_a_scanned_case_is_recognised_and_read(case):
    page = render_sheet(case.template_path, case.values, typeface="mono", seed=4)
    out = io.BytesIO()
    degrade(page, "scan", random.Random(4)).save(out, format="PNG", dpi=(200, 200))
    pages = read_document_pages(out.getvalue(), FORMS_DIR)
    assert [one.form_id for one in pages] == [form_of(case)]
    extracted = extract_paper(pages, HEAD, ExtractionContext(FORMS_DIR))
    doubtful = {one.field for one in extracted.evidence if one.is_doubtful}
    wrong = [one for one in differences(case, extracted) if one.split(":")[0] not in doubtful]
    assert wrong == []
    assert len(doubtful) <= 2
    template = read_templates(FORMS_DIR)[form_of(case)]
    (described,) = describe_pages(pages, FORMS_DIR)["pages"]
    assert (described["kind"], described["schemes"]) == (template.piece, list(template.schemes))
    assert set(described["ticked"]) == case.values.checked
    assert {zone.field or zone.name for zone in template.zones} <= {
        entry["field"] for entry in described["fields"]
    }


def test_two_sheets_in_one_dossier_are_told():
    first = page_of(CASES[0])
    second = page_of(CASES[1], page_no=2)
    extracted = extract_paper([first, second], HEAD, ExtractionContext(FORMS_DIR))
    found = {one.code: one for one in extracted.findings}
    assert dict(found["PLUSIEURS_FEUILLES"].params)["count"] == "2"


def test_a_form_of_several_schemes_in_the_inbox_of_another_one_is_told():
    head = replace(HEAD, scheme="fr-cpam", currency="EUR")
    case = next(case for case in CASES if form_of(case) == "cnss_610_1_02")
    extracted = extract_paper([page_of(case)], head, ExtractionContext(FORMS_DIR))
    assert (extracted.dossier.scheme, extracted.dossier.currency) == ("ma-amo-salaries", "MAD")
    assert [one.code for one in extracted.findings] == ["REGIME_INCERTAIN"]


def test_a_case_that_names_an_unknown_zone_is_refused(tmp_path):
    folder = FORMS_DIR / "cnss_610_1_02"
    for name in ("template.yaml", "cases.yaml"):
        text = (folder / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(
            text.replace("insured_address: 12", "adress: 12"), encoding="utf-8"
        )
    with pytest.raises(CatalogueError, match="adress"):
        read_form_cases(tmp_path)
