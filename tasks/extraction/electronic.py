"""An electronic record becomes a dossier: built directly, because intake has validated it."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.dossier import (
    CareKind,
    Dossier,
    DossierLine,
    LineKind,
    Piece,
    PieceKind,
    Relation,
    RequestKind,
    Stay,
)


@dataclass(frozen=True, slots=True)
class DossierHead:
    """What the payer knows of a dossier before it is read.

    Where ``is_scheme_chosen`` a person chose the scheme, and no sheet and no record says another.
    """

    dossier_id: str
    version: int
    content_version: int
    public_number: str
    scheme: str
    currency: str
    channel: str
    agency: str
    region: str
    deposit_date: dt.date
    receipt_date: dt.date
    scan_date: dt.date | None = None
    is_scheme_chosen: bool = False


_CARE_KINDS = {kind.value: kind for kind in CareKind}
_PIECE_KINDS = {kind.value: kind for kind in PieceKind}
_day = dt.date.fromisoformat


def dossier_of_record(payload: str, head: DossierHead) -> Dossier:
    """Return the dossier of one received record; keys left out have the format's own defaults."""
    record: Mapping[str, Any] = json.loads(payload, parse_float=Decimal)
    get = record.get
    insured_number = record["insured_id"]
    birth_date = get("beneficiary_birth_date")
    prescription = get("prescription") or {}
    prescribed = prescription.get("date")
    return Dossier(
        dossier_id=head.dossier_id,
        version=head.version,
        public_number=head.public_number,
        scheme=head.scheme if head.is_scheme_chosen else record["scheme"],
        currency=head.currency,
        channel=head.channel,
        agency=head.agency,
        region=head.region,
        care_kind=_CARE_KINDS[record["kind_of_care"]],
        request_kind=RequestKind(get("request") or RequestKind.REIMBURSEMENT),
        insured_number=insured_number,
        insured_cin="",
        insured_name=get("insured_name") or "",
        relation=Relation(get("relation") or Relation.SELF),
        beneficiary_number=get("beneficiary_id") or insured_number,
        beneficiary_name=get("beneficiary_name") or "",
        beneficiary_birth_date=_day(birth_date) if birth_date else None,
        beneficiary_cin="",
        beneficiary_sex=get("beneficiary_sex") or "",
        prescriber_inpe=get("prescriber_id") or prescription.get("prescriber_id") or "",
        provider_inpe=record["provider_id"],
        deposit_date=head.deposit_date,
        receipt_date=head.receipt_date,
        scan_date=head.scan_date,
        prescription_date=_day(prescribed) if prescribed else None,
        is_continuous_care=bool(get("is_continuous_care")),
        agreement_number=get("agreement_number") or "",
        ald_code=get("ald_code") or "",
        diagnosis=get("diagnosis") or "",
        invoice_number=get("invoice_number") or "",
        invoice_ice=get("invoice_ice") or "",
        stay=_stay(get("stay")),
        pieces=tuple(_piece(piece) for piece in get("pieces") or ()),
        lines=tuple(_line(number, line) for number, line in enumerate(record["lines"], start=1)),
        total_minor=record["total_minor"],
        facts=get("facts") or {},
    )


def _stay(raw: Mapping[str, Any] | None) -> Stay | None:
    if not raw:
        return None
    return Stay(_day(raw["admission_date"]), _day(raw["discharge_date"]), raw["establishment_id"])


def _piece(raw: Mapping[str, Any]) -> Piece:
    return Piece(_PIECE_KINDS[raw["kind"]], raw.get("count", 1), raw.get("file") or "")


def _line(number: int, raw: Mapping[str, Any]) -> DossierLine:
    get = raw.get
    letter, code = get("letter") or "", get("code") or ""
    coefficient = get("coefficient")
    kind = LineKind.LETTER if letter else LineKind.CODE if code else LineKind.DRUG
    return DossierLine(
        line_no=number,
        kind=kind,
        code=code,
        letter=letter,
        coefficient=Decimal(coefficient) if coefficient is not None else None,
        ean=get("ean") or "",
        label=get("label") or "",
        care_date=_day(raw["date"]),
        quantity=get("quantity", 1),
        unit_amount_minor=get("unit_amount_minor"),
        amount_minor=raw["amount_minor"],
        tooth=get("tooth") or "",
        facts=get("facts") or {},
    )
