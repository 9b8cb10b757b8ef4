"""Bounds of a share that was counted on a sample: what a count of errors does not rule out."""

import math

from scipy.special import betaincinv

#: Normal quantile of a two-sided bound of 95 %.
_Z_95 = 1.959964
#: Confidence of a one-sided bound.
_CONFIDENCE = 0.95


def wilson_95(count: int, total: int) -> tuple[float, float]:
    """Return the lower and upper 95 % bounds of a share by Wilson's score; (0, 1) of nothing."""
    if total == 0:
        return 0.0, 1.0
    share, square = count / total, _Z_95**2
    middle = (share + square / (2 * total)) / (1 + square / total)
    spread = share * (1 - share) / total + square / (4 * total**2)
    half = _Z_95 * math.sqrt(spread) / (1 + square / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def exact_upper_95(count: int, total: int) -> float:
    """Return the exact one-sided 95 % upper bound of a share (Clopper and Pearson); 1 of nothing.

    It is the share at which so few errors would be seen in one sample of twenty.
    """
    if count >= total:
        return 1.0
    return float(betaincinv(count + 1, total - count, _CONFIDENCE))
