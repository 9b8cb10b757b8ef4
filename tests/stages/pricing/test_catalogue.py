"""The shipped catalogue loads, knows two times, and a change of any byte changes its version."""

import datetime as dt
from decimal import Decimal

import pytest

from models.errors import CatalogueError
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.engine import price
from tasks.pricing.figures import Status
from tests.builders import a_line, a_pricing_input

SCHEME = "ma-amo-salaries"
PARAMETERS = "schemes/ma_amo_salaries/parameters.yaml"
LETTERS = "national/ma/letters.csv"


def all_figures(catalogue):
    """Every figure of every scheme, in force or not."""
    for scheme_id in catalogue.schemes:
        yield from catalogue.figures(scheme_id)
        yield from catalogue.drafts(scheme_id)


def test_every_figure_names_a_registered_source_and_a_status(catalogue):
    figures = list(catalogue.figures(SCHEME)) + list(catalogue.drafts(SCHEME))
    assert len(figures) > 180
    assert {figure.status for figure in figures} == set(Status)
    assert {figure.source for figure in all_figures(catalogue)} <= set(catalogue.sources)


def test_every_national_table_is_read_by_a_scheme(catalogue):
    for country in {scheme.country for scheme in catalogue.schemes.values()}:
        schemes = [each for each in catalogue.schemes.values() if each.country == country]
        tables = {name for scheme in schemes for name in scheme.tables}
        rules = [rule for scheme in schemes for rule in scheme.rules.values()]
        assert tables <= {name for rule in rules for name in rule.reads}


def test_every_registered_source_stands_behind_a_figure(catalogue):
    figures = list(all_figures(catalogue))
    named = {figure.source for figure in figures}
    named |= {other.source for figure in figures for other in figure.alternatives}
    assert set(catalogue.sources) == named


def test_figure_ids_are_unique(catalogue):
    ids = [figure.figure_id for figure in catalogue.figures(SCHEME)]
    assert len(ids) == len(set(ids))
    assert "letters.private.C@2006-09-01" in ids


def test_a_conflict_keeps_the_other_value_with_who_said_it(catalogue):
    table = catalogue.schemes[SCHEME].tables["forfaits"]
    figure = table.at(("private", "HJ-REA"), dt.date(2026, 11, 2))
    assert (figure.value, figure.status) == (1500, Status.CONFLICT)
    assert [(other.value, other.source) for other in figure.alternatives] == [
        (Decimal("1200.00"), "MA-MAGHRESS-175122")
    ]


def test_the_demo_day_is_within_the_review_of_every_figure_that_a_rule_reads(catalogue):
    scheme = catalogue.schemes[SCHEME]
    read = {name for rule in scheme.rules.values() for name in rule.reads}
    tables = [table for name, table in scheme.tables.items() if name in read]
    reviews = [each.reviewed_until for each in scheme.parameters.values()]
    reviews += [table.spec.reviewed_until for table in tables]
    assert min(reviews) >= dt.date(2026, 11, 20)


# -- the version ---------------------------------------------------------------------------------


def test_the_version_changes_with_a_figure_of_the_scheme_and_of_the_country(copied, catalogue):
    shipped = catalogue.schemes[SCHEME].tariff_version
    assert len(shipped) == 12
    changed = load_catalogue(copied(PARAMETERS, '"0.90"', '"0.91"'))
    assert changed.schemes[SCHEME].tariff_version != shipped


def test_the_version_of_an_unchanged_copy_is_the_same(copied, catalogue):
    schemes_dir = copied()
    rights = schemes_dir / "ma_amo_salaries" / "rights.yaml"
    rights.write_text("changed: rights\n", encoding="utf-8")
    version = load_catalogue(schemes_dir).schemes[SCHEME].tariff_version
    assert version == catalogue.schemes[SCHEME].tariff_version


def test_the_version_changes_with_a_national_table(copied, catalogue):
    changed = load_catalogue(copied(LETTERS, "80.00", "81.00"))
    version = changed.schemes[SCHEME].tariff_version
    assert version != catalogue.schemes[SCHEME].tariff_version


# -- two times -----------------------------------------------------------------------------------

RETROACTIVE = """    - from: 2026-01-01
      to: null
      known_from: 2026-06-01
      value: "0.80"
      source: MA-CNSS-COUVERTURE
      status: confirmed
  reviewed_until"""


@pytest.fixture
def retroactive(copied):
    return load_catalogue(copied(PARAMETERS, "  reviewed_until", RETROACTIVE))


@pytest.mark.parametrize(
    ("care_date", "due_minor"),
    [(dt.date(2025, 12, 31), 5600), (dt.date(2026, 1, 1), 6400)],
)
def test_a_retroactive_text_counts_from_its_own_day_once_known(retroactive, care_date, due_minor):
    given = a_pricing_input(a_line(care_date=care_date))
    assert price(given, retroactive).due_minor == due_minor


@pytest.mark.parametrize(
    ("known_on", "due_minor"),
    [(dt.date(2026, 5, 31), 5600), (dt.date(2026, 6, 1), 6400)],
)
def test_an_old_decision_is_replayed_as_it_was_known(retroactive, known_on, due_minor):
    given = a_pricing_input(a_line(care_date=dt.date(2026, 3, 1)))
    priced = price(given, retroactive.as_known(known_on))
    assert priced.due_minor == due_minor
    assert priced.tariff_version.endswith(f".{known_on.isoformat()}")


def test_a_late_figure_carries_the_day_it_was_known_in_its_id(retroactive):
    given = a_pricing_input(a_line(care_date=dt.date(2026, 3, 1)))
    figure_ids = price(given, retroactive).lines[0].figure_ids
    assert "rate.general@2026-01-01~2026-06-01" in figure_ids


def test_a_retroactive_row_of_a_table_is_known_from_its_day_too(copied):
    schemes_dir = copied(LETTERS, "valid_to,source", "valid_to,known_from,source")
    path = schemes_dir.parent / LETTERS
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    rows = [row.replace(",,MA-", ",,,MA-").replace(",,MA-CONV", ",,MA-CONV") for row in rows]
    rows.append("private,C,Consultation,100.00,2026-01-01,,2026-06-01,MA-ARR-1961-06-G1,confirmed,")
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    catalogue = load_catalogue(schemes_dir)
    given = a_pricing_input(a_line(care_date=dt.date(2026, 3, 1), amount_minor=10000))
    assert price(given, catalogue).due_minor == 7000
    assert price(given, catalogue.as_known(dt.date(2026, 5, 31))).due_minor == 5600


def test_a_figure_ended_with_a_null_value_is_not_in_force(copied):
    ended = """    - from: 2026-01-01
      to: null
      known_from: 2025-12-01
      value: null
      source: MA-CNSS-COUVERTURE
      status: confirmed
  reviewed_until"""
    catalogue = load_catalogue(copied(PARAMETERS, "  reviewed_until", ended))
    given = a_pricing_input(a_line(care_date=dt.date(2026, 1, 1)))
    priced = price(given, catalogue)
    assert [finding.code for finding in priced.findings] == ["TARIF_INCONNU"]
    assert priced.lines[0].tariff_minor is None


def test_a_folder_without_a_scheme_is_refused(tmp_path):
    with pytest.raises(CatalogueError, match="holds no scheme folder"):
        load_catalogue(tmp_path)
