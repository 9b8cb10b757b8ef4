"""How frozen values become table rows and come back; both directions beside each other."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from models.dossier import (
    CareKind,
    Dossier,
    DossierLine,
    LineKind,
    Piece,
    PieceKind,
    Relation,
    RequestKind,
    Stay,
)
from models.finding import Effect, Finding, Signal, SignalEffect
from models.outcome import DatedFact, PricedDossier, PricedLine, ValidatedDossier

EXTRACTED_NAMES = (
    "dossier_id",
    "content_version",
    "scheme",
    "currency",
    "care_kind",
    "request_kind",
    "insured_number",
    "insured_cin",
    "insured_name",
    "relation",
    "beneficiary_number",
    "beneficiary_name",
    "beneficiary_birth_date",
    "beneficiary_cin",
    "beneficiary_sex",
    "prescriber_inpe",
    "provider_inpe",
    "prescription_date",
    "is_continuous_care",
    "agreement_number",
    "ald_code",
    "diagnosis",
    "invoice_number",
    "invoice_ice",
    "admission_date",
    "discharge_date",
    "establishment_inpe",
    "pieces",
    "care_start",
    "care_end",
    "total_minor",
    "facts",
)

LINE_NAMES = (
    "dossier_id",
    "content_version",
    "line_no",
    "kind",
    "code",
    "letter",
    "coefficient",
    "ean",
    "label",
    "care_date",
    "quantity",
    "unit_amount_minor",
    "amount_minor",
    "tooth",
    "facts",
)

FINDING_NAMES = (
    "dossier_id",
    "version",
    "stage",
    "sequence",
    "code",
    "effect",
    "line_no",
    "params",
)


def facts_text(facts: Mapping[str, str]) -> str:
    """Facts as a column holds them; empty for none."""
    return json.dumps(dict(facts), ensure_ascii=False, sort_keys=True) if facts else ""


def facts_of(text: str) -> dict[str, str]:
    """Facts from their column."""
    return {str(name): str(value) for name, value in json.loads(text).items()} if text else {}


def dated_facts_text(facts: Sequence[DatedFact]) -> str:
    """Dated facts as a column holds them; empty for none."""
    if not facts:
        return ""
    return json.dumps(
        [
            [fact.name, fact.value, fact.valid_from.isoformat(),
             fact.valid_to.isoformat() if fact.valid_to else None]
            for fact in facts
        ],
        ensure_ascii=False,
    )  # fmt: skip


def dated_facts_of(text: str) -> tuple[DatedFact, ...]:
    """Dated facts from their column."""
    if not text:
        return ()
    return tuple(
        DatedFact(
            name,
            value,
            dt.date.fromisoformat(first),
            dt.date.fromisoformat(last) if last else None,
        )
        for name, value, first, last in json.loads(text)
    )


def shares_of(text: str) -> tuple[tuple[str, int], ...]:
    """The funds' shares of a line from their column."""
    pairs = (part.rpartition(":") for part in text.split())
    return tuple((fund, int(amount)) for fund, _, amount in pairs)


def extracted_row(dossier: Dossier, content_version: int) -> tuple[Any, ...]:
    """A dossier's header as a row of ``extracted_dossier``."""
    stay = dossier.stay
    return (
        dossier.dossier_id,
        content_version,
        dossier.scheme,
        dossier.currency,
        dossier.care_kind.value,
        dossier.request_kind.value,
        dossier.insured_number,
        dossier.insured_cin,
        dossier.insured_name,
        dossier.relation.value,
        dossier.beneficiary_number,
        dossier.beneficiary_name,
        dossier.beneficiary_birth_date,
        dossier.beneficiary_cin,
        dossier.beneficiary_sex,
        dossier.prescriber_inpe,
        dossier.provider_inpe,
        dossier.prescription_date,
        dossier.is_continuous_care,
        dossier.agreement_number,
        dossier.ald_code,
        dossier.diagnosis,
        dossier.invoice_number,
        dossier.invoice_ice,
        stay.admission_date if stay else None,
        stay.discharge_date if stay else None,
        stay.establishment_inpe if stay else "",
        json.dumps([[p.kind.value, p.count, p.file_name] for p in dossier.pieces]),
        dossier.care_start,
        dossier.care_end,
        dossier.total_minor,
        facts_text(dossier.facts),
    )


