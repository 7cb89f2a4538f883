"""What an evaluation of detection has found so far, a line of a file per picture, so that it can be gone on with."""

from __future__ import annotations

import json
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
        """As `detection.Job.key`."""
        return f"{self.way}: {self.subject}"

    @property
    def picture(self) -> str:
        """Name of its small picture."""
        return f"{self.category}-{slug(self.subject)}-{self.way}.jpg"


class Kept:
    """The rows of one folder. ``identity``: what they depend on besides the job; other rows are put aside."""

    def __init__(self, folder: Path, identity: dict[str, str]) -> None:
        """Raises ``StorageFailed`` when the folder cannot be written."""
        self._folder, self._file = folder, folder / RESULTS
        self.rows: dict[str, Row] = {}
        self.put_aside = False
        """Whether there were others."""
        try:
            (folder / PICTURES).mkdir(parents=True, exist_ok=True)
            if self._file.is_file():
                self._read(identity)
            if not self._file.is_file():
                self._file.write_text(json.dumps(identity) + "\n", "utf-8")
        except OSError as error:
            raise StorageFailed(f"The folder {folder} cannot be written.") from error

    def add(self, row: Row, small: bytes) -> None:
        """Keeps a row and its small picture; one that failed only in memory, so that it is tried again."""
        self.rows[row.key] = row
        if row.error:
            return
        try:
            (self._folder / PICTURES / row.picture).write_bytes(small)  # first: a row promises its picture
            with self._file.open("a", encoding="utf-8") as file:
                file.write(row.model_dump_json(exclude_defaults=True) + "\n")
        except OSError as error:
            raise StorageFailed(f"The folder {self._folder} cannot be written.") from error

    def picture(self, row: Row) -> Path:
        """Where the small picture of a row lies."""
        return self._folder / PICTURES / row.picture

    def _read(self, identity: dict[str, str]) -> None:
        first, _, rest = self._file.read_text("utf-8", errors="replace").partition("\n")
        if first != json.dumps(identity):
            self._file.replace(self._folder / BEFORE)
            self.put_aside = True
            return
        for line in rest.splitlines():
            try:
                row = Row.model_validate_json(line)
            except ValidationError:  # the line that was being written when somebody pulled the plug
                continue
            self.rows[row.key] = row
        if rest and not rest.endswith("\n"):
            with self._file.open("a", encoding="utf-8") as file:
                file.write("\n")
