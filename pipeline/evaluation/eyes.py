"""Whether lids meet, whether brows stay where they are, and where the head is: read from the pixels of a frame.

Face meshes see an eye a quarter open when its lids have met, so lids are measured by what they hide. Of a drawn eye
that is the share of its white and iris that can still be seen: its colours at rest that are neither those of the skin
around nor dark as a line. A lifelike eye is ten pixels high and has hardly a colour of its own: of it, the height of
what is darker than half way from skin to pupil counts. Lids that have met still show their line of lashes, which is a
third of such an eye.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.face import ibug
from pipeline.types import Landmarks, Picture

Reals = npt.NDArray[np.floating[Any]]

SHUT = {"drawn": 0.10, "lifelike": 0.50}
"""What is left of an eye, as a share of the open one, when its lids have met."""
DARK = 0.62
"""Of the skin's lightness: darker is a line or a pupil."""
SKIN = 20.0
"""CIELAB units (8 bit): nearer to the skin is skin, as is the white of an eye on a white ghost."""
HEAD, BROW = 16, 12
"""Pixels that head and brow may have moved."""


class Patch:
    """A part of the face that is found again in every frame."""

    def __init__(self, rest: Picture, points: Landmarks, margin: float, reach: int, without: Landmarks | None = None):
        """What lies within ``margin`` pixels of the line through ``points``, looked for up to ``reach`` pixels away;
        ``without``: the eye (6, 2) that must not be looked at."""
        mask = np.zeros(rest.shape[:2], np.uint8)
        cv2.polylines(mask, [np.rint(points).astype(np.int32)], False, 1, max(2 * round(margin), 2))
        if without is not None:
            eye = np.zeros_like(mask)
            cv2.fillPoly(eye, [np.rint(without).astype(np.int32)], 1)
            width, height = _size(without)
            mask[_grown(eye, 0.2 * width, 0.3 * height) > 0] = 0
        rows, columns = np.nonzero(mask if mask.any() else np.ones_like(mask))
        self._left, self._top, self._reach = int(columns.min()), int(rows.min()), reach
        part = slice(self._top, int(rows.max()) + 1), slice(self._left, int(columns.max()) + 1)
        self._picture, self._mask = rest[part].copy(), np.dstack([mask[part]] * 3)

    def moved(self, frame: Picture, near: tuple[int, int] = (0, 0)) -> tuple[float, float]:
        """How far it has gone right and down, in pixels; it is looked for ``near`` a guess."""
        height, width = self._picture.shape[:2]
        left, top = self._left + near[0] - self._reach, self._top + near[1] - self._reach
        x, y = max(left, 0), max(top, 0)
        window = frame[y : top + height + 2 * self._reach, x : left + width + 2 * self._reach]
        if window.shape[0] < height or window.shape[1] < width:
            return float(near[0]), float(near[1])
        fit = cv2.matchTemplate(window, self._picture, cv2.TM_SQDIFF, mask=self._mask)
        column, row = cv2.minMaxLoc(fit)[2]
        return x + _between(fit[row], column) - self._left, y + _between(fit[:, column], row) - self._top


class Eye(Protocol):
    """The ruler for one eye."""

    def open(self, frame: Picture, moved: tuple[int, int]) -> float:
        """How much of it is seen, as a share of what is seen at rest; ``moved``: how far the head has gone."""


def eyes(rest: Picture, landmarks: Landmarks, kind: str) -> Sequence[Eye]:
    """Both eyes of a face at rest. ``kind``: "drawn" or "lifelike"."""
    pairs = (
        (landmarks[ibug.LEFT_EYE], landmarks[ibug.LEFT_BROW]),
        (landmarks[ibug.RIGHT_EYE], landmarks[ibug.RIGHT_BROW]),
    )
    if kind == "drawn":
        return [DrawnEye(rest, ring, brow) for ring, brow in pairs]
    return [LifelikeEye(rest, ring) for ring, _ in pairs]


