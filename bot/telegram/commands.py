"""What people can tell the bot to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from telegram import Message
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.app import Desk
from bot.jobs.plan import AnswerMode, Kind
from bot.localisation.refusals import Refusal
from bot.telegram.acting import Acting
from bot.telegram.calls import Call, Calls, Does
from bot.telegram.groups import unheard, welcome
from bot.telegram.inline import Inline, offer
from bot.telegram.introducing import SHOWN, about
from bot.telegram.moving import moving
from bot.telegram.openings import Openings
from bot.telegram.options import wishes
from bot.telegram.rich import bold, joined, plain
from bot.telegram.scenes import SceneCommands
from bot.telegram.settings import SettingsCommand
from bot.telegram.talking import Talking, pictured
from storage.repository import StoredPersona

ANY = "any"

MODES = (*AnswerMode, ANY)

YOU: Mapping[AnswerMode | None, str] = {
    AnswerMode.TEXT: "persona-you-text",
    AnswerMode.VOICE: "persona-you-voice",
    AnswerMode.VIDEO: "persona-you-video",
    None: "persona-you-any",
}

ONE: Mapping[AnswerMode | None, str] = {
    AnswerMode.TEXT: "persona-answers-text",
    AnswerMode.VOICE: "persona-answers-voice",
    AnswerMode.VIDEO: "persona-answers-video",
    None: "persona-answers-any",
}

SUMMON = re.compile(r"^/summon(@\w+)?\b")
"""Below a picture, where Telegram's library sees no command."""

EXPORTED = 40_000_000
"""Bytes of portraits in a file of all that is kept: a bot may send 50 MB."""

ASKS = {"summon": Kind.SUMMON, "retry": Kind.RETRY, "restyle": Kind.RESTYLE, "revoice": Kind.REVOICE}
"""Commands of which a request comes, or a refusal, and nothing else."""

ASKED = filters.UpdateType.MESSAGE & ~filters.FORWARDED
"""Whoever passes a command on gives none: not even one that deletes everything."""

SAID = filters.TEXT | filters.PHOTO | filters.VOICE | filters.AUDIO | filters.VIDEO_NOTE | filters.Document.IMAGE

HEARD = (
    filters.UpdateType.MESSAGE
    & SAID
    & ~filters.COMMAND
    & ~filters.VIA_BOT
    & (~filters.FORWARDED | filters.ChatType.PRIVATE)
)
"""In groups nobody answers what is passed on, such as the posts of a channel that belongs to the group."""


def add_to(application: Application[Any, Any, Any, Any, Any, Any], desk: Desk, openings: Openings) -> None:
    """Tells Telegram's library who answers what."""
    calls, talking = Calls(openings), Talking(desk)
    acting = Acting(desk)
    commands = Commands(desk, acting, talking)
    for name, does in commands.table().items():
        application.add_handler(CommandHandler(name, calls.handler(does, asks=ASKS.get(name)), filters=ASKED))
    application.add_handler(CallbackQueryHandler(acting.pressed(calls)))
    application.add_handler(InlineQueryHandler(offer))
    application.add_handler(ChosenInlineResultHandler(Inline(desk).chosen))
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, moving(desk)))
    application.add_handler(MessageHandler(filters.StatusUpdate.NEW_CHAT_MEMBERS, calls.handler(welcome, ranked=False)))
    application.add_handler(MessageHandler(ASKED & filters.CaptionRegex(SUMMON), calls.handler(commands.summon)))
    application.add_handler(MessageHandler(HEARD, calls.handler(talking.hear, ranked=False)))


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
            "personas": self._acting.gallery.open, "persona": self.persona, "rename": self.rename,
            "restyle": self.restyle, "revoice": self.revoice, "retry": self.retry, "dismiss": self.dismiss,
            "share": self.share, "recall": self.recall, "settle": self.settle, "unsettle": self.unsettle,
            "scene": SceneCommands(self._desk).command, "settings": SettingsCommand(self._desk).command,
            "answer": self.answer, "memory": self.memory, "forget": self.forget, "export": self.export,
            "delete": self.delete, "privacy": self.privacy,
        }  # fmt: skip

    async def start(self, call: Call) -> None:
        """Says who it is; with the code of a shared persona, brings that one."""
        if call.words:
            await self.recall(call)
        else:
            await call.say(call.texts("telegram-start"))

    async def help(self, call: Call) -> None:
        """All commands."""
        lines = [plain(f"/{name} - {about(call.texts, name)}") for name in SHOWN]
        parts = [plain(call.texts("telegram-help")), plain(await unheard(call)), joined(lines, "\n")]
        await call.say(joined(parts, "\n\n"))

    async def summon(self, call: Call) -> None:
        """A new character; below a picture, or in reply to one, somebody who looks like it."""
        asked = wishes(SUMMON.sub("", call.words), call.texts)
        if not asked.words:
            raise Refusal("telegram-summon-words")
        look = self._desk.offers.look(asked.style)
        picture = await pictured(call.message) or await pictured(_quoted(call))
        await self._desk.asking.summon(call.incoming, asked.words, style=look, voice=asked.voice, picture=picture)

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

    async def persona(self, call: Call) -> None:
        """Who one is."""
        await self._acting.show(call, await self._named(call))

    async def restyle(self, call: Call) -> None:
        """Another portrait; what follows a comma, or the last word, may name a style."""
        name, comma, style = call.words.partition(",")
        if not comma and name.rpartition(" ")[2].lower() in self._desk.offers.looks:
            name, _, style = name.rpartition(" ")
        look, persona = self._desk.offers.look(style), await self._named(call, name)
        self._acting.may_change(call, persona)
        await self._desk.asking.restyle(call.incoming, persona, look)

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
        """How characters answer the person, or, with its name, how one answers everybody."""
        how, _, name = call.words.partition(" ")
        if how.lower() not in MODES:
            raise Refusal("telegram-answer-words")
        mode = None if how.lower() == ANY else AnswerMode(how.lower())
        if name.strip():
            persona = await self._named(call, name)
            await self._desk.characters.answers(call.actor, persona, mode)
            await call.say(call.texts(ONE[mode], name=persona.persona.name))
        else:
            await self._desk.places.prefer(call.incoming.person, answer=mode)
            await call.say(call.texts(YOU[mode]))

    async def settle(self, call: Call) -> None:
        """Lets a persona answer everything in this group or topic."""
        persona = await self._named(call)
        await self._desk.places.settle(call.actor, persona, call.incoming.conversation)
        settled = call.texts("telegram-settled", name=persona.persona.name)
        await call.say("\n\n".join(filter(None, (settled, await unheard(call)))))

    async def unsettle(self, call: Call) -> None:
        """Ends that."""
        await self._desk.places.unsettle(call.actor, call.incoming.conversation)
        await call.say(call.texts("telegram-unsettled"))

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
        """Deletes everything that is kept about the person, once it is sure that this is meant."""
        if call.words.strip().casefold() == "everything":
            await self._acting.delete(call)
        else:
            await self._acting.ask_to_delete(call)

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


def _quoted(call: Call) -> Message | None:
    """What somebody else wrote that this replies to."""
    quoted = call.message.reply_to_message
    ours = quoted is None or quoted.from_user is None or quoted.from_user.id == call.bot.id
    return None if ours else quoted
