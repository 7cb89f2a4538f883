"""A step of the animator: what was said becomes a clip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple

from bot.jobs.outcome import Outcome
from bot.jobs.plan import Kind, Stage
from bot.jobs.tools import Tools
from pipeline.animation.manner import direction_of
from pipeline.clips.circle import face_circle
from pipeline.clips.poster import poster_moment
from pipeline.receipt import Receipt
from pipeline.types import Clip, Mood, Utterance
from storage import lines
from storage.charges import Meter
from storage.completion import Completing, Made
from storage.results import refs, result_key
from storage.steps import Lease
from storage.values import Json


async def film(tools: Tools, lease: Lease, receipt: Receipt) -> Outcome:
    """What was said becomes a clip."""
    spoken, portrait = lease.results[Stage.VOICE], await tools.portrait(lease)
    direction = direction_of(await tools.persona(lease), _mood(lease), int(lease.request.payload["seed"]))
    face = (portrait.picture.tobytes(), portrait.rig)
    acted = (direction.mood.value, direction.manner, direction.seed)
    frames = (tools.studio.config.side, tools.studio.config.badge)
    key = result_key("clip", tools.engines.animation, spoken["values"]["utterance"], *face, *acted, *frames)
    made = await tools.keeping.found(key)
    if made is None:
        utterance = await tools.keeping.load(spoken, "utterance", Utterance)
        clip = await tools.studio.film(utterance, portrait, direction, receipt)
        about = {
            "face": astuple(face_circle(portrait.landmarks, portrait.picture.shape[0])),
            "poster": poster_moment(utterance.parts, direction, clip.fps),
        }
        made = await _filmed(tools, key, clip, receipt.notices, about)

    async def finish(completing: Completing) -> None:
        await completing.charge(Meter.VIDEO, float(made.document["files"][0]["seconds"]))
        if lease.request.kind == Kind.SCENE:
            await lines.add_clip(completing.session, lease.request.update_key, refs(made.document["values"]["clip"])[0])

    return Outcome(made, finish)


async def _filmed(tools: Tools, key: str, clip: Clip, notices: Sequence[str], about: Mapping[str, Json]) -> Made:
    size = {"width": clip.width, "height": clip.height, "seconds": round(clip.seconds, 3)}
    shown = {"clip": {"name": "clip.mp4", **size, **about}}
    return await tools.keeping.keep(key, {"clip": clip}, shown=shown, notices=notices)


def _mood(lease: Lease) -> Mood:
    values = lease.results[Stage.MIND]["values"]
    return Mood((values.get("persona") or values["reply"])["value"]["mood"])
