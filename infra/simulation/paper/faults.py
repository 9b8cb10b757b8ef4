"""Plant the faults that only paper has, and say what the stages must answer."""

import functools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from infra.simulation.paper.dossier import PaperDossier, PaperFault
from models.dossier import PieceKind, RequestKind
from models.yaml_loader import safe_load

FAULTS_FILE = Path(__file__).with_name("faults.yaml")

#: A name that no generated person has, so that it resembles none of them.
OTHER_NAME = "QUESTE WILHELMINE"
#: How far a wrong total is off, in minor units: far more than any rounding.
TOTAL_SHIFT_MINOR = 12_300


@dataclass(frozen=True, slots=True)
class FaultRule:
    """How often a fault is planted, on which kinds of care, and what must be found."""

    share: int
    codes: tuple[str, ...]
    allowed: tuple[str, ...]
    outcome: str
    due: str
    care: tuple[str, ...] = ()


def plant_faults(papers: Sequence[PaperDossier], *, seed: int) -> list[PaperDossier]:
    """Return the dossiers, some of them with a fault; a dossier that has codes keeps them alone.

    Each fault is planted at its share, and at least once if a dossier can have it, but never on
    more than half of the dossiers in all.
    """
    rng = random.Random(f"faults/{seed}")
    out = list(papers)
    free = [i for i, paper in enumerate(papers) if _is_clean(paper)]
    rng.shuffle(free)
    budget = len(free) // 2
    for fault, rule in sorted(fault_rules().items()):
        wanted = min(budget, max(1, round(rule.share * len(papers) / 1_000)))
        chosen = [i for i in free if _can_have(papers[i], rule)][:wanted]
        for i in chosen:
            out[i] = with_fault(papers[i], fault)
            free.remove(i)
        budget -= len(chosen)
    return out


def with_fault(paper: PaperDossier, fault: PaperFault) -> PaperDossier:
    """Return a dossier with a fault on paper and the truth that goes with it."""
    faulty = replace(paper, fault=fault)
    if fault is PaperFault.RESUBMITTED:
        return faulty
    faulty = replace(faulty, truth=faulty_truth(paper, fault))
    if fault is PaperFault.NAME_MISMATCH:
        return faulty.written(beneficiary_name=OTHER_NAME)
    if fault is PaperFault.SUM_MISMATCH:
        return replace(faulty, printed_total_minor=paper.total_minor + TOTAL_SHIFT_MINOR)
    if fault is PaperFault.PRIOR_AGREEMENT:
        return faulty.changed(request=RequestKind.PRIOR_AGREEMENT)
    if fault is PaperFault.MISSING_PIECE:
        pieces = paper.record.pieces
        rest = tuple(piece for piece in pieces if piece.kind is not PieceKind.PRESCRIPTION)
        return faulty.changed(pieces=rest, prescription=None)
    return faulty


def faulty_truth(paper: PaperDossier, fault: PaperFault) -> dict[str, Any]:
    """Return the truth row of a dossier that has a fault."""
    rule = fault_rules()[fault]
    return {
        **paper.truth,
        "fault": f"paper_{fault.value}",
        "is_clean": False,
        "codes": list(rule.codes),
        "allowed_codes": sorted({*paper.truth.get("allowed_codes", ()), *rule.allowed}),
        "outcome": rule.outcome,
        "due_minor": paper.truth.get("due_minor") if rule.due == "kept" else 0,
    }


@functools.cache
def fault_rules() -> Mapping[PaperFault, FaultRule]:
    """Return the rule of each fault."""
    raw: dict[str, dict[str, Any]] = safe_load(FAULTS_FILE.read_text(encoding="utf-8"))
    return {
        PaperFault(name): FaultRule(
            share=item["share"],
            codes=tuple(item["codes"]),
            allowed=tuple(item["allowed"]),
            outcome=item["outcome"],
            due=item["due"],
            care=tuple(item.get("care", ())),
        )
        for name, item in raw.items()
    }


def _is_clean(paper: PaperDossier) -> bool:
    return paper.fault is PaperFault.NONE and not paper.truth.get("codes")


def _can_have(paper: PaperDossier, rule: FaultRule) -> bool:
    return not rule.care or paper.record.kind_of_care.value in rule.care
