"""The twelve rules on which a peer's two engines disagree, or err: what our contract does."""

import datetime as dt
import itertools
from dataclasses import replace
from decimal import Decimal

import pytest

from models.dossier import LineKind
from models.money import minor_from_major
from tasks.conform_scheme import NATIONAL, Covered, Limit, Price, Service, SmallScheme, load_kit
from tasks.conform_world import CARE_DAY, Asked, Claim, Used, take_through
from tasks.fraud.act_tables import FrequencyCeiling
from tasks.fraud.chunk import score
from tasks.fraud.figures import own_paths, read_figures
from tasks.fraud.history import History, history_line
from tasks.fraud.subject import subject_of
from tasks.review.desk import Answer, DeskAnswer, TaskFacts, judge
from tests.builders import a_dossier, a_fraud_input, a_line

DAY = dt.timedelta(days=1)
HUNDRED = Decimal(100)


def kit(*services, covered=None, prices=None, **changes):
    """A payer who covers the services in full at 100.00 each, but for what a test says."""
    services = services or (Service("A"),)
    return load_kit(
        SmallScheme(
            services=services,
            prices=prices or [Price(one.code, HUNDRED) for one in services],
            covered=covered or [Covered(one.code) for one in services],
            **changes,
        )
    )


def asked(code="A", amount=100, quantity=1, **changes):
    return Asked(code, Decimal(amount), quantity, **changes)


def paid(payer, *lines, **changes):
    return take_through(payer, Claim(lines or (asked(),), **changes)).line_paid


def test_1_a_line_wholly_inside_the_deductible_is_paid_nothing():
    payer = kit(limits=[Limit("deductible", Decimal(150))])
    assert paid(payer) == [0]


def test_1_the_rest_of_a_deductible_is_taken_from_the_next_line():
    payer = kit(Service("A"), Service("B"), limits=[Limit("deductible", Decimal(150))])
    assert paid(payer, asked("A"), asked("B")) == [0, 50]


def test_2_cents_are_kept_on_every_line():
    payer = kit(prices=[Price("A", Decimal("1.60"))], covered=[Covered("A", rate=Decimal("0.5"))])
    assert paid(payer, *[asked(amount="1.60")] * 3) == [Decimal("0.80")] * 3


def test_2_half_a_unit_is_a_coefficient_and_is_paid_to_the_cent():
    payer = kit(prices=[Price("A", Decimal("1.60"))])
    assert paid(payer, asked(amount="0.80", coefficient=Decimal("0.5"))) == [Decimal("0.80")]


def test_3_a_fixed_limit_of_zero_pays_nothing():
    assert paid(kit(covered=[Covered("A", limit=Decimal(0))])) == [0]


def test_3_no_fixed_limit_is_no_limit():
    assert paid(kit(covered=[Covered("A", limit=None)])) == [100]


def test_4_a_share_of_zero_pays_nothing():
    assert paid(kit(covered=[Covered("A", rate=Decimal(0))])) == [0]


@pytest.mark.parametrize(("age", "expected"), [(4, 60), (30, 0)])
def test_5_an_exclusion_from_the_ceiling_for_children_holds_for_children_alone(age, expected):
    payer = kit(
        covered=[Covered("A", patient="child", ceiling="out"), Covered("A", patient="adult")],
        limits=[Limit("ceiling", HUNDRED)],
    )
    found = paid(
        payer,
        asked(amount=60),
        birth_date=CARE_DAY.replace(year=CARE_DAY.year - age),
        used=[Used("zz.ceiling.P.person.any", 10_000)],
    )
    assert found == [expected]


def test_6_what_the_reviewer_decides_is_what_is_paid_and_not_the_list_price():
    facts = TaskFacts(
        kind="finding", is_agreement=False, asked_minor=50_000, proposed_minor=50_000,
        already_paid_minor=0, first_by="", first_answer="", barred=frozenset(),
    )  # fmt: skip
    answer = DeskAnswer(Answer.ACCEPT, due_minor=minor_from_major(Decimal(53 + 37)))
    assert judge(facts, answer, "reviewer", 1_000_000).due_minor == 9_000


@pytest.mark.parametrize(("days", "expected"), [(179, 0), (180, 100), (181, 100)])
def test_7_exactly_as_many_days_as_the_frequency_says_is_allowed(days, expected):
    before = Used("zz.units.A", 1, CARE_DAY - days * DAY)
    assert paid(kit(Service("A", frequency=180)), used=[before]) == [expected]


def test_8_an_act_filed_late_is_judged_by_the_acts_before_it_and_not_by_later_ones():
    later = CARE_DAY + 30 * DAY
    rank = f"{later.isoformat()}|{later.isoformat()}|CASE-0000"
    after = Used("zz.units.A", 1, later, rank=rank)
    assert paid(kit(Service("A", frequency=180)), used=[after]) == [100]


def test_8_the_later_act_is_judged_by_the_one_that_was_filed_late():
    filed_late = Used("zz.units.A", 1, CARE_DAY - 30 * DAY)
    assert paid(kit(Service("A", frequency=180)), used=[filed_late]) == [0]


