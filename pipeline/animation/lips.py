"""The mouth of a warped picture: a sheet for the upper lip, one for the lower, and between them the inside."""

from __future__ import annotations

import math

import cv2
import numpy as np

from pipeline.animation.cavity import Cavity
from pipeline.animation.controls import Controls, Points, Shape
from pipeline.animation.warping import COARSE, FINE, Head, Pixels, Region, Sheet, Single, sampled
from pipeline.face import ibug
from pipeline.face.pose import FacePose
from pipeline.types import Landmarks

LINE, WIDE = 0.055, 0.15
"""Gaps between the inner lips, in widths of the mouth: a smaller one is a line, a larger one a mouth that is open."""
LARGE = 80.0
"""Pixels of that unit from which a mouth is so large that it needs no finer grid than the head, whose picture shows the
upper lip already."""


class Mouth:
    """Draws the mouth over a frame that shows all else. Keeps buffers: one thread only."""

    def __init__(self, source: Pixels, landmarks: Landmarks, head: Head, controls: Controls, *, parted: bool) -> None:
        """``source``: (n, n, 3) uint8 BGR, the portrait, not copied; ``landmarks``: in pixels of the frame;
        ``parted``: see `parted`."""
        self._source = source
        lips, unit = landmarks[ibug.OUTER_LIPS], controls.unit
        low = lips.min(axis=0) - np.array([0.30, 0.35]) * unit
        high = lips.max(axis=0) + np.array([0.30, 0.95]) * unit
        scale = source.shape[0] / head.side
        self._region = Region.around(low, high, head.side)
        large = unit >= LARGE
        self._upper = None if large else Sheet(self._region, head, scale, FINE)
        self._lower = Sheet(self._region, head, scale, COARSE if large else FINE)
        self._cavity = Cavity(source, landmarks * np.float32(scale))
        self._parted = parted
        self._own = controls.gap * unit
        x, y = (
            np.arange(low, high, dtype=np.float32)
            for low, high in ((self._region.left, self._region.right), (self._region.top, self._region.bottom))
        )
        self._x, self._y = np.meshgrid(x, y)

    def draw(self, picture: Pixels, shape: Shape, weights: Points, pose: FacePose) -> None:
        """The mouth in its place in the frame ``picture``, in a shape and the pose that made it."""
        upper = picture[self._region.slices]
        if self._upper:
            upper = sampled(self._source, self._upper.map(shape, weights, 1.0))
        lower = sampled(self._source, self._lower.map(shape, weights, -1.0))
        band = self._band(shape)
        lower[: band.start] = upper[: band.start]
        lower[band] = self._between(upper[band], lower[band], shape, band, pose)
        picture[self._region.slices] = lower

    def _band(self, shape: Shape) -> slice:
        """Rows of the region that hold the edges of the lips; beside the mouth both sheets are alike."""
        edges = np.concatenate([np.column_stack([shape.lips.x, y]) for y in (shape.lips.upper, shape.lips.lower)])
        rows = (edges @ shape.axes + shape.centre)[:, 1] - self._region.top
        height = self._region.bottom - self._region.top
        start = min(max(math.floor(rows.min()) - 1, 0), height)
        return slice(start, min(max(math.ceil(rows.max()) + 2, start), height))

    def _between(self, upper: Pixels, lower: Pixels, shape: Shape, band: slice, pose: FacePose) -> Pixels:
        """Both lips with soft edges, and what is seen between them."""
        x, y = self._x[band] - np.float32(shape.centre[0]), self._y[band] - np.float32(shape.centre[1])
        axes = shape.axes.astype(np.float32)
        along, across = axes[0, 0] * x + axes[0, 1] * y, axes[1, 0] * x + axes[1, 1] * y
        top, bottom = (
            np.interp(along, shape.lips.x, edge).astype(np.float32) for edge in (shape.lips.upper, shape.lips.lower)
        )
        above, below = np.clip(top - across + 0.5, 0, 1), np.clip(across - bottom + 0.5, 0, 1)
        mixed = (upper * above[..., None] + lower * below[..., None]) / np.maximum(above + below, 1)[..., None]
        hole = np.maximum(1 - above - below, 0)
        rows, columns = np.nonzero(hole > 0.003)
        if len(rows):
            box = slice(int(rows.min()), int(rows.max()) + 1), slice(int(columns.min()), int(columns.max()) + 1)
            depth, gap = (across - top)[box], (bottom - top)[box]
            inside = self._cavity.paint(along[box] / np.float32(shape.half), depth, gap, shape.unit, pose)
            inside = self._with_own(inside, upper[box], along[box], depth, shape, pose)
            mixed[box] += inside * hole[box][..., None]
        return np.asarray(np.clip(np.rint(mixed), 0, 255), np.uint8)

    def _with_own(
        self, inside: Single, upper: Pixels, along: Single, depth: Single, shape: Shape, pose: FacePose
    ) -> Single:
        """What the portrait itself shows between the lips: its teeth hang from the upper lip, rounded lips draw over
        them; else it is a shadow, which is gone when the mouth opens."""
        own = np.interp(along, shape.lips.x, self._own)
        away = np.interp(along, shape.lips.x, shape.lips.lower - shape.lips.upper) - own
        # What borders on teeth in the picture is the lower lip, and stays behind when that goes.
        lost = np.clip(away / 2, 0, 1) if self._parted else np.maximum(away, 0)
        seen = np.clip(own * (1 - 0.7 * pose.pucker) - lost - depth + 0.5, 0, 1)
        return np.asarray(inside + (upper - inside) * seen[..., None], np.float32)


def parted(picture: Pixels, landmarks: Landmarks) -> bool:
    """Whether the lips are apart in a picture (n, n, 3), BGR, and show teeth, or a mouth that is wide open.

    Finders see a gap between painted lips as well, where there is but a line; lighter than lips are only teeth.
    """
    inner, outer = landmarks[ibug.INNER_LIPS], landmarks[ibug.OUTER_LIPS]
    gap = float(np.linalg.norm(inner[6] - inner[2])) / max(float(np.linalg.norm(inner[4] - inner[0])), 1.0)
    if gap < LINE or gap > WIDE:
        return gap > WIDE
    teeth, lips = (cv2.fillPoly(np.zeros(picture.shape[:2], np.uint8), [np.rint(ring).astype(np.int32)], 1)
                   for ring in (inner, outer))  # fmt: skip
    whiteness = picture.min(axis=2)
    lips[teeth > 0] = 0
    if not (teeth.any() and lips.any()):
        return False
    return bool(np.median(whiteness[teeth > 0]) > 1.2 * np.median(whiteness[lips > 0]))
