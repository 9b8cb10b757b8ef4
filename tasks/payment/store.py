"""Keeps payments: proposes batches, builds, approves, publishes and rejects their files.

Every step is a transaction that checks the state it starts from, so that a second run, or two at
once, change nothing already done. On PostgreSQL proposals take turns under an advisory lock; on
SQLite a write transaction is alone anyway.
"""

import datetime as dt
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text

from infra.audit import append_events
from infra.database import KEYS_PER_QUERY, Database
from infra.storage import Storage
from infra.stores.registers import account_of, known_on, mandate_of, person_of
from models.audit import AuditEvent
from models.errors import ApprovalRefused, ContractBreach, UsageError
from models.records.all_tables import table
from models.stage import Stage, Status
from models.work import TableRows
from tasks.payment import batch_rows, events, ledger, propose, queries
from tasks.payment.approval import BatchReport, SignedApproval, approval_problem
from tasks.payment.bank_file import Transfer
from tasks.payment.batch_rows import Preparation, ProposalRows
from tasks.payment.events import MACHINE
from tasks.payment.formats import find_format
from tasks.payment.payee import MERGES_MAX, PayeeRegister, grouped
from tasks.payment.profile import BankProfile
from tasks.payment.states import APPROVED_STATES, BatchState, ObligationState, PaymentState

#: Key of the advisory lock under which proposals take turns on PostgreSQL; any fixed number does.
PROPOSAL_LOCK = 7_261_302
#: Days a person has for a review task, unless the caller says otherwise.
REVIEW_DAYS_MAX = 5
#: Rows fetched at once while a file is written.
ROWS_PER_FETCH = 5_000
#: Dossiers named in a refusal to publish; the rest are counted.
NAMED_MAX = 5

DOSSIER = table("dossier")
OBLIGATION = table("obligation")
BATCH = table("payment_batch")
PAYMENT = table("payment")
LINK = table("payment_obligation")
APPROVAL = table("approval")


def propose_batch(
    database: Database,
    *,
    pay_date: dt.date,
    prepared_by: str,
    prepared_at: str,
    profile: BankProfile,
    recheck: propose.Recheck,
    review_days_max: int = REVIEW_DAYS_MAX,
) -> list[BatchReport]:
    """Propose payment of everything approved and unpaid; return the new batches.

    A second call proposes only what is new. The recheck is asked before the transaction begins: it
    reads the registers itself; a dossier approved in between waits for the next call.
    """
    with database.reading() as connection:
        keys = [(row.dossier_id, row.version) for row in _payable(database, connection)]
    hits = recheck(keys) if keys else {}
    prepared = Preparation(pay_date, prepared_by, prepared_at, profile, review_days_max)
    with database.transaction() as connection:
        if database.is_postgresql:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({PROPOSAL_LOCK})"))
        _supersede(database, connection, prepared)
        decisions = _decisions(database, connection, keys, hits)
        versions = {one.dossier_id: one.version for one in decisions if one.version > 1}
        paid = _rows_of(connection, queries.PAID, versions)
        earlier = propose.earlier_payments(
            versions, paid, _rows_of(connection, queries.OWED, versions)
        )
        insured_ids = {one.insured_person_id for one in decisions}
        register = _load_register(database, connection, insured_ids, pay_date)
        proposal = propose.propose(decisions, earlier, register, profile, pay_date)
        last = select(func.max(BATCH.c.sequence)).where(BATCH.c.pay_date == pay_date)
        last_sequence = connection.execute(last).scalar() or 0
        rows = batch_rows.proposal_rows(proposal, prepared, last_sequence)
        _write_proposal(database, connection, rows, prepared)
    return [BatchReport(**row) for row in rows.batches]


def render_file(database: Database, batch_id: str, profile: BankProfile) -> bytes:
    """Return the bytes of a batch's file; the same on every call, because all comes from its rows.

    Raises:
        UsageError: when there is no such batch, or the profile is not of the batch's format.
        ContractBreach: when the payments do not add up to the batch.
    """
    with database.reading() as connection:
        batch = _batch(connection, batch_id)
        if batch.format_id != profile.format_id:
            raise UsageError(f"batch {batch_id} is of format {batch.format_id}; name its profile")
        _require_sums(connection, batch)
        head = batch_rows.file_head(batch, profile)
        streamed = connection.execution_options(yield_per=ROWS_PER_FETCH)
        rows = _run(streamed, queries.TRANSFERS, batch_id=batch_id)
        transfers = (Transfer(*row) for row in rows)
        return b"".join(find_format(batch.format_id).write(head, transfers, profile))


