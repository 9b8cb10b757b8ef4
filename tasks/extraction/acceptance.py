"""What speaks for a reading: two engines agree, a bar code repeats it, one of them alone is valid.

The chances below are provisional: what is accepted is decided by the calibration (``belief.py``),
which goes by the kind of evidence. An engine's own score is never taken for a chance.
"""

from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from tasks.extraction.fields import Parsed, Parser, parse_name

#: Raw confidence (0–100) from which one valid reading may stand against one that is not valid.
ALONE_CONFIDENCE_MIN = 90.0
#: Upper bound of the measured error where both engines agree on a valid value.
P_AGREED = 0.001
#: A bar code with a check character says the same as a reading.
P_CONFIRMED = 0.0005
#: One engine's value is valid, the other's cannot be a value of the field.
P_ALONE = 0.01
#: The engines agree on the letters of a name but not on its accents or blanks.
P_ACCENTS = 0.005
#: Names that differ in a letter or two; and how alike (0–100) they have to be.
P_NEARLY = 0.05
NAME_LIKENESS_MIN = 88.0
#: Nothing was read where nothing has to stand.
P_EMPTY = 0.005
#: Two different values, or none that is valid.
P_DOUBTFUL = 0.5


#: Digits that engines read in place of a letter at the beginning of a code.
_DIGITS_LIKE = {"B": ("8",), "D": ("0",), "I": ("1",), "O": ("0",), "S": ("5",), "Z": ("2",)}


class Source(StrEnum):
    """Why a value is believed, or not."""

    AGREED = "agreed"
    CONFIRMED = "barcode"
    ALONE = "one_reader"
    #: The second engine was spared here: the calibration has labels of the first one alone.
    FIRST = "first_reader"
    NEARLY = "nearly_agreed"
    ARITHMETIC = "arithmetic"
    #: Amounts on which both engines agree, and which do not add up.
    NOT_CLOSED = "not_closed"
    #: One engine's reading stands in the register beside the other facts of the same person.
    REGISTER = "register"
    EMPTY = "empty"
    BOX = "checkbox"
    FORM = "form"
    DOUBTFUL = "doubtful"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Reading:
    """What two engines read in one place; confidences are theirs, from 0 to 100.

    ``is_single``: the second engine was not asked.
    """

    first: str = ""
    second: str = ""
    first_confidence: float = 0.0
    second_confidence: float = 0.0
    is_single: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A field's value, the chance that it is wrong, and why it is believed.

    ``flags`` tell the evidence apart: ``accents`` when the engines agree on letters alone.
    """

    value: str
    error_probability: float
    is_doubtful: bool
    source: Source
    flags: frozenset[str] = frozenset()


def judge(
    reading: Reading,
    parse: Parser,
    *,
    is_required: bool,
    confirmations: frozenset[str] = frozenset(),
) -> Judged:
    """Return the accepted value of a field, or its likeliest value marked as doubtful.

    ``confirmations`` are values read from bar codes that repeat this field.
    """
    first, second = parse(reading.first), parse(reading.second)
    confirmed = _confirmed(first, second, confirmations)
    if confirmed is not None:
        return confirmed
    if first.is_empty and second.is_empty:
        source = Source.DOUBTFUL if is_required else Source.EMPTY
        return Judged("", P_DOUBTFUL if is_required else P_EMPTY, is_required, source)
    if first.is_valid and second.is_valid and first.key == second.key:
        same = first.value.upper() == second.value.upper()
        value = max((first.value, second.value), key=_marks)
        if same:
            return Judged(value, P_AGREED, False, Source.AGREED)
        return Judged(value, P_ACCENTS, False, Source.AGREED, frozenset({"accents"}))
    if parse is parse_name and _is_nearly_agreed(first, second, reading):
        return Judged(second.value, P_NEARLY, False, Source.NEARLY)
    for one, other in ((first, second), (second, first)):
        if one.is_valid and not other.is_valid and _differs_by_look(one.value, other.value):
            return Judged(one.value, P_AGREED, False, Source.AGREED)
    alone = _alone(first, second, reading)
    if alone is not None:
        source = Source.FIRST if reading.is_single else Source.ALONE
        return Judged(alone.value, P_ALONE, False, source)
    likeliest = first if first.is_valid and not second.is_valid else second
    return Judged(likeliest.value or first.value, P_DOUBTFUL, True, Source.DOUBTFUL)


def _marks(value: str) -> int:
    """Blanks and accents of a value: engines lose them, and never make them up."""
    return sum(sign.isspace() or not sign.isascii() for sign in value)


def _confirmed(first: Parsed, second: Parsed, confirmations: frozenset[str]) -> Judged | None:
    """A bar code decides where it agrees with a reading, or where no reading is valid."""
    if not confirmations:
        return None
    for parsed in (first, second):
        if parsed.is_valid and parsed.value in confirmations:
            return Judged(parsed.value, P_CONFIRMED, False, Source.CONFIRMED)
    value = min(confirmations)
    if len(confirmations) == 1 and not first.is_valid and not second.is_valid:
        return Judged(value, P_CONFIRMED, False, Source.CONFIRMED)
    return Judged(value, P_DOUBTFUL, True, Source.DOUBTFUL)


def _differs_by_look(value: str, other: str) -> bool:
    """Whether the other engine took the letter that a code begins with for the digit it looks like.

    The valid reading says which letter it is: a 1 may stand for several.
    """
    return value[1:] == other[1:] and other[:1] in _DIGITS_LIKE.get(value[:1], ())


def _is_nearly_agreed(first: Parsed, second: Parsed, reading: Reading) -> bool:
    """Whether two names differ in a letter or two and the better reader of names is sure.

    A name pays nothing: it is compared with the register's, which knows how names are misspelt.
    """
    return (
        first.is_valid
        and second.is_valid
        and reading.second_confidence >= ALONE_CONFIDENCE_MIN
        and fuzz.ratio(first.key, second.key) >= NAME_LIKENESS_MIN
    )


def _alone(first: Parsed, second: Parsed, reading: Reading) -> Parsed | None:
    """The one valid reading whose engine is sure while the other one's cannot be a value."""
    if first.is_valid and not second.is_valid:
        return first if reading.first_confidence >= ALONE_CONFIDENCE_MIN else None
    if second.is_valid and not first.is_valid:
        return second if reading.second_confidence >= ALONE_CONFIDENCE_MIN else None
    return None
