"""Whether the files of a look are on this machine, and fetching those that are not. No torch is needed to know.

Only safetensors are read when a picture is painted: a pickle can run any code. Where weights exist as a pickle alone,
`styles --download` reads it with a reader that knows tensors and nothing else, and keeps it as safetensors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from pipeline.errors import CorruptAsset, EngineUnavailable, MissingAsset, Unreachable
from pipeline.portrait.diffusion.looks import ControlNet, Look, Source, looks
from pipeline.stages import EngineConfig

EXTRA = "pip install 'chatanything[diffusers]'"
REMEDY = "chatanything styles --download"
CONVERTED = "diffusers"
"""Folder of the assets in which pickles turned into safetensors lie."""
_PICKLES = (".bin", ".ckpt", ".pt", ".pth")
_PLAIN = ("model_index.json", "*/*.json", "*/*.txt", "*/*.model", "*/*.jinja")
"""Patterns of the files of a checkpoint that hold no weights."""
_NO_WEIGHTS = ("scheduler", "tokenizer", "tokenizer_2", "feature_extractor", "image_processor")
_UNUSED = ("safety_checker", "feature_extractor", "image_encoder")
"""Parts of a checkpoint that are taken from elsewhere, or not at all."""


def check(look: Look, home: Path, *, safety: bool = True, download: bool = False) -> list[str]:
    """What is missing, in sentences; none means that the look can be loaded. ``home``: the folder of assets.

    ``download``: fetch it first. Raises ``Unreachable`` or ``MissingAsset`` when that fails.
    """
    if download:
        fetch(look, home)
    needed: list[Callable[[], object]] = [partial(checkpoint, look)]
    needed += [partial(single, lora, lora.file) for lora in look.loras]
    needed += [partial(controlnet, look.controlnet, home)] if look.controlnet else []
    needed += [partial(checker, look)] if safety else []
    problems: list[str] = []
    for part in needed:
        try:
            part()
        except MissingAsset as missing:
            problems.append(str(missing))
    return problems


def here(config: EngineConfig) -> list[Look]:
    """The looks that can be painted: none without the packages, else those of which no file is missing.

    Raises ``EngineUnavailable`` when the file of STYLES cannot be used.
    """
    home, safety, known = config.assets, config.diffusion.safety, looks(config.diffusion.styles)
    return [] if missing_packages() else [look for look in known if not check(look, home, safety=safety)]


def missing_packages() -> str | None:
    """What of the extra is not installed, as the beginning of a sentence."""
    missing = [name for name in ("torch", "diffusers", "transformers", "peft") if find_spec(name) is None]
    return f"{', '.join(missing)} {'are' if len(missing) > 1 else 'is'} not installed" if missing else None


def require(look: Look, home: Path, *, safety: bool = True) -> None:
    """Raises ``EngineUnavailable`` with the first thing that is missing."""
    if missing := missing_packages():
        raise EngineUnavailable(f"{missing[0].upper()}{missing[1:]}.", remedy=EXTRA)
    if problems := check(look, home, safety=safety):
        raise EngineUnavailable(f"The look {look.id!r} cannot be painted: {problems[0]}", remedy=REMEDY)


def checkpoint(look: Look) -> Path:
    """The folder of the checkpoint, every file of it whole. Raises ``MissingAsset`` or ``CorruptAsset``."""
    index = located(look.checkpoint, "model_index.json")
    try:
        parts = json.loads(index.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CorruptAsset(f"model_index.json of {look.checkpoint.name} is damaged.", remedy=REMEDY) from error
    for name, kind in parts.items():
        if isinstance(kind, list) and kind[0] is not None and name not in (*_NO_WEIGHTS, *_UNUSED):
            _weights(index.parent / name, look.checkpoint)
    return index.parent


def checker(look: Look) -> Path:
    """The folder that holds ``safety_checker`` and ``feature_extractor``. Raises as ``checkpoint``."""
    config = located(look.checker, "safety_checker/config.json")
    _weights(config.parent, look.checker)
    located(look.checker, "feature_extractor/preprocessor_config.json")
    return config.parent.parent


def controlnet(part: ControlNet, home: Path) -> Path:
    """The folder of the ControlNet, or its one file. Raises as ``checkpoint``."""
    if part.file is not None:
        return single(part, part.file)
    if part.pickle is not None:
        folder = _converted(part, home)
        if not (folder / "config.json").is_file():
            raise MissingAsset(f"{part.name} is not here, turned into safetensors.", remedy=REMEDY)
    else:
        folder = located(part, "config.json").parent
    _weights(folder, part)
    return folder


def single(source: Source, file: str) -> Path:
    """One safetensors file, whole. Raises as ``checkpoint``."""
    path = located(source, file)
    _whole(path)
    return path


def located(source: Source, file: str) -> Path:
    """A file of a place, in the hub's cache or a folder; nothing is fetched. Raises ``MissingAsset``."""
    name = f"{source.subfolder}/{file}" if source.subfolder else file
    if source.folder is not None:
        path = source.folder.expanduser() / name
        if path.is_file():
            return path
        raise MissingAsset(f"There is no {name} in {source.folder}.")
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(str(source.id), name, revision=source.revision)
    if isinstance(found, str):
        return Path(found)
    raise MissingAsset(f"{source.name} at {source.revision[:10]} is not here: {name}.", remedy=REMEDY)


