"""The demo writer's answer to a line: the first rule that hears something, in the persona's way of talking, and
never what it has just said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.concept import refused
from pipeline.mind.scripted import listening, lore
from pipeline.mind.scripted.lore import Rule
from pipeline.mind.scripted.staging import NO_STAGE, Stage
from pipeline.mind.scripted.wording import Dice, capital, fill, is_said_in, opened, slots, with_article
from pipeline.types import Mood, Persona, Speaking, Turn

_FRESH_TURNS = 6
"""A line is not said again within this many turns of the persona."""

_PASSED, _PASSING = 0.3, 30
"""How often a line of a scene is passed on to somebody else, and the most words of such a line."""

_TONE_OF_MOOD = {
    Mood.ANGER: "cross",
    Mood.SADNESS: "glum",
    Mood.FEAR: "nervous",
    Mood.JOY: "merry",
    Mood.SURPRISE: "merry",
    Mood.CALM: "sage",
}


@dataclass(frozen=True)
class Hearing:
    """A line of the person and what is needed to answer it. Works for any persona, also one another mind wrote."""

    persona: Persona
    turns: Sequence[Turn]
    text: str
    seed: int
    stage: Stage = NO_STAGE

    @cached_property
    def said(self) -> list[str]:
        """The persona's earlier lines, latest last."""
        return [turn.text for turn in self.turns if turn.speaking is Speaking.PERSONA]

    @cached_property
    def dice(self) -> Dice:
        """Choices of this turn."""
        return Dice(self.persona.name, self.seed, len(self.turns), self.text.casefold())

    @cached_property
    def tone(self) -> str:
        """Name of the way of talking."""
        adjective = lore.adjectives().get(self.persona.temper.casefold())
        return (adjective.tone if adjective else None) or _TONE_OF_MOOD[self.persona.mood]

    @cached_property
    def person(self) -> str | None:
        """The person's name, if it was told."""
        return listening.person_name(self.turns, self.text)

    @cached_property
    def liked(self) -> str | None:
        """A word of the line that the persona likes."""
        row = lore.thing_of(self.persona.thing)
        return listening.shared_topic(self.text, (*self.persona.likes, *(row.likes if row else ())))

    @cached_property
    def dreaded(self) -> str | None:
        """A word of the line that the persona cannot stand."""
        row = lore.thing_of(self.persona.thing)
        return listening.shared_topic(self.text, (*self.persona.dislikes, *(row.dreads if row else ())))

    def topic(self, which: str | None) -> str | None:
        """The word a rule is about."""
        if which == "like":
            return self.liked
        if which == "dread":
            return self.dreaded
        if self.stage.happens:
            return None
        own, topics = self.persona.name.casefold(), listening.topics(self.stage.matter(self.text))
        found = [word for word in topics if word.casefold() != own]
        return found[0] if found else None

    @cached_property
    def past(self) -> str | None:
        """Something the person said before."""
        return listening.remembered(self.persona, self.turns, self.text)


def answer(hearing: Hearing) -> tuple[str, Mood]:
    """The line to say and the mood to say it in; at most 50 words."""
    rule = _rule(hearing)
    templates = _templates(hearing, rule)
    recent = [*hearing.said[-_FRESH_TURNS:], *hearing.stage.overheard]
    unsaid = [line for line in templates if not any(is_said_in(line, old) for old in recent)]
    fresh = [line for line in _filled(hearing, rule, unsaid) if not any(line in old for old in recent)]
    line = fresh[0] if fresh else _another(hearing, _filled(hearing, rule, templates))
    return _passed(hearing, rule, _addressed(hearing, rule, line)), _mood(hearing, rule)


def _rule(hearing: Hearing) -> Rule:
    rules = {rule.intent: rule for rule in lore.rules()}
    text = hearing.text.replace("’", "'")
    if not any(ch.isalnum() for ch in text):
        return rules["empty"]
    if _matches(rules["crisis"], text):
        return rules["crisis"]
    if refused(text) and not _matches(rules["insult"], text):
        return rules["improper"]
    return next(rule for rule in lore.rules() if _hears(hearing, rule, text))


def _matches(rule: Rule, text: str) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in rule.patterns)


def _hears(hearing: Hearing, rule: Rule, text: str) -> bool:
    if rule.scene or hearing.stage.happens:
        return rule.scene == hearing.stage.happens
    if rule.needs_you and not hearing.person:
        return False
    if rule.needs_past and not hearing.past:
        return False
    if rule.told_name:
        return listening.told_name(text) is not None
    if rule.topic and not hearing.topic(rule.topic):
        return False
    return _matches(rule, text) if rule.patterns else rule.topic is not None


