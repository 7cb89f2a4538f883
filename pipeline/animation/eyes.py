"""Blinks and glances in a picture: the lid is the skin above the eye, drawn down over it; brows do not feel it.

They are drawn into the portrait before it is warped, and only when lids or gaze have changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.animation.controls import Points
from pipeline.animation.planes import Pixels, Single, Source
from pipeline.animation.warping import Place, Reals
from pipeline.face import ibug
from pipeline.face.pose import FacePose
from pipeline.types import Landmarks

STEPS = 24
"""Positions of lids and gaze that are told apart."""
GLANCE = 0.12
"""Furthest glance, in shares of the eye's width."""
LASHES = 0.36
"""Height of the band at the edge of the lid that keeps its shape, in shares of the open eye."""
MEET, OVERLAP = 0.82, 1.5
"""Where the lids meet, from the upper one's place to the lower one's; by how many pixels the upper one lies over the
lower one then, so that no white is left between them."""
SKIN = 0.62
"""Share of the skin between eye and brow that is drawn down: the brow's hairs must not be."""
DARK, HIDDEN, INKED = 0.4, 0.15, 0.30
"""Lightness below which something is no skin, in shares of the skin's, and how much of a lid may be such; above a drawn
eye that may be a thick line."""
LINES = 0.72
"""Lightness below which something on the skin is a lash or a drawn line, which would be stretched to a stripe."""
STRANGE = 28.0
"""Levels by which something on a drawn lid differs from most of it that is none: a rim of spectacles."""
SMOOTH = 0.10
"""How far skin is taken from to stand in for a line, in widths of the eye."""


class Eyes:
    """Both eyes of one portrait. Where one has no lid that could be shut, both stay as they are."""

    def __init__(self, picture: Pixels, source: Source, landmarks: Landmarks) -> None:
        """``picture``: (n, n, 3) BGR, with the landmarks in its pixels; ``source``: the same, which is drawn on."""
        self._source = source
        rings = (ibug.LEFT_EYE, ibug.LEFT_BROW), (ibug.RIGHT_EYE, ibug.RIGHT_BROW)
        lids = [_Lids.of(landmarks[eye].astype(float), landmarks[brow].astype(float)) for eye, brow in rings]
        eyes = [_Eye(source.whole, picture, one) for one in lids if one]
        able = len(eyes) == 2 and all(eye.has_skin for eye in eyes)
        self._eyes = eyes if able else []
        self._shown = [(0, 0, 0)] * len(self._eyes)

    def show(self, pose: FacePose) -> list[Place]:
        """Bring lids and gaze of the picture into a pose; the places in it that are changed by that."""
        changed = []
        gaze = round(STEPS * pose.gaze_x), round(STEPS * pose.gaze_y)
        for index, (eye, lid) in enumerate(zip(self._eyes, (pose.lid_left, pose.lid_right), strict=False)):
            wanted = (round(STEPS * min(max(lid, 0.0), 1.0)), *gaze)
            if wanted != self._shown[index]:
                self._source.put(eye.look(*wanted), eye.place)
                self._shown[index] = wanted
                changed.append(eye.place)
        return changed


@dataclass(frozen=True, slots=True)
class _Lids:
    """The edges of one eye's lids: y = (1 - x^2)^power (a + b x), along ``axes`` from ``centre``, x from -1 to 1 over
    twice ``half``. ``rise``: how far above the eye the skin of its lid begins; ``height``: of the open eye. Pixels."""

    centre: Points
    axes: Points
    half: float
    power: float
    upper: tuple[float, float]
    lower: tuple[float, float]
    rise: float
    height: float

    @classmethod
    def of(cls, ring: Points, brow: Points) -> _Lids | None:
        """Lids through six points, below a brow of five; None if there is no eye to shut."""
        centre, width = (ring[0] + ring[3]) / 2, float(np.linalg.norm(ring[3] - ring[0]))
        along = (ring[3] - ring[0]) / max(width, 1e-6)
        axes = np.array([along, [-along[1], along[0]]])
        local = (ring - centre) @ axes.T
        top, bottom = float(local[[1, 2], 1].mean()), float(local[[4, 5], 1].mean())
        height, room = bottom - top, top - float(((brow - centre) @ axes[1]).mean())
        rise = min(SKIN * room, 0.65 * width)
        if width < 6 or height < 2 or rise < 2:
            return None
        # People's eyes end in corners; drawn ones are often round, and bulge over theirs.
        power = float(np.interp(height / width, [0.38, 0.70], [1.0, 0.5]))
        half = width / 2 * (1.20 - 0.20 * power)
        upper, lower = (_through(local[ids], half, power) for ids in ([1, 2], [5, 4]))
        lower = lower[0] + 0.16 * (1 - power) * height, lower[1]
        return cls(centre, axes, half, power, upper, lower, rise, height)

    def box(self, shape: tuple[int, ...]) -> tuple[slice, slice]:
        """The part of a picture that lids and what they pull on may touch."""
        x, top, bottom = 1.04 * self.half, self.upper[0] - self.rise, self.lower[0] + self.height
        corners = np.array([[a, b] for a in (-x, x) for b in (top, bottom)]) @ self.axes + self.centre
        low = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, None)
        high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 1, shape[1::-1])
        return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))


