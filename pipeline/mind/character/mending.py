"""What is done to the fields of a draft before it is judged: all that leaves no doubt is put right (a number as a word,
a mood of the model's own naming, a text too long), and what only the model can mend becomes a problem, in words that it
understands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline import concept as concepts
from pipeline.mind import languages
from pipeline.mind.character import reading
from pipeline.mind.character.briefing import Brief
from pipeline.mind.dialogue import breaks
from pipeline.mind.scripted import lore
from pipeline.types import Age, Mood, Size

Fields = dict[str, Any]

GENDERS = ("female", "male", "none")
_LONGEST_WORDS = {"name": 5, "tagline": 16, "temper": 1, "personality": 120, "catchphrase": 14, "habits": 24}
_LONGEST_WORDS |= {"greeting": 24, "appearance": 45, "voice_wish": 28, "accent": 3}
_SHORTEST_PERSONALITY = 35
_LISTS = {"traits": 5, "likes": 3, "dislikes": 3, "samples": 3}
_ENGLISH_FIELDS = "thing, traits, temper, accent, appearance and voice_wish"
_CHOICES: Mapping[str, tuple[Sequence[str], str]] = {
    "mood": (tuple(Mood), Mood.CALM),
    "age": (tuple(Age), Age.ADULT),
    "gender": (GENDERS, "none"),
    "size": (tuple(Size), Size.MEDIUM),
}
"""Options, and what is taken where none is meant."""
_ALIASES = {
    alias: option
    for option, aliases in {
        Mood.JOY: "happy joyful cheerful excited merry playful amused proud",
        Mood.ANGER: "angry grumpy furious irritated annoyed cross bitter",
        Mood.SADNESS: "sad melancholy melancholic gloomy wistful lonely weary",
        Mood.FEAR: "fearful afraid scared anxious nervous worried shy",
        Mood.SURPRISE: "surprised curious astonished bewildered",
        Mood.CALM: "peaceful serene content relaxed indifferent",
        Age.CHILD: "kid baby infant toddler newborn childlike",
        Age.YOUNG: "teen teenager teenage youth youthful adolescent",
        Age.ADULT: "middle-aged mature grown-up",
        Age.OLD: "elderly senior ancient aged ageless timeless eternal",
        "female": "woman girl she her feminine f",
        "male": "man boy he him masculine m",
        "none": "neutral neuter non-binary nonbinary agender genderless they it other",
        Size.TINY: "minuscule microscopic miniature",
        Size.SMALL: "little short",
        Size.MEDIUM: "average normal regular",
        Size.LARGE: "big tall",
        Size.HUGE: "giant gigantic enormous massive colossal immense infinite",
    }.items()
    for alias in aliases.split()
}
_TWINS = ({"da", "no"}, {"ru", "uk"}, {"ar", "fa"})
"""Languages that the detector may take for each other: the model's word counts."""


def mended(said: Mapping[str, Any], brief: Brief, longest: Mapping[str, int]) -> Fields:
    """Every field as clean as it can be made; "" and () where the model gave nothing.

    ``longest``: characters of each text field.
    """
    fields: Fields = {}
    for field, characters in longest.items():
        text = reading.line(said.get(field))
        fields[field] = reading.cut(text, _LONGEST_WORDS.get(field, characters), characters=characters)
    for field, most in _LISTS.items():
        # Lines are sentences with commas of their own: only a real list counts for them.
        given = said.get(field)
        rows = reading.lines(given) if field != "samples" or not isinstance(given, str) else tuple(given.splitlines())
        fields[field] = tuple(reading.cut(row, 30, characters=160 if field == "samples" else 70) for row in rows[:most])
    for field, (options, default) in _CHOICES.items():
        fields[field] = reading.choice(said.get(field), options, _ALIASES) or default
    for field in ("energy", "warmth"):
        number = reading.fraction(said.get(field))
        fields[field] = 0.5 if number is None else number
    _english(fields, brief)
    fields["language"] = _language(fields, brief)
    fields["accent"] = fields["accent"].casefold() or _accent(fields["language"])
    _with_wishes(fields, brief)
    return _completed(fields)


def problems(fields: Fields, brief: Brief) -> tuple[str, ...]:
    """What the model should mend, a sentence each, the field first."""
    found = [f"{field}: missing." for field in ("name", "personality", "greeting") if not fields[field]]
    few = [field for field in ("likes", "dislikes", "samples") if len(fields[field]) < _LISTS[field]]
    found += [f"{field}: give three different ones." for field in few]
    if fields["personality"] and reading.words(fields["personality"]) < _SHORTEST_PERSONALITY:
        found.append('personality: too short. Write 60 to 100 words that begin with "You are".')
    if fields["language"] == languages.ENGLISH and fields["personality"] and not _to_you(fields["personality"]):
        found.append('personality: speak to the character: "You are ...".')
    if fields["name"] and fields["greeting"] and not _says(fields["greeting"], fields["name"]):
        found.append(f"greeting: it must say the name {fields['name']}.")
    for reason in _breaks(fields, brief):
        found.append(f"greeting, catchphrase, samples: {reason}. Write them in character.")
    if twice := _repeated(fields):
        found.append(f'catchphrase, samples, tagline: "{twice}" stands there twice. Every line says something else.')
    if brief.name and brief.name.casefold() not in fields["name"].casefold():
        found.append(f"name: it must be {brief.name}.")
    if brief.language and fields["language"] != brief.language:
        wanted = languages.name(brief.language)
        found.append(f"language: every text must be in {wanted} ({brief.language}), except {_ENGLISH_FIELDS}.")
    return tuple(found)


