"""What a style does to the art before the face is drawn on it, and to the face's colours."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.face.colours import from_oklch, parse, to_oklch
from pipeline.face.rig import FaceRig
from pipeline.portrait.style import Finish
from pipeline.portrait.svg import Layer

Mask = npt.NDArray[np.uint8]
HUES = {
    "red": 0, "orange": 14, "gold": 23, "golden": 23, "yellow": 27, "green": 60, "turquoise": 87, "teal": 90,
    "blue": 110, "purple": 138, "violet": 135, "pink": 165,
}  # fmt: skip
"""Colour words as hue in OpenCV's half degrees."""
GREYS = {"white": 1.0, "pale": 0.6, "silver": 0.45, "grey": 0.1, "gray": 0.1, "black": -1.0, "dark": -0.6}
"""Words without hue: how far towards white (1) or black (-1)."""


def recolour(layer: Layer, words: frozenset[str]) -> str | None:
    """Paint the art's main hue in a colour that the words name, in place. Returns the word that did it."""
    hue = next((word for word in HUES if word in words), None)
    grey = next((word for word in GREYS if word in words), None)
    if hue is None and grey is None:
        return None
    hsv = cv2.cvtColor(layer[..., :3], cv2.COLOR_RGB2HSV)
    near = _main_hue(hsv, layer[..., 3])
    if hue is not None:
        hsv[..., 0] = np.where(near, HUES[hue], hsv[..., 0])
        low = near & (hsv[..., 1] < 110)
        hsv[..., 1] = np.where(low, np.clip(hsv[..., 1].astype(np.uint16) + 70, 0, 255), hsv[..., 1])
    elif grey is not None:
        towards = GREYS[grey]
        hsv[..., 1] = np.where(near, hsv[..., 1] // 8, hsv[..., 1])
        value = hsv[..., 2].astype(np.float32)
        moved = value + (250 - value) * towards * 0.75 if towards > 0 else value * (1 + towards * 0.72)
        hsv[..., 2] = np.where(near, moved, value).astype(np.uint8)
    layer[..., :3] = np.where(near[..., None], cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), layer[..., :3])
    return hue or grey


def _main_hue(hsv: npt.NDArray[np.uint8], alpha: Mask) -> npt.NDArray[np.bool_]:
    """Pixels within 45 degrees of the commonest hue; all of a thing that has none."""
    coloured = (alpha > 40) & (hsv[..., 1] > 50)
    if coloured.sum() < 0.25 * max(1, int((alpha > 40).sum())):
        return alpha > 0
    counts = np.bincount(hsv[..., 0][coloured], minlength=180).astype(np.float32)
    wide = np.convolve(np.concatenate([counts[-12:], counts, counts[:12]]), np.ones(25), "valid")
    away = np.abs((hsv[..., 0].astype(np.int16) - int(wide.argmax()) + 90) % 180 - 90)
    return (alpha > 0) & (away < 23) & (hsv[..., 1] > 25)


def apply(finish: Finish, layer: Layer, seed: int) -> Layer:
    """The art as the style shows it; ``layer`` may be changed."""
    if finish is Finish.SOFT:
        return _rim_light(layer)
    if finish is Finish.NOIR:
        return _film(layer)
    if finish is Finish.STORYBOOK:
        return _watercolour(layer, seed)
    if finish is Finish.NEON:
        return _glowing(layer)
    return layer


