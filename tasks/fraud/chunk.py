"""Runs the lot's fraud rules over a chunk of priced dossiers."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.finding import Signal, SignalEffect
from models.outcome import FraudInput, FraudResult
from models.rows import FINDING_NAMES
from models.work import ChunkOutput, TableRows
from tasks.fraud.figures import Figures, FraudPaths, read_figures
from tasks.fraud.history import History
from tasks.fraud.rules import all_rules
from tasks.fraud.subject import BOTH, LOT, Subject, subject_of

SCORE_NAMES = ("dossier_id", "version", "score", "signal_count", "strongest_effect")

SIGNAL_NAMES = (
    "dossier_id",
    "version",
    "sequence",
    "rule_id",
    "rule_version",
    "effect",
    "score",
    "line_no",
    "params",
)

_STRENGTH = tuple(SignalEffect)


@dataclass(frozen=True, slots=True)
class FraudContext:
    """Where the rules' figures stand, and the day of the run, taken as the day of payment."""

    paths: FraudPaths
    day: dt.date


def score_chunk(
    inputs: Sequence[FraudInput], history: History, context: FraudContext
) -> ChunkOutput:
    """Return a score for each dossier and the signals behind it; nobody is stopped here."""
    figures = read_figures(context.paths)
    scores: list[tuple[Any, ...]] = []
    signals: list[tuple[Any, ...]] = []
    for entry in inputs:
        result = score(subject_of(entry, context.day), history, figures)
        scores.append(score_row(result))
        signals.extend(signal_rows(result))
    return ChunkOutput(
        tables={
            "fraud_score": TableRows(SCORE_NAMES, scores),
            "fraud_signal": TableRows(SIGNAL_NAMES, signals),
            "finding": TableRows(FINDING_NAMES, ()),
        }
    )


def score(subject: Subject, history: History, figures: Figures) -> FraudResult:
    """Return the signals of the lot's rules on one dossier, in the order of the rule ids."""
    found: list[Signal] = []
    for rule in all_rules():
        if rule.MOMENT in (LOT, BOTH) and subject.day >= rule.SINCE:
            found.extend(rule.signals(subject, history, figures))
    return FraudResult(
        dossier_id=subject.dossier_id,
        version=subject.dossier.version,
        signals=tuple(found),
        score=sum(signal.score for signal in found),
    )


def score_row(result: FraudResult) -> tuple[Any, ...]:
    """A result as a row of ``fraud_score``; no signal leaves the strongest effect empty."""
    strongest = max((signal.effect for signal in result.signals), key=_STRENGTH.index, default="")
    return (
        result.dossier_id,
        result.version,
        result.score,
        len(result.signals),
        str(strongest),
    )


def signal_rows(result: FraudResult) -> list[tuple[Any, ...]]:
    """A result's signals as rows of ``fraud_signal``; line 0 stands for the whole dossier."""
    return [
        (
            result.dossier_id,
            result.version,
            number,
            signal.rule_id,
            signal.rule_version,
            signal.effect.value,
            signal.score,
            signal.line_no or 0,
            json.dumps(dict(signal.params), ensure_ascii=False, sort_keys=True),
        )
        for number, signal in enumerate(result.signals, start=1)
    ]
