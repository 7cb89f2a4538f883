"""Places behind a portrait, drawn simply and out of focus, so that they say where we are and never compete with a face.

All in a unit square, y down; the thing stands in the middle, so what tells the place is at the sides and above.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import cv2
import numpy as np
import skia

from pipeline.portrait.scenes import indoors, outdoors
from pipeline.portrait.scenes.strokes import Shades, fade
from pipeline.types import Picture

DRAWN = 256
"""Side at which a scene is drawn."""
BLUR = 1.7
"""Its depth of field: sigma in pixels of that side."""


def draw_scene(name: str, shades: Shades, rng: random.Random, side: int) -> Picture:
    """(side, side, 3): the scene ``name``. Raises ``KeyError`` for one that nobody knows."""
    surface = skia.Surface.MakeRasterN32Premul(DRAWN, DRAWN)
    canvas = surface.getCanvas()
    canvas.scale(DRAWN, DRAWN)
    fade(canvas, shades.far, shades.near, 0.0, 0.78)
    SCENES[name](canvas, shades, rng)
    small = np.ascontiguousarray(surface.toarray(colorType=skia.kRGBA_8888_ColorType)[..., :3])
    small = cv2.GaussianBlur(small, (0, 0), BLUR)
    return np.asarray(cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)


SCENES: dict[str, Callable[[skia.Canvas, Shades, random.Random], None]] = {
    scene.__name__: scene
    for scene in (
        indoors.castle, indoors.cave, indoors.city, indoors.kitchen, indoors.library, indoors.magic, indoors.office,
        indoors.room, indoors.stage, outdoors.coast, outdoors.desert, outdoors.fire, outdoors.forest, outdoors.meadow,
        outdoors.night, outdoors.sea, outdoors.sky, outdoors.snow, outdoors.space, outdoors.storm,
    )
}  # fmt: skip
