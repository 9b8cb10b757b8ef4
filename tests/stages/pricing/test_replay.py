"""A replay counts what a change does to a dossier and, through counters, to others: no more."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from models.dossier import LineKind
from models.finding import Effect, Finding
from models.outcome import PricingInput
from tasks.pricing.changes import FigureChange, lay_over
from tasks.pricing.engine import price
from tasks.pricing.figures import Status
from tasks.pricing.ledger import Entry
from tasks.pricing.replay import Decided, Sums, add_up, replay, replay_in_force
from tests.builders import a_dossier, a_line, a_validated

LEARNT = dt.date(2026, 11, 20)
SCHEME = "ma-amo-salaries"


def a_change(catalogue, name, value, key=()):
    source = next(iter(catalogue.sources.values()))
    value = None if value is None else Decimal(value)
    return FigureChange("x.yaml", SCHEME, name, bool(key), tuple(key), dt.date(2026, 1, 1), None,
                        value, (), source, Status.ILLUSTRATIVE, None, "")  # fmt: skip


def books(catalogue, *dossiers):
    """Dossiers priced in the order given, each on what those before it used."""
    decided, uses = [], ()
    for dossier in dossiers:
        validated = a_validated(dossier_id=dossier.dossier_id)
        priced = price(PricingInput(dossier, validated, uses), catalogue)
        uses = (*uses, *priced.counter_uses)
        decided.append((dossier, validated, priced))
    return [
        Decided(Entry(PricingInput(dossier, validated, uses), priced), frozenset(),
                priced.due_minor, "paid", is_in_period=True)
        for dossier, validated, priced in decided
    ]  # fmt: skip


def a_consultation(key="D0001", **changes):
    return a_dossier(dossier_id=key, public_number=f"AMO-{key}", **changes)


def a_crown(key, day):
    line = a_line(kind=LineKind.CODE, letter="", coefficient=None, code="D754", care_date=day,
                  amount_minor=225000, unit_amount_minor=None)  # fmt: skip
    return a_consultation(key, lines=(line,))


def test_a_raised_letter_raises_what_was_billed_above_it(catalogue):
    dossier = a_consultation(lines=(a_line(amount_minor=20000),))
    changed = lay_over(
        catalogue, [a_change(catalogue, "letters", "100.00", ("private", "C"))], LEARNT
    )
    found = replay(books(catalogue, dossier), catalogue, changed, production=False)
    (one,) = found.affected
    # 70 % of 80.00 before; 70 % of 100.00 after.
    assert (one.decided_minor, one.before_minor, one.after_minor) == (5600, 5600, 7000)
    assert one.parts == (((SCHEME, "MAD", "ambulatory", "MA-TNR-LETTRE"), 5600, 7000),)


def test_what_the_change_does_not_reach_is_not_affected(catalogue):
    changed = lay_over(
        catalogue, [a_change(catalogue, "letters", "100.00", ("private", "Cs"))], LEARNT
    )
    found = replay(books(catalogue, a_consultation()), catalogue, changed, production=False)
    assert (found.affected, found.differing_otherwise) == ((), 0)


def test_a_raised_ceiling_reaches_the_second_dossier(catalogue):
    days = dt.date(2026, 10, 1), dt.date(2026, 10, 2)
    both = books(catalogue, *(a_crown(f"D000{no}", day) for no, day in enumerate(days)))
    raised = [a_change(catalogue, "dental.prosthesis_ceiling", "4000.00")]
    changed = lay_over(catalogue, raised, LEARNT)
    (one,) = replay(both, catalogue, changed, production=False).affected
    # 750.00 of room before, 1,750.00 after, at 70 %.
    assert (one.dossier_id, one.before_minor, one.after_minor) == ("D0001", 52500, 122500)


def test_a_lowered_act_leaves_more_room_for_the_dossier_after(catalogue):
    days = dt.date(2026, 10, 1), dt.date(2026, 10, 2)
    both = books(catalogue, *(a_crown(f"D000{no}", day) for no, day in enumerate(days)))
    lowered = [a_change(catalogue, "acts", "80", ("D754",))]
    found = replay(both, catalogue, lay_over(catalogue, lowered, LEARNT), production=False)
    # 80 × 12.50 = 1,000.00 each, below the ceiling both: 700.00 are due of each.
    assert [(one.before_minor, one.after_minor) for one in found.affected] == [
        (157500, 70000), (52500, 70000)
    ]  # fmt: skip
    assert found.first_ranks == {"P0001": both[0].entry.given.dossier.rank}


def stale(decided, due_minor):
    """A dossier that stands in the books with another amount, under another tariff."""
    line = replace(decided.entry.priced.lines[0], due_minor=due_minor)
    priced = replace(decided.entry.priced, lines=(line,), due_minor=due_minor,
                     tariff_version="older")  # fmt: skip
    return replace(decided, entry=replace(decided.entry, priced=priced))


def test_what_differs_without_the_change_is_counted_apart(catalogue):
    (one,) = books(catalogue, a_consultation(lines=(a_line(amount_minor=20000),)))
    raised = [a_change(catalogue, "rate.general", "0.80")]
    changed = lay_over(catalogue, raised, LEARNT)
    found = replay([stale(one, 100)], catalogue, changed, production=False)
    assert found.differing_otherwise == 1
    (affected,) = found.affected
    assert (affected.before_minor, affected.after_minor) == (5600, 6400)


@pytest.mark.parametrize("name", ["rate.general", "rate.drugs"])
def test_in_force_only_what_read_the_changed_figure_is_affected(catalogue, name):
    (one,) = books(catalogue, a_consultation())
    changes = [a_change(catalogue, name, "0.70")]
    found = replay_in_force([stale(one, 100)], catalogue, changes, production=False)
    if name == "rate.general":
        assert [(each.before_minor, each.after_minor) for each in found.affected] == [(100, 5600)]
    else:
        assert (found.affected, found.differing_otherwise) == ((), 1)


def test_a_line_that_a_check_refused_stays_unpaid(catalogue):
    (one,) = books(catalogue, a_consultation(lines=(a_line(), a_line(line_no=2))))
    refused = replace(one, refused_lines=frozenset({2}))
    raised = lay_over(catalogue, [a_change(catalogue, "rate.general", "0.80")], LEARNT)
    (affected,) = replay([refused], catalogue, raised, production=False).affected
    assert (affected.before_minor, affected.after_minor) == (5600, 6400)


def test_what_is_under_way_decides_itself(catalogue):
    (one,) = books(catalogue, a_consultation())
    busy = replace(one, entry=replace(one.entry, is_reopenable=False))
    raised = lay_over(catalogue, [a_change(catalogue, "rate.general", "0.80")], LEARNT)
    assert replay([busy], catalogue, raised, production=False).affected == ()


def test_the_money_adds_up_by_category(catalogue):
    dossiers = [a_consultation("D0001"), a_consultation("D0002")]
    raised = lay_over(catalogue, [a_change(catalogue, "rate.general", "0.80")], LEARNT)
    found = replay(books(catalogue, *dossiers), catalogue, raised, production=False)
    sums = {}
    add_up(sums, found.affected)
    assert sums == {(SCHEME, "MAD", "ambulatory", "MA-TNR-LETTRE"): Sums(2, 11200, 12800)}


def test_a_finding_of_pricing_that_refuses_a_line_counts_for_its_own_side(catalogue):
    (one,) = books(catalogue, a_consultation())
    refusal = (Finding("NON_REMBOURSABLE", Effect.REFUSE_LINE, 1),)
    before = replace(one.entry.priced, findings=refusal)
    refused = replace(one, entry=replace(one.entry, priced=before))
    changes = [a_change(catalogue, "rate.general", "0.70")]
    (affected,) = replay_in_force([refused], catalogue, changes, production=False).affected
    assert (affected.before_minor, affected.after_minor) == (0, 5600)
