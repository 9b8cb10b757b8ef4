"""Which scheme covers a person on a day: order of rights, changes of scheme, children of two."""

import datetime as dt
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.dossier import CareKind
from models.registers import Affiliation, Contribution
from tasks.validation.coverage import (
    Beneficiary,
    Coverage,
    CoverageRules,
    Insured,
    answer_of,
    resolve_coverage,
    rights_through,
)
from tasks.validation.precedence import read_precedence
from tests.stages.validation.insured import (
    DAY,
    KNOWN_ON,
    SINCE,
    a_fact,
    a_membership,
    a_record,
    a_tie,
    all_rules,
    paid,
)

SALARIED, TNS, CNOPS = "ma-amo-salaries", "ma-amo-tns", "ma-cnops"
TADAMON, ACHAMIL = "ma-amo-tadamon", "ma-amo-achamil"
THREE = ("2026-08", "2026-09", "2026-10")
SPRING = ("2026-03", "2026-04", "2026-05", "2026-06")
ONE_DAY = dt.timedelta(days=1)


def rules_of(country: str = "MA") -> CoverageRules:
    return CoverageRules(all_rules(), read_precedence()[country], country)


def covered(person: Beneficiary, day: dt.date = DAY, **more: Any) -> Coverage:
    country = more.pop("country", "MA")
    return resolve_coverage(person, rules_of(country), day, known_on=KNOWN_ON, **more)


def oneself(*memberships: Affiliation, **more: Any) -> Beneficiary:
    return Beneficiary((Insured(a_record(*memberships, **more)),))


def who_pays(person: Beneficiary, day: dt.date = DAY, **more: Any) -> tuple[str, str] | None:
    """The paying scheme and its rule, or None."""
    paying = covered(person, day, **more).paying
    return None if paying is None else (paying.scheme, paying.answer.basis)


def works(scheme: str, person_id: str, **more: Any) -> Insured:
    """An insured person whose last three months in a scheme are paid."""
    record = a_record(
        a_membership(scheme, person_id), contributions=paid(scheme, *THREE, person_id=person_id)
    )
    return Insured(record, **more)


# --- own rights in several schemes


def test_a_compulsory_scheme_comes_before_achamil_and_tadamon() -> None:
    person = oneself(
        a_membership(TADAMON),
        a_membership(ACHAMIL),
        a_membership(SALARIED),
        contributions=(*paid(SALARIED, *THREE), *paid(ACHAMIL, *THREE)),
        facts=[a_fact("rsu_score", "12")],
    )
    coverage = covered(person)

    assert who_pays(person) == (SALARIED, "days_in_months")
    assert [right.scheme for right in coverage.also_open] == [ACHAMIL]


@pytest.mark.parametrize(
    ("score", "paying"),
    [("9.3264284", (TADAMON, "registered")), ("9.3264285", (ACHAMIL, "months_paid"))],
)
def test_the_score_decides_between_tadamon_and_achamil(score: str, paying: tuple[str, str]) -> None:
    person = oneself(
        a_membership(TADAMON),
        a_membership(ACHAMIL),
        contributions=paid(ACHAMIL, *THREE),
        facts=[a_fact("rsu_score", score)],
    )
    assert who_pays(person) == paying


@pytest.mark.parametrize(
    ("day", "paying"),
    [
        (dt.date(2026, 9, 30), (TADAMON, "registered")),
        (dt.date(2026, 10, 1), (ACHAMIL, "months_paid")),
    ],
)
def test_a_new_score_moves_a_person_from_its_own_date(
    day: dt.date, paying: tuple[str, str]
) -> None:
    person = oneself(
        a_membership(TADAMON),
        a_membership(ACHAMIL),
        contributions=paid(ACHAMIL, "2026-06", "2026-07", "2026-08", "2026-09"),
        facts=[
            a_fact("rsu_score", "9.1", valid_to=dt.date(2026, 9, 30)),
            a_fact("rsu_score", "9.9", valid_from=dt.date(2026, 10, 1)),
        ],
    )
    assert who_pays(person, day) == paying


def left_for(scheme: str, *contributions: Contribution) -> Beneficiary:
    """Somebody who left the employees' scheme on 30 June for another one on 1 July."""
    return oneself(
        a_membership(SALARIED, valid_to=dt.date(2026, 6, 30)),
        a_membership(scheme, valid_from=dt.date(2026, 7, 1)),
        contributions=(*paid(SALARIED, *SPRING), *contributions),
    )


