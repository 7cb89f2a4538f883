"""Whether points that a finder gave can be a face: networks answer for every picture, also for one without."""

from __future__ import annotations

import numpy as np

from pipeline.face.ibug import CHIN, INNER_LIPS, LEFT_BROW, LEFT_EYE, NOSE_TIP, RIGHT_BROW, RIGHT_EYE
from pipeline.types import Flaw, Landmarks

LEAST_WIDTH = 40.0
"""Pixels from ear to ear: below that lips are thinner than a pixel."""
MOST_TURNED = 3.0
"""Nose to one side of the outline, as a multiple of nose to the other: about 35 degrees."""
MOST_TILTED = 0.9
"""Radians."""
MOST_OUTSIDE = 0.03
"""Share of the face's size that a point may lie outside the picture."""


def flaw(points: Landmarks, shape: tuple[int, ...]) -> Flaw | None:
    """The first thing that speaks against points (68, 2) found in a picture of ``shape`` (height, width); None if
    nothing does."""
    if not np.isfinite(points).all():
        return Flaw.UNLIKELY
    width = float(np.linalg.norm(points[16] - points[0]))
    if width < LEAST_WIDTH:
        return Flaw.TINY
    level = _level(points)
    if level is None:
        return Flaw.UNLIKELY
    room = MOST_OUTSIDE * width
    if (points < -room).any() or (points > np.array(shape[1::-1]) - 1 + room).any():
        return Flaw.CUT_OFF
    return _turned(level) or (None if _in_order(level) else Flaw.UNLIKELY)


def _level(points: Landmarks) -> Landmarks | None:
    """The points turned until the eyes are level, in units of the distance between them; None if the face lies."""
    left, right = points[LEFT_EYE].mean(axis=0), points[RIGHT_EYE].mean(axis=0)
    along = right - left
    distance = float(np.hypot(*along))
    if distance < 1e-3 or abs(np.arctan2(along[1], along[0])) > MOST_TILTED:
        return None
    along = along / distance
    turn = np.array([[along[0], -along[1]], [along[1], along[0]]])
    return np.asarray((points - (left + right) / 2) @ turn / distance, np.float32)


def _turned(points: Landmarks) -> Flaw | None:
    left, right = points[NOSE_TIP, 0] - points[0, 0], points[16, 0] - points[NOSE_TIP, 0]
    if min(left, right) <= 0 or max(left, right) > MOST_TURNED * min(left, right):
        return Flaw.TURNED
    return None


def _in_order(points: Landmarks) -> bool:
    """Brows over eyes over nose over mouth over chin, and nothing out of all proportion (drawn faces are wild)."""
    brows = max(points[LEFT_BROW, 1].mean(), points[RIGHT_BROW, 1].mean())
    eyes = (points[LEFT_EYE, 1].mean() + points[RIGHT_EYE, 1].mean()) / 2
    mouth, chin = points[INNER_LIPS, 1].mean(), points[CHIN, 1]
    lips = points[54, 0] - points[48, 0]
    return bool(brows < eyes < points[NOSE_TIP, 1] < mouth < chin and 0.2 < lips < 1.8 and 0.4 < mouth - eyes < 2.2)
