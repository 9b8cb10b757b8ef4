"""A dossier as it lies on paper: the electronic record, the persons as written, a fault."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from models.dossier import PieceKind
from models.electronic import ElectronicDossier, ElectronicLine


class PaperFault(StrEnum):
    """What is wrong with a paper dossier; what must be found is in ``faults.yaml``."""

    NONE = "none"
    RESUBMITTED = "resubmitted"
    NAME_MISMATCH = "name_mismatch"
    MISSING_PIECE = "missing_piece"
    SUM_MISMATCH = "sum_mismatch"
    UNREADABLE = "unreadable"
    UNKNOWN_FORM = "unknown_form"
    PRIOR_AGREEMENT = "prior_agreement"


@dataclass(frozen=True, slots=True)
class PaperIdentity:
    """Who is written on the paper: the insured person, the beneficiary, prescriber and provider.

    ``provider_tax_id`` is the IF of an invoice's issuer; empty parts are not printed.
    """

    insured_name: str
    insured_cin: str
    address: str
    beneficiary_name: str
    beneficiary_birth_date: dt.date | None
    beneficiary_cin: str
    sex: str
    prescriber_inpe: str
    provider_inpe: str
    prescriber_name: str
    provider_name: str
    provider_tax_id: str


@dataclass(frozen=True, slots=True)
class PaperDossier:
    """One dossier to put on paper.

    ``truth`` is the caller's truth row, passed through and changed only by a fault planted here.
    """

    record: ElectronicDossier
    identity: PaperIdentity
    truth: Mapping[str, Any] = field(default_factory=dict)
    fault: PaperFault = PaperFault.NONE
    printed_total_minor: int | None = None

    @property
    def total_minor(self) -> int:
        """The total as written on the sheet, which a fault may have moved."""
        if self.printed_total_minor is not None:
            return self.printed_total_minor
        return self.record.total_minor

    @property
    def piece_kinds(self) -> frozenset[PieceKind]:
        """The kinds of documents in the dossier."""
        return frozenset(piece.kind for piece in self.record.pieces)

    @property
    def prescription_date(self) -> dt.date | None:
        """The date on the prescription, if there is one."""
        return self.record.prescription.date if self.record.prescription else None

    def lines_by_date(self, *, of_drugs: bool) -> dict[dt.date, list[ElectronicLine]]:
        """Return drug lines, or the others, by day of care in the order of the dossier."""
        days: dict[dt.date, list[ElectronicLine]] = {}
        for line in self.record.lines:
            if bool(line.ean) == of_drugs:
                days.setdefault(line.date, []).append(line)
        return days

    def written(self, **changes: Any) -> "PaperDossier":
        """Return this dossier with other words about persons on the paper."""
        return replace(self, identity=replace(self.identity, **changes))

    def changed(self, **changes: Any) -> "PaperDossier":
        """Return this dossier with fields of its record changed."""
        return replace(self, record=self.record.model_copy(update=changes))


def paper_from_electronic(
    dossier: Mapping[str, Any],
    identity: Mapping[str, Any],
    *,
    truth: Mapping[str, Any] | None = None,
) -> PaperDossier:
    """Return the paper twin of an electronic dossier.

    ``identity`` holds ``insured_name``, ``insured_cin``, ``address``, ``beneficiary_name``,
    ``beneficiary_birth_date``, ``beneficiary_cin`` and ``sex``, and MAY hold ``prescriber_inpe``,
    ``provider_inpe`` (else the record's ids are printed), ``prescriber_name``, ``provider_name``
    and ``provider_tax_id``. What it does not hold is taken from the record or left empty.
    ``truth`` is what the caller's truth row says of the dossier (codes, outcome, due_minor …).

    Raises:
        pydantic.ValidationError: when the mapping is no electronic dossier.
    """
    record = ElectronicDossier.model_validate(dossier)
    return PaperDossier(
        record=record,
        identity=_identity_of(record, identity),
        truth=dict(truth or {}),
    )


def _identity_of(record: ElectronicDossier, given: Mapping[str, Any]) -> PaperIdentity:
    birth_date = given.get("beneficiary_birth_date") or record.beneficiary_birth_date
    if isinstance(birth_date, str):
        birth_date = dt.date.fromisoformat(birth_date)
    insured_name = given.get("insured_name") or record.insured_name
    own_name = given.get("beneficiary_name") or record.beneficiary_name
    return PaperIdentity(
        insured_name=insured_name,
        insured_cin=given.get("insured_cin", ""),
        address=given.get("address", ""),
        beneficiary_name=own_name or insured_name,
        beneficiary_birth_date=birth_date,
        beneficiary_cin=given.get("beneficiary_cin", ""),
        sex=given.get("sex") or record.beneficiary_sex,
        prescriber_inpe=given.get("prescriber_inpe") or record.prescriber_id,
        provider_inpe=given.get("provider_inpe") or record.provider_id,
        prescriber_name=given.get("prescriber_name", ""),
        provider_name=given.get("provider_name", ""),
        provider_tax_id=given.get("provider_tax_id", ""),
    )
