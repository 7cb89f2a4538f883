"""What nobody should meet unasked, recognised in what was painted: one checker for every family of models."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from transformers import CLIPImageProcessor

from pipeline.portrait.diffusion import files
from pipeline.portrait.diffusion.looks import Look


class Checker:
    """The safety checker of Stable Diffusion: CLIP's view of a picture against concepts that nobody should meet unasked
    (Rando et al. 2022, arXiv:2210.04610, on what it knows)."""

    def __init__(self, look: Look, device: str, dtype: torch.dtype) -> None:
        folder = files.checker(look)
        self._device, self._dtype = device, dtype
        self._processor = CLIPImageProcessor.from_pretrained(folder / "feature_extractor", local_files_only=True)
        self._model = StableDiffusionSafetyChecker.from_pretrained(
            folder / "safety_checker",
            dtype=dtype,
            variant=look.checker.variant,
            use_safetensors=True,
            local_files_only=True,
        ).to(device)

    def __call__(self, pictures: npt.NDArray[np.float32]) -> list[bool]:
        """Which of (n, side, side, 3) float32, 0..1, are flagged."""
        seen = self._processor(list((pictures * 255).astype(np.uint8)), return_tensors="pt").pixel_values
        with torch.inference_mode():
            _, flags = self._model(clip_input=seen.to(self._device, self._dtype), images=pictures.copy())
        return [bool(flag) for flag in flags]
