"""Reads one simulated paper dossier, and compares what extraction makes of it with its truth."""

import datetime as dt
import resource
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.simulation.paper_sample import Sample, scan_sample
from infra.simulation.paper_scores import ScoredDossier, ScoredField
from models.dossier import Dossier
from models.reading import FieldEvidence, PageText
from models.register_hints import RegisterHints
from tasks.extraction.acceptance import P_EMPTY
from tasks.extraction.chunk import Extracted, ExtractionContext, extract_paper
from tasks.extraction.electronic import DossierHead
from tasks.extraction.pages import page_of_json
from tasks.ocr.chunk import OcrContext, PaperFile, PaperInput, read_pages_chunk

#: Fields of a dossier that a person would otherwise type, in the order of the sheet.
FIELDS = (
    "request_kind",
    "care_kind",
    "deposit_date",
    "agency",
    "insured_name",
    "insured_number",
    "insured_cin",
    "relation",
    "beneficiary_name",
    "beneficiary_birth_date",
    "beneficiary_cin",
    "beneficiary_sex",
    "ald_code",
    "prescriber_inpe",
    "provider_inpe",
    "agreement_number",
    "prescription_date",
    "invoice_number",
    "invoice_ice",
    "stay.admission_date",
    "stay.discharge_date",
    "total_minor",
)
#: Fields of a line; labels are shown to people and decide nothing.
LINE_FIELDS = ("code", "letter", "coefficient", "ean", "care_date", "quantity", "amount_minor")
#: What says which act it was: a line has one of them, a letter has a coefficient besides.
_ACT_FIELDS = ("code", "letter", "ean", "coefficient")
_MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".tiff": "image/tiff",
    ".jpg": "image/jpeg",
    ".png": "image/png",
}


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A dossier to be put on paper and read."""

    sample: Sample
    context: OcrContext
    day: dt.date


@dataclass(frozen=True, slots=True)
class SampleRead:
    """A dossier as read: the JSON text of its pages, its truth row, CPU seconds of the reading."""

    sample: Sample
    pages: tuple[bytes, ...]
    truth: Mapping[str, Any]
    cpu_seconds: float


def read_sample(request: ReadRequest) -> SampleRead:
    """Put one dossier on paper and read its pages; runs in a pool child."""
    sample = request.sample
    scanned, truth = scan_sample(sample, request.context.forms_dir, request.day)
    file = PaperFile(truth["sha256"], _MEDIA_TYPES[Path(scanned.name).suffix], scanned.data)
    started = _cpu_seconds()
    work = PaperInput(sample.dossier_id, 1, (file,))
    chunk = read_pages_chunk([work], request.context)
    seconds = _cpu_seconds() - started
    rows = chunk.output.tables["page_reading"]
    place = rows.names.index("words_key")
    pages = tuple(chunk.objects[row[place]] for row in rows.rows)
    return SampleRead(sample, pages, truth, seconds)


def head_of(dossier_id: str, truth: Mapping[str, Any], day: dt.date) -> DossierHead:
    """Return what intake knows of a scan received on a day."""
    return DossierHead(
        dossier_id=dossier_id,
        version=1,
        content_version=1,
        public_number=truth["public_number"],
        scheme="ma-amo-salaries",
        currency="MAD",
        channel="paper",
        agency="",
        region="",
        deposit_date=day,
        receipt_date=day,
        scan_date=day,
    )


def score_dossier(
    head: DossierHead,
    pages: Sequence[bytes],
    truth: Mapping[str, Any],
    forms_dir: Path,
    part: str,
    hints: RegisterHints | None = None,
    change: Callable[[PageText], PageText] = lambda page: page,
) -> ScoredDossier:
    """Extract a dossier from its kept pages, each changed, and compare its fields with the truth.

    ``hints`` is what the payer's registers say of the numbers read; None when they are not asked.
    """
    readings = [change(page_of_json(page)) for page in pages]
    extracted = extract_paper(readings, head, ExtractionContext(forms_dir), hints)
    return ScoredDossier(
        dossier_id=head.dossier_id,
        part=part,
        profile=truth["degradation"],
        typeface=truth["typeface"],
        is_text_layer=truth["is_text_layer"],
        needs_person=bool(extracted.findings),
        reasons=tuple(sorted({one.code for one in extracted.findings})),
        fields=tuple(score_fields(extracted, truth)),
    )


def score_fields(extracted: Extracted, truth: Mapping[str, Any]) -> Iterator[ScoredField]:
    """Yield each field that stands on the paper, or that was read though nothing stands there.

    A line too few counts with all its fields, a line too many with its amount. What has no evidence
    was taken for empty; where the dossier has no evidence at all, nothing is accepted.
    """
    evidence = {one.field: one for one in extracted.evidence}
    is_read = bool(evidence)
    expected: Mapping[str, Any] = truth["expected_fields"]
    for name in FIELDS:
        found = _text(_field(extracted.dossier, name)) if is_read else ""
        wanted = _text(expected.get(name))
        if wanted or found:
            yield _scored(name, name, wanted, found, evidence.get(name), is_read=is_read)
    lines = extracted.dossier.lines
    wanted_lines: Sequence[Mapping[str, Any]] = truth["expected_lines"]
    for number in range(1, max(len(lines), len(wanted_lines)) + 1):
        read = lines[number - 1] if number <= len(lines) else None
        written = wanted_lines[number - 1] if number <= len(wanted_lines) else {}
        # A line that is not there is accepted as such when nobody has to look.
        is_there = is_read and (read is not None or not extracted.findings)
        for name in LINE_FIELDS if written else ("amount_minor",):
            wanted = _text(written.get(name))
            found = _text(getattr(read, name)) if read else ""
            if wanted or (found and name not in _ACT_FIELDS):
                witness = _witness(evidence, number, name)
                field = f"lines[{number}].{name}"
                yield _scored(field, f"line.{name}", wanted, found, witness, is_read=is_there)


def _witness(evidence: Mapping[str, FieldEvidence], number: int, name: str) -> FieldEvidence | None:
    """The evidence of a line's field; that of its act, where the act was taken for another kind."""
    names = [name, *_ACT_FIELDS] if name in _ACT_FIELDS else [name]
    found = (evidence.get(f"lines[{number}].{one}") for one in names)
    return next((one for one in found if one is not None), None)


def _scored(
    field: str,
    kind: str,
    wanted: str,
    found: str,
    evidence: FieldEvidence | None,
    *,
    is_read: bool,
) -> ScoredField:
    is_right = wanted == found or (kind == "line.coefficient" and _is_same(wanted, found))
    if evidence is None:
        chance = P_EMPTY if is_read else 1.0
        return ScoredField(field, kind, is_right, is_read, chance, wanted, found)
    return ScoredField(
        field=field,
        kind=kind,
        is_right=is_right,
        is_accepted=not evidence.is_doubtful,
        chance=evidence.error_probability,
        expected=wanted,
        found=found,
        readings=(evidence.reading, evidence.second_reading),
        source=evidence.source,
    )


def _is_same(wanted: str, found: str) -> bool:
    """Whether two coefficients are the same number; no coefficient is one of 1."""
    try:
        return float(wanted or 1) == float(found or 1)
    except ValueError:
        return False


def _field(dossier: Dossier, name: str) -> Any:
    owner, _, attribute = name.rpartition(".")
    if not owner:
        return getattr(dossier, name)
    return getattr(getattr(dossier, owner), attribute, None)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _cpu_seconds() -> float:
    """CPU seconds of this process and of its ended children."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)
