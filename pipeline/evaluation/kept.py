"""What an evaluation of detection has found so far, a line of a file per picture, so that it can be gone on with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import Field, ValidationError

from pipeline.concept import slug
from pipeline.errors import StorageFailed
from pipeline.evaluation.detectors import Seen
from pipeline.types import Value

RESULTS, BEFORE, PICTURES = "results.jsonl", "results-before.jsonl", "pictures"


class Row(Value):
    """What became of one picture."""

    subject: str
    category: str
    way: str
    seen: dict[str, Seen] = Field(default_factory=dict)
    """By detector."""
    animatable: bool | None = None
    """Whether the painter's own picture, at whichever try, can be moved: the points it drew are plausible, or the gate
    took one. None for pictures without a face."""
    tries: int = 1
    """Pictures painted until then. The other figures are of the first."""
    seconds: float | None = None
    """For the first picture."""
    all_seconds: float | None = None
    """With every try."""
    style: str = ""
    art: str = ""
    reason: str = ""
    error: str | None = None

    @property
    def key(self) -> str:
        """As `lanes.Job.key`."""
        return f"{self.way}: {self.subject}"

    @property
    def picture(self) -> str:
        """Name of its small picture."""
        return f"{self.category}-{slug(self.subject)}-{self.way}.jpg"


class Kept:
    """The rows of one folder. ``identity``: what they depend on besides the job. Rows of another identity stay until
    there is a new one, and are put aside then."""

    def __init__(self, folder: Path, identity: dict[str, str]) -> None:
        """Raises ``StorageFailed`` when the folder cannot be read or made."""
        self._folder, self._file = folder, folder / RESULTS
        self._head = json.dumps(identity) + "\n"
        self.rows: dict[str, Row] = {}
        with _told(folder):
            (folder / PICTURES).mkdir(parents=True, exist_ok=True)
            text = self._file.read_text("utf-8", errors="replace") if self._file.is_file() else ""
        self.foreign = bool(text) and not text.startswith(self._head)
        """Whether there are rows that are of no use here."""
        self._begun = bool(text) and not self.foreign
        if self._begun:
            self._read(text.removeprefix(self._head))

    def add(self, row: Row, small: bytes) -> None:
        """Keeps a row and its small picture; one that failed only in memory, so that it is tried again."""
        self.rows[row.key] = row
        if row.error:
            return
        with _told(self._folder):
            if not self._begun:
                self._begin()
            self.picture(row).write_bytes(small)  # first: a row promises its picture
            with self._file.open("a", encoding="utf-8") as file:
                file.write(row.model_dump_json(exclude_defaults=True) + "\n")

    def picture(self, row: Row) -> Path:
        """Where the small picture of a row lies."""
        return self._folder / PICTURES / row.picture

    def _begin(self) -> None:
        if self.foreign:
            self._file.replace(self._folder / BEFORE)
        self._file.write_text(self._head, "utf-8")
        self._begun = True

    def _read(self, text: str) -> None:
        for line in text.splitlines():
            try:
                row = Row.model_validate_json(line)
            except ValidationError:  # the line that was being written when somebody pulled the plug
                continue
            self.rows[row.key] = row
        if text and not text.endswith("\n"):
            with _told(self._folder), self._file.open("a", encoding="utf-8") as file:
                file.write("\n")


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageFailed(f"The folder {folder} cannot be read or written.") from error
