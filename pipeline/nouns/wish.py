"""The noun phrase of a concept: "a shy computer mouse who loves cheese" asks for a computer mouse, a kind of device."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from pipeline.concept import parse
from pipeline.nouns.lexicon import CONCRETE, PERSON, Lexicon, Sense, forms, singulars, tails

_OPENERS = frozenset({
    "a", "an", "the", "my", "your", "our", "his", "her", "their", "some", "this", "that", "these", "those", "of",
    "and", "or", "very", "really", "so", "too", "in", "from", "with", "who",
})  # fmt: skip
"""Words before which no noun phrase goes on to the left."""
COLOURS = frozenset({
    "red", "orange", "gold", "golden", "yellow", "green", "turquoise", "teal", "blue", "purple", "violet", "pink",
    "white", "pale", "silver", "grey", "gray", "black", "dark", "brown",
})  # fmt: skip
_TOLD = re.compile(r"\b(of|who|that|which|with|in|from|on|at|for)\b")
_PEOPLE = re.compile(
    r"..(man|woman|boy|girl|lady|master|mistress|maker|keeper|smith|monger|ologist|ographer|ician|preneur|fluencer)$"
)
"""How names of people end that are in no dictionary."""
_PERSONS = frozenset({"person", "fictional character", "human being"})
_HOLDERS = frozenset({"container", "vessel", "bag", "case"})


@dataclass(frozen=True)
class Wish:
    """What a persona's words ask for: the ``words`` of the noun phrase up to its head, the ``holder`` that it comes in
    ("jar" of "a jar of honey"), and what the head is of (``rest``: "corn" of "an ear of corn")."""

    lexicon: Lexicon
    words: tuple[str, ...]
    holder: str | None
    rest: str

    @property
    def phrase(self) -> str:
        """ "a noisy washing machine" without its article."""
        return " ".join(self.words)

    @cached_property
    def name(self) -> str:
        """The longest end of the phrase that is a noun of its own: "washing machine" of "noisy washing machine"."""
        known = self._known
        return known[0] if known else self.words[-1]

    @cached_property
    def sense(self) -> Sense | None:
        """What WordNet says of the name."""
        return self._known[1] if self._known else None

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """See `lexicon.kinds`."""
        return self.lexicon.kinds(self.sense) if self.sense else ()

    @cached_property
    def modified(self) -> bool:
        """Whether another noun stands before the name, which may make it another thing: a glue stick."""
        before = self.words[: len(self.words) - len(self.name.split())]
        if self.rest or not before:
            return bool(self.rest)
        word = before[-1]
        return word.endswith("'s") or (not self.lexicon.adjective(word) and self.lexicon.sense(word) is not None)

    @cached_property
    def _known(self) -> tuple[str, Sense] | None:
        for tail in tails(self.phrase):
            sense = self.lexicon.sense(tail)
            if sense and not self._figurative(tail, sense):
                return tail, sense
        return None

    def _figurative(self, name: str, sense: Sense) -> bool:
        """To us a white elephant is an elephant, a busy bee a bee, and a black cat a cat (else it is a marten); but a
        private eye remains a person."""
        words = name.split()
        if len(words) == 1 or name in role_words() or not self.lexicon.adjective(words[0]):
            return False
        head = self.lexicon.sense(words[-1])
        if sense.field not in CONCRETE:
            return True
        if head is None:
            return False
        other = head.field == sense.field and not self.lexicon.is_wider(head, sense)
        return (sense.field == PERSON and head.field != PERSON) or (words[0] in COLOURS and other)

    @cached_property
    def person(self) -> bool:
        """Whether the name is one of people."""
        return not _PERSONS.isdisjoint(self.kinds) or (self.sense is None and bool(_PEOPLE.search(self.name)))

    @property
    def wholes(self) -> Iterator[str]:
        """Ends of the phrase that hold the whole name, the longest first."""
        length = len(self.name.split())
        return (term for term in tails(self.phrase) if len(term.split()) >= length)

    @property
    def role(self) -> bool:
        """Whether we know how to dress just this: "taxi driver", but "guard" says nothing of a shin guard."""
        spelled = (form for term in self.wholes for form in (term, *(() if self.lexicon.senses(term) else forms(term))))
        return any(form in role_words() for form in spelled)

    @property
    def calling(self) -> str | None:
        """What people are called before a name that is in no dictionary: "farmer" of "farmer zorblax"."""
        before = [] if self.sense else [word for word in self.words[:-1] if not self.lexicon.adjective(word)]
        return next((word for word in reversed(before) if word in role_words() or self._is_person(word)), None)

    def _is_person(self, word: str) -> bool:
        sense = self.lexicon.sense(word)
        return sense is not None and not _PERSONS.isdisjoint(self.lexicon.kinds(sense))

    def holds(self) -> bool:
        """Whether the holder can be seen: a jar can, a pair cannot."""
        return not _HOLDERS.isdisjoint(self.holder_kinds)

    @property
    def holder_kinds(self) -> tuple[str, ...]:
        """See `lexicon.kinds`."""
        known = self.lexicon.head(self.holder) if self.holder else None
        return self.lexicon.kinds(known[1]) if known else ()


def wish_of(lexicon: Lexicon, concept: str, thing: str) -> Wish:
    """The noun phrase around the thing, as the concept has it; the thing alone where it is said otherwise."""
    said = re.findall(r"[\w'’.-]+", concept.lower().replace("’", "'"))
    whole = thing.lower().replace("’", "'")
    if _TOLD.search(whole):  # a language model may say more than the noun
        whole = parse(whole).thing
    noun = re.findall(r"[\w'’.-]+", whole) or ["thing"]
    place = next((at for at in range(len(said)) if _same(said[at : at + len(noun)], noun)), None)
    if place is None:
        return Wish(lexicon, tuple(noun), None, "")
    start = next((at + 1 for at in reversed(range(place)) if said[at] in _OPENERS), 0)
    holder = None
    if start > 1 and said[start - 1] == "of":
        begin = next((at + 1 for at in reversed(range(start - 1)) if said[at] in _OPENERS), 0)
        holder = " ".join(said[begin : start - 1]) or None
    end = place + len(noun)
    rest = said[end + 1] if said[end : end + 1] == ["of"] and len(said) > end + 1 else ""
    return Wish(lexicon, tuple(said[start:end]), holder, rest if rest not in _OPENERS else "")


def _same(said: list[str], thing: list[str]) -> bool:
    return len(said) == len(thing) and all(
        one == other or other in singulars(one) for one, other in zip(said, thing, strict=True)
    )


@cache
def role_words() -> frozenset[str]:
    """Names of all people that we know how to dress (`portrait.people.roles`, read without what draws them)."""
    text = files("pipeline.portrait").joinpath("people", "roles.toml").read_text(encoding="utf-8")
    return frozenset(word for role in tomllib.loads(text)["role"] for word in role.get("words", ()))
