"""Where the registers agree with what was read, and where they contradict it.

A household is recognised by its number, the insured person's name and the patient's birth date
together, each as at least one engine read it; a provider by its number, a drug by its code. The
register never replaces what is written: it decides between two readings, and stands beside them.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from models.dossier import Relation
from models.reading import PageText
from models.register_hints import Asked, Household, KnownPerson, RegisterHints
from tasks.extraction.acceptance import Judged, Source
from tasks.extraction.fields import (
    Parser,
    parse_cin,
    parse_date,
    parse_digits,
    parse_ean,
    parse_name,
)
from tasks.extraction.found import Found
from tasks.extraction.template import Template

NUMBER, INSURED_NAME, INSURED_CIN = "insured_number", "insured_name", "insured_cin"
NAME, BIRTH, CIN = "beneficiary_name", "beneficiary_birth_date", "beneficiary_cin"
INPES = ("provider_inpe", "prescriber_inpe")
EAN = "ean"
#: How alike (0 to 100) a name as read and the register's are, to be taken for the same person's,
#: and below what they are certainly not the same.
ALIKE_MIN, UNLIKE_MAX = 85.0, 60.0
_AGREES, _DIFFERS = "register", "register_differs"
#: Sources that the register adds to; of all others it may settle which reading is right.
_SETTLED = frozenset({Source.AGREED, Source.CONFIRMED})
#: Sources that the register may contradict: what engines disagree on is in doubt anyway.
_CONTRADICTED = _SETTLED | {Source.FIRST}


@dataclass(frozen=True, slots=True)
class _Match:
    """A household that the sheet names, and the one in it who was cared for."""

    household: Household
    patient: KnownPerson


def asked_of(pages: Sequence[PageText], templates: Mapping[str, Template]) -> Asked:
    """Return the numbers of people and providers that any engine or bar code read on the pages."""
    numbers: set[str] = set()
    inpes: set[str] = set()
    for page in pages:
        template = templates.get(page.form_id)
        if template is None:
            continue
        fields = {zone.name: zone.field for zone in template.zones}
        inpes.update(code.text for code in page.barcodes if code.text.isdigit())
        for zone in page.zones:
            field = fields.get(zone.zone, "")
            values = {parse_digits(token.text).value for token in zone.readings}
            if field == NUMBER:
                numbers |= values
            elif field in INPES:
                inpes |= values
    return Asked(frozenset(numbers - {""}), frozenset(inpes - {""}))


def with_registers(found: Mapping[str, Found], hints: RegisterHints) -> dict[str, Found]:
    """Return the fields of a sheet with what the registers say to them."""
    answer = dict(found)
    for field in INPES:
        if field in answer:
            answer[field] = _settled(answer[field], hints.inpes, parse_digits)
    match = _matching(answer, hints)
    if match is not None:
        return _agreeing(answer, match)
    return _differing(answer, hints)


def with_drugs(found: Mapping[str, Found], hints: RegisterHints) -> dict[str, Found]:
    """Return the fields of a line with what the list of drugs says to its code."""
    if EAN not in found:
        return dict(found)
    return {**found, EAN: _settled(found[EAN], hints.eans, parse_ean)}


def _agreeing(found: dict[str, Found], match: _Match) -> dict[str, Found]:
    insured, patient = match.household.insured, match.patient
    for field, values, parse in (
        (NUMBER, [match.household.number], parse_digits),
        (INSURED_CIN, [insured.cin], parse_cin),
        (CIN, [patient.cin], parse_cin),
        (BIRTH, [patient.birth_date.isoformat()], parse_date),
        (INSURED_NAME, _spellings(insured), parse_name),
        (NAME, _spellings(patient), parse_name),
    ):
        known = [value for value in values if value]
        if field not in found or not found[field].value or not known:
            continue
        keys = {value if parse is parse_date else parse(value).key for value in known}
        settled = _settled(found[field], keys, parse)
        # The same household, and yet another letter: the paper's spelling, or both engines' error.
        is_same = settled.basis.register_value != ""
        found[field] = settled if is_same else _marked(found[field], known[0])
    return found


def _differing(found: dict[str, Found], hints: RegisterHints) -> dict[str, Found]:
    """Mark the name and birth date of somebody else than the number's household."""
    households = hints.households.get(found[NUMBER].value, ()) if NUMBER in found else ()
    if len(households) != 1 or found[NUMBER].judged.source not in _SETTLED:
        return found
    household = households[0]
    people = (household.insured, *household.dependants)
    if INSURED_NAME in found and _is_unlike(found[INSURED_NAME], household.insured):
        found[INSURED_NAME] = _marked(found[INSURED_NAME], household.insured.name)
    if NAME in found and all(_is_unlike(found[NAME], person) for person in people):
        found[NAME] = _marked(found[NAME], household.insured.name)
    if BIRTH in found and found[BIRTH].value:
        days = {person.birth_date.isoformat() for person in people}
        if not days & _values(found[BIRTH], parse_date):
            found[BIRTH] = _marked(found[BIRTH], household.insured.birth_date.isoformat())
    return found


