"""Loads the registers and their daily deltas, keeping what was believed before."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, or_, select

from infra.audit import append_events
from infra.clock import now_text
from infra.database import Database
from infra.stores.decision_versions import open_versions
from infra.stores.dossiers import DOSSIER, heads_where
from models.audit import AuditEvent
from models.errors import UsageError
from models.records.all_tables import table
from models.stage import Status, VersionReason

#: What identifies a fact in each register; a new assertion replaces what overlaps under the key.
KEYS: Mapping[str, tuple[str, ...]] = {
    "person": ("person_id",),
    "alias": ("merged_id",),
    "affiliation": ("person_id", "scheme", "number"),
    "contribution": ("person_id", "scheme"),
    "dependant": ("insured_id", "person_id"),
    "provider": ("provider_id",),
    "account": ("holder_id", "holder_kind"),
    "mandate": ("insured_id",),
    "condition": ("person_id", "ald_code"),
    "agreement": ("agreement_number", "act_key"),
    "fact": ("subject_id", "scheme", "name"),
}
#: Registers whose change may open or close somebody's rights.
RIGHTS_REGISTERS = frozenset(
    {"person", "alias", "affiliation", "contribution", "dependant", "fact"}
)
#: Findings that a change of rights may lift.
RIGHTS_CODES = frozenset(
    {"DROITS_FERMES", "DROITS_SUSPENDUS", "AUTRE_REGIME", "AYANT_DROIT_AGE"}
    | {"CONDITION_DROITS", "DROITS_A_ETABLIR"}
)
OPS = frozenset({"assert", "retract", "merge"})
#: Rows of a first load that go to the database at once.
ROWS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One line of a register file: what is asserted, retracted or merged, and for which period."""

    register: str
    op: str
    valid_from: dt.date
    valid_to: dt.date | None
    known_from: dt.date | None
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did; ``concerned`` are the persons whose rights may have changed."""

    row_count: int
    is_new: bool
    concerned: frozenset[str]
    narrowed: frozenset[str]


def read_rows(lines: Iterable[str]) -> Iterator[RegisterRow]:
    """The rows of a register file in JSON lines.

    Raises:
        UsageError: names the line and the key that is wrong, never the value.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            register, op = raw["register"], raw["op"]
            row = RegisterRow(
                register,
                op,
                dt.date.fromisoformat(raw["valid_from"]),
                _day(raw.get("valid_to")),
                _day(raw.get("known_from")),
                _typed(register, raw["values"]),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise UsageError(f"line {number}: {type(error).__name__}; check its keys") from None
        if op not in OPS:
            raise UsageError(f"line {number}: op must be one of {', '.join(sorted(OPS))}")
        yield row


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _typed(register: str, values: Mapping[str, Any]) -> dict[str, Any]:
    if register not in KEYS:
        raise KeyError(register)
    columns = table(f"register_{register}").c
    own = {"row_id", "valid_from", "valid_to", "known_from", "known_to"}
    expected = {column.name for column in columns} - own
    given = {name: value for name, value in values.items() if name in expected}
    dates = {"birth_date", "death_date"} & expected
    for name in dates:
        given[name] = _day(given.get(name))
    missing = expected - set(given)
    if missing - {"death_date", "amount_minor"}:
        raise KeyError(sorted(missing)[0])
    return {name: given.get(name) for name in sorted(expected)}


def load_registers(database: Database, lines: Iterable[str], day: dt.date) -> int:
    """Load registers for the first time, in bulk; nothing may be known of them yet.

    ``known_from`` of a row, where given, says since when the payer knew it. Returns the rows.

    Raises:
        UsageError: when a register already has rows; deltas go through ``load_delta``.
    """
    count = 0
    waiting: dict[str, list[dict[str, Any]]] = {}
    with database.transaction() as connection:
        for row in read_rows(lines):
            name = f"register_{row.register}"
            if name not in waiting:
                _refuse_filled(connection, table(name))
                waiting[name] = []
            waiting[name].append(_record(row, row.known_from or day))
            count += 1
            if len(waiting[name]) >= ROWS_AT_ONCE:
                database.insert_rows(connection, table(name), waiting[name])
                waiting[name] = []
        for name, records in waiting.items():
            database.insert_rows(connection, table(name), records)
        database.analyze(connection, waiting)
    return count


def _refuse_filled(connection: Connection, source: Table) -> None:
    if connection.execute(select(func.count()).select_from(source)).scalar_one():
        raise UsageError(f"{source.name} already has rows; load a delta instead")


def _record(row: RegisterRow, known_from: dt.date) -> dict[str, Any]:
    return {
        **row.values,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "known_from": known_from,
        "known_to": None,
    }


def load_delta(database: Database, data: bytes, day: dt.date, actor: str) -> LoadReport:
    """Load one delta file in one transaction; the same file a second time changes nothing."""
    sha256 = hashlib.sha256(data).hexdigest()
    deltas = table("register_delta")
    concerned: set[str] = set()
    narrowed: set[str] = set()
    count = 0
    with database.transaction() as connection:
        if connection.execute(select(deltas).where(deltas.c.sha256 == sha256)).one_or_none():
            return LoadReport(0, False, frozenset(), frozenset())
        events: list[AuditEvent] = []
        for row in read_rows(data.decode("utf-8").splitlines()):
            count += 1
            lost = _apply(database, connection, row, day)
            people = _people(row)
            if row.register in RIGHTS_REGISTERS:
                concerned |= people
                if lost:
                    narrowed |= people
            events.append(
                AuditEvent(
                    f"register:{day.isoformat()}", actor, f"register_{row.op}", now_text(),
                    row.register, sorted(people)[0] if people else _object_id(row), 0, "", row.op,
                )
            )  # fmt: skip
        append_events(database, connection, events)
        database.insert_rows(
            connection,
            deltas,
            [
                {
                    "sha256": sha256,
                    "loaded_on": day,
                    "row_count": count,
                    "re_decided_count": 0,
                    "detail": "",
                }
            ],
        )
    return LoadReport(count, True, frozenset(concerned), frozenset(narrowed))


def _people(row: RegisterRow) -> set[str]:
    names = ("person_id", "insured_id", "merged_id", "holder_id", "subject_id")
    return {str(row.values[name]) for name in names if row.values.get(name)}


def _object_id(row: RegisterRow) -> str:
    return str(row.values.get("provider_id") or row.values.get("agreement_number") or "")


def _apply(database: Database, connection: Connection, row: RegisterRow, day: dt.date) -> bool:
    """Supersede what overlaps, keep its remainders, add the new row; whether anything was lost."""
    register = "alias" if row.op == "merge" else row.register
    source = table(f"register_{register}")
    overlap = [source.c[name] == row.values[name] for name in KEYS[register]]
    overlap.append(source.c.known_to.is_(None))
    overlap.append(or_(source.c.valid_to.is_(None), source.c.valid_to >= row.valid_from))
    if row.valid_to is not None:
        overlap.append(source.c.valid_from <= row.valid_to)
    old_rows = connection.execute(select(source).where(*overlap)).all()
    connection.execute(
        source.update()
        .where(source.c.row_id.in_([old.row_id for old in old_rows]))
        .values(known_to=day)
    )
    fresh: list[dict[str, Any]] = []
    for old in old_rows:
        kept = {key: value for key, value in old._mapping.items() if key != "row_id"}
        kept |= {"known_from": day, "known_to": None}
        if old.valid_from < row.valid_from:
            fresh.append({**kept, "valid_to": row.valid_from - dt.timedelta(days=1)})
        if row.valid_to is not None and (old.valid_to is None or old.valid_to > row.valid_to):
            fresh.append({**kept, "valid_from": row.valid_to + dt.timedelta(days=1)})
    if row.op != "retract":
        fresh.append(_record(row, day))
    database.insert_rows(connection, source, fresh)
    return row.op == "retract" or any(_is_narrower(old, row) for old in old_rows)


def _is_narrower(old: Any, row: RegisterRow) -> bool:
    """Whether a replaced row said more than the new one: paid days, a longer period, a life."""
    if row.register == "contribution":
        return bool(old.days_paid > int(row.values["days_paid"]))
    return row.valid_to is not None and (old.valid_to is None or old.valid_to > row.valid_to)


def reopen_for_rights(
    database: Database, people: Iterable[str], day: dt.date, actor: str
) -> list[str]:
    """Open a new decision version of each dossier that waits on, or was refused for, rights.

    Returns the dossiers that will be decided again in the next lot.
    """
    validated = table("validated_dossier")
    finding = table("finding")
    wanted = sorted(people)
    with database.transaction() as connection:
        heads = heads_where(
            connection,
            DOSSIER.c.status.in_([Status.SUSPENDED.value, Status.REFUSED.value]),
            DOSSIER.c.dossier_id.in_(
                select(validated.c.dossier_id)
                .join(
                    finding,
                    (finding.c.dossier_id == validated.c.dossier_id)
                    & (finding.c.version == validated.c.version),
                )
                .where(
                    or_(
                        validated.c.insured_person_id.in_(wanted),
                        validated.c.beneficiary_person_id.in_(wanted),
                    ),
                    finding.c.code.in_(sorted(RIGHTS_CODES)),
                )
            ),
        )
        open_versions(
            database, connection, heads, VersionReason.RIGHTS_CHANGED, day, actor,
            chain=f"register:{day.isoformat()}",
        )  # fmt: skip
    return [head.dossier_id for head in heads]
