"""Tables of the bitemporal registers; ``known_to`` is None while the payer still believes a row."""

import datetime as dt

from sqlmodel import Field, SQLModel

from models.records.columns import money, serial, text


class PersonRow(SQLModel, table=True):
    """A person, insured or dependant."""

    __tablename__ = "register_person"
    row_id: int | None = serial()
    person_id: str = Field(index=True)
    family_name: str
    given_name: str
    arabic_name: str
    birth_date: dt.date
    death_date: dt.date | None = None
    sex: str
    cin: str = Field(index=True)
    valid_from: dt.date
    valid_to: dt.date | None = None
    known_from: dt.date
    known_to: dt.date | None = None


class AliasRow(SQLModel, table=True):
    """A person id that was merged into another; both histories stay."""

    __tablename__ = "register_alias"
    row_id: int | None = serial()
    merged_id: str = Field(index=True)
    person_id: str = Field(index=True)
    valid_from: dt.date
    valid_to: dt.date | None = None
    known_from: dt.date
    known_to: dt.date | None = None


class AffiliationRow(SQLModel, table=True):
    """A person's membership of a scheme under a registration number."""

    __tablename__ = "register_affiliation"
    row_id: int | None = serial()
    person_id: str = Field(index=True)
    scheme: str
    number: str = Field(index=True)
    category: str
    valid_from: dt.date
    valid_to: dt.date | None = None
    known_from: dt.date
    known_to: dt.date | None = None


class ContributionRow(SQLModel, table=True):
    """Days declared and paid for a month; valid_from is the month's first day."""

    __tablename__ = "register_contribution"
    row_id: int | None = serial()
    person_id: str = Field(index=True)
    scheme: str
    days_declared: int
    days_paid: int
    valid_from: dt.date
    valid_to: dt.date | None = None
    known_from: dt.date
    known_to: dt.date | None = None


class DependantRow(SQLModel, table=True):
    """A beneficiary's tie to an insured person."""

    __tablename__ = "register_dependant"
    row_id: int | None = serial()
    insured_id: str = Field(index=True)
    person_id: str = Field(index=True)
    rank: int
    relation: str
    is_student: bool
    is_disabled: bool
    is_married: bool
    valid_from: dt.date
    valid_to: dt.date | None = None
    known_from: dt.date
    known_to: dt.date | None = None


class ProviderRow(SQLModel, table=True):
    """A care provider under its INPE."""

    __tablename__ = "register_provider"
    row_id: int | None = serial()
    provider_id: str = Field(index=True)
    inpe: str = Field(index=True)
    name: str
    kind: str
    specialty: str
    sector: str
    ice: str
    valid_from: dt.date
    valid_to: dt.date | None = None
    known_from: dt.date
    known_to: dt.date | None = None


class AccountRow(SQLModel, table=True):
    """A payee's bank account."""

    __tablename__ = "register_account"
    row_id: int | None = serial()
    account_id: str = Field(index=True)
    holder_id: str = Field(index=True)
    holder_kind: str
    rib: str = Field(index=True)
    valid_from: dt.date
    valid_to: dt.date | None = None
    known_from: dt.date
    known_to: dt.date | None = None


class MandateRow(SQLModel, table=True):
    """Who is paid in place of an insured person."""

    __tablename__ = "register_mandate"
    row_id: int | None = serial()
    insured_id: str = Field(index=True)
    payee_kind: str
    payee_id: str
    valid_from: dt.date
    valid_to: dt.date | None = None
    known_from: dt.date
    known_to: dt.date | None = None


class ConditionRow(SQLModel, table=True):
    """A recognised long-term condition of a person."""

    __tablename__ = "register_condition"
    row_id: int | None = serial()
    person_id: str = Field(index=True)
    ald_code: str
    valid_from: dt.date
    valid_to: dt.date | None = None
    known_from: dt.date
    known_to: dt.date | None = None


class AgreementRow(SQLModel, table=True):
    """A prior agreement or prise en charge and its decision."""

    __tablename__ = "register_agreement"
    row_id: int | None = serial()
    agreement_number: str = Field(index=True)
    person_id: str = Field(index=True)
    scheme: str
    act_key: str
    decision: str
    amount_minor: int | None = money(nullable=True)
    used_minor: int = money()
    valid_from: dt.date
    valid_to: dt.date | None = None
    known_from: dt.date
    known_to: dt.date | None = None


class FactRow(SQLModel, table=True):
    """A fact about a person or a provider that one scheme asks for, such as a status or a level."""

    __tablename__ = "register_fact"
    row_id: int | None = serial()
    subject_id: str = Field(index=True)
    scheme: str
    name: str
    value: str
    valid_from: dt.date
    valid_to: dt.date | None = None
    known_from: dt.date
    known_to: dt.date | None = None


class DeltaRow(SQLModel, table=True):
    """A register delta file that was loaded; the same file is loaded once."""

    __tablename__ = "register_delta"
    sha256: str = Field(primary_key=True)
    loaded_on: dt.date
    row_count: int
    re_decided_count: int
    detail: str = text()
