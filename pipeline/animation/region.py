"""Parts of a picture."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

Corner: TypeAlias = Iterable[float]
"""x and y, in pixels."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a picture, in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def around(cls, low: Corner, high: Corner, side: int, cell: int) -> Region:
        """The cells of ``cell`` pixels, at least one, that hold everything between two corners, as far as a picture of
        ``side`` pixels goes."""
        left, top = (min(max(0, math.floor(at / cell) * cell), side - cell) for at in low)
        right, bottom = (min(math.ceil(at / cell) * cell, side) for at in high)
        return cls(left, top, max(right, left + cell), max(bottom, top + cell))

    def joined(self, other: Region) -> Region:
        """The smallest region that holds both."""
        return Region(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def within(self, other: Region, cell: int) -> Region:
        """The part of it that lies in another region; at least one cell."""
        left = min(max(self.left, other.left), other.right - cell)
        top = min(max(self.top, other.top), other.bottom - cell)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Region(left, top, max(right, left + cell), max(bottom, top + cell))

    def shrunk(self, times: int) -> Region:
        """The same part of a picture that is so many times as small."""
        return Region(self.left // times, self.top // times, self.right // times, self.bottom // times)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index of a picture."""
        return slice(self.top, self.bottom), slice(self.left, self.right)
