"""What a planted fault is, and the sound drafts that faults begin with."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from infra.simulation.electronic import Builder, consultation
from infra.simulation.maker import Draft, Maker, finish, letter_line
from infra.simulation.population import SimProvider
from infra.simulation.studio import Expected, Studio


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault to plant: ``rate`` in ten-thousandths of the day's dossiers, the most in one run.

    ``plant`` gets what is expected, already bearing the fault's name. Each case has people and
    providers of its own, so that nothing else of the day can touch it. A fault without codes and
    with an accepted outcome is a sound case at a boundary, which must not be stopped.
    """

    name: str
    rate: int
    expected: Expected
    plant: Callable[[Studio, Expected], None]
    most: int = 1_000_000

    def plant_once(self, studio: Studio) -> None:
        """Plant one case and write its people to the registers."""
        self.plant(studio, replace(self.expected, fault=self.name))
        studio.close_case()


def expect(*codes: str, outcome: str, allowed: tuple[str, ...] = ()) -> Expected:
    """What is expected of a fault that stops one dossier."""
    return Expected(codes=codes, allowed_codes=allowed, outcome=outcome)


def insured_draft(studio: Studio, builder: Builder, deposit: int | None = None) -> Draft:
    """A sound draft for the insured person of a household of its own."""
    household = studio.household()
    day = studio.deposit() if deposit is None else deposit
    return builder(studio.maker, household, household.self_member(), day)


def visit(studio: Studio, *, deposit: int, care: int, provider: SimProvider | None = None) -> Draft:
    """A consultation on a day of one's choosing, for the insured person of an own household."""
    draft = insured_draft(studio, consultation, deposit)
    doctor = provider or studio.provider("general")
    return visit_again(studio.maker, draft, care, doctor)


def visit_again(maker: Maker, draft: Draft, care: int, doctor: SimProvider) -> Draft:
    """Make a draft one consultation at the tariff by this doctor on this day."""
    asked = maker.figures.letter_minor("C", doctor.sector)
    dossier = draft.dossier
    dossier["prescriber_id"] = doctor.inpe
    lines = [letter_line("C", 1, maker.day_text(care), asked, "Consultation")]
    finish(dossier, doctor, ("care_sheet",), lines)
    draft.provider = doctor
    return draft


def retotal(dossier: dict[str, Any]) -> None:
    """Let the total be the sum of the lines again."""
    dossier["total_minor"] = sum(line["amount_minor"] for line in dossier["lines"])


def date_of(ordinal: int) -> dt.date:
    """A day by its number."""
    return dt.date.fromordinal(ordinal)
