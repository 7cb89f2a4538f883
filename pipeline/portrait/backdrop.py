"""What stands behind a portrait: a ground that the thing stands out on, and a pattern that answers the mood."""

from __future__ import annotations

import math
import random

import cv2
import numpy as np
import skia

from pipeline.face.colours import argb, from_oklch, shade
from pipeline.portrait.comic import dotted_ground
from pipeline.portrait.grounds import Ground
from pipeline.portrait.pixels import pixelled_ground
from pipeline.portrait.scenes import draw_scene
from pipeline.portrait.scenes.strokes import Shades
from pipeline.portrait.style import Backdrop, Finish, Style
from pipeline.portrait.svg import Layer
from pipeline.types import Mood, Persona, Picture


def paint_backdrop(style: Style, persona: Persona, art: Layer, ground: Ground, seed: int) -> Picture:
    """What stands behind ``art`` (side, side, 4), as large as it is, with the shadow that it throws."""
    side = art.shape[0]
    rng = random.Random(f"backdrop:{seed}:{persona.concept}")
    if ground.scene and style.backdrop in (Backdrop.STUDIO, Backdrop.WASH):
        scene = ground.scene
        picture = draw_scene(scene.id, Shades(scene.far, scene.near, scene.floor, scene.accent), rng, side)
        if style.backdrop is Backdrop.WASH:
            picture = _on_paper(picture, seed)
    else:
        picture = _drawn(style, persona, ground, rng, side)
    contact_shadow(picture, art[..., 3], 0.28 if style.finish.flat else 0.5)
    return pixelled_ground(picture) if style.finish is Finish.PIXEL else picture


def _drawn(style: Style, persona: Persona, ground: Ground, rng: random.Random, side: int) -> Picture:
    surface = skia.Surface.MakeRasterN32Premul(side, side)
    canvas = surface.getCanvas()
    canvas.scale(side, side)
    _GROUNDS[style.backdrop](canvas, ground, persona, rng)
    pixels = surface.toarray(colorType=skia.kRGBA_8888_ColorType)
    picture = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB), np.uint8)
    return dotted_ground(picture) if style.backdrop is Backdrop.DOTS else picture


