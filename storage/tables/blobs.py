"""The files that rows name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Hash, Moment, Table
from storage.values import now


class BlobRow(Table):
    """A file in the blob store. The store itself keeps no media type. ``created_at``: when a row last named it."""

    __tablename__ = "blobs"

    hash: Mapped[str] = mapped_column(Hash, primary_key=True)
    mime: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
