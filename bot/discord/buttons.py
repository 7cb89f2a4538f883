"""Buttons below characters. What they do stands in their ids, so they work as long as the message is there, whichever
process hears of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Protocol, Self

import discord

from bot.discord.keys import Interaction
from bot.localisation.texts import Texts, texts
from bot.messages import Message


class Action(StrEnum):
    """What a button does. The id of all but ``another`` is that of the persona, there that of the request."""

    TALK = "talk"
    RESTYLE = "restyle"
    REVOICE = "revoice"
    ANOTHER = "another"
    WHO = "who"
    RECALL = "recall"
    THREAD = "thread"
    DISMISS = "dismiss"


LABELS: Mapping[Action, str] = {
    Action.TALK: "buttons-talk",
    Action.RESTYLE: "buttons-restyle",
    Action.REVOICE: "buttons-revoice",
    Action.ANOTHER: "buttons-another",
    Action.WHO: "buttons-who",
    Action.RECALL: "buttons-recall",
    Action.THREAD: "buttons-thread",
    Action.DISMISS: "buttons-dismiss",
}

STYLES: Mapping[Action, discord.ButtonStyle] = {
    Action.TALK: discord.ButtonStyle.primary,
    Action.DISMISS: discord.ButtonStyle.danger,
}

ARRIVED = (Action.TALK, Action.RESTYLE, Action.REVOICE, Action.ANOTHER, Action.WHO, Action.DISMISS)
"""Below a new character."""

CALLED = (Action.TALK, Action.WHO)
"""Below one that was called, whoever sees it."""


class Acts(Protocol):
    """Does what buttons say."""

    async def act(self, interaction: Interaction, action: Action, id_: str) -> None:
        """A person pressed a button."""


class ActButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=rf"ca:({'|'.join(Action)}):([0-9a-f-]{{36}})"
):
    """One button."""

    def __init__(self, action: Action, id_: str, said: Texts) -> None:
        self.action, self.target = action, id_
        style = STYLES.get(action, discord.ButtonStyle.secondary)
        super().__init__(discord.ui.Button(label=said(LABELS[action]), style=style, custom_id=f"ca:{action}:{id_}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        return cls(Action(match[1]), match[2], texts())

    async def callback(self, interaction: Interaction) -> None:
        """Called by Discord's library."""
        await interaction.client.acts.act(interaction, self.action, self.target)


def buttons(message: Message) -> discord.ui.View | None:
    """What can be done with a character that has just come: none with other messages."""
    if not (message.final and message.persona and message.tagline and message.introduces):
        return None
    ids = {Action.ANOTHER: message.request}
    return rows(ARRIVED, message.persona, texts(message.language), ids)


def rows(
    actions: Iterable[Action], persona: str, said: Texts, others: Mapping[Action, str] | None = None
) -> discord.ui.View:
    """Buttons about a character; ``others``: ids of those that are about something else."""
    view = discord.ui.View(timeout=None)
    for action in actions:
        view.add_item(ActButton(action, (others or {}).get(action, persona), said))
    view.stop()  # else Discord's library keeps it in memory for each message; the class is known to it anyhow
    return view
