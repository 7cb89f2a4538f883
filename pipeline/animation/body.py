"""Moves a whole picture a little: the body sways about the point it stands on, breathes and hops; what sticks out of it
follows late; the ground and the borders keep still.

The movement is smooth, so it is known on a coarse grid and made finer for every picture. Where the body lies is known
from the rig; around it the movement fades out. An older rig does not tell, and there it fades towards the borders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt
import skia

from pipeline.animation.acting import Bend
from pipeline.animation.region import Region
from pipeline.face.rig import FaceRig

SWAY, STRETCH, HOP = 0.020, 0.011, 0.020
"""Largest movements: of sway and stretch as shares of the height above the pivot, of a hop of the picture's side."""
SLIMMING = 0.7
"""How much narrower a body gets as it gets taller: about as much as keeps its volume."""
CELL = 8
"""Pixels between places of the grid."""
FINER = 3
"""Pixels are taken from a picture so many times as large: the nearest one is found twice as fast as four are mixed,
and a sixth of a pixel off cannot be seen."""
AROUND = 0.08
"""The movement fades out over this share of the side around the body."""
TIPS = 1.25, 2.5
"""Distances from the middle of the face, in its radii: what is nearer moves with the body, what is further lags."""
WHIP = 1.4
"""How much further than the body the tips swing."""
LAGGING = np.array([1.0, 0.6, 0.35], np.float32)
"""How much of sway, stretch and hop the tips do late; a hop that came all late would tear them off."""
FEET = 0.10
"""In a hop the picture stretches over this share of the side above the ground."""

Field = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]


class Body:
    """A square picture, (side, side, 4) uint8, that can be bent. ``window``: the part in which anything moves."""

    def __init__(self, plate: Pixels, rig: FaceRig) -> None:
        side = plate.shape[0]
        self._fine = cv2.resize(plate, None, fx=FINER, fy=FINER, interpolation=cv2.INTER_LINEAR)
        # As `cv2.resize` has it, places lie in the middle of their cells; a cell beyond each border is known, too.
        places = (np.arange(-1, -(-side // CELL) + 1, dtype=np.float32) + np.float32(0.5)) * np.float32(CELL / side)
        x, y = np.meshgrid(places, places)
        loose = _loose(rig, x, y)
        fields = _fields(rig, x, y, loose) * np.float32(side)
        rows, columns = (np.nonzero(loose.any(axis=axis))[0] for axis in (1, 0))
        edges = columns[0] - 1, rows[0] - 1, columns[-1], rows[-1]
        self.window = Region(*(min(int(edge) * CELL, side) for edge in edges))
        cells = (slice(rows[0] - 1, rows[-1] + 2), slice(columns[0] - 1, columns[-1] + 2))
        self._fields = FINER * fields[(..., *cells)]
        # From middles of pixels to the same in the finer picture.
        self._still = (FINER * side) * np.stack([x, y])[(slice(None), *cells)] - np.float32(0.5)
        self._face = _Cross.of(fields[..., 1:-1, 1:-1], rig, side)

    def bend(self, out: Pixels, now: Bend, late: Bend) -> None:
        """Draw the window of the picture into ``out`` (side, side, 4)."""
        part = out[self.window.slices]
        height, width = part.shape[:2]
        # One map for each axis: `cv2` makes and reads two in two thirds of the time that one of pairs takes.
        columns, rows = (
            cv2.resize(places, None, fx=CELL, fy=CELL, interpolation=cv2.INTER_LINEAR)[
                CELL : CELL + height, CELL : CELL + width
            ]
            for places in self._still + _mixed(self._fields, now, late)
        )
        cv2.remap(self._fine, columns, rows, cv2.INTER_NEAREST, dst=part, borderMode=cv2.BORDER_REPLICATE)

    def matrix(self, now: Bend) -> skia.Matrix:
        """The bend where the face is as an affine map, for what is drawn on it."""
        return self._face.matrix(now)


@dataclass(frozen=True, slots=True)
class _Cross:
    """The fields in the middle of the face, and ``reach`` pixels right, left, below and above of it."""

    x: float
    y: float
    reach: int
    fields: Field

    @classmethod
    def of(cls, fields: Field, rig: FaceRig, side: int) -> Self:
        last = fields.shape[-1] - 1
        arm = max(1, round(0.5 * rig.radius * side / CELL))
        column, row = (min(max(int(share * side / CELL), arm), last - arm) for share in rig.centre)
        places = [(row, column), (row, column + arm), (row, column - arm), (row + arm, column), (row - arm, column)]
        found = np.stack([fields[..., r, c] for r, c in places], axis=-1)
        return cls((column + 0.5) * CELL, (row + 0.5) * CELL, arm * CELL, found)

    def matrix(self, now: Bend) -> skia.Matrix:
        (x, right, left, below, above), ys = (-_mixed(self.fields, now, now)).tolist()
        xx, xy = (right - left) / (2 * self.reach), (below - above) / (2 * self.reach)
        y, right, left, below, above = ys
        yx, yy = (right - left) / (2 * self.reach), (below - above) / (2 * self.reach)
        away_x, away_y = x - xx * self.x - xy * self.y, y - yx * self.x - yy * self.y
        return skia.Matrix.MakeAll(1 + xx, xy, away_x, yx, 1 + yy, away_y, 0, 0, 1)


def _mixed(fields: Field, now: Bend, late: Bend) -> Field:
    """(2, ...): where to look for each place, right and down of it, in pixels."""
    mixed: Field = np.tensordot(np.array((now, late), np.float32), fields, ((0, 1), (1, 2)))
    return mixed


def _fields(rig: FaceRig, x: Field, y: Field, loose: Field) -> Field:
    """(2, 2, 3, ...): right and down; by `Bend` now and late; by sway, stretch and hop."""
    lever = (rig.pivot[1] - y).clip(0, None) * loose * np.float32(rig.sway)
    foot = _smooth((rig.pivot[1] - y) / FEET) * loose * np.float32(min(rig.sway, 1.0))
    none = np.zeros_like(x)
    moves = np.array(
        [
            [-SWAY * lever, SLIMMING * STRETCH * (x - rig.pivot[0]) * foot, none],
            [none, STRETCH * lever, HOP * foot],
        ],
        np.float32,
    )
    away = np.hypot(x - rig.centre[0], y - rig.centre[1]) / rig.radius
    lagging = _smooth((away - TIPS[0]) / (TIPS[1] - TIPS[0])) * LAGGING[:, None, None]
    fields: Field = np.stack([moves * (1 - lagging), moves * (WHIP * lagging)], axis=1)
    return fields


def _loose(rig: FaceRig, x: Field, y: Field) -> Field:
    """1 where the picture moves with the body, 0 where it keeps still: at its borders and away from the body."""
    edge = _smooth(np.minimum(np.minimum(x, 1 - x) / 0.13, y / 0.10))
    loose: Field = np.where(y < rig.pivot[1], edge, np.float32(0))
    if rig.outline:
        bands = np.array(rig.outline, np.float32)[
            np.minimum((y[:, 0] * len(rig.outline)).astype(int), len(rig.outline) - 1)
        ]
        outside = ((x < bands[:, :1]) | (x > bands[:, 1:])).astype(np.uint8)
        far = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) / x.shape[1]
        loose *= _smooth(1 - far / AROUND)
    return loose


def _smooth(share: Field) -> Field:
    share = share.clip(0, 1)
    smoothed: Field = (share * share * (3 - 2 * share)).astype(np.float32)
    return smoothed
