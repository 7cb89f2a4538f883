"""Draws a person from a `Look`: hair behind, bust, head, beard, hair in front, each shaded softly from above left."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.portrait.people import tones
from pipeline.portrait.people.parts import Beard, Clothes, Hair, Prop, Puff
from pipeline.portrait.svg import NAMESPACE

FACE = (50.0, 45.0, 22.0)
"""Centre and radius (brows to chin) of the face."""
HEADS = {
    "round": ((13, 14.4), (22.6, 23), (26, 37), (25.8, 50), (21.4, 61), (12, 68.6), (0, 70.6)),
    "oval": ((12.4, 14.2), (21.6, 23), (25.2, 37), (24.6, 50), (19.6, 61.4), (10.6, 69.4), (0, 72)),
    "square": ((13, 14.4), (22.4, 23), (25.4, 37), (25, 51), (22, 61.6), (13.6, 69.4), (0, 71.4)),
    "heart": ((13, 14.2), (23, 23), (26.4, 36), (25.2, 48.6), (19, 60), (9, 68.8), (0, 71.6)),
    "full": ((12.4, 14.4), (21.6, 23), (25.2, 37), (25.9, 50.4), (22.6, 61.4), (12.8, 69.8), (0, 72.2)),
}
"""Right half of the outline from the skull (top at y 12) to the chin: distance from the middle, and y."""
BUILDS = {"child": 0.80, "slim": 0.90, "medium": 1.0, "broad": 1.10}
"""Width of the shoulders."""


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that makes one person."""

    head: str
    build: str
    ears: str
    skin: str
    hair_colour: str
    hair: Hair
    beard: Beard | None
    clothes: Clothes
    cloth: str
    accent: str
    props: tuple[Prop, ...]
    beard_colour: str | None = None
    """None: that of the hair."""


def svg(look: Look) -> str:
    """The person as SVG in a square of 100 x 100; the bust reaches the lower edge."""
    colours: dict[str, str] = {}
    for name, colour in (
        ("skin", look.skin), ("hair", look.hair_colour), ("cloth", look.cloth), ("accent", look.accent),
        ("beard", look.beard_colour or look.hair_colour),
    ):  # fmt: skip
        colours |= tones.shades(name, colour)
    hooded = bool(look.clothes.hood)
    layers = (
        *(prop.behind for prop in look.props),
        look.clothes.behind,
        "" if hooded else _mass(look.hair.back, "url(#hairback)"),
        look.clothes.hood_behind,
        _bust(look),
        "" if hooded else _behind_head(look.hair),
        _head(look),
        _beard(look.beard),
        "" if hooded and not look.clothes.fringe else _hair(look.hair),
        _hood(look.clothes),
        _fitted(look, "".join(prop.breast for prop in look.props)),
        *("" if hooded else prop.head for prop in look.props),
    )
    text = _definitions(look) + "".join(layers)
    text = re.sub(r"\{(\w+)\}", lambda found: colours[found[1]], text)
    return f'<svg xmlns="{NAMESPACE}" viewBox="0 0 100 100">{text}</svg>'


def outline(head: str) -> str:
    """The head as path data: a smooth line through the points of `HEADS`."""
    right = [(50 + x, float(y)) for x, y in HEADS[head]]
    left = [(100 - x, y) for x, y in reversed(right[:-1])]
    return smooth([(50.0, 12.0), *right, *left])


def smooth(points: list[tuple[float, float]]) -> str:
    """A closed Catmull-Rom spline through the points, as cubic Bezier curves."""
    count = len(points)
    path = [f"M{points[0][0]:.2f} {points[0][1]:.2f}"]
    for i in range(count):
        before, start, end, after = (points[(i + step) % count] for step in (-1, 0, 1, 2))
        x1, y1 = start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6
        x2, y2 = end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6
        path.append(f"C{x1:.2f} {y1:.2f} {x2:.2f} {y2:.2f} {end[0]:.2f} {end[1]:.2f}")
    return " ".join(path) + " Z"


def mirrored(drawing: str) -> str:
    """The drawing and its mirror image at x 50."""
    return f'{drawing}<g transform="matrix(-1 0 0 1 100 0)">{drawing}</g>' if drawing else ""


# --- body -------------------------------------------------------------------------------------------------------


