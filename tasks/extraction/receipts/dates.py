"""The day of a receipt: every written form of a date, none in the future, none long ago."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tasks.extraction.acceptance import Reading
from tasks.extraction.receipts.rows import Part, ReceiptRow
from tasks.extraction.receipts.words import ReceiptWords, holds_any, letters_of

#: The first year that a receipt may be of.
_YEAR_MIN = 2000
_GAP = r"\s?[/.\-–,:'’]\s?"
_YEAR = r"(?P<year>20\d\d|19\d\d|\d\d(?!\d))"
_FORMS = (
    re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}})\s?(?P<mark>[/.\-–])\s?(?P<month>\d{{1,2}})\s?(?P=mark)\s?{_YEAR}"
    ),
    re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})\s?[/.\-–]\s?(?P<month>\d{{1,2}})\s?[/.\-–]\s?{_YEAR}"),
    re.compile(
        r"(?<!\d)(?P<year>20\d\d)\s?[/.\-–]\s?(?P<month>\d{1,2})\s?[/.\-–]\s?(?P<day>\d{1,2})(?!\d)"
    ),
    re.compile(r"(?P<year>20\d\d)\s?年\s?(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?日?"),
    re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:ST|ND|RD|TH)?[\s/.\-–,]*(?P<name>[A-Z]{{3,9}})[\s/.\-–,'’]*{_YEAR}"
    ),
    re.compile(
        rf"(?<![A-Z])(?P<name>[A-Z]{{3,9}})[\s/.\-–]*(?P<day>\d{{1,2}})(?:ST|ND|RD|TH)?[\s/.\-–,]+{_YEAR}"
    ),
)
#: Letters read in place of digits between the marks of a date.
_DIGIT = re.compile(r"(?<=[\d/.\-])[OoQ](?=[\d/.\-])|(?<=[\d/.\-])[Il|](?=[\d/.\-])")
_TIME = re.compile(r"\d{1,2}\s?[:.]\s?\d{2}(?:\s?[:.]\s?\d{2})?(?:\s?[AP]M)?", re.IGNORECASE)
#: What speaks for a date and against it.
_WORD_SCORE, _TIME_SCORE, _REPEAT_SCORE, _OTHER_SCORE, _AGREED_SCORE = 1.5, 1.0, 0.7, -2.0, 0.5
#: Of two forms of one day, the one in digits alone.
_DIGITS_SCORE = 0.1


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A day as printed; ``is_agreed`` when both engines read it in one place."""

    day: dt.date
    printed: str
    part: Part
    is_agreed: bool
    repeats: int = 0
    rivals: int = 0

    @property
    def reading(self) -> Reading:
        """The date as printed, by both engines."""
        whole = self.part.reading
        return replace(
            whole, first=self.printed if self.is_agreed else whole.first, second=self.printed
        )


def find_date(
    rows: Sequence[ReceiptRow], words: ReceiptWords, latest: dt.date
) -> PrintedDate | None:
    """Return the day of a receipt, not after ``latest``, or nothing when none is printed."""
    scored: list[tuple[float, int, PrintedDate]] = []
    for number, row in enumerate(rows):
        for part in row.parts:
            for day, printed in dates_in(part.text, words, latest):
                others = {other for other, _ in dates_in(part.reading.first, words, latest)}
                found = PrintedDate(day, printed, part, day in others)
                scored.append((_score(row, found, words), -number, found))
    if not scored:
        return _across(rows, words, latest)
    counts = [found.day for _, _, found in scored]
    best = max(
        scored,
        key=lambda one: (one[0] + _REPEAT_SCORE * (counts.count(one[2].day) - 1), one[1]),
    )[2]
    return replace(best, repeats=counts.count(best.day) - 1, rivals=len(set(counts)) - 1)


def dates_in(text: str, words: ReceiptWords, latest: dt.date) -> Iterator[tuple[dt.date, str]]:
    """Yield the days written in a text with the text of each; glued times are left out."""
    plain = _DIGIT.sub(_digit, text)
    capitals = plain.upper()
    if len(capitals) != len(plain):
        return
    seen: list[tuple[int, int]] = []
    for form in _FORMS:
        place = 0
        while match := form.search(capitals, place):
            place = match.start() + 1
            if any(match.start() < end and start < match.end() for start, end in seen):
                continue
            day = _day_of(match.groupdict(), words, latest)
            if day is not None:
                seen.append(match.span())
                place = match.end()
                yield day, plain[match.start() : match.end()].strip()


def _score(row: ReceiptRow, found: PrintedDate, words: ReceiptWords) -> float:
    text = row.text
    score = _AGREED_SCORE * found.is_agreed
    if holds_any(words.date, text):
        score += _WORD_SCORE
    if holds_any(words.other_date, text):
        score += _OTHER_SCORE
    if found.printed.upper() == found.printed.lower():
        score += _DIGITS_SCORE
    if _TIME.search(text.replace(found.printed, " ", 1)):
        score += _TIME_SCORE
    return score


def _across(rows: Sequence[ReceiptRow], words: ReceiptWords, latest: dt.date) -> PrintedDate | None:
    """A date that was cut in segments: the row as one text."""
    for row in rows:
        for day, printed in dates_in(row.text, words, latest):
            return PrintedDate(day, printed, row.parts[0], is_agreed=False)
    return None


def _day_of(found: dict[str, str | None], words: ReceiptWords, latest: dt.date) -> dt.date | None:
    year, day = int(found["year"] or 0), int(found["day"] or 0)
    name = found.get("name")
    month = _month(name, words) if name else int(found["month"] or 0)
    if month is None:
        return None
    if year >= 100:
        orders = [(year, month, day), (year, day, month)]
    else:
        orders = [(2000 + year, month, day), (2000 + day, month, year), (2000 + year, day, month)]
    for order in orders[:1] if name else orders:
        try:
            date = dt.date(*order)
        except ValueError:
            continue
        if date.year >= _YEAR_MIN and date <= latest:
            return date
    return None


def _month(name: str, words: ReceiptWords) -> int | None:
    plain = letters_of(name)
    return next((month for start, month in words.months.items() if plain.startswith(start)), None)


def _digit(match: re.Match[str]) -> str:
    return "0" if match[0] in "OoQ" else "1"
