"""What a persona is drawn on: a chain of links from the surest to the humblest, each with a score and a reason.

    emoji -> a letter or number -> a person -> our own recipe or picture of that name -> a picture's keywords
    -> a synonym -> a wider word -> the nearest in meaning -> what holds it -> a body of the right family

The head noun decides, with the nouns before it where they make a name ("washing machine"); what is told after
"who", "with" or "in" never does. A picture that is found by less than its name must agree with WordNet, so that a
computer mouse is no animal: right, or an honest body, but never another thing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.nouns.casting import cast
from pipeline.nouns.lexicon import ARTIFACT, CONCRETE, FOOD, PERSON, PLANT, Sense, forms, lexicon, tails
from pipeline.nouns.wish import Wish, wish_of
from pipeline.portrait import art, body, people, signs
from pipeline.types import Fraction, Persona, Value


class Link(StrEnum):
    """How a subject was found."""

    EMOJI = "emoji"
    RECIPE = "recipe"
    TABLE = "table"
    NAME = "name"
    KEYWORD = "keyword"
    SYNONYM = "synonym"
    WIDER = "wider"
    MEANING = "meaning"
    HOLDER = "holder"
    PERSON = "person"
    FAMILY = "family"


NEAR, SURE = 0.6, 0.74
"""Cosines of two names from which they mean the same: when WordNet agrees, and when it cannot be asked."""
_NAMED = {Link.RECIPE: "made for", Link.TABLE: "the picture for", Link.NAME: "the picture named"}
_FILLED = {"bag": "paper bag"}
"""What holders look like that go by a wide name: crisps come in no handbag."""
_VAGUE = frozenset({
    "way", "passage", "structure", "construction", "instrument", "substance", "solid",
    "solid food", "device", "equipment", "instrumentality", "system", "durables",
    "obstruction", "representation", "facility", "region", "location",
    "whole", "living thing", "body covering", "activity", "measure", "group",
})  # fmt: skip
"""Kinds so wide that a body of theirs would be another thing: an escalator is a way to WordNet, and so is a bridge."""


class Choice(Value):
    """``id``: "fluent:red-apple", "body:toaster" or "person". ``thing``: the noun that it was chosen for, ``kinds``:
    what WordNet says above it (`lexicon.kinds`). ``score``: how surely it is that thing, from 0 to 1."""

    id: str
    link: Link
    score: Fraction
    why: str
    thing: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A recipe or picture under some ``word``; what it shows first of all is a ``noun``. ``stands_in``: the word is
    wider than what it shows, as "bag" for a handbag. ``own``: it is the first word for what it shows. ``odd``: WordNet
    takes the word for something else than what is shown, as "form" for a body and no sheet of paper."""

    id: str
    link: Link
    noun: str
    word: str
    stands_in: bool
    own: bool
    odd: bool


