"""Pop art: flat colours, ink lines where they meet, shade and ground in dots as cheap printing has them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.portrait.svg import Layer
from pipeline.types import Picture

Mask = npt.NDArray[np.uint8]
Shade = npt.NDArray[np.float32]
INK = (23, 19, 28)
PITCH = 1 / 72
"""Distance of the dots, in shares of the picture."""


def printed(layer: Layer) -> Layer:
    """The art in bright colours, its shaded side in dots, lines of ink around it and within."""
    side = layer.shape[0]
    alpha = layer[..., 3]
    bright = _bright(layer[..., :3])
    dark = cv2.convertScaleAbs(bright, alpha=0.66)
    dots = _dots(_shaded_side(alpha), side)[..., None]
    colour = (bright * (1 - dots) + dark * dots).astype(np.uint8)
    lines = _lines(layer, side)[..., None]
    colour = (colour * (1 - lines) + np.array(INK, np.float32) * lines).astype(np.uint8)
    width = max(3, round(side * 0.011)) | 1
    outside = cv2.dilate(alpha, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))
    inside = (alpha[..., None].astype(np.float32) / 255) * np.float32(1)
    colour = (colour * inside + np.array(INK, np.float32) * (1 - inside)).astype(np.uint8)
    return np.asarray(cv2.merge([*cv2.split(colour), cv2.GaussianBlur(outside, (0, 0), side / 900)]), np.uint8)


def dotted_ground(ground: Picture) -> Picture:
    """The colours of a ground as two inks: dots that grow towards the border."""
    side = ground.shape[0]
    middle, edge = ground[side * 2 // 5, side // 2].astype(np.float32), ground[2, 2].astype(np.float32)
    ys, xs = np.mgrid[0:side, 0:side].astype(np.float32) / side
    away = np.clip(np.hypot(xs - 0.5, ys - 0.45) * 1.35 - 0.18, 0, 1)
    dots = _dots(away, side, pitch=PITCH * 1.6)[..., None]
    return np.asarray(middle * (1 - dots) + edge * dots, np.uint8)


def _bright(colours: Picture) -> Picture:
    hsv = cv2.cvtColor(colours, cv2.COLOR_RGB2HSV)
    hsv[..., 1] = cv2.LUT(hsv[..., 1], np.clip(np.arange(256) * 1.25, 0, 255).astype(np.uint8))
    hsv[..., 2] = cv2.LUT(hsv[..., 2], np.clip(np.arange(256) * 1.04 + 8, 0, 255).astype(np.uint8))
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), np.uint8)


def _shaded_side(alpha: Mask) -> Shade:
    """0 where light falls from above left .. 1 at the lower right edge."""
    side = alpha.shape[0]
    small = cv2.resize(alpha, (side // 8, side // 8), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    soft = cv2.GaussianBlur(small, (0, 0), side / 8 * 0.05)
    step = side / 8 * 0.05
    back = np.array([[1, 0, -step], [0, 1, -step]], np.float32)
    # A thing that leaves the picture goes on there: its cut is no edge.
    moved = cv2.warpAffine(soft, back, small.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    shade = np.clip(small - moved - 0.12, 0, 1)
    return np.asarray(cv2.resize(shade, (side, side), interpolation=cv2.INTER_LINEAR), np.float32)


def _dots(shade: Shade, side: int, pitch: float = PITCH) -> Shade:
    """Dots on a grid turned by 45 degrees whose area follows ``shade`` 0..1; soft by a pixel."""
    ys, xs = np.mgrid[0:side, 0:side].astype(np.float32)
    step = np.float32(pitch * side)
    u, v = (xs + ys) / (step * np.sqrt(2)), (xs - ys) / (step * np.sqrt(2))
    away = np.hypot(u - np.round(u), v - np.round(v))
    radius = 0.62 * np.sqrt(np.clip(shade, 0, 1))
    return np.asarray(np.clip((radius - away) * step + 0.5, 0, 1) * (shade > 0.01), np.float32)


def _lines(layer: Layer, side: int) -> Shade:
    """Ink where flat colours meet."""
    soft = cv2.GaussianBlur(layer[..., :3], (0, 0), side / 600)
    width = max(3, round(side * 0.005)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    edges = cv2.morphologyEx(soft, cv2.MORPH_GRADIENT, kernel).max(axis=2)
    inner = cv2.erode(layer[..., 3], kernel)
    lines = np.clip((edges.astype(np.float32) - 46) / 40, 0, 1) * (inner.astype(np.float32) / 255)
    return np.asarray(cv2.GaussianBlur(lines, (0, 0), side / 1000), np.float32)
