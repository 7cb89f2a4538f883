"""Pictures as the encoder takes them: one plane of light and two of colour at half the size (I420, BT.601, limited
range). Bending the planes costs two thirds of bending colours and converting them afterwards."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.types import Picture

Pixels = npt.NDArray[np.uint8]
Single = npt.NDArray[np.float32]

_FROM_BGR = np.array([
    [24.966, 128.553, 65.481, 16.0],
    [112.0, -74.203, -37.797, 128.0],
    [-18.214, -93.786, 112.0, 128.0],
]) / np.array([255.0, 255.0, 255.0, 1.0])  # fmt: skip
"""Y, Cb and Cr of blue, green, red and 1; ITU-R BT.601."""


def whole(picture: Pixels) -> Pixels:
    """(n, n, 3) BGR as Y, Cb, Cr of every pixel."""
    return np.asarray(cv2.transform(picture, _FROM_BGR))


def painted(colours: Single) -> Single:
    """`whole` of colours that are no bytes yet."""
    return np.asarray(cv2.transform(colours, _FROM_BGR), np.float32)


class Planes:
    """The planes ``y``, ``u`` and ``v`` of a picture, those of colour at half the size."""

    def __init__(self, y: Pixels, u: Pixels, v: Pixels) -> None:
        self.y, self.u, self.v = y, u, v

    @classmethod
    def of(cls, picture: Pixels) -> Planes:
        """A copy of a picture from `whole`, its sides even."""
        height, width = picture.shape[:2]
        half = height // 2, width // 2
        planes = cls(np.empty((height, width), np.uint8), np.empty(half, np.uint8), np.empty(half, np.uint8))
        planes.put(picture, (slice(0, height), slice(0, width)))
        return planes

    @classmethod
    def within(cls, frame: Pixels) -> Planes:
        """A view of a frame, (1.5 n, n)."""
        return cls(*views(frame))

    def put(self, picture: Pixels, place: tuple[slice, slice]) -> None:
        """A part from `whole` in its place, whose edges are even."""
        self.y[place] = picture[..., 0]
        small = cv2.resize(picture, (picture.shape[1] // 2, picture.shape[0] // 2), interpolation=cv2.INTER_AREA)
        self.u[halved(place)], self.v[halved(place)] = small[..., 1], small[..., 2]

    def draw(self, source: Planes, light: Single, colour: Single, place: tuple[slice, slice]) -> None:
        """A part of a bent ``source``: where each pixel of its plane of light, and of those of colour, comes from."""
        self.y[place] = sampled(source.y, light)
        self.u[halved(place)], self.v[halved(place)] = sampled(source.u, colour), sampled(source.v, colour)


def views(frame: Pixels) -> tuple[Pixels, Pixels, Pixels]:
    """Views of Y, U and V of an I420 frame, (1.5 height, width)."""
    height, width = frame.shape[0] * 2 // 3, frame.shape[1]
    u, v = frame[height:].reshape(2, height // 2, width // 2)
    return frame[:height], u, v


class Source:
    """A portrait to be bent, ``whole`` and as ``planes``. Keeps changes: one thread only."""

    def __init__(self, picture: Pixels) -> None:
        """``picture``: (n, n, 3) BGR, n even."""
        self.whole = whole(picture)
        self.planes = Planes.of(self.whole)

    def put(self, pixels: Pixels, place: tuple[slice, slice]) -> None:
        """A part, as in ``whole``, in its place."""
        self.whole[place] = pixels
        even = (
            slice(place[0].start // 2 * 2, -(-place[0].stop // 2) * 2),
            slice(place[1].start // 2 * 2, -(-place[1].stop // 2) * 2),
        )
        self.planes.put(self.whole[even], even)


def halved(place: tuple[slice, slice]) -> tuple[slice, slice]:
    """A place in the planes of colour."""
    rows, columns = place
    return slice(rows.start // 2, rows.stop // 2), slice(columns.start // 2, columns.stop // 2)


def sampled(source: Pixels, places: Single) -> Pixels:
    """The pixels of ``source`` at (h, w, 2) places."""
    return np.asarray(cv2.remap(source, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def fitted(picture: Picture, side: int) -> Picture:
    """The picture, ``side`` pixels wide and high."""
    if picture.shape[0] == side:
        return picture
    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
