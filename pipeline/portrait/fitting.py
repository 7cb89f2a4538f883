"""Where accessories sit on a thing, found in its silhouette, and how they are drawn on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.face.colours import from_oklch
from pipeline.portrait import svg
from pipeline.portrait.accessories import Accessory, AccessoryRow, Box, Oklch, Place
from pipeline.portrait.placement import FaceBox
from pipeline.portrait.svg import NAMESPACE, Layer

Head = tuple[float, float, float]
"""x, y and half the width of a head where the brim of a hat sits, in shares of the picture's side."""
Anchor = tuple[float, float, float, float]
"""x, y, and how large a unit of the accessory is across and down, in shares of the picture's side."""
Matrix = npt.NDArray[np.float64]

_LEAST, _MOST = 0.62, 0.95
"""Half the width of a head is taken to be within these, in face radii."""
_BROWS = 0.93
"""The brim stays this far above the middle of the face, in face radii: brows at rest end there."""
_CHIN = 1.02
"""A mouth that speaks ends here."""
_SMALL = 0.80
"""Half the width of a head, in face radii, to what does not follow the thing's width."""
_LOOKED_AT = 256
"""Pixels of the silhouette in which places are looked for."""

Silhouette = npt.NDArray[np.bool_]


def reach(layer: Layer, box: FaceBox, head: Head | None, accessories: Sequence[Accessory]) -> Box | None:
    """Left, top, right, bottom of all that is worn beside the face, in shares of the side; None where nothing is."""
    shown = [accessory for accessory in accessories if accessory.row.front]
    if not shown:
        return None
    solid = _upright(layer, box)
    left, top, right, bottom = zip(*(_extent(_matrix(solid, box, head, each), each) for each in shown), strict=True)
    return min(left), min(top), max(right), max(bottom)


def _extent(matrix: Matrix, accessory: Accessory) -> Box:
    left, top, right, bottom = accessory.row.box
    corners = np.array([(x, y, 1.0) for x in (left, right) for y in (top, bottom)]) @ matrix.T
    (x0, y0), (x1, y1) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return x0, y0, x1, y1


def _upright(layer: Layer, box: FaceBox) -> Silhouette:
    """What is solid, turned about the face so that the face is upright."""
    alpha = cv2.resize(layer[..., 3], (_LOOKED_AT, _LOOKED_AT), interpolation=cv2.INTER_AREA)
    middle = (box.x * _LOOKED_AT, box.y * _LOOKED_AT)
    if box.tilt:
        alpha = cv2.warpAffine(alpha, cv2.getRotationMatrix2D(middle, box.tilt, 1.0), alpha.shape)
    return np.asarray(alpha > 100)


def _matrix(solid: Silhouette, box: FaceBox, head: Head | None, accessory: Accessory) -> Matrix:
    """2 x 3: from the accessory's units to shares of the picture's side."""
    x, y, wide, high = _PLACED[accessory.row.place](solid, box, head, accessory.row)
    wide, high = wide * accessory.size, high * accessory.size
    angle = math.radians(accessory.tilt)
    cos, sin = math.cos(angle), math.sin(angle)
    own = np.array([[wide * cos, -high * sin, x], [wide * sin, high * cos, y], [0.0, 0.0, 1.0]])
    # Places are found upright; a tilted face takes its hat with it.
    turn = np.vstack([cv2.getRotationMatrix2D((box.x, box.y), -box.tilt, 1.0), (0.0, 0.0, 1.0)])
    return np.asarray((turn @ own)[:2], np.float64)


def _on_head(solid: Silhouette, box: FaceBox, head: Head | None, row: AccessoryRow) -> Anchor:
    """As high as the thing is wide enough to carry a hat, never below the brows."""
    if head:
        return head[0], head[1], head[2] / 50, head[2] / 50
    least = _LEAST * box.radius
    brows = max(box.y - _BROWS * box.radius, 0.02)
    x, y = box.x, brows
    for top in range(int(box.y * _LOOKED_AT), -1, -1):
        span = _span(solid[top], box.x, 0.35 * box.radius)
        if span is None:
            break
        if top / _LOOKED_AT <= brows:
            over = min(max((span[0] + span[1]) / 2, box.x - 0.4 * box.radius), box.x + 0.4 * box.radius)
            if span[1] - span[0] < 2 * least or min(over - span[0], span[1] - over) < 0.4 * least:
                break
            x, y = over, top / _LOOKED_AT
    if row.stretch:
        around = _span(solid[int(brows * _LOOKED_AT)], box.x, 0.35 * box.radius) or (box.x - least, box.x + least)
        half = min(max((around[1] - around[0]) / 2, least), 1.7 * box.radius)
        return sum(around) / 2, brows, half / 50, min(half, 0.95 * box.radius) / 50
    # A round top is wider where the brim will be than where the hat begins to rest.
    rest = _span(solid[int((y + 0.28 * box.radius) * _LOOKED_AT)], x, 0.35 * box.radius)
    half = min(max((rest[1] - rest[0]) / 2 if rest else 0.0, least), _MOST * box.radius)
    return x, min(y + (0.24 + row.sink) * half, brows), half / 50, half / 50


