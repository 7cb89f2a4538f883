"""Light and heat."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.portrait.surfaces.surface import SMALL, Surface


def hot(surface: Surface) -> None:
    """Red-hot below and at the edges."""
    down = np.linspace(0, 1, SMALL, dtype=np.float32)[:, None].repeat(SMALL, 1)
    heat = np.clip((down - surface.box.y) * 1.6 + 0.25, 0, 1) * 0.72 + 0.40 * surface.edge
    surface.mix((255, 92, 20), heat * (0.3 + 0.7 * surface.calm))
    surface.shade(0.16 * np.clip((down - 0.62) * 2, 0, 1) * surface.calm)


def burning(surface: Surface) -> None:
    """In flames, which stand behind it."""
    hot(surface)
    ys, xs = np.mgrid[0:SMALL, 0:SMALL].astype(np.float32)
    tongues = surface.noise(13, 3, 2)
    reach = np.zeros((SMALL, SMALL), np.float32)
    for step in range(1, 15):
        share = step / 14
        sway = 9 * share * (surface.noise(6, 6, 1) - 0.5)
        risen = cv2.remap(surface.alpha, xs + sway, ys + share * 62 * (0.25 + 1.2 * tongues), cv2.INTER_LINEAR)
        reach = np.maximum(reach, risen * (1 - share) ** 0.8)
    reach = cv2.GaussianBlur(reach, (0, 0), 1.2)
    warm = reach[..., None]
    outer, middle, inner = (np.array(c, np.float32) for c in ((226, 40, 10), (255, 140, 20), (255, 240, 150)))
    flame = outer + (middle - outer) * np.clip(warm * 2.2, 0, 1)
    flame = np.clip(flame + (inner - flame) * np.clip(warm * 2.4 - 1.2, 0, 1), 0, 255).astype(np.uint8)
    large = np.asarray(cv2.resize(flame, (surface.side, surface.side)), np.uint8)
    surface.behind(large, np.clip(reach * 3.2 - 0.15, 0, 1))


def glowing(surface: Surface) -> None:
    """Bright at its edges, with a light around it."""
    colour = cv2.mean(surface.rgb, cv2.compare(surface.cover, 128, cv2.CMP_GT))[:3]
    hsv = cv2.cvtColor(np.array([[colour]], np.float32) / 255, cv2.COLOR_RGB2HSV)
    hsv[..., 1], hsv[..., 2] = max(0.65, float(hsv[0, 0, 1])), 1.0
    bright = (cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0] * 255).astype(np.uint8)
    light = (int(bright[0]), int(bright[1]), int(bright[2]))
    surface.mix(light, 0.75 * np.clip(surface.edge * 1.5, 0, 1))
    surface.shade(0.12 * surface.calm + 0.30 * surface.edge)
    halo = cv2.GaussianBlur(surface.alpha, (0, 0), 16) * 0.95 + cv2.GaussianBlur(surface.alpha, (0, 0), 5) * 0.6
    surface.behind(light, np.clip(halo, 0, 0.95))


def cosmic(surface: Surface) -> None:
    """A piece of night sky in the thing's shape."""
    clouds, more = surface.noise(4, octaves=4), surface.noise(3, octaves=4)
    sky = np.stack([60 + 170 * clouds**1.5, 20 + 90 * more**2, 90 + 150 * more], -1)
    surface.mix(cv2.resize(sky, (surface.side,) * 2).astype(np.uint8), np.full((SMALL, SMALL), 0.82, np.float32))
    surface.shade(0.34 * (surface.lit - 0.62) + 0.30 * surface.edge**2)
    stars = np.zeros((surface.side, surface.side), np.float32)
    for x, y, size in surface.random.random((150, 3)):
        cv2.circle(stars, (int(x * surface.side), int(y * surface.side)), 1 + int(3.4 * size**4), 1.0, -1, cv2.LINE_AA)
    surface.mix((255, 252, 235), stars * surface.full(0.15 + 0.85 * surface.calm))


def rainbow(surface: Surface) -> None:
    """All colours from top to bottom, in the art's own light."""
    solid = np.nonzero((surface.alpha > 0.5).any(axis=1))[0]
    top, bottom = (solid[0] / SMALL, solid[-1] / SMALL) if len(solid) else (0.0, 1.0)
    rows = np.linspace(0, 1, surface.side, dtype=np.float32)
    hue = np.clip((rows - top) / max(bottom - top, 0.1), 0, 1) * 145
    hsv = np.empty_like(surface.rgb)
    hsv[..., 0] = hue[:, None].astype(np.uint8)
    hsv[..., 1] = 165
    hsv[..., 2] = np.clip(140 + 120 * surface.light, 0, 255).astype(np.uint8)
    surface.mix(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), np.full((SMALL, SMALL), 0.92, np.float32))
    surface.gloss(0.3, 18)
