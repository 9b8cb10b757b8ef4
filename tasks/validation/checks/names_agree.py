"""The names and the birth date written on the dossier are those of the register.

Compared only when they are written; spellings in Arabic and Latin letters may differ.
"""

from models.finding import Finding
from tasks.validation.names import match_person
from tasks.validation.subject import Subject

CODES = ("NOM_DISCORDANT",)


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding for each name, and for the birth date, that is somebody else's."""
    dossier, people = subject.dossier, subject.people
    found = []
    for field, written, person in (
        ("insured_name", dossier.insured_name, people.insured),
        ("beneficiary_name", dossier.beneficiary_name, people.beneficiary),
    ):
        if person is None or not written.strip():
            continue
        match = match_person(written, person)
        if not match.is_same:
            found.append(subject.finding("NOM_DISCORDANT", field=field, score=str(match.score)))
    born = dossier.beneficiary_birth_date
    if people.beneficiary is not None and born not in (None, people.beneficiary.birth_date):
        found.append(subject.finding("NOM_DISCORDANT", field="beneficiary_birth_date"))
    return tuple(found)
