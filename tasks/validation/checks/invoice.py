"""Invoices of private establishments bear a number and a valid ICE."""

from models.finding import Finding
from tasks.validation.subject import Subject

CODES = ("FACTURE_IF_ICE",)


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding for an ICE that is wrong, or missing where the scheme asks for it."""
    dossier = subject.dossier
    if dossier.invoice_ice and not subject.rules.formats["company"].accepts(dossier.invoice_ice):
        return (subject.finding("FACTURE_IF_ICE", reason="ice_wrong"),)
    rule = subject.rules.figures("invoices", "numbered_invoice", dossier.care_start)
    provider = subject.provider
    if subject.is_request or rule is None or provider is None:
        return ()
    if dossier.care_kind not in rule["care_kinds"] or provider.sector not in rule["sectors"]:
        return ()
    if not dossier.invoice_ice:
        return (subject.finding("FACTURE_IF_ICE", reason="ice_missing"),)
    if not dossier.invoice_number:
        return (subject.finding("FACTURE_IF_ICE", reason="number_missing"),)
    return ()
