"""Parts of a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import skia

from pipeline.face.geometry import Box


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a picture, in pixels; all four even, because chroma comes in pairs of pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def around(cls, place: skia.Matrix, box: Box, side: int) -> Self:
        """The pixels that ``box``, brought into the picture by ``place``, may touch."""
        rect = place.mapRect(skia.Rect.MakeLTRB(*box))
        left, top = (min(max(0, math.floor(edge) // 2 * 2), side - 2) for edge in (rect.left(), rect.top()))
        right, bottom = (min(math.ceil(edge / 2) * 2, side) for edge in (rect.right(), rect.bottom()))
        return cls(left, top, max(right, left + 2), max(bottom, top + 2))

    def joined(self, other: Region) -> Region:
        """The smallest region that holds both."""
        return Region(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index of a picture."""
        return slice(self.top, self.bottom), slice(self.left, self.right)
