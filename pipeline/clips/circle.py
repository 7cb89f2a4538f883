"""What a round video shows of a square picture: the circle inside it, and the face inside that."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.types import Landmarks

_MARGIN = 1.1
"""Radius of a face with its rim and something of its forehead, by that of its points."""
_SMALLEST = 0.4
"""Of the picture's side: cut out of less, a face is a blur."""
_ASIDE, _ROOM = 0.37, 1.4
"""How far a face may be from the middle of its circle, and how large that should be, in radii of circle and face."""


@dataclass(frozen=True, slots=True)
class Circle:
    """A place in a square picture, in shares of its side."""

    x: float
    y: float
    radius: float


def face_circle(landmarks: Landmarks, side: int) -> Circle:
    """Where the face is, jaw to brows and somewhat more, in a picture of ``side`` pixels.

    Points that are not known give the whole picture.
    """
    if not np.isfinite(landmarks).all():
        return Circle(0.5, 0.5, 0.5)
    (x, y), radius = cv2.minEnclosingCircle(np.asarray(landmarks, np.float32))
    return Circle(x / side, y / side, _MARGIN * radius / side)


def seen(face: Circle) -> Circle:
    """The largest circle inside the picture with the face about in its middle; where that would cut the face off, the
    one that cuts off least."""
    candidates = []
    for share in np.linspace(1.0, _SMALLEST, 61):
        radius = float(share) / 2
        x, y = (min(max(value, radius), 1 - radius) for value in (face.x, face.y))
        aside = float(np.hypot(face.x - x, face.y - y))
        out = round(max(0.0, aside + face.radius - radius), 6)
        wrong = max(0.0, aside / radius - _ASIDE) + max(0.0, _ROOM * face.radius / radius - 1)
        candidates.append((out, wrong, -radius, Circle(x, y, radius)))
    return min(candidates, key=lambda one: one[:3])[3]
