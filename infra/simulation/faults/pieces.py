"""Faults of documents: missing pieces, prescriptions, bar codes, invoices, agreements."""

import datetime as dt

from infra.simulation.electronic import dental, laboratory, pharmacy, stay_of
from infra.simulation.faults.fault import Fault, expect, insured_draft
from infra.simulation.maker import code_line, finish, letter_line
from infra.simulation.studio import Expected, Studio


def without_lab_bill(studio: Studio, expected: Expected) -> None:
    """Analyses without the laboratory's bill."""
    draft = insured_draft(studio, laboratory)
    drop_piece(draft.dossier, "lab_bill")
    studio.submit(draft, expected)


def without_dental_chart(studio: Studio, expected: Expected) -> None:
    """Dental care without the chart of the teeth."""
    draft = insured_draft(studio, dental)
    drop_piece(draft.dossier, "dental_chart")
    studio.submit(draft, expected)


def drop_piece(dossier: dict[str, object], kind: str) -> None:
    """Take one kind of piece out of a dossier."""
    pieces = dossier["pieces"]
    assert isinstance(pieces, list)
    dossier["pieces"] = [piece for piece in pieces if piece["kind"] != kind]


def undated_prescription(studio: Studio, expected: Expected) -> None:
    """A prescription without a date."""
    draft = insured_draft(studio, pharmacy)
    draft.dossier["prescription"] = {"prescriber_id": draft.dossier["prescriber_id"]}
    studio.submit(draft, expected)


def prescription_after_dispensing(studio: Studio, expected: Expected) -> None:
    """A prescription dated the day after the drugs were handed out."""
    draft = insured_draft(studio, pharmacy)
    dispensed = dt.date.fromisoformat(draft.dossier["lines"][0]["date"])
    after = dispensed + dt.timedelta(days=1)
    draft.dossier["prescription"]["date"] = after.isoformat()
    studio.submit(draft, expected)


def without_barcodes(studio: Studio, expected: Expected) -> None:
    """Drugs without the boxes' bar codes."""
    draft = insured_draft(studio, pharmacy)
    drop_piece(draft.dossier, "drug_barcodes")
    studio.submit(draft, expected)


def wrong_ice(studio: Studio, expected: Expected) -> None:
    """A clinic's invoice whose tax number fails its check digits."""
    household = studio.household()
    maker = studio.maker
    draft = stay_of(maker, household, household.self_member(), studio.deposit(), ())
    ice = draft.dossier["invoice_ice"]
    draft.dossier["invoice_ice"] = f"{ice[:-1]}{(int(ice[-1]) + 1) % 10}"
    studio.submit(draft, expected)


def orthodontics_without_agreement(studio: Studio, expected: Expected) -> None:
    """Orthodontics for which nobody asked beforehand."""
    household = studio.household()
    maker = studio.maker
    child = maker.population.add_child(household, 12)
    draft = dental(maker, household, household.member(child), studio.deposit())
    day = draft.dossier["lines"][0]["date"]
    lines = [code_line("ODF", day, 250_000)]
    finish(draft.dossier, draft.provider, ("care_sheet", "dental_chart", "fee_note"), lines)
    studio.submit(draft, expected)


def agreement_request(studio: Studio, expected: Expected) -> None:
    """A ticked "entente préalable": a request, which is answered and never paid."""
    draft = insured_draft(studio, laboratory)
    draft.dossier["request"] = "prior_agreement"
    day = draft.dossier["lines"][0]["date"]
    unit = studio.maker.figures.letter_minor("B", "private")
    lines = [letter_line("B", 450, day, 450 * unit, "Vitamine D")]
    pieces = ("care_sheet", "prescription", "lab_bill")
    finish(draft.dossier, draft.provider, pieces, lines)
    studio.submit(draft, expected)


FAULTS = (
    Fault("without_lab_bill", 40, expect("PIECE_MANQUANTE", outcome="returned"), without_lab_bill),
    Fault(
        "without_dental_chart",
        20,
        expect("PIECE_MANQUANTE", outcome="returned"),
        without_dental_chart,
    ),
    Fault(
        "undated_prescription",
        30,
        expect("ORDONNANCE", outcome="returned"),
        undated_prescription,
    ),
    Fault(
        "prescription_after_dispensing",
        20,
        expect("ORDONNANCE", outcome="returned"),
        prescription_after_dispensing,
    ),
    Fault("without_barcodes", 40, expect("CODE_BARRES", outcome="returned"), without_barcodes),
    Fault("wrong_ice", 20, expect("FACTURE_IF_ICE", outcome="returned"), wrong_ice),
    Fault(
        "orthodontics_without_agreement",
        15,
        expect(
            "ENTENTE_PREALABLE",
            outcome="returned",
            allowed=("ACTE_INCONNU", "TARIF_INCONNU", "ODF_ACCORD"),
        ),
        orthodontics_without_agreement,
    ),
    Fault("agreement_request", 20, expect("ENTENTE_DEMANDE", outcome="review"), agreement_request),
)
