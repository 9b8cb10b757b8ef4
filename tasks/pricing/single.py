"""Prices one native electronic dossier file by itself: no database, no registers.

What the registers would say (the provider's sector, a recognised long-term condition, what was
already used of a ceiling) is given by the caller.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from models.dossier import Dossier, DossierLine, LineKind, Piece, Stay
from models.electronic import ElectronicDossier, ElectronicLine
from models.errors import UsageError
from models.outcome import CounterUse, DatedFact, PricingInput, ValidatedDossier
from tasks.pricing.catalogue import Catalogue
from tasks.pricing.explain import Json, as_dict, as_text, explain

#: Bytes of one electronic dossier; 500 lines of full length stay far below.
FILE_BYTES_MAX = 2_000_000
SECTORS = ("private", "public")
#: Faults of a file that are named; more would not help its sender.
FAULTS_SHOWN_MAX = 5


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What no dossier file says: the provider's sector, a recognised condition, earlier uses.

    ``facts`` are what the registers would know of the people and the provider.
    """

    sector: str = "private"
    ald_code: str = ""
    counters: tuple[CounterUse, ...] = ()
    facts: tuple[DatedFact, ...] = ()


def price_file(
    path: Path,
    catalogue: Catalogue,
    *,
    circumstances: Circumstances,
    language: str,
    production: bool = False,
) -> dict[str, Json]:
    """Return lines, total, findings and steps of one dossier file as plain data.

    ``text`` holds the same as readable lines in the language asked for.

    Raises:
        UsageError: when the file, the scheme or the sector is not what it must be.
    """
    electronic = read_file(path)
    scheme = catalogue.schemes.get(electronic.scheme)
    if scheme is None:
        known = ", ".join(sorted(catalogue.schemes))
        raise UsageError(f"{path.name}: unknown scheme; the catalogue has {known}")
    given = input_of(electronic, circumstances, scheme.currency)
    explanation = explain(given, catalogue, production=production)
    found = as_dict(explanation, catalogue, language)
    found["public_number"] = given.dossier.public_number
    found["sector"] = circumstances.sector
    found["text"] = as_text(explanation, catalogue, language)
    return found


def facts_of_words(words: Sequence[str]) -> tuple[DatedFact, ...]:
    """Return the facts written ``name=value``, or ``name=value@2026-01-01..2026-06-30``.

    Raises:
        UsageError: when a word is not of that form.
    """
    found: list[DatedFact] = []
    for word in words:
        name, is_given, rest = word.partition("=")
        value, _, period = rest.partition("@")
        first, _, last = period.partition("..")
        try:
            start = dt.date.fromisoformat(first) if first else dt.date.min
            end = dt.date.fromisoformat(last) if last else None
        except ValueError:
            raise UsageError(f"--fact {name}: days are written 2026-01-01..2026-06-30") from None
        if not (name and is_given and value):
            raise UsageError("--fact is written name=value, with @first..last for a period")
        found.append(DatedFact(name, value, start, end))
    return tuple(found)


def read_file(path: Path) -> ElectronicDossier:
    """Return the electronic dossier of a file.

    Raises:
        UsageError: names the fields at fault, never their values.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path.name}: cannot be read; name one dossier file") from error
    if len(data) > FILE_BYTES_MAX:
        raise UsageError(f"{path.name}: above {FILE_BYTES_MAX} bytes; price one dossier at a time")
    try:
        return ElectronicDossier.model_validate_json(data)
    except ValidationError as error:
        faults = [
            f"{'.'.join(str(part) for part in fault['loc']) or 'file'}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        ]
        raise UsageError(f"{path.name}: {'; '.join(faults[:FAULTS_SHOWN_MAX])}") from error


def input_of(
    electronic: ElectronicDossier, circumstances: Circumstances, currency: str
) -> PricingInput:
    """Return what pricing needs of an electronic dossier, the insured standing for themselves.

    Raises:
        UsageError: for a sector that is neither private nor public.
    """
    if circumstances.sector not in SECTORS:
        raise UsageError(f"sector must be one of {', '.join(SECTORS)}")
    person = electronic.beneficiary_id or electronic.insured_id
    dossier = _dossier_of(electronic, currency)
    validated = ValidatedDossier(
        dossier_id=dossier.dossier_id,
        version=dossier.version,
        insured_person_id=electronic.insured_id,
        beneficiary_person_id=person,
        beneficiary_birth_date=electronic.beneficiary_birth_date,
        beneficiary_sex=electronic.beneficiary_sex,
        provider_id=electronic.provider_id,
        provider_kind="",
        provider_specialty="",
        provider_sector=circumstances.sector,
        ald_code=circumstances.ald_code,
        rights_basis="",
        agreement_number=electronic.agreement_number,
        findings=(),
        facts=circumstances.facts,
    )
    return PricingInput(dossier, validated, circumstances.counters)


def _dossier_of(electronic: ElectronicDossier, currency: str) -> Dossier:
    stay = electronic.stay
    prescription = electronic.prescription
    return Dossier(
        dossier_id=electronic.public_number,
        version=1,
        public_number=electronic.public_number,
        scheme=electronic.scheme,
        currency=currency,
        channel=electronic.channel,
        agency=electronic.agency,
        region=electronic.region,
        care_kind=electronic.kind_of_care,
        request_kind=electronic.request,
        insured_number=electronic.insured_id,
        insured_cin="",
        insured_name=electronic.insured_name,
        relation=electronic.relation,
        beneficiary_number=electronic.beneficiary_id,
        beneficiary_name=electronic.beneficiary_name,
        beneficiary_birth_date=electronic.beneficiary_birth_date,
        beneficiary_cin="",
        beneficiary_sex=electronic.beneficiary_sex,
        prescriber_inpe=electronic.prescriber_id,
        provider_inpe=electronic.provider_id,
        deposit_date=electronic.deposit_date,
        receipt_date=electronic.deposit_date,
        scan_date=None,
        prescription_date=prescription.date if prescription is not None else None,
        is_continuous_care=electronic.is_continuous_care,
        agreement_number=electronic.agreement_number,
        ald_code=electronic.ald_code,
        diagnosis=electronic.diagnosis,
        invoice_number=electronic.invoice_number,
        invoice_ice=electronic.invoice_ice,
        stay=None
        if stay is None
        else Stay(stay.admission_date, stay.discharge_date, stay.establishment_id),
        pieces=tuple(Piece(piece.kind, piece.count, piece.file) for piece in electronic.pieces),
        lines=tuple(
            _line_of(number, line) for number, line in enumerate(electronic.lines, start=1)
        ),
        total_minor=electronic.total_minor,
        facts=electronic.facts,
    )


def _line_of(number: int, line: ElectronicLine) -> DossierLine:
    kind = LineKind.LETTER if line.letter else LineKind.DRUG if line.ean else LineKind.CODE
    return DossierLine(
        line_no=number,
        kind=kind,
        code=line.code,
        letter=line.letter,
        coefficient=line.coefficient,
        ean=line.ean,
        label=line.label,
        care_date=line.date,
        quantity=line.quantity,
        unit_amount_minor=line.unit_amount_minor,
        amount_minor=line.amount_minor,
        tooth=line.tooth,
        facts=line.facts,
    )
