"""The CNOPS's share by group of care: dental, hospital and surgery, public ambulatory, the rest."""

from collections.abc import Sequence

from models.dossier import CareKind, LineKind
from tasks.pricing.nomenclature import lettered_act
from tasks.pricing.rule import (
    Case,
    Change,
    Figures,
    LineState,
    Rate,
    due_rule,
    rate_rule,
)

PUBLIC = "public"
DENTAL_GROUPS = frozenset({"D", "DP"})
#: The group of a flat amount for each day of a stay.
STAY_DAY_GROUP = "day"
#: Groups whose line names a K act.
SURGERY_GROUPS = frozenset({"K", "anaesthesia", "theatre"})


@rate_rule(
    "MA-CNOPS-TAUX-DENTAIRE",
    reference="Décret n° 2-05-736, article premier, groupe 6 (de mémoire) : soins bucco-dentaires",
    reads=("rate.dental",),
)
def dental_rate(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the rate of dental care and prostheses."""
    if state.group not in DENTAL_GROUPS:
        return None
    return Rate(figures.at("rate.dental", state))


@rate_rule(
    "MA-CNOPS-TAUX-HOSPITALIER",
    reference=(
        "Décret n° 2-05-736, article premier, groupe 2 : hospitalisation et interventions "
        "chirurgicales, 90 %, portés à 100 % dans les hôpitaux publics"
    ),
    reads=("rate.hospital_private", "rate.hospital_public", "acts", "surgery_bands"),
)
def hospital_rate(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the rate of hospital care and surgery, by sector.

    Interpretation: hospital care is all of a dossier of a stay or of hospital care, day hospital
    included. Outside a stay, surgery is what the reference tariff prices as surgery: a K act that
    has a surgery forfait, with its anaesthesia and its theatre.
    """
    dossier = case.dossier
    is_hospital = (
        dossier.care_kind is CareKind.HOSPITAL
        or dossier.stay is not None
        or state.group == STAY_DAY_GROUP
        or _has_surgery_forfait(state, case, figures)
    )
    if not is_hospital:
        return None
    name = "rate.hospital_public" if case.sector == PUBLIC else "rate.hospital_private"
    return Rate(figures.at(name, state))


def _has_surgery_forfait(state: LineState, case: Case, figures: Figures) -> bool:
    act = lettered_act(state, figures, "acts") if state.group in SURGERY_GROUPS else None
    if act is None:
        return False
    return figures.band("surgery_bands", (case.sector,), act.coefficient, state) is not None


@rate_rule(
    "MA-CNOPS-TIERS-PAYANT-PUBLIC",
    reference=(
        "CNOPS, tiers payant (r=261) : ambulatoire public, rien jusqu'à 200 MAD, au-delà ticket "
        "modérateur de 20 %"
    ),
    reads=("rate.public_third_party", "public_third_party.threshold", "rate.ambulatory"),
    codes=("TIERS_PAYANT_SOUS_SEUIL",),
    asks=("third_party_payment",),
)
def public_third_party(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the rate of public ambulatory care that the establishment bills to the CNOPS.

    Interpretation: the threshold is held against the whole bill without its drugs, that amount
    itself included. Up to it there is no third-party payment: what is due is due to the insured
    person at the ordinary rate, so a person looks at who is to be paid.
    """
    if case.sector != PUBLIC or not case.flag("third_party_payment"):
        return None
    threshold = figures.at("public_third_party.threshold", state)
    lines = case.dossier.lines
    bill = sum(each.amount_minor for each in lines if each.kind is not LineKind.DRUG)
    if bill > threshold.minor:
        return Rate(figures.at("rate.public_third_party", state), (threshold,))
    params = {"threshold": f"{threshold.value:.2f}"}
    rate = figures.at("rate.ambulatory", state)
    return Rate(rate, (threshold,), "TIERS_PAYANT_SOUS_SEUIL", params)


@rate_rule(
    "MA-CNOPS-TAUX-AMBULATOIRE",
    reference=(
        "Décret n° 2-05-736, article premier, groupe 1 : actes délivrés à titre ambulatoire, "
        "80 % de la tarification nationale de référence"
    ),
    reads=("rate.ambulatory",),
)
def ambulatory_rate(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the rate of ambulatory care other than drugs."""
    return Rate(figures.at("rate.ambulatory", state))


@due_rule(
    "MA-CNOPS-EXONERATION",
    reference="Affections de longue durée à la CNOPS : exonération, taux par maladie non publiés",
    codes=("CNOPS_EXONERATION_INCONNUE",),
)
def unknown_exoneration(
    lines: Sequence[LineState], case: Case, figures: Figures
) -> Sequence[Change]:
    """Return a finding for each line of a recognised condition that leaves the patient a share.

    The table of exonerations is missing, so the ordinary rate is what is known to be due at least.
    """
    if not case.validated.ald_code:
        return ()
    return [
        Change(state.position, state.due_minor, (), "CNOPS_EXONERATION_INCONNUE")
        for state in lines
        if state.due_minor < state.base_minor
    ]
