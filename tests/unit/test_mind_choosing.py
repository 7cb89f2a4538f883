"""Lettered choice: clear letters count, everything else is no answer, and nothing of it is fatal."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pydantic import SecretStr

from pipeline.errors import RateLimited, WrongKey
from pipeline.mind.character.choosing import choose, letter
from pipeline.mind.chat.endpoint import Endpoint, Message
from pipeline.mind.scripted.writing import write
from pipeline.receipt import Receipt
from pipeline.stages import ChatConfig, Task

PERSONA = write("an angry apple", 1)
OPTIONS = ["a deep growl", "a thin {what} whisper", "a merry\nchirp"]


class Scripted(Endpoint):
    """An endpoint that gives prepared answers and keeps what it was asked."""

    def __init__(self, *answers: str | Exception, chooses: bool = True) -> None:
        super().__init__(ChatConfig(base_url="http://nowhere/v1", key=SecretStr("k"), model="m", chooses=chooses))
        self.answers = list(answers)
        self.asked: list[list[Message]] = []

    async def text(
        self,
        task: Task,
        messages: Sequence[Message],
        receipt: Receipt,
        *,
        max_tokens: int,
        temperature: float = 0.8,
        seed: int | None = None,
        stop: Sequence[str] = (),
    ) -> str:
        assert task is Task.CHOICE
        assert temperature == 0.0
        self.asked.append(list(messages))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize(
    "answer",
    ["B", "b", "B.", "(B)", "[B]", "**B**", "Answer: B", "answer is B.", "The answer is B", "Option B", " B\n", '"B"'],
)
def test_a_clear_letter_counts(answer: str) -> None:
    assert letter(answer, 3) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "D",
        "AB",
        "A or B",
        "B, because it growls",
        "Banana",
        "I choose",
        "Б",
        "1",
        "A. a deep growl",
        "A B",
        "neither",
    ],
)
def test_anything_else_is_no_answer(answer: str) -> None:
    assert letter(answer, 3) is None


async def test_the_option_behind_the_letter_is_chosen() -> None:
    endpoint = Scripted("C")
    assert await choose(endpoint, PERSONA, "voice", OPTIONS, Receipt()) == 2
    question = endpoint.asked[0][0]["content"]
    assert "A. a deep growl\nB. a thin {what} whisper\nC. a merry chirp" in question
    assert PERSONA.name in question
    assert PERSONA.voice_wish in question
    assert "{{" not in question


async def test_an_unclear_answer_is_asked_for_once_again() -> None:
    endpoint = Scripted("Either", "A")
    assert await choose(endpoint, PERSONA, "voice", OPTIONS, Receipt()) == 0
    assert endpoint.asked[1][-1]["content"] == "Answer with one letter from A to C and nothing else."
    assert await choose(Scripted("Either", "D"), PERSONA, "voice", OPTIONS, Receipt()) is None


async def test_a_weak_model_is_not_asked() -> None:
    endpoint = Scripted("A", chooses=False)
    assert await choose(endpoint, PERSONA, "voice", OPTIONS, Receipt()) is None
    assert endpoint.asked == []


@pytest.mark.parametrize("error", [RateLimited("Later."), WrongKey("No.")])
async def test_a_failure_leaves_the_choice_to_others(error: Exception) -> None:
    assert await choose(Scripted(error), PERSONA, "voice", OPTIONS, Receipt()) is None


async def test_no_more_options_than_letters() -> None:
    endpoint = Scripted("Z")
    assert await choose(endpoint, PERSONA, "portrait style", [f"style {i}" for i in range(40)], Receipt()) == 25
    assert "style 26" not in endpoint.asked[0][0]["content"]


async def test_nothing_to_choose_from_is_not_asked() -> None:
    endpoint = Scripted()
    assert await choose(endpoint, PERSONA, "voice", [], Receipt()) is None
    assert await choose(endpoint, PERSONA, "voice", ["the only one"], Receipt()) == 0
