"""A dossier as every stage after extraction sees it: frozen, picklable, without a bank account."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class CareKind(StrEnum):
    """The kind of care, which decides the pieces that must be there."""

    AMBULATORY = "ambulatory"
    PHARMACY = "pharmacy"
    LABORATORY = "laboratory"
    RADIOLOGY = "radiology"
    DENTAL = "dental"
    HOSPITAL = "hospital"
    OPTICS = "optics"
    TRANSPORT = "transport"
    MATERNITY = "maternity"
    SICK_LEAVE = "sick_leave"
    LONG_TERM_CARE = "long_term_care"


class RequestKind(StrEnum):
    """What is asked: money back, or an agreement before the care, which is never paid."""

    REIMBURSEMENT = "reimbursement"
    PRIOR_AGREEMENT = "prior_agreement"


class Relation(StrEnum):
    """The beneficiary's relation to the insured person."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"


class LineKind(StrEnum):
    """How a line names what was done: an act code, a key letter × coefficient, or a drug."""

    CODE = "code"
    LETTER = "letter"
    DRUG = "drug"


class PieceKind(StrEnum):
    """Documents that may lie in a dossier."""

    CARE_SHEET = "care_sheet"
    PRESCRIPTION = "prescription"
    PHARMACY_INVOICE = "pharmacy_invoice"
    LAB_BILL = "lab_bill"
    RADIOLOGY_BILL = "radiology_bill"
    HOSPITAL_INVOICE = "hospital_invoice"
    DENTAL_CHART = "dental_chart"
    FEE_NOTE = "fee_note"
    DRUG_BARCODES = "drug_barcodes"
    TRANSPORT_PRESCRIPTION = "transport_prescription"
    SICK_LEAVE_NOTICE = "sick_leave_notice"
    EARNINGS_STATEMENT = "earnings_statement"
    CARE_ASSESSMENT = "care_assessment"
    BIRTH_CERTIFICATE = "birth_certificate"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Piece:
    """A document of the dossier, with its count and the name given by the sender, if any."""

    kind: PieceKind
    count: int = 1
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in an establishment; both days are part of it."""

    admission_date: dt.date
    discharge_date: dt.date
    establishment_inpe: str


@dataclass(frozen=True, slots=True)
class DossierLine:
    """One line of what was done and asked; amounts in minor units of the dossier's currency.

    ``coefficient`` goes with ``letter``; ``code`` is an act or forfait code; ``ean`` a drug's 13
    digits. ``amount_minor`` is for the whole quantity; ``unit_amount_minor`` may be unknown.
    ``facts`` are what the scheme asks about a line beyond these fields, name → value as text.
    """

    line_no: int
    kind: LineKind
    code: str
    letter: str
    coefficient: Decimal | None
    ean: str
    label: str
    care_date: dt.date
    quantity: int
    unit_amount_minor: int | None
    amount_minor: int
    tooth: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def act_key(self) -> str:
        """What two lines share when they bill the same thing: ``A115``, ``K×80``, or an EAN."""
        if self.kind is LineKind.LETTER:
            return f"{self.letter}×{self.coefficient}"
        return self.code or self.ean


@dataclass(frozen=True, slots=True)
class Dossier:
    """One request of one insured person for one person's care, as extraction leaves it.

    ``version`` is the decision version being worked on; identity fields are as written by the
    sender and are resolved against the registers by validation. Five dates stay apart: care (on
    each line, with ``care_start`` and ``care_end``), deposit (the stamp), receipt, scan, decision.
    ``facts`` are what the scheme asks about a dossier beyond these fields, name → value as text;
    the scheme's ``facts.yaml`` says which there are.
    """

    dossier_id: str
    version: int
    public_number: str
    scheme: str
    currency: str
    channel: str
    agency: str
    region: str
    care_kind: CareKind
    request_kind: RequestKind
    insured_number: str
    insured_cin: str
    insured_name: str
    relation: Relation
    beneficiary_number: str
    beneficiary_name: str
    beneficiary_birth_date: dt.date | None
    beneficiary_cin: str
    beneficiary_sex: str
    prescriber_inpe: str
    provider_inpe: str
    deposit_date: dt.date
    receipt_date: dt.date
    scan_date: dt.date | None
    prescription_date: dt.date | None
    is_continuous_care: bool
    agreement_number: str
    ald_code: str
    diagnosis: str
    invoice_number: str
    invoice_ice: str
    stay: Stay | None
    pieces: tuple[Piece, ...]
    lines: tuple[DossierLine, ...]
    total_minor: int
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, int]:
        """The dossier and its decision version."""
        return (self.dossier_id, self.version)

    @property
    def care_start(self) -> dt.date:
        """The first day of care."""
        days = [line.care_date for line in self.lines]
        if self.stay is not None:
            days.append(self.stay.admission_date)
        return min(days) if days else self.deposit_date

    @property
    def care_end(self) -> dt.date:
        """The last day of care."""
        days = [line.care_date for line in self.lines]
        if self.stay is not None:
            days.append(self.stay.discharge_date)
        return max(days) if days else self.deposit_date

    @property
    def rank(self) -> str:
        """The dossier's place among its person's dossiers: by care, deposit, then number.

        Ceilings and deductibles are used up in this order, in whatever order dossiers arrive.
        """
        return rank_of(self.care_start, self.deposit_date, self.public_number)


def rank_of(care_start: dt.date, deposit_date: dt.date, public_number: str) -> str:
    """The place among a person's dossiers: by care, deposit, then number; sorts as text."""
    return f"{care_start.isoformat()}|{deposit_date.isoformat()}|{public_number}"
