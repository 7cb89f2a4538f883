"""``/settings``: what those who keep order in a group decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from telegram import Bot
from telegram.error import TelegramError

from bot.app import Desk
from bot.jobs.plan import AnswerMode
from bot.localisation.refusals import Refusal
from bot.localisation.texts import Texts
from bot.places import PlaceSettings, Summoners
from bot.telegram.calls import Call
from bot.telegram.keys import Spot, id_of
from bot.telegram.rich import Rich, bold, joined, plain
from storage.repository import StoredPersona

VALUES: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "language": ("language", str), "summoners": ("summoners", Summoners), "answer": ("answer", AnswerMode),
    "person": ("summons_person", int), "place": ("summons_place", int), "quiet": ("quiet", str),
}  # fmt: skip
"""What a place may decide: the word for it, the field of ``PlaceSettings``, and how a value is read. Telegram tells no
bot which groups are for adults only, so that is not among them."""

DEFAULT = "default"
"""The value that takes a decision back."""

QUIET, WORDS = 5, 150
"""Characters of what quiet lines begin with, and shown of what somebody was summoned with."""

RESIDENTS = 20
"""Shown at most."""


class SettingsCommand:
    """What follows ``/settings``: nothing, a name and a value, ``topics``, or ``audit``."""

    def __init__(self, desk: Desk) -> None:
        self._places = desk.places
        self._characters = desk.characters

    async def command(self, call: Call) -> None:
        """Each change ends by showing what holds now."""
        name, _, rest = call.words.lower().partition(" ")
        value = rest.strip()
        match name:
            case "audit":
                await call.say(await self._audit(call, int(value) if value.isdecimal() and len(value) < 5 else 1))
                return
            case "topics":
                await self._topics(call, value)
            case "":
                pass
            case _:
                await self._places.change(call.actor, **_change(name, value))
        await call.say(await self._shown(call))

    async def _topics(self, call: Call, value: str) -> None:
        """In which topics the bot speaks: a list that is empty allows all."""
        here = call.incoming.conversation
        listed = [one for one in (await self._places.settings(call.actor.place)).channels if one != here]
        match value:
            case "here":
                listed.append(here)
            case "not":
                pass
            case "all":
                listed = []
            case _:
                raise Refusal("telegram-settings-words")
        await self._places.change(call.actor, channels=tuple(listed))

    async def _shown(self, call: Call) -> Rich:
        chosen = await self._places.settings(call.actor.place)
        lines = [bold(name) + plain(f": {_value(chosen, field)}") for name, (field, _) in VALUES.items()]
        if not call.actor.private:
            topics = ", ".join(_topic(one) for one in chosen.channels) or "all"
            lines.append(bold("topics") + plain(f": {topics}"))
        residents = [] if call.actor.private else await self._places.residents(call.actor.place)
        living = [_lives(one.persona.name, key, call.texts) for key, one in residents[:RESIDENTS]]
        how = plain(call.texts("telegram-settings-words"))
        return joined([joined(lines, "\n"), plain("\n".join(living)), how], "\n\n")

    async def _audit(self, call: Call, number: int) -> Rich:
        """Who summoned whom here, when, and with which words."""
        page = await self._characters.audit(call.actor, number)
        if not page.personas:
            return plain(call.texts("telegram-audit-nobody"))
        names = await _names(call.bot, call.message.chat.id, page.personas)
        lines = [
            plain(
                call.texts(
                    "settings-audit-line",
                    name=one.persona.name,
                    person=names.get(one.owner or "", "?"),
                    time=f"{one.created_at:%Y-%m-%d %H:%M} UTC",
                    words=one.persona.concept[:WORDS],
                )
            )
            for one in page.personas
        ]
        title = bold(call.texts("telegram-audit", number=page.number, pages=page.pages))
        return joined([title, joined(lines, "\n")], "\n\n")


def _change(name: str, value: str) -> Mapping[str, object]:
    """A field and what it shall be. Raises ``Refusal``."""
    if name not in VALUES or not value:
        raise Refusal("telegram-settings-words")
    field, read = VALUES[name]
    if value == DEFAULT:
        return {field: PlaceSettings.model_fields[field].default}
    if name == "quiet" and (len(value) > QUIET or any(one.isalnum() or one.isspace() for one in value)):
        raise Refusal("settings-quiet-short")
    try:
        return {field: read(value)}
    except ValueError as error:
        raise Refusal("telegram-settings-words") from error


def _value(chosen: PlaceSettings, field: str) -> str:
    value = getattr(chosen, field)
    return DEFAULT if value is None else str(value)


def _lives(name: str, conversation: str, said: Texts) -> str:
    if Spot.parse(conversation).topic is None:
        return said("telegram-settled", name=name)
    return said("telegram-settled-in", name=name, topic=_topic(conversation))


def _topic(conversation: str) -> str:
    """Telegram tells no bot what a topic is called."""
    return str(Spot.parse(conversation).topic or 1)


async def _names(bot: Bot, chat: int, personas: Sequence[StoredPersona]) -> Mapping[str, str]:
    """What people are called, who may have left."""
    names = {}
    for owner in {one.owner for one in personas if one.owner is not None}:
        try:
            names[owner] = (await bot.get_chat_member(chat, id_of(owner))).user.full_name
        except TelegramError:
            names[owner] = str(id_of(owner))
    return names
