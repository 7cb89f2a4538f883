"""What the words tell of a person's beard and clothes: "with a red beard", "in a long blue dress"."""

from __future__ import annotations

import re

from pipeline.portrait.people import parts, tones
from pipeline.portrait.wearing import GOES_ON
from pipeline.types import Persona

_BEARD = re.compile(r"((?:[\w'-]+,? ){1,3})(?:beards?|goatee|stubble|whiskers|sideburns|mutton chops)\b")
_BEARDED = re.compile(r"\b(\w+)[- ]bearded\b")
_CALLED = {
    "coat": "trench", "overcoat": "trench", "trench coat": "trench", "jumper": "sweater", "pullover": "sweater",
    "tee": "t-shirt", "tee shirt": "t-shirt", "robes": "robe", "cloak": "hooded-cloak", "jacket": "suit",
    "blazer": "suit", "lab coat": "lab-coat", "dungarees": "overalls", "vest": "waistcoat", "armor": "armour",
    "evening gown": "gown", "ball gown": "gown", "roll-neck": "turtleneck", "polo neck": "turtleneck",
    "leather jacket": "leather-jacket", "tracksuit": "tracksuit", "frock": "dress", "rain coat": "raincoat",
}  # fmt: skip
"""Names of clothes beside their ids."""
_PLAIN = (
    "apron", "blouse", "cape", "cardigan", "dress", "gown", "hoodie", "jersey", "kimono", "overalls", "poncho",
    "raincoat", "robe", "sari", "shirt", "suit", "sweater", "t-shirt", "toga", "turtleneck", "tuxedo", "waistcoat",
)  # fmt: skip
"""Ids of clothes that are called as people call them."""
_NAMES = {**{id: id for id in _PLAIN}, **_CALLED}
_CLOTHED = re.compile(
    r"\b(?:in|with|wearing|wears|sporting|has) ((?:[\w'-]+,? ){1,5}?)"
    rf"({'|'.join(sorted(map(re.escape, _NAMES), key=len, reverse=True))}){GOES_ON}"
)


def beard_colour(persona: Persona) -> str | None:
    """The colour, a key of `tones.HAIRS`, that the words give the beard."""
    said = f"{persona.concept} {' '.join(persona.traits)}".lower()
    before = [word for found in _BEARD.finditer(said) for word in re.findall(r"[\w'-]+", found[1])]
    named = [*_BEARDED.findall(said), *reversed(before)]
    return next((tone for word in named if (tone := tones.hair_tone(word))), None)


def clothes(persona: Persona) -> tuple[parts.Clothes | None, str | None]:
    """What the words dress a person in, and in which colour: "in a long blue dress". A uniform is a role's own."""
    found = _CLOTHED.search(persona.concept.lower())
    if found is None:
        return None, None
    described = re.findall(r"[\w'-]+", found[1])
    colour = next((tones.CLOTHS[word] for word in reversed(described) if word in tones.CLOTHS), None)
    return parts.clothes()[_NAMES[found[2]]], colour