def build_file(
    database: Database, storage: Storage, batch_id: str, *, profile: BankProfile, at: str
) -> BatchReport:
    """Build a proposed batch's file, unpublished; check and hash the bytes that were kept.

    A batch that was built before is left as it is.

    Raises:
        ContractBreach: when the kept bytes are not valid, or do not say what the batch says.
    """
    batch = find_batch(database, batch_id)
    if batch.state != BatchState.PROPOSED:
        return batch
    bank_format = find_format(batch.format_id)
    key = f"payments/{batch_id}/{batch_id}.{bank_format.EXTENSION}"
    storage.put(key, render_file(database, batch_id, profile))
    kept = storage.get(key)
    if bank_format.check(io.BytesIO(kept)) != batch_rows.file_sums(batch):
        raise ContractBreach(f"batch {batch_id}: the kept file does not say what the batch says")
    sha256 = hashlib.sha256(kept).hexdigest()
    with database.transaction() as connection:
        batch = _batch(connection, batch_id, is_locked=True)
        if batch.state != BatchState.PROPOSED:
            return batch
        built = replace(batch, state=BatchState.BUILT.value, file_sha256=sha256, file_key=key)
        return _keep(database, connection, batch, built, MACHINE, at)


def approve(database: Database, given: SignedApproval) -> BatchReport:
    """Keep a person's approval of exactly one built file; the same approval again changes nothing.

    Raises:
        ApprovalRefused: when hash, count, sum or debit account differ, when the preparer approves,
            or when the batch is not built. The refusal is kept in the audit trail.
    """
    with database.transaction() as connection:
        batch = _batch(connection, given.batch_id, is_locked=True)
        is_kept = batch.approved_by == given.approver and _is_approved(connection, batch)
        problem = approval_problem(batch, given, is_kept)
        if problem:
            event = events.batch_event(
                batch.pay_date, given.approver, given.approved_at, batch.batch_id,
                (batch.state, batch.state), f"{problem}; from {given.from_where}",
            )  # fmt: skip
            append_events(database, connection, [replace(event, action="approval_refused")])
        elif batch.state == BatchState.BUILT:
            database.insert_rows(connection, APPROVAL, [asdict(given)])
            approved = replace(
                batch,
                state=BatchState.APPROVED.value,
                approved_by=given.approver,
                approved_at=given.approved_at,
            )
            by, at = given.approver, given.approved_at
            batch = _keep(database, connection, batch, approved, by, at, given.from_where)
    if problem:
        raise ApprovalRefused(f"batch {given.batch_id}: {problem}")
    return batch


def publish(database: Database, storage: Storage, batch_id: str, *, at: str) -> BatchReport:
    """Publish an approved file: copy the approved bytes, then book its payments as sent.

    From the state ``publishing`` on the outcome is fixed: what a killed run left is finished by
    the next one, with the same bytes.

    Raises:
        ApprovalRefused: when there is no approval of ours, the kept bytes are not the approved
            ones, or a dossier of the batch is no longer approved in that version.
    """
    with database.transaction() as connection:
        batch = _batch(connection, batch_id, is_locked=True)
        if batch.state == BatchState.PUBLISHED:
            return batch
        if not _is_approved(connection, batch):
            raise ApprovalRefused(f"batch {batch_id}: it is {batch.state}; approve it first")
        data = storage.get(batch.file_key)
        if hashlib.sha256(data).hexdigest() != batch.file_sha256:
            raise ApprovalRefused(
                f"batch {batch_id}: the kept file is not the approved one; reject the batch"
            )
        if batch.state == BatchState.APPROVED:
            _require_payable(connection, batch)
            key = f"payments/published/{batch.file_key.rpartition('/')[2]}"
            started = replace(batch, state=BatchState.PUBLISHING.value, published_key=key)
            batch = _keep(database, connection, batch, started, MACHINE, at)
    if not storage.exists(batch.published_key):
        storage.put(batch.published_key, data)
    with database.transaction() as connection:
        batch = _batch(connection, batch_id, is_locked=True)
        if batch.state != BatchState.PUBLISHING:
            return batch
        _require_sums(connection, batch)
        _book_sent(database, connection, batch, at)
        published = replace(batch, state=BatchState.PUBLISHED.value, published_at=at)
        return _keep(database, connection, batch, published, MACHINE, at)


