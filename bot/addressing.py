"""Whom a line in a chat is for, whatever the platform."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.asking import Incoming
from bot.characters import Characters
from bot.places import Places
from storage.repository import StoredPersona

CALL = re.compile(r"[^,:!?\n]{1,80}[,:!?]")
"""May begin with a name."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """Whom a line is for. ``aloud``: whoever wrote it expects an answer, so it is said why there is none. ``named``:
    the line says whom it means; else it is who answers such lines there."""

    persona: StoredPersona | None
    aloud: bool
    named: bool = True


class Addressing:
    """Methods raise ``StorageFailed``."""

    def __init__(self, characters: Characters, places: Places) -> None:
        self._characters = characters
        self._places = places

    async def meant(self, incoming: Incoming, text: str, replied: int | None, *, aloud: bool) -> Addressed:
        """Who said what the line replies to, who is called by name, or, where nobody is and the bot itself is spoken to
        (``aloud``), who lives here or spoke last. ``replied``: the platform's id of a message of ours."""
        if replied is not None:
            behind = await self._characters.behind(incoming.conversation, str(replied))
            if behind is not None:
                return Addressed(behind, aloud=True)
        if not (aloud or CALL.match(text)):
            return Addressed(None, aloud=False)
        company = await self._characters.company(incoming.conversation)
        called = next((one for one in company if _calls(one, text, loosely=aloud)), None)
        if called is not None or not aloud:
            return Addressed(called, aloud)
        resident = None if incoming.private else await self._places.resident(incoming.conversation)
        return Addressed(resident or (company[0] if company else None), aloud=True, named=False)

    async def resident(self, incoming: Incoming, text: str) -> StoredPersona | None:
        """Who lives here and answers a line, as it was written, that is for nobody else."""
        resident = await self._places.resident(incoming.conversation)
        if resident is None:
            return None
        quiet = (await self._places.settings(incoming.place)).quiet
        return None if text.startswith(quiet) else resident


def _calls(persona: StoredPersona, text: str, *, loosely: bool) -> bool:
    """Whether a text begins with the name; a comma must follow it, or the like, unless ``loosely``."""
    name = re.escape(persona.persona.name.casefold())
    return re.match(rf"\W*{name}(\b|$)" if loosely else rf"{name}\s*[,:!?]", text.casefold()) is not None
