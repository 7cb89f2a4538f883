"""Lets a machine with a GPU move the face: whole sentences go there, and clips come back."""

from __future__ import annotations

import io
import json
import time
import wave
from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat

import cv2
import numpy as np
from pydantic import ValidationError

from pipeline.animation.remote.client import Client
from pipeline.animation.remote.contract import LONGEST, NO_ADDRESS, About, Standing, State, frames_of
from pipeline.animation.remote.received import checked
from pipeline.errors import EngineBusy, EngineFailed, EngineUnavailable, Unreachable
from pipeline.stages import EngineConfig
from pipeline.types import Direction, Frame, Picture, Portrait, Speech

FADE = 3
"""Frames in which a sentence leaves the portrait, and in which it comes back: animators elsewhere know nothing of the
sentences beside theirs, so every sentence begins and ends in the portrait."""
WHOLE = 4
"""How many times as long as without progress a clip may take in all."""
OFTEN, SELDOM = 0.05, 1.0
"""Seconds between two questions, at first and at last."""
PATIENCE = 3
"""Questions in a row that may go wrong on the way: a proxy that restarts is no reason to draw anew."""
REST = 30.0
"""Seconds for which an animator that was not there is not asked again, lest every sentence wait for it."""


class RemoteAnimator:
    """`pipeline.stages.Animator` by a server that keeps docs/animators.md."""

    fps = 25

    def __init__(self, config: EngineConfig) -> None:
        """Raises ``EngineUnavailable`` without an address."""
        if config.remote is None:
            raise EngineUnavailable(NO_ADDRESS)
        self._config, self._side = config.remote, config.side
        self._asleep: tuple[float, EngineUnavailable | EngineBusy] | None = None

    def frames(self, portrait: Portrait, speech: Speech, direction: Direction) -> Iterator[Frame]:
        """One sentence; see `pipeline.stages.Animator`. The first and the last frame are the portrait, and so is all
        silence.

        Raises ``EngineUnavailable`` or ``EngineFailed`` before the first frame, so somebody else can still draw all.
        """
        number = frames_of(speech, self.fps)
        rest = _frame(cv2.cvtColor(portrait.picture, cv2.COLOR_RGB2BGR), self._side)
        if not speech.phonemes and not speech.samples.any():
            yield from repeat(rest, number)
            return
        sent = form(portrait, speech, direction, self._side, self.fps)
        received = checked(self._drawn(sent), portrait.picture, number, self.fps)
        shown = (_frame(picture, self._side) for picture in received.pictures(number, self.fps))
        yield from settled(shown, rest, number)

    def _drawn(self, sent: Mapping[str, bytes]) -> bytes:
        """The clip that the server makes of a form."""
        if self._asleep and time.monotonic() < self._asleep[0]:
            error = self._asleep[1]
            raise type(error)(error.sentence, remedy=error.remedy)
        until = time.monotonic() + WHOLE * self._config.timeout
        try:
            with Client(self._config) as client:
                asked = client.ask(sent)
                try:
                    self._wait(client, asked, until)
                    return client.fetch(asked.id, until)
                finally:
                    client.forget(asked.id)
        except (EngineUnavailable, EngineBusy) as error:
            self._asleep = time.monotonic() + REST, error
            raise

    def _wait(self, client: Client, standing: Standing, until: float) -> None:
        """Until the clip is done."""
        pause, failures, moved, clip = OFTEN, 0, time.monotonic(), standing.id
        while standing.state is not State.DONE:
            if standing.state is State.FAILED:
                raise client.failed(standing)
            now = time.monotonic()
            if now - moved > self._config.timeout or now > until:
                raise client.silent(min(now - moved, self._config.timeout))
            time.sleep(pause)
            pause = min(1.3 * pause, SELDOM)
            try:
                said = client.standing(clip)
            except (Unreachable, EngineBusy):
                failures += 1
                if failures >= PATIENCE:
                    raise
                continue
            failures = 0
            if said != standing:
                moved = time.monotonic()
            standing = said


def form(portrait: Portrait, speech: Speech, direction: Direction, side: int, fps: int) -> dict[str, bytes]:
    """The files that ask for a clip, by name. Raises ``EngineFailed`` for what no animator could use."""
    if not np.isfinite(portrait.landmarks).all():
        raise EngineFailed("The points of this picture's face are not known, so it cannot be moved.")
    if speech.seconds > LONGEST:
        raise EngineFailed("That is too long to be moved in one piece.")
    try:
        about = About.of(speech, direction, side, fps)
    except ValidationError:
        raise EngineFailed("That sentence is not one that an animator would take.") from None
    picture = cv2.cvtColor(portrait.picture, cv2.COLOR_RGB2BGR)
    png = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1]
    return {
        "portrait.png": png.tobytes(),
        "landmarks.json": json.dumps(portrait.landmarks.round(2).tolist()).encode(),
        "speech.wav": _wav(speech),
        "about.json": about.model_dump_json().encode(),
    }


def settled(frames: Iterable[Frame], rest: Frame, number: int) -> Iterator[Frame]:
    """``number`` frames that begin and end in ``rest``, faded over `FADE` of them."""
    for index, frame in enumerate(frames):
        share = min(index, number - 1 - index) / FADE
        yield frame if share >= 1 else np.asarray(cv2.addWeighted(frame, share, rest, 1 - share, 0), np.uint8)


def _frame(picture: Picture, side: int) -> Frame:
    """BGR of any size as I420 of ``side`` x ``side``."""
    height, width = picture.shape[:2]
    if (height, width) != (side, side):
        way = cv2.INTER_AREA if width > side else cv2.INTER_CUBIC
        picture = np.asarray(cv2.resize(picture, (side, side), interpolation=way))
    frame: Frame = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
    return frame


def _wav(speech: Speech) -> bytes:
    """16-bit mono."""
    sink = io.BytesIO()
    with wave.open(sink, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(speech.rate)
        file.writeframes((np.clip(speech.samples, -1, 1) * 32767).astype("<i2").tobytes())
    return sink.getvalue()
