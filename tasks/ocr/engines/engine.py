"""What a reading engine is: an image goes in, words with boxes and raw confidences come out."""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from models.reading import Token

#: A grey page or crop: rows × columns, 0 is black.
GreyImage: TypeAlias = npt.NDArray[np.uint8]
#: How the text lies: a whole page with tables, a column of single lines, or one line.
Kind: TypeAlias = Literal["page", "column", "line"]


class Engine(Protocol):
    """A reader of printed text.

    An engine SHALL give boxes in pixels of the image it was given, and raw confidences from 0 to
    100 that nobody takes for probabilities. It SHALL raise ``DecoderFailed`` when it cannot work,
    and SHALL answer with nothing for an empty image. It MAY ignore ``language`` and ``charset``.
    """

    name: str

    def read(
        self, image: GreyImage, *, language: str, kind: Kind, charset: str, dpi: int
    ) -> tuple[Token, ...]:
        """Return the words of one image; an empty charset allows every character."""

    def read_crops(
        self, crops: Sequence[GreyImage], *, language: str, charset: str, dpi: int
    ) -> tuple[Token, ...]:
        """Return one token for each crop of one line, in order; its text may be empty."""
