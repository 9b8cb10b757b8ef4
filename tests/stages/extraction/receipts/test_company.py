"""The company at the head of a receipt, among addresses, slogans and stamps."""

import pytest

from tasks.extraction.receipts.company import PrintedCompany, find_company
from tasks.extraction.receipts.words import read_receipt_words
from tests.stages.extraction.receipts.printed import rows_of_lines

ADDRESS = ("NO 12, JALAN BUNGA 4,", "43300 SERI KEMBANGAN", "TEL: 03-1234567", "TAX INVOICE")


def company_of(*lines: str, first: dict[str, str] | None = None) -> PrintedCompany | None:
    return find_company(rows_of_lines(*lines, *ADDRESS, first=first), read_receipt_words())


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("SUNRISE MART SDN BHD",), "SUNRISE MART SDN BHD"),
        (("SUNRISE MART SDN BHD (123456-X)",), "SUNRISE MART SDN BHD"),
        (("SUNRISE MART SDN BHD", "(123456-X)"), "SUNRISE MART SDN BHD"),
        (("tan mei mei", "SUNRISE TRADING"), "SUNRISE TRADING"),
        (("31801011", "SUNRISE ENTERPRISE"), "SUNRISE ENTERPRISE"),
        (("Sunrise City", "Golden Spoon Sdn Bhd (169609-A)"), "Golden Spoon Sdn Bhd"),
        (("SUNRISE BOOK", "CO. (M) SDN BHD"), "SUNRISE BOOK CO. (M) SDN BHD"),
        (("SUNRISE ENTERPRISE   POSTED",), "SUNRISE ENTERPRISE"),
        (("Sunrise Denki (308282-A)",), "Sunrise Denki"),
        (("PHARMACIE DU PARC SARL",), "PHARMACIE DU PARC SARL"),
        (("SUNRISE GIFT & DECO",), "SUNRISE GIFT & DECO"),
        (("RISE SDN BHD", "formerly known as", "SUN SDN BHD"), "RISE SDN BHD"),
        (("WELCOME TO OUR SHOP", "SUNRISE BAKERY"), "SUNRISE BAKERY"),
    ],
)
def test_the_company_is_found_among_other_lines(lines, name):
    assert company_of(*lines).name == name


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("SUNRISE SDN BND", "SUNRISE SDN BHD"),
        ("99 SUNRISE MART 5/B", "99 SUNRISE MART S/B"),
        ("SUNRISE ENTERPRISE", "SUNRISE ENTERPRISE"),
        ("SUNRISE ENTERPRISES", "SUNRISE ENTERPRISES"),
        ("SUNRISE SDN. BHD.", "SUNRISE SDN. BHD."),
    ],
)
def test_a_legal_form_misread_by_one_letter_is_spelt_right(printed, name):
    assert company_of(printed).name == name


def test_the_buyer_is_not_the_seller():
    lines = ("SUNRISE GIFTS", "BILL TO:", "EVENING TRADING SDN BHD")
    assert company_of(*lines).name == "SUNRISE GIFTS"


def test_blanks_that_one_engine_lost_are_kept():
    company = company_of(
        "SUNRISEMART SDN BHD", first={"SUNRISEMART SDN BHD": "SUNRISE MART SDN BHD"}
    )
    assert (company.name, company.is_agreed) == ("SUNRISE MART SDN BHD", True)


def test_a_page_without_a_name_has_none():
    assert find_company(rows_of_lines("12.00", "**"), read_receipt_words()) is None
