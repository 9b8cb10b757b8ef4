"""Puts some of a day's scans into envelopes: cover sheets, bordereaux, a piece that comes late.

Two envelopes are made of clean dossiers: one whose bordereau agrees, one that states a dossier more
than lies in it. One prescription is left out of its dossier and comes later behind a sheet of its
own; it completes the dossier that was returned for want of it.
"""

import hashlib
import io
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from infra.cover_sheets import draw_sheet
from infra.simulation.paper.degrade import degrade
from infra.simulation.paper.pen import PAGE_DPI
from models.cover_sheet import CoverSheet, SheetKind
from models.paper_pages import paper_numbers

AGENCY = "AG01"
#: How many dossiers lie in each envelope.
ENVELOPES = (3, 2)
#: The envelope whose bordereau states one dossier more than there is.
SHORT_ENVELOPE = 2
#: What the stages answer to a dossier whose prescription is on its way.
LATE_CODES = ("NOMBRE_PIECES", "PIECE_MANQUANTE")
#: JPEG quality of an envelope's scan; a late piece is kept as it is, pixel for pixel.
QUALITY = 92
#: File kinds whose pages can be taken apart here.
_PICTURES = frozenset({".tiff", ".jpg", ".png"})

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Envelopes:
    """The truth rows of the day with envelopes, how many there are, how many bordereaux differ."""

    rows: list[Row]
    envelopes: int
    differing: int
    late_pieces: int


def put_in_envelopes(
    out: Path, rows: Sequence[Row], *, seed: int, day: str, scans_seed: str = "envelopes"
) -> Envelopes:
    """Replace files of ``out/inbox/<day>`` by envelopes, and return the truth that goes with it.

    Late pieces are written to ``out/late/<day>``. A day with too few suitable scans has fewer
    envelopes, or none; the same arguments give the same bytes.
    """
    rng = random.Random(f"{scans_seed}/{seed}")
    inbox = out / "inbox" / day
    free = [row for row in rows if _is_suitable(row, rows)]
    changed: dict[str, Row] = {}
    late = next((row for row in free if "prescription" in row["pages"]), None)
    if late is not None:
        free.remove(late)
        changed[late["file"]] = _without_prescription(out, inbox, late, day, rng)
    made = differing = 0
    for number, count in enumerate(ENVELOPES, start=1):
        chosen, free = free[:count], free[count:]
        if len(chosen) < count:
            break
        stated = count + (number == SHORT_ENVELOPE)
        bordereau = CoverSheet(SheetKind.BORDEREAU, f"{day}-{number:02d}", AGENCY, stated)
        changed.update(_envelope(inbox, chosen, bordereau, rng))
        made, differing = made + 1, differing + (stated != count)
    kept = [changed.get(row["file"], row) for row in rows]
    return Envelopes(kept, made, differing, int(late is not None))


def _is_suitable(row: Row, rows: Sequence[Row]) -> bool:
    """A clean scan of one submission, in a file that can be taken apart."""
    path = Path(row["file"])
    stems = [Path(one["file"]).stem for one in rows]
    is_twice = any(
        one.startswith(f"{path.stem}-") or path.stem.startswith(f"{one}-") for one in stems
    )
    return bool(row["is_clean"]) and path.suffix in _PICTURES and not is_twice


def _envelope(
    inbox: Path, rows: Sequence[Row], bordereau: CoverSheet, rng: random.Random
) -> dict[str, Row]:
    """Write one envelope in place of its dossiers' files; return their rows by the old files."""
    pages = [_scanned(bordereau, rng)]
    for number, row in enumerate(rows):
        if number:
            serial = f"{number:04d}"
            pages.append(_scanned(CoverSheet(SheetKind.SEPARATOR, serial, AGENCY), rng))
        pages += _pages(inbox / row["file"])
    data = _tiff(pages, {"compression": "jpeg", "quality": QUALITY})
    name = f"ENV-{bordereau.number}.tiff"
    (inbox / name).write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    changed = {}
    for part, row in enumerate(rows, start=1):
        (inbox / row["file"]).unlink()
        changed[row["file"]] = {**row, "file": name, "sha256": sha256, "part": part}
    return changed


def _without_prescription(out: Path, inbox: Path, row: Row, day: str, rng: random.Random) -> Row:
    """Take the prescription out of a dossier's file, to come later behind a sheet of its own."""
    pages = _pages(inbox / row["file"])
    kinds: list[str] = row["pages"]
    place = kinds.index("prescription")
    lossless = {"compression": "tiff_lzw"}
    data = _tiff(pages[:place] + pages[place + 1 :], lossless)
    (inbox / row["file"]).unlink()
    name = f"{Path(row['file']).stem}.tiff"
    (inbox / name).write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    sheet = CoverSheet(SheetKind.ADDITION, paper_numbers(sha256)[0], AGENCY)
    folder = out / "late" / day
    folder.mkdir(parents=True, exist_ok=True)
    late = _tiff([_scanned(sheet, rng), pages[place]], lossless)
    (folder / f"{Path(name).stem}-LATE.tiff").write_bytes(late)
    return {
        **row,
        "file": name,
        "sha256": sha256,
        "pages": [*kinds[:place], *kinds[place + 1 :]],
        "fault": "paper_late_piece",
        "is_clean": False,
        "codes": list(LATE_CODES),
        "allowed_codes": sorted({*row.get("allowed_codes", ()), "ORDONNANCE"}),
        "outcome": "returned",
    }


def _scanned(sheet: CoverSheet, rng: random.Random) -> Image.Image:
    return degrade(draw_sheet(sheet), "scan", rng)


def _pages(path: Path) -> list[Image.Image]:
    with Image.open(path) as picture:
        pages = []
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            pages.append(picture.convert("L"))
    return pages


def _tiff(pages: Sequence[Image.Image], options: Mapping[str, Any]) -> bytes:
    out = io.BytesIO()
    pages[0].save(
        out,
        format="TIFF",
        save_all=True,
        append_images=list(pages[1:]),
        dpi=(PAGE_DPI, PAGE_DPI),
        **options,
    )
    return out.getvalue()


def write_truth(path: Path, found: Envelopes) -> None:
    """Write what the envelopes of a day must come to."""
    truth = {
        "envelopes": found.envelopes,
        "differing_bordereaux": found.differing,
        "late_pieces": found.late_pieces,
    }
    path.write_text(json.dumps(truth) + "\n", encoding="utf-8")
