"""Paints a template face: skin from the relief, and with skia everything that lies around it."""

from __future__ import annotations

import numpy as np
import skia

from pipeline.portrait.diffusion.drawn_face import features
from pipeline.portrait.diffusion.drawn_face.brushes import (
    DARK,
    Colours,
    both,
    closed,
    line,
    shaded,
    soft,
    stroke,
    times,
    tones,
)
from pipeline.portrait.diffusion.drawn_face.relief import skin
from pipeline.portrait.diffusion.drawn_face.shape import Array, Shape, evenly, shifted, smooth
from pipeline.types import Picture

PARTING = -0.28
"""Where the hair is parted, in face units."""


def paint(shape: Shape, colours: Colours, side: int, centre: tuple[float, float], unit: float, tilt: float) -> Picture:
    """The face with its origin at ``centre``, ``unit`` pixels per face unit, tilted by ``tilt`` degrees, on a square of
    ``side`` pixels."""
    surface = skia.Surface(side, side)
    canvas = surface.getCanvas()
    _ground(canvas, colours, side)
    canvas.translate(*centre)
    canvas.scale(unit, unit)
    _body(canvas, shape, colours)
    canvas.rotate(tilt)
    _ears(canvas, shape, colours)
    _head(canvas, shape, skin(shape, colours.skin, side, centre, unit, tilt))
    features.draw(canvas, shape, colours)
    _hair(canvas, shape, colours)
    pixels: Picture = surface.toarray(colorType=skia.kRGBA_8888_ColorType)[..., :3].copy()
    return pixels


def _ground(canvas: skia.Canvas, colours: Colours, side: int) -> None:
    light = skia.GradientShader.MakeRadial((0.40 * side, 0.36 * side), 0.85 * side, tones(colours.ground, 1.10, 0.82))
    canvas.drawPaint(skia.Paint(Shader=light, Dither=True))


def _body(canvas: skia.Canvas, shape: Shape, colours: Colours) -> None:
    """Neck and shoulders: a hint, so that the head is somebody's."""
    p, chin = shape.proportions, shape.points[8]
    half, foot = p.neck, chin[1] + 0.36
    neck = [
        (-half - 0.05, 0.8),
        (-half, foot - 0.30),
        (-half - 0.05, foot - 0.06),
        (-half - 0.28, foot + 0.15),
        (-1.4, foot + 0.5),
    ]
    slope = [(-2.5, 4.0), (-2.25, foot + 0.85), (-1.65, foot + 0.44), (-half - 0.26, foot + 0.12), (-0.30, foot + 0.32)]
    light = skia.GradientShader.MakeLinear(
        [(-half - 0.1, 0), (half + 0.1, 0)], tones(colours.skin, 0.74, 0.86, 0.70, 0.46), [0.0, 0.3, 0.65, 1.0]
    )
    throat = closed(both(smooth(neck)))
    canvas.drawPath(throat, shaded(light))
    canvas.save()
    canvas.clipPath(throat, doAntiAlias=True)  # the chin throws its shadow to the lower right
    canvas.drawOval(skia.Rect.MakeXYWH(chin[0] - 0.85, chin[1] - 0.75, 1.85, 0.98), soft(DARK, 0.62, 0.10))
    canvas.restore()
    cloth = skia.GradientShader.MakeLinear([(-1.8, foot), (2.0, foot + 1.2)], tones(colours.shirt, 1.15, 0.62))
    canvas.drawPath(closed(both(smooth(slope))), shaded(cloth))
    canvas.drawPath(line(both(smooth(slope)[-8:])), stroke(times(colours.shirt, 0.5), 0.45, 0.045, 0.015))


def _ears(canvas: skia.Canvas, shape: Shape, colours: Colours) -> None:
    rim = [
        (0, -0.14),
        (0.09, -0.19),
        (0.16, -0.11),
        (0.165, 0.06),
        (0.125, 0.24),
        (0.095, 0.36),
        (0.04, 0.41),
        (-0.06, 0.36),
    ]
    shell = [(0.10, -0.08), (0.12, 0.06), (0.085, 0.20), (0.05, 0.27)]
    for which, light in ((-1, 0.94), (1, 0.72)):
        at = shape.points[0 if which < 0 else 16] - (0.02 * which, 0)
        ends = [(float(at[0]), 0.0), (float(at[0]) + which * 0.17, 0.0)]
        shade = skia.GradientShader.MakeLinear(
            ends, tones(colours.skin, 0.66 * light, light, 0.88 * light), [0.0, 0.7, 1.0]
        )
        canvas.drawPath(closed(smooth(at + np.array(rim) * (which, 1))), shaded(shade))
        canvas.drawPath(line(smooth(at + np.array(shell) * (which, 1))), stroke(DARK, 0.35, 0.045, 0.018))


