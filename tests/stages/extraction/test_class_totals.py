"""Chinese bills that the engines read differently: what adds up, and what a person decides."""

from dataclasses import replace

import pytest

from models.reading import PageText, ZoneReading
from tasks.extraction.chunk import ExtractionContext, extract_paper
from tests.stages.extraction.form_pages import CASES, FORMS_DIR, form_of, page_of
from tests.stages.extraction.test_paper import HEAD

RECEIPT = next(case for case in CASES if form_of(case) == "cn_cq_outpatient_receipt")
LIST = next(case for case in CASES if form_of(case) == "cn_settlement_list")


def misread(page: PageText, **second: str) -> PageText:
    """The page as the second engine read it otherwise; keys are zones, `items_3__class` a cell."""
    names = {_zone_name(name): text for name, text in second.items()}
    return replace(page, zones=tuple(_misread(zone, names) for zone in page.zones))


def _zone_name(name: str) -> str:
    table, mark, column = name.partition("__")
    head, _, row = table.rpartition("_")
    return f"{head}[{row}].{column}" if mark else name


def _misread(zone: ZoneReading, names: dict[str, str]) -> ZoneReading:
    if zone.zone not in names:
        return zone
    first, second = zone.readings
    # Neither engine is sure, so that neither is believed alone.
    return replace(
        zone,
        readings=(
            replace(first, raw_confidence=50.0),
            replace(second, text=names[zone.zone], raw_confidence=50.0),
        ),
    )


def read(page: PageText):
    return extract_paper([page], HEAD, ExtractionContext(FORMS_DIR))


def doubts(extracted) -> set[str]:
    return {one.field for one in extracted.evidence if one.is_doubtful}


def test_the_sum_settles_an_item_and_its_class_line_with_it():
    extracted = read(misread(page_of(RECEIPT), items_4__amount="50.00"))
    assert [line.amount_minor for line in extracted.dossier.lines] == [60_000, 50_000, 2_045]
    assert extracted.findings == ()


def test_the_capitals_settle_a_total_that_the_engines_read_differently():
    extracted = read(misread(page_of(RECEIPT), total="1126.45"))
    assert extracted.dossier.total_minor == 112_045
    assert extracted.findings == ()


def test_capitals_that_no_engine_could_read_leave_the_total_to_the_items():
    page = page_of(RECEIPT)
    zones = tuple(
        replace(zone, readings=tuple(replace(one, text="喜佰") for one in zone.readings))
        if zone.zone == "total_capitals"
        else zone
        for zone in page.zones
    )
    assert read(replace(page, zones=zones)).dossier.total_minor == 112_045


def test_a_class_read_differently_is_for_a_person_to_say():
    extracted = read(misread(page_of(RECEIPT), items_4__class="丙类"))
    assert doubts(extracted) == {"items[4].item_class", "lines[3].code"}
    # The doubtful item is in a line of its own, so that its class alone need be written.
    assert [line.amount_minor for line in extracted.dossier.lines] == [60_000, 2_045, 50_000]
    assert [one.code for one in extracted.findings] == ["CHAMP_DOUTEUX"]


def test_an_insurance_that_cannot_be_read_is_never_the_one_of_the_inbox():
    head = replace(HEAD, scheme="cn-cq-resident", currency="CNY")
    page = misread(page_of(RECEIPT), insurance_type="城乡居民基本医疗保险")
    extracted = extract_paper([page], head, ExtractionContext(FORMS_DIR))
    assert "REGIME_INCERTAIN" in {one.code for one in extracted.findings}


@pytest.mark.parametrize("text", ["职工基本医疗保脸", "职工基木医疗保险"])
def test_one_wrong_sign_in_a_long_choice_is_forgiven(text):
    extracted = read(misread(page_of(RECEIPT), insurance_type=text))
    assert extracted.dossier.scheme == "cn-cq-employee"
    assert extracted.findings == ()


def test_the_column_of_a_settlement_list_settles_its_total():
    extracted = read(misread(page_of(LIST), total_class_a="9006.00"))
    assert [line.amount_minor for line in extracted.dossier.lines] == [900_000, 300_000, 50_000]
    assert extracted.findings == ()


def test_a_whole_settlement_list_is_kept_as_evidence():
    evidence = {one.field: one.value for one in read(page_of(LIST)).evidence}
    assert evidence["form.list_number"] == "50000120261109000012"
    assert evidence["form.diagnosis_name"] == "冠状动脉粥样硬化性心脏病"
    assert evidence["form.cash_paid"] == "1000000"
    assert evidence["items[3].class_b"] == "100000"
