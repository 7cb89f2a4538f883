"""Whether brows, eyes, nose and mouth stand out from what they lie on, and the smallest mending where they do not.

Contrast is the ratio (L1 + 0.05) / (L2 + 0.05) of relative luminances, 1 .. 21, as WCAG 2.2 defines it
(https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio), pixel by pixel between the picture with the face at rest and the
same picture without it: what a feature changes is what can be seen of it. A feature has the contrast that a good part
of it (`_SHOWN`) reaches.

Mended is first the feature's own colour, as little as will do, lighter or darker; where no colour does, as on stripes,
a local light (or shade) is laid on the art below the feature. Nothing moves: landmarks stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt
import skia

from pipeline.face import geometry
from pipeline.face.colours import from_oklch, parse, to_oklch
from pipeline.face.drawing import draw_face
from pipeline.face.geometry import Point
from pipeline.face.manners import GRID
from pipeline.face.rig import FaceRig, Manner, Nose, rest_pose
from pipeline.types import Picture

Mask = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]


class Feature(StrEnum):
    """What must be seen of a face."""

    BROWS = "brows"
    EYES = "eyes"
    NOSE = "nose"
    MOUTH = "mouth"


LEAST = {Feature.BROWS: 1.6, Feature.EYES: 1.35, Feature.NOSE: 1.12, Feature.MOUTH: 1.6}
"""Contrast from which a feature is seen. WCAG asks for 3 of signs that stand alone; of soft shapes in a known place
less will do: these separated seen from faint in 226 portraits in all looks, half of them of subjects chosen to be hard.
"""
_SHOWN = {Feature.BROWS: 0.6, Feature.EYES: 0.25, Feature.NOSE: 0.3, Feature.MOUTH: 0.3}
"""Share of a feature that has to reach it: most of a brow; of a mouth the line or the lips; of eyes their edge."""
_COLOUR = {Feature.BROWS: "brow_colour", Feature.EYES: "rim", Feature.MOUTH: "lip"}
"""The field of `FaceRig` that a feature's colour follows."""

_MARGINS = (1.1, 1.45, 1.9)
"""A colour is chosen to reach this much more, as paints shade it; tried in turn."""
_STEP = 0.02
"""Steps of lightness (OKLab) in which a colour is looked for."""
_LIGHTS = (0.25, 0.45, 0.65)
"""Strengths of a local light, tried in turn."""
_LIT = 0.28
"""How much lighter or darker (OKLab) than the skin it is."""

_CHIP = 160
"""Pixels of the square in which a face is looked at, upright."""
_UNIT = _CHIP / 2 / 1.12
"""Pixels of a chip in a face unit."""
_FINE = 3
"""Bits after the point in which masks are drawn."""


def measured(plate: Picture, picture: Picture, rig: FaceRig) -> dict[Feature, float]:
    """The contrast of each feature. ``plate`` (side, side, 3): the picture without the face."""
    return _contrasts(_luminance(_chip(plate, rig)), _luminance(_chip(picture, rig)), rig)


def _contrasts(below: Levels, above: Levels, rig: FaceRig) -> dict[Feature, float]:
    ratio = _ratio(below, above)
    return {feature: min(_reached(ratio[mask], feature) for mask in parts) for feature, parts in _masks(rig).items()}


def _reached(ratios: Levels, feature: Feature) -> float:
    return float(np.quantile(ratios, 1 - _SHOWN[feature])) if ratios.size else 21.0


def _ratio(first: Levels, second: Levels | float) -> Levels:
    return np.asarray((np.maximum(first, second) + 0.05) / (np.minimum(first, second) + 0.05), np.float32)


_LINEAR = np.array(
    [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (i / 255 for i in range(256))], np.float32
)


def _luminance(picture: Picture) -> Levels:
    """Relative luminance 0 .. 1 of sRGB."""
    return np.asarray(_LINEAR[picture] @ np.array((0.2126, 0.7152, 0.0722), np.float32), np.float32)


# --- mending ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mended:
    """A plate and a rig whose features can be seen, and what was done: "brows darker (1.2 to 1.9)"."""

    plate: Picture
    rig: FaceRig
    done: tuple[str, ...]


