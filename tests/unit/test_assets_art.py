"""Art in Iconify's format becomes complete SVG files under the right names."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import resvg_py
from PIL import Image

from pipeline import assets, iconify

# A red square in the upper left quarter of a 4 x 2 box.
CORNER = {"body": '<path fill="#f00" d="M0 0h1v1H0z"/>', "width": 4, "height": 2}


def _drawn(svg: str) -> npt.NDArray[np.uint8]:
    """RGBA pixels, 10 per unit."""
    return np.asarray(Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=10)))).convert("RGBA"))


def _red_corner(svg: str) -> str:
    """Where the red square lies: "top left" ..."""
    rows, columns = np.nonzero(_drawn(svg)[..., 3] > 128)
    height, width = _drawn(svg).shape[:2]
    return f"{'top' if rows.mean() < height / 2 else 'bottom'} {'left' if columns.mean() < width / 2 else 'right'}"


@pytest.mark.parametrize(
    ("change", "corner", "shape"),
    [
        ({}, "top left", (20, 40)),
        ({"hFlip": True}, "top right", (20, 40)),
        ({"vFlip": True}, "bottom left", (20, 40)),
        ({"rotate": 1}, "top right", (40, 20)),
        ({"rotate": 2}, "bottom right", (20, 40)),
        ({"rotate": 3}, "bottom left", (40, 20)),
    ],
)
def test_flips_and_turns_are_carried_out(change: dict[str, Any], corner: str, shape: tuple[int, int]) -> None:
    svg = iconify.svg(CORNER | change, {})
    assert _drawn(svg).shape[:2] == shape
    assert _red_corner(svg) == corner


def _set(folder: Path, **data: Any) -> None:
    data = {"prefix": "small", "width": 4, "height": 2} | data
    (folder / "icons.json").write_text(json.dumps(data))
    (folder / "chars.json").write_text(json.dumps({"1f34e": "apple"}))
    (folder / "metadata.json").write_text(json.dumps({"categories": {"Food": ["apple"]}}))


def test_repack_keeps_names_codes_categories_and_aliases(tmp_path: Path) -> None:
    body = {"body": CORNER["body"]}
    _set(
        tmp_path,
        icons={"apple": body, "wide": body | {"width": 8}, "old": body | {"hidden": True}},
        aliases={
            "pomme": {"parent": "apple"},
            "mela": {"parent": "pomme"},
            "elppa": {"parent": "apple", "hFlip": True},
            "twice": {"parent": "elppa", "hFlip": True},
            "stray": {"parent": "old"},
            "loop": {"parent": "pool"},
            "pool": {"parent": "loop"},
        },
    )
    iconify.repack(tmp_path)
    with zipfile.ZipFile(tmp_path / "art.zip") as art:
        assert sorted(art.namelist()) == ["apple.svg", "elppa.svg", "wide.svg"]
        assert _red_corner(art.read("elppa.svg").decode()) == "top right"
        assert 'viewBox="0 0 8 2"' in art.read("wide.svg").decode()
    names = json.loads((tmp_path / "names.json").read_text())
    assert names["apple"] == {"code": "1f34e", "category": "Food", "aliases": ["mela", "pomme", "twice"]}
    assert names["wide"] == {"code": None, "category": None, "aliases": []}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["art.zip", "names.json"]


def test_repack_gives_the_same_bytes_again(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        _set(tmp_path / name, icons={"apple": {"body": CORNER["body"]}})
        iconify.repack(tmp_path / name)
        made.append((tmp_path / name / "art.zip").read_bytes())
    assert made[0] == made[1]


@pytest.mark.parametrize(("pictures", "count"), [("fluent-emoji", 3126), ("noto", 3729)])
def test_the_real_sets_draw(assets_home: Path, pictures: str, count: int) -> None:
    folder = assets.locate(assets_home, pictures)
    names = json.loads((folder / "names.json").read_text("utf-8"))
    with zipfile.ZipFile(folder / "art.zip") as art:
        assert {f"{name}.svg" for name in names} == set(art.namelist())
        assert len(names) == count
        for thing in ("red-apple", "teapot", "deciduous-tree", "full-moon"):
            pixels = np.asarray(
                Image.open(
                    io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=art.read(f"{thing}.svg").decode(), width=64)))
                )
            )
            assert (pixels[..., 3] > 128).mean() > 0.25, thing
    if pictures == "noto":
        assert names["teapot"]["code"] == "1fad6"
        assert names["red-apple"]["category"] == "Food & Drink"
