"""Tells one decision version: findings, signals, amounts with their steps, decision, reviews.

The steps of the amounts are not stored: they are taken again on the same inputs, and the amounts
that come out are compared with those that were stored.
"""

import json
from collections.abc import Iterable
from typing import Any

from infra.stores.counter_history import counted_people, uses_seen
from infra.stores.dossier_history import DossierHistory
from models.outcome import PricingInput
from models.rows import dossier_of, finding_of, line_of, priced_of, signal_of, validated_of
from tasks.fraud.figures import render_reason
from tasks.pricing.explain import as_dict, compare, explain
from tasks.teller import Teller, Told, sentence_of, text_of

#: Figures of a fraud rule that are its scale of points and no threshold.
POINTS = "points_"
#: Differences that say which tariff or engine it was, and not that an amount changed.
VERSION_FIELDS = frozenset({"tariff_version", "engine_version"})


def version_told(teller: Teller, history: DossierHistory, row: Any) -> Told:
    """One decision version with everything said and done under it."""
    version = row.version
    validated = history.of_version("validated_dossier", version)
    scores = history.of_version("fraud_score", version)
    return {
        "version": version,
        "content_version": row.content_version,
        "reason": row.reason,
        "opened_by": row.opened_by,
        "opened_on": text_of(row.opened_on),
        "rights_basis": validated[0].rights_basis if validated else "",
        "registers_known_on": text_of(validated[0].registers_known_on) if validated else "",
        "findings": [_finding(teller, one) for one in history.of_version("finding", version)],
        "signals": [
            _signal(teller, history, one) for one in history.of_version("fraud_signal", version)
        ],
        "fraud_score": scores[0].score if scores else None,
        "amounts": _amounts(teller, history, row),
        "decision": _decision(teller, history, version),
        "reviews": [_review(teller, one) for one in history.of_version("review_task", version)],
        "obligation": _obligation(history, version),
    }


def _finding(teller: Teller, row: Any) -> Told:
    finding = finding_of(row)
    code = teller.codes.get(finding.code)
    return {
        "stage": row.stage,
        "code": finding.code,
        "effect": finding.effect.value,
        "line_no": finding.line_no,
        "sentence": sentence_of(teller, finding.code, finding.params),
        "reference": code.reference if code else "",
        "params": dict(finding.params),
    }


def _signal(teller: Teller, history: DossierHistory, row: Any) -> Told:
    signal = signal_of(row)
    text = teller.figures.texts.get(signal.rule_id)
    decided = history.of_version("decision", row.version)
    day = decided[0].decided_on if decided else history.head.receipt_date
    thresholds = [
        {
            "name": name,
            "value": dated.value,
            "unit": text.units.get(name, "") if text else "",
            "from": text_of(dated.valid_from),
            "to": text_of(dated.valid_to),
            "source": dated.source,
            "status": dated.status,
        }
        for (rule_id, name), values in sorted(teller.figures.values.items())
        if rule_id == signal.rule_id and not name.startswith(POINTS)
        for dated in values
        if dated.valid_from <= day and (dated.valid_to is None or day <= dated.valid_to)
    ]
    return {
        "rule_id": signal.rule_id,
        "rule_version": signal.rule_version,
        "effect": signal.effect.value,
        "score": signal.score,
        "line_no": signal.line_no,
        "name": text.names[teller.language] if text else signal.rule_id,
        "sentence": render_reason(text, signal.params, teller.language) if text else "",
        "reference": text.reference if text else "",
        "params": dict(signal.params),
        "thresholds": thresholds,
    }


