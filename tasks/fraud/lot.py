"""Reads the dossiers of one chunk with their history and runs the fraud rules; in a pool child."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, exists, func, not_, or_, select, tuple_

from infra.database import KEYS_PER_QUERY, is_in, shared_database
from infra.settings import Settings
from infra.stores.dossiers import (
    DOSSIER,
    VERSION,
    Head,
    load_dossiers,
    load_priced,
    load_validated,
    rows_of_content,
)
from infra.stores.registers import account_of, known_on
from models.dossier import DossierLine, LineKind
from models.outcome import FraudInput, ValidatedDossier
from models.records.all_tables import table
from models.registers import Account
from models.rows import line_of
from models.work import ChunkOutput
from tasks.fraud.act_tables import StandardMinutes
from tasks.fraud.chunk import FraudContext, score_chunk
from tasks.fraud.figures import FraudPaths, own_paths, read_figures
from tasks.fraud.history import (
    History,
    HistoryLine,
    HistoryStay,
    PersonFacts,
    SeenImage,
    history_line,
)
from tasks.fraud.minutes import ProviderLine, day_loads
from tasks.lot_run import ChunkRequest

#: The national drug list, beside the scheme folders.
DRUGS = Path("ma") / "drugs.csv"
LINE = table("extracted_line")
EXTRACTED = table("extracted_dossier")
VALIDATED = table("validated_dossier")
PAGE = table("page_reading")
FILE = table("dossier_file")
ACCOUNT = table("register_account")
PERSON = table("register_person")


def fraud_paths(settings: Settings) -> FraudPaths:
    """Where the rules' figures stand, with the national drug list and the one imported over it."""
    national_dir = settings.schemes_dir.parent / "national"
    return own_paths(national_dir / DRUGS, settings.imported_tariffs() / DRUGS)


def score_lot_chunk(request: ChunkRequest) -> ChunkOutput:
    """Score the dossiers of a chunk against their history."""
    paths = fraud_paths(request.settings)
    database = shared_database(request.database_url)
    with database.reading() as connection:
        dossiers = load_dossiers(connection, request.heads)
        validated = load_validated(connection, request.heads)
        priced = load_priced(connection, request.heads)
        hashes = load_hashes(connection, request.heads)
        history = load_history(
            connection, validated, dossiers_days(dossiers.values()), hashes, request.day, paths
        )
    inputs = [
        FraudInput(
            dossiers[head.dossier_id],
            validated[head.dossier_id],
            priced[head.dossier_id],
            hashes.get(head.dossier_id, ()),
            head.order_key,
        )
        for head in request.heads
    ]
    return score_chunk(inputs, history, FraudContext(paths, request.day))


def dossiers_days(dossiers: Iterable[Any]) -> set[dt.date]:
    """The days of care of some dossiers."""
    return {line.care_date for dossier in dossiers for line in dossier.lines}


def load_hashes(connection: Connection, heads: Sequence[Head]) -> dict[str, tuple[str, ...]]:
    """Pixel hashes of the pages of paper dossiers; pages without words are all alike."""
    paper = [head for head in heads if head.channel == "paper"]
    found: dict[str, list[str]] = {}
    for row in rows_of_content(connection, "page_reading", paper, "dossier_id", "page_no"):
        if row.word_count and row.pixel_sha256:
            found.setdefault(row.dossier_id, []).append(row.pixel_sha256)
    return {key: tuple(group) for key, group in found.items()}


def load_history(
    connection: Connection,
    validated: Mapping[str, ValidatedDossier],
    days: set[dt.date],
    hashes: Mapping[str, tuple[str, ...]],
    day: dt.date,
    paths: FraudPaths,
) -> History:
    """What is known besides the dossiers themselves, for the people and providers of a chunk."""
    people = {entry.beneficiary_person_id for entry in validated.values()} - {""}
    payees = {entry.insured_person_id for entry in validated.values()}
    providers = {entry.provider_id for entry in validated.values()} - {""}
    accounts = _accounts(connection, payees - {""})
    ribs = {account.rib for group in accounts.values() for account in group}
    figures = read_figures(paths)
    standard = figures.standard_minutes
    minutes_min = figures.at("F19", "score_above_minutes", day)
    return History(
        lines=_lines(connection, people),
        stays=_stays(connection, people),
        day_loads=day_loads(
            _provider_lines(connection, providers, days, standard, minutes_min), standard
        ),
        images=_images(connection, {value for group in hashes.values() for value in group}),
        accounts=accounts,
        households_by_rib=_households(connection, ribs, day),
        persons=_persons(connection, people, day),
    )