def _bust(look: Look) -> str:
    """Neck, clothes and their shading; wide or narrow by build."""
    wear = look.clothes
    creases = (
        '<path d="M20 102 C20 95 21 91.4 23.4 88.4" fill="none" stroke="#1a1226" stroke-opacity=".22"'
        ' stroke-width="1.1" stroke-linecap="round"/>'
    )
    cloth = "url(#skin)" if wear.bare else "url(#cloth)"
    return _fitted(
        look,
        f'<clipPath id="bust"><path d="{wear.outline}"/></clipPath>'
        f'<path d="{wear.outline}" fill="{cloth}"/>'
        '<path d="M41 58 H59 V76 C59 82.6 41 82.6 41 76 Z" fill="url(#neck)"/>'
        f'<g clip-path="url(#bust)">{wear.detail}{mirrored(wear.both)}{mirrored(creases) if wear.creases else ""}'
        '<ellipse cx="26" cy="84" rx="22" ry="8" fill="url(#gloss)" opacity=".7" transform="rotate(-14 26 84)"/>'
        '<ellipse cx="50" cy="74" rx="24" ry="10" fill="url(#chin)"/></g>'
        f"{wear.over}{mirrored(wear.over_both)}",
    )


def _fitted(look: Look, drawing: str) -> str:
    """A drawing on the bust as wide as the build; a little higher than drawn, which makes the neck short."""
    if not drawing:
        return ""
    width, height = BUILDS[look.build], 1.14
    place = f"translate({50 * (1 - width):.2f} {101 * (1 - height):.2f}) scale({width} {height})"
    return f'<g transform="{place}">{drawing}</g>'


def _behind_head(hair: Hair) -> str:
    return _mass(hair.mid, "url(#hairback)") + _strands(hair.mid_lines) + _curls(hair.mid_puffs)


# --- head -------------------------------------------------------------------------------------------------------


def _head(look: Look) -> str:
    """Ears, head, and what shades them: the skull's stubble, the shadow that the hair throws."""
    path, hair = outline(look.head), look.hair
    beard = look.beard.back if look.beard else ""
    fallen = hair.front and (look.clothes.fringe or not look.clothes.hood)
    return (
        _mass(beard, "url(#beardback)")
        + mirrored(_ear(look.ears))
        + f'<clipPath id="head"><path d="{path}"/></clipPath><path d="{path}" fill="url(#skin)"/>'
        + '<g clip-path="url(#head)">'
        + '<ellipse cx="50" cy="76" rx="28" ry="12" fill="url(#under)"/>'
        + (f'<path d="{_SKULL}" fill="{{hair}}" opacity=".5"/>' if hair.stubble else "")
        + (f'<path d="{hair.front}" fill="{{skin_deep}}" opacity=".5" transform="translate(0 1.3)"/>' if fallen else "")
        + ("" if fallen else '<ellipse cx="40" cy="19" rx="13" ry="6.5" fill="url(#gloss)" opacity=".9"/>')
        + "</g>"
    )


_SKULL = (
    "M20 44 L20 8 H80 L80 44 H76.4 C76 38 74.6 33 71.5 28.5 C62 23 56 25.4 50 25.2 C44 25.4 38 23 28.5 28.5"
    " C25.4 33 24 38 23.6 44 Z"
)


def _ear(kind: str) -> str:
    """The left one."""
    if kind == "pointed":
        return (
            '<path d="M27 40 C20 36 12 30 6 21.6 C7 36 14 52 27 56 Z" fill="url(#skin)"/>'
            '<path d="M25 43 C19 40 14 35.4 10.6 29.6 C12.6 38.6 17 47.6 25 51 Z" fill="{skin_dark}" opacity=".8"/>'
        )
    return (
        '<ellipse cx="23.6" cy="47.4" rx="5" ry="6.6" fill="url(#skin)" transform="rotate(-8 23.6 47.4)"/>'
        '<ellipse cx="23" cy="47.6" rx="2.5" ry="3.9" fill="{skin_dark}" opacity=".75"/>'
    )


def _beard(beard: Beard | None) -> str:
    if beard is None:
        return ""
    if beard.soft:
        return f'<path d="{beard.front}" fill="{{beard_deep}}" opacity=".17" clip-path="url(#head)"/>'
    return (
        f'<path d="{beard.front}" fill="{{skin_deep}}" opacity=".35" fill-rule="evenodd" transform="translate(0 .9)"/>'
        f'<path d="{beard.front}" fill="url(#beard)" fill-rule="evenodd"/>{_strands(beard.lines, "beard")}'
    )


def _hair(hair: Hair) -> str:
    gloss = (
        f'<clipPath id="crown"><path d="{hair.front}"/></clipPath><g clip-path="url(#crown)">'
        '<ellipse cx="39" cy="14" rx="17" ry="7" fill="url(#gloss)" opacity=".8" transform="rotate(-16 39 14)"/></g>'
    )
    return (
        _curls(hair.puffs)
        + _mass(hair.front, "url(#hair)")
        + _strands(hair.lines)
        + (gloss if hair.front and not hair.front_puffs else "")
        + _curls(hair.front_puffs)
    )


