"""Soft shading of flat shapes: what the rows in bodies/ draw in plain colours comes out like modelled clay.

Soft edges are a few wide, faint strokes instead of filters, which every renderer draws alike and fast. All shading is
gradients that fade out, which `svg.flatten` takes away where a style wants cut paper.
"""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from pipeline.face.colours import from_oklch, parse, to_oklch
from pipeline.portrait.svg import NAMESPACE

Colour = tuple[float, float, float]
"""OKLCH: lightness 0..1, chroma, hue in degrees."""

_SHAPES = frozenset(f"{{{NAMESPACE}}}{tag}" for tag in ("path", "circle", "ellipse", "rect", "polygon"))
_RIM = ((12.0, 0.05), (9.8, 0.05), (7.8, 0.05), (5.8, 0.05), (4.2, 0.06), (2.8, 0.06), (1.6, 0.07), (0.8, 0.07))
"""Width and opacity of the strokes that darken a body towards its edge: so many that no step shows at 1024 pixels."""
_CAST = ((6.0, 0.13), (5.0, 0.13), (4.1, 0.14), (3.3, 0.15), (2.5, 0.17), (1.8, 0.18), (1.1, 0.20), (0.5, 0.22))
"""The same for the shadow that a part throws on what lies below it."""


def shades(colour: Colour) -> dict[str, str]:
    """The names that rows may use in braces."""
    lightness, chroma, hue = colour
    return {
        "pale": from_oklch(max(0.94, lightness), chroma * 0.22, hue),
        "light": from_oklch(min(0.97, lightness + 0.13), chroma * 0.75, hue),
        "base": from_oklch(lightness, chroma, hue),
        "dark": from_oklch(lightness - 0.17, chroma * 1.05, (hue - 8) % 360),
        "deep": from_oklch(max(0.12, lightness - 0.34), chroma * 0.9, (hue - 16) % 360),
        "accent": from_oklch(0.78, 0.15, (hue + 165) % 360),
        "trim": from_oklch(0.95, chroma * 0.22, hue) if lightness < 0.84 else from_oklch(0.66, chroma + 0.09, hue),
    }


def model(
    outline: str, behind: str, front: str, colour: Colour, gloss: float = 0.5, surface: str = "", margin: float = 0.0
) -> str:
    """An SVG of 100 x 100 and a ``margin``: the shaded ``outline`` between the parts ``behind`` and in ``front`` of it.

    ``surface`` is SVG that lies on the outline below its shading, such as a pattern. Parts with ``class="clay"`` are
    shaded too; ``mirror="1"`` adds a part's mirror image, ``repeat="6" about="50 50"`` turns it round a point.
    """
    palette = shades(colour)
    back, fore = (_parts(part, palette) for part in (behind, front))
    fills: dict[str, str] = {}
    for part in (*back, *fore):
        _shade(part, fills)
    side = 100 * (1 + 2 * margin)
    root = ET.Element(f"{{{NAMESPACE}}}svg", viewBox=f"{-100 * margin:g} {-100 * margin:g} {side:g} {side:g}")
    root.append(_definitions(outline, palette, gloss, fills, [part for part in back if part.tag in _SHAPES]))
    root.extend(back)
    if back:
        root.append(_group("behind", (_stroke(outline, "cast", 1.6 * width, opacity) for width, opacity in _CAST)))
    root.append(_fill(outline, "clay"))
    if surface:
        root.append(_fragment(f'<g clip-path="url(#inside)">{surface}</g>')[0])
    root.append(_fill(outline, "under"))
    root.append(_group("inside", (_stroke(outline, "rim", width, opacity) for width, opacity in _RIM)))
    root.append(_fill(outline, "gloss"))
    if thrown := [part for part in fore if part.get("class") == "clay"]:
        root.append(_group("inside", _shadows(thrown)))
    root.extend(fore)
    return ET.tostring(root, encoding="unicode")


def _fragment(text: str) -> ET.Element:
    return ET.fromstring(f'<g xmlns="{NAMESPACE}">{text}</g>')  # noqa: S314 - our own text


def _parts(text: str, palette: dict[str, str]) -> list[ET.Element]:
    for key, colour in palette.items():
        text = text.replace(f"{{{key}}}", colour)
    parts = _fragment(text)
    for shape in parts.iter(f"{{{NAMESPACE}}}ellipse"):
        _as_path(shape)
    return [copied for part in parts for copied in _copies(part)]


def _as_path(ellipse: ET.Element) -> None:
    """Skia fits no gradient to an ellipse."""
    x, y, rx, ry = (float(ellipse.attrib.pop(key, "0")) for key in ("cx", "cy", "rx", "ry"))
    ellipse.tag = f"{{{NAMESPACE}}}path"
    ellipse.set("d", f"M{x - rx:g} {y:g} a{rx:g} {ry:g} 0 1 1 {2 * rx:g} 0 a{rx:g} {ry:g} 0 1 1 {-2 * rx:g} 0 Z")


