"""Bounds of a share that was counted on a sample: what a count of errors does not rule out."""

import math

#: Normal quantile of a two-sided bound of 95 %.
_Z_95 = 1.959964


def wilson_95(count: int, total: int) -> tuple[float, float]:
    """Return the lower and upper 95 % bounds of a share by Wilson's score; (0, 1) of nothing."""
    if total == 0:
        return 0.0, 1.0
    share, square = count / total, _Z_95**2
    middle = (share + square / (2 * total)) / (1 + square / total)
    spread = share * (1 - share) / total + square / (4 * total**2)
    half = _Z_95 * math.sqrt(spread) / (1 + square / total)
    return max(0.0, middle - half), min(1.0, middle + half)
