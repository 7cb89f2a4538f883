"""Places that people, dwarfs or wizards made."""

from __future__ import annotations

import math
import random

import skia

from pipeline.face.colours import argb, from_oklch
from pipeline.portrait.scenes.strokes import Shades, box, fill, ground, shape


def city(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """Two rows of houses with lit windows, a street."""
    for row in (0, 1):
        x = -0.05
        while x < 1.0:
            wide, high = rng.uniform(0.09, 0.17), rng.uniform(0.30, 0.62) - 0.12 * row
            colour = shades.mix(0.35 + 0.45 * row, 0.06 - 0.08 * row)
            box(canvas, x, 0.84 - high, wide, high, colour)
            for column in range(int(wide / 0.035)):
                for floor in range(int(high / 0.07)):
                    if rng.random() < 0.45:
                        box(
                            canvas,
                            x + 0.012 + column * 0.035,
                            0.86 - high + floor * 0.07,
                            0.018,
                            0.03,
                            from_oklch(*shades.accent),
                            0.6,
                        )
            x += wide + rng.uniform(0.0, 0.04) * (1 + row)
    ground(canvas, shades, 0.83)


def cave(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """A mouth of light, rock around it, crystals."""
    canvas.drawColor(argb(from_oklch(*shades.floor)))
    canvas.drawOval(skia.Rect.MakeXYWH(0.12, 0.06, 0.76, 0.84), fill(shades.mix(0.0, 0.0), 1.0, 0.07))
    for i in range(12):
        x, high = (i + rng.uniform(0.1, 0.9)) / 12, rng.uniform(0.06, 0.20) * (0.6 + abs(i - 5.5) / 5)
        shape(canvas, [(x - 0.05, -0.02), (x + 0.05, -0.02), (x, high)], fill(shades.mix(1.0, -0.05)))
    for x in (0.06, 0.13, 0.88, 0.95):
        high, lean = rng.uniform(0.10, 0.22), rng.uniform(-0.03, 0.03)
        shape(
            canvas,
            [(x - 0.025, 0.94), (x + lean - 0.01, 0.94 - high), (x + lean + 0.02, 0.93 - high), (x + 0.03, 0.94)],
            fill(from_oklch(*shades.accent), 0.8),
        )
    ground(canvas, shades, 0.90)


def stage(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """Curtains, two spotlights, boards."""
    for edge, turn in ((0.0, 1), (1.0, -1)):
        for i in range(5):
            x = edge + turn * (i * 0.055 - 0.02) - (0.06 if turn < 0 else 0)
            box(
                canvas,
                x,
                -0.05,
                0.07,
                0.95,
                from_oklch(shades.accent[0] + (0.05 if i % 2 else -0.04), *shades.accent[1:]),
            )
    for i in range(7):
        canvas.drawOval(
            skia.Rect.MakeXYWH(i / 7 - 0.02, -0.09, 0.19, 0.17),
            fill(from_oklch(shades.accent[0] - 0.02, *shades.accent[1:])),
        )
    for x in (0.25, 0.75):
        shape(
            canvas,
            [(x - 0.02, 0), (x + 0.02, 0), (0.5 + (0.5 - x) * 0.2 + 0.22, 0.95), (0.5 + (0.5 - x) * 0.2 - 0.22, 0.95)],
            fill("#fff6d8", 0.20, 0.015),
        )
    for _ in range(24):  # dust in the light
        canvas.drawCircle(
            rng.uniform(0.25, 0.75), rng.uniform(0.05, 0.8), rng.uniform(0.002, 0.005), fill("#fff6d8", 0.6)
        )
    ground(canvas, shades, 0.82)
    for i in range(9):
        box(canvas, i / 8 - 0.002, 0.82, 0.004, 0.2, "#000000", 0.18)


def kitchen(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """Tiles, a window, shelves with pots, a counter."""
    for row in range(8):
        box(canvas, 0, 0.20 + row * 0.09, 1, 0.004, "#ffffff", 0.25)
        for column in range(10):
            box(canvas, column * 0.11 + (0.055 if row % 2 else 0), 0.20 + row * 0.09, 0.004, 0.09, "#ffffff", 0.25)
    for x in (-0.04, 0.76):
        box(canvas, x, 0.30, 0.30, 0.022, shades.mix(1.0, -0.08))
        for i in range(3):
            high = rng.uniform(0.06, 0.12)
            hue = (shades.accent[2] + rng.choice((0, 40, 150))) % 360
            box(
                canvas,
                x + 0.04 + i * 0.085,
                0.30 - high,
                rng.uniform(0.045, 0.07),
                high,
                from_oklch(0.70, 0.10, hue),
                0.9,
            )
    for x in (0.33, 0.67):
        box(canvas, x, -0.02, 0.006, 0.10, shades.mix(1.0, -0.2))
        canvas.drawCircle(x + 0.003, 0.11, 0.045, fill("#fff3cf", 0.9))
    ground(canvas, shades, 0.80)
    box(canvas, 0, 0.795, 1, 0.02, shades.mix(1.0, 0.08))


def office(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """A window with blinds, a pin board, a plant, a desk."""
    box(canvas, 0.04, 0.10, 0.26, 0.34, "#ffffff", 0.75)
    for i in range(9):
        box(canvas, 0.04, 0.12 + i * 0.036, 0.26, 0.010, shades.mix(0.4, -0.08), 0.7)
    box(canvas, 0.70, 0.12, 0.27, 0.24, from_oklch(*shades.accent), 0.9)
    for _ in range(6):
        hue = rng.choice((95.0, 150.0, 350.0, 230.0))
        box(canvas, rng.uniform(0.71, 0.91), rng.uniform(0.13, 0.29), 0.045, 0.05, from_oklch(0.9, 0.08, hue))
    for _ in range(9):
        canvas.drawOval(
            skia.Rect.MakeXYWH(0.86 + rng.uniform(-0.03, 0.07), 0.50 + rng.uniform(0, 0.16), 0.05, 0.12),
            fill(from_oklch(0.58, 0.12, 150), 0.9),
        )
    box(canvas, 0.88, 0.68, 0.09, 0.13, shades.mix(1.0, -0.12))
    ground(canvas, shades, 0.80)


def library(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """Shelves of books, a lamp's warm light."""
    canvas.drawColor(argb(shades.mix(0.6, -0.12)))
    for row in range(5):
        y, x = 0.19 * row - 0.02, -0.02
        while x < 1.0:
            wide, high = rng.uniform(0.018, 0.042), rng.uniform(0.11, 0.155)
            hue = rng.choice((30.0, 55.0, 95.0, 150.0, 250.0, 15.0))
            box(canvas, x, y + 0.165 - high, wide - 0.004, high, from_oklch(rng.uniform(0.38, 0.60), 0.075, hue))
            x += wide if rng.random() < 0.93 else wide + 0.05
        box(canvas, 0, y + 0.165, 1, 0.022, shades.mix(1.0, 0.0))
    canvas.drawCircle(0.5, 0.40, 0.42, fill(from_oklch(*shades.accent), 0.34, 0.10))
    ground(canvas, shades, 0.86)


def room(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """A papered wall with two pictures, a lamp, a skirting board."""
    for i in range(13):
        box(canvas, i / 12.5, 0, 0.032, 0.80, "#ffffff", 0.12)
    for x, y, wide, high in ((0.06, 0.14, 0.20, 0.24), (0.76, 0.20, 0.17, 0.20)):
        box(canvas, x, y, wide, high, shades.mix(1.0, -0.08))
        hue = (shades.accent[2] + rng.uniform(-90, 90)) % 360
        box(canvas, x + 0.018, y + 0.018, wide - 0.036, high - 0.036, from_oklch(0.82, 0.07, hue))
        canvas.drawCircle(x + wide / 2, y + high / 2, 0.04, fill(from_oklch(0.68, 0.10, hue)))
    box(canvas, 0.925, 0.56, 0.012, 0.26, shades.mix(1.0, -0.12))
    shape(canvas, [(0.88, 0.57), (0.905, 0.46), (0.955, 0.46), (0.98, 0.57)], fill(from_oklch(*shades.accent)))
    ground(canvas, shades, 0.82)
    box(canvas, 0, 0.79, 1, 0.035, "#ffffff", 0.5)


def castle(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """A hall of stone: an arched window, banners, torches."""
    for row in range(9):
        for column in range(7):
            x, y = column / 6 - (0.08 if row % 2 else 0), row * 0.095
            box(canvas, x, y, 0.158, 0.087, shades.mix(0.35, rng.uniform(-0.02, 0.035)), 0.8)
    for x in (0.02, 0.80):
        shape(
            canvas,
            [(x, 0.02), (x + 0.17, 0.02), (x + 0.17, 0.42), (x + 0.085, 0.50), (x, 0.42)],
            fill(from_oklch(*shades.accent), 0.9),
        )
    for x in (0.26, 0.74):
        canvas.drawCircle(x, 0.20, 0.11, fill("#ffb347", 0.35, 0.04))
        canvas.drawCircle(x, 0.20, 0.022, fill("#ffe3a0"))
        box(canvas, x - 0.008, 0.22, 0.016, 0.10, shades.mix(1.0, -0.2))
    ground(canvas, shades, 0.82)


def magic(canvas: skia.Canvas, shades: Shades, rng: random.Random) -> None:
    """A glow, rings of light, sparkles of many sizes."""
    canvas.drawCircle(0.5, 0.45, 0.44, fill(from_oklch(*shades.accent), 0.40, 0.12))
    for radius in (0.40, 0.47):
        ring = skia.Paint(
            AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=0.006, Color=argb("#ffffff", 0.25)
        )
        canvas.drawCircle(0.5, 0.48, radius, ring)
    for _ in range(34):
        angle, away = rng.uniform(0, math.tau), rng.uniform(0.34, 0.72)
        x, y, reach = 0.5 + away * math.cos(angle), 0.47 + away * math.sin(angle), rng.uniform(0.008, 0.034)
        star = [
            (
                x + reach * (1 if k % 2 == 0 else 0.26) * math.sin(k * math.tau / 8),
                y - reach * (1 if k % 2 == 0 else 0.26) * math.cos(k * math.tau / 8),
            )
            for k in range(8)
        ]
        shape(canvas, star, fill("#fffbe2", 0.9))
    ground(canvas, shades, 0.86)
