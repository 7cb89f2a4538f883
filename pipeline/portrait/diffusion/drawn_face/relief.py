"""The skin of a template face, lit: a height above the picture is put together from soft bumps and hollows where the
face's points say, and its slopes are shaded by one light from the upper left.

Shading a relief, rather than painting shadows, makes every age and width look like the same kind of thing: what face
finders and diffusion models know of a face is mostly how light falls on it.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from pipeline.face.colours import Rgb
from pipeline.face.ibug import CHIN, LEFT_BROW, LEFT_EYE, NOSE_TIP, RIGHT_BROW, RIGHT_EYE
from pipeline.portrait.diffusion.drawn_face.shape import Array, Shape, shifted
from pipeline.types import Picture

LIGHT = (-0.46, -0.60, 0.66)
"""Towards the light: from the upper left, and from the looker's side. Unit length, nearly."""
DEEP, MIDDLE, BRIGHT = (0.50, 0.37, 0.33), (0.88, 0.82, 0.79), (1.07, 1.06, 1.04)
"""What skin is multiplied by in shadow (warm: light comes back out of it), half light and light."""


STEEP = 1.5
"""Slope that none exceeds: the underside of a nose is not black."""
GRID = 256
"""Cells a side in which the relief is computed: it is smooth, so a larger picture only enlarges it."""


def skin(shape: Shape, tone: Rgb, side: int, centre: tuple[float, float], unit: float, tilt: float) -> Picture:
    """Lit skin, (side, side, 3), for a face with its origin at ``centre`` and ``unit`` pixels per face unit, tilted by
    ``tilt`` degrees. It covers more than the head, which is to be cut out of it."""
    cells = min(side, GRID)
    x, y = _face_units(cells, side, centre, unit, tilt)
    height, step = _height(shape, x, y), side / cells / unit
    down, right = (slope / np.sqrt(1 + (slope / STEEP) ** 2) for slope in np.gradient(height, step))
    light = (-down * LIGHT[1] - right * LIGHT[0] + LIGHT[2]) / np.sqrt(1 + down**2 + right**2)
    # Hollows get less of the light that comes from everywhere.
    hollow = cv2.GaussianBlur(height, (0, 0), 0.11 / step) - height
    light = 0.22 + 0.82 * np.clip(light, -0.1, 1.0) - 1.2 * np.clip(hollow, 0, 0.08)
    ramp = [np.interp(light, (0.10, 0.62, 0.98), channel) for channel in zip(DEEP, MIDDLE, BRIGHT, strict=True)]
    lit = np.array(tone) * _blush(shape, x, y) * np.stack(ramp, -1)
    large = cv2.resize(lit.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(large * _grain(side), 0, 255), np.uint8)


def _height(shape: Shape, x: Array, y: Array) -> Array:
    p, points = shape.proportions, shape.points
    k = p.relief
    z = 0.86 * np.sqrt(np.clip(1 - (x / (1.16 * shape.bend.width)) ** 2 - ((y - 0.12) / 1.85) ** 2, 0.02, 1))
    z += k * _nose(shape, x, y)
    mouth, chin = points[[62, 66]].mean(axis=0), points[CHIN]
    z += _bump(x, y, mouth, 0.42, 0.26, 0.10)
    z += k * _bump(x, y, shifted(mouth, 0, 0.045 + 0.10 * p.lips), 0.24, 0.05, -0.055)
    z += k * _bump(x, y, (points[33] + mouth) / 2, 0.045, 0.08, -0.018)
    z += _bump(x, y, shifted(mouth, 0, -0.040 * p.lips), 0.20, 0.034, 0.026 * p.lips)
    z += _bump(x, y, shifted(mouth, 0, 0.066 * p.lips), 0.19, 0.044, 0.050 * p.lips)
    z += k * _bump(x, y, chin - (0, 0.20), 0.24, 0.16, 0.10)
    z += _bump(x, y, (0, -0.62), 0.55, 0.28, 0.05)
    for side, eye, brow in ((-1, LEFT_EYE, LEFT_BROW), (1, RIGHT_EYE, RIGHT_BROW)):
        cheek, hollow, temple = shape.bend([(0.57 * side, 0.40), (0.80 * side, 0.78), (0.97 * side, -0.36)])
        middle, ridge = points[eye].mean(axis=0), points[brow].mean(axis=0)
        z += k * _bump(x, y, (middle + ridge) / 2 - (0.05 * side, -0.03), 0.24, 0.10, -0.085)
        z += k * _bump(x, y, (0.19 * side, middle[1] - 0.03), 0.085, 0.12, -0.075)
        z += _bump(x, y, middle - (0, 0.01), 0.95 * p.eye_half, 1.5 * p.eye_open, 0.085)
        z += k * _bump(x, y, shifted(middle, 0.01 * side, 0.185), 0.19, 0.045, -0.022 - 0.02 * p.wrinkles)
        z += k * _bump(x, y, ridge, 0.28, 0.065, 0.045)
        z += _bump(x, y, cheek, 0.24, 0.20, 0.075 + 0.03 * (1 - p.wrinkles))
        z += k * _bump(x, y, hollow, 0.16, 0.26, -0.045)
        z += k * _bump(x, y, temple, 0.16, 0.22, -0.06)
        z += _fold(
            x, y, points[35 if side > 0 else 31], points[54 if side > 0 else 48], side, 0.016 + 0.034 * p.wrinkles
        )
    return np.asarray(z, np.float64)