def load_payee_history(connection: Connection, payees: set[str], day: dt.date) -> History:
    """What the rules of the payment need besides the dossier: the payees' accounts alone."""
    accounts = _accounts(connection, payees - {""})
    ribs = {account.rib for group in accounts.values() for account in group}
    return History(accounts=accounts, households_by_rib=_households(connection, ribs, day))


def _pieces(keys: Iterable[Any]) -> Iterable[list[Any]]:
    wanted = sorted(keys)
    for start in range(0, len(wanted), KEYS_PER_QUERY):
        yield wanted[start : start + KEYS_PER_QUERY]


#: Without the facts: those of people and those of a line share a column's name.
_VALIDATED_COLUMNS = tuple(column for column in VALIDATED.c if column.name != "facts")


def _current(*columns: Any) -> Any:
    """A query over the current versions of validated dossiers, with their content."""
    return (
        select(DOSSIER.c.order_key, DOSSIER.c.status, *_VALIDATED_COLUMNS, *columns)
        .join(
            VALIDATED,
            and_(
                VALIDATED.c.dossier_id == DOSSIER.c.dossier_id,
                VALIDATED.c.version == DOSSIER.c.version,
            ),
        )
        .join(
            VERSION,
            and_(
                VERSION.c.dossier_id == DOSSIER.c.dossier_id,
                VERSION.c.version == DOSSIER.c.version,
            ),
        )
    )


def _with_lines(query: Any) -> Any:
    return query.join(
        LINE,
        and_(
            LINE.c.dossier_id == VERSION.c.dossier_id,
            LINE.c.content_version == VERSION.c.content_version,
        ),
    )


_LINE_COLUMNS = tuple(
    column for column in LINE.c if column.name not in ("dossier_id", "content_version")
)


def _lines(connection: Connection, people: set[str]) -> dict[str, tuple[HistoryLine, ...]]:
    found: dict[str, list[HistoryLine]] = {}
    query = _with_lines(_current(*_LINE_COLUMNS, EXTRACTED.c.care_kind)).join(
        EXTRACTED,
        and_(
            EXTRACTED.c.dossier_id == VERSION.c.dossier_id,
            EXTRACTED.c.content_version == VERSION.c.content_version,
        ),
    )
    for piece in _pieces(people):
        for row in connection.execute(
            query.where(is_in(connection, VALIDATED.c.beneficiary_person_id, piece))
        ):
            found.setdefault(row.beneficiary_person_id, []).append(
                history_line(
                    line_of(row),
                    dossier_id=row.dossier_id,
                    version=row.version,
                    order_key=row.order_key,
                    status=row.status,
                    person_id=row.beneficiary_person_id,
                    provider_id=row.provider_id,
                    care_kind=row.care_kind,
                )
            )
    return {
        key: tuple(sorted(group, key=lambda line: (line.order_key, line.dossier_id)))
        for key, group in found.items()
    }


def _stays(connection: Connection, people: set[str]) -> dict[str, tuple[HistoryStay, ...]]:
    found: dict[str, list[HistoryStay]] = {}
    query = _current(EXTRACTED.c.admission_date, EXTRACTED.c.discharge_date).join(
        EXTRACTED,
        and_(
            EXTRACTED.c.dossier_id == VERSION.c.dossier_id,
            EXTRACTED.c.content_version == VERSION.c.content_version,
        ),
    )
    for piece in _pieces(people):
        rows = connection.execute(
            query.where(
                is_in(connection, VALIDATED.c.beneficiary_person_id, piece),
                EXTRACTED.c.admission_date.is_not(None),
            )
        )
        for row in rows:
            found.setdefault(row.beneficiary_person_id, []).append(
                HistoryStay(
                    row.dossier_id,
                    row.order_key,
                    row.status,
                    row.beneficiary_person_id,
                    row.provider_id,
                    row.admission_date,
                    row.discharge_date,
                )
            )
    return {
        key: tuple(sorted(group, key=lambda stay: (stay.order_key, stay.dossier_id)))
        for key, group in found.items()
    }


def _provider_lines(
    connection: Connection,
    providers: set[str],
    days: set[dt.date],
    standard: StandardMinutes,
    minutes_min: int,
) -> Iterable[ProviderLine]:
    """The lines of the provider days that may be impossible; the others are only summed up."""
    busy = _busy_days(connection, providers, days, standard, minutes_min)
    query = _with_lines(_current(*_LINE_COLUMNS))
    for piece in _pieces(busy):
        rows = connection.execute(
            query.where(tuple_(VALIDATED.c.provider_id, LINE.c.care_date).in_(piece))
        )
        for row in rows:
            yield ProviderLine(
                row.provider_id,
                row.provider_kind,
                row.dossier_id,
                row.order_key,
                row.status,
                line_of(row),
            )


