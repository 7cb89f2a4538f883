"""What `summon` writes beside the portrait and the clip: an avatar that lives, a picture to stand for the clip, and on
request a GIF and a clip with captions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from pipeline.animation.manner import direction_of
from pipeline.clips.avatar import Form, still_life
from pipeline.clips.captions import captioned
from pipeline.clips.circle import face_circle
from pipeline.clips.poster import poster, poster_moment
from pipeline.speak import Studio
from pipeline.summon import Summoned
from pipeline.tasks import together


async def extras(
    studio: Studio, summoned: Summoned, *, gif: bool = False, captions: bool = False
) -> Mapping[str, bytes]:
    """Files by name. Raises what its engines raise."""
    persona, greeting = summoned.persona, summoned.greeting
    direction = direction_of(persona, persona.mood, persona.seed)
    moment = poster_moment(greeting.parts, direction, greeting.clip.fps)
    portrait = summoned.portrait
    still = (studio.config, studio.animation, portrait, direction)
    async with together() as tasks:
        made: dict[str, asyncio.Task[bytes]] = {}

        def make(name: str, work: object, *args: object) -> None:
            made[name] = tasks.create_task(studio.workers.run("pictures", work, *args))  # type: ignore[arg-type]

        make("avatar.webp", still_life, *still, Form.WEBP)
        make("poster.jpg", poster, greeting.clip.mp4, moment)
        if gif:
            make("avatar.gif", still_life, *still, Form.GIF)
        if captions:
            said, face = (persona.greeting, greeting.parts), face_circle(portrait.landmarks, portrait.picture.shape[0])
            make("captioned.mp4", captioned, greeting.clip.mp4, *said, studio.config.assets, face)
    return {name: task.result() for name, task in made.items()}