@pytest.mark.parametrize(
    ("day", "paying"),
    [
        (dt.date(2026, 6, 30), (SALARIED, "days_in_months")),
        (dt.date(2026, 7, 1), (SALARIED, "end_of_work")),
        (dt.date(2026, 9, 30), (SALARIED, "end_of_work")),
        (dt.date(2026, 10, 1), (TNS, "months_paid")),
    ],
)
def test_rights_kept_from_work_last_until_the_new_scheme_s_open(
    day: dt.date, paying: tuple[str, str]
) -> None:
    person = left_for(TNS, *paid(TNS, "2026-07", "2026-08", "2026-09"))

    assert who_pays(person, day) == paying


@pytest.mark.parametrize(
    ("day", "paying"),
    [(dt.date(2026, 12, 30), (SALARIED, "end_of_work")), (dt.date(2026, 12, 31), None)],
)
def test_and_not_a_day_longer_than_six_months(day: dt.date, paying: tuple[str, str] | None) -> None:
    assert who_pays(left_for(TNS), day) == paying


@pytest.mark.parametrize(
    ("day", "scheme"), [(dt.date(2026, 6, 30), SALARIED), (dt.date(2026, 7, 1), CNOPS)]
)
def test_a_scheme_that_opens_at_once_takes_over_at_once(day: dt.date, scheme: str) -> None:
    paying = who_pays(left_for(CNOPS), day)
    assert paying is not None
    assert paying[0] == scheme


def test_a_scheme_without_rules_here_is_believed_by_its_membership() -> None:
    person = oneself(a_membership("ma-army"))

    assert who_pays(person) == ("ma-army", "membership")


def test_a_membership_whose_rights_are_shut_covers_nobody() -> None:
    assert who_pays(oneself(a_membership(TNS))) is None


# --- own and dependants' rights


def test_own_rights_come_before_those_through_a_spouse() -> None:
    own = Insured(a_record(a_membership(CNOPS, "P9")))
    spouse = works(SALARIED, "P1", ties=(a_tie("P1", "spouse"),))

    assert who_pays(Beneficiary((spouse, own))) == (CNOPS, "public_servants")


def test_rights_through_a_spouse_come_before_tadamon() -> None:
    own = Insured(a_record(a_membership(TADAMON, "P9")))
    spouse = works(SALARIED, "P1", ties=(a_tie("P1", "spouse"),))

    assert who_pays(Beneficiary((own, spouse))) == (SALARIED, "days_in_months")


def test_own_rights_that_are_shut_leave_those_through_a_spouse() -> None:
    own = Insured(a_record(a_membership(TNS, "P9")))
    spouse = works(SALARIED, "P1", ties=(a_tie("P1", "spouse"),))

    assert who_pays(Beneficiary((own, spouse))) == (SALARIED, "days_in_months")


@pytest.mark.parametrize(
    ("care", "open_"),
    [(dt.date(2027, 10, 15), True), (dt.date(2027, 10, 16), False)],
)
def test_a_dissolved_marriage_keeps_rights_for_twelve_months(care: dt.date, open_: bool) -> None:
    tie = a_tie("P1", "spouse", valid_to=dt.date(2026, 10, 15))
    record = a_record(a_membership(CNOPS))

    paying = who_pays(Beneficiary((Insured(record, ties=(tie,)),)), care)
    assert (paying == (CNOPS, "end_of_marriage")) is open_


@pytest.mark.parametrize(
    ("care", "open_"), [(dt.date(2028, 4, 10), True), (dt.date(2028, 4, 11), False)]
)
def test_survivors_keep_rights_for_24_months_from_the_death(care: dt.date, open_: bool) -> None:
    """Even where nobody has ended the membership of the dead in the register."""
    died = dt.date(2026, 4, 10)
    widow = Insured(a_record(a_membership(CNOPS)), ties=(a_tie("P1", "spouse"),), death_date=died)
    paying = who_pays(Beneficiary((widow,)), care)
    assert (paying == (CNOPS, "survivors")) is open_


# --- a child of two insured parents

