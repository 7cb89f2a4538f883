"""What a persona remembers: the lines of its conversations, their summaries, facts about people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import AnyText, Count, Hash, Id, Moment, Table
from storage.values import now


class TurnRow(Table):
    """One line of one conversation of a persona. ``conversation`` is the platform's own key of the place."""

    __tablename__ = "turns"
    __table_args__ = (
        Index(None, "persona_id", "conversation", "id"),
        Index(None, "person", "id"),
        {"sqlite_autoincrement": True},  # `SummaryRow.through` outlives turns: their ids must not be given again
    )

    id: Mapped[int] = mapped_column(Count, primary_key=True)
    persona_id: Mapped[str] = mapped_column(Id, ForeignKey("personas.id", ondelete="CASCADE"))
    conversation: Mapped[str] = mapped_column(AnyText)
    speaking: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(AnyText)
    mood: Mapped[str | None] = mapped_column(String(16))
    clip_blob: Mapped[str | None] = mapped_column(Hash, ForeignKey("blobs.hash"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    speaker: Mapped[str | None] = mapped_column(AnyText)  # name of the person, where it is known
    person: Mapped[str | None] = mapped_column(AnyText)  # platform key of the person who spoke or was answered


class SummaryRow(Table):
    """What was said in a conversation up to the turn ``through``; later turns are remembered word for word."""

    __tablename__ = "summaries"
    __table_args__ = (UniqueConstraint("persona_id", "conversation"),)

    id: Mapped[int] = mapped_column(Count, primary_key=True)
    persona_id: Mapped[str] = mapped_column(Id, ForeignKey("personas.id", ondelete="CASCADE"))
    conversation: Mapped[str] = mapped_column(AnyText)
    text: Mapped[str] = mapped_column(AnyText)
    through: Mapped[int] = mapped_column(BigInteger)  # no foreign key: that turn may be deleted and the rest stand
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)


class FactRow(Table):
    """What a persona knows about a person. ``vector`` is the meaning of the text, packed by `memory`."""

    __tablename__ = "facts"
    __table_args__ = (
        Index(None, "persona_id", "person", "kind"),
        {"sqlite_autoincrement": True},  # people delete facts by id: it must not come to mean another one
    )

    id: Mapped[int] = mapped_column(Count, primary_key=True)
    persona_id: Mapped[str] = mapped_column(Id, ForeignKey("personas.id", ondelete="CASCADE"))
    person: Mapped[str] = mapped_column(AnyText)
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(AnyText)
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
