"""Buttons below a new character. What they do stands in their ids, so they work as long as the message is there,
whichever process hears of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol, Self

import discord

from bot.discord.keys import Interaction
from bot.discord.layout import OURS
from bot.messages import Message


class Action(StrEnum):
    """What a button does. The id of all but ``another`` is that of the persona, there that of the request."""

    TALK = "talk"
    RESTYLE = "restyle"
    REVOICE = "revoice"
    ANOTHER = "another"
    WHO = "who"
    DISMISS = "dismiss"


LABELS: Mapping[Action, str] = {
    Action.TALK: "Talk",
    Action.RESTYLE: "New portrait",
    Action.REVOICE: "New voice",
    Action.ANOTHER: "Another one",
    Action.WHO: "Who is this?",
    Action.DISMISS: "Dismiss",
}

STYLES: Mapping[Action, discord.ButtonStyle] = {
    Action.TALK: discord.ButtonStyle.primary,
    Action.DISMISS: discord.ButtonStyle.danger,
}


class Acts(Protocol):
    """Does what buttons say."""

    async def act(self, interaction: Interaction, action: Action, id_: str) -> None:
        """A person pressed a button."""


class ActButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=rf"ca:({'|'.join(Action)}):([0-9a-f-]{{36}})"
):
    """One button."""

    def __init__(self, action: Action, id_: str) -> None:
        self.action, self.target = action, id_
        style = STYLES.get(action, discord.ButtonStyle.secondary)
        super().__init__(discord.ui.Button(label=LABELS[action], style=style, custom_id=f"ca:{action}:{id_}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        return cls(Action(match[1]), match[2])

    async def callback(self, interaction: Interaction) -> None:
        """Called by Discord's library."""
        await interaction.client.acts.act(interaction, self.action, self.target)


def buttons(message: Message) -> discord.ui.View | None:
    """What can be done with a character that has just come: none with other messages."""
    if not (message.final and message.persona and message.tagline) or message.kind in OURS:
        return None
    view = discord.ui.View(timeout=None)
    for action in Action:
        view.add_item(ActButton(action, message.request if action is Action.ANOTHER else message.persona))
    view.stop()  # else Discord's library keeps it in memory for each message; the class is known to it anyhow
    return view
