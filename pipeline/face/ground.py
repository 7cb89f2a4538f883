"""What stands behind a drawn figure, kept with its rig: while the figure moves, the ground shows where it was."""

from __future__ import annotations

import io

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.types import Picture

SEEN = 5
"""From this opacity (of 255) on a pixel belongs to the figure, its soft edge and all."""
QUALITY = 80
"""Of colours. Only a rim of them is ever seen: what is not behind the figure is in the picture itself."""


def pack(backdrop: Picture, alpha: npt.NDArray[np.uint8]) -> bytes:
    """The ground as WebP of half the size, opaque where the figure covers it. ``alpha``: the figure's, (side, side)."""
    side = alpha.shape[0] // 2
    covered = cv2.resize((alpha >= SEEN).astype(np.uint8) * 255, (side, side), interpolation=cv2.INTER_AREA) > 0
    small = cv2.resize(backdrop, (side, side), interpolation=cv2.INTER_AREA)
    sink = io.BytesIO()
    Image.fromarray(np.dstack([small, covered.astype(np.uint8) * 255])).save(sink, "WEBP", quality=QUALITY)
    return sink.getvalue()


def unpack(packed: bytes, side: int) -> tuple[Picture, npt.NDArray[np.uint8]]:
    """The ground, (side, side, 3), and where the figure covers it, (side, side): 255 or 0."""
    with Image.open(io.BytesIO(packed)) as image:
        pixels = cv2.resize(np.asarray(image.convert("RGBA")), (side, side), interpolation=cv2.INTER_LINEAR)
    return pixels[..., :3], np.where(pixels[..., 3] > 0, np.uint8(255), np.uint8(0))
