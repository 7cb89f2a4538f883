"""Eyes that were drawn larger than people's: finders trained on people take the iris for the whole eye, and a lid that
shuts over it alone is a sorry sight."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.face import ibug
from pipeline.types import Landmarks, Picture

WHITER = 25
"""By how much the least of the three colours is more in the white of an eye than in skin, of 255."""
LARGER = 1.5
"""The white is another eye than the one that was found when it covers so many times as much."""
ROOM = 0.45
"""Least distance of brow and eye, in heights of the eye."""
REACH = 1.3
"""How far from its middle an eye is looked for, in widths of the found one."""
_PAIRS = (ibug.LEFT_EYE, ibug.LEFT_BROW), (ibug.RIGHT_EYE, ibug.RIGHT_BROW)


def corrected(picture: Picture, landmarks: Landmarks) -> Landmarks:
    """The landmarks (68, 2) with both eyes as large as their whites in the picture; unchanged where those are not
    clearly larger than what was found, as in photos."""
    whiteness = picture.min(axis=2)
    skin = _around(
        whiteness, [*landmarks[27:30], (landmarks[1] + landmarks[31]) / 2, (landmarks[15] + landmarks[35]) / 2]
    )
    found = [_white(whiteness, landmarks[eye], skin + WHITER) for eye, _ in _PAIRS]
    better = landmarks.copy()
    for (eye, brow), ring in zip(_PAIRS, found, strict=True):
        if ring is None:
            return landmarks
        better[eye] = ring
        # What was taken for the brow may be the rim of the eye.
        top, height = float(ring[1:3, 1].mean()), float(ring[4:, 1].mean() - ring[1:3, 1].mean())
        better[brow, 1] += min(0.0, top - ROOM * height - float(better[brow, 1].mean()))
    return better


def _around(whiteness: npt.NDArray[np.uint8], places: list[npt.NDArray[np.float32]]) -> float:
    """The median near some places, (x, y)."""
    seen = []
    for x, y in np.rint(places).astype(int):
        patch = whiteness[max(y - 2, 0) : y + 3, max(x - 2, 0) : x + 3]
        seen += patch.ravel().tolist()
    return float(np.median(seen)) if seen else 255.0


def _white(whiteness: npt.NDArray[np.uint8], ring: Landmarks, least: float) -> Landmarks | None:
    """Six points around the white that surrounds a ring of six; None if there is none, or it has no end."""
    width = float(np.linalg.norm(ring[3] - ring[0]))
    low = np.floor(ring.mean(axis=0) - REACH * width).astype(int)
    high = np.ceil(ring.mean(axis=0) + REACH * width).astype(int)
    if width < 4 or (low < 0).any() or (high > whiteness.shape[::-1]).any():
        return None
    white = (whiteness[low[1] : high[1], low[0] : high[0]] > least).astype(np.uint8)
    inner = cv2.fillPoly(np.zeros_like(white), [np.rint(ring - low).astype(np.int32)], 1)
    _, parts = cv2.connectedComponents(white | inner)
    eye = (parts == np.bincount(parts[inner > 0]).argmax()).astype(np.uint8)
    if eye[[0, -1]].any() or eye[:, [0, -1]].any():
        return None
    hull = cv2.convexHull(cv2.findNonZero(eye))
    if cv2.contourArea(hull) < LARGER * max(float(inner.sum()), 1.0):
        return None
    return _six(hull[:, 0].astype(np.float32) + low, ring)


def _six(outline: npt.NDArray[np.float32], ring: Landmarks) -> Landmarks:
    """Corners, and points at thirds of the way between them, of a convex outline (n, 2); level as the old ones."""
    along = (ring[3] - ring[0]) / np.linalg.norm(ring[3] - ring[0])
    axes = np.array([along, [-along[1], along[0]]])
    corners = (outline @ axes.T)[:, None]
    edges = np.roll(corners, -1, axis=0) - corners
    dense = (corners + edges * np.linspace(0, 1, 32)[:, None]).reshape(-1, 2)
    left, right = dense[dense[:, 0].argmin()], dense[dense[:, 0].argmax()]
    width = right[0] - left[0]

    def at(share: float, side: int) -> npt.NDArray[np.floating]:
        near = dense[np.abs(dense[:, 0] - left[0] - share * width) < 0.06 * width]
        return np.asarray(near[(side * near[:, 1]).argmax()])

    points = [left, at(1 / 3, -1), at(2 / 3, -1), right, at(2 / 3, 1), at(1 / 3, 1)]
    return np.asarray(np.array(points) @ axes, np.float32)
