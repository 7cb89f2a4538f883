"""What the demo writer hears: the person's name, the topic of a line, and what was said before. Only single
alphabetic words of the person ever come back out of here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.concept import refused, singular
from pipeline.mind.scripted import lore
from pipeline.types import Fact, FactKind, Persona, Speaking, Turn

_MAX_WORD = 20
_LETTERS = r"[^\W\d_]+(?:['’-][^\W\d_]+)?"
_SAYS_NAME = re.compile(rf"\b(?:my name(?:'s| is)|call me|is called|the name(?:'s| is)|name's)\s+({_LETTERS})", re.I)
_SAYS_I_AM = re.compile(rf"\b(?:I'm|I’m|I am|i'm|i am|Im|im|this is)\s+({_LETTERS})")
_TELLING = tuple(
    (
        kind,
        verb,
        re.compile(rf"\bI {said} (?!(?:you|it|that|this|how|when|what|to|the way)\b)([^,.;:!?\n]{{2,60}})", re.I),
    )
    for kind, verb, said in (
        (FactKind.LIKE, "Likes", r"(?:really |just |do )?(?:like|love|adore|enjoy)"),
        (FactKind.DISLIKE, "Dislikes", r"(?:really |just )?(?:hate|dislike|can't stand|don't like|do not like)"),
        (FactKind.PROMISE, "Promised", r"(?:promise|swear)(?: you)?(?: that)?"),
        (FactKind.LIFE, "Lives in", r"live in"),
        (FactKind.LIFE, "Works as", r"(?:work as|am working as)"),
    )
)
_SAID_BACK = {
    "my": "your",
    "our": "your",
    "your": "my",
    "the": "the",
    "a": "the",
    "an": "the",
    "this": "the",
    "that": "the",
}
_SAID_BACK |= {word: word for word in ("his", "her", "their")}
_BEFORE_NAMES = """
the little big captain sir lady lord miss mister mrs mr ms doctor dr professor king queen prince princess saint uncle
aunt granny grandma grandpa
"""
_TITLES = frozenset(_BEFORE_NAMES.split())
_DETERMINERS = _SAID_BACK.keys() | {"some", "these", "those", "no"}


def person_name(turns: Sequence[Turn], text: str) -> str | None:
    """The name a person gave last, in this line or an earlier one."""
    said = [turn.text for turn in turns if turn.speaking is Speaking.PERSON]
    return next((name for line in reversed([*said, text]) if (name := told_name(line))), None)


def called(name: str) -> str:
    """The word of a name that somebody is called by: "Captain Ida Steepwell" -> "Ida", "Old Bramble" -> "Bramble"."""
    words = re.findall(_LETTERS, name)
    plain = [word for word in words if word.casefold() not in lore.adjectives() and word.casefold() not in _TITLES]
    return next(iter((*plain, *words[::-1])), name)


def told_name(line: str) -> str | None:
    """The name that this line gives: "call me Ada"; "I'm Ada" counts where the word can be a name."""
    found = _SAYS_NAME.search(line)
    if found:
        word = found[1]
        return _as_name(word) if word.casefold() not in lore.small_words() else None
    for found in _SAYS_I_AM.finditer(line):
        word, low = found[1], found[1].casefold()
        listed = low in lore.words().female or low in lore.words().male
        common = low in lore.small_words() or low in lore.adjectives() or low in lore.known_nouns()
        if (listed and word[0].isupper()) or (word[0].isupper() and not common and not low.endswith("ing")):
            return _as_name(word)
    return None


def _as_name(word: str) -> str | None:
    name = word.removesuffix("'s").removesuffix("’s")
    if len(name) > _MAX_WORD or refused(name):
        return None
    return name if name[0].isupper() else name[0].upper() + name[1:]


def facts(line: str) -> list[Fact]:
    """What a line says about its speaker, in so many words: "I love trains" -> a like."""
    found = [Fact(kind=FactKind.NAME, text=f"Is called {name}.")] if (name := told_name(line)) else []
    for kind, verb, pattern in _TELLING:
        for match in pattern.finditer(line.replace("’", "'")):
            words = match[1].strip()
            if any(ch.isalpha() for ch in words) and not refused(words):
                found.append(Fact(kind=kind, text=f"{verb} {words}."))
    return found


def topics(line: str) -> list[str]:
    """Words of a line that one can talk about, best first: known things, nouns after "my" or "the", long words."""
    words = re.findall(_LETTERS, line.replace("’", "'"))
    ranked: list[tuple[int, str]] = []
    name = told_name(line)
    for i, word in enumerate(words):
        low = word.casefold()
        if low in lore.small_words() or "'" in low or not 2 < len(low) <= _MAX_WORD or refused(low) or word == name:
            continue
        if low in lore.adjectives() or low.endswith("ly"):
            continue
        before = [other.casefold() for other in words[max(0, i - 2) : i]]
        led = bool(before) and (
            before[-1] in _DETERMINERS or (before[0] in _DETERMINERS and before[-1] in lore.adjectives())
        )
        known = singular(low) in lore.known_nouns()
        if known or led or (len(low) > 4 and not low.endswith(("ed", "ing"))):
            if not led and ranked and i > 0 and ranked[-1][1].casefold() == words[i - 1].casefold():
                ranked.pop()  # "quantum physics" is about physics
            proper = word if i > 0 and word[0].isupper() and word[1:].islower() else low
            ranked.append((-(2 * known + led), proper))
    return list(dict.fromkeys(word for _, word in sorted(ranked, key=lambda pair: pair[0])))


def noun_phrase(line: str, word: str) -> str:
    """The word as the persona would say it back: "my cat" -> "your cat", "a vase" -> "the vase", "pies" as it is."""
    words = re.findall(_LETTERS, line)
    place = next((i for i, other in enumerate(words) if other.casefold() == word.casefold()), 0)
    before = [other.casefold() for other in words[max(0, place - 3) : place]]
    while before and before[-1] in lore.adjectives():
        before.pop()
    determiner = _SAID_BACK.get(before[-1]) if before else None
    return f"{determiner} {word}" if determiner else word


def shared_topic(line: str, phrases: Iterable[str]) -> str | None:
    """A word of the line that stands in one of the phrases (what the persona likes, or fears)."""
    stems = {singular(word) for phrase in phrases for word in topics(phrase)}
    return next((word for word in topics(line) if singular(word.casefold()) in stems), None)


def remembered(persona: Persona, turns: Sequence[Turn], text: str) -> str | None:
    """A topic of an earlier line of the person: one that ``text`` asks about, else the most telling."""
    earlier = [turn.text for turn in turns if turn.speaking is Speaking.PERSON]
    asked = {singular(word.casefold()) for word in topics(text)}
    found = [word for line in earlier for word in topics(line) if word.casefold() != persona.thing]
    word = next((word for word in found if singular(word.casefold()) in asked), found[0] if found else None)
    line = next((line for line in earlier if word in topics(line)), "") if word else ""
    return noun_phrase(line, word) if word else None
