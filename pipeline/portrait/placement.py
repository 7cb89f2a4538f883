"""Where on a thing its face sits: the widest calm place near the middle, all of it on the thing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import skia

from pipeline.face.colours import argb, from_oklch, to_oklch
from pipeline.portrait.svg import Layer

SIDE = 160
"""Pixels of the thumbnail on which places are weighed."""
REACH = 1.08
"""Face radius per radius of free circle: brows and chin are narrower than the circle."""
LARGEST = 0.29
"""Radius of the largest face, in shares of the thing: a mask hides what it was put on."""
THIN = 0.142
"""Free radius, in shares of the thing, below which no face fits on it: a bead carries the face then."""
BEAD = 0.21
"""Radius of the face on a bead, in shares of the thing."""


@dataclass(frozen=True, slots=True)
class FaceBox:
    """A place for a face in units of the art's side; ``tilt`` in degrees clockwise. ``bead``: the art is too thin there
    to carry it."""

    x: float
    y: float
    radius: float
    tilt: float = 0.0
    bead: bool = False


def find_place(thumbnail: Layer) -> FaceBox:
    """The best place on the opaque part of ``thumbnail`` (square). Raises ``ValueError`` when nothing is opaque.

    A thing of sticks and wires has none; its face is in the middle, on a `bead`.
    """
    solid = thumbnail[..., 3] > 200
    if solid.sum() < 0.01 * solid.size:
        raise ValueError("nothing is there to put a face on")
    side = thumbnail.shape[0]
    ys, xs = np.nonzero(solid)
    extent = max(np.ptp(xs), np.ptp(ys)) + 1
    room = np.minimum(_free_radius(solid), LARGEST / REACH * extent)
    widest = float(room.max())
    if widest * REACH < THIN * extent:
        return _middle(solid, BEAD * extent)
    grid_y, grid_x = np.mgrid[0:side, 0:side]
    away = np.hypot(grid_x - xs.mean(), (grid_y - ys.mean()) * 0.9) / side
    score = (
        room * (1.0 - 0.45 * _business(thumbnail, max(widest * 0.8, 4.0))) - 0.45 * side * away**2 - 0.12 * away * side
    )
    y, x = np.unravel_index(int(np.argmax(np.where(room > 0.5 * widest, score, -np.inf))), score.shape)
    return FaceBox(float(x + 0.5) / side, float(y + 0.5) / side, float(room[y, x]) / side * REACH)


def _middle(solid: npt.NDArray[np.bool_], radius: float) -> FaceBox:
    """Where a disc hides most of a thin thing without leaving its middle: there it looks held."""
    side = solid.shape[0]
    ys, xs = np.nonzero(solid)
    covered = cv2.GaussianBlur(solid.astype(np.float32), (0, 0), radius * 0.6)
    grid_y, grid_x = np.mgrid[0:side, 0:side]
    middle_x, middle_y = (xs.min() + xs.max()) / 2, (ys.min() + ys.max()) / 2
    away = np.hypot(grid_x - middle_x, grid_y - middle_y) / side
    y, x = np.unravel_index(int(np.argmax(covered - 6.0 * away**2)), covered.shape)
    return FaceBox(float(x + 0.5) / side, float(y + 0.5) / side, radius / side, bead=True)


def _free_radius(solid: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """Distance to the nearest pixel off the thing; the picture's border counts as off."""
    padded = cv2.copyMakeBorder(solid.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1], np.float32)


def _business(thumbnail: Layer, radius: float) -> npt.NDArray[np.float32]:
    """0 calm .. 1 busy: edges within a face's reach."""
    grey = cv2.GaussianBlur(cv2.cvtColor(thumbnail[..., :3], cv2.COLOR_RGB2GRAY), (0, 0), 1.2).astype(np.float32)
    edges = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    inside = cv2.erode((thumbnail[..., 3] > 200).astype(np.uint8), np.ones((5, 5), np.uint8))
    spread = cv2.GaussianBlur(edges * inside, (0, 0), radius * 0.6)
    return np.asarray(np.clip(spread / 40.0, 0.0, 1.0), np.float32)


def outline(layer: Layer, bands: int = 32) -> tuple[tuple[float, float], ...]:
    """How far the thing reaches to the left and right, band by band, as `FaceRig.outline`."""
    found = []
    for band in np.array_split(layer[..., 3] > 40, bands):
        columns = np.nonzero(band.any(axis=0))[0] / band.shape[1]
        found.append((round(float(columns[0]), 3), round(float(columns[-1]), 3)) if len(columns) else (1.0, 0.0))
    return tuple(found)