def reject(
    database: Database, batch_id: str, *, rejected_by: str, reason: str, at: str
) -> BatchReport:
    """Cancel a batch that was not published; its obligations may be proposed anew.

    Nothing is reversed in the ledger: what is owed stays owed, and nothing of the batch was posted.

    Raises:
        UsageError: when the file is published or being published.
    """
    with database.transaction() as connection:
        batch = _batch(connection, batch_id, is_locked=True)
        if batch.state == BatchState.REJECTED:
            return batch
        if batch.state in (BatchState.PUBLISHING, BatchState.PUBLISHED):
            raise UsageError(f"batch {batch_id} is {batch.state}: nothing sent is taken back here")
        _run(connection, queries.SET_OBLIGATIONS, batch_id=batch_id, state="open")
        _run(connection, queries.END_LINKS, batch_id=batch_id, is_live=False)
        states = (PaymentState.PROPOSED, PaymentState.CANCELLED)
        payments = _set_payments(connection, batch_id, PaymentState.CANCELLED)
        cancelled = events.payment_events(batch.pay_date, rejected_by, at, payments, states)
        append_events(database, connection, cancelled)
        rejected = replace(batch, state=BatchState.REJECTED.value)
        return _keep(database, connection, batch, rejected, rejected_by, at, reason)


def find_batch(database: Database, batch_id: str) -> BatchReport:
    """The batch of that id; a UsageError when there is none."""
    with database.reading() as connection:
        return _batch(connection, batch_id)


def list_batches(database: Database, pay_date: dt.date) -> list[BatchReport]:
    """The batches of a day in the order in which they were proposed."""
    query = select(BATCH).where(BATCH.c.pay_date == pay_date).order_by(BATCH.c.sequence)
    with database.reading() as connection:
        return [BatchReport(**row._mapping) for row in connection.execute(query)]


def open_batches(database: Database) -> list[BatchReport]:
    """The batches of all days that are neither published nor rejected, oldest first."""
    done = [BatchState.PUBLISHED.value, BatchState.REJECTED.value]
    query = (
        select(BATCH).where(BATCH.c.state.not_in(done)).order_by(BATCH.c.pay_date, BATCH.c.sequence)
    )
    with database.reading() as connection:
        return [BatchReport(**row._mapping) for row in connection.execute(query)]


def count_obligations(database: Database) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Number and sum in minor units of obligations by state, what they wait for, and currency."""
    with database.reading() as connection:
        rows = _run(connection, queries.COUNT_OBLIGATIONS).all()
    return {(row[0], row[1], row[2]): (int(row[3]), int(row[4])) for row in rows}


def ledger_balances(database: Database) -> dict[tuple[str, str], int]:
    """Debits less credits in minor units by ledger account and currency; together they are 0."""
    with database.reading() as connection:
        rows = _run(connection, queries.LEDGER_BALANCES).all()
    return {(account, currency): int(balance) for account, currency, balance in rows}


def unbalanced_postings(database: Database) -> list[str]:
    """The postings whose debits and credits differ; an empty list is the only good answer."""
    with database.reading() as connection:
        return list(_run(connection, queries.UNBALANCED_POSTINGS).scalars())


def batch_tables(database: Database, batch_id: str) -> dict[str, TableRows]:
    """A batch's payments and links for the contract gate; the first name is ``payment_id``."""
    of_batch = select(PAYMENT.c.payment_id).where(PAYMENT.c.batch_id == batch_id)
    tables: dict[str, TableRows] = {}
    with database.reading() as connection:
        for source in (PAYMENT, LINK):
            query = select(source).where(source.c.payment_id.in_(of_batch))
            rows = [tuple(row) for row in connection.execute(query)]
            tables[source.name] = TableRows(tuple(source.c.keys()), rows)
    return tables


def _run(connection: Connection, query: str, **values: Any) -> Any:
    return connection.execute(text(query), values)


def _payable(database: Database, connection: Connection, *, is_locked: bool = False) -> list[Any]:
    lock = " FOR UPDATE OF d" if is_locked and database.is_postgresql else ""
    both = (queries.PAYABLE, queries.OWED_BY_OLDER)
    return [row for query in both for row in _run(connection, query + lock)]


def _supersede(database: Database, connection: Connection, prepared: Preparation) -> None:
    """Take back what a later decision replaces, newest first, until nothing more is replaced."""
    while rows := _run(connection, queries.REPLACED).all():
        values = {"state": ObligationState.SUPERSEDED.value, "waits_for": ""}
        _change_obligations(
            connection,
            [{"dossier_id": row.dossier_id, "version": row.version} | values for row in rows],
        )
        _post(database, connection, events.replaced_entries(prepared.pay_date, rows))
        by, at = prepared.prepared_by, prepared.prepared_at
        replaced = events.replaced_events(prepared.pay_date, by, at, rows)
        append_events(database, connection, replaced)


