"""The lines give the total, and unit amount × quantity gives the amount of a line."""

from models.finding import Finding
from models.money import format_minor
from tasks.validation.subject import Subject

CODES = ("LIGNE_INCOHERENTE", "TOTAL_INCOHERENT")


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding for each line that does not multiply, and one when the sum is not the total.

    A dossier without lines asks for nothing that can be priced: its total is never right.
    """
    dossier = subject.dossier
    found = [
        subject.finding(
            "LIGNE_INCOHERENTE",
            line.line_no,
            amount=format_minor(line.amount_minor, dossier.currency),
            computed=format_minor(line.unit_amount_minor * line.quantity, dossier.currency),
        )
        for line in dossier.lines
        if line.unit_amount_minor is not None
        and line.unit_amount_minor * line.quantity != line.amount_minor
    ]
    computed = sum(line.amount_minor for line in dossier.lines)
    if computed != dossier.total_minor or not dossier.lines:
        found.append(
            subject.finding(
                "TOTAL_INCOHERENT",
                total=format_minor(dossier.total_minor, dossier.currency),
                computed=format_minor(computed, dossier.currency),
            )
        )
    return tuple(found)