def test_8_outside_the_window_order_of_arrival_says_nothing():
    later = CARE_DAY + 400 * DAY
    after = Used("zz.units.A", 1, later, rank=f"{later.isoformat()}|{later.isoformat()}|X")
    assert paid(kit(Service("A", frequency=180)), used=[after]) == [100]


@pytest.mark.parametrize(
    ("first_day", "status", "is_blocked"),
    [
        (CARE_DAY - 30 * DAY, "paid", True),
        (CARE_DAY - 30 * DAY, "in_progress", False),
        (CARE_DAY - 400 * DAY, "paid", False),
    ],
)
def test_8_within_the_window_the_act_filed_late_is_blocked_where_the_later_one_was_answered(
    first_day, status, is_blocked
):
    ceiling = FrequencyCeiling("SIX_MONTHS", "A", "", False, False, 1, 6, first_day, None)
    figures = replace(
        read_figures(own_paths(NATIONAL / "ma" / "drugs.csv")), ceilings={"A": (ceiling,)}
    )
    line = a_line(kind=LineKind.CODE, letter="", coefficient=None, code="A", care_date=first_day)
    later = history_line(
        replace(line, care_date=CARE_DAY), dossier_id="D0009", version=1, order_key="9",
        status=status, person_id="P0001", provider_id="H0001", care_kind="ambulatory",
    )  # fmt: skip
    entry = a_fraud_input(dossier=a_dossier(lines=(line,)), order_key="1")
    history = History(lines={"P0001": (later,)})
    found = score(subject_of(entry, CARE_DAY), history, figures)
    assert ["F23"] * is_blocked == [signal.rule_id for signal in found.signals]


@pytest.mark.parametrize(
    ("facility", "nights", "expected"), [("B", 2, 0), ("B", 0, 100), ("I", 2, 0), ("O", 0, 100)]
)
def test_9_an_out_patient_service_during_a_stay_is_refused(facility, nights, expected):
    payer = kit(Service("A", care_type="O"))
    found = paid(payer, nights=nights, facility_facts={"care_type": facility})
    assert found == [expected]


def test_10_a_visit_beyond_the_maximum_is_refused_in_all_its_lines():
    payer = kit(Service("A", category="C"), Service("B"), visit_limits={"C": 1})
    claim = Claim([asked("A"), asked("B")], used=[Used("zz.visits.C", 1)])
    outcome = take_through(payer, claim)
    assert outcome.line_codes == ["ZZ_MAXIMUM_VISITES.C"] * 2
    assert (outcome.paid, outcome.word) == (0, "closed_at_zero")


@pytest.mark.parametrize(
    ("care_date", "expected"),
    [(dt.date(2020, 1, 1), 60), (dt.date(2020, 12, 30), 60), (dt.date(2020, 12, 31), 90)],
)
def test_11_a_person_is_an_adult_from_the_18th_birthday_on(care_date, expected):
    payer = kit(
        covered=[
            Covered("A", rate=Decimal("0.6"), patient="child"),
            Covered("A", rate=Decimal("0.9"), patient="adult"),
        ]
    )
    assert paid(payer, care_date=care_date, birth_date=dt.date(2002, 12, 31)) == [expected]


@pytest.mark.parametrize(("items", "services"), [(3, 3), (1, 1), (3, 0), (0, 3)])
def test_12_a_claim_of_several_items_and_services_is_the_sum_of_its_lines(items, services):
    names = [*(f"I{n}" for n in range(items)), *(f"S{n}" for n in range(services))]
    amounts = [Decimal(100 + 7 * place) for place in range(len(names))]
    payer = load_kit(
        SmallScheme(
            services=[Service(name) for name in names],
            prices=[Price(*pair) for pair in zip(names, amounts, strict=True)],
            covered=[Covered(name) for name in names],
            items=[name for name in names if name.startswith("I")],
        )
    )
    lines = [
        Asked(name, amount, is_item=name.startswith("I"))
        for name, amount in zip(names, amounts, strict=True)
    ]
    outcome = take_through(payer, Claim(lines))
    assert outcome.paid == sum(amounts)
    assert outcome.line_paid == amounts


def test_the_order_of_lines_changes_nothing_of_what_is_paid():
    payer = kit(
        Service("A", max_units=3), Service("B", frequency=10), Service("C", category="C"),
        covered=[Covered("A", rate=Decimal("0.8")), Covered("B", limit=Decimal(70)), Covered("C")],
        limits=[Limit("deductible", Decimal(45)), Limit("ceiling", Decimal(310)),
                Limit("category.C", Decimal(250))],
    )  # fmt: skip
    lines = (asked("A", 200, 2), asked("A", 150, 2), asked("B", 90), asked("C"))
    found = set()
    for order in itertools.permutations(lines):
        outcome = take_through(payer, Claim(order))
        pairs = sorted(zip(map(repr, order), outcome.line_paid, strict=True))
        uses = sorted((use.counter, use.amount_minor) for use in outcome.priced.counter_uses)
        found.add((tuple(pairs), tuple(uses)))
    assert len(found) == 1
