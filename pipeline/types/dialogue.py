"""What is said, by whom, and what is remembered of it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from pipeline.types.base import Fraction, Value
from pipeline.types.persona import Mood


class Speaking(StrEnum):
    """Who said a turn."""

    PERSON = "person"
    PERSONA = "persona"


class Turn(Value):
    """One line of a conversation."""

    speaking: Speaking
    text: str
    mood: Mood | None = None
    speaker: str | None = Field(default=None, description="name of the person, where it is known")


class Attachment(Value):
    """A file that a person sent along."""

    mime: str = Field(description="'image/png', 'image/jpeg', 'image/webp' ...")
    data: bytes = Field(repr=False)


class Line(Value):
    """What a person says to a persona."""

    text: str
    speaker: str | None = Field(default=None, description="name of the person, where it is known")
    picture: Attachment | None = None


class FactKind(StrEnum):
    """What a fact about a person is about."""

    NAME = "name"
    LIKE = "like"
    DISLIKE = "dislike"
    PROMISE = "promise"
    LIFE = "life"


class Fact(Value):
    """Something a persona knows about a person, as a short sentence in the third person: "Likes trains."."""

    kind: FactKind
    text: str = Field(min_length=1, max_length=300)


class Memory(Value):
    """What a persona remembers while it answers."""

    turns: tuple[Turn, ...] = Field(default=(), description="the latest lines, oldest first")
    summary: str = Field(default="", description="of what was said before them")
    facts: tuple[Fact, ...] = Field(default=(), description="about the person who speaks: the name, then oldest first")
    present: tuple[str, ...] = Field(default=(), description="in a scene: names of who else is there")


class ReplyDelta(Value):
    """A piece of a streamed reply. ``mood`` is set on the first piece."""

    text: str
    mood: Mood | None = None


class Reply(Value):
    """What a persona answered, complete."""

    text: str
    mood: Mood


class Heard(Value):
    """What somebody said in a voice message."""

    text: str
    language: str = Field(description="ISO 639-1")
    confidence: Fraction | None = Field(description="mean probability of a token; None where the engine does not tell")
    seconds: float = Field(description="of the whole message")
