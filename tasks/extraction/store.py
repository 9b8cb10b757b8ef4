"""What a paper dossier says of itself reaches its head: deposit, scheme, an earlier number.

All are read by extraction and known to nobody before. The steps here may be done again: what is
already as it should be is left alone.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from infra.audit import append_events
from infra.database import Database
from infra.stores.contents import carry_pages, carry_rows, content_rows
from infra.stores.decision_versions import next_content, write_version
from infra.stores.dossiers import DOSSIER, Head, heads_where
from infra.stores.fse_links import LinkHand, join_fse_paper
from infra.stores.review_tasks import close_overtaken, hand_over, lock_with_tasks
from models.audit import AuditEvent
from models.messages import finding, read_codes
from models.records.all_tables import table
from models.rows import FINDING_NAMES, finding_rows
from models.stage import Stage, Status, VersionReason
from tasks.extraction.paper import REFERS_TO

EVIDENCE = table("field_evidence")
EXTRACTED = table("extracted_dossier")
FINDING = table("finding")
#: Said of a complement or an appeal of another insured person than the dossier that it names.
OTHER_PERSON = "RATTACHEMENT_AUTRE_PERSONNE"
_INSURED = "insured_number"
_CODES = Path(__file__).with_name("codes.yaml")
#: States in which a dossier takes late pieces, and those in which it takes an appeal.
TAKES_COMPLEMENT = frozenset(
    {Status.RETURNED.value, Status.SUSPENDED.value, Status.IN_REVIEW.value}
)
TAKES_APPEAL = frozenset({Status.REFUSED.value, Status.PAID.value, Status.CLOSED_AT_ZERO.value})


@dataclass(frozen=True, slots=True)
class Hand:
    """Who settles, on which day and at which moment (ISO text, UTC)."""

    actor: str
    day: dt.date
    at: str


def settle_heads(database: Database, lot_id: str, hand: Hand) -> None:
    """Carry stamped deposit dates and the forms' schemes to the heads, and join complements.

    Paper that names an electronic care sheet joins the dossier of that sheet.
    """
    with database.transaction() as connection:
        heads = {
            head.dossier_id: head
            for head in heads_where(
                connection,
                DOSSIER.c.lot_id == lot_id,
                DOSSIER.c.channel == "paper",
                DOSSIER.c.stage == Stage.EXTRACTION.value,
            )
        }
        for head in heads.values():
            values = _values(connection, head)
            _set_deposit(connection, head, values.get("deposit_date", ""))
            _set_scheme(database, connection, head, hand)
            number = values.get(REFERS_TO, "")
            if number and number != head.public_number and head.status != Status.WITHDRAWN.value:
                _join(database, connection, head, number, hand)
    join_fse_paper(database, LinkHand(hand.actor, hand.day, hand.at, f"lot:{lot_id}", lot_id))


def _values(connection: Connection, head: Head) -> Mapping[str, str]:
    rows = connection.execute(
        select(EVIDENCE.c.field, EVIDENCE.c.value).where(
            EVIDENCE.c.dossier_id == head.dossier_id,
            EVIDENCE.c.content_version == head.content_version,
            EVIDENCE.c.field.in_(["deposit_date", REFERS_TO]),
            EVIDENCE.c.is_doubtful.is_(False),
        )
    )
    return {row.field: row.value for row in rows}


def _set_deposit(connection: Connection, head: Head, value: str) -> None:
    try:
        deposit = dt.date.fromisoformat(value)
    except ValueError:
        return
    if head.version == 1 and deposit != head.deposit_date and deposit <= head.receipt_date:
        connection.execute(
            DOSSIER.update()
            .where(DOSSIER.c.dossier_id == head.dossier_id)
            .values(deposit_date=deposit)
        )


def _set_scheme(database: Database, connection: Connection, head: Head, hand: Hand) -> None:
    """Carry the scheme of the form that was filled in to the head; the currency follows it."""
    read = connection.execute(
        select(EXTRACTED.c.scheme, EXTRACTED.c.currency).where(
            EXTRACTED.c.dossier_id == head.dossier_id,
            EXTRACTED.c.content_version == head.content_version,
        )
    ).one_or_none()
    if read is None or head.version != 1:
        return
    before, after = f"{head.scheme} {head.currency}", f"{read.scheme} {read.currency}"
    if before == after:
        return
    connection.execute(
        DOSSIER.update()
        .where(DOSSIER.c.dossier_id == head.dossier_id)
        .values(scheme=read.scheme, currency=read.currency)
    )
    event = AuditEvent(
        f"lot:{head.lot_id}", hand.actor, "scheme_read", hand.at, "dossier", head.dossier_id,
        head.version, before, after, "",
    )  # fmt: skip
    append_events(database, connection, [event])


def _join(database: Database, connection: Connection, head: Head, number: str, hand: Hand) -> None:
    """Make the content of a complement the next version of the dossier that it belongs to.

    One of another insured person is never joined: it would be decided as that person's dossier,
    and what was paid there would be taken off. A person looks at it instead.
    """
    query = select(DOSSIER).where(DOSSIER.c.public_number == number)
    named = connection.execute(query).one_or_none()
    if named is None:
        return
    lock_with_tasks(connection, (named.dossier_id, head.dossier_id))
    (earlier,) = heads_where(connection, DOSSIER.c.dossier_id == named.dossier_id)
    (late,) = heads_where(connection, DOSSIER.c.dossier_id == head.dossier_id)
    is_as_read = (late.version, late.status) == (head.version, head.status)
    if not is_as_read or earlier.status not in TAKES_COMPLEMENT | TAKES_APPEAL:
        return
    if _is_of_another_person(connection, head, earlier):
        _say_other_person(database, connection, head, number)
        return
    is_appeal = earlier.status in TAKES_APPEAL
    reason = VersionReason.APPEAL if is_appeal else VersionReason.COMPLEMENT
    content = next_content(connection, earlier.dossier_id)
    version = earlier.version + 1
    # A complement is of the scheme of the dossier that it completes, whatever inbox it lay in.
    kept = {"scheme": earlier.scheme, "currency": earlier.currency}
    target = (earlier.dossier_id, content)
    extracted = content_rows(connection, "extracted_dossier", head)
    whole = [{**row, **kept} for row in extracted]
    carry_rows(database, connection, "extracted_dossier", whole, target)
    for name in ("extracted_line", "field_evidence"):
        carry_rows(database, connection, name, content_rows(connection, name, head), target)
    carry_pages(database, connection, head, target)
    opened = (earlier.dossier_id, version, content)
    write_version(database, connection, opened, reason, by=hand.actor, on=hand.day)
    connection.execute(
        DOSSIER.update()
        .where(DOSSIER.c.dossier_id == earlier.dossier_id)
        .values(
            version=version,
            stage=Stage.EXTRACTION.value,
            status=head.status,
            lot_id=head.lot_id,
        )
    )
    connection.execute(
        DOSSIER.update()
        .where(DOSSIER.c.dossier_id == head.dossier_id)
        .values(status=Status.WITHDRAWN.value)
    )
    now, chain, actor = hand.at, f"lot:{head.lot_id}", hand.actor
    signed = {"chain": chain, "actor": actor, "at": now}
    close_overtaken(database, connection, [earlier.dossier_id], **signed)
    hand_over(database, connection, head.dossier_id, (earlier.dossier_id, version))
    close_overtaken(database, connection, [head.dossier_id], **signed)
    append_events(
        database,
        connection,
        [
            AuditEvent(
                chain, actor, "version_opened", now, "dossier", earlier.dossier_id, version,
                f"{earlier.stage}/{earlier.status}",
                f"{Stage.EXTRACTION.value}/{head.status}", head.dossier_id,
            ),
            AuditEvent(
                chain, actor, "joined", now, "dossier", head.dossier_id, head.version,
                f"{head.stage}/{head.status}", f"{head.stage}/{Status.WITHDRAWN.value}",
                earlier.dossier_id,
            ),
        ],
    )  # fmt: skip


def _is_of_another_person(connection: Connection, head: Head, earlier: Head) -> bool:
    """Whether both dossiers name an insured person for sure, and not the same one."""
    numbers = {
        key: _insured_number(connection, one) for key, one in (("late", head), ("earlier", earlier))
    }
    return all(numbers.values()) and numbers["late"] != numbers["earlier"]


def _insured_number(connection: Connection, head: Head) -> str:
    """The insured person's number as the present content has it; empty where it is in doubt."""
    doubted = connection.execute(
        select(EVIDENCE.c.field).where(
            EVIDENCE.c.dossier_id == head.dossier_id,
            EVIDENCE.c.content_version == head.content_version,
            EVIDENCE.c.field == _INSURED,
            EVIDENCE.c.is_doubtful.is_(True),
        )
    ).first()
    number = connection.execute(
        select(EXTRACTED.c.insured_number).where(
            EXTRACTED.c.dossier_id == head.dossier_id,
            EXTRACTED.c.content_version == head.content_version,
        )
    ).scalar_one_or_none()
    return "" if doubted is not None else number or ""


def _say_other_person(database: Database, connection: Connection, head: Head, number: str) -> None:
    """Keep the finding that lets the desk decide, once for each version."""
    said = connection.execute(
        select(FINDING.c.sequence, FINDING.c.code).where(
            FINDING.c.dossier_id == head.dossier_id,
            FINDING.c.version == head.version,
            FINDING.c.stage == Stage.EXTRACTION.value,
        )
    ).all()
    if any(row.code == OTHER_PERSON for row in said):
        return
    found = finding(read_codes(_CODES), OTHER_PERSON, number=number)
    (row,) = finding_rows(head.dossier_id, head.version, Stage.EXTRACTION.value, (found,))
    place = FINDING_NAMES.index("sequence")
    last = max((one.sequence for one in said), default=0)
    row = (*row[:place], last + 1, *row[place + 1 :])
    database.insert_tuples(connection, FINDING, FINDING_NAMES, [row])
