"""A conversation as one film: clips one after the other, each with the name of who speaks, and cards with the words of
those who have no clip: people, and the narrator.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from unicodedata import east_asian_width

import av
import numpy as np
import numpy.typing as npt
import skia
from PIL import Image, ImageOps

from pipeline.clips import clip
from pipeline.clips.lettering import paragraph
from pipeline.clips.overlay import Overlay, i420, lay, overlay
from pipeline.errors import EngineFailed, StorageFailed
from pipeline.mark import MARK, marked_mp4
from pipeline.types import Frame

SIDE, FPS = 512, 25
"""Pixels and frames a second, as clips have them; others are fitted."""

_SOUND_A_FRAME = clip.SOUND_RATE // FPS
_GROUND, _WORDS, _NAME, _SHADE = 0xFF1C2029, 0xFFF2EFE8, 0xFFE8B65A, 0x99101216
_MARGIN = 36
_SIZES = (34, 28, 24, 20)
"""Pixels of the letters on a card: the largest that fit; what does not fit goes on another card."""
_NAME_SIZE, _CAPTION_SIZE = 24, 20
_FACE = 168
"""Pixels of the portrait on a card."""
_LONGEST_TEXT = 4_000
_LETTERS_A_SECOND, _WIDE, _LOOK, _SHORTEST = 15.0, 2.5, 1.0, 2.0
"""How quickly subtitles are read, for how many letters a Chinese one counts, and the seconds before that begins."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A clip, and who speaks in it."""

    speaker: str
    mp4: bytes


@dataclass(frozen=True, slots=True)
class Card:
    """Words without a clip. ``portrait``: a picture file of ours that shows the speaker."""

    speaker: str
    text: str
    portrait: bytes | None = None

    @property
    def seconds(self) -> float:
        """How long it is shown: as long as reading takes."""
        letters = sum(_WIDE if east_asian_width(letter) in "WF" else 1 for letter in self.text)
        return max(_SHORTEST, _LOOK + letters / _LETTERS_A_SECOND)


def join(parts: Sequence[Shot | Card], home: Path) -> bytes:
    """An MP4 of all parts, 512 x 512 pixels. Runs in a worker process; holds one frame at a time, beside the file.

    ``home``: the folder of assets. Raises ``MissingAsset`` for the letters, ``EngineFailed`` when there is nothing to
    show or a part cannot be read, ``StorageFailed`` when the disk is full.
    """
    if not parts:
        raise EngineFailed("There is nothing to make a film of.")
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "film.mp4"
            with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as sink:
                sink.metadata["comment"] = MARK
                reel = Reel(sink)
                for part in parts:
                    if isinstance(part, Shot):
                        _play(reel, part, home)
                    else:
                        _hold(reel, part, home)
                reel.end()
            return marked_mp4(path.read_bytes())
    except OSError as error:
        raise StorageFailed("The film could not be written to the temporary folder. Is the disk full?") from error
    except av.FFmpegError as error:
        raise EngineFailed("A clip of the film cannot be read.") from error


class Reel:
    """The file that is written: so many frames and samples are in it."""

    def __init__(self, sink: av.container.OutputContainer, width: int = SIDE, height: int = SIDE) -> None:
        self._sink = sink
        self._picture = clip.picture_track(sink, width, FPS, height)
        self._sound = sink.add_stream("aac", rate=clip.SOUND_RATE, layout="mono")
        self._sound.bit_rate = 96_000
        self.frames = 0
        self.samples = 0

    def show(self, pixels: Frame) -> None:
        """One more picture, I420."""
        frame = av.VideoFrame.from_ndarray(pixels, format="yuv420p")
        frame.pts, frame.time_base = self.frames, Fraction(1, FPS)
        self._sink.mux(self._picture.encode(frame))
        self.frames += 1

    def say(self, samples: npt.NDArray[np.float32]) -> None:
        """More sound, mono of ``clip.SOUND_RATE``."""
        if not len(samples):
            return
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples)[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = clip.SOUND_RATE, self.samples, Fraction(1, clip.SOUND_RATE)
        self._sink.mux(self._sound.encode(frame))
        self.samples += len(samples)

    @property
    def missing(self) -> int:
        """Samples by which the sound is shorter than the pictures."""
        return self.frames * _SOUND_A_FRAME - self.samples

    def be_quiet(self) -> None:
        """Silence until the sound is as long as the pictures."""
        while self.missing > 0:
            self.say(np.zeros(min(self.missing, _SOUND_A_FRAME), np.float32))

    def end(self) -> None:
        """Writes what the encoders still hold."""
        for track in (self._picture, self._sound):
            self._sink.mux(track.encode(None))


def _play(reel: Reel, shot: Shot, home: Path) -> None:
    """The clip with its caption, cut or filled so that sound and pictures end together."""
    caption = _caption(shot.speaker, home)
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=clip.SOUND_RATE)
    with av.open(io.BytesIO(shot.mp4)) as source:
        begin = reel.frames
        end = begin + max(1, round((source.duration or 0) / av.time_base * FPS))
        for packet in source.demux():
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame):
                    pixels = lay(_fitted(frame), caption)
                    # As often as it takes: clips of another rate skip or repeat frames.
                    while reel.frames < min(end, begin + round(frame.time * FPS) + 1):
                        reel.show(pixels)
                elif isinstance(frame, av.AudioFrame):
                    for piece in resampler.resample(frame):
                        reel.say(piece.to_ndarray()[0][: max(0, end * _SOUND_A_FRAME - reel.samples)])
    if reel.frames == begin:
        raise EngineFailed("A clip of the film has no pictures.")
    reel.be_quiet()


