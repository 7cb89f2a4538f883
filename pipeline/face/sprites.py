"""Parts of a face kept as pictures. Eyes and nose are the dearest parts to draw, but most of the time they only move
with the head or, an iris, with the glance; then their picture is laid down at the new place."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import skia

from pipeline.face.drawing import Drawer
from pipeline.face.mouth import draw_shadow
from pipeline.face.rig import FaceRig

STEPS = 3
"""Places per pixel and axis at which a part can lie: each has a picture of its own, because drawing one between the
pixels would blur it and cost as much as drawing the part. A sixth of a pixel off cannot be seen."""
SOFT = frozenset({draw_shadow})
"""Parts without an edge. They lie on whole pixels."""
KEPT = 192
"""Pictures, of about 20 kB: a resting face needs nine of each part, a blink a dozen more."""


class Sprites:
    """Lays the parts of one rig on pictures of ``side`` pixels; a `pipeline.face.drawing.Layer`."""

    def __init__(self, rig: FaceRig, side: float) -> None:
        self.rig, self.scale = rig, rig.radius * side
        self._sprite = lru_cache(maxsize=KEPT)(self._painted)

    def __call__(
        self, canvas: skia.Canvas, rig: FaceRig, x: float, y: float, reach: float, part: Drawer, *shape: Any
    ) -> None:
        """Of the canvas's matrix only the place counts: on a body that bends, parts keep their shape."""
        place = canvas.getTotalMatrix().mapXY(x, y)
        column, row = (STEPS * round(at) if part in SOFT else round(at * STEPS) for at in (place.x(), place.y()))
        image, half = self._sprite(reach, part, shape, column % STEPS, row % STEPS)
        canvas.save()
        canvas.resetMatrix()
        canvas.drawImage(image, column // STEPS - half, row // STEPS - half)
        canvas.restore()

    def _painted(
        self, reach: float, part: Drawer, shape: tuple[Any, ...], column: int, row: int
    ) -> tuple[skia.Image, int]:
        """The part in the middle of a square, ``column`` and ``row`` steps right of and below a whole pixel; and half
        the square's side."""
        half = math.ceil(reach * self.scale) + 2
        surface = skia.Surface.MakeRasterN32Premul(2 * half, 2 * half)
        canvas = surface.getCanvas()
        canvas.clear(skia.ColorTRANSPARENT)
        canvas.translate(half + column / STEPS, half + row / STEPS)
        canvas.rotate(self.rig.tilt)
        canvas.scale(self.scale, self.scale)
        part(canvas, self.rig, *shape)
        return surface.makeImageSnapshot(), half


@lru_cache(maxsize=8)
def sprites_of(rig: FaceRig, side: float) -> Sprites:
    """The sprites of a rig, kept while it is in use."""
    return Sprites(rig, side)
