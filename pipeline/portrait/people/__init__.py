"""People that are drawn by parameters: a bust portrait of anybody, dressed for the part.

roles.toml     what people of a trade wear       roles.py      words and WordNet -> role
hair.toml, beards.toml, clothes.toml, props.toml (drawings)    parts.py      read and checked
tones.py       colours of skin, hair, cloth      choosing.py   persona -> Look
figure.py      Look -> SVG
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.face.colours import shade
from pipeline.portrait import wearing
from pipeline.portrait.people import tones
from pipeline.portrait.people.choosing import RAGGED, choose, gender_of, told
from pipeline.portrait.people.figure import FACE, svg
from pipeline.portrait.people.roles import EVERYBODY, Role, role_of
from pipeline.portrait.wearing import Accessory, Place
from pipeline.types import Age, Gender, Persona

__all__ = ["ART_BETTER", "Drawn", "draw"]

ART_BETTER = frozenset({"body:samurai", "body:mermaid", "body:genie"})
"""Art of people that beats what is drawn here."""
_HEAD = (0.5, 0.228, 0.285)
_MOUSTACHE = 0.15
"""Share of grown men who have one, unless they have a beard."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A person in a square of 100 x 100; the bust reaches its lower edge. In shares of its side: ``face`` (x, y, radius
    from brows to chin), ``head`` (x, y, half width) where the brim of a hat sits, ``top`` of all that is drawn."""

    role: str
    svg: str
    face: tuple[float, float, float]
    head: tuple[float, float, float]
    why: str
    worn: tuple[Accessory, ...]
    """All that it wears beside its clothes."""
    persona: Persona
    """Of the gender and age that the role says."""
    features: dict[str, object]
    """Fields of `FaceRig` that go with hair and skin."""
    said: frozenset[str]
    """Words that are shown already: a wood elf is not wooden, and a poor man's patches are on his clothes."""
    top: float = 0.0

    @property
    def hair_colour(self) -> str:
        """As the brows have it."""
        return str(self.features["brow_colour"])


def draw(persona: Persona, kinds: Iterable[str] = ()) -> Drawn:
    """The person that a persona is. ``kinds``: what WordNet says above its noun (`lexicon.kinds`). The same persona is
    always drawn alike."""
    role, said = role_of(persona, kinds)
    persona = persona.model_copy(update={"gender": gender_of(persona, role), "age": role.age or persona.age})
    worn = _worn(persona, role)
    hatted = any(each.row.place is Place.HEAD for each in worn)
    look = choose(persona, role, hatted=hatted)
    if look.beard and not look.beard.soft:
        worn = tuple(each for each in worn if each.row.place is not Place.LIP)
    words = told(persona)
    features: dict[str, object] = {
        "brow_colour": shade(look.hair_colour, -0.06),
        "iris": tones.iris(words, look.skin, random.Random(f"iris:{persona.seed}:{persona.concept.casefold()}")),
    }
    if (look.hair.front and look.hair.id != "fringe") or look.clothes.hood or hatted:
        features["wrinkles"] = 0.0  # the forehead is covered
    if not words.isdisjoint(("freckled", "freckles", "freckly")):
        features["freckles"] = True
    x, y, radius = FACE
    return Drawn(
        role=role.id.replace(" ", "-"),
        svg=svg(look),
        face=(x / 100, y / 100, radius / 100),
        head=_HEAD,
        why=f"drawn as a person, dressed as {'anybody' if role is EVERYBODY else role.id}",
        worn=worn,
        persona=persona,
        features=features,
        said=said | (words & RAGGED),
        top=min((prop.top for prop in look.props), default=0.0),
    )


def _worn(persona: Persona, role: Role) -> tuple[Accessory, ...]:
    """What the words name, what the role has, and what age and temper ask for; beards are drawn here."""
    rng = random.Random(f"worn:{persona.seed}:{persona.concept.casefold()}")
    own = {rng.choice(role.wears) if role.wears else ""}
    if persona.gender is Gender.MALE and persona.age in (Age.ADULT, Age.OLD) and rng.random() < _MOUSTACHE:
        own.add(rng.choice(("moustache", "handlebar-moustache", "pencil-moustache")))
    named = wearing.named(persona, sorted(own))
    found = {each.row.place: each for each in (*wearing.wanted(persona), *named) if _fits(each, role, named)}
    # An angel among the pictures has its halo already, an angel of ours has not.
    plain = persona.model_copy(update={"concept": "a person", "thing": "person"})
    for each in wearing.wanted(plain, sorted(own)):
        if each.row.id in own:
            found.setdefault(each.row.place, each)
    return tuple(found.values())


def _fits(accessory: Accessory, role: Role, named: Sequence[Accessory]) -> bool:
    """Whether a person of a role wears it: roles dress from head to hand, whatever is not ``named`` gives way."""
    place = accessory.row.place
    if place is Place.CHIN:
        return False
    free = role is EVERYBODY or place not in _DRESSED or (place is Place.HAND and not any(role.props))
    return free or accessory in named


_DRESSED = frozenset({Place.HEAD, Place.EARS, Place.NECK, Place.HAND})
