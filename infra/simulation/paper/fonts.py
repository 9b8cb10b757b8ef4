"""The typefaces pages are drawn with, found on this machine from a list of files."""

import functools
from pathlib import Path

from PIL import ImageFont, features

from models.errors import MachineError
from models.yaml_loader import safe_load

FONTS_FILE = Path(__file__).with_name("fonts.yaml")

#: Points in an inch, by the definition of the typographic point.
POINTS_PER_INCH = 72


#: Groups of typefaces in which a form may be filled in: those the project was tuned on, those kept
#: for measuring, and those that look written by hand.
GROUPS = ("typed", "unseen", "hand")


def typefaces(group: str = "typed") -> tuple[str, ...]:
    """Return the names of a group's typefaces; a name stands in one group only."""
    return tuple(sorted(_font_files()[group]))


def is_hand(typeface: str) -> bool:
    """Whether a typeface looks written by hand."""
    return typeface in _font_files()["hand"]


@functools.cache
def font(role: str, size_pt: float, dpi: int) -> ImageFont.FreeTypeFont:
    """Return the font of a role (``printed``, ``arabic`` …, ``typed.mono`` …) at a size in points.

    Raises:
        MachineError: when none of the role's files is on this machine; names the packages.
    """
    files = _font_files()
    name, _, typeface = role.partition(".")
    paths = _face_files(typeface) if typeface else files[name]
    for path in paths:
        if Path(path).is_file():
            pixels = size_pt * dpi / POINTS_PER_INCH
            return ImageFont.truetype(path, pixels, layout_engine=ImageFont.Layout.RAQM)
    raise MachineError(
        f"no font file for {role}; install the packages named in {FONTS_FILE.name}, "
        "as infra/deploy/set_up.sh does"
    )


def require_arabic_shaping() -> None:
    """Check that Pillow can shape Arabic.

    Raises:
        MachineError: when Pillow was built without raqm; Arabic would come out unjoined.
    """
    if not features.check("raqm"):
        raise MachineError("Pillow has no raqm; install a Pillow wheel that carries it")


def _face_files(typeface: str) -> list[str]:
    files = _font_files()
    return next(files[group][typeface] for group in GROUPS if typeface in files[group])


@functools.cache
def _font_files() -> dict[str, dict[str, list[str]]]:
    files: dict[str, dict[str, list[str]]] = safe_load(FONTS_FILE.read_text(encoding="utf-8"))
    return files
