"""Which script a page is written in that the model of Latin letters cannot read: Han or Arabic.

A page of another script read as French gives a few words of nonsense with low confidences. Only
such a page is looked at again, by its upper part, with the model of each other script.
"""

from collections.abc import Sequence

from models.reading import Token
from tasks.ocr.engines.engine import Engine, GreyImage

#: The models of the other scripts, and the first and last letter of each.
SCRIPT_MODELS = {"chi_sim": ("\u4e00", "\u9fff"), "ara": ("\u0621", "\u064a")}
#: The share of a page in which it says what it is.
_HEAD_SHARE = 0.42
#: Letters of its own script that a page has at least, and the confidence of their words.
_LETTERS_MIN, _CONFIDENCE_MIN = 20, 50.0


def read_other_script(image: GreyImage, engine: Engine, dpi: int) -> tuple[Token, ...]:
    """Return the words of a page in the script of its head; nothing when it is neither."""
    head = image[: max(1, int(image.shape[0] * _HEAD_SHARE))]
    letters = {
        model: script_letters(
            engine.read(head, language=model, kind="page", charset="", dpi=dpi), model
        )
        for model in SCRIPT_MODELS
    }
    model = max(letters, key=lambda name: letters[name])
    if letters[model] < _LETTERS_MIN:
        return ()
    return engine.read(image, language=model, kind="page", charset="", dpi=dpi)


def script_letters(words: Sequence[Token], model: str) -> int:
    """Return how many letters of a model's own script were read with some confidence."""
    first, last = SCRIPT_MODELS[model]
    return sum(
        first <= sign <= last
        for word in words
        if word.raw_confidence >= _CONFIDENCE_MIN
        for sign in word.text
    )
