"""Chooses a person's looks: what the words say, what the role asks for, and the seed for the rest."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from pipeline.portrait.people import parts, telling, tones
from pipeline.portrait.people.figure import HEADS, Look
from pipeline.portrait.people.parts import Beard, Clothes, Hair, Prop
from pipeline.portrait.people.roles import Role, phrase
from pipeline.types import Age, Gender, Persona, Size

_EVERYDAY = {
    Age.CHILD: ("t-shirt", "striped-shirt", "sweater", "hoodie"),
    Age.YOUNG: ("t-shirt", "hoodie", "shirt", "striped-shirt", "sweater", "flannel"),
    Age.ADULT: ("shirt", "sweater", "cardigan", "t-shirt", "flannel", "turtleneck", "shirt-tie"),
    Age.OLD: ("cardigan", "vest-sweater", "sweater", "shirt-tie", "tweed"),
}
_HERS = {"shirt": "blouse", "vest-sweater": "cardigan", "tweed": "blouse", "shirt-tie": "dress", "flannel": "dress"}
"""What a woman wears instead, half of the time."""
_MALE = re.compile(
    r"(?<!wo)(man|men|boy)$|^(king|prince|boy|father|dad|husband|uncle|grandfather|grandpa|brother|son|nephew|lad|sir|lord|duke"
    r"|monk|waiter|actor|wizard|groom|gentleman|guy|bloke|dude|emperor|count|baron)$"
)
_FEMALE = re.compile(
    r"woman$|women$|(?<=..)(ess|ette|trix)$|girl$|lady$|maid$"
    r"|^(queen|mother|mum|mom|wife|aunt|grandmother|grandma|granny|sister|daughter|niece|nun|witch|bride|ballerina|heroine)$"
)
_BUILDS = {Size.TINY: "slim", Size.SMALL: "slim", Size.LARGE: "broad", Size.HUGE: "broad"}
_BUILD_WORDS = {
    "strong": "broad", "fat": "broad", "burly": "broad", "sturdy": "broad", "muscular": "broad", "chubby": "broad",
    "plump": "broad", "stout": "broad", "thin": "slim", "skinny": "slim", "slim": "slim", "slender": "slim",
}  # fmt: skip
RAGGED = frozenset(
    {"poor", "shabby", "ragged", "patched", "tattered", "threadbare", "penniless", "homeless", "scruffy", "humble"}
)
"""Words that the clothes of people show."""
_EARS_FREE = frozenset({"bun", "ponytail", "updo", "pixie", "buzz", "mohawk"})
_EARRINGS = 0.35
"""Share of women with free ears who wear something in them."""
_BARE = frozenset({"bald", "fringe", "tonsure"})
"""Styles that leave too little hair to show its colour."""
_BEARDED = 0.30
"""Share of grown men with a beard where nothing is said."""


def choose(persona: Persona, role: Role, hatted: bool = False) -> Look:
    """The looks of a persona. ``hatted``: it wears something on the head, so that its hair lies flat.

    The same persona always looks the same; another seed is another person.
    """
    rng = random.Random(f"person:{persona.seed}:{persona.concept.casefold()}")
    words = told(persona)
    gender, age = persona.gender, persona.age
    before = phrase(persona).split()[:-1]
    said = _said_hair(words - {persona.thing.lower()}, gender)
    own = words & tones.HAIR_WORDS.keys()
    dye = rng.choice(role.dye) if role.dye and not own else None
    tone = role.skin or tones.skin(words | ({dye} if dye else set()), before[-1] if before else "", rng)
    colour = tones.HAIRS[dye] if dye else tones.hair(words, Age.OLD if role.grey else age, tone, rng)
    wear = parts.clothes()["rags"] if words & (RAGGED - {"humble"}) else _clothes(role, gender, age, rng)
    named, dyed = telling.clothes(persona)
    wear = named if named and named.id not in role.clothes else wear
    props = _props(rng.choice(role.props)) if role.props else ()
    flat = hatted or bool(wear.hood) or any(prop.hat for prop in props)
    hair = said or _hair(role, gender, age, flat, rng, grown=bool(own))
    if hair.dark and not own and not role.dye and age is not Age.OLD:
        colour = tones.HAIRS[rng.choice(("black", "dark"))]
    cloth, accent = _colours(role, wear, before, rng, dyed)
    head = role.head or rng.choice(_heads(gender, age))
    build = "child" if age is Age.CHILD else role.build or _build(persona, words, gender)
    beard = _beard(persona, role, rng)
    if hatted:
        props = tuple(prop for prop in props if not prop.hat)
    if gender is Gender.FEMALE and age is not Age.CHILD and hair.id in _EARS_FREE and rng.random() < _EARRINGS:
        props = (*props, parts.props()["earrings"])
    grown = tones.HAIRS.get(telling.beard_colour(persona) or "", colour)
    colour = colour if own else grown  # who has a red beard has red hair, unless it is told
    return Look(head, build, role.ears, tone, colour, hair, beard, wear, cloth, accent, props, grown)


def told(persona: Persona) -> frozenset[str]:
    """The words of a concept; "with long, red hair" is told as "long-haired" and "red-haired", eyes likewise."""
    text = f"{persona.concept} {' '.join(persona.traits)}".lower()
    for part, with_it in (("hair", "haired"), ("eye", "eyed")):
        text = re.sub(rf"(?<![\w-])(\w+),? (\w+) {part}s?\b", rf"\1-{with_it} \2-{with_it}", text)
        text = re.sub(rf"(?<![\w-])(\w+) (?:{part}s?|{with_it})\b", rf"\1-{with_it}", text)
    return frozenset(re.findall(r"[\w'-]+", text))


def gender_of(persona: Persona, role: Role) -> Gender:
    """What the role or the word for the person says, or a beard, else the persona's own."""
    if role.who:
        return role.who
    word = persona.thing.lower().rpartition(" ")[2]
    if _FEMALE.search(word):
        return Gender.FEMALE
    bearded = persona.gender is Gender.NEUTRAL and role.beards and "" not in role.beards
    return Gender.MALE if bearded or _MALE.search(word) or said_beard(persona) else persona.gender


