"""The families of models that paint: how the pipelines of each are called. The arithmetic stands in `guidance`;
diffusers' own pipelines do the rest, chosen by what leads to the face:

    family        none            pixel                 landmark        both
    sd15, sdxl    text to image   image to image        ControlNet      ControlNet, image to image
    z-image       text to image   begins from (2)       ControlNet      ControlNet, begins from (2)
    flux2-klein   text to image   edit of the picture   -               -
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import diffusers
import numpy as np
import torch
from diffusers.pipelines.z_image.pipeline_z_image import calculate_shift

from pipeline.portrait.diffusion import files
from pipeline.portrait.diffusion.guidance import Guidance, Mode, blended
from pipeline.portrait.diffusion.jobs import Job
from pipeline.portrait.diffusion.looks import ControlNet, Look
from pipeline.portrait.diffusion.painting import Device, Painting, Pictures

CONFIGS = Path(__file__).with_name("configs")


def load(look: Look, home: Path, device: Device, *, safety: bool = True, compiled: bool = False) -> Painting:
    """A look, ready to paint. Raises as ``Painting``."""
    return _FAMILIES[look.family](look, home, device, safety=safety, compiled=compiled)


class _StableDiffusion(Painting):
    """Stable Diffusion 1.5 (Rombach et al. 2022, arXiv:2112.10752) and XL (Podell et al. 2023, arXiv:2307.01952)."""

    _KINDS: ClassVar[dict[str, dict[Mode, Any]]] = {
        "sd15": {
            Mode.NONE: diffusers.StableDiffusionPipeline,
            Mode.PIXEL: diffusers.StableDiffusionImg2ImgPipeline,
            Mode.LANDMARK: diffusers.StableDiffusionControlNetPipeline,
            Mode.BOTH: diffusers.StableDiffusionControlNetImg2ImgPipeline,
        },
        "sdxl": {
            Mode.NONE: diffusers.StableDiffusionXLPipeline,
            Mode.PIXEL: diffusers.StableDiffusionXLImg2ImgPipeline,
            Mode.LANDMARK: diffusers.StableDiffusionXLControlNetPipeline,
            Mode.BOTH: diffusers.StableDiffusionXLControlNetImg2ImgPipeline,
        },
    }

    def _build(self, mode: Mode) -> Any:
        kind = self._KINDS[self.look.family][mode]
        # The checker looks at what comes out, once for all families.
        extra = {"controlnet": self._controlnet, "requires_safety_checker": False, "add_watermarker": False}
        known = inspect.signature(kind.__init__).parameters
        return kind(**{name: part for name, part in (self._base.components | extra).items() if name in known})

    def _call(self, pipe: Any, jobs: Sequence[Job], guidance: Guidance, after_step: Callable[..., Any]) -> Pictures:
        asked = self._common(jobs, after_step) | {"negative_prompt": [job.negative for job in jobs]}
        mode, side = guidance.mode, self.look.size
        controls = self._images([job.control for job in jobs]) if mode.landmarks else []
        if mode.pixels:
            # Half a step more than is meant, as they round down.
            share = min(1.0, (self.steps(guidance) + 0.5) / self.look.steps)
            asked |= {"image": self._images([job.face for job in jobs]), "strength": share}
            asked |= {"control_image": controls, "controlnet_conditioning_scale": 1.0} if controls else {}
        else:
            asked |= {"height": side, "width": side}
            asked |= {"image": controls, "controlnet_conditioning_scale": 1.0} if controls else {}
        pictures: Pictures = pipe(**asked).images
        return pictures


class _ZImage(Painting):
    """Z-Image-Turbo, a transformer that was trained by flow matching and distilled to eight steps."""

    def _load_controlnet(self, part: ControlNet, home: Path) -> Any:
        path, kind = files.controlnet(part, home), diffusers.ZImageControlNetModel
        if part.config is not None:  # a single file, which does not say how its network is built
            return kind.from_single_file(str(path), config=str(CONFIGS / part.config), dtype=self._dtype)
        return kind.from_pretrained(path, dtype=self._dtype, use_safetensors=True, local_files_only=True)

    def _build(self, mode: Mode) -> Any:
        if mode.landmarks:
            return diffusers.ZImageControlNetPipeline(**self._base.components, controlnet=self._controlnet)
        return diffusers.ZImagePipeline(**self._base.components)

    def _call(self, pipe: Any, jobs: Sequence[Job], guidance: Guidance, after_step: Callable[..., Any]) -> Pictures:
        side = self.look.size
        asked = self._common(jobs, after_step) | {"height": side, "width": side}
        if self.look.cfg > 0:
            asked["negative_prompt"] = [job.negative for job in jobs]
        if guidance.mode.landmarks:
            controls = self._images([job.control for job in jobs])
            asked |= {"control_image": controls, "controlnet_conditioning_scale": 1.0}
        if guidance.mode.pixels:
            asked |= self._begun(pipe, jobs, self.steps(guidance), asked["generator"])
        pictures: Pictures = pipe(**asked).images
        return pictures

    def _begun(self, pipe: Any, jobs: Sequence[Job], steps: int, noise: list[torch.Generator]) -> dict[str, Any]:
        """Latents at the noise from which the last ``steps`` of all steps go on, by equation (2) of `guidance`."""
        sigmas = np.linspace(1.0, 1 / self.look.steps, self.look.steps)[-steps:].tolist()
        clean = self._encoded(pipe, jobs)
        length = clean.shape[-2] * clean.shape[-1] // 4  # in patches of 2 x 2
        pipe.scheduler.set_timesteps(sigmas=sigmas, mu=calculate_shift(length))
        sigma = float(pipe.scheduler.sigmas[0])  # moved by the scheduler's shift
        drawn = [torch.randn(clean.shape[1:], generator=generator) for generator in noise]
        latents = blended(clean, torch.stack(drawn).to(clean.device), sigma)
        return {"latents": latents, "sigmas": sigmas, "num_inference_steps": steps}

    def _encoded(self, pipe: Any, jobs: Sequence[Job]) -> torch.Tensor:
        """E(face) of every job, float32."""
        faces = pipe.image_processor.preprocess(self._images([job.face for job in jobs]))
        vae = pipe.vae
        device = pipe._execution_device  # where it computes; its networks may lie elsewhere
        latents = vae.encode(faces.to(device, vae.dtype)).latent_dist.mode()
        return ((latents - vae.config.shift_factor) * vae.config.scaling_factor).float()


class _Klein(Painting):
    """FLUX.2 klein, which paints a picture anew as the words say: pixel guidance is an edit of the job's face."""

    one_by_one = True

    def _build(self, mode: Mode) -> Any:
        distilled = self._base.config.is_distilled
        return diffusers.Flux2KleinPipeline(**self._base.components, is_distilled=distilled)

    def _call(self, pipe: Any, jobs: Sequence[Job], guidance: Guidance, after_step: Callable[..., Any]) -> Pictures:
        painted = []
        for job in jobs:  # pictures of a batch would all be shown to each of its prompts
            asked = self._common([job], after_step) | {"height": self.look.size, "width": self.look.size}
            if guidance.mode.pixels:
                asked["image"] = self._images([job.face])
            painted.append(pipe(**asked).images[0])
        return np.stack(painted)


_FAMILIES: dict[str, type[Painting]] = {
    "sd15": _StableDiffusion, "sdxl": _StableDiffusion, "z-image": _ZImage, "flux2-klein": _Klein,
}  # fmt: skip
