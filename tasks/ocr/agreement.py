"""Where both engines say the same: readings are compared by their plain letters and digits."""

from collections.abc import Iterable, Mapping, Sequence

from models.reading import Token, ZoneReading


def letters_of(text: str) -> str:
    """Return the plain letters and digits of a text in capitals, by which readings compare."""
    return "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())


def are_same(first: Token, second: Token) -> bool:
    """Whether two readings have the same letters and digits."""
    return letters_of(first.text) == letters_of(second.text)


def agreement(first: Mapping[str, Token], second: Mapping[str, Token]) -> float:
    """Return the share of readings on whose letters and digits both readers agree."""
    if not first:
        return 0.0
    same = sum(are_same(first[name], token) for name, token in second.items())
    return same / max(1, len(second))


def compared(pairs: Iterable[tuple[Token, Token]]) -> tuple[int, float]:
    """Return in how many places either engine read a letter or digit, and the share agreed on.

    The share is 1 of none.
    """
    told = [pair for pair in pairs if any(letters_of(token.text) for token in pair)]
    same = sum(are_same(first, second) for first, second in told)
    return len(told), same / len(told) if told else 1.0


def agreed_share(zones: Sequence[ZoneReading]) -> float:
    """Return the share of the zones read by both engines on which they agree; 1 of none."""
    return compared(pairs_of(zones))[1]


def pairs_of(zones: Iterable[ZoneReading]) -> list[tuple[Token, Token]]:
    """Return both readings of the zones that have two."""
    return [(one.readings[0], one.readings[1]) for one in zones if len(one.readings) > 1]
