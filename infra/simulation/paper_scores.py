"""Figures about fields read from paper: how many are right, and whether their stated chances hold.

A field is *accepted* when no person has to look at it. Bounds are one-sided, exact, at 95 %
(Clopper and Pearson).
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.bounds import exact_upper_95

#: Edges of the bins of stated chances of error, each about three times the last one.
CHANCE_EDGES = (0.0, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
#: Points of the risk–coverage curve at most.
_CURVE_POINTS_MAX = 25


@dataclass(frozen=True, slots=True)
class ScoredField:
    """One field of one dossier: whether it is right, accepted, and the stated chance of error.

    ``kind`` is the field's name without the number of its line. ``expected`` and ``found`` are
    kept to look at what went wrong; the figures do not hold them.
    """

    field: str
    kind: str
    is_right: bool
    is_accepted: bool
    chance: float
    expected: str
    found: str
    readings: tuple[str, str] = ("", "")
    source: str = ""

    @property
    def is_amount(self) -> bool:
        """Whether it is money."""
        return self.kind.endswith("_minor")


@dataclass(frozen=True, slots=True)
class ScoredDossier:
    """One dossier: where it belongs, its fields, and whether a person has to look at it."""

    dossier_id: str
    part: str
    profile: str
    typeface: str
    is_text_layer: bool
    needs_person: bool
    reasons: tuple[str, ...]
    fields: tuple[ScoredField, ...]


def figures(dossiers: Sequence[ScoredDossier]) -> dict[str, Any]:
    """Return all figures of some dossiers; nothing of what was written or read is in them."""
    fields = [one for dossier in dossiers for one in dossier.fields]
    return {
        **summary(dossiers),
        "by_field": _grouped(fields, lambda one: one.kind, _field_counts),
        "by_profile": _grouped(dossiers, _profile, summary),
        "by_typeface": _grouped(dossiers, lambda one: one.typeface, summary),
        "reliability": reliability(fields),
        "calibration_error": calibration_error(fields),
        "risk_coverage": risk_coverage(fields),
        "amount_risk_coverage": risk_coverage([one for one in fields if one.is_amount]),
    }


def summary(dossiers: Sequence[ScoredDossier]) -> dict[str, Any]:
    """Return the main figures: fields right, wrong among accepted, dossiers without a person."""
    fields = [one for dossier in dossiers for one in dossier.fields]
    alone = [dossier for dossier in dossiers if not dossier.needs_person]
    wrong_alone = sum(any(_is_wrong_amount(one) for one in dossier.fields) for dossier in alone)
    reasons = [reason for dossier in dossiers for reason in dossier.reasons]
    return {
        "dossiers": len(dossiers),
        "without_person": len(alone),
        "without_person_share": _share(len(alone), len(dossiers)),
        "without_person_wrong_amount": wrong_alone,
        "reasons": {reason: reasons.count(reason) for reason in sorted(set(reasons))},
        "fields": _field_counts(fields),
        "amounts": _field_counts([one for one in fields if one.is_amount]),
    }


def reliability(fields: Sequence[ScoredField]) -> list[dict[str, Any]]:
    """Return, for each bin of stated chances, the mean stated and the observed share of errors."""
    rows = []
    for low, high in itertools.pairwise((*CHANCE_EDGES, 1.0 + 1e-9)):
        own = [one for one in fields if low <= one.chance < high]
        if not own:
            continue
        wrong = sum(not one.is_right for one in own)
        rows.append(
            {
                "from": low,
                "below": min(high, 1.0),
                "count": len(own),
                "stated": round(sum(one.chance for one in own) / len(own), 5),
                "observed": round(wrong / len(own), 5),
                "wrong": wrong,
                "observed_upper_95": round(exact_upper_95(wrong, len(own)), 5),
            }
        )
    return rows


def calibration_error(fields: Sequence[ScoredField]) -> float:
    """Return the expected calibration error: the mean distance of stated and observed, by bin."""
    gap = 0.0
    for row in reliability(fields):
        gap += row["count"] * abs(row["stated"] - row["observed"])
    return round(gap / max(1, len(fields)), 5)


def risk_coverage(fields: Sequence[ScoredField]) -> list[dict[str, Any]]:
    """Return the share of fields accepted up to a stated chance, and the share of these wrong."""
    chances = sorted({one.chance for one in fields})
    step = -(-len(chances) // _CURVE_POINTS_MAX) or 1
    points = []
    for chance in sorted({*chances[::step], *chances[-1:]}):
        taken = [one for one in fields if one.chance <= chance]
        wrong = sum(not one.is_right for one in taken)
        points.append(
            {
                "chance_max": chance,
                "coverage": _share(len(taken), len(fields)),
                "risk": round(wrong / len(taken), 6),
                "risk_upper_95": round(exact_upper_95(wrong, len(taken)), 6),
            }
        )
    return points


def _field_counts(fields: Sequence[ScoredField]) -> dict[str, Any]:
    right = sum(one.is_right for one in fields)
    accepted = [one for one in fields if one.is_accepted]
    wrong = sum(not one.is_right for one in accepted)
    return {
        "count": len(fields),
        "right": right,
        "right_share": _share(right, len(fields)),
        "accepted": len(accepted),
        "accepted_share": _share(len(accepted), len(fields)),
        "accepted_wrong": wrong,
        "accepted_wrong_share": _share(wrong, len(accepted)),
        "accepted_wrong_upper_95": round(exact_upper_95(wrong, len(accepted)), 6),
    }


def _grouped(
    items: Iterable[Any], key: Callable[[Any], str], count: Callable[[Sequence[Any]], Any]
) -> Mapping[str, Any]:
    groups: dict[str, list[Any]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return {name: count(groups[name]) for name in sorted(groups)}


def _profile(dossier: ScoredDossier) -> str:
    return "text_layer" if dossier.is_text_layer else dossier.profile


def _is_wrong_amount(one: ScoredField) -> bool:
    return one.is_amount and not one.is_right


def _share(part: int, whole: int) -> float:
    return round(part / whole, 5) if whole else 0.0