class Chooser:
    """Chooses among the pictures of an assets folder, our own bodies, and people."""

    def __init__(self, home: Path) -> None:
        """Raises ``MissingAsset`` or ``CorruptAsset``."""
        self.art = art.ArtIndex(home)
        self._lexicon = lexicon(home)

    def cast(self, persona: Persona) -> Persona:
        """See `nouns.casting.cast`."""
        return cast(self._lexicon, persona)

    def choose(self, persona: Persona) -> Choice:
        """The subject of a persona's portrait; always one."""
        return self.choose_cast(self.cast(persona))

    def choose_cast(self, persona: Persona) -> Choice:
        """The same for a persona that has been `cast`."""
        if art_id := self.art.by_emoji(persona.concept):
            return Choice(id=art_id, link=Link.EMOJI, score=1, why=f"{_on(art_id)}, as asked", thing=persona.thing)
        if sign := signs.sign_of(persona):
            why = f"drawn as {sign!r} itself"
            return Choice(id=f"body:{signs.BODY}", link=Link.RECIPE, score=1, why=why, thing=persona.thing)
        wish = wish_of(self._lexicon, persona.concept, persona.thing)
        links: tuple[Callable[[Wish], Choice | None], ...] = (
            self._person, self._by_name, self._by_keyword, self._by_synonym, self._by_wider, self._by_meaning,
            self._by_holder,
        )  # fmt: skip
        found = (link(wish) for link in links)
        choice = next((choice for choice in found if choice), None) or self._family(wish, persona)
        return choice.model_copy(update={"kinds": wish.kinds})

    def _person(self, wish: Wish) -> Choice | None:
        """People are drawn by ourselves, unless a picture is known to be better or shows no ordinary person."""
        known = next((found for term in wish.wholes if (found := self._exact(term))), None)
        if known and (known.id in people.ART_BETTER or len(known.word.split()) > len(wish.name.split())):
            return None
        pictured = known is not None and not self._is_person(known)
        being = wish.person or wish.sense is None or wish.sense.field == PERSON
        if not ((being or not pictured) if wish.role else (wish.person and not pictured)):
            return None
        return Choice(id="person", link=Link.PERSON, score=1, why=f"a {wish.name} is a person", thing=wish.name)

    def _is_person(self, found: _Found) -> bool:
        if found.link is not Link.RECIPE:
            return self.art.is_person(found.id)
        shown = self._lexicon.sense(body.row_of(found.id.removeprefix("body:")).words[0])
        return shown is not None and "person" in self._lexicon.kinds(shown)

    def _by_name(self, wish: Wish) -> Choice | None:
        wholes = [f"{wish.name} of {wish.rest}"] if wish.rest else []
        for term in (*wholes, *tails(wish.phrase)):
            found = self._exact(term)
            if found and self._means(wish, term, found):
                why = f"{_on(found.id)}, {_NAMED[found.link]} {found.word!r}"
                return Choice(id=found.id, link=found.link, score=1 if found.own else 0.9, why=why, thing=found.word)
        return None

    def _means(self, wish: Wish, term: str, found: _Found) -> bool:
        """Whether a picture of this end of the phrase shows the whole of it."""
        if len(term.split()) < len(wish.name.split()):  # a house cat is a cat, an electric chair no chair
            shown = self._lexicon.sense(found.noun)
            return bool(wish.sense and shown and self._lexicon.shows(wish.sense, shown))
        if term == wish.name and wish.modified:  # "bag" is drawn as a handbag, but a cabin bag is none
            return not found.stands_in
        return True

    def _by_keyword(self, wish: Wish) -> Choice | None:
        for form in forms(wish.name):
            art_id = self.art.by_keyword(form)
            if art_id and self._agrees(wish.sense, self._noun(art_id)):
                why = f"{_on(art_id)}, one of whose names is {form!r}"
                return Choice(id=art_id, link=Link.KEYWORD, score=0.9, why=why, thing=wish.name)
        return None

    def _agrees(self, sense: Sense | None, noun: str) -> bool:
        """Of what nobody knows nothing can be said against it."""
        picture = self._lexicon.sense(noun)
        if sense is None:
            return True
        return picture is not None and self._lexicon.alike(sense, picture)

    def _by_synonym(self, wish: Wish) -> Choice | None:
        for word in wish.sense.words if wish.sense else ():
            meant = self._lexicon.sense(word)
            found = self._exact(word.lower()) if meant and wish.sense and meant.id == wish.sense.id else None
            if wish.sense and found and not found.odd and self._shows(wish.sense, found.noun):
                why = f"{_on(found.id)}, as {found.word!r} is another word for {wish.name!r}"
                return Choice(id=found.id, link=Link.SYNONYM, score=0.9, why=why, thing=wish.name)
        return None

    def _by_wider(self, wish: Wish) -> Choice | None:
        if wish.sense is None:
            return None
        for wider, steps in self._lexicon.above(wish.sense)[1:]:
            for word in wider.words:
                found = self._exact(word.lower())
                if found and not (found.stands_in or found.odd) and self._shows(wish.sense, found.noun):
                    why = f"{_on(found.id)}, as {wish.name!r} is a kind of {found.word!r}"
                    score = max(0.6, 0.9 - 0.1 * steps)
                    return Choice(id=found.id, link=Link.WIDER, score=score, why=why, thing=wish.name)
        return None

    def _by_meaning(self, wish: Wish) -> Choice | None:
        whole = wish.phrase if wish.modified else wish.name
        if self._exact(wish.name):  # it has been refused by name
            return None
        before = wish.words[: len(wish.words) - len(wish.name.split())]
        for art_id, cosine in self.art.by_meaning(whole):
            noun = self._noun(art_id)
            if noun in before:  # a mango lassi is no mango
                continue
            picture = self._lexicon.sense(noun)
            if wish.sense is None:
                # Word pieces mislead: to the model a plumber is nearly a plum.
                fits = cosine >= SURE and not wish.name.startswith(noun)
            else:
                fits = picture is not None and cosine >= NEAR and self._lexicon.shows(wish.sense, picture)
            if fits:
                why = f"{_on(art_id)}, the picture nearest in meaning to {wish.name!r}"
                return Choice(id=art_id, link=Link.MEANING, score=min(1, cosine), why=why, thing=wish.name)
        return None

    def _by_holder(self, wish: Wish) -> Choice | None:
        found = self._exact(_FILLED.get(wish.holder, wish.holder)) if wish.holder and wish.holds() else None
        if found is None or found.stands_in:
            return None
        why = f"{_on(found.id)}, as {wish.name!r} comes in it"
        return Choice(id=found.id, link=Link.HOLDER, score=0.7, why=why, thing=found.word)

    def _family(self, wish: Wish, persona: Persona) -> Choice:
        if wish.calling:
            why = f"nothing is known of {wish.name!r}, but a {wish.calling} is a person"
            return Choice(id="person", link=Link.PERSON, score=0.5, why=why, thing=wish.name)
        thing, kinds = (wish.holder, wish.holder_kinds) if wish.holder and wish.holds() else (wish.name, wish.kinds)
        sense = self._lexicon.sense(thing)
        telling = [
            kind for kind in kinds
            if kind == thing or (kind not in _VAGUE and (sense is None or self._lexicon.means(kind, sense)))
        ]  # fmt: skip
        gloss = self._lexicon.gloss(sense) if sense and sense.field == ARTIFACT else ""
        row, why = body.family(persona.model_copy(update={"thing": thing}), telling, gloss)
        return Choice(id=f"body:{row.id}", link=Link.FAMILY, score=0.2 if row.chance else 0.5, why=why, thing=thing)

    def _exact(self, term: str) -> _Found | None:
        """The recipe, row or picture under just this name, in any spelling. Its own name beats a further one, and a
        stand-in is taken only where there is nothing else."""
        found: list[_Found] = []
        for form in forms(term):
            if row := body.named(form):
                found.append(self._found(f"body:{row.id}", Link.RECIPE, row.id.replace("-", " "), form))
            if picture := art.named(form):
                found.append(self._found(picture.id, Link.TABLE, self._noun(picture.id), form))
            art_id = self.art.by_name(form)
            if art_id and not (picture and art_id.endswith("s")):  # "books" shows no book better than our row does
                found.append(self._found(art_id, Link.NAME, form, form))
            if found:
                break
        return min(found, key=lambda one: (one.stands_in, not one.own), default=None)

    def _found(self, id: str, link: Link, noun: str, word: str) -> _Found:
        shown, meant = self._lexicon.sense(noun), self._lexicon.sense(word)
        own = noun == word or word in art.names().get(id, ())
        wider = noun.endswith(word) or bool(shown and meant and self._lexicon.is_wider(meant, shown))
        stands_in = wider and not own
        fields = {shown.field, meant.field} if shown and meant else set()
        odd = len(fields) > 1 and fields <= CONCRETE and not fields <= {FOOD, PLANT}
        return _Found(id, link, noun if stands_in or not meant else word, word, stands_in, own, odd)

    def _noun(self, art_id: str) -> str:
        """What a picture shows: the first word we gave it, or its own name where that says more ("running shoe")."""
        name, noun = art_id.partition(":")[2].replace("-", " "), art.noun(art_id)
        own, given = self._lexicon.sense(name), self._lexicon.sense(noun)
        return name if own and (given is None or self._lexicon.is_wider(given, own)) else noun

    def _shows(self, sense: Sense, noun: str) -> bool:
        picture = self._lexicon.sense(noun)
        return picture is not None and self._lexicon.shows(sense, picture)


def _on(id: str) -> str:
    set, _, name = id.partition(":")
    return f"drawn on our own {name.replace('-', ' ')}" if set == "body" else f"drawn on {art.title(id)}"
