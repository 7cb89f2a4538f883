"""A clip with the words that are said in it, each line while it is said.

Composed by moviepy, which is slow to import and so is only when somebody asks for captions.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from unicodedata import category, east_asian_width

import numpy as np
import numpy.typing as npt
import skia

from pipeline.clips import clip
from pipeline.clips.badge import badge
from pipeline.clips.circle import Circle, seen
from pipeline.clips.lettering import legible, locale_of, paragraph
from pipeline.clips.overlay import i420
from pipeline.errors import EngineFailed, StorageFailed
from pipeline.types import Picture, Speech, Utterance

MOST, ENOUGH = 40, 18
"""Letters on the screen at the same time, Chinese ones counted twice, and so many after which a clause ends a line."""
LINGER = 0.5
"""Seconds that a line stays after its last word, unless the next one comes."""
_SIZES = (0.046, 0.040, 0.034)
"""Of letters, in shares of the side: the largest with which a line takes at most ``_ROOM`` of it."""
_ROOM, _MARGIN, _PADDING = 0.2, 0.03, 0.016
_WORDS, _GROUND = 0xFFFFFFFF, 0xA6101216
_WIDE = "\u1100-\u11ff\u2e80-\u30ff\u3130-\u318f\u31f0-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef"
_TOKEN = re.compile(rf"[{_WIDE}][、。，．！？；：」』）】〉》・ー]*\s*|[^\s{_WIDE}]+\s*")
_SENTENCE, _CLAUSE = re.compile(r"[.!?…。！？][\"'”’)»」』]*$"), re.compile(r"[,;:、，；：—][\"'”’)»」』]*$")


@dataclass(frozen=True, slots=True)
class Cue:
    """Words on the screen, from when to when, in seconds."""

    text: str
    start: float
    end: float


def captioned(mp4: bytes, text: str, parts: Sequence[Speech], home: Path, face: Circle | None = None) -> bytes:
    """The clip, an MP4, with ``text`` at its foot, but for letters that no font here has. ``parts``: how it is spoken,
    sentence by sentence; ``home``: the folder of assets; ``face``: where it is, if it is known: words that would cover
    the mouth there stand at the head.

    Raises ``EngineFailed`` for what is no clip, ``MissingAsset`` for the letters, ``StorageFailed`` for a full disk.
    """
    from moviepy import CompositeVideoClip, ImageClip, VideoFileClip

    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "clip.mp4"
            path.write_bytes(mp4)
            with VideoFileClip(str(path), audio=False) as video:
                fps, side = round(video.fps), video.w
                lines = [
                    (cue, drawn(cue.text, side, home, locale=locale_of(text)))
                    for cue in cues(text, parts)
                    if legible(cue.text, home).strip()
                ]
                head = _head([words for _, words in lines], side, face)
                shown = [video]
                for cue, words in lines:
                    top = round((1 - _MARGIN) * side) - words.shape[0] if head is None else head
                    placed = ImageClip(words).with_position(((side - words.shape[1]) // 2, top))
                    shown.append(placed.with_start(cue.start).with_end(min(cue.end, video.duration)))
                # moviepy takes the end of the last words for that of all, and has no use for no words.
                whole = CompositeVideoClip(shown, use_bgclip=True) if lines else video
                count = round(video.duration * fps)
                frames = (i420(np.asarray(whole.get_frame(index / fps), np.uint8)) for index in range(count))
                segment = clip.encode_segment(frames, side, fps)
    except OSError as error:  # also what moviepy raises for what ffmpeg cannot read
        if error.errno is None:
            raise EngineFailed("The clip cannot be read, so it gets no captions.") from error
        raise StorageFailed("The clip could not be written to the temporary folder. Is the disk full?") from error
    return clip.mux([segment], Utterance(tuple(parts)).speech, fps).mp4


def _head(lines: Sequence[Picture], side: int, face: Circle | None) -> int | None:
    """The row at which words begin that stand at the head, clear of the badge; None: they stand at the foot. All of a
    clip stand in one place."""
    if face is None or not lines:
        return None
    margin, highest = round(_MARGIN * side), max(words.shape[0] for words in lines)
    if (face.y + face.radius) * side <= side - margin - highest:
        return None
    place = badge(side, seen(face))
    above = margin + highest < place.top
    head = margin if above else place.top + place.planes[0].shape[0] + margin // 2
    return head if head + highest < (face.y - face.radius) * side else None


def cues(text: str, parts: Sequence[Speech]) -> list[Cue]:
    """What is read when. The words are those of ``text``, which may hold what no voice says; times are the sounds'."""
    lines = list(_lines("".join(filter(_visible, text))))
    letters = np.cumsum([0, *(_letters(line) for line in lines)]).astype(float)
    begins, ends = _times(letters / max(letters[-1], 1.0), parts)
    made = [Cue(line.strip(), float(a), float(b) + LINGER) for line, a, b in zip(lines, begins, ends, strict=True)]
    cut = [Cue(one.text, one.start, min(one.end, after.start)) for one, after in pairwise(made)] + made[-1:]
    return [cue for cue in cut if cue.end > cue.start]