_WHAT = (LINE.c.kind, LINE.c.code, LINE.c.letter, LINE.c.coefficient)


def _busy_days(
    connection: Connection,
    providers: set[str],
    days: set[dt.date],
    standard: StandardMinutes,
    minutes_min: int,
) -> set[tuple[str, dt.date]]:
    """The days on which a provider who is one person billed more than so many minutes."""
    totals: dict[tuple[str, dt.date], int] = {}
    place = (VALIDATED.c.provider_id, VALIDATED.c.provider_kind, LINE.c.care_date)
    query = (
        _with_lines(_current())
        .with_only_columns(*place, *_WHAT, func.sum(LINE.c.quantity).label("units"))
        .where(VALIDATED.c.provider_kind.in_(sorted(standard.provider_kinds)))
        .group_by(*place, *_WHAT)
    )
    for piece in _pieces(providers):
        for row in connection.execute(
            query.where(is_in(connection, VALIDATED.c.provider_id, piece))
        ):
            if row.care_date in days:
                key = (row.provider_id, row.care_date)
                totals[key] = totals.get(key, 0) + standard.minutes(
                    row.provider_kind, _line_of_units(row)
                )
    return {key for key, minutes in totals.items() if minutes > minutes_min}


def _line_of_units(row: Any) -> DossierLine:
    """A line that stands for all lines of the same act on one day."""
    return DossierLine(
        line_no=1,
        kind=LineKind(row.kind),
        code=row.code,
        letter=row.letter,
        coefficient=Decimal(row.coefficient) if row.coefficient else None,
        ean="",
        label="",
        care_date=row.care_date,
        quantity=int(row.units),
        unit_amount_minor=None,
        amount_minor=0,
    )


def _images(connection: Connection, hashes: set[str]) -> dict[str, tuple[SeenImage, ...]]:
    found: dict[str, set[tuple[str, str, str]]] = {}
    for piece in _pieces(hashes):
        rows = connection.execute(
            select(PAGE.c.pixel_sha256, DOSSIER.c.dossier_id, DOSSIER.c.order_key, DOSSIER.c.status)
            .join(DOSSIER, DOSSIER.c.dossier_id == PAGE.c.dossier_id)
            .where(PAGE.c.pixel_sha256.in_(piece), PAGE.c.word_count > 0, _is_still_there())
        )
        for row in rows:
            found.setdefault(row.pixel_sha256, set()).add(
                (row.order_key, row.dossier_id, row.status)
            )
    return {
        value: tuple(SeenImage(key, order, status) for order, key, status in sorted(group))
        for value, group in found.items()
    }


def _is_still_there() -> Any:
    """Whether a page lies in its dossier's present content, or in a file no other dossier shares.

    The desk moves pages between dossiers: a page that was moved is no second submission of itself.
    """
    is_present = exists().where(
        VERSION.c.dossier_id == DOSSIER.c.dossier_id,
        VERSION.c.version == DOSSIER.c.version,
        VERSION.c.content_version == PAGE.c.content_version,
    )
    is_shared = exists().where(
        FILE.c.sha256 == PAGE.c.sha256, FILE.c.dossier_id != PAGE.c.dossier_id
    )
    return or_(is_present, not_(is_shared))


def _accounts(connection: Connection, holders: set[str]) -> dict[str, tuple[Account, ...]]:
    found: dict[str, list[Account]] = {}
    for piece in _pieces(holders):
        rows = connection.execute(
            select(ACCOUNT)
            .where(is_in(connection, ACCOUNT.c.holder_id, piece))
            .order_by(ACCOUNT.c.known_from, ACCOUNT.c.row_id)
        )
        for row in rows:
            found.setdefault(row.holder_id, []).append(account_of(row))
    return {key: tuple(group) for key, group in found.items()}


def _households(connection: Connection, ribs: set[str], day: dt.date) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for piece in _pieces(ribs):
        rows = connection.execute(
            select(ACCOUNT.c.rib, ACCOUNT.c.holder_id).where(
                is_in(connection, ACCOUNT.c.rib, piece), known_on(ACCOUNT, day)
            )
        )
        for rib, holder in rows:
            found.setdefault(rib, set()).add(holder)
    return {rib: frozenset(group) for rib, group in found.items()}


def _persons(connection: Connection, people: set[str], day: dt.date) -> dict[str, PersonFacts]:
    found: dict[str, PersonFacts] = {}
    for piece in _pieces(people):
        rows = connection.execute(
            select(PERSON).where(
                is_in(connection, PERSON.c.person_id, piece), known_on(PERSON, day)
            )
        )
        for row in rows:
            found[row.person_id] = PersonFacts(row.birth_date, row.death_date, row.sex)
    return found
