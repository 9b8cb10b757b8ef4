"""How much: deductible, the product's share, ceilings of a category and of the whole cover."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from models.money import MINOR_UNITS, format_minor
from tasks.pricing.figures import Figure
from tasks.pricing.primitives import year_of
from tasks.pricing.product import (
    COVER_ASKS,
    COVER_READS,
    LISTED,
    Cover,
    category_of,
    cover_of,
    listed_lines,
    nights_of,
)
from tasks.pricing.rule import (
    Case,
    Change,
    Charge,
    Figures,
    LineState,
    Rate,
    base_rule,
    due_rule,
    rate_rule,
)

READS = (*COVER_READS, "limits", "bucket.by_facility")
ASKS = (*COVER_ASKS, "level", "family_members")
#: Over what an amount is limited; a treatment is one dossier and leaves nothing to the next.
TREATMENT, PERSON, POLICY = "treatment", "person", "policy"
ANY, IN, OUT = "any", "in", "out"
DEDUCTIBLE = ("deductible",)


@base_rule(
    "ZZ-FRANCHISE",
    reference="General rule: deductible by treatment, person or family, before the share",
    reads=READS,
    asks=ASKS,
)
def deductible(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Take what is left of the deductible off the lines; a line wholly inside it is worth 0."""

    def amount(state: LineState, room: int, cover: Cover) -> tuple[int, int]:
        taken = min(state.base_minor, room) if cover.row.texts["deductible"] != OUT else 0
        return state.base_minor - taken, taken

    return _limited(lines, case, figures, DEDUCTIBLE, amount)


@rate_rule(
    "ZZ-TAUX",
    reference="General rule: the product's share of what is left after the deductible",
    reads=COVER_READS,
    asks=COVER_ASKS,
)
def share(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the product's share; 0 % pays nothing, and a fixed limit goes with 100 %."""
    cover = cover_of(state, case, figures)
    return None if cover is None else Rate(cover.row)


@due_rule(
    "ZZ-PLAFOND",
    reference="General rule: ceilings of a category of care, by treatment, person or family",
    reads=READS,
    codes=("ZZ_PLAFOND",),
    asks=ASKS,
)
def ceilings(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Cut what is due to what the smallest ceiling leaves.

    Lines outside the ceilings are paid in full and use nothing of them.
    """
    category = category_of(lines, case, figures)
    kinds = (f"category.{category}", "ceiling") if category else ("ceiling",)
    return _limited(lines, case, figures, kinds, _under_ceiling)


def _under_ceiling(state: LineState, room: int, cover: Cover) -> tuple[int, int]:
    if cover.row.texts["ceiling"] == OUT:
        return state.due_minor, 0
    due = min(state.due_minor, room)
    return due, due


#: Returns a line's new amount and what it used of the room; all in minor units.
_Amount = Callable[[LineState, int, Cover], tuple[int, int]]


def _limited(
    lines: Sequence[LineState],
    case: Case,
    figures: Figures,
    kinds: Sequence[str],
    amount: _Amount,
) -> list[Change]:
    """Apply the limits of some kinds: the smallest room counts, and each counter is charged."""
    taken: dict[str, int] = {}
    changes: list[Change] = []
    for state in listed_lines(lines):
        cover = cover_of(state, case, figures)
        if cover is None or state.group != LISTED:
            continue
        found = [
            limit for kind in kinds for limit in _limits(state, case, figures, kind, cover.product)
        ]
        if not found:
            continue
        rooms = {
            counter: max(0, _room(row, per, counter, state, case) - taken.get(counter, 0))
            for counter, per, row in found
        }
        room = min(rooms.values())
        minor, used = amount(state, room, cover)
        for counter in rooms:
            taken[counter] = taken.get(counter, 0) + used
        is_cut = kinds != DEDUCTIBLE and minor < state.due_minor
        params = {"room": format_minor(room, case.dossier.currency)} if is_cut else {}
        uses = tuple(
            Charge(counter, used, is_family=per == POLICY)
            for counter, per, _row in found
            if per != TREATMENT
        )
        rows = tuple(row for _counter, _per, row in found)
        code = "ZZ_PLAFOND" if is_cut else ""
        changes.append(Change(state.position, minor, rows, code, params, uses))
    return changes


def _limits(
    state: LineState, case: Case, figures: Figures, kind: str, product: str
) -> list[tuple[str, str, Figure]]:
    """The limits of a product that a line stands under: counter, over what, and the row."""
    bucket = _bucket(state, case, figures)
    found: list[tuple[str, str, Figure]] = []
    for per in (TREATMENT, PERSON, POLICY):
        for place in (ANY, bucket):
            row = figures.row("limits", (product, kind, per, place), state)
            if row is not None:
                found.append((f"zz.{kind}.{product}.{per}.{place}", per, row))
    return found


def _bucket(state: LineState, case: Case, figures: Figures) -> str:
    """In- or out-patient, by the stay or, where the payer says so, by the facility's level."""
    if figures.at("bucket.by_facility", state).value:
        return IN if case.choice("level", state) == "H" else OUT
    return IN if nights_of(case) > 0 else OUT


def _room(row: Figure, per: str, counter: str, state: LineState, case: Case) -> int:
    """What a limit leaves to this dossier, with what a large family adds to it."""
    most: Decimal = row.minor
    threshold = row.numbers.get("member_threshold")
    if threshold is not None:
        extra = max(0, case.whole("family_members", state) - int(threshold))
        most += extra * row.numbers.get("member_amount", Decimal(0)) * MINOR_UNITS
    if "overall_max" in row.numbers:
        most = min(most, row.numbers["overall_max"] * MINOR_UNITS)
    if per == TREATMENT:
        return int(most)
    used = case.used(counter, *year_of(state.line.care_date), is_family=per == POLICY)
    return max(0, int(most) - used)
