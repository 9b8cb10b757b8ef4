"""Every document that this kind of care asks for is in the dossier."""

import functools
from collections.abc import Mapping
from pathlib import Path

from models.finding import Finding
from models.messages import in_all_languages
from models.yaml_loader import safe_load
from tasks.validation.subject import Subject

CODES = ("PIECE_MANQUANTE",)
_NAMES = Path(__file__).parent.parent / "pieces.yaml"


def findings(subject: Subject) -> tuple[Finding, ...]:
    """Return a finding for each document that is missing."""
    dossier = subject.dossier
    rule = subject.rules.figures("pieces", dossier.care_kind.value, dossier.care_start)
    if subject.is_request or rule is None:
        return ()
    present = {piece.kind for piece in dossier.pieces if piece.count > 0}
    return tuple(
        subject.finding("PIECE_MANQUANTE", kind=kind.value, piece=piece_names()[kind.value])
        for kind in rule["pieces"]
        if kind not in present
    )


@functools.cache
def piece_names() -> Mapping[str, str]:
    """Return how each kind of document is called, in all languages."""
    raw = safe_load(_NAMES.read_text(encoding="utf-8"))
    return {kind: in_all_languages(names) for kind, names in raw.items()}
