"""A person's corrections, applied to a dossier: field by field, each checked like a reading."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from models.dossier import (
    CareKind,
    Dossier,
    DossierLine,
    LineKind,
    Piece,
    PieceKind,
    Relation,
    RequestKind,
    Stay,
)
from models.electronic import AMOUNT_MINOR_MAX, TEXT_MAX
from models.reading import FieldEvidence
from tasks.extraction.acceptance import Source
from tasks.extraction.fields import (
    NO,
    YES,
    Parser,
    is_ean,
    parse_amount,
    parse_cin,
    parse_code,
    parse_date,
    parse_decimal,
    parse_digits,
    parse_integer,
)
from tasks.extraction.number_checks import is_tooth
from tasks.extraction.paid_parts import FORM_FIELDS
from tasks.extraction.paper import REFERS_TO

_LINE_FIELD = re.compile(r"^lines\[(\d{1,3})\](?:\.([a-z_.]+))?$")
_NEW_LINE_FIELD = re.compile(r"^lines\[\+(\d{1,3})\]\.([a-z_.]+)$")
_FACTS = "facts."
#: Controls, halves of characters and ends of lines: no field of a form holds them.
_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
#: Longest number or code, in characters, as in an electronic dossier.
_CODE_MAX = 40
#: Longest text of any correction, in characters: a list of documents.
_LENGTH_MAX = 500
_FACT_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
#: Numbers with letters: a resident's card of China, an institution of China, a NIR of Corsica.
_LETTERED_NUMBER = re.compile(r"[0-9]{17}X|H[0-9A-Z]{11}|[12][0-9]{4}2[AB][0-9]{8}")
#: Fields that say what a line is for, before the others: each of them forgets the ones before.
_ACT_FIELDS = ("code", "letter", "coefficient", "ean")

Value = TypeVar("Value")
Reader = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """Corrections that cannot be applied: for each field the sentence that says what to write."""

    errors: Mapping[str, str]


class _Unfit(ValueError):
    """A text that is no value of its field; the sentence says what one looks like."""


def correct_dossier(dossier: Dossier, corrections: Mapping[str, str]) -> Dossier | Refused:
    """Return the dossier with all corrections applied, or what is wrong with each that cannot be.

    Fields are named as in the evidence: ``insured_number``, ``stay.admission_date``,
    ``lines[3].amount_minor``; an empty text for ``lines[3]`` takes that line out, and
    ``lines[+4].letter`` with the other fields of ``lines[+4]`` adds line 4, after all else was
    done. Values are written as on paper: 18/11/2026 or 2026-11-18, and amounts with two
    decimals, 1234,50.
    """
    errors: dict[str, str] = {}
    added: dict[int, dict[str, str]] = {}
    for field, text in corrections.items():
        if len(text) > _LENGTH_MAX:
            errors[field] = f"write at most {_LENGTH_MAX} characters"
            continue
        if match := _NEW_LINE_FIELD.match(field):
            added.setdefault(int(match[1]), {})[match[2]] = text.strip()
            continue
        try:
            dossier = _corrected(dossier, field, text.strip())
        except _Unfit as error:
            errors[field] = str(error)
    for line_no, texts in sorted(added.items()):
        try:
            dossier = replace(dossier, lines=(*dossier.lines, _new_line(dossier, line_no, texts)))
        except _UnfitLine as unfit:
            errors |= {f"lines[+{line_no}].{field}": said for field, said in unfit.said.items()}
    return Refused(errors) if errors else dossier


class _UnfitLine(ValueError):
    """A new line that is none; ``said`` are its fields with what to write."""

    def __init__(self, said: Mapping[str, str]) -> None:
        super().__init__("a new line is not whole")
        self.said = said


def _new_line(dossier: Dossier, line_no: int, texts: Mapping[str, str]) -> DossierLine:
    """A line that only a person saw: what was done, on which day, for which amount."""
    if any(line.line_no == line_no for line in dossier.lines):
        raise _UnfitLine({"amount_minor": f"there is a line {line_no} already"})
    line = DossierLine(
        line_no, LineKind.CODE, "", "", None, "", "", dossier.deposit_date, 1, None, 0
    )
    missing = {name for name in ("care_date", "amount_minor") if not texts.get(name)}
    if not any(texts.get(name) for name in _ACT_FIELDS):
        missing.add("code")
    said = {name: "a new line has an act or a drug, a day and an amount" for name in missing}
    for field in sorted(texts, key=lambda name: name not in _ACT_FIELDS):
        if not texts[field]:
            continue
        try:
            line = _line_with(line, field, texts[field])
        except _Unfit as error:
            said[field] = str(error)
    if said:
        raise _UnfitLine(said)
    return line


def corrected_evidence(evidence: FieldEvidence, value: str) -> FieldEvidence:
    """Return a field's evidence after a person wrote its value; the readings stay."""
    return replace(
        evidence,
        value=value,
        error_probability=0.0,
        is_doubtful=False,
        source=Source.PERSON.value,
    )


