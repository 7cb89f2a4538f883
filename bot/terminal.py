"""The terminal as a platform: what workers make for it comes out as lines and files."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bot import results
from bot.localisation.texts import texts
from bot.messages import Message, Place
from bot.progress import lines
from pipeline.concept import slug
from storage.outbox import PartKind


class TerminalMessenger:
    """Prints each new piece of an answer once, and writes its files below ``out``."""

    platform = "terminal"
    nonces = True

    def __init__(self, console: Console, out: Path) -> None:
        self._console = console
        self._out = out
        self._printed: dict[str, str] = {}
        self.shown: dict[str, Message] = {}
        """The last message of each request."""
        self.files: dict[str, list[Path]] = {}
        """Where its files went."""

    async def send(self, place: Place, message: Message, nonce: str) -> str:
        """See ``Messenger``. A terminal's message is known by its request."""
        return await self.edit(place, message.request, message, nonce)

    async def edit(self, place: Place, key: str, message: Message, nonce: str) -> str:
        """See ``Messenger``."""
        self._print(key, "\n".join(filter(None, (_line(message), *_queue(message), *message.notices))))
        if message.final:
            self._console.print()
        if message.files and message.final:
            files = {_own(file.name, message.request): file.data for file in message.files}
            folder = self._out / slug(message.name or message.request)
            self.files[key] = await asyncio.to_thread(results.write_files, folder, files)
            for path in self.files[key]:
                self._console.print(Text(str(path), "dim"), soft_wrap=True)
        self.shown[key] = message
        return key

    def _print(self, key: str, words: str) -> None:
        """What is new of it: an answer that is being written only grows."""
        shown = self._printed.get(key, "")
        if words == shown:
            return
        added = words.removeprefix(shown) if shown and words.startswith(shown) else f"\n{words}" if shown else words
        self._console.print(Text(added), end="", soft_wrap=True)
        self._printed[key] = words


def _own(name: str, request: str) -> str:
    """A name that the next answer does not take: ``clip-5f3a9c.mp4``."""
    path = Path(name)
    return f"{path.stem}-{request[-6:]}{path.suffix}"


def _queue(message: Message) -> Sequence[str]:
    """The place in the queue; which stages are done is told by what they print."""
    return lines(message.progress and replace(message.progress, stages=()), texts(message.language))


def _line(message: Message) -> str:
    if message.kind is PartKind.PLACEHOLDER or message.name is None:
        return message.text
    about = f" ({message.tagline})" if message.tagline else ""
    return f"{message.name}{about}: {message.text}"
