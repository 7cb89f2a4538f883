"""Voice messages: every container, what is none, and words that nobody said."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest

from pipeline.errors import BadRequest, Inaudible
from pipeline.hearing import recording
from pipeline.hearing.judging import Segment, judged
from pipeline.hearing.recording import RATE
from tests.unit.recordings import FORMATS, noise, packed, spoken

SENTENCE = "Good morning, old friend. Have you seen my umbrella?"
STORY = "Tell me about the dragon who was afraid of the dark and lived beside a river."


@pytest.mark.parametrize("container", FORMATS)
def test_every_container_is_decoded(container: str) -> None:
    sent = spoken(SENTENCE)
    got = recording.decode(packed(sent, container, layout="stereo"))
    assert got.dtype == np.float32
    assert len(got) == pytest.approx(len(sent), abs=0.06 * RATE)
    assert np.sqrt((got**2).mean()) == pytest.approx(np.sqrt((sent**2).mean()), rel=0.1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"just some words, and not a sound " * 9,
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n",
        b"OggS" + bytes(500),
        b"RIFF\x00\x00\x00\x00WAVE" + b"x" * 200,
    ],
    ids=["empty", "text", "picture", "playlist", "empty ogg", "empty wav"],
)
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(BadRequest, match="voice message") as caught:
        recording.decode(data)
    assert not isinstance(caught.value, Inaudible)


@pytest.mark.parametrize("container", ["ipod", "webm", "ogg"])
def test_damaged_files_are_refused_or_heard_as_far_as_they_go(container: str) -> None:
    whole = packed(spoken(STORY), container)
    dice = np.random.default_rng(2)
    for _ in range(12):
        damaged = bytearray(whole)
        for place in dice.integers(0, len(whole), 400):
            damaged[place] = dice.integers(0, 256)
        for data in (bytes(damaged), whole[: dice.integers(20, len(whole))]):
            with suppress(BadRequest):
                assert len(recording.decode(data)) < 2 * len(spoken(STORY))


def test_half_an_m4a_has_no_index() -> None:
    whole = packed(spoken(SENTENCE), "ipod")
    with pytest.raises(BadRequest, match="damaged"):
        recording.decode(whole[: len(whole) // 2])


def test_a_message_that_is_too_long_is_refused_before_it_is_unfolded() -> None:
    minutes = np.tile(noise(1), 120)
    with pytest.raises(BadRequest, match="longer than 60 seconds"):
        recording.decode(packed(minutes, "wav"))
    just = np.tile(noise(1), 60)
    assert len(recording.decode(packed(just, "wav"))) == pytest.approx(60 * RATE, abs=0.1 * RATE)
    with pytest.raises(BadRequest, match="too large"):
        recording.decode(b"OggS" + bytes(recording.MAXIMUM_BYTES))


@pytest.mark.parametrize(
    ("segment", "kept"),
    [
        (Segment("Have you seen my umbrella?", 0, 2, -0.3, 0.02), True),
        (Segment("Thank you.", 0, 0.7, -0.6, 0.05), True),
        (Segment("Thank you.", 0, 0.7, -0.6, 0.7), False),
        (Segment("Thank you for watching!", 0, 3, -0.4, 0.3), False),
        (Segment("Subtitles by the community", 0, 3, -0.2, 0.3), False),
        (Segment("You", 0, 3, -0.5, 0.5), False),
        (Segment("I will see them all next time", 0, 3, -0.8, 0.05), False),
        (Segment("la " * 70, 0, 2, -0.1, 0.05), False),
        (Segment(" ... ", 0, 2, -0.1, 0.05), False),
    ],
)
def test_inventions_are_told_from_words(segment: Segment, kept: bool) -> None:
    if kept:
        assert judged([segment], "en", 3.0).text == segment.text
    else:
        with pytest.raises(Inaudible):
            judged([segment], "en", 3.0)


def test_what_is_sure_is_kept_beside_what_is_not() -> None:
    heard = judged(
        [Segment(" Hello there. ", 0, 1, -0.2, 0.0), Segment("Thanks for the footage, my friend.", 5, 7, -1.2, 0.1)],
        "en",
        7.0,
    )
    assert heard.text == "Hello there."
    assert heard.confidence == pytest.approx(np.exp(-0.2))
