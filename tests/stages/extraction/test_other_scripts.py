"""Pages of no form told by their words in Arabic and Chinese; Arabic numbers are no money."""

import pytest

from models.dossier import PieceKind
from models.reading import Box, PageText, Token
from tasks.extraction.document import describe_pages
from tasks.extraction.kinds import document_of, is_arabic
from tasks.extraction.vocabulary import read_vocabulary
from tests.stages.extraction.form_pages import FORMS_DIR


def page(*rows: str) -> PageText:
    words = []
    for number, row in enumerate(rows):
        for place, word in enumerate(row.split()):
            box = Box(100 + 200 * place, 100 + 80 * number, 150, 40)
            words.append(Token(word, box, 90.0, "tesseract", number))
    return PageText(1, "", 1_654, 2_339, 200, "", 0, 0.0, 300.0, False, tuple(words))


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        (("重庆市 医疗 门 诊 收 费 票据",), PieceKind.FEE_NOTE),
        (("医疗 保障 基金 结 算 清 单",), PieceKind.HOSPITAL_INVOICE),
        # One wrong sign in ten is borne, one in four is not.
        (("医疗 保障 基金 结算 清革",), PieceKind.HOSPITAL_INVOICE),
        (("结算 清革",), PieceKind.OTHER),
        (("样张 大 约 房 销售 单", "药品 明细"), PieceKind.PHARMACY_INVOICE),
        (("门诊 处方 笺",), PieceKind.PRESCRIPTION),
        (("ورقة العلاجات",), PieceKind.CARE_SHEET),
        # Words of an Arabic row may come from left to right.
        (("العلاجات ورقة",), PieceKind.CARE_SHEET),
        (("صيدلية الأمل",), PieceKind.PHARMACY_INVOICE),
        (("فاتورة",), PieceKind.FEE_NOTE),
        (("وصفة طبية",), PieceKind.PRESCRIPTION),
        (("شهادة السكنى",), PieceKind.OTHER),
        (("FEUILLE DE SOINS",), PieceKind.CARE_SHEET),
    ],
)
def test_a_page_is_told_by_the_words_at_its_head(rows, kind):
    assert document_of(page(*rows), read_vocabulary()).kind is kind


def test_no_amount_of_an_arabic_page_is_read():
    bill = page("فاتورة الصيدلية", "دواء الأول 100,00", "دواء الثاني 50,00", "المجموع 150,00")
    assert is_arabic(bill)
    (described,) = describe_pages([bill], FORMS_DIR)["pages"]
    assert described["kind"] == PieceKind.PHARMACY_INVOICE
    assert described["fields"] == []


def test_a_french_bill_with_an_arabic_name_is_not_arabic():
    assert not is_arabic(page("PHARMACIE DES ESSAIS صيدلية", "Facture du 2 novembre 150,00"))
