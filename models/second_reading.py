"""Where a zone has to be read by a second engine: plain values that a calibration gives to OCR."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecondReading:
    """Pairs of field type and quality band for which one reader and the type's check are enough.

    Field types are those of the calibration (``tasks/extraction/calibration/limits.yaml``). The
    check has to hold, and the reader to be as sure as a lone reading needs
    (``tasks/extraction/acceptance.py``); else the second engine reads as well. Money is never
    among them.
    """

    is_spared: frozenset[tuple[str, str]] = frozenset()

    def is_needed(self, field_type: str, quality_band: str) -> bool:
        """Whether the second engine has to read a field, whatever the first one read."""
        return (field_type, quality_band) not in self.is_spared
