"""The kinds of French care that the rules tell apart, and the ordinary rate of each."""

from dataclasses import replace

from models.dossier import LineKind
from tasks.pricing.figures import Figure
from tasks.pricing.rule import Figures, LineState

CONSULTATION, COORDINATION, SUPPLEMENT = "consultation", "coordination", "supplement"
MEDICAL_ACT, IMAGING, DENTAL = "medical_act", "imaging", "dental"
BIOLOGY, PARAMEDICAL, DRUG = "biology", "paramedical", "drug"
TRANSPORT, OWN_CAR = "transport", "own_car"
STAY, DAY_CHARGE, EMERGENCY_CHARGE = "stay", "day_charge", "emergency_charge"

#: Flat charges that the patient bears, in hospital and in an emergency ward.
CHARGES = frozenset({DAY_CHARGE, EMERGENCY_CHARGE})
#: What a doctor does: the care pathway counts for these and for nothing else.
DOCTORS_CARE = frozenset({CONSULTATION, COORDINATION, SUPPLEMENT, MEDICAL_ACT, IMAGING})
#: What an emergency ward bills beside its flat charge.
EMERGENCY_CARE = DOCTORS_CARE | {BIOLOGY}

#: The figure that holds the ordinary rate of each kind; a drug's stands in its own row.
RATE_OF_KIND = {
    CONSULTATION: "rate.medical",
    COORDINATION: "rate.medical",
    SUPPLEMENT: "rate.medical",
    MEDICAL_ACT: "rate.medical",
    IMAGING: "rate.imaging",
    DENTAL: "rate.dental",
    BIOLOGY: "rate.biology",
    PARAMEDICAL: "rate.paramedical",
    TRANSPORT: "rate.transport",
    OWN_CAR: "rate.transport",
    STAY: "rate.hospital",
    DAY_CHARGE: "rate.patient_charge",
    EMERGENCY_CHARGE: "rate.patient_charge",
}
#: Every kind of care; cash benefits are none of these.
CARE = frozenset({*RATE_OF_KIND, DRUG})
#: What a rule reads that asks for ordinary rates.
RATE_READS = (*dict.fromkeys(RATE_OF_KIND.values()), "drugs")


def drug_row_rate(row: Figure) -> Figure:
    """Return a drug's row as the figure of its rate; the list gives each drug its own."""
    return replace(row, value=row.numbers["rate"], unit="rate")


def ordinary_rate(state: LineState, figures: Figures) -> Figure | None:
    """Return the insurance's ordinary share of a line, None for what is no care of ours.

    Raises:
        FigureNotInForce: when no rate is known on the line's day.
    """
    if state.group == DRUG:
        row = figures.row("drugs", (state.line.ean,), state)
        return None if row is None else drug_row_rate(row)
    name = RATE_OF_KIND.get(state.group)
    return None if name is None else figures.at(name, state)


def has_code(state: LineState, code: str) -> bool:
    """Tell whether a line is billed under an act code."""
    return state.line.kind is LineKind.CODE and state.line.code == code
