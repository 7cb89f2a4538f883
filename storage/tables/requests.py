"""The way of a request: an update of a platform, what it asks for, the steps and their results, and what is shown."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import AnyText, Count, Document, Hash, Id, Moment, Table
from storage.values import Json, new_id, now


class InboxRow(Table):
    """An update of a platform that nobody has finished with (`inbox`). ``tries``: how often somebody began."""

    __tablename__ = "inbox"

    platform: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # of the update
    document: Mapped[Json] = mapped_column(Document)
    tries: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class RequestRow(Table):
    """Something a person asked for. ``update_key`` is the platform's own key of the asking: a repeated update finds
    the request that it made already. ``turn`` orders requests fairly (`requests`)."""

    __tablename__ = "requests"
    __table_args__ = (
        Index(None, "state", "person"),
        Index(None, "ended_at"),
        Index(None, "conversation", "id"),
        Index(None, "persona_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(16))
    update_key: Mapped[str] = mapped_column(AnyText, unique=True)
    platform: Mapped[str] = mapped_column(String(32))
    place: Mapped[str] = mapped_column(AnyText)  # what quotas and fairness count: a server, a group, a private chat
    conversation: Mapped[str] = mapped_column(AnyText)  # where it is answered
    person: Mapped[str] = mapped_column(AnyText)
    name: Mapped[str | None] = mapped_column(AnyText)  # of the person
    persona_id: Mapped[str | None] = mapped_column(Id, ForeignKey("personas.id", ondelete="SET NULL"))
    payload: Mapped[Json] = mapped_column(Document)
    state: Mapped[str] = mapped_column(String(16))
    turn: Mapped[int] = mapped_column(BigInteger)
    message: Mapped[str | None] = mapped_column(AnyText)  # platform's key of the message that shows it
    error: Mapped[str | None] = mapped_column(AnyText)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    begun_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    language: Mapped[str | None] = mapped_column(String(16))  # of what the bot itself says about it


class StepRow(Table):
    """One stage of a request. ``token`` goes up with every claim: who holds an older one writes nothing any more.
    ``beat`` goes up while its worker lives."""

    __tablename__ = "steps"
    __table_args__ = (
        UniqueConstraint("request_id", "stage"),
        Index(None, "state", "queue", "rank", "id"),
        Index(None, "lock", "state", "id"),
        {"sqlite_autoincrement": True},  # job engines know steps by id
    )

    id: Mapped[int] = mapped_column(Count, primary_key=True)
    request_id: Mapped[str] = mapped_column(Id, ForeignKey("requests.id", ondelete="CASCADE"))
    stage: Mapped[str] = mapped_column(String(16))
    queue: Mapped[str] = mapped_column(String(100))
    after: Mapped[Json] = mapped_column(Document)  # stages that come first
    optional: Mapped[bool] = mapped_column(Boolean)
    lock: Mapped[str | None] = mapped_column(AnyText)  # steps that share one run in the order they were asked for
    rank: Mapped[int] = mapped_column(BigInteger)  # the smallest goes first
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    token: Mapped[int] = mapped_column(Integer, default=0)
    beat: Mapped[int] = mapped_column(Integer, default=0)
    worker: Mapped[str | None] = mapped_column(AnyText)
    not_before: Mapped[datetime | None] = mapped_column(Moment)
    result_key: Mapped[str | None] = mapped_column(Hash, ForeignKey("results.key"))
    error: Mapped[str | None] = mapped_column(AnyText)
    error_kind: Mapped[str | None] = mapped_column(String(64))
    ready_at: Mapped[datetime | None] = mapped_column(Moment)
    begun_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class ResultRow(Table):
    """What a stage made, under the hash of all that went into it. The document names its blobs (`results`)."""

    __tablename__ = "results"

    key: Mapped[str] = mapped_column(Hash, primary_key=True)
    stage: Mapped[str] = mapped_column(String(16))
    document: Mapped[Json] = mapped_column(Document)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class PartRow(Table):
    """What a person must see of a request: the outbox. Parts of one request are shown in the order of their ids."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("request_id", "part"),
        # That a request ends once is a law of the table.
        Index("uq_outbox_final", "request_id", unique=True, sqlite_where=text("final"), postgresql_where=text("final")),
        Index(None, "state", "platform", "id"),
        {"sqlite_autoincrement": True},  # platforms know a sending by this id
    )

    id: Mapped[int] = mapped_column(Count, primary_key=True)
    request_id: Mapped[str] = mapped_column(Id, ForeignKey("requests.id", ondelete="CASCADE"))
    platform: Mapped[str] = mapped_column(String(32))
    part: Mapped[str] = mapped_column(String(16))
    final: Mapped[bool] = mapped_column(Boolean)
    document: Mapped[Json] = mapped_column(Document)
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    token: Mapped[int] = mapped_column(Integer, default=0)
    worker: Mapped[str | None] = mapped_column(AnyText)
    not_before: Mapped[datetime | None] = mapped_column(Moment)
    error: Mapped[str | None] = mapped_column(AnyText)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
