"""Each dossier is written on the form of its scheme and of its care, in that form's own places."""

import re

import pytest

from infra.simulation.paper.dossier import PaperDossier
from infra.simulation.paper.forms import form_of, form_path
from infra.simulation.paper.sheet import act_rows, checked_boxes, expected_fields, zone_texts
from infra.simulation.paper.template import read_template
from models.errors import UsageError
from tests.stages.simulation_paper.papers import FORMS_DIR, a_paper

DENTAL = {"code": "D750", "label": "", "date": "2026-11-02", "tooth": "36", "amount_minor": 65_000}
PAPERS = {
    "cnss_610_1_02": a_paper(),
    "cnss_610_1_03": a_paper(ald_code="14"),
    "cnss_610_1_04": a_paper("dental", (DENTAL,), ("care_sheet", "dental_chart")),
    "cnops_maladie": a_paper(scheme="ma-cnops", insured_id="4000001"),
}
each = pytest.mark.parametrize(("form", "paper"), PAPERS.items(), ids=PAPERS)


@each
def test_a_dossier_is_written_on_its_own_form(form: str, paper: PaperDossier) -> None:
    assert form_of(paper, FORMS_DIR).id == form
    assert form_path(paper, FORMS_DIR) == FORMS_DIR / form / "template.yaml"


def test_more_acts_than_the_special_sheet_has_rows_go_on_the_common_one() -> None:
    line = {"letter": "C", "coefficient": 1, "label": "", "amount_minor": 8_000}
    lines = tuple({**line, "date": f"2026-11-{day:02d}"} for day in range(1, 8))
    assert form_of(a_paper(lines=lines, ald_code="14"), FORMS_DIR).id == "cnss_610_1_02"


def test_a_dossier_of_a_scheme_without_a_sheet_is_refused() -> None:
    with pytest.raises(UsageError, match="no-such-scheme"):
        form_of(a_paper(scheme="no-such-scheme"), FORMS_DIR)


@each
def test_what_is_written_fits_the_form(form: str, paper: PaperDossier) -> None:
    template = read_template(FORMS_DIR / form / "template.yaml")
    texts = zone_texts(paper, template)
    zones = {zone.name: zone for zone in template.zones}
    assert set(texts) == set(zones)
    assert [
        name
        for name, text in texts.items()
        if text and zones[name].regex and not re.fullmatch(zones[name].regex, text)
    ] == []
    assert [name for name, zone in zones.items() if zone.required and not texts[name]] == []


@each
def test_a_form_says_its_scheme_its_care_and_its_lines(form: str, paper: PaperDossier) -> None:
    template = read_template(FORMS_DIR / form / "template.yaml")
    fields = expected_fields(paper, template)
    assert fields["scheme"] == paper.record.scheme
    assert fields["care_kind"] == paper.record.kind_of_care.value
    assert len(act_rows(paper, template)) == 1


def test_a_crown_is_ticked_as_a_prosthesis_and_nothing_that_the_form_lacks() -> None:
    template = read_template(FORMS_DIR / "cnss_610_1_04" / "template.yaml")
    boxes = checked_boxes(PAPERS["cnss_610_1_04"], template)
    assert boxes == {"execution", "type_prosthesis", "relation_child", "sex_f"}


def test_a_dental_sheet_has_no_place_for_a_prescriber() -> None:
    template = read_template(FORMS_DIR / "cnss_610_1_04" / "template.yaml")
    assert expected_fields(PAPERS["cnss_610_1_04"], template)["prescriber_inpe"] == ""
