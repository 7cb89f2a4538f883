"""A step of the voice: a persona gets one and greets with it, or speaks an answer."""

from __future__ import annotations

from collections.abc import Sequence

from bot.jobs.outcome import Outcome, file
from bot.jobs.plan import Kind, RevoiceAsk, Stage, SummonAsk
from bot.jobs.tools import Tools, persona_id
from pipeline.receipt import Receipt
from pipeline.summon import Casting, unspoken
from pipeline.types import Mood, Reply, Speaking, VoiceRecipe
from pipeline.voice import tongue
from pipeline.voice.moves import NO_FURTHER, moved
from pipeline.voice.text import unread
from pipeline.voice.wishes import wished
from storage import rows
from storage.completion import Completing, Made
from storage.repository import StoredPersona
from storage.results import Result, result_key
from storage.steps import Lease


async def cast(tools: Tools, lease: Lease, receipt: Receipt) -> Outcome:
    """A persona gets a voice and greets with it."""
    persona, seed, wish = await tools.persona(lease), *_wish(lease)
    before = await _voice_before(tools, lease) if wish else None
    key = result_key("voice", tools.engines.voice, persona, seed, *(one for one in (wish, before) if one))
    made = await tools.keeping.found(key)
    if made is None:
        recipe = moved(before, wish) if before and wish else None
        same = recipe and before and recipe.model_copy(update={"reason": before.reason}) == before
        notices = [NO_FURTHER] if same else []
        if recipe is None:
            # Who else is here is no part of the key: a step that is run again keeps the voice that it found.
            request, casting = lease.request, Casting(tools.mind, tools.studio, tools.engines, receipt)
            taken = await tools.personas.voices_near(request.place, request.conversation, request.persona_id)
            recipe = await casting.voice_of(wished(persona, wish), seed, taken)
        notices += [notice] if (notice := unspoken(persona, recipe)) else []
        made = await _uttered(tools, key, persona.greeting, recipe, persona.mood, receipt, notices)

    async def finish(completing: Completing) -> None:
        recipe = VoiceRecipe.model_validate(made.document["values"]["recipe"]["value"])
        completing.session.add(rows.voice_row(persona_id(completing), recipe))

    return Outcome(made, finish)


async def speak(tools: Tools, lease: Lease, receipt: Receipt) -> Outcome:
    """An answer is spoken."""
    reply = Reply.model_validate(lease.results[Stage.MIND]["values"]["reply"]["value"])
    stored = await tools.stored(lease)
    recipe = await tools.personas.voice(stored.id)
    key = result_key("speech", recipe, reply.text, reply.mood.value)
    made = await tools.keeping.found(key)
    if made is None:
        notice = unread(reply.text, recipe) or await _foreign(tools, lease, stored, reply.text, recipe)
        notices = [notice] if notice else []
        made = await _uttered(tools, key, reply.text, recipe, reply.mood, receipt, notices)
    return Outcome(made)


async def _voice_before(tools: Tools, lease: Lease) -> VoiceRecipe | None:
    """The voice that a persona has, where another is asked for and the same engine still speaks."""
    if lease.request.kind != Kind.REVOICE:
        return None
    persona = await tools.stored(lease)
    voice = (await tools.personas.voices([persona.id])).get(persona.id)
    return voice if voice and voice.engine == tools.engines.voice else None


async def _foreign(tools: Tools, lease: Lease, stored: StoredPersona, reply: str, recipe: VoiceRecipe) -> str | None:
    """What the person should know of an answer in a language that the voice does not speak, the first time."""
    turns = await tools.personas.turns(stored.id, lease.request.conversation)
    said = [turn.text for turn in turns if turn.speaking is Speaking.PERSONA and turn.text != reply]
    return tongue.unspoken(stored.persona.name, reply, recipe, said)


async def _uttered(
    tools: Tools, key: str, text: str, recipe: VoiceRecipe, mood: Mood, receipt: Receipt, notices: Sequence[str]
) -> Made:
    """The words aloud, in the document that both steps of a voice end with."""
    utterance = await tools.studio.utter(text, recipe, mood, receipt)
    sound = await tools.keeping.put(await tools.studio.sound(utterance), "audio/ogg")
    shown = file(sound, "voice.ogg", seconds=round(utterance.seconds, 3))
    values: dict[str, Result] = {"recipe": recipe, "utterance": utterance}
    return await tools.keeping.keep(key, values, files=[shown], notices=[*notices, *receipt.notices])


def _wish(lease: Lease) -> tuple[int, str | None]:
    """The seed of a voice, and how it shall sound."""
    payload = lease.request.payload
    if lease.request.kind == Kind.REVOICE:
        revoice = RevoiceAsk.model_validate(payload)
        return revoice.seed, revoice.wish
    ask = SummonAsk.model_validate(payload)
    return ask.seed, ask.voice