def _nose(shape: Shape, x: Array, y: Array) -> Array:
    """A ridge that widens and rises to the tip and ends there, and the wings beside it."""
    p, points = shape.proportions, shape.points
    tip, base = points[NOSE_TIP], points[33]
    middle = np.interp(y, points[[27, 30], 1], points[[27, 30], 0])
    along = np.clip((y - points[27, 1]) / (tip[1] - points[27, 1]), 0, 1)
    rise = 0.10 + 0.25 * along**1.4
    wide = (0.085 + 0.05 * along) * p.nose_half / 0.265
    ends = np.where(y > tip[1], np.exp(-(((y - tip[1]) / (1.45 * (base[1] - tip[1]))) ** 2)), 1.0)
    ends = ends * np.where(y < points[27, 1], np.exp(-(((y - points[27, 1]) / 0.16) ** 2)), 1.0)
    ridge = rise * ends * np.exp(-0.5 * ((x - middle) / wide) ** 2)
    ball = _bump(x, y, shifted(tip, 0, 0.015), 0.115 * p.nose_half / 0.265, 0.085, 0.05)
    wings = sum(
        _bump(x, y, points[i] * (0.80, 1.0) - (0, 0.005), 0.075 * p.nose_half / 0.265, 0.075, 0.13) for i in (31, 35)
    )
    return np.asarray(ridge + ball + wings, np.float64)


def _fold(x: Array, y: Array, wing: Array, corner: Array, side: int, depth: float) -> Array:
    """The line from the wing of the nose past the corner of the mouth."""
    start, end = shifted(wing, 0.06 * side, -0.05), shifted(corner, 0.10 * side, 0.03)
    shares = np.linspace(0, 1, 5)
    dots = (_bump(x, y, start + share * (end - start), 0.055, 0.075, -0.55 * depth) for share in shares)
    return np.asarray(sum(dots), np.float64)


def _bump(x: Array, y: Array, at: Array | tuple[float, float], wide: float, tall: float, high: float) -> Array:
    squared = ((x - at[0]) / wide) ** 2 + ((y - at[1]) / tall) ** 2
    return np.asarray(high * np.exp(-0.5 * squared), np.float64)


def _blush(shape: Shape, x: Array, y: Array) -> Array:
    """Skin is redder where it is thin or full of blood, (h, w, 3) factors."""
    points = shape.points
    red = _bump(x, y, points[NOSE_TIP], 0.16, 0.12, 0.5)
    dark = 0 * x
    for side, eye in ((-1, LEFT_EYE), (1, RIGHT_EYE)):
        red = red + _bump(x, y, shape.bend([(0.60 * side, 0.45)])[0], 0.26, 0.20, 0.7)
        dark = dark + _bump(x, y, shifted(points[eye].mean(axis=0), 0, 0.02), 0.26, 0.13, 0.6)
    return np.stack([1 - 0.05 * dark, 1 - 0.06 * red - 0.10 * dark, 1 - 0.06 * red - 0.08 * dark], -1)


def _grain(side: int) -> Array:
    """Skin is not porcelain: (side, side, 1) factors close to 1, of pores and of patches."""
    noise = np.random.default_rng(7).standard_normal((128, 128)).astype(np.float32)
    fine = cv2.resize(cv2.GaussianBlur(noise, (0, 0), 0.8), (side, side), interpolation=cv2.INTER_CUBIC)
    patches = cv2.resize(cv2.GaussianBlur(noise, (0, 0), 5.0), (side, side), interpolation=cv2.INTER_CUBIC)
    return np.asarray(1 + 0.020 * fine + 0.10 * patches, np.float64)[..., None]


def _face_units(cells: int, side: int, centre: tuple[float, float], unit: float, tilt: float) -> tuple[Array, Array]:
    """x and y in face units of every cell of a square picture, each (cells, cells)."""
    down, right = (np.mgrid[0:cells, 0:cells] + 0.5) * (side / cells)
    right, down = (right - centre[0]) / unit, (down - centre[1]) / unit
    a = math.radians(tilt)
    return right * math.cos(a) + down * math.sin(a), -right * math.sin(a) + down * math.cos(a)
