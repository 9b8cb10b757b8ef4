"""``tasfiya desk``: the desk's accounts, and the desk itself as a page in the browser."""

import datetime as dt
import getpass
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Annotated, Any

import typer
import uvicorn
from starlette.applications import Starlette

from flows.answer_reviews import DESK_CODES, Sentences, corrected
from flows.show_result import AsJson, columns, show
from infra.clock import now_text
from infra.database import Database
from infra.passwords import hash_password
from infra.settings import Settings
from infra.storage import Storage
from infra.stores.desk_accounts import add_account, all_accounts, change_account
from models.desk import DESK_LANGUAGES, Account, Role, Times
from models.errors import MachineError, UsageError
from models.messages import read_codes
from tasks.archiving import Archive
from tasks.audit_work import AuditWork
from tasks.desk_access import Clock, DeskAccess
from tasks.desk_archive import DeskArchive
from tasks.desk_lookups import Lookups, Turnstile
from tasks.desk_pages import DeskPages
from tasks.desk_schemes import DeskSchemes
from tasks.desk_typing import DeskTyping
from tasks.desk_work import DeskLaw, DeskWork
from tasks.doors import open_doors
from tasks.fraud.figures import read_figures
from tasks.fraud.lot import fraud_paths
from tasks.pricing.known_schemes import read_known_schemes
from tasks.review.web.app import make_app
from tasks.review.web.ports import DeskDoors, DeskOptions
from tasks.review.web.reasons import short_reasons
from tasks.spoken_codes import spoken_codes

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
account_app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
app.add_typer(account_app, name="account", help="Add, list, change and disable accounts.")

Login = Annotated[str, typer.Argument(help="The colleague's login; it is recorded.")]
#: Longest login, in characters.
LOGIN_MAX = 60
#: How long requests under way may take when the desk is stopped, in seconds.
STOP_SECONDS_MAX = 5


@app.callback()
def _root() -> None:
    """Keep the desk's accounts and start its page."""


@app.command()
def run(
    port: Annotated[int, typer.Option(help="Port; the setting's when left out.")] = -1,
) -> None:
    """Serve the desk until it is stopped."""
    doors = open_doors()
    settings = doors.settings
    settings.check_desk()
    chosen = settings.desk_port if port < 0 else port
    if not all_accounts(doors.database):
        typer.echo("there is no account yet: tasfiya desk account add <login> --role processor")
    typer.echo(f"Review desk: http://{settings.desk_host}:{chosen}")
    serve(desk_app(settings, doors.database, doors.storage), settings.desk_host, chosen)


def serve(desk: Starlette, host: str, port: int) -> None:
    """Run the desk; no access log, and the address of who asks is the one on the line."""
    server_of(desk, host, port).run()


def server_of(desk: Starlette, host: str, port: int) -> uvicorn.Server:
    """The server of the desk, not started yet."""
    return uvicorn.Server(
        uvicorn.Config(
            desk, host=host, port=port, log_level="warning", access_log=False,
            proxy_headers=False, server_header=False, date_header=True,
            timeout_graceful_shutdown=STOP_SECONDS_MAX,
        )
    )  # fmt: skip