def skin_under(picture: Layer, box: FaceBox) -> tuple[tuple[int, int, int], float]:
    """Median colour below a face, and how busy it is there (0 calm .. 1): mean absolute deviation of lightness / 40."""
    step = max(1, picture.shape[0] // 256)
    picture = picture[step // 2 :: step, step // 2 :: step]
    side = picture.shape[0]
    ys, xs = np.mgrid[0:side, 0:side]
    disc = (np.hypot(xs / side - box.x, ys / side - box.y) < box.radius * 0.75) & (picture[..., 3] > 128)
    if not disc.any():
        return (200, 180, 160), 1.0
    colours = picture[disc][:, :3].astype(np.float32)
    median = np.median(colours, axis=0)
    spread = float(np.abs(colours @ (0.3, 0.59, 0.11) - median @ (0.3, 0.59, 0.11)).mean())
    return (int(median[0]), int(median[1]), int(median[2])), min(1.0, spread / 40.0)


def calm(layer: Layer, box: FaceBox, amount: float) -> None:
    """Blur the art below a face, in place, by ``amount`` 0..1; the outline stays, so nothing shows beside the thing."""
    side = layer.shape[0]
    left, top = (max(0, int((middle - 1.2 * box.radius) * side)) for middle in (box.x, box.y))
    right, bottom = (min(side, int((middle + 1.2 * box.radius) * side)) for middle in (box.x, box.y))
    part = layer[top:bottom, left:right]
    if part.size == 0:
        return
    small = cv2.resize(part, (48, 48), interpolation=cv2.INTER_AREA).astype(np.float32)
    weight = cv2.GaussianBlur(small[..., 3], (0, 0), 9.0) + 1e-3
    soft = cv2.GaussianBlur(small[..., :3] * small[..., 3:], (0, 0), 9.0) / weight[..., None]
    ys, xs = np.mgrid[0:48, 0:48] + 0.5
    away = np.hypot((left + xs / 48 * (right - left)) / side - box.x, (top + ys / 48 * (bottom - top)) / side - box.y)
    mask = amount * np.clip((1.15 - away / box.radius) / 0.45, 0.0, 1.0)
    size = (part.shape[1], part.shape[0])
    blend = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)[..., None]
    target = cv2.resize(soft, size, interpolation=cv2.INTER_CUBIC)
    part[..., :3] = np.clip(part[..., :3] * (1 - blend) + target * blend, 0, 255).astype(np.uint8)


def covers(layer: Layer, box: FaceBox, points: Sequence[tuple[float, float]]) -> bool:
    """Whether the art is below all ``points``, which are in face units."""
    side = layer.shape[0]
    cos, sin = math.cos(math.radians(box.tilt)), math.sin(math.radians(box.tilt))
    for x, y in points:
        column = int((box.x + box.radius * (x * cos - y * sin)) * side)
        row = int((box.y + box.radius * (x * sin + y * cos)) * side)
        if not (0 <= column < side and 0 <= row < side) or layer[row, column, 3] < 200:
            return False
    return True


def bead(layer: Layer, box: FaceBox, flat: bool) -> None:
    """Put a clay button in the art's own colour below the face, in place, with the shadow it throws on the art."""
    side = layer.shape[0]
    lightness, chroma, hue = to_oklch(_main_colour(layer))
    lightness = min(max(lightness, 0.55), 0.86)
    shades = [from_oklch(lightness + step, chroma * 0.9, hue) for step in (0.10, 0.02, -0.10)]
    canvas_layer = np.zeros_like(layer)
    surface = skia.Surface(canvas_layer, colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kPremul_AlphaType)
    canvas = surface.getCanvas()
    canvas.translate(box.x * side, box.y * side)
    canvas.scale(1.2 * box.radius * side, 1.2 * box.radius * side)
    soft = skia.Paint(Color=argb("#000000", 0.45), MaskFilter=skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.07))
    if not flat:
        canvas.drawCircle(0.03, 0.06, 0.98, soft)
    shader = skia.GradientShader.MakeRadial(
        skia.Point(-0.3, -0.42), 1.6, [argb(shades[0]), argb(shades[1]), argb(shades[2])], [0.0, 0.5, 1.0]
    )
    fill = skia.Paint(AntiAlias=True, Color=argb(shades[1])) if flat else skia.Paint(AntiAlias=True, Shader=shader)
    canvas.drawCircle(0, 0, 1, fill)
    edge = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=0.045, Color=argb(shades[2], 0.9))
    canvas.drawCircle(0, 0, 0.98, edge)
    surface.flushAndSubmit()
    _lay_over(layer, canvas_layer)


def _main_colour(layer: Layer) -> tuple[int, int, int]:
    """The commonest colour of the art, coarsely."""
    pixels = layer[::8, ::8][layer[::8, ::8, 3] > 200][:, :3]
    if len(pixels) == 0:
        return 200, 180, 160
    keys = (pixels >> 5).astype(np.int32) @ (1024, 32, 1)
    values, counts = np.unique(keys, return_counts=True)
    red, green, blue = pixels[keys == values[counts.argmax()]].mean(axis=0)
    return int(red), int(green), int(blue)


def _lay_over(below: Layer, above: Layer) -> None:
    """``above`` (premultiplied) over ``below`` (not), in place."""
    top = above[..., 3:].astype(np.float32) / 255
    under = below[..., 3:].astype(np.float32) / 255 * (1 - top)
    alpha = top + under
    colour = (above[..., :3] + below[..., :3] * under) / np.maximum(alpha, 1e-4)
    below[..., :3] = np.clip(colour, 0, 255).astype(np.uint8)
    below[..., 3:] = np.round(alpha * 255).astype(np.uint8)
