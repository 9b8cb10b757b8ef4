"""Made from the golden cases: each figure is used from its first day on, and not the day before.

A case that uses a figure is moved, with every date in it, so that its care falls on the figure's
first day, then on the day before. Where the case needs other figures that do not reach back so
far it says nothing: in France many a figure is older than the oldest tariff known here. The share
of figures that are checked so is held up.
"""

from pathlib import Path

import pytest

import tasks.pricing
from tasks.pricing.cases import read_cases
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.engine import price
from tests.stages.pricing.shifted_cases import shifted

CASES_DIR = Path(__file__).parents[2] / "cases" / "pricing"
CATALOGUE = load_catalogue(Path(tasks.pricing.__file__).parent / "schemes")
CURRENCIES = {name: scheme.currency for name, scheme in CATALOGUE.schemes.items()}
#: Cases tried for one figure before it is left.
TRIES = 6
#: The least share of the figures that cases use which must be checked on both sides.
SHARE_MIN = 0.65


def cases_of(scheme_id):
    return [
        case
        for path in sorted((CASES_DIR / scheme_id).glob("*.yaml"))
        for case in read_cases(path, CURRENCIES)
        if case.known_on is None
    ]


def figure_ids(given):
    return {name for line in price(given, CATALOGUE).lines for name in line.figure_ids}


def users_by_key(cases):
    """The cases that use a figure, on whatever interval, by its key."""
    users = {}
    for case in cases:
        for figure_id in figure_ids(case.given):
            users.setdefault(figure_id.partition("@")[0], []).append(case)
    return users


def days_to(case, day):
    """By how many days the case must be moved for a day that counts in it to fall on ``day``."""
    dossier = case.given.dossier
    starts = {line.care_date for line in dossier.lines}
    if dossier.stay is not None:
        starts |= {dossier.stay.admission_date, dossier.stay.discharge_date}
    return sorted({(day - start).days for start in starts}, key=abs)


def is_checked(figure, case):
    """Whether moving the case shows the figure on its first day and not the day before."""
    for days in days_to(case, figure.start):
        try:
            on_day = figure_ids(shifted(case.given, days))
            before = figure_ids(shifted(case.given, days - 1))
        except OverflowError:
            continue
        if figure.figure_id in on_day and figure.figure_id not in before:
            return True
    return False


@pytest.mark.parametrize("scheme_id", CURRENCIES)
def test_figures_are_used_from_their_first_day_and_not_the_day_before(scheme_id):
    users = users_by_key(cases_of(scheme_id))
    checked, left = [], []
    for figure in CATALOGUE.figures(scheme_id):
        if figure.key not in users:
            continue
        tried = users[figure.key][:TRIES]
        found = checked if any(is_checked(figure, case) for case in tried) else left
        found.append(figure.figure_id)
    assert checked
    assert len(checked) >= SHARE_MIN * (len(checked) + len(left)), left
