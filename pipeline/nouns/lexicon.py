"""What kind of thing a noun is, by WordNet (Miller 1995, doi:10.1145/219717.219748): a grapefruit is a citrus, a fruit.

A noun has several senses. The one that is drawn is the commonest that can be seen and touched, unless people mean
something else far more often: a quiver holds arrows, a stapler staples, but silence is no thing.
"""

from __future__ import annotations

import re
import sqlite3
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from pipeline import assets, wordnet
from pipeline.types import Value

TOP, ANIMAL, ARTIFACT, BODY, FOOD, OBJECT, PERSON, PHENOMENON, PLANT, SUBSTANCE = 3, 5, 6, 8, 13, 17, 18, 19, 20, 27
"""Lexicographer's files (lexnames(5WN)): unique beginners, animals ... natural objects, people, phenomena ..."""
CONCRETE = frozenset({TOP, ANIMAL, ARTIFACT, BODY, FOOD, OBJECT, PERSON, PHENOMENON, PLANT, SUBSTANCE})
"""What can be pictured."""
_FANCIES = frozenset({"imagination", "supernatural being", "vital principle"})
"""What stands above beings that are filed under people, yet are none."""
_RARER = 20
"""A thing is meant instead of an abstraction unless that is so many times more frequent in tagged texts."""
_HEADS = re.compile(r"...(fish|bird|berry|tree|flower|bread|cake|worm|snake)$")
"""How names of living things and of food end that are in no dictionary: a blobfish is a fish."""
_SPELLINGS = (("our", "or"), ("grey", "gray"), ("yre", "ire"), ("mould", "mold"), ("plough", "plow"), ("pyj", "paj"))


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a noun: its words, which synsets stand above it, and how often texts were found to mean it."""

    id: int
    field: int
    words: tuple[str, ...]
    parents: tuple[int, ...]
    proper: bool
    count: int = 0


class _Table(Value):
    readings: dict[str, str]
    synonyms: dict[str, str]
    umbrellas: frozenset[str]
    plurals: dict[str, str]


class Lexicon:
    """The nouns in an assets folder. Nothing is loaded but what is asked for."""

    def __init__(self, home: Path) -> None:
        """Raises ``MissingAsset`` or ``CorruptAsset``."""
        path = assets.locate(home, "wordnet") / wordnet.FILE
        self._database = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        self._synsets: dict[int, Sense] = {}

    def senses(self, lemma: str) -> tuple[Sense, ...]:
        """All senses of exactly this noun, the commonest first."""
        row = self._database.execute("SELECT senses FROM noun WHERE lemma = ?", (lemma,)).fetchone()
        pairs = (entry.split(":") for entry in row[0].split()) if row else ()
        return tuple(replace(self._synset(int(id)), count=int(count)) for id, count in pairs)

    def sense(self, term: str) -> Sense | None:
        """What a noun phrase means when somebody wants to see it; None where WordNet does not know it."""
        found = [(known, senses) for form in forms(term) if (senses := self.senses(known := self._known_as(form)))]
        if not found:
            return self._closed(term)
        # To WordNet "trumpets" are a pitcher plant, though no text means it.
        used = (one for one in found if one[0] in table().readings or any(sense.count for sense in one[1]))
        return self._meant(*next(used, found[0]))

    def _known_as(self, form: str) -> str:
        return table().synonyms.get(form, form)

    def head(self, thing: str) -> tuple[str, Sense] | None:
        """The longest tail of a noun phrase that is a noun, with its sense: ("washing machine", ...)."""
        for tail in tails(thing):
            if sense := self.sense(tail):
                return tail, sense
        return None

    def adjective(self, word: str) -> bool:
        """Whether a word can be one: "golden", and "plastic", which is a noun as well."""
        return self._database.execute("SELECT 1 FROM adjective WHERE lemma = ?", (word,)).fetchone() is not None

    def above(self, sense: Sense) -> tuple[tuple[Sense, int], ...]:
        """The sense itself and all its hypernyms with how many steps up they are, from near to far."""
        found, level, steps = {sense.id: (sense, 0)}, [sense], 0
        while level:
            steps += 1
            level = [self._synset(id) for here in level for id in here.parents if id not in found]
            found |= {one.id: (one, steps) for one in level}
        return tuple(found.values())

    def gloss(self, sense: Sense) -> str:
        """The definition of a sense, without examples."""
        return str(self._database.execute("SELECT gloss FROM synset WHERE id = ?", (sense.id,)).fetchone()[0])

    def kinds(self, sense: Sense) -> tuple[str, ...]:
        """See `kinds`."""
        words = dict.fromkeys(
            word.lower() for one, _ in self.above(sense) for word in one.words if self._tells(word, one)
        )
        if sense.field == PERSON and _FANCIES.isdisjoint(words):  # to WordNet a driver is but an operator
            words["person"] = None
        return tuple(words)

    def means(self, word: str, sense: Sense) -> bool:
        """Whether a word said alone means this or something wider: no pommel horse is a horse."""
        meant = self.sense(word)
        return meant is not None and any(one.id == meant.id for one, _ in self.above(sense))

    def is_wider(self, thing: Sense, than: Sense) -> bool:
        """Whether one is a kind of the other: a bag is wider than a handbag."""
        return any(one.id == thing.id for one, steps in self.above(than) if steps)

    def shows(self, thing: Sense, picture: Sense) -> bool:
        """Whether a picture of the one is fair for the other: the same, or a wider word whose every kind looks alike
        (`umbrellas`: a beagle is drawn as a dog, but a harp not as a device)."""
        return any(
            one.id == picture.id and (steps == 0 or not table().umbrellas.isdisjoint(one.words))
            for one, steps in self.above(thing)
        )

    def alike(self, thing: Sense, picture: Sense) -> bool:
        """Whether a picture of the one is fair for the other, or shows a kind of it: a mouse for a rodent. A sibling is
        another thing: mouse and squirrel are both rodents."""
        return self.shows(thing, picture) or any(
            one.id == thing.id and steps <= 1 for one, steps in self.above(picture)
        )

    def _closed(self, word: str) -> Sense | None:
        """What is written in one word here and in two there, as "heatwave"; else its last part, where that tells."""
        if len(word) > 6 and word.isalpha():
            for at in range(3, len(word) - 2):
                if senses := self.senses(f"{word[:at]} {word[at:]}"):
                    return self._meant(f"{word[:at]} {word[at:]}", senses)
            if part := _HEADS.search(word.removesuffix("s")):
                return self.sense(part[1])
        return None

    def _meant(self, lemma: str, senses: tuple[Sense, ...]) -> Sense:
        if wanted := table().readings.get(lemma):
            for sense in senses:
                if any(wanted in one.words for one, _ in self.above(sense)):
                    return sense
        common = tuple(sense for sense in senses if not sense.proper) or senses
        seen = [sense for sense in common if sense.field in CONCRETE]
        seen = [sense for sense in seen if lemma in sense.words] or seen  # an ottoman is no Ottoman
        if common[0].field not in CONCRETE:  # people and matter are then figures of speech: "she is my hope"
            seen = [sense for sense in seen if sense.field not in (TOP, PERSON, SUBSTANCE)]
        if not seen or (seen[0].count + 1) * _RARER < common[0].count:
            return common[0]
        if seen[0].field == PERSON and seen[0].count == 0:  # badgers are animals, though WordNet thinks of Wisconsin
            other = {ANIMAL, FOOD, PLANT} | ({ARTIFACT} if " " in lemma else set())
            seen = [sense for sense in seen if sense.field in other] or seen
        if seen[0].field in (FOOD, SUBSTANCE):  # the raccoon rather than its fur
            seen = [sense for sense in seen if sense.field == ANIMAL] or seen
        if seen[0].field in (PLANT, SUBSTANCE):  # the fruit rather than its tree, the tree rather than its timber
            grown = [sense for sense in seen if self._edible(sense)]
            grown += [sense for sense in seen if sense.field == PLANT]
            return (grown or seen)[0]
        return seen[0]

    def _tells(self, word: str, sense: Sense) -> bool:
        """Whether a word is understood in that sense: a Komodo dragon is a monitor, but no screen."""
        senses = self.senses(word.lower())
        counts = {one.id: one.count for one in senses}
        if counts.get(sense.id, 1) > 0:
            return True
        meant = self._meant(word.lower(), senses)
        return meant.id == sense.id or (meant.field == sense.field and sense.words[0] == word)

    def _edible(self, sense: Sense) -> bool:
        return sense.field == FOOD and any(one.words[0] in ("produce", "nut") for one, _ in self.above(sense))

    def _synset(self, id: int) -> Sense:
        if id not in self._synsets:
            field, words, parents, proper = self._database.execute(
                "SELECT field, words, parents, proper FROM synset WHERE id = ?", (id,)
            ).fetchone()
            above = tuple(map(int, parents.split()))
            self._synsets[id] = Sense(id, field, tuple(words.split("|")), above, bool(proper))
        return self._synsets[id]


@cache
def lexicon(home: Path) -> Lexicon:
    """The lexicon of an assets folder, opened once per process. Raises ``MissingAsset`` or ``CorruptAsset``."""
    return Lexicon(home)


def kinds(home: Path, thing: str) -> tuple[str, ...]:
    """Words for what a thing is, from near to far, in lower case: "grapefruit" -> ("grapefruit", "citrus", ...,
    "fruit", ..., "physical entity", "entity"); its own synonyms come first. People have "person" in it. Empty when
    nothing is known. Raises ``MissingAsset`` or ``CorruptAsset``.
    """
    known = lexicon(home).head(thing)
    return lexicon(home).kinds(known[1]) if known else ()


def tails(thing: str) -> Iterator[str]:
    """ "old oak tree" -> itself, "oak tree", "tree": in English the head noun stands last."""
    words = re.findall(r"[\w'’.-]+", thing.lower())
    for start in range(len(words)):
        yield " ".join(words[start:])


def forms(term: str) -> Iterator[str]:
    """The spellings under which a dictionary may know a noun: as it is, singular, American, in one word."""
    base = term.lower().replace("’", "'")
    near = list(dict.fromkeys((base, *singulars(base))))
    for form in near:
        yield form
    for british, american in _SPELLINGS:
        yield from (form.replace(british, american) for form in near if british in form)
    for form in near:
        if "-" in form or " " in form:
            yield from (form.replace("-", " "), form.replace(" ", "-"), form.replace("-", "").replace(" ", ""))


def singulars(term: str) -> Iterator[str]:
    """What the plural of the last word may be the plural of; the likeliest first."""
    *before, last = term.rsplit(" ", 1)
    found = [table().plurals[last]] if last in table().plurals else []
    for ending, replacements in (("ies", ("y", "ie")), ("ves", ("f", "fe", "ve")), ("es", ("e", "")), ("s", ("",))):
        if last.endswith(ending) and len(last) > len(ending) + 1 and not last.endswith("ss"):
            found += [last[: -len(ending)] + replacement for replacement in replacements]
            break
    return (" ".join([*before, one]) for one in found)


@cache
def table() -> _Table:
    """The rows of lexicon.toml, checked."""
    text = files("pipeline.nouns").joinpath("lexicon.toml").read_text(encoding="utf-8")
    return _Table.model_validate(tomllib.loads(text))
