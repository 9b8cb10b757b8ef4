"""The fields of a registered page: each zone cropped inside its frame and read by both engines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from models.reading import Box, Token, ZoneReading
from tasks.ocr.agreement import agreement, are_same
from tasks.ocr.engines.engine import Engine, GreyImage
from tasks.ocr.form import FORM_DPI, Form, FormZone
from tasks.ocr.quality import level_of
from tasks.ocr.sparing import Sparing

#: Pixels cut from each side of a zone, so that its printed frame is not read as ink.
_INSET_PX = 4
#: Pixels cut from each side of a comb's cell.
_CELL_INSET_PX = 7
#: Dark pixels in a column of pixels that make it part of a character.
_STROKE_PX = 2
#: Pixels kept on both sides of a character or word: digits nearer than that run together, and
#: digits farther apart are read twice.
_SIDE_PX = 3
#: White pixels put around a crop.
_BORDER_PX = 10
#: Share of dark pixels under which a zone is blank.
_BLANK_INK_MAX = 0.002
#: Share of dark pixels from which a box is ticked.
_TICK_INK_MIN = 0.08
#: Share of a check box cut from each side: its frame.
_TICK_INSET = 0.22
#: Zones of these types are read with the characters of numbers alone.
_NUMBER_TYPES = frozenset({"digits", "date", "amount", "integer"})
_NUMBER_CHARSET = "0123456789,./"
#: Standard deviation of the smoothing before a second look, in pixels.
_SMOOTH_PX = 1.0
#: Zones of this type hold money.
MONEY_TYPE = "amount"
#: A text layer that says what the picture says in a smaller share of the fields is not believed.
LAYER_AGREEMENT_MIN = 0.7


@dataclass(frozen=True, slots=True)
class Readers:
    """The engine that reads first, the second reader, and where the latter is spared."""

    first: Engine
    second: Engine
    sparing: Sparing = field(default_factory=Sparing)


@dataclass(frozen=True, slots=True)
class _Read:
    """What both readers say of zones, by their names; ``looks`` are first looks overruled."""

    first: Mapping[str, Token]
    second: Mapping[str, Token]
    looks: Mapping[str, Token] = field(default_factory=dict)

    def __or__(self, other: "_Read") -> "_Read":
        """Both together; the second looks of the other are taken."""
        return _Read(
            {**self.first, **other.first},
            {**self.second, **other.second},
            {**self.looks, **other.looks},
        )


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of a page before its zones are read: its quality, text layer, bar codes."""

    band: str = ""
    layer: Sequence[Token] = ()
    codes: frozenset[str] = frozenset()


def read_zones(
    image: GreyImage, form: Form, readers: Readers, around: Around | None = None
) -> tuple[ZoneReading, ...]:
    """Return what the engines read in each zone that is not blank, and all check boxes.

    Both engines read every zone but those where the second one is spared; these keep one reading.

    Words of a PDF's own text layer, in pixels of the form, take the place of the first engine as
    long as they say what stands on the picture, which the second engine reads in any case; money
    without an exception.
    """
    crops = {zone.name: crop_zone(image, zone) for zone in form.zones}
    filled = [(zone, crop) for zone in form.zones if (crop := crops[zone.name]) is not None]
    around = around or Around()
    read = _read_filled(filled, readers, around)
    readings = [_reading_of(zone, read) for zone in form.zones]
    boxes = [
        ZoneReading(box.name, box.box, (), checked=is_ticked(image, box.box))
        for box in form.checkboxes
    ]
    return (*readings, *boxes)


def _reading_of(zone: FormZone, read: _Read) -> ZoneReading:
    tokens = (said[zone.name] for said in (read.first, read.second) if zone.name in said)
    look = read.looks.get(zone.name)
    return ZoneReading(
        zone.name,
        zone.box,
        tuple(_placed(token, zone) for token in tokens),
        first_look=None if look is None else _placed(look, zone),
    )


def _read_filled(
    filled: Sequence[tuple[FormZone, GreyImage]], readers: Readers, around: Around
) -> _Read:
    """What the first and the second reader say of the filled zones."""
    if around.layer:
        second = _read_second(filled, readers.second)
        layer = {zone.name: _from_layer(around.layer, zone) for zone, _ in filled}
        if agreement(layer, second) >= LAYER_AGREEMENT_MIN and _money_holds(
            filled, layer, second, readers.first
        ):
            return _Read(layer, second)
        return _read_again(filled, _read_first(filled, readers.first), second, readers.first)
    first = _read_first(filled, readers.first)
    zones = [zone for zone, _ in filled]
    spared = readers.sparing.spared(zones, first, around.band, around.codes)
    read = _read_twice([one for one in filled if one[0].name not in spared], first, readers)
    pairs = [(read.first[name], token) for name, token in read.second.items()]
    if spared and not readers.sparing.stands(around.band, pairs):
        read |= _read_twice([one for one in filled if one[0].name in spared], first, readers)
    return _Read(first, {}) | read


def _read_twice(
    asked: Sequence[tuple[FormZone, GreyImage]], first: Mapping[str, Token], readers: Readers
) -> _Read:
    """What both readers say of the zones asked for, of which the first one has read all."""
    own = {zone.name: first[zone.name] for zone, _ in asked}
    return _read_again(asked, own, _read_second(asked, readers.second), readers.first)


def _money_holds(
    filled: Sequence[tuple[FormZone, GreyImage]],
    layer: Mapping[str, Token],
    second: Mapping[str, Token],
    engine: Engine,
) -> bool:
    """Whether each amount of a text layer is read on the picture, by one engine or the other."""
    denied = [
        (zone, crop)
        for zone, crop in filled
        if zone.type == MONEY_TYPE and not are_same(layer[zone.name], second[zone.name])
    ]
    again = _read_first(denied, engine)
    return all(are_same(layer[name], one) for name, one in again.items())


