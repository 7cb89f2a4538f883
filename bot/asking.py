"""What people ask for through a platform, each time a request that survives this process."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass

from bot.conversation import sayable
from bot.jobs.plan import SUMMONED, AnswerMode, Kind, RestyleAsk, RevoiceAsk, SayAsk, Shown, SummonAsk, plan
from bot.limits import Limits
from bot.localisation.refusals import Refusal
from bot.places import Places, Rules
from bot.progress import expected
from pipeline import concept
from pipeline.errors import BadRequest
from pipeline.types import Attachment, Value
from storage import repository
from storage.asked import Asked, State
from storage.blobs import BlobRef, Blobs
from storage.charges import Meter
from storage.completion import Completing
from storage.outbox import Part, PartKind
from storage.repository import StoredPersona
from storage.requests import Accepted, Requests
from storage.values import storable

MAXIMUM_WISH = 200
"""Characters that say how somebody shall sound."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Who asks, where, and by which update. Keys are the platform's own with its name in front: ``discord:123``.

    ``moderator``: keeps order in the place. ``channels``: further keys of the same conversation, such as a thread's
    channel.
    """

    platform: str
    update_key: str
    place: str
    conversation: str
    person: str
    name: str | None = None
    language: str | None = None
    """In which the bot itself answers, a tag of BCP 47 (`bot.localisation`)."""
    moderator: bool = False
    channels: tuple[str, ...] = ()
    mixed: bool = False
    """People of any age may be there: nothing adult, whatever the place decided."""

    @property
    def private(self) -> bool:
        """Whether nobody else is there: such a place has one conversation, itself."""
        return self.place == self.conversation


class Asking:
    """Takes requests, by the rules of the place and as the person prefers.

    Methods raise ``BadRequest`` for words that cannot be used and what the place does not allow, ``LimitReached`` for
    quotas, and ``StorageFailed``; an update that comes twice is the same request. ``answer`` None: see `Rules.answer`.
    """

    def __init__(self, requests: Requests, places: Places, blobs: Blobs, limits: Limits) -> None:
        self._requests = requests
        self._places = places
        self._blobs = blobs
        self._limits = limits

    async def summon(
        self,
        incoming: Incoming,
        words: str,
        *,
        style: str | None = None,
        voice: str | None = None,
        picture: Attachment | None = None,
        seed: int | None = None,
        answer: AnswerMode | None = None,
    ) -> Accepted:
        """A new character. ``voice``: how it shall sound, in words; ``picture``: what it shall look like."""
        rules = await self._rules(incoming, summon=True)
        _describes(rules, words)
        wish = _wish(rules, voice)
        blobs, (shown,) = await self._keep(picture)
        ask = SummonAsk(
            words=storable(words),
            style=style,
            voice=wish,
            picture=shown,
            seed=_seed(seed),
            answer=answer or rules.answer(),
            adult=rules.place.adult,
        )
        return await self._accept(incoming, rules, Kind.SUMMON, ask, ask.answer, summons=1, blobs=blobs)

    async def another(self, incoming: Incoming, request_id: str) -> Accepted:
        """Another character from the words of an earlier request. Raises ``BadRequest`` when it is not there."""
        earlier = await self._requests.find(request_id)
        if earlier is None or earlier.kind not in SUMMONED:
            raise Refusal("asking-forgotten")
        rules = await self._rules(incoming, summon=True)
        ask = SummonAsk.model_validate(earlier.payload)
        _describes(rules, ask.words)
        blobs, _ = await self._keep(await self._again(ask.picture))
        ask = ask.model_copy(update={"seed": _seed(), "adult": rules.place.adult})
        return await self._accept(incoming, rules, Kind.RETRY, ask, ask.answer, summons=1, blobs=blobs)

    async def say(
        self,
        incoming: Incoming,
        persona: StoredPersona,
        text: str,
        *,
        picture: Attachment | None = None,
        spoken: Attachment | None = None,
        answer: AnswerMode | None = None,
        scene: bool = False,
    ) -> Accepted:
        """A line to a persona. Lines of one conversation are answered in the order of their asking.

        ``spoken``: a voice message, which is answered aloud. ``scene``: the line is no person's, and nobody waits.
        """
        line = sayable(text)
        rules = await self._rules(incoming)
        if not scene:
            rules.decent(line)
        blobs, (shown, voice) = await self._keep(picture, spoken)
        answer = answer or rules.answer(persona)
        if voice is not None and answer is AnswerMode.TEXT:
            answer = AnswerMode.VOICE
        ask = SayAsk(text=line, seed=_seed(), picture=shown, spoken=voice, answer=answer)
        kind = Kind.SCENE if scene else Kind.REPLY
        return await self._accept(incoming, rules, kind, ask, answer, persona=persona, blobs=blobs)

    async def restyle(self, incoming: Incoming, persona: StoredPersona, style: str | None = None) -> Accepted:
        """A new portrait for a persona."""
        rules, ask = await self._rules(incoming), RestyleAsk(seed=_seed(), style=style)
        return await self._accept(incoming, rules, Kind.RESTYLE, ask, AnswerMode.TEXT, persona=persona)

    async def revoice(self, incoming: Incoming, persona: StoredPersona, wish: str | None = None) -> Accepted:
        """A new voice for a persona; ``wish``: how it shall sound, in words."""
        rules = await self._rules(incoming)
        ask = RevoiceAsk(seed=_seed(), wish=_wish(rules, wish))
        return await self._accept(incoming, rules, Kind.REVOICE, ask, AnswerMode.VOICE, persona=persona)

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

    async def _rules(self, incoming: Incoming, *, summon: bool = False) -> Rules:
        rules = await self._places.rules(incoming.place, incoming.person)
        conversations = (incoming.conversation, *incoming.channels)
        rules.admit(conversations, moderator=incoming.moderator, summon=summon)
        return rules.tamed() if incoming.mixed else rules

    async def _keep(self, *files: Attachment | None) -> tuple[list[BlobRef], list[Shown | None]]:
        """Stored files, and what names them in the place of each."""
        kept = [await self._blobs.put(one.data, one.mime) if one else None for one in files]
        return [one for one in kept if one], [Shown(hash=one.hash, mime=one.mime) if one else None for one in kept]

    async def _again(self, shown: Shown | None) -> Attachment | None:
        """A file of an earlier request, to be kept as long as a new one."""
        return Attachment(mime=shown.mime, data=await self._blobs.get(shown.hash)) if shown else None

    async def _accept(
        self,
        incoming: Incoming,
        rules: Rules,
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
            language=rules.language(incoming),
        )
        steps = plan(kind, answer, f"{persona.id}/{incoming.conversation}" if persona else None)
        coming = {"name": persona.persona.name} if persona else {"progress": asdict(expected(steps))}
        return await self._requests.accept(
            asked,
            steps,
            placeholder=Part(PartKind.PLACEHOLDER, coming),
            charges={Meter.SUMMONS: summons} if summons else {},
            admit=self._limits.admit,
            blobs=blobs or [],
            background=kind is Kind.SCENE,
        )


async def _send_away(cancelling: Completing) -> None:
    persona, kind = cancelling.request.persona_id, cancelling.request.kind
    if persona is not None and kind in SUMMONED:
        await repository.dismiss(cancelling.session, persona)


def _describes(rules: Rules, words: str) -> None:
    """Refuses a concept here, while there is somebody to tell."""
    rules.decent(words, concept=True)
    concept.clean(words, adult=rules.place.adult)


def _wish(rules: Rules, wish: str | None) -> str | None:
    text = " ".join(storable(wish or "").split())
    if len(text) > MAXIMUM_WISH:
        raise Refusal("asking-wish", most=MAXIMUM_WISH)
    rules.decent(text, concept=True)
    return text or None


def _seed(seed: int | None = None) -> int:
    return secrets.randbelow(2**31) if seed is None else seed
