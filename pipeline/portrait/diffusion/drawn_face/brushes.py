"""Paints and paths that the parts of a template face share. Lengths in whatever units the canvas has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import skia

from pipeline.face.colours import Rgb
from pipeline.portrait.diffusion.drawn_face.shape import Array

DARK: Rgb = (54, 32, 28)
"""Of lines in skin: creases, lashes, nostrils. Never black: shadows on skin are warm."""


@dataclass(frozen=True, slots=True)
class Colours:
    """Of one person."""

    skin: Rgb
    hair: Rgb
    iris: Rgb
    ground: Rgb
    shirt: Rgb


def soft(rgb: Rgb, alpha: float, blur: float) -> skia.Paint:
    """Fills with edges blurred by ``blur`` (standard deviation)."""
    paint = skia.Paint(AntiAlias=True, Color=ink(rgb, alpha))
    if blur:
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
    return paint


def stroke(rgb: Rgb, alpha: float, width: float, blur: float = 0.0) -> skia.Paint:
    """Draws lines."""
    paint = soft(rgb, alpha, blur)
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(width)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    return paint


def shaded(shader: skia.Shader, blur: float = 0.0) -> skia.Paint:
    """Fills with a gradient."""
    paint = soft((0, 0, 0), 1.0, blur)
    paint.setShader(shader)
    return paint


def ink(rgb: Rgb, alpha: float = 1.0) -> int:
    """The colour as skia takes it."""
    return int(skia.Color(*rgb, round(255 * alpha)))


def tones(rgb: Rgb, *by: float) -> list[int]:
    """Lighter and darker inks of one colour, for gradients."""
    return [ink(times(rgb, one)) for one in by]


def times(rgb: Rgb, by: float) -> Rgb:
    """Lighter (> 1) or darker."""
    r, g, b = (min(round(channel * by), 255) for channel in rgb)
    return r, g, b


def mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    """Between two colours; ``share`` of the other."""
    r, g, b = (round(a + share * (c - a)) for a, c in zip(one, other, strict=True))
    return r, g, b


def line(points: Array) -> skia.Path:
    """Through points (n, 2)."""
    return skia.Path.Polygon([skia.Point(float(x), float(y)) for x, y in points], False)


def closed(points: Array) -> skia.Path:
    """Around points (n, 2)."""
    return skia.Path.Polygon([skia.Point(float(x), float(y)) for x, y in points], True)


def both(left: Sequence[tuple[float, float]] | Array) -> Array:
    """A line from the left side to the middle, and on to the right."""
    one = np.asarray(left, float)
    return np.concatenate([one, (one * (-1.0, 1.0))[::-1]])
