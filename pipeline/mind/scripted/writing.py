"""Writes a persona from a concept without a language model: facts about the thing, a way of talking from its
adjectives, and seeded choice between sentences that people wrote (``data/``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from pipeline.concept import Concept, parse
from pipeline.mind.scripted import lore
from pipeline.mind.scripted.lore import Adjective, Flavour, Kind, Thing, Tone
from pipeline.mind.scripted.wording import Dice, capital, fill, opened, sentence_list, with_article, word_count
from pipeline.nouns import casting
from pipeline.nouns.lexicon import Lexicon
from pipeline.types import Age, Gender, Mood, Persona, Size

_BRITISH_PLACES = re.compile(r"\b(london|england|oxford|cambridge|scotland|wales|yorkshire|britain)\b", re.I)
_PITCH = {Size.TINY: "tiny high", Size.SMALL: "light", Size.MEDIUM: "", Size.LARGE: "deep", Size.HUGE: "very deep"}
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "hundred")
_NAME_POOL = 30
_GREETING_WORDS = range(9, 17)
_GREETING_SECONDS = 5.9
_PERSONALITY_WORDS = range(60, 121)


@dataclass(frozen=True)
class Draft:
    """A concept and everything the data says about it; the parts of a persona are its properties."""

    concept: Concept
    seed: int

    @cached_property
    def dice(self) -> Dice:
        """Choices of this concept and seed."""
        return Dice(self.concept.text.casefold(), self.seed)

    @cached_property
    def kind(self) -> Kind:
        """The kind of the thing."""
        return lore.kinds()[lore.kind_of(self.concept.thing)]

    @cached_property
    def row(self) -> Thing | None:
        """What is known of just this thing."""
        return lore.thing_of(self.concept.thing)

    @cached_property
    def temper(self) -> str:
        """The first trait that is a temper, else one that such things have."""
        for trait in self.concept.traits:
            if trait in lore.adjectives() and lore.adjectives()[trait].tone:
                return trait
        if self.flavour and self.flavour.temper:
            return self.flavour.temper
        return self.dice.pick("temper", self.kind.tempers)

    @cached_property
    def nature(self) -> Adjective:
        """What temper and other traits say together; the temper speaks first."""
        known = lore.adjectives()
        said: dict[str, object] = {}
        for word in (self.temper, *self.concept.traits):
            if word in known:
                said = known[word].model_dump(exclude_none=True) | said
        return Adjective.model_validate(said)

    @cached_property
    def tone(self) -> Tone:
        """The way of talking."""
        return lore.tones()[self.nature.tone or "sage"]

    @cached_property
    def flavour(self) -> Flavour | None:
        """Pirate, robot, royal ... if the concept calls for it."""
        words = {*self.concept.traits, self.concept.thing}
        for flavour in lore.flavours().values():
            if not words.isdisjoint(flavour.words):
                return flavour
        named = (self.row.flavour if self.row else None) or self.kind.flavour
        return lore.flavours()[named] if named else None

    @cached_property
    def description(self) -> str:
        """ "an angry apple": the person's words where they read well, else the parsed ones."""
        text, thing = self.concept.text, self.concept.thing
        text = re.sub(r"\s+(named|called)\s+" + re.escape(self.concept.name or "\0") + r"\b", "", text, flags=re.I)
        first = text.split()[0].casefold()
        if both := re.fullmatch(r"an? ([\w ]+) and an? ([\w ]+)", text, flags=re.I):
            return f"half {both[1]}, half {both[2]}"
        if first in ("the", "a", "an") or (first in lore.words().articles and first not in ("my", "your", "our")):
            return text[0].lower() + text[1:] if text[0].isascii() else text
        if all(word[0].isupper() for word in text.split()) and lore.kind_of(thing) == "thing":
            return f"a namesake of {text}"
        if first[0].isdigit() or first in _NUMBERS:
            return f"one of {text}"
        if first.endswith(("'s", "’s")):
            return text
        if not text[0].isascii():
            return f"known to friends as {text}"
        words = text.split()[1:] if first in ("my", "your", "our") else text.split()
        if thing not in " ".join(words).casefold() or f"{thing}s" in " ".join(words).casefold():
            words = [*self.concept.traits, thing, *self.concept.phrase.split()]
        plain = " ".join(words)
        return with_article(plain) if lore.takes_article(thing) else f"also known as {plain}"

    @cached_property
    def appearance(self) -> str:
        """Words for the painter, in English whatever the concept was written in."""
        told = re.sub(r"\b(named|called)\s+" + re.escape(self.concept.name or "\0"), "", self.concept.phrase)
        traits = [trait for trait in self.concept.traits if trait not in _NUMBERS]
        noun = " ".join([*traits, self.concept.thing, *told.split()])
        article = with_article(noun) if lore.takes_article(self.concept.thing) else noun
        size = "" if self.size in traits else f", {self.size} in size"
        return f"{article}{size}: {self.kind.look}; {self.tone.face}"

    @cached_property
    def name(self) -> str:
        """The wished name, or one from a walk through every name that fits: no seed repeats its neighbours'."""
        if self.concept.name:
            return self.concept.name
        own = list(self.row.names) if self.row else []
        firsts = [name for name in own if " " not in name]
        strangers = [] if len(firsts) > 1 and self.row and self.row.kind == "person" else self.kind.names
        lasts = [*self.tone.last, *self.kind.last]
        if self.flavour:
            lasts = [*self.flavour.last, *self.tone.last[:4]]
        dice = Dice(self.concept.text.casefold())
        fitting, others = (
            dice.order("pairs", [f"{first} {last}" for first in names for last in dict.fromkeys(lasts)])
            for names in (firsts, strangers)
        )
        pool = list(dict.fromkeys([*own, *fitting[:_NAME_POOL], *others]))[: 2 * _NAME_POOL]
        if self._fixed_gender:
            other = lore.words().male if self._fixed_gender is Gender.FEMALE else lore.words().female
            pool = [name for name in pool if other.isdisjoint(name.casefold().split())]
        return dice.order("names", pool)[self.seed % len(pool)]

    @cached_property
    def _fixed_gender(self) -> Gender | None:
        lists, words = lore.words(), {self.concept.thing, *self.concept.traits}
        if self.nature.gender or (self.row and self.row.gender):
            return self.nature.gender or (self.row.gender if self.row else None)
        if words & lists.female:
            return Gender.FEMALE
        return Gender.MALE if words & lists.male else None

    @cached_property
    def gender(self) -> Gender:
        """Said by the concept, heard in the name, or left to chance, mostly neutral."""
        if self._fixed_gender:
            return self._fixed_gender
        first = self.name.casefold().split()[0]
        if first in lore.words().female or (self.concept.name and first.endswith("a")):
            return Gender.FEMALE
        if first in lore.words().male:
            return Gender.MALE
        chances = (Gender.NEUTRAL, Gender.NEUTRAL, Gender.FEMALE, Gender.MALE)
        people = (Gender.FEMALE, Gender.MALE)
        return self.dice.pick("gender", people if lore.kind_of(self.concept.thing) == "person" else chances)

    @cached_property
    def age(self) -> Age:
        """Said, known, or usual for the kind."""
        return self.nature.age or (self.row.age if self.row else None) or self.dice.pick("age", self.kind.ages)

    @cached_property
    def size(self) -> Size:
        """Said, known, or usual for the kind."""
        return self.nature.size or (self.row.size if self.row else None) or self.dice.pick("size", self.kind.sizes)

    @cached_property
    def accent(self) -> str:
        """British where the words or the thing ask for it, else American."""
        if _BRITISH_PLACES.search(self.concept.text):
            return "british"
        return self.nature.accent or (self.row.accent if self.row else None) or "american"

    @cached_property
    def likes(self) -> tuple[str, ...]:
        """Three; a wish of the person comes before them."""
        own = self.dice.order("likes", self.row.likes if self.row else self.kind.likes)
        wished = [self.concept.loves] if self.concept.loves else []
        return tuple(dict.fromkeys([*wished, *own[:3]]))

    @cached_property
    def dislikes(self) -> tuple[str, ...]:
        """Three; a wish of the person comes before them."""
        own = self.dice.order("dislikes", self.row.dreads if self.row else self.kind.dreads)
        wished = [self.concept.hates] if self.concept.hates else []
        return tuple(dict.fromkeys([*wished, *own[:3]]))

    @cached_property
    def slots(self) -> dict[str, str]:
        """Values of the slots; spoken lines take the shorter likes and dislikes."""
        like = self.concept.loves or min(self.likes, key=word_count)
        dread = self.concept.hates or min(self.dislikes, key=word_count)
        return {"name": self.name, "thing": self.concept.thing, "like": like, "dread": dread}

    @cached_property
    def hooks(self) -> list[str]:
        """Spoken lines of five to nine words about the thing, most telling first."""
        own = list(self.row.hooks if self.row else self.kind.hooks)
        general = [fill(line, self.slots) for line in self.dice.order("tone hooks", self.tone.hooks)]
        if self.concept.hates or self.concept.loves:
            slot = "{dread}" if self.concept.hates else "{like}"
            wished = [fill(line, self.slots) for line in self.tone.hooks if slot in line]
            return [*wished, *own, *general]
        return [*self.dice.order("hooks", [*own, general[0]]), *general[1:]]

    @cached_property
    def greeting(self) -> str:
        """Two or three short sentences with the name in them, 9 to 16 words, said in less than six seconds."""
        openers = self.flavour.openers if self.flavour else self.tone.openers
        intros = [fill(line, self.slots) for line in self.dice.order("intro", self.tone.intros)]
        opener = opened(self.dice.pick("opener", openers), self.tone.stop)
        candidates = [f"{opener} {intro} {hook}" for hook in self.hooks for intro in intros]
        whole = [line for line in candidates if word_count(line) in _GREETING_WORDS] or candidates
        return next((line for line in whole if self._seconds(line) < _GREETING_SECONDS), min(whole, key=self._seconds))

    def _seconds(self, line: str) -> float:
        """About how long the line takes to say, fitted to the voices: letters at a pace, and a breath a sentence."""
        pace = 0.7 + 0.45 * (self.nature.energy or 0.5)
        stops = len(re.findall(r"[.!?]+(?=\s|$)", line))
        return 0.04 * len(line) / pace + 0.65 * stops

    @cached_property
    def personality(self) -> str:
        """Second person, 60 to 120 words."""
        # "fog, secretly" closes a list better than it opens one.
        likes = sorted(map(_second_person, self.likes[:2]), key=lambda like: "," in like)
        dreads = sorted(map(_second_person, self.dislikes[:2]), key=lambda dread: ("," in dread, word_count(dread)))
        kind_natures = self.dice.order("nature", self.kind.natures)
        sentences = [
            f"You are {self.name}, {self.description}.",
            self.row.nature if self.row else kind_natures[0],
            self.dice.pick("manner", self.tone.manners),
            f"You love {sentence_list(likes)}, and you cannot abide {' or '.join(dreads)}.",
            self.flavour.habit if self.flavour else self.dice.pick("habit", self.tone.habits),
        ]
        if word_count(" ".join(sentences)) < _PERSONALITY_WORDS.start + (25 if self.row is None else 0):
            sentences.insert(2, kind_natures[1])
        while word_count(" ".join(sentences)) >= _PERSONALITY_WORDS.stop and len(sentences) > 4:
            sentences.pop()
        return " ".join(sentences)

    @cached_property
    def samples(self) -> tuple[str, str, str]:
        """Three lines in character that the greeting has not used."""
        unused = [hook for hook in self.hooks if hook not in self.greeting]
        tone = [fill(line, self.slots) for line in self.dice.order("samples", self.tone.samples)]
        own = self.row.hooks if self.row else self.kind.hooks
        more = [hook for hook in own if hook in unused[1:]]
        return (tone[0], unused[0], more[0] if more else tone[1])

    @cached_property
    def voice_wish(self) -> str:
        """Words for the voice matcher."""
        energy = self.nature.energy or 0.5
        pace = "slow" if energy < 0.35 else "quick" if energy > 0.7 else ""
        who = {Gender.FEMALE: "woman's", Gender.MALE: "man's", Gender.NEUTRAL: "androgynous"}[self.gender]
        if self.age is Age.CHILD:
            who = "child's"
        age = "" if self.age is Age.CHILD else {Age.YOUNG: "young", Age.ADULT: "", Age.OLD: "old"}[self.age]
        words = " ".join(word for word in (pace, _PITCH[self.size], age, self.accent, who, "voice") if word)
        return f"{words}, {self.tone.timbre}, {self.kind.timbre}"


