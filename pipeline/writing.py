"""Text to speak in pieces, whether it is complete or still being written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator

from pipeline.voice.text import finished, gathered, sentences


class Writing:
    """A text that one task writes while another speaks it. What is whole is taken when the voice is free, so a quick
    writer is spoken in the same pieces as a text that was there from the start."""

    def __init__(self) -> None:
        self._text = ""
        self._ended = False
        self._news = asyncio.Event()

    def add(self, piece: str) -> None:
        """More of the text."""
        self._text += piece
        self._news.set()

    def end(self) -> None:
        """No more will come."""
        self._ended = True
        self._news.set()

    async def sentences(self, language: str = "en") -> AsyncIterator[str]:
        """Pieces to speak one by one, each as soon as it cannot change any more. ``language``: of the voice."""
        waiting: list[str] = []
        first = True
        while not self._ended or self._text or waiting:
            whole = len(self._text) if self._ended else finished(self._text)
            if whole:
                waiting = gathered([*waiting, *sentences(self._text[:whole], first=first, language=language)])
                self._text = self._text[whole:]
            if waiting:
                first = False
                yield waiting.pop(0)
            elif not self._ended:
                self._news.clear()
                await self._news.wait()


async def pieces_of(text: str | AsyncIterable[str], language: str) -> AsyncIterator[str]:
    """The sentences of a text, or those that are given. At least one: silence, where nothing can be said."""
    said = False
    if isinstance(text, str):
        for sentence in sentences(text, language=language):
            said = True
            yield sentence
    else:
        async for sentence in text:
            said = True
            yield sentence
    if not said:
        yield ""
