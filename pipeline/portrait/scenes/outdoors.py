"""Places under the sky, and under water."""

from __future__ import annotations

import random

import skia

from pipeline.face.colours import from_oklch
from pipeline.portrait.scenes.strokes import Shades, box, fill, ground, hill, shape


def sea(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """Under water: shafts of light, weed, bubbles, sand."""
    for _ in range(6):
        x, wide = rng.uniform(-0.1, 1.0), rng.uniform(0.05, 0.14)
        shape(canvas, [(x, 0), (x + wide, 0), (x + wide * 2.2 - 0.2, 0.9), (x - 0.2, 0.9)], fill("#ffffff", 0.10, 0.01))
    hill(canvas, 0.86, 0.07, shades.mix(0.6, 0.03), rng)
    ground(canvas, shades, 0.88)
    for x in (0.05, 0.12, 0.90, 0.96):
        height, bend = rng.uniform(0.22, 0.42), rng.uniform(-0.05, 0.05)
        path = skia.PathBuilder()
        path.moveTo(x - 0.02, 0.95)
        path.quadTo(x + bend - 0.03, 0.95 - height / 2, x + bend, 0.95 - height)
        path.quadTo(x + bend + 0.05, 0.95 - height / 2, x + 0.02, 0.95)
        canvas.drawPath(path.detach(), fill(from_oklch(*shades.accent), 0.75))
    for _ in range(16):
        canvas.drawCircle(rng.random(), rng.uniform(0.05, 0.8), rng.uniform(0.006, 0.022), fill("#ffffff", 0.28))


def coast(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """Open sea to the horizon, sails, a beach."""
    canvas.drawCircle(rng.choice((0.2, 0.8)), 0.20, 0.07, fill("#fff4c8", 0.9))
    box(canvas, -0.1, 0.56, 1.2, 0.5, from_oklch(*shades.accent))
    for _ in range(16):
        y = rng.uniform(0.58, 0.80)
        box(canvas, rng.uniform(-0.1, 0.95), y, rng.uniform(0.05, 0.16), 0.006, "#ffffff", 0.45)
    for x in (0.10, 0.88):
        shape(canvas, [(x, 0.40), (x + 0.055, 0.545), (x, 0.545)], fill("#ffffff", 0.85))
        shape(
            canvas,
            [(x - 0.03, 0.55), (x + 0.06, 0.55), (x + 0.045, 0.575), (x - 0.015, 0.575)],
            fill(shades.mix(1.0, -0.3)),
        )
    hill(canvas, 0.86, 0.03, "#ffffff", rng)
    ground(canvas, shades, 0.86)


def forest(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """Trunks in rows, the further the paler, light between them."""
    canvas.drawCircle(0.5, 0.35, 0.36, fill(shades.mix(0.0, 0.10), 0.7, 0.10))
    for row, count in ((0.25, 9), (0.55, 6), (0.85, 4)):
        for i in range(count):
            x, wide = (i + rng.uniform(0.15, 0.85)) / count, 0.018 + 0.035 * row
            if row > 0.8 and abs(x - 0.5) < 0.3:
                continue
            box(canvas, x, -0.1, wide, 1.1, from_oklch(shades.accent[0] + 0.22 * (1 - row), *shades.accent[1:]), 0.9)
    for _ in range(9):
        canvas.drawCircle(
            rng.random(), rng.uniform(-0.06, 0.10), rng.uniform(0.08, 0.16), fill(shades.mix(0.9, -0.03), 0.8)
        )
    ground(canvas, shades, 0.80)
    for _ in range(14):
        canvas.drawOval(
            skia.Rect.MakeXYWH(rng.uniform(-0.1, 1), rng.uniform(0.78, 0.84), 0.16, 0.07), fill(shades.mix(1, 0.03))
        )


def meadow(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """Sky with clouds, hills, grass, spots of flowers."""
    for x, y in ((0.16, 0.16), (0.80, 0.11), (0.98, 0.30)):
        for _ in range(5):
            canvas.drawCircle(
                x + rng.uniform(-0.08, 0.08),
                y + rng.uniform(-0.02, 0.02),
                rng.uniform(0.03, 0.055),
                fill("#ffffff", 0.55),
            )
    hill(canvas, 0.68, 0.12, shades.mix(0.6, 0.06), rng)
    hill(canvas, 0.76, 0.08, shades.mix(0.8, 0.02), rng)
    ground(canvas, shades, 0.80)
    for _ in range(26):
        hue = rng.choice((shades.accent[2], 95.0, 10.0))
        y = rng.uniform(0.81, 0.99)
        canvas.drawCircle(rng.random(), y, 0.006 + 0.010 * (y - 0.8) / 0.2, fill(from_oklch(0.86, 0.12, hue), 0.85))


def desert(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """A low sun, mesas, dunes."""
    canvas.drawCircle(rng.choice((0.2, 0.8)), 0.26, 0.10, fill(from_oklch(*shades.accent), 0.85))
    for x in (rng.uniform(-0.05, 0.08), rng.uniform(0.72, 0.84)):
        wide, high = rng.uniform(0.18, 0.28), rng.uniform(0.14, 0.24)
        shape(
            canvas,
            [(x, 0.72), (x + 0.03, 0.72 - high), (x + wide - 0.04, 0.72 - high), (x + wide, 0.72)],
            fill(shades.mix(0.6, -0.10), 0.8),
        )
    hill(canvas, 0.74, 0.05, shades.mix(0.9, 0.05), rng)
    ground(canvas, shades, 0.77)
    hill(canvas, 0.92, 0.07, shades.mix(1.0, -0.05), rng)


def snow(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """White hills, firs with snow on them, flakes."""
    hill(canvas, 0.66, 0.16, shades.mix(0.4, 0.02), rng)
    for x in (0.05, 0.15, 0.86, 0.95):
        high = rng.uniform(0.22, 0.36)
        for part in range(3):
            y, wide = 0.78 - high + part * high / 3.4, 0.035 + 0.022 * part
            shape(
                canvas,
                [(x, y), (x - wide, y + high / 2.3), (x + wide, y + high / 2.3)],
                fill(from_oklch(*shades.accent), 0.8),
            )
    ground(canvas, shades, 0.77)
    for _ in range(60):
        canvas.drawCircle(rng.random(), rng.random(), rng.uniform(0.003, 0.010), fill("#ffffff", 0.75))


def night(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """A moon, stars, a dark ridge."""
    x = rng.choice((0.17, 0.83))
    canvas.drawCircle(x, 0.18, 0.16, fill(from_oklch(*shades.accent), 0.22, 0.05))
    canvas.drawCircle(x, 0.18, 0.075, fill(from_oklch(*shades.accent), 0.95))
    for _ in range(60):
        canvas.drawCircle(rng.random(), rng.uniform(0, 0.72), rng.uniform(0.0012, 0.0045), fill("#ffffff", 0.85))
    hill(canvas, 0.76, 0.10, shades.mix(0.7, -0.02), rng)
    ground(canvas, shades, 0.82)


def space(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """Nebulae, stars, a planet at the border."""
    for _ in range(7):
        hue = shades.near[2] + rng.uniform(-50, 60)
        canvas.drawCircle(
            rng.random(), rng.random(), rng.uniform(0.12, 0.26), fill(from_oklch(0.48, 0.13, hue % 360), 0.42, 0.07)
        )
    for _ in range(110):
        canvas.drawCircle(rng.random(), rng.random(), rng.uniform(0.0010, 0.0045), fill("#ffffff", 0.9))
    x, y = rng.choice(((0.08, 0.20), (0.93, 0.16), (0.95, 0.86)))
    canvas.drawCircle(x, y, 0.12, fill(from_oklch(*shades.accent), 0.95))
    canvas.drawCircle(x + 0.04, y + 0.03, 0.11, fill("#000000", 0.30, 0.02))


def storm(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """Heavy clouds, a flash, rain."""
    for _ in range(16):
        canvas.drawCircle(
            rng.random(),
            rng.uniform(-0.02, 0.22),
            rng.uniform(0.08, 0.16),
            fill(shades.mix(0.5, rng.uniform(-0.10, 0.02)), 0.8),
        )
    x = rng.choice((0.14, 0.84))
    bolt = [
        (x, 0.18),
        (x - 0.05, 0.42),
        (x - 0.005, 0.40),
        (x - 0.04, 0.62),
        (x + 0.06, 0.34),
        (x + 0.012, 0.36),
        (x + 0.05, 0.18),
    ]
    shape(canvas, bolt, fill(from_oklch(*shades.accent), 0.9))
    for _ in range(50):
        x, y = rng.uniform(0, 1.1), rng.uniform(0.1, 0.95)
        shape(canvas, [(x, y), (x + 0.004, y), (x - 0.012, y + 0.06), (x - 0.016, y + 0.06)], fill("#ffffff", 0.28))
    ground(canvas, shades, 0.85)


def sky(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """High up: clouds below and beside."""
    for _ in range(12):
        x, y = rng.choice((rng.uniform(-0.05, 0.22), rng.uniform(0.78, 1.05))), rng.uniform(0.05, 0.7)
        canvas.drawOval(skia.Rect.MakeXYWH(x - 0.11, y, 0.22, 0.07), fill("#ffffff", 0.55))
    for _ in range(22):
        canvas.drawCircle(rng.random(), rng.uniform(0.88, 1.02), rng.uniform(0.06, 0.12), fill("#ffffff", 0.6))


def fire(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """Flames from below, sparks."""
    canvas.drawCircle(0.5, 0.95, 0.55, fill(from_oklch(*shades.accent), 0.45, 0.15))
    for lift, alpha in ((0.0, 0.35), (0.10, 0.5), (0.20, 0.6)):
        colour = from_oklch(shades.accent[0] + lift * 0.5, shades.accent[1], shades.accent[2] + 60 * lift)
        for i in range(9):
            x, high = (i + rng.uniform(0.2, 0.8)) / 9, rng.uniform(0.2, 0.5) * (1 - lift * 2.2) * (0.7 + abs(i - 4) / 8)
            path = skia.PathBuilder()
            path.moveTo(x - 0.08, 1.02)
            path.quadTo(x - 0.07, 1 - high * 0.5, x + rng.uniform(-0.03, 0.03), 1 - high)
            path.quadTo(x + 0.08, 1 - high * 0.45, x + 0.08, 1.02)
            canvas.drawPath(path.detach(), fill(colour, alpha))
    for _ in range(34):
        canvas.drawCircle(rng.random(), rng.uniform(0.05, 0.85), rng.uniform(0.002, 0.007), fill("#ffd27a", 0.9))
