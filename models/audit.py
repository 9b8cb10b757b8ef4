"""The audit trail's arithmetic: how an event is hashed onto the one before it."""

import hashlib
import json
from dataclasses import dataclass

#: What the first event of a chain is hashed onto.
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """A change of state: who did what to which object, when, with the state before and after.

    ``chain`` is the lot, or the day's desk, intake, register or payment chain; ``object_id`` is
    opaque; ``before``, ``after`` and ``detail`` never hold a name, number, account or diagnosis.
    """

    chain: str
    actor: str
    action: str
    happened_at: str
    object_kind: str
    object_id: str
    version: int
    before: str
    after: str
    detail: str = ""


def hash_event(previous_hash: str, sequence: int, event: AuditEvent) -> str:
    """Return the SHA-256 that ties an event to its predecessor and its place in the chain."""
    text = json.dumps(
        [
            previous_hash,
            sequence,
            event.chain,
            event.actor,
            event.action,
            event.happened_at,
            event.object_kind,
            event.object_id,
            event.version,
            event.before,
            event.after,
            event.detail,
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()
