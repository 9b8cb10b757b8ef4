"""Write one day's paper: a scanned file for each dossier, and what must be read from it."""

import datetime as dt
import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.simulation.paper.containers import (
    file_bytes,
    has_text_layer,
    pick_suffix,
    same_pixels,
)
from infra.simulation.paper.degrade import DEFAULT_MIX, degrade, pick_profile
from infra.simulation.paper.dossier import PaperDossier, PaperFault
from infra.simulation.paper.faults import faulty_truth
from infra.simulation.paper.forms import form_path
from infra.simulation.paper.pages import (
    EMPTY,
    Look,
    Page,
    empty_page,
    letter_page,
    look_of,
    named,
    render_pages,
)
from infra.simulation.paper.sheet import (
    act_rows,
    checked_boxes,
    expected_fields,
    expected_lines,
    zone_texts,
)
from infra.simulation.paper.template import read_template
from infra.simulation.paper.text_layer import born_digital_pdf

#: How a page is damaged that nobody can read.
RUINED_PROFILE = "ruined"
#: Faults that leave no sheet to read: nothing is expected of the fields.
WITHOUT_SHEET = frozenset({PaperFault.UNREADABLE, PaperFault.UNKNOWN_FORM})
#: Appended to the public number of a second submission of the same pages.
SECOND = "-BIS"


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """One file as it arrives: its name, bytes, how its pages were damaged, what they are."""

    name: str
    data: bytes
    profile: str
    page_kinds: tuple[str, ...]
    is_text_layer: bool


def simulate_paper(
    out: Path,
    *,
    seed: int,
    day: dt.date,
    dossiers: Sequence[PaperDossier],
    forms_dir: Path,
    mix: str = DEFAULT_MIX,
) -> list[dict[str, Any]]:
    """Write the day's paper dossiers into ``out/inbox/<day>`` and return their truth rows.

    A file is named by the dossier's public number. The same arguments give the same bytes.

    Raises:
        UsageError: when a dossier has more acts than the sheet has rows.
    """
    inbox = out / "inbox" / day.isoformat()
    inbox.mkdir(parents=True, exist_ok=True)
    rows = []
    for paper in dossiers:
        template_path = form_path(paper, forms_dir)
        look = look_of(paper, seed=seed)
        scanned = scan(paper, template_path, look, day=day, mix=mix)
        (inbox / scanned.name).write_bytes(scanned.data)
        row = truth_row(paper, scanned, template_path, look)
        if paper.fault is PaperFault.RESUBMITTED:
            second = _second(paper, scanned)
            (inbox / second.name).write_bytes(second.data)
            rows += _both_rows(paper, row, second)
        else:
            rows.append(row)
    return rows


def scan(
    paper: PaperDossier, template_path: Path, look: Look, *, day: dt.date, mix: str
) -> ScannedFile:
    """Return the file a scanner, or the sender's software, makes of a dossier."""
    rng = random.Random(f"scan/{look.seed}")
    pages = _pages(paper, template_path, look, rng)
    suffix = pick_suffix(len(pages), rng)
    if paper.fault is PaperFault.RESUBMITTED and suffix == "pdf":
        suffix = "tiff" if len(pages) > 1 else "jpg"
    is_unreadable = paper.fault is PaperFault.UNREADABLE
    name = f"{paper.record.public_number}.{suffix}"
    kinds = tuple(page.kind for page in pages)
    if suffix == "pdf" and has_text_layer(rng) and not is_unreadable:
        data = born_digital_pdf([page.image for page in pages], day)
        return ScannedFile(name, data, "none", kinds, is_text_layer=True)
    profile = pick_profile(rng, mix)
    if is_unreadable and EMPTY not in kinds:
        profile = RUINED_PROFILE
    images = [degrade(page.image, profile, rng) for page in pages]
    return ScannedFile(name, file_bytes(images, suffix, day), profile, kinds, is_text_layer=False)


def truth_row(
    paper: PaperDossier, scanned: ScannedFile, template_path: Path, look: Look
) -> dict[str, Any]:
    """Return what is expected of one file: the caller's truth, the fields, the lines, the zones.

    Fields and lines are None where the dossier has no readable sheet.
    """
    template = read_template(template_path)
    has_sheet = paper.fault not in WITHOUT_SHEET
    return {
        "file": scanned.name,
        "sha256": hashlib.sha256(scanned.data).hexdigest(),
        "part": 1,
        "public_number": paper.record.public_number,
        **paper.truth,
        "channel": "paper",
        "asked_minor": paper.total_minor,
        "expected_fields": expected_fields(paper, template) if has_sheet else None,
        "expected_lines": expected_lines(paper) if has_sheet else None,
        "form": {
            "id": template.id,
            "version": template.version,
            "zones": zone_texts(named(paper, look), template),
            "checked": sorted(checked_boxes(paper, template)),
            "rows": act_rows(paper, template),
        },
        "pages": list(scanned.page_kinds),
        "degradation": scanned.profile,
        "is_text_layer": scanned.is_text_layer,
        "typeface": look.sheet_typeface,
    }


def _pages(paper: PaperDossier, template_path: Path, look: Look, rng: random.Random) -> list[Page]:
    pages = render_pages(paper, template_path, look)
    if paper.fault is PaperFault.UNKNOWN_FORM:
        pages[0] = letter_page(paper, look)
    if paper.fault is PaperFault.UNREADABLE and rng.random() < 0.5:
        pages = [empty_page() for _ in pages]
    return pages


def _second(paper: PaperDossier, first: ScannedFile) -> ScannedFile:
    data, suffix = same_pixels(first.data)
    name = f"{paper.record.public_number}{SECOND}.{suffix}"
    return ScannedFile(name, data, first.profile, first.page_kinds, first.is_text_layer)


def _both_rows(
    paper: PaperDossier, row: dict[str, Any], second: ScannedFile
) -> list[dict[str, Any]]:
    """The rows of both submissions; of two that come on one day the greater hash is the later."""
    submitted = [
        {name: row[name] for name in ("file", "sha256", "public_number")},
        {
            "file": second.name,
            "sha256": hashlib.sha256(second.data).hexdigest(),
            "public_number": f"{paper.record.public_number}{SECOND}",
        },
    ]
    earlier, later = sorted(submitted, key=lambda one: str(one["sha256"]))
    faulty = {**faulty_truth(paper, PaperFault.RESUBMITTED), "channel": "paper"}
    return [{**row, **earlier}, {**row, **faulty, **later}]
