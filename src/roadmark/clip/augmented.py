"""An augmented clip on disk: another picture of a clip's labels.

A folder with `output.mp4`, `output.txt` (the prompt) and `output.json` (this record), as the published recipe names
them; the labels are the source clip's. The record is written last, so a folder that has it is whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from roadmark.catalog import CONDITION_KEYS, Conditions
from roadmark.clip.layout import MANIFEST
from roadmark.clip.manifest import Sha256
from roadmark.clip.reader import Clip
from roadmark.config import validation_message
from roadmark.errors import ConfigError, FormatError, InputError
from roadmark.files import has_file, input_errors, read_bounded

RECORD_NAME = "output.json"
MAX_RECORD_BYTES = 64 * 1024 * 1024
_MAX_DEPTH = 6


def _relative(value: str) -> str:
    """A record that comes from elsewhere must not name files of its choice anywhere on this machine."""
    if "\0" in value or PurePosixPath(value).is_absolute() or PureWindowsPath(value).anchor:
        raise ValueError("must be a path relative to the record's folder")
    return value


RelativePath = Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(_relative)]


class ControlRecord(BaseModel):
    """What bound a result to its source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    video: RelativePath | None = None
    """Relative to the record's folder; null where the service derived it from the picture."""
    weight: float = 1.0
    mask: RelativePath | None = None


class AugmentationRecord(BaseModel):
    """The whole of `output.json`. The first five keys are the published recipe's; paths are relative to its folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prompt: str
    caption_path: RelativePath
    output_video_path: RelativePath
    original_video_path: RelativePath
    control_videos: dict[str, RelativePath] = Field(default_factory=dict)
    schema_version: Literal[1] = 1
    source_clip: RelativePath | None = None
    """Folder of the clip with the labels; null where only videos were given."""
    source_digest: Sha256 | None = None
    """Of the source clip's manifest, or of the source video where there is no clip."""
    selections: dict[str, str] = Field(default_factory=dict)
    """The chosen value of every varied name (`weather_condition`: `raining`, ...)."""
    backend: str
    """What made the video."""
    seed: Annotated[int, Field(ge=0)]
    controls: dict[str, ControlRecord] = Field(default_factory=dict)
    frame_map: tuple[Annotated[int, Field(ge=0)], ...] | None = None
    """Source frame of every frame of the video; null is one to one."""
    caption: dict[str, Any] = Field(default_factory=dict)
    """The source's caption, and what wrote it."""
    prompt_facts: dict[str, Any] = Field(default_factory=dict)
    """How the prompt was written, and why not otherwise."""
    transfer: dict[str, Any] = Field(default_factory=dict)
    """What the backend says of the result."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """The resolved configuration."""
    tools: dict[str, str] = Field(default_factory=dict)
    """Versions of what made the video."""
    verdict: Literal["accept", "reject"] | None = None
    """Verification's verdict; null where it was not asked for or there are no labels."""
    notes: tuple[str, ...] = ()
    """Warnings met while making it."""

    @property
    def conditions(self) -> Conditions | None:
        """The selected conditions; None where none of the known names was varied or a value is not known."""
        if not any(key in self.selections for key in (*CONDITION_KEYS, *CONDITION_KEYS.values())):
            return None
        try:
            return Conditions.from_selections(self.selections)
        except ConfigError:
            return None


@dataclass(frozen=True)
class AugmentedClip:
    """A whole augmented clip.

    Attributes:
        path: Its record's folder.
        record: Its `output.json`.
    """

    path: Path
    record: AugmentationRecord
    record_file: Path

    @classmethod
    def open(cls, place: Path | str) -> AugmentedClip:
        """Open an augmented clip.

        Args:
            place: Its folder, or its record, whatever its name.

        Raises:
            InputError: There is no record.
            FormatError: The record is malformed.
        """
        file = Path(place)
        with input_errors(file):
            if file.is_dir():
                file = file / RECORD_NAME
        if not has_file(file):
            raise InputError(f"{file}: no such file; this folder is no whole augmented clip (see roadmark augment)")
        try:
            record = AugmentationRecord.model_validate_json(read_bounded(file, MAX_RECORD_BYTES))
        except ValidationError as error:
            raise FormatError(validation_message(error), path=file) from None
        return cls(file.parent, record, file)

    @property
    def video(self) -> Path:
        """The augmented video."""
        return self.path / self.record.output_video_path

    @property
    def source_path(self) -> Path | None:
        """Folder of the source clip; None where only videos were given."""
        return None if self.record.source_clip is None else self.path / self.record.source_clip

    def source(self, root: Path | None = None) -> Clip:
        """The clip whose labels the video still has.

        Args:
            root: Where to look for it instead of where the record says: the clip itself, or a folder that holds it
                under its own name or its last folders' names.

        Raises:
            InputError: There is none, it has been moved, or it is another clip than the one that was augmented.
        """
        path = self.source_path
        if path is None:
            raise InputError(f"{self.record_file}: names no source clip; only videos were given")
        if root is not None:
            path = _below(root, Path(os.path.normpath(path)))
        if not has_file(path / MANIFEST):
            raise InputError(
                f"{self.record_file}: its source clip {os.path.normpath(path)} is not there; say where the clips are"
            )
        clip = Clip.open(path)
        if self.record.source_digest is not None and clip.digest != self.record.source_digest:
            raise InputError(
                f"{self.record_file}: {os.path.normpath(path)} is another clip than the one that was augmented "
                "(its clip.json differs); augment it again"
            )
        return clip


def find_augmented(root: Path) -> list[AugmentedClip]:
    """Every whole augmented clip in a folder, itself included, in the order of their paths.

    Raises:
        InputError: The folder does not exist or holds none.
        FormatError: A record is malformed.
    """
    found = find_augmented_records(root)
    if not found:
        raise InputError(f"{root}: holds no augmented clip ({RECORD_NAME}); make some with roadmark augment")
    return [AugmentedClip.open(file) for file in found]


def find_augmented_records(root: Path) -> list[Path]:
    """Records of the augmented clips in a folder, itself included, unread, in the order of their paths.

    Raises:
        InputError: The folder does not exist.
    """
    with input_errors(root):
        if not root.is_dir():
            raise InputError(f"{root}: no such folder")
        return sorted(_records(root, 0))


def _records(folder: Path, depth: int) -> Iterator[Path]:
    if (folder / RECORD_NAME).is_file():
        yield folder / RECORD_NAME
    if depth < _MAX_DEPTH and not (folder / MANIFEST).is_file():
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith("."):
                yield from _records(entry, depth + 1)


def _below(root: Path, recorded: Path) -> Path:
    """The clip under another root: the root itself, or the longest tail of the recorded path that lies in it."""
    if has_file(root / MANIFEST):
        return root
    parts = [part for part in recorded.parts if part not in ("..", "/", ".")]
    for start in range(len(parts)):
        if has_file(root.joinpath(*parts[start:], MANIFEST)):
            return root.joinpath(*parts[start:])
    return root / recorded.name
