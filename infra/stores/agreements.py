"""Reads and writes the register of prior agreements for those who decide about them."""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from infra.database import Database
from infra.stores.agreement_use import load_uses
from infra.stores.dossiers import Head
from infra.stores.registers import agreement_of, known_on
from models.agreement import GRANTED, AgreementLimit
from models.records.all_tables import table
from models.registers import Agreement

AGREEMENT = table("register_agreement")


def load_limits(
    database: Database,
    connection: Connection,
    heads: Sequence[Head],
    numbers: Mapping[str, str],
    day: dt.date,
) -> dict[str, AgreementLimit]:
    """What each dossier finds of its agreement, by dossier id; ``numbers`` says which it stands on.

    The heads are decided together, so their own uses do not count; neither do those of dossiers
    of the same lot that were received later. Agreements without an amount set no limit.
    """
    rows = database.select_in(
        connection,
        AGREEMENT,
        "agreement_number",
        set(numbers.values()) - {""},
        known_on(AGREEMENT, day),
        AGREEMENT.c.amount_minor.is_not(None),
    )
    granted: dict[str, list[Agreement]] = {}
    for row in rows:
        if row.decision in GRANTED:
            granted.setdefault(row.agreement_number, []).append(agreement_of(row))
    uses = load_uses(connection, [one for group in granted.values() for one in group])
    together = {head.dossier_id for head in heads}
    limits: dict[str, AgreementLimit] = {}
    for head in heads:
        number = numbers.get(head.dossier_id, "")
        if number not in granted:
            continue
        used = sum(
            use.amount_minor
            for use in uses
            if use.agreement_number == number
            and use.dossier_id not in together
            and (use.lot_id != head.lot_id or use.order_key < head.order_key)
        )
        limits[head.dossier_id] = _limit(number, granted[number], used)
    return limits


def _limit(number: str, rows: Sequence[Agreement], used_minor: int) -> AgreementLimit:
    return AgreementLimit(
        agreement_number=number,
        act_keys=frozenset(row.act_key for row in rows),
        amount_minor=max(row.amount_minor or 0 for row in rows),
        used_minor=used_minor + max(row.used_minor for row in rows),
    )


def write_agreement(
    database: Database, connection: Connection, rows: Sequence[Agreement], day: dt.date
) -> None:
    """Make the rows of one agreement what is known of it from a day on; older rows are kept."""
    number = rows[0].agreement_number
    connection.execute(
        AGREEMENT.update()
        .where(AGREEMENT.c.agreement_number == number, AGREEMENT.c.known_to.is_(None))
        .values(known_to=day)
    )
    database.insert_rows(
        connection,
        AGREEMENT,
        [
            {
                "agreement_number": row.agreement_number,
                "person_id": row.person_id,
                "scheme": row.scheme,
                "act_key": row.act_key,
                "decision": row.decision,
                "amount_minor": row.amount_minor,
                "used_minor": row.used_minor,
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
                "known_from": day,
                "known_to": None,
            }
            for row in rows
        ],
    )
