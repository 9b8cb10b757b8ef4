"""What the registers say about the numbers that were read on some dossiers' paper."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Asked:
    """Numbers read on paper, each of which may be misread: registration numbers and INPEs."""

    numbers: frozenset[str] = frozenset()
    inpes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person as the register spells them."""

    family_name: str
    given_name: str
    birth_date: dt.date
    cin: str

    @property
    def name(self) -> str:
        """Family name and given name."""
        return f"{self.family_name} {self.given_name}"


@dataclass(frozen=True, slots=True)
class Household:
    """The holder of a registration number and the people insured through them."""

    number: str
    insured: KnownPerson
    dependants: tuple[KnownPerson, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterHints:
    """What the registers know of the numbers asked for; nothing about rights.

    A number that went from hand to hand has several households. ``eans`` are the codes of all
    known drugs.
    """

    households: Mapping[str, tuple[Household, ...]] = field(default_factory=dict)
    inpes: frozenset[str] = frozenset()
    eans: frozenset[str] = frozenset()
