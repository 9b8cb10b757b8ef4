"""``tasfiya demo``: a simulated day from scan and electronic file to an approved bank file."""

import datetime as dt
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.archive_documents import archive_documents
from flows.load_registers import lines_of
from flows.pay_day import pay_day
from flows.process_day import close_day, process_day
from flows.show_result import AsJson, plain, show
from flows.simulate_day import write_day
from infra.clock import now_text
from infra.services import start_prefect_server
from infra.settings import has_variable
from infra.simulation.grading import Grade, grade, paid_wrongly, planted_with_codes
from infra.simulation.paper_grading import PaperGrade, grade_paper
from infra.stores.balance import DayBalance
from infra.stores.envelopes import BordereauState, list_bordereaux
from infra.stores.facts import StageTotal, count_rows, examples, stage_totals
from infra.stores.register_delta import load_delta, load_registers, reopen_for_rights
from models.errors import ContractBreach, SettingsError
from models.money import format_minor
from tasks.day_report import balance_rows
from tasks.doors import Doors, open_doors
from tasks.payment.approval import BatchReport, SignedApproval
from tasks.payment.states import BatchState
from tasks.payment.store import approve, list_batches

app = typer.Typer(add_completion=False, rich_markup_mode=None)

DEMO_DAY = "2026-11-20"
#: How long the server may take to note what is still on its way, in seconds.
DRAIN_SECONDS_MAX = 20
APPROVER = "demo approver (nobody in person)"


