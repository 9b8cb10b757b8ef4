import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from infra.simulation.fhir_out import bundle_text
from tasks.intake.decode import decode
from tasks.intake.limits import Limits, ReadingContext
from tasks.intake.result import ReceivedRecord, Record, Records, Refused

CONTEXT = ReadingContext(Limits(), {"ma-amo-salaries": "MAD"})
SYNTHEA = Path(__file__).resolve().parents[4] / "shared" / "data" / "fhir"

NATIVE: dict[str, Any] = {
    "format": "tasfiya-dossier/1",
    "public_number": "AMO-2026-0001",
    "scheme": "ma-amo-salaries",
    "channel": "electronic",
    "agency": "AG-01",
    "region": "R-01",
    "deposit_date": "2026-11-18",
    "insured_id": "100000001",
    "insured_name": "Essai Premier",
    "beneficiary_id": "100000001-01",
    "beneficiary_name": "Essai Deuxième",
    "beneficiary_birth_date": "2015-02-28",
    "beneficiary_sex": "F",
    "relation": "child",
    "kind_of_care": "pharmacy",
    "diagnosis": "angine",
    "prescriber_id": "200000001",
    "provider_id": "200000002",
    "prescription": {"date": "2026-11-01", "prescriber_id": "200000001"},
    "pieces": [{"kind": "care_sheet", "count": 1}, {"kind": "drug_barcodes", "count": 2}],
    "lines": [
        {
            "ean": "6118000040194",
            "label": "Boîte",
            "date": "2026-11-02",
            "quantity": 2,
            "unit_amount_minor": 1_935,
            "amount_minor": 3_870,
        },
        {
            "letter": "K",
            "coefficient": 50,
            "date": "2026-11-02",
            "quantity": 1,
            "unit_amount_minor": 8_050,
            "amount_minor": 8_050,
        },
    ],
    "total_minor": 11_920,
}


def bundle() -> Any:
    return json.loads(bundle_text(NATIVE), parse_float=Decimal)


def resource_of(document: Any, kind: str) -> Any:
    resources = [entry["resource"] for entry in document["entry"]]
    return next(one for one in resources if one["resourceType"] == kind)


def claim_of(document: Any) -> Any:
    return resource_of(document, "Claim")


def read(document: Any) -> Record:
    reading = decode(json.dumps(document, default=float).encode(), CONTEXT)
    assert isinstance(reading, Records)
    ((part, record),) = reading.parts
    assert part == 1
    return record


def lacks(document: Any) -> list[str]:
    record = read(document)
    assert isinstance(record, Refused)
    return [record.code, *(one for one in record.params["also"].split() if one != "—")]


def test_a_bundle_of_our_profile_gives_the_native_dossier_back() -> None:
    record = read(bundle())
    assert isinstance(record, ReceivedRecord)
    received = json.loads(record.payload)
    for line in received["lines"]:
        line.setdefault("quantity", 1)
        if "coefficient" in line:
            line["coefficient"] = int(line["coefficient"])
    received["pieces"] = [{"count": 1} | piece for piece in received["pieces"]]
    assert received == {name: value for name, value in NATIVE.items() if name != "format"} | {
        "channel": "fhir"
    }
    assert record.unmapped == ""


def test_what_has_no_place_in_the_dossier_is_listed_without_values() -> None:
    document = bundle()
    claim_of(document)["accident"] = {"date": "secret"}
    resource_of(document, "Patient")["address"] = [{"city": "secret"}]
    record = read(document)
    assert isinstance(record, ReceivedRecord)
    assert record.unmapped == "Claim.accident; Patient.address"


def test_a_claim_without_scheme_is_refused_for_it() -> None:
    document = bundle()
    del resource_of(document, "Coverage")["payor"]
    assert lacks(document) == ["IN_FHIR_SCHEME"]


def test_a_scheme_not_administered_here_is_refused_for_it() -> None:
    document = bundle()
    resource_of(document, "Coverage")["payor"][0]["identifier"]["value"] = "other"
    assert lacks(document) == ["IN_SCHEME"]


def test_every_lack_is_told_at_once() -> None:
    document = bundle()
    claim = claim_of(document)
    claim["identifier"] = []
    claim["status"] = "cancelled"
    claim["use"] = "predetermination"
    claim["type"] = {"text": "institutional"}
    resource_of(document, "Coverage").pop("subscriberId")
    for entry in document["entry"]:
        if entry["resource"]["resourceType"] in {"Patient", "Organization"}:
            entry["resource"]["identifier"] = []
    assert lacks(document) == [
        "IN_FHIR_NUMBER",
        "IN_FHIR_STATUS",
        "IN_FHIR_USE",
        "IN_FHIR_KIND_OF_CARE",
        "IN_FHIR_INSURED",
        "IN_FHIR_PROVIDER",
    ]


