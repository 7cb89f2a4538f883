"""Folders that look like models to whoever only counts files: no torch is needed to make or to check them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.portrait.diffusion.looks import Look


def safetensors(path: Path, tensors: int = 2) -> Path:
    """A whole file: length of the header, header, data."""
    header = {
        f"weight{number}": {"dtype": "F32", "shape": [2], "data_offsets": [8 * number, 8 * number + 8]}
        for number in range(tensors)
    }
    raw = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(raw).to_bytes(8, "little") + raw + bytes(8 * tensors))
    return path


def checkpoint(folder: Path) -> Path:
    """Stable Diffusion 1.5 as far as its file names go."""
    parts = {"unet": "diffusion_pytorch_model", "vae": "diffusion_pytorch_model", "text_encoder": "model"}
    for name, stem in (parts | {"safety_checker": "model"}).items():
        safetensors(folder / name / f"{stem}.safetensors")
        (folder / name / "config.json").write_text("{}")
    index: dict[str, Any] = {name: ["diffusers", "Network"] for name in (*parts, "safety_checker")}
    index |= {"_class_name": "StableDiffusionPipeline", "tokenizer": ["transformers", "CLIPTokenizer"]}
    (folder / "model_index.json").write_text(json.dumps(index))
    (folder / "feature_extractor").mkdir()
    (folder / "feature_extractor" / "preprocessor_config.json").write_text("{}")
    return folder


def look(folder: Path, **changes: Any) -> Look:
    """A look whose checkpoint and ControlNet lie in folders below ``folder``, once `checkpoint` made them."""
    return Look.model_validate(row(folder) | changes)


def row(folder: Path) -> dict[str, Any]:
    """The same as it stands in a file."""
    return {
        "id": "plain",
        "description": "a plain picture on a plain ground, nothing else",
        "family": "sd15",
        "checkpoint": {"folder": str(folder / "checkpoint")},
        "controlnet": {"folder": str(folder / "controlnet"), "what": "landmarks"},
        "steps": 4,
        "cfg": 5.0,
        "size": 512,
        "prompt": "a portrait of {appearance}, closed mouth",
        "negative": "open mouth",
        "licence": "Apache-2.0",
        "source": "https://example.org/plain",
        "vram": 4.0,
    }


def models(folder: Path) -> Path:
    """All files of `look`."""
    checkpoint(folder / "checkpoint")
    safetensors(folder / "controlnet" / "diffusion_pytorch_model.safetensors")
    (folder / "controlnet" / "config.json").write_text("{}")
    return folder
