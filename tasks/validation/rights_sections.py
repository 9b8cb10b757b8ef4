"""What the rows of a ``rights.yaml`` hold, section by section, and the words they may use."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum

from models.dossier import CareKind, PieceKind


class RightsKind(StrEnum):
    """The ways in which rights may open, or be shut out.

    ``days_in_months``: so many paid days in the months before the care; ``months_paid``: all of so
    many months before it; ``months_insured``: an unbroken membership of so many months; ``open``:
    membership alone; ``excluded``: never, for this category and kind of care.
    """

    DAYS_IN_MONTHS = "days_in_months"
    MONTHS_PAID = "months_paid"
    MONTHS_INSURED = "months_insured"
    OPEN = "open"
    EXCLUDED = "excluded"


class ConditionTest(StrEnum):
    """How a fact is compared with a condition's values; the first four compare numbers."""

    ABOVE = "above"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BELOW = "below"
    ONE_OF = "one_of"
    NONE_OF = "none_of"


class MissingFact(StrEnum):
    """What a condition says where the register does not hold its fact."""

    WAIT = "wait"
    MET = "met"
    UNMET = "unmet"


class AmnestyEffect(StrEnum):
    """What an amnesty does with months in arrears.

    ``counts_as_paid``: a month paid while the amnesty runs counts as if paid in time;
    ``cancelled``: an unpaid month is no longer held against the person.
    """

    COUNTS_AS_PAID = "counts_as_paid"
    CANCELLED = "cancelled"


class Status(StrEnum):
    """How sure a figure is; a draft is checked and never used."""

    CONFIRMED = "confirmed"
    SECONDARY = "secondary-source"
    CONFLICT = "conflict"
    ILLUSTRATIVE = "illustrative"
    DRAFT = "draft-not-in-force"


class Labels(str):
    """A name in French, Arabic and English, joined so that one value fits any sentence."""


Figures = Mapping[str, type]

#: The figures of a row, by section; every row has all of them, and rule, from, to, source, status.
FIGURES: Mapping[str, Figures] = {
    "opening": {"kind": RightsKind, "categories": str, "days": int, "months": int},
    "declaration": {"days_after_month": int, "month_days_max": int},
    "maintenance": {"months": int},
    "dependants": {"years": int},
    "filing": {"months": int, "days": int},
    "pieces": {"pieces": PieceKind},
    "barcodes": {"care_kinds": CareKind},
    "invoices": {"care_kinds": CareKind, "sectors": str},
    "agreements": {"acts": str},
    "letters": {"letters": str},
}
#: Sections that a scheme may leave out.
FIGURES_OPTIONAL: Mapping[str, Figures] = {
    "conditions": {
        "fact": str,
        "test": ConditionTest,
        "values": str,
        "missing": MissingFact,
        "label": Labels,
    },
    "regularity": {"months": int},
    "late_payment": {"days_after_month": int},
    "amnesties": {
        "effect": AmnestyEffect,
        "first_month": dt.date,
        "last_month": dt.date,
        "counts_from": dt.date,
        "months_owed_min": int,
        "regular_months": int,
    },
    "codes": {"acts": str, "letters": str, "drugs": str},
    "complementary": {"fact": str, "rate_fact": str},
}
#: Figures that a row of a section may leave out; they are empty then.
ROW_FIGURES_OPTIONAL: Mapping[str, Figures] = {
    "opening": {"care_kinds": CareKind, "conditions": str},
}
LISTS = frozenset(
    {"categories", "pieces", "care_kinds", "sectors", "acts", "letters", "drugs"}
    | {"conditions", "values"}
)
ROW_KEYS = frozenset({"rule", "from", "to", "source", "status"})
