"""What stages made, as a JSON document and the files that it names, and the key it is found under.

A document says ``kind``, ``format``, ``value`` (what fits into JSON) and ``blobs`` (pictures and sounds, in the order
that the kind knows). Rows are the caller's: it stores document and ``refs`` in the transaction in which the stage ends.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias, TypeVar, overload

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, TypeAdapter

from pipeline.errors import StorageFailed
from pipeline.types import Clip, Persona, Phoneme, Portrait, Reply, Speech, Utterance, VoiceRecipe
from storage.blobs import BlobRef, Blobs
from storage.pictures import PNG, from_png, to_png
from storage.values import Json, storable

Result: TypeAlias = Persona | Reply | VoiceRecipe | Portrait | Utterance | Clip
T = TypeVar("T")
Contents: TypeAlias = Sequence[tuple[Any, str]]
"""What goes into files, and the media type of each."""

FORMAT = 1
"""Of documents."""
STAGES = 1
"""Counted up when a stage comes to make something else of the same inputs: nothing made before is found any more."""

SAMPLES = "application/octet-stream"
MP4 = "video/mp4"
OGG = "audio/ogg"

_REFS = TypeAdapter(tuple[BlobRef, ...])


class Results:
    """Keeps the values that stages hand on and gives them back exactly as they were, so that a stage that is repeated
    makes the same again. All methods raise ``StorageFailed``."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    async def keep(self, value: Result) -> Json:
        """Stores the files of the value; its document."""
        kind = type(value).__name__
        plain, contents = KINDS[kind].pack(value)
        blobs = await asyncio.gather(*(self._put(content, mime) for content, mime in contents))
        return storable({"kind": kind, "format": FORMAT, "value": plain, "blobs": [asdict(blob) for blob in blobs]})

    @overload
    async def load(self, document: Json) -> Result: ...

    @overload
    async def load(self, document: Json, wanted: type[T]) -> T: ...

    async def load(self, document: Json, wanted: type[Any] = object) -> Any:
        """The value of a document. Raises ``StorageFailed`` when a file is missing or damaged, and when the document
        is damaged, was written by a newer version, or holds something else than ``wanted``."""
        blobs = refs(document)
        try:
            contents = await asyncio.gather(*map(self._get, blobs))
            value = KINDS[document["kind"]].unpack(document["value"], contents)
        except (LookupError, TypeError, ValueError) as error:
            raise _unreadable() from error
        if not isinstance(value, wanted):
            raise _unreadable()
        return value

    async def _put(self, content: Any, mime: str) -> BlobRef:
        return await self._blobs.put(await asyncio.to_thread(MEDIA[mime].encode, content), mime)

    async def _get(self, blob: BlobRef) -> Any:
        return await asyncio.to_thread(MEDIA[blob.mime].decode, await self._blobs.get(blob.hash))


def refs(document: Json) -> Sequence[BlobRef]:
    """The files that a document names. Raises ``StorageFailed`` when it is none of ours."""
    try:
        if document["format"] != FORMAT:
            raise StorageFailed("A stored result was made by another version of ChatAnything.")
        return _REFS.validate_python(document["blobs"])
    except (LookupError, TypeError, ValueError) as error:  # pydantic's are ValueErrors
        raise _unreadable() from error


