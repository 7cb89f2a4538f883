"""The container: frames, times, sound, index first, and closures seen in the decoded pictures."""

import io
import weakref
from collections.abc import Iterator

import av
import numpy as np
import pytest

from pipeline.animation.rig import RigAnimator
from pipeline.clips import clip
from pipeline.errors import EngineFailed
from pipeline.face.landmarks import landmarks
from pipeline.face.rig import FaceRig, rest_pose
from pipeline.mark import MARK
from pipeline.stages import EngineConfig
from pipeline.types import Direction, Frame, Mood, Portrait, Speech
from tests.unit.faces import disc_portrait, speech_of

FPS = 25


@pytest.fixture(scope="module")
def portrait() -> Portrait:
    return disc_portrait()


def plain(count: int, size: int = 64, level: int = 90) -> Iterator[Frame]:
    for index in range(count):
        frame = np.full((size * 3 // 2, size), 128, np.uint8)
        frame[:size] = level + index % 50
        yield frame


def beep(seconds: float, rate: int = 24_000) -> Speech:
    time = np.arange(round(seconds * rate)) / rate
    return Speech("beep", (0.3 * np.sin(2 * np.pi * 300 * time)).astype(np.float32), rate, ())


def pictures(mp4: bytes) -> tuple[list[np.ndarray], list[float]]:
    with av.open(io.BytesIO(mp4)) as container:
        frames = list(container.decode(video=0))
    return [f.to_ndarray(format="rgb24") for f in frames], [float(f.pts * f.time_base) for f in frames]


def test_joined_segments_are_one_stream_with_every_frame_in_its_place() -> None:
    counts = (7, 1, 30)
    made = clip.mux([clip.encode_segment(plain(n), 64, FPS) for n in counts], beep(sum(counts) / FPS), FPS)
    shown, times = pictures(made.mp4)
    assert len(shown) == sum(counts)
    assert times == pytest.approx([i / FPS for i in range(sum(counts))], abs=1e-3)
    levels = [float(p.mean()) for p in shown]
    assert levels[7] == pytest.approx(levels[0], abs=3)
    assert levels[8] == pytest.approx(levels[0], abs=3)
    assert (made.seconds, made.width, made.height, made.fps) == (sum(counts) / FPS, 64, 64, FPS)


def test_the_container_is_what_chat_platforms_play() -> None:
    made = clip.mux([clip.encode_segment(plain(50), 64, FPS)], beep(2.0), FPS)
    assert 0 < made.mp4.find(b"moov") < made.mp4.find(b"mdat")
    with av.open(io.BytesIO(made.mp4)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt, video.profile) == ("h264", "yuv420p", "High")
        assert audio.codec_context.name == "aac"
        assert audio.codec_context.sample_rate == 48_000
        assert container.metadata["comment"] == MARK
        for stream in (video, audio):
            assert stream.duration is not None
            assert float(stream.duration * stream.time_base) == pytest.approx(2.0, abs=1 / FPS)


@pytest.mark.parametrize("rate", [16_000, 24_000, 44_100, 48_000])
def test_sound_begins_where_it_should(rate: int) -> None:
    speech = beep(1.0, rate)
    samples = speech.samples.copy()
    samples[: rate // 2] = 0
    made = clip.mux([clip.encode_segment(plain(25), 64, FPS)], Speech("", samples, rate, ()), FPS)
    heard = sound(made.mp4)
    onset = float(np.argmax(np.abs(heard) > 0.1)) / 48_000
    assert onset == pytest.approx(0.5, abs=0.02)


def sound(data: bytes) -> np.ndarray:
    with av.open(io.BytesIO(data)) as container:
        frames = list(container.decode(audio=0))
    start = float(frames[0].pts * frames[0].time_base)
    samples = np.concatenate([f.to_ndarray()[0] for f in frames])
    lead = round(start * 48_000)
    return np.pad(samples, (lead, 0)) if lead >= 0 else samples[-lead:]


def test_short_sound_is_filled_and_long_sound_is_cut() -> None:
    segment = clip.encode_segment(plain(25), 64, FPS)
    for seconds in (0.0, 0.3, 3.0):
        with av.open(io.BytesIO(clip.mux([segment], beep(seconds), FPS).mp4)) as container:
            audio = container.streams.audio[0]
            assert audio.duration is not None
            assert float(audio.duration * audio.time_base) == pytest.approx(1.0, abs=0.04)


def test_sound_that_was_encoded_beforehand_is_taken_if_it_is_as_long_as_the_pictures() -> None:
    segment, speech = clip.encode_segment(plain(25), 64, FPS), beep(1.0)
    whole = clip.mux([segment], speech, FPS)
    early = clip.soundtrack(speech, 25, FPS)
    assert clip.mux([segment], speech, FPS, early) == whole
    assert clip.mux([segment], beep(0.0), FPS, early) == whole, "nothing is encoded again"
    assert clip.mux([segment], speech, FPS, clip.soundtrack(speech, 10, FPS)) == whole


def test_ogg_is_opus_mono_48k() -> None:
    data = clip.encode_ogg(beep(1.5).samples, 24_000)
    assert data.startswith(b"OggS")
    assert b"OpusHead" in data[:64]
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.codec_context.channels) == ("opus", 1)
        seconds = sum(f.samples for f in container.decode(audio=0)) / 48_000
    assert seconds == pytest.approx(1.5, abs=0.05)


def test_nothing_and_strangers_cannot_be_joined() -> None:
    with pytest.raises(EngineFailed):
        clip.mux([], beep(1.0), FPS)
    small, large = (clip.encode_segment(plain(3, size), size, FPS) for size in (64, 96))
    with pytest.raises(EngineFailed):
        clip.mux([small, large], beep(1.0), FPS)


def test_frames_are_encoded_as_they_come_and_let_go() -> None:
    seen: list[weakref.ref[Frame]] = []
    alive: list[int] = []

    def frames() -> Iterator[Frame]:
        for level in range(60):
            frame = np.full((96, 64), level, np.uint8)
            seen.append(weakref.ref(frame))
            alive.append(sum(ref() is not None for ref in seen))
            yield frame

    clip.encode_segment(frames(), 64, FPS)
    assert len(seen) == 60
    assert max(alive) <= 2 * clip.TOGETHER


def test_lips_meet_on_closures_in_the_decoded_clip(portrait: Portrait, tmp_path: object) -> None:
    rig = FaceRig.model_validate_json(portrait.rig or "")
    said = speech_of("ɑmɑbɑpɑ", start=0.4, step=0.12)
    animator = RigAnimator(EngineConfig(assets=tmp_path))  # type: ignore[arg-type]
    made = clip.mux([clip.draw_segment(animator, portrait, said, Direction(Mood.CALM, 7))], said, FPS)
    shown, _ = pictures(made.mp4)
    corner = landmarks(rig, rest_pose(rig), 512)[48:68]
    (x0, y0), (x1, y1) = corner.min(0).astype(int) - 6, corner.max(0).astype(int) + 50
    # The cavity is the only thing on a light disc that is dark red.
    dark = [int(((p[y0:y1, x0:x1, 0] < 125) & (p[y0:y1, x0:x1, 1] < 60)).sum()) for p in shown]
    rest = dark[0]
    openest = max(dark) - rest
    assert openest > 150
    for phoneme in said.phonemes:
        middle = round((phoneme.start + phoneme.end) / 2 * FPS)
        seen = [dark[i] - rest for i in (middle - 1, middle, middle + 1)]
        if phoneme.symbol == "ɑ":
            assert max(seen) > 0.5 * openest
        else:
            assert min(seen) < 0.12 * openest
    silent = dark[: int(0.34 * FPS)]
    assert max(silent) - rest < 0.05 * openest
