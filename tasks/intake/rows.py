"""How decisions of intake become table rows and audit events."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from models.audit import AuditEvent
from models.stage import Channel, Stage, Status, VersionReason
from models.work import TableRows
from tasks.intake.decide import Decision, Opening, ReceivedFile, Reply, Standing
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
FILE_NAMES = ("dossier_id", "content_version", "file_no", "sha256", "media_type", "page_count")


class SchemesAndDefault(Protocol):
    """What rows need of the context: the currencies of the schemes, and the scheme of paper."""

    @property
    def reading(self) -> ReadingContext:
        """Limits and schemes."""

    @property
    def default_scheme(self) -> str:
        """The scheme of paper, which does not name one that a machine could read."""


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
                (one.dossier_id, one.version, 1, file.sha256, pages.media_type, pages.page_count)
                for one in contents
                if isinstance(pages := one.content, Pages)
            ],
        ),
    }
    updates = [_update(one, one.before) for one in opened if one.before is not None]
    events = [_event(file, decision) for decision in decisions]
    return RowsOfBatch(tables, updates, events)


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
        agency, region = file.filing.agency, file.filing.region
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
