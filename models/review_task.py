"""A task for a person as it is opened: which question about which version, and until when."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

#: Kind of a task whose dossier stopped before it could be priced: its fields are to be read.
READING = "reading"
#: Reason of such a task whose dossier is quicker typed than corrected.
TO_TYPE = "A_SAISIR"

TASK_NAMES = (
    "dossier_id",
    "task_id",
    "version",
    "kind",
    "reasons",
    "state",
    "opened_on",
    "due_on",
    "first_by",
    "first_answer",
    "decided_by",
    "answer",
    "reason",
    "decided_at",
    "amount_minor",
)


def task_id(dossier_id: str, version: int, kind: str) -> str:
    """Return the id of a dossier's review task; the same on every run."""
    return hashlib.sha256(f"{dossier_id}\n{version}\n{kind}".encode()).hexdigest()[:32]


def open_task(
    key: tuple[str, int],
    kind: str,
    reasons: Sequence[str],
    opened_on: dt.date,
    due_on: dt.date,
    amount_minor: int = 0,
) -> tuple[Any, ...]:
    """Return an open task on one version of a dossier as a row of ``review_task``.

    ``amount_minor`` is what the machine would pay; 0 where nothing is priced yet.
    """
    return (
        key[0],
        task_id(*key, kind),
        key[1],
        kind,
        " ".join(reasons),
        "open",
        opened_on,
        due_on,
        *("",) * 6,
        amount_minor,
    )
