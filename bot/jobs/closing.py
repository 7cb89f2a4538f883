"""The last part of a request: the best of what was made, and a word about what was not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from bot.jobs.plan import AnswerMode, Kind, Stage
from bot.localisation.texts import texts
from pipeline.types import Persona, Reply
from storage.asked import Request
from storage.outbox import Part, PartKind
from storage.values import Json

log = structlog.get_logger(__name__)

NOTICES: Mapping[str, str] = {
    Stage.PORTRAIT: "words-no-portrait",
    Stage.VOICE: "words-no-voice",
    Stage.CLIP: "words-no-clip",
}
"""Texts (`bot.localisation`) about what is missing."""


def close(request: Request, results: Mapping[str, Json], failed: Mapping[str, str]) -> Part:
    """Clip, else voice, else text. ``results`` are documents of `stages`; ``failed`` the stages that are missing.

    Never raises: the request that it could not end would take with it whoever tries to.
    """
    try:
        return _answer(request, results, failed)
    except (LookupError, TypeError, ValueError) as error:  # documents of another version
        log.error("closing.failed", request=request.id, error=type(error).__name__)
        return Part(PartKind.APOLOGY, {"sentence": texts(request.language)("words-unreadable")}, final=True)


def _answer(request: Request, results: Mapping[str, Json], failed: Mapping[str, str]) -> Part:
    kind, said = best(request, results), texts(request.language)
    document = {
        **(said_with(results[Stage.VOICE]) if request.kind == Kind.REVOICE else text_of(results.get(Stage.MIND))),
        "instead": files_of(results, Stage.VOICE) if kind is PartKind.CLIP else [],
        "files": [file for stage in (Stage.PORTRAIT, shown_by(kind)) if stage for file in files_of(results, stage)],
        "notices": [*notices_of(results), *(said(NOTICES[stage]) for stage in Stage if stage in failed)],
    }
    return Part(kind, document, final=True)


def best(request: Request, results: Mapping[str, Json]) -> PartKind:
    """What a request comes to."""
    if request.kind == Kind.RESTYLE:
        return PartKind.PORTRAIT
    if request.payload.get("answer") == AnswerMode.TEXT:
        return PartKind.PLAIN
    if Stage.CLIP in results:
        return PartKind.CLIP
    return PartKind.VOICE if files_of(results, Stage.VOICE) else PartKind.PLAIN


def shown_by(kind: PartKind) -> Stage | None:
    """The stage that made the files of a final part."""
    return {PartKind.CLIP: Stage.CLIP, PartKind.VOICE: Stage.VOICE}.get(kind)


def text_of(mind: Json) -> dict[str, Json]:
    """What there is to read, from the document of the mind."""
    if mind is None:
        return {}
    if "persona" in mind["values"]:
        persona = Persona.model_validate(mind["values"]["persona"]["value"])
        return {"name": persona.name, "tagline": persona.tagline, "text": persona.greeting}
    reply = Reply.model_validate(mind["values"]["reply"]["value"])
    return {"name": mind["name"], "text": reply.text, "heard": mind.get("heard")}


def said_with(voice: Json) -> dict[str, Json]:
    """The words that a new voice was tried with."""
    return {"text": " ".join(part["text"] for part in voice["values"]["utterance"]["value"])}


def files_of(results: Mapping[str, Json], stage: Stage) -> Sequence[Json]:
    """What a stage made for people to see or hear."""
    return results[stage]["files"] if stage in results else []


def notices_of(results: Mapping[str, Json]) -> Sequence[str]:
    """Sentences for the person, from all stages."""
    return [notice for stage in Stage if stage in results for notice in results[stage]["notices"]]
