"""The small "AI" that clips wear where an operator wants it (``EngineConfig.badge``).

It stands at the top, in the middle: the corners of a round video are not seen, and captions stand at the foot.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from pipeline.clips.circle import Circle
from pipeline.clips.overlay import Overlay, overlay

_WIDTH, _HEIGHT, _BELOW = 0.088, 0.050, 0.024
"""Of the badge, and its distance from the top of the circle that a round video shows, in shares of the side."""
_GROUND, _LETTERS = (24, 26, 32, 150), (255, 255, 255, 235)
_FINE = 8
"""Times as large as it is shown it is drawn, for smooth edges."""
_STROKES = (
    ((0.26, 0.76), (0.41, 0.24), (0.56, 0.76)),
    ((0.31, 0.59), (0.51, 0.59)),
    ((0.71, 0.24), (0.71, 0.76)),
)
"""An A and an I, in shares of width and height: letters of a font would need one."""


@cache
def badge(side: int, circle: Circle) -> Overlay:
    """For pictures of ``side`` pixels, of which a round video shows ``circle``."""
    width, height = (4 * round(share * side / 4) for share in (_WIDTH, _HEIGHT))
    fine = np.zeros((height * _FINE, width * _FINE), np.uint8)
    letters = fine.copy()
    radius, thick = fine.shape[0] // 2, round(0.10 * fine.shape[0])
    cv2.line(fine, (radius, radius), (fine.shape[1] - radius - 1, radius), 255, fine.shape[0] - 1)
    for stroke in _STROKES:
        points = (np.asarray(stroke) * (fine.shape[1], fine.shape[0])).round().astype(np.int32)
        cv2.polylines(letters, [points], isClosed=False, color=255, thickness=thick)
    shape, ink = (cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA) / 255 for mask in (fine, letters))
    colours = ink[..., None] * np.array(_LETTERS) + (1 - ink[..., None]) * np.array(_GROUND)
    colours[..., 3] *= shape
    left = circle.x * side - width / 2
    top = (circle.y - circle.radius + 2 * circle.radius * _BELOW) * side
    return overlay(colours.round().astype(np.uint8), round(left), round(max(0.0, top)))
