"""What is hard and opaque: metals, minerals, wood, and whatever is polished."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.portrait.surfaces.surface import SMALL, Surface


def metal(surface: Surface) -> None:
    """A room is mirrored in it: bright above, a dark band at the horizon."""
    _, down, _ = surface.relief
    mirrored = 0.5 - 0.62 * down + 0.36 * (surface.lit - 0.5)
    ripple = 0.10 * (surface.noise(4, 9, 2) - 0.5) * surface.calm
    surface.mapped(0.46 * surface.light + 0.58 * surface.full(mirrored + ripple))
    surface.gloss(0.55, 24)


def rusty(surface: Surface) -> None:
    """Brown where the rain stays: from the edges inwards and in runs below; soft borders, fine grain."""
    down = np.linspace(-0.5, 0.5, SMALL, dtype=np.float32)[:, None]
    blotch = 0.62 * surface.noise(5, octaves=4) + 0.20 * surface.noise(22, 5, 2) + 0.18 * surface.noise(60, octaves=1)
    share = np.clip((blotch + 0.22 * surface.edge + 0.10 * down - 0.49) / 0.14, 0, 1) * (0.12 + 0.88 * surface.calm)
    grain = 0.65 * surface.noise(128, octaves=1) + 0.35 * surface.noise(16)
    grey = cv2.cvtColor(cv2.cvtColor(surface.rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    surface.mix(grey, np.full((SMALL, SMALL), 0.35, np.float32))
    rust = cv2.resize(np.stack([136 + 72 * grain, 66 + 48 * grain, 26 + 26 * grain], -1), (surface.side,) * 2)
    light = cv2.merge([cv2.convertScaleAbs(0.45 + 0.65 * surface.light, alpha=128)] * 3)
    surface.mix(cv2.multiply(rust.astype(np.uint8), light, scale=1 / 128), 0.85 * share)


def wooden(surface: Surface) -> None:
    """Boards cut along the tree: wavy rings, fine fibres."""
    _, xs = np.mgrid[0:SMALL, 0:SMALL].astype(np.float32) / SMALL
    bent = xs * 7 + 2.4 * surface.noise(3, 2, 2)
    rings = (bent - np.floor(bent)) ** 1.6
    fibres = surface.noise(120, 5, 1)
    quiet = 0.35 + 0.65 * surface.calm
    grain = (0.24 * (0.5 - rings) + 0.16 * (fibres - 0.5)) * quiet
    surface.mapped(0.62 * surface.light + surface.full(0.24 * surface.lit + grain) + 0.08)


def stone(surface: Surface) -> None:
    """Grey, rough, flecked."""
    rough = surface.noise(40, octaves=2) - 0.5
    bumps = surface.noise(26, octaves=3)
    slope = 2.2 * (bumps - cv2.warpAffine(bumps, np.array([[1, 0, 1.5], [0, 1, 1.5]], np.float32), bumps.shape))
    quiet = 0.4 + 0.6 * surface.calm
    surface.mapped(
        0.55 * surface.light + surface.full(0.34 * surface.lit + (0.30 * rough + slope) * quiet) + 0.06, 0.92
    )


def marble(surface: Surface) -> None:
    """White and smooth, with dark veins."""
    bent = surface.noise(5, octaves=4)
    vein = np.clip(1 - np.abs(bent - 0.5) / 0.014, 0, 1) * np.clip(surface.noise(3) * 1.6 - 0.3, 0, 1)
    cloud = 0.14 * (surface.noise(4) - 0.5)
    veins = surface.full((0.42 * vein + cloud) * (0.25 + 0.75 * surface.calm))
    surface.mapped(0.40 * surface.light + surface.full(0.30 * surface.lit) + 0.34 - veins)
    surface.gloss(0.30, 26)


def glazed(surface: Surface) -> None:
    """Smooth and dark, with a soft shine: chocolate."""
    surface.mapped(0.62 * surface.light + surface.full(0.30 * surface.lit) + 0.03)
    surface.gloss(0.40, 16)


def shiny(surface: Surface) -> None:
    """Freshly polished."""
    surface.shade(0.20 * (surface.lit - 0.45) * (0.4 + 0.6 * surface.calm))
    surface.gloss(0.62, 24)