def _matching(found: Mapping[str, Found], hints: RegisterHints) -> _Match | None:
    """The one household of which number, name and birth date stand on the sheet."""
    if not {NUMBER, INSURED_NAME, BIRTH} <= found.keys():
        return None
    days = _values(found[BIRTH], parse_date)
    matches = [
        _Match(household, patient)
        for number in sorted(_values(found[NUMBER], parse_digits))
        for household in hints.households.get(number, ())
        if _is_like(found[INSURED_NAME], household.insured)
        for patient in _patients(found, household)
        if patient.birth_date.isoformat() in days
    ]
    return matches[0] if len(matches) == 1 else None


def _patients(found: Mapping[str, Found], household: Household) -> Iterable[KnownPerson]:
    """Who may be meant: the insured person, or the dependants of the name on the sheet."""
    relation = found["relation"].value if "relation" in found else Relation.SELF.value
    if relation == Relation.SELF.value:
        return (household.insured,)
    if NAME not in found:
        return ()
    return [person for person in household.dependants if _is_like(found[NAME], person)]


def _settled(found: Found, keys: Set[str], parse: Parser) -> Found:
    """The field with the reading that the register has; as it was when it has none of them.

    ``keys`` are the register's values as readings are compared.
    """
    readings = _readings(found, parse)
    own = next((text for text, key in readings.items() if key in keys), None)
    if own is None:
        return found
    fits = {key for key in readings.values() if key in keys}
    judged = found.judged
    if judged.source in _SETTLED:
        agreed = replace(judged, flags=judged.flags | {_AGREES})
        return _with_register(found, agreed, own)
    if judged.source is Source.PERSON or len(fits) != 1:
        return found
    chance = judged.error_probability
    return _with_register(found, Judged(own, chance, False, Source.REGISTER), own)


def _with_register(found: Found, judged: Judged, value: str) -> Found:
    return replace(found, judged=judged, basis=replace(found.basis, register_value=value))


def _marked(found: Found, value: str) -> Found:
    if found.judged.source not in _CONTRADICTED:
        return found
    judged = replace(found.judged, flags=found.judged.flags | {_DIFFERS})
    return _with_register(found, judged, value)


def _readings(found: Found, parse: Parser) -> dict[str, str]:
    """The values of a field as judged and as each engine read it, with their keys."""
    texts = (found.reading.second, found.reading.first)
    parsed = [one for one in map(parse, texts) if one.is_valid]
    own = {found.value: parse(found.value).key if parse is not parse_date else found.value}
    return ({**own} if found.value else {}) | {one.value: one.key for one in parsed}


def _values(found: Found, parse: Parser) -> set[str]:
    return set(_readings(found, parse))


def _is_like(found: Found, person: KnownPerson) -> bool:
    return _likeness(found, person) >= ALIKE_MIN


def _is_unlike(found: Found, person: KnownPerson) -> bool:
    return _likeness(found, person) < UNLIKE_MAX


def _likeness(found: Found, person: KnownPerson) -> float:
    keys = [parse_name(text).key for text in _spellings(person)]
    readings = set(_readings(found, parse_name).values())
    return max((fuzz.ratio(key, other) for key in keys for other in readings), default=0.0)


def _spellings(person: KnownPerson) -> list[str]:
    return [
        f"{person.family_name} {person.given_name}",
        f"{person.given_name} {person.family_name}",
    ]