def line_rows(dossier: Dossier, content_version: int) -> list[tuple[Any, ...]]:
    """A dossier's lines as rows of ``extracted_line``."""
    return [
        (
            dossier.dossier_id,
            content_version,
            line.line_no,
            line.kind.value,
            line.code,
            line.letter,
            "" if line.coefficient is None else str(line.coefficient),
            line.ean,
            line.label,
            line.care_date,
            line.quantity,
            line.unit_amount_minor,
            line.amount_minor,
            line.tooth,
            facts_text(line.facts),
        )
        for line in dossier.lines
    ]


def line_of(row: Any) -> DossierLine:
    """A line from its row of ``extracted_line``."""
    return DossierLine(
        line_no=row.line_no,
        kind=LineKind(row.kind),
        code=row.code,
        letter=row.letter,
        coefficient=Decimal(row.coefficient) if row.coefficient else None,
        ean=row.ean,
        label=row.label,
        care_date=row.care_date,
        quantity=row.quantity,
        unit_amount_minor=row.unit_amount_minor,
        amount_minor=row.amount_minor,
        tooth=row.tooth,
        facts=facts_of(row.facts),
    )


def dossier_of(head: Any, extracted: Any, lines: Sequence[Any], version: int) -> Dossier:
    """A dossier from its rows of ``dossier``, ``extracted_dossier`` and ``extracted_line``."""
    stay = None
    if extracted.admission_date is not None:
        stay = Stay(
            admission_date=extracted.admission_date,
            discharge_date=extracted.discharge_date,
            establishment_inpe=extracted.establishment_inpe,
        )
    return Dossier(
        dossier_id=head.dossier_id,
        version=version,
        public_number=head.public_number,
        scheme=extracted.scheme,
        currency=extracted.currency,
        channel=head.channel,
        agency=head.agency,
        region=head.region,
        care_kind=CareKind(extracted.care_kind),
        request_kind=RequestKind(extracted.request_kind),
        insured_number=extracted.insured_number,
        insured_cin=extracted.insured_cin,
        insured_name=extracted.insured_name,
        relation=Relation(extracted.relation),
        beneficiary_number=extracted.beneficiary_number,
        beneficiary_name=extracted.beneficiary_name,
        beneficiary_birth_date=extracted.beneficiary_birth_date,
        beneficiary_cin=extracted.beneficiary_cin,
        beneficiary_sex=extracted.beneficiary_sex,
        prescriber_inpe=extracted.prescriber_inpe,
        provider_inpe=extracted.provider_inpe,
        deposit_date=head.deposit_date,
        receipt_date=head.receipt_date,
        scan_date=head.scan_date,
        prescription_date=extracted.prescription_date,
        is_continuous_care=bool(extracted.is_continuous_care),
        agreement_number=extracted.agreement_number,
        ald_code=extracted.ald_code,
        diagnosis=extracted.diagnosis,
        invoice_number=extracted.invoice_number,
        invoice_ice=extracted.invoice_ice,
        stay=stay,
        pieces=tuple(
            Piece(PieceKind(kind), count, file_name)
            for kind, count, file_name in json.loads(extracted.pieces)
        ),
        lines=tuple(line_of(row) for row in lines),
        total_minor=extracted.total_minor,
        facts=facts_of(extracted.facts),
    )


def finding_rows(
    dossier_id: str, version: int, stage: str, findings: Sequence[Finding]
) -> list[tuple[Any, ...]]:
    """Findings as rows of ``finding``; line 0 stands for the whole dossier."""
    return [
        (
            dossier_id,
            version,
            stage,
            number,
            finding.code,
            finding.effect.value,
            finding.line_no or 0,
            json.dumps(dict(finding.params), ensure_ascii=False, sort_keys=True),
        )
        for number, finding in enumerate(findings, start=1)
    ]


def finding_of(row: Any) -> Finding:
    """A finding from its row."""
    return Finding(
        code=row.code,
        effect=Effect(row.effect),
        line_no=row.line_no or None,
        params=json.loads(row.params),
    )


def signal_of(row: Any) -> Signal:
    """A fraud signal from its row."""
    return Signal(
        rule_id=row.rule_id,
        rule_version=row.rule_version,
        effect=SignalEffect(row.effect),
        score=row.score,
        line_no=row.line_no or None,
        params=json.loads(row.params),
    )


