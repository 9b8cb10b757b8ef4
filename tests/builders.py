"""Builders of test values: every default explicit, so that a test says only what it is about."""

import datetime as dt
from dataclasses import replace
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
)
from models.outcome import FraudInput, PricedDossier, PricedLine, PricingInput, ValidatedDossier

CARE_DAY = dt.date(2026, 11, 2)
DEPOSIT_DAY = dt.date(2026, 11, 18)


def a_line(**changes: Any) -> DossierLine:
    """A general practitioner's consultation of 80.00 MAD."""
    line = DossierLine(
        line_no=1,
        kind=LineKind.LETTER,
        code="",
        letter="C",
        coefficient=Decimal(1),
        ean="",
        label="",
        care_date=CARE_DAY,
        quantity=1,
        unit_amount_minor=8000,
        amount_minor=8000,
    )
    return replace(line, **changes)


def a_dossier(**changes: Any) -> Dossier:
    """A clean ambulatory dossier of one consultation, for the insured person himself."""
    dossier = Dossier(
        dossier_id="D0001",
        version=1,
        public_number="AMO-2026-0001",
        scheme="ma-amo-salaries",
        currency="MAD",
        channel="electronic",
        agency="AG-01",
        region="R-01",
        care_kind=CareKind.AMBULATORY,
        request_kind=RequestKind.REIMBURSEMENT,
        insured_number="100000001",
        insured_cin="",
        insured_name="Essai Premier",
        relation=Relation.SELF,
        beneficiary_number="100000001",
        beneficiary_name="Essai Premier",
        beneficiary_birth_date=dt.date(1980, 5, 17),
        beneficiary_cin="",
        beneficiary_sex="M",
        prescriber_inpe="200000001",
        provider_inpe="200000001",
        deposit_date=DEPOSIT_DAY,
        receipt_date=dt.date(2026, 11, 20),
        scan_date=None,
        prescription_date=None,
        is_continuous_care=False,
        agreement_number="",
        ald_code="",
        diagnosis="",
        invoice_number="",
        invoice_ice="",
        stay=None,
        pieces=(Piece(PieceKind.CARE_SHEET),),
        lines=(a_line(),),
        total_minor=8000,
    )
    return replace(dossier, **changes)


def a_validated(**changes: Any) -> ValidatedDossier:
    """What validation leaves of ``a_dossier()`` when nothing is wrong."""
    validated = ValidatedDossier(
        dossier_id="D0001",
        version=1,
        insured_person_id="P0001",
        beneficiary_person_id="P0001",
        beneficiary_birth_date=dt.date(1980, 5, 17),
        beneficiary_sex="M",
        provider_id="H0001",
        provider_kind="doctor",
        provider_specialty="general",
        provider_sector="private",
        ald_code="",
        rights_basis="days_in_months",
        agreement_number="",
        findings=(),
    )
    return replace(validated, **changes)


def a_priced(**changes: Any) -> PricedDossier:
    """What pricing leaves of ``a_dossier()``: 70 % of 80.00 MAD."""
    line = PricedLine(
        line_no=1,
        asked_minor=8000,
        tariff_minor=8000,
        base_minor=8000,
        rate=Decimal("0.70"),
        due_minor=5600,
        rule_id="letters",
        figure_ids=("letter.C.private",),
    )
    priced = PricedDossier(
        dossier_id="D0001",
        version=1,
        scheme="ma-amo-salaries",
        currency="MAD",
        tariff_version="2026.1",
        engine_version="1",
        lines=(line,),
        asked_minor=8000,
        base_minor=8000,
        due_minor=5600,
        findings=(),
        counter_uses=(),
    )
    return replace(priced, **changes)


def a_fraud_input(**changes: Any) -> FraudInput:
    """``a_dossier()`` as the fraud rules take it, the second to be received."""
    entry = FraudInput(
        dossier=a_dossier(),
        validated=a_validated(),
        priced=a_priced(),
        image_hashes=(),
        order_key="2026-11-20/000002",
    )
    return replace(entry, **changes)


def a_pricing_input(*lines: DossierLine, **changes: Any) -> PricingInput:
    """``a_dossier()`` as pricing takes it, with these lines if any are given."""
    dossier = a_dossier(lines=lines) if lines else a_dossier()
    given = PricingInput(dossier=dossier, validated=a_validated(), counters=())
    return replace(given, **changes)
