"""Everything that can go wrong in the pipeline, in one tree.

    ChatAnythingError
    ├── BadRequest              the person's words cannot be used; say how to change them
    ├── MissingAsset            a model or art file is not there; the command that fetches it
    │   └── CorruptAsset        it is there, and its hash differs from the pinned one
    ├── EngineUnavailable       an engine cannot run here (no key, no device, not installed)
    ├── EngineFailed            an engine ran and failed
    │   └── EngineBusy          it said "later": retry
    └── StorageFailed           disk full, folder read-only, database locked or too new
        └── NotMigrated         the database waits for `chatanything migrate`

Each error says whether trying again may help (`retryable`) and carries one sentence a person can read: `str(error)`.
Where a command mends it, `remedy` holds that command.
"""


class ChatAnythingError(Exception):
    """Root of the tree. ``str(error)`` is a sentence for the person; ``remedy`` a command for the operator."""

    retryable = False

    def __init__(self, sentence: str, *, remedy: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders; the keyword argument would be lost by the default pickling.
        return (_rebuild, (type(self), self.sentence, self.remedy))


def _rebuild(kind: type[ChatAnythingError], sentence: str, remedy: str | None) -> ChatAnythingError:
    return kind(sentence, remedy=remedy)


class BadRequest(ChatAnythingError):
    """The person's words cannot be used as they are."""


class MissingAsset(ChatAnythingError):
    """A model or art file is not on this machine."""


class CorruptAsset(MissingAsset):
    """A model or art file is there, but it is not the file that was pinned."""


class EngineUnavailable(ChatAnythingError):
    """The chosen engine cannot run on this machine or with these settings."""


class EngineFailed(ChatAnythingError):
    """An engine ran and did not deliver."""


class EngineBusy(EngineFailed):
    """An engine asked for patience: the same call may succeed later."""

    retryable = True


class StorageFailed(ChatAnythingError):
    """The disk or the database did not take what it was given."""


class NotMigrated(StorageFailed):
    """The database is sound, but older than this code."""
