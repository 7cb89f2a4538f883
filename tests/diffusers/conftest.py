"""Tiny models, built once, and looks made of them. Nothing here reaches for the hub: HF_HUB_OFFLINE is set."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"  # read when huggingface_hub is imported

from pipeline.portrait.diffusion.looks import Look


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.diffusers)
            # Warnings of torch and its kin are theirs to mend.
            item.add_marker(pytest.mark.filterwarnings("ignore:::(torch|diffusers|transformers|accelerate|peft)"))


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of tiny models: sd15, sdxl, z-image, klein, lora, controlnet-sd15, -sdxl, -z-image."""
    torch = pytest.importorskip("torch", reason="make test-diffusers installs torch")
    from tests.diffusers import tiny

    torch.set_num_threads(1)
    home = tmp_path_factory.mktemp("models")
    tiny.build(home)
    return home


def a_look(models: Path, family: str = "sd15", **changes: Any) -> Look:
    """A look of tiny models: 64 pixels, 4 steps."""
    row: dict[str, Any] = {
        "id": f"tiny-{family}",
        "description": "noise from a tiny model that was made on the spot",
        "family": family,
        "checkpoint": {"folder": models / ("klein" if family == "flux2-klein" else family)},
        "steps": 4,
        "cfg": 2.0,
        "size": 64,
        "prompt": "a portrait of {appearance}, closed mouth",
        "licence": "Apache-2.0",
        "source": "https://example.org/tiny",
        "vram": 1.0,
    }
    if family != "flux2-klein":
        row["controlnet"] = {"folder": models / f"controlnet-{family}", "what": "landmarks"}
    if family != "sd15":
        row["safety"] = {"folder": models / "sd15"}
    return Look.model_validate(row | changes)
