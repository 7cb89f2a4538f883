"""Pixel art: a coarse grid, few colours, ordered dithering (Bayer 1973) between them, a dark outline."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.face.colours import from_oklch, parse, to_oklch
from pipeline.face.manners import GRID
from pipeline.portrait.svg import Layer
from pipeline.types import Picture

BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16 - 0.47
"""Thresholds of a cell of 4 x 4, around 0."""
_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)


def pixelled(layer: Layer, colours: int = 18) -> Layer:
    """The art on a grid of `GRID` pixels in a palette of its own, with an outline of one pixel."""
    side = layer.shape[0]
    alpha = layer[..., 3:].astype(np.float32) / 255
    small = cv2.resize(layer[..., :3] * alpha, (GRID, GRID), interpolation=cv2.INTER_AREA)
    cover = cv2.resize(alpha, (GRID, GRID), interpolation=cv2.INTER_AREA)
    solid = (cover > 0.45).astype(np.uint8)
    if not solid.any():
        return layer
    vivid = _vivid(np.clip(small / np.maximum(cover, 1e-3)[..., None], 0, 255))
    palette = _palette(vivid[solid > 0], colours)
    drawn = _dithered(vivid, palette, 14.0)
    around = cv2.dilate(solid, _CROSS) - solid
    drawn[around > 0] = _outline(vivid[solid > 0])
    shown = np.dstack([drawn, (solid | around) * np.uint8(255)])
    return np.asarray(cv2.resize(shown, (side, side), interpolation=cv2.INTER_NEAREST), np.uint8)


def pixelled_ground(ground: Picture, colours: int = 12) -> Picture:
    """A soft ground in few colours, its gradients dithered."""
    side = ground.shape[0]
    small = cv2.resize(ground, (GRID, GRID), interpolation=cv2.INTER_AREA).astype(np.float32)
    palette = _palette(small.reshape(-1, 3), colours)
    drawn = _dithered(small, palette, 18.0)
    return np.asarray(cv2.resize(drawn, (side, side), interpolation=cv2.INTER_NEAREST), np.uint8)


def _vivid(colours: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """A little more colour and contrast: a small palette dulls both."""
    grey = colours @ np.array((0.3, 0.59, 0.11), np.float32)
    vivid = grey[..., None] + 1.18 * (colours - grey[..., None])
    return np.asarray(np.clip(128 + 1.06 * (vivid - 128), 0, 255), np.float32)


def _palette(pixels: npt.NDArray[np.float32], colours: int) -> npt.NDArray[np.float32]:
    """(n, 3): the colours that stand for ``pixels`` (m, 3) best; small parts count for more than their share."""
    bins, counts = np.unique(np.asarray(pixels, np.uint8) & 0xF8, axis=0, return_counts=True)
    image = Image.fromarray(np.repeat(bins + 4, np.sqrt(counts).astype(int), axis=0)[None].astype(np.uint8))
    counted = image.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    values = np.asarray(counted.getpalette(), np.float32).reshape(-1, 3)
    return np.unique(values[np.unique(np.asarray(counted))], axis=0)


def _dithered(picture: npt.NDArray[np.float32], palette: npt.NDArray[np.float32], reach: float) -> Picture:
    """The nearest colour of the palette after a push of up to half of ``reach`` by the place in the Bayer cell."""
    push = np.tile(BAYER, (GRID // 4, GRID // 4))[..., None] * np.float32(reach)
    away = ((picture + push)[..., None, :] - palette) ** 2 @ np.array((0.3, 0.59, 0.11), np.float32)
    return np.asarray(palette[away.argmin(axis=-1)], np.uint8)


def _outline(pixels: npt.NDArray[np.float32]) -> tuple[int, int, int]:
    red, green, blue = np.median(pixels, axis=0)
    _, chroma, hue = to_oklch((int(red), int(green), int(blue)))
    return parse(from_oklch(0.22, min(chroma, 0.08), hue))
