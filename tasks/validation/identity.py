"""Who the dossier is about: the insured person and the beneficiary, found in the registers.

The registration number decides; the CIN confirms it, or stands in for it on paper when the number
was left empty. A dependant is named by ``<number>-<rank>``, or on paper by birth date, relation
and name. A name alone never makes somebody a beneficiary of another person's number.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from models.dossier import Dossier, Relation
from models.registers import Affiliation, Dependant, Person, RegisterSlice, holds_on
from tasks.validation.names import match_person


@dataclass(frozen=True, slots=True)
class People:
    """The persons of a dossier as the registers know them.

    ``insured`` or ``beneficiary`` is None when nobody, or nobody for sure, was found; the problem
    then says why. ``insured_ids`` are the insured person's id and the ids merged into it that
    still hold rows. ``ties`` are the beneficiary's ties to the insured person, oldest first; empty
    when they are the same person.
    """

    insured: Person | None
    insured_problem: str
    beneficiary: Person | None
    beneficiary_problem: str
    ties: tuple[Dependant, ...]
    insured_ids: tuple[str, ...] = ()

    @property
    def beneficiary_ids(self) -> tuple[str, ...]:
        """The beneficiary's id, with the merged ones when it is the insured person."""
        if self.beneficiary is None:
            return ()
        return (self.beneficiary.person_id,) if self.ties else self.insured_ids


def resolve_people(dossier: Dossier, registers: RegisterSlice) -> People:
    """Return the insured person and the beneficiary of a dossier."""
    insured, problem = _insured(dossier, registers)
    if insured is None:
        return People(None, problem, None, "insured_unknown", ())
    ids = _ids_of(dossier, insured.person_id, registers)
    if _is_for_insured(dossier):
        return People(insured, "", insured, "", (), ids)
    ties = tuple(tie for key in ids for tie in registers.dependants.get(key, ()))
    if _names_rank(dossier):
        found, problem = _by_rank(dossier, ties)
    else:
        found, problem = _by_description(dossier, ties, registers)
    if not found:
        return People(insured, "", None, problem, (), ids)
    beneficiary = registers.persons.get(found[0].person_id)
    if beneficiary is None:
        return People(insured, "", None, "person_unknown", (), ids)
    return People(insured, "", beneficiary, "", found, ids)


def tie_on(ties: Sequence[Dependant], day: dt.date) -> Dependant | None:
    """Return the tie in force on a day, else the latest one; None when there is none at all."""
    for tie in ties:
        if holds_on(tie.valid_from, tie.valid_to, day):
            return tie
    return ties[-1] if ties else None


def _insured(dossier: Dossier, registers: RegisterSlice) -> tuple[Person | None, str]:
    if not dossier.insured_number:
        return _by_cin(dossier, registers)
    affiliations = registers.affiliations_by_number.get(dossier.insured_number, ())
    if not affiliations:
        return None, "number_unknown"
    person = _holder(affiliations, registers, dossier.care_start)
    if person is None:
        return None, "number_ambiguous"
    cin = _cin(dossier.insured_cin)
    if cin and person.cin and cin != _cin(person.cin):
        # A card that was renewed under another number stays in the register's history.
        known = registers.persons_by_cin.get(dossier.insured_cin, ())
        if all(other.person_id != person.person_id for other in known):
            return None, "cin_of_somebody_else"
    return person, ""


def _by_cin(dossier: Dossier, registers: RegisterSlice) -> tuple[Person | None, str]:
    if not dossier.insured_cin:
        return None, "number_missing"
    known = registers.persons_by_cin.get(dossier.insured_cin, ())
    people = {person.person_id: person for person in known if person.person_id}
    if len(people) != 1:
        return None, "cin_unknown" if not people else "cin_ambiguous"
    person_id = next(iter(people))
    return registers.persons.get(person_id, people[person_id]), ""


def _holder(
    affiliations: Sequence[Affiliation], registers: RegisterSlice, day: dt.date
) -> Person | None:
    """The one person behind a number: the member on that day, if the number went from hand to hand.

    Merged person ids are one person: the register slice maps each of them to the surviving one.
    """
    current = [item for item in affiliations if holds_on(item.valid_from, item.valid_to, day)]
    people = {
        person.person_id: person
        for item in current or affiliations
        if (person := registers.persons.get(item.person_id)) is not None
    }
    return next(iter(people.values())) if len(people) == 1 else None


def _ids_of(dossier: Dossier, person_id: str, registers: RegisterSlice) -> tuple[str, ...]:
    rows = registers.affiliations_by_number.get(dossier.insured_number, ())
    merged = {row.person_id for row in rows} - {person_id}
    return (person_id, *sorted(key for key in merged if _is_merged(key, person_id, registers)))


def _is_merged(key: str, person_id: str, registers: RegisterSlice) -> bool:
    person = registers.persons.get(key)
    return person is not None and person.person_id == person_id


def _is_for_insured(dossier: Dossier) -> bool:
    number = dossier.beneficiary_number
    return number in ("", dossier.insured_number) and dossier.relation is Relation.SELF


def _names_rank(dossier: Dossier) -> bool:
    return dossier.beneficiary_number not in ("", dossier.insured_number)


def _by_rank(dossier: Dossier, ties: Sequence[Dependant]) -> tuple[tuple[Dependant, ...], str]:
    number, _, rank = dossier.beneficiary_number.rpartition("-")
    if number != dossier.insured_number or not (rank.isascii() and rank.isdigit()):
        return (), "number_of_another_household"
    found = tuple(tie for tie in ties if tie.rank == int(rank))
    if not found:
        return (), "rank_unknown"
    current = tie_on(found, dossier.care_start)
    if current is None or (
        dossier.relation is not Relation.SELF and current.relation != dossier.relation.value
    ):
        return (), "relation_differs"
    return tuple(tie for tie in found if tie.person_id == current.person_id), ""


def _by_description(
    dossier: Dossier, ties: Sequence[Dependant], registers: RegisterSlice
) -> tuple[tuple[Dependant, ...], str]:
    """The one dependant of that relation and birth date; the name decides between several."""
    born = dossier.beneficiary_birth_date
    if born is None and not dossier.beneficiary_name:
        return (), "not_described"
    candidates = {
        tie.person_id: person
        for tie in ties
        if tie.relation == dossier.relation.value
        and (person := registers.persons.get(tie.person_id)) is not None
        and born in (None, person.birth_date)
    }
    if len(candidates) > 1 or born is None:
        candidates = {
            person_id: person
            for person_id, person in candidates.items()
            if match_person(dossier.beneficiary_name, person).is_same
        }
    if len(candidates) != 1:
        return (), "nobody_described_so" if not candidates else "several_described_so"
    person_id = next(iter(candidates))
    return tuple(tie for tie in ties if tie.person_id == person_id), ""


def _cin(value: str) -> str:
    return value.replace(" ", "").upper()
