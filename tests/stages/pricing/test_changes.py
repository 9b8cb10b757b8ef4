"""A change file is checked as strictly as the catalogue, and overlays it without touching it."""

import datetime as dt
from decimal import Decimal

import pytest
import yaml

from models.errors import CatalogueError
from tasks.pricing.changes import first_difference, lay_over, read_changes

SCHEME = "ma-amo-salaries"
LEARNT = dt.date(2026, 11, 20)
RATE = {"scheme": SCHEME, "parameter": "rate.general", "from": dt.date(2026, 1, 1),
        "to": dt.date(2026, 6, 30), "value": "0.75", "source": "MA-CNSS-COUVERTURE",
        "status": "illustrative"}  # fmt: skip
LETTER = {"scheme": SCHEME, "table": "letters", "key": ["private", "C"],
          "from": dt.date(2026, 1, 1), "to": None, "value": "150.00",
          "source": "MA-CONV-2020", "status": "draft-not-in-force"}  # fmt: skip
DROPPED = {"scheme": SCHEME, "table": "drugs", "from": dt.date(2026, 3, 1), "to": None,
           "drop": True, "source": "MA-CNSS-COUVERTURE", "status": "illustrative"}  # fmt: skip
NEW_SOURCE = {"id": "DRAFT-1", "title": "Projet", "issuer": "CNSS", "date": None, "url": None,
              "authority": "decision"}  # fmt: skip


@pytest.fixture
def written(tmp_path):
    def write(*changes):
        path = tmp_path / "change.yaml"
        path.write_text(yaml.safe_dump(list(changes), allow_unicode=True), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(("day", "rate"), [
    (dt.date(2025, 12, 31), "0.70"), (dt.date(2026, 1, 1), "0.75"),
    (dt.date(2026, 6, 30), "0.75"), (dt.date(2026, 7, 1), "0.70"),
])  # fmt: skip
def test_a_changed_parameter_counts_from_its_first_day_to_its_last(catalogue, written, day, rate):
    changed = lay_over(catalogue, read_changes(written(RATE), catalogue), LEARNT)
    timelines = [
        each.schemes[SCHEME].parameters["rate.general"].timeline for each in (catalogue, changed)
    ]
    assert timelines[0].at(day).value == Decimal("0.70")
    assert timelines[1].at(day).value == Decimal(rate)


def test_a_changed_row_keeps_what_the_change_does_not_speak_of(catalogue, written):
    changed = lay_over(catalogue, read_changes(written(LETTER), catalogue), LEARNT)
    row = changed.schemes[SCHEME].tables["letters"].at(("private", "C"), dt.date(2026, 1, 1))
    assert (row.minor, row.unit) == (Decimal(15000), "MAD/unit")
    assert row.texts == {"label": "Consultation généraliste"}
    assert row.figure_id == "letters.private.C@2026-01-01~2026-11-20"


def test_a_dropped_table_has_no_row_from_that_day_on(catalogue, written):
    changed = lay_over(catalogue, read_changes(written(DROPPED), catalogue), LEARNT)
    before, after = dt.date(2026, 2, 28), dt.date(2026, 3, 1)
    (key, *_) = catalogue.schemes[SCHEME].tables["drugs"].by_key
    table = changed.schemes[SCHEME].tables["drugs"]
    assert table.at(key, before) is not None
    assert table.at(key, after) is None
    assert catalogue.schemes[SCHEME].tables["drugs"].at(key, after) is not None


def test_a_source_may_be_written_out_in_the_change(catalogue, written):
    changes = read_changes(written({**RATE, "source": NEW_SOURCE}), catalogue)
    assert lay_over(catalogue, changes, LEARNT).sources["DRAFT-1"].issuer == "CNSS"
    assert "DRAFT-1" not in catalogue.sources


def test_rules_read_the_changed_figures_and_the_version_says_so(catalogue, written):
    changed = lay_over(catalogue, read_changes(written(RATE), catalogue), LEARNT).schemes[SCHEME]
    assert changed.tariff_version == f"{catalogue.schemes[SCHEME].tariff_version}.changed"
    assert changed.rate_rules[-1].figures is not catalogue.schemes[SCHEME].rate_rules[-1].figures


def test_the_first_day_on_which_the_catalogue_says_something_else_is_named(catalogue, written):
    (rate,) = read_changes(written(RATE), catalogue)
    (letter,) = read_changes(written({**LETTER, "value": "80.00"}), catalogue)
    (drop,) = read_changes(written(DROPPED), catalogue)
    assert first_difference(catalogue, rate) == dt.date(2026, 1, 1)
    assert first_difference(catalogue, letter) is None
    assert first_difference(catalogue, drop) == dt.date(2026, 3, 1)
    for change in (rate, drop):
        assert first_difference(lay_over(catalogue, [change], LEARNT), change) is None


FAULTS = {
    "an unknown scheme": ({**RATE, "scheme": "zz"}, r"entry 1: scheme: unknown"),
    "an unknown parameter": ({**RATE, "parameter": "rate.x"}, r"rate\.x: 2026-01-01: .* no such"),
    "an unknown key": ({**RATE, "uprating": 2}, r"entry 1: unknown key uprating"),
    "an unknown source": ({**RATE, "source": "NONE"}, r"2026-01-01: source NONE is not in"),
    "a float": ({**RATE, "value": 0.75}, r"2026-01-01: value: a float is no figure"),
    "a rate above one": ({**RATE, "value": "75"}, r"2026-01-01: a rate stands between 0 and 1"),
    "no value": ({k: v for k, v in RATE.items() if k != "value"}, r"2026-01-01: missing value"),
    "a value that is dropped": ({**RATE, "drop": True}, r"has a value and drops it"),
    "an end before its start": ({**RATE, "to": dt.date(2025, 1, 1)}, r"ends on 2025-01-01"),
    "parameter and table": ({**RATE, "table": "letters"}, r"either a parameter or a table"),
    "a value for a whole table": ({**LETTER, "key": []}, r"missing key"),
    "a key that is too short": ({**LETTER, "key": ["private"]}, r"must be a list of sector, let"),
    "a new row": ({**LETTER, "key": ["private", "ZZ"]}, r"a new row needs every column"),
    "a column that is none": ({**LETTER, "numbers": {"x": "1"}}, r"numbers: the other columns"),
}


@pytest.mark.parametrize(("change", "message"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_change_is_refused_by_file_key_and_date(catalogue, written, change, message):
    with pytest.raises(CatalogueError, match=message):
        lay_over(catalogue, read_changes(written(change), catalogue), LEARNT)


def test_two_changes_of_one_figure_on_one_day_are_refused(catalogue, written):
    with pytest.raises(CatalogueError, match=r"overlaps change\.yaml: entry 1"):
        read_changes(written(RATE, {**RATE, "from": dt.date(2026, 6, 30)}), catalogue)


def test_a_change_must_be_learnt_of_after_what_it_overlays(catalogue, written):
    first = lay_over(catalogue, read_changes(written(RATE), catalogue), LEARNT)
    again = read_changes(written({**RATE, "known_from": LEARNT}), catalogue)
    with pytest.raises(CatalogueError, match="learnt of these days on 2026-11-20"):
        lay_over(first, again, LEARNT)
