"""A message as Telegram shows it: a card or a text, pieces that did not fit into it, and a round video or a voice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.localisation.texts import Texts
from bot.messages import File, Message
from bot.progress import lines
from bot.telegram.rich import Rich, bold, italic, joined, plain, split

TEXT, CAPTION = 4096, 1024
"""Code units of a message and of a caption."""

HEARD = 300
"""Characters shown of what was understood of a voice message."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """``pieces``: at least one text, the first of them the caption of ``picture`` where there is one. ``said``: the
    clip or the voice, shown below."""

    pieces: Sequence[Rich]
    picture: File | None = None
    said: File | None = None


def lay_out(message: Message, texts: Texts) -> Sheet:
    """What goes into which message."""
    picture = next((file for file in message.files if file.mime.startswith("image/")), None)
    said = next((file for file in reversed(message.files) if file.mime.startswith(("video/", "audio/"))), None)
    whole = joined([_head(message, texts), plain(message.text), _notices(message, texts)], "\n\n")
    if message.name and message.spoken and not message.tagline:
        whole = joined([bold(f"{message.name}:") + plain(f" {message.text}"), _notices(message, texts)], "\n\n")
    pieces = split(whole, TEXT, CAPTION if picture else TEXT)
    return Sheet(pieces or [plain("" if picture else "…")], picture, said)


def _head(message: Message, texts: Texts) -> Rich:
    """Who has come. Nobody shall take a character for a person."""
    if message.name is None or message.tagline is None or not message.introduces:
        return Rich()
    return joined([bold(message.name), italic(message.tagline), plain(texts("telegram-ai"))], "\n")


def _notices(message: Message, texts: Texts) -> Rich:
    """Words of the bot: what it understood of a voice message, what is missing, and how far it is."""
    heard = [texts("summoning-heard", text=message.heard[:HEARD])] if message.heard else []
    return joined([italic(one) for one in (*heard, *message.notices, *lines(message.progress, texts))], "\n")
