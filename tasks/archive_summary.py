"""The last pages of an archived document: where it comes from and why each field is believed.

They are drawn in black and white with the machine's typefaces, Arabic joined and turned by Pillow,
and carry their text invisibly like the pages that were scanned.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from models.archive import ArchivePage, ArchiveWord
from models.errors import MachineError
from models.reading import Box
from tasks.archive_content import Field
from tasks.archive_wording import chance_text, font_files, word

#: A4 at this resolution, in pixels.
DPI = 200
WIDTH, HEIGHT = 1654, 2339
_MARGIN = 120
_BODY, _SMALL, _TITLE = 24, 21, 40
_LEADING = 1.45
#: Where the columns of the table begin, and their names.
_COLUMNS = (
    (0, "column.field"),
    (400, "column.value"),
    (760, "column.why"),
    (1210, "column.chance"),
    (1340, "column.page"),
)
#: Room between columns.
_GAP = 20
_ARABIC, _CHINESE = ("\u0600", "\u06ff"), ("\u2e80", "\u9fff")
#: A value longer than this is cut on the page; the field keeps it whole.
_LINES_MAX = 6


@dataclass(frozen=True, slots=True)
class Summary:
    """What the last pages say: paragraphs of facts, then the table of fields."""

    title: str
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    fields: tuple[Field, ...]


@dataclass(slots=True)
class _Sheet:
    """A page being drawn: the picture, what was written so far, and how far down."""

    image: Image.Image = field(default_factory=lambda: Image.new("1", (WIDTH, HEIGHT), 1))
    words: list[ArchiveWord] = field(default_factory=list)
    top: float = _MARGIN
    drawing: ImageDraw.ImageDraw = field(init=False)

    def __post_init__(self) -> None:
        self.drawing = ImageDraw.Draw(self.image)

    def page(self) -> ArchivePage:
        return ArchivePage(self.image.tobytes(), WIDTH, HEIGHT, DPI, tuple(self.words), (), True)

    def has_room(self, height: float) -> bool:
        return self.top + height < HEIGHT - _MARGIN

    def write(self, text: str, left: int, top: float, size: int) -> None:
        if not text.strip():
            return
        typeface = _typeface(script_of(text), size)
        at = (_MARGIN + left, round(top))
        self.drawing.text(at, text, font=typeface, fill=0)
        width = max(1, round(typeface.getlength(text)))
        self.words.append(ArchiveWord(text, Box(at[0], at[1], width, round(size * 1.2))))

    def rule(self) -> None:
        line = (_MARGIN, round(self.top), WIDTH - _MARGIN, round(self.top))
        self.drawing.line(line, fill=0)
        self.top += 8


def summary_pages(summary: Summary) -> list[ArchivePage]:
    """Return the drawn pages: as many as the fields need."""
    sheet = _Sheet()
    sheets = [sheet]
    _write_lines(sheet, [word("heading")], _TITLE)
    _write_lines(sheet, [summary.title], _BODY)
    for note in (word("not_the_original"), word("legend")):
        _write_lines(sheet, _wrap(note, WIDTH - 2 * _MARGIN, _SMALL), _SMALL)
    for heading, lines in summary.facts:
        sheet.top += _BODY
        sheet.rule()
        _write_lines(sheet, [heading], _BODY)
        for line in lines:
            sheet = _with_room(sheets, 3 * _SMALL * _LEADING, summary.title)
            _write_lines(sheet, _wrap(line, WIDTH - 2 * _MARGIN, _SMALL), _SMALL)
    sheet.top += _BODY
    _write_head(sheet)
    for one in summary.fields:
        cells = list(_cells(one))
        height = max(len(cell) for cell in cells) * _SMALL * _LEADING
        fresh = _with_room(sheets, height, summary.title)
        if fresh is not sheet:
            sheet = fresh
            _write_head(sheet)
        _write_row(sheet, cells, height)
    return [one.page() for one in sheets]


def _with_room(sheets: list[_Sheet], height: float, title: str) -> _Sheet:
    if not sheets[-1].has_room(height):
        sheets.append(_Sheet())
        _write_lines(sheets[-1], [f"{title} · {word('continued')}"], _BODY)
    return sheets[-1]


def _write_lines(sheet: _Sheet, lines: Sequence[str], size: int) -> None:
    for line in lines:
        sheet.write(line, 0, sheet.top, size)
        sheet.top += size * _LEADING


def _write_head(sheet: _Sheet) -> None:
    sheet.rule()
    for left, name in _COLUMNS:
        sheet.write(word(name), left, sheet.top, _BODY)
    sheet.top += _BODY * _LEADING
    sheet.rule()


def _write_row(sheet: _Sheet, cells: Sequence[Sequence[str]], height: float) -> None:
    for (left, _), lines in zip(_COLUMNS, cells, strict=True):
        for place, line in enumerate(lines):
            sheet.write(line, left, sheet.top + place * _SMALL * _LEADING, _SMALL)
    sheet.top += height


def _cells(one: Field) -> Iterator[list[str]]:
    page = str(one.page_no) if one.box.width > 0 else word("nothing")
    value, chance = one.value or word("nothing"), chance_text(one.chance)
    texts = (one.label, value, one.source_text, chance, page)
    ends = (*(left for left, _ in _COLUMNS[1:]), WIDTH - 2 * _MARGIN)
    for text, (left, _), end in zip(texts, _COLUMNS, ends, strict=True):
        yield _wrap(text, end - left - _GAP, _SMALL)[:_LINES_MAX] or [""]


@functools.lru_cache(maxsize=4_096)
def _wrap(text: str, width: int, size: int) -> list[str]:
    """A text broken at its blanks; a word wider than the column is broken anywhere."""
    typeface = _typeface(script_of(text), size)
    lines: list[str] = []
    current = ""
    for part in text.split():
        longer = f"{current} {part}".strip()
        if typeface.getlength(longer) <= width:
            current = longer
            continue
        if current:
            lines.append(current)
        while typeface.getlength(part) > width:
            fits = max(1, int(len(part) * width / typeface.getlength(part)))
            lines.append(part[:fits])
            part = part[fits:]
        current = part
    return [*lines, current] if current else lines


def script_of(text: str) -> str:
    """Which typeface a text is drawn with: that of its first Arabic or Chinese sign."""
    for sign in text:
        if _ARABIC[0] <= sign <= _ARABIC[1]:
            return "arabic"
        if _CHINESE[0] <= sign <= _CHINESE[1]:
            return "chinese"
    return "latin"


@functools.cache
def _typeface(script: str, size: int) -> ImageFont.FreeTypeFont:
    for path in font_files(script):
        if Path(path).is_file():
            return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.RAQM)
    raise MachineError(
        f"no typeface for {script}; install fonts-dejavu-core, fonts-hosny-amiri and "
        "fonts-wqy-microhei"
    )
