"""Pictures that people send are made small and harmless, or refused in a sentence."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from bot.attachments import picture, read_picture
from pipeline.errors import BadRequest


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_any_picture_becomes_a_small_jpeg(form: str) -> None:
    found = picture(encoded(Image.new("RGB", (2400, 1200), "red"), form))
    assert found.mime == "image/jpeg"
    with Image.open(io.BytesIO(found.data)) as image:
        assert (image.format, image.size) == ("JPEG", (1024, 512))
        red = image.getpixel((5, 5))
        assert isinstance(red, tuple)
        assert red[0] > 240
        assert red[1] < 15


def test_where_and_with_what_it_was_taken_is_dropped_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    exif[0x010F] = "A camera"
    found = picture(encoded(Image.new("RGB", (40, 20)), "JPEG", exif=exif))
    with Image.open(io.BytesIO(found.data)) as image:
        assert image.size == (20, 40)
        assert not dict(image.getexif())


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b"<svg xmlns=''/>"])
def test_what_is_no_picture_is_refused_in_a_sentence(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="not a picture"):
        picture(data)
    (tmp_path / "cat.png").write_bytes(data)
    with pytest.raises(BadRequest):
        read_picture(tmp_path / "cat.png")


def test_a_bomb_is_refused() -> None:
    with pytest.raises(BadRequest):
        picture(encoded(Image.new("1", (20_000, 20_000)), "PNG"))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"cat\.png"):
        read_picture(tmp_path / "cat.png")
