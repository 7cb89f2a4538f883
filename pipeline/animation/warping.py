"""Moves the pixels of a picture with its control points.

The map runs backwards, from a place in the frame to the place in the portrait that it shows, so nothing has holes: a
radial basis function interpolates the displacements that are known at the control points (M. Buhmann, "Radial Basis
Functions", 2003; multiquadrics, r with its tip rounded). Around the head it fades out; beyond, nothing moves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.animation.controls import Points, Shape
from pipeline.face import ibug
from pipeline.types import Landmarks

Single = npt.NDArray[np.float32]
Reals = npt.NDArray[np.floating[Any]]
Pixels = npt.NDArray[np.uint8]

COARSE, FINE = 8, 4
"""Pixels between the places at which the field is computed; between them it is interpolated."""
STIFF = 1e-3
"""Weight of smoothness, so that points on top of each other do not ask for the impossible."""
TIP = 2.0
"""Pixels over which the tip of r is rounded."""
EDGE = 10
"""Pixels at the border of the picture that never move."""
RING = 20


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the frame in pixels, its sides multiples of `COARSE`."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index of a picture."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @classmethod
    def around(cls, low: Points, high: Points, side: int) -> Region:
        """What holds everything between two corners (x, y), as far as the picture of ``side`` pixels goes."""
        left, top = (min(max(0, math.floor(at / COARSE) * COARSE), side - COARSE) for at in low)
        right, bottom = (min(math.ceil(at / COARSE) * COARSE, side) for at in high)
        return cls(left, top, max(right, left + COARSE), max(bottom, top + COARSE))


@dataclass(frozen=True, slots=True)
class Head:
    """The oval that moves: centre and half axes in pixels. Within it everything goes with the head, at ``FADE`` times
    its size nothing moves any more."""

    centre: tuple[float, float]
    axes: tuple[float, float]
    side: int

    FADE = 1.5

    @classmethod
    def of(cls, landmarks: Landmarks, side: int) -> Head:
        """Head and hair around a face, upright in a picture of ``side`` pixels."""
        brows = float(landmarks[ibug.BROWS, 1].mean())
        low, high = landmarks.min(axis=0), landmarks.max(axis=0)
        height, width = max(float(high[1]) - brows, 8.0), max(float(high[0] - low[0]), 8.0)
        top, bottom = brows - 0.85 * height, float(high[1]) + 0.10 * height
        return cls(((float(low[0] + high[0])) / 2, (top + bottom) / 2), (0.66 * width, (bottom - top) / 2), side)

    def ring(self) -> Points:
        """(RING, 2) places on the line beyond which nothing moves."""
        angle = np.linspace(0, 2 * np.pi, RING, endpoint=False)
        around = np.column_stack([np.cos(angle), np.sin(angle)]) * self.axes * self.FADE + self.centre
        return np.clip(around, 0, self.side - 1)

    def region(self) -> Region:
        """What may move."""
        reach = self.FADE * np.array(self.axes)
        return Region.around(self.centre - reach, self.centre + reach, self.side)

    def share(self, x: Single, y: Single) -> Single:
        """How far a place goes with the head, 0..1."""
        distance = np.hypot((x - self.centre[0]) / self.axes[0], (y - self.centre[1]) / self.axes[1])
        away = np.clip((self.FADE - distance) / (self.FADE - 1), 0, 1)
        border = np.minimum(np.minimum(x, self.side - 1 - x), np.minimum(y, self.side - 1 - y))
        inside = np.clip((border - EDGE) / (3 * EDGE), 0, 1)
        share = away * away * (3 - 2 * away) * inside * inside * (3 - 2 * inside)
        return np.asarray(share, np.float32)


class Sheet:
    """The map of one region. Keeps its buffers: one thread only."""

    def __init__(self, region: Region, head: Head, scale: float, step: int) -> None:
        """``scale``: pixels of the portrait per pixel of the frame; ``step``: `COARSE` or `FINE`."""
        self.region, self._scale = region, np.float32(scale)
        x, y = (
            np.arange(low, high, step, dtype=np.float32) + np.float32((step - 1) / 2)
            for low, high in ((region.left, region.right), (region.top, region.bottom))
        )
        grid_x, grid_y = np.meshgrid(x, y)
        self._grid = grid_x.shape
        self._x, self._y = grid_x.ravel(), grid_y.ravel()
        self._share = (head.share(self._x, self._y) * np.float32(scale))[:, None]
        # Rows (x, y, lift, squares, 1): their product with (-2x, -2y, -2 lift, 1, squares) is the squared distance.
        self._rows = np.ones((self._x.size, 5), np.float32)
        self._origin = np.array([grid_x.mean(), grid_y.mean()], np.float32)
        self._rows[:, 0], self._rows[:, 1] = self._x - self._origin[0], self._y - self._origin[1]
        self._flat = (self._rows[:, :2] ** 2).sum(axis=1)
        base_x, base_y = (
            (np.arange(low, high, dtype=np.float32) + 0.5) * self._scale - 0.5
            for low, high in ((region.left, region.right), (region.top, region.bottom))
        )
        self._base = np.dstack(np.meshgrid(base_x, base_y)).astype(np.float32)
        self._map = np.empty_like(self._base)

    def map(self, shape: Shape, weights: Points, side: float) -> Single:
        """(height, width, 2) where each pixel comes from, in pixels of the portrait. ``side``: 1 above the lips, -1
        below."""
        x, y = self._x - np.float32(shape.centre[0]), self._y - np.float32(shape.centre[1])
        axes = shape.axes.astype(np.float32)
        lift = side * shape.lift(axes[0, 0] * x + axes[0, 1] * y, axes[1, 0] * x + axes[1, 1] * y)
        self._rows[:, 2] = lift
        self._rows[:, 3] = self._flat + lift * lift + TIP * TIP
        centres = np.ones((5, len(shape.at)), np.float32)
        here = np.column_stack([shape.at - self._origin, shape.lifted])
        centres[:3] = -2 * here.T
        centres[4] = (here * here).sum(axis=1)
        distance = self._rows @ centres
        np.sqrt(np.maximum(distance, 0, out=distance), out=distance)
        moved = (distance @ weights[:-1].astype(np.float32) + weights[-1].astype(np.float32)) * self._share
        cv2.resize(moved.reshape(*self._grid, 2), self._map.shape[1::-1], dst=self._map)
        return np.asarray(cv2.add(self._map, self._base, dst=self._map))


def weights(shape: Shape, rest: Points) -> Points:
    """(n + 1, 2) weights of the field that brings every control point back to where it is at rest."""
    at = np.column_stack([shape.at, shape.lifted])
    count = len(at)
    squares = (at * at).sum(axis=1)
    matrix = np.ones((count + 1, count + 1))
    distance = squares[:, None] + squares - 2 * at @ at.T + TIP * TIP
    matrix[:count, :count] = np.sqrt(np.maximum(distance, 0))
    matrix[:count, :count] -= STIFF * shape.unit * np.eye(count)
    matrix[count, count] = 0
    solved: Points = np.linalg.solve(matrix, np.concatenate([rest - shape.at, np.zeros((1, 2))]))
    return solved


def sampled(source: Pixels, places: Single) -> Pixels:
    """The pixels of ``source`` at (h, w, 2) places."""
    return np.asarray(cv2.remap(source, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
