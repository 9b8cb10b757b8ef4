"""Electronic records become dossiers without a second validation."""

import datetime as dt
import json
from decimal import Decimal

import pytest

from models.dossier import CareKind, LineKind, PieceKind, Relation, RequestKind
from models.electronic import ElectronicDossier
from tasks.extraction.electronic import DossierHead, dossier_of_record

HEAD = DossierHead(
    dossier_id="D0001",
    version=2,
    content_version=1,
    public_number="AMO-2026-0001",
    scheme="ma-amo-salaries",
    currency="MAD",
    channel="electronic",
    agency="AG-01",
    region="R-01",
    deposit_date=dt.date(2026, 11, 18),
    receipt_date=dt.date(2026, 11, 20),
)
RECORD = {
    "public_number": "AMO-2026-0001",
    "scheme": "ma-amo-salaries",
    "deposit_date": "2026-11-18",
    "insured_id": "100000001",
    "provider_id": "200000001",
    "kind_of_care": "ambulatory",
    "lines": [
        {"letter": "C", "coefficient": "1", "date": "2026-11-02", "amount_minor": 8000},
    ],
    "total_minor": 8000,
}


def read(**changes):
    record = ElectronicDossier.model_validate({**RECORD, **changes})
    return dossier_of_record(record.model_dump_json(), HEAD)


def test_what_the_record_leaves_out_has_the_format_s_own_default():
    dossier = read()
    assert dossier.relation is Relation.SELF
    assert dossier.request_kind is RequestKind.REIMBURSEMENT
    assert dossier.beneficiary_number == dossier.insured_number
    assert dossier.lines[0].quantity == 1


def test_a_record_that_was_kept_as_it_came_is_read_the_same():
    assert dossier_of_record(json.dumps(RECORD), HEAD) == read()


def test_the_head_gives_version_dates_and_currency():
    dossier = read()
    assert (dossier.version, dossier.currency) == (2, "MAD")
    assert dossier.receipt_date == dt.date(2026, 11, 20)


@pytest.mark.parametrize("written", ["1.5", 1.5])
def test_a_coefficient_is_exact(written):
    line = {"letter": "K", "coefficient": written, "date": "2026-11-02", "amount_minor": 1}
    payload = json.dumps({**RECORD, "lines": [line]})
    assert dossier_of_record(payload, HEAD).lines[0].coefficient == Decimal("1.5")


def test_a_line_is_of_the_kind_that_it_names():
    lines = [
        {"letter": "K", "coefficient": "30", "date": "2026-11-02", "amount_minor": 1},
        {"code": "D700", "date": "2026-11-02", "amount_minor": 2, "tooth": "11"},
        {"ean": "6118000010050", "date": "2026-11-02", "amount_minor": 3, "quantity": 2},
    ]
    found = read(lines=lines, total_minor=6).lines
    assert [line.kind for line in found] == [LineKind.LETTER, LineKind.CODE, LineKind.DRUG]
    assert [line.line_no for line in found] == [1, 2, 3]


def test_stay_prescription_and_pieces_are_kept():
    dossier = read(
        kind_of_care="hospital",
        stay={
            "admission_date": "2026-11-01",
            "discharge_date": "2026-11-03",
            "establishment_id": "300000001",
        },
        prescription={"date": "2026-10-30", "prescriber_id": "200000009"},
        pieces=[{"kind": "care_sheet", "count": 1}, {"kind": "hospital_invoice", "count": 2}],
    )
    assert dossier.care_kind is CareKind.HOSPITAL
    assert dossier.stay is not None
    assert dossier.stay.discharge_date == dt.date(2026, 11, 3)
    assert dossier.prescription_date == dt.date(2026, 10, 30)
    assert dossier.prescriber_inpe == "200000009"
    assert [(piece.kind, piece.count) for piece in dossier.pieces] == [
        (PieceKind.CARE_SHEET, 1),
        (PieceKind.HOSPITAL_INVOICE, 2),
    ]
