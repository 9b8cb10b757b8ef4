"""Whatever the order of arrival, a family's books end as if every dossier had come in its order."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import tasks.pricing
from models.dossier import LineKind, RequestKind
from models.finding import Effect, Finding
from models.outcome import PricedDossier, PricingInput
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.chunk import price_in_rank
from tasks.pricing.engine import price
from tasks.pricing.ledger import Entry, is_same, restate
from tests.builders import a_dossier, a_line, a_validated

CATALOGUE = load_catalogue(Path(tasks.pricing.__file__).parent / "schemes")
PEOPLE = ("P0001", "P0002")


def a_crown(number, day, person="P0001", version=1, amount=225000):
    """A dossier of one crown; its rank is its day."""
    line = a_line(kind=LineKind.CODE, letter="", coefficient=None, code="D754", care_date=day,
                  amount_minor=amount, unit_amount_minor=None)  # fmt: skip
    key = f"D{number:04d}"
    dossier = a_dossier(dossier_id=key, version=version, public_number=f"AMO-{key}", lines=(line,))
    validated = a_validated(dossier_id=key, version=version, beneficiary_person_id=person)
    return PricingInput(dossier, validated, ())


class Books:
    """Dossiers as they came: each priced on what stood in the books at that moment."""

    def __init__(self):
        self.priced: dict[str, tuple[PricingInput, PricedDossier]] = {}

    def uses(self):
        return tuple(use for _, priced in self.priced.values() for use in priced.counter_uses)

    def take(self, given):
        given = replace(given, counters=self.uses())
        self.priced[given.dossier.dossier_id] = (given, price(given, CATALOGUE))

    def entries(self):
        return [
            Entry(replace(given, counters=self.uses()), priced)
            for given, priced in self.priced.values()
        ]

    def settle(self):
        """Decide again what differs, until nothing does; return the dossiers decided again."""
        again = set()
        while found := restate(self.entries(), CATALOGUE):
            assert not again.intersection(one.priced.dossier_id for one in found)
            for one in found:
                again.add(one.priced.dossier_id)
                self.priced[one.priced.dossier_id] = (one.entry.given, one.priced)
        return again


crowns = st.lists(
    st.tuples(
        st.dates(dt.date(2025, 1, 1), dt.date(2026, 11, 1)),
        st.sampled_from(PEOPLE),
        st.integers(0, 400000),
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=60, deadline=None)
@given(crowns, st.randoms(use_true_random=False), st.sets(st.integers(0, 6)))
def test_books_settled_after_any_order_and_departures_are_those_of_the_order(made, random, gone):
    dossiers = [a_crown(no, day, person, amount=amount)
                for no, (day, person, amount) in enumerate(made)]  # fmt: skip
    books = Books()
    for one in random.sample(dossiers, len(dossiers)):
        books.take(one)
        if random.random() < 0.5:
            books.settle()
    for number in gone:
        books.priced.pop(f"D{number:04d}", None)
    books.settle()
    left = [one for one in dossiers if one.dossier.dossier_id in books.priced]
    for wanted in price_in_rank(left, CATALOGUE):
        assert is_same(wanted, books.priced[wanted.dossier_id][1])
    assert books.settle() == set()


def two_out_of_order():
    books = Books()
    books.take(a_crown(2, dt.date(2026, 10, 2)))
    books.take(a_crown(1, dt.date(2026, 10, 1)))
    return books


def test_only_the_dossier_that_saw_too_little_is_restated():
    (found,) = restate(two_out_of_order().entries(), CATALOGUE)
    assert (found.priced.dossier_id, found.priced.due_minor) == ("D0002", 52500)


def test_what_may_not_be_decided_again_counts_as_it_stands():
    entries = [replace(one, is_reopenable=False) for one in two_out_of_order().entries()]
    assert restate(entries, CATALOGUE) == []


def test_an_answered_request_for_agreement_is_left_alone():
    entries = []
    for entry in two_out_of_order().entries():
        asked = replace(entry.given.dossier, request_kind=RequestKind.PRIOR_AGREEMENT)
        entries.append(replace(entry, given=replace(entry.given, dossier=asked)))
    assert restate(entries, CATALOGUE) == []


def under_another_tariff(entry, due_minor):
    line = replace(entry.priced.lines[0], base_minor=due_minor, due_minor=due_minor)
    other = replace(entry.priced, tariff_version="other", lines=(line,), due_minor=due_minor)
    return replace(entry, priced=other)


def test_a_tariff_that_changed_since_is_no_reason_of_the_counters():
    books = Books()
    books.take(a_crown(1, dt.date(2026, 10, 1)))
    (entry,) = books.entries()
    assert restate([under_another_tariff(entry, 100)], CATALOGUE) == []


def test_counters_count_for_a_dossier_of_another_tariff_too():
    late, early = two_out_of_order().entries()
    (found,) = restate([under_another_tariff(late, 100), early], CATALOGUE)
    assert found.priced.due_minor == 52500


def test_a_note_is_no_difference_and_a_demand_is():
    books = Books()
    books.take(a_crown(1, dt.date(2026, 10, 1)))
    (entry,) = books.entries()
    note = replace(entry.priced, findings=(Finding("PLAFOND_PROTHESE", Effect.NOTE),))
    demand = replace(entry.priced, findings=(Finding("PLAFOND_PROTHESE", Effect.REVIEW),))
    assert is_same(entry.priced, note)
    assert not is_same(entry.priced, demand)
