"""Pictures from the package scikit-image, read without importing it: an astronaut, and things without a face."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from pipeline.types import Picture

FACELESS = ("coffee.png", "chelsea.png", "rocket.jpg", "coins.png", "motorcycle_left.png", "grass.png")
"""A cup, a cat, a rocket, coins, a motorcycle, a lawn."""


@cache
def packaged(name: str) -> Picture:
    """A picture of skimage.data."""
    spec = find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    with Image.open(Path(spec.origin).parent / "data" / name) as image:
        return np.asarray(image.convert("RGB"))


def astronaut(side: int = 512) -> Picture:
    """Eileen Collins, smiling with all her teeth; her face is a fifth of the picture (NASA, public domain)."""
    return resized(packaged("astronaut.png"), side)


def resized(picture: Picture, side: int) -> Picture:
    way = cv2.INTER_AREA if side < picture.shape[0] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (side, side), interpolation=way))
