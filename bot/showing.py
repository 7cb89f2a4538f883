"""Shows one part on a platform: loads its files, posts or edits, and makes do with less where less is taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import structlog

from bot import words
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
        files, missing = await self._files(sending, document)
        notices = (*document.notices, *([words.FILE_LOST] if missing else []))
        message = message_of(sending, document.model_copy(update={"notices": notices}), files)
        for shown in lesser(message):
            try:
                return await self._post(sending, shown)
            except Refused as error:
                log.warning("delivery.refused", request=sending.request.id, part=shown.kind.value, why=error.sentence)
        raise Gone("The platform takes no message at all there.")

    def needs_place(self, sending: Sending) -> bool:
        """Whether a placeholder must be posted first: where repeated posts cannot be told apart, what is posted may
        come twice, so that may not be the answer."""
        posts = sending.request.message is None and sending.part.kind is not PartKind.PLACEHOLDER
        return posts and not self._messenger.nonces

    async def hold_place(self, sending: Sending) -> str:
        """Posts the placeholder; its key. Raises ``Undelivered``."""
        return await self._messenger.send(place_of(sending.request), placeholder_of(sending), nonce_of(sending))

    async def progress(self, sending: Sending, key: str, kind: PartKind, text: str) -> str:
        """Shows the beginning of an answer in its placeholder, or another word of the bot; the key of the message.

        Raises ``Undelivered``.
        """
        document = PartDocument.model_validate({**sending.part.document, "text": text})
        message = replace(message_of(sending, document), kind=kind)
        return await self._messenger.edit(place_of(sending.request), key, message, nonce_of(sending))

    async def _post(self, sending: Sending, message: Message) -> str:
        place, nonce, key = place_of(sending.request), nonce_of(sending), sending.request.message
        if key is not None:
            try:
                return await self._messenger.edit(place, key, message, nonce)
            except MessageLost:
                log.info("delivery.message_lost", request=sending.request.id)
        return await self._messenger.send(place, message, nonce)

    async def _files(self, sending: Sending, document: PartDocument) -> tuple[list[File], bool]:
        """The files of a part, and whether any is missing for good. Raises ``StorageFailed`` while there is hope."""
        files, missing = [], False
        for entry in document.files:
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
        return File(entry.mime, entry.name, data, entry.width, entry.height, entry.seconds)


def lesser(message: Message) -> Iterator[Message]:
    """A message, and what is tried instead, one after the other, where a platform refuses it for good."""
    yield message
    if message.files:
        yield replace(message, files=(), notices=(*message.notices, words.FILE_REFUSED))
    text = words.apology(None) if message.final else words.THINKING
    yield replace(message, text=text, name=None, tagline=None, notices=(), files=())
