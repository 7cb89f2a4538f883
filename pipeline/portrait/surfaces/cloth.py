"""Cloth, paper, and what is printed on them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.portrait.surfaces.surface import SMALL, Field, Surface, places


def _tiled(surface: Surface, tile: Field) -> Field:
    """A tile over the whole layer."""
    high, wide = tile.shape
    times = -(-surface.side // high), -(-surface.side // wide)
    return np.tile(tile, times)[: surface.side, : surface.side]


def knitted(surface: Surface) -> None:
    """Stitches, each of one colour."""
    wide, high = max(8, surface.side // 42), max(6, surface.side // 54)
    small = cv2.resize(surface.rgb, (surface.side // wide + 1, surface.side // high + 1), interpolation=cv2.INTER_AREA)
    blocks = cv2.resize(small, (small.shape[1] * wide, small.shape[0] * high), interpolation=cv2.INTER_NEAREST)
    stitched = np.ascontiguousarray(blocks[: surface.side, : surface.side])
    surface.mix(stitched, surface.full(0.35 + 0.55 * surface.calm))
    ys, xs = np.mgrid[0:high, 0:wide].astype(np.float32)
    u, v = np.abs(xs / wide - 0.5) * 2, ys / high
    leg = (v + 0.75 * u) % 1.0  # two legs of a stitch that meet below
    tile = 0.20 - 0.62 * np.abs(leg - 0.5) ** 1.5 - 0.30 * (u < 0.10) - 0.18 * (u > 0.90)
    surface.shade(_tiled(surface, tile.astype(np.float32)) * surface.full(0.22 + 0.78 * surface.calm))


def plush(surface: Surface) -> None:
    """Short fur: strands everywhere, and an outline that is not quite sharp."""
    side = surface.side
    push = surface.random.standard_normal((2, side // 4, side // 4)).astype(np.float32)
    # Blurred while small: a quarter of the side, a quarter of the blur.
    soft = (cv2.GaussianBlur(each, (0, 0), 0.64) * (side * 0.011) for each in push)
    across, down = (cv2.resize(each, (side, side), interpolation=cv2.INTER_LINEAR) for each in soft)
    ys, xs = places(side)
    quiet = surface.full(0.3 + 0.7 * surface.calm)
    where = xs + across * quiet, ys + down * quiet
    surface.rgb, surface.cover = (
        np.asarray(cv2.remap(each, *where, cv2.INTER_LINEAR), np.uint8) for each in (surface.rgb, surface.cover)
    )
    strands = cv2.resize(surface.random.random((side // 3, side // 6), dtype=np.float32), (side, side)) - 0.5
    surface.shade(0.20 * strands * quiet + surface.full(0.10 * surface.edge))


def paper(surface: Surface) -> None:
    """Folded: large flat faces, a white cut edge."""
    surface.shade(0.11 * surface.facets(15) * (0.3 + 0.7 * surface.calm) - 0.02)
    grain = cv2.resize(surface.random.random((surface.side // 2,) * 2, dtype=np.float32), (surface.side,) * 2) - 0.5
    surface.shade(0.07 * grain)
    rim = cv2.dilate(surface.alpha, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7)))
    surface.behind((250, 248, 242), rim)


def _pattern(surface: Surface, drawn: Field) -> None:
    """Print ``drawn`` (0..1) on the thing: light on what is dark, dark on what is light."""
    dark = float(cv2.mean(surface.light, cv2.compare(surface.cover, 128, cv2.CMP_GT))[0]) < 0.4
    ink = (250, 246, 236) if dark else tuple(int(c * 0.42) for c in cv2.mean(surface.rgb, surface.cover)[:3])
    share = drawn * surface.full(0.22 + 0.63 * surface.calm)
    lit = cv2.merge([cv2.convertScaleAbs(0.55 + 0.6 * surface.light, alpha=200)] * 3)
    surface.mix(cv2.multiply(np.full_like(surface.rgb, ink), lit, scale=1 / 200), share)


def striped(surface: Surface) -> None:
    """Slanted stripes that follow the swelling of the thing."""
    down = surface.relief[1]
    ys, xs = np.mgrid[0:SMALL, 0:SMALL].astype(np.float32) / SMALL
    wave = np.sin((ys + 0.22 * xs + 0.05 * down) * 2 * np.pi / 0.105)
    _pattern(surface, surface.full(np.clip(wave * 6, 0, 1)))


def dotted(surface: Surface) -> None:
    """Polka dots."""
    step = surface.side / 9
    dots = np.zeros((surface.side, surface.side), np.float32)
    for row in range(11):
        for column in range(11):
            centre = (int((column + 0.5 * (row % 2)) * step), int(row * step * 0.87))
            cv2.circle(dots, centre, int(step * 0.24), 1.0, -1, cv2.LINE_AA)
    _pattern(surface, dots)


def checked(surface: Surface) -> None:
    """Two crossing bands, and a thin line in each gap."""
    size = surface.side // 9
    at = np.arange(size) / size
    bar = np.where(at < 0.45, 0.55, np.where((at > 0.68) & (at < 0.74), 0.7, 0.0)).astype(np.float32)
    _pattern(surface, np.clip(_tiled(surface, np.maximum(bar[:, None], 0) * 0.62 + bar[None, :] * 0.62), 0, 1))


def patched(surface: Surface) -> None:
    """Mended with pieces of other cloth, sewn on."""
    places = np.argwhere((cv2.erode(surface.alpha, np.ones((27, 27))) > 0.5) & (surface.calm > 0.6))
    cloth = np.zeros_like(surface.rgb)
    mask, seam = (np.zeros((surface.side, surface.side), np.uint8) for _ in range(2))
    for hue, (y, x) in zip((12, 100, 60), surface.random.permutation(places)[:3], strict=False):
        outline = _square(surface, (float(x) / SMALL * surface.side, float(y) / SMALL * surface.side))
        colour = cv2.cvtColor(np.array([[[hue, 120, 205]]], np.uint8), cv2.COLOR_HSV2RGB)[0, 0]
        cv2.fillPoly(cloth, [outline], colour.tolist())
        cv2.fillPoly(mask, [outline], 255, cv2.LINE_AA)
        _stitch(seam, outline)
    lit = cv2.merge([cv2.convertScaleAbs(0.5 + 0.6 * surface.light, alpha=200)] * 3)
    surface.mix(np.asarray(cv2.multiply(cloth, lit, scale=1 / 200), np.uint8), mask.astype(np.float32) / 255)
    surface.mix((70, 45, 35), seam.astype(np.float32) * (0.85 / 255))


def _square(surface: Surface, middle: tuple[float, float]) -> npt.NDArray[np.int32]:
    """Four corners, not quite straight."""
    half, turn = surface.side * 0.052, surface.random.uniform(-0.4, 0.4)
    corners = np.array([(-1, -1), (1, -0.85), (0.9, 1), (-0.95, 0.9)]) * half
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray(corners @ spin.T + middle, np.int32)


def _stitch(seam: npt.NDArray[np.uint8], outline: npt.NDArray[np.int32]) -> None:
    """Five stitches across each side."""
    for first, second in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        away = (second - first).astype(np.float64)
        across = np.array((-away[1], away[0])) * 0.08
        for share in np.linspace(0.1, 0.9, 5):
            middle = first + share * away
            ends = [(int(end[0]), int(end[1])) for end in (middle - across, middle + across)]
            cv2.line(seam, ends[0], ends[1], 255, max(2, seam.shape[0] // 300), cv2.LINE_AA)
