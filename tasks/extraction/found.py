"""A value found on a page: what was judged, from which readings, in which place."""

from dataclasses import dataclass, replace

from models.reading import Box, FieldEvidence
from tasks.extraction.acceptance import Judged, Reading, Source

_NOWHERE = Box(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Basis:
    """By what a value was judged: its type, its page's quality, the calibration, the register."""

    field_type: str = ""
    quality_band: str = ""
    calibration: str = ""
    register_value: str = ""


_NO_BASIS = Basis()


@dataclass(frozen=True, slots=True)
class Found:
    """A judged value with its readings and its place; ``basis`` is what it was judged by."""

    judged: Judged
    reading: Reading
    page_no: int
    box: Box
    basis: Basis = _NO_BASIS

    @property
    def value(self) -> str:
        """The value as text: digits, ISO date, minor units, code."""
        return self.judged.value

    @property
    def is_doubtful(self) -> bool:
        """Whether a person has to look."""
        return self.judged.is_doubtful

    def judged_as(self, judged: Judged) -> "Found":
        """Return the same readings with another judgement."""
        return replace(self, judged=judged)

    def evidence(self, field: str) -> FieldEvidence:
        """Return the evidence of a dossier's field."""
        return FieldEvidence(
            field=field,
            page_no=self.page_no,
            box=self.box,
            reading=self.reading.first,
            second_reading=self.reading.second,
            value=self.judged.value,
            error_probability=self.judged.error_probability,
            is_doubtful=self.judged.is_doubtful,
            source=self.judged.source.value,
            flags=" ".join(sorted(self.judged.flags)),
            field_type=self.basis.field_type,
            quality_band=self.basis.quality_band,
            calibration=self.basis.calibration,
            register_value=self.basis.register_value,
        )


def missing(page_no: int, *, chance: float, is_doubtful: bool) -> Found:
    """Return the finding that a field stands nowhere on the paper."""
    source = Source.DOUBTFUL if is_doubtful else Source.EMPTY
    return Found(Judged("", chance, is_doubtful, source), Reading(), page_no, _NOWHERE)
