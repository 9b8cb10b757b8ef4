"""The reference engine: tesseract through pytesseract, one process call for many crops.

A call costs 0.09 CPU seconds before it reads anything, so crops are stacked in one tall image
and the words are given back to their crops by their height. ``OMP_THREAD_LIMIT=1`` must stand in
the environment before the process starts: four threads on two cores are three times slower.
"""

from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np

from models.errors import DecoderFailed
from models.reading import Box, Token
from tasks.ocr.engines.engine import GreyImage, Kind

#: The columns of tesseract's table.
_COLUMNS = (
    "level", "page_num", "block_num", "par_num", "line_num", "word_num",
    "left", "top", "width", "height", "conf", "text",
)  # fmt: skip
#: Page segmentation: 4 for pages with tables, 6 for a column of lines, 7 for one line.
MODES = {"page": 4, "column": 6, "line": 7}
#: White pixels between stacked crops: enough for no two lines to be taken for one.
_GAP_PX = 36
#: White pixels left of every crop.
_MARGIN_PX = 24
#: Height to which a line's crop is brought; tesseract reads best at about this size.
_LINE_PX = 56
#: A page that takes longer is no page: a normal one takes one second.
SECONDS_MAX = 60


class TesseractEngine:
    """Reads with tesseract 5 and the models of the host (``fra``, ``ara``, ``chi_sim``)."""

    name = "tesseract"

    def read(
        self, image: GreyImage, *, language: str, kind: Kind, charset: str, dpi: int
    ) -> tuple[Token, ...]:
        """Return the words of one image, in reading order.

        Raises:
            DecoderFailed: tesseract is missing, crashed or took too long.
        """
        import pytesseract

        config = f"--dpi {dpi} --psm {MODES[kind]}"
        if charset:
            config += f" -c tessedit_char_whitelist={charset}"
        try:
            table = pytesseract.image_to_data(
                image,
                lang=language,
                config=config,
                timeout=SECONDS_MAX,
                output_type=pytesseract.Output.DICT,
            )
        except (pytesseract.TesseractError, pytesseract.TesseractNotFoundError) as error:
            raise DecoderFailed("tesseract failed; check that it and its models are there") from (
                error
            )
        except RuntimeError as error:
            raise DecoderFailed(f"tesseract took more than {SECONDS_MAX} s") from error
        return tuple(tokens_of(zip(*(table[name] for name in _COLUMNS), strict=True), self.name))

    def read_crops(
        self, crops: Sequence[GreyImage], *, language: str, charset: str, dpi: int
    ) -> tuple[Token, ...]:
        """Read all crops with one call and give each its words back, joined by blanks."""
        if not crops:
            return ()
        stack, tops, factors = stack_crops(crops)
        words = self.read(stack, language=language, kind="column", charset=charset, dpi=dpi)
        return tuple(
            _joined(words, top, crop, factor)
            for crop, top, factor in zip(crops, tops, factors, strict=True)
        )


def stack_crops(crops: Sequence[GreyImage]) -> tuple[GreyImage, list[int], list[float]]:
    """Return the crops one below the other on white, the top of each, and its enlargement."""
    factors = [_LINE_PX / crop.shape[0] for crop in crops]
    lines = [_scaled(crop, factor) for crop, factor in zip(crops, factors, strict=True)]
    width = max(line.shape[1] for line in lines) + 2 * _MARGIN_PX
    height = (_LINE_PX + _GAP_PX) * len(lines) + _GAP_PX
    stack = np.full((height, width), 255, dtype=np.uint8)
    tops = []
    for number, line in enumerate(lines):
        top = _GAP_PX + number * (_LINE_PX + _GAP_PX)
        stack[top : top + line.shape[0], _MARGIN_PX : _MARGIN_PX + line.shape[1]] = line
        tops.append(top)
    return stack, tops, factors


def _scaled(crop: GreyImage, factor: float) -> GreyImage:
    width = max(1, round(crop.shape[1] * factor))
    how = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(crop, (width, _LINE_PX), interpolation=how), dtype=np.uint8)


def tokens_of(rows: Iterable[Sequence[object]], engine: str) -> Iterator[Token]:
    """Yield the words of tesseract's table, given by its columns, with their line's number."""
    row = 0
    line_before: tuple[object, ...] = ()
    for _, _, *line, _, left, top, width, height, confidence, text in rows:
        word = str(text).strip()
        if not word or float(str(confidence)) < 0:
            continue
        if tuple(line) != line_before:
            row, line_before = row + 1, tuple(line)
        box = Box(*(int(str(value)) for value in (left, top, width, height)))
        yield Token(word, box, float(str(confidence)), engine, row)


def _joined(words: Sequence[Token], top: int, crop: GreyImage, factor: float) -> Token:
    mine = sorted(
        (
            word
            for word in words
            if top - _GAP_PX / 2
            <= word.box.top + word.box.height / 2
            < top + _LINE_PX + _GAP_PX / 2
        ),
        key=lambda word: word.box.left,
    )
    height, width = crop.shape[:2]
    if not mine:
        return Token("", Box(0, 0, width, height), 0.0, "tesseract")
    left = min(word.box.left for word in mine) - _MARGIN_PX
    right = max(word.box.left + word.box.width for word in mine) - _MARGIN_PX
    return Token(
        text=" ".join(word.text for word in mine),
        box=Box(max(0, round(left / factor)), 0, round((right - left) / factor), height),
        raw_confidence=min(word.raw_confidence for word in mine),
        engine="tesseract",
    )
