"""``tasfiya pay``: propose what is owed, approve exactly one file, publish it."""

import getpass
import socket
from collections.abc import Sequence
from typing import Annotated

import typer

from flows.pay_day import pay_day
from flows.show_result import AsJson, Day, columns, day_of, show
from infra.clock import now_text
from models.errors import ContractBreach
from models.money import format_minor
from tasks.doors import open_doors
from tasks.payment.approval import BatchReport, SignedApproval
from tasks.payment.store import (
    approve,
    count_obligations,
    find_batch,
    ledger_balances,
    list_batches,
    open_batches,
    publish,
    reject,
    unbalanced_postings,
)

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)

Batch = Annotated[str, typer.Argument(help="The batch's id, from the list.")]


@app.callback()
def _root() -> None:
    """Propose, approve, publish or reject payments."""


@app.command("run")
def run_day(day: Day = "", as_json: AsJson = False) -> None:
    """Publish what was approved, propose what is owed, build the files; approve nothing."""
    doors = open_doors()
    batches = pay_day(day_of(day, doors.settings))
    show(batches, as_json, table_of(batches))


@app.command("list")
def list_all(day: Day = "", as_json: AsJson = False) -> None:
    """The batches of a day, or all that are not published yet."""
    doors = open_doors()
    batches = (
        list_batches(doors.database, day_of(day, doors.settings))
        if day
        else open_batches(doors.database)
    )
    show(batches, as_json, table_of(batches) if batches else "no batch waits")


@app.command("show")
def show_one(batch: Batch, as_json: AsJson = False) -> None:
    """What an approver looks at: file hash, count, sum, debit account, preparer."""
    report = find_batch(open_doors().database, batch)
    lines = [
        f"batch          {report.batch_id} ({report.state})",
        f"payments       {report.payment_count}",
        f"total          {format_minor(report.total_minor, report.currency)}",
        f"debit account  {report.debit_account}",
        f"file SHA-256   {report.file_sha256}",
        f"prepared by    {report.prepared_by}",
        f"approved by    {report.approved_by or '–'}",
    ]
    show(report, as_json, "\n".join(lines))


@app.command("approve")
def approve_one(
    batch: Batch,
    sha256: Annotated[str, typer.Option(help="The file's hash, as you saw it.")],
    count: Annotated[int, typer.Option(help="The number of payments.")],
    total_minor: Annotated[int, typer.Option(help="The sum in minor units.")],
    debit_account: Annotated[str, typer.Option(help="The account to be debited.")],
    by: Annotated[str, typer.Option("--by", help="Your name; it is recorded.")] = "",
    as_json: AsJson = False,
) -> None:
    """Approve exactly one built file: hash, count, sum and account must be what was built."""
    doors = open_doors()
    report = approve(
        doors.database,
        SignedApproval(
            batch_id=batch,
            approver=by or getpass.getuser(),
            approved_at=now_text(),
            from_where=f"{getpass.getuser()}@{socket.gethostname()}",
            file_sha256=sha256,
            payment_count=count,
            total_minor=total_minor,
            debit_account=debit_account,
        ),
    )
    show(report, as_json, f"{batch} approved by {report.approved_by}")


@app.command("publish")
def publish_one(batch: Batch, as_json: AsJson = False) -> None:
    """Publish an approved file; the same bytes, or nothing."""
    doors = open_doors()
    report = publish(doors.database, doors.storage, batch, at=now_text())
    show(report, as_json, f"{batch} published as {report.published_key}")


@app.command("reject")
def reject_one(
    batch: Batch,
    reason: Annotated[str, typer.Option(help="Why.")],
    by: Annotated[str, typer.Option("--by", help="Your name; it is recorded.")] = "",
    as_json: AsJson = False,
) -> None:
    """Cancel a batch that was not published; what is owed may be proposed anew."""
    report = reject(
        open_doors().database,
        batch,
        rejected_by=by or getpass.getuser(),
        reason=reason,
        at=now_text(),
    )
    show(report, as_json, f"{batch} rejected")


@app.command("ledger")
def ledger(as_json: AsJson = False) -> None:
    """The ledger's balances and what is owed; unbalanced postings are an error.

    Raises:
        ContractBreach: when debits and credits differ anywhere.
    """
    database = open_doors().database
    wrong = unbalanced_postings(database)
    if wrong:
        raise ContractBreach(f"{len(wrong)} postings do not balance")
    balances = ledger_balances(database)
    owed = count_obligations(database)
    rows = [(account, currency, amount) for (account, currency), amount in balances.items()]
    show(
        {"balances": balances, "obligations": owed},
        as_json,
        columns(rows, ("account", "currency", "minor units")),
    )


def table_of(batches: Sequence[BatchReport]) -> str:
    """Batches as columns."""
    rows = [
        (
            batch.batch_id,
            batch.state,
            batch.payment_count,
            format_minor(batch.total_minor, batch.currency),
            batch.file_sha256[:16],
        )
        for batch in batches
    ]
    return columns(rows, ("batch", "state", "payments", "total", "file"))
