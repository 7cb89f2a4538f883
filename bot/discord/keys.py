"""Discord's ids as keys of requests: ``discord:123``, and a message as ``channel/message.message/webhook``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self, TypeAlias

import discord

from bot.asking import Incoming
from bot.localisation.texts import Texts, texts

PLATFORM = "discord"

Interaction: TypeAlias = discord.Interaction[Any]


def key_of(snowflake: int) -> str:
    """The key of a person, a server, a channel, an interaction or a message."""
    return f"{PLATFORM}:{snowflake}"


def id_of(key: str) -> int:
    """The other way round."""
    return int(key.removeprefix(f"{PLATFORM}:"))


def is_key(key: str) -> bool:
    """Whether a key is one of Discord's."""
    return key.removeprefix(f"{PLATFORM}:").isdecimal() and key.startswith(f"{PLATFORM}:")


def tongue(interaction: Interaction) -> Texts:
    """What the bot says to the person alone, in the language that their Discord has."""
    return texts(interaction.locale.value)


def incoming(interaction: Interaction) -> Incoming:
    """Who does something, and where. In a private chat the language is the person's, on a server the server's."""
    channel = interaction.channel_id or interaction.user.id
    locale = interaction.guild_locale or interaction.locale
    return _incoming(interaction.id, interaction.guild_id, channel, interaction.user, locale)


def incoming_of(message: discord.Message) -> Incoming:
    """Who says something, and where."""
    guild = message.guild
    locale = guild.preferred_locale if guild else None
    return _incoming(message.id, guild.id if guild else None, message.channel.id, message.author, locale)


def moved(incoming: Incoming, channel: int) -> Incoming:
    """The same, to be answered in a private channel."""
    return replace(incoming, place=key_of(channel), conversation=key_of(channel))


def _incoming(
    update: int, guild: int | None, channel: int, person: discord.abc.User, locale: discord.Locale | None
) -> Incoming:
    return Incoming(
        platform=PLATFORM,
        update_key=key_of(update),
        place=key_of(guild or channel),
        conversation=key_of(channel),
        person=key_of(person.id),
        name=person.display_name,
        language=locale.value if locale else None,
    )


@dataclass(frozen=True, slots=True)
class Posted:
    """The messages that show one answer, in their order, and the webhook that posted them, if any did."""

    channel: int
    messages: tuple[int, ...]
    hook: int | None = None

    @classmethod
    def parse(cls, key: str) -> Self:
        """From ``str``."""
        channel, messages, *hook = key.split("/")
        return cls(int(channel), tuple(map(int, messages.split("."))), int(hook[0]) if hook else None)

    def __str__(self) -> str:
        return "/".join(
            [str(self.channel), ".".join(map(str, self.messages)), *([str(self.hook)] if self.hook else [])]
        )