def mended(plate: Picture, solid: Picture, picture: Picture, rig: FaceRig) -> Mended | None:
    """What is needed for every feature of ``picture`` to be seen; None where all are. ``plate``: the same without the
    face; ``solid`` (side, side): the alpha of the thing in it."""
    was = measured(plate, picture, rig)
    faint = [feature for feature in Feature if was[feature] < LEAST[feature]]
    if not faint:
        return None
    chip, side = _chip(plate, rig), plate.shape[0]
    changed, now = _recoloured(chip, rig, faint, side)
    lit = {}
    for feature in faint:
        if now[feature] < LEAST[feature]:
            plate, lit[feature] = _lit(plate, solid, changed, feature)
            now = _measured_anew(_chip(plate, changed), changed, side)
    # A nose has no colour of its own: what is done for its neighbours may be enough for it.
    touched = [feature for feature in faint if feature in lit or feature in _COLOUR]
    if all(now[feature] < 1.05 * was[feature] for feature in touched):
        return None  # nothing that can be done here helps
    done = (
        f"{name} {lit.get(name) or _way(rig, changed, name)} ({was[name]:.1f} to {now[name]:.1f})" for name in touched
    )
    return Mended(plate, changed, tuple(done))


def _measured_anew(chip: Picture, rig: FaceRig, side: int) -> dict[Feature, float]:
    """As `measured`, of a face that has not been drawn yet."""
    pixels = cv2.cvtColor(chip, cv2.COLOR_RGB2RGBA)
    surface = skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType)
    canvas = surface.getCanvas()
    (a, c, e), (b, d, f) = _to_chip(rig, side).tolist()
    canvas.concat(skia.Matrix.MakeAll(a, c, e, b, d, f, 0, 0, 1))
    draw_face(canvas, rig, rest_pose(rig), side)
    surface.flushAndSubmit()
    return _contrasts(_luminance(chip), _luminance(pixels[..., :3]), rig)


def _recoloured(
    chip: Picture, rig: FaceRig, faint: Sequence[Feature], side: int
) -> tuple[FaceRig, dict[Feature, float]]:
    """The faint features in the nearest lightness that stands out from what is below them, and what that gives."""
    masks, below = _masks(rig), _luminance(chip)
    for margin in _MARGINS:
        changes = {
            field: _seen_on(getattr(rig, field), [below[mask] for mask in masks[feature]], feature, margin)
            for feature in faint
            if (field := _COLOUR.get(feature))
        }
        changed = rig.model_copy(update=changes)
        now = _measured_anew(chip, changed, side)
        if all(now[feature] >= LEAST[feature] for feature in faint if feature in _COLOUR):
            break
    return changed, now


def _seen_on(colour: str, below: Sequence[Levels], feature: Feature, margin: float) -> str:
    """``colour``, no lighter or darker than needed; as good as it gets where nothing will do."""
    lightness, chroma, hue = to_oklch(parse(colour))
    best, most = colour, 0.0
    for step in range(1, round(0.9 / _STEP)):
        for way in (-1, 1):
            moved = lightness + way * step * _STEP
            if not 0.08 <= moved <= 0.97:
                continue
            tried = from_oklch(moved, chroma, hue)
            own = float(_luminance(np.array(parse(tried), np.uint8)))
            reached = min(_reached(_ratio(levels, own), feature) for levels in below)
            if reached >= margin * LEAST[feature]:
                return tried
            if reached > most:
                best, most = tried, reached
    return best


def _way(before: FaceRig, after: FaceRig, feature: Feature) -> str:
    first, second = (to_oklch(parse(getattr(rig, _COLOUR[feature])))[0] for rig in (before, after))
    return "lighter" if second > first else "darker"


def _lit(plate: Picture, solid: Picture, rig: FaceRig, feature: Feature) -> tuple[Picture, str]:
    """The plate with a soft light on it below a feature, or a shade where the feature is the lighter one."""
    side, chip = plate.shape[0], _chip(plate, rig)
    lightness, chroma, hue = to_oklch(parse(rig.skin))
    dark = to_oklch(parse(getattr(rig, _COLOUR.get(feature, "ink"))))[0] < lightness or lightness < _LIT
    light = np.array(parse(from_oklch(lightness + (_LIT if dark else -_LIT), chroma, hue)), np.float32)
    glow = _glow(rig, feature)
    inside = np.asarray(glow * (_chip(solid, rig) > 128), np.float32)
    for strength in _LIGHTS:
        now = _measured_anew(_blended(chip, light, strength * inside), rig, side)
        if now[feature] >= _MARGINS[0] * LEAST[feature]:
            break
    return _laid(plate, solid, light, strength * glow, rig), "lit" if dark else "shaded"


def _glow(rig: FaceRig, feature: Feature) -> Levels:
    """On a chip: 1 at a feature, softly down to 0 around it."""
    mask = np.logical_or.reduce(_masks(rig)[feature]).astype(np.float32)
    soft = cv2.GaussianBlur(cv2.dilate(mask, np.ones((9, 9), np.uint8)), (0, 0), 0.09 * _UNIT)
    return np.asarray(soft / soft.max(), np.float32)


