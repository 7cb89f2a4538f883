"""The embedded painter: art or a body of our own, a place for the face, a look, a ground, and a face that can act."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Sequence

import cv2
import numpy as np
import skia

from pipeline.face.drawing import draw_face
from pipeline.face.ground import pack
from pipeline.face.landmarks import landmarks
from pipeline.face.rig import FaceRig, rest_pose
from pipeline.portrait import (
    art,
    backdrop,
    body,
    contrast,
    features,
    finish,
    grounds,
    materials,
    people,
    placement,
    signs,
    svg,
    wearing,
)
from pipeline.portrait.choosing import Choice, Chooser, Link
from pipeline.portrait.composing import Subject, compose, within_window
from pipeline.portrait.people import Drawn
from pipeline.portrait.placement import FaceBox
from pipeline.portrait.style import Finish, Style, choose, styles
from pipeline.portrait.wearing import Accessory
from pipeline.stages import EngineConfig
from pipeline.types import Persona, Picture, Portrait, Size, StyleOption

SIDE = 1024
_BUSY = 0.22
"""Busyness (`skin_under`) from which the surface below a face is calmed."""
_FOREHEAD = ((-0.38, -1.1), (0.0, -1.12), (0.38, -1.1))
"""Where lines of age are drawn highest, in face units."""
_SEAMED = 0.30
"""Busyness of the forehead from which something else is there."""
_EYES = {Size.TINY: 1.13, Size.SMALL: 1.06, Size.MEDIUM: 1.0, Size.LARGE: 0.97, Size.HUGE: 0.92}


class Illustrator:
    """A ``Painter`` without a model: 1024 x 1024, exact landmarks, plate and rig."""

    def __init__(self, config: EngineConfig) -> None:
        """Raises ``MissingAsset`` or ``CorruptAsset`` when the art is not as it should be."""
        cv2.setNumThreads(1)
        self._assets = config.assets
        self._chooser = Chooser(config.assets)

    def load(self) -> None:
        """Read the tables that the first portrait would."""
        for table in (body.bodies, art.names, grounds.grounds):
            table()

    def styles(self) -> Sequence[StyleOption]:
        """The looks in styles.toml."""
        return [StyleOption(id=style.id, description=style.description) for style in styles().values()]

    def paint(self, persona: Persona, style: str | None, seed: int) -> Portrait:
        """The portrait. Raises ``BadRequest`` for an unknown style. The same arguments give the same picture."""
        persona = self._chooser.cast(persona)
        choice = self._chooser.choose_cast(persona)
        look, why_style = choose(persona, style, choice.kinds, seed)
        said = choice.thing.split()  # a blue cheese is no cheese that is painted blue
        traits = tuple(trait for trait in persona.traits if trait not in said)
        persona = persona.model_copy(update={"thing": choice.thing, "traits": traits})
        subject = self._subject(choice, persona.model_copy(update={"seed": seed}))
        if look.finish.flat:
            svg.flatten(subject.drawing)
        worn = subject.person.worn if subject.person else wearing.bare(wearing.wanted(persona), subject.id)
        reach = wearing.reach(subject.thumbnail, subject.box, subject.head, worn)
        window, box = compose(subject, persona, reach, coarse=look.finish is Finish.PIXEL)
        layer, changed = _surface(subject, persona, window, box, look, seed)
        layer = wearing.put_on(layer, box, within_window(subject.head, window), worn, look.finish.flat)
        ground = grounds.choose(persona, layer, choice.kinds, random.Random(f"ground:{seed}:{persona.concept}"))
        layer = finish.apply(look.finish, layer, ground.light, seed)
        behind = backdrop.paint_backdrop(look, persona, layer, ground, seed)
        plate = _over(layer, behind)
        rig = _fit(persona, layer, box, look, seed, worn, subject.person)
        picture = _with_face(plate, rig)
        if mended := contrast.mended(plate, layer[..., 3], picture, rig):
            plate, rig = mended.plate, mended.rig
            picture = _with_face(plate, rig)
            changed += f", {', '.join(mended.done)}"
        changed += f", wearing {', '.join(each.row.id for each in worn)}" if worn else ""
        return Portrait(
            picture=picture,
            landmarks=landmarks(rig, rest_pose(rig), SIDE),
            style=look.id,
            art=subject.id,
            reason=f"{subject.why}{changed}; {look.id}, {why_style}",
            plate=plate,
            rig=rig.model_copy(update={"ground": pack(behind, layer[..., 3])}).model_dump_json(),
        )

    def _subject(self, choice: Choice, persona: Persona) -> Subject:
        why = f"{choice.why} ({choice.score:.2f} of 1)"
        if choice.link is Link.PERSON:
            return _person(persona, choice.kinds, choice.score)
        if choice.id.startswith("body:"):
            own = body.row_of(choice.id.removeprefix("body:"))
            if own.id != signs.BODY:
                return _drawn(own, persona, why)
            colour = "base" if body.colour_word(persona) else "accent"
            return _drawn(own, persona, why, signs.drawn(signs.sign_of(persona), self._assets, colour))
        row = art.row_of(choice.id)
        drawing = svg.parse(self._chooser.art.read(choice.id))
        svg.paint(drawing, row.paint)
        worn = {each.row.place for each in wearing.wanted(persona)} if row.clothes else set()
        undressed = [element for place, elements in row.clothes.items() if place in worn for element in elements]
        svg.remove(drawing, (*row.remove, *undressed))
        thumbnail = svg.rasterise(drawing, (0, 0, 1, 1), placement.SIDE)
        box = FaceBox(*row.face, row.tilt, row.bead) if row.face else placement.find_place(thumbnail)
        return Subject(choice.id, drawing, thumbnail, box, why, row.head)


def _surface(
    subject: Subject, persona: Persona, window: svg.Window, box: FaceBox, look: Style, seed: int
) -> tuple[svg.Layer, str]:
    """The drawing in the colours and of the material that the words name, calm where the face goes; and what of that
    people should be told."""
    layer = svg.rasterise(subject.drawing, window, SIDE)
    words = _words(persona) - (subject.person.said if subject.person else frozenset())
    made_of = materials.wanted(words, persona.thing, persona.concept, subject.id.startswith("body:"))
    words -= {word for material in made_of for word in material.words}
    if subject.id.startswith("body:"):
        colour = body.colour_word(persona)  # drawn in it: leaves stay green, beaks yellow
    else:
        colour = None if subject.person else finish.recolour(layer, words)  # people dress in it
    materials.apply(layer, box, made_of, seed)
    _, busy = placement.skin_under(layer, box)
    if subject.box.bead:
        placement.bead(layer, box, look.finish.flat)
    elif busy > _BUSY and not subject.id.startswith(("body:", "person:")):  # those are drawn for a face
        placement.calm(layer, box, min(0.9, 0.35 + busy))
    changed = f", painted {colour}" if colour else ""
    return layer, changed + (f", made {' and '.join(material.id for material in made_of)}" if made_of else "")


def _person(persona: Persona, kinds: Sequence[str], score: float) -> Subject:
    drawn = people.draw(persona, kinds)
    drawing = svg.parse(drawn.svg)
    thumbnail = svg.rasterise(drawing, (0, 0, 1, 1), placement.SIDE)
    why = f"{drawn.why} ({score:.2f} of 1)"
    return Subject(f"person:{drawn.role}", drawing, thumbnail, FaceBox(*drawn.face), why, drawn.head, drawn)


def _drawn(row: body.BodyRow, persona: Persona, why: str, behind: str = "") -> Subject:
    drawing = svg.parse(body.svg(row, persona, behind))
    thumbnail = svg.rasterise(drawing, (0, 0, 1, 1), placement.SIDE)
    return Subject(f"body:{row.id}", drawing, thumbnail, FaceBox(*row.face), why, row.head)


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
    seamed = person is None and placement.skin_under(layer, _forehead(box))[1] > _SEAMED
    if wearing.hatted(worn) or seamed or not placement.covers(layer, box, _FOREHEAD):
        # Lines of the forehead must not run off the thing, nor over its hem or buckle.
        rig = rig.model_copy(update={"wrinkles": 0.0})
    return finish.tone(look, rig)


def _forehead(box: FaceBox) -> FaceBox:
    away, tilt = 1.08 * box.radius, math.radians(box.tilt)
    return FaceBox(box.x + away * math.sin(tilt), box.y - away * math.cos(tilt), 0.5 * box.radius)


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
