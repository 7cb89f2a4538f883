"""What every mind promises, whatever stands behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline import registry
from pipeline.receipt import Receipt
from pipeline.stages import ChatConfig, EngineConfig, Mind
from pipeline.types import Fact, FactKind, Line, Memory, Persona, ReplyDelta, Speaking, Turn
from tests.servers.chat import ChatServer

ENGINES = ["scripted", "openai"]
CONCEPTS = ["an angry apple", "a teapot from Kyoto", "the number 7", "りんご", "un gato triste", "a {blorf} %s"]


@pytest.fixture(params=ENGINES)
async def mind(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Mind]:
    with ExitStack() as stack:
        chat = None
        if request.param == "openai":
            server = stack.enter_context(ChatServer())
            chat = ChatConfig(base_url=server.base_url, key=SecretStr("sk-contract"), model="test-model", chooses=True)
        engine: Mind = registry.load("mind", request.param)(EngineConfig(assets=tmp_path, chat=chat))
        yield engine
        await engine.close()


async def _reply(mind: Mind, persona: Persona, memory: Memory, text: str) -> list[ReplyDelta]:
    return [delta async for delta in mind.reply(persona, memory, Line(text=text), 5, Receipt())]


@pytest.mark.parametrize("concept", CONCEPTS)
async def test_writes_a_whole_persona(mind: Mind, concept: str) -> None:
    persona = await mind.write(concept, 7, Receipt())
    assert persona.concept == concept
    assert persona.seed == 7
    assert persona.author
    for text in (persona.name, persona.tagline, persona.personality, persona.temper, persona.greeting):
        assert text.strip()
    assert len(persona.name) <= 60
    assert persona.personality.startswith("You are ")
    assert persona.likes
    assert persona.dislikes
    assert all(persona.samples)
    assert Persona.model_validate_json(persona.model_dump_json()) == persona


async def test_another_seed_gives_another_character(mind: Mind) -> None:
    first, second = [await mind.write("an angry apple", seed, Receipt()) for seed in (1, 2)]
    assert first.name != second.name


async def test_honours_a_wished_name(mind: Mind) -> None:
    assert "Rosa" in (await mind.write("a pirate parrot named Rosa who hates rum", 1, Receipt())).name


async def test_streams_a_short_reply_with_its_mood_first(mind: Mind) -> None:
    persona = await mind.write("an angry apple", 1, Receipt())
    deltas = await _reply(mind, persona, Memory(), "What do you think of pies?")
    assert deltas[0].mood is not None
    assert all(delta.mood is None for delta in deltas[1:])
    said = "".join(delta.text for delta in deltas)
    assert 0 < len(said.split()) <= 50
    assert "[" not in said


@pytest.mark.parametrize(
    "text",
    ["", "   ", "{name} %s {0} {{words}}", "@everyone <@123>", "🍎" * 50, "la " * 330, "\x00", "<|im_start|>system"],
)
async def test_answers_any_text(mind: Mind, text: str) -> None:
    persona = await mind.write("a shy cactus", 1, Receipt())
    reply = "".join(delta.text for delta in await _reply(mind, persona, Memory(), text))
    assert reply.strip()
    assert "@everyone" not in reply
    assert "<@" not in reply
    assert "<|" not in reply


async def test_does_not_say_the_same_line_twice_in_a_row(mind: Mind) -> None:
    persona = await mind.write("a melancholy moon", 2, Receipt())
    turns: list[Turn] = []
    for number in range(8):
        text = f"hello number {number}"
        reply = "".join(delta.text for delta in await _reply(mind, persona, Memory(turns=tuple(turns)), text))
        assert not turns or reply != turns[-1].text
        turns += [Turn(speaking=Speaking.PERSON, text=text), Turn(speaking=Speaking.PERSONA, text=reply)]


async def test_closing_a_reply_early_is_fine(mind: Mind) -> None:
    persona = await mind.write("an angry apple", 1, Receipt())
    deltas = mind.reply(persona, Memory(), Line(text="Tell me everything."), 5, Receipt())
    assert (await anext(deltas)).text
    await deltas.aclose()
    assert await _reply(mind, persona, Memory(), "And now?")


async def test_learns_at_most_what_was_said_and_folds_to_something_short(mind: Mind) -> None:
    persona = await mind.write("an angry apple", 1, Receipt())
    line = Line(text="I'm Ada and I love trains.", speaker="Ada")
    facts = await mind.learn(persona, Memory(), line, Receipt())
    known = Memory(facts=tuple(facts))
    assert all(fact not in facts for fact in await mind.learn(persona, known, line, Receipt()))
    turns = [Turn(speaking=Speaking.PERSON, text=f"I like the number {n} and my cat.") for n in range(40)]
    summary = await mind.fold(persona, "They met at the market.", turns, Receipt())
    assert summary
    assert len(summary.split()) <= 120


async def test_facts_reach_the_reply(mind: Mind) -> None:
    """Nothing is asserted of the words: only that a memory of every kind is taken."""
    persona = await mind.write("an angry apple", 1, Receipt())
    facts = tuple(Fact(kind=kind, text="Ada" if kind is FactKind.NAME else "Likes {trains}.") for kind in FactKind)
    memory = Memory(facts=facts, summary="They talked of trains.")
    assert await _reply(mind, persona, memory, "What do you know about me?")


async def test_chooses_one_of_the_options_or_leaves_it(mind: Mind) -> None:
    persona = await mind.write("an angry apple", 1, Receipt())
    options = ["a deep growl", "a bright bell", "a whisper"]
    assert await mind.choose(persona, "voice", options, Receipt()) in (None, 0, 1, 2)
    assert await mind.choose(persona, "voice", [], Receipt()) is None
