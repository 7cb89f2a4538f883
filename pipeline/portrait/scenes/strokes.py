"""What scenes are drawn with: colours of a place, and a few shapes."""

from __future__ import annotations

import random
from dataclasses import dataclass

import skia

from pipeline.face.colours import argb, from_oklch

Oklch = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Shades:
    """The colours of a place: above, at the horizon, below, and of what stands there."""

    far: Oklch
    near: Oklch
    floor: Oklch
    accent: Oklch

    def mix(self, share: float, step: float = 0.0) -> str:
        """Between near (0) and floor (1), ``step`` lighter."""
        lightness, chroma, _ = (a + (b - a) * share for a, b in zip(self.near, self.floor, strict=True))
        return from_oklch(lightness + step, chroma, self.floor[2] if share > 0.5 else self.near[2])


def fade(canvas: skia.Canvas, top: Oklch, bottom: Oklch, above: float, below: float) -> None:
    """A vertical gradient over everything below ``above``."""
    ends = [skia.Point(0, above), skia.Point(0, below)]
    shader = skia.GradientShader.MakeLinear(ends, [argb(from_oklch(*top)), argb(from_oklch(*bottom))])
    canvas.drawRect(skia.Rect(0, above, 1, 1), skia.Paint(Shader=shader, Dither=True))


def fill(colour: str, alpha: float = 1.0, blur: float = 0.0) -> skia.Paint:
    """A plain paint; ``blur``: how soft its edge is."""
    paint = skia.Paint(AntiAlias=True, Color=argb(colour, alpha))
    if blur:
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
    return paint


def box(canvas: skia.Canvas, x: float, y: float, w: float, h: float, colour: str, alpha: float = 1.0) -> None:
    """A rectangle with corners a little rounded."""
    canvas.drawRoundRect(skia.Rect.MakeXYWH(x, y, w, h), 0.008, 0.008, fill(colour, alpha))


def ground(canvas: skia.Canvas, shades: Shades, y: float) -> None:
    """What all stands on, from ``y`` down."""
    fade(canvas, shades.floor, (shades.floor[0] - 0.10, *shades.floor[1:]), y, 1.0)


def hill(canvas: skia.Canvas, y: float, rise: float, colour: str, rng: random.Random) -> None:
    """A soft line of hills: ``rise`` high, at most."""
    path = skia.PathBuilder()
    path.moveTo(0, y - rise * rng.random())
    x = 0.0
    while x < 1.0:
        step = rng.uniform(0.22, 0.40)
        path.quadTo(x + step / 2, y - rise * rng.uniform(0.5, 1.3), x + step, y - rise * rng.uniform(0.0, 0.6))
        x += step
    path.lineTo(1.2, 1)
    path.lineTo(0, 1)
    canvas.drawPath(path.detach(), fill(colour))


def shape(canvas: skia.Canvas, points: list[tuple[float, float]], paint: skia.Paint) -> None:
    """A polygon."""
    path = skia.PathBuilder()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    canvas.drawPath(path.detach(), paint)
