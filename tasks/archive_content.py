"""What stands on each page of an archived document: everything read, and the fields that count."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.archive import ArchiveMark, ArchiveWord, Trust
from models.reading import Box, PageText, Token
from tasks.archive_wording import chance_text, field_label, is_choice, value_text, word

#: The mark of several fields in one place says the worst of them.
_ORDER = (Trust.DOUBTFUL, Trust.PERSON, Trust.MACHINE)
_PERSON = "person"


@dataclass(frozen=True, slots=True)
class Field:
    """One field as kept: its value as on paper, its place, why it is believed."""

    name: str
    value: str
    reading: str
    page_no: int
    box: Box
    chance: float
    trust: Trust
    source: str

    @property
    def label(self) -> str:
        """Its name in words."""
        return field_label(self.name)

    @property
    def why(self) -> str:
        """Why the value is believed, in a sentence with the stated chance of error."""
        return word("why", why=self.source_text, chance=chance_text(self.chance))

    @property
    def source_text(self) -> str:
        """Why the value is believed, in words."""
        return word(f"source.{self.source}")


def fields_of(evidence: Iterable[Any]) -> tuple[Field, ...]:
    """The fields of a content from its rows of ``field_evidence``, in their order."""
    return tuple(_field(row) for row in evidence)


def _field(row: Any) -> Field:
    trust = Trust.PERSON if row.source == _PERSON else Trust.MACHINE
    return Field(
        name=row.field,
        value=value_text(row.field, row.value),
        reading=row.reading or row.second_reading,
        page_no=row.page_no,
        box=Box(row.box_left, row.box_top, row.box_width, row.box_height),
        chance=row.error_probability,
        trust=Trust.DOUBTFUL if row.is_doubtful else trust,
        source=row.source,
    )


def marks_of(fields: Sequence[Field], page_no: int) -> tuple[ArchiveMark, ...]:
    """The highlights of one page; fields in the same place share one, empty ones have none."""
    places: dict[Box, list[Field]] = {}
    for field in fields:
        is_here = field.page_no == page_no and field.box.width > 0 and field.box.height > 0
        if is_here and (field.value or field.trust is Trust.DOUBTFUL):
            places.setdefault(field.box, []).append(field)
    return tuple(
        ArchiveMark(
            box=box,
            field=", ".join(field.name for field in found),
            note="\n".join(note_of(field) for field in found),
            trust=min((field.trust for field in found), key=_ORDER.index),
        )
        for box, found in places.items()
    )


def note_of(field: Field) -> str:
    """What is said of a field when one points at it."""
    value = field.value or word("nothing")
    lines = [f"{field.label} : {value}", field.why]
    if field.reading and field.reading != field.value:
        lines.append(word("read", reading=field.reading))
    return "\n".join(lines)


def words_of(page: PageText, fields: Sequence[Field]) -> tuple[ArchiveWord, ...]:
    """Everything read on a page, once in each place; in a zone, the value that was accepted."""
    known = {
        field.box: field.value
        for field in fields
        if field.page_no == page.page_no and field.value and not is_choice(field.name)
    }
    placed: list[ArchiveWord] = [*_zone_words(page, known), *_segment_words(page)]
    placed += _free_words(page.words, placed)
    placed += [ArchiveWord(code.text, code.box) for code in page.barcodes]
    placed += _values_not_there(known, placed)
    return tuple(placed)


def _zone_words(page: PageText, known: Mapping[Box, str]) -> Iterator[ArchiveWord]:
    for zone in page.zones:
        text = known.get(zone.box) or _first_text(zone.readings)
        if text:
            yield ArchiveWord(text, zone.box)


def _segment_words(page: PageText) -> Iterator[ArchiveWord]:
    for segment in page.segments:
        if text := _first_text(segment.readings):
            yield ArchiveWord(text, segment.box)


def _first_text(readings: Sequence[Token]) -> str:
    return next((token.text for token in readings if token.text.strip()), "")


def _free_words(words: Sequence[Token], placed: Sequence[ArchiveWord]) -> list[ArchiveWord]:
    """The words of a page that stand in no place already written; second looks are left out."""
    found: list[ArchiveWord] = []
    taken = [one.box for one in placed]
    for token in words:
        middle = token.box.left + token.box.width / 2, token.box.top + token.box.height / 2
        if token.text.strip() and not any(_holds(box, *middle) for box in taken):
            found.append(ArchiveWord(token.text, token.box))
            taken.append(token.box)
    return found


def _values_not_there(
    known: Mapping[Box, str], placed: Sequence[ArchiveWord]
) -> Iterator[ArchiveWord]:
    """Accepted values that differ from what was read in their place."""
    for box, value in known.items():
        if box.width <= 0 or box.height <= 0:
            continue
        inside = "".join(
            one.text
            for one in placed
            if _holds(box, one.box.left + one.box.width / 2, one.box.top + one.box.height / 2)
        )
        if _plain(value) not in _plain(inside):
            yield ArchiveWord(value, box)


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _holds(box: Box, across: float, down: float) -> bool:
    return box.left <= across < box.left + box.width and box.top <= down < box.top + box.height