def _templates(hearing: Hearing, rule: Rule) -> list[str]:
    """Every line the rule can say, the tone's own first as a rule, in the order of this turn's dice."""
    if rule.plain:
        return hearing.dice.order("any", rule.any)
    own = hearing.dice.order("own", getattr(rule, hearing.tone))
    general = hearing.dice.order("any", rule.any)
    lines = [*own[:1], *hearing.dice.order("both", [*own[1:], *general])]
    if own and rule.intent not in ("crisis", "real") and hearing.dice.between("own first", 0, 1) > 0.8:
        lines = [*lines[1:], lines[0]]
    return lines


def _filled(hearing: Hearing, rule: Rule, templates: list[str]) -> list[str]:
    """The lines whose slots can be filled here."""
    values = _values(hearing, rule)
    hooks = hearing.dice.order("hooks", hooks_of(hearing.persona))
    filled = []
    for line in templates:
        if slots(line) <= values.keys() | {"hook"}:
            for hook in hooks if "{hook}" in line else hooks[:1]:
                filled.append(fill(line, values | {"hook": hook}))
    return filled


def _values(hearing: Hearing, rule: Rule) -> dict[str, str]:
    persona = hearing.persona
    noun = a_thing(persona)
    values = {"name": persona.name, "thing": persona.thing, "a_thing": noun, "A_thing": capital(noun)}
    kind = lore.kinds()[lore.kind_of(persona.thing)]
    values["like"] = hearing.dice.pick("like", persona.likes or kind.likes)
    values["dread"] = hearing.dice.pick("dread", persona.dislikes or kind.dreads)
    topic = hearing.topic(rule.topic)
    if topic and rule.topic:
        phrase = listening.noun_phrase(hearing.text, topic)
        values |= {"topic": phrase, "Topic": capital(phrase), "word": topic, "Word": capital(topic)}
    if hearing.person:
        values["you"] = hearing.person
    if hearing.stage.whose:
        values["other"] = hearing.stage.whose
    if hearing.past:
        values["past"] = hearing.past
    return values


def a_thing(persona: Persona) -> str:
    """ "an apple", "rain", "the number 7"."""
    row = lore.thing_of(persona.thing)
    if persona.thing[:1].isdigit():
        return f"the number {persona.thing}"
    if not persona.thing[:1].isascii():
        return persona.thing
    if not lore.takes_article(persona.thing):
        return capital(persona.thing) if row and row.proper else persona.thing
    return with_article(persona.thing)


def hooks_of(persona: Persona) -> list[str]:
    """Lines that only this persona says."""
    row = lore.thing_of(persona.thing)
    own = row.hooks if row else lore.kinds()[lore.kind_of(persona.thing)].hooks
    return list(dict.fromkeys([*own, *persona.samples, persona.catchphrase]))


def _another(hearing: Hearing, candidates: list[str]) -> str:
    """All was said lately: a line with something of its own after it, which is not the last one said."""
    tails = hearing.dice.order("tails", hooks_of(hearing.persona))
    combined = [f"{line} {tail}" for line in candidates for tail in tails if tail != line]
    recent = hearing.said[-_FRESH_TURNS:]
    last = hearing.said[-1:]
    fresh = [line for line in combined if line not in recent and len(line.split()) <= 45]
    return next(iter(fresh), next((line for line in [*combined, *candidates] if line not in last), candidates[0]))


def _addressed(hearing: Hearing, rule: Rule, line: str) -> str:
    """Now and then a word of the tone before the line, and the person's name when it is known."""
    person = hearing.person
    if rule.plain or rule.intent.startswith("person_"):
        return line
    tone = lore.tones()[hearing.tone]
    if person and person not in line:
        if hearing.dice.between("call by name", 0, 1) < 0.45:
            opener = hearing.dice.pick("opener", tone.openers)
            return f"{opened(opener, '.', person)} {line}"
        return line
    begins = line.split()[0].strip(",.!?").casefold()
    opener = hearing.dice.pick("opener", tone.openers)
    fits = "," not in opener and begins not in opener.casefold().rstrip("?").split()
    if fits and hearing.dice.between("open", 0, 1) < 0.25:
        return f"{opened(opener, tone.stop)} {line}"
    return line


def _passed(hearing: Hearing, rule: Rule, line: str) -> str:
    """In a scene, now and then a word to one of the others."""
    others = [name for name in hearing.stage.others if name not in line]
    if not others or rule.plain or len(line.split()) > _PASSING or hearing.dice.between("pass", 0, 1) > _PASSED:
        return line
    other = hearing.dice.pick("other", others)
    passes = [one for one in lore.tones()[hearing.tone].passes if not any(is_said_in(one, old) for old in hearing.said)]
    return f"{line} {fill(hearing.dice.pick('passing', passes), {'other': other})}" if passes else line


def _mood(hearing: Hearing, rule: Rule) -> Mood:
    if hearing.tone in rule.moods:
        return rule.moods[hearing.tone]
    if rule.mood is None:
        return hearing.persona.mood
    # A cross character stays cross through small pleasantries; only sorrow and danger change its face.
    soft = rule.intent in ("person_sad", "crisis", "compliment", "love")
    return rule.mood if hearing.tone != "cross" or soft else hearing.persona.mood