def said_beard(persona: Persona) -> Beard | None:
    """The beard that the words name: "white-bearded", "with a long beard", "with a goatee"."""
    styles, words, text = parts.beards(), told(persona), persona.concept.lower()
    named = next((beard for beard in styles.values() if any(word in text for word in beard.words)), None)
    if named and not named.soft and not words.isdisjoint(("long", "white-bearded")):
        return styles["long"]
    return named or (styles["long" if "long" in words else "full"] if "beard" in words else None)


def _said_hair(words: frozenset[str], gender: Gender) -> Hair | None:
    """A style that the words name: "curly-haired", "bald", "with a ponytail"."""
    named = [hair for hair in parts.hairs().values() if words.intersection(hair.words)]
    return next((hair for hair in named if gender in hair.who), named[0] if named else None)


def _hair(role: Role, gender: Gender, age: Age, hatted: bool, rng: random.Random, grown: bool = False) -> Hair:
    """``grown``: its colour is told, so there is some."""
    styles = {id: hair for id, hair in parts.hairs().items() if not grown or id not in _BARE}
    own = {Gender.MALE: role.male_hair, Gender.FEMALE: role.female_hair}.get(gender, ()) or role.hair
    wished = [styles[id] for id in own if id in styles]
    fit = [hair for hair in wished if not hair.who or gender in hair.who]
    if len(wished) == 1:
        fit = wished
    fit = fit or [hair for hair in styles.values() if _suits(hair, gender, age)]
    if hatted and role.id != "clown":
        flat = [hair for hair in styles.values() if hair.hat and _suits(hair, gender, age)]
        fit = [hair for hair in fit if hair.hat] or flat
    return rng.choice(fit)


def _suits(hair: Hair, gender: Gender, age: Age) -> bool:
    wide = age if age in hair.ages else Age.ADULT if age is Age.OLD and gender is Gender.FEMALE else age
    return (gender in hair.who or (gender is Gender.NEUTRAL and hair.hat)) and wide in hair.ages


def _clothes(role: Role, gender: Gender, age: Age, rng: random.Random) -> Clothes:
    own = {Gender.MALE: role.male_clothes, Gender.FEMALE: role.female_clothes}.get(gender, ()) or role.clothes
    if gender is Gender.MALE:
        own = tuple(id for id in own if id not in ("dress", "blouse", "gown", "leotard")) or own
    id = rng.choice(own or _EVERYDAY[age])
    if not own and gender is Gender.FEMALE and id in _HERS and rng.random() < 0.5:
        id = _HERS[id]
    return parts.clothes()[id]


def _colours(role: Role, wear: Clothes, before: Sequence[str], rng: random.Random, dyed: str | None) -> tuple[str, str]:
    """Colours of cloth and accent; a colour word before the person is that of the clothes, unless they are ``dyed``."""
    cloth, accent = rng.choice(role.cloth or wear.colours), rng.choice(role.accents or wear.accents)
    said = dyed or next((tones.CLOTHS[word] for word in reversed(before) if word in tones.CLOTHS), None)
    if said and wear.bare:
        return cloth, said
    return said or cloth, accent


def _heads(gender: Gender, age: Age) -> tuple[str, ...]:
    if age is Age.CHILD:
        return ("round", "round", "full")
    if gender is Gender.FEMALE:
        return ("round", "oval", "heart")
    return tuple(HEADS) if gender is Gender.MALE else ("round", "oval", "heart", "full")


def _build(persona: Persona, words: frozenset[str], gender: Gender) -> str:
    said = next((_BUILD_WORDS[word] for word in sorted(words) if word in _BUILD_WORDS), None)
    return said or _BUILDS.get(persona.size) or ("slim" if gender is Gender.FEMALE else "medium")


def _beard(persona: Persona, role: Role, rng: random.Random) -> Beard | None:
    chance, pick = rng.random(), rng.random()
    if said := said_beard(persona):
        shaped = [id for id in role.beards if id and id != "stubble"]
        return parts.beards()[shaped[int(pick * len(shaped))]] if said.id == "full" and shaped else said
    shaven = not told(persona).isdisjoint(("moustache", "mustache", "clean-shaven", "beardless"))
    if shaven or persona.gender is not Gender.MALE or persona.age is Age.CHILD:
        return None
    usual = ("full", "short", "goatee", "stubble") if persona.age is not Age.YOUNG and chance < _BEARDED else ("",)
    own = role.beards or usual
    return parts.beards().get(own[int(pick * len(own))])


def _props(ids: str) -> tuple[Prop, ...]:
    return tuple(parts.props()[id] for id in ids.split("+") if id)
