"""What every electronic dossier is made with: chance, people, figures, pieces, lines, bills."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.simulation.names import spellings_of
from infra.simulation.population import (
    SCHEME,
    Household,
    Population,
    SimMember,
    SimPerson,
    SimProvider,
)
from infra.simulation.truth import Drug, TariffFacts

#: Care lies at most this many days before the deposit; the legal limit is two calendar months.
CARE_DAYS_BACK = 40
#: Deposits lie at most this many days before receipt.
DEPOSIT_DAYS_BACK = 7
#: Weighted load of one provider on one day, in dossiers; a surgical act weighs four.
PROVIDER_LOAD_MAX = 8

DIAGNOSES = ("", "", "angine", "lombalgie", "gastrite", "migraine", "dermatite", "contrôle")
AGENCIES = tuple(f"AG-{number:02d}" for number in range(1, 41))
REGIONS = tuple(f"R-{number:02d}" for number in range(1, 13))


@dataclass(slots=True)
class Draft:
    """A dossier before it is sent, with what the truth needs to know besides its text."""

    dossier: dict[str, Any]
    household: Household
    member: SimMember
    provider: SimProvider
    has_ald: bool = False


class Maker:
    """What the builders of dossiers share: chance, people, figures and how busy providers are."""

    def __init__(
        self, rng: random.Random, population: Population, drugs: Mapping[str, Drug], figures: Any
    ) -> None:
        """Bind the parts of one run; ``figures`` are the truth's own tariff facts."""
        self.rng = rng
        self.population = population
        self.figures: TariffFacts = figures
        self.paid_drugs = [drug for drug in drugs.values() if drug.rate_pct > 0]
        self.unpaid_drugs = [drug for drug in drugs.values() if drug.rate_pct == 0]
        self._loads: dict[tuple[str, int], int] = {}
        self._turns: dict[str, int] = {}
        self._days: dict[int, str] = {}
        self._invoices = 0

    def day_text(self, ordinal: int) -> str:
        """A day as ISO text."""
        text = self._days.get(ordinal)
        if text is None:
            text = self._days[ordinal] = dt.date.fromordinal(ordinal).isoformat()
        return text

    def provider(self, role: str, ordinal: int, weight: int = 1) -> SimProvider:
        """The next provider of a role that is not busy that day."""
        pool = self.population.providers[role]
        for _ in range(len(pool)):
            turn = self._turns.get(role, 0)
            self._turns[role] = turn + 1
            provider = pool[turn % len(pool)]
            key = (provider.provider_id, ordinal)
            load = self._loads.get(key, 0) + weight
            if load <= PROVIDER_LOAD_MAX:
                self._loads[key] = load
                return provider
        provider = self.population.new_provider(role)
        pool.append(provider)
        return provider

    def below(self, count: int) -> int:
        """A whole number from 0 to ``count`` − 1."""
        return int(self.rng.random() * count)

    def care_day(self, deposit: int) -> int:
        """A day of care before a deposit, within the deadline."""
        return deposit - 1 - self.below(CARE_DAYS_BACK)

    def invoice(self) -> str:
        """An invoice number that was not used yet."""
        self._invoices += 1
        return f"F{self._invoices:07d}"

    def written_name(self, person: SimPerson) -> str:
        """A name as people write it: mostly as registered, sometimes in another spelling."""
        chance = self.rng.random()
        if chance < 0.85:
            return f"{person.family_name} {person.given_name}"
        if chance < 0.90:
            return f"{person.given_name.title()} {person.family_name.title()}"
        if chance < 0.95:
            return f"{person.family_name} {spellings_of(person.given_name)[-1]}"
        return person.arabic_name

    def head(
        self, household: Household, member: SimMember, deposit: int, kind: str
    ) -> dict[str, Any]:
        """The fields that every dossier has, without lines."""
        person = member.person
        name = self.written_name(person)
        own = name if member.relation == "self" else self.written_name(household.insured)
        number = self.population.new_public_number()
        return {
            "format": "tasfiya-dossier/1",
            "public_number": number,
            "scheme": SCHEME,
            "channel": "electronic",
            "agency": AGENCIES[self.below(40)],
            "region": REGIONS[self.below(12)],
            "deposit_date": self.day_text(deposit),
            "insured_id": household.number,
            "insured_name": own,
            "beneficiary_id": member.beneficiary_id,
            "beneficiary_name": name,
            "beneficiary_birth_date": person.birth_date.isoformat(),
            "beneficiary_sex": person.sex,
            "relation": member.relation,
            "kind_of_care": kind,
            "diagnosis": DIAGNOSES[self.below(len(DIAGNOSES))],
        }

    def age_of(self, member: SimMember) -> int:
        """Whole years of age on the simulated day."""
        born, day = member.person.birth_date, self.population.day
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def finish(
    dossier: dict[str, Any],
    provider: SimProvider,
    pieces: Sequence[str],
    lines: list[dict[str, Any]],
) -> dict[str, Any]:
    """Put provider, pieces, lines and their total into a dossier."""
    dossier["provider_id"] = provider.inpe
    dossier["pieces"] = [{"kind": kind, "count": 1} for kind in pieces]
    dossier["lines"] = lines
    dossier["total_minor"] = sum(line["amount_minor"] for line in lines)
    return dossier


def prescribe(maker: Maker, dossier: dict[str, Any], day: int) -> None:
    """Add a prescription of a general practitioner from shortly before the care."""
    pool = maker.population.providers["general"]
    prescriber = pool[maker.below(len(pool))].inpe
    dossier["prescriber_id"] = prescriber
    dossier["prescription"] = {
        "date": maker.day_text(day - maker.below(4)),
        "prescriber_id": prescriber,
    }


def bill(maker: Maker, dossier: dict[str, Any], provider: SimProvider) -> None:
    """Add a numbered invoice with the issuer's tax number."""
    dossier["invoice_number"] = maker.invoice()
    dossier["invoice_ice"] = provider.ice


def letter_line(
    letter: str, coefficient: int, day: str, asked_minor: int, label: str = ""
) -> dict[str, Any]:
    """A line of a key letter with its coefficient."""
    return {
        "letter": letter,
        "coefficient": coefficient,
        "label": label,
        "date": day,
        "quantity": 1,
        "unit_amount_minor": asked_minor,
        "amount_minor": asked_minor,
    }


def code_line(code: str, day: str, asked_minor: int, quantity: int = 1) -> dict[str, Any]:
    """A line of an act or flat code."""
    return {
        "code": code,
        "date": day,
        "quantity": quantity,
        "unit_amount_minor": asked_minor,
        "amount_minor": asked_minor * quantity,
    }


def drug_line(drug: Drug, day: str, quantity: int = 1) -> dict[str, Any]:
    """A line of boxes of a drug at its public price."""
    return {
        "ean": drug.ean,
        "label": drug.name,
        "date": day,
        "quantity": quantity,
        "unit_amount_minor": drug.price_minor,
        "amount_minor": drug.price_minor * quantity,
    }
