"""What one looks through, and what is cold: glass, ice, snow, ghosts, jelly."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.portrait.surfaces.surface import SMALL, Surface


def glass(surface: Surface) -> None:
    """Cut glass in the thing's own colour: one sees through its middle, its edges are bright."""
    surface.mix((238, 249, 255), np.full((SMALL, SMALL), 0.38, np.float32) - 0.30 * surface.edge)
    surface.shade(0.20 * surface.facets(46) * (0.15 + 0.85 * surface.calm) + 0.30 * surface.edge**2)
    surface.gloss(0.9, 30)
    surface.fade(0.60 + 0.36 * np.clip(surface.edge * 1.6, 0, 1) + 0.18 * (1 - surface.calm))


def ice(surface: Surface) -> None:
    """A block of ice: blue, cracked inside, frost on top, icicles below."""
    cracks = np.clip(1 - np.abs(surface.noise(6, octaves=4) - 0.5) / 0.012, 0, 1)
    facets = 0.10 * surface.facets(40) * surface.calm
    surface.mapped(0.48 * surface.light + surface.full(0.34 * surface.lit + facets) + 0.14, 0.86)
    surface.shade(0.22 * cracks * surface.calm + 0.28 * surface.edge**2)
    surface.gloss(0.7, 24)
    surface.fade(0.80 + 0.20 * np.clip(surface.edge * 1.6, 0, 1))
    _icicles(surface)
    _snow(surface, 0.020)


def snowy(surface: Surface) -> None:
    """Snow lies on whatever faces up; the cold shows in the colours."""
    surface.mix((150, 195, 240), np.full((SMALL, SMALL), 0.16, np.float32) + 0.30 * surface.edge)
    _icicles(surface)
    _snow(surface, 0.036)


def _snow(surface: Surface, depth: float) -> None:
    """On the upper edges, ``depth`` of the side thick, in heaps."""
    step = depth * SMALL
    heaps = np.repeat(surface.noise(9, 1, 3)[:1], SMALL, axis=0)
    ys, xs = np.mgrid[0:SMALL, 0:SMALL].astype(np.float32)
    above = cv2.remap(surface.alpha, xs, ys - step * (0.35 + 1.5 * heaps), cv2.INTER_LINEAR)
    lying = np.clip((surface.alpha - above) * 2.2, 0, 1)
    lying = cv2.GaussianBlur(lying, (0, 0), 1.0) * (surface.relief[1] < 0.25)
    cover = np.clip(lying * 1.8 - 0.25, 0, 1) * (0.2 + 0.8 * surface.calm)
    shadow = cv2.warpAffine(cover, np.array([[1, 0, 0], [0, 1, 2.5]], np.float32), cover.shape)
    surface.shade(-0.16 * np.clip(shadow - cover, 0, 1))
    surface.mix((246, 250, 255), 0.96 * cover)


def _icicles(surface: Surface) -> None:
    """Hanging from the lower edge."""
    solid = surface.alpha > 0.5
    columns = np.nonzero(solid.any(axis=0))[0]
    if len(columns) < 12:
        return
    drawn = np.zeros((SMALL, SMALL), np.uint8)
    for start in np.linspace(columns[0] + 4, columns[-1] - 4, 11):
        x = int(start + surface.random.integers(-3, 4))
        bottom = np.nonzero(solid[:, min(max(x, 0), SMALL - 1)])[0]
        if not len(bottom):
            continue
        y, wide, long = int(bottom[-1]), int(surface.random.integers(2, 5)), int(surface.random.integers(8, 24))
        cv2.fillPoly(drawn, [np.array([(x - wide, y - 4), (x + wide, y - 4), (x, y + long)])], 255, cv2.LINE_AA)
    surface.behind((190, 228, 248), 0.85 * drawn.astype(np.float32) / 255)


def ghostly(surface: Surface) -> None:
    """Pale, and one sees through it, most of all below."""
    surface.mix((214, 226, 246), np.full((SMALL, SMALL), 0.45, np.float32))
    down = np.linspace(0, 1, SMALL, dtype=np.float32)[:, None].repeat(SMALL, 1)
    surface.shade(0.25 * surface.edge**2)
    surface.fade(0.74 - 0.55 * np.clip((down - surface.box.y - 0.5 * surface.box.radius) * 4, 0, 1) * surface.calm)


def jelly(surface: Surface) -> None:
    """Wobbly and translucent: light gathers at the side away from the lamp."""
    hsv = cv2.cvtColor(surface.rgb, cv2.COLOR_RGB2HSV)
    hsv[..., 1] = cv2.add(hsv[..., 1], 45)
    surface.rgb = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)
    surface.shade(0.34 * surface.edge * (1 - surface.lit) - 0.05)
    surface.gloss(0.8, 30)
    surface.fade(0.80 + 0.12 * surface.edge + 0.06 * (1 - surface.calm))


def slimy(surface: Surface) -> None:
    """Green jelly that runs down in long drops."""
    drops = np.zeros((SMALL, SMALL), np.uint8)
    solid = surface.alpha > 0.5
    columns = np.nonzero(solid.any(axis=0))[0]
    for x in surface.random.permutation(columns)[:9]:
        bottom = int(np.nonzero(solid[:, x])[0][-1])
        wide, long = int(surface.random.integers(3, 6)), int(surface.random.integers(6, 22))
        cv2.line(drops, (int(x), bottom - 6), (int(x), bottom + long), 255, 2 * wide, cv2.LINE_AA)
    surface.behind((122, 196, 66), drops.astype(np.float32) / 255)
    surface.mix((122, 196, 66), np.full((SMALL, SMALL), 0.38, np.float32))
    jelly(surface)
