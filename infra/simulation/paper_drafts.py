"""Sound dossiers to be put on paper, of people who stand in the registers of the same run."""

from collections.abc import Mapping
from typing import Any

from infra.simulation.electronic import Builder, consultation, laboratory, pharmacy, radiology
from infra.simulation.population import SimPerson, SimProvider
from infra.simulation.studio import CLEAN, Studio, truth_head

#: Kinds whose lines fit on the sheet and on one bill.
_BUILDERS: tuple[Builder, ...] = (consultation, pharmacy, consultation, laboratory, radiology)
_STREETS = ("rue des Essais", "avenue de l'Exemple", "rue du Modèle", "boulevard du Spécimen")
_TOWNS = ("Rabat", "Casablanca", "Fès", "Agadir", "Oujda")


def paper_drafts(studio: Studio, count: int) -> list[dict[str, Any]]:
    """Return ``count`` dossiers with who is written on them and what is expected of them.

    Each is ``{"dossier", "identity", "truth"}``, in the form that the paper simulator takes; their
    people are written to the registers, the dossiers themselves to no inbox.
    """
    drafts = []
    by_inpe = {provider.inpe: provider for provider in studio.maker.population.all_providers()}
    for number in range(count):
        drafts.append(_paper_draft(studio, _BUILDERS[number % len(_BUILDERS)], by_inpe))
        studio.close_case()
    return drafts


def _paper_draft(
    studio: Studio, builder: Builder, by_inpe: Mapping[str, SimProvider]
) -> dict[str, Any]:
    maker = studio.maker
    household = studio.household()
    members = household.members()
    member = members[maker.below(len(members))]
    draft = builder(maker, household, member, studio.deposit())
    dossier = draft.dossier
    dossier["channel"] = "paper"
    dossier["insured_name"] = _name(household.insured)
    dossier["beneficiary_name"] = _name(member.person)
    owed = maker.figures.due_minor(dossier, sector=draft.provider.sector, has_ald=draft.has_ald)
    prescriber = by_inpe.get(dossier.get("prescriber_id", ""))
    street, town = _STREETS[maker.below(len(_STREETS))], _TOWNS[maker.below(len(_TOWNS))]
    return {
        "dossier": dossier,
        "identity": {
            "insured_name": dossier["insured_name"],
            "insured_cin": household.insured.cin,
            "address": f"{1 + maker.below(90)}, {street}, {town}",
            "beneficiary_name": dossier["beneficiary_name"],
            "beneficiary_birth_date": dossier["beneficiary_birth_date"],
            "beneficiary_cin": member.person.cin,
            "sex": member.person.sex,
            "prescriber_inpe": dossier.get("prescriber_id", ""),
            "provider_inpe": draft.provider.inpe,
            "prescriber_name": prescriber.name if prescriber else "",
            "provider_name": draft.provider.name,
            "provider_tax_id": f"{10_000_000 + maker.below(89_999_999)}",
        },
        "truth": truth_head(
            CLEAN,
            public_number=dossier["public_number"],
            channel="paper",
            asked_minor=dossier["total_minor"],
            priced_minor=owed,
            due_minor=owed,
        ),
    }


def _name(person: SimPerson) -> str:
    return f"{person.family_name} {person.given_name}"
