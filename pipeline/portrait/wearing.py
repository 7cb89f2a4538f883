"""Hats, scarfs and spectacles: which ones the words ask for. "A detective lemon with a red scarf" wears a deerstalker
as detectives do (roles of wearing.toml), and the scarf because it is named.

    accessories.py   what there is to wear           fitting.py   where it sits, and how it is put on
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.face.colours import from_oklch
from pipeline.portrait.accessories import Accessory, AccessoryRow, Box, Place, RoleRow, rows, table
from pipeline.portrait.fitting import Head, put_on, reach
from pipeline.types import Age, Gender, Persona

__all__ = [
    "GOES_ON", "Accessory", "Box", "Head", "Place", "bare", "hatted", "named", "on_face", "put_on", "reach", "wanted",
]  # fmt: skip

_WEARING = re.compile(
    r"\b(?:with|in|wearing|wears?|sporting|sports|having|has|dons|donning|holding|holds|carrying|carries|waving|wielding)\b"
)
_ENDS = re.compile(r"\b(?:who|that|which|but|without|from|because|when|while|for|to|by|obsessed|selling|sells)\b")
GOES_ON = r"(?![\w'’-]|\s+(?!(?:and|or|an?|the|with|in|on|over|that|who|which|but|for|from|to)\b)\w)"
"""A name is whole: not "a crown prince", not "bow tie pasta"."""
_PLAYS = re.compile(
    r"\b(?:as|is|was|be|being|become|becomes|became|like)\s+(?:an?\s+|the\s+)?((?:[\w-]+\s+){0,2}[\w-]+)"
)
"""Who is what, of those not named by the thing itself: "dressed as a detective", "who is a pirate"."""
_SIZES = {"tiny": 0.62, "little": 0.75, "small": 0.75, "big": 1.2, "large": 1.2, "huge": 1.35, "enormous": 1.4}
_HAIR = (Place.LIP, Place.CHIN)
_YOUNG = {"boy", "girl", "baby", "young", "kid", "child"}
_HATS = re.compile(r"\b(?:hat|cap|helmet|crown|tiara|wig|bonnet|hood|turban|beret|beanie|fedora|sombrero|halo)s?$")
_HUES = (25.0, 55.0, 90.0, 145.0, 195.0, 255.0, 300.0, 350.0)
_OLD = 0.22
"""Share of the old, where nobody said so, who need spectacles."""


def wanted(persona: Persona, wears: Sequence[str] = ()) -> tuple[Accessory, ...]:
    """What a persona wears: first what is named, then ``wears`` (ids; "" is none), then what belongs to its roles; no
    two on the same place. The same persona wears the same."""
    rng = random.Random(f"wearing:{persona.seed}:{persona.concept.casefold()}")
    before, after = _parts(persona)
    barred = _own_places(persona.thing.lower())
    found = _asked_for(persona, wears, rng)
    belonging = [rows()[name] for name in wears if name]
    if not barred - {Place.HAND}:
        belonging += _of_roles(before, after, persona, rng)
    for row in belonging:
        if persona.thing.lower() in row.own or (row.place in _HAIR and _smooth(persona)):
            continue
        if row.place not in barred:
            found.setdefault(row.place, _worn(row, rng))
    if found.get(Place.HEAD) and Place.EARS in found:
        del found[Place.EARS]  # headphones go over a head, not over a hat
    return tuple(found.values())


def named(persona: Persona, usual: Sequence[str] = ()) -> tuple[Accessory, ...]:
    """Only what is named. ``usual``: ids of what it wears anyway: a wizard's "red hat" is a wizard's hat in red."""
    rng = random.Random(f"wearing:{persona.seed}:{persona.concept.casefold()}")
    return tuple(_asked_for(persona, usual, rng).values())


def _asked_for(persona: Persona, usual: Sequence[str], rng: random.Random) -> dict[Place, Accessory]:
    before, after = _parts(persona)
    barred = _own_places(persona.thing.lower())
    roles = (ids[0].partition("|")[0] for role in _roles([before, *persona.traits]) for ids in [role.wears] if ids)
    anyway = [rows()[id] for id in (*usual, *roles) if id]
    found: dict[Place, Accessory] = {}
    for accessory in _named(after, anyway, rng):
        if accessory.row.place not in barred and persona.thing.lower() not in accessory.row.own:
            found.setdefault(accessory.row.place, accessory)
    return found


def bare(accessories: Sequence[Accessory], art: str) -> tuple[Accessory, ...]:
    """Those for which the art has a place left: a drawn snowman brings its own hat."""
    taken = table().dressed.get(art, ())
    return tuple(accessory for accessory in accessories if accessory.row.place not in taken)


def hatted(accessories: Sequence[Accessory]) -> bool:
    """Whether anything is on the head."""
    return any(accessory.row.place is Place.HEAD for accessory in accessories)


def on_face(accessories: Sequence[Accessory], hair: str) -> dict[str, object]:
    """The fields of `FaceRig` for what lies on the face; ``hair``: the colour of the brows."""
    shown = [(each.row.worn, each.colour or each.row.main) for each in accessories if each.row.worn]
    colours = tuple(from_oklch(*colour) if colour else hair for _, colour in shown)
    return {"worn": tuple(worn for worn, _ in shown), "worn_colours": colours}


def _parts(persona: Persona) -> tuple[str, str]:
    """The noun phrase up to the thing itself, and what is told about it."""
    said, thing = persona.concept.lower().replace("’", "'"), persona.thing.lower()
    before, found, after = said.partition(thing or "\n")
    if not found:
        told = _WEARING.search(said) or _ENDS.search(said)
        before, after = (said[: told.start()], said[told.start() :]) if told else (said, "")
        return f"{before} {thing}", after
    return f"{before}{thing}", after


def _own_places(thing: str) -> set[Place]:
    """Where nothing is worn because the thing is worn there itself: a hat wears no hat."""
    taken = {row.place for row in rows().values() if {thing, f"{thing}s"}.intersection(row.words)}
    return taken | ({Place.HEAD} if _HATS.search(thing) else set())


def _smooth(persona: Persona) -> bool:
    """Whether it has no beard unless it is asked for."""
    said = set(re.findall(r"[a-z]+", persona.concept.lower()))
    return persona.gender is Gender.FEMALE or persona.age is Age.CHILD or not said.isdisjoint(_YOUNG)


# --- what is named ----------------------------------------------------------------------------------------------------


def _named(after: str, anyway: Sequence[AccessoryRow], rng: random.Random) -> Iterator[Accessory]:
    """ "with a red scarf and a tiny crown". A name that fits several means what is worn ``anyway``."""
    for start in _WEARING.finditer(after):
        told = after[start.end() :]
        if end := _ENDS.search(told):
            told = told[: end.start()]
        for name in sorted(_names(), key=len, reverse=True):
            while found := re.search(rf"(?<![\w'-]){re.escape(name)}{GOES_ON}", told):
                described = re.split(r"\b(?:an?|the|and)\b|,", told[: found.start()])[-1].split()
                told = f"{told[: found.start()]}, {told[found.end() :]}"
                row = rows()[rng.choice(_names()[name].split("|"))]
                if name in table().called:
                    row = next((own for own in anyway if own.place is row.place and own.front), row)
                if start[0] == "in" and row.place is Place.HAND:
                    continue  # a mouse in a cup
                yield _worn(row, rng, [*described, *name.split()])


def _names() -> dict[str, str]:
    return {**{word: row.id for row in rows().values() for word in row.words}, **table().called}


def _worn(row: AccessoryRow, rng: random.Random, described: Sequence[str] = ()) -> Accessory:
    colour = next((table().colours[word] for word in reversed(described) if word in table().colours), None)
    if colour is None and row.varied and row.main:
        colour = (row.main[0], row.main[1], rng.choice(_HUES))
    straight = row.upright or row.stretch or row.place is not Place.HEAD
    tilt = 0.0 if straight else rng.choice((-1, 1)) * rng.uniform(2.5, 7.0)
    size = next((_SIZES[word] for word in described if word in _SIZES), 1.0)
    return Accessory(row=row, colour=colour, size=size, tilt=tilt)


# --- what belongs to a role -------------------------------------------------------------------------------------------


def _of_roles(before: str, after: str, persona: Persona, rng: random.Random) -> Iterator[AccessoryRow]:
    phrases = [before, " ".join(persona.traits), *(found[1] for found in _PLAYS.finditer(after))]
    roles = list(_roles(phrases))
    for role in roles:
        hers = role.hers if persona.gender is Gender.FEMALE else None
        perhaps = role.perhaps if hers is None and rng.random() < 0.5 else ()
        for ids in (*(role.wears if hers is None else hers), *perhaps):
            yield rows()[rng.choice(ids.split("|"))]
    if not roles and persona.age is Age.OLD and rng.random() < _OLD:
        yield rows()[rng.choice(("round-spectacles", "spectacles"))]


def _roles(phrases: Iterable[str]) -> Iterator[RoleRow]:
    """The roles that whole words name; longer names first, so that a sea captain is no mere captain."""
    tokens = [re.findall(r"[\w'-]+", phrase) for phrase in phrases]
    runs = {" ".join(words[i:j]) for words in tokens for i in range(len(words)) for j in range(i + 1, i + 4)}
    for role in table().role:
        if runs.intersection(role.words):
            yield role