def _lines(text: str) -> Iterator[str]:
    clause: list[str] = []
    for token in _TOKEN.findall(text):
        clause += [token[at : at + MOST] for at in range(0, len(token), MOST)]
        so_far = "".join(clause).rstrip()
        if _SENTENCE.search(so_far) or (_CLAUSE.search(so_far) and _width(so_far) >= ENOUGH):
            yield from _balanced(clause)
            clause = []
    yield from _balanced(clause)


def _balanced(words: Sequence[str]) -> Iterator[str]:
    """As few lines as it takes, of about one length: no last word stands alone."""
    whole = _width("".join(words))
    even = whole / max(1, -(-whole // MOST))
    line = ""
    for word in words:
        if line and (_width((line + word).rstrip()) > MOST or _width(line) + _width(word) / 2 > even):
            yield line
            line = ""
        line += word
    if line.strip():
        yield line


def _visible(letter: str) -> bool:
    """Not what commands: to go from right to left, for one. What joins emoji is harmless."""
    return letter in "\n\t\u200c\u200d" or category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _letters(text: str) -> int:
    return sum(letter.isalnum() for letter in text)


def _times(
    shares: npt.NDArray[np.float64], parts: Sequence[Speech]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """When what lies between each two shares of the letters begins and ends.

    Within a sentence every phoneme counts alike; sentences are as long as their own letters.
    """
    knots: list[tuple[float, float]] = []
    whole = sum(_letters(part.text) for part in parts)
    before, start = 0.0, 0.0
    for part in parts:
        share = _letters(part.text) / max(whole, 1)
        said = len(part.phonemes)
        knots += [(before + share * i / said, start + sound.start) for i, sound in enumerate(part.phonemes)]
        if said:
            knots.append((before + share - 1e-6, start + part.phonemes[-1].end))
        before, start = before + share, start + part.seconds
    if not knots:
        knots = [(0.0, 0.0), (1.0, start)]
    places, moments = np.array(knots).T
    return np.interp(shares[:-1] + 1e-6, places, moments), np.interp(shares[1:] - 2e-6, places, moments)


def drawn(
    text: str, side: int, home: Path, width: float | None = None, locale: str | None = None
) -> npt.NDArray[np.uint8]:
    """Words on their ground for a picture of ``side`` pixels, or for so much ``width`` of a larger one: RGBA."""
    room, padding = round(_ROOM * side), round(_PADDING * side)
    width = width or (1 - 4 * _MARGIN) * side
    for share in _SIZES:
        words = paragraph(text, share * side, _WORDS, width, home, locale)
        if words.Height <= room - 2 * padding:
            break
    ground = (min(round(words.LongestLine), round(width)) + 4 * padding, min(round(words.Height) + 2 * padding, room))
    surface = skia.Surface(*ground)
    with surface as canvas:
        canvas.clear(0)
        canvas.drawRoundRect(skia.Rect.MakeWH(*ground), padding, padding, skia.Paint(Color=_GROUND, AntiAlias=True))
        words.paint(canvas, (ground[0] - width) / 2, padding)
    pixels: npt.NDArray[np.uint8] = surface.toarray(colorType=skia.kRGBA_8888_ColorType)
    return pixels
