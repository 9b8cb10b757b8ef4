"""The full official files are taken with the counts they are known to have (skipped if absent)."""

import csv
import datetime as dt
import random
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from models.dossier import LineKind
from tasks.pricing.catalogue import Catalogue, load_catalogue
from tasks.pricing.engine import price
from tasks.pricing.importers import all_importers
from tasks.pricing.lists.cells import Reason
from tasks.pricing.lists.list_import import Wish
from tasks.pricing.lists.records import read_records
from tasks.pricing.tables import Table, read_specs, read_table
from tests.builders import a_dossier, a_line, a_pricing_input, a_validated
from tests.stages.pricing.list_samples import NATIONAL_DIR, TODAY, Lists, full_list

CNOPS = "morocco/cnops_medicaments_2014.csv"
CNSS = "morocco/cnss_medicaments_2026_extrait.csv"
BDPM = "france/bdpm_raw/CIS_CIP_bdpm.txt"
NABM = "france/nabm_coefficients_dated.csv"
LINES_CHECKED = 1000
CARE_DAY = dt.date(2026, 11, 2)

#: What prices drugs on the CNOPS list: reference price × quantity, at the rate of the list.
RULES = '''
"""Rules of a made-up scheme on the CNOPS list."""

from dataclasses import replace

from models.money import MINOR_UNITS, round_minor
from tasks.pricing.rule import Rate, Tariff, rate_rule, tariff_rule


@tariff_rule("ZZ-DRUG", reference="Invented", reads=("drugs_cnops",), codes=("NON_REMBOURSABLE",))
def drug(state, case, figures):
    """Return reference price × quantity."""
    row = figures.row("drugs_cnops", (state.line.ean,), state)
    if row is None:
        return None
    if not row.numbers["rate"]:
        return Tariff(0, (row,), "drug", is_payable=False, code="NON_REMBOURSABLE")
    reference = row.numbers.get("reference_price")
    if reference is None:
        return None
    amount = round_minor(reference * MINOR_UNITS * state.line.quantity, row.rounding)
    return Tariff(amount, (row,), "drug")


@rate_rule("ZZ-RATE", reference="Invented", reads=("rate.drugs",))
def rate(state, case, figures):
    """Return the one rate."""
    return Rate(figures.at("rate.drugs", state))
'''
SCHEME = """
id: zz-cnops
country: MA
currency: MAD
names: {fr: Essai, ar: عرض, en: Made up}
national: ma
rights: rights.yaml
review_grace_days: 0
production: {}
rules: {tariff: [ZZ-DRUG], base: [], rate: [ZZ-RATE], due: []}
"""
PARAMETERS = """
- id: rate.drugs
  label: {fr: Taux, ar: نسبة, en: Rate}
  unit: rate
  effective_by: care_date
  rounding: half_up
  values: [{from: 2014-01-01, to: null, value: "0.70", source: ZZ, status: confirmed}]
  reviewed_until: 2026-11-21
  reviewed_by: nobody
"""
FILES = {
    "scheme.yaml": SCHEME,
    "parameters.yaml": PARAMETERS,
    "rules/drugs.py": RULES,
    "sources.yaml": "[{id: ZZ, title: Invented, issuer: Nobody, date: null, url: null, "
    "authority: fictional}]",
    "texts.yaml": "ZZ-DRUG: {fr: a, ar: ا, en: a}\nZZ-RATE: {fr: b, ar: ب, en: b}\n",
}


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Lists:
    return Lists(tmp_path_factory.mktemp("lists"))


def test_the_whole_cnops_list_is_taken(lists: Lists) -> None:
    report = lists.take_file("cnops", full_list(CNOPS))
    assert report.rows_read == 5917
    assert (report.rows_taken, report.rows_refused, report.rows_joined) == (5709, 208, 0)
    assert report.reasons == {Reason.NO_PRICE: 208}
    assert +report.warnings == {
        Reason.BAD_CHECK_DIGIT: 19,
        Reason.NO_REFERENCE_PRICE: 27,
        Reason.REFERENCE_ABOVE_PRICE: 1,
    }
    assert (report.list_date, report.list_date_from) == (dt.date(2014, 1, 1), "file name")


