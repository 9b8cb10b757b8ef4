"""What the rules of a payer with a price list and insurance products share; no figure stands here.

The tables they read are those of ``national/zz``: ``services`` (what may be billed at all),
``prices`` (what a provider's list says), ``cover`` (what a product takes over of it, for adults and
children, by kind of visit). A service and an item are both found by the key of their line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.dossier import DossierLine
from models.errors import FactMissing
from models.money import MINOR_UNITS
from tasks.pricing.figures import Figure
from tasks.pricing.primitives import age_on, line_order
from tasks.pricing.rule import Case, Figures, LineState

#: What a rule declares that asks ``cover_of``.
COVER_READS = ("services", "prices", "cover", "adult_age")
COVER_ASKS = ("price_list", "products", "visit_type")
#: The group of a line that has a price; refused lines have none.
LISTED = "listed"
#: Categories of a whole dossier, strongest first; services of no category leave it without one.
CATEGORIES = ("S", "D", "A", "H", "C", "V")
ADULT, CHILD = "adult", "child"


@dataclass(frozen=True, slots=True)
class Cover:
    """What one product takes over of a line; ``unit_minor`` is the price of one unit it allows."""

    product: str
    row: Figure
    figures: tuple[Figure, ...]
    unit_minor: Decimal

    @property
    def order(self) -> tuple[Decimal, bool]:
        """What it pays for a unit; of equal ones a share of the price goes before a fixed sum."""
        return (self.unit_minor * self.row.value, "limit" not in self.row.numbers)


def key_of(line: DossierLine) -> str:
    """Return what the line bills as the tables name it: a code, a letter or an item's number."""
    return line.code or line.letter or line.ean


def units_of(line: DossierLine) -> Decimal:
    """Return quantity × coefficient: half a tablet is a coefficient of 0.5."""
    return line.quantity * (Decimal(1) if line.coefficient is None else line.coefficient)


def nights_of(case: Case) -> int:
    """Return how many nights the dossier's stay had; 0 without a stay."""
    stay = case.dossier.stay
    return 0 if stay is None else (stay.discharge_date - stay.admission_date).days


def service_of(state: LineState, figures: Figures) -> Figure | None:
    """Return the service or item of a line as registered on its day of care."""
    return figures.row("services", (key_of(state.line),), state)


def patient_of(state: LineState, figures: Figures) -> tuple[str, Figure]:
    """Return adult or child by completed years on the day of care, and the figure of the age.

    Raises:
        FactMissing: when nobody knows the day of birth.
    """
    adult_age = figures.at("adult_age", state)
    if state.birth_date is None:
        raise FactMissing("birth_date")
    age = age_on(state.birth_date, state.line.care_date)
    return (ADULT if age >= adult_age.value else CHILD), adult_age


def cover_of(state: LineState, case: Case, figures: Figures) -> Cover | None:
    """Return the cover that pays most of a line among the person's products, or None.

    A price that no list says counts as 0 here; the tariff rule says that it is missing.
    """
    patient, adult_age = patient_of(state, figures)
    visit = case.choice("visit_type", state)
    listed = price_of(state, case, figures)
    units = units_of(state.line)
    found: list[Cover] = []
    for product in sorted(case.choice("products", state).split()):
        row = figures.row("cover", (product, key_of(state.line), patient, visit), state)
        if row is None:
            continue
        if row.texts["origin"] == "claim":
            unit = Decimal(state.asked_minor) / units if units else Decimal(0)
        else:
            unit = Decimal(0) if listed is None else listed.minor
        limit = row.numbers.get("limit")
        if limit is not None:
            unit = min(unit, limit * MINOR_UNITS)
        prices = () if listed is None or row.texts["origin"] == "claim" else (listed,)
        found.append(Cover(product, row, (row, *prices, adult_age), unit))
    return max(found, key=lambda cover: cover.order, default=None)


def price_of(state: LineState, case: Case, figures: Figures) -> Figure | None:
    """Return the price of one unit in the provider's list on the day of care, or None."""
    price_list = case.choice("price_list", state)
    return figures.row("prices", (price_list, key_of(state.line)), state)


def listed_lines(lines: Sequence[LineState]) -> list[LineState]:
    """Return the lines that still have something to count, in an order no sheet decides."""
    payable = [state for state in lines if state.group == LISTED and state.base_minor > 0]
    return sorted(payable, key=line_order)


def category_of(lines: Sequence[LineState], case: Case, figures: Figures) -> str:
    """Return the strongest category of the dossier's priced services, a stay being one; or ``""``.

    Refused lines, such as services withdrawn from the register, do not count.
    """
    found = set()
    for state in lines:
        service = service_of(state, figures) if state.group == LISTED else None
        if service is not None:
            found.add(service.texts["category"])
    if nights_of(case) > 0:
        found.add("H")
    return next((category for category in CATEGORIES if category in found), "")
