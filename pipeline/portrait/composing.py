"""What part of a drawing fills the picture: near enough for the face, with room for a hat."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

import numpy as np

from pipeline.portrait import svg
from pipeline.portrait.people import Drawn
from pipeline.portrait.placement import FaceBox
from pipeline.portrait.wearing import Box, Head
from pipeline.types import Persona, Size

_FILL = {Size.TINY: 0.66, Size.SMALL: 0.74, Size.MEDIUM: 0.80, Size.LARGE: 0.88, Size.HUGE: 0.94}
"""Share of the picture that a thing of this size fills."""
_BUST = {Size.TINY: 0.84, Size.SMALL: 0.90, Size.MEDIUM: 0.96, Size.LARGE: 1.0, Size.HUGE: 1.04}
"""The same of a person, whose shoulders are as wide as this."""
_LEAST_FACE, _LEAST_COARSE = 0.175, 0.20
"""Radius of the smallest face, in shares of the picture, and of one in coarse pixels; a thing with less room is brought
nearer."""
_TINIEST_FACE = 0.15
"""The same for a thing that would be cut off: rather small than without its hem."""
_NEAREST = 2.4
_WHOLE = 0.92
"""Share of the picture that a thing fills at most without being cut off."""
_FULL = 0.91
"""Share of the picture that a thing fills at most together with what it wears."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What gets the face: the drawing, its thumbnail (whole art), and the place."""

    id: str
    drawing: Element
    thumbnail: svg.Layer
    box: FaceBox
    why: str
    head: Head | None = None
    person: Drawn | None = None


def compose(
    subject: Subject, persona: Persona, reach: Box | None = None, coarse: bool = False
) -> tuple[svg.Window, FaceBox]:
    """Which window of the art fills the picture, and where the face lies in it."""
    if subject.person:
        return _bust(subject, persona, reach)
    least, tiniest = (_LEAST_COARSE, _LEAST_FACE) if coarse else (_LEAST_FACE, _TINIEST_FACE)
    ys, xs = np.nonzero(subject.thumbnail[..., 3] > 40)
    side = subject.thumbnail.shape[0]
    left, top, right, bottom = xs.min() / side, ys.min() / side, (xs.max() + 1) / side, (ys.max() + 1) / side
    extent = max(right - left, bottom - top)
    scale = _FILL[persona.size] / extent
    needed = min(least, max(tiniest, _WHOLE * subject.box.radius / extent)) / subject.box.radius
    nearer = min(_NEAREST, max(scale, needed) / scale)
    scale *= nearer
    if reach:  # a hat is seen whole, and the face below it
        left, top, right, bottom = min(left, reach[0]), min(top, reach[1]), max(right, reach[2]), max(bottom, reach[3])
        scale = min(scale, _FULL / (subject.box.y + 1.6 * subject.box.radius - top), _FULL / (right - left) * nearer)
        scale = min(scale, max(_FULL / (bottom - top), least / subject.box.radius))
    # The nearer the picture comes, the more it is centred on the face instead of on the thing.
    pull = min(1.0, (nearer - 1.0) / 0.5)
    x = (1 - pull) * (left + right) / 2 + pull * subject.box.x
    y = (1 - pull) * (top + bottom) / 2 + pull * (subject.box.y + 0.06 / scale)
    size = 1.0 / scale
    y = _inside(y, size, top, bottom)
    x = _inside(x, size, left, right)
    if reach:
        y = min(y, top + size * (0.515 - (1 - _FULL) / 2))
    window = (x - size / 2, y - size * 0.515, size, size)
    face = FaceBox(
        (subject.box.x - window[0]) * scale,
        (subject.box.y - window[1]) * scale,
        subject.box.radius * scale,
        subject.box.tilt,
    )
    return window, face


def _bust(subject: Subject, persona: Persona, reach: Box | None) -> tuple[svg.Window, FaceBox]:
    """As `compose`, for a person, who leaves the picture at its lower edge."""
    bottom, top = 0.985, min(0.05, subject.person.top if subject.person else 0.0, reach[1] if reach else 1.0)
    scale = min(_BUST[persona.size], _FULL / (bottom - top))
    size, box = 1.0 / scale, subject.box
    window = (0.5 - size / 2, bottom - size, size, size)
    return window, FaceBox((box.x - window[0]) * scale, (box.y - window[1]) * scale, box.radius * scale)


def within_window(head: Head | None, window: svg.Window) -> Head | None:
    """A head of the art, in the picture."""
    if head is None:
        return None
    left, top, size, _ = window
    return (head[0] - left) / size, (head[1] - top) / size, head[2] / size


def _inside(centre: float, size: float, low: float, high: float) -> float:
    """No empty band on one side while the thing is cut off on the other."""
    if high - low <= size * 0.92:
        return (low + high) / 2
    margin = size * 0.46
    return min(max(centre, low + margin), high - margin)
