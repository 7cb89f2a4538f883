"""A home in one file, and back in another home."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from tests.acceptance.conftest import Place, fresh

SECRET = "not-for-the-archive"


def test_a_character_moves_to_another_home(settled: tuple[Place, Any], tmp_path: Path, assets_home: Path) -> None:
    old, document = settled
    name, file = document["persona"]["name"], str(tmp_path / "home.zip")
    (old.folder / ".env").write_text(f"DISCORD_TOKEN={SECRET}\n")
    done = old.with_settings(OPENAI_API_KEY=SECRET).run("backup", file)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.startswith("Characters: 1, files: ")
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert not any(SECRET.encode() in archive.read(entry) for entry in archive.namelist())

    new = fresh(tmp_path, assets_home)
    done = new.run("restore", file)
    assert done.returncode == 0, done.stderr
    answer = new.json("talk", name, "--say", "Do you know where you are?")
    assert Path(answer["clip"]["path"]).stat().st_size > 1000

    done = new.run("restore", file)
    assert done.returncode == 2
    assert "already has 1 character" in done.stderr


def test_a_server_is_backed_up_by_its_own_tools(place: Place) -> None:
    done = place.with_settings(DATABASE_URL="postgresql://user:hush@host/name").run("backup", "home.zip")
    assert done.returncode == 2
    assert "pg_dump" in done.stderr
    assert "hush" not in done.stderr
    assert list(place.folder.iterdir()) == []
