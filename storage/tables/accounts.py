"""What was spent: calls of services and their costs, and what counts against quotas."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import AnyText, Count, Id, Moment, Table
from storage.values import now


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
