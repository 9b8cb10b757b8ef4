"""The bench of forms reads the same pages in every way; it times nothing in a test."""

import pytest

from flows.measure_forms import SpareAll, rendered
from infra.settings import Settings
from models.reading import Box, Token
from tasks.ocr.document import read_measured
from tasks.ocr.engines.choice import EngineChoice
from tasks.ocr.form import read_forms
from tasks.reading_policy import shipped_sparing

SETTINGS = Settings()


def test_the_same_seed_renders_the_same_pages():
    first, again = (list(rendered(SETTINGS, 2, seed=3)) for _ in range(2))
    assert all((one == other).all() for one, other in zip(first, again, strict=True))
    assert len(first) == 2


def test_the_shipped_calibration_spares_the_second_reader_on_legible_pages_and_never_money():
    sparing = shipped_sparing()
    assert ("digits", "good") in sparing.policy.is_spared
    assert not {kind for kind, _ in sparing.policy.is_spared} & {"amount", "unit_price"}
    assert not {("digits", "poor"), ("date", "poor")} & sparing.policy.is_spared
    assert sparing.field_types["insured_number"] == "digits"
    assert sparing.field_types["amount_minor"] == "amount"


def test_sparing_everything_spares_what_has_no_check_too():
    zones = read_forms(SETTINGS.forms_dir)[0].zones[:3]
    first = {zone.name: Token("", Box(0, 0, 1, 1), 0.0, "tesserocr") for zone in zones}
    assert SpareAll().spared(zones, first, "poor") == {zone.name for zone in zones}


@pytest.mark.tesseract
def test_a_child_tells_what_a_document_cost(tmp_path):
    cost = read_measured((b"no document", tmp_path, EngineChoice()))
    assert cost.page_count == 1
    assert cost.process_id > 0
    assert cost.peak_bytes > 10_000_000
