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

CATALOGUE = load_catalogue(Path(tasks.pricing.__file__).parent / "schemes")
#: The schemes of one country share its tables; each is asked for the rows that its rules read.
SCHEMES = [key for key, scheme in CATALOGUE.schemes.items() if scheme.country == "MA"]
#: Every public K act has a surgery band, so this letter value prices no act, only what is billed
#: apart from one.
UNREACHED = ("letters", ("public", "K"))
ONE_DAY = dt.timedelta(days=1)


def read_tables(scheme_id):
    """The tables that a rule of the scheme reads, by id."""
    scheme = CATALOGUE.schemes[scheme_id]
    read = {name for rule in scheme.rules.values() for name in rule.reads}
    return {name: table for name, table in scheme.tables.items() if name in read}


TABLES = [(scheme_id, table_id) for scheme_id in SCHEMES for table_id in read_tables(scheme_id)]
PARAMETERS = [
    pytest.param(parameter, id=f"{scheme_id}: {parameter.parameter_id}")
    for scheme_id in SCHEMES
    for parameter in CATALOGUE.schemes[scheme_id].parameters.values()
]


def line_for(table_id, key, day):
    """The sector and a line that the table's row must price."""
    coded = {"kind": LineKind.CODE, "letter": "", "coefficient": None, "code": key[-1]}
    drug = {"kind": LineKind.DRUG, "letter": "", "coefficient": None, "ean": key[-1]}
    named = {
        "letters": lambda name: {"letter": name},
        "surgery_bands": lambda name: {
            "letter": "K",
            "coefficient": max(Decimal(name), Decimal(1)),
        },
        "acts": lambda _: coded,
        "forfaits": lambda _: coded,
        "unpriced_acts": lambda _: coded,
        "drugs": lambda _: drug,
        "drugs_cnops": lambda _: drug,
    }[table_id](key[-1])
    sector = key[0] if len(key) == 2 else "private"
    return sector, a_line(care_date=day, amount_minor=10_000_000, **named)


def figures_of(scheme_id, table_id, key, day):
    """The ids of the figures that the line of a row is priced with on a day."""
    sector, line = line_for(table_id, key, day)
    dossier = a_dossier(scheme=scheme_id, lines=(line,))
    given = PricingInput(dossier, a_validated(provider_sector=sector), ())
    return price(given, CATALOGUE).lines[0].figure_ids


@pytest.mark.parametrize(("scheme_id", "table_id"), TABLES)
def test_every_row_prices_from_its_first_day_and_not_the_day_before(scheme_id, table_id):
    late, early = [], []
    for key, timeline in read_tables(scheme_id)[table_id].by_key.items():
        if (table_id, key) == UNREACHED:
            continue
        for figure in timeline.figures:
            if not is_priced(table_id, figure):
                continue
            if figure.figure_id not in figures_of(scheme_id, table_id, key, figure.start):
                late.append(figure.figure_id)
            if figure.figure_id in figures_of(scheme_id, table_id, key, figure.start - ONE_DAY):
                early.append(figure.figure_id)
    assert (late, early) == ([], [])


def is_priced(table_id, figure):
    """A reimbursable drug whose list gives the price 0 has no price: its row prices nothing."""
    return table_id != "drugs_cnops" or bool(figure.value) or not figure.numbers["rate"]


def test_a_drug_without_a_public_price_prices_nothing_on_any_day():
    table = read_tables("ma-cnops")["drugs_cnops"]
    unpriced = [
        (key, figure)
        for key, timeline in table.by_key.items()
        for figure in timeline.figures
        if not is_priced("drugs_cnops", figure)
    ]
    assert len(unpriced) == 2
    for key, figure in unpriced:
        assert figures_of("ma-cnops", "drugs_cnops", key, figure.start) == ()


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_the_public_letter_k_gives_way_to_the_bands(scheme_id):
    day = dt.date(2026, 11, 2)
    tables = CATALOGUE.schemes[scheme_id].tables
    assert tables["letters"].at(("public", "K"), day).value == 13
    for k in range(500):
        assert tables["surgery_bands"].band_at(("public",), Decimal(k), day) is not None


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_a_parameter_has_its_value_from_its_first_day_and_another_the_day_before(parameter):
    for figure in parameter.timeline.figures:
        assert parameter.timeline.at(figure.start) == figure
        assert parameter.timeline.at(figure.start - ONE_DAY) != figure
        assert parameter.timeline.at(figure.last_day) == figure


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_a_draft_prices_on_no_day(scheme_id):
    drafts = list(CATALOGUE.drafts(scheme_id))
    assert len(drafts) == 5
    for draft in drafts:
        table_id, *key = draft.key.split(".")
        figure_ids = figures_of(scheme_id, table_id, tuple(key), draft.start)
        assert draft.figure_id not in figure_ids
        assert figure_ids