def _on_paper(picture: Picture, seed: int) -> Picture:
    """Thin paint that leaves cream paper at the borders."""
    side = picture.shape[0]
    small = cv2.resize(picture, (side // 4, side // 4), interpolation=cv2.INTER_AREA).astype(np.float32)
    rough = np.random.default_rng(seed).standard_normal((9, 9)).astype(np.float32)
    uneven = cv2.resize(rough, (side // 4, side // 4), interpolation=cv2.INTER_CUBIC) * 0.03
    places = np.abs(np.linspace(-1, 1, side // 4, dtype=np.float32))
    away = np.maximum(places[:, None], places[None, :])
    paint = np.clip((0.97 - away + uneven) / 0.09, 0, 1)[..., None] * np.float32(0.62)
    paper = np.array((251, 244, 230), np.float32)
    mixed = np.clip(paper * (1 - paint) + small * paint, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(mixed, (side, side), interpolation=cv2.INTER_LINEAR), np.uint8)


def _glow(canvas: skia.Canvas, inner: str, outer: str, centre: tuple[float, float], radius: float) -> None:
    colours = [argb(inner), argb(outer)]
    shader = skia.GradientShader.MakeRadial(skia.Point(*centre), radius, colours)
    canvas.drawRect(skia.Rect(0, 0, 1, 1), skia.Paint(AntiAlias=True, Shader=shader, Dither=True))


def _studio(canvas: skia.Canvas, ground: Ground, persona: Persona, rng: random.Random) -> None:
    """A lit wall and a floor."""
    centre, edge = from_oklch(*ground.centre), from_oklch(*ground.edge)
    _glow(canvas, centre, edge, (0.5, 0.42), 0.78)
    pattern = _stars if ground.stars else _PATTERNS[persona.mood]
    pattern(canvas, rng, shade(centre, 0.16 if ground.centre[0] < 0.75 else 0.07))
    floor = shade(edge, -0.09)
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(0, 0.80), skia.Point(0, 1.0)], [argb(floor, 0.0), argb(floor, 0.75)]
    )
    canvas.drawRect(skia.Rect(0, 0.80, 1, 1), skia.Paint(Shader=shader, Dither=True))


def _plain(canvas: skia.Canvas, ground: Ground, persona: Persona, rng: random.Random) -> None:
    """Sheets of paper on each other: a big disc, and a wave below."""
    centre, edge = from_oklch(*ground.centre), from_oklch(*ground.edge)
    canvas.drawColor(argb(edge))
    canvas.drawCircle(0.5, 0.49, 0.425, _fill(centre))
    path = skia.PathBuilder()
    path.moveTo(0, rng.uniform(0.83, 0.89))
    path.cubicTo(0.3, rng.uniform(0.76, 0.84), 0.6, rng.uniform(0.86, 0.94), 1, rng.uniform(0.80, 0.88))
    path.lineTo(1, 1)
    path.lineTo(0, 1)
    canvas.drawPath(path.detach(), _fill(shade(edge, -0.08)))


def _dots(canvas: skia.Canvas, ground: Ground, persona: Persona, rng: random.Random) -> None:
    """Two flat colours, which become dots, and the rays of a comic's bang."""
    centre = (max(ground.centre[0], 0.72), min(0.17, ground.centre[1] * 1.5 + 0.03), ground.centre[2])
    edge = (centre[0] - 0.16, centre[1], (centre[2] - 14) % 360)
    _glow(canvas, from_oklch(*centre), from_oklch(*edge), (0.5, 0.45), 0.62)


def _blinds(canvas: skia.Canvas, ground: Ground, persona: Persona, rng: random.Random) -> None:
    """Lamp light through a venetian blind on a dark wall."""
    _glow(canvas, "#6c6c6c", "#0d0d0d", (0.5, 0.40), 0.72)
    slant = rng.choice((-1, 1)) * rng.uniform(7, 13)
    canvas.save()
    canvas.rotate(slant, 0.5, 0.5)
    blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.006)
    for i in range(12):
        y = -0.05 + i * 0.095
        paint = skia.Paint(AntiAlias=True, Color=argb("#ffffff", 0.20), MaskFilter=blur)
        canvas.drawRect(skia.Rect(-0.3, y, 1.3, y + 0.045), paint)
    canvas.restore()
    _vignette(canvas, 0.75)


def _wash(canvas: skia.Canvas, ground: Ground, persona: Persona, rng: random.Random) -> None:
    """Two wet colours running into each other on cream paper."""
    canvas.drawColor(argb("#fbf4e6"))
    blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.035)
    for i in range(16):
        colour = from_oklch(
            rng.uniform(0.78, 0.86), rng.uniform(0.07, 0.11), (ground.edge[2] + rng.uniform(-35, 35)) % 360
        )
        angle, reach = i * math.tau / 16, rng.uniform(0.22, 0.40)
        paint = skia.Paint(AntiAlias=True, Color=argb(colour, 0.62), MaskFilter=blur)
        canvas.drawCircle(0.5 + reach * math.cos(angle), 0.5 + reach * math.sin(angle), rng.uniform(0.10, 0.19), paint)


def _night(canvas: skia.Canvas, ground: Ground, persona: Persona, rng: random.Random) -> None:
    """A dark street, the glow of two signs, a grid of light below."""
    _glow(canvas, "#2a1650", "#07040f", (0.5, 0.42), 0.78)
    blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.10)
    for x, turn in ((0.10, 0.0), (0.90, 130.0)):
        paint = skia.Paint(Color=argb(from_oklch(0.62, 0.22, (ground.edge[2] + turn) % 360), 0.55), MaskFilter=blur)
        canvas.drawCircle(x, rng.uniform(0.25, 0.5), 0.20, paint)
    line = from_oklch(0.72, 0.18, (ground.edge[2] + 130) % 360)
    for i in range(-9, 10):
        canvas.drawLine(0.5 + i * 0.035, 0.80, 0.5 + i * 0.16, 1.0, _stroke(line, 0.0025, 0.5))
    for i in range(6):
        y = 0.80 + 0.2 * (i / 5) ** 1.8
        canvas.drawLine(0, y, 1, y, _stroke(line, 0.0025, 0.5))


def _vignette(canvas: skia.Canvas, strength: float) -> None:
    colours = [argb("#000000", 0.0), argb("#000000", strength)]
    shader = skia.GradientShader.MakeRadial(skia.Point(0.5, 0.45), 0.80, colours, [0.55, 1.0])
    canvas.drawRect(skia.Rect(0, 0, 1, 1), skia.Paint(Shader=shader, Dither=True))


def _bokeh(canvas: skia.Canvas, rng: random.Random, colour: str) -> None:
    blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.006)
    for _ in range(15):
        paint = skia.Paint(AntiAlias=True, Color=argb(colour, rng.uniform(0.18, 0.42)), MaskFilter=blur)
        canvas.drawCircle(rng.uniform(0, 1), rng.uniform(0, 0.82), rng.uniform(0.02, 0.075), paint)


def _rays(canvas: skia.Canvas, rng: random.Random, colour: str) -> None:
    turn = rng.uniform(0, math.tau)
    for i in range(14):
        a, b = turn + i * math.tau / 14, turn + (i + 0.5) * math.tau / 14
        path = skia.Path()
        path.moveTo(0.5, 0.5)
        path.lineTo(0.5 + 1.2 * math.cos(a), 0.5 + 1.2 * math.sin(a))
        path.lineTo(0.5 + 1.2 * math.cos(b), 0.5 + 1.2 * math.sin(b))
        canvas.drawPath(path, _fill(colour, 0.16))