def _laid(plate: Picture, solid: Picture, light: Levels, glow: Levels, rig: FaceRig) -> Picture:
    """``light`` on the thing in the plate; in the squares of pixel art where the face is."""
    side = plate.shape[0]
    grid = GRID if rig.manner is Manner.PIXELS else side
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    weight = cv2.warpAffine(glow, _to_chip(rig, grid), (grid, grid), flags=flags)
    weight = cv2.resize(weight, (side, side), interpolation=cv2.INTER_NEAREST) * (solid > 128)
    rows, columns = (np.flatnonzero(weight.any(axis=axis)) for axis in (1, 0))
    lit = plate.copy()
    if rows.size:
        part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        lit[part] = _blended(plate[part], light, weight[part])
    return lit


def _blended(picture: Picture, light: Levels, share: Levels) -> Picture:
    return np.asarray(picture + share[..., None] * (light - picture), np.uint8)


# --- looking at a face ------------------------------------------------------------------------------------------------


def _to_chip(rig: FaceRig, side: int) -> Matrix:
    scale, turn = _UNIT / (rig.radius * side), math.radians(rig.tilt)
    cos, sin = scale * math.cos(turn), scale * math.sin(turn)
    x, y = rig.centre[0] * side, rig.centre[1] * side
    return np.array([[cos, sin, _CHIP / 2 - cos * x - sin * y], [-sin, cos, _CHIP / 2 + sin * x - cos * y]])


def _chip(picture: Picture, rig: FaceRig) -> Picture:
    """The face's surroundings, upright."""
    matrix = _to_chip(rig, picture.shape[0])
    return np.asarray(cv2.warpAffine(picture, matrix, (_CHIP, _CHIP), borderMode=cv2.BORDER_REPLICATE), np.uint8)


# --- where the features are -------------------------------------------------------------------------------------------


def _masks(rig: FaceRig) -> dict[Feature, tuple[Mask, ...]]:
    """Where on a chip the parts of each feature lie at rest."""
    pose, wide, y = rest_pose(rig), rig.nose_width, geometry.NOSE_Y
    brows, eyes = _empty(2), _empty(2)
    for which, brow, edge in zip((-1, 1), brows, eyes, strict=True):
        _line(brow, _bow(*geometry.brow(rig, pose, which)), 0.08 * rig.brow_thickness)
        eye = geometry.eye(rig, pose, which)
        for size, value in ((1.08, 1), (0.84, 0)):
            _oval(edge, (eye.x, eye.y), size * eye.width, size * eye.height, value)
    (nose,), (mouth,) = _empty(1), _empty(1)
    if rig.nose is Nose.CURVE:
        _line(nose, _bow((-0.8 * wide, y + 0.05 * wide), (0.0, y + 1.29 * wide), (0.8 * wide, y + 0.05 * wide)), 0.05)
    else:
        _oval(nose, (0.0, y), wide, 0.8 * wide)
    cv2.fillPoly(mouth, [_placed(_lips(geometry.mouth(rig, pose)))], 1, shift=_FINE)
    drawn = {Feature.BROWS: brows, Feature.EYES: eyes, Feature.NOSE: (nose,), Feature.MOUTH: (mouth,)}
    return {feature: tuple(mask > 0 for mask in masks) for feature, masks in drawn.items()}


def _empty(count: int) -> tuple[Picture, ...]:
    return tuple(np.zeros((_CHIP, _CHIP), np.uint8) for _ in range(count))


def _lips(mouth: geometry.Mouth) -> list[Point]:
    """The outer edge of both lips."""
    upper, lower = geometry.outer_lip(mouth)
    curves = (upper[:4], upper[3:], lower[::-1])
    return [geometry.cubic(a, b, c, d, i / 6) for a, b, c, d in curves for i in range(6)]


def _bow(start: Point, bend: Point, end: Point) -> list[Point]:
    shares = [((1 - t) ** 2, 2 * t * (1 - t), t * t) for t in (i / 8 for i in range(9))]
    return [(a * start[0] + b * bend[0] + c * end[0], a * start[1] + b * bend[1] + c * end[1]) for a, b, c in shares]


def _line(mask: Picture, points: Sequence[Point], width: float) -> None:
    cv2.polylines(mask, [_placed(points)], False, 1, max(1, round(width * _UNIT)), shift=_FINE)


def _oval(mask: Picture, middle: Point, wide: float, high: float, value: int = 1) -> None:
    x, y = _placed([middle])[0].tolist()
    axes = tuple(round(half * _UNIT * (1 << _FINE)) for half in (wide, high))
    cv2.ellipse(mask, (x, y), axes, 0, 0, 360, value, -1, shift=_FINE)


def _placed(points: Sequence[Point]) -> npt.NDArray[np.int32]:
    """Face units as fixed-point pixels of a chip."""
    return np.round((np.array(points) * _UNIT + _CHIP / 2) * (1 << _FINE)).astype(np.int32)
