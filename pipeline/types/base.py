"""What the text values stand on: pydantic models, validated, JSON in and out."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]


class Value(BaseModel):
    """Base of every text value: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
