"""Rights are open on every day of care; the first day on which they are not is the one shown."""

from models.finding import Finding
from tasks.validation.rights import RightsState
from tasks.validation.subject import Subject, day_text

CODES = ("AUTRE_REGIME", "DROITS_FERMES", "DROITS_SUSPENDUS")
_CODE_OF = {
    RightsState.CLOSED: "DROITS_FERMES",
    RightsState.SUSPENDED: "DROITS_SUSPENDUS",
    RightsState.OTHER_SCHEME: "AUTRE_REGIME",
}


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding for the first day of care without open rights."""
    for day, answer in subject.rights:
        if not answer.is_open:
            params = dict(answer.params)
            if answer.other_scheme:
                params["scheme"] = answer.other_scheme
            return (
                subject.finding(
                    _CODE_OF[answer.state], None, care=day_text(day), reason=answer.reason, **params
                ),
            )
    return ()
