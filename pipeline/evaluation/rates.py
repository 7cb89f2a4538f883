"""Shares of a sample, with what the sample can say of the whole."""

from __future__ import annotations

import math
from collections.abc import Iterable

from pipeline.types import Value

Z = 1.959964
"""97.5 % quantile of the normal distribution: two-sided 95 %."""


class Rate(Value):
    """``hits`` of ``of``."""

    hits: int
    of: int

    @property
    def percent(self) -> float | None:
        """None where there was nothing to count."""
        return 100 * self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Bounds of the share in percent, of which 95 in 100 hold the true one: `wilson`."""
        low, high = wilson(self.hits, self.of)
        return 100 * low, 100 * high

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.percent:.1f} ({low:.1f}-{high:.1f})" if self.of else "-"


def rate(outcomes: Iterable[bool]) -> Rate:
    """How many of them are true."""
    kept = list(outcomes)
    return Rate(hits=sum(kept), of=len(kept))


def wilson(hits: int, of: int, z: float = Z) -> tuple[float, float]:
    """Wilson's score interval of a proportion p = hits / n (E. B. Wilson 1927, J. Am. Stat. Assoc. 22, 209-212):

        (p + z^2 / 2n  -+  z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)

    It stays within 0 and 1, and has a width at 0 and at n hits, where the textbook's has none. (0, 1) of nothing.
    """
    if of == 0:
        return 0.0, 1.0
    share, square = hits / of, z * z / of
    middle = share + square / 2
    reach = z * math.sqrt(share * (1 - share) / of + square / (4 * of))
    low, high = (middle - reach) / (1 + square), (middle + reach) / (1 + square)
    return max(0.0, low) if hits else 0.0, min(1.0, high) if hits < of else 1.0