def _read_again(
    filled: Sequence[tuple[FormZone, GreyImage]],
    first: Mapping[str, Token],
    second: Mapping[str, Token],
    engine: Engine,
) -> _Read:
    """Give the first engine a second, smoothed look at what the other one reads differently.

    It misses lone digits and thin strokes in sharp, noisy crops. Its second reading counts only
    when it says what the other engine says; else the first one stands.
    """
    disputed = [
        (zone, np.asarray(cv2.GaussianBlur(crop, (0, 0), _SMOOTH_PX), dtype=np.uint8))
        for zone, crop in filled
        if zone.name in second and not are_same(first[zone.name], second[zone.name])
    ]
    again = {
        name: token
        for name, token in _read_first(disputed, engine).items()
        if are_same(token, second[name])
    }
    return _Read({**first, **again}, second, {name: first[name] for name in again})


def _read_second(filled: Sequence[tuple[FormZone, GreyImage]], engine: Engine) -> dict[str, Token]:
    crops = [crop for _, crop in filled]
    tokens = engine.read_crops(crops, language="", charset="", dpi=FORM_DPI)
    return {zone.name: token for (zone, _), token in zip(filled, tokens, strict=True)}


def crop_zone(image: GreyImage, zone: FormZone) -> GreyImage | None:
    """Return the inside of a zone in full contrast on a white border; None when it is blank.

    The characters of a comb are put side by side as in a word, without the lines between them:
    an engine that sees wide gaps doubles digits.
    """
    if zone.cells:
        parts = [_inside(image, cell, _CELL_INSET_PX, _INSET_PX) for cell in zone.cells]
    else:
        parts = [_inside(image, zone.box, _INSET_PX, _INSET_PX)]
    whole = np.hstack(parts)
    if not whole.size or _ink(whole).mean() < _BLANK_INK_MAX:
        return None
    paper = int(level_of(whole, 90))
    trimmed = [trim for trim in (_trimmed(part, paper) for part in parts) if trim.size]
    if not trimmed:
        return None
    crop = _contrasted(np.hstack(trimmed), paper)
    return np.asarray(
        cv2.copyMakeBorder(crop, 4, 4, _BORDER_PX, _BORDER_PX, cv2.BORDER_CONSTANT, value=255),
        dtype=np.uint8,
    )


def _trimmed(part: GreyImage, paper: int) -> GreyImage:
    """Cut the blank sides off; a part with less ink than a thin stroke is blank."""
    columns = np.flatnonzero(_ink(part, paper).sum(axis=0) >= _STROKE_PX)
    if not columns.size:
        return part[:, :0]
    left = max(0, int(columns[0]) - _SIDE_PX)
    return part[:, left : int(columns[-1]) + _SIDE_PX + 1]


def _contrasted(crop: GreyImage, paper: int) -> GreyImage:
    dark = int(level_of(crop, 1))
    spread = max(1, paper - dark)
    return np.asarray(
        np.clip((crop.astype(np.int32) - dark) * 255 // spread, 0, 255), dtype=np.uint8
    )


def is_ticked(image: GreyImage, box: Box) -> bool:
    """Whether the inside of a check box has ink."""
    inset = round(min(box.width, box.height) * _TICK_INSET)
    inside = _inside(image, box, inset, inset)
    return (
        bool(inside.size) and float(_ink(inside, paper=_paper(image, box)).mean()) > _TICK_INK_MIN
    )


def _read_first(filled: Sequence[tuple[FormZone, GreyImage]], engine: Engine) -> dict[str, Token]:
    groups: dict[tuple[str, str], list[tuple[FormZone, GreyImage]]] = {}
    for zone, crop in filled:
        charset = _NUMBER_CHARSET if zone.type in _NUMBER_TYPES else ""
        groups.setdefault((zone.language, charset), []).append((zone, crop))
    answers: dict[str, Token] = {}
    for (language, charset), members in groups.items():
        tokens = engine.read_crops(
            [crop for _, crop in members], language=language, charset=charset, dpi=FORM_DPI
        )
        for (zone, _), token in zip(members, tokens, strict=True):
            answers[zone.name] = token
    return answers


def _from_layer(layer: Sequence[Token], zone: FormZone) -> Token:
    box = zone.box
    inside = [
        word
        for word in layer
        if box.left <= word.box.left + word.box.width / 2 < box.left + box.width
        and box.top <= word.box.top + word.box.height / 2 < box.top + box.height
    ]
    inside.sort(key=lambda word: word.box.left)
    joint = "" if zone.cells else " "
    return Token(joint.join(word.text for word in inside), box, 100.0, "text-layer")


def _placed(token: Token, zone: FormZone) -> Token:
    return Token(token.text, zone.box, token.raw_confidence, token.engine)


def _inside(image: GreyImage, box: Box, inset_x: int, inset_y: int) -> GreyImage:
    return image[
        max(0, box.top + inset_y) : box.top + box.height - inset_y,
        max(0, box.left + inset_x) : box.left + box.width - inset_x,
    ]


def _paper(image: GreyImage, box: Box) -> int:
    around = image[
        max(0, box.top - box.height) : box.top + 2 * box.height,
        max(0, box.left - box.width) : box.left + 2 * box.width,
    ]
    return int(level_of(around, 80))


def _ink(crop: GreyImage, paper: int = 0) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    level = paper or int(level_of(crop, 90))
    return np.asarray(crop < level * 0.6)
