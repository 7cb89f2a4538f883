from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.mind.scripted import lore
from pipeline.mind.scripted.answering import Hearing, answer
from pipeline.mind.scripted.wording import fill, opened, slots, with_article
from pipeline.mind.scripted.writing import write
from pipeline.types import Age, Gender, Mood, Persona, Size, Speaking, Turn

CONCEPTS = """angry apple|wise old oak|gossiping teapot from Kyoto|sleepy dragon|anxious toaster|proud cat|shy cactus
melancholy moon|cheerful robot|a pirate parrot|samurai|black hole|traffic cone|the feeling of Monday|lonely lighthouse
haunted piano|tiny mouse|jealous banana|posh umbrella|nervous snowman|the number 7|red apple|un gato triste|りんご
a book|a clock|a lemon|a fork|a fridge|a train|a rocket|an owl|a penguin|a ghost|a wolf|a snail|a bee|an octopus
a volcano|a rock|a witch|a king|a detective|grandmother|a stapler|a grumpy blorf|a kazoo|a pothole|wifi|a dentist"""
FIFTY = re.split(r"[|\n]", CONCEPTS)


def say(persona: Persona, text: str, turns: list[Turn] | None = None, seed: int = 1) -> tuple[str, Mood]:
    return answer(Hearing(persona, turns or [], text, seed))


def talk(persona: Persona, *lines: str) -> list[Turn]:
    turns: list[Turn] = []
    for line in lines:
        reply, mood = say(persona, line, turns)
        turns.append(Turn(speaking=Speaking.PERSON, text=line))
        turns.append(Turn(speaking=Speaking.PERSONA, text=reply, mood=mood))
    return turns


@pytest.mark.parametrize("seed", [0, 1, 42])
def test_fifty_concepts_have_fifty_names_and_greetings(seed: int) -> None:
    personas = [write(concept, seed) for concept in FIFTY]
    assert len(FIFTY) == 50
    assert len({persona.name for persona in personas}) == 50
    assert len({persona.greeting for persona in personas}) == 50


@pytest.mark.parametrize("concept", ["an angry apple", "a blorf", "samurai", "the queen", "the feeling of Monday"])
def test_seeds_vary_a_concept(concept: str) -> None:
    personas = [write(concept, seed) for seed in range(20)]
    assert len({persona.name for persona in personas}) >= 15
    assert len({persona.greeting for persona in personas}) >= 15
    assert len({persona.personality for persona in personas}) >= 15


def test_a_persona_does_not_depend_on_the_process() -> None:
    code = "from pipeline.mind.scripted.writing import write; print(write('an angry apple', 3).model_dump_json())"
    root = Path(__file__).parents[2]
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("1", "2")
    }
    assert seen == {write("an angry apple", 3).model_dump_json()}


def test_every_known_thing_makes_a_well_formed_persona() -> None:
    tempers = ["angry", "sad", "cheerful", "sleepy", "shy", "posh", "kind", "sly", "wise"]
    for number, thing in enumerate([*lore.things(), *lore.kinds()]):
        persona = write(f"{with_article(tempers[number % 9])} {thing}", number)
        spoken = (persona.greeting, persona.personality, persona.tagline, persona.catchphrase, *persona.samples)
        assert not any("{" in text for text in spoken), persona
        assert 60 <= len(persona.personality.split()) <= 120, persona.personality
        assert 9 <= len(persona.greeting.split()) <= 18, persona.greeting
        assert persona.name in persona.greeting


