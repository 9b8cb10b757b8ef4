from collections import Counter
from dataclasses import replace

import pytest

from infra.simulation.paper.dossier import PaperDossier, PaperFault
from infra.simulation.paper.faults import fault_rules, plant_faults, with_fault
from infra.simulation.paper.sheet import checked_boxes, zone_texts
from infra.simulation.paper.template import read_template
from models.dossier import PieceKind
from tests.stages.simulation_paper.papers import SHEET, a_paper, a_pharmacy_paper

ALL = sorted(set(PaperFault) - {PaperFault.NONE})


def a_day(count: int) -> list[PaperDossier]:
    """Dossiers with numbers of their own, every other one of a pharmacy."""
    papers = [a_pharmacy_paper() if number % 2 else a_paper() for number in range(count)]
    return [
        paper.changed(public_number=f"AMO-2026-{number:08d}") for number, paper in enumerate(papers)
    ]


def test_every_fault_has_a_rule() -> None:
    assert sorted(fault_rules()) == ALL


def test_forty_dossiers_have_every_fault() -> None:
    planted = Counter(paper.fault for paper in plant_faults(a_day(40), seed=1))
    assert set(planted) == set(PaperFault)
    assert planted[PaperFault.NONE] >= 20


def test_the_same_seed_plants_the_same_faults() -> None:
    first = [paper.fault for paper in plant_faults(a_day(40), seed=1)]
    assert first == [paper.fault for paper in plant_faults(a_day(40), seed=1)]
    assert first != [paper.fault for paper in plant_faults(a_day(40), seed=2)]


def test_at_most_half_of_the_dossiers_are_spoilt() -> None:
    planted = plant_faults(a_day(6), seed=1)
    assert sum(paper.fault is not PaperFault.NONE for paper in planted) == 3


def test_a_dossier_that_has_codes_keeps_them_alone() -> None:
    coded = [replace(paper, truth={"codes": ["FORCLUSION"]}) for paper in a_day(20)]
    assert plant_faults(coded, seed=1) == coded


@pytest.mark.parametrize("fault", [f for f in ALL if f is not PaperFault.RESUBMITTED])
def test_the_truth_of_a_fault_says_what_must_be_found(fault: PaperFault) -> None:
    truth = with_fault(a_pharmacy_paper(), fault).truth
    assert truth["codes"] == list(fault_rules()[fault].codes)
    assert truth["fault"] == f"paper_{fault.value}"
    assert truth["is_clean"] is False


def test_the_first_of_two_equal_submissions_stays_clean() -> None:
    paper = a_pharmacy_paper()
    assert with_fault(paper, PaperFault.RESUBMITTED).truth == paper.truth


def test_a_wrong_total_is_written_twice_and_the_lines_stay() -> None:
    paper = with_fault(a_paper(), PaperFault.SUM_MISMATCH)
    texts = zone_texts(paper, read_template(SHEET))
    assert texts["total"] == texts["fees_amount"] == "203,00"
    assert paper.record.lines == a_paper().record.lines


def test_a_missing_piece_is_the_prescription() -> None:
    paper = with_fault(a_pharmacy_paper(), PaperFault.MISSING_PIECE)
    assert PieceKind.PRESCRIPTION not in paper.piece_kinds
    assert paper.prescription_date is None


def test_a_name_that_does_not_match_changes_the_beneficiary_alone() -> None:
    before, after = a_paper(), with_fault(a_paper(), PaperFault.NAME_MISMATCH)
    assert after.identity.beneficiary_name != before.identity.beneficiary_name
    assert after.identity.insured_name == before.identity.insured_name


def test_a_prior_agreement_is_ticked_and_owes_nothing() -> None:
    paper = with_fault(a_paper(), PaperFault.PRIOR_AGREEMENT)
    assert "prior_agreement" in checked_boxes(paper, read_template(SHEET))
    assert paper.truth["due_minor"] == 0