def renamed(fields: Fields, name: str) -> Fields:
    """The fields with another name wherever the old one stands, whole or in part."""
    old = fields["name"]
    parts = [old, *(word for word in old.split() if word[:1].isupper() and len(word) > 3)]
    edge = r"\b" if old[:1] < "\u2e80" else ""  # Chinese and Japanese put nothing between words
    pattern = re.compile("|".join(f"{edge}{re.escape(part)}{edge}" for part in parts)) if old else None

    def swap(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(swap(item) for item in value)
        return pattern.sub(lambda _: name, value) if pattern and type(value) is str else value

    return {field: swap(value) for field, value in fields.items()} | {"name": name}


def _english(fields: Fields, brief: Brief) -> None:
    """The painter and the matcher read English only: what is not is taken from the concept, as far as it is known."""
    traits = (trait.casefold() for trait in fields["traits"] or brief.parsed.traits)
    fields["traits"] = tuple(trait[:24] for trait in traits if trait.isascii() and len(trait) > 1)
    thing = re.sub(r"^(?:an?|the) ", "", fields["thing"].casefold())
    fields["thing"] = _noun(thing, fields["traits"]) if thing.isascii() and thing else brief.parsed.thing
    temper = fields["temper"].casefold().strip(".,!")
    fields["temper"] = temper if len(temper) > 1 and temper.isascii() else next(iter(fields["traits"]), "curious")


def _noun(thing: str, traits: Sequence[str]) -> str:
    """ "romantic kettles" -> "kettle"; "hot dog" stays."""
    noun = concepts.singular(thing)
    first, _, rest = noun.partition(" ")
    if rest and noun not in lore.known_nouns() and (first in traits or first in lore.adjectives()):
        return _noun(rest, traits)
    return noun


def _language(fields: Fields, brief: Brief) -> str:
    """The language that the texts are in: as seen, else as the model says, else as asked for."""
    said = languages.code(fields["language"]) or brief.language or languages.ENGLISH
    seen = languages.detect(" ".join((fields["greeting"], fields["personality"], *fields["samples"])))
    if seen is None or said not in languages.languages() or any({said, seen} <= twins for twins in _TWINS):
        return said
    return seen


def _accent(language: str) -> str:
    return "american" if language == languages.ENGLISH else languages.name(language).casefold()


def _with_wishes(fields: Fields, brief: Brief) -> None:
    """What the person said the character loves and hates comes first. Wishes are only read from English."""
    if fields["language"] != languages.ENGLISH:
        return
    for field, wish in (("likes", brief.parsed.loves), ("dislikes", brief.parsed.hates)):
        if wish:
            rest = [item for item in fields[field] if wish.casefold() not in item.casefold()]
            same = [item for item in fields[field] if wish.casefold() in item.casefold()]
            fields[field] = tuple([*(same[:1] or [wish]), *rest][:3])


def _completed(fields: Fields) -> Fields:
    """What can be said without the model, where it said nothing."""
    noun = " ".join([*fields["traits"], fields["thing"]])
    gender = "" if fields["gender"] == "none" else f"{fields['gender']} "
    defaults = {
        "tagline": noun.capitalize(),
        "appearance": f"A {noun} that looks {fields['temper']}",
        "voice_wish": f"{fields['age']} {gender}voice, {fields['temper']}",
        "catchphrase": f"{fields['name']}!"[:80],
    }
    spare = [line for line in (fields["catchphrase"], *reading.sentences(fields["greeting"])) if len(line) > 1]
    samples = tuple(dict.fromkeys([*fields["samples"], *spare]))[:3]
    return fields | {"samples": samples} | {field: text for field, text in defaults.items() if len(fields[field]) < 2}


def _breaks(fields: Fields, brief: Brief) -> list[str]:
    """How its lines fall out of character. What a draft says counts as its own way later, so it must not begin so."""
    said = breaks.straight("\n".join((fields["greeting"], fields["catchphrase"], *fields["samples"])))
    return [
        kind.reason
        for kind in breaks.kinds()
        if not (kind.role and breaks.compiled(kind.role).search(brief.concept))
        and any(breaks.compiled(pattern).search(said) for pattern in kind.patterns)
    ]


def _repeated(fields: Fields) -> str | None:
    """A line that stands in two places."""
    said = [line for line in (fields["catchphrase"], fields["tagline"], fields["greeting"], *fields["samples"]) if line]
    low = [line.casefold().strip(" .!?…。！？") for line in said]
    return next((line for line, plain in zip(said, low, strict=True) if low.count(plain) > 1), None)


def _says(text: str, name: str) -> bool:
    parts = [part for part in re.findall(r"[\w'’-]+", name.casefold()) if len(part) > 2] or [name.casefold()]
    return any(part in text.casefold() for part in parts)


def _to_you(personality: str) -> bool:
    return re.search(r"\byou\b", personality, re.IGNORECASE) is not None
