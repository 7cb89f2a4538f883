"""Moves the pixels of a picture with its control points.

A radial basis function interpolates the displacements that are known at the control points (M. Buhmann, "Radial Basis
Functions", 2003; multiquadrics, r with its tip rounded). Around the head it fades out; beyond, nothing moves. Centres
are the points at rest, so what each point does to each place is known before the first frame, and a frame costs one
product of matrices. Pictures are drawn backwards, from a place in the frame to the place in the portrait that it shows,
so that nothing has holes: the field is inverted by iteration (M. Chen et al., "A simple fixed-point approach to invert
a deformation field", 2008).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.animation.controls import Controls, Points, Shape
from pipeline.animation.region import Region
from pipeline.face import ibug
from pipeline.types import Landmarks

Single = npt.NDArray[np.float32]
Reals = npt.NDArray[np.floating[Any]]
Place = tuple[slice, slice]
"""Rows and columns."""

COARSE, FINE = 8, 4
"""Pixels between the places at which the field is computed; between them it is interpolated."""
STIFF = 1e-3
"""Weight of smoothness, so that points on top of each other do not ask for the impossible."""
TIP = 2.0
"""Pixels over which the tip of r is rounded."""
EDGE = 10
"""Pixels at the border of the picture that never move."""
RING = 20
ROUNDS = 5
"""Steps of the inversion: places that are seen change by less than half a pixel after it."""


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
        return Region.around(self.centre - reach, self.centre + reach, self.side, COARSE)

    def share(self, x: Single, y: Single) -> Single:
        """How far a place goes with the head, 0..1."""
        distance = np.hypot((x - self.centre[0]) / self.axes[0], (y - self.centre[1]) / self.axes[1])
        away = np.clip((self.FADE - distance) / (self.FADE - 1), 0, 1)
        border = np.minimum(np.minimum(x, self.side - 1 - x), np.minimum(y, self.side - 1 - y))
        inside = np.clip((border - EDGE) / (3 * EDGE), 0, 1)
        share = away * away * (3 - 2 * away) * inside * inside * (3 - 2 * inside)
        return np.asarray(share, np.float32)


class Field:
    """How every place of a portrait goes with its control points."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        self._at = np.column_stack([controls.rest, controls.lifted])
        count = len(self._at)
        system = np.ones((count + 1, count + 1))
        system[:count, :count] = _basis(self._at, self._at) - STIFF * controls.unit * np.eye(count)
        system[count, count] = 0
        self._solved = np.linalg.solve(system, np.eye(count + 1)[:, : controls.moving]).astype(np.float32)

    def influence(self, places: Points, side: float) -> Single:
        """(places, points) how far each place (n, 2) follows each control point that can move. ``side``: 1 on the sheet
        of the upper lip, -1 on that of the lower."""
        there = np.column_stack([places, side * self._controls.lift(places)])
        return np.asarray(_basis(there, self._at).astype(np.float32) @ self._solved[:-1] + self._solved[-1])


class Sheet:
    """The map of one region, for what belongs to the upper lip or to the lower one. Keeps its buffers: one thread
    only."""

    def __init__(self, region: Region, head: Head, field: Field, side: float, step: int, scale: float) -> None:
        """``side``: 1 for the sheet of the upper lip, -1 for that of the lower; ``step``: pixels between the places at
        which it is computed; ``scale``: pixels of the portrait per pixel of the frame."""
        self.region, self.step, self._scale = region, step, np.float32(scale)
        # One cell more on each side, so that no pixel lies beyond the outermost places.
        x, y = (
            np.arange(low - step, high + step, step) + (step - 1) / 2
            for low, high in ((region.left, region.right), (region.top, region.bottom))
        )
        at = np.dstack(np.meshgrid(x, y))
        self._grid = at.shape[1::-1]
        places = at.reshape(-1, 2)
        share = head.share(places[:, 0].astype(np.float32), places[:, 1].astype(np.float32))[:, None]
        # In cells of the grid, as it is inverted there.
        self._follows = (share * field.influence(places, side) / step).astype(np.float32)
        self._cells = np.dstack(np.meshgrid(*(np.arange(n, dtype=np.float32) for n in self._grid)))
        self._origin = np.array([(at[0, 0, 0] + 0.5), (at[0, 0, 1] + 0.5)], np.float32)

    def solve(self, shape: Shape) -> Single:
        """(rows, columns, 2) where in the portrait each place of the grid comes from, in pixels of the frame from its
        corner."""
        forward = (self._follows @ shape.moved.astype(np.float32)).reshape(*self._cells.shape)
        found = self._cells - forward
        for _ in range(ROUNDS - 1):
            moved = cv2.remap(forward, found, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            found = cv2.subtract(self._cells, moved)
        return np.asarray(found * np.float32(self.step) + self._origin, np.float32)

    def shows(self, solved: Single, place: Place) -> npt.NDArray[np.bool_]:
        """(rows, columns) which places of the grid show a ``place`` of the portrait, or lie next to it."""
        found, (rows, columns) = solved * self._scale, place
        reach = self.step * self._scale
        x, y = found[..., 0], found[..., 1]
        inside = (x > columns.start - reach) & (x < columns.stop + reach) & (y > rows.start - reach)
        return np.asarray(inside & (y < rows.stop + reach))

    def map(self, solved: Single, place: Place | None = None, shrink: int = 1) -> Single:
        """(height, width, 2) where each pixel of a ``place`` in the region (all of it without one; its edges even)
        comes from, in pixels of the portrait, both divided by ``shrink``."""
        step, cell = self.step, self.step // shrink
        rows, columns = place or (slice(0, step * (self._grid[1] - 2)), slice(0, step * (self._grid[0] - 2)))
        top, left = rows.start // step, columns.start // step
        bottom, right = -(-rows.stop // step), -(-columns.stop // step)
        places = solved[top : bottom + 2, left : right + 2] * (self._scale / shrink) - np.float32(0.5)
        size = (right - left + 2) * cell, (bottom - top + 2) * cell
        fine = cv2.resize(places, size, interpolation=cv2.INTER_LINEAR)
        y, x = cell + rows.start // shrink - top * cell, cell + columns.start // shrink - left * cell
        height, width = (rows.stop - rows.start) // shrink, (columns.stop - columns.start) // shrink
        return np.asarray(fine[y : y + height, x : x + width])


def shifted(place: Place, right: int, down: int) -> Place:
    """A place so many pixels further."""
    rows, columns = place
    return slice(rows.start + down, rows.stop + down), slice(columns.start + right, columns.stop + right)


def _basis(there: Points, centres: Points) -> Points:
    squares = (there * there).sum(axis=1)[:, None] + (centres * centres).sum(axis=1) - 2 * there @ centres.T
    distance: Points = np.sqrt(np.maximum(squares, 0) + TIP * TIP)
    return distance
