"""Which document each page is: a known form, or the kind that its upper part names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from models.dossier import CareKind, PieceKind
from models.reading import PageText
from tasks.extraction.fields import plain_letters
from tasks.extraction.receipts.receipt import read_receipt
from tasks.extraction.rows import Row, rows_of
from tasks.extraction.vocabulary import Vocabulary

#: The share of a page in which it says what it is.
_HEAD_SHARE = 0.42
#: Letters of a word among which one may be misread.
_LETTERS_PER_ERROR = 6
_OTHERS = re.compile(r"[^A-Z0-9\u0621-\u064a\u4e00-\u9fff]+")
#: Letters of other scripts: engines part Chinese words at will, and turn Arabic rows around.
_HAN, _ARABIC = re.compile("[\u4e00-\u9fff]"), re.compile("[\u0621-\u064a]")
_BLANKS = re.compile(r"\s+")
#: A page is Arabic when this share of its letters is.
_ARABIC_SHARE_MIN = 0.5
#: "Page 2/3": the next page of a document, not a document of its own.
_NEXT_PAGE = re.compile(r"\bPAGE\s*([2-9]|\d\d)\s*/\s*\d+")
#: Kinds of which a bill may turn out to be another one by the kind of care.
_PLAIN_BILL = PieceKind.FEE_NOTE


@dataclass(frozen=True, slots=True)
class Document:
    """A page that belongs to no form, with its kind and rows; ``is_next`` continues the last."""

    kind: PieceKind
    page: PageText
    rows: tuple[Row, ...]
    is_next: bool


def document_of(page: PageText, vocabulary: Vocabulary) -> Document:
    """Return what a page without a form is; ``OTHER`` when no word says so.

    Till's paper with amounts that add up is a bill, though a doctor's name stands at its head.
    """
    rows = rows_of(page)
    head = plain_letters(
        " \n ".join(row.text for row in rows if row.middle < _HEAD_SHARE * page.height)
    )
    kind = next(
        (kind for kind, words in vocabulary.pages if any(_stands_in(word, head) for word in words)),
        PieceKind.OTHER,
    )
    if kind is PieceKind.PRESCRIPTION and page.segments and read_receipt(page).closures:
        kind = _PLAIN_BILL
    return Document(kind, page, rows, is_next=bool(_NEXT_PAGE.search(head)))


def is_arabic(page: PageText) -> bool:
    """Whether a page is written in Arabic: its numbers are never trusted for money."""
    text = "".join(word.text for word in page.words)
    letters = sum(sign.isalpha() for sign in text)
    return bool(letters) and len(_ARABIC.findall(text)) >= _ARABIC_SHARE_MIN * letters


def bill_kind(kind: PieceKind, care: CareKind, vocabulary: Vocabulary) -> PieceKind:
    """Return what a plain bill is for this kind of care; other documents stay what they are."""
    return vocabulary.bills_by_care.get(care, kind) if kind is _PLAIN_BILL else kind


def find_row(rows: Sequence[Row], words: Sequence[str]) -> Row | None:
    """Return the lowest row in which one of the words stands together with a number."""
    for row in reversed(rows):
        if row.numbers and any(_stands_in(word, row.plain) for word in words):
            return row
    return None


def _stands_in(word: str, text: str) -> bool:
    """Whether a word stands in a text, with one wrong letter in each six of it."""
    word, text = _letters(plain_letters(word)), _letters(text)
    if _HAN.search(word):
        text = _BLANKS.sub("", text)
        return word in text or _is_nearly_in(word, text)
    if _ARABIC.search(word):
        return all(f" {part} " in f" {text} " for part in word.split()) or _is_nearly_in(word, text)
    if f" {word} " in f" {text} ":
        return True
    return _is_nearly_in(word, text)


def _is_nearly_in(word: str, text: str) -> bool:
    likeness_min = 100 * (1 - len(word) // _LETTERS_PER_ERROR / len(word)) - 0.1
    return len(word) >= _LETTERS_PER_ERROR and fuzz.partial_ratio(word, text) >= likeness_min


def _letters(text: str) -> str:
    return _OTHERS.sub(" ", text).strip()
