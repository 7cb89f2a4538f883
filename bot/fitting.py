"""Files made small enough for where they are shown."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from bot.messages import File, Refused
from pipeline import fitting
from pipeline.errors import EngineFailed, StorageFailed

log = structlog.get_logger(__name__)


async def fitted(files: Sequence[File], each: int, together: int) -> tuple[File, ...]:
    """The files with at most so many bytes each and all together, those as they are that fit.

    Raises ``Refused`` when one cannot be made so small: a voice, or a clip that is too long.
    """
    if all(len(file.data) <= each for file in files) and _size(files) <= together:
        return tuple(files)
    made: dict[int, File] = {}
    for place, file in sorted(enumerate(files), key=lambda entry: len(entry[1].data)):  # the largest gets what is left
        made[place] = await _smaller(file, min(each, together - _size(made.values())))
    fits = tuple(made[place] for place in range(len(files)))
    log.info("files.fitted", before=_size(files), after=_size(fits))
    return fits


def _size(files: Iterable[File]) -> int:
    return sum(len(file.data) for file in files)


async def _smaller(file: File, limit: int) -> File:
    if len(file.data) <= limit:
        return file
    try:
        if file.mime == "video/mp4":
            clip = await asyncio.to_thread(fitting.fit, file.data, limit)
            if clip is not None:
                return replace(file, data=clip)
        elif file.mime == "image/png":
            picture = await asyncio.to_thread(fitting.fit_picture, file.data, limit)
            if picture is not None:
                return replace(file, mime=picture[0], name=_renamed(file.name, picture[0]), data=picture[1])
    except (EngineFailed, StorageFailed, OSError) as error:
        log.warning("files.not_fitted", mime=file.mime, error=type(error).__name__)
    raise Refused(f"A file has {len(file.data):,} bytes; {limit:,} are taken here.")


def _renamed(name: str, mime: str) -> str:
    return f"{Path(name).stem}.jpg" if mime == "image/jpeg" else name
