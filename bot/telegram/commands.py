"""What people can tell the bot to do, and what it says of itself."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from telegram import Bot, BotCommand
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot import offers
from bot.app import Desk
from bot.characters import Whose
from bot.jobs.plan import AnswerMode
from bot.localisation.refusals import Refusal
from bot.localisation.texts import LANGUAGES, Texts, texts
from bot.places import Summoners
from bot.telegram.acting import Acting, introduction
from bot.telegram.calls import Call, Calls, Does
from bot.telegram.inline import Inline, offer
from bot.telegram.moving import moving
from bot.telegram.rich import bold, joined, plain
from bot.telegram.scenes import SceneCommands
from bot.telegram.talking import Talking, pictured
from storage.repository import StoredPersona

log = structlog.get_logger(__name__)

PAGE = 20

SHOWN = (
    "summon", "talk", "personas", "persona", "restyle", "revoice", "retry", "dismiss", "rename", "share", "recall",
    "settle", "unsettle", "scene", "answer", "settings", "memory", "forget", "export", "delete", "privacy", "help",
)  # fmt: skip
"""In the menu of commands, in this order."""

SETTINGS: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "language": ("language", str), "summoners": ("summoners", Summoners), "answer": ("answer", AnswerMode),
    "person": ("summons_person", int), "place": ("summons_place", int),
}  # fmt: skip
"""What a place may decide: the word for it, the field of ``PlaceSettings``, and how a value is read. Telegram tells no
bot which groups are for adults only, so that is not among them."""

SUMMON = re.compile(r"^/summon(@\w+)?\b")
"""Below a picture, where Telegram's library sees no command."""

EXPORTED = 40_000_000
"""Bytes of portraits in a file of all that is kept: a bot may send 50 MB."""

HEARD = filters.UpdateType.MESSAGE & (
    filters.TEXT | filters.PHOTO | filters.VOICE | filters.AUDIO | filters.VIDEO_NOTE | filters.Document.IMAGE
)


def add_to(application: Application[Any, Any, Any, Any, Any, Any], desk: Desk) -> None:
    """Tells Telegram's library who answers what."""
    calls, talking = Calls(), Talking(desk)
    acting = Acting(desk, talking)
    commands = Commands(desk, acting, talking)
    for name, does in commands.table().items():
        application.add_handler(CommandHandler(name, calls.handler(does), filters=filters.UpdateType.MESSAGE))
    application.add_handler(CallbackQueryHandler(acting.pressed(calls)))
    application.add_handler(InlineQueryHandler(offer))
    application.add_handler(ChosenInlineResultHandler(Inline(desk).chosen))
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, moving(desk)))
    shown = MessageHandler(filters.UpdateType.MESSAGE & filters.CaptionRegex(SUMMON), calls.handler(commands.summon))
    application.add_handler(shown)
    said = HEARD & ~filters.COMMAND & ~filters.VIA_BOT
    application.add_handler(MessageHandler(said, calls.handler(talking.hear, ranked=False)))


async def introduce(bot: Bot) -> None:
    """Sets the commands and the description, in all languages. Nothing here is worth a bot that does not start."""
    try:
        for language in LANGUAGES:
            said = await asyncio.to_thread(texts, language)  # reading them takes a while
            code = None if language == LANGUAGES[0] else language
            about = [BotCommand(name, _about(said, name)) for name in SHOWN]
            await bot.set_my_commands(about, language_code=code)
            await bot.set_my_description(said("telegram-description"), language_code=code)
            await bot.set_my_short_description(said("telegram-short-description"), language_code=code)
    except TelegramError as error:
        log.warning("telegram.not_introduced", error=type(error).__name__)


def _about(said: Texts, name: str) -> str:
    return said(f"telegram-command-{name}")


