"""What our side of a reply costs beside the language model's: `python -m tests.bench.mind [--json]`.

A server on this machine answers 50 words at once; the same answer is read through `OpenAIMind` (prompt, guard, mood,
usage) and through the bare SDK. Figures are processor time of the event loop's thread, which other work of the machine
does not lengthen; the server runs in a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import statistics
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from pathlib import Path

from openai import AsyncOpenAI
from pydantic import SecretStr
from rich.console import Console

from bot.bench import Row, table
from pipeline.mind.openai import OpenAIMind
from pipeline.mind.scripted.writing import write
from pipeline.receipt import Receipt
from pipeline.stages import ChatConfig, EngineConfig
from pipeline.types import Fact, FactKind, Line, Memory, Speaking, Turn
from tests.servers.chat import ChatServer

ROUNDS = 50
LINE = "What would you do on a rainy day in autumn, when nobody comes to visit you?"
ANSWER = (
    "[anger] Rain again, and of course nobody comes. I would sit in the bowl and count the drops on the window. "
    "Then I would shout at the pears, who never listen. By evening I would be ripe with rage, and a little lonely. "
    "Visit me, if you must, and bring no pie."
)


def serve(pipe: Connection) -> None:
    """The server's process: tells its address, and lives until the pipe closes."""
    with ChatServer(lambda body: ANSWER) as server:
        pipe.send(server.base_url)
        pipe.poll(None)


async def measure(base_url: str) -> list[Row]:
    """Medians of replies through us and through the SDK alone."""
    chat = ChatConfig(base_url=base_url, key=SecretStr("none"), model="test-model")
    mind = OpenAIMind(EngineConfig(assets=Path(), chat=chat))
    sdk = AsyncOpenAI(base_url=base_url, api_key="none")
    persona = write("an angry apple", 3)
    said = [
        Turn(speaking=(Speaking.PERSON, Speaking.PERSONA)[n % 2], text=f"Line {n}: {LINE}", speaker="Ada")
        for n in range(20)
    ]
    facts = tuple(Fact(kind=FactKind.LIKE, text=f"Likes the night train number {n}.") for n in range(8))
    memory = Memory(turns=tuple(said), summary="They met at the market. " * 20, facts=facts)

    async def ours() -> None:
        async for _ in mind.reply(persona, memory, Line(text=LINE, speaker="Ada"), 1, Receipt()):
            pass

    async def theirs() -> None:
        stream = await sdk.chat.completions.create(
            model="test-model", messages=[{"role": "user", "content": LINE}], stream=True
        )
        async for _ in stream:
            pass

    through_us, through_sdk = await _median(ours), await _median(theirs)
    await mind.close()
    await sdk.close()
    return [
        Row("a reply of 50 words through OpenAIMind, processor time", through_us, "ms"),
        Row("the same stream through the bare SDK", through_sdk, "ms"),
        Row("our own part", through_us - through_sdk, "ms"),
    ]


async def _median(reply: Callable[[], Awaitable[None]]) -> float:
    spent = []
    for _ in range(ROUNDS + 3):
        began = time.thread_time()
        await reply()
        spent.append(1000 * (time.thread_time() - began))
    return statistics.median(spent[3:])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    try:
        rows = asyncio.run(measure(ours.recv()))
    finally:
        process.terminate()
    if as_json:
        print(json.dumps([row.document() for row in rows]))
    else:
        Console().print(table(rows))


if __name__ == "__main__":
    main()
