"""A seeded, synthetic population: households with rights and accounts, and care providers."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from infra.simulation import identifiers
from infra.simulation.names import FAMILY_NAMES, GIVEN_NAMES_F, GIVEN_NAMES_M

SCHEME = "ma-amo-salaries"
#: Months of contributions in the register before the simulated day.
MONTHS_BACK = 12
#: A full month of work in days declared.
FULL_MONTH_DAYS = 26
#: The payer learns of a month's declaration on this day of the following month.
DECLARATION_DAY = 10


@dataclass(slots=True)
class SimPerson:
    """A person of the register."""

    person_id: str
    family_name: str
    given_name: str
    arabic_name: str
    birth_date: dt.date
    sex: str
    cin: str
    death_date: dt.date | None = None


@dataclass(slots=True)
class SimDependant:
    """A dependant's tie to the insured person; ``rank`` is the suffix of the number."""

    person: SimPerson
    rank: int
    relation: str
    is_student: bool = False
    is_disabled: bool = False
    is_married: bool = False


@dataclass(frozen=True, slots=True)
class SimAffiliation:
    """Membership of a scheme for a period."""

    scheme: str
    category: str
    valid_from: dt.date
    valid_to: dt.date | None = None


@dataclass(frozen=True, slots=True)
class SimMonth:
    """Days declared and paid for one month, named by its first day."""

    month: dt.date
    days_declared: int
    days_paid: int


@dataclass(frozen=True, slots=True)
class SimAccount:
    """A bank account and since when the payer knows it."""

    account_id: str
    holder_id: str
    holder_kind: str
    rib: str
    valid_from: dt.date


@dataclass(frozen=True, slots=True)
class SimMandate:
    """Who is paid in place of the insured person."""

    payee_kind: str
    payee_id: str
    valid_from: dt.date


@dataclass(frozen=True, slots=True)
class SimAgreement:
    """A prior agreement and its decision."""

    agreement_number: str
    person_id: str
    act_key: str
    decision: str
    amount_minor: int
    valid_from: dt.date
    valid_to: dt.date


@dataclass(frozen=True, slots=True)
class SimMember:
    """A member of a household as a dossier names him; ``beneficiary_id`` is empty for himself."""

    person: SimPerson
    relation: str
    beneficiary_id: str


@dataclass(slots=True)
class Household:
    """An insured person with dependants, rights, account; faults change it before it is written.

    ``other_person`` is a person of the register who is no member: whoever holds the mandate, or
    the insured person entered a second time.
    """

    number: str
    insured: SimPerson
    dependants: list[SimDependant]
    affiliations: list[SimAffiliation]
    months: Sequence[SimMonth]
    account: SimAccount | None
    tied_since: dt.date
    former_account: SimAccount | None = None
    mandate: SimMandate | None = None
    other_person: SimPerson | None = None
    conditions: list[tuple[str, str]] = field(default_factory=list)
    agreements: list[SimAgreement] = field(default_factory=list)

    def self_member(self) -> SimMember:
        """The insured person as a beneficiary."""
        return SimMember(self.insured, "self", "")

    def member(self, dependant: SimDependant) -> SimMember:
        """A dependant as a beneficiary: the number with the rank in two digits."""
        return SimMember(
            dependant.person, dependant.relation, f"{self.number}-{dependant.rank:02d}"
        )

    def members(self) -> list[SimMember]:
        """All persons of the household as beneficiaries, the insured person first."""
        return [self.self_member(), *(self.member(dependant) for dependant in self.dependants)]