class DrawnEye:
    """An eye with a white and an iris of flat colours."""

    def __init__(self, rest: Picture, ring: Landmarks, brow: Landmarks) -> None:
        """``ring`` (6, 2) around the eye, ``brow`` (5, 2) above it, in pixels of ``rest``."""
        width, height = _size(ring)
        self._box = _box(ring, 0.12 * width + 3, 0.2 * height + 3)
        inside = np.zeros(rest.shape[:2], np.uint8)
        cv2.fillPoly(inside, [np.rint(ring).astype(np.int32)], 1)
        around = _grown(inside, 0.30 * width + 3, 0.30 * height + 3)
        around[: max(int(brow[:, 1].max() + 0.12 * width), 0)] = 0
        around[_grown(inside, 0.10 * width + 1, 0.13 * height + 1) > 0] = 0
        colours = _lab(rest)
        skin = colours[around > 0] if around.any() else colours[inside == 0]
        own = _palette(colours[inside > 0], 6)
        dark = own[:, 0] < DARK * np.median(skin[:, 0])
        plain, bright = _palette(skin, 5), own[~dark]
        bright = bright[_distance(bright, plain) > SKIN]
        self._belongs = _table(bright, np.concatenate([plain, own[dark]]))
        self._all = max(self._seen(rest, (0, 0)), 1)

    def open(self, frame: Picture, moved: tuple[int, int]) -> float:
        """See `Eye`."""
        return self._seen(frame, moved) / self._all

    def _seen(self, frame: Picture, moved: tuple[int, int]) -> int:
        red, green, blue = np.moveaxis(_cut(frame, self._box, moved) >> 3, 2, 0)
        return int(self._belongs[red, green, blue].sum())


class LifelikeEye:
    """A small eye that is darker than the skin around."""

    FINE = 4
    """Rows per pixel."""

    def __init__(self, rest: Picture, ring: Landmarks) -> None:
        """``ring`` (6, 2) around the eye, in pixels of ``rest``."""
        width, height = _size(ring)
        middle = ring.mean(axis=0)
        half = np.array([[0.2 * width, 1.2 * height - 1]])
        self._box = _box(np.concatenate([middle - half, middle + half]).astype(np.float32), 0, 4)
        light = self._light(rest, (0, 0))
        dark, skin = np.percentile(light, 5), np.percentile(light, 85)
        self._half = float(dark + skin) / 2
        self._all = max(self._height(rest, (0, 0)), 1e-6)

    def open(self, frame: Picture, moved: tuple[int, int]) -> float:
        """See `Eye`."""
        return self._height(frame, moved) / self._all

    def _height(self, frame: Picture, moved: tuple[int, int]) -> float:
        return float((self._light(frame, moved) < self._half).sum(axis=0).mean()) / self.FINE

    def _light(self, frame: Picture, moved: tuple[int, int]) -> Reals:
        grey = _cut(frame, self._box, moved).min(axis=2).astype(np.float32)
        return np.asarray(cv2.resize(grey, None, fx=1, fy=self.FINE, interpolation=cv2.INTER_CUBIC))


Box = tuple[int, int, int, int]


def _size(ring: Landmarks) -> tuple[float, float]:
    width = float(np.linalg.norm(ring[3] - ring[0]))
    return width, max(float(ring[[4, 5], 1].mean() - ring[[1, 2], 1].mean()), 0.25 * width)


def _box(points: Landmarks, across: float, down: float) -> Box:
    """Left, top, right, bottom."""
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return int(left - across), int(top - down), int(right + across) + 1, int(bottom + down) + 1


def _cut(frame: Picture, box: Box, moved: tuple[int, int]) -> Picture:
    (left, top, right, bottom), (x, y) = box, moved
    return frame[max(top + y, 0) : max(bottom + y, 1), max(left + x, 0) : max(right + x, 1)]


def _grown(mask: npt.NDArray[np.uint8], across: float, down: float) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.dilate(mask, np.ones((2 * int(down) + 1, 2 * int(across) + 1), np.uint8)), np.uint8)


def _lab(picture: Picture) -> Reals:
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2LAB), np.float32)


def _palette(colours: Reals, count: int) -> Reals:
    """The few colours (k, 3) that stand for many (n, 3)."""
    if len(colours) <= count:
        return colours
    cv2.setRNGSeed(1)
    until = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    return np.asarray(cv2.kmeans(colours, count, None, until, 2, cv2.KMEANS_PP_CENTERS)[2])


def _table(these: Reals, others: Reals) -> npt.NDArray[np.bool_]:
    """(32, 32, 32) whether a colour, red, green and blue of 5 bits, is nearer to these than to the others (CIELAB)."""
    cube = np.indices((32, 32, 32), np.uint8).reshape(3, -1).T * 8 + 4
    colours = _lab(cube[None])[0]
    near = _distance(colours, these) < _distance(colours, others) if len(these) else np.zeros(len(cube), bool)
    return near.reshape(32, 32, 32)


def _distance(colours: Reals, palette: Reals) -> Reals:
    """(n,) from each colour to the nearest of a palette."""
    away = colours[:, None] - palette[None]
    return np.asarray(np.sqrt((away * away).sum(axis=2)).min(axis=1))


def _between(values: Reals, at: int) -> float:
    """``at``, the place of a minimum, made finer by its neighbours."""
    if not 0 < at < len(values) - 1:
        return float(at)
    before, here, after = (float(value) for value in values[at - 1 : at + 2])
    bend = before - 2 * here + after
    return at + (min(max(0.5 * (before - after) / bend, -0.5), 0.5) if bend > 1e-9 else 0.0)