def _change_obligations(connection: Connection, rows: Sequence[batch_rows.Row]) -> None:
    """Write the given columns of obligations; all rows name the same ones."""
    if not rows:
        return
    names = [name for name in rows[0] if name not in ("dossier_id", "version")]
    connection.execute(
        OBLIGATION.update()
        .where(
            OBLIGATION.c.dossier_id == bindparam("of_dossier_id"),
            OBLIGATION.c.version == bindparam("of_version"),
        )
        .values({name: bindparam(f"of_{name}") for name in names}),
        [{f"of_{name}": value for name, value in row.items()} for row in rows],
    )


def _decisions(
    database: Database,
    connection: Connection,
    rechecked: Sequence[tuple[str, int]],
    hits: Mapping[str, tuple[str, ...]],
) -> list[propose.ApprovedDecision]:
    tasks = table("review_task")
    is_answered = (tasks.c.kind == batch_rows.PREPAYMENT_KIND, tasks.c.decided_at != "")
    answered = database.select_in(connection, tasks, "dossier_id", hits, *is_answered)
    rows = _payable(database, connection, is_locked=True)
    return propose.approved_decisions(rows, rechecked, hits, answered)


def _rows_of(connection: Connection, query: str, dossier_ids: Iterable[str]) -> list[Any]:
    by_keys = text(query).bindparams(bindparam("keys", expanding=True))
    wanted = sorted(dossier_ids)
    return [
        row
        for start in range(0, len(wanted), KEYS_PER_QUERY)
        for row in connection.execute(by_keys, {"keys": wanted[start : start + KEYS_PER_QUERY]})
    ]


def _load_register(
    database: Database, connection: Connection, insured_ids: Iterable[str], day: dt.date
) -> PayeeRegister:
    """The payees' persons, mandates and accounts, as known on the day, under surviving ids."""

    def read(name: str, column: str, keys: Iterable[str]) -> list[Any]:
        source = table(name)
        return database.select_in(connection, source, column, keys, known_on(source, day))

    merged: dict[str, str] = {}
    people = new = set(insured_ids) - {""}
    for _ in range(MERGES_MAX):
        aliases = read("register_alias", "merged_id", new)
        merged |= {row.merged_id: row.person_id for row in aliases}
        new = {row.person_id for row in aliases} - people
        people = people | new
    mandates = read("register_mandate", "insured_id", people)
    payees = people | {row.payee_id for row in mandates}
    persons = sorted(read("register_person", "person_id", payees), key=lambda row: row.valid_from)
    accounts = read("register_account", "holder_id", payees)
    return PayeeRegister(
        persons={row.person_id: person_of(row) for row in persons if row.valid_from <= day},
        mandates=grouped(map(mandate_of, mandates), "insured_id"),
        accounts=grouped(map(account_of, accounts), "holder_id"),
        merged=merged,
    )


def _write_proposal(
    database: Database, connection: Connection, rows: ProposalRows, prepared: Preparation
) -> None:
    new_count = database.insert_new(connection, OBLIGATION, rows.new_obligations)
    if new_count != len(rows.new_obligations):
        raise ContractBreach("an obligation was there before it was proposed; nothing was written")
    _change_obligations(connection, rows.changed_obligations)
    database.insert_rows(connection, BATCH, rows.batches)
    database.insert_rows(connection, PAYMENT, rows.payments)
    database.insert_rows(connection, LINK, rows.links)
    database.insert_new(connection, table("review_task"), rows.review_tasks)
    database.insert_rows(connection, table("overpayment"), rows.overpayments)
    _post(database, connection, rows.entries)
    moved = _move_dossiers(database, connection, rows, prepared)
    append_events(database, connection, [*rows.events, *moved])