def _copies(part: ET.Element) -> Iterator[ET.Element]:
    """A part, its mirror image, and both turned round a point, as its attributes say."""
    part[:] = [copied for child in part for copied in _copies(child)]
    mirrored, turns = part.attrib.pop("mirror", ""), int(part.attrib.pop("repeat", "1"))
    about = part.attrib.pop("about", "50 50")
    for turn in range(turns):
        for flip in ("", "matrix(-1 0 0 1 100 0)") if mirrored else ("",):
            moves = [f"rotate({360 / turns * turn:.4g} {about})" if turn else "", flip, part.get("transform", "")]
            moved = copy.deepcopy(part)
            if any(moves):
                moved.set("transform", " ".join(move for move in moves if move))
            yield moved


def _shade(part: ET.Element, fills: dict[str, str]) -> None:
    """Give every clay shape in ``part`` the gradient of its colour; ``fills`` collects colour -> gradient."""
    for shape in part.iter():
        colour = shape.get("fill", "")
        if shape.get("class") == "clay" and colour.startswith("#") and len(colour) == 7:
            shape.set("fill", f"url(#{fills.setdefault(colour, f'clay{len(fills)}')})")


def _definitions(
    outline: str, palette: dict[str, str], gloss: float, fills: dict[str, str], back: list[ET.Element]
) -> ET.Element:
    deep = palette["deep"]
    ball = 'cx=".36" cy=".27" r=".95"'
    body = _ball("clay", palette["light"], palette["base"], palette["dark"])
    parts = "".join(_ball(key, *_tones(colour)) for colour, key in fills.items())
    defined = _fragment(
        f"<defs>{body}{parts}"
        f'<linearGradient id="under" x1=".4" y1=".45" x2=".6" y2="1"><stop offset="0" stop-color="{deep}" '
        f'stop-opacity="0"/><stop offset="1" stop-color="{deep}" stop-opacity=".40"/></linearGradient>'
        f'<linearGradient id="rim" x1="0" y1="0" x2="100" y2="100" gradientUnits="userSpaceOnUse">'
        f'<stop offset=".12" stop-color="#fff" stop-opacity=".45"/><stop offset=".42" stop-color="{deep}" '
        f'stop-opacity="0.02"/><stop offset="1" stop-color="{deep}"/></linearGradient>'
        f'<linearGradient id="cast" x2="100" gradientUnits="userSpaceOnUse"><stop stop-color="{deep}" '
        f'stop-opacity=".2"/><stop offset="1" stop-color="{deep}" stop-opacity=".2"/></linearGradient>'
        f'<radialGradient id="gloss" {ball.replace(".95", ".40")}><stop offset="0" stop-color="#fff" '
        f'stop-opacity="{gloss * 0.98:.3f}"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>'
        f'<clipPath id="inside"><path d="{outline}"/></clipPath><clipPath id="behind"/></defs>'
    )[0]
    defined[-1].extend(copy.deepcopy(part) for part in back if part.get("fill") != "none")
    return defined


def _tones(colour: str) -> tuple[str, str, str]:
    lightness, chroma, hue = to_oklch(parse(colour))
    return (
        from_oklch(min(0.98, lightness + 0.09), chroma * 0.8, hue),
        colour,
        from_oklch(max(0.1, lightness - 0.13), chroma * 1.05, (hue - 6) % 360),
    )


def _ball(key: str, light: str, base: str, dark: str) -> str:
    return (
        f'<radialGradient id="{key}" cx=".36" cy=".27" r=".95"><stop offset="0" stop-color="{light}"/>'
        f'<stop offset=".5" stop-color="{base}"/><stop offset="1" stop-color="{dark}"/></radialGradient>'
    )


def _fill(outline: str, paint: str) -> ET.Element:
    return ET.Element(f"{{{NAMESPACE}}}path", d=outline, fill=f"url(#{paint})")


def _stroke(outline: str, paint: str, width: float, opacity: float) -> ET.Element:
    wide = {"stroke-width": f"{width:g}", "stroke-opacity": f"{opacity:g}", "stroke-linejoin": "round"}
    return ET.Element(f"{{{NAMESPACE}}}path", {"d": outline, "fill": "none", "stroke": f"url(#{paint})", **wide})


def _group(clip: str, children: Iterator[ET.Element]) -> ET.Element:
    group = ET.Element(f"{{{NAMESPACE}}}g", {"clip-path": f"url(#{clip})"})
    group.extend(children)
    return group


def _shadows(parts: list[ET.Element]) -> Iterator[ET.Element]:
    """Dark, slightly moved copies of ``parts``, each a little wider than the part."""
    for width, opacity in _CAST:
        for part in parts:
            shadow = copy.deepcopy(part)
            shadow.set("fill", "url(#cast)")
            shadow.set("stroke", "url(#cast)")
            shadow.set("stroke-width", f"{width:g}")
            shadow.set("stroke-linejoin", "round")
            shadow.set("opacity", f"{opacity:g}")
            holder = ET.Element(f"{{{NAMESPACE}}}g", transform="translate(.4 1.1)")
            holder.append(shadow)
            yield holder
