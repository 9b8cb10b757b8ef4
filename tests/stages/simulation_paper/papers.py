"""Paper dossiers for tests: a consultation, a pharmacy dossier, a laboratory dossier."""

from pathlib import Path
from typing import Any

from infra.simulation.paper.dossier import PaperDossier, paper_from_electronic

FORMS_DIR = Path(__file__).resolve().parents[3] / "tasks" / "extraction" / "forms"
SHEET = FORMS_DIR / "cnss_610_1_02" / "template.yaml"

INSURED = "123456789"
PRESCRIBER = "200000001"
PROVIDER = "200000099"
ICE = "001561191000066"

CONSULTATION: dict[str, Any] = {
    "letter": "C",
    "coefficient": 1,
    "label": "Consultation",
    "date": "2026-11-02",
    "amount_minor": 8_000,
}
DRUGS: tuple[dict[str, Any], ...] = (
    {
        "ean": "6118000010050",
        "label": "ABBOTICINE",
        "date": "2026-11-02",
        "quantity": 2,
        "unit_amount_minor": 2_510,
        "amount_minor": 5_020,
    },
    {
        "ean": "6118000040248",
        "label": "DOLIPRANE",
        "date": "2026-11-02",
        "unit_amount_minor": 810,
        "amount_minor": 810,
    },
)
ANALYSES: tuple[dict[str, Any], ...] = (
    {
        "letter": "B",
        "coefficient": 80,
        "label": "Numération formule sanguine",
        "date": "2026-11-03",
        "amount_minor": 8_800,
    },
    {
        "letter": "B",
        "coefficient": 30,
        "label": "Glycémie",
        "date": "2026-11-03",
        "amount_minor": 3_300,
    },
)
TRUTH: dict[str, Any] = {"codes": [], "outcome": "accepted", "is_clean": True, "due_minor": 5_600}


def a_paper(
    kind: str = "ambulatory",
    lines: tuple[dict[str, Any], ...] = (CONSULTATION,),
    pieces: tuple[str, ...] = ("care_sheet",),
    **changes: Any,
) -> PaperDossier:
    """A clean dossier for the insured person's daughter."""
    record = {
        "public_number": "AMO-2026-00000001",
        "scheme": "ma-amo-salaries",
        "agency": "AG-07",
        "deposit_date": "2026-11-18",
        "insured_id": INSURED,
        "relation": "child",
        "prescriber_id": PRESCRIBER,
        "provider_id": PROVIDER,
        "kind_of_care": kind,
        "lines": list(lines),
        "pieces": [{"kind": piece} for piece in pieces],
        "total_minor": sum(line["amount_minor"] for line in lines),
        **changes,
    }
    identity = {
        "insured_name": "EXEMPLE YOUSSEF",
        "insured_cin": "BE123456",
        "address": "12, rue des Orangers, Casablanca",
        "beneficiary_name": "EXEMPLE AICHA",
        "beneficiary_birth_date": "2010-05-17",
        "beneficiary_cin": "",
        "sex": "F",
    }
    return paper_from_electronic(record, identity, truth=TRUTH)


def a_pharmacy_paper(
    pieces: tuple[str, ...] = ("care_sheet", "prescription", "pharmacy_invoice", "drug_barcodes"),
    lines: tuple[dict[str, Any], ...] = DRUGS,
    **changes: Any,
) -> PaperDossier:
    """A clean pharmacy dossier of two drugs."""
    return a_paper(
        "pharmacy",
        lines,
        pieces,
        prescription={"date": "2026-11-01"},
        invoice_number="F0000123",
        invoice_ice=ICE,
        **changes,
    )


def a_laboratory_paper() -> PaperDossier:
    """A clean laboratory dossier of two analyses."""
    return a_paper(
        "laboratory",
        ANALYSES,
        ("care_sheet", "prescription", "lab_bill"),
        prescription={"date": "2026-11-01"},
        invoice_number="F0000124",
        invoice_ice=ICE,
    )
