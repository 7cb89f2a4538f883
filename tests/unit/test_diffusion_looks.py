"""Looks as rows, whether their files are there, and which of them suits whom: all of it without torch."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.embedding import Embedder
from pipeline.errors import BadRequest, EngineUnavailable, MissingAsset, Unreachable
from pipeline.portrait.diffusion import choosing, files
from pipeline.portrait.diffusion.guidance import Falloff, Guidance, Mode, blended
from pipeline.portrait.diffusion.looks import Look, looks, shipped
from pipeline.portrait.diffusion.prompt import CLIP_WORDS, appearance, prompt, refuse
from tests.unit.looks import look, models, row, safetensors
from tests.unit.test_portrait import persona


def test_shipped_looks_are_of_every_family_and_pinned() -> None:
    assert {row.family for row in shipped()} == {"sd15", "sdxl", "z-image", "flux2-klein"}
    for one in shipped():
        for source in one.sources:
            assert source.id is not None
            assert len(source.revision) == 40, f"{one.id}: {source.name} is not pinned to a commit"
        assert "closed" in one.prompt, one.id
        assert one.controlnet is None or one.controlnet.what == ("landmarks" if one.family == "sd15" else "lines")
        if one.family in ("sd15", "sdxl"):  # CLIP cuts off what comes after 77 tokens
            assert len(one.prompt.split()) + CLIP_WORDS <= 60
            assert "open mouth" in one.negative


@pytest.mark.parametrize(
    "changes",
    [
        {"steps": 0},
        {"unknown": 1},
        {"prompt": "no slot"},
        {"prompt": "{appearance} and {appearance}"},
        {"family": "sd9"},
        {"size": 500},
        {"checkpoint": {"id": "owner/name", "folder": "here"}},
        {"checkpoint": {}},
        {"checkpoint": {"id": "../../etc"}},
        {"loras": [{"id": "owner/name", "file": "lora.bin"}]},
        {"controlnet": {"id": "owner/name", "file": "net.safetensors", "what": "lines"}},
        {"guidance": {"strength": 1.5}},
        {"guidance": {"mode": "wishes"}},
    ],
)
def test_rows_that_cannot_be_meant_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Look.model_validate(row(Path("models")) | changes)


def test_an_operators_file_adds_and_replaces(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(_toml(id="mine", folder="models/mine") + _toml(id="anime", folder="other"))
    found = {one.id: one for one in looks(tmp_path / "mine.toml")}
    assert [one.id for one in shipped()] == list(found)[:-1]
    assert found["mine"].checkpoint.folder == tmp_path / "models/mine"
    assert found["anime"].checkpoint.folder == tmp_path / "other"


@pytest.mark.parametrize(
    ("text", "said"), [("[[look]\n", "no TOML"), ("[[look]]\nid = 'x'\n", "look 1"), (None, "cannot be read")]
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(EngineUnavailable, match=said):
        looks(tmp_path / "mine.toml")


def test_a_look_is_complete_or_says_what_is_missing(tmp_path: Path) -> None:
    one = look(models(tmp_path))
    assert files.check(one, tmp_path) == []
    (tmp_path / "checkpoint/unet/diffusion_pytorch_model.safetensors").unlink()
    (tmp_path / "controlnet/config.json").unlink()
    first, second = files.check(one, tmp_path)
    assert "unet" in first
    assert "controlnet" in second


def test_without_its_checker_it_is_complete_only_for_who_wants_none(tmp_path: Path) -> None:
    one = look(models(tmp_path))
    (tmp_path / "checkpoint/safety_checker/model.safetensors").unlink()
    assert files.check(one, tmp_path, safety=False) == []
    assert "safety_checker" in files.check(one, tmp_path)[0]


def test_a_pickle_is_refused(tmp_path: Path) -> None:
    one = look(models(tmp_path))
    weights = tmp_path / "checkpoint/unet/diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    (problem,) = files.check(one, tmp_path)
    assert "pickle" in problem


@pytest.mark.parametrize("damage", ["cut", "longer", "empty", "words"])
def test_damaged_weights_are_found_out(tmp_path: Path, damage: str) -> None:
    one = look(models(tmp_path))
    weights = tmp_path / "checkpoint/vae/diffusion_pytorch_model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes({"cut": whole[:-3], "longer": whole + b"x", "empty": b"", "words": b"words" * 40}[damage])
    (problem,) = files.check(one, tmp_path)
    assert "damaged" in problem


def test_weights_in_pieces_need_all_of_them(tmp_path: Path) -> None:
    one = look(models(tmp_path))
    folder = tmp_path / "checkpoint/unet"
    (folder / "diffusion_pytorch_model.safetensors").unlink()
    pieces = [safetensors(folder / f"diffusion_pytorch_model-{number}-of-2.safetensors") for number in (1, 2)]
    index = {"weight_map": {f"weight{number}": piece.name for number, piece in enumerate(pieces)}}
    (folder / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))
    assert files.check(one, tmp_path) == []
    pieces[1].unlink()
    assert "2-of-2" in files.check(one, tmp_path)[0]


def test_nothing_is_fetched_to_find_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub
    from huggingface_hub import constants

    def refused(*args: object, **kwargs: object) -> None:
        raise AssertionError("asked the hub")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", refused)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", refused)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    for one in shipped():
        problems = files.check(one, tmp_path)
        assert one.checkpoint.name in problems[0]


def test_a_hub_that_cannot_be_reached_and_one_that_does_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import httpx2
    import huggingface_hub
    from huggingface_hub.errors import RevisionNotFoundError

    def answers(error: Exception) -> None:
        def snapshot(*args: object, **kwargs: object) -> None:
            raise error

        monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)

    one = look(tmp_path, checkpoint={"id": "owner/name", "revision": "v9"}, controlnet=None)
    answers(httpx2.ConnectError("refused"))
    with pytest.raises(Unreachable, match="owner/name"):
        files.check(one, tmp_path, download=True)
    answers(RevisionNotFoundError("404", response=httpx2.Response(404, request=httpx2.Request("GET", "https://hub"))))
    with pytest.raises(MissingAsset, match="'v9'"):
        files.check(one, tmp_path, download=True)


def test_steps_after_a_template() -> None:
    assert [Guidance(mode=Mode.PIXEL, strength=s).steps(25) for s in (1.0, 0.96, 0.72, 0.03, 0.0)] == [25, 24, 18, 0, 0]
    assert Guidance(mode=Mode.PIXEL, strength=0.29).steps(100) == 29  # 0.29 x 100 is 28.999...
    assert Guidance(mode=Mode.LANDMARK, strength=0.1).steps(25) == 25


def test_weights_fall_and_end() -> None:
    def of(falloff: Falloff, until: float = 0.5) -> tuple[float, ...]:
        return Guidance(mode=Mode.LANDMARK, weight=0.8, until=until, falloff=falloff).weights(8)

    assert of(Falloff.CONSTANT) == (0.8,) * 4 + (0.0,) * 4
    assert of(Falloff.LINEAR) == pytest.approx((0.8, 0.6, 0.4, 0.2, 0, 0, 0, 0))
    assert of(Falloff.COSINE) == pytest.approx([0.4 * (1 + math.cos(math.pi * i / 4)) for i in range(4)] + [0] * 4)
    assert of(Falloff.CONSTANT, 0.0) == (0.0,) * 8
    assert of(Falloff.CONSTANT, 1.0) == (0.8,) * 8
    assert Guidance(mode=Mode.PIXEL).weights(3) == (0.0, 0.0, 0.0)


def test_the_straight_line_from_noise_to_picture() -> None:
    import numpy as np

    clean, noise = np.array([1.0, 2.0]), np.array([-1.0, 4.0])
    np.testing.assert_allclose(blended(clean, noise, 0.0), clean)
    np.testing.assert_allclose(blended(clean, noise, 1.0), noise)
    np.testing.assert_allclose(blended(clean, noise, 0.25), [0.5, 2.5])


@pytest.mark.parametrize(
    ("wanted", "possible", "got"),
    [
        (Mode.BOTH, set(Mode), Mode.BOTH),
        (Mode.BOTH, {Mode.NONE, Mode.PIXEL}, Mode.PIXEL),
        (Mode.LANDMARK, {Mode.NONE, Mode.PIXEL}, Mode.PIXEL),
        (Mode.BOTH, {Mode.NONE}, Mode.NONE),
        (Mode.NONE, set(Mode), Mode.NONE),
    ],
)
def test_the_nearest_mode_that_a_family_can_do(wanted: Mode, possible: set[Mode], got: Mode) -> None:
    assert wanted.within(frozenset(possible)) is got


def test_words_are_put_in_as_they_are(tmp_path: Path) -> None:
    odd = persona("apple").model_copy(update={"appearance": "an apple {appearance} %s {0} \\1 $x"})
    assert "an apple {appearance} %s {0} \\1 $x" in prompt(look(tmp_path), odd)


def test_the_thing_is_named_and_long_words_are_cut(tmp_path: Path) -> None:
    vague = persona("teapot").model_copy(update={"appearance": "round and shiny, " * 40, "traits": ("tired",)})
    words = appearance(look(tmp_path), vague).split()
    assert words[:2] == ["tired", "teapot,"]
    assert len(words) == CLIP_WORDS


@pytest.mark.parametrize(
    "concept", ["a sexy vampire", "a nude teen", "Taylor Swift", "a deepfake of my boss", "Beyoncé Knowles"]
)
def test_what_is_not_painted(concept: str) -> None:
    with pytest.raises(BadRequest):
        refuse(persona("thing").model_copy(update={"concept": concept}))


@pytest.mark.parametrize(
    "concept", ["an angry apple", "a swift named Taylor", "a naked mole rat", "the president of the bees"]
)
def test_what_is_painted(concept: str) -> None:
    refuse(persona("thing").model_copy(update={"concept": concept}))


@pytest.mark.parametrize(
    ("words", "id_"),
    [
        ("anime", "anime"), ("Manga", "anime"), ("like an oil painting", "painted"), ("comic", "cartoon"),
        ("3d", "animated"), ("watercolour", "picturebook"), ("photo", "lifelike"), ("a wool puppet", "sculpted"),
    ],
)  # fmt: skip
def test_words_mean_looks(words: str, id_: str) -> None:
    found, why = choosing.wished(shipped(), (), words, Embedder())
    assert found.id == id_
    assert why


@pytest.mark.parametrize("words", ["no-such-style", "xyzzy", "make it better", "banana"])
def test_words_that_mean_no_look(words: str) -> None:
    with pytest.raises(BadRequest, match="cartoon, animated"):
        choosing.wished(shipped(), (), words, Embedder())


def test_a_look_suits_what_it_is_to_show() -> None:
    knight = persona("knight").model_copy(update={"appearance": "a noble old knight in a dark painting by a master"})
    found, why = choosing.choose(shipped(), knight, 3, Embedder())
    assert found.id == "painted"
    assert "of 1" in why
    assert choosing.choose(shipped(), knight, 3, Embedder())[0] == found


def _toml(id: str, folder: str) -> str:
    return f"""
[[look]]
id = "{id}"
description = "a look that an operator added to ours"
family = "sd15"
checkpoint = {{ folder = "{folder}" }}
steps = 8
cfg = 5.0
size = 512
prompt = "{{appearance}}"
licence = "CC0-1.0"
source = "https://example.org"
vram = 4.0
"""
