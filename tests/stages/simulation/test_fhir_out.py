import json
from decimal import Decimal

from infra.simulation.fhir_out import bundle_text

DOSSIER = {
    "public_number": "AMO-2026-00000001",
    "scheme": "ma-amo-salaries",
    "agency": "AG-01",
    "region": "R-01",
    "deposit_date": "2026-11-18",
    "insured_id": "100000001",
    "insured_name": "Essai Premier",
    "beneficiary_id": "100000001-02",
    "beneficiary_name": "Essai Seconde",
    "beneficiary_birth_date": "2010-05-17",
    "beneficiary_sex": "F",
    "relation": "child",
    "prescriber_id": "200000001",
    "provider_id": "200000002",
    "kind_of_care": "laboratory",
    "diagnosis": "contrôle",
    "invoice_number": "F0000001",
    "invoice_ice": "001561191000066",
    "prescription": {"date": "2026-11-01", "prescriber_id": "200000001"},
    "pieces": [{"kind": "care_sheet", "count": 1}, {"kind": "lab_bill", "count": 2}],
    "lines": [
        {
            "letter": "B",
            "coefficient": 80,
            "label": "NFS",
            "date": "2026-11-02",
            "quantity": 1,
            "unit_amount_minor": 8805,
            "amount_minor": 8805,
        }
    ],
    "total_minor": 8805,
}


def a_bundle(**changes):
    text = bundle_text({**DOSSIER, **changes})
    return json.loads(text, parse_float=Decimal)


def resources(bundle, kind):
    found = (entry["resource"] for entry in bundle["entry"])
    return [resource for resource in found if resource["resourceType"] == kind]


def test_a_bundle_holds_the_five_kinds_of_resources():
    bundle = a_bundle()
    kinds = sorted(entry["resource"]["resourceType"] for entry in bundle["entry"])
    assert kinds == ["Claim", "Coverage", "Organization", "Patient", "Patient", "Practitioner"]
    assert bundle["identifier"] == {"system": "urn:tasfiya:format", "value": "tasfiya-fhir/1"}


def test_the_insured_person_as_beneficiary_is_one_patient():
    patients = resources(a_bundle(beneficiary_id="", relation="self"), "Patient")
    assert len(patients) == 1
    systems = {identifier["system"] for identifier in patients[0]["identifier"]}
    assert systems == {"urn:tasfiya:insured-number", "urn:tasfiya:beneficiary-number"}


def test_every_reference_points_to_an_entry_of_the_bundle():
    bundle = a_bundle()
    urls = {entry["fullUrl"] for entry in bundle["entry"]}
    claim = resources(bundle, "Claim")[0]
    coverage = resources(bundle, "Coverage")[0]
    references = {
        claim["patient"]["reference"],
        claim["provider"]["reference"],
        claim["insurance"][0]["coverage"]["reference"],
        claim["careTeam"][0]["provider"]["reference"],
        coverage["subscriber"]["reference"],
        coverage["beneficiary"]["reference"],
    }
    assert references <= urls
    assert len(references) == 5


def test_amounts_are_json_numbers_of_two_decimals():
    claim = resources(a_bundle(), "Claim")[0]
    assert claim["total"] == {"value": Decimal("88.05"), "currency": "MAD"}
    assert claim["item"][0]["net"]["value"] == Decimal("88.05")
    assert '"value":88.05,' in bundle_text(DOSSIER)


def test_a_letter_keeps_its_coefficient_as_text():
    item = resources(a_bundle(), "Claim")[0]["item"][0]
    assert item["productOrService"]["coding"] == [{"system": "urn:tasfiya:letter", "code": "B"}]
    modifier = {"coding": [{"system": "urn:tasfiya:coefficient", "code": "80"}]}
    assert item["modifier"] == [modifier]


def test_a_stay_names_its_establishment_and_both_days():
    stay = {
        "admission_date": "2026-11-01",
        "discharge_date": "2026-11-04",
        "establishment_id": "200000003",
    }
    claim = resources(a_bundle(stay=stay), "Claim")[0]
    period = next(
        info["timingPeriod"] for info in claim["supportingInfo"] if "timingPeriod" in info
    )
    assert period == {"start": "2026-11-01", "end": "2026-11-04"}
    assert claim["facility"]["identifier"]["value"] == "200000003"


def test_a_request_for_an_agreement_is_a_preauthorization():
    assert resources(a_bundle(request="prior_agreement"), "Claim")[0]["use"] == "preauthorization"
    assert resources(a_bundle(), "Claim")[0]["use"] == "claim"
