"""Whether a field needs a person: its calibrated chance of an error against its type's limit.

What the rules before this one call doubtful stays doubtful; the calibration may only add to it.
Money is accepted only where it adds up: amounts that do not are doubtful before they come here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from models.reading import PageText
from models.register_hints import RegisterHints
from tasks.extraction.acceptance import Source
from tasks.extraction.calibration.calibration import Calibration, shipped_calibration
from tasks.extraction.calibration.cells import Cell, Limits, evidence_of, no_limits, read_limits
from tasks.extraction.calibration.compare import is_enough_alone
from tasks.extraction.found import Basis, Found
from tasks.extraction.registers import with_drugs, with_registers


@dataclass(frozen=True, slots=True)
class Belief:
    """A calibration, the limits of the field types, the pages' quality bands, the registers."""

    calibration: Calibration = field(default_factory=shipped_calibration)
    limits: Limits = field(default_factory=read_limits)
    bands: Mapping[int, str] = field(default_factory=dict)
    hints: RegisterHints | None = None

    def of_pages(self, pages: Sequence[PageText]) -> "Belief":
        """Return the same belief for the pages of one dossier."""
        return replace(self, bands={page.page_no: page.quality_band for page in pages})

    @property
    def without_limits(self) -> "Belief":
        """The same belief that sends nothing to a person by itself."""
        return replace(self, limits=no_limits(self.limits))

    def weigh(self, name: str, found: Found) -> Found:
        """Return a field with its calibrated chance of an error, doubtful when that is too much."""
        judged = found.judged
        field_type = self.limits.type_of(name)
        band = self.bands.get(found.page_no, "")
        basis = Basis(field_type, band, self.calibration.version, found.basis.register_value)
        if judged.source in (Source.PERSON, Source.FORM):
            # What a person wrote or the form itself says was not read by an engine.
            return replace(found, basis=basis)
        cell = Cell(field_type, evidence_of(judged.source, judged.flags), band)
        known = self.calibration.of(cell)
        limit = self.limits.limit_of(field_type, judged.source)
        is_sure = known.chance <= limit.error_max and known.upper <= limit.bound_max
        if judged.source is Source.FIRST and limit.bound_max < 1:
            is_sure = is_enough_alone(self.calibration, cell, self.limits)
        weighed = replace(
            judged, error_probability=known.chance, is_doubtful=judged.is_doubtful or not is_sure
        )
        return replace(found, judged=weighed, basis=basis)

    def weigh_sheet(self, fields: Mapping[str, Found]) -> dict[str, Found]:
        """Return the fields of a sheet compared with the registers, and weighed."""
        return self.weigh_all(fields if self.hints is None else with_registers(fields, self.hints))

    def weigh_line(self, fields: Mapping[str, Found]) -> dict[str, Found]:
        """Return the fields of a line, its drug compared with the list of drugs, and weighed."""
        return self.weigh_all(fields if self.hints is None else with_drugs(fields, self.hints))

    def weigh_all(self, fields: Mapping[str, Found]) -> dict[str, Found]:
        """Return all fields weighed."""
        return {name: self.weigh(name, found) for name, found in fields.items()}
