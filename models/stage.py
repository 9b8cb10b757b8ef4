"""Which stages a dossier passes, in which order, and in which states it can stand."""

from enum import StrEnum


class Stage(StrEnum):
    """The stages in the order in which a dossier passes them; written here and nowhere else."""

    INTAKE = "intake"
    OCR = "ocr"
    EXTRACTION = "extraction"
    VALIDATION = "validation"
    PRICING = "pricing"
    FRAUD = "fraud"
    REVIEW = "review"
    PAYMENT = "payment"

    @property
    def position(self) -> int:
        """Place in the order, from 0."""
        return STAGES.index(self)


STAGES: tuple[Stage, ...] = tuple(Stage)


class Status(StrEnum):
    """The state of a dossier as its reader would say it; the stage says how far it has come."""

    IN_PROGRESS = "in_progress"
    IN_REVIEW = "in_review"
    SUSPENDED = "suspended"
    RETURNED = "returned"
    UNDER_APPEAL = "under_appeal"
    QUARANTINED = "quarantined"
    APPROVED = "approved"
    PAID = "paid"
    CLOSED_AT_ZERO = "closed_at_zero"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


#: States in which a dossier has left the payer's stock: nothing happens unless somebody writes.
EXIT_STATUSES: frozenset[Status] = frozenset(
    {
        Status.PAID,
        Status.CLOSED_AT_ZERO,
        Status.REFUSED,
        Status.RETURNED,
        Status.WITHDRAWN,
    }
)


class Channel(StrEnum):
    """How a dossier came in."""

    ELECTRONIC = "electronic"
    FHIR = "fhir"
    PAPER = "paper"


class VersionReason(StrEnum):
    """Why a decision version was opened."""

    FIRST = "first"
    COMPLEMENT = "complement"
    APPEAL = "appeal"
    RIGHTS_CHANGED = "rights_changed"
    CORRECTION = "correction"
    COUNTERS_CHANGED = "counters_changed"
    TARIFF_CHANGED = "tariff_changed"
