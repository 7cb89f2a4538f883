"""The embedded painter: art or a body of our own, a place for the face, a look, a ground, and a face that can act."""

from __future__ import annotations

import random
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
from pipeline.portrait import (
    art,
    backdrop,
    body,
    features,
    finish,
    grounds,
    materials,
    people,
    placement,
    svg,
    wearing,
)
from pipeline.portrait.choosing import Choice, Chooser, Link
from pipeline.portrait.people import Drawn
from pipeline.portrait.placement import FaceBox
from pipeline.portrait.style import Style, choose, styles
from pipeline.portrait.wearing import Accessory, Box, Head
from pipeline.stages import EngineConfig
from pipeline.types import Persona, Picture, Portrait, Size, StyleOption

SIDE = 1024
_FILL = {Size.TINY: 0.66, Size.SMALL: 0.74, Size.MEDIUM: 0.80, Size.LARGE: 0.88, Size.HUGE: 0.94}
"""Share of the picture that a thing of this size fills."""
_BUST = {Size.TINY: 0.84, Size.SMALL: 0.90, Size.MEDIUM: 0.96, Size.LARGE: 1.0, Size.HUGE: 1.04}
"""The same of a person, whose shoulders are as wide as this."""
_LEAST_FACE = 0.175
"""Radius of the smallest face, in shares of the picture; a thing with less room is brought nearer."""
_NEAREST = 2.4
_FULL = 0.91
"""Share of the picture that a thing fills at most together with what it wears."""
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
    head: Head | None = None
    person: Drawn | None = None


class Illustrator:
    """A ``Painter`` without a model: 1024 x 1024, exact landmarks, plate and rig."""

    def __init__(self, config: EngineConfig) -> None:
        """Raises ``MissingAsset`` or ``CorruptAsset`` when the art is not as it should be."""
        cv2.setNumThreads(1)
        self._chooser = Chooser(config.assets)

    def styles(self) -> Sequence[StyleOption]:
        """The looks in styles.toml."""
        return [StyleOption(id=style.id, description=style.description) for style in styles().values()]

    def paint(self, persona: Persona, style: str | None, seed: int) -> Portrait:
        """The portrait. Raises ``BadRequest`` for an unknown style. The same arguments give the same picture."""
        choice = self._chooser.choose(persona)
        look, why_style = choose(persona, style, choice.kinds, seed)
        said = choice.thing.split()  # a blue cheese is no cheese that is painted blue
        traits = tuple(trait for trait in persona.traits if trait not in said)
        persona = persona.model_copy(update={"thing": choice.thing, "traits": traits})
        subject = self._subject(choice, persona.model_copy(update={"seed": seed}))
        if look.finish.flat:
            svg.flatten(subject.drawing)
        worn = subject.person.worn if subject.person else wearing.bare(wearing.wanted(persona), subject.id)
        reach = wearing.reach(subject.thumbnail, subject.box, subject.head, worn)
        window, box = _compose(subject, persona, reach)
        layer = svg.rasterise(subject.drawing, window, SIDE)
        words = _words(persona) - (subject.person.said if subject.person else frozenset())
        made_of = materials.wanted(words, persona.thing, persona.concept, subject.id.startswith("body:"))
        words -= {word for material in made_of for word in material.words}
        if subject.id.startswith("body:"):
            word = body.colour_word(persona)  # drawn in it: leaves stay green, beaks yellow
        else:
            word = None if subject.person else finish.recolour(layer, words)  # people dress in it
        materials.apply(layer, box, made_of, seed)
        _, busy = placement.skin_under(layer, box)
        if subject.box.bead:
            placement.bead(layer, box, look.finish.flat)
        elif busy > _BUSY and not subject.id.startswith(("body:", "person:")):  # those are drawn for a face
            placement.calm(layer, box, min(0.9, 0.35 + busy))
        layer = wearing.put_on(layer, box, _within_window(subject.head, window), worn, look.finish.flat)
        ground = grounds.choose(persona, layer, choice.kinds, random.Random(f"ground:{seed}:{persona.concept}"))
        layer = finish.apply(look.finish, layer, ground.light, seed)
        plate = _over(layer, backdrop.paint_backdrop(look, persona, layer, ground, seed))
        rig = _fit(persona, layer, box, look, seed, worn, subject.person)
        picture = _with_face(plate, rig)
        painted = f", painted {word}" if word else ""
        painted += f", made {' and '.join(material.id for material in made_of)}" if made_of else ""
        painted += f", wearing {', '.join(each.row.id for each in worn)}" if worn else ""
        return Portrait(
            picture=picture,
            landmarks=landmarks(rig, rest_pose(rig), SIDE),
            style=look.id,
            art=subject.id,
            reason=f"{subject.why}{painted}; {look.id}, {why_style}",
            plate=plate,
            rig=rig.model_dump_json(),
        )

    def _subject(self, choice: Choice, persona: Persona) -> _Subject:
        why = f"{choice.why} ({choice.score:.2f} of 1)"
        if choice.link is Link.PERSON:
            return _person(persona, choice.kinds, choice.score)
        if choice.id.startswith("body:"):
            return _drawn(body.row_of(choice.id.removeprefix("body:")), persona, why)
        row = art.row_of(choice.id)
        drawing = svg.parse(self._chooser.art.read(choice.id))
        svg.paint(drawing, row.paint)
        svg.remove(drawing, row.remove)
        thumbnail = svg.rasterise(drawing, (0, 0, 1, 1), placement.SIDE)
        box = FaceBox(*row.face, row.tilt, row.bead) if row.face else placement.find_place(thumbnail)
        return _Subject(choice.id, drawing, thumbnail, box, why, row.head)


