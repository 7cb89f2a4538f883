"""A look's networks in memory. `families` says how the pipelines of each family of models are called.

Everything is loaded from this machine (`files` brings it here) and from safetensors alone.
"""

from __future__ import annotations

import gc
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import cv2
import diffusers
import numpy as np
import numpy.typing as npt
import torch
import transformers
from PIL import Image

from pipeline.errors import EngineFailed, EngineUnavailable, Interrupted
from pipeline.portrait.diffusion import files
from pipeline.portrait.diffusion.guidance import Guidance, Mode
from pipeline.portrait.diffusion.jobs import OFFLOADS, Cancelled, DeviceLost, Job, Made, NoRoom, Offload, Step, Watch
from pipeline.portrait.diffusion.looks import ControlNet, Look
from pipeline.portrait.diffusion.safety import Checker
from pipeline.types import Picture

Pictures = npt.NDArray[np.float32]
"""(n, side, side, 3) float32, 0..1."""

SCHEDULERS: dict[str, tuple[type, dict[str, Any]]] = {
    "ddim": (diffusers.DDIMScheduler, {"timestep_spacing": "trailing"}),  # ends at pure noise, as few-step LoRAs want
    "dpm++": (diffusers.DPMSolverMultistepScheduler, {"algorithm_type": "dpmsolver++"}),
    "euler": (diffusers.EulerDiscreteScheduler, {"timestep_spacing": "trailing"}),
    "lcm": (diffusers.LCMScheduler, {}),
    "tcd": (diffusers.TCDScheduler, {}),
}
SPARE = 2.0
"""GiB of a device that are left to others."""

diffusers.utils.logging.set_verbosity_error()
diffusers.utils.logging.disable_progress_bar()
transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()


