"""A character's turn in a scene, as a request."""

from __future__ import annotations

import secrets

from bot.jobs.plan import AnswerMode, Kind, SayAsk
from bot.places import Places
from bot.scenes.modes import SceneRules
from storage.asked import Asked
from storage.lines import LineKind, SceneLine
from storage.repository import StoredPersona
from storage.scenes import Scene


async def answering(places: Places, scene: Scene, person: str, persona: StoredPersona) -> AnswerMode:
    """How a persona answers there: as was chosen for the scene, else as anywhere."""
    chosen = SceneRules.model_validate(scene.document).answer
    return chosen or await places.answer(person, scene.place, persona)


def turn_of(
    scene: Scene,
    line: int,
    person: str,
    answer: AnswerMode,
    author: SceneLine | None = None,
    persona: StoredPersona | None = None,
) -> Asked:
    """A persona's turn after a line, as a request of the person whose line led to it."""
    ask = SayAsk(text="", seed=secrets.randbelow(2**31), answer=answer, scene=scene.id)
    return Asked(
        kind=Kind.SCENE.value,
        update_key=f"scene:{scene.id}/{line}/{persona.id if persona else ''}",
        platform=scene.platform,
        place=scene.place,
        conversation=scene.conversation,
        person=person,
        name=author.name if author and author.kind is LineKind.PERSON else None,
        payload=ask.model_dump(mode="json"),
        persona_id=persona.id if persona else None,
        language=SceneRules.model_validate(scene.document).language,
    )


def exhausted(rules: SceneRules, said: tuple[int, int]) -> bool:
    """Whether personas have said so many lines, in all or in the last hour, that none says another."""
    return said[0] >= rules.lines or said[1] >= rules.hourly
