"""Bills in free layout: rows, codes, quantities by arithmetic."""

from dataclasses import replace

import pytest

from models.reading import Barcode, Box, PageText, Token
from tasks.extraction.analyses import read_analyses
from tasks.extraction.bill import read_body, read_date, read_head
from tasks.extraction.invoice import read_invoice
from tasks.extraction.kinds import document_of
from tasks.extraction.rows import rows_of
from tasks.extraction.vocabulary import read_vocabulary

VOCABULARY = read_vocabulary()
EANS = ("6118000010050", "6118000040248")


def words(row: int, *texts: str, second: dict[str, str] | None = None) -> list[Token]:
    """Words of one row, 40 pixels high, columns 200 apart; numbers are read twice."""
    tokens = []
    for column, text in enumerate(texts):
        box = Box(column * 200, row * 80, 20 * len(text), 30)
        tokens.append(Token(text, box, 95.0, "tesseract"))
        if any(sign.isdigit() for sign in text):
            again = (second or {}).get(text, text)
            tokens.append(replace(tokens[-1], text=again, engine="rapidocr"))
    return tokens


def page(*rows: list[Token], barcodes: tuple[Barcode, ...] = ()) -> PageText:
    return PageText(
        page_no=2,
        sha256="",
        width=1_654,
        height=2_339,
        dpi=200,
        form_id="",
        inliers=3,
        skew_degrees=0.0,
        sharpness=300.0,
        is_text_layer=False,
        words=tuple(token for row in rows for token in row),
        barcodes=barcodes,
    )


def invoice_page(*, second: dict[str, str] | None = None, total: str = "58,30") -> PageText:
    return page(
        words(1, "PHARMACIE", "DU", "PARC"),
        words(3, "Facture", "N°", "F0000080", "Date", "11-11-2026"),
        words(4, "IF", "10007919", "ICE", "001000047000136"),
        words(6, "Qté", "EAN", "Médicament", "PPV", "Montant"),
        words(7, "2", EANS[0], "ABBOTICINE", "25,10", "50,20", second=second),
        words(8, "1", EANS[1], "DOLIPRANE", "8,10", "8,10", second=second),
        words(10, "TOTAL", "TTC", total, second=second),
    )


def read(bill: PageText):
    document = document_of(bill, VOCABULARY)
    return read_invoice((document,), read_body((document,), VOCABULARY))


def test_words_side_by_side_make_a_row():
    rows = rows_of(page(words(1, "b", "c"), words(0, "a")))
    assert [row.text for row in rows] == ["a", "b c"]


def test_a_page_is_what_its_upper_part_says():
    assert document_of(invoice_page(), VOCABULARY).kind.value == "pharmacy_invoice"


def test_one_misread_letter_does_not_hide_the_word():
    found = document_of(page(words(1, "0RD0NNANCE")), VOCABULARY)
    assert found.kind.value == "other"
    found = document_of(page(words(1, "ORDONNANGE")), VOCABULARY)
    assert found.kind.value == "prescription"


def test_a_clean_invoice_is_read_whole():
    invoice = read(invoice_page())
    assert invoice.is_closed
    assert [item.ean.value for item in invoice.items] == list(EANS)
    assert [item.quantity.value for item in invoice.items] == ["2", "1"]
    assert [item.unit.value for item in invoice.items] == ["2510", "810"]
    assert [item.amount.value for item in invoice.items] == ["5020", "810"]
    assert [item.label.value for item in invoice.items] == ["ABBOTICINE", "DOLIPRANE"]
    assert not any(
        one.is_doubtful for item in invoice.items for one in (item.ean, item.quantity, item.unit)
    )


def test_the_total_settles_an_amount_that_one_engine_misread():
    invoice = read(invoice_page(second={"50,20": "30,20"}))
    assert invoice.items[0].amount.value == "5020"
    assert not invoice.items[0].amount.is_doubtful


def test_an_invoice_that_does_not_add_up_with_a_disputed_amount_is_doubtful():
    invoice = read(invoice_page(second={"50,20": "30,20"}, total="99,99"))
    assert not invoice.is_closed
    assert invoice.items[0].amount.is_doubtful


