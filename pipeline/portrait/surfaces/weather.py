"""What time and weather do."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.portrait.surfaces.surface import SMALL, Surface


def wet(surface: Surface) -> None:
    """Darker, glossy, with drops on it."""
    surface.shade(np.full((SMALL, SMALL), -0.05, np.float32))
    surface.gloss(0.55, 26)
    places = np.argwhere((surface.alpha > 0.9) & (surface.calm > 0.5))
    ring, shine = (np.zeros((surface.side, surface.side), np.float32) for _ in range(2))
    for y, x in surface.random.permutation(places)[:26]:
        size = surface.side * surface.random.uniform(0.006, 0.018)
        middle = (int(x * surface.side / SMALL), int(y * surface.side / SMALL))
        cv2.ellipse(ring, middle, (int(size * 0.85), int(size)), 0, 0, 360, 1.0, -1, cv2.LINE_AA)
        spot = (int(middle[0] - size * 0.3), int(middle[1] - size * 0.4))
        cv2.circle(shine, spot, max(1, int(size * 0.3)), 1.0, -1, cv2.LINE_AA)
    low = cv2.warpAffine(ring, np.array([[1, 0, 0], [0, 1, surface.side * 0.005]], np.float32), ring.shape)
    surface.shade(-0.22 * np.clip(low - ring, 0, 1))
    surface.mix((225, 243, 255), 0.30 * ring)
    surface.mix((255, 255, 255), 0.95 * shine)


def dusty(surface: Surface) -> None:
    """Colours faded, a soft grey layer on what faces up, and a few fine specks."""
    grey = cv2.cvtColor(cv2.cvtColor(surface.rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    surface.mix(grey, np.full((SMALL, SMALL), 0.28, np.float32))
    up = np.clip(-surface.relief[1] * 1.1, 0, 1)
    uneven = 0.7 + 0.6 * surface.noise(12)
    specks = np.clip(surface.noise(128, octaves=1) * 4 - 3.2, 0, 1)
    surface.mix((214, 202, 180), (0.62 * up * uneven + 0.22 * specks + 0.08) * (0.4 + 0.6 * surface.calm))


def mossy(surface: Surface) -> None:
    """Green grows on top and in spots."""
    growth = surface.noise(9, octaves=4) + 0.30 * np.clip(-surface.relief[1], 0, 1) + 0.10 * surface.edge
    tufts = surface.noise(80, octaves=2)
    share = np.clip((growth - 0.58) / 0.05, 0, 1) * (0.12 + 0.88 * surface.calm)
    green = np.stack([62 + 70 * tufts, 104 + 84 * tufts, 34 + 30 * tufts], -1)
    surface.shade(-0.15 * np.clip(cv2.GaussianBlur(share, (0, 0), 3) - share, 0, 1))
    surface.mix(cv2.resize(green, (surface.side,) * 2).astype(np.uint8), 0.92 * share)


def muddy(surface: Surface) -> None:
    """Brown splashes, most of them below."""
    down = np.linspace(0, 1, SMALL, dtype=np.float32)[:, None].repeat(SMALL, 1)
    splash = surface.noise(10, octaves=3) + 0.55 * (down - 0.62)
    share = np.clip((splash - 0.56) / 0.04, 0, 1) * (0.10 + 0.90 * surface.calm)
    surface.mix((92, 62, 36), 0.88 * share)
    surface.shade(0.10 * share * (surface.noise(60, octaves=1) - 0.3))


def sickly(surface: Surface) -> None:
    """Green around the face, pale elsewhere."""
    surface.mix((128, 176, 74), np.full((SMALL, SMALL), 0.42, np.float32) - 0.14 * surface.calm)
    surface.shade(0.08 * surface.lit)


def cracked(surface: Surface) -> None:
    """A few cracks that branch, from the edge towards the middle."""
    lines = np.zeros((surface.side, surface.side), np.float32)
    rim = np.argwhere((surface.alpha > 0.5) & (surface.edge > 0.45))
    for y, x in surface.random.permutation(rim)[:5]:
        place = np.array((x, y), np.float64) / SMALL
        way = np.array((surface.box.x, surface.box.y)) - place
        for width in (6, 5, 4, 3, 2, 2, 1):
            turn = surface.random.uniform(-0.8, 0.8)
            spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
            end = place + spin @ way / np.linalg.norm(way) * 0.035
            first, second = (tuple(int(v * surface.side) for v in each) for each in (place, end))
            cv2.line(lines, first, second, 1.0, max(1, width * surface.side // 1024), cv2.LINE_AA)
            place = end
    lines *= surface.full(surface.calm)
    lit = cv2.warpAffine(lines, np.array([[1, 0, 2], [0, 1, 3]], np.float32), lines.shape)
    surface.shade(0.25 * np.clip(lit - lines, 0, 1))
    surface.mix((38, 26, 26), 0.85 * lines)
