"""Small surgery on SVG art: take elements out, flatten shading, choose the window, rasterise.

Elements are counted in drawing order, definitions left out, which is the count that `arts.toml` uses.
"""

from __future__ import annotations

import copy
import re
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterator, Mapping

import cv2
import numpy as np
import numpy.typing as npt
import skia

NAMESPACE = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
_DRAWN = {f"{{{NAMESPACE}}}{tag}" for tag in ("path", "circle", "ellipse", "rect", "polygon", "polyline", "line")}
_DEFINED = {
    f"{{{NAMESPACE}}}{tag}"
    for tag in ("defs", "clipPath", "mask", "linearGradient", "radialGradient", "filter", "pattern")
}
ET.register_namespace("", NAMESPACE)
ET.register_namespace("xlink", XLINK)

Layer = npt.NDArray[np.uint8]
"""(height, width, 4) uint8: red, green, blue, alpha, not premultiplied."""
Window = tuple[float, float, float, float]
"""Left, top, width, height in units of the art's side; may reach beyond it."""


MANY_FILTERS = 4
"""From here on `rasterise` draws at 3/4 of the size."""


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

    Filters take most of the time and all of them are soft: large pictures with many are drawn at 3/4 of the size,
    enlarged, and given a crisp outline again.
    """
    filters = sum(1 for element in root.iter() if str(element.tag).endswith("filter"))
    if side < 512 or filters < MANY_FILTERS:
        return np.asarray(_render(root, window, side).toarray(colorType=skia.kRGBA_8888_ColorType), np.uint8)
    surface = _render(root, window, side * 3 // 4)
    small = surface.toarray(colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kPremul_AlphaType)
    large = cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC)
    alpha = large[..., 3].copy()
    whole = cv2.divide(255.0, np.maximum(alpha, 1).astype(np.float32))
    layer = cv2.multiply(large, cv2.merge([whole] * 4), dtype=cv2.CV_8U)
    # Enlarged edges have steps; rounding them off first leaves a smooth outline to sharpen.
    steep = np.clip((np.arange(256) - 128.0) * 1.8 + 128.0, 0, 255).astype(np.uint8)
    smooth = cv2.LUT(cv2.GaussianBlur(alpha, (0, 0), side / 850), steep)
    layer[..., 3] = cv2.min(smooth, cv2.convertScaleAbs(alpha, alpha=6))  # nothing where there is no colour
    return np.asarray(layer, np.uint8)


def _render(root: ET.Element, window: Window, side: int) -> skia.Surface:
    left, top, width, height = (float(value) for value in (root.get("viewBox") or "0 0 32 32").split())
    x, y, w, h = window
    box = f"{left + x * width:.4f} {top + y * height:.4f} {w * width:.4f} {h * height:.4f}"
    shown = ET.Element(root.tag, {**root.attrib, "viewBox": box, "width": str(side), "height": str(side)})
    shown.extend(copy.deepcopy(list(root)))
    _plain(shown)
    # The stream has to own its text: Skia reads it after Python may have let go of it.
    document = skia.SVGDOM.MakeFromStream(skia.MemoryStream.MakeCopy(ET.tostring(shown)))
    if document is None:
        raise ValueError("the art is no SVG")
    surface = skia.Surface.MakeRasterN32Premul(side, side)
    document.setContainerSize(skia.Size(side, side))
    document.render(surface.getCanvas())
    return surface


def _plain(root: ET.Element) -> None:
    """Say in other words what Skia does not read: references by ``use``, masks by alpha, gradients on an ellipse."""
    named = {element.get("id"): element for element in root.iter()}
    _follow(root, named)
    for ellipse in list(root.iter(f"{{{NAMESPACE}}}ellipse")):
        _oval(ellipse)
    for mask in root.iter(f"{{{NAMESPACE}}}mask"):
        if "mask-type:alpha" in mask.get("style", "").replace(" ", ""):
            for child in elements(mask):
                child.set("fill", "#fff")


def _oval(ellipse: ET.Element) -> None:
    """An ellipse as a path: Skia does not know how far an ellipse reaches, and fits no gradient to it."""
    x, y, rx, ry = (float(ellipse.attrib.pop(key, "0")) for key in ("cx", "cy", "rx", "ry"))
    ellipse.tag = f"{{{NAMESPACE}}}path"
    ellipse.set("d", f"M{x - rx} {y}a{rx} {ry} 0 1 1 {2 * rx} 0a{rx} {ry} 0 1 1 {-2 * rx} 0Z")


def _follow(parent: ET.Element, named: Mapping[str | None, ET.Element]) -> None:
    """Put what a ``use`` refers to in its place."""
    for index, child in enumerate(list(parent)):
        if child.tag != f"{{{NAMESPACE}}}use":
            _follow(child, named)
            continue
        target = named.get((child.get("href") or child.get(f"{{{XLINK}}}href") or "").removeprefix("#"))
        attributes = {key: value for key, value in child.attrib.items() if not key.endswith("href")}
        x, y = attributes.pop("x", "0"), attributes.pop("y", "0")
        group = ET.Element(f"{{{NAMESPACE}}}g", attributes)
        if x != "0" or y != "0":
            group.set("transform", f"{group.get('transform', '')} translate({x} {y})".strip())
        if target is not None:
            group.append(copy.deepcopy(target))
            _follow(group, named)
        # A clip path holds shapes, no groups.
        parent[index] = group[0] if len(group) and parent.tag.endswith("clipPath") else group