def test_the_cnss_extract_is_taken_by_code(lists: Lists) -> None:
    report = lists.take_file("cnss", full_list(CNSS))
    assert report.rows_read == 137
    assert (report.codes_added, report.rows_joined, report.rows_refused) == (125, 12, 0)


def test_the_whole_bdpm_file_is_taken(lists: Lists) -> None:
    report = lists.take_file("bdpm", full_list(BDPM), wish=Wish(TODAY, dt.date(2026, 5, 26)))
    assert report.rows_read == 20903
    assert (report.rows_taken, report.rows_refused) == (13546, 7357)
    assert report.reasons == {Reason.NO_PRICE: 7357}
    assert +report.warnings == {Reason.FUTURE_DATE: 1, Reason.FEE_DOES_NOT_ADD_UP: 3}


def test_the_whole_nabm_file_is_taken(lists: Lists) -> None:
    report = lists.take_file("nabm", full_list(NABM))
    assert report.rows_read == 2025
    assert (report.rows_taken, report.rows_joined, report.rows_refused) == (2020, 2, 3)
    assert report.reasons == {Reason.OTHER_LETTER: 3}
    assert report.codes_added == 1101  # of 1,103: two codes have rows in P alone
    assert report.list_date == dt.date(2020, 3, 9)


@pytest.mark.parametrize(
    ("name", "path"), [("cnops", CNOPS), ("cnss", CNSS), ("bdpm", BDPM), ("nabm", NABM)]
)
def test_the_same_file_a_second_time_changes_no_byte(tmp_path: Path, name: str, path: str) -> None:
    lists = Lists(tmp_path)
    first = lists.take_file(name, full_list(path))
    before = lists.bytes()
    later = Wish(today=dt.date(2027, 3, 1))
    second = lists.take_file(name, full_list(path), wish=later)
    assert second.rows_unchanged == first.rows_taken
    assert (second.rows_taken, second.codes_closed) == (0, 0)
    assert lists.bytes() == before


def test_the_cnops_list_in_its_own_encoding_gives_the_same_table(tmp_path: Path) -> None:
    lists = Lists(tmp_path)
    text = full_list(CNOPS).read_text("utf-8")
    lists.take_file("cnops", full_list(CNOPS))
    before = (lists.tariffs / "ma" / "drugs_cnops.csv").read_bytes()
    report = lists.take_bytes("cnops", text.encode("cp1252"), file="cnops_2014.csv")
    assert (report.encoding, report.rows_unchanged) == ("cp1252", 5709)
    assert (lists.tariffs / "ma" / "drugs_cnops.csv").read_bytes() == before


def test_a_thousand_cnops_lines_agree_with_a_calculation_of_their_own(
    tmp_path: Path, copied: Callable[..., Path]
) -> None:
    path = full_list(CNOPS)
    lists = Lists(tmp_path)
    lists.take_file("cnops", path)
    catalogue = a_catalogue_on_cnops(copied(), lists.tariffs)
    draw = random.Random(3)
    drugs = draw.sample(list(csv.DictReader(path.open(encoding="utf-8"))), LINES_CHECKED)
    for drug in drugs:
        quantity = draw.randint(1, 4)
        due, findings = priced_alone(catalogue, drug["CODE"], quantity)
        # The independent calculation: cents from the file's own text, nothing of the engine.
        base, rate = Decimal(drug["PRIX_BR"]), Decimal(drug["TAUX_REMBOURSEMENT"])
        is_known = Decimal(drug["PPV"]) > 0 and not (rate and not base)
        expected = Decimal(0)
        if is_known and rate:
            expected = (base * 100 * quantity * rate).quantize(Decimal(1), ROUND_HALF_UP)
        assert due == int(expected), drug["CODE"]
        assert ("TARIF_INCONNU" in findings) is not is_known, drug["CODE"]
        assert ("NON_REMBOURSABLE" in findings) is (is_known and not rate), drug["CODE"]