@dataclass(frozen=True, slots=True)
class Device:
    """Where networks run. ``name``: of torch: "cuda", "mps", "cpu"; ``free``: GiB for them, None where unknown;
    ``offload``: at least so much is kept outside."""

    name: str
    free: float | None = None
    offload: Offload = None

    @classmethod
    def best(cls, wished: str = "auto") -> Device:
        """The one wished for, or the best there is. Raises ``EngineUnavailable`` when it is not there."""
        there = {"cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available()), "cpu": 1}
        name = next(name for name, count in there.items() if count) if wished == "auto" else wished
        kind, _, index = name.partition(":")
        if int(index or 0) >= there.get(kind, 0):
            raise EngineUnavailable(f"torch sees no device {name!r} here.", remedy="DIFFUSERS_DEVICE=auto in .env")
        if kind != "cuda":
            return cls(name)
        gc.collect()
        torch.cuda.empty_cache()  # what a look that was let go of still holds
        return cls(name, torch.cuda.mem_get_info(name)[0] / 2**30 - SPARE)

    def precision(self, look: Look) -> torch.dtype:
        """Half precision where there is any; the transformers were trained in bfloat16 and overflow in float16."""
        if self.name == "cpu":
            return torch.float32
        return torch.float16 if look.family in ("sd15", "sdxl") else torch.bfloat16


class Painting:
    """A look, loaded. Not for two threads at once. Subclasses know one family's pipelines."""

    one_by_one: ClassVar[bool] = False
    """Whether the pictures of a batch are painted after each other."""

    def __init__(self, look: Look, home: Path, device: Device, *, safety: bool = True, compiled: bool = False) -> None:
        """Loads it: seconds from a warm disk. ``home``: the folder of assets.

        Raises ``EngineUnavailable`` for what is missing or damaged, ``NoRoom`` for what is too large for the device.
        """
        files.require(look, home, safety=safety)
        self.look, self._device, self._dtype = look, device, device.precision(look)
        try:
            self._base = self._load()
            self._controlnet = self._load_controlnet(look.controlnet, home) if look.controlnet else None
            self._checker = Checker(look, device.name, self._dtype) if safety else None
            self._pipelines: dict[Mode, Any] = {}
            self._place(compiled)
        except torch.OutOfMemoryError as error:
            raise NoRoom(f"The device has too little memory for the look {look.id!r}.") from error
        except torch.AcceleratorError as error:
            raise DeviceLost("The device failed while models were loaded.") from error
        except (OSError, ValueError, RuntimeError, KeyError) as error:  # what loaders raise for files that do not fit
            raise EngineUnavailable(f"The models of the look {look.id!r} cannot be loaded: {_brief(error)}") from error

    def paint(
        self,
        jobs: Sequence[Job],
        guidance: Guidance,
        watch: Watch = lambda step: None,
        cancelled: Cancelled = lambda: False,
    ) -> list[Made]:
        """One picture for each job, all at once. The same job gives the same picture on the same device.

        Raises ``Interrupted`` within a step of ``cancelled`` saying so, ``NoRoom`` when the memory of the device does
        not suffice, ``EngineFailed`` when the numbers run away, ``DeviceLost`` when it is gone.
        """
        guidance = self.look.able(guidance)
        steps = self.steps(guidance)
        if cancelled():
            raise Interrupted("The picture was called off.")
        if steps == 0:  # all of the template, nothing redone
            return [Made(_resized(_given(job.face), self.look.size)) for job in jobs]

        total = steps * (len(jobs) if self.one_by_one else 1)
        done = itertools.count(1)

        def after_step(pipe: object, index: int, time: object, tensors: dict[str, Any]) -> dict[str, Any]:
            watch(Step(min(next(done), total), total))  # PNDM takes one more than it was asked for
            if cancelled():
                raise Interrupted("The picture was called off.")
            return tensors

        try:
            pipe = self._pipeline(guidance.mode)
            with torch.inference_mode(), followed(self._controlnet, guidance.weights(steps)):
                pictures = np.asarray(self._call(pipe, jobs, guidance, after_step), np.float32)
            if not np.isfinite(pictures).all():
                raise EngineFailed("The picture ran away into numbers that are no colours.")
            flags = self._checker(pictures) if self._checker else [False] * len(jobs)
        except torch.OutOfMemoryError as error:
            raise NoRoom(f"The device has too little memory for the look {self.look.id!r}.") from error
        except torch.AcceleratorError as error:
            raise DeviceLost("The device failed while it painted.") from error
        finally:
            self._let_go()
        plain = (pictures * 255).round().clip(0, 255).astype(np.uint8)
        return [Made(picture, flagged) for picture, flagged in zip(plain, flags, strict=True)]

    def steps(self, guidance: Guidance) -> int:
        """How many steps a picture takes."""
        return self.look.steps if self.look.edits else self.look.able(guidance).steps(self.look.steps)

    def _load(self) -> Any:
        """The text-to-image pipeline, on the CPU, with scheduler and LoRAs."""
        folder = files.checkpoint(self.look)
        unused = {"safety_checker": None, "feature_extractor": None} if self.look.family == "sd15" else {}
        pipe = diffusers.DiffusionPipeline.from_pretrained(
            folder,
            dtype=self._dtype,
            variant=self.look.checkpoint.variant,
            use_safetensors=True,
            local_files_only=True,
            **unused,
        )
        if self.look.scheduler != "own":
            kind, changes = SCHEDULERS[self.look.scheduler]
            pipe.scheduler = kind.from_config(pipe.scheduler.config, **changes)  # type: ignore[attr-defined]
        for number, lora in enumerate(self.look.loras):
            path = files.single(lora, lora.file)
            pipe.load_lora_weights(path.parent, weight_name=path.name, adapter_name=str(number), local_files_only=True)
        if self.look.loras:
            names = [str(number) for number in range(len(self.look.loras))]
            pipe.set_adapters(names, [lora.weight for lora in self.look.loras])
            pipe.fuse_lora(adapter_names=names)  # added to the weights once, instead of at every step
            pipe.unload_lora_weights()
        return pipe

    def _load_controlnet(self, part: ControlNet, home: Path) -> Any:
        return diffusers.ControlNetModel.from_pretrained(
            files.controlnet(part, home),
            dtype=self._dtype,
            variant=part.variant,
            use_safetensors=True,
            local_files_only=True,
        )

    def _place(self, compiled: bool) -> None:
        """Onto the device: whole, or network by network while it is needed, or layer by layer."""
        free, needed = self._device.free, self.look.vram
        fits: Offload = None if free is None or free >= needed else "networks" if 2 * free >= needed else "layers"
        self.offload: Offload = max(fits, self._device.offload, key=OFFLOADS.index)
        denoiser = getattr(self._base, "unet", None) or self._base.transformer
        for network in (denoiser, self._base.vae, self._controlnet):
            if network is not None:
                network.to(memory_format=torch.channels_last)  # the order in which convolutions are quickest
        if self.offload is None:
            self._base.to(self._device.name)
            if self._controlnet is not None:
                self._controlnet.to(self._device.name)
        self._base.vae.enable_slicing()  # one picture of a batch at a time: decoding takes more memory than denoising
        if self.offload is not None or self._device.name == "mps":
            self._base.vae.enable_tiling()
            if hasattr(denoiser, "set_attention_slice"):
                denoiser.set_attention_slice("auto")
        if compiled:
            denoiser.compile()

    def _pipeline(self, mode: Mode) -> Any:
        """The pipeline of a mode; they share their networks."""
        if mode not in self._pipelines:
            self._pipelines[mode] = self._build(mode)
            self._pipelines[mode].set_progress_bar_config(disable=True)
        pipe = self._pipelines[mode]
        if self.offload == "networks":
            pipe.enable_model_cpu_offload(device=self._device.name)
        elif self.offload == "layers":
            pipe.enable_sequential_cpu_offload(device=self._device.name)
        return pipe

    def _let_go(self) -> None:
        """Leave no network on the device that lives elsewhere."""
        if self.offload:
            for pipe in self._pipelines.values():
                pipe.maybe_free_model_hooks()

    def _build(self, mode: Mode) -> Any:
        """The pipeline of a mode that the look can follow."""
        raise NotImplementedError

    def _call(self, pipe: Any, jobs: Sequence[Job], guidance: Guidance, after_step: Callable[..., Any]) -> Pictures:
        """What the pipeline gives."""
        raise NotImplementedError

    def _common(self, jobs: Sequence[Job], after_step: Callable[..., Any]) -> dict[str, Any]:
        """What every pipeline is told."""
        return {
            "prompt": [job.prompt for job in jobs],
            "num_inference_steps": self.look.steps,
            "guidance_scale": self.look.cfg,
            # On the CPU, whose numbers are the same everywhere.
            "generator": [torch.Generator("cpu").manual_seed(job.seed) for job in jobs],
            "output_type": "np",
            "callback_on_step_end": after_step,
        }

    def _images(self, pictures: Sequence[Picture | None]) -> list[Image.Image]:
        return [Image.fromarray(_resized(_given(picture), self.look.size)) for picture in pictures]


@contextmanager
def followed(controlnet: Any, weights: Sequence[float]) -> Iterator[None]:
    """The ControlNet counts with ``weights[i]`` at its i-th call, one a step; where that is 0 it is spared the work."""
    if controlnet is None:
        yield
        return
    forward, own = controlnet.forward, controlnet.__dict__.get("forward")
    step, last = iter(weights), None

    def weighted(*args: Any, **kwargs: Any) -> Any:
        nonlocal last
        weight = next(step, 0.0)
        if weight == 0 and last is not None:
            return _nothing(last)
        last = forward(*args, **kwargs | {"conditioning_scale": weight})
        return last

    controlnet.forward = weighted
    try:
        yield
    finally:
        if own is None:
            del controlnet.forward
        else:
            controlnet.forward = own


def _nothing(features: Any) -> Any:
    """Zeros in the form of what a ControlNet gave."""
    if isinstance(features, torch.Tensor):
        return torch.zeros_like(features)
    if isinstance(features, dict):
        return {name: _nothing(feature) for name, feature in features.items()}
    return type(features)(_nothing(feature) for feature in features)


def _given(picture: Picture | None) -> Picture:
    if picture is None:
        raise EngineFailed("The guidance needs a face that it was not given.")
    return picture


def _resized(picture: Picture, side: int) -> Picture:
    if picture.shape[0] == side:
        return picture
    way = cv2.INTER_AREA if picture.shape[0] > side else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (side, side), interpolation=way), np.uint8)


def _brief(error: Exception) -> str:
    """The first line of what a library says, without the places on this machine that it names."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return " ".join(word for word in lines[0].split() if "/" not in word)[:200]
