"""A text that is still being written is spoken in the same pieces as one that was there from the start."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.voice.text import finished, sentences
from pipeline.writing import Writing

TEXTS = [
    "Hello there, I am Russet. I am not amused by your pie! Do you hear me? Mr. Pie is no friend, e.g. when hot.",
    "One. Two. Three. Four.",
    "*sighs* Oh, it rains again. [looks up. Then down.] I knew it would (it always does. Always). Well.",
    "no stop at all",
    "",
    "...",
]


async def pieces_of(writing: Writing) -> list[str]:
    return [piece async for piece in writing.sentences()]


@pytest.mark.parametrize("text", TEXTS)
async def test_a_quick_writer_is_spoken_as_a_whole_text(text: str) -> None:
    writing = Writing()
    for character in text:
        writing.add(character)
    writing.end()
    assert await pieces_of(writing) == sentences(text)


async def slowly(text: str, cuts: list[int]) -> list[str]:
    writing = Writing()
    speaking = asyncio.create_task(pieces_of(writing))
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        writing.add(text[start:end])
        await asyncio.sleep(0)
    writing.end()
    return await speaking


@given(text=st.sampled_from(TEXTS), data=st.data())
def test_no_word_is_lost_however_slowly_it_comes(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    spoken = asyncio.run(slowly(text, cuts))
    assert " ".join(spoken).split() == " ".join(sentences(text)).split()


async def test_the_first_sentence_is_spoken_while_the_second_is_written() -> None:
    writing = Writing()
    speaking = writing.sentences()
    writing.add("I have been waiting for you all morning. And n")
    assert await asyncio.wait_for(anext(speaking), 5) == "I have been waiting for you all morning."
    rest = asyncio.ensure_future(anext(speaking))
    await asyncio.sleep(0)
    assert not rest.done()
    writing.add("ow it rains.")
    writing.end()
    assert await asyncio.wait_for(rest, 5) == "And now it rains."


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Hello there. W", "Hello there. "),
        ("Hello Mr. W", ""),
        ("Hello *there. We", ""),
        ("Hello (there. We", ""),
        ("Hello there.", ""),
        ("One. Two. t", "One. "),
    ],
)
def test_what_is_finished(text: str, whole: str) -> None:
    assert text[: finished(text)] == whole
