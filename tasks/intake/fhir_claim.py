"""Maps one FHIR R4 Claim to the native electronic dossier, and says what has no place in it.

The identifiers and code systems are those of the profile ``tasfiya-fhir/1``
(``infra/simulation/fhir_out.py`` writes it, and its documentation describes it). A claim of
another profile is mapped as far as it goes; what a reimbursement lacks is named by a code.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from models.errors import MoneyError
from models.money import minor_from_major
from tasks.intake.limits import ReadingContext
from tasks.intake.native import read_record
from tasks.intake.result import Record, Refused

#: Prefix of our own identifier and code systems.
OURS = "urn:tasfiya:"
#: What a claim asks for, in FHIR's words and in ours.
_REQUESTS = {"claim": "reimbursement", "preauthorization": "prior_agreement"}
_SEXES = {"male": "M", "female": "F"}
#: Length of a date at the beginning of a FHIR date-time, which may go on with an hour and offset.
DATE_LENGTH = 10

#: Elements that are mapped, or say nothing that a reimbursement could use.
_MAPPED: Mapping[str, frozenset[str]] = {
    "Claim": frozenset(
        {"created", "use", "status", "total", "type", "patient", "provider", "insurance"}
        | {"careTeam", "diagnosis", "supportingInfo", "facility", "item", "identifier", "priority"}
    ),
    "Claim.item[]": frozenset(
        {"sequence", "productOrService", "modifier", "servicedDate", "servicedPeriod"}
        | {"quantity", "unitPrice", "net", "bodySite"}
    ),
    "Patient": frozenset({"identifier", "name", "birthDate", "gender"}),
    "Coverage": frozenset(
        {"status", "payor", "subscriberId", "subscriber", "beneficiary", "relationship"}
        | {"identifier"}
    ),
    "Organization": frozenset({"identifier", "name", "active"}),
    "Practitioner": frozenset({"identifier", "name", "active"}),
}
_ADMINISTRATIVE = frozenset({"resourceType", "id", "meta", "text", "implicitRules", "language"})


@dataclass(slots=True)
class _Claim:
    """A claim with the resources it points to, and what was found to be missing on the way."""

    claim: Mapping[str, Any]
    resources: Mapping[str, Mapping[str, Any]]
    schemes: Mapping[str, str]
    lacks: list[str] = field(default_factory=list)
    used: list[Mapping[str, Any]] = field(default_factory=list)
    currency: str = ""

    def lack(self, code: str) -> None:
        if code not in self.lacks:
            self.lacks.append(code)

    def resource(self, reference: Any) -> Mapping[str, Any]:
        found = self.resources.get(text_of(reference, "reference"), {})
        if found and found not in self.used:
            self.used.append(found)
        return found

    def amount(self, money: Any) -> int | None:
        """Minor units of a FHIR Money, or None when there is none or it is none of the scheme's."""
        value = money.get("value") if isinstance(money, dict) else None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return None
        if text_of(money, "currency") != self.currency:
            self.lack("IN_FHIR_CURRENCY")
            return None
        try:
            return minor_from_major(Decimal(value))
        except MoneyError:
            self.lack("IN_FHIR_AMOUNT")
            return None


def map_claim(
    claim: Mapping[str, Any],
    resources: Mapping[str, Mapping[str, Any]],
    context: ReadingContext,
) -> Record:
    """Return the dossier of a claim, or the refusal with everything that is missing in it."""
    work = _Claim(claim, resources, context.schemes)
    native = _header(work)
    native |= _persons(work)
    native |= _information(work)
    if "prescription" in native:
        native["prescription"]["prescriber_id"] = native["prescriber_id"]
    native["lines"] = [_line(work, item) for item in dicts_of(claim.get("item"))]
    native["total_minor"] = _total(work, native["lines"])
    unmapped = "; ".join(_unmapped(work))
    if work.lacks:
        # The first lack gives the code; the others are told with it, so that one repair is enough.
        params = {"also": " ".join(work.lacks[1:]) or "—", "unmapped": unmapped}
        return Refused(work.lacks[0], params, native["public_number"])
    written = {name: value for name, value in native.items() if value is not None}
    return read_record(json.dumps(written, ensure_ascii=False), written, context, unmapped)


