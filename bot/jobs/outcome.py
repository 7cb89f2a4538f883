"""What a stage hands to its worker, and how its result is kept and found again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import TypeVar

from storage.blobs import BlobRef, Blobs
from storage.completion import Completing, Made
from storage.requests import Requests
from storage.results import Result, Results, refs
from storage.values import Json

T = TypeVar("T")


async def nothing(completing: Completing) -> None:
    """For stages that write and show nothing but their result."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A stage's result. ``finish`` runs inside the transaction in which the step ends; ``afterwards`` when it is over,
    and what it fails at is nobody's loss but its own."""

    made: Made
    finish: Callable[[Completing], Awaitable[None]] = nothing
    afterwards: Callable[[], Awaitable[None]] | None = None


class Keeping:
    """Results of stages in storage. A document of a stage holds

    ``values`` by name, as `storage.results` keeps them; ``files`` that people see or hear; ``notices`` for them.
    """

    def __init__(self, requests: Requests, blobs: Blobs) -> None:
        self.requests = requests
        self._results = Results(blobs)
        self._blobs = blobs

    async def found(self, key: str) -> Made | None:
        """What was made of the same inputs before, by this request or another."""
        document = await self.requests.made(key)
        return None if document is None else Made(key, document, _blobs(document))

    async def keep(
        self,
        key: str,
        values: Mapping[str, Result],
        *,
        shown: Mapping[str, Json] = MappingProxyType({}),
        files: Sequence[Json] = (),
        notices: Sequence[str] = (),
        **facts: Json,
    ) -> Made:
        """Stores the files of the values; what is to be written of them.

        ``shown``: values of which people see or hear the first file, with what is to be said of it (see ``file``).
        """
        documents = {name: await self._results.keep(value) for name, value in values.items()}
        visible = [*files, *(file(refs(documents[name])[0], **about) for name, about in shown.items())]
        document = {"values": documents, "files": visible, "notices": list(notices), **facts}
        return Made(key, document, _blobs(document))

    async def load(self, document: Json, name: str, wanted: type[T]) -> T:
        """A value of a stage's document."""
        return await self._results.load(document["values"][name], wanted)

    async def put(self, data: bytes, mime: str) -> BlobRef:
        """Stores a file that is none of a value's."""
        return await self._blobs.put(data, mime)

    async def get(self, digest: str) -> bytes:
        """A stored file."""
        return await self._blobs.get(digest)


def file(blob: BlobRef, name: str, **facts: Json) -> Json:
    """A file for people: which, under what name, and what is known of it (width, height, seconds)."""
    return {**asdict(blob), "name": name, **facts}


def _blobs(document: Json) -> Sequence[BlobRef]:
    named = [ref for value in document["values"].values() for ref in refs(value)]
    shown = [BlobRef(one["hash"], one["mime"], one["size"]) for one in document["files"]]
    return list({ref.hash: ref for ref in (*named, *shown)}.values())
