"""How sure a reading has to be: groups, bounds, order, versions."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.bounds import chance_of_at_least, exact_upper_95
from models.errors import CatalogueError
from models.reading import Box
from tasks.extraction.acceptance import Judged, Reading, Source
from tasks.extraction.belief import Belief
from tasks.extraction.calibration.calibration import (
    UNKNOWN,
    Calibration,
    from_document,
    shipped_calibration,
    to_document,
)
from tasks.extraction.calibration.cells import (
    ANY,
    WEAKER,
    Cell,
    evidence_of,
    no_limits,
    read_limits,
)
from tasks.extraction.calibration.compare import (
    SINGLE,
    accepts,
    changes,
    is_enough_alone,
    second_reading,
)
from tasks.extraction.calibration.fit import (
    LABELS_MIN,
    Count,
    Label,
    Made,
    count_labels,
    fit_calibration,
)
from tasks.extraction.calibration.labels import desk_labels
from tasks.extraction.found import Found

MADE = Made("v1", "2026-11-22T00:00:00+00:00", "somebody", "a test")
TYPES = ("amount", "digits", "date", "name")
BANDS = ("good", "poor")
KINDS = tuple(sorted({*WEAKER, *(weak for kinds in WEAKER.values() for weak in kinds)}))
COUNTS = st.dictionaries(
    st.builds(Cell, st.sampled_from(TYPES), st.sampled_from(KINDS), st.sampled_from(BANDS)),
    st.integers(0, 5_000).flatmap(
        lambda labels: st.builds(Count, st.just(labels), st.integers(0, min(labels, 200)))
    ),
    min_size=1,
)


def fitted(counts: dict[Cell, Count]) -> Calibration:
    return fit_calibration(counts, MADE)


@settings(deadline=None, max_examples=60)
@given(COUNTS)
def test_more_evidence_is_never_believed_less(counts):
    calibration = fitted(counts)
    seen = {cell.evidence for cell in counts}
    for strong, weaker in WEAKER.items():
        for weak in weaker:
            if strong not in seen or weak not in seen:
                continue
            for field_type in (*TYPES, "never seen"):
                for band in (*BANDS, ANY, "never seen"):
                    above = calibration.of(Cell(field_type, strong, band))
                    below = calibration.of(Cell(field_type, weak, band))
                    assert above.chance <= below.chance
                    assert above.upper <= below.upper


@settings(deadline=None, max_examples=60)
@given(COUNTS)
def test_a_bound_is_never_below_its_chance_and_both_are_chances(counts):
    for one in fitted(counts).cells.values():
        assert 0 <= one.chance <= one.upper <= 1


@settings(deadline=None, max_examples=60)
@given(COUNTS)
def test_a_version_is_the_same_after_it_was_written_and_read(counts):
    calibration = fitted(counts)
    assert from_document(to_document(calibration)) == calibration


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 3_000), st.floats(0.0005, 0.2))
def test_the_bound_covers_the_rate_that_such_counts_come_from(labels, rate):
    # The largest count that is still unlikely: at or below it, the bound may miss the rate.
    missed = [wrong for wrong in range(min(labels, 60)) if exact_upper_95(wrong, labels) < rate]
    chance_of_a_miss = 1 - chance_of_at_least(max(missed) + 1, labels, rate) if missed else 0.0
    assert chance_of_a_miss <= 0.05 + 1e-9


def test_none_wrong_of_three_thousand_excludes_one_in_a_thousand():
    assert exact_upper_95(0, 3_000) < 0.001 < exact_upper_95(0, 2_900)


def test_a_group_with_few_labels_has_the_bound_of_the_wider_one():
    counts = {
        Cell("digits", "agreed", "good"): Count(5_000, 0),
        Cell("digits", "agreed", "fair"): Count(20, 0),
        Cell("date", "agreed", "good"): Count(1_000, 0),
    }
    few = fitted(counts).of(Cell("digits", "agreed", "fair"))
    assert few.group == "digits/agreed/legible"
    assert few.upper == pytest.approx(exact_upper_95(0, 5_020), abs=1e-6)


def test_few_labels_count_against_a_group_when_they_are_worse_than_the_wider_one_explains():
    counts = {
        Cell("digits", "agreed", "good"): Count(5_000, 0),
        Cell("digits", "agreed", "fair"): Count(20, 2),
    }
    bad = fitted(counts).of(Cell("digits", "agreed", "fair"))
    assert bad.group == "digits/agreed/fair"
    assert not accepts(bad, Cell("digits", "agreed", "fair"), read_limits())


def test_a_group_with_enough_labels_speaks_for_itself():
    counts = {
        Cell("digits", "agreed", "good"): Count(5_000, 0),
        Cell("digits", "agreed", "fair"): Count(LABELS_MIN, 0),
    }
    assert fitted(counts).of(Cell("digits", "agreed", "fair")).group == "digits/agreed/fair"


def test_what_was_never_measured_goes_to_a_person():
    calibration = fitted({Cell("digits", "agreed", ""): Count(5_000, 0)})
    assert calibration.of(Cell("digits", "one_reader", "")) == UNKNOWN
    assert not accepts(UNKNOWN, Cell("text", "one_reader", ""), read_limits())


def test_what_stands_in_the_register_counts_for_one_reading_of_it_too():
    calibration = fitted({Cell("digits", "agreed+register", ""): Count(1_000, 0)})
    alone = calibration.of(Cell("digits", "register", ""))
    assert (alone.labels, alone.upper) == (0, pytest.approx(exact_upper_95(0, 1_000), abs=1e-6))


def test_what_the_register_contradicts_is_believed_ten_times_less():
    calibration = fitted({Cell("date", "agreed", ""): Count(3_000, 0)})
    plain = calibration.of(Cell("date", "agreed", ""))
    doubted = calibration.of(Cell("date", "agreed+register_differs", ""))
    assert doubted.chance == pytest.approx(10 * plain.chance)
    assert doubted.upper == pytest.approx(10 * plain.upper)


def test_one_label_of_a_contradiction_changes_little():
    counts = {
        Cell("name", "agreed", ""): Count(3_000, 0),
        Cell("name", "agreed+register_differs", ""): Count(1, 1),
    }
    doubted = fitted(counts).of(Cell("name", "agreed+register_differs", ""))
    assert 0.005 < doubted.chance < 0.03
    assert accepts(doubted, Cell("name", "agreed+register_differs", ""), read_limits())


def test_accents_do_not_matter_where_the_register_has_the_name():
    assert evidence_of("agreed", {"accents", "register"}) == "agreed+register"
    assert evidence_of("agreed", {"accents", "anything else"}) == "agreed+accents"


def test_a_changed_cell_is_noticed():
    text = to_document(fitted({Cell("digits", "agreed", ""): Count(100, 50)}))
    assert "0.5" in text
    with pytest.raises(CatalogueError, match="fingerprint"):
        from_document(text.replace("50", "10"))


def test_a_document_without_cells_is_refused():
    with pytest.raises(CatalogueError, match="made_at"):
        from_document('version: "v1"\n')


def test_the_limits_know_every_field_of_the_evidence():
    limits = read_limits()
    assert limits.type_of("lines[12].amount_minor") == "amount"
    assert limits.type_of("insured_number") == "digits"
    assert limits.type_of("something_of_a_new_form_date") == "date"
    assert limits.type_of("something new") == "code"
    assert no_limits(limits).limit_of("amount", "doubtful").error_max == 1


def test_a_new_version_says_what_it_accepts_that_the_one_before_did_not():
    cell = Cell("digits", "one_reader", "good")
    before, after = fitted({cell: Count(20, 0)}), fitted({cell: Count(6_000, 0)})
    changed = {one.cell: one for one in changes(before, after, read_limits())}
    assert changed[cell].is_accepted
    assert not changed[cell].was_accepted
    assert list(changes(after, after, read_limits())) == []


def test_the_second_reader_is_spared_where_labels_of_one_allow_it_and_never_on_money():
    counts = {
        Cell("date", SINGLE, "good"): Count(4_000, 0),
        Cell("date", SINGLE, "poor"): Count(400, 30),
        Cell("amount", SINGLE, "good"): Count(9_000, 0),
        Cell("integer", SINGLE, "good"): Count(9_000, 0),
    }
    policy = second_reading(fitted(counts), read_limits())
    assert not policy.is_needed("date", "good")
    assert policy.is_needed("date", "poor")
    assert policy.is_needed("amount", "good")
    assert policy.is_needed("integer", "good")
    assert policy.is_needed("name", "good")


@pytest.mark.parametrize(("labels", "is_enough"), [(0, False), (100, False), (300, True)])
def test_a_type_is_read_once_by_labels_of_its_own_and_of_no_other_type(labels, is_enough):
    counts = {
        Cell("date", SINGLE, "good"): Count(40_000, 0),
        Cell("date", "doubtful", "fair"): Count(100, 50),
        Cell("digits", SINGLE, "good"): Count(labels, 0),
    }
    calibration, limits = fitted(counts), read_limits()
    cell = Cell("digits", SINGLE, "good")
    assert accepts(calibration.of(cell), cell, limits)
    assert is_enough_alone(calibration, cell, limits) is is_enough
    # Good and fair pages speak for one another; a page of no known band is nobody's.
    assert is_enough_alone(calibration, replace(cell, band="fair"), limits) is is_enough
    assert not is_enough_alone(calibration, replace(cell, band=""), limits)


@pytest.mark.parametrize(
    ("field", "band", "is_doubtful"),
    [
        ("deposit_date", "good", False),
        ("deposit_date", "poor", True),
        ("deposit_date", "", True),
        ("lines[1].quantity", "good", True),
        ("total_minor", "good", True),
        ("insured_name", "poor", True),
    ],
)
def test_a_field_read_once_where_no_label_allows_it_goes_to_a_person(field, band, is_doubtful):
    judged = Judged("2026-11-18", 0.01, False, Source.FIRST)
    once = Found(judged, Reading("18/11/2026", is_single=True), 1, Box(0, 0, 1, 1))
    belief = Belief(bands={1: band})
    assert belief.weigh(field, once).judged.is_doubtful is is_doubtful
    assert not belief.without_limits.weigh(field, once).judged.is_doubtful


def test_the_shipped_version_is_whole_and_says_where_it_is_from():
    shipped = shipped_calibration()
    assert shipped.origin.startswith("simulated paper")
    assert shipped.labels == sum(
        one.labels for cell, one in shipped.cells.items() if cell.field_type == cell.band == ANY
    )


class Row:
    """A row of ``field_label``."""

    def __init__(self, origin: str, *, was_accepted: bool, is_wrong: bool) -> None:
        self.origin, self.was_accepted, self.is_wrong = origin, was_accepted, is_wrong
        self.field_type, self.evidence, self.quality_band = "digits", "agreed", "good"
        self.stated_probability = 0.001


def test_an_accepted_field_that_somebody_noticed_is_no_sample():
    rows = [
        Row("correction", was_accepted=True, is_wrong=True),
        Row("correction", was_accepted=False, is_wrong=False),
        Row("audit", was_accepted=True, is_wrong=False),
        Row("typing", was_accepted=True, is_wrong=True),
    ]
    found = desk_labels(rows)
    assert [label.is_wrong for label in found.sample] == [False, False, True]
    assert len(found.noticed) == 1


def test_labels_are_counted_by_cell():
    label = Label(Cell("digits", "agreed", "good"), is_wrong=False)
    counts = count_labels([label, label, replace(label, is_wrong=True)])
    assert counts == {label.cell: Count(3, 1)}


def test_poor_pages_and_the_others_say_nothing_of_each_other():
    counts = {
        Cell("amount", "arithmetic", "good"): Count(1_000, 0),
        Cell("amount", "arithmetic", "poor"): Count(20, 2),
    }
    alone = {Cell("amount", "arithmetic", "good"): Count(1_000, 0)}
    good = Cell("amount", "arithmetic", "good")
    assert fitted(counts).of(good).upper == fitted(alone).of(good).upper
    poor = fitted(counts).of(Cell("amount", "arithmetic", "poor"))
    assert poor.upper > 0.1