class _Eye:
    """The pixels of one eye, and where between its lids each of them lies."""

    def __init__(self, picture: Pixels, seen: Pixels, lids: _Lids) -> None:
        """``seen``: ``picture`` in blue, green and red."""
        self.place = lids.box(picture.shape)
        self._pixels = picture[self.place].copy()
        self._axes, self._height, self._width = lids.axes.astype(np.float32), lids.height, 2 * lids.half
        self._rows, self._columns = np.indices(self._pixels.shape[:2], np.float32)
        down = self._rows + np.float32(self.place[0].start - lids.centre[1])
        right = self._columns + np.float32(self.place[1].start - lids.centre[0])
        self._x = (self._axes[0, 0] * right + self._axes[0, 1] * down) / np.float32(lids.half)
        self._y = self._axes[1, 0] * right + self._axes[1, 1] * down
        arch = np.clip(1 - self._x**2, 0, None) ** np.float32(lids.power)
        self._upper, self._lower = ((arch * (a + b * self._x)).astype(np.float32) for a, b in (lids.upper, lids.lower))
        self._crease = self._upper - np.float32(lids.rise) * np.sqrt(arch)
        self._lashes = np.minimum(np.float32(LASHES * lids.height), 0.55 * (self._upper - self._crease))
        self._flat = min(3 * (1 - lids.power), 1.0)
        self.has_skin, self._plain, edge = self._skin(seen[self.place].max(axis=2))
        # Drawn skin has no pores that would be missed, but rims and spots that must not be drawn out.
        covers = np.clip((self._y - self._upper + self._lashes) / (0.1 * self._height) + 1, 0, 1)
        self._painted = _over(self._pixels, edge, covers) if self.has_skin else self._pixels

    def _skin(self, lightness: Pixels) -> tuple[bool, Pixels, Pixels]:
        """Whether there is skin to make a lid of, and no hair, spectacles, or rim of an eye larger than was found; the
        eye without edges, folds and lashes on its lid, which would be stretched to stripes; and the colour of the lid
        at its edge, in every row."""
        top = self._upper - self._lashes
        lid = (self._y > self._crease) & (self._y < top)
        light = lightness[lid & (np.abs(self._x) < 0.8)]
        if not light.size:
            return False, self._pixels, self._pixels
        skin = np.percentile(light, 85)
        lines = cv2.dilate((lightness < LINES * skin).astype(np.uint8), np.ones((3, 3), np.uint8))
        known = lid & (lines == 0)
        if self._flat and known.any():
            known &= np.abs(self._pixels - np.median(self._pixels[known], axis=0)).max(axis=2) < STRANGE
        spread = SMOOTH * self._width
        near = cv2.GaussianBlur(self._pixels * known[..., None].astype(np.float32), (0, 0), spread)
        near /= np.maximum(cv2.GaussianBlur(known.astype(np.float32), (0, 0), spread), 1e-6)[..., None]
        hidden = HIDDEN + (INKED - HIDDEN) * self._flat
        lined = cv2.GaussianBlur((lid & (lines > 0)).astype(np.float32), (0, 0), 1.0)[..., None]
        plain = self._pixels + (near - self._pixels) * np.minimum(2 * lined, 1)
        edge = self._from(np.maximum(top - 0.05 * self._height, self._crease), _bytes(near))
        return bool((light < DARK * skin).mean() < hidden), _bytes(plain), edge

    def look(self, lid: int, gaze_x: int, gaze_y: int) -> Pixels:
        """Its part of the picture, with the lid so many `STEPS` shut and the eye looking aside."""
        looking = self._glancing(gaze_x / STEPS, gaze_y / STEPS) if gaze_x or gaze_y else self._pixels
        if lid == 0:
            return looking
        shut, between = lid / STEPS, self._upper < self._lower
        meet = self._upper + MEET * (self._lower - self._upper)
        edge = self._upper + shut * (meet - self._upper) + np.float32(OVERLAP * shut**4)
        floor = self._lower + shut**2 * (meet - self._lower)
        drawn = self._stretched(edge)
        above = np.clip(edge - self._lashes - self._y + 0.5, 0, 1)
        skin = self._from(drawn)
        if self._flat < 1:
            skin = _over(skin, self._from(drawn, self._plain), above)
        if self._flat:
            skin = _over(skin, self._painted, self._flat * above)
        # What lies below the lower lid follows it less and less.
        follows = np.clip(1 - (self._y - floor) / (0.8 * self._height), 0, 1)
        cheek = self._from(np.where(self._y > floor, self._y + (self._lower - floor) * follows, self._y))
        mixed = _over(looking, cheek, np.clip(self._y - floor + 0.5, 0, 1) * between)
        return _over(mixed, skin, np.clip(edge - self._y + 0.5, 0, 1) * between)

    def _stretched(self, edge: Reals) -> Single:
        """Where each pixel of the lid comes from when its edge is at ``edge``: lashes keep their shape, the skin
        between them and the crease is stretched, what is above keeps still."""
        lashes = self._lashes
        ratio = np.maximum(self._upper - lashes - self._crease, 1e-3) / np.maximum(edge - lashes - self._crease, 1e-3)
        skin = np.where(self._y < self._crease, self._y, self._crease + (self._y - self._crease) * ratio)
        return np.asarray(np.where(self._y > edge - lashes, self._y - edge + self._upper, skin), np.float32)

    def _glancing(self, right: float, down: float) -> Pixels:
        """The open eye with its inside moved, most in the middle; lids and corners stay."""
        soft = max(0.14 * self._height, 1.0)
        inside = np.clip((self._y - self._upper) / soft, 0, 1) * np.clip((self._lower - self._y) / soft, 0, 1)
        free = GLANCE * self._width * inside * np.clip(1.6 * (1 - np.abs(self._x)), 0, 1)
        return self._from(self._y - 0.4 * down * free, aside=-right * free)

    def _from(self, y: Reals, pixels: Pixels | None = None, aside: Reals | float = 0.0) -> Pixels:
        """Each pixel from the place ``y`` across and ``aside`` pixels along the eye, of its own or other ``pixels``."""
        across = y - self._y
        x_map = (self._columns + self._axes[1, 0] * across + self._axes[0, 0] * aside).astype(np.float32)
        y_map = (self._rows + self._axes[1, 1] * across + self._axes[0, 1] * aside).astype(np.float32)
        shown = self._pixels if pixels is None else pixels
        return np.asarray(cv2.remap(shown, x_map, y_map, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _bytes(colours: Reals) -> Pixels:
    return np.asarray(np.rint(np.clip(colours, 0, 255)), np.uint8)


def _over(below: Pixels, above: Pixels, cover: Reals) -> Pixels:
    """``above`` laid over ``below`` where (h, w) ``cover`` is above 0, whole where it is 1."""
    weight = cover.astype(np.float32)
    return np.asarray(cv2.blendLinear(above, below, weight, 1 - weight))


def _through(points: Points, half: float, power: float) -> tuple[float, float]:
    """a and b of the edge of a lid through two points."""
    x = np.clip(points[:, 0] / half, -0.9, 0.9)
    value = points[:, 1] / (1 - x * x) ** power
    b = float((value[1] - value[0]) / max(float(x[1] - x[0]), 0.1))
    return float(value.mean() - b * x.mean()), b
