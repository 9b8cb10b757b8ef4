"""How decisions of intake become table rows and audit events."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Protocol

from models.audit import AuditEvent
from models.cover_sheet import CoverSheet
from models.finding import Finding
from models.messages import Code
from models.rows import FINDING_NAMES, finding_rows
from models.stage import Channel, Stage, Status, VersionReason
from models.work import TableRows
from tasks.intake.decide import (
    Decision,
    Opening,
    ReceivedFile,
    Reply,
    Standing,
    submission_id_of,
)
from tasks.intake.limits import ReadingContext
from tasks.intake.result import Pages, ReceivedRecord

ACTOR = "intake"

SUBMISSION_NAMES = (
    "submission_id",
    "sha256",
    "part",
    "file_ref",
    "channel",
    "answer",
    "code",
    "detail",
    "dossier_id",
    "duplicate_of",
    "business_day",
    "received_at",
)
DOSSIER_NAMES = (
    "dossier_id",
    "public_number",
    "scheme",
    "currency",
    "channel",
    "agency",
    "region",
    "version",
    "stage",
    "status",
    "lot_id",
    "deposit_date",
    "receipt_date",
    "scan_date",
    "decision_date",
    "order_key",
)
VERSION_NAMES = ("dossier_id", "version", "content_version", "reason", "opened_by", "opened_on")
RECEIVED_NAMES = ("dossier_id", "content_version", "submission_id", "payload", "unmapped")
FILE_NAMES = (
    "dossier_id",
    "content_version",
    "file_no",
    "sha256",
    "media_type",
    "page_count",
    "first_page",
    "last_page",
)
ENVELOPE_NAMES = (
    "envelope_id",
    "sha256",
    "arrived_on",
    "agency",
    "page_count",
    "sheet_count",
    "box_id",
)
PART_NAMES = ("envelope_id", "part", "dossier_id", "first_page", "last_page", "bordereau_id")


class SchemesAndDefault(Protocol):
    """What rows need of the context: the currencies of the schemes, and the scheme of paper."""

    @property
    def reading(self) -> ReadingContext:
        """Limits and schemes."""

    @property
    def default_scheme(self) -> str:
        """The scheme of paper, which does not name one that a machine could read."""

    @property
    def codes(self) -> Mapping[str, Code]:
        """What intake may say, by code."""


@dataclass(frozen=True, slots=True)
class DossierUpdate:
    """New values of a known dossier, valid only while it still stands where it stood."""

    dossier_id: str
    from_version: int
    from_status: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RowsOfBatch:
    """Everything one transaction writes."""

    tables: Mapping[str, TableRows]
    updates: Sequence[DossierUpdate]
    events: Sequence[AuditEvent]


def rows_of(
    file: ReceivedFile, decisions: Sequence[Decision], context: SchemesAndDefault
) -> RowsOfBatch:
    """Return the rows, updates and events of one batch of decisions."""
    codes = context.codes
    opened = [decision for decision in decisions if decision.version and decision.content]
    contents = [one for one in opened if one.opening is not Opening.WITHDRAWAL]
    tables = {
        "submission": TableRows(
            SUBMISSION_NAMES, [_submission(file, decision) for decision in decisions]
        ),
        "dossier": TableRows(
            DOSSIER_NAMES,
            [
                _dossier(file, decision, context)
                for decision in contents
                if decision.opening is Opening.FIRST
            ],
        ),
        "dossier_version": TableRows(VERSION_NAMES, [_version(file, one) for one in contents]),
        "received_record": TableRows(RECEIVED_NAMES, [_received(one) for one in contents]),
        "dossier_file": TableRows(
            FILE_NAMES,
            [
                (one.dossier_id, one.version, number, *astuple(pages))
                for one in contents
                for number, pages in enumerate(one.files, start=1)
            ],
        ),
        **_envelope_tables(file, contents),
        "finding": TableRows(FINDING_NAMES, [row for one in contents for row in _said(one, codes)]),
    }
    updates = [_update(one, one.before) for one in opened if one.before is not None]
    events = [_event(file, decision) for decision in decisions]
    return RowsOfBatch(tables, updates, events)


def envelope_id_of(file: ReceivedFile) -> str:
    """The id of the envelope that a file is."""
    return "E" + submission_id_of(file, 1)[1:17]


def bordereau_id_of(sheet: CoverSheet) -> str:
    """The id of a bordereau: its agency and its number."""
    return "B" + hashlib.sha256(f"{sheet.agency}/{sheet.number}".encode()).hexdigest()[:16]


def _envelope_tables(file: ReceivedFile, contents: Sequence[Decision]) -> dict[str, TableRows]:
    """The envelope of a file of paper and its parts; nothing for a file of records."""
    parts = [(one, one.content) for one in contents if isinstance(one.content, Pages)]
    key = envelope_id_of(file)
    envelopes = [
        (
            key,
            file.sha256,
            file.business_day,
            file.filing.agency or pages.origin.agency,
            pages.page_count,
            len(pages.sheets),
            "",
        )
        for _one, pages in parts[:1]
    ]
    rows = [
        (
            key,
            one.part,
            one.dossier_id,
            pages.first_page,
            pages.last,
            bordereau_id_of(pages.origin.bordereau) if pages.origin.bordereau else "",
        )
        for one, pages in parts
    ]
    return {
        "envelope": TableRows(ENVELOPE_NAMES, envelopes),
        "envelope_part": TableRows(PART_NAMES, rows),
    }


def bordereaux_of(decisions: Sequence[Decision]) -> tuple[CoverSheet, ...]:
    """The bordereaux under which a file's new dossiers and late pages came."""
    found = {
        one.content.origin.bordereau: None
        for one in decisions
        if isinstance(one.content, Pages) and one.version and one.content.origin.bordereau
    }
    return tuple(sheet for sheet in found if sheet)