def _move_dossiers(
    database: Database, connection: Connection, rows: ProposalRows, prepared: Preparation
) -> list[AuditEvent]:
    """Set the states of dossiers that are not paid by a batch; only the version that was judged."""
    after = {(dossier_id, version): status for dossier_id, version, status in rows.dossiers}
    found = database.select_in(connection, DOSSIER, "dossier_id", [key for key, _ in after])
    judged = [row for row in found if (row.dossier_id, row.version) in after]
    moved: dict[Status, list[str]] = {}
    for row in judged:
        moved.setdefault(after[row.dossier_id, row.version], []).append(row.dossier_id)
    for status, keys in moved.items():
        stage = {} if status is Status.IN_REVIEW else {"stage": Stage.PAYMENT.value}
        values = {"status": status.value, **stage}
        database.update_in(connection, DOSSIER, "dossier_id", keys, values)
    day, by, at = prepared.pay_date, prepared.prepared_by, prepared.prepared_at
    return [
        events.dossier_event(
            day, by, at, (row.dossier_id, row.version, row.stage, row.status),
            after[row.dossier_id, row.version],
        )
        for row in judged
    ]  # fmt: skip


def _batch(connection: Connection, batch_id: str, *, is_locked: bool = False) -> BatchReport:
    query = select(BATCH).where(BATCH.c.batch_id == batch_id)
    row = connection.execute(query.with_for_update() if is_locked else query).one_or_none()
    if row is None:
        raise UsageError(f"no batch {batch_id!r}; list the batches of the day")
    return BatchReport(**row._mapping)


def _keep(
    database: Database,
    connection: Connection,
    before: BatchReport,
    after: BatchReport,
    actor: str,
    at: str,
    detail: str = "",
) -> BatchReport:
    """Keep a batch's new state with its audit event."""
    changed = {
        one.name: getattr(after, one.name)
        for one in fields(after)
        if getattr(after, one.name) != getattr(before, one.name)
    }
    connection.execute(BATCH.update().where(BATCH.c.batch_id == after.batch_id).values(**changed))
    states = (before.state, after.state)
    event = events.batch_event(before.pay_date, actor, at, before.batch_id, states, detail)
    append_events(database, connection, [event])
    return after


def _is_approved(connection: Connection, batch: BatchReport) -> bool:
    """Whether an approval row of ours says exactly what the batch says."""
    names = ("batch_id", "file_sha256", "payment_count", "total_minor", "debit_account")
    query = select(APPROVAL.c.approval_id).where(
        APPROVAL.c.approver == batch.approved_by,
        *(APPROVAL.c[name] == getattr(batch, name) for name in names),
    )
    is_possible = batch.state in APPROVED_STATES and batch.approved_by != batch.prepared_by
    return is_possible and connection.execute(query).first() is not None


def _require_payable(connection: Connection, batch: BatchReport) -> None:
    if gone := _run(connection, queries.NOT_PAYABLE, batch_id=batch.batch_id).scalars().all():
        raise ApprovalRefused(
            f"batch {batch.batch_id}: {len(gone)} dossiers are no longer approved as they were "
            f"({' '.join(gone[:NAMED_MAX])}); reject the batch and propose again"
        )


def _require_sums(connection: Connection, batch: BatchReport) -> None:
    sums = _run(connection, queries.BATCH_SUMS, batch_id=batch.batch_id).one()
    wanted = (batch.payment_count, batch.total_minor, batch.total_minor)
    if tuple(map(int, sums)) != wanted:
        raise ContractBreach(f"batch {batch.batch_id}: its payments do not add up to it")


def _book_sent(database: Database, connection: Connection, batch: BatchReport, at: str) -> None:
    """Mark payments sent, obligations and dossiers paid, and post to the ledger."""
    batch_id, day = batch.batch_id, batch.pay_date
    dossiers = _run(connection, queries.PAID_BY_BATCH, batch_id=batch_id).all()
    _run(connection, queries.SET_DOSSIERS_PAID, batch_id=batch_id)
    _run(connection, queries.SET_OBLIGATIONS, batch_id=batch_id, state="paid")
    payments = _set_payments(connection, batch_id, PaymentState.SENT)
    _post(database, connection, events.sent_entries(day, payments))
    append_events(database, connection, events.sent_events(day, at, payments, dossiers))


def _set_payments(connection: Connection, batch_id: str, state: PaymentState) -> list[Any]:
    of_batch = PAYMENT.c.batch_id == batch_id
    connection.execute(PAYMENT.update().where(of_batch).values(state=state.value))
    query = select(PAYMENT).where(of_batch).order_by(PAYMENT.c.payment_id)
    return list(connection.execute(query).all())


def _post(database: Database, connection: Connection, entries: Sequence[ledger.Entry]) -> None:
    if wrong := ledger.unbalanced(entries):
        raise ContractBreach(f"{len(wrong)} postings do not balance; nothing was written")
    values = list(map(ledger.entry_values, entries))
    database.insert_tuples(connection, table("ledger_entry"), ledger.ENTRY_NAMES, values)
