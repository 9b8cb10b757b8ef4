"""What supervisors see: how much waits and how long, who did what, who agreed with whom."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, case, func, select

from models.desk import PersonFigures, TeamFigures
from models.records.all_tables import table

TASK = table("review_task")
LEASE = table("desk_lease")
AUDIT = table("audit_event")

#: Days a task has been open, as ranges: name → the last day in it.
AGES: Mapping[str, int] = {"0-1": 1, "2-3": 3, "4-5": 5, "6-10": 10, "11-30": 30}
OLDER = "31+"
FIRST_ANSWER = "desk_first_answer"
_FINAL = ("desk_accept", "desk_refuse", "desk_return", "scheme_chosen")


def team_figures(connection: Connection, today: dt.date, days: int, at: str) -> TeamFigures:
    """The desk's figures now, and its people's over the last days."""
    is_open = TASK.c.state == "open"
    late = func.sum(case((TASK.c.due_on < today, 1), else_=0))
    kinds = connection.execute(
        select(TASK.c.kind, func.count(), late).where(is_open).group_by(TASK.c.kind)
    ).all()
    opened = connection.execute(
        select(TASK.c.opened_on, func.count()).where(is_open).group_by(TASK.c.opened_on)
    ).all()
    held: Counter[str] = Counter(
        connection.execute(select(LEASE.c.login).where(LEASE.c.expires_at > at)).scalars()
    )
    since = today - dt.timedelta(days=days)
    twice = _second_answers(connection, since, today)
    return TeamFigures(
        waiting={kind: int(count) for kind, count, _ in kinds},
        late={kind: int(count) for kind, _, count in kinds},
        ages=_ages(opened, today),
        people=_people(connection, since, held, twice),
        judged_twice=len(twice),
        agreed=sum(is_agreed for _, is_agreed in twice),
        held=sum(held.values()),
    )


def _ages(opened: Iterable[Any], today: dt.date) -> dict[str, int]:
    ages = dict.fromkeys([*AGES, OLDER], 0)
    for day, count in opened:
        days = (today - day).days
        name = next((name for name, last in AGES.items() if days <= last), OLDER)
        ages[name] += int(count)
    return ages


def _people(
    connection: Connection,
    since: dt.date,
    held: Mapping[str, int],
    twice: Iterable[tuple[str, bool]],
) -> tuple[PersonFigures, ...]:
    rows = connection.execute(
        select(TASK.c.decided_by, TASK.c.answer, func.count())
        .where(TASK.c.decided_at >= since.isoformat(), TASK.c.state == "answered")
        .group_by(TASK.c.decided_by, TASK.c.answer)
    ).all()
    answers: dict[str, dict[str, int]] = {login: {} for login in held}
    for login, answer, count in rows:
        answers.setdefault(login, {})[answer] = int(count)
    seconds = Counter(twice)
    for login, _ in seconds:
        answers.setdefault(login, {})
    return tuple(
        PersonFigures(
            login, answers[login], held.get(login, 0), seconds[login, True], seconds[login, False]
        )
        for login in sorted(answers)
    )


def _second_answers(
    connection: Connection, since: dt.date, today: dt.date
) -> list[tuple[str, bool]]:
    """Who gave a second answer to a task, and whether it was the first person's.

    The audit trail tells: an answer that needs two is final when the second is the first's.
    """
    count = (today - since).days + 2
    chains = [f"desk:{(since + dt.timedelta(days=day)).isoformat()}" for day in range(count)]
    # Most dossiers are decided by one person: of tens of thousands a day those by two are read.
    by_two = select(AUDIT.c.object_id).where(
        AUDIT.c.chain.in_(chains), AUDIT.c.action == FIRST_ANSWER
    )
    rows = connection.execute(
        select(AUDIT.c.object_id, AUDIT.c.version, AUDIT.c.action, AUDIT.c.actor)
        .where(
            AUDIT.c.chain.in_(chains),
            AUDIT.c.action.in_([FIRST_ANSWER, *_FINAL]),
            AUDIT.c.object_id.in_(by_two),
        )
        .order_by(AUDIT.c.happened_at, AUDIT.c.sequence)
    ).all()
    waiting: set[tuple[str, int]] = set()
    found: list[tuple[str, bool]] = []
    for dossier_id, version, action, actor in rows:
        key = (dossier_id, version)
        if key in waiting:
            found.append((actor, action != FIRST_ANSWER))
        if action == FIRST_ANSWER:
            waiting.add(key)
        else:
            waiting.discard(key)
    return found
