"""New rows for what a persona is, was given, and said."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from pipeline.types import Persona, Portrait, Turn, VoiceRecipe
from storage.blobs import BlobRef
from storage.tables import BlobRow, PersonaRow, PortraitRow, TurnRow, VoiceRow
from storage.upsert import insert_into
from storage.values import Json, now, slug, storable


def persona_row(persona: Persona, owner: str | None, *, place: str | None = None) -> PersonaRow:
    """A new persona; ``place``: where it was summoned."""
    return PersonaRow(
        slug=slug(storable(persona.name)),
        name=persona.name,
        tagline=persona.tagline,
        concept=persona.concept,
        owner=owner,
        place=place,
        document=persona.model_dump(mode="json"),
    )


def voice_row(persona_id: str, recipe: VoiceRecipe) -> VoiceRow:
    """A new voice of a persona."""
    return VoiceRow(persona_id=persona_id, recipe=recipe.model_dump(mode="json"))


def portrait_row(persona_id: str, portrait: Portrait, files: Sequence[BlobRef]) -> PortraitRow:
    """A new portrait of a persona. ``files``: the picture, then the plate where there is one."""
    return PortraitRow(
        persona_id=persona_id,
        style=portrait.style,
        art=portrait.art,
        reason=portrait.reason,
        picture_blob=files[0].hash,
        plate_blob=files[1].hash if len(files) > 1 else None,
        rig=portrait.rig,
        landmarks=portrait.landmarks.tolist(),  # float32 -> float -> float32 is exact
    )


def portrait_row_of(persona_id: str, value: Json, files: Sequence[BlobRef]) -> PortraitRow:
    """The same, of a portrait that `storage.results` keeps."""
    picture, plate = files[0].hash, files[1].hash if len(files) > 1 else None
    return PortraitRow(persona_id=persona_id, picture_blob=picture, plate_blob=plate, **value)


def turn_row(
    persona_id: str, conversation: str, turn: Turn, clip: BlobRef | None = None, person: str | None = None
) -> TurnRow:
    """A new line of a conversation."""
    return TurnRow(
        persona_id=persona_id,
        conversation=conversation,
        speaking=turn.speaking.value,
        text=turn.text,
        speaker=turn.speaker,
        person=person,
        mood=turn.mood.value if turn.mood else None,
        clip_blob=clip.hash if clip else None,
    )


async def name_blobs(session: AsyncSession, blobs: Sequence[BlobRef]) -> None:
    """Rows for stored files; that of a file that is known already counts as new again (`sweeping`)."""
    for blob in sorted(blobs, key=lambda blob: blob.hash):  # in one order, or two transactions wait for each other
        row = insert_into(session, BlobRow, hash=blob.hash, mime=blob.mime, size=blob.size)
        await session.execute(row.on_conflict_do_update(index_elements=["hash"], set_={"created_at": now()}))
