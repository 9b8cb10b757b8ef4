"""Computes what dossiers used of prior agreements; nothing of it is stored."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from infra.database import KEYS_PER_QUERY
from infra.stores.dossiers import DOSSIER, EXTRACTED, VERSION
from models.agreement import AgreementUse, covers_any
from models.dossier import RequestKind
from models.outcome import DecisionOutcome
from models.records.all_tables import table
from models.registers import Agreement
from models.rows import line_of
from models.stage import Status

VALIDATED = table("validated_dossier")
PRICED_LINE = table("priced_line")
LINE = table("extracted_line")
DECISION = table("decision")
ALIAS = table("register_alias")

#: States in which a dossier uses nothing: it will not be paid unless somebody writes again.
USES_NOTHING = (Status.REFUSED.value, Status.WITHDRAWN.value, Status.RETURNED.value)


def load_uses(connection: Connection, agreements: Sequence[Agreement]) -> list[AgreementUse]:
    """What the dossiers that stand on these agreements use of them, in the order of receipt.

    A dossier counts in its present version, as soon as it is priced, with what is due on the
    lines that the agreement is about, and once it is decided at most with that. A request for
    agreement uses nothing. Nothing is read when there are no agreements.
    """
    if not agreements:
        return []
    act_keys: dict[str, set[str]] = {}
    for agreement in agreements:
        act_keys.setdefault(agreement.agreement_number, set()).add(agreement.act_key)
    people = _with_merged(connection, {agreement.person_id for agreement in agreements})
    uses: dict[tuple[str, str], AgreementUse] = {}
    decided: dict[str, int | None] = {}
    for row in _lines_of(connection, people, act_keys):
        if not covers_any(act_keys[row.agreement_number], line_of(row)):
            continue
        key = (row.agreement_number, row.dossier_id)
        known = uses.get(key) or AgreementUse(*key, row.lot_id, row.order_key, 0)
        uses[key] = replace(known, amount_minor=known.amount_minor + row.due_minor)
        is_open = row.outcome in (None, DecisionOutcome.REVIEW.value)
        decided[row.dossier_id] = None if is_open else row.decided_minor
    found = [_at_most(use, decided[use.dossier_id]) for use in uses.values()]
    return sorted(found, key=lambda use: (use.order_key, use.dossier_id))


def _at_most(use: AgreementUse, decided_minor: int | None) -> AgreementUse:
    if decided_minor is None or decided_minor >= use.amount_minor:
        return use
    return replace(use, amount_minor=decided_minor)


def with_use(
    agreements: Sequence[Agreement], uses: Iterable[AgreementUse], leave_out: Iterable[str]
) -> list[Agreement]:
    """The agreements with the dossiers' use added to the register's, without some dossiers' own."""
    own = frozenset(leave_out)
    used: dict[str, int] = {}
    for use in uses:
        if use.dossier_id not in own:
            used[use.agreement_number] = used.get(use.agreement_number, 0) + use.amount_minor
    return [
        replace(one, used_minor=one.used_minor + used.get(one.agreement_number, 0))
        for one in agreements
    ]


def _with_merged(connection: Connection, people: set[str]) -> set[str]:
    """The people with the ids that were merged into theirs, or theirs into."""
    found = set(people)
    wanted = sorted(people)
    for start in range(0, len(wanted), KEYS_PER_QUERY):
        piece = wanted[start : start + KEYS_PER_QUERY]
        query = select(ALIAS.c.merged_id, ALIAS.c.person_id).where(
            or_(ALIAS.c.merged_id.in_(piece), ALIAS.c.person_id.in_(piece)),
            ALIAS.c.known_to.is_(None),
        )
        for row in connection.execute(query):
            found |= {row.merged_id, row.person_id}
    return found


def _lines_of(
    connection: Connection, people: Iterable[str], numbers: Iterable[str]
) -> Iterable[Any]:
    """The priced lines of the present versions that stand on these agreements of these people."""
    wanted = sorted(set(people) - {""})
    for start in range(0, len(wanted), KEYS_PER_QUERY):
        yield from connection.execute(
            _QUERY.where(
                VALIDATED.c.beneficiary_person_id.in_(wanted[start : start + KEYS_PER_QUERY]),
                VALIDATED.c.agreement_number.in_(sorted(numbers)),
            )
        )


def _same(left: Any, right: Any, *names: str) -> Any:
    return and_(*(left.c[name] == right.c[name] for name in names))


_QUERY = (
    select(
        *(column for column in LINE.c),
        VALIDATED.c.agreement_number,
        DOSSIER.c.lot_id,
        DOSSIER.c.order_key,
        PRICED_LINE.c.due_minor,
        DECISION.c.outcome,
        DECISION.c.due_minor.label("decided_minor"),
    )
    .select_from(VALIDATED)
    .join(DOSSIER, _same(DOSSIER, VALIDATED, "dossier_id", "version"))
    .join(VERSION, _same(VERSION, VALIDATED, "dossier_id", "version"))
    .join(EXTRACTED, _same(EXTRACTED, VERSION, "dossier_id", "content_version"))
    .join(PRICED_LINE, _same(PRICED_LINE, VALIDATED, "dossier_id", "version"))
    .join(
        LINE,
        and_(
            _same(LINE, VERSION, "dossier_id", "content_version"),
            LINE.c.line_no == PRICED_LINE.c.line_no,
        ),
    )
    .outerjoin(DECISION, _same(DECISION, VALIDATED, "dossier_id", "version"))
    .where(
        DOSSIER.c.status.not_in(USES_NOTHING),
        EXTRACTED.c.request_kind == RequestKind.REIMBURSEMENT.value,
    )
)
