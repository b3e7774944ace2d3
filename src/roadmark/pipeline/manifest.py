"""The run manifest: which item of which stage is done, from what, and what failed why. One JSON file per run.

    {"format": "roadmark-run", "version": 1,
     "stages": {"simulate": {
         "scenario_1": {"status": "done", "fingerprint": "9f...", "output": "scenario_1", "owns_output": true,
                        "result": {"frames": 150}},
         "scenario_2": {"status": "failed", ..., "error": {"type": "FormatError", "message": "..."}}}}}

Keys are sorted and paths relative to the manifest's folder: the same run gives the same bytes, wherever and in whatever
order it was done.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from roadmark.config import validation_message
from roadmark.errors import FormatError
from roadmark.files import read_bounded, write_atomically
from roadmark.pipeline.items import Item

MANIFEST_NAME = "run.json"
MAX_MANIFEST_BYTES = 1 << 28

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


class RunManifest:
    """The manifest of one run, kept on disk with every change.

    Args:
        path: The JSON file; read where it exists.

    Raises:
        FormatError: The file is there but is no run manifest.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stages: dict[str, dict[str, ItemRecord]] = _read(path) if path.exists() else {}

    @property
    def stages(self) -> Mapping[str, Mapping[str, ItemRecord]]:
        """Every record, by stage and item."""
        return self._stages

    def get(self, stage: str, item_id: str) -> ItemRecord | None:
        """The record of an item in a stage, or None where it was never tried."""
        return self._stages.get(stage, {}).get(item_id)

    def put(self, stage: str, item_id: str, record: ItemRecord) -> None:
        """Set a record and save the file."""
        self._stages.setdefault(stage, {})[item_id] = record
        stages = {
            name: {key: value.model_dump(mode="json", exclude_none=True) for key, value in items.items()}
            for name, items in self._stages.items()
        }
        document = {"format": "roadmark-run", "version": 1, "stages": stages}
        write_atomically(self.path, json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n")

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
