"""Amounts, rates and days as people of each language read them."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.settings import Settings
from models.messages import in_all_languages, in_language, render
from models.money import format_minor
from models.written import written, written_amount, written_day, written_money
from tasks.spoken_codes import scheme_names, spoken_codes

THIN, WHOLE = "\u202f", "\u00a0"
ISOLATE, END = "\u2066", "\u2069"


def test_an_amount_is_written_as_its_language_writes_it() -> None:
    amount = 123_456_789
    assert written_money(amount, "MAD", "fr") == f"1{THIN}234{THIN}567,89{WHOLE}MAD"
    assert written_money(amount, "MAD", "ar") == (
        f"{ISOLATE}1{THIN}234{THIN}567,89{END}{WHOLE}درهم"
    )
    assert written_money(amount, "MAD", "en") == format_minor(amount, "MAD") == "1234567.89 MAD"
    assert written_money(-50, "EUR", "fr") == f"-0,50{WHOLE}EUR"
    assert written_money(-50, "EUR", "ar") == f"{ISOLATE}-0,50{END}{WHOLE}أورو"
    assert written_money(1, "XTS", "ar").endswith("XTS"), "a currency without a name is its code"


def test_a_column_says_amounts_without_a_currency() -> None:
    amounts = (None, 5, 123_456, -250)
    french = ["–", "0,05", f"1{THIN}234,56", "-2,50"]
    assert [written_amount(one, "fr") for one in amounts] == french
    assert [written_amount(one, "ar") for one in amounts] == french
    assert [written_amount(one, "en") for one in amounts] == ["–", "0.05", "1,234.56", "-2.50"]


def test_a_day_is_written_day_first() -> None:
    day = dt.date(2026, 11, 8)
    assert [written_day(day, language) for language in ("fr", "ar", "en")] == [
        "08/11/2026", "08/11/2026", "2026-11-08",
    ]  # fmt: skip
    assert written_day(None, "fr") == "–"


@pytest.mark.parametrize(
    ("kept", "french"),
    [
        ("2026-11-02 – 2026-11-04", "02/11/2026 – 04/11/2026"),
        ("(2026-11-02), 2026-11-04.", "(02/11/2026), 04/11/2026."),
        ("2026-11-02 10:00:00", "02/11/2026 10:00:00"),
        ("12.5 % de 8.00 EUR", f"12,5 % de 8,00{WHOLE}EUR"),
        ("22.50 MAD/unit", f"22,50{WHOLE}MAD/unit"),
    ],
)
def test_what_stands_in_a_text_is_written_too(kept: str, french: str) -> None:
    assert written(kept, "fr") == french
    assert written(kept, "en") == kept


@pytest.mark.parametrize(
    "kept",
    [
        "2026-11-18/001", "lot:2026-11-18", "seals/2026-11-18.json", "AMO-2026-11-18",
        "rate.general@2026-01-01", "2026-0117", "2026-11-18T10:00:00", "1.2.3", "K 12.50", "",
    ],
)  # fmt: skip
def test_what_is_a_number_of_something_else_stays(kept: str) -> None:
    assert written(kept, "fr") == written(kept, "ar") == kept


@given(
    st.integers(-(10**14), 10**14),
    st.sampled_from(["MAD", "EUR", "CNY"]),
    st.sampled_from(["fr", "ar"]),
)
def test_no_figure_of_an_amount_is_lost_and_writing_twice_changes_nothing(
    minor: int, currency: str, language: str
) -> None:
    text = written_money(minor, currency, language)
    assert int(re.sub(r"[^\d-]", "", text)) == minor
    assert written(text, language) == text
    assert " " not in text, "an amount is never broken over two lines"


def test_a_parameter_in_all_languages_is_said_in_one() -> None:
    texts = {"fr": "ordonnance", "ar": "الوصفة الطبية", "en": "prescription"}
    whole = in_all_languages(texts)
    assert {language: in_language(whole, language) for language in texts} == texts
    assert in_language("a / b / c", "fr") == "a / b / c"


def test_codes_among_the_parameters_are_said_in_words() -> None:
    folder = Settings().schemes_dir
    codes = spoken_codes(folder)
    fields = {"count": "2", "fields": "insured_number, lines[2].amount_minor, …"}
    assert "N° d'immatriculation, Ligne 2 · montant, …" in render(
        codes["CHAMP_DOUTEUX"], fields, "fr"
    )
    assert "رقم التسجيل، السطر 2 · المبلغ، …" in render(codes["CHAMP_DOUTEUX"], fields, "ar")
    assert "insured_number, lines[2].amount_minor" in render(codes["CHAMP_DOUTEUX"], fields, "en")
    names = scheme_names(folder)["ma-cnops"]
    for language in ("fr", "ar", "en"):
        other = {"care": "02/11/2026", "scheme": "ma-cnops"}
        assert names[language] in render(codes["AUTRE_REGIME"], other, language)
    gone = render(codes["AUTRE_REGIME"], {"care": "", "scheme": "zz-gone"}, "fr")
    assert "(zz-gone)" in gone, "a scheme that is not ours stands for itself"
    assert "« Parcours de soins" in render(codes["FAIT_MANQUANT"], {"fact": "pathway"}, "fr")
    assert "$.lines" in render(codes["IN_SCHEMA"], {"fields": "$.lines"}, "fr")