def _head(canvas: skia.Canvas, shape: Shape, lit: Picture) -> None:
    opaque = np.dstack([lit, np.full(lit.shape[:2], 255, np.uint8)])
    image = skia.Image.fromarray(np.ascontiguousarray(opaque), colorType=skia.kRGBA_8888_ColorType)
    canvas.save()
    canvas.clipPath(closed(np.concatenate([smooth(shape.points[0:17]), shape.skull])), doAntiAlias=True)
    canvas.resetMatrix()
    canvas.drawImage(image, 0, 0)
    canvas.restore()


def _hair(canvas: skia.Canvas, shape: Shape, colours: Colours) -> None:
    """A cut that anybody may wear: parted, off the forehead, over the tips of the ears; strand by strand."""
    inner, outer = _edges(shape)
    hair = tones(colours.hair, 1.35, 1.0, 0.60)
    shade = skia.GradientShader.MakeRadial((-0.42, shape.proportions.crown), 1.75, hair, [0.0, 0.45, 1.0])
    canvas.drawPath(line(shifted(inner, 0, 0.02)), stroke(DARK, 0.30, 0.06, 0.03))  # hair shades the forehead
    canvas.drawPath(closed(np.concatenate([inner, outer[::-1]])), shaded(shade, 0.012))
    part = [int(np.abs(edge[40:-40, 0] - PARTING).argmin()) + 40 for edge in (inner, outer)]
    parting = np.array([inner[part[0]], (inner[part[0]] + outer[part[1]]) / 2 - (0.02, 0), outer[part[1]] + (0, 0.1)])
    canvas.drawPath(line(smooth(parting)), stroke(times(colours.hair, 0.45), 0.5, 0.022, 0.010))
    for way in (-1, 1):
        ends = [edge[: at + 1][::-1] if way < 0 else edge[at:] for edge, at in zip((inner, outer), part, strict=True)]
        _strands(canvas, evenly(ends[0], 80), evenly(ends[1], 80), colours)


def _edges(shape: Shape) -> tuple[Array, Array]:
    """The edge of the hair towards the face and the outer one, both from the left ear to the right one."""
    p = shape.proportions
    top, h, full = 1.12 * p.crown - 0.05, p.hairline, 1.0 - 0.03 * p.wrinkles
    inner = [
        (-1.03, 0.34), (-0.97, 0.10), (-0.94, 0.36 * h), (-0.83, 0.70 * h), (-0.54, h), (PARTING, h - 0.09),
        (0.12, h + 0.01), (0.55, h + 0.06), (0.86, 0.60 * h), (0.96, 0.28 * h), (0.98, 0.12), (1.03, 0.34),
    ]  # fmt: skip
    outer = [
        (1.06, 0.36),
        (1.12 * full, 0.20),
        (1.14 * full, 0.12 * top),
        (1.07 * full, 0.54 * top),
        (0.77, 0.85 * top),
    ]
    crown = [(-0.40, 0.985 * top), (0.0, top), (0.40, 0.985 * top)]
    whole = [*((-x, y) for x, y in outer), *crown, *outer[::-1]]
    return evenly(shape.bend(smooth(inner)), 200), evenly(shape.bend(smooth(whole)), 200)


def _strands(canvas: skia.Canvas, inner: Array, outer: Array, colours: Colours) -> None:
    """Combed from the parting down: between the two edges, darker and lighter than what they lie on."""
    random = np.random.default_rng(11)
    for _ in range(170):
        share, start, long = random.uniform(-0.02, 1.0), int(random.integers(0, 60)), int(random.integers(14, 40))
        strand = ((1 - share) * inner + share * outer)[start : start + long : 4] + random.normal(0, 0.006, 2)
        by = float(random.choice((0.5, 0.7, 1.4, 1.75)))
        canvas.drawPath(line(strand), stroke(times(colours.hair, by), 0.22, 0.013, 0.003))
