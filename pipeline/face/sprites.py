"""Eyes kept as pictures. An eye is the dearest part of a face to draw, but between blinks and glances it only moves
with the head; then its picture is laid down at the new place."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import skia

from pipeline.face.drawing import draw_eye
from pipeline.face.geometry import Eye
from pipeline.face.rig import FaceRig

STEPS = 3
"""Places per pixel and axis at which an eye can lie: each has a picture of its own, because drawing one between the
pixels would blur it and cost as much as drawing the eye. A sixth of a pixel off cannot be seen."""


class EyeSprites:
    """Draws the eyes of one rig in pictures of ``side`` pixels, like `draw_eye`."""

    def __init__(self, rig: FaceRig, side: float) -> None:
        self.rig, self.scale = rig, rig.radius * side
        self._sprite = lru_cache(maxsize=96)(self._painted)

    def __call__(self, canvas: skia.Canvas, rig: FaceRig, eye: Eye, which: int) -> None:
        """Draw ``eye`` where it is; of the canvas's matrix only the place counts."""
        place = canvas.getTotalMatrix().mapXY(eye.x, eye.y)
        column, row = round(place.x() * STEPS), round(place.y() * STEPS)
        image = self._sprite(replace(eye, x=0.0, y=0.0), which, column % STEPS, row % STEPS)
        canvas.save()
        canvas.resetMatrix()
        canvas.drawImage(image, column // STEPS - image.width() // 2, row // STEPS - image.height() // 2)
        canvas.restore()

    def _painted(self, eye: Eye, which: int, column: int, row: int) -> skia.Image:
        """The eye in the middle of a square, ``column`` and ``row`` steps right of and below a whole pixel."""
        reach = 1.65 if self.rig.lashes > 0 else 1.2
        half = math.ceil(reach * max(eye.width, eye.height) * self.scale) + 1
        surface = skia.Surface.MakeRasterN32Premul(2 * half, 2 * half)
        canvas = surface.getCanvas()
        canvas.clear(skia.ColorTRANSPARENT)
        canvas.translate(half + column / STEPS, half + row / STEPS)
        canvas.rotate(self.rig.tilt)
        canvas.scale(self.scale, self.scale)
        draw_eye(canvas, self.rig, eye, which)
        return surface.makeImageSnapshot()


@lru_cache(maxsize=8)
def eye_sprites(rig: FaceRig, side: float) -> EyeSprites:
    """The eyes of a rig, kept while the rig is in use."""
    return EyeSprites(rig, side)
