"""A picture that somebody gives becomes a portrait: made upright and plain, its face found, and cut out around it with
room for hair and shoulders."""

from __future__ import annotations

import io
from collections.abc import Sequence
from enum import StrEnum

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline import registry
from pipeline.errors import BadRequest
from pipeline.face.drawn_eyes import corrected
from pipeline.face.gate import Verdict, verdict
from pipeline.stages import EngineConfig, FaceFinder
from pipeline.types import Face, Picture, Portrait
from pipeline.workers import Workers

SIDE = 768
"""Pixels of the portrait."""
MOST = 2048
"""Pixels of the longer side that are looked at."""
PIXELS = 89_000_000
"""A few bytes can claim to be a picture of any size; more than this would fill the memory."""
ROOM = 2.7
"""Side of the cut-out, as a multiple of the face from brows to chin (the box of the mesh)."""
HEADROOM = 0.46
"""Where the middle of the face lies, from the top of the cut-out."""
DOMINATES = 1.4
"""The largest of several faces is meant when it is so many times as large as the next: less than `gate` asks for, since
the others are mostly cut away."""
_TOO_LARGE = "That picture is too large for me."
_BEHIND = (236, 236, 240)
"""What is put behind a picture that one can see through."""


class NoFace(StrEnum):
    """Why a picture cannot become a speaking portrait."""

    NONE = "no face"
    SEVERAL = "several faces"
    TINY = "tiny"
    CUT_OFF = "cut off"
    TURNED = "turned away"
    UNLIKELY = "unlikely"

    @property
    def sentence(self) -> str:
        """For the person who gave it."""
        return _SENTENCES[self]


_SENTENCES = {
    NoFace.NONE: "I see no face in that picture.",
    NoFace.SEVERAL: "There are several faces in that picture, and I cannot tell which one you mean.",
    NoFace.TINY: "The face in that picture is too small.",
    NoFace.CUT_OFF: "The face in that picture is cut off.",
    NoFace.TURNED: "The face in that picture looks away; one from the front speaks best.",
    NoFace.UNLIKELY: "I cannot make out the face in that picture.",
}


async def portray(workers: Workers, config: EngineConfig, data: bytes, finder: str = "facemesh") -> Portrait | NoFace:
    """The portrait in a picture file, or why there is none. ``finder``: the engine of the stage "face".

    Raises ``BadRequest`` when the bytes are no picture, ``MissingAsset`` when the finder's models are not here.
    """
    return await workers.run("pictures", cut_out, config, data, finder)


def cut_out(config: EngineConfig, data: bytes, finder: str) -> Portrait | NoFace:
    """`portray`. Runs in the pictures lane."""
    engine: FaceFinder = registry.create("face", finder, config)
    picture = decoded(data)
    face = meant(engine.find(picture))
    return face if isinstance(face, NoFace) else portrait(picture, face)


def decoded(data: bytes) -> Picture:
    """A picture file as pixels: upright, opaque, sRGB-like 8 bit, at most `MOST` pixels a side.

    Raises ``BadRequest`` when the bytes are no picture, or one that unfolds to an absurd size.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > PIXELS:
                raise BadRequest(_TOO_LARGE)
            image.draft("RGB", (MOST, MOST))  # a JPEG of 10,000 pixels is read at a fraction of its size
            plain = _plain(image)
            plain.thumbnail((MOST, MOST))
            return np.asarray(ImageOps.exif_transpose(plain), np.uint8)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadRequest(_TOO_LARGE) from error
    except (UnidentifiedImageError, OSError) as error:
        raise BadRequest("That file is not a picture that I can open: PNG, JPEG, WebP or GIF, please.") from error


def _plain(image: Image.Image) -> Image.Image:
    """Eight bits of red, green and blue, whatever it was."""
    if image.mode.startswith("I"):  # 16 bits of grey, which Pillow would cut off instead of scaling
        values = np.asarray(image, np.float32)
        return Image.fromarray(np.clip(values / 257, 0, 255).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        coloured = image.convert("RGBA")
        ground = Image.new("RGBA", coloured.size, _BEHIND)
        return Image.alpha_composite(ground, coloured).convert("RGB")
    return image.convert("RGB")


def meant(faces: Sequence[Face]) -> Face | NoFace:
    """The face that is to speak, of those found (largest first): the only one, or one that clearly dominates."""
    judged = verdict(faces, least=0.0, dominates=DOMINATES)
    if judged.face is None:
        return NoFace.NONE
    if not np.isfinite(judged.face.landmarks).all():  # our finders say so themselves; others may not
        return NoFace.UNLIKELY
    if judged.face.flaw:
        return NoFace(judged.face.flaw.value)
    return NoFace.SEVERAL if judged.verdict is Verdict.SEVERAL else judged.face


def portrait(picture: Picture, face: Face) -> Portrait:
    """A square of `SIDE` pixels around the face, as large as the picture allows."""
    height, width = picture.shape[:2]
    left, top, right, bottom = face.box
    side = round(min(ROOM * max(right - left, bottom - top), height, width))
    middle = (left + right) / 2, (top + bottom) / 2
    x = round(min(max(middle[0] - side / 2, 0.0), width - side))
    y = round(min(max(middle[1] - HEADROOM * side, 0.0), height - side))
    cut = picture[y : y + side, x : x + side]
    scale = np.float32(SIDE / side)
    way = cv2.INTER_AREA if side > SIDE else cv2.INTER_CUBIC
    shown: Picture = np.asarray(cv2.resize(cut, (SIDE, SIDE), interpolation=way))
    return Portrait(
        picture=shown,
        landmarks=corrected(shown, ((face.landmarks - (x, y) + 0.5) * scale - 0.5).astype(np.float32)),
        style="picture",
        art="upload",
        reason=f"the face in the picture that was given, {round(bottom - top)} of {height} pixels high",
    )
