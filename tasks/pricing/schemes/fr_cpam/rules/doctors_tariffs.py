"""Doctors' fees: consultations, visits and supplements by the doctor's standing; CCAM acts."""

from decimal import Decimal

from models.dossier import LineKind
from models.money import round_minor
from tasks.pricing.figures import Figure
from tasks.pricing.primitives import age_on
from tasks.pricing.rule import Case, Figures, LineState, Tariff, tariff_rule
from tasks.pricing.schemes.fr_cpam.rules.kinds import COORDINATION
from tasks.pricing.schemes.fr_cpam.rules.people import (
    PATHWAY_ASKS,
    PATHWAY_READS,
    birth_date_of,
    came_outside,
)

#: The row of a code where none is written for the doctor's specialty.
ANY_SPECIALTY = "general"
#: The standing under which every code of the table is written.
FULL_STANDING = "secteur_1"
#: The supplement for young children.
CHILD_SUPPLEMENT = "MEG"


@tariff_rule(
    "FR-CONSULTATION",
    reference="Convention médicale 2024-2029 (arrêté du 20/06/2024), annexe 1",
    reads=("consultations", "supplement.child_age", *PATHWAY_READS),
    codes=("FR_COORDINATION", "FR_MAJORATION_ENFANT"),
    asks=("convention", *PATHWAY_ASKS),
)
def consultation(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the tariff of a doctor's code in the doctor's standing, times the quantity.

    A line may name the code as an act code or as a letter with its coefficient. What a doctor
    asks above the tariff is never reimbursed. The supplements of coordination go with the care
    pathway: outside it they are not reimbursed (our reading of their name in annexe 1). The
    children's supplement « de 0 à 6 ans » is read as before the seventh birthday.
    """
    line = state.line
    name = line.code if line.kind is LineKind.CODE else line.letter
    if (
        not name
        or figures.row("consultations", (name, ANY_SPECIALTY, FULL_STANDING), state) is None
    ):
        return None
    row = _row_of(name, state, case, figures)
    if row is None:
        return None
    coefficient = Decimal(1) if line.coefficient is None else line.coefficient
    amount = round_minor(row.minor * coefficient * line.quantity, row.rounding)
    kind = row.texts["kind"]
    if kind == COORDINATION and came_outside(state, case, figures):
        return Tariff(amount, (row,), kind, is_payable=False, code="FR_COORDINATION")
    if name == CHILD_SUPPLEMENT:
        last = figures.at("supplement.child_age", state)
        if age_on(birth_date_of(state), line.care_date) > last.value:
            params = {"age": f"{last.value:f}"}
            return Tariff(amount, (row, last), kind, is_payable=False, params=params,
                          code="FR_MAJORATION_ENFANT")  # fmt: skip
        return Tariff(amount, (row, last), kind)
    return Tariff(amount, (row,), kind)


def _row_of(name: str, state: LineState, case: Case, figures: Figures) -> Figure | None:
    convention = case.choice("convention", state)
    specialty = case.validated.provider_specialty
    if specialty:
        row = figures.row("consultations", (name, specialty, convention), state)
        if row is not None:
            return row
    return figures.row("consultations", (name, ANY_SPECIALTY, convention), state)


@tariff_rule(
    "FR-CCAM",
    reference="Classification commune des actes médicaux, tarif de secteur 1",
    reads=("ccam",),
)
def ccam_act(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the sector 1 tariff of a CCAM act times the quantity; the row says its kind.

    The tariff of doctors of sector 2 outside the OPTAM, which is lower for some acts, and the
    rules of association of acts are in no source at hand: sector 1 stands for all.
    """
    if state.line.kind is not LineKind.CODE:
        return None
    row = figures.row("ccam", (state.line.code,), state)
    if row is None:
        return None
    amount = round_minor(row.minor * state.line.quantity, row.rounding)
    return Tariff(amount, (row,), row.texts["kind"])
