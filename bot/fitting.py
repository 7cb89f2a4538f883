"""Files made small enough for where they are shown."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from bot.messages import File, Refused
from pipeline.clips import fitting, note
from pipeline.clips.circle import Circle
from pipeline.clips.poster import THUMBNAIL, poster
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


async def rounded(file: File) -> File:
    """The square clip as a round video. Raises ``Refused`` where none can be made of it."""
    if file.face is None and (file.width or 0) <= note.SIDE:
        return file
    face = Circle(*file.face) if file.face else Circle(0.5, 0.5, 0.5)
    try:
        made = await asyncio.to_thread(note.round_note, file.data, face)
    except (EngineFailed, StorageFailed) as error:
        log.warning("files.not_round", error=type(error).__name__)
        raise Refused("The clip cannot be made round.") from error
    side = note.side_of(face, file.width or 0)
    return replace(file, data=made, width=side, height=side)


async def thumbnail(file: File) -> bytes | None:
    """A small JPEG that stands for the clip; None where nothing is known of it."""
    if file.poster is None:
        return None
    try:
        return await asyncio.to_thread(poster, file.data, file.poster, THUMBNAIL)
    except EngineFailed as error:
        log.warning("files.no_thumbnail", error=type(error).__name__)
        return None


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
