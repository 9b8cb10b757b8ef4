"""What differs between two states of a scheme is named, and nothing else."""

import datetime as dt

import pytest

from models.errors import UsageError
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.diff import diff_schemes

SCHEME = "ma-amo-salaries"


def test_a_scheme_does_not_differ_from_itself(catalogue):
    assert diff_schemes(catalogue, SCHEME, catalogue, SCHEME) == ()


def test_a_changed_figure_is_named_with_both_values(catalogue, copied):
    changed = load_catalogue(
        copied("schemes/ma_amo_salaries/parameters.yaml", 'value: "3000.00"', 'value: "4000.00"')
    )
    (found,) = diff_schemes(catalogue, SCHEME, changed, SCHEME)
    assert (found.kind, found.key) == ("figure", "dental.prosthesis_ceiling@2015-01-01")
    assert found.before.startswith("3000.00 MAD")
    assert found.after.startswith("4000.00 MAD")


def test_a_figure_learnt_of_later_differs_between_two_days_of_knowledge(copied):
    later = (
        'values:\n    - {from: 2026-01-01, to: null, value: "0.75", source: MA-CNSS-COUVERTURE,'
        " status: confirmed, known_from: 2026-06-01}"
    )
    changed = load_catalogue(copied("schemes/ma_amo_salaries/parameters.yaml", "values:", later))
    before = changed.as_known(dt.date(2026, 5, 31))
    found = diff_schemes(before, SCHEME, changed, SCHEME)
    assert {each.key for each in found} == {
        "rate.general@2006-09-01",
        "rate.general@2026-01-01~2026-06-01",
    }


def test_a_scheme_that_is_not_there_is_told(catalogue):
    with pytest.raises(UsageError, match="zz: no such scheme; the catalogue has"):
        diff_schemes(catalogue, "zz", catalogue, SCHEME)