def _header(work: _Claim) -> dict[str, Any]:
    claim = work.claim
    insurance = next(iter(dicts_of(claim.get("insurance"))), {})
    coverage = work.resource(insurance.get("coverage"))
    payor = next(iter(dicts_of(coverage.get("payor"))), {})
    scheme = identifier_of(_as_list(payor.get("identifier")), "scheme")
    # Without a scheme the amounts are still looked at, in the claim's own currency.
    work.currency = work.schemes.get(scheme, text_of(claim.get("total"), "currency"))
    if not scheme:
        work.lack("IN_FHIR_SCHEME")
    elif scheme not in work.schemes:
        work.lack("IN_SCHEME")
    number = identifier_of(claim.get("identifier"), "public-number")
    if not number:
        work.lack("IN_FHIR_NUMBER")
    if claim.get("status") != "active":
        work.lack("IN_FHIR_STATUS")
    request = _REQUESTS.get(text_of(claim, "use"))
    if request is None:
        work.lack("IN_FHIR_USE")
    kind = coding_of(claim.get("type"), "kind-of-care")
    if not kind:
        work.lack("IN_FHIR_KIND_OF_CARE")
    agreements = [text for text in _as_list(insurance.get("preAuthRef")) if isinstance(text, str)]
    diagnosis = next(iter(dicts_of(claim.get("diagnosis"))), {})
    return {
        "public_number": number,
        "scheme": scheme,
        "channel": "fhir",
        "deposit_date": day_of(claim.get("created")),
        "kind_of_care": kind,
        "request": request,
        "agreement_number": agreements[0] if agreements else "",
        "diagnosis": text_of(diagnosis.get("diagnosisCodeableConcept"), "text"),
        "relation": coding_of(coverage.get("relationship"), "relation") or "self",
    }


def _persons(work: _Claim) -> dict[str, Any]:
    claim = work.claim
    insurance = next(iter(dicts_of(claim.get("insurance"))), {})
    coverage = work.resource(insurance.get("coverage"))
    beneficiary = work.resource(claim.get("patient"))
    insured = work.resource(coverage.get("subscriber"))
    if not insured and coding_of(coverage.get("relationship"), "relation") in {"", "self"}:
        insured = beneficiary
    provider = work.resource(claim.get("provider"))
    insured_id = text_of(coverage, "subscriberId") or identifier_of(
        insured.get("identifier"), "insured-number"
    )
    if not insured_id:
        work.lack("IN_FHIR_INSURED")
    provider_id = identifier_of(provider.get("identifier"), "inpe")
    if not provider_id:
        work.lack("IN_FHIR_PROVIDER")
    prescriber_id = ""
    for member in dicts_of(claim.get("careTeam")):
        if coding_of(member.get("role"), "care-role") == "prescriber":
            prescriber = work.resource(member.get("provider"))
            prescriber_id = identifier_of(prescriber.get("identifier"), "inpe")
    return {
        "insured_id": insured_id,
        "insured_name": _name(insured),
        "beneficiary_id": identifier_of(beneficiary.get("identifier"), "beneficiary-number"),
        "beneficiary_name": _name(beneficiary),
        "beneficiary_birth_date": day_of(beneficiary.get("birthDate")),
        "beneficiary_sex": _SEXES.get(text_of(beneficiary, "gender"), ""),
        "provider_id": provider_id,
        "prescriber_id": prescriber_id,
        "invoice_ice": identifier_of(provider.get("identifier"), "ice"),
    }


def _information(work: _Claim) -> dict[str, Any]:
    """What stands in ``supportingInfo``: pieces, stay, prescription and short texts."""
    found: dict[str, Any] = {"pieces": []}
    for info in dicts_of(work.claim.get("supportingInfo")):
        name = coding_of(info.get("category"), "info")
        if name == "piece":
            count = info.get("valueQuantity", {})
            count = count.get("value", 1) if isinstance(count, dict) else 1
            found["pieces"].append(
                {"kind": coding_of(info.get("code"), "piece"), "count": _whole(count)}
            )
        elif name == "stay":
            period = info.get("timingPeriod")
            facility = work.claim.get("facility")
            identifier = facility.get("identifier") if isinstance(facility, dict) else None
            found["stay"] = {
                "admission_date": day_of(text_of(period, "start")),
                "discharge_date": day_of(text_of(period, "end")),
                "establishment_id": identifier_of(_as_list(identifier), "inpe"),
            }
        elif name == "prescription_date":
            found["prescription"] = {"date": day_of(info.get("timingDate"))}
        elif name == "is_continuous_care":
            found[name] = info.get("valueBoolean") is True
        elif name in {"invoice_number", "ald_code", "agency", "region", "kind_of_submission"}:
            found[name] = text_of(info, "valueString")
    return found


