"""Shows one part on a platform: loads its files, posts or edits, and makes do with less where less is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import structlog

from bot import words
from bot.localisation.texts import texts
from bot.messages import (
    File,
    FileEntry,
    Gone,
    Message,
    MessageLost,
    Messenger,
    PartDocument,
    Refused,
    message_of,
    nonce_of,
    place_of,
    placeholder_of,
)
from bot.progress import Progress
from pipeline.errors import StorageFailed
from storage.blobs import Blobs
from storage.outbox import PartKind, Sending

log = structlog.get_logger(__name__)

AWAY_TRIES, LOST_TRIES = 12, 6
"""Tries to load a file: while the store is away (six minutes), and while it says no (half a minute)."""


class Showing:
    """Parts on one platform. Methods raise ``Patience``, ``Gone``, ``StorageFailed``."""

    def __init__(self, blobs: Blobs, messenger: Messenger) -> None:
        self._blobs = blobs
        self._messenger = messenger

    async def show(self, sending: Sending) -> str:
        """The key of the message that shows the part, or of what the platform takes of it."""
        document = PartDocument.model_validate(sending.part.document)
        files, missing = await self._files(sending, document.files)
        lost = texts(sending.request.language)("words-file-lost")
        notices = (*document.notices, *([lost] if missing else []))
        message = message_of(sending, document.model_copy(update={"notices": notices}), files)
        if (key := await self._taken(sending, message)) is not None:
            return key
        voice, _ = await self._files(sending, document.instead)
        for shown in lesser(message, voice):
            if (key := await self._taken(sending, shown)) is not None:
                return key
        raise Gone("The platform takes no message at all there.")

    def needs_place(self, sending: Sending) -> bool:
        """Whether a placeholder must be posted first: where repeated posts cannot be told apart, what is posted may
        come twice, so that may not be the answer."""
        posts = sending.request.message is None and sending.part.kind is not PartKind.PLACEHOLDER
        return posts and not self._messenger.nonces

    async def hold_place(self, sending: Sending) -> str:
        """Posts the placeholder; its key. Raises ``Undelivered``."""
        return await self._messenger.send(place_of(sending.request), placeholder_of(sending), nonce_of(sending))

    async def progress(self, sending: Sending, key: str, news: str | Progress) -> str:
        """Shows the beginning of an answer in its placeholder, or what is shown already with what is still to come;
        the key of the message.

        Raises ``Undelivered``.
        """
        document = PartDocument.model_validate(sending.part.document)
        if isinstance(news, str):
            message = message_of(sending, document.model_copy(update={"text": news, "progress": None}))
            message = replace(message, kind=PartKind.TEXT)
        else:
            message = message_of(sending, document.model_copy(update={"progress": news}))
            message = replace(message, keeps_files=True)
        return await self._messenger.edit(place_of(sending.request), key, message, nonce_of(sending))

    async def _taken(self, sending: Sending, message: Message) -> str | None:
        """The key of a message; None where the platform will never take it."""
        try:
            return await self._post(sending, message)
        except Refused as error:
            log.warning("delivery.refused", request=sending.request.id, part=message.kind.value, why=error.sentence)
        return None

    async def _post(self, sending: Sending, message: Message) -> str:
        place, nonce, key = place_of(sending.request), nonce_of(sending), sending.request.message
        if key is not None:
            try:
                return await self._messenger.edit(place, key, message, nonce)
            except MessageLost:
                log.info("delivery.message_lost", request=sending.request.id)
        return await self._messenger.send(place, message, nonce)

    async def _files(self, sending: Sending, entries: Sequence[FileEntry]) -> tuple[list[File], bool]:
        """Files of a part, and whether any is missing for good. Raises ``StorageFailed`` while there is hope."""
        files, missing = [], False
        for entry in entries:
            try:
                files.append(await self._file(entry))
            except StorageFailed as error:
                if sending.attempt < (AWAY_TRIES if error.retryable else LOST_TRIES):
                    raise
                log.error("delivery.file_lost", request=sending.request.id, file=entry.hash, why=error.sentence)
                missing = True
        return files, missing

    async def _file(self, entry: FileEntry) -> File:
        data = await self._blobs.get(entry.hash)
        return File(entry.mime, entry.name, data, entry.width, entry.height, entry.seconds, entry.face, entry.poster)


def lesser(message: Message, voice: Sequence[File] = ()) -> Iterator[Message]:
    """What is tried, one after the other, where a platform refuses a message for good: the voice in place of a clip,
    pictures alone, no file, and none of its words."""
    said = texts(message.language)
    pictures = tuple(file for file in message.files if file.mime.startswith("image/"))
    refused = (*message.notices, said("words-file-refused"))
    if voice and any(file.mime.startswith("video/") for file in message.files):
        notices = (*message.notices, said("summoning-voice-only"))
        yield replace(message, kind=PartKind.VOICE, files=(*pictures, *voice), notices=notices)
    if pictures and pictures != message.files:
        yield replace(message, files=pictures, notices=refused)
    if message.files:
        yield replace(message, files=(), notices=refused)
    text = words.apology(None, said) if message.final else words.coming(None, said)
    yield replace(message, text=text, name=None, tagline=None, notices=(), files=())
