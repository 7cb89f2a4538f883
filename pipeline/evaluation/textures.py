"""Pictures in which nothing has a face: colours and patterns, drawn from a number."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.types import Picture

SIDE = 512
Field = npt.NDArray[np.float32]
"""(SIDE, SIDE), mostly 0..1."""


def texture(number: int) -> Picture:
    """The same number gives the same picture; the kinds take turns."""
    dice = np.random.default_rng(number)
    field = KINDS[number % len(KINDS)](dice)
    low, high = (dice.integers(0, 256, 3).astype(np.float32) for _ in range(2))
    grain = dice.normal(0, 3, (SIDE, SIDE, 1)).astype(np.float32)
    mixed = low + np.clip(field, 0, 1)[..., None] * (high - low) + grain
    return np.asarray(np.clip(mixed, 0, 255), np.uint8)


def _grid(dice: np.random.Generator) -> tuple[Field, Field]:
    """Coordinates 0..1, turned by chance."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / SIDE
    angle = float(dice.uniform(0, np.pi))
    return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)


def _clouds(dice: np.random.Generator) -> Field:
    """Value noise: octaves of random lattices, each twice as fine and half as strong."""
    total = np.zeros((SIDE, SIDE), np.float32)
    for octave in range(6):
        lattice = dice.random((3 * 2**octave, 3 * 2**octave), np.float32)
        total += cv2.resize(lattice, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) / 2 ** (octave + 1)
    return np.asarray((total - total.min()) / np.ptp(total), np.float32)


def _wood(dice: np.random.Generator) -> Field:
    x, y = _grid(dice)
    return np.asarray(0.5 + 0.5 * np.sin(60 * np.hypot(x - 0.3, 0.15 * y) + 6 * _clouds(dice)), np.float32)


def _marble(dice: np.random.Generator) -> Field:
    x, y = _grid(dice)
    return np.asarray(np.abs(np.sin(9 * (x + y) + 7 * _clouds(dice))), np.float32)


def _stripes(dice: np.random.Generator) -> Field:
    x, _ = _grid(dice)
    return np.asarray(np.sin(float(dice.uniform(15, 90)) * x) > 0, np.float32)


def _checks(dice: np.random.Generator) -> Field:
    x, y = _grid(dice)
    count = float(dice.uniform(4, 16))
    return np.asarray((np.floor(x * count) + np.floor(y * count)) % 2, np.float32)


def _dots(dice: np.random.Generator) -> Field:
    x, y = _grid(dice)
    count = float(dice.uniform(4, 14))
    return np.asarray(np.hypot((x * count) % 1 - 0.5, (y * count) % 1 - 0.5) < 0.3, np.float32)


def _bricks(dice: np.random.Generator) -> Field:
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / SIDE * float(dice.uniform(4, 10))
    along = x + np.floor(2 * y) % 2 / 2
    mortar = (along % 1 < 0.06) | ((2 * y) % 1 < 0.12)
    return np.asarray(np.where(mortar, 0.0, 0.6 + 0.4 * _clouds(dice)), np.float32)


def _cells(dice: np.random.Generator) -> Field:
    """Distance to the nearest of some points."""
    empty = np.full((SIDE, SIDE), 255, np.uint8)
    for x, y in dice.integers(0, SIDE, (int(dice.integers(12, 60)), 2)):
        empty[y, x] = 0
    distance = cv2.distanceTransform(empty, cv2.DIST_L2, 5)
    return np.asarray(distance / distance.max(), np.float32)


def _blots(dice: np.random.Generator) -> Field:
    """Discs of any size and grey, one over the other."""
    field = np.full((SIDE, SIDE), 0.5, np.float32)
    for _ in range(int(dice.integers(10, 50))):
        x, y, radius = (int(value) for value in dice.integers((0, 0, 10), (SIDE, SIDE, 160)))
        cv2.circle(field, (x, y), radius, float(dice.random()), -1, cv2.LINE_AA)
    return field


def _glow(dice: np.random.Generator) -> Field:
    x, y = _grid(dice)
    return np.asarray(np.exp(-((x - 0.5) ** 2 + (y - 0.3) ** 2) * float(dice.uniform(1, 9))), np.float32)


KINDS: tuple[Callable[[np.random.Generator], Field], ...] = (
    _clouds, _wood, _marble, _stripes, _checks, _dots, _bricks, _cells, _blots, _glow,
)  # fmt: skip
