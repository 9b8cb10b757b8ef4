"""Acts that need an agreement before the care have one, for that person and on that day.

An agreement counts when it was granted, names this act or none, is valid on the day of care, and
is not used up. A dossier stands on one agreement: the one it quotes, else the one that is about
most of the lines that need one. A number that the register does not know is no agreement.
"""

from collections.abc import Callable, Sequence

from models.agreement import GRANTED, covers
from models.dossier import DossierLine
from models.finding import Finding
from models.registers import Agreement, holds_on
from tasks.validation.subject import Subject

CODES = ("ENTENTE_PREALABLE",)

_Test = Callable[[Agreement, DossierLine], bool]


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding for each act without its agreement, and for one that is quoted in vain.

    ``reason`` is missing, unknown, refused, other_act, not_in_force or used_up.
    """
    if subject.is_request or subject.people.beneficiary is None:
        return ()
    quoted = subject.dossier.agreement_number
    chosen = agreement_of(subject)
    rows = [
        row
        for row in _candidates(subject)
        if chosen is None or row.agreement_number == chosen.agreement_number
    ]
    absent = "unknown" if quoted else "missing"
    found = [
        subject.finding(
            "ENTENTE_PREALABLE", line.line_no, act=line.code or line.letter, reason=reason
        )
        for line in _lines_in_need(subject)
        if (reason := _lack(rows, line, absent))
    ]
    if quoted and chosen is None and not found:
        reasons = [_lack(rows, line, absent) for line in subject.dossier.lines]
        found.append(subject.finding("ENTENTE_PREALABLE", act=quoted, reason=(*reasons, absent)[0]))
    return tuple(found)


def agreement_of(subject: Subject) -> Agreement | None:
    """Return the agreement a dossier stands on, or None; a request for one stands on none."""
    if subject.is_request:
        return None
    quoted = subject.dossier.agreement_number
    lines = subject.dossier.lines if quoted else _lines_in_need(subject)
    counts: dict[str, int] = {}
    first: dict[str, Agreement] = {}
    for row in _candidates(subject):
        covered = sum(not _lack([row], line, "") for line in lines)
        if covered:
            number = row.agreement_number
            counts[number] = counts.get(number, 0) + covered
            first.setdefault(number, row)
    if not counts:
        return None
    return first[max(counts, key=lambda number: counts[number])]


def _candidates(subject: Subject) -> list[Agreement]:
    """The beneficiary's agreements in the scheme, under the number quoted if there is one."""
    dossier = subject.dossier
    return [
        row
        for key in subject.people.beneficiary_ids
        for row in subject.registers.agreements.get(key, ())
        if row.scheme == dossier.scheme and dossier.agreement_number in ("", row.agreement_number)
    ]


def _lines_in_need(subject: Subject) -> Sequence[DossierLine]:
    """The lines whose act the scheme takes over only by agreement."""
    acts = {
        act
        for _, figures in subject.rules.in_force("agreements", subject.dossier.care_start)
        for act in figures["acts"]
    }
    return [line for line in subject.dossier.lines if {line.code, line.letter} & acts]


def _lack(rows: Sequence[Agreement], line: DossierLine, absent: str) -> str:
    """What the agreements lack to be about a line: the last thing none of them has, else empty."""
    left, reason = list(rows), absent
    for name, passes in _TESTS:
        if not left:
            return reason
        left, reason = [row for row in left if passes(row, line)], name
    return "" if left else reason


_TESTS: tuple[tuple[str, _Test], ...] = (
    ("refused", lambda row, _line: row.decision in GRANTED),
    ("other_act", lambda row, line: covers(row.act_key, line)),
    ("not_in_force", lambda row, line: holds_on(row.valid_from, row.valid_to, line.care_date)),
    ("used_up", lambda row, _line: row.amount_minor is None or row.used_minor < row.amount_minor),
)