def test_an_invoice_of_which_a_row_was_lost_is_doubtful_in_every_amount():
    invoice = read(invoice_page(total="99,99"))
    assert all(item.amount.is_doubtful for item in invoice.items)


def test_a_unit_price_that_does_not_divide_the_amount_leaves_the_quantity_doubtful():
    rows = (
        words(1, "PHARMACIE"),
        words(7, "2", EANS[0], "ABBOTICINE", "25,17", "50,20"),
        words(10, "TOTAL", "50,20"),
    )
    assert read(page(*rows)).items[0].quantity.is_doubtful


@pytest.mark.parametrize(
    ("before", "is_doubtful"),
    [
        (("3", EANS[0], "ABBOTICINE"), True),
        ((EANS[0], "ABBOTICINE", "3"), True),
        ((EANS[0], "ABBOTICINE", "2"), False),
        ((EANS[0], "ABBOTICINE", "250", "MG"), False),
    ],
)
def test_a_printed_quantity_that_price_and_amount_contradict_is_doubtful(before, is_doubtful):
    rows = (
        words(1, "PHARMACIE"),
        words(7, *before, "25,10", "50,20"),
        words(10, "TOTAL", "50,20"),
    )
    item = read(page(*rows)).items[0]
    assert item.quantity.is_doubtful is is_doubtful
    assert item.unit.is_doubtful is is_doubtful


def test_an_amount_behind_a_minus_is_no_row_so_that_the_bill_does_not_close():
    credit = (
        words(1, "PHARMACIE", "DU", "PARC"),
        words(3, "AVOIR", "N°", "F0000081"),
        words(7, "1", EANS[1], "DOLIPRANE", "-8,10", "-8,10"),
        words(10, "TOTAL", "TTC", "-8,10"),
    )
    assert read(page(*credit)).items == ()
    rebate = (
        words(1, "PHARMACIE"),
        words(7, "1", EANS[1], "DOLIPRANE", "8,10", "8,10"),
        words(8, "REMISE", "-1,10"),
        words(10, "TOTAL", "9,20"),
    )
    assert not read(page(*rebate)).is_closed


@pytest.mark.parametrize(("left", "count"), [(585, 0), (480, 1)])
def test_a_dash_right_before_an_amount_is_its_minus_and_farther_away_an_empty_column(left, count):
    dash = Token("-", Box(left, 7 * 80 + 10, 10, 8), 95.0, "text-layer")
    row = [*words(7, "1", EANS[1], "DOLIPRANE", "8,10"), dash]
    assert len(read(page(words(1, "PHARMACIE"), row)).items) == count


@pytest.mark.parametrize(("code", "is_doubtful"), [(EANS[0], False), (EANS[1], True)])
def test_a_bar_code_beside_the_digits_confirms_or_contradicts_them(code, is_doubtful):
    bill = invoice_page()
    with_code = replace(bill, barcodes=(Barcode(code, "EAN-13", Box(200, 560, 200, 20)),))
    assert read(with_code).items[0].ean.is_doubtful is is_doubtful


def test_a_bar_code_gives_the_number_where_no_digits_were_read():
    rows = (words(7, "2", "ABBOTICINE", "25,10", "50,20"), words(10, "TOTAL", "50,20"))
    code = Barcode(EANS[0], "EAN-13", Box(200, 565, 200, 20))
    item = read(page(*rows, barcodes=(code,))).items[0]
    assert (item.ean.value, item.ean.is_doubtful) == (EANS[0], False)


def test_an_ean_with_a_wrong_check_digit_is_doubtful():
    rows = (words(7, "1", "6118000010051", "X", "25,10", "25,10"), words(10, "TOTAL", "25,10"))
    assert read(page(*rows)).items[0].ean.is_doubtful


def test_a_bill_says_its_number_its_date_and_its_ice():
    head = read_head((document_of(invoice_page(), VOCABULARY),), VOCABULARY)
    assert (head.number.value, head.date.value) == ("F0000080", "2026-11-11")
    assert (head.ice.value, head.ice.is_doubtful) == ("001000047000136", False)


def test_an_ice_that_is_there_but_not_whole_is_doubtful_rather_than_missing():
    bill = page(words(1, "FACTURE"), words(4, "ICE", "00100004700013"))
    head = read_head((document_of(bill, VOCABULARY),), VOCABULARY)
    assert head.ice.is_doubtful


