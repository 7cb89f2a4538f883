"""The embedded painter: art or a body of our own, a place for the face, a look, a ground, and a face that can act."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import cv2
import numpy as np
import skia

from pipeline.face.drawing import draw_face
from pipeline.face.landmarks import landmarks
from pipeline.face.rig import FaceRig, rest_pose
from pipeline.portrait import art, backdrop, body, finish, placement, svg
from pipeline.portrait.placement import FaceBox
from pipeline.portrait.style import Finish, choose, styles
from pipeline.stages import EngineConfig
from pipeline.types import Persona, Picture, Portrait, Size, StyleOption

SIDE = 1024
_FILL = {Size.TINY: 0.66, Size.SMALL: 0.74, Size.MEDIUM: 0.80, Size.LARGE: 0.88, Size.HUGE: 0.94}
"""Share of the picture that a thing of this size fills."""
_LEAST_FACE = 0.175
"""Radius of the smallest face, in shares of the picture; a thing with less room is brought nearer."""
_NEAREST = 2.4
_BUSY = 0.22
"""Busyness (`skin_under`) from which the surface below a face is calmed."""
_FOREHEAD = ((-0.38, -1.1), (0.0, -1.12), (0.38, -1.1))
"""Where lines of age are drawn highest, in face units."""
_EYES = {Size.TINY: 1.13, Size.SMALL: 1.06, Size.MEDIUM: 1.0, Size.LARGE: 0.97, Size.HUGE: 0.92}


@dataclass(frozen=True, slots=True)
class _Subject:
    """What gets the face: the drawing, its thumbnail (whole art), and the place."""

    id: str
    drawing: Element
    thumbnail: svg.Layer
    box: FaceBox
    why: str


class Illustrator:
    """A ``Painter`` without a model: 1024 x 1024, exact landmarks, plate and rig."""

    def __init__(self, config: EngineConfig) -> None:
        """Raises ``MissingAsset`` or ``CorruptAsset`` when the art is not as it should be."""
        cv2.setNumThreads(1)
        self._art = art.ArtIndex(config.assets)

    def styles(self) -> Sequence[StyleOption]:
        """The looks in styles.toml."""
        return [StyleOption(id=style.id, description=style.description) for style in styles().values()]

    def paint(self, persona: Persona, style: str | None, seed: int) -> Portrait:
        """The portrait. Raises ``BadRequest`` for an unknown style. The same arguments give the same picture."""
        look, why_style = choose(persona, style)
        persona = persona.model_copy(update={"thing": _compound(persona)})
        subject = self._subject(persona)
        if look.finish is Finish.FLAT:
            svg.flatten(subject.drawing)
        window, box = _compose(subject, persona)
        layer = svg.rasterise(subject.drawing, window, SIDE)
        word = finish.recolour(layer, _words(persona))
        _, busy = placement.skin_under(layer, box)
        if busy > _BUSY and not subject.id.startswith("body:"):  # bodies are drawn for a face
            placement.calm(layer, box, min(0.9, 0.35 + busy))
        layer = finish.apply(look.finish, layer, seed)
        ground = backdrop.paint_backdrop(look, persona, layer, seed)
        backdrop.contact_shadow(ground, layer[..., 3], 0.5 if look.finish is not Finish.FLAT else 0.28)
        plate = _over(layer, ground)
        rig = _fit(persona, layer, box, look.finish, seed)
        picture = _with_face(plate, rig)
        painted = f", painted {word}" if word else ""
        return Portrait(
            picture=picture,
            landmarks=landmarks(rig, rest_pose(rig), SIDE),
            style=look.id,
            art=subject.id,
            reason=f"{subject.why}{painted}; {look.id}, {why_style}",
            plate=plate,
            rig=rig.model_dump_json(),
        )

    def _subject(self, persona: Persona) -> _Subject:
        if row := body.recipe(persona.thing):
            return _drawn(row, persona, f"drawn on our own {row.id.replace('-', ' ')}, made for {persona.thing!r}")
        if match := self._art.find(persona):
            drawing = svg.parse(self._art.read(match.id))
            svg.paint(drawing, match.row.paint)
            svg.remove(drawing, match.row.remove)
            thumbnail = svg.rasterise(drawing, (0, 0, 1, 1), placement.SIDE)
            box = FaceBox(*match.row.face, match.row.tilt) if match.row.face else placement.find_place(thumbnail)
            return _Subject(match.id, drawing, thumbnail, box, match.why)
        row, why = body.family(persona)
        return _drawn(row, persona, why)


def _drawn(row: body.BodyRow, persona: Persona, why: str) -> _Subject:
    drawing = svg.parse(body.svg(row, persona))
    thumbnail = svg.rasterise(drawing, (0, 0, 1, 1), placement.SIDE)
    return _Subject(f"body:{row.id}", drawing, thumbnail, FaceBox(*row.face), why)


def _compose(subject: _Subject, persona: Persona) -> tuple[svg.Window, FaceBox]:
    """Which window of the art fills the picture, and where the face lies in it."""
    ys, xs = np.nonzero(subject.thumbnail[..., 3] > 40)
    side = subject.thumbnail.shape[0]
    left, top, right, bottom = xs.min() / side, ys.min() / side, (xs.max() + 1) / side, (ys.max() + 1) / side
    scale = _FILL[persona.size] / max(right - left, bottom - top)
    nearer = min(_NEAREST, max(scale, _LEAST_FACE / subject.box.radius) / scale)
    scale *= nearer
    # The nearer the picture comes, the more it is centred on the face instead of on the thing.
    pull = min(1.0, (nearer - 1.0) / 0.5)
    x = (1 - pull) * (left + right) / 2 + pull * subject.box.x
    y = (1 - pull) * (top + bottom) / 2 + pull * (subject.box.y + 0.06 / scale)
    size = 1.0 / scale
    y = _within(y, size, top, bottom)
    x = _within(x, size, left, right)
    window = (x - size / 2, y - size * 0.515, size, size)
    face = FaceBox(
        (subject.box.x - window[0]) * scale,
        (subject.box.y - window[1]) * scale,
        subject.box.radius * scale,
        subject.box.tilt,
    )
    return window, face


def _within(centre: float, size: float, low: float, high: float) -> float:
    """No empty band on one side while the thing is cut off on the other."""
    if high - low <= size * 0.92:
        return (low + high) / 2
    margin = size * 0.46
    return min(max(centre, low + margin), high - margin)


def _fit(persona: Persona, layer: svg.Layer, box: FaceBox, look: Finish, seed: int) -> FaceRig:
    """A rig in the colours that the finished art has below it."""
    skin, _ = placement.skin_under(layer, box)
    rig = FaceRig.fit(persona, (box.x, box.y), box.radius, skin, seed, tilt=box.tilt)
    eyes = _EYES[persona.size]
    changes: dict[str, object] = {"eye_width": rig.eye_width * eyes, "eye_height": rig.eye_height * eyes}
    changes["outline"] = placement.outline(layer)
    changes["eye_spacing"] = rig.eye_spacing + rig.eye_width * (eyes - 1)
    if not placement.covers(layer, box, _FOREHEAD):
        changes["wrinkles"] = 0.0  # lines of the forehead must not run off the thing
    return finish.tone(look, rig.model_copy(update=changes))


def _compound(persona: Persona) -> str:
    """The thing with the word before it where only both together name it: a mirror ball is no football."""
    thing = persona.thing.lower()
    before = re.findall(r"[a-z]+", persona.concept.lower().partition(thing or "\n")[0])
    both = f"{before[-1]} {thing}" if before else ""
    return both if art.known(both) or body.known(both) else persona.thing


def _words(persona: Persona) -> frozenset[str]:
    """Words that describe the thing: its traits, and those just before it in the concept."""
    before = persona.concept.lower().partition(persona.thing.lower() or "\n")[0]
    return frozenset(persona.traits) | frozenset(re.findall(r"[a-z]+", before))


def _over(layer: svg.Layer, ground: Picture) -> Picture:
    alpha = cv2.merge([layer[..., 3]] * 3)
    front = cv2.multiply(layer[..., :3], alpha, scale=1 / 255)
    return np.asarray(cv2.add(front, cv2.multiply(ground, 255 - alpha, scale=1 / 255)), np.uint8)


def _with_face(plate: Picture, rig: FaceRig) -> Picture:
    pixels = np.dstack([plate, np.full(plate.shape[:2], 255, np.uint8)])
    surface = skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType)
    draw_face(surface.getCanvas(), rig, rest_pose(rig), SIDE)
    surface.flushAndSubmit()
    return np.ascontiguousarray(pixels[..., :3])
