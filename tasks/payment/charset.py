"""Writes a name in the few Latin letters that a bank accepts.

Accents fall away, letters without a plain form are spelt out, Arabic letters follow the French
spelling used on Moroccan papers (ش ch, خ kh, غ gh, و ou). Arabic writes no short vowels, so a name
known in Arabic alone comes out as consonants: the register's Latin spelling is always preferred.
"""

import unicodedata

_SPELT_OUT = {
    "ß": "ss", "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "Ł": "L", "ł": "l",
    "Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "Þ": "TH", "þ": "th", "ı": "i", "’": "'", "‘": "'",
    "ʼ": "'", "–": "-", "—": "-", "‐": "-", "ـ": "", "_": " ",
}  # fmt: skip

_ARABIC = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ب": "b", "ت": "t", "ث": "t", "ج": "j",
    "ح": "h", "خ": "kh", "د": "d", "ذ": "d", "ر": "r", "ز": "z", "س": "s", "ش": "ch", "ص": "s",
    "ض": "d", "ط": "t", "ظ": "d", "ع": "a", "غ": "gh", "ف": "f", "ق": "k", "ك": "k", "ل": "l",
    "م": "m", "ن": "n", "ه": "h", "و": "ou", "ؤ": "ou", "ي": "i", "ئ": "i", "ى": "a", "ة": "a",
    "ء": "", "گ": "g", "ڭ": "g", "پ": "p", "ڤ": "v",
    "َ": "a", "ُ": "ou", "ِ": "i", "ً": "", "ٌ": "", "ٍ": "", "ّ": "", "ْ": "",
}  # fmt: skip

_PLAIN = str.maketrans(_SPELT_OUT | _ARABIC)


def to_bank_text(text: str, characters: frozenset[str], length_max: int) -> str:
    """Return a text in the bank's characters, cut to its length; empty when nothing is left.

    A character with no plain form becomes a space; runs of spaces become one.
    """
    if characters.issuperset(text):
        plain = text
    else:
        spelt = unicodedata.normalize("NFC", text).translate(_PLAIN)
        letters = (
            character
            for character in unicodedata.normalize("NFKD", spelt)
            if not unicodedata.combining(character)
        )
        plain = "".join(letter if letter in characters else " " for letter in letters)
    plain = " ".join(plain.split())[:length_max].rstrip()
    return plain if any(character.isalnum() for character in plain) else ""