def _hold(reel: Reel, card: Card, home: Path) -> None:
    for page in _pages(card, home):
        pixels = _page(page, home)
        for _ in range(round(page.seconds * FPS)):
            reel.show(pixels)
            reel.be_quiet()


def _pages(card: Card, home: Path) -> Iterator[Card]:
    """The card, or as many as its words need."""
    text = " ".join(card.text[:_LONGEST_TEXT].split())
    if _size(text, _room(card), home) is not None:
        yield Card(card.speaker, text, card.portrait)
        return
    half = len(text) // 2
    cut = text.find(" ", half) + 1 or half  # a word of a thousand letters has no blank
    for words in (text[:cut], text[cut:]):
        yield from _pages(Card(card.speaker, words, card.portrait), home)


def _room(card: Card) -> float:
    """Pixels of height that the words may take."""
    return SIDE - 3 * _MARGIN - 2 * _NAME_SIZE - (_FACE if card.portrait else 0)


def _size(text: str, room: float, home: Path) -> int | None:
    """The largest letters in which the words fit."""
    width = SIDE - 2 * _MARGIN
    return next((s for s in _SIZES if paragraph(text, s, _WORDS, width, home).Height <= room), None)


def _page(card: Card, home: Path) -> Frame:
    """A card drawn: portrait, name and words, centred as one."""
    width = SIDE - 2 * _MARGIN
    name = paragraph(card.speaker[:80], _NAME_SIZE, _NAME, width, home)
    words = paragraph(card.text, _size(card.text, _room(card), home) or _SIZES[-1], _WORDS, width, home)
    face = _FACE + _MARGIN / 2 if card.portrait else 0
    y = (SIDE - face - name.Height - _MARGIN / 2 - words.Height) / 2
    surface = skia.Surface(SIDE, SIDE)
    with surface as canvas:
        canvas.clear(_GROUND)
        if card.portrait:
            canvas.save()
            canvas.clipPath(skia.Path().addCircle(SIDE / 2, y + _FACE / 2, _FACE / 2), doAntiAlias=True)
            canvas.drawImage(_face(card.portrait), (SIDE - _FACE) / 2, y)
            canvas.restore()
        name.paint(canvas, _MARGIN, y + face)
        words.paint(canvas, _MARGIN, y + face + name.Height + _MARGIN / 2)
    return i420(surface.toarray(colorType=skia.kRGBA_8888_ColorType)[..., :3])


def _face(portrait: bytes) -> skia.Image:
    try:
        with Image.open(io.BytesIO(portrait)) as image:
            square = ImageOps.fit(image.convert("RGBA"), (_FACE, _FACE))
    except OSError as error:  # what Pillow raises for bytes that are no picture
        raise EngineFailed("A portrait of the film cannot be read.") from error
    return skia.Image.fromarray(np.asarray(square), colorType=skia.kRGBA_8888_ColorType)


def _caption(name: str, home: Path) -> Overlay:
    """A band over the foot of the picture."""
    words = paragraph(name[:80], _CAPTION_SIZE, _WORDS, SIDE - 2 * _MARGIN, home)
    height = 4 * round(words.Height / 4 + 3)  # whole rows of every plane
    surface = skia.Surface(SIDE, height)
    with surface as canvas:
        canvas.clear(_SHADE)
        words.paint(canvas, _MARGIN, (height - words.Height) / 2)
    # Straight colours, not multiplied with their cover, which does that itself.
    return overlay(surface.toarray(colorType=skia.kRGBA_8888_ColorType), 0, SIDE - height)


def _fitted(frame: av.VideoFrame) -> Frame:
    """A frame of any shape as one of ours, with black beside it where it is not square."""
    if (frame.width, frame.height) == (SIDE, SIDE):
        return np.array(frame.to_ndarray(format="yuv420p"))
    scale = SIDE / max(frame.width, frame.height)
    width, height = (max(2, 2 * round(length * scale / 2)) for length in (frame.width, frame.height))
    picture = np.zeros((SIDE, SIDE, 3), np.uint8)
    x, y = (SIDE - width) // 2, (SIDE - height) // 2
    picture[y : y + height, x : x + width] = frame.reformat(width, height, format="rgb24").to_ndarray()
    return i420(picture)
