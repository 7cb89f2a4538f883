"""The tables. Types are those that SQLite and Postgres both have; `migrations` builds exactly these."""

from __future__ import annotations

import os
import time
import uuid
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

Json: TypeAlias = Any
"""What ``json.loads`` gives."""


def new_id() -> str:
    """A UUID of version 7 (RFC 9562): ids made later sort later, so the newest persona has the greatest id."""
    nanoseconds = time.time_ns()
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    fraction = rest * 4096 // 1_000_000  # RFC 9562, method 3: 12 bits below the millisecond
    tail = int.from_bytes(os.urandom(8)) & (1 << 62) - 1
    return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | fraction << 64 | 0b10 << 62 | tail))


def storable(value: Json) -> Json:
    """The value without what Postgres cannot hold or UTF-8 cannot write: NUL, and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value


class AnyText(TypeDecorator[str]):
    """Text as people type it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """See ``storable``."""
        return None if value is None else str(storable(value))


class Document(TypeDecorator[Json]):
    """A JSON document; JSONB on Postgres."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """The dialect's own JSON type."""
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())

    def process_bind_param(self, value: Json, dialect: Dialect) -> Json:
        """See ``storable``."""
        return storable(value)


class Moment(TypeDecorator[datetime]):
    """A point in time, UTC, aware. SQLite forgets the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Any aware time, as UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware again."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """The present, UTC, aware."""
    return datetime.now(UTC)


Id = String(36)
Hash = String(64)
Count = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts up only plain INTEGER keys


class Table(DeclarativeBase):
    """Base of all tables. Every constraint has a name, or migrations could not drop it again.

    What may become long has an index on each foreign key that a deletion follows: else each persona that goes costs a
    look at all rows.
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


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


class BlobRow(Table):
    """A file in the blob store. The store itself keeps no media type. ``created_at``: when a row last named it."""

    __tablename__ = "blobs"

    hash: Mapped[str] = mapped_column(Hash, primary_key=True)
    mime: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


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


class UsageRow(Table):
    """One call of a paid or counted service. Costs outlive the persona that caused them."""

    __tablename__ = "usages"
    __table_args__ = (Index(None, "created_at"), Index(None, "persona_id"))

    id: Mapped[int] = mapped_column(Count, primary_key=True)
    persona_id: Mapped[str | None] = mapped_column(Id, ForeignKey("personas.id", ondelete="SET NULL"))
    person: Mapped[str | None] = mapped_column(AnyText)
    conversation: Mapped[str | None] = mapped_column(AnyText)
    task: Mapped[str] = mapped_column(String(16))
    model: Mapped[str] = mapped_column(AnyText)
    prompt_tokens: Mapped[int] = mapped_column(Integer)
    completion_tokens: Mapped[int] = mapped_column(Integer)
    seconds: Mapped[float] = mapped_column(Float)
    first: Mapped[float | None] = mapped_column(Float)  # seconds to the first piece of the answer
    cost: Mapped[float | None] = mapped_column(Float)  # USD
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


class ChargeRow(Table):
    """What a request counts against the quotas of a person, a place and the bot; one row per meter."""

    __tablename__ = "charges"
    __table_args__ = (UniqueConstraint("request_id", "meter"), Index(None, "meter", "created_at"))

    id: Mapped[int] = mapped_column(Count, primary_key=True)
    request_id: Mapped[str] = mapped_column(Id, ForeignKey("requests.id", ondelete="CASCADE"))
    meter: Mapped[str] = mapped_column(String(16))
    person: Mapped[str] = mapped_column(AnyText)
    place: Mapped[str] = mapped_column(AnyText)
    amount: Mapped[float] = mapped_column(Float)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    refunded_at: Mapped[datetime | None] = mapped_column(Moment)


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


class InboxRow(Table):
    """An update of a platform that nobody has finished with (`inbox`). ``tries``: how often somebody began."""

    __tablename__ = "inbox"

    platform: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # of the update
    document: Mapped[Json] = mapped_column(Document)
    tries: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