FATHER = works(SALARIED, "P1", ties=(a_tie("P1"),), sex="M")
MOTHER = Insured(a_record(a_membership(CNOPS, "P2")), ties=(a_tie("P2"),), sex="F")
BORN = dt.date(2015, 7, 8)


def test_a_child_of_two_insured_parents_is_the_father_s_scheme_s() -> None:
    for parents in ((FATHER, MOTHER), (MOTHER, FATHER)):
        coverage = covered(Beneficiary(parents, BORN))
        assert coverage.paying is not None
        assert coverage.paying.scheme == SALARIED
        assert [right.scheme for right in coverage.also_open] == [CNOPS]


@pytest.mark.parametrize(
    ("day", "scheme"), [(dt.date(2026, 11, 1), SALARIED), (dt.date(2026, 11, 2), CNOPS)]
)
def test_the_parent_who_has_custody_comes_first_from_that_day(day: dt.date, scheme: str) -> None:
    custody = a_fact("custody", "mother", valid_from=dt.date(2026, 11, 2))
    paying = who_pays(Beneficiary((FATHER, MOTHER), BORN, (custody,)), day)

    assert paying is not None
    assert paying[0] == scheme


def test_a_father_without_open_rights_leaves_the_child_to_the_mother_s_scheme() -> None:
    father = Insured(a_record(a_membership(SALARIED)), ties=(a_tie("P1"),), sex="M")

    assert who_pays(Beneficiary((father, MOTHER), BORN)) == (CNOPS, "public_servants")


def test_a_father_in_tadamon_leaves_the_child_to_the_mother_s_compulsory_scheme() -> None:
    father = Insured(a_record(a_membership(TADAMON)), ties=(a_tie("P1"),), sex="M")

    assert who_pays(Beneficiary((father, MOTHER), BORN)) == (CNOPS, "public_servants")


@pytest.mark.parametrize(("born", "open_"), [(DAY, True), (DAY - ONE_DAY, False)])
def test_a_child_past_the_age_is_covered_by_neither(born: dt.date, open_: bool) -> None:
    birth = born.replace(year=DAY.year - 21)

    assert (who_pays(Beneficiary((FATHER, MOTHER), birth)) is not None) is open_


def told(person: Beneficiary, insured: Insured, scheme: str, day: dt.date = DAY) -> tuple[str, str]:
    """What a dossier sent to a scheme through an insured person is told: the state and scheme."""
    here = rights_through(insured, all_rules()[scheme], scheme, day, known_on=KNOWN_ON)
    answer = answer_of(here, covered(person, day), scheme, insured.record.person_id)
    return answer.state.value, answer.other_scheme or answer.basis or answer.reason


def test_only_one_of_two_parents_dossiers_for_the_same_care_is_paid() -> None:
    child = Beneficiary((FATHER, MOTHER), BORN)

    assert told(child, FATHER, SALARIED) == ("open", "days_in_months")
    assert told(child, MOTHER, CNOPS) == ("other_scheme", SALARIED)


def test_a_dossier_for_a_scheme_that_was_left_names_the_new_one() -> None:
    person = left_for(CNOPS)

    assert told(person, person.insured[0], SALARIED) == ("other_scheme", CNOPS)
    assert told(person, person.insured[0], SALARIED, dt.date(2026, 6, 30))[0] == "open"


def test_a_dossier_for_a_new_scheme_that_is_not_open_yet_names_the_old_one() -> None:
    person = left_for(TNS)

    assert told(person, person.insured[0], TNS) == ("other_scheme", SALARIED)


def test_who_belongs_elsewhere_without_open_rights_is_sent_there_all_the_same() -> None:
    person = oneself(
        a_membership(SALARIED, valid_to=dt.date(2020, 1, 1)),
        a_membership(TNS, valid_from=dt.date(2022, 1, 1)),
    )
    assert told(person, person.insured[0], SALARIED) == ("other_scheme", TNS)


# --- France and Chongqing


def test_an_elected_official_with_a_job_is_cared_for_by_the_job_s_scheme() -> None:
    person = oneself(
        a_membership("fr-cpam", category="elu_local"),
        a_membership("fr-farmers"),
        facts=[a_fact("mandate_body", "commune")],
    )
    assert who_pays(person, country="FR") == ("fr-farmers", "membership")