def _person(persona: Persona, kinds: Sequence[str], score: float) -> _Subject:
    drawn = people.draw(persona, kinds)
    drawing = svg.parse(drawn.svg)
    thumbnail = svg.rasterise(drawing, (0, 0, 1, 1), placement.SIDE)
    why = f"{drawn.why} ({score:.2f} of 1)"
    return _Subject(f"person:{drawn.role}", drawing, thumbnail, FaceBox(*drawn.face), why, drawn.head, drawn)


def _drawn(row: body.BodyRow, persona: Persona, why: str) -> _Subject:
    drawing = svg.parse(body.svg(row, persona))
    thumbnail = svg.rasterise(drawing, (0, 0, 1, 1), placement.SIDE)
    return _Subject(f"body:{row.id}", drawing, thumbnail, FaceBox(*row.face), why, row.head)


def _compose(subject: _Subject, persona: Persona, reach: Box | None = None) -> tuple[svg.Window, FaceBox]:
    """Which window of the art fills the picture, and where the face lies in it."""
    if subject.person:
        return _bust(subject, persona, reach)
    ys, xs = np.nonzero(subject.thumbnail[..., 3] > 40)
    side = subject.thumbnail.shape[0]
    left, top, right, bottom = xs.min() / side, ys.min() / side, (xs.max() + 1) / side, (ys.max() + 1) / side
    scale = _FILL[persona.size] / max(right - left, bottom - top)
    nearer = min(_NEAREST, max(scale, _LEAST_FACE / subject.box.radius) / scale)
    scale *= nearer
    if reach:  # a hat is seen whole, and the face below it
        left, top, right, bottom = min(left, reach[0]), min(top, reach[1]), max(right, reach[2]), max(bottom, reach[3])
        scale = min(scale, _FULL / (subject.box.y + 1.6 * subject.box.radius - top), _FULL / (right - left) * nearer)
        scale = min(scale, max(_FULL / (bottom - top), _LEAST_FACE / subject.box.radius))
    # The nearer the picture comes, the more it is centred on the face instead of on the thing.
    pull = min(1.0, (nearer - 1.0) / 0.5)
    x = (1 - pull) * (left + right) / 2 + pull * subject.box.x
    y = (1 - pull) * (top + bottom) / 2 + pull * (subject.box.y + 0.06 / scale)
    size = 1.0 / scale
    y = _within(y, size, top, bottom)
    x = _within(x, size, left, right)
    if reach:
        y = min(y, top + size * (0.515 - (1 - _FULL) / 2))
    window = (x - size / 2, y - size * 0.515, size, size)
    face = FaceBox(
        (subject.box.x - window[0]) * scale,
        (subject.box.y - window[1]) * scale,
        subject.box.radius * scale,
        subject.box.tilt,
    )
    return window, face


