"""What a style does to the art before the face is drawn on it, and to the face's colours."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.face.colours import from_oklch, parse, shade, to_oklch
from pipeline.face.rig import FaceRig, Nose
from pipeline.face.worn import USUAL
from pipeline.portrait.comic import printed
from pipeline.portrait.grounds import Light
from pipeline.portrait.pixels import pixelled
from pipeline.portrait.style import Finish, Style
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


def apply(finish: Finish, layer: Layer, light: Light, seed: int) -> Layer:
    """The art as the style shows it, in ``light``; ``layer`` may be changed."""
    if finish is Finish.SOFT:
        return _rim_light(layer, light)
    if finish is Finish.NOIR:
        return _film(layer)
    if finish is Finish.STORYBOOK:
        return _watercolour(layer, seed)
    if finish is Finish.NEON:
        return _glowing(layer)
    if finish is Finish.PIXEL:
        return pixelled(_rim_light(layer, light))
    if finish is Finish.POP:
        return printed(layer)
    return layer


def _inner_edge(alpha: Mask, width: float) -> Mask:
    """Bright towards the outline from within, ``width`` in shares of the side."""
    side = alpha.shape[0]
    small = cv2.resize(alpha, (side // 4, side // 4), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), side / 4 * width)
    edge = cv2.subtract(small, soft)
    return np.asarray(cv2.min(cv2.resize(edge, (side, side), interpolation=cv2.INTER_LINEAR), alpha), np.uint8)


def _rim_light(layer: Layer, light: Light) -> Layer:
    """The outline lit from one side and dark on the other, and a breath of the light's colour over all."""
    alpha = layer[..., 3]
    side = alpha.shape[0]
    colour = np.array(parse(from_oklch(*light.colour)), np.float64) / 255
    if light.colour[1] > 0.02:
        tint = np.append(1 - 0.40 * light.strength * (1 - colour), 1.0)
        layer[...] = cv2.multiply(layer, tint, dtype=cv2.CV_8U)
    small = cv2.resize(alpha, (side // 4, side // 4), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), side / 4 * 0.014)
    reach = side / 4 * 0.020 / max(1e-6, math.hypot(light.x, light.y))
    lit = cv2.min(cv2.subtract(small, _moved(soft, -light.x * reach, -light.y * reach)), small)
    dark = cv2.min(cv2.subtract(small, _moved(soft, light.x * reach, light.y * reach)), small)
    for edge, add in ((lit, light.strength * colour), (dark, np.full(3, -0.22))):
        full = cv2.resize(edge, (side, side), interpolation=cv2.INTER_LINEAR)
        amount = cv2.merge([*(cv2.convertScaleAbs(full, alpha=abs(float(share))) for share in add), full * np.uint8(0)])
        layer[...] = cv2.add(layer, amount) if add[0] > 0 else cv2.subtract(layer, amount)
    return layer


def _moved(mask: Mask, x: float, y: float) -> Mask:
    """``mask`` moved by pixels right and down; what comes in continues the border, as a cut-off thing would."""
    move = np.array([[1, 0, x], [0, 1, y]], np.float32)
    return np.asarray(cv2.warpAffine(mask, move, mask.shape[::-1], borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _film(layer: Layer) -> Layer:
    """Hard black and white: one lamp from the left, the right side in shadow, an edge of light against the dark."""
    grey = cv2.cvtColor(layer[..., :3], cv2.COLOR_RGB2GRAY)
    solid = layer[..., 3] > 128
    low, high = np.percentile(grey[solid], (4, 92)) if solid.any() else (0.0, 255.0)
    levels = np.clip((np.arange(256, dtype=np.float32) - 0.55 * low) / max(high - 0.55 * low, 60.0), 0, 1.15)
    grey = cv2.LUT(grey, np.clip(26 + 200 * (0.55 * levels + 0.45 * levels**2), 0, 255).astype(np.uint8))
    side = grey.shape[0]
    places = np.linspace(0, 1, side, dtype=np.float32)
    lamp = 1.22 - 0.80 * np.clip((places - 0.30) / 0.62, 0, 1) ** 1.2
    grey = cv2.multiply(grey, np.repeat(lamp[None], side, axis=0), dtype=cv2.CV_8U)
    small = cv2.resize(layer[..., 3], (side // 4, side // 4), interpolation=cv2.INTER_AREA)
    behind = _moved(cv2.GaussianBlur(small, (0, 0), side / 400), side / 250, side / 400)
    rim = cv2.min(cv2.subtract(small, behind), small)
    rim = cv2.resize(rim, (side, side), interpolation=cv2.INTER_LINEAR)
    layer[..., :3] = cv2.merge([cv2.add(grey, cv2.convertScaleAbs(rim, alpha=0.55))] * 3)
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


def tone(style: Style, rig: FaceRig) -> FaceRig:
    """The face in the style's manner and colours."""
    changes: dict[str, object] = {"manner": style.manner}
    if style.finish is Finish.NOIR:
        keys = ("skin", "ink", "rim", "lid", "brow_colour", "lip", "cheek")
        changes |= {key: _grey(getattr(rig, key)) for key in keys}
        own = (*rig.worn_colours, *(USUAL.get(worn, rig.brow_colour) for worn in rig.worn[len(rig.worn_colours) :]))
        changes |= {"blush": rig.blush * 0.5, "worn_colours": tuple(_grey(colour) for colour in own)}
    elif style.finish is Finish.NEON:
        changes |= _tubes(rig)
    elif style.finish is Finish.STORYBOOK:
        changes |= {"ink": _sepia(rig.ink), "rim": _sepia(rig.rim), "blush": min(1.0, rig.blush + 0.25)}
    elif style.finish is Finish.POP:
        changes |= {"nose": Nose.CURVE, "lip": shade(rig.lip, 0.0, 1.25), "blush": rig.blush * 0.8}
    elif style.finish is Finish.PIXEL:
        changes |= {"nose_width": max(0.12, rig.nose_width)}  # at least three squares
    return rig.model_copy(update=changes)


def _grey(colour: str) -> str:
    return from_oklch(to_oklch(parse(colour))[0], 0.0, 0.0)


def _tubes(rig: FaceRig) -> dict[str, object]:
    """Lines that shine in the thing's own hue; cheeks and lips a little warmer."""
    _, chroma, hue = to_oklch(parse(rig.skin))
    hue = hue if chroma > 0.03 else 200.0
    return {
        "rim": from_oklch(0.86, 0.13, hue), "brow_colour": from_oklch(0.92, 0.10, hue),
        "lip": from_oklch(0.62, 0.17, (hue - 35) % 360), "cheek": from_oklch(0.62, 0.20, (hue - 35) % 360),
        "ink": "#0a0712", "lid": shade(rig.skin, 0.06), "lip_fullness": max(0.85, rig.lip_fullness),
    }  # fmt: skip


def _sepia(colour: str) -> str:
    """The same lightness, or a little more of it, in a pencil's brown."""
    return from_oklch(min(0.5, max(0.30, to_oklch(parse(colour))[0] + 0.05)), 0.05, 50.0)