def a_catalogue_on_cnops(schemes_dir: Path, tariffs: Path) -> Catalogue:
    """The shipped catalogue with a made-up scheme that pays by the imported CNOPS list."""
    folder = schemes_dir / "zz_cnops"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return load_catalogue(schemes_dir, tariffs)


def priced_alone(catalogue: Catalogue, ean: str, quantity: int) -> tuple[int, set[str]]:
    """What one drug's line is due, asked for at a price above any, and its findings."""
    asked = 100_000_000
    line = a_line(
        kind=LineKind.DRUG, letter="", coefficient=None, ean=ean, quantity=quantity,
        care_date=CARE_DAY, unit_amount_minor=asked // quantity, amount_minor=asked,
    )  # fmt: skip
    dossier = a_dossier(scheme="zz-cnops", lines=(line,), total_minor=asked)
    priced = price(a_pricing_input(dossier=dossier), catalogue)
    return priced.due_minor, {finding.code for finding in priced.findings}


def test_a_thousand_bdpm_lines_agree_with_a_calculation_of_their_own(tmp_path: Path) -> None:
    path = full_list(BDPM)
    lists = Lists(tmp_path)
    lists.take_file("bdpm", path, wish=Wish(TODAY, dt.date(2026, 5, 26)))
    table = imported_table(lists, "fr", "drugs")
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    for cells in random.Random(5).sample(rows, LINES_CHECKED):
        figure = table.at((cells[6],), CARE_DAY)
        # The independent calculation: digits of the price are cents, those of the rate percent.
        cents = int("".join(sign for sign in cells[10] if sign.isdigit()) or "0")
        percent = int("".join(sign for sign in cells[8] if sign.isdigit()) or "0")
        expected = (cents * percent + 50) // 100
        assert (figure is None) is (cents == 0), cells[6]
        if figure is not None:
            exact = figure.minor * figure.numbers["rate"]
            assert int(exact.quantize(Decimal(1), ROUND_HALF_UP)) == expected, cells[6]
    assert table.at((cells[6],), dt.date(2026, 5, 25)) is None


def test_a_thousand_bdpm_lines_are_paid_by_the_french_scheme_as_calculated(tmp_path: Path) -> None:
    path = full_list(BDPM)
    lists = Lists(tmp_path)
    lists.take_file("bdpm", path, wish=Wish(TODAY, dt.date(2026, 5, 26)))
    catalogue = load_catalogue(NATIONAL_DIR.parent / "schemes", lists.tariffs)
    # A child owes no franchise: what is due is the list's rate of the list's price.
    child = a_validated(beneficiary_birth_date=dt.date(2020, 1, 1))
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    paid = 0
    for cells in random.Random(7).sample(rows, LINES_CHECKED):
        cents = int("".join(sign for sign in cells[10] if sign.isdigit()) or "0")
        percent = int("".join(sign for sign in cells[8] if sign.isdigit()) or "0")
        line = a_line(
            kind=LineKind.DRUG, letter="", coefficient=None, ean=cells[6], care_date=CARE_DAY,
            unit_amount_minor=None, amount_minor=100_000_000,
        )  # fmt: skip
        dossier = a_dossier(scheme="fr-cpam", currency="EUR", lines=(line,))
        priced = price(a_pricing_input(dossier=dossier, validated=child), catalogue)
        assert priced.due_minor == (cents * percent + 50) // 100, cells[6]
        paid += priced.due_minor > 0
    assert paid > LINES_CHECKED / 2


def imported_table(lists: Lists, country: str, table: str) -> Table:
    """An imported table as the catalogue reads it, over the shipped extract."""
    from_lists = lists.tariffs / country
    specs = read_specs(NATIONAL_DIR / country, currency="EUR")
    sources = {record.source for record in read_records(from_lists / f"{table}.imports.yaml")}
    return read_table(from_lists / f"{table}.csv", specs[table], sources=sources)


def test_every_importer_is_found_and_goes_into_a_table_that_is_described() -> None:
    assert list(all_importers()) == ["bdpm", "cnops", "cnss", "nabm"]
    for importer in all_importers().values():
        specs = read_specs(NATIONAL_DIR / importer.country, currency=importer.currency)
        assert importer.table in specs
