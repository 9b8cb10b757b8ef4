"""One document on its own, without a dossier: what it is and what it says, as plain values."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from models.dossier import PieceKind
from models.reading import FieldEvidence, PageText
from tasks.extraction.analyses import read_analyses
from tasks.extraction.belief import Belief
from tasks.extraction.bill import read_body, read_head
from tasks.extraction.completion import completed, lines_of
from tasks.extraction.found import Found
from tasks.extraction.hospital import (
    ADMISSION,
    DISCHARGE,
    PATIENT,
    THIRD_PARTY,
    HospitalBill,
    care_day_of,
    line_of,
    read_hospital,
)
from tasks.extraction.invoice import read_invoice
from tasks.extraction.kinds import Document, document_of, is_arabic
from tasks.extraction.lines import Bills
from tasks.extraction.paid_parts import FORM_FIELDS, judge_paid_parts
from tasks.extraction.receipts.receipt import Receipt, read_receipt
from tasks.extraction.sheet import read_sheet
from tasks.extraction.template import Template, read_templates
from tasks.extraction.vocabulary import Vocabulary, read_vocabulary

Weigh: TypeAlias = Callable[[Mapping[str, Found]], dict[str, Found]]


def describe_pages(
    pages: Sequence[PageText], forms_dir: Path, latest: dt.date = dt.date.max
) -> dict[str, Any]:
    """Return what the pages of one document are and say: for each page its kind and fields.

    No receipt is of a day after ``latest``. Amounts are whole minor units, dates ISO. Every field
    has its value, its readings, its place and the chance that it is wrong.
    """
    templates, vocabulary = read_templates(forms_dir), read_vocabulary()
    return {"pages": [_describe(page, templates, vocabulary, latest) for page in pages]}


def _describe(
    page: PageText, templates: Mapping[str, Template], vocabulary: Vocabulary, latest: dt.date
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "page_no": page.page_no,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "form_id": page.form_id,
        "inliers": page.inliers,
        "skew_degrees": page.skew_degrees,
        "sharpness": page.sharpness,
        "is_text_layer": page.is_text_layer,
        "problem": page.problem,
        "barcodes": [code.text for code in page.barcodes],
    }
    if page.problem:
        return {**described, "kind": "unreadable", "fields": []}
    if page.form_id in templates:
        template = templates[page.form_id]
        evidence = _sheet_evidence(page, template, vocabulary)
        return {
            **described,
            "kind": template.piece.value,
            "schemes": list(template.schemes),
            "ticked": sorted(zone.zone for zone in page.zones if zone.checked),
            "fields": evidence,
        }
    document = document_of(page, vocabulary)
    if page.segments and document.kind is not PieceKind.PRESCRIPTION:
        receipt = read_receipt(page, latest)
        return {
            **described,
            "kind": document.kind.value,
            "layout": "receipt",
            "fields": _receipt_evidence(receipt, document, vocabulary),
            "adds_up": [closure.value for closure in receipt.closures],
        }
    fields = [] if is_arabic(page) else _bill_evidence(document, vocabulary)
    return {**described, "kind": document.kind.value, "fields": fields}


def _sheet_evidence(
    page: PageText, template: Template, vocabulary: Vocabulary
) -> list[dict[str, Any]]:
    sheet = read_sheet(page, template)
    lines = lines_of(sheet, Bills(), vocabulary)
    paid, _ = judge_paid_parts(sheet, lines.total.judged)
    fields = completed(sheet.fields, template) | {"total_minor": lines.total}
    belief = Belief().of_pages((page,))
    evidence = _entries("", belief.weigh_all(fields))
    kept = {f"{FORM_FIELDS}{name}": found for name, found in paid.items()} | dict(lines.kept)
    evidence += _entries("", kept)
    # Zones that fill no field of a dossier are described by their own names.
    evidence += _entries("", {z.name: sheet.zones[z.name] for z in template.zones if not z.field})
    for read in lines.lines:
        number = read.line.line_no
        evidence += _entries(f"lines[{number}].", belief.weigh_all(read.found))
    return evidence


def _receipt_evidence(
    receipt: Receipt, document: Document, vocabulary: Vocabulary
) -> list[dict[str, Any]]:
    head = read_head((document,), vocabulary)
    return _entries(
        "",
        {
            "company": receipt.company,
            "date": receipt.date,
            "invoice_number": head.number,
            "invoice_ice": head.ice,
            "total_minor": receipt.total,
        },
    )


def _bill_evidence(document: Document, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    head = read_head((document,), vocabulary)
    weigh = Belief().of_pages((document.page,)).weigh_all
    evidence = _entries("", weigh({"date": head.date}))
    if document.kind is PieceKind.PRESCRIPTION:
        return evidence
    evidence += _entries("", weigh({"invoice_number": head.number, "invoice_ice": head.ice}))
    body = read_body((document,), vocabulary)
    if document.kind is PieceKind.LAB_BILL:
        bill = read_analyses(body)
        for number, item in enumerate(bill.items, start=1):
            parts = {
                "label": item.label,
                "coefficient": item.coefficient,
                "amount_minor": item.amount,
            }
            evidence += _entries(f"lines[{number}].", weigh(parts))
        return evidence + _entries("", weigh({"total_minor": bill.total}))
    if document.kind is PieceKind.HOSPITAL_INVOICE:
        return evidence + _stay_evidence(read_hospital((document,), body, vocabulary), weigh)
    invoice = read_invoice((document,), body)
    for number, drug in enumerate(invoice.items, start=1):
        parts = {
            "ean": drug.ean,
            "label": drug.label,
            "quantity": drug.quantity,
            "unit_amount_minor": drug.unit,
            "amount_minor": drug.amount,
        }
        evidence += _entries(f"lines[{number}].", weigh(parts))
    return evidence + _entries("", weigh({"total_minor": invoice.total}))


def _stay_evidence(bill: HospitalBill, weigh: Weigh) -> list[dict[str, Any]]:
    evidence = _entries("", weigh({ADMISSION: bill.admission, DISCHARGE: bill.discharge}))
    for number, item in enumerate(bill.items, start=1):
        _, found = line_of(item, care_day_of(bill, bill.admission), number)
        evidence += _entries(f"lines[{number}].", weigh(found))
    parts = {THIRD_PARTY: bill.third_party, PATIENT: bill.patient, "total_minor": bill.total}
    return evidence + _entries("", weigh(parts))


def _entries(prefix: str, found: Mapping[str, Found]) -> list[dict[str, Any]]:
    return [_entry(one.evidence(f"{prefix}{name}")) for name, one in found.items()]


def _entry(evidence: FieldEvidence) -> dict[str, Any]:
    box = evidence.box
    return {
        "field": evidence.field,
        "value": evidence.value,
        "is_doubtful": evidence.is_doubtful,
        "error_probability": evidence.error_probability,
        "readings": [evidence.reading, evidence.second_reading],
        "source": evidence.source,
        "page_no": evidence.page_no,
        "box": [box.left, box.top, box.width, box.height],
    }
