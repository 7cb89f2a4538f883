"""Where people and personas meet: settings of places and people, who is with whom, and who spoke which message."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import AnyText, Document, Id, Moment, Table
from storage.values import Json, now


class PlaceRow(Table):
    """What those who run a server or a group decided for it (`places`)."""

    __tablename__ = "places"

    key: Mapped[str] = mapped_column(AnyText, primary_key=True)
    document: Mapped[Json] = mapped_column(Document)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)


class PersonRow(Table):
    """What a person prefers, everywhere (`places`)."""

    __tablename__ = "people"

    key: Mapped[str] = mapped_column(AnyText, primary_key=True)
    document: Mapped[Json] = mapped_column(Document)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)


class CompanyRow(Table):
    """A persona that was summoned, recalled or spoken to in a conversation, and when it was last. The last one is whom
    a private chat is with."""

    __tablename__ = "company"
    __table_args__ = (Index(None, "conversation", "last_at"), Index(None, "persona_id"))

    conversation: Mapped[str] = mapped_column(AnyText, primary_key=True)
    persona_id: Mapped[str] = mapped_column(Id, ForeignKey("personas.id", ondelete="CASCADE"), primary_key=True)
    last_at: Mapped[datetime] = mapped_column(Moment, default=now)


class ResidentRow(Table):
    """A persona that answers everything in a channel, or in a thread of its own."""

    __tablename__ = "residents"
    __table_args__ = (Index(None, "place"),)

    conversation: Mapped[str] = mapped_column(AnyText, primary_key=True)
    place: Mapped[str] = mapped_column(AnyText)
    persona_id: Mapped[str] = mapped_column(Id, ForeignKey("personas.id", ondelete="CASCADE"))
    settled_by: Mapped[str] = mapped_column(AnyText)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class MessageRow(Table):
    """Whose words a message of a platform shows, for replies to it: outlives the request that brought it."""

    __tablename__ = "messages"
    __table_args__ = (Index(None, "persona_id"),)

    conversation: Mapped[str] = mapped_column(AnyText, primary_key=True)
    message: Mapped[str] = mapped_column(AnyText, primary_key=True)  # the platform's id of one message
    persona_id: Mapped[str] = mapped_column(Id, ForeignKey("personas.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