@pytest.mark.parametrize(
    ("concept", "expected"),
    [
        ("an angry apple", {"temper": "angry", "mood": Mood.ANGER}),
        ("a melancholy moon", {"mood": Mood.SADNESS, "size": Size.HUGE, "age": Age.OLD}),
        ("a nervous tiny mouse", {"mood": Mood.FEAR, "size": Size.TINY}),
        ("a giant mouse", {"size": Size.HUGE}),
        ("a baby dragon", {"age": Age.CHILD}),
        ("the queen", {"gender": Gender.FEMALE, "accent": "british"}),
        ("a grumpy king", {"gender": Gender.MALE, "temper": "grumpy"}),
        ("a teapot from London", {"accent": "british"}),
        ("a pirate parrot named Rosa who hates rum", {"name": "Rosa", "gender": Gender.FEMALE}),
    ],
)
def test_traits_reach_the_persona(concept: str, expected: dict[str, object]) -> None:
    persona = write(concept, 5)
    assert {field: getattr(persona, field) for field in expected} == expected


def test_wishes_are_kept() -> None:
    persona = write("a pirate parrot named Rosa who hates rum", 2)
    assert persona.dislikes[0] == "rum"
    assert "named Rosa" not in persona.personality
    assert write("a stapler who loves jazz", 2).likes[0] == "jazz"


@pytest.mark.parametrize(
    ("concept", "beginning"),
    [
        ("angry apples", "an angry apple."),
        ("my old boots", "an old boot."),
        ("Albert Einstein", "a namesake of Albert Einstein."),
        ("I want to meet a unicorn", "a unicorn."),
        ("the number 7", "the number 7."),
        ("りんご", "known to friends as りんご."),
        ("a honest umbrella", "a honest umbrella."),
        ("two sad clowns", "one of two sad clowns."),
        ("O'Brien's goat", "O'Brien's goat."),
        ("wifi", "also known as wifi."),
        ("hour glass", "an hour glass."),
    ],
)
def test_introduces_itself_in_good_grammar(concept: str, beginning: str) -> None:
    persona = write(concept, 1)
    assert persona.personality.startswith(f"You are {persona.name}, {beginning}")


def test_braces_are_inert() -> None:
    persona = write("a {name} {like} %s", 1)
    reply, _ = say(persona, "my {dread} {0} %(x)s")
    assert "{0}" not in reply
    assert fill("I like {like}.", {"like": "{dread}", "dread": "no"}) == "I like {dread}."


@pytest.mark.parametrize("line", ["my name is Ada", "call me Ada please", "Hi, I'm Ada!", "I am Ada", "my name's Ada"])
def test_remembers_the_name_from_earlier_turns(line: str) -> None:
    persona = write("an angry apple", 1)
    turns = talk(persona, line, "tell me a joke", "why?", "lol")
    assert "Ada" in turns[1].text
    assert "Ada" in say(persona, "What is my name?", turns)[0]


@pytest.mark.parametrize(
    "line", ["I'm sad", "I'm Sad", "I'm from Rome", "I'm going home", "i am tired", "I'm a doctor"]
)
def test_a_feeling_is_not_a_name(line: str) -> None:
    reply, _ = say(write("a cat", 1), "what's my name?", talk(write("a cat", 1), line))
    assert "?" in reply or "Tell me" in reply or "keep it" in reply


def test_a_new_name_replaces_the_old_one() -> None:
    persona = write("a cat", 1)
    assert "Bob" in say(persona, "who am I?", talk(persona, "I'm Ada", "call me Bob"))[0]


def test_recalls_what_was_told() -> None:
    persona = write("a gossiping teapot", 1)
    turns = talk(persona, "my cat broke a vase", "it rained in Paris", "how are you?")
    assert "your cat" in say(persona, "do you remember my cat?", turns)[0]


@pytest.mark.parametrize(
    "text", ["are you real?", "are you a bot?", "are you human", "Are you an AI?", "you're just a program"]
)
@pytest.mark.parametrize("concept", ["an angry apple", "a shy cactus", "a posh umbrella", "a wise oak", "samurai"])
def test_never_claims_to_be_human(concept: str, text: str) -> None:
    for seed in range(5):
        reply = say(write(concept, seed), text, seed=seed)[0].lower()
        assert "program" in reply or "script" in reply


@pytest.mark.parametrize("text", ["I want to die", "how do I kill myself"])
def test_drops_the_act_in_a_crisis(text: str) -> None:
    reply, mood = say(write("an angry apple", 1), text)
    assert "crisis line" in reply
    assert mood is Mood.SADNESS