def _over_ears(solid: Silhouette, box: FaceBox, head: Head | None, row: AccessoryRow) -> Anchor:
    """At both sides of the eyes, the bow above the top of the thing where that is not too far."""
    y = box.y - 0.1 * box.radius
    span = _span(solid[int(y * _LOOKED_AT)], box.x, 0.5 * box.radius) or (box.x - box.radius, box.x + box.radius)
    half = min(max(min(box.x - span[0], span[1] - box.x), 0.8 * box.radius), 1.7 * box.radius)
    top = _on_head(solid, box, head, row)[1] - 0.24 * half
    return box.x, y, half / 50, min(max(y - top + 0.10 * box.radius, 1.05 * box.radius), 2.2 * box.radius) / 104


def _at_neck(solid: Silhouette, box: FaceBox, head: Head | None, row: AccessoryRow) -> Anchor:
    """Below the chin, as wide as the thing is there."""
    below = [y for y in range(int(box.y * _LOOKED_AT), _LOOKED_AT) if not _span(solid[y], box.x, 0.35 * box.radius)]
    bottom = below[0] / _LOOKED_AT if below else 1.0
    y = max(min(box.y + _CHIN * box.radius, bottom - 0.50 * box.radius), box.y + 0.84 * box.radius)
    small = _SMALL * box.radius / 50
    line = min(int((y + 0.06 * box.radius) * _LOOKED_AT), _LOOKED_AT - 1)
    span = _span(solid[line], box.x, 0.35 * box.radius)
    if not row.stretch or span is None:
        return box.x, y, small, small
    half = min(max((span[1] - span[0]) / 2, 0.5 * box.radius), 2.0 * box.radius)
    return (span[0] + span[1]) / 2, y, half / 50, min(max(half, 0.7 * box.radius), 1.1 * box.radius) / 50


def _in_hand(solid: Silhouette, box: FaceBox, head: Head | None, row: AccessoryRow) -> Anchor:
    """At the right edge of the thing below the eyes, or before the chest of what has shoulders."""
    y = min(box.y + 0.75 * box.radius, 0.96)
    span = _span(solid[int(y * _LOOKED_AT)], box.x, 0.5 * box.radius) or (box.x - box.radius, box.x + box.radius)
    size = _SMALL * box.radius / 50
    chest = box.y + 1.75 * box.radius
    broad = _span(solid[min(int(chest * _LOOKED_AT), _LOOKED_AT - 1)], box.x, 0.5 * box.radius)
    if broad and chest < 1.0 and broad[1] - box.x > 1.25 * (span[1] - box.x):
        return min(box.x + 1.15 * box.radius, broad[1] - 0.1 * box.radius), chest, size, size
    x = max(min(span[1], box.x + 1.6 * box.radius), box.x + 0.98 * box.radius)
    bottom = float(np.nonzero(solid.any(axis=1))[0].max(initial=0) + 1) / _LOOKED_AT
    # What reaches the ground stands on it beside the thing.
    return x, min(y, bottom - row.box[3] * size), size, size


_PLACED: dict[Place, Callable[[Silhouette, FaceBox, Head | None, AccessoryRow], Anchor]] = {
    Place.HEAD: _on_head,
    Place.EARS: _over_ears,
    Place.NECK: _at_neck,
    Place.HAND: _in_hand,
}


def _span(line: Silhouette, x: float, reach: float) -> tuple[float, float] | None:
    """Both ends of what is solid within ``reach`` of ``x``, all in shares of the line."""
    side = len(line)
    first = max(0, int((x - reach) * side))
    near = np.nonzero(line[first : int((x + reach) * side) + 1])[0]
    if not len(near):
        return None
    start = first + int(near[np.argmin(np.abs(first + near - x * side))])
    gaps = np.nonzero(~line)[0]
    left, right = gaps[gaps < start].max(initial=-1) + 1, gaps[gaps > start].min(initial=side)
    return float(left) / side, float(right) / side


# --- putting on -------------------------------------------------------------------------------------------------------


def put_on(
    layer: Layer, box: FaceBox, head: Head | None, accessories: Sequence[Accessory], flat: bool = False
) -> Layer:
    """``layer`` (side, side, 4) with hats and scarfs on, in place: their backs behind it, their fronts before it, and a
    shadow where they touch it. ``flat``: without shading."""
    solid = _upright(layer, box)
    for accessory in accessories:
        if accessory.row.front:
            _put(layer, _matrix(solid, box, head, accessory), accessory, flat)
    return layer


