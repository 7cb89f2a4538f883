"""What the bot must be allowed to do, and sentences that name what it is not."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import discord

NAMES: Mapping[str, str] = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
}
"""As Discord's English settings show them."""

MORE = ("read_message_history", "manage_webhooks")
"""Asked for when the bot is invited; it makes do without: then characters speak under the bot's name."""

INVITE = "https://discord.com/oauth2/authorize"


def needed() -> discord.Permissions:
    """Exactly what the bot uses."""
    return discord.Permissions(**dict.fromkeys((*NAMES, *MORE), True))


def invite(application: int) -> str:
    """The address at which somebody adds the bot to a server."""
    asked = {"client_id": application, "scope": "bot applications.commands", "permissions": needed().value}
    return f"{INVITE}?{urlencode(asked)}"


def missing(permissions: discord.Permissions, *, thread: bool) -> str | None:
    """A sentence that names what the bot is not allowed to do in a channel, or None."""
    unneeded = "send_messages" if thread else "send_messages_in_threads"
    absent = [name for key, name in NAMES.items() if key != unneeded and not getattr(permissions, key)]
    if not absent:
        return None
    names = " and ".join(f"“{name}”" for name in absent)
    what = "this permission" if len(absent) == 1 else "these permissions"
    where = "this thread" if thread else "this channel"
    return f"I cannot show anything in {where}: I need {what} here: {names}. Whoever runs this server can grant that."


def missing_here(interaction: discord.Interaction) -> str | None:
    """The same for the place of an interaction."""
    if interaction.guild_id is None:
        return None
    return missing(interaction.app_permissions, thread=isinstance(interaction.channel, discord.Thread))
