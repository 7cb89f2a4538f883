"""How far a mouth is open in a picture, read from its pixels and nothing else.

Face meshes cannot tell: they were trained on people, and of a drawn mouth that opens steadily they report a third, not
even in order. So the mouth is measured against its own picture at rest. That is cut in two along the middle of the dark
line between the lips, and each half is slid up and down until it fits the frame best; the opening is how far the halves
have come apart. What shows between them (teeth, tongue, darkness) belongs to neither half and does not count.

It must be the middle: an open mouth is dark inside, so a half that holds all of the line finds it again anywhere in
there, and a half that holds none cannot tell lip from skin where both have one colour.

Against portraits drawn at known openings this is right to about 3 % of the full opening (`tests`); lips that are
pressed thin read up to 5 % less than shut, ones that swell when they are rounded up to a fifth more than open.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from pipeline.face import ibug
from pipeline.types import Landmarks, Picture

Reals = npt.NDArray[np.floating[Any]]

COLUMNS = 12
"""The middle of the mouth is seen as so many columns, each the mean of a few pixels."""
BREADTH = 0.2
"""Half of the part that is looked at, in widths of the mouth: towards the corners lips bend."""
ABOVE, BELOW = 0.05, 0.10
"""Skin beyond the lips that is looked at, in widths of the mouth. More of it stretches instead of moving."""
WIDEST = 0.9
"""Largest opening, in widths of the mouth."""
NEAR = 0.05
"""How far the line may lie above and below the points of the inner lips, in widths of the mouth."""
UNLIKE = 80.0
"""Grey levels; pixels further off than this are equally wrong, as shadows and teeth come and go."""


class Lips:
    """The ruler for one portrait."""

    def __init__(self, rest: Picture, landmarks: Landmarks, *, teeth: bool = False) -> None:
        """``rest``: the frame in which the mouth is at rest; ``landmarks``: its points, in its pixels; ``teeth``: the
        mouth is open there and shows them, so that the halves end at the inner lips."""
        self._level = _levelled(landmarks)
        points = landmarks @ self._level[:, :2].T + self._level[:, 2]
        outer, inner = points[ibug.OUTER_LIPS], points[ibug.INNER_LIPS]
        self._width = float(outer[6, 0] - outer[0, 0])
        middle, half = float(outer[[0, 6], 0].mean()), BREADTH * self._width
        top, bottom = float(outer[2:5, 1].min()), float(outer[8:11, 1].max())
        self._left, self._right = int(middle - half), int(middle + half) + 1
        self._top = max(int(top - ABOVE * self._width) - 2, 0)
        self._bottom = min(int(bottom + BELOW * self._width) + 3, rest.shape[0] - 1)
        area = self._upright(rest, self._left, self._top, self._right - self._left, self._bottom - self._top)
        self._rest, self._patch = _columns(area), area[: max(int(top + 0.3 * (bottom - top)) - self._top, 4)]
        self._room, self._reach = int(0.25 * self._width) + 8, int(0.12 * self._width) + 4
        self._high, self._low = round(float(inner[2, 1])) - self._top, round(float(inner[6, 1])) - self._top
        if not teeth:
            near = round(NEAR * self._width) + 1
            self._high = self._low = _line(self._rest, self._high - near, self._low + near)

    def opening(self, frame: Picture, moved: tuple[int, int] = (0, 0)) -> float:
        """Opening of the inner lips, in pixels; ``moved``: how far the head has gone, right and down, in pixels."""
        rows = self._fits(frame, moved)
        upper = rows[: 2 * self._room + 1, : self._high].sum(1)
        lower = rows[:, self._low :].sum(1)
        # The lower half may come up to where it touches the upper one, and a little further: lips are soft.
        own = self._low - self._high
        begin = max(int(np.argmin(upper)) - own - 4, 0)
        return begin + _lowest(lower[begin:]) - _lowest(upper) + own

    def _fits(self, frame: Picture, moved: tuple[int, int]) -> Reals:
        """(shifts, rows) how badly each row of the mouth at rest fits the frame at each shift."""
        across, down = moved
        width, height = self._right - self._left, len(self._rest) + 2 * self._room + int(WIDEST * self._width)
        left, top = self._left + across - self._reach, self._top + down - self._room
        area = self._upright(frame, left, top, width + 2 * self._reach, height)
        # The mouth may lie further to one side than the head does.
        fit = cv2.matchTemplate(area[: len(self._patch) + 2 * self._room], self._patch, cv2.TM_SQDIFF)
        aside = int(cv2.minMaxLoc(fit)[2][0])
        strip = _columns(area[:, aside : aside + width])
        windows = sliding_window_view(strip, len(self._rest), axis=0)
        wrong = np.minimum(np.abs(windows - np.moveaxis(self._rest, 0, -1)), np.float32(UNLIKE))
        return np.asarray((wrong * wrong).mean(axis=(1, 2)))

    def _upright(self, frame: Picture, left: int, top: int, width: int, height: int) -> Reals:
        """A part of the frame after the face is levelled."""
        place = self._level - np.array([[0, 0, left], [0, 0, top]])
        turned = cv2.warpAffine(frame, place, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(turned, np.float32)


def _levelled(landmarks: Landmarks) -> Reals:
    """(2, 3) map that turns the face until its eyes are level."""
    left, right = landmarks[ibug.LEFT_EYE].mean(axis=0), landmarks[ibug.RIGHT_EYE].mean(axis=0)
    across, down = (float(value) for value in right - left)
    x, y = (float(value) for value in landmarks[ibug.OUTER_LIPS].mean(axis=0))
    return np.asarray(cv2.getRotationMatrix2D((x, y), float(np.degrees(np.arctan2(down, across))), 1.0))


def _line(rows: Reals, begin: int, end: int) -> int:
    """The middle of the dark line across ``rows`` (n, columns, 3) whose darkest row is looked for from ``begin`` to
    ``end``: so far as it is darker than half way from there to what is usual."""
    light = rows.mean(axis=(1, 2))
    begin, end = max(begin, 1), min(end, len(light) - 1)
    darkest = begin + int(np.argmin(light[begin:end]))
    lighter = np.flatnonzero(light >= (light[darkest] + np.median(light)) / 2)
    first = lighter[lighter < darkest].max(initial=-1) + 1
    after = lighter[lighter > darkest].min(initial=len(light))
    return int(first + after) // 2


def _columns(strip: Reals) -> Reals:
    return np.asarray(cv2.resize(strip, (COLUMNS, len(strip)), interpolation=cv2.INTER_AREA))


def _lowest(values: Reals) -> float:
    """Place of the minimum, between samples by the parabola through it and its neighbours."""
    at = int(np.argmin(values))
    if not 0 < at < len(values) - 1:
        return float(at)
    before, here, after = (float(value) for value in values[at - 1 : at + 2])
    bend = before - 2 * here + after
    return at + (min(max(0.5 * (before - after) / bend, -0.5), 0.5) if bend > 1e-9 else 0.0)
