"""What can be chosen in the menu of a message: what a webhook posts has no buttons."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import discord
from discord import app_commands

from bot.characters import Characters
from bot.discord.acting import Acting
from bot.discord.buttons import Action
from bot.discord.keys import Interaction, key_of
from bot.localisation.refusals import Refusal

MENUS = (("Reply to character", Action.TALK), ("Who summoned this?", Action.WHO))


class Menus:
    """See above."""

    def __init__(self, acting: Acting, characters: Characters) -> None:
        self._acting = acting
        self._characters = characters

    def add_to(self, tree: app_commands.CommandTree[Any]) -> None:
        """Puts them into the tree."""
        for name, action in MENUS:
            menu = app_commands.ContextMenu(name=name, callback=self._doing(action))
            menu.allowed_installs = app_commands.AppInstallationType(guild=True, user=False)
            menu.allowed_contexts = app_commands.AppCommandContext(guild=True, dm_channel=True)
            tree.add_command(menu)

    def _doing(self, action: Action) -> Callable[[Interaction, discord.Message], Coroutine[Any, Any, None]]:
        async def chosen(interaction: Interaction, message: discord.Message) -> None:
            behind = await self._characters.behind(key_of(message.channel.id), str(message.id))
            if behind is None:
                raise Refusal("persona-nobody-speaks")
            await self._acting.act(interaction, action, behind.id)

        return chosen
