"""Moves a whole picture a little: the body sways about the point it stands on, breathes and hops; what sticks out of it
follows late; the ground and the borders keep still.

The movement is smooth, so it is known on a coarse grid and made finer for every picture. Where the body lies and what
stands behind it is known from the rig. An older rig does not tell; there the ground moves along, less and less around
the body, or towards the borders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt
import skia

from pipeline.animation.acting import Bend
from pipeline.animation.ground import UNSEEN, Ground
from pipeline.animation.planes import Pixels, views
from pipeline.animation.region import Region
from pipeline.face.rig import FaceRig
from pipeline.types import Frame

SWAY, STRETCH, HOP = 0.020, 0.011, 0.020
"""Largest movements: of sway and stretch as shares of the height above the pivot, of a hop of the picture's side."""
SLIMMING = 0.7
"""How much narrower a body gets as it gets taller: about as much as keeps its volume."""
CELL = 8
"""Pixels between places of the grid."""
FINER = 3
"""Pixels are taken from a picture so many times as large: the nearest one is found twice as fast as four are mixed,
and a sixth of a pixel off cannot be seen. Odd, so that a body at rest is the picture itself."""
GROUP = 4
"""Pixels of a row that are looked up together: on the body the first and the last of them move alike, up to a tenth of
a pixel. With them come the pixels of colour that lie over them, two of each plane."""
AROUND = 0.08
"""The movement fades out over this share of the side around the body."""
ROOM = 0.05
"""Further than this share of the side no body moves."""
TIPS = 1.25, 2.5
"""Distances from the middle of the face, in its radii: what is nearer moves with the body, what is further lags."""
WHIP = 1.4
"""How much further than the body the tips swing."""
LAGGING = np.array([1.0, 0.6, 0.35], np.float32)
"""How much of sway, stretch and hop the tips do late; a hop that came all late would tear them off."""
FEET = 0.10
"""In a hop the picture stretches over this share of the side above the ground."""

Field = npt.NDArray[np.float32]
Groups = npt.NDArray[np.int32]
"""Four bytes each."""


