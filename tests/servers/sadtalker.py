"""inference.py of SadTalker, as far as its command line, its files and its words go. Written from what is read in
OpenTalker/SadTalker at 1119361 and 6da90b5: the same flags and defaults, nothing of its code.

What it shows is the picture, still. It goes wrong as the real one does: by GOES_WRONG, or where that one would.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import time
import uuid
import wave
from pathlib import Path
from typing import Any


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser()
    for name, default in {
        "driven_audio": "./examples/driven_audio/bus_chinese.wav",
        "source_image": "./examples/source_image/full_body_1.png",
        "ref_eyeblink": None,
        "ref_pose": None,
        "checkpoint_dir": "./checkpoints",
        "result_dir": "./results",
        "enhancer": None,
        "background_enhancer": None,
        "init_path": None,
        "use_last_fc": False,
        "bfm_folder": "./checkpoints/BFM_Fitting/",
        "bfm_model": "BFM_model_front.mat",
    }.items():
        found.add_argument(f"--{name}", default=default)
    for name, number in {"pose_style": 0, "batch_size": 2, "size": 256}.items():
        found.add_argument(f"--{name}", type=int, default=number)
    for name, share in {
        "expression_scale": 1.0, "focal": 1015.0, "center": 112.0, "camera_d": 10.0, "z_near": 5.0, "z_far": 15.0,
    }.items():  # fmt: skip
        found.add_argument(f"--{name}", type=float, default=share)
    for name in ("input_yaw", "input_pitch", "input_roll"):
        found.add_argument(f"--{name}", nargs="+", type=int)
    for name in ("cpu", "face3dvis", "still", "verbose", "old_version"):
        found.add_argument(f"--{name}", action="store_true")
    found.add_argument("--preprocess", default="crop", choices=["crop", "extcrop", "resize", "full", "extfull"])
    found.add_argument("--facerender", default="facevid2vid", choices=["pirender", "facevid2vid"])
    found.add_argument("--net_recon", default="resnet50", choices=["resnet18", "resnet34", "resnet50"])
    return found


def main() -> None:
    wanted, wrong = parser().parse_args(), os.environ.get("GOES_WRONG")
    folder = Path(wanted.result_dir, time.strftime("%Y_%m_%d_%H.%M.%S"))
    folder.mkdir(parents=True, exist_ok=True)
    load(wanted)
    print("3DMM Extraction for source image")
    if wrong == "no face":
        raise "can not detect the landmark from source image"  # type: ignore[misc]  # noqa: B016 - it does
    if wrong == "no coefficients":
        print("Can't get the coeffs of the input")
        return
    if wrong == "no face in the crop":
        extract_keypoint([])
    frames = heard(wanted.driven_audio)
    bar("mel:", frames)
    bar("Face Renderer:", -(-frames // wanted.batch_size))
    if wrong == "memory":
        raise RuntimeError("CUDA out of memory. Tried to allocate 4.53 GiB")
    made = folder / "face##voice.mp4"
    film(wanted, made, frames)
    if "full" in wanted.preprocess:
        bar("seamlessClone:", frames)
    shutil.move(made, f"{folder}.mp4")
    print("The generated video is named:", f"{folder}.mp4")
    if not wanted.verbose:
        shutil.rmtree(folder)


def load(wanted: argparse.Namespace) -> None:
    """Its weights are looked for where it runs, its settings where it lies."""
    checkpoints, mapping = Path(wanted.checkpoint_dir), "00109" if "full" in wanted.preprocess else "00229"
    if not list(checkpoints.glob("*.safetensors")):
        raise FileNotFoundError(checkpoints / "epoch_20.pth")
    print("using safetensor as default")
    for file in (
        checkpoints / f"SadTalker_V0.0.2_{wanted.size}.safetensors",
        checkpoints / f"mapping_{mapping}-model.pth.tar",
        Path("gfpgan/weights/alignment_WFLW_4HG.pth"),
        Path("gfpgan/weights/detection_Resnet50_Final.pth"),
        Path(sys.argv[0]).parent / "src/config",
    ):
        file.stat()


def extract_keypoint(boxes: list[Any]) -> None:
    boxes[0]


def heard(path: str) -> int:
    with wave.open(path) as file:
        frames = int(file.getnframes() / (file.getframerate() / 25))
    if frames < 3:
        raise ValueError("polyorder must be less than window_length.")
    if frames > 20:
        random.choice(range(10, min(frames // 2, 70)))
    return frames


def bar(name: str, steps: int) -> None:
    for step in range(steps + 1):
        sys.stderr.write(f"\r{name}: {100 * step // steps:3d}%|###   | {step}/{steps} [00:00<00:00, 99.0it/s]")
    sys.stderr.write("\n")


def film(wanted: argparse.Namespace, path: Path, frames: int) -> None:
    import av
    from PIL import Image

    picture: Image.Image = Image.open(wanted.source_image)
    if "full" not in wanted.preprocess:
        if wanted.preprocess != "resize":
            picture = picture.crop((picture.width // 4, 0, 3 * picture.width // 4, picture.height // 2))
        picture = picture.resize((wanted.size, wanted.size * picture.height // picture.width))
    beside = f"{uuid.uuid4()}.mp4"  # where it runs; so does the real one, and leaves it there when it is killed
    with av.open(beside, "w") as container:
        track = container.add_stream("mpeg4", rate=25)
        track.width, track.height, track.pix_fmt = *picture.size, "yuv420p"
        for _ in range(frames):
            container.mux(track.encode(av.VideoFrame.from_image(picture)))
        container.mux(track.encode(None))
    print("video:719kB audio:31kB subtitle:0kB other streams:0kB global headers:0kB muxing overhead: 0.454960%")
    shutil.move(beside, path)


if __name__ == "__main__":
    main()
