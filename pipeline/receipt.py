"""What a request used, and what should be said about it: handed down with the request, filled by engines."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import Field

from pipeline.types import Value


class Usage(Value):
    """One call of a paid or counted service."""

    task: str = Field(description="what it was for: 'persona', 'reply', 'memory', 'choice', 'speech', 'voice'")
    model: str
    prompt_tokens: int = Field(description="of speech: characters, as the service counts them")
    completion_tokens: int
    seconds: float
    first: float | None = Field(default=None, description="seconds to the first piece of the answer")
    cost: float | None = Field(default=None, description="USD; None where no price is known")


@dataclass(slots=True)
class Receipt:
    """Mutable on purpose, and the only value here that is: every call of a request adds to it."""

    usages: list[Usage] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    """Sentences for the person: "The language model did not answer; the demo writer stands in."."""
    repairs: int = 0
    """Drafts that had to be asked for again."""
    reasks: int = 0
    """Replies that fell out of character and were asked for again."""