def _weights(folder: Path, source: Source) -> None:
    """The safetensors of one network: a file, or the pieces that an index names."""
    suffix = _suffix(source)
    for stem in ("diffusion_pytorch_model", "model"):
        index = folder / (f"{stem}.safetensors.index" + (f".{source.variant}.json" if source.variant else ".json"))
        if index.is_file():
            try:
                pieces = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise CorruptAsset(f"{index.name} of {source.name} is damaged.", remedy=REMEDY) from error
            for piece in pieces:
                _whole(folder / piece)
            return
        if (folder / f"{stem}{suffix}").is_file():
            _whole(folder / f"{stem}{suffix}")
            return
    where = f"{folder.name} of {source.name}"
    if any(path.suffix in _PICKLES for path in folder.glob("*")):
        raise MissingAsset(f"{where} is a pickle, which can run any code when it is read; only safetensors are taken.")
    raise MissingAsset(f"The weights ({suffix[1:]}) of {where} are not here.", remedy=REMEDY)


def _whole(path: Path) -> None:
    """Whether a safetensors file is as long as its header says: https://huggingface.co/docs/safetensors/index."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length)) if length < size else {}
        ends = [row["data_offsets"][1] for name, row in header.items() if name != "__metadata__"]
    except FileNotFoundError as error:
        raise MissingAsset(f"{path.name} is not here.", remedy=REMEDY) from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CorruptAsset(f"{path.parent.name}/{path.name} is damaged.", remedy=REMEDY) from error
    if not ends or 8 + length + max(ends) != size:
        raise CorruptAsset(f"{path.parent.name}/{path.name} is damaged or was cut off.", remedy=REMEDY)


def fetch(look: Look, home: Path) -> None:
    """Bring what a look needs from the hub into the hub's cache: gigabytes. Folders are left alone.

    Raises ``Unreachable`` or ``MissingAsset``.
    """
    _snapshot(look.checkpoint, [*_PLAIN, f"*/*.{look.checkpoint.variant or ''}*safetensors"])
    for lora in look.loras:
        _file(lora, lora.file)
    if (part := look.controlnet) is not None:
        if part.file is not None:
            _file(part, part.file)
        elif part.pickle is not None:
            _convert(part, home)
        else:
            _file(part, "config.json")
            _file(part, f"diffusion_pytorch_model{_suffix(part)}")
    if look.safety is not None:
        weights = f"safety_checker/*{_suffix(look.safety)}"
        _snapshot(look.safety, [weights, "safety_checker/*.json", "feature_extractor/*"])


def _suffix(source: Source) -> str:
    return f".{source.variant}.safetensors" if source.variant else ".safetensors"


def _snapshot(source: Source, patterns: list[str]) -> None:
    if source.id is None:
        return
    from huggingface_hub import snapshot_download

    spared = None if source.variant else ["*.fp16.*", "*.bf16.*", "*non_ema*"]
    with _hub(source):
        snapshot_download(source.id, revision=source.revision, allow_patterns=patterns, ignore_patterns=spared)


def _file(source: Source, name: str) -> None:
    if source.id is None:
        return
    from huggingface_hub import hf_hub_download

    with _hub(source):
        hf_hub_download(source.id, name, revision=source.revision, subfolder=source.subfolder or None)


@contextmanager
def _hub(source: Source) -> Iterator[None]:
    """What goes wrong at the hub, in our words."""
    from httpx2 import HTTPError
    from huggingface_hub import errors

    try:
        yield
    except errors.RevisionNotFoundError as error:
        raise MissingAsset(f"{source.name} has no revision {source.revision!r}.") from error
    except (errors.GatedRepoError, errors.RepositoryNotFoundError) as error:
        raise MissingAsset(f"The hub does not hand out {source.name}: it is not there, or wants a token.") from error
    except errors.RemoteEntryNotFoundError as error:
        raise MissingAsset(f"{source.name} does not have the file that the look names.") from error
    except (errors.HfHubHTTPError, errors.LocalEntryNotFoundError, HTTPError, OSError) as error:
        raise Unreachable(f"The Hugging Face hub cannot be reached for {source.name}.", remedy=REMEDY) from error


def _converted(part: ControlNet, home: Path) -> Path:
    """Where a pickle lies once it is safetensors."""
    return home / CONVERTED / f"{part.name.replace('/', '--')}-{part.revision[:10]}"


def _convert(part: ControlNet, home: Path) -> None:
    """A pickle becomes safetensors, once. Only tensors are let through, and no code is run."""
    folder = _converted(part, home)
    if (folder / "config.json").is_file():
        return
    from pickle import UnpicklingError

    import torch
    from safetensors.torch import save_file

    _file(part, "config.json")
    _file(part, str(part.pickle))
    try:
        tensors = torch.load(located(part, str(part.pickle)), map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        raise CorruptAsset(f"{part.pickle} of {part.name} holds more than tensors, so it is not read.") from error
    folder.mkdir(parents=True, exist_ok=True)
    scratch = folder / "diffusion_pytorch_model.part"
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, scratch, {"format": "pt"})
    scratch.replace(folder / "diffusion_pytorch_model.safetensors")
    (folder / "config.json").write_bytes(located(part, "config.json").read_bytes())
