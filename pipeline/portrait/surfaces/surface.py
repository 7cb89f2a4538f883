"""A layer whose material is being changed.

An effect sees the art's own light and dark (``Surface.light``), and a relief that swells the silhouette like a balloon,
from which it knows what faces the lamp, what faces the looker and what is an edge. Noise is made small and enlarged.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.face.colours import parse
from pipeline.portrait.placement import FaceBox
from pipeline.portrait.svg import Layer

Field = npt.NDArray[np.floating[Any]]
"""(side, side), 0..1 where nothing else is said."""
Colour = tuple[int, int, int]
Pixels = npt.NDArray[np.uint8]

SMALL = 256
"""Pixels of the side in which reliefs and masks are worked out."""
SWELL = 0.11
"""How far from its edge a thing is round, in shares of the side."""
LAMP = (-0.45, -0.70, 0.55)
"""Where the light comes from: left, above, before."""


class Surface:
    """A layer that is being changed, and what an effect may want to know about it. ``rgb``, ``cover``: colours and
    alpha."""

    def __init__(self, layer: Layer, box: FaceBox, seed: int, stops: tuple[str, ...]) -> None:
        """``layer``: (side, side, 4). ``stops``: colours from shadow to light."""
        self.rgb, self.cover = _pixels(cv2.cvtColor(layer, cv2.COLOR_RGBA2RGB)), _pixels(cv2.extractChannel(layer, 3))
        self.box, self.stops = box, stops
        self.side = layer.shape[0]
        self.random = np.random.default_rng(seed)

    def put_into(self, layer: Layer) -> None:
        """Change ``layer``."""
        cv2.mixChannels([self.rgb, self.cover], [layer], [0, 0, 1, 1, 2, 2, 3, 3])

    @cached_property
    def light(self) -> Field:
        """The art's own light and dark, stretched to 0..1."""
        grey = cv2.cvtColor(self.rgb, cv2.COLOR_RGB2GRAY)
        solid = grey[::4, ::4][self.cover[::4, ::4] > 128]
        low, high = np.percentile(solid, (3, 97)) if len(solid) else (0.0, 255.0)
        spread = max(float(high - low), 60.0)
        low = min(float(low), 255.0 - spread)
        levels = np.clip((np.arange(256, dtype=np.float32) - low) / spread, 0, 1)
        return np.asarray(cv2.LUT(grey, levels), np.float32)

    @cached_property
    def alpha(self) -> Field:
        """Small: how much of the thing is there."""
        small = cv2.resize(self.cover, (SMALL, SMALL), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.float32) / 255

    @cached_property
    def relief(self) -> tuple[Field, Field, Field]:
        """Small: where the swollen silhouette faces, right, down and to the looker."""
        far = cv2.distanceTransform((self.alpha > 0.5).astype(np.uint8), cv2.DIST_L2, 5) / SMALL
        rise = np.clip(far / SWELL, 0, 1)
        height = cv2.GaussianBlur(np.sqrt(1 - (1 - rise) ** 2) * SWELL, (0, 0), 2.5)
        across = -cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=SMALL / 8)
        down = -cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=SMALL / 8)
        length = np.sqrt(across**2 + down**2 + 1)
        return across / length, down / length, 1 / length

    @cached_property
    def lit(self) -> Field:
        """Small: how much each place faces the lamp."""
        right, down, front = self.relief
        return np.asarray(np.clip(right * LAMP[0] + down * LAMP[1] + front * LAMP[2], 0, 1))

    @cached_property
    def edge(self) -> Field:
        """Small: 1 where the thing turns away from the looker."""
        return np.asarray(1 - self.relief[2], np.float32) * (self.alpha > 0.5)

    @cached_property
    def calm(self) -> Field:
        """Small: 0 below the face, 1 away from it."""
        ys, xs = np.mgrid[0:SMALL, 0:SMALL].astype(np.float32) / SMALL
        away = np.hypot(xs - self.box.x, (ys - self.box.y) * 0.92) / self.box.radius
        return np.asarray(np.clip((away - 0.75) / 0.5, 0, 1))

    def full(self, small: Field) -> Field:
        """As large as the layer."""
        return np.asarray(cv2.resize(small, (self.side, self.side), interpolation=cv2.INTER_LINEAR), np.float32)

    def noise(self, across: int, down: int | None = None, octaves: int = 3) -> Field:
        """Small: smooth chance with about so many grains per side, 0..1 with mean 1/2."""
        total = np.zeros((SMALL, SMALL), np.float32)
        weight, rows, columns = 0.5, down or across, across
        for _ in range(octaves):
            grains = self.random.random((rows + 1, columns + 1), dtype=np.float32)
            total += weight * cv2.resize(grains, (SMALL, SMALL), interpolation=cv2.INTER_CUBIC)
            weight, rows, columns = weight / 2, min(rows * 2, SMALL), min(columns * 2, SMALL)
        return np.asarray(np.clip(total / (1 - weight * 2), 0, 1))

    def facets(self, count: int) -> Field:
        """Small: -1..1, one value for each of ``count`` cut faces (Voronoi cells)."""
        seeds = self.random.random((count, 2), dtype=np.float32) * SMALL
        values = self.random.random(count, dtype=np.float32) * 2 - 1
        ys, xs = np.mgrid[0:SMALL, 0:SMALL].astype(np.float32)
        nearest = np.full((SMALL, SMALL), np.inf, np.float32)
        found = np.zeros((SMALL, SMALL), np.float32)
        for (x, y), value in zip(seeds, values, strict=True):
            away = (xs - x) ** 2 + (ys - y) ** 2
            found = np.where(away < nearest, value, found)
            nearest = np.minimum(nearest, away)
        return found

    def mix(self, colour: Pixels | Colour, share: Field) -> None:
        """``share`` of the way from what is there to ``colour``; ``share`` may be small."""
        amount = self._bytes(share)
        if isinstance(colour, tuple):
            part = cv2.merge([cv2.convertScaleAbs(amount, alpha=channel / 255) for channel in colour])
        else:
            part = cv2.multiply(colour, cv2.merge([amount] * 3), scale=1 / 255)
        rest = cv2.merge([cv2.bitwise_not(amount)] * 3)
        self.rgb = _pixels(cv2.add(cv2.multiply(self.rgb, rest, scale=1 / 255), part))

    def shade(self, by: Field) -> None:
        """Lighter where ``by`` is positive (1 is white), darker where it is negative; it may be small."""
        for values, change in ((by, cv2.add), (-by, cv2.subtract)):
            if values.max() > 0:
                self.rgb = _pixels(change(self.rgb, cv2.merge([self._bytes(values)] * 3)))

    def mapped(self, light: Field, share: float = 1.0) -> None:
        """Paint with the stops: ``light`` says which."""
        colours = np.array([parse(stop) for stop in self.stops], np.float32)
        at = np.linspace(0, 255, len(colours))
        table = np.stack([np.interp(np.arange(256), at, colours[:, i]) for i in range(3)], axis=-1).astype(np.uint8)
        painted = cv2.LUT(cv2.merge([self._bytes(light)] * 3), table[None])
        self.rgb = _pixels(painted if share == 1 else cv2.addWeighted(painted, share, self.rgb, 1 - share, 0))

    def fade(self, keep: Field) -> None:
        """Scale the alpha by ``keep``; it may be small."""
        self.cover = _pixels(cv2.multiply(self.cover, self._bytes(keep), scale=1 / 255))

    def behind(self, colour: Pixels | Colour, alpha: Field) -> None:
        """Put something behind the thing, with its own alpha, which may be small."""
        rest = cv2.multiply(self._bytes(alpha), cv2.bitwise_not(self.cover), scale=1 / 255)
        whole = cv2.add(self.cover, rest)
        share = np.asarray(cv2.divide(rest, whole, scale=255), np.float32) / 255
        self.mix(colour, share)
        self.cover = _pixels(whole)

    def _bytes(self, values: Field) -> Pixels:
        """0..1 as 0..255, as large as the layer; bytes are enlarged several times as fast as floats."""
        small = cv2.convertScaleAbs(cv2.max(np.asarray(values, np.float32), 0.0), alpha=255)
        if small.shape[0] != self.side:
            return _pixels(cv2.resize(small, (self.side, self.side), interpolation=cv2.INTER_LINEAR))
        return _pixels(small)

    def gloss(self, strength: float, sharp: float = 14.0) -> None:
        """A lamp's reflection on the relief; dimmer below the face."""
        right, down, front = self.relief
        half = np.array((LAMP[0], LAMP[1], LAMP[2] + 1.0))
        half /= np.linalg.norm(half)
        shine = np.clip(right * half[0] + down * half[1] + front * half[2], 0, 1) ** sharp
        self.shade(strength * shine * (0.25 + 0.75 * self.calm))


@lru_cache(maxsize=2)
def places(side: int) -> tuple[Field, Field]:
    """(side, side) each: y and x of every pixel. Shared: nobody changes them."""
    ys, xs = np.mgrid[0:side, 0:side].astype(np.float32)
    return ys, xs


def _pixels(values: npt.NDArray[Any]) -> Pixels:
    return np.asarray(values, np.uint8)
