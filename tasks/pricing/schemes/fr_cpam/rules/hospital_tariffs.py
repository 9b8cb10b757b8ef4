"""Hospital: the price of the days, the day charge, the flat charge of an emergency ward."""

from models.money import round_minor
from tasks.pricing.rule import Case, Figures, LineState, Tariff, tariff_rule
from tasks.pricing.schemes.fr_cpam.rules.hospital_days import (
    CHARGE_ASKS,
    CHARGE_READS,
    charge_of_days,
)
from tasks.pricing.schemes.fr_cpam.rules.kinds import DAY_CHARGE, EMERGENCY_CHARGE, STAY, has_code
from tasks.pricing.schemes.fr_cpam.rules.people import (
    DAY_CHARGE_ACT,
    EMERGENCY_ACT,
    is_work_accident,
)

#: Act code of the price of the days (CNAM list IR_ACT_COD).
STAY_ACT = "PJ"


@tariff_rule(
    "FR-SEJOUR",
    reference="Prix de journée de l'établissement, porté sur la facture",
    asks=("agreed_tariff",),
)
def stay_price(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the establishment's price of a day × the days; it is in no national list."""
    if not has_code(state, STAY_ACT):
        return None
    return Tariff(case.whole("agreed_tariff", state) * state.line.quantity, (), STAY)


@tariff_rule(
    "FR-FORFAIT-JOURNALIER",
    reference="Code de la sécurité sociale, L174-4 ; arrêté publié au JO du 28/02/2026",
    reads=CHARGE_READS,
    asks=CHARGE_ASKS,
)
def day_charge(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the day charge billed on a line of its own, each day at its own figure."""
    if not has_code(state, DAY_CHARGE_ACT):
        return None
    charge = charge_of_days(state, case, figures)
    params = charge.params(case.dossier.currency)
    return Tariff(charge.amount_minor, charge.figures, DAY_CHARGE, params=params)


@tariff_rule(
    "FR-FORFAIT-URGENCES",
    reference="Code de la sécurité sociale, L160-13 I ; arrêté publié au JO du 28/02/2026",
    reads=("emergency_charge.full", "emergency_charge.reduced"),
    asks=("cause",),
)
def emergency_charge(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the flat charge of a visit to an emergency ward that no stay follows.

    It is reduced for people with a recognised long-term condition, whatever brings them, and
    after an accident at work. Sources disagree about maternity (reduced, or nothing from the
    sixth month): nothing is taken, as the press of 2022 and the Assembly say.
    """
    if not has_code(state, EMERGENCY_ACT):
        return None
    is_reduced = bool(case.validated.ald_code) or is_work_accident(state, case)
    name = "emergency_charge.reduced" if is_reduced else "emergency_charge.full"
    figure = figures.at(name, state)
    amount = round_minor(figure.minor * state.line.quantity, figure.rounding)
    return Tariff(amount, (figure,), EMERGENCY_CHARGE)
