"""`<video>.marks.json`: which actor every mark stands for, and where it is seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from roadmark.config import Settings, validation_message
from roadmark.errors import FormatError
from roadmark.files import read_bounded, write_atomically

_MAX_BYTES = 64 * 1024 * 1024


class MarkRecord(Settings):
    """One mark."""

    mark: str
    """What its plate says."""
    actor_id: Annotated[int, Field(ge=0)]
    category: str
    color: tuple[int, int, int]
    """sRGB."""
    frames: tuple[tuple[int, int], ...]
    """Frames of the video, first and last, in which it is drawn."""


class MarksRecord(Settings):
    """The whole of `<video>.marks.json`."""

    schema_version: Literal[1] = 1
    video: str
    """The marked video's name, beside this file."""
    input_video: str
    """Name of the video that was marked."""
    labels_digest: str
    """SHA-256 of the labels' first file."""
    width: int
    height: int
    fps: str
    """Frames per second, as a fraction."""
    text: Literal["ids", "numbers"]
    """What the plates say: actors' ids, or numbers from 1."""
    overlay: str
    matched_by: Literal["frame map", "index", "time"]
    """How the video's frames were matched with labels."""
    label_frames: tuple[int | None, ...]
    """Nearest labelled frame of every frame of the video; null after the labels' end."""
    frames_without_labels: int
    """Frames whose labels are missing."""
    invisible: int
    """Times that a mark was left out because verification says its object cannot be seen."""
    unplaced: int
    """Times that there was no room for a plate."""
    notes: tuple[str, ...] = ()
    """What a user should know."""
    marks: tuple[MarkRecord, ...]

    def actor_of(self, mark: str) -> int | None:
        """The actor that a mark stands for; None where there is none."""
        return next((record.actor_id for record in self.marks if record.mark == mark), None)

    def to_json(self) -> bytes:
        """The file's bytes, one mark per line."""
        data: dict[str, Any] = self.model_dump(mode="json")
        marks = data.pop("marks")
        head = ",\n".join(f" {json.dumps(key)}: {json.dumps(value)}" for key, value in data.items())
        rows = ",\n".join(f"  {json.dumps(mark)}" for mark in marks)
        return f'{{\n{head},\n "marks": [\n{rows}\n ]\n}}\n'.encode()


def marks_file(video: Path) -> Path:
    """Where the record of a marked video lies: beside it."""
    return video.with_name(f"{video.stem}.marks.json")


def write_marks(record: MarksRecord, video: Path) -> Path:
    """Write the record beside its video; returns the file.

    Raises:
        OutputError: It cannot be written.
    """
    path = marks_file(video)
    write_atomically(path, record.to_json())
    return path


def read_marks(path: Path) -> MarksRecord:
    """Read a record, given by itself or by its video.

    Raises:
        InputError: It is missing or unreadable.
        FormatError: It is malformed; the message names the field.
    """
    if path.suffix != ".json":
        path = marks_file(path)
    try:
        return MarksRecord.model_validate_json(read_bounded(path, _MAX_BYTES))
    except ValidationError as error:
        raise FormatError(validation_message(error), path=path) from None


def frame_ranges(frames: list[int]) -> tuple[tuple[int, int], ...]:
    """Ascending numbers as ranges, first and last.

    Examples:
        >>> frame_ranges([0, 1, 2, 7, 8])
        ((0, 2), (7, 8))
    """
    found: list[tuple[int, int]] = []
    for frame in frames:
        if found and frame == found[-1][1] + 1:
            found[-1] = (found[-1][0], frame)
        else:
            found.append((frame, frame))
    return tuple(found)
