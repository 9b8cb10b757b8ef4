"""Exact bounds of a rate of errors from counts (Clopper and Pearson, Biometrika 26, 1934)."""

import math

#: Confidence of every one-sided bound that tasfiya states.
CONFIDENCE = 0.95
#: Halvings of an interval: more than a double has digits.
_HALVINGS = 60


def upper_bound(wrong: int, labels: int, confidence: float = CONFIDENCE) -> float:
    """Return the rate of errors that the labels exclude: so many wrong or fewer would be unlikely.

    One-sided; 1.0 without labels. With none wrong of n it is about 3 / n at 95 %.
    """
    if wrong >= labels:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _at_most(wrong, labels, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def lower_bound(wrong: int, labels: int, confidence: float = CONFIDENCE) -> float:
    """Return the rate of errors that there is at least; 0.0 without labels or errors."""
    return 1.0 - upper_bound(labels - wrong, labels, confidence) if wrong else 0.0


def chance_of_so_many(wrong: int, labels: int, rate: float) -> float:
    """Return how likely at least so many wrong ones are, if each is wrong at this rate."""
    return 1.0 - _at_most(wrong - 1, labels, rate) if wrong else 1.0


def _at_most(count: int, labels: int, rate: float) -> float:
    """The binomial chance of at most ``count`` of ``labels`` at a rate."""
    if count < 0 or rate >= 1.0:
        return 0.0 if count < labels else 1.0
    if rate <= 0.0:
        return 1.0
    yes, no, whole = math.log(rate), math.log1p(-rate), math.lgamma(labels + 1)
    return min(
        1.0,
        math.fsum(
            math.exp(
                whole
                - math.lgamma(number + 1)
                - math.lgamma(labels - number + 1)
                + number * yes
                + (labels - number) * no
            )
            for number in range(count + 1)
        ),
    )