def _inner_edge(alpha: Mask, width: float) -> Mask:
    """Bright towards the outline from within, ``width`` in shares of the side."""
    side = alpha.shape[0]
    small = cv2.resize(alpha, (side // 4, side // 4), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), side / 4 * width)
    edge = cv2.subtract(small, soft)
    return np.asarray(cv2.min(cv2.resize(edge, (side, side), interpolation=cv2.INTER_LINEAR), alpha), np.uint8)


def _rim_light(layer: Layer) -> Layer:
    """Light from above left on the outline, a little dark below right: the same studio for every art."""
    alpha = layer[..., 3]
    side = alpha.shape[0]
    small = cv2.resize(alpha, (side // 4, side // 4), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), side / 4 * 0.014)
    step = max(1, round(side / 4 * 0.014))
    lit = cv2.min(cv2.subtract(small, _moved(soft, step)), small)
    dark = cv2.min(cv2.subtract(small, _moved(soft, -step)), small)
    for edge, add in ((lit, 0.30), (dark, -0.22)):
        full = cv2.resize(edge, (side, side), interpolation=cv2.INTER_LINEAR)
        amount = cv2.merge([cv2.convertScaleAbs(full, alpha=abs(add))] * 3)
        layer[..., :3] = cv2.add(layer[..., :3], amount) if add > 0 else cv2.subtract(layer[..., :3], amount)
    return layer


def _moved(mask: Mask, step: int) -> Mask:
    """``mask`` moved ``step`` pixels down and right; what comes in continues the border, as a cut-off thing would."""
    move = np.array([[1, 0, step], [0, 1, step]], np.float32)
    return np.asarray(cv2.warpAffine(mask, move, mask.shape[::-1], borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _film(layer: Layer) -> Layer:
    grey = cv2.cvtColor(layer[..., :3], cv2.COLOR_RGB2GRAY)
    solid = layer[..., 3] > 128
    bright = float(np.percentile(grey[solid], 90)) if solid.any() else 255.0
    levels = np.clip(np.arange(256, dtype=np.float32) / max(bright, 40.0), 0, 1.2)
    grey = cv2.LUT(grey, np.clip(8 + 205 * levels**1.35, 0, 255).astype(np.uint8))
    side = grey.shape[0]
    lamp = np.linspace(1.15, 0.55, side, dtype=np.float32)[None, :].repeat(side, axis=0)
    layer[..., :3] = cv2.merge([np.clip(grey * lamp, 0, 255).astype(np.uint8)] * 3)
    return layer


def _watercolour(layer: Layer, seed: int) -> Layer:
    """Lighter and softer, edges where the pigment dried, the grain of the paper."""
    rng = np.random.default_rng(seed)
    side = layer.shape[0]
    rough = cv2.resize(
        rng.standard_normal((side // 40, side // 40, 2)).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC
    )
    ys, xs = np.mgrid[0:side, 0:side].astype(np.float32)
    layer = cv2.remap(layer, xs + rough[..., 0] * side * 0.0022, ys + rough[..., 1] * side * 0.0022, cv2.INTER_LINEAR)
    colour = cv2.addWeighted(
        cv2.GaussianBlur(layer[..., :3], (0, 0), side * 0.004),
        0.70,
        np.full_like(layer[..., :3], (255, 246, 230)),
        0.30,
        0,
    )
    edge = _inner_edge(layer[..., 3], 0.010)
    dried = cv2.merge([cv2.convertScaleAbs(edge, alpha=0.55)] * 3)
    grain = cv2.resize(
        rng.integers(0, 22, (side // 2, side // 2), np.uint8), (side, side), interpolation=cv2.INTER_LINEAR
    )
    layer[..., :3] = cv2.subtract(cv2.subtract(colour, dried), cv2.merge([grain] * 3))
    return layer


def _glowing(layer: Layer) -> Layer:
    """The art at night: dark, its own colours in every line."""
    alpha = layer[..., 3]
    side = alpha.shape[0]
    hsv = cv2.cvtColor(layer[..., :3], cv2.COLOR_RGB2HSV)
    bright = hsv.copy()
    bright[..., 1] = np.clip(hsv[..., 1].astype(np.int16) + 90, 0, 255)
    bright[..., 2] = 255
    tubes = cv2.cvtColor(bright, cv2.COLOR_HSV2RGB)
    grey = cv2.cvtColor(layer[..., :3], cv2.COLOR_RGB2GRAY)
    lines = cv2.convertScaleAbs(
        cv2.Laplacian(cv2.GaussianBlur(grey, (0, 0), side * 0.003), cv2.CV_16S, ksize=5), alpha=0.16
    )
    light = cv2.max(cv2.min(lines, alpha), cv2.convertScaleAbs(_inner_edge(alpha, 0.008), alpha=1.9))
    glow = cv2.resize(
        cv2.GaussianBlur(cv2.resize(light, (side // 4, side // 4)), (0, 0), side / 4 * 0.012), (side, side)
    )
    light = cv2.add(light, cv2.min(glow, alpha))
    base = cv2.convertScaleAbs(layer[..., :3], alpha=0.42)
    base = cv2.add(base, np.array((10, 4, 26, 0), np.float64))
    layer[..., :3] = cv2.add(base, cv2.multiply(tubes, cv2.merge([light] * 3), scale=1 / 255))
    return layer


def tone(finish: Finish, rig: FaceRig) -> FaceRig:
    """The face in the style's colours."""
    if finish is Finish.NOIR:
        keys = ("skin", "ink", "rim", "lid", "brow_colour", "lip", "cheek")
        grey = {key: from_oklch(to_oklch(parse(getattr(rig, key)))[0], 0.0, 0.0) for key in keys}
        return rig.model_copy(update={**grey, "blush": rig.blush * 0.5})
    return rig
