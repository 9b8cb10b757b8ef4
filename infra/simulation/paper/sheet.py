"""What is written on the care sheet of a dossier, and what reading it must give."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from infra.simulation.paper.dossier import PaperDossier
from infra.simulation.paper.render import SheetValues
from infra.simulation.paper.template import Template, ValueFormats
from infra.simulation.paper.writing import amount_text, coefficient_text, date_text
from models.dossier import PieceKind
from models.electronic import ElectronicLine
from models.errors import UsageError

#: Fields that are read from other documents, or follow from the form or the whole dossier.
_BESIDE_THE_SHEET = frozenset(
    {"scheme", "prescription_date", "invoice_number", "invoice_ice", "pieces"}
)
#: The first digits of an invented immatriculation beside an affiliation number, and its length.
_REGISTRATION_HEAD, _REGISTRATION_DIGITS = "31", 9
#: How old a care protocol is on the day of deposit, and how long it holds; illustrative.
_PROTOCOL_AGE_DAYS, _PROTOCOL_DAYS = 180, 365
#: Codes of prostheses among the simulated dental acts.
_PROSTHESES = frozenset({"D750", "D754"})
#: Submissions that write the earlier dossier's public number on the sheet.
REFERRING = ("complement", "appeal", "withdrawal")


def sheet_values(paper: PaperDossier, template: Template) -> SheetValues:
    """Return what is typed, ticked and stamped on the sheet.

    Raises:
        UsageError: when the dossier has more acts than the sheet has rows.
    """
    rows = act_rows(paper, template)
    if len(rows) > template.tables[0].rows:
        raise UsageError(
            f"{len(rows)} acts do not fit on the {template.tables[0].rows} rows of {template.id}; "
            "keep this dossier electronic"
        )
    identity = paper.identity
    return SheetValues(
        zones=zone_texts(paper, template),
        checked=checked_boxes(paper, template),
        tables={template.tables[0].name: rows},
        barcodes={
            "prescriber_inpe": identity.prescriber_inpe,
            "provider_inpe": identity.provider_inpe,
        },
        stamps={"provider_stamp": (identity.provider_name, f"INPE {identity.provider_inpe}")},
        signed=frozenset(mark.name for mark in template.marks if mark.kind == "signature"),
    )


def zone_texts(paper: PaperDossier, template: Template) -> dict[str, str]:
    """Return the text of every zone of the form; an empty one is left blank."""
    texts = _all_texts(paper, template.formats)
    return {zone.name: texts.get(zone.name, "") for zone in template.zones}


def _all_texts(paper: PaperDossier, formats: ValueFormats) -> dict[str, str]:
    """What is written wherever a form has a zone of that name."""
    record, identity, stay = paper.record, paper.identity, paper.record.stay
    birth_date = identity.beneficiary_birth_date
    refers = record.kind_of_submission in REFERRING
    total = amount_text(paper.total_minor, formats.amount)
    pieces = sum(piece.count for piece in record.pieces if piece.kind is not PieceKind.CARE_SHEET)
    return {
        "public_number": record.public_number if refers else "",
        "deposit_date": date_text(record.deposit_date),
        "agency": record.agency,
        "insured_name": identity.insured_name,
        "insured_number": record.insured_id,
        "affiliation_number": record.insured_id,
        "registration_number": f"{_REGISTRATION_HEAD}{record.insured_id}"[:_REGISTRATION_DIGITS],
        "bordereau_number": f"{record.deposit_date:%Y/%m}-{record.agency.removeprefix('AG-')}",
        "insured_cin": identity.insured_cin,
        "insured_address": identity.address,
        "fees_amount": total,
        "pieces_count": str(pieces),
        "beneficiary_name": identity.beneficiary_name,
        "beneficiary_birth_date": date_text(birth_date, "cells") if birth_date else "",
        "beneficiary_cin": identity.beneficiary_cin,
        "ald_code": record.ald_code,
        **_protocol(paper),
        "prescriber_inpe": identity.prescriber_inpe,
        "provider_inpe": identity.provider_inpe,
        "agreement_number": record.agreement_number,
        "admission_date": date_text(stay.admission_date) if stay else "",
        "discharge_date": date_text(stay.discharge_date) if stay else "",
        "total": total,
    }


def _protocol(paper: PaperDossier) -> dict[str, str]:
    """The care protocol of a long-term condition, set up half a year ago for a year."""
    if not paper.record.ald_code:
        return {}
    start = paper.record.deposit_date - dt.timedelta(days=_PROTOCOL_AGE_DAYS)
    return {
        "protocol_number": f"PS-{start.year}-{paper.record.public_number[-4:]}",
        "protocol_date": date_text(start),
        "protocol_end": date_text(start + dt.timedelta(days=_PROTOCOL_DAYS)),
    }


def checked_boxes(paper: PaperDossier, template: Template) -> frozenset[str]:
    """Return the names of the ticked boxes of the form."""
    return frozenset(_all_boxes(paper) & {box.name for box in template.checkboxes})


def _all_boxes(paper: PaperDossier) -> set[str]:
    """What is ticked wherever a form has a box of that name."""
    record = paper.record
    is_prior = record.request.value == "prior_agreement"
    ticked = {
        "prior_agreement" if is_prior else "execution",
        f"care_{record.kind_of_care.value}",
        "envelope_no",
        "type_prosthesis" if _has_prosthesis(paper) else "type_care",
    }
    if record.relation.value != "self":
        ticked.add(f"relation_{record.relation.value}")
    if paper.identity.sex:
        ticked.add(f"sex_{paper.identity.sex.lower()}")
    if record.ald_code:
        ticked |= {"ald", "protocol_renewal"}
    if record.is_continuous_care:
        ticked.add("continuous_care")
    return ticked


def _has_prosthesis(paper: PaperDossier) -> bool:
    lines = paper.record.lines
    return any(line.letter == "DP" or line.code in _PROSTHESES for line in lines)


def act_rows(paper: PaperDossier, template: Template) -> list[dict[str, str]]:
    """Return the rows of the acts table: one a line, drugs and billed analyses as one sum a day."""
    rows: list[dict[str, str]] = []
    bills_analyses = template.tables[0].summaries.get("B") in paper.piece_kinds
    for lines in paper.lines_by_date(of_drugs=False).values():
        analyses = [line for line in lines if bills_analyses and line.letter == "B"]
        rows += [_line_row(line) for line in lines if line not in analyses]
        if analyses:
            rows.append(_summary_row("B", analyses))
    for lines in paper.lines_by_date(of_drugs=True).values():
        rows.append(_summary_row("PH", lines))
    return rows


def _line_row(line: ElectronicLine) -> dict[str, str]:
    return {
        "date": date_text(line.date),
        "act": line.letter or line.code,
        "coefficient": coefficient_text(line.coefficient) if line.coefficient else "",
        "quantity": str(line.quantity),
        "tooth": line.tooth,
        "label": line.label,
        "amount": amount_text(line.amount_minor),
    }


def _summary_row(act: str, lines: list[ElectronicLine]) -> dict[str, str]:
    coefficient = sum((line.coefficient or 0) * line.quantity for line in lines)
    return {
        "date": date_text(lines[0].date),
        "act": act,
        "coefficient": coefficient_text(Decimal(coefficient)) if coefficient else "",
        "quantity": "1",
        "tooth": "",
        "label": "Analyses selon facture" if act == "B" else "Pharmacie selon facture",
        "amount": amount_text(sum(line.amount_minor for line in lines)),
    }


def expected_fields(paper: PaperDossier, template: Template) -> dict[str, Any]:
    """Return what a perfect reader makes of the whole dossier, by field name of the dossier.

    What the form has no place for is not on the paper and so not expected.
    """
    has = {zone.field for zone in template.zones} | {box.field for box in template.checkboxes}
    has |= {*template.constants, *_BESIDE_THE_SHEET}
    fields = _all_fields(paper)
    if template.schemes:
        fields["scheme"] = paper.record.scheme
    return {name: value if name in has else "" for name, value in fields.items()}


def _all_fields(paper: PaperDossier) -> dict[str, Any]:
    record, identity, stay = paper.record, paper.identity, paper.record.stay
    birth_date, prescribed = identity.beneficiary_birth_date, paper.prescription_date
    refers = record.kind_of_submission in REFERRING
    has_bill = any("invoice" in kind or "bill" in kind for kind in paper.piece_kinds)
    return {
        "public_number": record.public_number if refers else "",
        "care_kind": record.kind_of_care.value,
        "request_kind": record.request.value,
        "insured_number": record.insured_id,
        "insured_cin": identity.insured_cin,
        "insured_name": identity.insured_name,
        "relation": record.relation.value,
        "beneficiary_name": identity.beneficiary_name,
        "beneficiary_birth_date": birth_date.isoformat() if birth_date else "",
        "beneficiary_cin": identity.beneficiary_cin,
        "beneficiary_sex": identity.sex,
        "prescriber_inpe": identity.prescriber_inpe,
        "provider_inpe": identity.provider_inpe,
        "deposit_date": record.deposit_date.isoformat(),
        "agency": record.agency,
        "prescription_date": prescribed.isoformat() if prescribed else "",
        "is_continuous_care": record.is_continuous_care,
        "agreement_number": record.agreement_number,
        "ald_code": record.ald_code,
        "invoice_number": record.invoice_number if has_bill else "",
        "invoice_ice": record.invoice_ice if has_bill else "",
        "stay.admission_date": stay.admission_date.isoformat() if stay else "",
        "stay.discharge_date": stay.discharge_date.isoformat() if stay else "",
        "pieces": sorted(kind.value for kind in paper.piece_kinds),
        "total_minor": paper.total_minor,
    }


def expected_lines(paper: PaperDossier) -> list[Mapping[str, Any]]:
    """Return the lines a perfect reader finds, amounts in minor units."""
    return [
        {
            "line_no": number,
            "code": line.code,
            "letter": line.letter,
            "coefficient": str(line.coefficient) if line.coefficient else "",
            "ean": line.ean,
            "label": line.label,
            "care_date": line.date.isoformat(),
            "quantity": line.quantity,
            "amount_minor": line.amount_minor,
            "tooth": line.tooth,
        }
        for number, line in enumerate(paper.record.lines, start=1)
    ]
