"""Electronic dossiers as FHIR R4 bundles, in the profile ``tasfiya-fhir/1`` described here.

One file is one ``Bundle`` of ``type`` ``collection`` whose ``identifier`` is
``{system: urn:tasfiya:format, value: tasfiya-fhir/1}``. Its entries, each with a ``fullUrl``
``urn:uuid:…`` by which references inside the bundle point (``{"reference": "urn:uuid:…"}``):

* one ``Claim``, one ``Coverage``, one ``Organization`` (who did the care), one ``Patient`` for the
  beneficiary and a second one for the insured person when they differ, and one ``Practitioner``
  (the prescriber) where there is a prescriber.

Identifiers (``identifier[].system``):

==============================  ===========================================  ===================
system                          stands on                                    native field
==============================  ===========================================  ===================
urn:tasfiya:public-number       Claim                                        public_number
urn:tasfiya:insured-number      Patient of the insured person                insured_id
urn:tasfiya:beneficiary-number  Patient of the beneficiary (also of the      beneficiary_id
                                insured, when he is the beneficiary)
urn:tasfiya:inpe                Organization, Practitioner,                  provider_id,
                                Claim.facility.identifier                    prescriber_id,
                                                                             stay.establishment_id
urn:tasfiya:ice                 Organization (only on invoices)              invoice_ice
urn:tasfiya:scheme              Coverage.payor[0].identifier                 scheme
==============================  ===========================================  ===================

Claim:

* ``created`` = deposit_date; ``use`` = ``claim`` (reimbursement) or ``preauthorization``
  (prior_agreement); ``status`` = ``active``; ``total`` = total_minor.
* ``type.coding`` {system ``urn:tasfiya:kind-of-care``, code} = kind_of_care.
* ``patient`` → Patient of the beneficiary; ``provider`` → Organization; ``insurance[0].coverage``
  → Coverage; ``insurance[0].preAuthRef[0]`` = agreement_number.
* ``careTeam[0]`` (role coding {``urn:tasfiya:care-role``, ``prescriber``}) → Practitioner.
* ``diagnosis[0].diagnosisCodeableConcept.text`` = diagnosis.
* ``supportingInfo[]``: ``category.coding`` {``urn:tasfiya:info``, code}; by code:
  ``piece`` (``code.coding`` {``urn:tasfiya:piece``, piece kind}, ``valueQuantity.value`` = count),
  ``stay`` (``timingPeriod.start`` / ``.end`` = admission / discharge; the establishment is
  ``Claim.facility.identifier``), ``prescription_date`` (``timingDate``), ``invoice_number``,
  ``ald_code``, ``agency``, ``region``, ``kind_of_submission`` (``valueString``; absent = first),
  ``is_continuous_care`` (``valueBoolean``; absent = false).
* ``item[]``: ``sequence``; ``productOrService.coding[0]`` with system ``urn:tasfiya:act`` (code),
  ``urn:tasfiya:letter`` (letter) or ``urn:tasfiya:ean`` (ean); ``productOrService.text`` = label;
  for a letter ``modifier[0].coding[0]`` {``urn:tasfiya:coefficient``, the coefficient as text};
  ``servicedDate`` = date; ``quantity.value``; ``unitPrice`` = unit_amount_minor (absent = None);
  ``net`` = amount_minor of the whole quantity; ``bodySite.coding[0]`` {``urn:tasfiya:tooth``, no}.

``Money.value`` is a JSON number in major units with two decimals (``80.50``), ``currency`` ``MAD``:
minor units = value × 100, read as a decimal, never through a binary float.

Patient: ``name[0].text`` = the whole name as written; ``birthDate``; ``gender`` male | female.
Coverage: ``subscriberId`` = insured_id; ``subscriber`` → Patient of the insured; ``beneficiary`` →
Patient of the beneficiary; ``relationship.coding`` {``urn:tasfiya:relation``, self|spouse|child}.

The channel is not written: a bundle comes in by the channel ``fhir``. There is no bank account.
"""

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

