"""What a person chose at the desk stands against every sheet and record."""

import json
from dataclasses import replace

import pytest

from tasks.extraction.chunk import ExtractionContext, ExtractionInput, extract_chunk, extract_paper
from tests.stages.extraction.form_pages import CASES, FORMS_DIR, form_of, page_of
from tests.stages.extraction.test_paper import HEAD

RECORD = {
    "scheme": "ma-amo-salaries", "kind_of_care": "ambulatory", "insured_id": "1000001",
    "provider_id": "200000001", "total_minor": 8000,
    "lines": [{"date": "2026-11-02", "amount_minor": 8000, "letter": "C", "coefficient": 1}],
}  # fmt: skip


@pytest.mark.parametrize("form", ["cnss_610_1_02", "cnops_maladie", "cn_cq_outpatient_receipt"])
def test_a_sheet_does_not_undo_a_person_s_choice(form: str) -> None:
    case = next(case for case in CASES if form_of(case) == form)
    head = replace(HEAD, scheme="aa-chosen", currency="AAA", is_scheme_chosen=True)
    extracted = extract_paper([page_of(case)], head, ExtractionContext(FORMS_DIR))
    assert (extracted.dossier.scheme, extracted.dossier.currency) == ("aa-chosen", "AAA")
    assert "REGIME_INCERTAIN" not in {one.code for one in extracted.findings}


@pytest.mark.parametrize(("is_chosen", "scheme"), [(True, "ma-cnops"), (False, "ma-amo-salaries")])
def test_a_later_record_under_the_old_scheme_does_not_undo_it(is_chosen: bool, scheme: str) -> None:
    head = replace(HEAD, channel="electronic", scheme="ma-cnops", is_scheme_chosen=is_chosen)
    work = ExtractionInput(head, payload=json.dumps(RECORD))
    output = extract_chunk([work], ExtractionContext(FORMS_DIR))
    part = output.tables["extracted_dossier"]
    assert part.rows[0][part.names.index("scheme")] == scheme
