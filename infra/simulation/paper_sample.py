"""Samples of paper for measuring how it is read: sound dossiers, each with its truth.

A sample has parts that are told apart in the figures: typed sheets of a mix of damages, sheets
that look written by hand, faxes. Each dossier is drawn by its own seed, so that it can be put on
paper in any process, and again.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.simulation.day import simulate
from infra.simulation.paper.degrade import DEFAULT_MIX
from infra.simulation.paper.dossier import paper_from_electronic
from infra.simulation.paper.pages import look_of
from infra.simulation.paper.paper_day import SHEET_FORM, ScannedFile, scan, truth_row

#: Parts of a sample besides those named by a mix.
HAND, FAX = "hand", "fax"
#: The mix of damages of hand-like sheets.
_HAND_MIX = DEFAULT_MIX


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a sample: how many dossiers, how damaged, in which typefaces."""

    name: str
    count: int
    mix: str
    sheets: str
    issuers: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One dossier to be put on paper: its draft, the part it belongs to, the seed of its looks."""

    number: int
    part: Part
    seed: int
    draft: dict[str, Any]

    @property
    def dossier_id(self) -> str:
        """The id of the dossier in this sample."""
        return str(self.draft["dossier"]["public_number"]).lower()


def parts_of(
    mixes: Sequence[str], count: int, *, hand: int, fax: int, group: str
) -> tuple[Part, ...]:
    """Return a part of ``count`` typed dossiers for each mix, and those of hand and fax.

    ``group`` is the group of typefaces of everything typed.
    """
    parts = [Part(mix, count, mix, group, group) for mix in mixes]
    parts += [Part(HAND, hand, _HAND_MIX, "hand", group), Part(FAX, fax, FAX, group, group)]
    return tuple(part for part in parts if part.count)


def draw_samples(
    out: Path, parts: Sequence[Part], *, seed: int, day: dt.date, drugs_csv: Path
) -> list[Sample]:
    """Write the registers of a sample's people into ``out`` and return its dossiers.

    The same arguments give the same dossiers.
    """
    simulate(
        out,
        seed=seed,
        day=day,
        electronic=0,
        fault_rate=0,
        drugs_csv=drugs_csv,
        paper=sum(part.count for part in parts),
    )
    lines = (out / "paper" / "drafts.jsonl").read_text(encoding="utf-8").splitlines()
    homes = [part for part in parts for _ in range(part.count)]
    return [
        Sample(number, part, seed, json.loads(line))
        for number, (part, line) in enumerate(zip(homes, lines, strict=True))
    ]


def scan_sample(
    sample: Sample, forms_dir: Path, day: dt.date
) -> tuple[ScannedFile, dict[str, Any]]:
    """Return the file that a dossier's scan gives, and what must be read from it."""
    draft, part = sample.draft, sample.part
    paper = paper_from_electronic(draft["dossier"], draft["identity"], truth=draft["truth"])
    look = look_of(paper, seed=sample.seed, group=part.sheets, issuers=part.issuers)
    template = forms_dir / SHEET_FORM / "template.yaml"
    # What a pen wrote or a fax sent comes as a picture.
    is_typed = part.name not in (HAND, FAX)
    scanned = scan(paper, template, look, day=day, mix=part.mix, may_be_digital=is_typed)
    return scanned, truth_row(paper, scanned, template, look)
