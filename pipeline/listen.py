"""Voice message to words: the way back of `speak`."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import EngineUnavailable
from pipeline.stages import Listener
from pipeline.types import Heard
from pipeline.workers import Workers

DEAF = "I cannot listen to voice messages here. Please type it."


@dataclass(frozen=True, slots=True)
class Ear:
    """What listening needs. ``listener`` None: nothing here understands speech."""

    listener: Listener | None
    workers: Workers

    async def hear(self, voice: bytes) -> Heard:
        """The words of a voice message: Ogg, M4A, WebM, MP3 or WAV of at most 60 seconds.

        Raises ``BadRequest`` for a file that is none, is damaged or too long; ``Inaudible`` when nobody spoke or it
        cannot be understood; ``EngineUnavailable`` and ``EngineFailed`` for the engine.
        """
        if self.listener is None:
            raise EngineUnavailable(DEAF, remedy="HEARING in .env")
        return await self.listener.hear(voice, self.workers)