def _said(decision: Decision, codes: Mapping[str, Code]) -> list[tuple[Any, ...]]:
    """What the cover sheets leave a person to know of a dossier, as rows of ``finding``."""
    origin = decision.content.origin if isinstance(decision.content, Pages) else None
    if origin is None or not origin.problem:
        return []
    said = Finding(origin.problem, codes[origin.problem].effect, None, origin.params)
    return finding_rows(decision.dossier_id, decision.version, Stage.INTAKE.value, [said])


def _submission(file: ReceivedFile, decision: Decision) -> tuple[Any, ...]:
    detail = ""
    if decision.params or decision.public_number:
        members = {"public_number": decision.public_number, **decision.params}
        detail = json.dumps(members, ensure_ascii=False, sort_keys=True)
    return (
        decision.submission_id,
        file.sha256,
        decision.part,
        file.file_ref,
        decision.channel,
        decision.reply.value,
        decision.code,
        detail,
        decision.dossier_id,
        decision.duplicate_of,
        file.business_day,
        file.received_at,
    )


def _dossier(file: ReceivedFile, decision: Decision, context: SchemesAndDefault) -> tuple[Any, ...]:
    content = decision.content
    day = file.business_day
    if isinstance(content, ReceivedRecord):
        scheme, channel = content.scheme, content.channel
        agency, region = content.agency, content.region
        deposit_date, scan_date = content.deposit_date, None
    else:
        scheme, channel = context.default_scheme, Channel.PAPER.value
        said = content.origin.agency if isinstance(content, Pages) else ""
        agency, region = file.filing.agency or said, file.filing.region
        # The stamp is on the paper: extraction reads it; until then the day of receipt stands.
        deposit_date, scan_date = day, day
    return (
        decision.dossier_id,
        decision.public_number,
        scheme,
        context.reading.schemes[scheme],
        channel,
        agency,
        region,
        1,
        Stage.INTAKE.value,
        Status.IN_PROGRESS.value,
        "",
        deposit_date,
        day,
        scan_date,
        None,
        f"{day.isoformat()}/{file.sha256}/{decision.part:06d}",
    )


_REASONS = {
    Opening.FIRST: VersionReason.FIRST,
    Opening.COMPLEMENT: VersionReason.COMPLEMENT,
    Opening.APPEAL: VersionReason.APPEAL,
}


def _version(file: ReceivedFile, decision: Decision) -> tuple[Any, ...]:
    reason = _REASONS[decision.opening].value
    version = decision.version
    return (decision.dossier_id, version, version, reason, ACTOR, file.business_day)


def _received(decision: Decision) -> tuple[Any, ...]:
    record = decision.content if isinstance(decision.content, ReceivedRecord) else None
    return (
        decision.dossier_id,
        decision.version,
        decision.submission_id,
        record.payload if record else "",
        record.unmapped if record else "",
    )


def _update(decision: Decision, before: Standing) -> DossierUpdate:
    """A complement or appeal starts the way anew; the first deposit and receipt dates stay."""
    values: dict[str, Any] = {"status": Status.WITHDRAWN.value}
    if decision.opening is not Opening.WITHDRAWAL:
        values = {
            "version": decision.version,
            "stage": Stage.INTAKE.value,
            "status": Status.IN_PROGRESS.value,
            "lot_id": "",
            "decision_date": None,
        }
    return DossierUpdate(before.dossier_id, before.version, before.status, values)


def _event(file: ReceivedFile, decision: Decision) -> AuditEvent:
    is_accepted = decision.reply is Reply.ACCEPTED
    before = decision.before
    stage = before.stage if before and decision.opening is Opening.WITHDRAWAL else Stage.INTAKE
    is_withdrawn = decision.opening is Opening.WITHDRAWAL
    status = Status.WITHDRAWN if is_withdrawn else Status.IN_PROGRESS
    return AuditEvent(
        chain=f"intake:{file.business_day.isoformat()}",
        actor=ACTOR,
        action=decision.opening.value if is_accepted else decision.reply.value,
        happened_at=file.received_at,
        object_kind="dossier" if is_accepted else "submission",
        object_id=decision.dossier_id if is_accepted else decision.submission_id,
        version=decision.version,
        before=f"{before.stage}/{before.status}" if before else "",
        after=f"{stage}/{status}" if is_accepted else decision.code,
        detail=decision.submission_id if is_accepted else decision.duplicate_of,
    )
