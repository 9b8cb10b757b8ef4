"""The care was covered elsewhere too: it is paid here, and must not be billed there as well.

So for a child of two insured parents, or for a dependant who is insured in their own right.
"""

from models.finding import Finding
from tasks.validation.subject import Subject, day_text

CODES = ("AUTRE_COUVERTURE",)


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a note for the first day of care that pays here and was open elsewhere too."""
    people, scheme = subject.people, subject.rules.scheme
    if people.insured is None:
        return ()
    open_here = {day for day, answer in subject.rights if answer.is_open}
    for coverage in subject.coverages:
        if coverage.day not in open_here:
            continue
        rights = coverage.others if coverage.paying is None else (coverage.paying, *coverage.others)
        others = sorted(
            {
                right.scheme
                for right in rights
                if right.answer.is_open
                and (right.scheme, right.insured_id) != (scheme, people.insured.person_id)
            }
        )
        if others:
            return (
                subject.finding(
                    "AUTRE_COUVERTURE",
                    care=day_text(coverage.day),
                    scheme=scheme,
                    others=", ".join(others),
                ),
            )
    return ()