def write(concept: str, seed: int, lexicon: Lexicon | None = None) -> Persona:
    """The persona of a cleaned concept; the same concept and seed always give the same one. With a ``lexicon``, a
    robot chef is a robot, as it is to the painter; without, a chef."""
    draft = Draft(_read(concept, lexicon), seed)
    catchphrases = [*draft.tone.catchphrases, *(draft.flavour.catchphrases * 2 if draft.flavour else ())]
    jitter = draft.dice.between("energy", -0.08, 0.08)
    energy, warmth = draft.nature.energy or 0.5, draft.nature.warmth or 0.5
    return Persona(
        concept=concept,
        thing=draft.concept.thing,
        traits=draft.concept.traits,
        name=draft.name,
        tagline=capital(fill(draft.dice.pick("tagline", draft.tone.taglines), draft.slots)),
        personality=draft.personality,
        temper=draft.temper,
        mood=draft.nature.mood or Mood.CALM,
        age=draft.age,
        gender=draft.gender,
        size=draft.size,
        energy=round(min(1.0, max(0.0, energy + jitter)), 2),
        warmth=round(min(1.0, max(0.0, warmth + draft.dice.between("warmth", -0.08, 0.08))), 2),
        accent=draft.accent,
        likes=draft.likes,
        dislikes=draft.dislikes,
        catchphrase=draft.dice.pick("catchphrase", catchphrases),
        greeting=draft.greeting,
        samples=draft.samples,
        appearance=draft.appearance,
        voice_wish=draft.voice_wish,
        seed=seed,
    )


def _read(concept: str, lexicon: Lexicon | None) -> Concept:
    """The concept, whose thing is who plays a part and not the part."""
    read = parse(concept)
    found = casting.recast(lexicon, concept, read.thing) if lexicon else None
    if found is None:
        return read
    recast, player = found
    traits = tuple(trait for trait in parse(recast).traits if trait not in player.split())
    return read.model_copy(update={"thing": player, "traits": traits})


def _second_person(phrase: str) -> str:
    phrase = re.sub(r"\bmy\b", "your", phrase)
    phrase = re.sub(r"\bmine\b", "yours", phrase)
    return re.sub(r"\bme\b", "you", phrase)
