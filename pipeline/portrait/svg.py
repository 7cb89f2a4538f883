"""Small surgery on SVG art: take elements out, flatten shading, choose the window, rasterise.

Elements are counted in drawing order, definitions left out, which is the count that `arts.toml` uses.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterator, Mapping

import cv2
import numpy as np
import numpy.typing as npt
import resvg_py

NAMESPACE = "http://www.w3.org/2000/svg"
_DRAWN = {f"{{{NAMESPACE}}}{tag}" for tag in ("path", "circle", "ellipse", "rect", "polygon", "polyline", "line")}
_DEFINED = {
    f"{{{NAMESPACE}}}{tag}"
    for tag in ("defs", "clipPath", "mask", "linearGradient", "radialGradient", "filter", "pattern")
}
ET.register_namespace("", NAMESPACE)
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")

Layer = npt.NDArray[np.uint8]
"""(height, width, 4) uint8: red, green, blue, alpha, not premultiplied."""
Window = tuple[float, float, float, float]
"""Left, top, width, height in units of the art's side; may reach beyond it."""

MANY_FILTERS = 20
"""A cactus has 32, an apple 2."""


def parse(text: str) -> ET.Element:
    """The document. Art comes from hash-checked packages, so entity attacks are no concern."""
    return ET.fromstring(text)  # noqa: S314


def elements(root: ET.Element) -> list[ET.Element]:
    """What is drawn, in order: the count that arts.toml uses."""
    return [child for _, child in _drawn(root)]


def paint(root: ET.Element, colours: Mapping[int, str]) -> None:
    """Fill the drawn elements with these numbers; do it before `remove`. Unknown numbers are a ``ValueError``."""
    drawn = elements(root)
    if colours and max(colours) >= len(drawn):
        raise ValueError(f"the art has {len(drawn)} elements, no number {max(colours)}")
    for index, colour in colours.items():
        drawn[index].set("fill", colour)


def remove(root: ET.Element, indices: Collection[int]) -> None:
    """Take out the drawn elements with these numbers; numbers beyond the last are a ``ValueError``."""
    drawn = list(_drawn(root))
    if indices and max(indices) >= len(drawn):
        raise ValueError(f"the art has {len(drawn)} elements, no number {max(indices)}")
    for index in indices:
        parent, child = drawn[index]
        parent.remove(child)


def _drawn(parent: ET.Element) -> Iterator[tuple[ET.Element, ET.Element]]:
    for child in parent:
        if child.tag in _DRAWN:
            yield parent, child
        elif child.tag not in _DEFINED:
            yield from _drawn(child)


def flatten(root: ET.Element) -> None:
    """Replace every gradient by one colour and drop filters: cut paper instead of plastic."""
    colours = {}
    for element in root.iter():
        if element.tag.endswith("Gradient"):
            colours[element.get("id", "")] = _mean_stop(element)
    for _, child in list(_drawn(root)):
        for key in ("fill", "stroke"):
            if match := re.match(r"url\(#(.+?)\)", child.get(key, "")):
                colour = colours.get(match[1])
                child.set(key, colour or "none")
    for element in root.iter():
        element.attrib.pop("filter", None)


def _mean_stop(gradient: ET.Element) -> str | None:
    """The mean colour of a gradient; None for one that fades out, which is shading only."""
    stops = [stop for stop in gradient if stop.tag.endswith("stop")]
    if not stops or any(float(stop.get("stop-opacity", "1")) < 0.5 for stop in stops):
        return None
    values = [_rgb(stop.get("stop-color", "#000")) for stop in stops]
    known = [value for value in values if value is not None]
    if not known:
        return None
    return "#{:02x}{:02x}{:02x}".format(*(round(sum(v[i] for v in known) / len(known)) for i in range(3)))


def _rgb(colour: str) -> tuple[int, int, int] | None:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if not re.fullmatch(r"[0-9a-fA-F]{6}", digits):
        return None
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def rasterise(root: ET.Element, window: Window, side: int) -> Layer:
    """``window`` of the art as ``side`` x ``side`` pixels.

    Filters take most of the time and all of them are soft: large pictures are drawn at 9/16 of the size (7/16 where
    filters are many), enlarged, and given a crisp outline again.
    """
    if side < 512:
        return _render(root, window, side)
    filters = sum(1 for element in root.iter() if str(element.tag).endswith("filter"))
    share = 7 if filters > MANY_FILTERS else 9
    small = _premultiplied(_render(root, window, side * share // 16))
    large = cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC)
    alpha = large[..., 3].copy()
    whole = cv2.divide(255.0, np.maximum(alpha, 1).astype(np.float32))
    layer = cv2.multiply(large, cv2.merge([whole] * 4), dtype=cv2.CV_8U)
    # Enlarged edges have steps; rounding them off first leaves a smooth outline to sharpen.
    steep = np.clip((np.arange(256) - 128.0) * 2.1 + 128.0, 0, 255).astype(np.uint8)
    layer[..., 3] = cv2.LUT(cv2.GaussianBlur(alpha, (0, 0), side / 700), steep)
    return np.asarray(layer, np.uint8)


def _premultiplied(layer: Layer) -> Layer:
    alpha = cv2.merge([layer[..., 3]] * 3)
    return np.asarray(
        cv2.merge([*cv2.split(cv2.multiply(layer[..., :3], alpha, scale=1 / 255)), layer[..., 3]]), np.uint8
    )


def _render(root: ET.Element, window: Window, side: int) -> Layer:
    left, top, width, height = (float(value) for value in (root.get("viewBox") or "0 0 32 32").split())
    x, y, w, h = window
    box = f"{left + x * width:.4f} {top + y * height:.4f} {w * width:.4f} {h * height:.4f}"
    shown = ET.Element(root.tag, {**root.attrib, "viewBox": box, "width": str(side), "height": str(side)})
    shown.extend(list(root))
    text = ET.tostring(shown, encoding="unicode")
    png = resvg_py.svg_to_bytes(svg_string=text, width=side, height=side, skip_system_fonts=True)
    bgra = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    return np.asarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGBA), np.uint8)