def _hood(wear: Clothes) -> str:
    if not wear.hood:
        return ""
    return (
        f'<path d="{wear.hood}" fill="#1a1226" opacity=".25" fill-rule="evenodd" clip-path="url(#head)"'
        ' transform="translate(0 1)"/>'
        f'<path d="{wear.hood}" fill="url(#hood)" fill-rule="evenodd"/>{wear.hood_front}'
    )


def _mass(path: str, fill: str) -> str:
    return f'<path d="{path}" fill="{fill}"/>' if path else ""


def _strands(lines: str, of: str = "hair") -> str:
    if not lines:
        return ""
    return (
        f'<path d="{lines}" fill="none" stroke="{{{of}_deep}}" stroke-opacity=".55" stroke-width=".9"'
        ' stroke-linecap="round" transform="translate(.5 .6)"/>'
        f'<path d="{lines}" fill="none" stroke="{{{of}_light}}" stroke-opacity=".8" stroke-width=".8"'
        ' stroke-linecap="round"/>'
    )


def _curls(puffs: tuple[Puff, ...]) -> str:
    return "".join(f'<circle cx="{x}" cy="{y}" r="{r}" fill="url(#curl)"/>' for x, y, r in puffs)


def _definitions(look: Look) -> str:
    """Gradients: light from above left, on the whole figure at once."""
    hood = look.clothes.hood_colour
    return (
        "<defs>"
        + _radial("skin", "44 32 42", (("0", "{skin_light}"), (".5", "{skin}"), (".8", "{skin}"), ("1", "{skin_dark}")))
        + _linear("neck", (50, 66, 50, 82), (("0", "{skin_deep}"), (".4", "{skin_dark}"), ("1", "{skin}")))
        + "".join(
            _radial(of, "38 14 56", (("0", f"{{{of}_light}}"), (".38", f"{{{of}}}"), ("1", f"{{{of}_deep}}")))
            + _linear(f"{of}back", (50, 10, 50, 96), (("0", f"{{{of}_dark}}"), ("1", f"{{{of}_deep}}")))
            for of in ("hair", "beard")
        )
        + _radial("hood", "38 14 70", (("0", f"{{{hood}_light}}"), (".4", f"{{{hood}}}"), ("1", f"{{{hood}_deep}}")))
        + '<radialGradient id="curl" cx=".38" cy=".3" r=".75"><stop offset="0" stop-color="{hair_light}"/>'
        '<stop offset=".55" stop-color="{hair}"/><stop offset="1" stop-color="{hair_dark}"/></radialGradient>'
        + _linear("cloth", (26, 74, 62, 106), (("0", "{cloth_light}"), (".45", "{cloth}"), ("1", "{cloth_dark}")))
        + _linear("accent", (30, 74, 62, 106), (("0", "{accent_light}"), (".45", "{accent}"), ("1", "{accent_dark}")))
        + _linear("white", (34, 74, 62, 106), (("0", "#ffffff"), (".5", "#f4f4f6"), ("1", "#cfd3dc")))
        + _linear("gold", (0, 0, 1, 1), (("0", "#fff0a8"), (".45", "#f0bf3e"), ("1", "#b07a18")), "objectBoundingBox")
        + _linear("silver", (0, 0, 1, 1), (("0", "#ffffff"), (".45", "#c3c9d3"), ("1", "#7d8593")), "objectBoundingBox")
        + _linear("wood", (0, 0, 1, 1), (("0", "#c98d55"), ("1", "#7d4c28")), "objectBoundingBox")
        + _linear("leather", (0, 0, 1, 1), (("0", "#9a6238"), ("1", "#5c3418")), "objectBoundingBox")
        + _fade("under", "{skin_deep}", 0.5)
        + _fade("chin", "#2a1420", 0.42)
        + _fade("gloss", "#ffffff", 0.42)
        + "</defs>"
    )


_Stops = tuple[tuple[str, str], ...]


def _stops(stops: _Stops) -> str:
    return "".join(f'<stop offset="{at}" stop-color="{colour}"/>' for at, colour in stops)


def _radial(name: str, circle: str, stops: _Stops) -> str:
    x, y, radius = circle.split()
    place = f'gradientUnits="userSpaceOnUse" cx="{x}" cy="{y}" r="{radius}"'
    return f'<radialGradient id="{name}" {place}>{_stops(stops)}</radialGradient>'


def _linear(name: str, line: tuple[int, int, int, int], stops: _Stops, units: str = "userSpaceOnUse") -> str:
    x1, y1, x2, y2 = line
    place = f'gradientUnits="{units}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"'
    return f'<linearGradient id="{name}" {place}>{_stops(stops)}</linearGradient>'


def _fade(name: str, colour: str, opacity: float) -> str:
    return (
        f'<radialGradient id="{name}"><stop offset="0" stop-color="{colour}" stop-opacity="{opacity}"/>'
        f'<stop offset="1" stop-color="{colour}" stop-opacity="0"/></radialGradient>'
    )
