"""Prior agreements: what an answered request becomes, and what a dossier may take of one."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from models.agreement import TIMES, AgreementLimit, covers_any
from models.dossier import Dossier, DossierLine, LineKind
from models.finding import Finding
from models.messages import Code, finding, read_codes
from models.money import format_minor
from models.outcome import Decision, DecisionInput, DecisionOutcome
from models.registers import Agreement
from tasks.review.policy import Policy

CODES_FILE = Path(__file__).with_name("codes.yaml")
#: How the register writes the two answers of the desk.
ACCEPTED, REFUSED = "accepted", "refused"
#: Digits and letters that are not mistaken for one another when read aloud.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: 50 bits: two of a year's hundred thousand requests get one number once in 200,000 years.
_NUMBER_LETTERS = 10


def agreement_number(dossier_id: str, deposit_date: dt.date) -> str:
    """Return the public number of the agreement a request is about; the same for every answer."""
    rest = int.from_bytes(hashlib.sha256(dossier_id.encode()).digest())
    letters = []
    for _ in range(_NUMBER_LETTERS):
        rest, place = divmod(rest, len(_ALPHABET))
        letters.append(_ALPHABET[place])
    return f"PEC-{deposit_date.year}-{''.join(letters)}"


def agreement_rows(
    dossier: Dossier, person_id: str, amount_minor: int | None, day: dt.date, policy: Policy
) -> list[Agreement]:
    """Return the register's rows of an answered request, one for each act it names.

    ``amount_minor`` is the agreed amount for all acts together, None for a refusal. Care that
    began while the request waited is covered; care before its deposit is not.
    """
    began = dossier.care_start
    is_waiting = dossier.deposit_date <= began < day
    last = None
    if policy.agreement_validity_days is not None:
        last = day + dt.timedelta(days=policy.agreement_validity_days)
    return [
        Agreement(
            agreement_number=agreement_number(dossier.dossier_id, dossier.deposit_date),
            person_id=person_id,
            scheme=dossier.scheme,
            act_key=act_key,
            decision=REFUSED if amount_minor is None else ACCEPTED,
            amount_minor=amount_minor or 0,
            used_minor=0,
            valid_from=began if is_waiting else day,
            valid_to=last,
        )
        for act_key in _act_keys(dossier.lines)
    ]


def _act_keys(lines: Iterable[DossierLine]) -> tuple[str, ...]:
    """The acts a request names, each once; a request without lines is about everything."""
    return tuple(dict.fromkeys(_act_key(line) for line in lines)) or ("",)


def _act_key(line: DossierLine) -> str:
    if line.kind is LineKind.LETTER and line.coefficient is not None:
        return f"{line.letter}{TIMES}{line.coefficient.normalize():f}"
    return line.act_key


class AgreementsInUse:
    """What the dossiers of one chunk take of their agreements, one after the other."""

    def __init__(self, limits: Mapping[str, AgreementLimit]) -> None:
        """Start from what each dossier finds of its agreement, by dossier id."""
        self._limits = limits
        self._taken: dict[str, int] = {}

    def findings(self, entry: DecisionInput) -> tuple[Finding, ...]:
        """Return a finding when a dossier would take more of its agreement than is left."""
        limit = self._limits.get(entry.dossier.dossier_id)
        if limit is None:
            return ()
        taken = limit.used_minor + self._taken.get(limit.agreement_number, 0)
        left = max(0, limit.amount_minor - taken)
        due = _due_minor(entry, limit)
        if due <= left:
            return ()
        currency = entry.dossier.currency
        return (
            finding(
                _codes(), "ENTENTE_DEPASSEE",
                due=format_minor(due, currency), left=format_minor(left, currency),
            ),
        )  # fmt: skip

    def take(self, entry: DecisionInput, decision: Decision) -> None:
        """Note what a decided dossier takes; what waits for a person is kept for it."""
        limit = self._limits.get(decision.dossier_id)
        if limit is None or decision.outcome not in (
            DecisionOutcome.ACCEPTED,
            DecisionOutcome.REVIEW,
        ):
            return
        due = _due_minor(entry, limit)
        if decision.outcome is DecisionOutcome.ACCEPTED:
            due = min(due, decision.due_minor)
        number = limit.agreement_number
        self._taken[number] = self._taken.get(number, 0) + due


def _due_minor(entry: DecisionInput, limit: AgreementLimit) -> int:
    """What is due on the lines that the agreement is about."""
    covered = {line.line_no for line in entry.dossier.lines if covers_any(limit.act_keys, line)}
    return sum(line.due_minor for line in entry.priced.lines if line.line_no in covered)


@cache
def _codes() -> Mapping[str, Code]:
    return read_codes(CODES_FILE)
