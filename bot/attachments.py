"""Files that people send along, made small and harmless before anything else sees them."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline.errors import BadRequest
from pipeline.types import Attachment

MAXIMUM_BYTES = 20_000_000
SIDE = 1024
"""Pixels of the longer side: what language models look at costs by the pixel, and more tells them little."""


def read_picture(path: Path) -> Attachment:
    """A picture file. Raises ``BadRequest`` when it is not one that can be shown."""
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            raise BadRequest(f"That picture is too large; at most {MAXIMUM_BYTES // 1_000_000} MB, please.")
        return picture(path.read_bytes())
    except OSError as error:
        raise BadRequest(f"{path.name} cannot be read: {error.strerror}.") from error


def picture(data: bytes) -> Attachment:
    """A picture as JPEG of at most 1024 pixels a side, upright, without the place and camera that files tell of.

    Raises ``BadRequest`` when the bytes are no picture, or one that unfolds to an absurd size.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.draft("RGB", (SIDE, SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadRequest("That file is not a picture that I can open: PNG, JPEG, WebP or GIF, please.") from error
    upright.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=85)
    return Attachment(mime="image/jpeg", data=out.getvalue())
