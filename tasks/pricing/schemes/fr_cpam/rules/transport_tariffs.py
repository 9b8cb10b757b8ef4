"""Prescribed transport: the own car by the kilometre, others at the tariff of their agreement."""

from models.dossier import LineKind
from models.money import round_minor
from tasks.pricing.rule import Case, Figures, LineState, Tariff, tariff_rule
from tasks.pricing.schemes.fr_cpam.rules.kinds import OWN_CAR, TRANSPORT, has_code

OWN_CAR_ACT = "VP"
#: Taxi, light ambulance, ambulance, ambulance on call (CNAM list IR_ACT_COD).
AGREED_ACTS = frozenset({"TXI", "VSL", "ABA", "ABG"})


@tariff_rule(
    "FR-VOITURE",
    reference="Transport prescrit en véhicule personnel : barème au kilomètre",
    reads=("transport.own_car_km",),
    asks=("distance_km",),
)
def own_car(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the amount per kilometre × the distance × the number of trips."""
    if not has_code(state, OWN_CAR_ACT):
        return None
    figure = figures.at("transport.own_car_km", state)
    exact = figure.minor * case.number("distance_km", state) * state.line.quantity
    params = {"distance_km": f"{case.number('distance_km', state):f}"}
    return Tariff(round_minor(exact, figure.rounding), (figure,), OWN_CAR, params=params)


@tariff_rule(
    "FR-TRANSPORT",
    reference="Conventions des taxis et des transports sanitaires : tarif porté sur la facture",
    asks=("agreed_tariff",),
)
def agreed_transport(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the agreed tariff of one trip, as the bill states it, times the trips.

    The tariffs are local and in no national list: a bill that does not state it waits for a
    person.
    """
    line = state.line
    if line.kind is not LineKind.CODE or line.code not in AGREED_ACTS:
        return None
    return Tariff(case.whole("agreed_tariff", state) * line.quantity, (), TRANSPORT)
