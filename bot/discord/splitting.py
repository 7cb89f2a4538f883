"""Texts cut into messages: at paragraphs where possible, and never through the middle of a code fence."""

from __future__ import annotations

import re
from collections.abc import Sequence

LIMIT = 2000
"""Characters of a message."""

CUTS = ("\n\n", "\n", ". ", " ")
"""Where a text is cut, the best first."""

FENCE = re.compile(r"^ {0,3}```([\w+#.-]{0,20})", re.MULTILINE)


def split(text: str, limit: int = LIMIT) -> Sequence[str]:
    """Pieces of at most ``limit`` (from 100) characters, together the whole text; none of them is empty.

    A code fence that is cut is closed, and opened again in the next piece.
    """
    pieces, opened = [], ""
    text = text.strip()
    while len(opened) + len(text) > limit:
        room = limit - len(opened) - len("\n```")
        at = _cut(text, room)
        piece, text = opened + text[:at].rstrip(), text[at:].lstrip("\n") if opened else text[at:].lstrip()
        opened = _open(piece)
        pieces.append(f"{piece}\n```" if opened else piece)
    if text:
        pieces.append(opened + text)
    return pieces


def _cut(text: str, room: int) -> int:
    """Where the first piece ends: behind the last good place in its second half."""
    for mark in CUTS:
        at = text.rfind(mark, room // 2, room)
        if at > 0:
            return at + len(mark)
    return room


def _open(piece: str) -> str:
    """The line that opens again the fence which a piece leaves open, or nothing."""
    fences = FENCE.findall(piece)
    return f"```{fences[-1]}\n" if len(fences) % 2 else ""
