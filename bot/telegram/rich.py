"""Texts with formatting as Telegram's entities: nothing in them is ever read as markup.

Offsets and lengths count UTF-16 code units, as Telegram does (https://core.telegram.org/api/entities).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from telegram import MessageEntity
from telegram.constants import MessageEntityType

CUTS = ("\n\n", "\n", ". ", " ")
"""Where a text is cut, the best first."""

JOINERS = "\u200c\u200d\ufe0f"
"""They print nothing, and hold emojis and some scripts together."""


@dataclass(frozen=True, slots=True)
class Rich:
    """A text and its entities, none of which overlap."""

    text: str = ""
    entities: tuple[MessageEntity, ...] = ()

    def __add__(self, other: Rich) -> Rich:
        units = size(self.text)
        return Rich(self.text + other.text, self.entities + tuple(_moved(one, units) for one in other.entities))

    def __bool__(self) -> bool:
        return bool(self.text.strip())


def plain(text: str) -> Rich:
    """A text as it is."""
    return Rich(_visible(text))


def bold(text: str) -> Rich:
    """In bold."""
    return _styled(text, MessageEntityType.BOLD)


def italic(text: str) -> Rich:
    """In italics."""
    return _styled(text, MessageEntityType.ITALIC)


def joined(parts: Sequence[Rich], between: str) -> Rich:
    """Parts with something in visible text between them; empty ones are left out."""
    whole = Rich()
    for part in filter(None, parts):
        whole = whole + Rich(between) + part if whole else part
    return whole


def split(rich: Rich, limit: int, first: int | None = None) -> Sequence[Rich]:
    """Pieces of at most ``limit`` (from 100) code units, the first of at most ``first``, together the whole text.

    Cut at paragraphs, lines, sentences or words; an entity is only cut where it is longer than a piece.
    """
    return [*_pieces(rich, limit, first or limit)]


def size(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def _pieces(rich: Rich, limit: int, room: int) -> Iterator[Rich]:
    while size(rich.text) > room:
        at = _cut(rich, room)
        yield _stripped(rich, 0, at)
        rich = _stripped(rich, at, len(rich.text))
        room = limit
    if rich:
        yield _stripped(rich, 0, len(rich.text))


def _cut(rich: Rich, room: int) -> int:
    """The index in the text behind which the next piece begins."""
    end = _index(rich.text, room)
    spans = [(_index(rich.text, one.offset), _index(rich.text, one.offset + one.length)) for one in rich.entities]
    for mark in CUTS:
        at = rich.text.rfind(mark, end // 2, end)
        while at > 0:
            behind = at + len(mark)
            if not any(start < behind < stop for start, stop in spans):
                return behind
            at = rich.text.rfind(mark, end // 2, at)
    before = [start for start, stop in spans if 0 < start < end < stop]
    return before[0] if before else end


def _stripped(rich: Rich, start: int, stop: int) -> Rich:
    """A part of a text without the space around it."""
    part = rich.text[start:stop]
    start += len(part) - len(part.lstrip())
    part = part.strip()
    begin, length = size(rich.text[:start]), size(part)
    kept = []
    for one in rich.entities:
        first, last = max(one.offset - begin, 0), min(one.offset + one.length - begin, length)
        if first < last:
            kept.append(MessageEntity(one.type, first, last - first))
    return Rich(part, tuple(kept))


def _index(text: str, units: int) -> int:
    """The index of the last character that ends within so many code units."""
    return len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))


def _moved(entity: MessageEntity, units: int) -> MessageEntity:
    return MessageEntity(entity.type, entity.offset + units, entity.length)


def _styled(text: str, kind: str) -> Rich:
    shown = _visible(text).strip()
    return Rich(shown, (MessageEntity(kind, 0, size(shown)),) if shown else ())


def _visible(text: str) -> str:
    """Without what Telegram refuses or drops, which would move the entities behind it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    spaced = ("".join(" " if one.isspace() else one for one in line) for line in lines)
    return "\n".join("".join(one for one in line if one.isprintable() or one in JOINERS) for line in spaced)
