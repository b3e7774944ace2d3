"""`clip.json`: everything about a clip that its images and labels do not say themselves.

Written last, so a folder that has it is whole. It names no clock, host or absolute path: the same inputs give the same
bytes.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, ValidationError, field_validator, model_validator

from roadmark.clip.calibration import CameraRecord, Side, camera_from_record
from roadmark.clip.ids import STORED_ID_LIMIT
from roadmark.config import Settings, validation_message
from roadmark.errors import FormatError, GeometryError, InputError
from roadmark.files import has_file, is_plain_name, read_bounded
from roadmark.geometry import Camera, Pose
from roadmark.media import DepthUnit

MAX_MANIFEST_BYTES = 256 * 1024 * 1024
LINE_LENGTH = 400
"""Characters of a line of the file, about; a pose fits."""
MAX_FRAMES = 1_000_000
MAX_ID = 2**63 - 1

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class FrameRate(Settings):
    """Exact frames per second."""

    numerator: Annotated[int, Field(ge=1, le=1_000_000)]
    denominator: Annotated[int, Field(ge=1, le=1_000_000)]

    @property
    def fraction(self) -> Fraction:
        """The rate as a fraction."""
        return Fraction(self.numerator, self.denominator)


class SourceRecord(Settings):
    """An input the clip was made from."""

    sha256: Sha256
    bytes: Annotated[int, Field(ge=0)]
    file: str | None = None
    """Where it lies within the clip; null where it is stored elsewhere and known by its hash."""

    @field_validator("file")
    @classmethod
    def _stays_inside(cls, value: str | None) -> str | None:
        if value is not None:
            check_inside(value)
        return value


class FrameRecord(Settings):
    """One row of the frame table."""

    index: Annotated[int, Field(ge=0, lt=MAX_FRAMES)]
    source_frame: Annotated[int, Field(ge=-1, le=MAX_ID)]
    """The recording's frame; -1 where it is not known."""
    time: float
    """Seconds in the recording's clock."""


class DepthRecord(Settings):
    """How depth images are read."""

    unit: DepthUnit = "1/256m"
    measure: Literal["z", "range"] = "z"
    """Along the camera's z axis, or along the ray (cameras that see a hemisphere or more)."""
    no_return: Literal[0] = 0
    saturates: bool = True
    """Whether 65535 stands for this depth and more; false where the writer wrapped around instead."""
    video_near: Annotated[float, Field(gt=0)] | None = None
    """Metres shown white in the depth video, whose gray is linear in inverse depth; black is infinity."""


class ActorRecord(Settings):
    """An actor of the clip."""

    blueprint_id: str
    category: str = ""
    color: tuple[int, int, int] | None = None
    stored_id: Annotated[int, Field(ge=1, le=STORED_ID_LIMIT)] | None = None
    """Id in instance images where it differs from the actor's own (ids above `STORED_ID_LIMIT`)."""


class FileRecord(Settings):
    """What a folder of frames or a single file holds, to find damage."""

    files: Annotated[int, Field(ge=0)]
    bytes: Annotated[int, Field(ge=0)]
    sha256: Sha256
    """Of the file where there is one; else of its files' binary SHA-256 digests joined in order of their names."""


class UntrustedLabel(Settings):
    """A label whose stored values are known to be wrong in a way that cannot be repaired."""

    label: str
    reason: str


