"""What stands behind a body that moves: it keeps still, and shows where the body was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np

from pipeline.animation.planes import Pixels, views
from pipeline.types import Frame, Picture

UNSEEN = 0
"""Marks pixels that the body does not cover: no light or colour of limited range is so small."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground of one picture."""

    frame: Frame
    """I420; where the body leaves it free, exactly as in the picture."""
    covered: tuple[Pixels, Pixels, Pixels]
    """255 where the body covers it and 0 elsewhere, for each plane."""

    @classmethod
    def behind(cls, still: Frame, backdrop: Picture, covered: Pixels) -> Self:
        """``still``: the whole picture; ``backdrop``: (side, side, 3), what would be seen without the body;
        ``covered``: (side, side), 255 where the body is and 0 elsewhere."""
        half = cv2.resize(covered, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        colour = np.where(half > 0, np.uint8(255), np.uint8(0))
        frame = cv2.cvtColor(backdrop, cv2.COLOR_RGB2YUV_I420)
        for plane, seen, mask in zip(views(frame), views(still), (covered, colour, colour), strict=True):
            plane[mask == 0] = seen[mask == 0]
        return cls(frame, (covered, colour, colour))

    def free(self) -> tuple[float, float, float]:
        """How much the body leaves free left, right and above of it, as shares of the side."""
        side = self.frame.shape[1]
        if not self.covered[0].any():
            return 0.0, 0.0, 0.0
        rows, columns = (np.nonzero(self.covered[0].any(axis=axis))[0] for axis in (1, 0))
        return float(columns[0] / side), float(1 - (columns[-1] + 1) / side), float(rows[0] / side)

    def show(self, frame: Frame) -> None:
        """Lay it where ``frame`` is `UNSEEN`."""
        cv2.copyTo(self.frame, cv2.compare(frame, UNSEEN, cv2.CMP_EQ), frame)
