"""Cores and people follow from a mix, costs and effort by plain arithmetic."""

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from flows.measure_capacity import SOURCES, Costs, DayMix, Effort, needed, page_costs, person_share
from flows.measure_speed import app

MIX = DayMix(dossiers=36_000, paper=50, pages=3, hand=50, receipts=10, hours=10, headroom=2)
COSTS = Costs(
    electronic=0.01, form_page=0.5, free_page=1, receipt=4, typed_person=0.1, hand_person=1
)
EFFORT = Effort(findings=10, minutes_typed=2, minutes_hand=5, minutes_finding=3, hours_a_person=7)


def test_cores_are_the_seconds_of_all_pages_over_the_hours_of_running():
    found = needed(MIX, COSTS, EFFORT)
    # 18,000 electronic dossiers, 18,000 sheets, 36,000 other pages of which 3,600 are receipts.
    assert found["cpu_hours"] == {
        "electronic": 0.05,
        "form_pages": 2.5,
        "free_pages": 9.0,
        "receipts": 4.0,
    }
    assert found["cores_without_headroom"] == 1.6
    assert found["cores"] == 3.1


def test_people_are_the_minutes_of_what_is_in_doubt_and_of_findings():
    found = needed(MIX, COSTS, EFFORT)
    assert found["dossiers_for_people"] == {"typed": 900, "hand": 9_000, "findings": 3_600}
    assert found["person_hours"] == {"typed": 30.0, "hand": 750.0, "findings": 180.0}
    assert found["people"] == pytest.approx(960 / 7, abs=0.1)


def test_an_electronic_day_has_no_pages():
    found = needed(replace(MIX, paper=0), COSTS, EFFORT)
    assert found["cpu_hours"]["form_pages"] == found["cpu_hours"]["free_pages"] == 0
    assert found["dossiers_for_people"]["hand"] == 0


def test_the_costs_of_pages_are_told_apart():
    form, free = page_costs([(1, 0), (1, 2), (1, 1)], [0.5, 2.7, 1.6])
    assert (form, free) == (pytest.approx(0.5), pytest.approx(1.1))


def test_what_was_not_measured_needs_a_person():
    assert person_share([]) == 1.0


def test_every_assumption_has_its_source():
    names = {*DayMix.__slots__, *Effort.__slots__}
    assert set(SOURCES) == names


def test_receipts_without_a_measured_cost_are_refused():
    answer = CliRunner().invoke(app, ["capacity", "--receipts", "5"])
    assert "--receipts-folder" in str(answer.exception)
