"""Pictures as bytes that lose nothing."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.errors import StorageFailed
from pipeline.mark import marked_png
from pipeline.types import Picture

PNG = "image/png"


# Portraits are stored while somebody waits. On shaded pictures Huffman coding alone is both quicker and smaller
# than zlib's search for repeats.
QUICK = [cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_HUFFMAN_ONLY]


def to_png(picture: Picture) -> bytes:
    """The picture as PNG, marked as synthetic. The same picture is always the same bytes."""
    encoded = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), QUICK)[1]
    return marked_png(encoded.tobytes())


def from_png(data: bytes) -> Picture:
    """The picture, exactly as it was. Raises ``StorageFailed`` when the bytes are not a picture."""
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if decoded is None:
        raise StorageFailed("A stored picture cannot be read.")
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)
