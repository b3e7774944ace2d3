"""The run manifest: which item of which stage is done, from what, and what failed why. One JSON file per run.

    {"format": "roadmark-run", "version": 1,
     "stages": {"simulate": {
         "scenario_1": {"status": "done", "fingerprint": "9f...", "output": "scenario_1", "owns_output": true,
                        "result": {"frames": 150}},
         "scenario_2": {"status": "failed", ..., "error": {"type": "FormatError", "message": "..."}}}}}

Keys are sorted and paths relative to the manifest's folder: the same run gives the same bytes, wherever and in whatever
order it was done.

Writing thousands of records for every one that changes would cost more than the work. So changes of a large manifest go
to a journal first, a hidden file beside it with one line each, which is read along with the manifest and folded into it
now and then, and when a stage ends. A line that a killed process left half written counts as not written.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from roadmark.config import validation_message
from roadmark.errors import FormatError
from roadmark.files import output_errors, read_bounded, write_atomically
from roadmark.pipeline.items import Item

MANIFEST_NAME = "run.json"
MAX_MANIFEST_BYTES = 1 << 28
RECORDS_PER_CHANGE = 8
"""How many times as many records as changes the journal takes before they are folded in: each is written about eight
times in all, and small manifests are always whole."""

# The folders of an absolute path, POSIX or Windows, that stands in a message; the file's own name stays.
_FOLDERS = re.compile(r"(?<![\w./:\\])(?:/(?:[^/\s'\":,;]+/)+|[A-Za-z]:\\(?:[^\\\s'\":,;]+\\)*)")


class RecordStatus(StrEnum):
    """How far an item of a stage is."""

    RUNNING = "running"
    """It was started and, unless it still runs, killed."""
    DONE = "done"
    FAILED = "failed"


class ErrorRecord(BaseModel):
    """Why an item failed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    """Class name of the exception, or "WorkerDied"."""
    message: str


class ItemRecord(BaseModel):
    """What the manifest knows about one item of one stage."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: RecordStatus
    fingerprint: str | None = None
    """Of everything the output depends on; null where an input could not be read."""
    output: str
    """Relative to the manifest's folder."""
    owns_output: bool
    """The output was made by this run (was not there before it), so that a later run may replace it."""
    result: dict[str, Any] | None = None
    error: ErrorRecord | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: str = Field(pattern="^roadmark-run$")
    version: int = Field(ge=1, le=1)
    stages: dict[str, dict[str, ItemRecord]]


class _Change(BaseModel):
    """A line of the journal."""

    model_config = ConfigDict(extra="forbid")

    stage: str
    item: str
    record: ItemRecord


class RunManifest:
    """The manifest of one run, kept on disk with every change.

    Args:
        path: The JSON file; read where it exists.

    Raises:
        FormatError: The file is there but is no run manifest.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._journal = path.with_name(f".{path.name}.journal")
        self._stages: dict[str, dict[str, ItemRecord]] = _read(path) if path.exists() else {}
        self._changes = 0
        for change in _read_journal(self._journal):
            self._stages.setdefault(change.stage, {})[change.item] = change.record
            self._changes += 1

    @property
    def stages(self) -> Mapping[str, Mapping[str, ItemRecord]]:
        """Every record, by stage and item."""
        return self._stages

    def get(self, stage: str, item_id: str) -> ItemRecord | None:
        """The record of an item in a stage, or None where it was never tried."""
        return self._stages.get(stage, {}).get(item_id)

    def put(self, stage: str, item_id: str, record: ItemRecord) -> None:
        """Set a record and keep it on disk.

        Raises:
            OutputError: It cannot be written.
        """
        self._stages.setdefault(stage, {})[item_id] = record
        self._changes += 1
        if self._changes * RECORDS_PER_CHANGE >= sum(map(len, self._stages.values())):
            self._write()
            return
        line = _Change(stage=stage, item=item_id, record=record).model_dump_json(exclude_none=True)
        with output_errors(self._journal), self._journal.open("ab") as stream:
            stream.write(f"\n{line}".encode())  # whatever half a line stands before it
            stream.flush()
            os.fsync(stream.fileno())

    def save(self) -> None:
        """Fold the journal in: the file alone then says everything.

        Raises:
            OutputError: It cannot be written.
        """
        if self._changes:
            self._write()

    def _write(self) -> None:
        stages = {
            name: {key: value.model_dump(mode="json", exclude_none=True) for key, value in items.items()}
            for name, items in self._stages.items()
        }
        document = {"format": "roadmark-run", "version": 1, "stages": stages}
        write_atomically(self.path, json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
        with output_errors(self._journal):
            self._journal.unlink(missing_ok=True)
        self._changes = 0

    def relative(self, path: Path) -> str:
        """A path as the manifest writes it: relative to its own folder, with forward slashes."""
        return Path(os.path.relpath(path, self.path.parent)).as_posix()

    def portable_message(self, message: str, item: Item) -> str:
        """An error message with the item's own paths made relative, and other absolute paths cut to their last part."""
        paths = [item.output, *(value for value in item.inputs.values() if isinstance(value, Path))]
        for path in sorted({str(p.absolute()) for p in paths}, key=len, reverse=True):
            message = message.replace(path, self.relative(Path(path)))
        return _FOLDERS.sub("", message)


def _read(path: Path) -> dict[str, dict[str, ItemRecord]]:
    try:
        return _File.model_validate_json(read_bounded(path, MAX_MANIFEST_BYTES)).stages
    except ValidationError as error:
        advice = "delete it to start the run over, or restore it"
        raise FormatError(
            f"no run manifest of this version: {validation_message(error)}; {advice}", path=path
        ) from None


def _read_journal(path: Path) -> Iterator[_Change]:
    """The changes that a journal holds; none where there is none."""
    if not path.exists():
        return
    for line in read_bounded(path, MAX_MANIFEST_BYTES).splitlines():
        try:
            yield _Change.model_validate_json(line)
        except ValidationError:
            continue  # half a line, of a process that was killed