#: The systems of the profile, without which the codes of a bundle mean nothing.
SYSTEM = "urn:tasfiya:"
FORMAT = "tasfiya-fhir/1"
CURRENCY = "MAD"
_GENDERS = {"M": "male", "F": "female"}
_TEXT_INFOS = ("invoice_number", "ald_code", "agency", "region")
#: Amounts are written as texts ``@80.50@`` first and become JSON numbers of two decimals here.
_AMOUNT = re.compile(r'"@(-?\d+\.\d\d)@"')


def bundle_text(dossier: Mapping[str, Any]) -> str:
    """A native dossier as the JSON text of a bundle of the profile above."""
    text = json.dumps(_bundle(dossier), ensure_ascii=False, separators=(",", ":"))
    return _AMOUNT.sub(r"\1", text)


def _bundle(dossier: Mapping[str, Any]) -> dict[str, Any]:
    number = dossier["public_number"]
    beneficiary = _patient(dossier, is_insured=not dossier["beneficiary_id"])
    resources = {"beneficiary": beneficiary}
    if dossier["beneficiary_id"]:
        resources["insured"] = _insured(dossier)
    resources["organization"] = _organization(dossier)
    if dossier.get("prescriber_id"):
        resources["prescriber"] = _practitioner(dossier["prescriber_id"])
    urls = {name: _url(number, name) for name in (*resources, "coverage", "claim")}
    resources["coverage"] = _coverage(dossier, urls)
    resources["claim"] = _claim(dossier, urls)
    return {
        "resourceType": "Bundle",
        "identifier": _identifier("format", FORMAT),
        "type": "collection",
        "entry": [
            {"fullUrl": urls[name], "resource": resource} for name, resource in resources.items()
        ],
    }


