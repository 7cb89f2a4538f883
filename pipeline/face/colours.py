"""Colours of a face, chosen in OKLCH (Ottosson 2020, https://bottosson.github.io/posts/oklab/) so that a step of
lightness looks equally large on a lemon and on a plum."""

from __future__ import annotations

import math

Rgb = tuple[int, int, int]


def to_oklch(rgb: Rgb) -> tuple[float, float, float]:
    """sRGB 0..255 to lightness 0..1, chroma 0..~0.37, hue in degrees."""
    r, g, b = (_linear(channel / 255) for channel in rgb)
    l_ = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    m_ = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    s_ = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * l_ + 0.7936177850 * m_ - 0.0040720468 * s_
    green_red = 1.9779984951 * l_ - 2.4285922050 * m_ + 0.4505937099 * s_
    blue_yellow = 0.0259040371 * l_ + 0.7827717662 * m_ - 0.8086757660 * s_
    hue = math.degrees(math.atan2(blue_yellow, green_red)) % 360
    return lightness, math.hypot(green_red, blue_yellow), hue


def from_oklch(lightness: float, chroma: float, hue: float) -> str:
    """The nearest sRGB colour as ``"#rrggbb"``; chroma gives way where the colour does not exist."""
    lightness = min(max(lightness, 0.0), 1.0)
    for _ in range(24):
        channels = _channels(lightness, chroma, hue)
        if all(-1e-3 <= channel <= 1.001 for channel in channels):
            break
        chroma *= 0.9
    return "#" + "".join(f"{round(255 * _gamma(min(max(channel, 0.0), 1.0))):02x}" for channel in channels)


def parse(colour: str) -> Rgb:
    """``"#rrggbb"`` to 0..255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def argb(colour: str, alpha: float = 1.0) -> int:
    """``"#rrggbb"`` to skia's 0xAARRGGBB."""
    return round(255 * alpha) << 24 | int(colour[1:], 16)


def shade(colour: str, step: float, chroma: float = 1.0) -> str:
    """The same hue, ``step`` lighter or darker, its chroma scaled."""
    lightness, c, hue = to_oklch(parse(colour))
    return from_oklch(lightness + step, c * chroma, hue)


def hue_distance(a: float, b: float) -> float:
    """Degrees between two hues, 0..180."""
    return abs((a - b + 180) % 360 - 180)


def _channels(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    l_ = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    m_ = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s_ = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * l_ - 3.3077115913 * m_ + 0.2309699292 * s_,
        -1.2684380046 * l_ + 2.6097574011 * m_ - 0.3413193965 * s_,
        -0.0041960863 * l_ - 0.7034186147 * m_ + 1.7076147010 * s_,
    )


def _linear(value: float) -> float:
    return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)


def _gamma(value: float) -> float:
    return float(12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055)
