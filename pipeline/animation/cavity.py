"""Paints what an open mouth shows where the picture has nothing to show: dark, tongue and teeth."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.animation.planes import Pixels, Single
from pipeline.animation.warping import Reals
from pipeline.face.pose import FacePose
from pipeline.types import Landmarks

# Blue, green, red, as in a face that is lit well.
_DARK = np.array([26, 16, 52], np.float32)
_TONGUE = np.array([92, 84, 168], np.float32)
_TEETH = np.array([222, 234, 242], np.float32)
_TINT = 0.45
"""Share of a pale skin's colour in that of the teeth, for both stand in the same light; bright paint is no light."""
_GAPS = (0.0, 0.24, 0.45, 0.63)
"""Where teeth meet, on both sides of the middle, in halves of the mouth."""
_BRIGHT = 215.0
"""Value of a cheek that is lit well."""


class Cavity:
    """The inside of one portrait's mouth."""

    def __init__(self, picture: Pixels, landmarks: Landmarks) -> None:
        """``picture``: (n, n, 3) uint8 BGR, with the landmarks in its pixels. The mouth is as light as the face."""
        points = landmarks.astype(np.int32)
        left, top, width, height = cv2.boundingRect(points)
        left, top = max(left, 0), max(top, 0)
        face = picture[top : top + height, left : left + width]
        mask = cv2.fillConvexPoly(np.zeros(face.shape[:2], np.uint8), cv2.convexHull(points - (left, top)), 255) > 0
        seen = face[mask]
        # The strongest of the three colours: a red apple is no dark one.
        light = float(np.percentile(cv2.max(cv2.max(seen[:, 0], seen[:, 1]), seen[:, 2]), 70)) if len(seen) else _BRIGHT
        self._light = np.float32(np.clip(light / _BRIGHT, 0.3, 1.08))
        skin = np.median(seen, axis=0) if len(seen) else _TEETH
        lit = skin / max(float(skin.max()), 1.0)
        self._teeth = _TEETH + np.float32(_TINT * lit.min()) * (lit * _TEETH.max() - _TEETH)

    def paint(self, x: Single, depth: Single, gap: Single, unit: float, pose: FacePose) -> Single:
        """(h, w, 3) colours. ``x``: (h, w) place across the mouth, -1..1; ``depth``, ``gap``: pixels below the upper
        lip, and between the lips there; ``unit``: see `controls`."""
        share = np.clip(depth / np.maximum(gap, 1e-3), 0, 1)
        middle, aside = float(gap.max()), np.abs(x)
        shadow = np.clip(depth / (0.10 * unit), 0, 1)[..., None]
        tongue = (0.36 + 0.40 * pose.tongue) * middle * np.sqrt(np.clip(1 - (x / 0.72) ** 2, 0, 1))
        colour = _laid(_DARK, _TONGUE * (0.55 + 0.45 * share)[..., None], (depth - gap + tongue) / (0.06 * unit))
        colour *= 0.5 + 0.5 * shadow
        if pose.lower_teeth > 0.05 or pose.upper_teeth > 0.02:
            teeth = self._teeth * _row(aside)[..., None]
            lower = min(0.07 * unit, 0.25 * middle) * pose.lower_teeth * (1 - 0.6 * x * x)
            colour = _laid(colour, 0.75 * teeth, (depth - gap + lower) / (0.02 * unit), (0.78 - aside) / 0.2)
            upper = min(0.15 * unit, 0.03 * unit + 0.55 * middle) * (0.3 + 0.7 * pose.upper_teeth) * (1 - 0.65 * x * x)
            teeth = teeth * (0.82 + 0.18 * shadow)
            colour = _laid(colour, teeth, (upper - depth) / (0.025 * unit), (0.84 - aside) / 0.2)
        return np.asarray(colour * self._light, np.float32)


def _row(aside: Single) -> Single:
    """Brightness of a row of teeth: darker towards the corners of the mouth, and in the gaps."""
    gaps = sum(np.exp(-(((aside - gap) / 0.022) ** 2)) for gap in _GAPS)
    return np.asarray((1 - 0.62 * aside * aside) * (1 - 0.16 * gaps), np.float32)


def _laid(below: Reals, colour: Reals, *covers: Reals) -> Single:
    """``colour`` over ``below`` where all covers are above 0, whole where they are above 1."""
    cover = np.clip(covers[0], 0, 1)
    for further in covers[1:]:
        cover = np.minimum(cover, np.clip(further, 0, 1))
    return np.asarray(below + (colour - below) * cover[..., None], np.float32)
