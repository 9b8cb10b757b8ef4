"""A newer list closes what changed and what is gone; the catalogue reads what was imported."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from models.errors import CatalogueError, UsageError
from tasks.pricing.catalogue import Catalogue, load_catalogue
from tasks.pricing.figures import Figure
from tasks.pricing.lists import table_file
from tasks.pricing.lists.list_import import Wish
from tasks.pricing.tables import read_specs
from tasks.validation.context import read_context
from tests.stages.pricing.conftest import PRICING_DIR
from tests.stages.pricing.list_samples import EANS, NATIONAL_DIR, Lists, cnops, cnss, nabm

FIRST, SECOND, THIRD = dt.date(2026, 1, 1), dt.date(2026, 7, 1), dt.date(2026, 10, 1)
SCHEME = "ma-amo-salaries"
SPECS = read_specs(NATIONAL_DIR / "ma", currency="MAD")
#: A drug of the shipped extract, at 25.10 MAD since 2026-01-01.
SHIPPED = "6118000010050"


@pytest.fixture
def lists(tmp_path: Path) -> Lists:
    return Lists(tmp_path)


def intervals(lists: Lists, table: str = "ma/drugs_cnops") -> list[tuple[str, str, str, str]]:
    """Code, price, first and last day of every row of a table."""
    cells = [line.split(",") for line in lists.rows(table)]
    return [(row[0][-2:], row[6], row[9], row[10]) for row in cells]


def test_a_newer_list_closes_a_changed_price_on_the_day_before(lists: Lists) -> None:
    lists.take("cnops", cnops(), valid_from=FIRST)
    report = lists.take("cnops", cnops(PPV="90.00"), valid_from=SECOND)
    assert intervals(lists) == [
        ("06", "95.00", "2026-01-01", "2026-06-30"),
        ("06", "90.00", "2026-07-01", ""),
    ]
    assert (report.rows_taken, report.codes_changed, report.codes_closed) == (1, 1, 0)


def test_a_newer_list_leaves_what_did_not_change_as_it_is(lists: Lists) -> None:
    lists.take("cnops", cnops(), valid_from=FIRST)
    before = lists.rows("ma/drugs_cnops")
    report = lists.take("cnops", cnops(), valid_from=SECOND, file="newer.csv")
    assert lists.rows("ma/drugs_cnops") == before
    assert (report.rows_unchanged, report.rows_taken) == (1, 0)


def test_a_code_that_a_newer_list_lacks_is_closed(lists: Lists) -> None:
    lists.take("cnops", cnops(), cnops(CODE=EANS[1]), valid_from=FIRST)
    report = lists.take("cnops", cnops(), valid_from=SECOND)
    assert report.codes_closed == 1
    assert intervals(lists)[1] == ("13", "95.00", "2026-01-01", "2026-06-30")


def test_a_code_whose_price_is_gone_is_closed(lists: Lists) -> None:
    lists.take("cnops", cnops(), cnops(CODE=EANS[1]), valid_from=FIRST)
    gone = cnops(CODE=EANS[1], PPV="0.00")
    report = lists.take("cnops", cnops(), gone, valid_from=SECOND)
    assert (report.rows_refused, report.codes_closed) == (1, 1)
    assert intervals(lists)[1][3] == "2026-06-30"


def test_a_part_of_a_list_closes_nothing(lists: Lists) -> None:
    lists.take("cnops", cnops(), cnops(CODE=EANS[1]), valid_from=FIRST)
    report = lists.take("cnops", cnops(PPV="90.00"), valid_from=SECOND, is_extract=True)
    assert (report.codes_changed, report.codes_closed) == (1, 0)
    assert ("13", "95.00", "2026-01-01", "") in intervals(lists)


def test_a_code_that_comes_back_has_days_without_a_value_between(
    lists: Lists, copied: Callable[..., Path]
) -> None:
    both = (cnops(), cnops(CODE=EANS[1]))
    lists.take("cnops", *both, valid_from=FIRST)
    lists.take("cnops", both[0], valid_from=SECOND)
    lists.take("cnops", *both, valid_from=THIRD, file="third.csv")
    assert intervals(lists)[1:] == [
        ("13", "95.00", "2026-01-01", "2026-06-30"),
        ("13", "", "2026-07-01", "2026-09-30"),
        ("13", "95.00", "2026-10-01", ""),
    ]
    table = load_catalogue(copied(), lists.tariffs).schemes[SCHEME].tables["drugs_cnops"]
    priced = [table.at((EANS[1],), day) for day in (FIRST, SECOND, THIRD)]
    assert [figure is not None for figure in priced] == [True, False, True]
    before = lists.bytes()
    lists.take("cnops", *both, valid_from=THIRD, file="third.csv")
    assert lists.bytes() == before


def test_an_older_list_is_refused(lists: Lists) -> None:
    lists.take("cnops", cnops(), valid_from=SECOND)
    before = lists.bytes()
    with pytest.raises(UsageError, match="list of 2026-01-01, but the table holds the list of"):
        lists.take("cnops", cnops(PPV="90.00"), valid_from=FIRST)
    assert lists.bytes() == before


def test_another_file_of_the_same_date_corrects_the_first(lists: Lists) -> None:
    lists.take("cnops", cnops(), cnops(CODE=EANS[1]), valid_from=FIRST)
    lists.take("cnops", cnops(PPV="90.00"), valid_from=FIRST, file="corrected.csv")
    assert intervals(lists) == [("06", "90.00", "2026-01-01", "")]


def test_a_list_that_would_close_most_codes_is_refused_unless_said_to_be_whole(
    lists: Lists,
) -> None:
    many = [cnops(CODE=f"6118{number:09d}") for number in range(120)]
    lists.take("cnops", *many, valid_from=FIRST)
    with pytest.raises(UsageError, match="would close 119 of 120 codes"):
        lists.take("cnops", many[0], valid_from=SECOND)
    report = lists.take("cnops", many[0], valid_from=SECOND, may_close_many=True)
    assert report.codes_closed == 119


def test_a_newer_dated_list_corrects_intervals_and_keeps_the_past(lists: Lists) -> None:
    lists.take("nabm", nabm(), nabm(nabm_code="1001"), valid_from=FIRST)
    newer = (nabm(valid_to="2026-06-30"), nabm(coefficient="9", valid_from="2026-07-01"))
    report = lists.take("nabm", *newer, valid_from=SECOND)
    assert [line.split(",")[2:5] for line in lists.rows("fr/biology")] == [
        ["22", "2010-01-01", "2026-06-30"],
        ["9", "2026-07-01", ""],
        ["22", "2010-01-01", "2026-06-30"],
    ]
    assert (report.codes_changed, report.codes_closed) == (1, 1)


def test_a_crash_while_writing_leaves_the_old_table(
    lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists.take("cnops", cnops(), valid_from=FIRST)
    before = lists.bytes()

    def full_disk(handle: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(table_file.os, "fsync", full_disk)
    with pytest.raises(OSError, match="no space"):
        lists.take("cnops", cnops(PPV="90.00"), valid_from=SECOND)
    assert lists.bytes() == before
    assert not list(lists.tariffs.glob("*/.incoming*"))


def test_a_record_without_its_rows_is_completed_by_the_next_import(lists: Lists) -> None:
    lists.take("cnops", cnops(), valid_from=FIRST)
    old = (lists.tariffs / "ma" / "drugs_cnops.csv").read_bytes()
    lists.take("cnops", cnops(PPV="90.00"), valid_from=SECOND)
    whole = lists.bytes()
    (lists.tariffs / "ma" / "drugs_cnops.csv").write_bytes(old)  # as a crash between would leave it
    lists.take("cnops", cnops(PPV="90.00"), valid_from=SECOND)
    assert lists.bytes() == whole


def loaded(lists: Lists) -> Catalogue:
    """The shipped catalogue with what was imported."""
    return load_catalogue(PRICING_DIR / "schemes", lists.tariffs)


def test_imported_rows_stand_for_the_shipped_ones_of_their_code_alone(
    lists: Lists, catalogue: Catalogue
) -> None:
    lists.take("cnss", cnss(code=SHIPPED, ppv="24.00"), cnss(), valid_from=SECOND)
    shipped, now = catalogue.schemes[SCHEME].tables["drugs"], loaded(lists).schemes[SCHEME]
    table = now.tables["drugs"]
    assert shipped.at((SHIPPED,), FIRST) is not None
    assert table.at((SHIPPED,), FIRST) is None
    figure = table.at((SHIPPED,), SECOND)
    assert figure is not None
    assert str(figure.value) == "24.00"
    assert table.by_key.keys() - shipped.by_key.keys() == {(EANS[0],)}
    assert shipped.by_key.keys() <= table.by_key.keys()


def test_an_imported_price_names_the_file_it_came_from(lists: Lists) -> None:
    lists.take("cnss", cnss(), valid_from=SECOND, file="liste.csv")
    catalogue = loaded(lists)
    figure = catalogue.schemes[SCHEME].tables["drugs"].at((EANS[0],), SECOND)
    assert figure is not None
    source = catalogue.sources[figure.source]
    assert (source.date, "liste.csv" in source.title) == (SECOND, True)


def test_the_tariff_version_changes_with_the_imported_rows_alone(
    lists: Lists, catalogue: Catalogue
) -> None:
    lists.tariffs.mkdir()
    versions = [
        catalogue.schemes[SCHEME].tariff_version,
        loaded(lists).schemes[SCHEME].tariff_version,
    ]
    for price in ("95.00", "96.00"):
        lists.take("cnss", cnss(ppv=price), valid_from=SECOND)
        versions.append(loaded(lists).schemes[SCHEME].tariff_version)
    lists.take("cnss", cnss(ppv="96.00"), valid_from=THIRD, file="newer.csv")
    versions.append(loaded(lists).schemes[SCHEME].tariff_version)
    assert versions[0] == versions[1]
    assert len(set(versions[1:4])) == 3
    assert versions[3] == versions[4]


def test_an_imported_list_is_reviewed_until_the_day_its_import_says(lists: Lists) -> None:
    report = lists.take("cnss", cnss(), valid_from=SECOND)
    assert report.rows_taken == 1
    rows, shipped = lists.rows("ma/drugs"), SPECS["drugs"].reviewed_until
    assert drug_on_the_list(lists).reviewed_until == shipped
    version = loaded(lists).schemes[SCHEME].tariff_version
    checked = Wish(dt.date(2027, 2, 1), reviewed_until=dt.date(2027, 1, 31))
    lists.take_file("cnss", lists.folder / "list-2026-05-26.txt", wish=checked)
    assert drug_on_the_list(lists).reviewed_until == dt.date(2027, 1, 31)
    assert lists.rows("ma/drugs") == rows
    assert loaded(lists).schemes[SCHEME].tariff_version != version
    before = lists.bytes()
    lists.take_file("cnss", lists.folder / "list-2026-05-26.txt")
    assert lists.bytes() == before


def drug_on_the_list(lists: Lists) -> Figure:
    """The one drug that was imported."""
    figure = loaded(lists).schemes[SCHEME].tables["drugs"].at((EANS[0],), SECOND)
    assert figure is not None
    return figure


def test_a_known_code_of_an_imported_table_is_known_to_validation(lists: Lists) -> None:
    lists.take("cnss", cnss(), valid_from=SECOND)
    schemes_dir = PRICING_DIR / "schemes"
    before = read_context(schemes_dir, NATIONAL_DIR).known[SCHEME].drugs
    after = read_context(schemes_dir, NATIONAL_DIR, lists.tariffs).known[SCHEME].drugs
    assert after - before == {EANS[0]}


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (",0.70,", ",1.70,", r"imported ma/drugs.csv: 6118000000006: 2026-07-01: rate"),
        (",95.00,", ",,", r"imported ma/drugs.csv: 6118000000006: 2026-07-01: price"),
        ("MA-CNSS-DRUGS-LIST-2026-07-01", "MA-X", "is not in sources.yaml"),
        ("secondary-source", "sure", "status must be one of"),
        ("2026-07-01,,", "2026-07-01,2026-06-30,", "before it starts"),
        ("ean,", "code,", "columns: unknown"),
    ],
)
def test_an_imported_table_is_checked_as_strictly_as_a_shipped_one(
    lists: Lists, old: str, new: str, what: str
) -> None:
    lists.take("cnss", cnss(), valid_from=SECOND)
    path = lists.tariffs / "ma" / "drugs.csv"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=what):
        loaded(lists)


def test_an_imported_table_that_no_country_describes_is_refused(lists: Lists) -> None:
    (lists.tariffs / "ma").mkdir(parents=True)
    (lists.tariffs / "ma" / "potions.csv").write_text("code\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"imported ma/potions\.csv: no table of tables\.yaml"):
        loaded(lists)


def test_a_damaged_record_is_refused(lists: Lists) -> None:
    lists.take("cnss", cnss(), valid_from=SECOND)
    path = lists.tariffs / "ma" / "drugs.imports.yaml"
    path.write_text(path.read_text("utf-8").replace("issuer:", "publisher:"), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"imported drugs\.imports\.yaml: entry 1"):
        loaded(lists)


def test_an_import_over_a_damaged_table_is_refused_and_writes_nothing(lists: Lists) -> None:
    lists.take("cnops", cnops(CODE=EANS[1]), valid_from=FIRST)
    path = lists.tariffs / "ma" / "drugs_cnops.csv"
    path.write_text(path.read_text("utf-8").replace(",0.70,", ",1.70,"), encoding="utf-8")
    before = lists.bytes()
    with pytest.raises(CatalogueError, match="a rate stands between 0 and 1"):
        lists.take("cnops", cnops(), valid_from=SECOND, is_extract=True)
    assert lists.bytes() == before
