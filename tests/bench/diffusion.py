"""How quick Stable Diffusion 1.5 is on this device, beside what its arithmetic would allow:
``python -m tests.bench.diffusion [--steps 25,8,4] [--batches 1,8] [--side 512] [--rounds 3]
[--device auto] [--json]``.

The networks have their full size and random weights, which cost the same time as trained ones; they are saved, loaded
and called as those of a look. The bound is the count of floating-point operations of a picture (convolutions, matrix
products and attention, by torch's own counter) over the speed of a large matrix product on the same device. Needs
``make test-diffusers``, 2.5 GB of disk, and 5 GB of memory; a processor takes a minute for a step, so there the
defaults are one picture of two steps.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
import transformers
from rich.console import Console
from rich.table import Table
from torch.utils.flop_counter import FlopCounterMode

from pipeline.portrait.diffusion.families import load
from pipeline.portrait.diffusion.guidance import Falloff, Guidance, Mode
from pipeline.portrait.diffusion.jobs import Job
from pipeline.portrait.diffusion.looks import Look
from pipeline.portrait.diffusion.painting import Device, Painting
from tests.diffusers.tiny import clip_tokenizer

SIDE = 512
PRODUCT = {"cpu": 1024}
"""Rows of the matrices whose product shows how fast a device can be; elsewhere 8192."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement. ``bound``: pictures a second if nothing but the arithmetic took time."""

    steps: int
    batch: int
    controlnet: bool
    seconds: float
    pictures: float
    bound: float

    @property
    def share(self) -> float:
        """Of the bound that is reached."""
        return self.pictures / self.bound


def build(folder: Path, dtype: torch.dtype) -> None:
    """Stable Diffusion 1.5 and a ControlNet for it in full size, random, below ``folder``."""
    torch.manual_seed(0)
    text = transformers.CLIPTextConfig(
        vocab_size=49408, hidden_size=768, intermediate_size=3072, num_attention_heads=12, num_hidden_layers=12,
        projection_dim=768, bos_token_id=0, eos_token_id=1, pad_token_id=1,
    )  # fmt: skip
    unet = diffusers.UNet2DConditionModel(sample_size=SIDE // 8, cross_attention_dim=768)
    vae = diffusers.AutoencoderKL(
        block_out_channels=(128, 256, 512, 512), layers_per_block=2, sample_size=SIDE,
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
    )  # fmt: skip
    for last in (unet.conv_out, vae.decoder.conv_out):  # untrained networks would run away into no numbers
        torch.nn.init.zeros_(last.weight)
    diffusers.StableDiffusionPipeline(
        vae=vae,
        text_encoder=transformers.CLIPTextModel(text),
        tokenizer=clip_tokenizer(),
        unet=unet,
        scheduler=diffusers.DDIMScheduler(beta_schedule="scaled_linear", clip_sample=False, steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
    ).to(dtype=dtype).save_pretrained(folder / "sd15")
    diffusers.ControlNetModel.from_unet(unet).to(dtype).save_pretrained(folder / "controlnet")


def look(folder: Path, steps: int, side: int = SIDE) -> Look:
    """The look of the models that were built, as an operator would write it."""
    return Look.model_validate({
        "id": "random", "description": "noise from networks of full size", "family": "sd15",
        "checkpoint": {"folder": folder / "sd15"}, "controlnet": {"folder": folder / "controlnet", "what": "landmarks"},
        "scheduler": "ddim", "steps": steps, "cfg": 7.5, "size": side, "prompt": "{appearance}",
        "licence": "MIT", "source": "https://example.org/random", "vram": 5.0,
    })  # fmt: skip


def measure(
    folder: Path, device: Device, steps: list[int], batches: list[int], rounds: int, side: int = SIDE
) -> Iterator[Row]:
    """A row for every number of steps and size of batch, without and with the ControlNet in every step."""
    painting = load(look(folder, steps[0], side), folder, device, safety=False)
    fastest = operations_a_second(device, painting.look)
    for count in steps:
        painting.look = painting.look.model_copy(update={"steps": count})
        for followed in (False, True):
            guidance = Guidance(
                mode=Mode.LANDMARK if followed else Mode.NONE, weight=0.5, until=1.0, falloff=Falloff.CONSTANT
            )
            needed = operations(painting, guidance)
            for batch in batches:
                seconds = _median(lambda b=batch, g=guidance: painting.paint(_jobs(b, side), g), rounds)  # type: ignore[misc]
                yield Row(count, batch, followed, seconds, batch / seconds, fastest / needed)


def operations(painting: Painting, guidance: Guidance) -> int:
    """Floating-point operations of one picture, a multiplication and an addition counted as two."""
    with FlopCounterMode(display=False) as counter:
        painting.paint(_jobs(1, painting.look.size), guidance)
    return int(counter.get_total_flops())


def operations_a_second(device: Device, shown: Look) -> float:
    """What a product of large matrices reaches in the precision of a look: floating-point operations a second."""
    side = PRODUCT.get(device.name, 8192)
    left, right = (torch.randn(side, side, dtype=device.precision(shown), device=device.name) for _ in range(2))

    def product() -> None:
        torch.mm(left, right)
        _wait(device)

    return 2 * side**3 / _median(product, 9)


def _jobs(count: int, side: int) -> list[Job]:
    dots = np.zeros((side, side, 3), np.uint8)
    return [replace(Job("an angry apple", 1, control=dots), seed=seed) for seed in range(count)]


def _median(work: Callable[[], Any], rounds: int) -> float:
    """Seconds; the first time does not count."""
    times = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])


def _wait(device: Device) -> None:
    if device.name.startswith("cuda"):
        torch.cuda.synchronize()
    elif device.name == "mps":
        torch.mps.synchronize()


def table(rows: list[Row]) -> Table:
    """For the terminal."""
    shown = Table(box=None, padding=(0, 2), header_style="dim")
    for title in ("steps", "batch", "ControlNet", "seconds", "pictures/s", "bound", "reached"):
        shown.add_column(title, justify="right")
    for row in rows:
        shown.add_row(
            str(row.steps), str(row.batch), "yes" if row.controlnet else "no", f"{row.seconds:.2f}",
            f"{row.pictures:.3g}", f"{row.bound:.3g}", f"{row.share:.0%}",
        )  # fmt: skip
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", help="with commas")
    parser.add_argument("--batches", help="with commas")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--side", type=int, default=SIDE, help="of the pictures, in pixels")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    device = Device.best(asked.device)
    slow = device.name == "cpu"
    steps = [int(part) for part in (asked.steps or ("2" if slow else "25,8,4")).split(",")]
    batches = [int(part) for part in (asked.batches or ("1" if slow else "1,8")).split(",")]
    with tempfile.TemporaryDirectory() as scratch:
        build(Path(scratch), torch.float32 if slow else torch.float16)
        rows = list(measure(Path(scratch), device, steps, batches, asked.rounds or (1 if slow else 3), asked.side))
    if asked.json:
        print(json.dumps([asdict(row) | {"share": row.share} for row in rows], indent=2))
    else:
        Console().print(table(rows))


if __name__ == "__main__":
    main()
