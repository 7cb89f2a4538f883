"""What the bot must be allowed to do, and sentences that name what it is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

import discord

from bot.discord.keys import Interaction, tongue
from bot.localisation.texts import Texts, texts

NAMES: Mapping[str, str] = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
}
"""As Discord's English settings show them."""

MORE: Mapping[str, str] = {
    "read_message_history": "Read Message History",
    "manage_webhooks": "Manage Webhooks",
    "create_public_threads": "Create Public Threads",
}
"""Asked for when the bot is invited; it makes do without: then characters speak under the bot's name, and have no
threads of their own."""

INVITE = "https://discord.com/oauth2/authorize"


def needed() -> discord.Permissions:
    """Exactly what the bot uses."""
    return discord.Permissions(**dict.fromkeys((*NAMES, *MORE), True))


def invite(application: int) -> str:
    """The address at which somebody adds the bot to a server."""
    asked = {"client_id": application, "scope": "bot applications.commands", "permissions": needed().value}
    return f"{INVITE}?{urlencode(asked)}"


def missing(permissions: discord.Permissions, *, thread: bool, said: Texts | None = None) -> str | None:
    """A sentence that names what the bot is not allowed to do in a channel, or None."""
    unneeded = "send_messages" if thread else "send_messages_in_threads"
    return lacking(permissions, [key for key in NAMES if key != unneeded], thread=thread, said=said or texts())


def lacking(permissions: discord.Permissions, wanted: Iterable[str], *, thread: bool, said: Texts) -> str | None:
    """The same for some permissions."""
    every = {**NAMES, **MORE}
    absent = [f"“{every[key]}”" for key in wanted if not getattr(permissions, key)]
    if not absent:
        return None
    id_ = "talk-missing-thread" if thread else "talk-missing-here"
    return said(id_, count=len(absent), names=", ".join(absent))


def missing_in(channel: discord.abc.GuildChannel | discord.Thread, said: Texts) -> str | None:
    """The same for a channel or thread that the bot knows; also where a thread is locked."""
    try:
        permissions = channel.permissions_for(channel.guild.me)
    except discord.ClientException:  # a thread whose channel the bot cannot see
        permissions = discord.Permissions.none()
    thread = isinstance(channel, discord.Thread)
    if isinstance(channel, discord.Thread) and channel.locked and not permissions.manage_threads:
        return said("talk-locked")
    return missing(permissions, thread=thread, said=said)


def missing_here(interaction: Interaction) -> str | None:
    """The same for the place of an interaction."""
    if interaction.guild_id is None:
        return None
    said, channel = tongue(interaction), interaction.channel
    if isinstance(channel, discord.Thread) and channel.locked and not interaction.app_permissions.manage_threads:
        return said("talk-locked")
    return missing(interaction.app_permissions, thread=isinstance(channel, discord.Thread), said=said)
