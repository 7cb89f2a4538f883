"""The mouth of a warped picture: a sheet for the upper lip, one for the lower, and between them the inside."""

from __future__ import annotations

import math

import cv2
import numpy as np

from pipeline.animation.cavity import Cavity
from pipeline.animation.controls import UPPER, Controls, Shape
from pipeline.animation.planes import Pixels, Planes, Single, Source, painted, sampled
from pipeline.animation.region import Region
from pipeline.animation.warping import COARSE, Head, Place, Sheet, shifted
from pipeline.face import ibug
from pipeline.face.pose import FacePose
from pipeline.types import Landmarks

LINE, WIDE = 0.055, 0.15
"""Gaps between the inner lips, in widths of the mouth: a smaller one is a line, a larger one a mouth that is open."""
BESIDE = 0.12
"""Units beside the mouth within which the sheet of the lower lip may be another than that of the upper."""
TABLE = 256
"""Places at which the edges of the lips are looked up."""


class Mouth:
    """Draws the mouth over a frame that shows all else. Keeps buffers: one thread only."""

    def __init__(self, picture: Pixels, landmarks: Landmarks, whole: Sheet, lower: Sheet, controls: Controls) -> None:
        """``picture``: (n, n, 3) BGR, with the landmarks in its pixels; ``whole``: the sheet of the upper lip, which is
        that of the whole head, and that of the ``lower``."""
        self._whole, self._lower = whole, lower
        self._cavity = Cavity(picture, landmarks)
        self._unit, self._parted = controls.unit, controls.parted
        self._own = controls.gap * controls.unit
        corners = controls.rest[UPPER][[0, -1]]
        self._half = float(np.linalg.norm(corners[1] - corners[0])) / 2
        region = lower.region
        self._x, self._y = np.meshgrid(
            np.arange(region.left, region.right, dtype=np.float32),
            np.arange(region.top, region.bottom, dtype=np.float32),
        )

    def draw(self, frame: Planes, source: Source, whole: Single, shape: Shape, pose: FacePose) -> None:
        """The mouth in its place in a frame that shows all else. ``whole``: the sheet of the upper lip, solved."""
        region, above = self._lower.region, self._whole.region
        solved = self._lower.solve(shape)
        rows, columns = self._band(shape), self._columns(shape)
        below = slice(rows.start, region.bottom - region.top), columns
        light = self._lower.map(solved, below)
        frame.draw(
            source.planes, light, self._lower.map(solved, below, shrink=2), shifted(below, region.left, region.top)
        )
        upper_map = self._whole.map(whole, shifted((rows, columns), region.left - above.left, region.top - above.top))
        upper, lower = sampled(source.whole, upper_map), sampled(source.whole, light[: rows.stop - rows.start])
        between = self._between(upper, lower, shape, (rows, columns), pose)
        frame.put(between, shifted((rows, columns), region.left, region.top))

    def _band(self, shape: Shape) -> slice:
        """Rows of the region that hold the edges of the lips, even ones."""
        edges = np.concatenate([np.column_stack([shape.lips.x, y]) for y in (shape.lips.upper, shape.lips.lower)])
        rows = (edges @ shape.axes + shape.centre)[:, 1] - self._lower.region.top
        return _even(rows.min() - 2, rows.max() + 2, self._lower.region.bottom - self._lower.region.top)

    def _columns(self, shape: Shape) -> slice:
        """Columns of the region in which the sheets differ, even ones: beside the mouth they are alike."""
        half = max(shape.half, self._half) + BESIDE * self._unit
        middle = float(shape.centre[0]) - self._lower.region.left
        return _even(middle - half, middle + half, self._lower.region.right - self._lower.region.left)

    def _between(self, upper: Pixels, lower: Pixels, shape: Shape, place: Place, pose: FacePose) -> Pixels:
        """Both lips with soft edges, and what is seen between them."""
        x, y = self._x[place] - np.float32(shape.centre[0]), self._y[place] - np.float32(shape.centre[1])
        axes = shape.axes.astype(np.float32)
        along, across = axes[0, 0] * x + axes[0, 1] * y, axes[1, 0] * x + axes[1, 1] * y
        edges = _edges(shape, along)
        top, bottom = edges[..., 0], edges[..., 1]
        above, below = np.clip(top - across + 0.5, 0, 1), np.clip(across - bottom + 0.5, 0, 1)
        mixed = cv2.blendLinear(upper, lower, above, below)  # their mean by these weights
        hole = np.maximum(1 - above - below, 0)
        rows, columns = np.flatnonzero(hole.max(axis=1) > 0.003), np.flatnonzero(hole.max(axis=0) > 0.003)
        if len(rows):
            box = slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
            depth, gap = (across - top)[box], (bottom - top)[box]
            inside = painted(self._cavity.paint(along[box] / np.float32(shape.half), depth, gap, self._unit, pose))
            inside = self._with_own(inside, upper[box], along[box], depth, shape, pose)
            inside -= mixed[box]
            mixed[box] = np.rint(mixed[box] + inside * hole[box][..., None])
        return np.asarray(mixed)

    def _with_own(
        self, inside: Single, upper: Pixels, along: Single, depth: Single, shape: Shape, pose: FacePose
    ) -> Single:
        """What the portrait itself shows between the lips: its teeth hang from the upper lip, rounded lips draw over
        them; else it is a shadow, which is gone when the mouth opens."""
        own = np.interp(along, shape.lips.x, self._own)
        away = np.interp(along, shape.lips.x, shape.lips.lower - shape.lips.upper) - own
        # What borders on teeth in the picture is the lower lip, and stays behind when that goes.
        lost = np.clip(away / 2, 0, 1) if self._parted else np.maximum(away, 0)
        seen = np.clip(own * max(1 - 1.2 * pose.pucker, 0.0) - lost - depth + 0.5, 0, 1)
        return np.asarray(inside + (upper - inside) * seen[..., None], np.float32)


def _edges(shape: Shape, along: Single) -> Single:
    """(h, w, 2) upper and lower edge of the opening at places along the mouth; `np.interp` takes five times as long."""
    x = np.linspace(shape.lips.x[0], shape.lips.x[-1], TABLE)
    table = np.dstack([np.interp(x, shape.lips.x, edge) for edge in (shape.lips.upper, shape.lips.lower)])
    place = (along - np.float32(x[0])) * np.float32((TABLE - 1) / max(float(x[-1] - x[0]), 1e-6))
    found = cv2.remap(table.astype(np.float32), place, np.zeros_like(place), cv2.INTER_LINEAR,
                      borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    return np.asarray(found)


def _even(low: float, high: float, size: int) -> slice:
    """From ``low`` to ``high`` and a little more, within so many pixels; both ends even."""
    start = min(max(math.floor(low / 2) * 2, 0), size - 2)
    return slice(start, min(max(math.ceil(high / 2) * 2, start + 2), size))


def region(landmarks: Landmarks, unit: float, head: Head) -> Region:
    """What the lower lip may move, ``landmarks`` in pixels of the frame."""
    lips = landmarks[ibug.OUTER_LIPS]
    low, high = lips.min(axis=0) - np.array([0.30, 0.35]) * unit, lips.max(axis=0) + np.array([0.30, 0.95]) * unit
    return Region.around(low, high, head.side, COARSE).within(head.region(), COARSE)


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
    # Not the median: around teeth the finder's ring takes in some lip and shadow.
    return bool(np.percentile(whiteness[teeth > 0], 75) > 1.2 * np.median(whiteness[lips > 0]))