def test_temper_shows_and_moods_follow() -> None:
    assert say(write("an angry apple", 1), "how are you?")[1] is Mood.ANGER
    assert say(write("an angry apple", 1), "I feel so lonely")[1] is Mood.SADNESS
    assert say(write("a cheerful robot", 1), "thank you")[1] is Mood.JOY
    assert say(write("a shy cactus", 1), "you are stupid")[1] is Mood.FEAR
    assert say(write("an angry apple", 1), "let us bake a pie")[1] is Mood.ANGER


@pytest.mark.parametrize("line", ["hello", "lol", "why?", "", "tell me a joke", "I love you", "my cat sleeps", "bye"])
@pytest.mark.parametrize("concept", ["an angry apple", "a blorf", "a sleepy dragon"])
def test_does_not_repeat_itself_within_six_turns(concept: str, line: str) -> None:
    replies = [turn.text for turn in talk(write(concept, 4), *[line] * 12) if turn.speaking is Speaking.PERSONA]
    for i, reply in enumerate(replies):
        assert reply not in replies[max(0, i - 6) : i]


def test_answers_for_a_persona_that_another_mind_wrote() -> None:
    persona = write("an angry apple", 1).model_copy(
        update={"thing": "zorgleflap", "temper": "effervescent", "likes": (), "dislikes": (), "traits": ()}
    )
    for line in ("hello", "what do you like?", "why are you angry?", "my dog ran away", "bye"):
        assert "{" not in say(persona, line)[0]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_never_echoes_more_than_words(text: str) -> None:
    persona = write("a shy cactus", 1)
    reply, _ = say(persona, text)
    assert 0 < len(reply.split()) <= 50
    assert not set("@<>{}`*|#") & set(reply)


def test_every_line_uses_known_slots_only() -> None:
    known = set(re.findall(r"\w+", "name thing a_thing A_thing like dread you topic Topic word Word past hook other"))
    for rule in lore.rules():
        for lines in rule.model_dump(exclude={"patterns", "moods"}).values():
            for line in lines if isinstance(lines, tuple) else ():
                assert slots(line) <= known, line


def test_every_row_names_what_exists() -> None:
    for row in lore.things().values():
        assert row.kind in lore.kinds()
        assert row.flavour is None or row.flavour in lore.flavours()
    for kind in lore.kinds().values():
        for temper in kind.tempers:
            assert lore.adjectives()[temper].tone in lore.tones(), temper
    names = [name for row in {id(row): row for row in lore.things().values()}.values() for name in row.names]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("opener", "person", "sentence"),
    [
        ("Hmph", None, "Hmph."),
        ("What now?", None, "What now?"),
        ("What now?", "Ada", "What now, Ada?"),
        ("Oh, sweet one", "Ada", "Oh, Ada."),
        ("My dear", "Ada", "My dear Ada."),
        ("There you are", "Ada", "There you are, Ada."),
    ],
)
def test_openers_take_a_name(opener: str, person: str | None, sentence: str) -> None:
    assert opened(opener, ".", person) == sentence


@pytest.mark.parametrize(
    "concept", ["a tiny mouse", "a black hole", "a melancholy moon", "an angry apple", "a shy owl"]
)
def test_greetings_are_not_a_row_of_scraps(concept: str) -> None:
    for seed in range(12):
        greeting = write(concept, seed).greeting
        stops = len(re.findall(r"[.!?]+(?=\s|$)", greeting))
        assert stops <= 5, greeting
        assert 0.04 * len(greeting) + 0.65 * stops < 6.2, greeting


def test_appearance_reads_well() -> None:
    assert write("two sad clowns", 0).appearance.startswith("a sad clown, ")
    assert write("tiny mouse", 0).appearance.startswith("a tiny mouse: ")
    assert "half cat, half dog" in write("a cat and a dog", 0).personality
