"""What the warp renderer does in a process of its own."""

from __future__ import annotations

import io
import json
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from pipeline.animation.remote.contract import LARGEST, About, frames_of
from pipeline.animation.warp import WarpAnimator
from pipeline.stages import EngineConfig
from pipeline.types import Direction, Landmarks, Phoneme, Portrait, Speech

ENCODER = {"preset": "ultrafast", "qp": "14", "threads": "1", "bf": "0"}
"""Nearly without loss: who asked encodes once more."""
PROGRESS = "progress"


def draw(folder: Path, about: About) -> Path:
    """The clip of the job in a folder. Raises ``EngineFailed`` for landmarks that are none."""
    portrait, speech = portrait_in(folder), speech_in(folder, about)
    animator = WarpAnimator(EngineConfig(assets=folder, side=about.side))
    direction = Direction(about.mood, about.seed, about.manner, about.start, about.end)
    path, number = folder / "clip.mp4", frames_of(speech, animator.fps)
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        track = container.add_stream("libx264", rate=animator.fps, options=ENCODER)
        track.pix_fmt = "yuv420p"
        for index, pixels in enumerate(animator.frames(portrait, speech, direction)):
            frame = av.VideoFrame.from_ndarray(pixels, format="yuv420p")
            if index == 0:
                track.width, track.height = frame.width, frame.height
            frame.pts, frame.time_base = index, Fraction(1, animator.fps)
            container.mux(track.encode(frame))
            if index % 10 == 0:
                (folder / PROGRESS).write_text(f"{index / number:.3f}")
        container.mux(track.encode(None))
    return path


def progress(folder: Path) -> float:
    """How far ``draw`` is in a folder, 0..1."""
    try:
        return float((folder / PROGRESS).read_text())
    except (OSError, ValueError):  # not begun, or being written
        return 0.0


def portrait_in(folder: Path) -> Portrait:
    """Picture and landmarks. Raises ``ValueError`` when they are none."""
    try:
        with Image.open(folder / "portrait.png", formats=["PNG"]) as image:
            if image.width != image.height or image.width > LARGEST:  # before it unfolds
                raise ValueError(f"the portrait is no square of at most {LARGEST} pixels")
            picture = np.asarray(image.convert("RGB"))
    except (OSError, SyntaxError) as error:
        raise ValueError("the portrait is no PNG") from error
    return Portrait(picture, _landmarks((folder / "landmarks.json").read_bytes()), style="", art="", reason="")


def _landmarks(page: bytes) -> Landmarks:
    try:
        points = np.array(json.loads(page), np.float32)
    except (ValueError, TypeError) as error:
        raise ValueError("the landmarks are no points") from error
    if points.shape != (68, 2) or not np.isfinite(points).all():
        raise ValueError("the landmarks are not 68 points")
    return points


def speech_in(folder: Path, about: About) -> Speech:
    """The sound and its phonemes. Raises ``ValueError`` when it is no mono WAV of 16 bits."""
    try:
        with wave.open(io.BytesIO((folder / "speech.wav").read_bytes())) as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                raise ValueError("the speech is not mono, 16 bit")
            samples, rate = np.frombuffer(file.readframes(file.getnframes()), "<i2"), file.getframerate()
    except (wave.Error, EOFError) as error:
        raise ValueError("the speech is no WAV file") from error
    phonemes = tuple(Phoneme(one.symbol, one.start, one.end, one.stressed) for one in about.phonemes)
    return Speech(about.text, (samples / 32767).astype(np.float32), rate, phonemes)
