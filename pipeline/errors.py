"""Everything that can go wrong in the pipeline, in one tree.

    ChatAnythingError
    ├── BadRequest              the person's words cannot be used; say how to change them
    │   ├── LimitReached        a limit of this bot is reached; ``free_at`` says until when
    │   └── Inaudible           nobody spoke in a voice message, or it cannot be understood
    ├── MissingAsset            a model or art file is not there; the command that fetches it
    │   └── CorruptAsset        it is there, and its hash differs from the pinned one
    ├── EngineUnavailable       an engine cannot run here (no device, not installed, not configured)
    │   ├── WrongKey            the service refuses our key
    │   ├── WrongModel          the service does not have that model
    │   ├── QuotaSpent          the account behind the key has no money or quota left
    │   └── Unreachable         nobody answers at the address: retry
    ├── EngineFailed            an engine ran and failed
    │   ├── EngineBusy          it said "later": retry
    │   │   ├── RateLimited     too many requests; ``retry_after`` says when, if the service told
    │   │   ├── TimedOut        it took too long
    │   │   └── Interrupted     it stopped in the middle
    │   ├── Malformed           what it gave cannot be read, also after asking again
    │   ├── Empty               it gave nothing
    │   ├── Declined            its own filter refused the words
    │   └── ContextOverflow     more words than the model can take, also after shortening
    └── StorageFailed           disk full, folder read-only, database damaged or too new
        ├── StorageBusy         the database is locked, overloaded or away for the moment: retry
        └── NotMigrated         the database waits for `chatanything migrate`

Each error says whether trying again may help (`retryable`) and carries one sentence a person can read: `str(error)`.
Where a command mends it, `remedy` holds that command.
"""

from datetime import datetime


class ChatAnythingError(Exception):
    """Root of the tree. ``str(error)`` is a sentence for the person; ``remedy`` a command for the operator."""

    retryable = False

    def __init__(self, sentence: str, *, remedy: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders; the keyword argument would be lost by the default pickling.
        return (_rebuild, (type(self), self.sentence, dict(self.__dict__)))


def _rebuild(kind: type[ChatAnythingError], sentence: str, state: dict[str, object]) -> ChatAnythingError:
    error = kind(sentence)
    error.__dict__.update(state)
    return error


class BadRequest(ChatAnythingError):
    """The person's words cannot be used as they are."""


class LimitReached(BadRequest):
    """A limit that the operator set is reached. ``free_at`` (UTC): when it no longer is, where time alone helps."""

    def __init__(self, sentence: str, *, remedy: str | None = None, free_at: datetime | None = None) -> None:
        super().__init__(sentence, remedy=remedy)
        self.free_at = free_at


class Inaudible(BadRequest):
    """There is no speech in a voice message, or none that can be understood."""


class MissingAsset(ChatAnythingError):
    """A model or art file is not on this machine."""


class CorruptAsset(MissingAsset):
    """A model or art file is there, but it is not the file that was pinned."""


class EngineUnavailable(ChatAnythingError):
    """The chosen engine cannot run on this machine or with these settings."""


class WrongKey(EngineUnavailable):
    """A service refuses our key, or wants one and got none."""


class WrongModel(EngineUnavailable):
    """A service does not have the model that the settings name."""


class QuotaSpent(EngineUnavailable):
    """The account at the service has nothing left to spend."""


class Unreachable(EngineUnavailable):
    """Nobody answers at the address of a service; it may be starting, or the network may be down."""

    retryable = True


class EngineFailed(ChatAnythingError):
    """An engine ran and did not deliver."""


class EngineBusy(EngineFailed):
    """An engine asked for patience: the same call may succeed later."""

    retryable = True


class RateLimited(EngineBusy):
    """Too many requests. ``retry_after``: seconds that the service asked to wait, where it said."""

    def __init__(self, sentence: str, *, remedy: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(sentence, remedy=remedy)
        self.retry_after = retry_after


class TimedOut(EngineBusy):
    """The engine took longer than it is given."""


class Interrupted(EngineBusy):
    """The engine stopped in the middle of its answer."""


class Malformed(EngineFailed):
    """The answer is not what was asked for, and the second one was not either."""


class Empty(EngineFailed):
    """The engine answered with nothing."""


class Declined(EngineFailed):
    """The engine's own content filter refused the words."""


class ContextOverflow(EngineFailed):
    """The words do not fit into the model's context, even shortened."""


class StorageFailed(ChatAnythingError):
    """The disk or the database did not take what it was given."""


class StorageBusy(StorageFailed):
    """The database is locked by somebody else, overloaded or away: the same may succeed later.

    Nothing was written, unless a database server hung up in the middle of a commit: then nobody knows.
    """

    retryable = True


class NotMigrated(StorageFailed):
    """The database is sound, but older than this code."""
