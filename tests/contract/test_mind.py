"""What every mind promises, whatever stands behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import registry
from pipeline.stages import EngineConfig, Mind
from pipeline.types import Persona, ReplyDelta, Speaking, Turn

ENGINES = ["scripted"]
CONCEPTS = ["an angry apple", "a teapot from Kyoto", "the number 7", "りんご", "un gato triste", "a {blorf} %s"]


@pytest.fixture(params=ENGINES)
def mind(request: pytest.FixtureRequest, tmp_path: Path) -> Mind:
    engine: Mind = registry.create("mind", request.param, EngineConfig(assets=tmp_path))
    return engine


async def _reply(mind: Mind, persona: Persona, turns: list[Turn], text: str) -> list[ReplyDelta]:
    return [delta async for delta in mind.reply(persona, turns, text, 5)]


@pytest.mark.parametrize("concept", CONCEPTS)
async def test_writes_a_whole_persona(mind: Mind, concept: str) -> None:
    persona = await mind.write(concept, 7)
    assert persona.concept == concept
    assert persona.seed == 7
    for text in (persona.name, persona.tagline, persona.personality, persona.temper, persona.greeting):
        assert text.strip()
    assert len(persona.name) <= 60
    assert persona.personality.startswith("You are ")
    assert persona.likes
    assert persona.dislikes
    assert all(persona.samples)
    assert Persona.model_validate_json(persona.model_dump_json()) == persona


async def test_honours_a_wished_name(mind: Mind) -> None:
    assert "Rosa" in (await mind.write("a pirate parrot named Rosa who hates rum", 1)).name


async def test_streams_a_short_reply_with_its_mood_first(mind: Mind) -> None:
    persona = await mind.write("an angry apple", 1)
    deltas = await _reply(mind, persona, [], "What do you think of pies?")
    assert deltas[0].mood is not None
    assert all(delta.mood is None for delta in deltas[1:])
    assert len(deltas) > 1
    assert 0 < len("".join(delta.text for delta in deltas).split()) <= 50


@pytest.mark.parametrize("text", ["", "   ", "{name} %s {0}", "@everyone <@123>", "🍎" * 50, "la " * 2000, "\x00"])
async def test_answers_any_text(mind: Mind, text: str) -> None:
    persona = await mind.write("a shy cactus", 1)
    reply = "".join(delta.text for delta in await _reply(mind, persona, [], text))
    assert reply.strip()
    assert "@everyone" not in reply
    assert "<@" not in reply


async def test_does_not_say_the_same_line_twice_in_a_row(mind: Mind) -> None:
    persona = await mind.write("a melancholy moon", 2)
    turns: list[Turn] = []
    for _ in range(8):
        reply = "".join(delta.text for delta in await _reply(mind, persona, turns, "hello"))
        assert not turns or reply != turns[-1].text
        turns += [Turn(speaking=Speaking.PERSON, text="hello"), Turn(speaking=Speaking.PERSONA, text=reply)]
