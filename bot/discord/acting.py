"""What is done with a character, by a button below it or by a command."""

from __future__ import annotations

from collections.abc import Awaitable

import discord

from bot import words
from bot.app import Desk
from bot.asking import Asking, Incoming
from bot.conversation import MAXIMUM_LINE
from bot.discord.buttons import CALLED, Action, rows
from bot.discord.cards import PORTRAIT, Portraits, calling, introduction
from bot.discord.keys import Interaction, actor, aloud, key_of, ticket_of, tongue
from bot.discord.layout import SILENT, attached, plain, short
from bot.discord.living import Living
from bot.discord.mishaps import tell, told
from bot.discord.summoning import Ask, Summoning
from bot.jobs.plan import Kind
from bot.localisation.refusals import Refusal
from bot.localisation.texts import Texts
from storage.repository import StoredPersona
from storage.requests import Accepted

TITLE = 45
"""Characters of a modal's title (Discord's limit)."""


class Acting:
    """See ``Acts``. Methods other than ``act`` raise ``Refusal``, ``StorageFailed`` and Discord's own errors."""

    def __init__(self, desk: Desk, living: Living, summoning: Summoning) -> None:
        self._asking = desk.asking
        self._characters = desk.characters
        self._personas = desk.stored.personas
        self._portraits = Portraits(desk.stored.personas)
        self._living = living
        self._summoning = summoning

    async def act(self, interaction: Interaction, action: Action, id_: str) -> None:
        """See ``Acts``."""
        async with told(interaction):
            if action is Action.ANOTHER:
                await self._take(interaction, Kind.RETRY, lambda incoming: self._asking.another(incoming, id_))
                return
            persona = await self._personas.find(id_)
            if persona is None:
                raise Refusal("persona-gone")
            await self._act(interaction, action, persona)

    async def show(self, interaction: Interaction, persona: StoredPersona) -> None:
        """Tells the person alone who a character is, with what they can do with it."""
        said, here = tongue(interaction), actor(interaction)
        portrait = await self._portraits.of(persona, PORTRAIT)
        knows = here.moderator or persona.owner == here.person
        await interaction.response.send_message(
            embed=introduction(persona, said, words=knows, portrait=portrait),
            files=attached([portrait] if portrait else []),
            view=rows(self._offered(interaction, persona), persona.id, said),
            ephemeral=True,
            allowed_mentions=SILENT,
        )

    async def recall(self, interaction: Interaction, who: str) -> None:
        """Brings a character into the conversation, for all to see."""
        persona = await self._characters.recall(actor(interaction), who)
        portrait = await self._portraits.of(persona, PORTRAIT)
        said = await aloud(interaction)
        sent = await interaction.response.send_message(
            embed=calling(persona, portrait, said),
            files=attached([portrait] if portrait else []),
            view=rows(CALLED, persona.id, said),
            allowed_mentions=SILENT,
        )
        message = sent.message_id or (await interaction.original_response()).id
        await self._characters.appeared(key_of(interaction.channel_id or 0), str(message), persona)

    async def dismiss(self, interaction: Interaction, persona: StoredPersona) -> None:
        """Sends a character away."""
        await self._characters.dismiss(actor(interaction), persona)
        left = (await aloud(interaction))("persona-left", name=plain(persona.persona.name))
        await interaction.response.send_message(left, allowed_mentions=SILENT)

    async def restyle(self, interaction: Interaction, persona: StoredPersona, style: str | None = None) -> None:
        """Gives a character another face."""

        async def ask(incoming: Incoming) -> Accepted:
            return await self._asking.restyle(incoming, persona, interaction.client.desk.offers.look(style))

        await self._change(interaction, persona, Kind.RESTYLE, ask)

    async def revoice(self, interaction: Interaction, persona: StoredPersona, wish: str | None = None) -> None:
        """Gives a character another voice."""

        async def ask(incoming: Incoming) -> Accepted:
            return await self._asking.revoice(incoming, persona, wish)

        await self._change(interaction, persona, Kind.REVOICE, ask)

    async def _act(self, interaction: Interaction, action: Action, persona: StoredPersona) -> None:
        match action:
            case Action.TALK:
                modal = TalkModal(self._asking, self._summoning, persona, tongue(interaction))
                await interaction.response.send_modal(modal)
            case Action.RESTYLE:
                await self.restyle(interaction, persona)
            case Action.REVOICE:
                await self.revoice(interaction, persona)
            case Action.WHO:
                await self.show(interaction, persona)
            case Action.RECALL:
                await self.recall(interaction, persona.id)
            case Action.THREAD:
                await self._living.thread(interaction, persona)
            case Action.DISMISS:
                await self.dismiss(interaction, persona)

    def _offered(self, interaction: Interaction, persona: StoredPersona) -> list[Action]:
        offered = [Action.TALK, Action.RECALL]
        if isinstance(interaction.channel, discord.TextChannel) and ticket_of(interaction) is None:
            offered.append(Action.THREAD)
        here = actor(interaction)
        if self._characters.may_change(here, persona):
            offered += [Action.RESTYLE, Action.REVOICE, Action.DISMISS]
        elif here.moderator:
            offered.append(Action.DISMISS)  # a guest goes from here only
        return offered

    async def _change(self, interaction: Interaction, persona: StoredPersona, kind: Kind, ask: Ask) -> None:
        if not self._characters.may_change(actor(interaction), persona):
            raise Refusal("characters-not-yours")
        await self._take(interaction, kind, ask)

    async def _take(self, interaction: Interaction, kind: Kind, ask: Ask) -> None:
        await self._summoning.take(interaction, words.coming(kind, tongue(interaction)), ask)


class TalkModal(discord.ui.Modal):
    """Something to say to a character, for places where the bot cannot read along. All see what was said."""

    def __init__(self, asking: Asking, summoning: Summoning, persona: StoredPersona, said: Texts) -> None:
        super().__init__(title=short(said("persona-talk-title", name=persona.persona.name), TITLE))
        self._asking = asking
        self._summoning = summoning
        self._persona = persona
        self.line: discord.ui.TextInput[TalkModal] = discord.ui.TextInput(
            label=short(said("persona-talk-label"), TITLE),
            style=discord.TextStyle.paragraph,
            max_length=MAXIMUM_LINE,
        )
        self.add_item(self.line)

    async def on_submit(self, interaction: Interaction) -> None:
        """Called by Discord's library."""
        line = self.line.value

        def ask(incoming: Incoming) -> Awaitable[Accepted]:
            return self._asking.say(incoming, self._persona, line)

        shown = f"**{plain(interaction.user.display_name)}:** {line}"
        await self._summoning.take(interaction, shown, ask, placeholder=False)

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:  # type: ignore[override]  # as `Modal`
        """Called by Discord's library."""
        await tell(interaction, error)
