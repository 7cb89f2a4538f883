"""What people ask for through a platform, each time a request that survives this process."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.conversation import sayable
from bot.jobs.plan import SUMMONED, AnswerMode, Kind, RestyleAsk, RevoiceAsk, SayAsk, Shown, SummonAsk, plan
from bot.limits import Limits
from pipeline import concept
from pipeline.errors import BadRequest
from pipeline.types import Attachment, Value
from storage import repository
from storage.asked import Asked, State
from storage.blobs import BlobRef, Blobs
from storage.charges import Meter
from storage.outbox import Part, PartKind
from storage.repository import Personas, StoredPersona
from storage.requests import Accepted, Completing, Requests
from storage.tables import storable


@dataclass(frozen=True, slots=True)
class Incoming:
    """Who asks, where, and by which update. Keys are the platform's own with its name in front: ``discord:123``."""

    platform: str
    update_key: str
    place: str
    conversation: str
    person: str
    name: str | None = None
    language: str | None = None
    """In which the bot itself answers, a tag of BCP 47 (`bot.localisation`)."""


class Asking:
    """Takes requests. Methods raise ``BadRequest`` for words that cannot be used, ``LimitReached`` for quotas, and
    ``StorageFailed``; an update that comes twice is the same request."""

    def __init__(self, requests: Requests, personas: Personas, blobs: Blobs, limits: Limits) -> None:
        self._requests = requests
        self._personas = personas
        self._blobs = blobs
        self._limits = limits

    async def summon(
        self,
        incoming: Incoming,
        words: str,
        *,
        style: str | None = None,
        seed: int | None = None,
        answer: AnswerMode = AnswerMode.VIDEO,
    ) -> Accepted:
        """A new character."""
        concept.clean(words)  # refused here, while there is somebody to tell
        ask = SummonAsk(words=storable(words), style=style, seed=_seed(seed), answer=answer)
        return await self._accept(incoming, Kind.SUMMON, ask, answer, summons=1)

    async def another(self, incoming: Incoming, request_id: str) -> Accepted:
        """Another character from the words of an earlier request. Raises ``BadRequest`` when it is not there."""
        earlier = await self._requests.find(request_id)
        if earlier is None or earlier.kind not in SUMMONED:
            raise BadRequest("Nobody knows any more what was asked for then. Please summon it anew.")
        ask = SummonAsk.model_validate(earlier.payload).model_copy(update={"seed": _seed()})
        return await self._accept(incoming, Kind.RETRY, ask, ask.answer, summons=1)

    async def say(
        self,
        incoming: Incoming,
        persona: StoredPersona,
        text: str,
        *,
        picture: Attachment | None = None,
        answer: AnswerMode = AnswerMode.VIDEO,
        scene: bool = False,
    ) -> Accepted:
        """A line to a persona. Lines of one conversation are answered in the order of their asking."""
        line = sayable(text)
        blob = await self._blobs.put(picture.data, picture.mime) if picture else None
        shown = Shown(hash=blob.hash, mime=blob.mime) if blob else None
        ask = SayAsk(text=line, seed=_seed(), picture=shown, answer=answer)
        kind = Kind.SCENE if scene else Kind.REPLY
        return await self._accept(incoming, kind, ask, answer, persona=persona, blobs=[blob] if blob else [])

    async def restyle(self, incoming: Incoming, persona: StoredPersona, style: str | None = None) -> Accepted:
        """A new portrait for a persona."""
        ask = RestyleAsk(seed=_seed(), style=style)
        return await self._accept(incoming, Kind.RESTYLE, ask, AnswerMode.TEXT, persona=persona)

    async def revoice(self, incoming: Incoming, persona: StoredPersona) -> Accepted:
        """A new voice for a persona."""
        ask = RevoiceAsk(seed=_seed())
        return await self._accept(incoming, Kind.REVOICE, ask, AnswerMode.VOICE, persona=persona)

    async def cancel(self, request_id: str) -> bool:
        """Calls a request off, and sends away the character that it had brought so far. False when it has ended."""
        return await self._requests.cancel(request_id, _send_away)

    async def retry(self, request_id: str) -> None:
        """Opens a request that ended in an apology once more. Raises ``BadRequest`` when it did not."""
        if await self._requests.retry(request_id):
            return
        request = await self._requests.find(request_id)
        if request is None:
            raise BadRequest("There is no request of that id; `chatanything requests` lists them.")
        ended = {State.OPEN: "is still in work", State.DELIVERED: "was delivered", State.CANCELLED: "was called off"}
        raise BadRequest(f"That request {ended.get(request.state, 'is already being tried again')}.")

    async def _accept(
        self,
        incoming: Incoming,
        kind: Kind,
        ask: Value,
        answer: AnswerMode,
        *,
        persona: StoredPersona | None = None,
        summons: int = 0,
        blobs: list[BlobRef] | None = None,
    ) -> Accepted:
        asked = Asked(
            kind=kind.value,
            update_key=incoming.update_key,
            platform=incoming.platform,
            place=incoming.place,
            conversation=incoming.conversation,
            person=incoming.person,
            name=incoming.name,
            payload=ask.model_dump(mode="json"),
            persona_id=persona.id if persona else None,
            language=incoming.language,
        )
        lock = f"{persona.id}/{incoming.conversation}" if persona else None
        placeholder = Part(PartKind.PLACEHOLDER, {"name": persona.persona.name} if persona else {})
        return await self._requests.accept(
            asked,
            plan(kind, answer, lock),
            placeholder=placeholder,
            charges={Meter.SUMMONS: summons} if summons else {},
            admit=self._limits.admit,
            blobs=blobs or [],
            background=kind is Kind.SCENE,
        )


async def _send_away(cancelling: Completing) -> None:
    persona, kind = cancelling.request.persona_id, cancelling.request.kind
    if persona is not None and kind in SUMMONED:
        await repository.dismiss(cancelling.session, persona)


def _seed(seed: int | None = None) -> int:
    return secrets.randbelow(2**31) if seed is None else seed
