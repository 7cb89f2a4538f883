"""The protocol as a real server speaks it. The model is a toy: what it says is never judged, only that it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from pipeline.errors import ContextOverflow
from pipeline.mind.character.drafts import schema
from pipeline.mind.character.reading import first_object, words
from pipeline.mind.chat import servers
from pipeline.mind.chat.endpoint import Endpoint, Message
from pipeline.mind.openai import OpenAIMind
from pipeline.mind.scripted.writing import write
from pipeline.receipt import Receipt
from pipeline.stages import ChatConfig, EngineConfig, Task
from pipeline.types import Line, Memory, Persona, Speaking, Turn

pytestmark = pytest.mark.llm

HELLO: list[Message] = [{"role": "user", "content": "Hello! Who are you?"}]
STORY: list[Message] = [{"role": "user", "content": "Tell me a very long story about a parrot."}]
LONG: list[Message] = [{"role": "user", "content": "word " * 6000}]


@pytest.fixture
async def mind(config: ChatConfig, tmp_path: Path) -> AsyncIterator[OpenAIMind]:
    mind = OpenAIMind(EngineConfig(assets=tmp_path, chat=config))
    yield mind
    await mind.close()


@pytest.fixture
def persona() -> Persona:
    return write("an angry apple", 1)


async def test_says_what_it_serves(config: ChatConfig) -> None:
    served = await servers.models(config.base_url, config.key)
    assert [model.id for model in served] == [config.model]
    assert served[0].sees is not True


async def test_streams_in_pieces_and_counts_once(endpoint: Endpoint) -> None:
    receipt = Receipt()
    async with aclosing(endpoint.stream(Task.REPLY, HELLO, receipt, max_tokens=24)) as stream:
        pieces = [piece async for piece in stream]
    assert len(pieces) > 1
    (usage,) = receipt.usages
    assert usage.prompt_tokens > 5
    assert 1 < usage.completion_tokens <= 24
    assert usage.first is not None
    assert 0 < usage.first <= usage.seconds


async def test_the_seed_decides(endpoint: Endpoint) -> None:
    said = [await endpoint.text(Task.REPLY, STORY, Receipt(), max_tokens=24, seed=seed) for seed in (1, 1, 2**40 + 2)]
    assert said[0] == said[1] != said[2]


async def test_stops_where_it_is_told(endpoint: Endpoint) -> None:
    text = await endpoint.text(Task.REPLY, STORY, Receipt(), max_tokens=200, stop=["."])
    assert text
    assert "." not in text


async def test_follows_a_schema(endpoint: Endpoint) -> None:
    form = {
        "type": "object",
        "properties": {"mood": {"enum": ["joy", "anger"]}, "size": {"type": "integer"}},
        "required": ["mood", "size"],
        "additionalProperties": False,
    }
    text = await endpoint.json(Task.MEMORY, HELLO, Receipt(), schema=form, name="feeling", max_tokens=60, seed=1)
    found = first_object(text)
    assert found is not None
    assert found.keys() == {"mood", "size"}
    assert found["mood"] in ("joy", "anger")
    assert isinstance(found["size"], int)


async def test_takes_the_schema_of_a_draft(endpoint: Endpoint) -> None:
    """A grammar is compiled from it before the first token: a server that cannot would refuse."""
    receipt = Receipt()
    text = await endpoint.json(Task.PERSONA, HELLO, receipt, schema=schema(), name="character", max_tokens=40, seed=1)
    assert text.startswith("{")
    assert '"thing"' in text
    assert receipt.usages[0].completion_tokens <= 40


async def test_hanging_up_frees_the_server(endpoint: Endpoint, config: ChatConfig) -> None:
    receipt = Receipt()
    async with aclosing(endpoint.stream(Task.REPLY, STORY, receipt, max_tokens=3500)) as stream:
        assert await anext(stream)
        await _until(config, busy=True)
    await _until(config, busy=False)
    assert 0 < receipt.usages[0].completion_tokens < 1000
    assert await endpoint.text(Task.REPLY, HELLO, Receipt(), max_tokens=4)


async def test_a_cancelled_task_frees_the_server(endpoint: Endpoint, config: ChatConfig) -> None:
    receipt = Receipt()
    task = asyncio.create_task(endpoint.text(Task.REPLY, STORY, receipt, max_tokens=3500))
    await _until(config, busy=True)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await _until(config, busy=False)


async def test_answers_two_at_a_time(endpoint: Endpoint) -> None:
    """The server has one place: the other call waits for it, silent, and is answered."""
    receipts = Receipt(), Receipt()
    said = await asyncio.gather(*(endpoint.text(Task.REPLY, HELLO, receipt, max_tokens=16) for receipt in receipts))
    assert all(said)
    assert all(len(receipt.usages) == 1 for receipt in receipts)


async def test_too_many_words_are_named_so(endpoint: Endpoint) -> None:
    with pytest.raises(ContextOverflow):
        await endpoint.text(Task.REPLY, LONG, Receipt(), max_tokens=8)


async def test_llama_cpp_answers_by_any_name(config: ChatConfig) -> None:
    """It serves one model and does not look at the name; that a name is wrong shows only in the list of models."""
    endpoint = Endpoint(replace(config, model="no-such-model"))
    assert await endpoint.text(Task.REPLY, HELLO, Receipt(), max_tokens=4)
    await endpoint.close()


async def test_a_picture_that_it_cannot_see_is_left_out(endpoint: Endpoint) -> None:
    """llama.cpp refuses it with a 500; without it the words are answered."""
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    message: Message = {"role": "user", "content": [{"type": "text", "text": "What is this?"}, picture]}
    assert await endpoint.text(Task.REPLY, [message], Receipt(), max_tokens=4)


async def test_a_reply_is_short_and_has_a_mood(mind: OpenAIMind, persona: Persona, config: ChatConfig) -> None:
    receipt = Receipt()
    deltas = [delta async for delta in mind.reply(persona, Memory(), Line(text="Who are you?"), 1, receipt)]
    assert deltas[0].mood is not None
    assert all(delta.mood is None for delta in deltas[1:])
    assert 0 < words("".join(delta.text for delta in deltas)) <= config.words
    assert len(receipt.usages) == 1 + receipt.reasks


async def test_a_conversation_that_is_too_long_is_shortened(
    config: ChatConfig, tmp_path: Path, persona: Persona
) -> None:
    """The settings promise more context than the server has: it says so, and the memory shrinks until it fits."""
    mind = OpenAIMind(EngineConfig(assets=tmp_path, chat=replace(config, context=100_000)))
    said = "I walked along the river and thought of apples. " * 500
    turns = tuple(Turn(speaking=speaking, text=said) for speaking in Speaking)
    reply = mind.reply(persona, Memory(turns=turns), Line(text="What did I do?"), 1, Receipt())
    assert "".join([delta.text async for delta in reply]).strip()
    await mind.close()


async def test_writes_a_valid_character(mind: OpenAIMind) -> None:
    """The schema bends even this model into shape, with one repair at most."""
    receipt = Receipt()
    persona = await mind.write("a jealous umbrella", 3, receipt)
    assert persona.concept == "a jealous umbrella"
    assert Persona.model_validate_json(persona.model_dump_json()) == persona
    assert len(receipt.usages) == 1 + receipt.repairs <= 2


async def _until(config: ChatConfig, *, busy: bool) -> None:
    """Waits for the server to generate, or to have stopped (llama.cpp's own list of its places).

    A whole answer of 3,500 tokens takes minutes; half of one must do for hanging up.
    """
    async with asyncio.timeout(30), httpx2.AsyncClient(trust_env=False) as client:
        while True:
            slots = (await client.get(f"{config.base_url.removesuffix('/v1')}/slots")).json()
            if any(slot["is_processing"] for slot in slots) is busy:
                return
            await asyncio.sleep(0.1)
