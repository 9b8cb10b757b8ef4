"""Where the second engine is spared: the first one's value passes its checks, and that is enough.

What is enough is not decided here: a calibration gives the types of fields and bands of quality in
which one sure reading that passes its check was wrong too seldom to matter. The band of the picture
is not enough either: a clear picture of a hand is no good page. What may be spared is left until
both engines have read the rest, and read by both as well where these disagree too often.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from models.reading import PageText, Token, ZoneReading
from models.second_reading import SecondReading
from tasks.ocr.agreement import compared, pairs_of
from tasks.ocr.form import Form, FormZone
from tasks.ocr.quality import AGREED_FAIR_MIN, Band, band_as_read

#: Raw confidence from which a reading is sure; the same as extraction asks of a lone reading.
SURE_MIN = 90.0
#: Zones read by both engines that tell whether a page stands in the band of its picture; of fewer
#: nothing is known.
COMPARED_MIN = 8
#: The type of money in a calibration, and the fields that have to add up.
_MONEY, _LINE_AMOUNT, _TOTAL = "amount", "amount_minor", "total_minor"
_AMOUNT = re.compile(r"(\d{1,8})[.,](\d{2})")
_DATE = re.compile(r"(\d{2})/?(\d{2})/?(\d{4})")


@dataclass(frozen=True, slots=True)
class Sparing:
    """Which fields may do with one reader; by default none.

    ``field_types`` are types by field. ``witnessed`` are fields that need a second witness whatever
    the policy says: the other engine, or a bar code that repeats the reading.
    """

    policy: SecondReading = field(default_factory=SecondReading)
    field_types: Mapping[str, str] = field(default_factory=dict)
    witnessed: frozenset[str] = frozenset()

    def spared(
        self,
        zones: Sequence[FormZone],
        first: Mapping[str, Token],
        band: str,
        codes: frozenset[str] = frozenset(),
    ) -> frozenset[str]:
        """Return the names of the zones that the second engine need not read, if the page stands.

        ``codes`` are the texts of the form's bar codes: a reading that one of them repeats needs
        not be sure. Money needs a page whose lines add up to its total besides.
        """
        if not self.policy.is_spared:
            return frozenset()
        is_closed = adds_up(zones, first)
        return frozenset(
            zone.name for zone in zones if self._is_enough(zone, first, band, codes, is_closed)
        )

    def stands(self, band: str, pairs: Iterable[tuple[Token, Token]]) -> bool:
        """Whether a page is as good as its picture, by the zones that both engines have read.

        Where it is not, or where they are too few, the second engine reads the other zones too.
        """
        count, share = compared(pairs)
        if count < COMPARED_MIN or share < AGREED_FAIR_MIN:
            return False
        return band_as_read(Band(band), share) is Band(band)

    def _is_enough(
        self,
        zone: FormZone,
        first: Mapping[str, Token],
        band: str,
        codes: frozenset[str],
        is_closed: bool,
    ) -> bool:
        field_type = self.field_types.get(zone.field, "")
        token = first.get(zone.name)
        if token is None or not field_type or self.policy.is_needed(field_type, band):
            return False
        if field_type == _MONEY and not is_closed:
            return False
        is_repeated = plain(token.text) in codes
        is_sure = token.raw_confidence >= SURE_MIN and zone.field not in self.witnessed
        return (is_sure or is_repeated) and passes(zone, token.text)


def as_spared(page: PageText, form: Form, sparing: Sparing) -> PageText:
    """Return a page of a form that both engines have read as it would be with some zones spared.

    A page with a text layer is read by both everywhere. A page kept before the band of its picture
    was told is taken for one whose picture was as good as its reading.
    """
    if page.is_text_layer:
        return page
    seen = page.seen_band or page.quality_band
    first = {zone.zone: _first_look(zone) for zone in page.zones if zone.readings}
    codes = frozenset(code.text for code in page.barcodes)
    filled = [zone for zone in form.zones if zone.name in first]
    spared = sparing.spared(filled, first, seen, codes)
    asked = [zone for zone in page.zones if zone.zone not in spared]
    if not spared or not sparing.stands(seen, pairs_of(asked)):
        return page
    return replace(_read_once(page, spared), quality_band=seen)


def as_read_once(page: PageText, form: Form, field_types: Mapping[str, str]) -> PageText:
    """Return a page as it would be with every field of these types read once that could be.

    In any band, whatever the rest of the page says: so the first engine's labels are collected. A
    bar code would speak for a reading, and a text layer is nothing that an engine read.
    """
    if page.is_text_layer:
        return page
    kinds = {kind for kind in field_types.values() if kind != _MONEY}
    everywhere = frozenset((kind, page.quality_band) for kind in kinds)
    first = {zone.zone: _first_look(zone) for zone in page.zones if len(zone.readings) > 1}
    filled = [zone for zone in form.zones if zone.name in first]
    sparing = Sparing(SecondReading(everywhere), field_types)
    return replace(_read_once(page, sparing.spared(filled, first, page.quality_band)), barcodes=())


def _read_once(page: PageText, spared: frozenset[str]) -> PageText:
    zones = tuple(
        replace(zone, readings=(_first_look(zone),), first_look=None)
        if zone.zone in spared
        else zone
        for zone in page.zones
    )
    return replace(page, zones=zones)


def _first_look(zone: ZoneReading) -> Token:
    return zone.first_look or zone.readings[0]


def passes(zone: FormZone, text: str) -> bool:
    """Whether a text is a value of its zone: its pattern, and for a date that there is such a day.

    A zone without a pattern has no check that a reading could pass.
    """
    value = plain(text)
    if not zone.pattern or re.fullmatch(zone.pattern, value) is None:
        return False
    return zone.type != "date" or _is_a_day(value)


def adds_up(zones: Sequence[FormZone], first: Mapping[str, Token]) -> bool:
    """Whether the amounts of the lines are the total; without lines or a total they are not."""
    lines = [zone for zone in zones if zone.field == _LINE_AMOUNT and zone.name in first]
    totals = [zone for zone in zones if zone.field == _TOTAL and zone.name in first]
    amounts = [_minor(first[zone.name].text) for zone in lines]
    if not amounts or len(totals) != 1 or None in amounts:
        return False
    total = _minor(first[totals[0].name].text)
    return sum(amount for amount in amounts if amount is not None) == total


def plain(text: str) -> str:
    """Return a reading without the blanks an engine sees between cells."""
    return "".join(text.split())


def _minor(text: str) -> int | None:
    found = _AMOUNT.fullmatch(plain(text))
    return int(found[1]) * 100 + int(found[2]) if found else None


def _is_a_day(value: str) -> bool:
    found = _DATE.fullmatch(value)
    if found is None:
        return False
    try:
        dt.date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return False
    return True
