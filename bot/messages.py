"""What people see of a request, whatever the platform, and what a platform must be able to do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2s
from typing import Protocol

from pydantic import ConfigDict

from bot import words
from bot.jobs.plan import SUMMONED, WRITTEN
from bot.localisation.foreign import translated
from bot.localisation.texts import Texts, texts
from bot.progress import Progress
from pipeline.errors import ChatAnythingError, Inaudible
from pipeline.types import Value
from storage.asked import Request
from storage.outbox import PartKind, Sending

OURS = (PartKind.PLACEHOLDER, PartKind.APOLOGY, PartKind.CANCELLED)
"""Words of the bot itself."""


class FileEntry(Value):
    """A stored file of a part: SHA-256, media type, name for people, bytes, pixels, seconds; ``face`` and ``poster`` as
    in ``File``."""

    hash: str
    mime: str
    name: str
    size: int | None = None
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    face: tuple[float, float, float] | None = None
    poster: float | None = None


class PartDocument(Value):
    """The document of an outbox part: the whole of what its message then shows."""

    model_config = ConfigDict(hide_input_in_errors=True)  # errors are logged, and what people say is not

    text: str | None = None
    name: str | None = None
    tagline: str | None = None
    notices: tuple[str, ...] = ()
    sentence: str | None = None
    """Why a request failed, in words for people, and the kind of the error."""
    error: str | None = None
    heard: str | None = None
    """What was understood of a voice message."""
    files: tuple[FileEntry, ...] = ()
    instead: tuple[FileEntry, ...] = ()
    """Shown in place of a clip where that is too large."""
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A picture, a sound or a clip. Width and height in pixels; ``seconds`` of sounds and clips.

    Of clips ``face``: where the face is (`pipeline.clips.circle.Circle`), and ``poster``: its best second.
    """

    mime: str
    name: str
    data: bytes = field(repr=False)
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    face: tuple[float, float, float] | None = None
    poster: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message belongs, in the platform's own keys (`storage.asked.Asked`)."""

    place: str
    conversation: str
    person: str


@dataclass(frozen=True, slots=True)
class Message:
    """The whole of what people see of a request at one time.

    ``name`` and ``tagline`` are the character's, who says the text, but for placeholders, apologies and cancellations:
    these and all ``notices`` are words of the bot. ``final``: nothing of it changes any more. ``request`` and
    ``persona`` are ids for buttons to name. ``update``: key of the update that asked for it, for a platform that can
    answer one. ``language``: a tag of BCP 47, in which the bot speaks there. ``heard``: what was understood of a voice
    message, in the person's words. ``progress``: what is still to come (`bot.progress.lines`). ``keeps_files``: the
    message may show files already, which stay as they are; there are none in ``files`` then. ``draft``: the answer is
    still being written; this is as much of it as there is, or what stands in its place.
    """

    request: str
    kind: PartKind
    final: bool
    text: str = field(repr=False)
    name: str | None = None
    tagline: str | None = None
    notices: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    persona: str | None = None
    update: str | None = None
    language: str | None = None
    heard: str | None = None
    progress: Progress | None = None
    keeps_files: bool = False
    draft: bool = False

    @property
    def spoken(self) -> bool:
        """Whether the text is the character's, rather than the bot's own."""
        return self.name is not None and self.kind not in OURS

    @property
    def introduces(self) -> bool:
        """Whether it shows a new character, with name and tagline."""
        return self.spoken and self.tagline is not None


class Messenger(Protocol):
    """One platform. Both methods raise the errors below and nothing else.

    Text goes out so that it can ping nobody, whatever is in it, and is cut or spread to fit the platform.
    """

    @property
    def platform(self) -> str:
        """Its name, as in ``Asked.platform``."""

    @property
    def nonces(self) -> bool:
        """Whether a message that is posted once more with the same nonce is the one that is there already."""

    async def send(self, place: Place, message: Message, nonce: str) -> str:
        """Posts a message; its key, which may join those of several where the platform needs as many.

        Called again with the same nonce (24 characters, of this message alone), it gives the message that is there
        already, where the platform knows ``nonces``.
        """

    async def edit(self, place: Place, key: str, message: Message, nonce: str) -> str:
        """Makes a posted message show this instead, as often as it is called. The key afterwards: another one where
        the platform had to post anew, which it does with the nonce."""


class Undelivered(ChatAnythingError):
    """A platform did not show a message. The sentence is for the operator, and holds nothing of the message."""


class Patience(Undelivered):
    """It may take the same later: flood control (429), trouble of its own (5xx), or no connection.

    ``seconds``: the time it asks for, where it does. The message may be there nevertheless.
    """

    retryable = True

    def __init__(self, sentence: str, *, remedy: str | None = None, seconds: float | None = None) -> None:
        super().__init__(sentence, remedy=remedy)
        self.seconds = seconds


class Gone(Undelivered):
    """Nobody can see anything of it any more: the bot is blocked or was removed, or the channel was deleted."""


class MessageLost(Undelivered):
    """The message to edit is not there any more."""


class Refused(Undelivered):
    """The platform will never take this message as it is: too large, or such files are not allowed there."""


def place_of(request: Request) -> Place:
    """Where a request is answered."""
    return Place(request.place, request.conversation, request.person)


def nonce_of(sending: Sending) -> str:
    """The same each time a part is sent, and of this part alone, also if a lost database begins anew: 24 letters, for
    Discord takes 25."""
    return blake2s(f"{sending.request.id}/{sending.id}".encode(), digest_size=12).hexdigest()


def placeholder_of(sending: Sending) -> Message:
    """What stands where a part will be shown."""
    return placeholder_for(sending.request)


def placeholder_for(request: Request) -> Message:
    """What stands where a request will be shown."""
    text = words.coming(request.kind, texts(request.language))
    return Message(
        request.id,
        PartKind.PLACEHOLDER,
        final=False,
        text=text,
        language=request.language,
        draft=request.kind in WRITTEN,
    )


def message_of(sending: Sending, document: PartDocument, files: Sequence[File] = ()) -> Message:
    """A part as people see it."""
    request, part = sending.request, sending.part
    said = texts(request.language)
    match part.kind:
        case PartKind.PLACEHOLDER:
            text = document.text or words.coming(request.kind, said)
        case PartKind.APOLOGY:
            text = _apology(document, said)
        case PartKind.CANCELLED:
            text = said("words-cancelled")
        case _:
            text = document.text or ""
    return Message(
        request=request.id,
        kind=part.kind,
        final=part.final,
        text=text,
        name=document.name,
        tagline=document.tagline,
        notices=tuple(translated(notice, said) for notice in document.notices),
        files=tuple(files),
        persona=request.persona_id,
        update=request.update_key,
        language=request.language,
        heard=document.heard,
        progress=told(document.progress, request),
        draft=part.kind is PartKind.PLACEHOLDER and request.kind in WRITTEN,
    )


def told(progress: Progress | None, request: Request) -> Progress | None:
    """What is worth telling of it: the stages of a new character; of all else the place in the queue alone."""
    if progress is not None and request.kind not in SUMMONED:
        progress = replace(progress, stages=())
    return progress if progress and (progress.stages or progress.ahead) else None


def _apology(document: PartDocument, said: Texts) -> str:
    """That nobody could understand a voice message is no failure of ours: there is nothing to be sorry for."""
    sentence = document.sentence and translated(document.sentence, said, document.error)
    return sentence if sentence and document.error == Inaudible.__name__ else words.apology(sentence, said)
