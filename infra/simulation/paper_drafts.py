"""Sound dossiers to be put on paper, of people who stand in the registers of the same run."""

from collections.abc import Mapping
from typing import Any

from infra.simulation.electronic import (
    Builder,
    consultation,
    dental,
    laboratory,
    long_term,
    pharmacy,
    radiology,
)
from infra.simulation.maker import Draft, Maker, finish, letter_line
from infra.simulation.population import (
    Household,
    SimAffiliation,
    SimMember,
    SimPerson,
    SimProvider,
)
from infra.simulation.studio import CLEAN, Studio, truth_head

#: The public sector's scheme, whose insured people write on a sheet of their own.
CNOPS = "ma-cnops"
#: Their affiliation numbers of seven digits begin here.
_FIRST_AFFILIATION = 4_000_000
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
        builder = _BUILDERS[number % len(_BUILDERS)]
        affiliation = f"{_FIRST_AFFILIATION + number}" if builder is public_servant else ""
        drafts.append(_paper_draft(studio, builder, by_inpe, affiliation))
        studio.close_case()
    return drafts


def public_servant(maker: Maker, household: Household, member: SimMember, deposit: int) -> Draft:
    """A doctor's consultation of somebody insured with the CNOPS."""
    care = maker.care_day(deposit)
    provider = maker.provider("general", care)
    asked = maker.figures.letter_minor("C", provider.sector) + 1_000 * maker.below(8)
    dossier = maker.head(household, member, deposit, "ambulatory")
    dossier["scheme"] = CNOPS
    dossier["prescriber_id"] = provider.inpe
    lines = [letter_line("C", 1, maker.day_text(care), asked, "Consultation")]
    return Draft(finish(dossier, provider, ("care_sheet",), lines), household, member, provider)


#: Kinds whose lines fit on the sheet and on one bill; each form has its turn.
_BUILDERS: tuple[Builder, ...] = (
    consultation,
    pharmacy,
    dental,
    laboratory,
    radiology,
    long_term,
    consultation,
    public_servant,
)


def _insure_with_cnops(household: Household, affiliation: str) -> None:
    """A public servant's membership opens the rights: nothing is declared month by month."""
    household.number = affiliation
    household.months = ()
    household.affiliations = [
        SimAffiliation(CNOPS, "civil_servant", one.valid_from) for one in household.affiliations
    ]


def _paper_draft(
    studio: Studio, builder: Builder, by_inpe: Mapping[str, SimProvider], affiliation: str
) -> dict[str, Any]:
    maker = studio.maker
    household = studio.household()
    if affiliation:
        _insure_with_cnops(household, affiliation)
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