def test_an_item_without_amount_is_unpriced_and_the_sum_is_compared() -> None:
    document = bundle()
    item = claim_of(document)["item"][0]
    del item["net"], item["unitPrice"]
    assert lacks(document) == ["IN_FHIR_UNPRICED", "IN_FHIR_SUM"]


def test_an_amount_is_the_unit_price_times_the_quantity_where_only_that_is_written() -> None:
    document = bundle()
    del claim_of(document)["item"][0]["net"]
    record = read(document)
    assert isinstance(record, ReceivedRecord)
    assert json.loads(record.payload)["lines"][0]["amount_minor"] == 3_870


def test_a_sum_that_differs_is_left_to_validation_when_nothing_is_missing() -> None:
    document = bundle()
    claim_of(document)["total"]["value"] = 500
    assert isinstance(read(document), ReceivedRecord)


def test_an_amount_in_another_currency_is_not_read_as_ours() -> None:
    document = bundle()
    claim_of(document)["item"][0]["net"]["currency"] = "USD"
    assert "IN_FHIR_CURRENCY" in lacks(document)


def test_an_amount_of_three_decimals_is_not_rounded() -> None:
    document = bundle()
    claim_of(document)["item"][0]["net"]["value"] = 38.705
    assert "IN_FHIR_AMOUNT" in lacks(document)


def test_a_foreign_code_system_is_named_as_such() -> None:
    document = bundle()
    item = claim_of(document)["item"][0]
    item["productOrService"]["coding"][0]["system"] = "http://snomed.info/sct"
    assert lacks(document)[0] == "IN_FHIR_CODE_SYSTEM"


def test_an_item_without_a_date_is_named_as_such() -> None:
    document = bundle()
    del claim_of(document)["item"][0]["servicedDate"]
    assert lacks(document) == ["IN_FHIR_CARE_DATE"]


def test_a_missing_total_is_named_as_such() -> None:
    document = bundle()
    del claim_of(document)["total"]
    assert lacks(document) == ["IN_FHIR_TOTAL"]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"resourceType": "Claim"}, "IN_FHIR_NO_BUNDLE"),
        ({"resourceType": "Bundle"}, "IN_FHIR_NO_CLAIM"),
        ({"resourceType": "Bundle", "entry": "none"}, "IN_FHIR_NO_CLAIM"),
        ({"resourceType": "Bundle", "entry": [None, 1, {"resource": []}]}, "IN_FHIR_NO_CLAIM"),
    ],
)
def test_a_bundle_without_claim_is_refused(document: Any, code: str) -> None:
    assert decode(json.dumps(document).encode(), CONTEXT) == Refused(code)


@pytest.mark.parametrize("wrong", [None, 1, "text", True, [], {}, [[]], [{"value": []}]])
def test_no_element_of_a_wrong_type_stops_the_reader(wrong: Any) -> None:
    for name in claim_of(bundle()):
        if name != "resourceType":
            document = bundle()
            claim_of(document)[name] = wrong
            assert isinstance(read(document), ReceivedRecord | Refused)
    for name in claim_of(bundle())["item"][0]:
        document = bundle()
        claim_of(document)["item"][0][name] = wrong
        assert isinstance(read(document), ReceivedRecord | Refused)


@pytest.mark.skipif(not SYNTHEA.is_dir(), reason="the Synthea bundles are not beside the project")
def test_every_synthea_claim_says_what_a_reimbursement_lacks() -> None:
    claims = 0
    for path in sorted(SYNTHEA.glob("*.json")):
        reading = decode(path.read_bytes(), CONTEXT)
        assert isinstance(reading, Records)
        for _part, record in reading.parts:
            claims += 1
            assert isinstance(record, Refused)
            assert record.code == "IN_FHIR_SCHEME"
            assert set(record.params["also"].split()) >= {
                "IN_FHIR_NUMBER",
                "IN_FHIR_INSURED",
                "IN_FHIR_CODE_SYSTEM",
                "IN_FHIR_UNPRICED",
                "IN_FHIR_SUM",
            }
            assert "Claim.item[].encounter" in record.params["unmapped"]
    assert claims == 193
