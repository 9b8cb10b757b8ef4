"""Rights are open on every day of care; the first day on which they are not is the one shown.

Where the scheme changed while the care went on, the days of another scheme cost their own lines
only, and each of those lines says which scheme it belongs to.
"""

from models.finding import Finding
from tasks.validation.rights import RightsAnswer, RightsState
from tasks.validation.subject import Subject, day_text

CODES = (
    "AUTRE_REGIME",
    "CONDITION_DROITS",
    "DROITS_A_ETABLIR",
    "DROITS_FERMES",
    "DROITS_SUSPENDUS",
    "LIGNE_AUTRE_REGIME",
)
_CODE_OF = {
    RightsState.CLOSED: "DROITS_FERMES",
    RightsState.SUSPENDED: "DROITS_SUSPENDUS",
    RightsState.OTHER_SCHEME: "AUTRE_REGIME",
}
_CODE_OF_REASON = {"condition": "CONDITION_DROITS", "fact_missing": "DROITS_A_ETABLIR"}


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding for the first day of care without open rights.

    When part of the days are another scheme's and the rest is not, the lines of those days have a
    finding each, and the rest is looked at by itself.
    """
    rights = subject.rights
    elsewhere = [item for item in rights if item[1].state is RightsState.OTHER_SCHEME]
    split = bool(elsewhere) and len(elsewhere) < len(rights)
    found = list(_lines_elsewhere(subject)) if split else []
    left = [item for item in rights if not split or item not in elsewhere]
    for day, answer in left:
        if not answer.is_open:
            code = _CODE_OF_REASON.get(answer.reason, _CODE_OF[answer.state])
            params = {"care": day_text(day), **_params(answer)}
            found.append(subject.finding(code, None, **params))
            break
    return tuple(found)


def _lines_elsewhere(subject: Subject) -> list[Finding]:
    """A finding for each line of another scheme's day, naming that scheme and what stays here."""
    scheme_of = {
        day: answer.other_scheme
        for day, answer in subject.rights
        if answer.state is RightsState.OTHER_SCHEME
    }
    lines = subject.dossier.lines
    ours = ", ".join(str(line.line_no) for line in lines if line.care_date not in scheme_of)
    return [
        subject.finding(
            "LIGNE_AUTRE_REGIME",
            line.line_no,
            line=str(line.line_no),
            care=day_text(line.care_date),
            scheme=scheme_of[line.care_date],
            ours=ours,
        )
        for line in lines
        if line.care_date in scheme_of
    ]


def _params(answer: RightsAnswer) -> dict[str, str]:
    params = {**answer.params, "reason": answer.reason}
    if answer.other_scheme:
        params["scheme"] = answer.other_scheme
    return params