def _put(layer: Layer, matrix: Matrix, accessory: Accessory, flat: bool) -> None:
    side = layer.shape[0]
    x0, y0, x1, y1 = (value * side for value in _extent(matrix, accessory))
    edge = int(max(x1 - x0, y1 - y0) + 0.08 * side)
    left, top = int((x0 + x1 - edge) / 2), int((y0 + y1 - edge) / 2)
    rows, columns = slice(max(top, 0), min(top + edge, side)), slice(max(left, 0), min(left + edge, side))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    inside = slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)
    window = (left / side, top / side, edge / side, edge / side)
    behind, front = (
        _drawn(body, accessory, matrix, window, edge, flat)[inside] if body else None
        for body in (accessory.row.behind, accessory.row.front)
    )
    part = layer[rows, columns].copy()
    if front is not None:
        _shadow(part, front[..., 3], side)
    if behind is not None:
        part = _over(part, behind)
    layer[rows, columns] = _over(front, part) if front is not None else part


def _drawn(body: str, accessory: Accessory, matrix: Matrix, window: svg.Window, edge: int, flat: bool) -> Layer:
    (a, c, e), (b, d, f) = 1000 * matrix
    row = accessory.row
    shades = _shades("main", accessory.colour or row.main or (0.6, 0.1, 30.0)) | _shades("trim", row.trim)
    for key, colour in shades.items():
        body = body.replace(f"{{{key}}}", colour)
    text = (
        f'<svg xmlns="{NAMESPACE}" viewBox="0 0 1000 1000"><defs>{_gradients(shades)}</defs>'
        f'<g transform="matrix({a:.6f} {b:.6f} {c:.6f} {d:.6f} {e:.6f} {f:.6f})">{body}</g></svg>'
    )
    drawing = svg.parse(text)
    if flat:
        svg.flatten(drawing)
    return svg.rasterise(drawing, window, edge)


def _shades(name: str, colour: Oklch) -> dict[str, str]:
    lightness, chroma, hue = colour
    return {
        name: from_oklch(lightness, chroma, hue),
        f"{name}-light": from_oklch(min(0.98, lightness + 0.15), chroma * 0.8, hue),
        f"{name}-dark": from_oklch(lightness * 0.80, chroma, (hue - 6) % 360),
        f"{name}-deep": from_oklch(lightness * 0.55, chroma * 0.9, (hue - 12) % 360),
    }


def _gradients(shades: dict[str, str]) -> str:
    made = []
    for name in ("main", "trim"):
        base, light, dark, deep = (shades[name + end] for end in ("", "-light", "-dark", "-deep"))
        across = ((0, dark), (0.16, base), (0.34, light), (0.55, base), (0.85, dark), (1, deep))
        down = ((0, light), (0.45, base), (1, dark))
        ball = ((0, light), (0.45, base), (1, deep))
        made.append(f'<linearGradient id="{name}">{_stops(across)}</linearGradient>')
        made.append(f'<linearGradient id="{name}-v" x2="0" y2="1">{_stops(down)}</linearGradient>')
        made.append(f'<radialGradient id="{name}-ball" cx=".36" cy=".3" r=".8">{_stops(ball)}</radialGradient>')
    return "".join(made)


def _stops(stops: tuple[tuple[float, str], ...]) -> str:
    return "".join(f'<stop offset="{at}" stop-color="{colour}"/>' for at, colour in stops)


def _shadow(layer: Layer, alpha: npt.NDArray[np.uint8], side: int) -> None:
    """Darken the thing just below what is put on it, in place; ``side`` of the whole picture."""
    height, width = alpha.shape
    soft = cv2.resize(alpha, (-(-width // 4), -(-height // 4)), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(soft, (0, 0), side / 4 * 0.010)
    down = np.array([[1, 0, side / 4 * 0.003], [0, 1, side / 4 * 0.016]], np.float32)
    soft = cv2.resize(cv2.warpAffine(soft, down, soft.shape[::-1]), (width, height), interpolation=cv2.INTER_LINEAR)
    keep = cv2.merge([255 - cv2.convertScaleAbs(soft, alpha=0.42)] * 3)
    layer[..., :3] = cv2.multiply(layer[..., :3], keep, scale=1 / 255)


def _over(front: Layer, behind: Layer) -> Layer:
    """``front`` on ``behind``, both with straight alpha."""
    rest = cv2.multiply(behind[..., 3], cv2.bitwise_not(front[..., 3]), scale=1 / 255)
    whole = cv2.add(front[..., 3], rest)
    share = cv2.merge([cv2.divide(front[..., 3], whole, scale=255)] * 3)
    kept = cv2.multiply(behind[..., :3], cv2.bitwise_not(share), scale=1 / 255)
    colour = cv2.add(cv2.multiply(front[..., :3], share, scale=1 / 255), kept)
    return np.asarray(cv2.merge([*cv2.split(colour), whole]), np.uint8)
