"""Numbers on a page without zones: words with digits that stand close together are one number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.reading import Box, Token

#: Two words belong to one number when the gap is under this share of their height…
_GAP_SHARE_MAX = 0.35
#: … or under this one between parts of an amount: in typewriting a blank or a comma is wide.
_PART_GAP_SHARE_MAX = 1.3
#: Ends and beginnings of parts: "1" and "234,50", "1234," and "50".
_PARTS_OF_ONE = (
    (re.compile(r"^\d{1,3}$"), re.compile(r"^\d{3}(?:[.,]\d{2})?$")),
    (re.compile(r"\d[.,]$"), re.compile(r"^\d{2}$")),
)
#: Two words stand on one row when they share this part of the lower one's height.
_OVERLAP_MIN = 0.5


@dataclass(frozen=True, slots=True)
class Run:
    """Words that make one number, from left to right."""

    words: tuple[Token, ...]

    @property
    def text(self) -> str:
        """The words, with blanks between them."""
        return " ".join(word.text for word in self.words)

    @property
    def box(self) -> Box:
        """The rectangle around all words."""
        left = min(word.box.left for word in self.words)
        top = min(word.box.top for word in self.words)
        right = max(word.box.left + word.box.width for word in self.words)
        bottom = max(word.box.top + word.box.height for word in self.words)
        return Box(left, top, right - left, bottom - top)


def number_runs(words: Sequence[Token]) -> tuple[Run, ...]:
    """Return the numbers of a page in the order of their first words."""
    runs: list[list[Token]] = []
    for word in sorted(words, key=lambda word: (word.box.top // 12, word.box.left)):
        if not any(sign.isdigit() for sign in word.text):
            continue
        home = next((run for run in runs if _continues(run[-1], word)), None)
        if home is None:
            runs.append([word])
        else:
            home.append(word)
    return tuple(Run(tuple(run)) for run in runs)


def _continues(before: Token, word: Token) -> bool:
    height = min(before.box.height, word.box.height)
    overlap = min(before.box.top + before.box.height, word.box.top + word.box.height) - max(
        before.box.top, word.box.top
    )
    gap = word.box.left - (before.box.left + before.box.width)
    is_one = any(start.search(before.text) and end.match(word.text) for start, end in _PARTS_OF_ONE)
    share = _PART_GAP_SHARE_MAX if is_one else _GAP_SHARE_MAX
    return overlap >= _OVERLAP_MIN * height and -height < gap <= share * height