def _line(work: _Claim, item: Mapping[str, Any]) -> dict[str, Any]:
    """One item as a line; its amounts are None where the item bears none."""
    product = item.get("productOrService")
    code, letter, ean = (coding_of(product, system) for system in ("act", "letter", "ean"))
    if not (code or letter or ean):
        work.lack("IN_FHIR_CODE_SYSTEM")
    modifier = next(iter(dicts_of(item.get("modifier"))), {})
    period = item.get("servicedPeriod")
    date = item.get("servicedDate") or text_of(period, "start")
    if not date and (code or letter or ean):
        work.lack("IN_FHIR_CARE_DATE")
    quantity = item.get("quantity")
    quantity = _whole(quantity.get("value", 1)) if isinstance(quantity, dict) else 1
    unit = work.amount(item.get("unitPrice"))
    net = work.amount(item.get("net"))
    if net is None and unit is not None and isinstance(quantity, int):
        net = unit * quantity
    if net is None:
        work.lack("IN_FHIR_UNPRICED")
    return {
        "code": code,
        "letter": letter,
        "coefficient": coding_of(modifier, "coefficient") or None,
        "ean": ean,
        "label": text_of(product, "text"),
        "date": day_of(date),
        "quantity": quantity,
        "unit_amount_minor": unit,
        "amount_minor": net,
        "tooth": coding_of(item.get("bodySite"), "tooth"),
    }


def _total(work: _Claim, lines: list[dict[str, Any]]) -> int | None:
    total = work.amount(work.claim.get("total"))
    if total is None:
        work.lack("IN_FHIR_TOTAL")
    amounts = [line["amount_minor"] or 0 for line in lines]
    if work.lacks and total is not None and sum(amounts) != total:
        # Alone it is no reason to refuse: validation judges the sum of a complete dossier.
        work.lack("IN_FHIR_SUM")
    return total


def _unmapped(work: _Claim) -> Iterator[str]:
    """Paths, two steps deep, of what the claim and its resources say and the dossier does not."""
    yield from _foreign("Claim", work.claim)
    item_paths = {
        path for item in dicts_of(work.claim.get("item")) for path in _foreign("Claim.item[]", item)
    }
    yield from sorted(item_paths)
    paths = {path for one in work.used for path in _foreign(text_of(one, "resourceType"), one)}
    yield from sorted(paths)


def _foreign(kind: str, element: Mapping[str, Any]) -> list[str]:
    known = _MAPPED.get(kind, frozenset()) | _ADMINISTRATIVE
    names = {name if name.isascii() and name.isalnum() else "?" for name in set(element) - known}
    return [f"{kind}.{name}" for name in sorted(names)]


def text_of(value: Any, name: str) -> str:
    """A text member of a JSON object, or nothing."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def dicts_of(value: Any) -> list[dict[str, Any]]:
    """The objects of a JSON array; anything else in their place is no element of FHIR."""
    return [one for one in _as_list(value) if isinstance(one, dict)]


def identifier_of(identifiers: Any, system: str) -> str:
    """The value of the identifier of one of our systems."""
    for identifier in dicts_of(identifiers):
        if identifier.get("system") == OURS + system:
            return text_of(identifier, "value")
    return ""


def coding_of(concept: Any, system: str) -> str:
    """The code of one of our systems in a CodeableConcept, or in a list of them."""
    for one in dicts_of(_as_list(concept)):
        for coding in dicts_of(one.get("coding")):
            if coding.get("system") == OURS + system:
                return text_of(coding, "code")
    return ""


def day_of(value: Any) -> str | None:
    """The day of a FHIR date or date-time, as it stands in its own time zone."""
    return value[:DATE_LENGTH] if isinstance(value, str) and value else None


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _whole(value: Any) -> Any:
    """A quantity as a whole number where it is one; otherwise as it is, for the form to refuse."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    return value


def _name(patient: Mapping[str, Any]) -> str:
    name = next(iter(dicts_of(patient.get("name"))), {})
    if text_of(name, "text"):
        return text_of(name, "text")
    given = [one for one in _as_list(name.get("given")) if isinstance(one, str)]
    return " ".join([*given, text_of(name, "family")]).strip()
