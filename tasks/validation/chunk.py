"""Dossiers and registers in, findings out: what a pool child does for the validation stage."""

from collections.abc import Sequence

from models.dossier import Dossier
from models.finding import Finding
from models.outcome import DatedFact, ValidatedDossier
from models.registers import RegisterSlice, holds_on
from models.rows import FINDING_NAMES, VALIDATED_NAMES, finding_rows, validated_row
from models.stage import Stage
from models.work import ChunkOutput, TableRows
from tasks.validation.checks import all_checks
from tasks.validation.checks.agreement import agreement_of
from tasks.validation.subject import Subject, ValidationContext, build_subject, care_days

#: What a dossier names instead of a condition's number when its form has a box alone (S3110).
ANY_CONDITION = "ALD"


def validate_chunk(
    inputs: Sequence[Dossier], registers: RegisterSlice, context: ValidationContext
) -> ChunkOutput:
    """Return a row for each dossier, and its findings; nothing stops here, review decides.

    Raises:
        CatalogueError: when a dossier's scheme has no rules; intake lets none of those through.
    """
    validated_rows = []
    found_rows = []
    for dossier in inputs:
        validated = validate_dossier(dossier, registers, context)
        validated_rows.append(validated_row(validated, registers.known_on))
        found_rows.extend(
            finding_rows(
                dossier.dossier_id, dossier.version, Stage.VALIDATION.value, validated.findings
            )
        )
    return ChunkOutput(
        tables={
            "validated_dossier": TableRows(VALIDATED_NAMES, validated_rows),
            "finding": TableRows(FINDING_NAMES, found_rows),
        }
    )


def validate_dossier(
    dossier: Dossier, registers: RegisterSlice, context: ValidationContext
) -> ValidatedDossier:
    """Return who one dossier is about and what all checks find in it.

    Raises:
        CatalogueError: when the dossier's scheme has no rules.
    """
    subject = build_subject(dossier, registers, context)
    findings: list[Finding] = []
    for check in all_checks():
        findings.extend(check.findings(subject))
    return _validated(subject, tuple(findings))


def _validated(subject: Subject, findings: tuple[Finding, ...]) -> ValidatedDossier:
    dossier, people = subject.dossier, subject.people
    insured, beneficiary, provider = people.insured, people.beneficiary, subject.provider
    agreement = agreement_of(subject)
    return ValidatedDossier(
        dossier_id=dossier.dossier_id,
        version=dossier.version,
        insured_person_id=insured.person_id if insured else "",
        beneficiary_person_id=beneficiary.person_id if beneficiary else "",
        beneficiary_birth_date=beneficiary.birth_date if beneficiary else None,
        beneficiary_sex=beneficiary.sex if beneficiary else "",
        provider_id=provider.provider_id if provider else "",
        provider_kind=provider.kind if provider else "",
        provider_specialty=provider.specialty if provider else "",
        provider_sector=provider.sector if provider else "",
        ald_code=_recognised_condition(subject),
        rights_basis=_rights_basis(subject),
        agreement_number=agreement.agreement_number if agreement else "",
        findings=findings,
        facts=_facts(subject),
    )


def _facts(subject: Subject) -> tuple[DatedFact, ...]:
    """What the registers know for this scheme of the beneficiary, the insured and the provider.

    A beneficiary's own fact counts before the insured person's of the same name and day.
    """
    people, provider = subject.people, subject.provider
    ids = [*people.beneficiary_ids, *people.insured_ids]
    if provider is not None:
        ids.append(provider.provider_id)
    return tuple(
        DatedFact(row.name, row.value, row.valid_from, row.valid_to)
        for key in dict.fromkeys(ids)
        for row in subject.registers.facts.get(key, ())
        if row.scheme == subject.dossier.scheme
    )


def _rights_basis(subject: Subject) -> str:
    """The rule that opened the rights on the first day; empty unless they are open on every day."""
    if not subject.rights or any(not answer.is_open for _, answer in subject.rights):
        return ""
    return subject.rights[0][1].basis


def _recognised_condition(subject: Subject) -> str:
    """The condition the dossier names, when the register has it open on every day of care.

    A sheet that has a box and no number says ``ANY_CONDITION``: whichever the register has.
    """
    wanted = subject.dossier.ald_code.strip().upper()
    if not wanted:
        return ""
    rows = [
        row
        for key in subject.people.beneficiary_ids
        for row in subject.registers.conditions.get(key, ())
        if wanted in (ANY_CONDITION, row.ald_code.strip().upper())
    ]
    is_open = all(
        any(holds_on(row.valid_from, row.valid_to, day) for row in rows)
        for day in care_days(subject.dossier)
    )
    return rows[0].ald_code if rows and is_open else ""
