"""The native electronic dossier: what a sender may write, and the published JSON Schema of it."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.dossier import CareKind, PieceKind, Relation, RequestKind

#: A thousand million in minor units of a hundred: far above any dossier, exact in every reader.
AMOUNT_MINOR_MAX = 100_000_000_000
#: Longest free text field, in characters; longer ones are no form field any more.
TEXT_MAX = 200

Text = Annotated[str, Field(max_length=TEXT_MAX)]
Amount = Annotated[int, Field(ge=0, le=AMOUNT_MINOR_MAX)]
Code = Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9_.-]*$")]
FactName = Annotated[str, Field(max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
FactValue = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9_.:+-]*$")]
#: What a scheme asks beyond the fields above: its ``facts.yaml`` lists names, kinds and choices.
Facts = Annotated[dict[FactName, FactValue], Field(max_length=40)]


class _Part(BaseModel):
    """A part of the electronic dossier: unknown keys are refused, values never stand in errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ElectronicPiece(_Part):
    """A document that comes with the dossier."""

    kind: PieceKind
    count: int = Field(default=1, ge=1, le=200)
    file: Text = ""


class ElectronicStay(_Part):
    """A stay in an establishment, from admission to discharge, both days included."""

    admission_date: dt.date
    discharge_date: dt.date
    establishment_id: Code


class ElectronicPrescription(_Part):
    """The prescription behind the lines."""

    date: dt.date | None = None
    prescriber_id: Code = ""


class ElectronicLine(_Part):
    """One line: an act code, or a key letter with its coefficient, or a drug's EAN-13."""

    code: Code = ""
    letter: Annotated[str, Field(max_length=12)] = ""
    coefficient: Decimal | None = Field(default=None, gt=0, le=10_000, max_digits=7)
    ean: Annotated[str, Field(max_length=14)] = ""
    label: Text = ""
    date: dt.date
    quantity: int = Field(default=1, ge=1, le=1_000)
    unit_amount_minor: Amount | None = None
    amount_minor: Amount
    tooth: Annotated[str, Field(max_length=4)] = ""
    facts: Facts = Field(default_factory=dict)

    @model_validator(mode="after")
    def names_one_thing(self) -> Self:
        """A line names exactly one of code, letter × coefficient, EAN."""
        named = [bool(self.code), bool(self.letter), bool(self.ean)]
        if named.count(True) != 1:
            raise ValueError("a line names exactly one of: code, letter with coefficient, ean")
        if bool(self.letter) != (self.coefficient is not None):
            raise ValueError("letter and coefficient go together")
        return self


class ElectronicDossier(_Part):
    """A reimbursement dossier as a sender's software writes it; amounts in minor units.

    There is no bank account: money goes to the account in the payer's register and nowhere else.
    ``kind_of_submission`` complement or appeal refers to an earlier dossier by ``public_number``.
    """

    format: Literal["tasfiya-dossier/1"] = "tasfiya-dossier/1"
    public_number: Annotated[str, Field(min_length=6, max_length=35, pattern=r"^[A-Z0-9-]+$")]
    kind_of_submission: Literal["first", "complement", "appeal", "withdrawal"] = "first"
    scheme: Annotated[str, Field(pattern=r"^[a-z0-9-]{3,40}$")]
    channel: Annotated[str, Field(max_length=20)] = "electronic"
    agency: Code = ""
    region: Code = ""
    deposit_date: dt.date
    insured_id: Annotated[str, Field(min_length=1, max_length=20)]
    insured_name: Text = ""
    beneficiary_id: Annotated[str, Field(max_length=24)] = ""
    beneficiary_name: Text = ""
    beneficiary_birth_date: dt.date | None = None
    beneficiary_sex: Literal["M", "F", ""] = ""
    relation: Relation = Relation.SELF
    prescriber_id: Code = ""
    provider_id: Code
    kind_of_care: CareKind
    request: RequestKind = RequestKind.REIMBURSEMENT
    is_continuous_care: bool = False
    agreement_number: Code = ""
    ald_code: Code = ""
    diagnosis: Text = ""
    invoice_number: Code = ""
    invoice_ice: Annotated[str, Field(max_length=15, pattern=r"^[0-9]*$")] = ""
    pieces: tuple[ElectronicPiece, ...] = Field(default=(), max_length=50)
    lines: tuple[ElectronicLine, ...] = Field(max_length=500)
    total_minor: Amount
    stay: ElectronicStay | None = None
    prescription: ElectronicPrescription | None = None
    facts: Facts = Field(default_factory=dict)
