"""How two projects are asked for a clip. Both were read, not run; README.md names the commits and what they showed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from deploy.animators.checkouts import Checkout, Given
from deploy.animators.renderers import Faces
from pipeline.types import Landmarks

NEAR = 0.98
"""Share of the picture's side up to which a rectangle is taken to be within it: SadTalker finds its own landmarks."""


def liveportrait(root: Path, python: Path, faces: Faces) -> Checkout:
    """LivePortrait moved by JoyVASA: inference.py of jdh-algo/JoyVASA. ``faces``: its human mode finds the face, its
    animal mode takes the whole portrait for one, whatever it is.

    Flags: its src/config/argument_config.py, all false that we do not set. The clip: the end of ``execute`` in its
    src/live_portrait_wmg_pipeline.py, named after both files; a silent one beside it ends in ``_temp``.
    """
    # The clip must be framed as the portrait is. Cropped, it is so only if pasted back, which wants stitching, which
    # is not for animals. Not cropped, it is; and a portrait is about as tight as the crop of the network would be.
    framing = ["--flag_do_crop", "--flag_pasteback", "--flag_stitching"] if faces == "human" else []

    def arguments(given: Given) -> Sequence[str | Path]:
        mode = "human" if faces == "human" else "animal"
        files = "--reference", given.picture, "--audio", given.sound, "--output_dir", given.out
        return [*files, "--animation_mode", mode, "--cfg_scale", "2.0", *framing]

    # The detector of human faces and the stitching of human heads are loaded in animal mode, too (src/utils/cropper.py,
    # src/live_portrait_wmg_wrapper.py), and the folder of the ears has a colon (src/modules/dit_talking_head.py).
    people = ("liveportrait/base_models",)
    animals = "liveportrait_animals/base_models", "liveportrait_animals/xpose.pth"
    weights = (
        "JoyVASA/motion_generator",
        "JoyVASA/motion_template",
        "TencentGameMate:chinese-hubert-base",
        "insightface/models/buffalo_l",
        "liveportrait/landmark.onnx",
        "liveportrait/retargeting_models",
        *(people if faces == "human" else animals),
    )
    needs = tuple(f"pretrained_weights/{name}" for name in weights)
    stages = {"Generating Motion": (0.1, 0.15), "Animating Image": (0.15, 0.9), "Writing": (0.9, 0.95)}
    return Checkout("liveportrait", faces, root, python, needs, arguments, stages, "face_voice.mp4")


def sadtalker(root: Path, python: Path) -> Checkout:
    """inference.py of OpenTalker/SadTalker, for photographs of people. The clip is RESULT_DIR/TIME.mp4; its own folder,
    RESULT_DIR/TIME, it deletes."""

    def arguments(given: Given) -> Sequence[str | Path]:
        files = "--source_image", given.picture, "--driven_audio", given.sound, "--result_dir", given.out
        # "full" pastes the moved face into the picture, "resize" moves the picture as a whole.
        framing = "--preprocess", "resize" if cut(given.landmarks) else "full"
        # The head stays where it is, or it would not fit back. A pose style is then without effect.
        return [*files, "--checkpoint_dir", root / "checkpoints", "--size", "512", *framing, "--still"]

    checkpoints = "mapping_00109-model.pth.tar", "mapping_00229-model.pth.tar", "SadTalker_V0.0.2_512.safetensors"
    detectors = "alignment_WFLW_4HG.pth", "detection_Resnet50_Final.pth"  # else fetched from the network, every time
    needs = (*(f"checkpoints/{one}" for one in checkpoints), *(f"gfpgan/weights/{one}" for one in detectors))
    stages = {"Face Renderer": (0.1, 0.7), "seamlessClone": (0.7, 1.0)}
    return Checkout("sadtalker", "human", root, python, needs, arguments, stages, "*.mp4", links=("gfpgan",))


def cut(landmarks: Landmarks) -> bool:
    """Whether the rectangle that SadTalker cuts out reaches over the right or lower border of the picture: where it
    does not reach over the opposite one as well, its paste_pic.py fails. ``landmarks``: (68, 2) in shares of the side.

    The rectangle is that of FFHQ (Karras et al., A Style-Based Generator Architecture, 2019, appendix A).
    """
    left, right = landmarks[36:42].mean(axis=0), landmarks[42:48].mean(axis=0)
    eyes, mouth = (left + right) / 2, (landmarks[48] + landmarks[54]) / 2
    across, down = right - left, mouth - eyes
    x = across - down[::-1] * (-1, 1)
    x *= max(2.0 * np.hypot(*across), 1.8 * np.hypot(*down)) / np.hypot(*x)
    y = x[::-1] * (-1, 1)
    centre = eyes + 0.1 * down
    return bool(np.max([centre - x + y, centre + x + y, centre + x - y]) > NEAR)