def _url(number: str, name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{SYSTEM}{number}/{name}')}"


def _identifier(system: str, value: str) -> dict[str, str]:
    return {"system": f"{SYSTEM}{system}", "value": value}


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": f"{SYSTEM}{system}", "code": code}]}


def _money(amount_minor: int) -> dict[str, str]:
    return {"value": f"@{amount_minor // 100}.{amount_minor % 100:02d}@", "currency": CURRENCY}


def _patient(dossier: Mapping[str, Any], *, is_insured: bool) -> dict[str, Any]:
    identifiers = [
        _identifier("beneficiary-number", dossier["beneficiary_id"] or dossier["insured_id"])
    ]
    if is_insured:
        identifiers.append(_identifier("insured-number", dossier["insured_id"]))
    return {
        "resourceType": "Patient",
        "identifier": identifiers,
        "name": [{"text": dossier["beneficiary_name"]}],
        "birthDate": dossier["beneficiary_birth_date"],
        "gender": _GENDERS[dossier["beneficiary_sex"]],
    }


def _insured(dossier: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "identifier": [_identifier("insured-number", dossier["insured_id"])],
        "name": [{"text": dossier["insured_name"]}],
    }


def _organization(dossier: Mapping[str, Any]) -> dict[str, Any]:
    identifiers = [_identifier("inpe", dossier["provider_id"])]
    if dossier.get("invoice_ice"):
        identifiers.append(_identifier("ice", dossier["invoice_ice"]))
    return {"resourceType": "Organization", "identifier": identifiers}


def _practitioner(inpe: str) -> dict[str, Any]:
    return {"resourceType": "Practitioner", "identifier": [_identifier("inpe", inpe)]}


def _coverage(dossier: Mapping[str, Any], urls: Mapping[str, str]) -> dict[str, Any]:
    return {
        "resourceType": "Coverage",
        "status": "active",
        "subscriberId": dossier["insured_id"],
        "subscriber": {"reference": urls.get("insured", urls["beneficiary"])},
        "beneficiary": {"reference": urls["beneficiary"]},
        "relationship": _concept("relation", dossier["relation"]),
        "payor": [{"identifier": _identifier("scheme", dossier["scheme"])}],
    }


def _claim(dossier: Mapping[str, Any], urls: Mapping[str, str]) -> dict[str, Any]:
    is_request = dossier.get("request") == "prior_agreement"
    insurance: dict[str, Any] = {
        "sequence": 1,
        "focal": True,
        "coverage": {"reference": urls["coverage"]},
    }
    if dossier.get("agreement_number"):
        insurance["preAuthRef"] = [dossier["agreement_number"]]
    claim: dict[str, Any] = {
        "resourceType": "Claim",
        "identifier": [_identifier("public-number", dossier["public_number"])],
        "status": "active",
        "type": _concept("kind-of-care", dossier["kind_of_care"]),
        "use": "preauthorization" if is_request else "claim",
        "patient": {"reference": urls["beneficiary"]},
        "created": dossier["deposit_date"],
        "provider": {"reference": urls["organization"]},
        "priority": {"coding": [{"code": "normal"}]},
        "insurance": [insurance],
        "supportingInfo": _infos(dossier),
        "item": [_item(number, line) for number, line in enumerate(dossier["lines"], start=1)],
        "total": _money(dossier["total_minor"]),
    }
    if "prescriber" in urls:
        member = {"sequence": 1, "provider": {"reference": urls["prescriber"]}}
        claim["careTeam"] = [{**member, "role": _concept("care-role", "prescriber")}]
    if dossier.get("diagnosis"):
        text = {"text": dossier["diagnosis"]}
        claim["diagnosis"] = [{"sequence": 1, "diagnosisCodeableConcept": text}]
    if dossier.get("stay"):
        establishment = dossier["stay"]["establishment_id"]
        claim["facility"] = {"identifier": _identifier("inpe", establishment)}
    return claim


def _infos(dossier: Mapping[str, Any]) -> list[dict[str, Any]]:
    infos: list[dict[str, Any]] = [
        {
            "category": _concept("info", "piece"),
            "code": _concept("piece", piece["kind"]),
            "valueQuantity": {"value": piece["count"]},
        }
        for piece in dossier["pieces"]
    ]
    for name in _TEXT_INFOS:
        if dossier.get(name):
            infos.append({"category": _concept("info", name), "valueString": dossier[name]})
    if dossier.get("kind_of_submission", "first") != "first":
        value = dossier["kind_of_submission"]
        infos.append({"category": _concept("info", "kind_of_submission"), "valueString": value})
    if dossier.get("is_continuous_care"):
        infos.append({"category": _concept("info", "is_continuous_care"), "valueBoolean": True})
    prescribed = (dossier.get("prescription") or {}).get("date")
    if prescribed:
        infos.append({"category": _concept("info", "prescription_date"), "timingDate": prescribed})
    stay = dossier.get("stay")
    if stay:
        period = {"start": stay["admission_date"], "end": stay["discharge_date"]}
        infos.append({"category": _concept("info", "stay"), "timingPeriod": period})
    return [{"sequence": number, **info} for number, info in enumerate(infos, start=1)]


def _item(number: int, line: Mapping[str, Any]) -> dict[str, Any]:
    system = next(name for name in ("code", "letter", "ean") if line.get(name))
    product = _concept("act" if system == "code" else system, line[system])
    if line.get("label"):
        product["text"] = line["label"]
    item: dict[str, Any] = {
        "sequence": number,
        "productOrService": product,
        "servicedDate": line["date"],
        "quantity": {"value": line["quantity"]},
        "net": _money(line["amount_minor"]),
    }
    if line.get("coefficient") is not None:
        item["modifier"] = [_concept("coefficient", str(line["coefficient"]))]
    if line.get("unit_amount_minor") is not None:
        item["unitPrice"] = _money(line["unit_amount_minor"])
    if line.get("tooth"):
        item["bodySite"] = _concept("tooth", line["tooth"])
    return item
