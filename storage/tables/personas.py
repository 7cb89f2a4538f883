"""Characters, and what they were given: a voice, a portrait."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import AnyText, Count, Document, Hash, Id, Moment, Table
from storage.values import Json, new_id, now


class PersonaRow(Table):
    """A character. The document is the whole ``Persona``; the other columns are for lists and look-ups."""

    __tablename__ = "personas"
    __table_args__ = (
        Index(None, "dismissed_at", "id"),
        Index(None, "slug", "id"),
        Index(None, "owner", "id"),
        Index(None, "place", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(AnyText)
    name: Mapped[str] = mapped_column(AnyText)
    tagline: Mapped[str] = mapped_column(AnyText)
    concept: Mapped[str] = mapped_column(AnyText)
    owner: Mapped[str | None] = mapped_column(AnyText)
    document: Mapped[Json] = mapped_column(Document)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    dismissed_at: Mapped[datetime | None] = mapped_column(Moment)
    place: Mapped[str | None] = mapped_column(AnyText)  # where it was summoned: a server, a group, a private chat
    shared: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())  # anybody may recall it by id
    answer: Mapped[str | None] = mapped_column(String(16))  # how it answers, unless the person wishes otherwise


class VoiceRow(Table):
    """A voice that a persona was given; the newest counts."""

    __tablename__ = "voices"
    __table_args__ = (Index(None, "persona_id", "id"),)

    id: Mapped[int] = mapped_column(Count, primary_key=True)
    persona_id: Mapped[str] = mapped_column(Id, ForeignKey("personas.id", ondelete="CASCADE"))
    recipe: Mapped[Json] = mapped_column(Document)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class PortraitRow(Table):
    """A portrait that a persona was given; the newest counts."""

    __tablename__ = "portraits"
    __table_args__ = (Index(None, "persona_id", "id"),)

    id: Mapped[int] = mapped_column(Count, primary_key=True)
    persona_id: Mapped[str] = mapped_column(Id, ForeignKey("personas.id", ondelete="CASCADE"))
    style: Mapped[str] = mapped_column(AnyText)
    art: Mapped[str] = mapped_column(AnyText)
    reason: Mapped[str] = mapped_column(AnyText)
    picture_blob: Mapped[str] = mapped_column(Hash, ForeignKey("blobs.hash"))
    plate_blob: Mapped[str | None] = mapped_column(Hash, ForeignKey("blobs.hash"))
    rig: Mapped[str | None] = mapped_column(Text)  # text: comes back letter for letter, which JSONB does not promise
    landmarks: Mapped[Json] = mapped_column(Document)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
