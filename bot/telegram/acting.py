"""What the buttons below a character do."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import TelegramError

from bot.app import Desk
from bot.characters import Whose
from bot.jobs.plan import SUMMONED
from bot.localisation.refusals import Refusal
from bot.localisation.texts import Texts
from bot.telegram.calls import Call, Calls, Context, Does, answered
from bot.telegram.gallery import PAGE, Gallery
from bot.telegram.keyboard import Action, markup, pressed
from bot.telegram.keys import id_of, spot_of
from bot.telegram.layout import CAPTION
from bot.telegram.rich import Rich, bold, italic, joined, plain, split
from pipeline.errors import StorageFailed
from storage.pictures import to_png
from storage.repository import StoredPersona

log = structlog.get_logger(__name__)

DELETE = re.compile(r"cd:(-?\d{1,20})")

RECENT = 50
"""Requests looked at for the last summon of a person."""


class Acting:
    """Acts on characters."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.gallery = Gallery(desk)

    def pressed(self, calls: Calls) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
        """A handler of buttons."""

        async def handle(update: Update, context: Context) -> None:
            query = update.callback_query
            if query is None:
                return
            try:
                await query.answer()  # else the button goes on turning
            except TelegramError as error:
                log.info("telegram.unanswered", error=type(error).__name__)
            call, does = await calls.call(update, context), self._does(query.data or "")
            if call is not None and does is not None:
                await answered(call, does)

        return handle

    def _does(self, data: str) -> Does | None:
        """What the data of a button asks for; None for another's."""
        if (what := pressed(data)) is not None:
            return lambda call: self._act(call, *what)
        if (page := PAGE.fullmatch(data)) is not None:
            return lambda call: self.gallery.turn(call, Whose(page[1]), int(page[2]))
        if (person := DELETE.fullmatch(data)) is not None:
            return lambda call: self._delete(call, int(person[1]))
        return None

    async def ask_to_delete(self, call: Call) -> None:
        """Whether a person wants all that is kept about them deleted."""
        button = InlineKeyboardButton(call.texts("buttons-delete"), callback_data=f"cd:{id_of(call.incoming.person)}")
        await call.say(call.texts("telegram-delete-words"), InlineKeyboardMarkup([[button]]))

    async def delete(self, call: Call) -> None:
        """Deletes all that is kept about the person."""
        await self._desk.privacy.delete(call.incoming.person)
        await call.say(call.texts("telegram-deleted"))

    async def _delete(self, call: Call, person: int) -> None:
        if person != id_of(call.incoming.person):
            raise Refusal("telegram-not-yours")
        await self.delete(call)

    def may_change(self, call: Call, persona: StoredPersona) -> None:
        """Raises ``Refusal`` unless the person may."""
        if not self._desk.characters.may_change(call.actor, persona):
            raise Refusal("characters-not-yours")

    async def dismiss(self, call: Call, persona: StoredPersona) -> None:
        """Sends a character away."""
        await self._desk.characters.dismiss(call.actor, persona)
        await call.say(call.texts("telegram-left", name=persona.persona.name))

    async def another_of_last(self, call: Call) -> None:
        """Another character from the words of the person's last summon in this chat."""
        asked = call.incoming
        for request in await self._desk.requests.list(person=asked.person, limit=RECENT):
            if request.kind in SUMMONED and request.conversation == asked.conversation:
                await self._desk.asking.another(call.incoming, request.id)
                return
        raise Refusal("telegram-nothing-to-retry")

    async def show(self, call: Call, persona: StoredPersona) -> None:
        """The card of a character, with its portrait, where it has one yet, and buttons."""
        spot, about = spot_of(call.message), introduction(persona, call.texts)
        try:
            portrait = await self._desk.stored.personas.portrait(persona.id)
        except StorageFailed:
            await call.say(about, _without_another(persona, call.texts))
            return
        caption = split(about, CAPTION)[0]
        png = await asyncio.to_thread(to_png, portrait.picture)
        await call.bot.send_photo(
            spot.chat, png, caption=caption.text, caption_entities=caption.entities,
            message_thread_id=spot.topic, reply_markup=_without_another(persona, call.texts),
        )  # fmt: skip

    async def _act(self, call: Call, action: Action, id_: str) -> None:
        if action is Action.ANOTHER:
            await self._desk.asking.another(call.incoming, id_)
            return
        persona = await self._desk.stored.personas.find(id_)
        if persona is None:
            raise Refusal("telegram-gone")
        match action:
            case Action.TALK:
                await self._invite(call, persona)
            case Action.RESTYLE:
                self.may_change(call, persona)
                await self._desk.asking.restyle(call.incoming, persona)
            case Action.REVOICE:
                self.may_change(call, persona)
                await self._desk.asking.revoice(call.incoming, persona)
            case Action.SHOW:
                await self.show(call, persona)
            case Action.WHO:
                await call.say(introduction(persona, call.texts))
            case Action.DISMISS:
                await self.dismiss(call, persona)

    async def _invite(self, call: Call, persona: StoredPersona) -> None:
        """Talking begins with a reply; a chat with nobody else needs none."""
        await self._desk.characters.recall(call.actor, persona.id)
        spot, text = spot_of(call.message), call.texts("telegram-talk-invite", name=persona.persona.name)
        await call.bot.send_message(
            spot.chat, plain(text).text, message_thread_id=spot.topic, reply_markup=ForceReply(selective=True)
        )


def introduction(stored: StoredPersona, texts: Texts) -> Rich:
    """Who a character is, and where it comes from."""
    persona = stored.persona
    words = bold(texts("telegram-summoned-with")) + plain(f" {persona.concept}")
    head = joined([bold(persona.name), italic(persona.tagline)], "\n")
    return joined([head, plain(persona.personality), words, plain(texts("telegram-ai-long"))], "\n\n")


def _without_another(persona: StoredPersona, texts: Texts) -> InlineKeyboardMarkup:
    return markup({action: persona.id for action in Action if action is not Action.ANOTHER}, texts)
