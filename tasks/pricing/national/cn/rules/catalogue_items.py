"""Drugs, materials and services by national code: class 甲/乙/丙 and the price in scope."""

from decimal import Decimal

from models.errors import FigureNotInForce
from models.money import MINOR_UNITS, round_minor
from tasks.pricing.figures import Figure
from tasks.pricing.rule import Case, Figures, LineState, Tariff, tariff_rule

#: The national list's levels (chrgitm_lv), and the name of a line's group for each.
CLASS_A, CLASS_B, CLASS_C = "A", "B", "C"
CLASS_OF_LEVEL = {1: CLASS_A, 2: CLASS_B, 3: CLASS_C}
PREPAY = {CLASS_A: "prepay.class_a", CLASS_B: "prepay.class_b", CLASS_C: "prepay.class_c"}
CATALOGUES = ("drugs", "materials", "services")
#: A line may state the total of one class, as the settlement list (结算清单) sums them up.
CLASS_TOTALS = {"TOTAL-A": CLASS_A, "TOTAL-B": CLASS_B, "TOTAL-C": CLASS_C}
ASSISTED_REPRODUCTION = "assisted_reproduction"


@tariff_rule(
    "CN-TOTAL-CLASSE",
    reference="医保结算清单 (état de règlement) : totaux des classes A, B et C",
    reads=tuple(PREPAY.values()),
    codes=("HORS_CATALOGUE",),
)
def class_total(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the total of one class as the settlement list states it; class C is self-paid."""
    item_class = CLASS_TOTALS.get(state.line.code)
    if item_class is None:
        return None
    return _tariff(state, item_class, max(0, state.asked_minor), (), figures)


@tariff_rule(
    "CN-ARTICLE",
    reference="国家医保目录 (échantillon) : classes, prix retenus, achats groupés 集采",
    reads=(*CATALOGUES, "bulk_prices", *PREPAY.values()),
    codes=("HORS_CATALOGUE",),
)
def catalogue_item(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return what counts of an item: the amount asked, up to its price limit or bulk price.

    A bulk-bought item (集采) counts at its bulk price from the day of the price list on. Assisted
    reproduction is on the list without any ratio: it cannot be calculated.
    """
    row = _row(state, figures)
    if row is None:
        return None
    if row.texts.get("category") == ASSISTED_REPRODUCTION:
        raise FigureNotInForce("assisted reproduction: no figure of Chongqing is known")
    bulk = figures.row("bulk_prices", (state.line.code,), state)
    limit = row.numbers.get("price_limit") if bulk is None else bulk.value
    counted = max(0, state.asked_minor)
    if limit is not None:
        counted = round_minor(limit * MINOR_UNITS * Decimal(state.line.quantity), row.rounding)
    used = (row,) if bulk is None else (row, bulk)
    return _tariff(state, CLASS_OF_LEVEL[int(row.value)], counted, used, figures)


def _row(state: LineState, figures: Figures) -> Figure | None:
    for name in CATALOGUES:
        row = figures.row(name, (state.line.code,), state)
        if row is not None:
            return row
    return None


def _tariff(
    state: LineState,
    item_class: str,
    amount_minor: int,
    used: tuple[Figure, ...],
    figures: Figures,
) -> Tariff:
    share = figures.at(PREPAY[item_class], state)
    is_self_paid = item_class == CLASS_C
    return Tariff(
        amount_minor,
        (*used, share),
        group=item_class,
        is_payable=not is_self_paid,
        code="HORS_CATALOGUE" if is_self_paid else "",
    )
