"""What people are told when several schemes, parents or insurers meet in one dossier."""

import datetime as dt
from dataclasses import replace

import pytest

from models.finding import Effect, Finding
from models.messages import LANGUAGES, render
from models.registers import Contribution, RegisterSlice
from tasks.validation.chunk import validate_dossier
from tasks.validation.lot import uncovered_days
from tests.builders import CARE_DAY, a_dossier, a_line
from tests.stages.validation.subjects import (
    FOR_CHILD,
    a_context,
    a_fact,
    an_affiliation,
    other_parent,
    registers,
)
from tests.stages.validation.wrong_dossiers import WRONG

CODES = ("AUTRE_COUVERTURE", "COMPLEMENTAIRE", "CONDITION_DROITS", "DROITS_A_ETABLIR")
NEXT = CARE_DAY + dt.timedelta(days=1)
MOVED = {
    "P0001": (
        an_affiliation(valid_to=CARE_DAY),
        an_affiliation(scheme="ma-cnops", valid_from=NEXT),
    )
}
LINES = (a_line(), a_line(line_no=2, care_date=NEXT), a_line(line_no=3))


def found(name: str) -> tuple[Finding, ...]:
    dossier, known, _ = WRONG[name]
    return validate_dossier(dossier, known, a_context()).findings


@pytest.mark.parametrize("code", [*CODES, "LIGNE_AUTRE_REGIME"])
def test_every_sentence_about_coverage_finds_its_parameters(code: str) -> None:
    context = a_context()
    findings = [one for name in WRONG for one in found(name) if one.code == code]
    assert findings
    for one in findings:
        for language in LANGUAGES:
            assert "…" not in render(context.codes[code], one.params, language)


def test_a_line_of_another_scheme_says_which_and_what_stays_here() -> None:
    dossier = a_dossier(lines=LINES, total_minor=24_000)
    (one,) = validate_dossier(dossier, registers(affiliations=MOVED), a_context()).findings

    assert (one.code, one.effect, one.line_no) == ("LIGNE_AUTRE_REGIME", Effect.REFUSE_LINE, 2)
    assert (one.params["scheme"], one.params["line"], one.params["ours"]) == (
        "ma-cnops",
        "2",
        "1, 3",
    )


def test_a_day_whose_lines_were_refused_is_not_an_uncovered_day_of_a_payment() -> None:
    dossier = a_dossier(lines=LINES, total_minor=24_000)
    known, context = registers(affiliations=MOVED), a_context()
    findings = {dossier.dossier_id: validate_dossier(dossier, known, context).findings}

    assert uncovered_days([dossier], findings, known, context) == {"D0001": frozenset()}
    assert uncovered_days([dossier], {}, known, context) == {"D0001": frozenset({NEXT})}


def test_a_day_with_one_line_left_to_pay_stays_an_uncovered_day() -> None:
    dossier = a_dossier(lines=(*LINES, a_line(line_no=4, care_date=NEXT)), total_minor=32_000)
    known = registers(affiliations=MOVED)
    refused = Finding("LIGNE_AUTRE_REGIME", Effect.REFUSE_LINE, 2)

    days = uncovered_days([dossier], {"D0001": (refused,)}, known, a_context())
    assert days == {"D0001": frozenset({NEXT})}


def test_a_dossier_through_the_parent_who_does_not_pay_names_the_other_s_scheme() -> None:
    known = registers(**other_parent("M"))
    (one,) = validate_dossier(a_dossier(**FOR_CHILD), known, a_context()).findings

    assert one.params["scheme"] == "ma-cnops"
    assert one.params["reason"] == "other_parent"


@pytest.mark.parametrize(
    ("day", "code"),
    [(CARE_DAY, "AUTRE_COUVERTURE"), (CARE_DAY + dt.timedelta(days=1), "AUTRE_REGIME")],
)
def test_custody_moves_a_child_from_its_day_on(day: dt.date, code: str) -> None:
    """The mother is the insured person here; without custody the father's scheme pays."""
    known = registers(
        **other_parent("M"),
        facts={"P0003": (a_fact("custody", "mother", subject_id="P0003", valid_to=CARE_DAY),)},
    )
    dossier = a_dossier(**FOR_CHILD, lines=(a_line(care_date=day),))

    findings = validate_dossier(dossier, known, a_context()).findings
    assert [one.code for one in findings] == [code]


TNS = "ma-amo-tns"
APRIL = dt.date(2024, 4, 2)


def tns_months(*entries: tuple[int, int, dt.date | None]) -> RegisterSlice:
    """Three months owed to 11/2023, then what is known of December to March: month, paid, since."""
    owed = [Contribution("P0001", TNS, dt.date(2023, month, 1), 30, 0) for month in (9, 10, 11)]
    later = [
        Contribution(
            "P0001", TNS, dt.date(2023 + month // 13, (month - 1) % 12 + 1, 1), 30, paid, day
        )
        for month, paid, day in entries
    ]
    return registers(
        known_on=dt.date(2024, 4, 20),
        affiliations={"P0001": (an_affiliation(scheme=TNS),)},
        contributions={"P0001": (*owed, *later)},
    )


def test_a_dossier_that_waited_for_arrears_goes_through_once_the_amnesty_was_used() -> None:
    """Law 41.23: what was owed to 11/2023 is let off for who pays from then on, in its window."""
    dossier = a_dossier(
        scheme=TNS,
        lines=(a_line(care_date=APRIL),),
        deposit_date=dt.date(2024, 4, 10),
        receipt_date=dt.date(2024, 4, 12),
    )
    unpaid = tns_months(*((month, 0, None) for month in (12, 13, 14, 15)))
    settled = tns_months(*((month, 30, dt.date(2024, 4, 15)) for month in (12, 13, 14, 15)))
    too_late = tns_months(*((month, 30, dt.date(2024, 5, 1)) for month in (12, 13, 14, 15)))

    first = validate_dossier(dossier, unpaid, a_context())
    second = validate_dossier(replace(dossier, version=2), settled, a_context())
    other = validate_dossier(replace(dossier, version=2), too_late, a_context())
    assert [one.params["reason"] for one in first.findings] == ["unpaid"]
    assert (second.findings, second.rights_basis) == ((), "months_paid")
    assert [one.params["reason"] for one in other.findings] == ["arrears"]


@pytest.mark.parametrize(
    ("rate", "told"), [("0.30", "30 %"), ("0.125", "12.5 %"), ("1", "100 %"), ("", "?"), ("a", "?")]
)
def test_a_complementary_rate_is_told_as_people_read_it(rate: str, told: str) -> None:
    facts = [a_fact("complementary_insurer", "yes"), a_fact("complementary_rate", rate)]
    known = registers(facts={"P0001": tuple(facts)})
    (one,) = validate_dossier(a_dossier(), known, a_context()).findings

    assert (one.effect, one.params["rate"]) == (Effect.NOTE, told)