@dataclass(slots=True)
class SimProvider:
    """A care provider of the register; ``role`` is what the simulator uses it for."""

    provider_id: str
    inpe: str
    name: str
    role: str
    kind: str
    specialty: str
    sector: str
    ice: str
    valid_from: dt.date
    valid_to: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A kind of provider: register kind and specialty, sector, dossiers a day for one of them."""

    kind: str
    specialties: tuple[str, ...]
    sector: str
    dossiers_for_one: int
    name: str


#: ``dossiers_for_one`` keeps every provider far below ten hours of acts on any day.
ROLES: dict[str, Role] = {
    "general": Role("doctor", ("general",), "private", 250, "Cabinet"),
    "specialist": Role(
        "doctor",
        ("dermatology", "cardiology", "ophthalmology", "ent", "psychiatry", "gastroenterology"),
        "private",
        300,
        "Cabinet",
    ),
    "physiotherapist": Role("doctor", ("physiotherapy",), "private", 600, "Kinésithérapie"),
    "dentist": Role("dentist", ("dentistry",), "private", 400, "Cabinet dentaire"),
    "pharmacy": Role("pharmacy", ("pharmacy",), "private", 300, "Pharmacie"),
    "laboratory": Role("laboratory", ("biology",), "private", 500, "Laboratoire"),
    "radiology": Role("radiology", ("radiology",), "private", 800, "Radiologie"),
    "clinic": Role("clinic", ("clinic",), "private", 700, "Clinique"),
    "hospital": Role("hospital", ("hospital",), "public", 1_500, "Hôpital"),
}
#: Fewest providers of a role, so that small days stay spread out as well.
PROVIDERS_MIN = 8


def months_before(day: dt.date, count: int) -> list[dt.date]:
    """The first days of the ``count`` months before the month of ``day``, oldest first."""
    index = day.year * 12 + day.month - 1
    return [dt.date(n // 12, n % 12 + 1, 1) for n in range(index - count, index)]


class Population:
    """Makes households and providers, one after the other, from one seed; keeps only providers."""

    def __init__(self, rng: random.Random, day: dt.date, dossier_count: int) -> None:
        """Begin with the providers that a day of ``dossier_count`` dossiers needs."""
        self.day = day
        self.known_since = dt.date(day.year - 3, 1, 1)
        self.full_months: tuple[SimMonth, ...] = tuple(
            SimMonth(month, FULL_MONTH_DAYS, FULL_MONTH_DAYS)
            for month in months_before(day, MONTHS_BACK)
        )
        self.rng = rng
        self._shift = rng.randrange(10**6)
        self._persons = 0
        self._households = 0
        self._providers = 0
        self._accounts = 0
        self._agreements = 0
        self._public_numbers = 0
        self._day_ordinal = day.toordinal()
        self.providers: dict[str, list[SimProvider]] = {}
        for role, facts in ROLES.items():
            count = PROVIDERS_MIN + dossier_count // facts.dossiers_for_one
            self.providers[role] = [self.new_provider(role) for _ in range(count)]

    def all_providers(self) -> list[SimProvider]:
        """The providers of all roles."""
        return [provider for group in self.providers.values() for provider in group]

    def new_provider(self, role: str) -> SimProvider:
        """A provider that belongs to no pool unless it is put there."""
        self._providers += 1
        number = self._providers
        facts = ROLES[role]
        family = FAMILY_NAMES[number % len(FAMILY_NAMES)][0][0]
        return SimProvider(
            provider_id=identifiers.provider_id(number),
            inpe=identifiers.inpe_number(number),
            name=f"{facts.name} {family} {number}",
            role=role,
            kind=facts.kind,
            specialty=facts.specialties[number % len(facts.specialties)],
            sector=facts.sector,
            ice=identifiers.ice_number(number),
            valid_from=dt.date(2015, 1, 1),
        )

    def new_person(self, sex: str, age: int, family_index: int) -> SimPerson:
        """A person of a sex who is ``age`` on the simulated day."""
        self._persons += 1
        rng = self.rng
        given = GIVEN_NAMES_M if sex == "M" else GIVEN_NAMES_F
        latin, arabic = given[int(rng.random() * len(given))]
        families, family_arabic = FAMILY_NAMES[family_index]
        # 30 to 330 days past the birthday: nobody changes age between care and the day.
        born = self._day_ordinal - int(age * 365.2425) - 60 - int(rng.random() * 270)
        return SimPerson(
            person_id=identifiers.person_id(self._persons),
            family_name=families[0],
            given_name=latin[0],
            arabic_name=f"{arabic} {family_arabic}",
            birth_date=dt.date.fromordinal(born),
            sex=sex,
            cin=identifiers.cin_number(self._persons) if age >= 18 else "",
        )

    def new_household(self) -> Household:
        """An insured person of 27 to 57 years with open rights, an account and perhaps a family."""
        rng = self.rng
        family_index = int(rng.random() * len(FAMILY_NAMES))
        sex = "M" if rng.random() < 0.6 else "F"
        age = 27 + int(rng.random() * 31)
        insured = self.new_person(sex, age, family_index)
        household = Household(
            number=identifiers.registration_number(self._households, self._shift),
            insured=insured,
            dependants=[],
            affiliations=[SimAffiliation(SCHEME, "salaried", self.known_since)],
            months=self.full_months,
            account=None,
            tied_since=self.known_since,
        )
        self._households += 1
        household.account = self.new_account(insured.person_id)
        if rng.random() < 0.65:
            self.add_spouse(household, age)
        for _ in range(int(rng.random() * 3.4)):
            self.add_child(household, 1 + int(rng.random() * min(18, age - 20)))
        return household

    def add_spouse(self, household: Household, age: int) -> SimDependant:
        """Give the household a spouse of about the insured person's age."""
        sex = "F" if household.insured.sex == "M" else "M"
        person = self.new_person(
            sex, max(21, age - 4 + int(self.rng.random() * 6)), self._any_family()
        )
        return self._tie(household, person, "spouse")

    def add_child(self, household: Household, age: int) -> SimDependant:
        """Give the household a child of an age; students and disabled children by the caller."""
        index = _family_index(household.insured.family_name)
        person = self.new_person("M" if self.rng.random() < 0.5 else "F", age, index)
        return self._tie(household, person, "child")

    def _tie(self, household: Household, person: SimPerson, relation: str) -> SimDependant:
        dependant = SimDependant(person, len(household.dependants) + 1, relation)
        household.dependants.append(dependant)
        return dependant

    def _any_family(self) -> int:
        return int(self.rng.random() * len(FAMILY_NAMES))

    def new_account(self, holder_id: str, holder_kind: str = "insured") -> SimAccount:
        """An account with a valid key, known for years."""
        self._accounts += 1
        return SimAccount(
            account_id=identifiers.account_id(self._accounts),
            holder_id=holder_id,
            holder_kind=holder_kind,
            rib=identifiers.rib_number(self._accounts),
            valid_from=self.known_since,
        )

    def new_agreement_number(self) -> str:
        """A prior agreement's number that was not used yet."""
        self._agreements += 1
        return identifiers.agreement_number(self._agreements)

    def new_public_number(self) -> str:
        """A dossier's public number that was not used yet."""
        self._public_numbers += 1
        return identifiers.public_number(self.day.year, self._public_numbers, self._shift)


_FAMILY_INDEX = {names[0]: index for index, (names, _) in enumerate(FAMILY_NAMES)}


def _family_index(family_name: str) -> int:
    return _FAMILY_INDEX.get(family_name, 0)