def result_key(stage: str, *inputs: Json | BaseModel | bytes) -> str:
    """Hex SHA-256 of a stage and all that goes into it: the same in every process and for inputs that were stored
    meanwhile. The order of keys does not count, the order of inputs does."""
    text = json.dumps(storable([STAGES, stage, *inputs]), default=_plain, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> Json:
    if isinstance(value, BaseModel):
        return storable(value.model_dump())
    if isinstance(value, bytes):
        return {"sha256": hashlib.sha256(value).hexdigest()}
    raise TypeError(f"A {type(value).__name__} is not an input of a stage.")


def _unreadable() -> StorageFailed:
    return StorageFailed("A stored result cannot be read.")


@dataclass(frozen=True, slots=True)
class _Medium:
    """How a picture or a sound becomes a file, and comes back exactly. Both ways run in a thread."""

    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How values of a kind become a JSON value and contents of files, and come back."""

    pack: Callable[[Any], tuple[Json, Contents]]
    unpack: Callable[[Json, Sequence[Any]], Result]


def _samples_to_bytes(samples: npt.NDArray[np.float32]) -> bytes:
    """Little-endian float32, plain. With 16 bits a sample the clip would not be the same byte for byte; lossless
    coding (WavPack 30 %, zlib 13 %) saves too little for the 4 ms that it takes per second of speech, twice."""
    return samples.astype("<f4").tobytes()


def _samples_from_bytes(data: bytes) -> npt.NDArray[np.float32]:
    return np.frombuffer(data, "<f4").astype(np.float32)  # a copy: the bytes cannot be written to


MEDIA: Mapping[str, _Medium] = {
    PNG: _Medium(to_png, from_png),
    SAMPLES: _Medium(_samples_to_bytes, _samples_from_bytes),
    MP4: _Medium(bytes, bytes),
    OGG: _Medium(bytes, bytes),
}


def _text(kind: type[Persona] | type[Reply] | type[VoiceRecipe]) -> _Kind:
    return _Kind(lambda value: (value.model_dump(mode="json"), ()), lambda value, contents: kind.model_validate(value))


def _pack_portrait(portrait: Portrait) -> tuple[Json, Contents]:
    value = {name: getattr(portrait, name) for name in ("style", "art", "reason", "rig")}
    pictures = [picture for picture in (portrait.picture, portrait.plate) if picture is not None]
    # float32 -> float -> float32 is exact.
    return {**value, "landmarks": portrait.landmarks.tolist()}, [(picture, PNG) for picture in pictures]


def _unpack_portrait(value: Json, contents: Sequence[Any]) -> Portrait:
    picture, *plate = contents
    landmarks = np.asarray(value["landmarks"], np.float32).reshape(68, 2)
    return Portrait(**{**value, "landmarks": landmarks}, picture=picture, plate=plate[0] if plate else None)


def _pack_utterance(utterance: Utterance) -> tuple[Json, Contents]:
    parts = []
    for part in utterance.parts:
        # Engines may give numbers of numpy, which JSON does not take.
        phonemes = [[p.symbol, float(p.start), float(p.end), p.stressed] for p in part.phonemes]
        parts.append({"text": part.text, "rate": part.rate, "phonemes": phonemes})
    return parts, [(part.samples, SAMPLES) for part in utterance.parts]


def _unpack_utterance(value: Json, contents: Sequence[Any]) -> Utterance:
    if not value:
        raise ValueError("an utterance has at least one part")
    return Utterance(tuple(_speech(part, samples) for part, samples in zip(value, contents, strict=True)))


def _speech(part: Json, samples: npt.NDArray[np.float32]) -> Speech:
    phonemes = tuple(Phoneme(*phoneme) for phoneme in part["phonemes"])
    return Speech(text=part["text"], samples=samples, rate=part["rate"], phonemes=phonemes)


def _pack_clip(clip: Clip) -> tuple[Json, Contents]:
    value = {name: getattr(clip, name) for name in ("seconds", "width", "height", "fps")}
    return value, [(clip.mp4, MP4), (clip.ogg, OGG)]


def _unpack_clip(value: Json, contents: Sequence[Any]) -> Clip:
    mp4, ogg = contents
    return Clip(mp4=mp4, ogg=ogg, **value)


KINDS: Mapping[str, _Kind] = {
    "Persona": _text(Persona),
    "Reply": _text(Reply),
    "VoiceRecipe": _text(VoiceRecipe),
    "Portrait": _Kind(_pack_portrait, _unpack_portrait),
    "Utterance": _Kind(_pack_utterance, _unpack_utterance),
    "Clip": _Kind(_pack_clip, _unpack_clip),
}