VALIDATED_NAMES = (
    "dossier_id",
    "version",
    "insured_person_id",
    "beneficiary_person_id",
    "beneficiary_birth_date",
    "beneficiary_sex",
    "provider_id",
    "provider_kind",
    "provider_specialty",
    "provider_sector",
    "ald_code",
    "rights_basis",
    "agreement_number",
    "registers_known_on",
    "facts",
)


def validated_row(validated: ValidatedDossier, known_on: dt.date) -> tuple[Any, ...]:
    """A validated dossier as a row of ``validated_dossier``."""
    return (
        validated.dossier_id,
        validated.version,
        validated.insured_person_id,
        validated.beneficiary_person_id,
        validated.beneficiary_birth_date,
        validated.beneficiary_sex,
        validated.provider_id,
        validated.provider_kind,
        validated.provider_specialty,
        validated.provider_sector,
        validated.ald_code,
        validated.rights_basis,
        validated.agreement_number,
        known_on,
        dated_facts_text(validated.facts),
    )


def validated_of(row: Any, findings: Sequence[Finding] = ()) -> ValidatedDossier:
    """A validated dossier from its row; its findings are kept in their own table."""
    return ValidatedDossier(
        dossier_id=row.dossier_id,
        version=row.version,
        insured_person_id=row.insured_person_id,
        beneficiary_person_id=row.beneficiary_person_id,
        beneficiary_birth_date=row.beneficiary_birth_date,
        beneficiary_sex=row.beneficiary_sex,
        provider_id=row.provider_id,
        provider_kind=row.provider_kind,
        provider_specialty=row.provider_specialty,
        provider_sector=row.provider_sector,
        ald_code=row.ald_code,
        rights_basis=row.rights_basis,
        agreement_number=row.agreement_number,
        findings=tuple(findings),
        facts=dated_facts_of(row.facts),
    )


PRICED_NAMES = (
    "dossier_id",
    "version",
    "scheme",
    "currency",
    "tariff_version",
    "engine_version",
    "asked_minor",
    "base_minor",
    "due_minor",
)

PRICED_LINE_NAMES = (
    "dossier_id",
    "version",
    "line_no",
    "asked_minor",
    "tariff_minor",
    "base_minor",
    "rate",
    "due_minor",
    "rule_id",
    "figure_ids",
    "shares",
)


def priced_row(priced: PricedDossier) -> tuple[Any, ...]:
    """A priced dossier as a row of ``priced_dossier``."""
    return (
        priced.dossier_id,
        priced.version,
        priced.scheme,
        priced.currency,
        priced.tariff_version,
        priced.engine_version,
        priced.asked_minor,
        priced.base_minor,
        priced.due_minor,
    )


def priced_line_rows(priced: PricedDossier) -> list[tuple[Any, ...]]:
    """A priced dossier's lines as rows of ``priced_line``."""
    return [
        (
            priced.dossier_id,
            priced.version,
            line.line_no,
            line.asked_minor,
            line.tariff_minor,
            line.base_minor,
            str(line.rate),
            line.due_minor,
            line.rule_id,
            " ".join(line.figure_ids),
            " ".join(f"{fund}:{amount}" for fund, amount in line.shares),
        )
        for line in priced.lines
    ]


def priced_of(row: Any, lines: Sequence[Any]) -> PricedDossier:
    """A priced dossier from its rows; findings and counter uses are kept in their own tables."""
    return PricedDossier(
        dossier_id=row.dossier_id,
        version=row.version,
        scheme=row.scheme,
        currency=row.currency,
        tariff_version=row.tariff_version,
        engine_version=row.engine_version,
        lines=tuple(
            PricedLine(
                line_no=line.line_no,
                asked_minor=line.asked_minor,
                tariff_minor=line.tariff_minor,
                base_minor=line.base_minor,
                rate=Decimal(line.rate),
                due_minor=line.due_minor,
                rule_id=line.rule_id,
                figure_ids=tuple(line.figure_ids.split()),
                shares=shares_of(line.shares),
            )
            for line in lines
        ),
        asked_minor=row.asked_minor,
        base_minor=row.base_minor,
        due_minor=row.due_minor,
        findings=(),
        counter_uses=(),
    )


def group_by_dossier(rows: Sequence[Any]) -> Mapping[str, list[Any]]:
    """Rows grouped by their ``dossier_id``, in the order in which they came."""
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.dossier_id, []).append(row)
    return groups