def _bust(subject: _Subject, persona: Persona, reach: Box | None) -> tuple[svg.Window, FaceBox]:
    """As `_compose`, for a person, who leaves the picture at its lower edge."""
    bottom, top = 0.985, min(0.05, subject.person.top if subject.person else 0.0, reach[1] if reach else 1.0)
    scale = min(_BUST[persona.size], _FULL / (bottom - top))
    size, box = 1.0 / scale, subject.box
    window = (0.5 - size / 2, bottom - size, size, size)
    return window, FaceBox((box.x - window[0]) * scale, (box.y - window[1]) * scale, box.radius * scale)


def _within_window(head: Head | None, window: svg.Window) -> Head | None:
    """A head of the art, in the picture."""
    if head is None:
        return None
    left, top, size, _ = window
    return (head[0] - left) / size, (head[1] - top) / size, head[2] / size


def _within(centre: float, size: float, low: float, high: float) -> float:
    """No empty band on one side while the thing is cut off on the other."""
    if high - low <= size * 0.92:
        return (low + high) / 2
    margin = size * 0.46
    return min(max(centre, low + margin), high - margin)


def _fit(
    persona: Persona,
    layer: svg.Layer,
    box: FaceBox,
    look: Style,
    seed: int,
    worn: Sequence[Accessory],
    person: Drawn | None,
) -> FaceRig:
    """A rig in the colours that the finished art has below it."""
    persona = person.persona if person else persona
    skin, _ = placement.skin_under(layer, box)
    rig = FaceRig.fit(persona, (box.x, box.y), box.radius, skin, seed, tilt=box.tilt)
    eyes = _EYES[persona.size]
    changes: dict[str, object] = {"eye_width": rig.eye_width * eyes, "eye_height": rig.eye_height * eyes}
    changes["outline"] = placement.outline(layer)
    changes["eye_spacing"] = rig.eye_spacing + rig.eye_width * (eyes - 1)
    changes |= wearing.on_face(worn, person.hair_colour if person else rig.brow_colour)
    changes |= person.features if person else {}
    rig = features.given(rig.model_copy(update=changes), _words(persona))
    if wearing.hatted(worn) or not placement.covers(layer, box, _FOREHEAD):
        rig = rig.model_copy(update={"wrinkles": 0.0})  # lines of the forehead must not run off the thing
    return finish.tone(look, rig)


def _words(persona: Persona) -> frozenset[str]:
    """Words that describe the thing: its traits, and those just before it in the concept."""
    before = persona.concept.lower().partition(persona.thing.lower() or "\n")[0]
    return frozenset(persona.traits) | frozenset(re.findall(r"[a-z]+", before))


def _over(layer: svg.Layer, ground: Picture) -> Picture:
    alpha = cv2.merge([layer[..., 3]] * 3)
    front = cv2.multiply(layer[..., :3], alpha, scale=1 / 255)
    return np.asarray(cv2.add(front, cv2.multiply(ground, 255 - alpha, scale=1 / 255)), np.uint8)


def _with_face(plate: Picture, rig: FaceRig) -> Picture:
    pixels = cv2.cvtColor(plate, cv2.COLOR_RGB2RGBA)
    surface = skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType)
    draw_face(surface.getCanvas(), rig, rest_pose(rig), SIDE)
    surface.flushAndSubmit()
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB), np.uint8)