def _corrected(dossier: Dossier, field: str, text: str) -> Dossier:
    if match := _LINE_FIELD.match(field):
        return _with_line(dossier, int(match[1]), match[2] or "", text)
    if field.startswith("stay."):
        return replace(dossier, stay=_with_stay(dossier, field.removeprefix("stay."), text))
    if field.startswith(_FACTS):
        return replace(dossier, facts=_with_fact(dossier.facts, field, text))
    if _is_evidence_alone(field, text):
        return dossier
    if field not in _DOSSIER_READERS:
        raise _Unfit("this field cannot be corrected; correct a field named in the evidence")
    corrected = replace(dossier, **{field: _DOSSIER_READERS[field](text)})
    if field == "insured_number" and dossier.beneficiary_number == dossier.insured_number:
        return replace(corrected, beneficiary_number=corrected.insured_number)
    return corrected


def _is_evidence_alone(field: str, text: str) -> bool:
    """Whether a field is kept as evidence and changes no dossier: what only the form says."""
    if field == REFERS_TO:
        _or_empty(_code, "")(text)
        return True
    return field.startswith(FORM_FIELDS)


def _with_line(dossier: Dossier, line_no: int, field: str, text: str) -> Dossier:
    line = next((line for line in dossier.lines if line.line_no == line_no), None)
    if line is None:
        raise _Unfit(f"there is no line {line_no}")
    if not field:
        if text:
            raise _Unfit("write nothing to take the line out, or correct one of its fields")
        rest = tuple(other for other in dossier.lines if other.line_no != line_no)
        return replace(dossier, lines=rest)
    lines = tuple(
        _line_with(other, field, text) if other is line else other for other in dossier.lines
    )
    return replace(dossier, lines=lines)


def _with_fact(facts: Mapping[str, str], field: str, text: str) -> dict[str, str]:
    name = field.removeprefix(_FACTS)
    if not _FACT_NAME.fullmatch(name):
        raise _Unfit("this fact cannot be corrected")
    rest = {key: value for key, value in facts.items() if key != name}
    return {**rest, name: _words(text)} if text else rest


def _line_with(line: DossierLine, field: str, text: str) -> DossierLine:
    if field.startswith(_FACTS):
        return replace(line, facts=_with_fact(line.facts, field, text))
    if field.startswith(FORM_FIELDS):
        return line
    if field not in _LINE_READERS:
        raise _Unfit("this field of a line cannot be corrected")
    value = _LINE_READERS[field](text)
    if field == "letter" and value:
        coefficient = line.coefficient or Decimal(1)
        return replace(
            line, kind=LineKind.LETTER, letter=value, coefficient=coefficient, code="", ean=""
        )
    if field == "code" and value:
        return replace(line, kind=LineKind.CODE, code=value, letter="", coefficient=None, ean="")
    if field == "ean":
        return replace(line, kind=LineKind.DRUG, ean=value, code="", letter="", coefficient=None)
    return replace(line, **{field: value})


def _with_stay(dossier: Dossier, field: str, text: str) -> Stay:
    if field not in {"admission_date", "discharge_date", "establishment_inpe"}:
        raise _Unfit("this field of the stay cannot be corrected")
    if field == "establishment_inpe":
        if dossier.stay is None:
            raise _Unfit("there is no stay; write its two days first")
        return replace(dossier.stay, establishment_inpe=_number(text))
    day = _date(text)
    stay = dossier.stay or Stay(day, day, dossier.provider_inpe)
    if field == "admission_date":
        return replace(stay, admission_date=day)
    return replace(stay, discharge_date=day)


def _parsed(text: str, parse: Parser, what: str) -> str:
    parsed = parse(text)
    if not parsed.is_valid or len(parsed.value) > _CODE_MAX:
        raise _Unfit(f"write {what}")
    return parsed.value


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return dt.date.fromisoformat(_parsed(text, parse_date, "a day such as 18/11/2026"))


