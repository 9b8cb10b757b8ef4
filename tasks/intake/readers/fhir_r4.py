"""Reads FHIR R4 bundles: every Claim of the bundle becomes a dossier, or says what it lacks."""

from collections.abc import Mapping
from typing import Any

from tasks.intake.document import Document, Reader
from tasks.intake.fhir_claim import dicts_of, map_claim, text_of
from tasks.intake.limits import ReadingContext
from tasks.intake.result import Reading, Records, Refused
from tasks.intake.sniff import Kind


def accepts(document: Document) -> bool:
    """A JSON object that says which FHIR resource it is."""
    is_resource = isinstance(document.value, dict) and "resourceType" in document.value
    return document.kind is Kind.JSON and is_resource


def read(document: Document, context: ReadingContext) -> Reading:
    """Return a record for each claim of the bundle, in the bundle's order, or the refusal."""
    bundle = document.value
    if bundle.get("resourceType") != "Bundle":
        return Refused("IN_FHIR_NO_BUNDLE")
    entries = dicts_of(bundle.get("entry"))
    claims = [
        entry["resource"]
        for entry in entries
        if isinstance(entry.get("resource"), dict)
        and entry["resource"].get("resourceType") == "Claim"
    ]
    if not claims:
        return Refused("IN_FHIR_NO_CLAIM")
    limit = context.limits.records_per_file
    if len(claims) > limit:
        return Refused("IN_RECORDS", {"count": str(len(claims)), "limit": str(limit)})
    resources = _by_reference(entries)
    return Records(
        tuple(
            (number, map_claim(claim, resources, context))
            for number, claim in enumerate(claims, start=1)
        )
    )


def _by_reference(entries: list[dict[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """Resources by the ways in which another one may point to them."""
    found: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        resource = entry.get("resource")
        if not isinstance(resource, dict):
            continue
        for reference in (
            text_of(entry, "fullUrl"),
            f"{text_of(resource, 'resourceType')}/{text_of(resource, 'id')}",
        ):
            if reference:
                found.setdefault(reference, resource)
    return found


READER = Reader(name="fhir_r4", accepts=accepts, read=read)
