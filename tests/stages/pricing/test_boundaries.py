"""For every figure: the day before its first day it does not price, on that day it does."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

import tasks.pricing
from models.dossier import LineKind
from models.outcome import PricingInput
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.engine import price
from tests.builders import a_dossier, a_line, a_validated

SCHEME = "ma-amo-salaries"
CATALOGUE = load_catalogue(Path(tasks.pricing.__file__).parent / "schemes")
#: Every public K act has a surgery band, so this letter value never prices.
UNREACHED = ("letters", ("public", "K"))
ONE_DAY = dt.timedelta(days=1)


def row_keys():
    """Every key of every table with the first day of each of its intervals."""
    for table_id, table in CATALOGUE.schemes[SCHEME].tables.items():
        for key, timeline in table.by_key.items():
            if (table_id, key) == UNREACHED:
                continue
            for figure in timeline.figures:
                yield pytest.param(table_id, key, figure, id=figure.figure_id)


def line_for(table_id, key, day):
    """The sector and a line that the table's row must price."""
    coded = {"kind": LineKind.CODE, "letter": "", "coefficient": None}
    drug = {"kind": LineKind.DRUG, "letter": "", "coefficient": None}
    named = {
        "letters": lambda name: {"letter": name},
        "surgery_bands": lambda name: {
            "letter": "K",
            "coefficient": max(Decimal(name), Decimal(1)),
        },
        "acts": lambda name: {**coded, "code": name},
        "forfaits": lambda name: {**coded, "code": name},
        "drugs": lambda name: {**drug, "ean": name},
    }[table_id](key[-1])
    sector = key[0] if len(key) == 2 else "private"
    return sector, a_line(care_date=day, amount_minor=10_000_000, **named)


def priced_with(table_id, key, day):
    sector, line = line_for(table_id, key, day)
    given = PricingInput(a_dossier(lines=(line,)), a_validated(provider_sector=sector), ())
    return price(given, CATALOGUE).lines[0]


@pytest.mark.parametrize(("table_id", "key", "figure"), row_keys())
def test_a_row_prices_from_its_first_day_and_not_the_day_before(table_id, key, figure):
    assert figure.figure_id in priced_with(table_id, key, figure.start).figure_ids
    assert figure.figure_id not in priced_with(table_id, key, figure.start - ONE_DAY).figure_ids


def test_the_public_letter_k_is_written_and_gives_way_to_the_bands():
    day = dt.date(2026, 11, 2)
    tables = CATALOGUE.schemes[SCHEME].tables
    assert tables["letters"].at(("public", "K"), day).value == 13
    for k in range(500):
        assert tables["surgery_bands"].band_at(("public",), Decimal(k), day) is not None


@pytest.mark.parametrize("parameter", CATALOGUE.schemes[SCHEME].parameters.values(),
                         ids=lambda parameter: parameter.parameter_id)  # fmt: skip
def test_a_parameter_has_its_value_from_its_first_day_and_another_the_day_before(parameter):
    for figure in parameter.timeline.figures:
        assert parameter.timeline.at(figure.start) == figure
        assert parameter.timeline.at(figure.start - ONE_DAY) != figure
        assert parameter.timeline.at(figure.last_day) == figure


def test_a_draft_prices_on_no_day():
    drafts = list(CATALOGUE.drafts(SCHEME))
    assert len(drafts) == 5
    for draft in drafts:
        table_id, *key = draft.key.split(".")
        figure_ids = priced_with(table_id, tuple(key), draft.start).figure_ids
        assert draft.figure_id not in figure_ids
        assert figure_ids
