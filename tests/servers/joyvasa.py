"""inference.py of JoyVASA, as far as its command line, its files and its words go. Written from what is read in forks
of jdh-algo/JoyVASA (README.md of deploy/animators names them): the same flags and defaults, nothing of its code.

What it shows is the picture, still. It goes wrong as the real one does: by GOES_WRONG, or where that one would.
"""

from __future__ import annotations

import argparse
import os
import shutil
import time
import wave
from pathlib import Path

import av
from PIL import Image
from rich.progress import track


def parser() -> argparse.ArgumentParser:
    """As tyro makes it of a dataclass: no short forms of flags, and two spellings of each."""
    found = argparse.ArgumentParser(allow_abbrev=False)
    for name, words in {
        "animation_mode": "animal", "reference": "-r", "audio": "-a", "output_dir": "-o", "cfg_mode": "incremental",
        "server_name": "127.0.0.1", "gradio_temp_dir": None,
    }.items():  # fmt: skip
        short = [words] if words and words.startswith("-") else []
        found.add_argument(*short, *spelled(name), dest=name, default=None if short else words)
    for name, number in {
        "device_id": 0, "det_thresh": 0.15, "scale": 3.0, "vx_ratio": 0.0, "vy_ratio": -0.125, "source_max_dim": 1280,
        "source_division": 2, "scale_crop_driving_video": 2.0, "vx_ratio_crop_driving_video": 0.0, "cfg_scale": 2.8,
        "vy_ratio_crop_driving_video": -0.1, "driving_multiplier": 1.1, "server_port": 7862,
        "driving_smooth_observation_variance": 3e-7,
    }.items():  # fmt: skip
        found.add_argument(*spelled(name), dest=name, type=type(number), default=number)
    for name in (
        "flag_use_half_precision", "flag_force_cpu", "flag_normalize_lip", "flag_source_video_eye_retargeting",
        "flag_eye_retargeting", "flag_lip_retargeting", "flag_stitching", "flag_relative_motion", "flag_pasteback",
        "flag_do_crop", "flag_crop_driving_video", "share", "flag_do_torch_compile",
    ):  # fmt: skip
        found.add_argument(*spelled(name), dest=name, action=argparse.BooleanOptionalAction, default=False)
    for name in ("flag_do_rot", "is_smooth_motion"):
        found.add_argument(*spelled(name), dest=name, action=argparse.BooleanOptionalAction, default=True)
    for name, choices in {
        "driving_option": ("expression-friendly", "pose-friendly"),
        "audio_priority": ("driving", "source"),
        "animation_region": ("all", "exp", "pose", "lip", "eyes"),
    }.items():
        found.add_argument(*spelled(name), dest=name, choices=choices, default=choices[0])
    return found


def spelled(name: str) -> tuple[str, ...]:
    return (f"--{name}", f"--{name.replace('_', '-')}") if "_" in name else (f"--{name}",)


def main() -> None:
    try:
        wanted = parser().parse_args()
    except SystemExit:
        print("╭─ Unrecognized options ─────────────────────╮\n│ For full helptext, run inference.py --help │\n╰──╯")
        raise
    wrong = os.environ.get("GOES_WRONG")
    if not shutil.which("ffmpeg"):
        raise ImportError("FFmpeg is not installed.")
    human = {"human": True, "animal": False}[wanted.animation_mode]
    load(human)
    frames = heard(wanted.audio)
    for _ in track(range(frames), description="🚀Generating Motion Sequence..."):
        pass
    if wrong == "no face" and wanted.flag_do_crop:
        raise Exception(f"No {'' if human else 'animal '}face detected in the source image!")
    for _ in track(range(frames), description="🚀Animating Image with Generated Motions..."):
        time.sleep(0.02)
    out = Path(wanted.output_dir)
    out.mkdir(exist_ok=True)
    made = out / f"{Path(wanted.reference).stem}_{Path(wanted.audio).stem}.mp4"
    silent = made.with_stem(f"{made.stem}_temp")
    film(wanted, silent, frames)
    if wrong == "ffmpeg":  # which is told, and changes nothing
        print(f"Error occurred: Command '['ffmpeg', '-y', '-i', '{silent}']' returned non-zero exit status 1.")
        return
    shutil.move(silent, made)


def load(human: bool) -> None:
    """Its weights are looked for where it lies."""
    people = ("liveportrait/base_models",)
    animals = "liveportrait_animals/base_models", "liveportrait_animals/xpose.pth"
    for name in (
        *(people if human else animals),
        "liveportrait/retargeting_models",
        "JoyVASA/motion_generator",
        "TencentGameMate:chinese-hubert-base",
        "JoyVASA/motion_template",
        "insightface/models/buffalo_l",
        "liveportrait/landmark.onnx",
    ):
        (Path(__file__).parent / "pretrained_weights" / name).stat()


def heard(path: str) -> int:
    with wave.open(path) as file:
        frames = int(file.getnframes() / (file.getframerate() / 25))
    if frames < 2:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    return frames


def film(wanted: argparse.Namespace, path: Path, frames: int) -> None:
    picture: Image.Image = Image.open(wanted.reference)
    pasted = wanted.flag_do_crop and wanted.flag_pasteback and wanted.flag_stitching
    if wanted.flag_do_crop and not pasted:
        picture = picture.crop((picture.width // 4, 0, 3 * picture.width // 4, picture.height // 2))
    if not pasted:
        picture = picture.resize((512, 512))
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25, options={"preset": "ultrafast", "threads": "1"})
        video.width, video.height, video.pix_fmt = *picture.size, "yuv420p"
        for _ in range(frames):
            container.mux(video.encode(av.VideoFrame.from_image(picture)))
        container.mux(video.encode(None))


if __name__ == "__main__":
    main()
