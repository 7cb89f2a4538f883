"""Telegram's ids as keys of requests: ``telegram:123``, and a topic of a group as ``telegram:-100123/7``.

What belongs to no topic is in topic 0, so that only private chats are a place and a conversation in one
(`Incoming.private`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from telegram import Chat, Message, Update, User

from bot.asking import Incoming

PLATFORM = "telegram"

INLINE = f"{PLATFORM}:inline:"

ANONYMOUS = 1087968824
"""The account that anonymous administrators of all groups share (GroupAnonymousBot)."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where messages go: a chat, and within a group with topics one of these."""

    chat: int
    topic: int | None = None

    @classmethod
    def parse(cls, conversation: str) -> Self:
        """From ``key``."""
        chat, _, topic = conversation.removeprefix(f"{PLATFORM}:").partition("/")
        return cls(int(chat), int(topic or 0) or None)

    @property
    def key(self) -> str:
        """The key of a conversation."""
        group = self.chat < 0
        return f"{key_of(self.chat)}/{self.topic or 0}" if group else key_of(self.chat)


def key_of(id_: int) -> str:
    """The key of a person, a chat or an update."""
    return f"{PLATFORM}:{id_}"


def update_key(number: int) -> str:
    """The key of an update, by which a request is known that is made of it."""
    return f"{PLATFORM}:update:{number}"


def id_of(key: str) -> int:
    """The other way round."""
    return int(key.removeprefix(f"{PLATFORM}:"))


def inline_key(inline: str) -> str:
    """The key of the conversation that is one message, which a person posted through the bot in any chat."""
    return f"{INLINE}{inline}"


def inline_of(conversation: str) -> str | None:
    """The other way round; None for all other conversations."""
    return conversation.removeprefix(INLINE) if conversation.startswith(INLINE) else None


def spot_of(message: Message) -> Spot:
    """Where a message was written."""
    return Spot(message.chat.id, message.message_thread_id if message.is_topic_message else None)


def incoming(update: Update) -> Incoming | None:
    """Who does something, and where; None for what no person does."""
    message, person = update.effective_message, update.effective_user
    if not isinstance(message, Message) or person is None or message.chat.type == Chat.CHANNEL:
        return None
    spot = spot_of(message)
    anonymous = person.id == ANONYMOUS or (message.sender_chat is not None and update.callback_query is None)
    who = message.sender_chat if anonymous and message.sender_chat else person
    return Incoming(
        platform=PLATFORM,
        update_key=update_key(update.update_id),
        place=key_of(spot.chat),
        conversation=spot.key,
        person=key_of(who.id),
        name=_name(who),
        language=person.language_code,
        channels=(key_of(spot.chat),),
    )


def _name(who: User | Chat) -> str | None:
    return who.full_name if isinstance(who, User) else who.title


@dataclass(frozen=True, slots=True)
class Posted:
    """The messages that show one answer, in their order, with a letter for what each is: ``t`` text, ``m`` a picture or
    clip with a caption, ``x`` a round video or a voice, which nothing can be edited into, and ``d`` a draft, which is
    no message yet."""

    chat: int
    messages: Sequence[tuple[str, int]]

    @classmethod
    def parse(cls, key: str) -> Self:
        """From ``str``."""
        chat, ids, kinds = key.split("/")
        return cls(int(chat), [*zip(kinds, map(int, ids.split(".")), strict=True)])

    def __str__(self) -> str:
        ids = ".".join(str(id_) for _, id_ in self.messages)
        return f"{self.chat}/{ids}/{''.join(kind for kind, _ in self.messages)}"

    def of(self, kind: str) -> Sequence[int]:
        """The messages of one kind."""
        return [id_ for known, id_ in self.messages if known == kind]
