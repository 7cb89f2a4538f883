"""Paints and lines of what lies on a face. Paints are kept and shared: nobody changes one."""

from __future__ import annotations

from functools import lru_cache

import skia

from pipeline.face import geometry
from pipeline.face.colours import argb, shade


@lru_cache(maxsize=128)
def fill(colour: str, alpha: float = 1.0) -> skia.Paint:
    """A plain colour."""
    return skia.Paint(AntiAlias=True, Color=argb(colour, alpha))


@lru_cache(maxsize=128)
def stroke(colour: str, width: float, alpha: float = 1.0) -> skia.Paint:
    """A line with round ends, ``width`` in face units."""
    paint = skia.Paint(AntiAlias=True, Color=argb(colour, alpha), StrokeWidth=width)
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    paint.setStrokeJoin(skia.Paint.kRound_Join)
    return paint


@lru_cache(maxsize=128)
def tone(colour: str, step: float) -> str:
    """`shade`, remembered."""
    return shade(colour, step)


def line(*points: geometry.Point) -> skia.Path:
    """Quadratic Bezier curves that follow each other."""
    path = skia.PathBuilder()
    path.moveTo(*points[0])
    for first, second in zip(points[1::2], points[2::2], strict=True):
        path.quadTo(*first, *second)
    return path.detach()
