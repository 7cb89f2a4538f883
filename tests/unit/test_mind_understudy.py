"""The demo writer steps in for a mind that fails, and the person is told."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest

from pipeline.errors import Interrupted, TimedOut, WrongKey
from pipeline.mind.scripted.engine import ScriptedMind
from pipeline.mind.understudy import WithUnderstudy
from pipeline.receipt import Receipt
from pipeline.stages import EngineConfig
from pipeline.types import Attachment, Fact, FactKind, Line, Memory, Persona, ReplyDelta


class Failing(ScriptedMind):
    """Fails at everything; a reply only after ``pieces``."""

    def __init__(self, error: Exception, pieces: Sequence[str] = ()) -> None:
        super().__init__(EngineConfig(assets=Path()))
        self.error = error
        self.pieces = pieces
        self.closed = False

    async def write(self, concept: str, seed: int, receipt: Receipt, picture: Attachment | None = None) -> Persona:
        raise self.error

    async def reply(
        self, persona: Persona, memory: Memory, line: Line, seed: int, receipt: Receipt
    ) -> AsyncGenerator[ReplyDelta, None]:
        for piece in self.pieces:
            yield ReplyDelta(text=piece)
        raise self.error

    async def learn(self, persona: Persona, memory: Memory, line: Line, receipt: Receipt) -> Sequence[Fact]:
        raise self.error

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def scripted() -> ScriptedMind:
    return ScriptedMind(EngineConfig(assets=Path()))


async def test_writes_and_answers_in_its_place(scripted: ScriptedMind) -> None:
    mind = WithUnderstudy(Failing(TimedOut("The model at nowhere was silent.")), scripted)
    receipt = Receipt()
    persona = await mind.write("an angry apple", 3, receipt)
    assert persona == await scripted.write("an angry apple", 3, Receipt())
    said = "".join([d.text async for d in mind.reply(persona, Memory(), Line(text="Hello!"), 1, receipt)])
    assert said
    assert len(receipt.notices) == 2
    assert all("silent" in notice and "stands in" in notice for notice in receipt.notices)
    facts = await mind.learn(persona, Memory(), Line(text="I'm Ada."), receipt)
    assert facts == [Fact(kind=FactKind.NAME, text="Is called Ada.")]


async def test_a_reply_that_has_begun_is_not_begun_anew(scripted: ScriptedMind) -> None:
    mind = WithUnderstudy(Failing(Interrupted("It stopped."), ["I was "]), scripted)
    persona = await scripted.write("an angry apple", 3, Receipt())
    deltas = mind.reply(persona, Memory(), Line(text="Hello!"), 1, Receipt())
    assert (await anext(deltas)).text == "I was "
    with pytest.raises(Interrupted):
        await anext(deltas)


async def test_closes_both(scripted: ScriptedMind) -> None:
    failing = Failing(WrongKey("No."))
    await WithUnderstudy(failing, scripted).close()
    assert failing.closed
