"""What is odd in an official list, row by row, and files that are not the list at all."""

import datetime as dt
from pathlib import Path

import pytest

from models.errors import UsageError
from tasks.pricing.lists.cells import Reason, RowRefused, rate_of_percent, read_amount, read_day
from tasks.pricing.lists.list_import import Wish
from tests.stages.pricing.list_samples import (
    EANS,
    HEADS,
    TODAY,
    Lists,
    bdpm,
    cnops,
    cnss,
    nabm,
)


@pytest.fixture
def lists(tmp_path: Path) -> Lists:
    return Lists(tmp_path)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2,18", "2.18"),
        ("95.00", "95.00"),
        ("1,466,29", "1466.29"),
        ("1 466,29", "1466.29"),
        ("12,345,678,90", "12345678.90"),
        ("34.5", "34.50"),
        ("60", "60.00"),
        ("0,00", ""),
        ("0", ""),
        ("", ""),
    ],
)
def test_an_amount_is_read_with_a_comma_a_point_or_two_commas(text: str, amount: str) -> None:
    assert read_amount(text) == amount


@pytest.mark.parametrize("text", ["1,466", "12,34,56", "-5,00", "abc", "1e3", "2,187", "1.", "٣"])
def test_an_amount_that_is_none_or_ambiguous_is_refused(text: str) -> None:
    with pytest.raises(RowRefused):
        read_amount(text)


@pytest.mark.parametrize(
    ("text", "rate"), [("65%", "0.65"), ("65 %", "0.65"), ("70", "0.70"), ("100%", "1.00")]
)
def test_a_rate_in_percent_is_read_with_and_without_a_space(text: str, rate: str) -> None:
    assert rate_of_percent(text) == rate