@app.command()
def run(
    electronic: Annotated[int, typer.Option(min=200, help="Electronic submissions.")] = 2_000,
    paper: Annotated[int, typer.Option(min=0, help="Paper dossiers.")] = 40,
    seed: Annotated[int, typer.Option(help="The same seed makes the same day.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Simulate, process, pay in the name of a demo approver, compare with the truth.

    Raises:
        ContractBreach: when the day does not balance, or anything differs from the truth.
        SettingsError: in production.
    """
    doors = open_doors()
    if doors.settings.environment == "production":
        raise SettingsError("the demo approves its own payments; it never runs in production")
    started = time.monotonic()
    with prefect_history(doors.settings.home / "prefect") as ui:
        result = run_demo(doors, electronic=electronic, paper=paper, seed=seed)
    doors.pool.close()
    result["seconds"] = round(time.monotonic() - started, 1)
    result["ui"] = ui
    show(plain(result), as_json, report(doors, result))
    problems = result["problems"]
    if problems:
        raise ContractBreach(f"the demo day is not as it must be: {'; '.join(problems)}")


@contextmanager
def prefect_history(home: Path) -> Iterator[str]:
    """A Prefect server for the flows of this process, unless one is configured."""
    if has_variable("PREFECT_API_URL"):
        yield "the Prefect server that is configured"
        return
    server = start_prefect_server(home)
    try:
        with temporary_settings({PREFECT_API_URL: server.api_url}):
            yield server.ui_url
            drain()
    finally:
        server.stop()


def drain() -> None:
    """Wait until the server has every log line and event of this process; it is about to stop."""
    APILogWorker.drain_all(timeout=DRAIN_SECONDS_MAX)
    EventsWorker.drain_all(timeout=DRAIN_SECONDS_MAX)


def run_demo(doors: Doors, *, electronic: int, paper: int, seed: int) -> dict[str, Any]:
    """Run the demo and return everything it has to say."""
    home = doors.settings.home / "demo"
    say("simulating the day: registers, electronic dossiers, scans …")
    summary = write_day(
        doors.settings, home, day=DEMO_DAY, electronic=electronic, paper=paper, seed=seed
    )
    eve, day = (dt.date.fromisoformat(summary[name]) for name in ("eve", "day"))
    if not count_rows(doors.database, "register_person"):
        load_registers(doors.database, lines_of(home / "registers"), eve)
    say(f"processing the eve, {eve} …")
    process_day(eve, str(home / "inbox" / eve.isoformat()))
    say(f"processing the day, {day} …")
    process_day(day, str(home / "inbox" / day.isoformat()), close=False)
    late = home / "late" / day.isoformat()
    if late.is_dir():
        say("receiving pieces that came late, completing their dossiers …")
        process_day(day, str(late), close=False)
    say("loading the day's register delta, deciding again whom it concerns …")
    delta = load_delta(doors.database, (home / "deltas" / f"{day}.jsonl").read_bytes(), day, "demo")
    if reopen_for_rights(doors.database, delta.concerned, day, "demo"):
        process_day(day, close=False)
    say("proposing payments, building the bank file …")
    paid_now = pay(doors, day)
    balance = close_day(day)
    say("making the searchable PDF of what was on paper …")
    archive_documents(day)
    return judge(doors, home, (eve, day), balance, paid_now)


def pay(doors: Doors, day: dt.date) -> list[BatchReport]:
    """Build the day's files, approve them in the name of the demo approver, publish them."""
    before = {batch.batch_id for batch in list_batches(doors.database, day)}
    built = [batch for batch in pay_day(day) if batch.state == BatchState.BUILT]
    for batch in built:
        say(
            f"approving {batch.batch_id} in the name of the {APPROVER}: "
            f"{batch.payment_count} payments, {format_minor(batch.total_minor, batch.currency)}"
        )
        approve(
            doors.database,
            SignedApproval(
                batch_id=batch.batch_id,
                approver=APPROVER,
                approved_at=now_text(),
                from_where="tasfiya demo",
                file_sha256=batch.file_sha256,
                payment_count=batch.payment_count,
                total_minor=batch.total_minor,
                debit_account=batch.debit_account,
                is_demo=True,
            ),
        )
    if built:
        pay_day(day)
    return [
        batch
        for batch in list_batches(doors.database, day)
        if batch.batch_id not in before and batch.state == BatchState.PUBLISHED
    ]


def judge(
    doors: Doors,
    home: Path,
    days: tuple[dt.date, dt.date],
    balance: DayBalance,
    paid_now: list[BatchReport],
) -> dict[str, Any]:
    """Compare the day with its truth, and gather what the report shows."""
    eve, day = days
    truths = [home / "truth" / f"{date}.jsonl" for date in (eve, day)]
    grades = [grade(doors.database, truth) for truth in truths]
    paper_truth = home / "truth" / f"{day}-paper.jsonl"
    paper = grade_paper(doors.database, paper_truth) if paper_truth.exists() else None
    paper_planted = (
        planted_with_codes(doors.database, paper_truth) if paper_truth.exists() else (0, 0)
    )
    wrong = [one for truth in truths for one in paid_wrongly(doors.database, truth)]
    problems = [] if balance.is_balanced else ["the day does not balance"]
    problems += [
        f"{len(one.differences)} differ from the truth" for one in grades if not one.is_good
    ]
    if paper_planted[0] != paper_planted[1]:
        problems.append("a planted fault on paper was not found")
    bordereaux = list_bordereaux(doors.database, only_open=False)
    problems += envelope_problems(home / "truth" / f"{day}-envelopes.json", bordereaux, paper)
    if wrong or (paper and paper.paid_wrong):
        problems.append("a wrong amount was paid")
    return {
        "day": day,
        "balance": balance,
        "grades": grades,
        "paper": paper,
        "paper_planted": paper_planted,
        "bordereaux": bordereaux,
        "paid_wrongly": len(wrong) + (paper.paid_wrong if paper else 0),
        "batches": list_batches(doors.database, day),
        "paid_in_this_run_minor": sum(batch.total_minor for batch in paid_now),
        "stages": stage_totals(doors.database, day),
        "examples": examples(doors.database),
        "problems": problems,
    }


def envelope_problems(
    path: Path, bordereaux: list[BordereauState], paper: PaperGrade | None
) -> list[str]:
    """What the envelopes of the day came to that they must not."""
    if paper is None:
        return []
    truth = json.loads(path.read_text(encoding="utf-8"))
    differing = sum(one.state == "differs" for one in bordereaux)
    expected = (truth["envelopes"], truth["differing_bordereaux"])
    return [] if (len(bordereaux), differing) == expected else ["a bordereau was counted wrongly"]


def report(doors: Doors, result: dict[str, Any]) -> str:
    """What the demo prints for people."""
    settings = doors.settings
    day: dt.date = result["day"]
    lines = ["", f"Balance of {day} (amounts where known)", *balance_lines(result["balance"])]
    lines += ["", "Stages of the day", *stage_lines(result["stages"])]
    lines += ["", "Compared with the truth of the simulation", *grade_lines(result)]
    lines += ["", "Payments"]
    lines += [
        f"  {batch.batch_id}: {batch.state}, {batch.payment_count} payments, "
        f"{format_minor(batch.total_minor, batch.currency)}"
        for batch in result["batches"]
    ]
    total = format_minor(result["paid_in_this_run_minor"], "MAD")
    lines.append(f"  paid in this run: {total} (a second run pays nobody again)")
    lines += ["", "Where to look"]
    lines += [
        f"  bank file   {settings.storage().removeprefix('file://')}/{batch.published_key}"
        for batch in result["batches"]
        if batch.published_key
    ]
    lines.append(f"  archive     {settings.storage().removeprefix('file://')}/archives")
    lines.append(f"  Data Docs   {settings.home / 'data-docs' / 'index.html'}")
    lines.append("  Prefect UI  make ui   (the history of this run, and the review desk beside it)")
    lines += ["", "Ask why"]
    lines += [f"  .venv/bin/tasfiya explain {key}   # {what}" for what, key in result["examples"]]
    lines.append(f"\n{result['seconds']} s in all")
    return "\n".join(lines)


def balance_lines(balance: DayBalance) -> list[str]:
    """The balance as aligned lines."""
    lines = [f"  {'':28} {'dossiers':>9} {'asked':>16} {'due':>16}"]
    lines += [
        f"  {side:5} {label:22} {part.dossier_count:>9,} "
        f"{format_minor(part.asked_minor, 'MAD'):>16} {format_minor(part.due_minor, 'MAD'):>16}"
        for side, label, part in balance_rows(balance)
    ]
    verdict = "balanced to the centime" if balance.is_balanced else "NOT BALANCED"
    lines.append(
        f"  {verdict}; apart: {balance.duplicates} duplicates, "
        f"{balance.intake_refused} refused at intake"
    )
    return lines


def stage_lines(stages: list[StageTotal]) -> list[str]:
    """Each stage with its time and speed."""
    return [
        f"  {one.stage:12} {one.dossiers:>7,} dossiers {one.seconds:>8.1f} s "
        f"{one.dossiers / one.seconds if one.seconds else 0:>8,.1f} dossiers/s"
        for one in stages
    ]


def grade_lines(result: dict[str, Any]) -> list[str]:
    """How the day compares with its truth."""
    lines: list[str] = []
    grades: list[Grade] = result["grades"]
    for name, one in zip(("eve", "day"), grades, strict=True):
        lines.append(
            f"  {name}: {one.clean} clean dossiers, {one.clean_without_person} decided without a "
            f"person, {one.clean_refused} refused, {one.clean_with_codes} with a code; "
            f"{one.planted_found} of {one.planted} planted cases answered as expected; "
            f"{one.amounts_wrong} of {one.amounts_compared} amounts differ"
        )
        lines += [
            f"    {diff.fault or 'clean'} {diff.what}: expected {diff.expected}, got {diff.found}"
            for diff in one.differences[:20]
        ]
    paper = result["paper"]
    if paper:
        lines.append(
            f"  paper: {paper.dossiers} dossiers, {paper.fields_right} of {paper.fields} typed "
            f"fields right ({100 * paper.fields_right / max(paper.fields, 1):.1f} %), "
            f"{paper.without_person} decided without a person, "
            f"{result['paper_planted'][1]} of {result['paper_planted'][0]} planted faults found "
            f"where no person has to read first, {paper.paid_wrong} paid a wrong amount"
        )
    lines += [
        f"  bordereau {one.number}: states {one.stated_count}, {one.counted} came"
        for one in result["bordereaux"]
    ]
    return lines


def say(text: str) -> None:
    """Tell the person at the terminal what is being done."""
    typer.echo(f"· {text}", err=True)
