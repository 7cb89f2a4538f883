"""What the steps of a request work with, and what they look up about it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.jobs.outcome import Keeping
from bot.jobs.plan import Shown, Stage
from bot.memory import Remembering
from pipeline.errors import BadRequest
from pipeline.listen import Ear
from pipeline.speak import Studio
from pipeline.stages import Mind
from pipeline.summon import Engines
from pipeline.types import Attachment, Persona, Portrait
from storage.bell import Bell
from storage.completion import Completing
from storage.repository import Personas, StoredPersona
from storage.scenes import SceneStore
from storage.steps import Lease

GONE = "This character is not here any more."


@dataclass(frozen=True, slots=True)
class Tools:
    """The engines, and where things are kept. Nothing in here changes between two steps."""

    mind: Mind
    studio: Studio
    engines: Engines
    personas: Personas
    remembering: Remembering
    keeping: Keeping
    bell: Bell
    scenes: SceneStore
    ear: Ear

    async def stored(self, lease: Lease) -> StoredPersona:
        """The persona that a request is about. Raises ``BadRequest`` where it is gone."""
        if lease.request.persona_id is None:
            raise BadRequest(GONE)
        return await self.personas.get(lease.request.persona_id)

    async def persona(self, lease: Lease) -> Persona:
        """The persona that gets a voice, a face or a clip: a new one, or one that is here already."""
        written = lease.results.get(Stage.MIND)
        if written and "persona" in written["values"]:
            return await self.keeping.load(written, "persona", Persona)
        return (await self.stored(lease)).persona

    async def portrait(self, lease: Lease) -> Portrait:
        """The portrait that is to be moved: a new one, or the one that is here already."""
        painted = lease.results.get(Stage.PORTRAIT)
        if painted is not None:
            return await self.keeping.load(painted, "portrait", Portrait)
        return await self.personas.portrait((await self.stored(lease)).id)

    async def shown(self, picture: Shown | None) -> Attachment | None:
        """A picture that somebody sent along, as a mind takes it."""
        return Attachment(mime=picture.mime, data=await self.keeping.get(picture.hash)) if picture else None


def persona_id(completing: Completing) -> str:
    """The persona of a request whose step ends. Raises ``BadRequest`` where it is gone meanwhile."""
    if completing.request.persona_id is None:
        raise BadRequest(GONE)
    return completing.request.persona_id