@pytest.mark.parametrize("text", ["", "101%", "65,5%", "%", "6 5%"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(RowRefused) as refused:
        rate_of_percent(text)
    assert refused.value.reason is Reason.BAD_RATE


@pytest.mark.parametrize("text", ["", "2026-02-30", "26/05", "31/04/2026", "20260526"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(RowRefused):
        read_day(text)


def test_a_price_of_zero_is_refused_and_never_written_as_zero(lists: Lists) -> None:
    report = lists.take("cnops", cnops(), cnops(CODE=EANS[1], PPV="0.00", PRIX_BR="12.00"))
    assert [(each.line, each.code, each.reason) for each in report.refusals] == [
        (3, EANS[1], Reason.NO_PRICE)
    ]
    assert len(lists.rows("ma/drugs_cnops")) == 1


def test_a_reference_price_of_zero_is_none(lists: Lists) -> None:
    report = lists.take("cnops", cnops(PRIX_BR="0.00"))
    assert "95.00,,0.70" in lists.rows("ma/drugs_cnops")[0]
    assert +report.warnings == {Reason.NO_REFERENCE_PRICE: 1}


def test_a_rate_of_zero_is_taken_as_not_reimbursable(lists: Lists) -> None:
    report = lists.take("cnops", cnops(TAUX_REMBOURSEMENT="0.00"))
    assert "95.00,80.00,0.00" in lists.rows("ma/drugs_cnops")[0]
    assert not +report.warnings


def test_a_reference_price_above_the_price_is_taken_and_counted(lists: Lists) -> None:
    report = lists.take("cnops", cnops(PRIX_BR="95.01"))
    assert "95.00,95.01,0.70" in lists.rows("ma/drugs_cnops")[0]
    assert +report.warnings == {Reason.REFERENCE_ABOVE_PRICE: 1}


def test_a_wrong_check_digit_is_taken_and_counted(lists: Lists) -> None:
    report = lists.take("cnops", cnops(CODE="6118000000009"))
    assert report.rows_taken == 1
    assert +report.warnings == {Reason.BAD_CHECK_DIGIT: 1}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"CODE": ""}, Reason.BAD_CODE),
        ({"CODE": "611800000000X"}, Reason.BAD_CODE),
        ({"CODE": "611800000000"}, Reason.BAD_CODE),
        ({"PPV": "cher"}, Reason.BAD_NUMBER),
        ({"PPV": ""}, Reason.NO_PRICE),
        ({"PRIX_BR": "12.345"}, Reason.BAD_NUMBER),
        ({"TAUX_REMBOURSEMENT": ""}, Reason.BAD_RATE),
        ({"TAUX_REMBOURSEMENT": "70"}, Reason.BAD_RATE),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_its_reason(
    lists: Lists, changes: dict[str, str], reason: Reason
) -> None:
    report = lists.take("cnops", cnops(CODE=EANS[1]), cnops(**changes))
    assert [(each.line, each.reason) for each in report.refusals] == [(3, reason)]
    assert report.rows_taken == 1


def test_a_report_repeats_no_more_of_a_damaged_cell_than_a_code_is_long(lists: Lists) -> None:
    report = lists.take("cnops", cnops(), cnops(CODE="M. DUPONT, né le 3 mars".replace(",", "")))
    assert len(report.refusals[0].code) <= 20


def test_a_combined_drug_is_one_row_whatever_the_order_of_its_substances(lists: Lists) -> None:
    rows = (
        cnss(dci="AMOXICILLINE", dosage="1 ", unite_dosage="G "),
        cnss(dci="ACIDE CLAVULANIQUE", dosage=" 125", unite_dosage="MG"),
    )
    report = lists.take("cnss", *rows)
    assert (report.rows_taken, report.rows_joined) == (1, 1)
    (line,) = lists.rows("ma/drugs")
    assert "ACIDE CLAVULANIQUE / AMOXICILLINE,125 MG / 1 G" in line
    again = lists.take("cnss", *reversed(rows), file="other-2026-05-27.csv")
    assert (again.rows_unchanged, again.codes_changed) == (1, 0)


def test_rows_of_one_code_with_different_prices_are_all_refused(lists: Lists) -> None:
    report = lists.take(
        "cnss",
        cnss(dci="AMOXICILLINE"),
        cnss(dci="ACIDE CLAVULANIQUE", ppv="96.00"),
        cnss(code=EANS[1]),
    )
    assert report.reasons == {Reason.ROWS_DISAGREE: 2}
    assert [line[:13] for line in lists.rows("ma/drugs")] == [EANS[1]]


def test_a_unit_that_is_not_applicable_is_left_out(lists: Lists) -> None:
    lists.take("cnops", cnops(DOSAGE1="", UNITE_DOSAGE1="NA"))
    assert "ESSAICILLINE,,COMPRIME" in lists.rows("ma/drugs_cnops")[0]


def test_letters_of_cp1252_are_read_like_those_of_utf_8(lists: Lists) -> None:
    report = lists.take("cnops", cnops(DOSAGE1="50", UNITE_DOSAGE1="µG"), encoding="cp1252")
    assert report.encoding == "cp1252"
    assert "50 µG" in lists.rows("ma/drugs_cnops")[0]


def test_a_byte_order_mark_semicolons_and_windows_lines_are_read(lists: Lists) -> None:
    text = (HEADS["cnops"] + cnops()).replace(",", ";").replace("\n", "\r\n")
    report = lists.take_bytes("cnops", text.encode("utf-8-sig"))
    assert (report.encoding, report.rows_taken) == ("utf-8", 1)


def test_a_presentation_with_two_commas_and_a_spaced_rate_is_read(lists: Lists) -> None:
    dear = bdpm(rate="65 %", price_without_fee="1,466,29", price="1,469,05", fee="2,76")
    lists.take("bdpm", dear)
    assert "1469.05,1466.29,2.76,0.65" in lists.rows("fr/drugs")[0]


def test_a_quotation_mark_of_a_label_is_a_sign_like_any_other(lists: Lists) -> None:
    lists.take("bdpm", bdpm(label='flacon "multidose'), bdpm(cip13="3400900000013"))
    assert len(lists.rows("fr/drugs")) == 2
    assert '"flacon ""multidose"' in lists.rows("fr/drugs")[0]


def test_a_presentation_without_a_price_is_refused(lists: Lists) -> None:
    gone = bdpm(cip13="3400900000013", rate="", price="", price_without_fee="", fee="")
    report = lists.take("bdpm", bdpm(), gone)
    assert report.reasons == {Reason.NO_PRICE: 1}


def test_a_presentation_without_a_fee_keeps_an_empty_cell(lists: Lists) -> None:
    report = lists.take("bdpm", bdpm(fee="", price_without_fee="2,18"))
    assert "2.18,2.18,,0.65" in lists.rows("fr/drugs")[0]
    assert not +report.warnings
    other = lists.take("bdpm", bdpm(fee="1,03"), file="list-2026-05-27.txt")
    assert +other.warnings == {Reason.FEE_DOES_NOT_ADD_UP: 1}


def test_the_newest_declaration_dates_the_file_but_not_one_of_the_future(lists: Lists) -> None:
    report = lists.take(
        "bdpm",
        bdpm(declared_on="27/04/2026"),
        bdpm(cip13="3400900000013", declared_on="29/11/2924"),
        file="CIS_CIP_bdpm.txt",
    )
    assert report.list_date == dt.date(2026, 4, 27)
    assert +report.warnings == {Reason.FUTURE_DATE: 1}


def test_a_coefficient_in_another_letter_is_refused(lists: Lists) -> None:
    report = lists.take("nabm", nabm(), nabm(nabm_code="0024", lettre="P"))
    assert report.reasons == {Reason.OTHER_LETTER: 1}


def test_the_end_of_time_means_an_open_interval(lists: Lists) -> None:
    lists.take(
        "nabm",
        nabm(valid_to="2014-12-31"),
        nabm(coefficient="20.5", valid_from="2015-01-01"),
    )
    assert [line.split(",")[2:5] for line in lists.rows("fr/biology")] == [
        ["22", "2010-01-01", "2014-12-31"],
        ["20.5", "2015-01-01", ""],
    ]


def test_two_open_intervals_that_say_the_same_are_one(lists: Lists) -> None:
    report = lists.take("nabm", nabm(), nabm(valid_from="2010-01-02"))
    assert (report.rows_taken, report.rows_joined) == (1, 1)


def test_two_intervals_that_overlap_and_disagree_are_refused(lists: Lists) -> None:
    odd = nabm(coefficient="23", valid_from="2010-01-02")
    report = lists.take("nabm", nabm(), odd, nabm(nabm_code="1001"))
    assert report.reasons == {Reason.ROWS_DISAGREE: 2}


def test_an_interval_that_ends_before_it_begins_is_refused(lists: Lists) -> None:
    report = lists.take("nabm", nabm(nabm_code="1001"), nabm(valid_to="2009-12-31"))
    assert report.reasons == {Reason.BAD_DATE: 1}


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"PK\x03\x04\x00\x00", "is no text; a spreadsheet is saved as CSV first"),
        ((HEADS["cnss"] + cnss()).encode(), "has other columns than this list: missing CODE"),
        (HEADS["cnops"].encode(), "holds no row"),
        ((HEADS["cnops"] + cnops()).encode()[:-3], "is cut off"),
        ((HEADS["cnops"] + cnops() + "611,X\n").encode(), "line 3 has 2 cells and not 12"),
        (HEADS["cnops"].encode() + b"\x81\n", "is neither UTF-8 nor cp1252 text"),
        ((HEADS["cnops"] + cnops(NOM='"open')).encode(), "is no CSV"),
        ((HEADS["cnops"] + cnops(PPV="0")).encode(), "none of 1 rows can be taken"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_the_list_is_refused_whole(lists: Lists, data: bytes, what: str) -> None:
    lists.take("cnops", cnops(), file="list-2014.csv")
    before = lists.bytes()
    with pytest.raises(UsageError, match=what) as refused:
        lists.take_bytes("cnops", data, file="other-2015.csv")
    assert str(refused.value).startswith("other-2015.csv: ")
    assert lists.bytes() == before


def test_a_file_of_presentations_with_another_number_of_columns_is_refused(lists: Lists) -> None:
    with pytest.raises(UsageError, match="line 2 has 12 cells and not 13"):
        lists.take("bdpm", bdpm(), bdpm().rstrip("\t\n") + "\n")


def test_an_absent_file_is_told(lists: Lists) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.csv: cannot be read"):
        lists.take_file("cnops", lists.folder / "nowhere.csv")


def test_a_list_without_any_date_asks_for_one(lists: Lists) -> None:
    with pytest.raises(UsageError, match="says no date; give its first day with --valid-from"):
        lists.take("cnops", cnops(), file="list.csv")
    report = lists.take("cnops", cnops(), file="list.csv", valid_from=dt.date(2014, 2, 1))
    assert (report.list_date, report.list_date_from) == (dt.date(2014, 2, 1), "option")


@pytest.mark.parametrize(
    ("file", "day"),
    [
        ("cnops_2014.csv", dt.date(2014, 1, 1)),
        ("list-2026-05-26.csv", dt.date(2026, 5, 26)),
        ("list_20260526.csv", dt.date(2026, 5, 26)),
    ],
)
def test_a_day_or_a_year_in_the_name_dates_a_list(lists: Lists, file: str, day: dt.date) -> None:
    report = lists.take("cnops", cnops(), file=file)
    assert (report.list_date, report.list_date_from) == (day, "file name")


def test_a_file_imported_before_keeps_its_date_on_any_later_day(lists: Lists) -> None:
    rows = (bdpm(), bdpm(cip13="3400900000013", declared_on="01/12/2026"))
    lists.take("bdpm", *rows, file="CIS_CIP_bdpm.txt")
    later = lists.take_file(
        "bdpm", lists.folder / "CIS_CIP_bdpm.txt", wish=Wish(TODAY + dt.timedelta(days=30))
    )
    assert (later.list_date, later.rows_taken) == (dt.date(2026, 5, 26), 0)