class Body:
    """A square picture, I420 (1.5 side, side), that can be bent. ``window``: the part in which anything moves."""

    def __init__(self, still: Frame, rig: FaceRig, ground: Ground | None = None) -> None:
        """``ground``: what stands behind the body and keeps still. Without one, what is around the body moves, too."""
        side = still.shape[1]
        self._ground = ground
        covered = (None, None, None) if ground is None else ground.covered
        light, *colours = (
            _fine(*plane, FINER * side // plane[0].shape[1]) for plane in zip(views(still), covered, strict=True)
        )
        self._light, self._colours = _groups([light], FINER), _groups(colours, 2 * FINER)
        # As `cv2.resize` has it, places lie in the middle of their cells; a cell beyond each border is known, too.
        places = (np.arange(-1, -(-side // CELL) + 1, dtype=np.float32) + np.float32(0.5)) * np.float32(CELL / side)
        x, y = np.meshgrid(places, places)
        loose = _loose(rig, x, y, ground.free() if ground else (0.0, 0.0, 0.0))
        fields = _fields(rig, x, y, loose) * np.float32(side)
        rows, columns = (
            np.nonzero(loose.any(axis=axis))[0].clip(1, len(places) - 2)  # nothing is drawn beyond the borders
            for axis in (1, 0)
        )
        edges = columns[0] - 1, rows[0] - 1, columns[-1], rows[-1]
        self.window = Region(*(min(int(edge) * CELL, side) for edge in edges))
        cells = (..., slice(rows[0] - 1, rows[-1] + 2), slice(columns[0] - 1, columns[-1] + 2))
        self._still = np.float32(FINER * side) * np.stack([x, y])[cells]
        self._fields = np.float32(FINER) * fields[cells]
        self._face = _Cross.of(fields[..., 1:-1, 1:-1], rig, side)

    def bend(self, frame: Frame, now: Bend, late: Bend) -> None:
        """Draw the window of the picture into ``frame``."""
        light, *colours = views(frame)
        out = light[self.window.slices].view(np.int32)
        # From the middle of a group to the middle of its first pixel. A map for each axis: `cv2` makes and reads two in
        # two thirds of the time that one of pairs takes.
        columns, rows = (
            cv2.resize(each - np.float32((FINER * length - FINER + 1) / 2), None, fx=CELL // GROUP, fy=CELL)[
                CELL : CELL + out.shape[0], CELL // GROUP : CELL // GROUP + out.shape[1]
            ]
            for each, length in zip(self._still + _mixed(self._fields, now, late), (GROUP, 1), strict=True)
        )
        _look_up(self._light, columns, rows, out)
        pairs = _look_up(self._colours, columns[::2], rows[::2]).view(np.uint16).reshape(len(rows) // 2, -1, 2)
        for channel, plane in enumerate(colours):
            cv2.extractChannel(pairs, channel, plane[self.window.shrunk(2).slices].view(np.uint16))
        if self._ground:
            self._ground.show(frame)

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


def _look_up(source: Groups, columns: Field, rows: Field, out: Groups | None = None) -> Groups:
    """Groups of pixels by their places."""
    flags = cv2.INTER_NEAREST
    return np.asarray(cv2.remap(source, columns, rows, flags, out, borderMode=cv2.BORDER_REPLICATE), np.int32)


def _fine(plane: Pixels, covered: Pixels | None, finer: int) -> Pixels:
    """``plane`` finer, and `UNSEEN` where the body does not cover it. The middle of its pixels lies where that of every
    first pixel of light comes to lie, so that one map does for both."""
    side = finer * plane.shape[1]
    away = (FINER - 1) / 2
    towards = np.array([[1, 0, -away], [0, 1, -away]], np.float64) / finer
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP

    def grown(pixels: Pixels) -> Pixels:
        return np.asarray(cv2.warpAffine(pixels, towards, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE))

    fine = grown(plane)
    if covered is not None:
        fine[grown(covered) < 128] = UNSEEN
    return fine


def _groups(planes: Sequence[Pixels], step: int) -> Groups:
    """At each place, as one number of four bytes, the pixels that stand there and ``step`` and more right of it, of one
    plane after the other."""
    count, width = GROUP // len(planes), planes[0].shape[1]
    wide = [cv2.copyMakeBorder(plane, 0, 0, 0, step * (count - 1), cv2.BORDER_REPLICATE) for plane in planes]
    grouped = cv2.merge([plane[:, step * i : step * i + width] for plane in wide for i in range(count)])
    return np.asarray(grouped.view(np.int32)[..., 0], np.int32)


def _mixed(fields: Field, now: Bend, late: Bend) -> Field:
    """(2, ...): where to look for each place, right and down of it, in pixels."""
    mixed = np.array((*now, *late), np.float32) @ fields.reshape(6, -1)
    return np.asarray(mixed.reshape(fields.shape[1:]))


def _fields(rig: FaceRig, x: Field, y: Field, loose: Field) -> Field:
    """(6, 2, ...): by sway, stretch and hop, now and late; right and down."""
    lever = (rig.pivot[1] - y).clip(0, None) * loose * np.float32(rig.sway)
    foot = _smooth((rig.pivot[1] - y) / FEET) * loose * np.float32(min(rig.sway, 1.0))
    none = np.zeros_like(x)
    moves = np.array(
        [
            [-SWAY * lever, none],
            [SLIMMING * STRETCH * (x - rig.pivot[0]) * foot, STRETCH * lever],
            [none, HOP * foot],
        ],
        np.float32,
    )
    away = np.hypot(x - rig.centre[0], y - rig.centre[1]) / rig.radius
    lagging = _smooth((away - TIPS[0]) / (TIPS[1] - TIPS[0])) * LAGGING[:, None, None, None]
    fields: Field = np.concatenate([moves * (1 - lagging), moves * (WHIP * lagging)])
    return fields


def _loose(rig: FaceRig, x: Field, y: Field, free: tuple[float, float, float]) -> Field:
    """1 where the picture moves with the body, 0 where it keeps still: away from the body and at borders. ``free``: how
    much is known to be free left, right and above of it; where it never comes near a border it need not slow down."""
    to_borders = zip((x, 1 - x, y), (0.13, 0.13, 0.10), free, strict=True)
    near = [away / fading for away, fading, room in to_borders if room < ROOM]
    edge = _smooth(np.minimum.reduce([np.ones_like(x), *near]))
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