def _amount(text: str) -> int:
    amount = int(_parsed(text, parse_amount, "an amount with two decimals, such as 1234,50"))
    if amount > AMOUNT_MINOR_MAX:
        raise _Unfit("write an amount that a dossier may have")
    return amount


def _integer(text: str) -> int:
    return int(_parsed(text, parse_integer, "a whole number from 1 to 9999"))


def _decimal(text: str) -> Decimal:
    return Decimal(_parsed(text, parse_decimal, "a coefficient such as 80 or 1,5"))


def _digits(text: str) -> str:
    return _parsed(text, parse_digits, "digits alone")


def _number(text: str) -> str:
    """The number of a person or provider: digits, or one of those that hold letters."""
    plain = parse_code(text).value.upper()
    return plain if _LETTERED_NUMBER.fullmatch(plain) else _digits(text)


def _code(text: str) -> str:
    return _parsed(text, parse_code, "a code of letters, digits and dashes")


def _cin(text: str) -> str:
    return _parsed(text, parse_cin, "one or two letters and four to six digits")


def _ean(text: str) -> str:
    digits = _digits(text)
    if not is_ean(digits):
        raise _Unfit("write 13 digits of which the last is the check digit of the twelve before")
    return digits


def _tooth(text: str) -> str:
    if not is_tooth(text):
        raise _Unfit("write a tooth in two digits, such as 16, or 55 for a milk tooth")
    return text


def _words(text: str) -> str:
    if not text:
        raise _Unfit("write at least one word")
    # Signs that only direct how others are shown may turn a name round: nobody wrote them.
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    if len(seen) > TEXT_MAX or any(unicodedata.category(sign) in _CONTROLS for sign in seen):
        raise _Unfit(f"write at most {TEXT_MAX} characters, on one line")
    return seen


def _flag(text: str) -> bool:
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise _Unfit("write oui or non")


def _one_of(*allowed: str) -> Reader:
    def read(text: str) -> str:
        if text not in allowed:
            raise _Unfit(f"write one of: {', '.join(word for word in allowed if word)}")
        return text

    return read


def _pieces(text: str) -> tuple[Piece, ...]:
    """The kinds of documents in the dossier, each once, with blanks between them."""
    kinds = {kind.value: kind for kind in PieceKind}
    words = list(dict.fromkeys(text.split()))
    if not words or not set(words) <= set(kinds):
        raise _Unfit(f"write some of: {', '.join(kinds)}")
    return tuple(Piece(kinds[word]) for word in words)


def _or_empty(read: Callable[[str], Value], empty: Value) -> Callable[[str], Value]:
    return lambda text: read(text) if text else empty


def _member(kind: type[CareKind] | type[Relation] | type[RequestKind]) -> Reader:
    names = [member.value for member in kind]

    def read(text: str) -> Any:
        return kind(_one_of(*names)(text))

    return read


_DOSSIER_READERS: Mapping[str, Reader] = {
    "agency": _or_empty(_code, ""),
    "care_kind": _member(CareKind),
    "request_kind": _member(RequestKind),
    "relation": _member(Relation),
    "insured_number": _number,
    "insured_cin": _or_empty(_cin, ""),
    "insured_name": _words,
    "beneficiary_number": _or_empty(_code, ""),
    "beneficiary_name": _words,
    "beneficiary_birth_date": _or_empty(_date, None),
    "beneficiary_cin": _or_empty(_cin, ""),
    "beneficiary_sex": _one_of("M", "F", ""),
    "prescriber_inpe": _or_empty(_number, ""),
    "provider_inpe": _number,
    "deposit_date": _date,
    "prescription_date": _or_empty(_date, None),
    "is_continuous_care": _flag,
    "agreement_number": _or_empty(_code, ""),
    "ald_code": _or_empty(_code, ""),
    "diagnosis": _or_empty(_words, ""),
    "invoice_number": _or_empty(_code, ""),
    "invoice_ice": _or_empty(_digits, ""),
    "pieces": _pieces,
    "total_minor": _amount,
}

_LINE_READERS: Mapping[str, Reader] = {
    "code": _code,
    "letter": _code,
    "coefficient": _decimal,
    "ean": _ean,
    "label": _words,
    "care_date": _date,
    "quantity": _integer,
    "unit_amount_minor": _or_empty(_amount, None),
    "amount_minor": _amount,
    "tooth": _or_empty(_tooth, ""),
}
