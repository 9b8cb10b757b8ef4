"""A chunk of dossiers becomes rows of fields, lines, evidence and findings; the doubtful stop."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from models.dossier import CareKind, Dossier, Relation, RequestKind
from models.finding import Finding
from models.messages import Code, finding, read_codes
from models.reading import FieldEvidence, PageText
from models.register_hints import RegisterHints
from models.rows import (
    EXTRACTED_NAMES,
    FINDING_NAMES,
    LINE_NAMES,
    extracted_row,
    finding_rows,
    line_rows,
)
from models.stage import Stage, Status
from models.work import ChunkOutput, Stop, TableRows
from tasks.extraction.audit import AUDIT_NAMES, Draw, audit_rows
from tasks.extraction.belief import Belief
from tasks.extraction.electronic import DossierHead, dossier_of_record
from tasks.extraction.fse import FseLink, read_fse
from tasks.extraction.pages import page_of_json
from tasks.extraction.paper import REFERS_TO, NoSheet, PaperReading, pieces_of, read_paper
from tasks.extraction.piece_count import DIFFERS, count_findings
from tasks.extraction.template import read_templates
from tasks.extraction.vocabulary import read_vocabulary

EVIDENCE_NAMES = (
    "dossier_id",
    "content_version",
    "field",
    "page_no",
    "box_left",
    "box_top",
    "box_width",
    "box_height",
    "reading",
    "second_reading",
    "value",
    "error_probability",
    "is_doubtful",
    "source",
    "flags",
    "field_type",
    "quality_band",
    "calibration",
    "register_value",
)

#: Names of doubtful fields shown in a finding; the evidence holds them all.
_FIELDS_SHOWN_MAX = 6
_DEPOSIT_DATE = "deposit_date"
#: What is said of a dossier that was read: it is priced, and a person decides with the amount.
_GOES_ON = frozenset({DIFFERS})


@dataclass(frozen=True, slots=True)
class ExtractionInput:
    """One dossier to extract: its electronic record, or its pages as kept (JSON text) or read."""

    head: DossierHead
    payload: str = ""
    pages: tuple[bytes | PageText, ...] = ()


@dataclass(frozen=True, slots=True)
class ExtractionContext:
    """What is the same for every dossier of a lot: forms, how sure a reading has to be, the audit.

    Without a ``draw`` no accepted field is read again by a person.
    """

    forms_dir: Path
    belief: Belief = field(default_factory=Belief)
    draw: Draw | None = None


@dataclass(frozen=True, slots=True)
class HeadChange:
    """What a paper dossier says of its head: the stamped deposit date, the number it refers to."""

    deposit_date: str
    refers_to: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """A dossier with its evidence and what was found wrong with its reading."""

    dossier: Dossier
    evidence: tuple[FieldEvidence, ...] = ()
    findings: tuple[Finding, ...] = ()


def extract_chunk(
    inputs: Sequence[ExtractionInput],
    context: ExtractionContext,
    hints: RegisterHints | None = None,
) -> ChunkOutput:
    """Return the fields, lines, evidence and findings of some dossiers, and who stops.

    ``hints`` is what the registers know of the numbers on paper; None when nobody asked them.
    """
    dossiers: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    evidence: list[tuple[Any, ...]] = []
    findings: list[tuple[Any, ...]] = []
    audits: list[tuple[Any, ...]] = []
    stops: dict[str, Stop] = {}
    for work in inputs:
        head = work.head
        if work.payload:
            extracted = Extracted(dossier_of_record(work.payload, head))
        else:
            extracted = extract_paper(read_pages(work), head, context, hints)
        dossiers.append(extracted_row(extracted.dossier, head.content_version))
        lines += line_rows(extracted.dossier, head.content_version)
        if extracted.evidence:
            evidence += evidence_rows(extracted.evidence, head)
            if context.draw is not None:
                content = (head.dossier_id, head.content_version)
                audits += audit_rows(extracted.evidence, content, context.draw)
        if extracted.findings:
            findings += finding_rows(
                head.dossier_id, head.version, Stage.EXTRACTION, extracted.findings
            )
            if any(one.code not in _GOES_ON for one in extracted.findings):
                stops[head.dossier_id] = _stop(extracted.findings)
    tables = {
        "extracted_dossier": TableRows(EXTRACTED_NAMES, dossiers),
        "extracted_line": TableRows(LINE_NAMES, lines),
        "field_evidence": TableRows(EVIDENCE_NAMES, evidence),
        "finding": TableRows(FINDING_NAMES, findings),
        "reading_audit": TableRows(AUDIT_NAMES, audits),
    }
    return ChunkOutput(tables, stops)


def read_pages(work: ExtractionInput) -> list[PageText]:
    """Return the pages of a dossier, read back where they are JSON text."""
    return [page if isinstance(page, PageText) else page_of_json(page) for page in work.pages]


def extract_paper(
    pages: Sequence[PageText],
    head: DossierHead,
    context: ExtractionContext,
    hints: RegisterHints | None = None,
) -> Extracted:
    """Return what the pages of a paper dossier say, and what keeps it from going on."""
    codes = _codes()
    unreadable = [page.page_no for page in pages if page.problem]
    templates = read_templates(context.forms_dir)
    belief = context.belief if hints is None else replace(context.belief, hints=hints)
    answer = read_paper(pages, head, templates, read_vocabulary(), belief)
    link = read_fse(pages)
    if link is not None:
        return _piece_of_record(pages, head, context, answer, link)
    findings = [finding(codes, "PAGE_ILLISIBLE", page=str(number)) for number in unreadable]
    if isinstance(answer, NoSheet):
        if not unreadable:
            findings.append(finding(codes, "FORMULAIRE_INCONNU", pages=str(len(pages))))
        return Extracted(empty_dossier(head), findings=tuple(findings))
    if not unreadable and answer.doubtful_fields:
        findings.append(_doubt(codes, answer))
    findings += [finding(codes, one.code, line_no=None, **one.params) for one in answer.notices]
    findings += count_findings(codes, answer.stated_pieces, answer.dossier.pieces, pages)
    return Extracted(answer.dossier, answer.evidence, tuple(findings))


def _piece_of_record(
    pages: Sequence[PageText],
    head: DossierHead,
    context: ExtractionContext,
    answer: PaperReading | NoSheet,
    link: FseLink,
) -> Extracted:
    """Paper of an electronic care sheet: what it says of itself asks for nothing."""
    codes = _codes()
    findings = [
        finding(codes, "PAGE_ILLISIBLE", page=str(page.page_no)) for page in pages if page.problem
    ]
    if len(link.numbers) > 1:
        findings.append(finding(codes, "FSE_PLUSIEURS", count=str(len(link.numbers))))
    elif not findings:
        findings.append(finding(codes, "FSE_ATTENDUE", number=link.numbers[0]))
    if isinstance(answer, NoSheet):
        pieces = pieces_of(pages, read_templates(context.forms_dir), read_vocabulary())
        dossier = replace(empty_dossier(head), pieces=pieces)
        return Extracted(dossier, (link.evidence,), tuple(findings))
    return Extracted(answer.dossier, (*answer.evidence, link.evidence), tuple(findings))


def empty_dossier(head: DossierHead) -> Dossier:
    """Return the dossier of a head whose pages say nothing."""
    return Dossier(
        dossier_id=head.dossier_id,
        version=head.version,
        public_number=head.public_number,
        scheme=head.scheme,
        currency=head.currency,
        channel=head.channel,
        agency=head.agency,
        region=head.region,
        care_kind=CareKind.AMBULATORY,
        request_kind=RequestKind.REIMBURSEMENT,
        insured_number="",
        insured_cin="",
        insured_name="",
        relation=Relation.SELF,
        beneficiary_number="",
        beneficiary_name="",
        beneficiary_birth_date=None,
        beneficiary_cin="",
        beneficiary_sex="",
        prescriber_inpe="",
        provider_inpe="",
        deposit_date=head.deposit_date,
        receipt_date=head.receipt_date,
        scan_date=head.scan_date,
        prescription_date=None,
        is_continuous_care=False,
        agreement_number="",
        ald_code="",
        diagnosis="",
        invoice_number="",
        invoice_ice="",
        stay=None,
        pieces=(),
        lines=(),
        total_minor=0,
    )


def evidence_rows(evidence: Sequence[FieldEvidence], head: DossierHead) -> list[tuple[Any, ...]]:
    """Return evidence as rows of ``field_evidence``."""
    return [
        (
            head.dossier_id,
            head.content_version,
            one.field,
            one.page_no,
            one.box.left,
            one.box.top,
            one.box.width,
            one.box.height,
            one.reading,
            one.second_reading,
            one.value,
            one.error_probability,
            one.is_doubtful,
            one.source,
            one.flags,
            one.field_type,
            one.quality_band,
            one.calibration,
            one.register_value,
        )
        for one in evidence
    ]


def head_changes(output: ChunkOutput) -> Mapping[str, HeadChange]:
    """Return what the evidence says of dossiers' heads, by dossier; doubtful values are left out.

    The deposit date is an ISO date or empty; ``refers_to`` is the public number of the earlier
    dossier that a complement or an appeal belongs to, or empty.
    """
    rows = output.tables["field_evidence"].rows
    names = {name: place for place, name in enumerate(EVIDENCE_NAMES)}
    values: dict[str, dict[str, str]] = {}
    for row in rows:
        field = row[names["field"]]
        if field in (_DEPOSIT_DATE, REFERS_TO) and not row[names["is_doubtful"]]:
            values.setdefault(row[0], {})[field] = row[names["value"]]
    return {
        dossier_id: HeadChange(found.get(_DEPOSIT_DATE, ""), found.get(REFERS_TO, ""))
        for dossier_id, found in values.items()
    }


def _doubt(codes: Mapping[str, Code], answer: PaperReading) -> Finding:
    fields = answer.doubtful_fields
    shown = ", ".join(fields[:_FIELDS_SHOWN_MAX])
    if len(fields) > _FIELDS_SHOWN_MAX:
        shown += ", …"
    return finding(codes, "CHAMP_DOUTEUX", count=str(len(fields)), fields=shown)


def _stop(findings: Sequence[Finding]) -> Stop:
    reasons = tuple(dict.fromkeys(one.code for one in findings))
    is_returned = any(one.effect.value == "return" for one in findings)
    return Stop(Status.RETURNED if is_returned else Status.IN_REVIEW, reasons)


@functools.cache
def _codes() -> Mapping[str, Code]:
    return read_codes(Path(__file__).with_name("codes.yaml"))
