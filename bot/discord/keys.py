"""Discord's ids as keys of requests: ``discord:123``, and messages as ``channel/message.message/what posted them``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeAlias

import discord

from bot.asking import Incoming
from bot.localisation.texts import Texts, texts
from bot.places import Actor

PLATFORM = "discord"

RESTRICTED = (discord.NSFWLevel.explicit, discord.NSFWLevel.age_restricted)

VOICED = "voice"
"""Stands in the key of messages of which the last one is a voice message."""

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
    return _incoming(
        interaction.id,
        interaction.guild_id,
        channel,
        interaction.user,
        locale,
        moderator=_moderates(interaction.guild_id, interaction.permissions),
        channels=_above(interaction.channel),
        mixed=not age_restricted(interaction.guild, interaction.channel),
    )


def incoming_of(message: discord.Message) -> Incoming:
    """Who says something, and where."""
    guild, author = message.guild, message.author
    locale = guild.preferred_locale if guild else None
    permissions = author.guild_permissions if isinstance(author, discord.Member) else discord.Permissions.none()
    return _incoming(
        message.id,
        guild.id if guild else None,
        message.channel.id,
        author,
        locale,
        moderator=_moderates(guild.id if guild else None, permissions),
        channels=_above(message.channel),
        mixed=not age_restricted(guild, message.channel),
    )


async def aloud(interaction: Interaction) -> Texts:
    """What the bot says for all to see, in the language of the place. Raises ``StorageFailed``."""
    return texts(await interaction.client.desk.places.language(incoming(interaction)))


def actor(interaction: Interaction) -> Actor:
    """Who wants to change something, and where."""
    asking = incoming(interaction)
    return Actor(
        person=asking.person,
        place=asking.place,
        conversation=asking.conversation,
        moderator=asking.moderator,
        private=interaction.guild_id is None and not interaction.context.private_channel,
        channels=asking.channels,
    )


def moved(interaction: Interaction, channel: int) -> Incoming:
    """The same as ``incoming``, to be answered in a private channel, in the person's own language."""
    key, language = key_of(channel), interaction.locale.value
    return replace(incoming(interaction), place=key, conversation=key, language=language)


def _incoming(
    update: int,
    guild: int | None,
    channel: int,
    person: discord.abc.User,
    locale: discord.Locale | None,
    *,
    moderator: bool,
    channels: tuple[str, ...],
    mixed: bool,
) -> Incoming:
    return Incoming(
        platform=PLATFORM,
        update_key=key_of(update),
        place=key_of(guild or channel),
        conversation=key_of(channel),
        person=key_of(person.id),
        name=person.display_name,
        language=locale.value if locale else None,
        moderator=moderator,
        channels=channels,
        mixed=mixed,
    )


def age_restricted(guild: discord.Guild | None, channel: object) -> bool:
    """Whether Discord asks people for their age there."""
    asks = getattr(channel, "is_nsfw", None)
    return (guild is not None and guild.nsfw_level in RESTRICTED) or (asks is not None and bool(asks()))


def _moderates(guild: int | None, permissions: discord.Permissions) -> bool:
    """Who may change a server's settings in Discord may change ours."""
    return guild is not None and (permissions.manage_guild or permissions.administrator)


def _above(channel: object) -> tuple[str, ...]:
    """The channel that a thread hangs on, and the category of either: what is allowed there is allowed below."""
    thread = channel if isinstance(channel, discord.Thread) else None
    category = getattr(thread.parent if thread else channel, "category_id", None)
    ids = (thread.parent_id if thread else None, category)
    return tuple(key_of(id_) for id_ in ids if id_ is not None)


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to answer an interaction and to edit the answers, which any process may use for 15 minutes."""

    application: int
    token: str = field(repr=False)


def ticket_of(interaction: Interaction) -> Ticket | None:
    """What the bot needs to write where it is not itself: in the chats of people among themselves, and on servers
    where only the person installed it. None where it is a member, and writes as anybody does."""
    if interaction.guild_id is not None:
        member = interaction.is_guild_integration() or not interaction.is_user_integration()
    else:
        member = not interaction.context.private_channel
    return None if member else Ticket(interaction.application_id, interaction.token)


@dataclass(frozen=True, slots=True)
class Posted:
    """The messages that show one answer, in their order, and what posted them: the bot itself, a webhook or an
    interaction's ticket. ``voiced``: the last of the bot's own is a voice message."""

    channel: int
    messages: tuple[int, ...]
    hook: int | None = None
    ticket: Ticket | None = None
    voiced: bool = False

    @classmethod
    def parse(cls, key: str) -> Self:
        """From ``str``."""
        channel, messages, *rest = key.split("/", 2)
        how = rest[0] if rest else ""
        application, is_ticket, token = how.partition(":")
        return cls(
            channel=int(channel),
            messages=tuple(map(int, messages.split("."))),
            hook=int(how) if how.isdecimal() else None,
            ticket=Ticket(int(application), token) if is_ticket else None,
            voiced=how == VOICED,
        )

    def __str__(self) -> str:
        ticket = self.ticket and f"{self.ticket.application}:{self.ticket.token}"
        how = ticket or self.hook or (VOICED if self.voiced else None)
        return "/".join([str(self.channel), ".".join(map(str, self.messages)), *([str(how)] if how else [])])
