"""Faults of who: unknown persons, strange names, providers that are not or no longer there."""

import datetime as dt

from infra.simulation.electronic import consultation, laboratory, pharmacy
from infra.simulation.faults.fault import Fault, expect, insured_draft, visit
from infra.simulation.names import STRANGER_NAMES
from infra.simulation.studio import Expected, Studio


def unknown_insured(studio: Studio, expected: Expected) -> None:
    """A registration number that the register does not know."""
    maker = studio.maker
    stranger = maker.population.new_household()
    draft = consultation(maker, stranger, stranger.self_member(), studio.deposit())
    studio.submit(draft, expected)


def unknown_beneficiary(studio: Studio, expected: Expected) -> None:
    """A dependant's rank that the household does not have."""
    draft = insured_draft(studio, pharmacy)
    household = draft.household
    spouse = studio.maker.population.new_person("F", 30, 0)
    draft.dossier["beneficiary_id"] = f"{household.number}-77"
    draft.dossier["relation"] = "spouse"
    draft.dossier["beneficiary_name"] = f"{spouse.family_name} {spouse.given_name}"
    draft.dossier["beneficiary_birth_date"] = spouse.birth_date.isoformat()
    draft.dossier["beneficiary_sex"] = "F"
    studio.submit(draft, expected)


def strange_name(studio: Studio, expected: Expected) -> None:
    """A sheet under another person's name, alike in no spelling."""
    draft = insured_draft(studio, laboratory)
    name = STRANGER_NAMES[studio.maker.below(len(STRANGER_NAMES))]
    draft.dossier["insured_name"] = name
    draft.dossier["beneficiary_name"] = name
    studio.submit(draft, expected)


def short_inpe(studio: Studio, expected: Expected) -> None:
    """A provider's number of seven digits."""
    draft = insured_draft(studio, pharmacy)
    draft.dossier["provider_id"] = draft.dossier["provider_id"][:7]
    studio.submit(draft, expected)


def unknown_provider(studio: Studio, expected: Expected) -> None:
    """A provider's number that the register does not know."""
    draft = insured_draft(studio, pharmacy)
    nobody = studio.maker.population.new_provider("pharmacy")
    draft.dossier["provider_id"] = nobody.inpe
    studio.submit(draft, expected)


def closed_provider(studio: Studio, expected: Expected) -> None:
    """A provider that had left the register before the care."""
    deposit = studio.deposit()
    doctor = studio.provider("general")
    doctor.valid_to = studio.days.day - dt.timedelta(days=200)
    studio.submit(visit(studio, deposit=deposit, care=deposit - 8, provider=doctor), expected)


FAULTS = (
    Fault(
        "unknown_insured",
        20,
        expect("IDENTITE_INCONNUE", outcome="returned", allowed=("BENEFICIAIRE_INCONNU",)),
        unknown_insured,
    ),
    Fault(
        "unknown_beneficiary",
        20,
        expect("BENEFICIAIRE_INCONNU", outcome="returned"),
        unknown_beneficiary,
    ),
    Fault("strange_name", 30, expect("NOM_DISCORDANT", outcome="review"), strange_name),
    Fault("short_inpe", 20, expect("INPE", outcome="returned"), short_inpe),
    Fault(
        "unknown_provider", 20, expect("PRESTATAIRE_INCONNU", outcome="returned"), unknown_provider
    ),
    Fault("closed_provider", 20, expect("PRESTATAIRE_INACTIF", outcome="refused"), closed_provider),
)