@contextmanager
def serving(desk: Starlette) -> Iterator[int]:
    """Serve a desk on a free port of loopback while the block runs; gives the port.

    Raises:
        MachineError: when the server ended before it listened.
    """
    server = server_of(desk, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise MachineError("the desk ended while starting")
        time.sleep(0.01)
    listening: Any = server.servers[0].sockets[0]
    try:
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()


def desk_app(
    settings: Settings,
    database: Database,
    storage: Storage,
    *,
    clock: Clock = now_text,
    today: Callable[[], dt.date] | None = None,
) -> Starlette:
    """The desk on a database and an object store, on the present day unless told otherwise."""
    doors = desk_doors(settings, database, storage, clock=clock, today=today)
    options = DeskOptions(
        secret=secrets.token_hex(32),
        is_https=settings.desk_is_https,
        names=tuple(settings.desk_names.split()),
        proxy_header=settings.desk_proxy_header,
        proxy_addresses=frozenset(settings.desk_proxy_addresses.split()),
        session_seconds=settings.desk_session_seconds,
        lease_seconds=settings.desk_lease_seconds,
    )
    codes = spoken_codes(settings.schemes_dir)
    rules = read_figures(fraud_paths(settings)).texts
    reasons = short_reasons(codes, {name: rule.names for name, rule in rules.items()})
    return make_app(doors, options, read_codes(DESK_CODES), codes, reasons)


def desk_doors(
    settings: Settings,
    database: Database,
    storage: Storage,
    *,
    clock: Clock = now_text,
    today: Callable[[], dt.date] | None = None,
) -> DeskDoors:
    """What the desk's page works with."""
    times = Times(
        settings.desk_idle_seconds, settings.desk_session_seconds, settings.desk_lease_seconds
    )
    law = DeskLaw(
        four_eyes_above_minor=settings.four_eyes_above_minor,
        codes={name: one.effect for name, one in read_codes(DESK_CODES).items()},
        correct=corrected,
        sentences=cache(lambda language: Sentences(settings, language)),
        today=today or settings.business_day,
    )
    access = DeskAccess(database, clock, times)
    work = DeskWork(database, storage, clock, times, law)
    return DeskDoors(
        access,
        access,
        work,
        work,
        work,
        audits=AuditWork(database, storage, clock, law.today),
        archives=DeskArchive(Archive(database, storage, settings, clock), clock),
        pages=DeskPages(work),
        typing=DeskTyping(work, Lookups(settings), Turnstile()),
        schemes=DeskSchemes(work, partial(read_known_schemes, settings.schemes_dir)),
    )


@account_app.command("add")
def add(
    login: Login,
    role: Annotated[list[Role], typer.Option(help="A role; may be given several times.")],
    name: Annotated[str, typer.Option(help="The name shown to colleagues.")] = "",
    language: Annotated[str, typer.Option(help="fr or ar.")] = "fr",
    no_password: Annotated[
        bool, typer.Option("--no-password", help="Signs in through the proxy alone.")
    ] = False,
) -> None:
    """Add an account; the password is asked for, or read from standard input."""
    if not login.strip() or len(login) > LOGIN_MAX or any(sign.isspace() for sign in login):
        raise UsageError(f"a login is one word of at most {LOGIN_MAX} characters")
    if ":" in login or login in {"machine", "nobody"}:
        raise UsageError("this login is not free: machine, nobody and role:… have meanings")
    if language not in DESK_LANGUAGES:
        raise UsageError(f"the desk speaks {' and '.join(DESK_LANGUAGES)}")
    hashed = "" if no_password else hash_password(read_password())
    account = Account(
        login, name or login, frozenset(one.value for one in role), hashed, language, True
    )
    add_account(open_doors().database, account, operator(), now_text())
    typer.echo(f"added: {login}")


@account_app.command("list")
def list_accounts(as_json: AsJson = False) -> None:
    """List the accounts; hashes are not shown."""
    accounts = all_accounts(open_doors().database)
    rows = [
        {
            "login": one.login,
            "name": one.shown_name,
            "roles": sorted(one.roles),
            "language": one.language,
            "is_active": one.is_active,
            "has_password": bool(one.password_hash),
        }
        for one in accounts
    ]
    heads = ("login", "name", "roles", "active")
    cells = [
        (one.login, one.shown_name, " ".join(sorted(one.roles)), "yes" if one.is_active else "no")
        for one in accounts
    ]
    show(rows, as_json, columns(cells, heads) if rows else "there is no account yet")


@account_app.command("disable")
def disable(login: Login) -> None:
    """Disable an account and end its sessions at once."""
    change_account(open_doors().database, login, operator(), now_text(), is_active=False)
    typer.echo(f"disabled: {login}")


@account_app.command("enable")
def enable(login: Login) -> None:
    """Let a disabled account in again."""
    change_account(open_doors().database, login, operator(), now_text(), is_active=True)
    typer.echo(f"enabled: {login}")


@account_app.command("password")
def change_password(login: Login) -> None:
    """Set a new password and end the account's sessions."""
    hashed = hash_password(read_password())
    change_account(open_doors().database, login, operator(), now_text(), password_hash=hashed)
    typer.echo(f"changed: {login}")


def read_password() -> str:
    """A new password: asked for twice at a terminal, one line of standard input otherwise."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise UsageError("the two passwords differ; nothing was changed")
    return password


def operator() -> str:
    """Who runs the command, as the operating system says."""
    return f"os:{getpass.getuser()}"