def test_a_document_without_a_date_says_so_without_a_doubt():
    date = read_date((document_of(page(words(1, "ORDONNANCE")), VOCABULARY),))
    assert (date.value, date.is_doubtful) == ("", False)


def test_analyses_are_read_with_their_coefficients_in_both_spellings():
    bill = page(
        words(1, "LABORATOIRE"),
        words(7, "Glycémie", "B", "30", "33,00"),
        words(8, "TSH", "B250", "1,10", "275,00"),
        words(10, "NET", "À", "PAYER", "308,00"),
    )
    document = document_of(bill, VOCABULARY)
    found = read_analyses(read_body((document,), VOCABULARY))
    assert found.is_closed
    assert [item.coefficient.value for item in found.items] == ["30", "250"]
    assert [item.amount.value for item in found.items] == ["3300", "27500"]
    assert [item.label.value for item in found.items] == ["Glycémie", "TSH"]


def lab_bill(*rows: list[Token], total: str) -> tuple[tuple[str, bool], ...]:
    """The coefficients of a bill with the price of a B, and whether each is in doubt."""
    bill = page(
        words(1, "LABORATOIRE", "ATLAS"),
        words(3, "Examen", "Lettre", "Coef.", "Prix", "Montant"),
        *rows,
        words(12, "NET", "A", "PAYER", "", total),
    )
    document = document_of(bill, VOCABULARY)
    items = read_analyses(read_body((document,), VOCABULARY)).items
    return tuple((item.coefficient.value, item.coefficient.is_doubtful) for item in items)


def test_a_coefficient_on_which_the_engines_differ_is_settled_by_the_price_of_a_b():
    row = words(5, "TSH", "B", "250", "1,30", "325,00", second={"250": "25"})
    assert lab_bill(row, total="325,00") == (("250", False),)


def test_a_coefficient_that_nobody_read_is_the_amount_through_the_price_of_a_b():
    row = words(5, "TSH", "B", "", "1,30", "325,00")
    assert lab_bill(row, total="325,00") == (("250", False),)


def test_a_coefficient_that_contradicts_the_price_of_a_b_is_doubtful():
    row = words(5, "TSH", "B", "200", "1,30", "325,00")
    assert lab_bill(row, total="325,00") == (("200", True),)


def test_a_number_behind_the_letter_is_the_coefficient_and_not_a_piece_of_the_price():
    row = words(5, "TG", "B", "60", "1", "78,00")
    assert lab_bill(row, total="78,00") == (("60", False),)


def test_a_b_that_one_engine_took_for_an_8_is_no_coefficient():
    row = words(5, "TSH", "8", "250", "", "325,00", second={"8": "B"})
    assert lab_bill(row, total="325,00") == (("250", False),)


def test_a_number_out_of_the_column_of_coefficients_is_doubtful():
    rows = [words(place, "TSH", "B", "250", "", "325,00") for place in (5, 6)]
    rows.append(words(7, "T4", "libre", "", "", "220,00"))
    found = lab_bill(*rows, total="870,00")
    assert found[:2] == (("250", False), ("250", False))
    assert found[2][1]


def test_an_o_among_noughts_is_a_nought():
    bill = page(words(3, "Facture", "N°", "FO000080", second={"FO000080": "F0000080"}))
    number = read_head((document_of(bill, VOCABULARY),), VOCABULARY).number
    assert (number.value, number.is_doubtful) == ("F0000080", False)


def test_a_word_that_the_second_engine_alone_has_read_is_a_word():
    lost = Token("ORDONNANCE", Box(200, 80, 200, 30), 97.0, "rapidocr")
    bill = page([lost], words(3, "Patient", "ALAOUI"))
    assert document_of(bill, VOCABULARY).kind.value == "prescription"


def test_an_announced_number_that_was_not_read_is_doubtful_rather_than_missing():
    bill = page(words(3, "Facture", "N°", "Date"), words(5, "Patient"))
    number = read_head((document_of(bill, VOCABULARY),), VOCABULARY).number
    assert (number.value, number.is_doubtful) == ("", True)