def _drizzle(canvas: skia.Canvas, rng: random.Random, colour: str) -> None:
    for _ in range(70):
        x, y, length = rng.uniform(0, 1.1), rng.uniform(-0.05, 0.95), rng.uniform(0.025, 0.06)
        canvas.drawLine(x, y, x - length * 0.22, y + length, _stroke(colour, rng.uniform(0.0015, 0.004), 0.45))


def _rings(canvas: skia.Canvas, rng: random.Random, colour: str) -> None:
    for i in range(1, 7):
        canvas.drawCircle(0.5, 0.48, i * 0.125, _stroke(colour, 0.028, 0.20))


def _mist(canvas: skia.Canvas, rng: random.Random, colour: str) -> None:
    blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.05)
    for _ in range(9):
        paint = skia.Paint(Color=argb(colour, 0.22), MaskFilter=blur)
        x, y = rng.uniform(-0.1, 0.9), rng.uniform(0.1, 0.95)
        canvas.drawOval(skia.Rect(x, y, x + rng.uniform(0.3, 0.6), y + rng.uniform(0.05, 0.10)), paint)


def _stars(canvas: skia.Canvas, rng: random.Random, colour: str) -> None:
    for _ in range(90):
        canvas.drawCircle(rng.uniform(0, 1), rng.uniform(0, 0.9), rng.uniform(0.0008, 0.0035), _fill(colour, 0.9))
    for _ in range(5):
        x, y, reach = rng.uniform(0.04, 0.96), rng.uniform(0.04, 0.5), rng.uniform(0.010, 0.020)
        path = skia.Path()
        path.moveTo(x, y - reach)
        for step in range(1, 9):
            angle, far = step * math.tau / 8, reach if step % 2 == 0 else reach * 0.28
            path.lineTo(x + far * math.sin(angle), y - far * math.cos(angle))
        canvas.drawPath(path, _fill("#ffffff", 0.9))


def _hills(canvas: skia.Canvas, rng: random.Random, colour: str) -> None:
    for level, alpha in ((0.66, 0.16), (0.76, 0.22)):
        path = skia.Path()
        path.moveTo(0, level + rng.uniform(-0.03, 0.03))
        path.cubicTo(
            0.3, level - rng.uniform(0.03, 0.12), 0.6, level + rng.uniform(0.02, 0.1), 1, level - rng.uniform(0, 0.06)
        )
        path.lineTo(1, 1)
        path.lineTo(0, 1)
        canvas.drawPath(path, _fill(colour, alpha))


def _fill(colour: str, alpha: float = 1.0) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=argb(colour, alpha))


def _stroke(colour: str, width: float, alpha: float) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=width, Color=argb(colour, alpha))


_PATTERNS = {
    Mood.JOY: _bokeh, Mood.ANGER: _rays, Mood.SADNESS: _drizzle,
    Mood.FEAR: _mist, Mood.SURPRISE: _rings, Mood.CALM: _hills,
}  # fmt: skip
_GROUNDS = {
    Backdrop.STUDIO: _studio, Backdrop.PLAIN: _plain, Backdrop.BLINDS: _blinds,
    Backdrop.WASH: _wash, Backdrop.NIGHT: _night, Backdrop.DOTS: _dots,
}  # fmt: skip


def contact_shadow(ground: Picture, mask: np.ndarray, strength: float) -> None:
    """Darken ``ground`` (in place) below and behind what ``mask`` (side, side) uint8 covers."""
    side = mask.shape[0]
    small = cv2.resize(mask, (side // 8, side // 8), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), side / 8 * 0.022)
    drop = round(side / 8 * 0.022)
    soft = cv2.copyMakeBorder(soft[:-drop], drop, 0, 0, 0, cv2.BORDER_CONSTANT, value=0)
    rows = np.nonzero(small.max(axis=1) > 128)[0]
    if len(rows):
        _pool(soft, small, int(rows[-1]))
    full = cv2.resize(soft, (side, side), interpolation=cv2.INTER_LINEAR)
    shade = cv2.merge([cv2.convertScaleAbs(full, alpha=strength)] * 3)
    np.copyto(ground, cv2.multiply(ground, 255 - shade, scale=1 / 255))


def _pool(soft: np.ndarray, small: np.ndarray, bottom: int) -> None:
    """The dark oval where the thing stands."""
    side = small.shape[0]
    foot = np.nonzero(small[max(0, bottom - side // 12) : bottom + 1].max(axis=0) > 128)[0]
    oval = np.zeros_like(soft)
    centre, half = int(foot.mean()), max(3, int((foot[-1] - foot[0]) * 0.52))
    cv2.ellipse(oval, (centre, min(side - 1, bottom)), (half, max(2, half // 7)), 0, 0, 360, 230, -1, cv2.LINE_AA)
    np.maximum(soft, cv2.GaussianBlur(oval, (0, 0), side * 0.012), out=soft)
