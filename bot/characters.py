"""Who is to be seen and heard where: finding characters, and what whoever summoned them may do with them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.jobs.plan import AnswerMode
from bot.localisation.refusals import Refusal
from bot.places import Actor, Places
from pipeline import concept
from storage.cast import Cast
from storage.repository import Personas, StoredPersona
from storage.values import slug, storable

PAGE = 5
"""Characters on a page."""

AUDITED = 10
"""On a page for those who keep order."""

MAXIMUM_NAME = 60
"""Characters of a name."""


class Whose(StrEnum):
    """Which characters a gallery shows."""

    MINE = "mine"
    HERE = "here"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a gallery; ``number`` counts from 1 up to ``pages``."""

    personas: Sequence[StoredPersona]
    number: int
    pages: int


class Characters:
    """The use cases. Methods raise ``Refusal`` and ``StorageFailed``."""

    def __init__(self, cast: Cast, personas: Personas, places: Places) -> None:
        self._cast = cast
        self._personas = personas
        self._places = places

    async def visible(self, actor: Actor, limit: int = 100) -> Sequence[StoredPersona]:
        """Whom somebody may mean: the company of the conversation, the last one first, residents and further
        characters of the place, and the person's own."""
        return await self._cast.visible(actor.person, actor.place, actor.conversation, limit)

    async def meant(self, actor: Actor, name: str) -> StoredPersona:
        """The visible character of that id or name, or the only one whose name begins so."""
        visible, wanted = await self.visible(actor), slug(storable(name))
        for persona in visible:
            if persona.id == name.strip().lower() or slug(persona.persona.name) == wanted:
                return persona
        here = (actor.place, actor.conversation)
        if (further := await self._cast.named(actor.person, here, storable(name))) is not None:
            return further
        begun = [one for one in visible if wanted and slug(one.persona.name).startswith(wanted)]
        if len(begun) > 1:
            raise Refusal("characters-several", names=", ".join(one.persona.name for one in begun[:PAGE]))
        if not begun:
            raise Refusal("characters-unknown")
        return begun[0]

    async def page(self, actor: Actor, whose: Whose, number: int) -> Page:
        """A page of the person's own characters or of those of the place, newest first; beyond the last one, that."""
        here = (actor.place, actor.conversation) if whose is Whose.HERE else None
        count = await self._cast.count(actor.person, here)
        pages = max(-(-count // PAGE), 1)
        number = min(max(number, 1), pages)
        return Page(await self._cast.page(actor.person, here, PAGE, (number - 1) * PAGE), number, pages)

    async def audit(self, actor: Actor, number: int) -> Page:
        """A page of all that was ever summoned in the actor's place, newest first: for those who keep order there."""
        if not actor.decides:
            raise Refusal("places-moderators-only")
        number = max(number, 1)
        count, personas = await self._cast.summoned(actor.place, AUDITED, (number - 1) * AUDITED)
        return Page(personas, number, max(-(-count // AUDITED), 1))

    def may_change(self, actor: Actor, persona: StoredPersona) -> bool:
        """Whether a character is the person's own, or was summoned where the person keeps order."""
        return persona.owner == actor.person or (actor.moderator and persona.place == actor.place)

    async def rename(self, actor: Actor, persona: StoredPersona, name: str) -> StoredPersona:
        """Gives a character another name, which it also uses itself from then on."""
        self._check(actor, persona)
        return await self._cast.rename(persona.id, _named(name))

    async def share(self, actor: Actor, persona: StoredPersona, shared: bool = True) -> str:
        """Lets everybody recall a character, or nobody else any more; the code to recall it by."""
        self._check(actor, persona)
        await self._cast.set(persona.id, shared=shared)
        return persona.id

    async def recall(self, actor: Actor, code_or_name: str) -> StoredPersona:
        """Brings a character into the actor's conversation: one that somebody shared, by its code, one of the place, or
        one of the person's own, by its name, also one that was dismissed."""
        rules = await self._places.rules(actor.place, actor.person)
        rules.admit((actor.conversation, *actor.channels), moderator=actor.decides, summon=True)
        found = await self._cast.recall(actor.person, actor.place, actor.conversation, storable(code_or_name))
        if found is None:
            raise Refusal("characters-recall-unknown")
        return found

    async def dismiss(self, actor: Actor, persona: StoredPersona) -> None:
        """Sends a character away. Those who keep order where it is a guest send it out of the conversation only."""
        if self.may_change(actor, persona):
            await self._personas.dismiss(persona.id)
        elif not actor.moderator or not await self._cast.send_out(persona.id, actor.place, actor.conversation):
            raise Refusal("characters-not-yours")

    async def answers(self, actor: Actor, persona: StoredPersona, mode: AnswerMode | None) -> None:
        """Decides how a character answers those who have no wish of their own."""
        self._check(actor, persona)
        await self._cast.set(persona.id, answer=mode.value if mode else None)

    async def behind(self, conversation: str, message: str) -> StoredPersona | None:
        """Whose words a message shows."""
        return await self._personas.behind(conversation, message)

    async def company(self, conversation: str, limit: int = 20) -> Sequence[StoredPersona]:
        """Who was summoned, recalled or spoken to in a conversation, the last one first."""
        return await self._personas.company(conversation, limit)

    async def appeared(self, conversation: str, message: str, persona: StoredPersona) -> None:
        """A message of the bot shows a character, to be spoken to; ``message``: the platform's id of it."""
        await self._cast.appeared(conversation, message, persona.id)

    def _check(self, actor: Actor, persona: StoredPersona) -> None:
        if not self.may_change(actor, persona):
            raise Refusal("characters-not-yours")


def _named(name: str) -> str:
    """A name as it is kept: on one line, without what cannot be seen."""
    seen = "".join(" " if ch.isspace() else ch for ch in storable(name) if ch.isspace() or ch.isprintable())
    seen = unicodedata.normalize("NFC", " ".join(seen.split()))
    if not 0 < len(seen) <= MAXIMUM_NAME or not slug(seen):
        raise Refusal("characters-name", most=MAXIMUM_NAME)
    if concept.refused(seen):
        raise Refusal("characters-kinder")
    return seen
