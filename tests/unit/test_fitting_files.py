"""Files made small enough for a chat, whichever of them is too large."""

from __future__ import annotations

import pytest

from bot.fitting import fitted
from bot.messages import File, Refused

PORTRAIT = File("image/png", "portrait.png", bytes(300))
CLIP = File("video/mp4", "clip.mp4", bytes(900))
VOICE = File("audio/ogg", "voice.ogg", bytes(200))


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Encoders that keep to their limit, but for one that is too small; the limits they were given."""
    limits: list[int] = []

    def fit(mp4: bytes, limit: int) -> bytes | None:
        limits.append(limit)
        return mp4[:limit] if limit >= 100 else None

    monkeypatch.setattr("pipeline.clips.fitting.fit", fit)
    monkeypatch.setattr("pipeline.clips.fitting.fit_picture", lambda png, limit: ("image/jpeg", png[:limit]))
    return limits


async def test_what_fits_stays_as_it_is(made: list[int]) -> None:
    assert await fitted([PORTRAIT, CLIP], 1000, 1200) == (PORTRAIT, CLIP)
    assert not made


async def test_the_largest_gets_what_the_others_leave(made: list[int]) -> None:
    portrait, clip = await fitted([PORTRAIT, CLIP], 1000, 1000)
    assert (portrait, len(clip.data), made) == (PORTRAIT, 700, [700])


async def test_each_file_has_a_limit_of_its_own() -> None:
    portrait, clip = await fitted([PORTRAIT, CLIP], 250, 1000)
    assert (portrait.name, portrait.mime, len(portrait.data)) == ("portrait.jpg", "image/jpeg", 250)
    assert (clip.name, len(clip.data)) == ("clip.mp4", 250)


@pytest.mark.parametrize("files", [[PORTRAIT, CLIP], [VOICE]])
async def test_what_cannot_be_made_so_small_is_refused(files: list[File]) -> None:
    with pytest.raises(Refused, match="bytes"):
        await fitted(files, 90, 90)
