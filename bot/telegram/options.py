"""What may stand behind the words of ``/summon``: ``an angry apple, style: clay, voice: deep and old``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.localisation.texts import SOURCE, Texts, texts


@dataclass(frozen=True, slots=True)
class Wishes:
    """``style`` and ``voice`` as they were written; None where nothing was."""

    words: str
    style: str | None = None
    voice: str | None = None


def wishes(line: str, said: Texts) -> Wishes:
    """Takes a line apart. The names of options are understood in the person's language and in English, at the beginning
    or behind a comma, a semicolon or a new line; each goes on until the next one."""
    named = {word.casefold(): option for option, word in (*_named(said), *_named(texts(SOURCE)))}
    one_of = "|".join(map(re.escape, named))
    found = [*re.finditer(rf"(?:^|[,;\n，、；])\s*({one_of})\s*[:：=]", line, re.IGNORECASE)]
    if not found:
        return Wishes(line.strip())
    ends = [*(match.start() for match in found[1:]), len(line)]
    values = {
        named[match[1].casefold()]: line[match.end() : end].strip(" ,;\n") or None
        for match, end in zip(found, ends, strict=True)
    }
    return Wishes(line[: found[0].start()].strip(), values.get("style"), values.get("voice"))


def _named(said: Texts) -> tuple[tuple[str, str], ...]:
    return ("style", said("telegram-option-style")), ("voice", said("telegram-option-voice"))
