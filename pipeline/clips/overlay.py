"""Pictures laid over the frames of a clip, in the encoder's own planes: what they do not cover costs nothing."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.animation.planes import views
from pipeline.types import Frame, Picture

Planes = tuple[npt.NDArray[np.uint16], ...]


@dataclass(frozen=True, slots=True)
class Overlay:
    """Y, U and V of a picture, how much of each pixel they cover (0..256), and where it lies, in pixels of Y."""

    planes: Planes
    cover: Planes
    left: int
    top: int


def overlay(drawn: npt.NDArray[np.uint8], left: int, top: int) -> Overlay:
    """``drawn``: RGBA, (height, width, 4), with colours not multiplied with their cover, and sides of multiples of 4.
    ``left`` and ``top`` are rounded to what all planes can show."""
    height, width = drawn.shape[:2]
    whole = drawn[..., 3].astype(np.uint16) + (drawn[..., 3] > 0)
    quarter = whole.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3)).astype(np.uint16)
    colours = tuple(plane.astype(np.uint16) for plane in views(i420(drawn[..., :3])))
    return Overlay(colours, (whole, quarter, quarter), 2 * round(left / 2), 2 * round(top / 2))


def lay(pixels: Frame, over: Overlay) -> Frame:
    """The frame with the picture over it; drawn into the frame itself."""
    parts = zip(views(pixels), over.planes, over.cover, (1, 2, 2), strict=True)
    for plane, colour, cover, by in parts:
        top, left = over.top // by, over.left // by
        part = plane[top : top + colour.shape[0], left : left + colour.shape[1]]
        part[...] = (part * (256 - cover) + colour * cover) >> 8
    return pixels


def i420(picture: Picture) -> Frame:
    """RGB as the encoder takes it."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2YUV_I420), np.uint8)
