"""Several personas and people in one conversation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import AnyText, Count, Document, Hash, Id, Moment, Table
from storage.values import Json, new_id, now


class SceneRow(Table):
    """Several personas and people in one conversation. ``due``: the last line that somebody may have to answer;
    ``speaking``: the update key of the request in which a persona does; ``not_before``: until then somebody decides."""

    __tablename__ = "scenes"
    __table_args__ = (
        Index(
            "uq_scenes_conversation",
            "conversation",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "due"),
        Index(None, "place"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    platform: Mapped[str] = mapped_column(String(32))
    place: Mapped[str] = mapped_column(AnyText)
    conversation: Mapped[str] = mapped_column(AnyText)
    owner: Mapped[str] = mapped_column(AnyText)  # the person who started it
    title: Mapped[str] = mapped_column(AnyText)
    mode: Mapped[str] = mapped_column(String(16))
    document: Mapped[Json] = mapped_column(Document)  # caps, and how people want it
    due: Mapped[int | None] = mapped_column(BigInteger)
    speaking: Mapped[str | None] = mapped_column(AnyText)
    not_before: Mapped[datetime | None] = mapped_column(Moment)
    paused_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class MemberRow(Table):
    """A persona's stay in a scene: it hears the lines after ``since`` up to ``until``."""

    __tablename__ = "scene_members"
    __table_args__ = (Index(None, "scene_id", "id"), Index(None, "persona_id"))

    id: Mapped[int] = mapped_column(Count, primary_key=True)
    scene_id: Mapped[str] = mapped_column(Id, ForeignKey("scenes.id", ondelete="CASCADE"))
    persona_id: Mapped[str] = mapped_column(Id, ForeignKey("personas.id", ondelete="CASCADE"))
    since: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[int | None] = mapped_column(BigInteger)


class LineRow(Table):
    """A line of a scene: of a person, a persona or the narrator. Each persona that hears it has a turn of it, too."""

    __tablename__ = "scene_lines"
    __table_args__ = (
        UniqueConstraint("update_key"),
        Index(None, "scene_id", "id"),
        Index(None, "person"),
        Index(None, "persona_id"),
        {"sqlite_autoincrement": True},  # members know lines by id
    )

    id: Mapped[int] = mapped_column(Count, primary_key=True)
    scene_id: Mapped[str] = mapped_column(Id, ForeignKey("scenes.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    persona_id: Mapped[str | None] = mapped_column(Id, ForeignKey("personas.id", ondelete="SET NULL"))
    person: Mapped[str | None] = mapped_column(AnyText)  # platform key of the person who wrote it
    name: Mapped[str] = mapped_column(AnyText)  # of who speaks
    text: Mapped[str] = mapped_column(AnyText)
    mood: Mapped[str | None] = mapped_column(String(16))
    clip_blob: Mapped[str | None] = mapped_column(Hash, ForeignKey("blobs.hash"))
    addressed: Mapped[str | None] = mapped_column(Id)  # the persona whose message it replies to
    update_key: Mapped[str] = mapped_column(AnyText)  # of what brought it, which may come twice
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