def test_and_without_one_by_the_general_scheme() -> None:
    person = oneself(
        a_membership("fr-cpam", category="elu_local"), facts=[a_fact("mandate_body", "commune")]
    )
    assert who_pays(person, country="FR") == ("fr-cpam", "mandate")


def test_daily_benefits_are_each_scheme_s_own() -> None:
    order = read_precedence()["FR"]

    assert order.is_apart(CareKind.SICK_LEAVE, DAY)
    assert not order.is_apart(CareKind.AMBULATORY, DAY)


def test_long_term_care_insurance_stands_beside_health_insurance() -> None:
    person = oneself(
        a_membership("cn-cq-employee"),
        a_membership("cn-cq-ltc"),
        facts=[a_fact("ltc_contribution_years", "20")],
    )
    assert who_pays(person, country="CN") == ("cn-cq-employee", "active")
    ltc = who_pays(person, country="CN", branch="long_term_care", care_kind=CareKind.LONG_TERM_CARE)
    assert ltc == ("cn-cq-ltc", "fifteen_years")


def test_the_employees_scheme_comes_before_the_residents() -> None:
    person = oneself(a_membership("cn-cq-resident"), a_membership("cn-cq-employee"))

    assert who_pays(person, country="CN") == ("cn-cq-employee", "active")


# --- properties

MOROCCAN = (SALARIED, TNS, CNOPS, TADAMON, ACHAMIL, "ma-army")
days = st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31))
periods = st.tuples(days, st.one_of(st.none(), days))


@st.composite
def insured_people(draw: st.DrawFn, person_id: str, is_own: bool) -> Insured:
    """An insured person with up to three memberships, some months and a score."""
    memberships = [
        a_membership(scheme, person_id, valid_from=first, valid_to=last)
        for scheme, (first, last) in draw(
            st.lists(st.tuples(st.sampled_from(MOROCCAN), periods), max_size=3)
        )
    ]
    months = draw(st.sets(st.integers(0, 35), max_size=20))
    contributions = [
        Contribution(person_id, scheme, dt.date(2024 + month // 12, month % 12 + 1, 1), 26, 26)
        for month in sorted(months)
        for scheme in (SALARIED, TNS, ACHAMIL)
    ]
    score = draw(st.sampled_from(["", "9", "9.3264284", "12"]))
    record = replace(
        a_record(*memberships, contributions=contributions),
        person_id=person_id,
        facts=[a_fact("rsu_score", score, subject_id=person_id)] if score else [],
    )
    ties = () if is_own else (a_tie(person_id, draw(st.sampled_from(["child", "spouse"]))),)
    return Insured(record, ties=ties, sex=draw(st.sampled_from(["M", "F"])))


households = st.tuples(
    insured_people("P9", True), insured_people("P1", False), insured_people("P2", False)
)


@given(households, days)
def test_at_most_one_right_pays_and_every_dossier_hears_the_same(
    people: tuple[Insured, ...], day: dt.date
) -> None:
    person = Beneficiary(people)
    coverage = covered(person, day)

    every = [right for right in (coverage.paying, *coverage.others) if right is not None]
    assert len({right.place for right in every}) == len(every)
    told_open = {
        scheme
        for insured in people
        for scheme in {row.scheme for row in insured.record.affiliations} & set(all_rules())
        if told(person, insured, scheme, day)[0] == "open"
    }
    paying = {coverage.paying.scheme} if coverage.paying else set()
    assert told_open <= paying


@given(households, days, st.integers(0, 10_000))
def test_the_order_of_the_register_s_rows_never_matters(
    people: tuple[Insured, ...], day: dt.date, seed: int
) -> None:
    mixed = random.Random(seed)

    def shuffled(insured: Insured) -> Insured:
        record = insured.record
        return replace(
            insured,
            record=replace(
                record,
                affiliations=mixed.sample(record.affiliations, len(record.affiliations)),
                contributions=mixed.sample(record.contributions, len(record.contributions)),
            ),
        )

    other = tuple(shuffled(insured) for insured in mixed.sample(people, len(people)))
    assert covered(Beneficiary(other), day) == covered(Beneficiary(people), day)


@given(households, st.sampled_from([dt.date.min, dt.date(1, 2, 3), dt.date.max, SINCE]))
def test_absurd_days_are_answered(people: tuple[Insured, ...], day: dt.date) -> None:
    assert covered(Beneficiary(people), day).day == day
