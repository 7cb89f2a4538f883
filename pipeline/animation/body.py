"""Moves a whole picture a little: the body sways about the point it stands on and breathes, borders keep still.

Without a cut-out of the body, the movement fades out towards the borders; on the smooth backgrounds of drawn
portraits the stretch in between cannot be seen.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import skia

SWAY, STRETCH = 0.020, 0.011
"""Largest movement as shares of the height above the pivot."""


class Body:
    """A square picture, (side, side, 4) uint8, that can be bent. Keeps its buffers: one thread only."""

    def __init__(self, plate: npt.NDArray[np.uint8], pivot: tuple[float, float], strength: float) -> None:
        self.side = plate.shape[0]
        self.plate = plate
        self.rows = max(8, min(self.side, round(pivot[1] * self.side)))
        y, x = np.mgrid[0 : self.rows, 0 : self.side].astype(np.float32)
        self._x, self._y = x, y
        lever = (pivot[1] * self.side - y) * self._fade(x / self.side, y / self.side) * np.float32(strength)
        self._sideways = np.ascontiguousarray(-SWAY * lever)
        self._upward = np.ascontiguousarray(STRETCH * lever)
        self._map_x, self._map_y = np.empty_like(x), np.empty_like(y)

    def bend(self, out: npt.NDArray[np.uint8], sway: float, stretch: float) -> None:
        """Draw the picture into ``out`` (side, side, 4), ``sway`` to the right and ``stretch`` upwards, -1..1."""
        cv2.scaleAdd(self._sideways, sway, self._x, dst=self._map_x)
        cv2.scaleAdd(self._upward, stretch, self._y, dst=self._map_y)
        # Below the pivot nothing moves.
        out[self.rows :] = self.plate[self.rows :]
        cv2.remap(
            self.plate,
            self._map_x,
            self._map_y,
            cv2.INTER_LINEAR,
            dst=out[: self.rows],
            borderMode=cv2.BORDER_REPLICATE,
        )

    def matrix(self, at: tuple[float, float], sway: float, stretch: float) -> skia.Matrix:
        """The bend near a point (in units of the side) as an affine map, for what is drawn on top."""
        column = int(np.clip(at[0] * self.side, 8, self.side - 9))
        row = int(np.clip(at[1] * self.side, 8, self.rows - 9))
        step = 8

        def field(f: npt.NDArray[np.float32], scale: float) -> tuple[float, float, float]:
            dx = (f[row, column + step] - f[row, column - step]) / (2 * step)
            dy = (f[row + step, column] - f[row - step, column]) / (2 * step)
            return -scale * float(f[row, column]), -scale * float(dx), -scale * float(dy)

        ux, ux_x, ux_y = field(self._sideways, sway)
        uy, uy_x, uy_y = field(self._upward, stretch)
        px, py = at[0] * self.side, at[1] * self.side
        return skia.Matrix.MakeAll(
            1 + ux_x, ux_y, ux - ux_x * px - ux_y * py, uy_x, 1 + uy_y, uy - uy_x * px - uy_y * py, 0, 0, 1
        )

    @staticmethod
    def _fade(x: npt.NDArray[np.float32], y: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """1 inside, 0 at the left, right and upper border."""
        edge = np.minimum(np.minimum(x, 1 - x) / 0.13, y / 0.10).clip(0, 1)
        fade: npt.NDArray[np.float32] = (edge * edge * (3 - 2 * edge)).astype(np.float32)
        return fade
