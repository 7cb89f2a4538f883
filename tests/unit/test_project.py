"""Rules of the project that no single module can keep."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.settings import Settings
from pipeline import registry

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

# Places that exist on one machine only, and servers that hand out packages or models.
_MACHINE = re.compile(
    r"""(?:["'\s(=:]|^)/(?:home|Users|root|work|opt|mnt|workspace)/\w"""
    r"|[A-Z]:\\\\?Users"
    r"|//(?:registry\.npmjs|registry\.yarnpkg|pypi|files\.pythonhosted|download\.pytorch|cdn-lfs)[\w.-]*\.\w+"
    r"|\bfile:///(?:home|root|opt|work)\b",
    re.MULTILINE,
)
_SECRET = re.compile(r"\b(?:sk-[A-Za-z0-9]{20,}|sk_[a-f0-9]{40,}|\d{8,10}:AA[\w-]{33}|ghp_\w{36})\b")


def _project_files() -> list[Path]:
    """What is, or would be, tracked."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def _pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().split("\n")
    pairs = [line.partition("==") for line in lines if line.strip() and not line.startswith("#")]
    return {canonicalize_name(name): version for name, _, version in pairs}


def test_constraints_are_names_and_versions_only() -> None:
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*==[\w.]+|#.*|", line), line


def test_constraints_pin_every_dependency_inside_its_range() -> None:
    pins = _pins()
    extras = PROJECT["optional-dependencies"]
    for text in [*PROJECT["dependencies"], *extras["dev"], *extras["hearing"], *extras["diffusers"]]:
        requirement = Requirement(text)
        if requirement.name == PROJECT["name"]:
            continue
        pin = pins.get(canonicalize_name(requirement.name))
        assert pin, f"{requirement.name} is not pinned"
        assert requirement.specifier.contains(pin), f"{text}, but {pin} is pinned"


def test_no_machine_paths_registry_hosts_or_secrets() -> None:
    found = []
    for path in _project_files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for match in [*_MACHINE.finditer(text), *_SECRET.finditer(text)]:
            found.append(f"{path.relative_to(ROOT)}: {match[0].strip()}")
    assert not found


def test_no_lock_file_with_addresses() -> None:
    names = {path.name for path in _project_files()}
    assert not names & {"uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "package-lock.json"}


def test_every_setting_is_explained_in_the_example() -> None:
    names = {str(field.validation_alias) for field in Settings.model_fields.values()}
    lines = (ROOT / ".env.example").read_text().splitlines()
    explained = {}
    for number, line in enumerate(lines):
        if match := re.fullmatch(r"#([A-Z][A-Z0-9_]*)=(.*)", line):
            explained[match[1]] = lines[number - 1]
    assert set(explained) == names
    for name, comment in explained.items():
        assert re.match(r"# \w", comment), f"{name} has no explanation above it"


def test_the_example_changes_nothing_when_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)
    monkeypatch.chdir(tmp_path)
    untouched = Settings()
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text())
    assert Settings() == untouched


@pytest.mark.parametrize(
    ("stage", "name"), [(stage, name) for stage, engines in registry.ENGINES.items() for name in engines]
)
def test_every_engine_in_the_registry_is_there(stage: str, name: str) -> None:
    module, _, attribute = registry.ENGINES[stage][name].partition(":")
    assert isinstance(getattr(import_module(module), attribute), type)


def test_naming_an_engine_imports_none() -> None:
    """`registry` itself must stay light: engines bring models and libraries, and are loaded when asked for."""
    program = (
        "import sys; from pipeline import registry; [registry.names(stage) for stage in registry.ENGINES]\n"
        "print([m for m in sys.modules if m.startswith(('pipeline.mind.', 'pipeline.voice.', 'onnxruntime', 'skia'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_command_starts_without_what_only_some_need() -> None:
    heavy = ("alembic", "discord", "fluent", "onnxruntime", "openai", "scipy", "skia", "telegram", "tokenizers")
    program = f"import sys, bot.app; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_arrows_between_the_parts() -> None:
    """Who may import whom; the contracts stand in pyproject.toml."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_licence_is_apache() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert PROJECT["license"] == "Apache-2.0"
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_ci_does_what_the_readme_says() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "make test" in script
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize(
    "text",
    [
        "an angry apple",
        'it\'s a "quoted" `touch pwned` teapot; touch pwned',
        "$(touch pwned) $(shell touch pwned) $5 $$HOME ${PATH} # not a comment",
        "-n --help",
        "two\nlines \\ and a slash",
        "",
    ],
)
@pytest.mark.parametrize("channel", ["argument", "environment"])
def test_make_hands_over_what_was_typed_and_runs_none_of_it(tmp_path: Path, text: str, channel: str) -> None:
    program = tmp_path / "chatanything"
    program.write_text(f"#!{sys.executable}\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\n")
    program.chmod(0o755)
    command = ["make", "-f", str(ROOT / "Makefile"), "summon", f"BIN={tmp_path}", "READY="]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    if channel == "argument":
        command.append(f"TEXT={text}")
    else:
        environment["TEXT"] = text
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == ["summon", "--", text]
    assert not (tmp_path / "pwned").exists()