class Commands:
    """Each takes a call and answers it."""

    def __init__(self, desk: Desk, acting: Acting, talking: Talking) -> None:
        self._desk = desk
        self._acting = acting
        self._talking = talking

    def table(self) -> Mapping[str, Does]:
        """By name."""
        return {
            "start": self.start, "help": self.help, "summon": self.summon, "talk": self.talk,
            "personas": self.personas, "persona": self.persona, "restyle": self.restyle, "revoice": self.revoice,
            "retry": self.retry, "dismiss": self.dismiss, "rename": self.rename, "share": self.share,
            "recall": self.recall, "answer": self.answer, "memory": self.memory, "forget": self.forget,
            "export": self.export, "delete": self.delete, "privacy": self.privacy, "settings": self.settings,
            "settle": self.settle, "unsettle": self.unsettle, "scene": SceneCommands(self._desk).command,
        }  # fmt: skip

    async def start(self, call: Call) -> None:
        """Says who it is; with the code of a shared persona, brings that one."""
        if call.words:
            await self.recall(call)
        else:
            await call.say(call.texts("telegram-start"))

    async def help(self, call: Call) -> None:
        """All commands."""
        lines = [plain(f"/{name} - {_about(call.texts, name)}") for name in SHOWN]
        await call.say(joined([plain(call.texts("telegram-help")), joined(lines, "\n")], "\n\n"))

    async def summon(self, call: Call) -> None:
        """A new character; below a picture, one that looks like it."""
        words, picture = SUMMON.sub("", call.words).strip(), await pictured(call.message)
        if not words:
            raise Refusal("telegram-summon-words")
        await self._desk.asking.summon(call.incoming, words, picture=picture)

    async def talk(self, call: Call) -> None:
        """A line to a persona, where the bot hears no others: its name first, or whoever spoke last."""
        if not call.words:
            raise Refusal("telegram-talk-words")
        first, _, rest = call.words.partition(" ")
        visible = await self._desk.characters.visible(call.actor)
        named = [one for one in visible if call.words.casefold().startswith(one.persona.name.casefold())]
        if named:
            await self._talking.say(call, named[0], call.words[len(named[0].persona.name) :].strip(" ,:") or first)
        elif visible:
            await self._talking.say(call, visible[0], f"{first} {rest}".strip())
        else:
            raise Refusal("telegram-nobody")

    async def personas(self, call: Call) -> None:
        """Those that a person summoned, and in groups those that are here."""
        whose = Whose.MINE if call.actor.private else Whose.HERE
        number = int(call.words) if call.words.isdecimal() and len(call.words) < 5 else 1
        page = await self._desk.characters.page(call.actor, whose, number)
        if not page.personas:
            raise Refusal("telegram-nobody")
        lines = [bold(one.persona.name) + plain(f": {one.persona.tagline}") for one in page.personas]
        more = call.texts("telegram-page", number=number, pages=page.pages) if page.pages > 1 else ""
        await call.say(joined([joined(lines, "\n"), plain(more)], "\n\n"))

    async def persona(self, call: Call) -> None:
        """Who one is."""
        await call.say(introduction(await self._named(call), call.texts))

    async def restyle(self, call: Call) -> None:
        """Another portrait; the last word may name a look."""
        name, _, last = call.words.rpartition(" ")
        style = last.lower() if last.lower() in offers.looks() else None
        persona = await self._named(call, name if style else call.words)
        self._acting.may_change(call, persona)
        await self._desk.asking.restyle(call.incoming, persona, style)

    async def revoice(self, call: Call) -> None:
        """Another voice; what follows a comma says how it should sound."""
        name, _, wish = call.words.partition(",")
        persona = await self._named(call, name)
        self._acting.may_change(call, persona)
        await self._desk.asking.revoice(call.incoming, persona, wish.strip() or None)

    async def retry(self, call: Call) -> None:
        """Another one from the same words: of the person's last summon here."""
        await self._acting.another_of_last(call)

    async def dismiss(self, call: Call) -> None:
        """Sends one away."""
        await self._acting.dismiss(call, await self._named(call))

    async def rename(self, call: Call) -> None:
        """Another name: the old one, a comma, the new one."""
        old, comma, new = call.words.partition(",")
        if not comma or not new.strip():
            raise Refusal("telegram-rename-words")
        persona = await self._desk.characters.rename(call.actor, await self._named(call, old), new.strip())
        await call.say(call.texts("telegram-renamed", name=persona.persona.name))

    async def share(self, call: Call) -> None:
        """A link that brings a persona into any chat."""
        persona = await self._named(call)
        code = await self._desk.characters.share(call.actor, persona)
        link = f"https://t.me/{call.bot.username}?start={code}"
        await call.say(call.texts("telegram-shared", name=persona.persona.name, link=link))

    async def recall(self, call: Call) -> None:
        """Brings one of the person's, or a shared one, into this chat."""
        if not call.words:
            raise Refusal("telegram-recall-words")
        await self._acting.show(call, await self._desk.characters.recall(call.actor, call.words))

    async def answer(self, call: Call) -> None:
        """How characters answer the person: in writing, by voice or in a clip."""
        try:
            mode = AnswerMode(call.words.lower())
        except ValueError as error:
            raise Refusal("telegram-answer-words") from error
        await self._desk.places.prefer(call.incoming.person, answer=mode)
        await call.say(call.texts("telegram-answer-set", mode=mode.value))

    async def settle(self, call: Call) -> None:
        """Lets a persona answer everything in this group or topic."""
        persona = await self._named(call)
        await self._desk.places.settle(call.actor, persona, call.incoming.conversation)
        await call.say(call.texts("telegram-settled", name=persona.persona.name))

    async def unsettle(self, call: Call) -> None:
        """Ends that."""
        await self._desk.places.unsettle(call.actor, call.incoming.conversation)
        await call.say(call.texts("telegram-unsettled"))

    async def settings(self, call: Call) -> None:
        """Shows what was decided for this place, or changes one of it: its name, then a value, or `default`."""
        name, _, value = call.words.lower().partition(" ")
        if name:
            if name not in SETTINGS or not value.strip():
                raise Refusal("telegram-settings-words")
            field, read = SETTINGS[name]
            try:
                wanted = None if value.strip() == "default" else read(value.strip())
            except ValueError as error:
                raise Refusal("telegram-settings-words") from error
            if wanted is None and field == "summoners":
                wanted = Summoners.EVERYONE
            await self._desk.places.change(call.actor, **{field: wanted})
        chosen = await self._desk.places.settings(call.incoming.place)
        lines = [bold(one) + plain(f": {_shown(getattr(chosen, field))}") for one, (field, _) in SETTINGS.items()]
        await call.say(joined([joined(lines, "\n"), plain(call.texts("telegram-settings-words"))], "\n\n"))

    async def memory(self, call: Call) -> None:
        """What a persona knows about the person."""
        persona = await self._named(call)
        facts = await self._desk.stored.memories.facts(persona.id, call.incoming.person)
        if not facts:
            await call.say(call.texts("telegram-memory-empty", name=persona.persona.name))
            return
        lines = [plain(f"{kept.id}  {kept.fact.text}") for kept in facts]
        await call.say(joined([bold(persona.persona.name), joined(lines, "\n")], "\n"))

    async def forget(self, call: Call) -> None:
        """Makes a persona forget the person: all, or the fact of that number."""
        name, _, number = call.words.rpartition(" ")
        one = int(number) if name and number.isdecimal() and len(number) < 16 else None
        persona = await self._named(call, name if one is not None else call.words)
        gone = await self._desk.stored.memories.forget(persona.id, call.incoming.person, one)
        if one is None and call.actor.private:
            await self._desk.stored.memories.forget_conversation(persona.id, call.incoming.conversation)
        await call.say(call.texts("telegram-forgotten", name=persona.persona.name, facts=gone))

    async def export(self, call: Call) -> None:
        """Everything that is kept about the person, as a file, in a private chat only."""
        if not call.actor.private:
            raise Refusal("telegram-only-private")
        data = await self._desk.privacy.export(call.incoming.person, most=EXPORTED)
        await call.bot.send_document(call.message.chat.id, data, filename="chatanything.zip")

    async def delete(self, call: Call) -> None:
        """Deletes everything that is kept about the person, when asked with the word that proves it is meant."""
        if call.words.strip().casefold() != "everything":
            raise Refusal("telegram-delete-words")
        await self._desk.privacy.delete(call.incoming.person)
        await call.say(call.texts("telegram-deleted"))

    async def privacy(self, call: Call) -> None:
        """What is kept."""
        await call.say(call.texts("telegram-privacy"))

    async def _named(self, call: Call, name: str | None = None) -> StoredPersona:
        """Whom the words name; without words, whoever spoke here last."""
        wanted = (call.words if name is None else name).strip()
        if wanted:
            return await self._desk.characters.meant(call.actor, wanted)
        company = await self._desk.characters.company(call.incoming.conversation)
        if not company:
            raise Refusal("telegram-nobody")
        return company[0]


def _shown(value: object) -> str:
    return "default" if value is None else str(value)