def _amounts(teller: Teller, history: DossierHistory, version: Any) -> Told | None:
    """The stored amounts of a version, and the steps that lead to them when taken again."""
    priced = history.of_version("priced_dossier", version.version)
    if not priced:
        return None
    stored = priced_of(priced[0], history.of_version("priced_line", version.version))
    lines = history.of_content("extracted_line", version.content_version)
    given = _pricing_input(teller, history, version)
    again = explain(given, teller.catalogue, production=teller.is_production)
    differences = compare(stored, again.priced)
    told = as_dict(again, teller.catalogue, teller.language)
    by_no = {row.line_no: line_of(row) for row in lines}
    return {
        "currency": stored.currency,
        "tariff_version": stored.tariff_version,
        "engine_version": stored.engine_version,
        "asked_minor": stored.asked_minor,
        "base_minor": stored.base_minor,
        "due_minor": stored.due_minor,
        "lines": [
            {
                "line_no": line.line_no,
                "act": by_no[line.line_no].act_key,
                "label": by_no[line.line_no].label,
                "care_date": text_of(by_no[line.line_no].care_date),
                "quantity": by_no[line.line_no].quantity,
                "asked_minor": line.asked_minor,
                "tariff_minor": line.tariff_minor,
                "base_minor": line.base_minor,
                "rate": str(line.rate),
                "due_minor": line.due_minor,
                "rule_id": line.rule_id,
                "figure_ids": list(line.figure_ids),
            }
            for line in stored.lines
        ],
        "recomputed": {
            "tariff_version": again.priced.tariff_version,
            "engine_version": again.priced.engine_version,
            "due_minor": again.priced.due_minor,
            "is_same": not differences,
            "has_same_amounts": all(one.field in VERSION_FIELDS for one in differences),
            "differences": [
                {
                    "line_no": one.line_no,
                    "field": one.field,
                    "stored": one.stored,
                    "recomputed": one.recomputed,
                }
                for one in differences
            ],
        },
        "steps": told["steps"],
    }


def _pricing_input(teller: Teller, history: DossierHistory, version: Any) -> PricingInput:
    content = version.content_version
    extracted = history.of_content("extracted_dossier", content)[0]
    lines = history.of_content("extracted_line", content)
    validated = validated_of(history.of_version("validated_dossier", version.version)[0])
    asked = {(history.head.dossier_id, version.version): counted_people(validated)}
    with teller.database.reading() as connection:
        seen = uses_seen(teller.database, connection, asked)
    return PricingInput(
        dossier_of(history.head, extracted, lines, version.version),
        validated,
        next(iter(seen.values())),
    )


def _decision(teller: Teller, history: DossierHistory, version: int) -> Told | None:
    rows = history.of_version("decision", version)
    if not rows:
        return None
    row = rows[0]
    return {
        "outcome": row.outcome,
        "due_minor": row.due_minor,
        "currency": row.currency,
        "decided_by": row.decided_by,
        "decided_on": text_of(row.decided_on),
        "reasons": _reasons(teller, json.loads(row.reasons), history, version),
    }


def _reasons(
    teller: Teller, codes: Iterable[str], history: DossierHistory, version: int
) -> list[Told]:
    """The reason codes with their sentences, filled in where a finding or signal says how."""
    params = {row.code: json.loads(row.params) for row in history.of_version("finding", version)}
    return [
        {"code": code, "sentence": sentence_of(teller, code, params.get(code, {}))}
        for code in codes
    ]


def _review(teller: Teller, row: Any) -> Told:
    return {
        "task_id": row.task_id,
        "kind": row.kind,
        "state": row.state,
        "reasons": [
            {"code": code, "sentence": sentence_of(teller, code, {})}
            for code in row.reasons.split()
        ],
        "opened_on": text_of(row.opened_on),
        "due_on": text_of(row.due_on),
        "first_by": row.first_by,
        "answer": row.answer,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at,
        "reason": row.reason,
    }


def _obligation(history: DossierHistory, version: int) -> Told | None:
    rows = history.of_version("obligation", version)
    if not rows:
        return None
    row = rows[0]
    return {
        "payee_kind": row.payee_kind,
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "state": row.state,
        "waits_for": row.waits_for,
        "created_on": text_of(row.created_on),
    }
