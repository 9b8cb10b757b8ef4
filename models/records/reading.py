"""Tables of OCR and extraction: pages, dossiers, lines, evidence, corrections by people."""

import datetime as dt

from sqlmodel import Field, SQLModel

from models.records.columns import money, serial, text


class PageRow(SQLModel, table=True):
    """One page after OCR; its words are kept in the object store under ``words_key``."""

    __tablename__ = "page_reading"
    dossier_id: str = Field(primary_key=True)
    content_version: int = Field(primary_key=True)
    page_no: int = Field(primary_key=True)
    sha256: str
    pixel_sha256: str = text(index=True)
    width: int
    height: int
    dpi: int
    form_id: str
    inliers: int
    word_count: int
    skew_degrees: float
    sharpness: float
    is_text_layer: bool
    words_key: str
    image_key: str
    problem: str = text()


class ExtractedRow(SQLModel, table=True):
    """The header fields of a dossier as extracted or corrected; identity as written."""

    __tablename__ = "extracted_dossier"
    dossier_id: str = Field(primary_key=True)
    content_version: int = Field(primary_key=True)
    scheme: str
    currency: str
    care_kind: str
    request_kind: str
    insured_number: str = text(index=True)
    insured_cin: str = text(index=True)
    insured_name: str = text()
    relation: str
    beneficiary_number: str = text()
    beneficiary_name: str = text()
    beneficiary_birth_date: dt.date | None = None
    beneficiary_cin: str = text(index=True)
    beneficiary_sex: str
    prescriber_inpe: str
    provider_inpe: str
    prescription_date: dt.date | None = None
    is_continuous_care: bool
    agreement_number: str
    ald_code: str
    diagnosis: str = text()
    invoice_number: str
    invoice_ice: str
    admission_date: dt.date | None = None
    discharge_date: dt.date | None = None
    establishment_inpe: str
    pieces: str = text()
    care_start: dt.date
    care_end: dt.date
    total_minor: int = money()
    facts: str = text()


class LineRow(SQLModel, table=True):
    """One line as extracted or corrected."""

    __tablename__ = "extracted_line"
    dossier_id: str = Field(primary_key=True)
    content_version: int = Field(primary_key=True)
    line_no: int = Field(primary_key=True)
    kind: str
    code: str
    letter: str
    coefficient: str
    ean: str
    label: str = text()
    care_date: dt.date = Field(index=True)
    quantity: int
    unit_amount_minor: int | None = money(nullable=True)
    amount_minor: int = money()
    tooth: str
    facts: str = text()


class EvidenceRow(SQLModel, table=True):
    """Where one field's value comes from: page, box, readings, chance of being wrong."""

    __tablename__ = "field_evidence"
    dossier_id: str = Field(primary_key=True)
    content_version: int = Field(primary_key=True)
    field: str = Field(primary_key=True)
    page_no: int
    box_left: int
    box_top: int
    box_width: int
    box_height: int
    reading: str = text()
    second_reading: str = text()
    value: str = text()
    error_probability: float
    is_doubtful: bool
    source: str
    flags: str = text()
    field_type: str = text()
    quality_band: str = text()
    calibration: str = text()
    register_value: str = text()


class CorrectionRow(SQLModel, table=True):
    """What a person wrote in place of a reading; the reading itself stays in the evidence."""

    __tablename__ = "field_correction"
    correction_id: int | None = serial()
    dossier_id: str = Field(index=True)
    content_version: int
    field: str
    before: str = text()
    after: str = text()
    corrected_by: str
    corrected_at: str
    reason: str = text()
