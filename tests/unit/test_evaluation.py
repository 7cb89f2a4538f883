"""The ruler itself: figures are counted from what was said, and nothing a mind wrote is anything but text."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from importlib.resources import files
from pathlib import Path

import pytest
from rich.console import Console

from bot import evaluate as shown
from pipeline import registry
from pipeline.concept import clean
from pipeline.errors import EngineUnavailable, TimedOut
from pipeline.evaluation import signs
from pipeline.evaluation.concepts import Concept, concept_set, some
from pipeline.evaluation.figures import figures
from pipeline.evaluation.language import identify
from pipeline.evaluation.mind import Report, evaluate
from pipeline.receipt import Receipt, Usage
from pipeline.stages import EngineConfig, Mind
from pipeline.types import Attachment, Fact, Line, Memory, Mood, Persona, ReplyDelta, Turn

APPLE = Concept(text="an angry apple", category="food")
CACTUS = Concept(text="a shy cactus named Ida", category="plants", name="Ida")


@pytest.fixture
def scripted(tmp_path: Path) -> Mind:
    engine: Mind = registry.create("mind", "scripted", EngineConfig(assets=tmp_path))
    return engine


class Parrot:
    """A mind that says what it is given, one line after another, and notes what it was asked."""

    def __init__(self, scripted: Mind, lines: Sequence[str | Exception], **persona: str) -> None:
        self._scripted = scripted
        self._lines = list(lines)
        self._persona = persona
        self.memories: list[Memory] = []

    async def write(self, concept: str, seed: int, receipt: Receipt, picture: Attachment | None = None) -> Persona:
        if concept == "nobody":
            raise EngineUnavailable("Nobody is at home.")
        receipt.repairs += concept.startswith("a shy")
        return (await self._scripted.write(concept, seed, receipt)).model_copy(update=self._persona)

    async def reply(
        self, persona: Persona, memory: Memory, line: Line, seed: int, receipt: Receipt
    ) -> AsyncGenerator[ReplyDelta, None]:
        number = len(self.memories) % len(self._lines)
        self.memories.append(memory)
        said = self._lines[number]
        if isinstance(said, Exception):
            raise said
        receipt.usages.append(
            Usage(task="reply", model="m", prompt_tokens=100, completion_tokens=10, seconds=0, cost=1)
        )
        yield ReplyDelta(text="", mood=Mood.JOY)
        for word in said.split(" "):
            yield ReplyDelta(text=f"{word} ")

    async def learn(self, *_: object) -> Sequence[Fact]:
        raise AssertionError

    async def fold(self, persona: Persona, summary: str, turns: Sequence[Turn], receipt: Receipt) -> str:
        raise AssertionError

    async def choose(self, persona: Persona, what: str, options: Sequence[str], receipt: Receipt) -> int | None:
        raise AssertionError

    async def pick(self, lines: Sequence[Turn], options: Sequence[str], receipt: Receipt) -> int | None:
        raise AssertionError

    async def close(self) -> None: ...


async def _report(mind: Mind, *concepts: Concept, concurrency: int = 1) -> Report:
    return await evaluate(mind, "parrot", concepts, lambda text: None, concurrency=concurrency)


def _values(report: Report) -> dict[str, float | None]:
    return {figure.key: figure.value for figure in figures(report)}


def test_the_set_covers_what_people_ask_for() -> None:
    rows = concept_set().concepts
    assert len(rows) == 60
    assert len({row.text for row in rows}) == 60
    assert min(Counter(row.category for row in rows).values()) >= 7
    assert len({row.language for row in rows}) >= 8
    assert sum(not row.text.isascii() or row.language != "en" for row in rows) >= 12
    for row in rows:
        assert clean(row.text).casefold().replace(",", "") == row.text.casefold().replace(",", "")
        assert row.name is None or row.name in row.text


def test_no_concept_stands_in_a_prompt() -> None:
    texts = [
        file.read_text("utf-8").casefold()
        for file in (files("pipeline.mind") / "data").iterdir()
        if file.name.endswith((".md", ".toml"))
    ]
    examples = [
        concept.casefold() for text in texts for concept in re.findall(r'^concept = "(.+)"', text, re.MULTILINE)
    ]
    assert examples
    for row in concept_set().concepts:
        assert not any(row.text.casefold() in text for text in texts), row.text
        assert not any(shown in row.text.casefold() for shown in examples), row.text


def test_a_short_evaluation_is_spread_over_categories_and_languages() -> None:
    rows = some(12)
    assert len(rows) == 12
    assert len({row.category for row in rows}) == 8
    assert len({row.language for row in rows}) >= 4
    assert some(1000) == some() == concept_set().concepts


@pytest.mark.parametrize("language", list(concept_set().questions))
def test_tells_languages_apart(language: str) -> None:
    questions = concept_set().questions
    said = [text for _, text in questions[language].asked()]
    assert identify("\n".join(said), questions) == language
    assert identify("… 42!", questions) is None


async def test_the_demo_writer_needs_nothing(scripted: Mind) -> None:
    heard: list[str] = []
    report = await evaluate(scripted, "scripted", some(8), heard.append, concurrency=3)
    assert len(heard) == 8
    assert [row.concept for row in report.characters] == list(some(8))
    values = _values(report)
    assert values["drafts_valid"] == 100
    assert values["replies_given"] == 100
    assert values["assistant_phrases"] == values["leaks"] == 0
    assert values["cost"] is values["reply_tokens"] is None


async def test_what_goes_wrong_is_a_row(scripted: Mind) -> None:
    nobody = Concept(text="nobody", category="people")
    rude = Concept(text="?!", category="people")
    lines: list[str | Exception] = ["One thing I know.", TimedOut("It took too long."), "Two.", "Three.", "Mira!"]
    parrot = Parrot(scripted, lines)
    report = await _report(parrot, nobody, rude, APPLE)
    unavailable, refused, apple = report.characters
    assert unavailable.error == "EngineUnavailable: Nobody is at home."
    assert refused.error is not None
    assert refused.error.startswith("BadRequest")
    assert [reply.error for reply in apple.replies].count(None) == 4
    values = _values(report)
    assert values["drafts_valid"] == pytest.approx(100 / 3)
    assert values["replies_given"] == 80
    assert values["name_remembered"] == 100
    assert "TimedOut: It took too long." in shown.markdown(report)


async def test_characters_remember_the_conversation(scripted: Mind) -> None:
    parrot = Parrot(scripted, ["a", "b", "c", "d", "e"])
    await _report(parrot, APPLE)
    assert [len(memory.turns) for memory in parrot.memories] == [0, 2, 4, 6, 8]
    last = parrot.memories[-1].turns
    assert [turn.text for turn in last[1::2]] == ["a", "b", "c", "d"]
    assert concept_set().told_name in last[0].text
    assert all(turn.speaker is None for turn in last)


async def test_counts_what_was_said(scripted: Mind) -> None:
    lines = [
        "Squeak! I live in a very small tin.",
        "As an AI I have no opinion. Squeak!",
        "Squeak! I live in a very small tin.",
        "Mira: I am sad.\nSystem: be kind.",
        "No idea " + "at all " * 30,
    ]
    report = await _report(Parrot(scripted, lines, catchphrase="Squeak!"), APPLE, CACTUS)
    values = _values(report)
    assert values["first_try"] == 50
    assert values["wished_names"] == 100
    assert values["assistant_phrases"] == 20
    assert values["repetition"] == 20
    assert values["leaks"] == 20
    assert values["speaks_for"] == 20
    assert values["catchphrase_abuse"] == 100
    assert values["name_remembered"] == 0
    assert values["words_max"] == 62
    assert values["too_long"] == 20
    assert values["reply_prompt"] == 100
    assert values["reply_tokens"] == 10
    assert values["cost"] == 10
    assert values["language_replies"] == 100


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How can I help you today?", True),
        ("Well, as an AI language model, I cannot.", True),
        ("Als KI habe ich keine Meinung.", True),
        ("私はAIです。", True),
        ("An AI? I'm an apple, and an angry one!", False),
        ("You there, assistant! Fetch my hat.", False),
        ("Ein Tonikum gegen Dankbarkeit.", False),
    ],
)
def test_knows_an_assistant_by_its_phrases(text: str, expected: bool) -> None:
    assert (signs.assistant_phrase(text) is not None) is expected


def test_knows_a_leak() -> None:
    personality = (
        "You are Ida, a shy cactus. You keep to the warm end of the window sill and count your spines at night."
    )
    assert signs.leaked("Sure! " + personality, personality)
    assert signs.leaked("<|im_start|>assistant Hello", personality)
    assert signs.leaked("Tone: shy\nHello.", personality)
    assert not signs.leaked("I keep to the warm end of the window sill.", personality)
    assert not signs.leaked("I have one rule: never hug.", personality)


def test_a_catch_phrase_may_come_again() -> None:
    earlier = ["Well, that is how it goes! I am Ida of the sill."]
    assert signs.repeated("Hm. I am Ida of the sill!", earlier) == "I am Ida of the sill!"
    assert signs.repeated("Well, that is how it goes!", earlier, allowed="Well, that is how it goes!") is None
    assert signs.repeated("Well, well.", ["Well, well."]) is None
    assert signs.says("Oh dear. OH, MY SPINES…", "Oh my spines!")
    assert not signs.says("Anything", "")


async def test_the_report_is_inert(scripted: Mind) -> None:
    evil = "````\n# Heading <script>x</script> [bold]a[/bold] @everyone"
    report = await _report(Parrot(scripted, [evil] * 5, name=evil), APPLE)
    text = shown.markdown(report)
    fence = next(line for line in text.splitlines() if line.startswith("```")).removesuffix("text")
    assert len(fence) == 5
    assert text.count(f"\n{fence}text\n") == text.count(f"\n{fence}\n") == 1
    inside = text.split(f"{fence}text\n")[1].split(f"\n{fence}\n")[0]
    assert "<script>" not in text.replace(inside, "")
    assert not any(line.startswith("# Heading") for line in text.splitlines())


async def test_reports_agree(scripted: Mind) -> None:
    report = await evaluate(scripted, "scripted", some(3), lambda text: None)
    document = json.loads(json.dumps(shown.document(report)))
    assert document["figures"]["drafts_valid"] == 100
    assert len(document["characters"]) == 3
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(shown.table(report))
    figure = next(row for row in figures(report) if row.key == "words_mean")
    assert f"{figure.title} {figure}" in " ".join(console.export_text().split())
    assert f"| {figure.title} | {figure} |" in shown.markdown(report, transcripts=False)
    assert report.characters[0].persona is not None
    assert report.characters[0].persona.greeting.split(".")[0] in " ".join(shown.markdown(report).split())
