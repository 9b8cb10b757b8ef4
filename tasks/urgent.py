"""Decides one urgent dossier alone: one file through all stages, in this process, in seconds.

Nothing is left out but the lots: the same functions write the same rows, states and audit events.
The contract is checked by the plain reader of the same rules, because Great Expectations costs
seconds to import; no child process is started but the one that decodes the untrusted file.
"""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from contracts.rows import RowGate
from infra.clock import now_text
from infra.database import Database
from infra.pool import WorkerPool
from infra.stores.dossier_history import read_history
from infra.stores.lots import close_lot, lot_of, make_lot_of_one
from models.errors import UsageError
from models.stage import Stage
from tasks.doors import Doors
from tasks.extraction.lot import extract_lot_chunk
from tasks.extraction.store import Hand, settle_heads
from tasks.fraud.lot import score_lot_chunk
from tasks.intake.report import IntakeReport
from tasks.intake.sandbox import DecoderPool
from tasks.intake.store import receive_file
from tasks.lot_run import LotRun, check_intake, run_stage
from tasks.ocr.lot import read_lot_chunk
from tasks.pricing.lot import price_lot_chunk
from tasks.receiving import intake_context
from tasks.review.lot import decide_lot_chunk
from tasks.validation.lot import validate_lot_chunk

Answer = TypeVar("Answer")

#: The stages after intake, in their order, each with the function that computes a chunk.
STAGE_FUNCTIONS: Sequence[tuple[Stage, Callable[..., Any]]] = (
    (Stage.OCR, read_lot_chunk),
    (Stage.EXTRACTION, extract_lot_chunk),
    (Stage.VALIDATION, validate_lot_chunk),
    (Stage.PRICING, price_lot_chunk),
    (Stage.FRAUD, score_lot_chunk),
    (Stage.REVIEW, decide_lot_chunk),
)


class SameProcess(WorkerPool):
    """A pool without children: the work is done where it is asked for."""

    def map(self, work: Callable[[Any], Answer], requests: Sequence[Any]) -> list[Answer]:
        """Return the answers to the requests, in their order."""
        return [work(request) for request in requests]


@dataclass(frozen=True, slots=True)
class UrgentDecision:
    """What became of one file: the answer of intake and, where it was accepted, the decision.

    ``status`` and ``outcome`` are empty where nothing was opened; ``reasons`` are codes.
    """

    codes: tuple[str, ...]
    dossier_id: str
    public_number: str
    lot_id: str
    status: str
    outcome: str
    due_minor: int
    currency: str
    reasons: tuple[str, ...]


def decide_urgent(doors: Doors, path: Path, day: dt.date) -> UrgentDecision:
    """Receive one file and take its dossier through all stages now.

    The same call again changes nothing: it tells what was decided, or finishes a lot that an
    earlier call left. A file that intake answers otherwise opens nothing.

    Raises:
        UsageError: when the file is not there or holds several dossiers; these were received and
            wait for the day's lots.
    """
    report = _receive(doors, path, day)
    codes = tuple(sorted(report.codes))
    ids = set(report.dossier_ids)
    if len(ids) > 1:
        raise UsageError(
            f"{path.name} holds {len(ids)} dossiers, which were received and wait for the day's "
            "lots; an urgent file holds one"
        )
    if not ids:
        return UrgentDecision(codes, "", "", "", "", "", 0, "", ())
    dossier_id = ids.pop()
    lot = make_lot_of_one(doors.database, day, dossier_id)
    if lot is None:
        lot_id = read_history(doors.database, dossier_id).head.lot_id
        lot = lot_of(doors.database, lot_id) if lot_id else None
    if lot is not None and lot.dossier_count == 1:
        run_all(_run_of(doors, lot.lot_id, day))
    return _decided(doors.database, dossier_id, codes)


def _receive(doors: Doors, path: Path, day: dt.date) -> IntakeReport:
    if not path.is_file():
        raise UsageError(f"{path.name}: there is no such file")
    context = intake_context(doors.settings)
    with DecoderPool(context.reading, workers=1) as pool:
        return receive_file(
            doors.database,
            doors.storage,
            pool,
            path,
            source_name=path.name,
            business_day=day,
            received_at=now_text(),
            context=context,
        )


def _run_of(doors: Doors, lot_id: str, day: dt.date) -> LotRun:
    return LotRun(
        lot_id=lot_id,
        day=day,
        settings=doors.settings,
        database=doors.database,
        storage=doors.storage,
        pool=SameProcess(1),
        gate=RowGate(doors.settings.contracts_dir),
    )


def _decided(database: Database, dossier_id: str, codes: tuple[str, ...]) -> UrgentDecision:
    history = read_history(database, dossier_id)
    head = history.head
    decisions = history.of_version("decision", head.version)
    decision = decisions[0] if decisions else None
    return UrgentDecision(
        codes=codes,
        dossier_id=dossier_id,
        public_number=head.public_number,
        lot_id=head.lot_id,
        status=head.status,
        outcome=decision.outcome if decision else "",
        due_minor=decision.due_minor if decision else 0,
        currency=head.currency,
        reasons=tuple(json.loads(decision.reasons)) if decision else (),
    )


def run_all(run: LotRun) -> None:
    """Take one lot through all stages; what is already done is not done again."""
    check_intake(run)
    for stage, function in STAGE_FUNCTIONS:
        run_stage(run, stage, function)
        if stage is Stage.EXTRACTION:
            settle_heads(run.database, run.lot_id, Hand(run.actor, run.day, now_text()))
    close_lot(run.database, run.lot_id)