class ClipManifest(Settings):
    """The whole of `clip.json`."""

    schema_version: Literal[1] = 1
    origin: Literal["roadmark", "reference"] = "roadmark"
    """Who made the clip: Roadmark, or the published recipe's tool (adopted)."""
    width: Side
    height: Side
    fps: FrameRate
    frames: Annotated[tuple[FrameRecord, ...], Field(min_length=1, max_length=MAX_FRAMES)]
    cameras: Annotated[tuple[CameraRecord, ...], Field(min_length=1, max_length=1)]
    folders: tuple[str, ...]
    """Frame folders present."""
    videos: tuple[str, ...] = ()
    """Videos present."""
    depth: DepthRecord = DepthRecord()
    box_convention: Literal["rdf-lhw-xyz", "reference-bearing"] = "rdf-lhw-xyz"
    instance_encoding: Literal["actor-id", "reference-tag-low-byte"] = "actor-id"
    actors: dict[str, ActorRecord] = Field(default_factory=dict)
    """By actor id."""
    map_name: str = ""
    scenario: str = ""
    conditions: dict[str, Any] = Field(default_factory=dict)
    """Weather, lighting, road state and what else a re-render needs to know."""
    metadata: dict[str, Any] = Field(default_factory=dict)
    """What the scenario's own configuration said beyond what we know."""
    source: dict[str, SourceRecord] = Field(default_factory=dict)
    files: dict[str, FileRecord] = Field(default_factory=dict)
    tools: dict[str, str] = Field(default_factory=dict)
    """Versions of what made the clip."""
    notes: tuple[str, ...] = ()
    """Warnings met while making it."""
    untrusted: tuple[UntrustedLabel, ...] = ()

    @field_validator("folders", "videos")
    @classmethod
    def _plain_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            check_inside(name)
            if "/" in name:
                raise ValueError(f"{name!r} is no name of a folder or video")
        return names

    @field_validator("files")
    @classmethod
    def _inside_names(cls, files: dict[str, FileRecord]) -> dict[str, FileRecord]:
        for name in files:
            check_inside(name)
        return files

    @model_validator(mode="after")
    def _consistent(self) -> ClipManifest:
        if any(frame.index != position for position, frame in enumerate(self.frames)):
            raise ValueError("frames must be numbered 0, 1, 2, ... without a gap")
        if len(self.cameras[0].poses) != len(self.frames):
            raise ValueError(f"{len(self.cameras[0].poses)} camera poses for {len(self.frames)} frames")
        if not all(key.isdecimal() and key.isascii() and int(key) <= MAX_ID for key in self.actors):
            raise ValueError("actors are named by their ids, whole numbers")
        return self

    def camera(self) -> Camera:
        """The camera.

        Raises:
            FormatError: Its numbers describe none.
        """
        return camera_from_record(self.cameras[0].intrinsics)

    def pose(self, index: int) -> Pose:
        """world_from_camera of a frame.

        Raises:
            FormatError: The matrix is no rigid transform.
        """
        try:
            return Pose.from_matrix(np.array(self.cameras[0].poses[index]), parent="world", child="camera")
        except GeometryError as error:
            raise FormatError(str(error), field=f"cameras.0.poses.{index}") from None

    def to_json(self) -> bytes:
        """The file's bytes: UTF-8, one row of a table per line, nulls left out."""
        return (_laid_out(self.model_dump(mode="json", exclude_none=True), "") + "\n").encode()


def check_inside(path: str) -> None:
    """Check that a relative path from a file stays inside its root.

    Raises:
        ValueError: It is absolute, climbs up, or has characters no name of ours has.
    """
    parts = path.split("/")
    if len(path) > 512 or not all(is_plain_name(part) for part in parts):
        raise ValueError(f"{path[:80]!r} is no path inside the clip (names use letters, digits, '_', '.', '-')")


def read_manifest(path: Path) -> ClipManifest:
    """Read and check a `clip.json`.

    Raises:
        InputError: It is missing or unreadable.
        FormatError: It is too large, malformed, or a field is wrong; the message names the field.
    """
    if not has_file(path):
        raise InputError(
            f"{path}: no such file; this folder is no whole clip (the published tool's output: roadmark clip adopt)"
        )
    data = read_bounded(path, MAX_MANIFEST_BYTES)
    try:
        return ClipManifest.model_validate_json(data)
    except ValidationError as error:
        raise FormatError(validation_message(error), path=path) from None


def _laid_out(value: Any, indent: str) -> str:
    """JSON with everything that fits on one line."""
    line = json.dumps(value)
    if len(line) <= LINE_LENGTH or not isinstance(value, (dict, list)):
        return line
    inner = indent + " "
    if isinstance(value, dict):
        rows = [f"{json.dumps(key)}: {_laid_out(item, inner)}" for key, item in value.items()]
    else:
        rows = [_laid_out(item, inner) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(rows) + f"\n{indent}{closing}"
