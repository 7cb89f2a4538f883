"""A picture that a person gave becomes a portrait."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.jobs.outcome import Keeping
from bot.jobs.plan import Shown
from bot.localisation.foreign import translated
from bot.localisation.texts import texts
from pipeline.errors import BadRequest, EngineFailed, MissingAsset, StorageFailed
from pipeline.portrait import upload
from pipeline.speak import Studio
from pipeline.types import Portrait

log = structlog.get_logger(__name__)


async def likeness(
    given: Shown, keeping: Keeping, studio: Studio, language: str | None
) -> tuple[Portrait | None, Sequence[str]]:
    """The face in the picture, or a notice in that language why one has to be drawn instead.

    Raises what may go better the next time.
    """
    said = texts(language)
    try:
        found = await upload.portray(studio.workers, studio.config, await keeping.get(given.hash))
    except (BadRequest, MissingAsset, EngineFailed, StorageFailed) as error:
        if error.retryable:
            raise
        log.warning("portrait.picture", error=type(error).__name__)
        return None, [said("summoning-unused-picture")]
    if isinstance(found, upload.NoFace):
        return None, [said("summoning-no-face", why=translated(found.sentence, said))]
    return found, []
