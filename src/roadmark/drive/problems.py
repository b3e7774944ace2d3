"""`Problem`: one thing that is wrong with a drive; the rest of the drive is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from roadmark.errors import FormatError, GeometryError, InputError

Fault = Literal[
    "unsafe_path", "truncated", "bad_file", "bad_pose", "bad_calibration", "missing_calibration", "missing_extrinsics",
    "moving_camera", "bad_track", "single_observation", "duplicate_id", "unknown_label", "missing_frames",
    "wrong_length", "wrong_size", "bad_footage", "bad_map", "bad_caption",
]  # fmt: skip

ADVICE: Mapping[Fault, str] = {
    "unsafe_path": "make the file anew: a name in it leads out of its folder",
    "truncated": "copy or download the file again",
    "bad_file": "correct the file, or make it anew",
    "bad_pose": "correct the poses; frames without one are filled from their neighbours within the gap limit",
    "bad_calibration": "correct the calibration; the camera is left out",
    "missing_calibration": "add the camera's intrinsics; the camera is left out",
    "missing_extrinsics": "add where the camera sits; the camera is left out",
    "moving_camera": "check the poses: the camera moves far against the vehicle",
    "bad_track": "correct the track; what is wrong of it is left out",
    "single_observation": "observe the object at two times at least; the track is left out",
    "duplicate_id": "give each its own id; the first is kept",
    "unknown_label": "add the label to the table of categories; the objects count as other",
    "missing_frames": "add poses for all frames, or cut the video",
    "wrong_length": "check that video and poses belong together; only frames that have both are used",
    "wrong_size": "check that video and calibration belong together: their aspects differ",
    "bad_footage": "make the video or image anew",
    "bad_map": "correct the map layer; what is wrong of it is left out",
    "bad_caption": "correct the caption",
}
"""What to do about each fault."""


@dataclass(frozen=True)
class Problem:
    """Something wrong with one item of a drive; the item, or its wrong part, is left out.

    Attributes:
        fault: What kind of thing is wrong; `ADVICE` says what to do about it.
        item: What it is about: "camera camera_front_wide_120fov", "track 12", "pose".
        error: The error, as it would have been raised: names file, field and value.
    """

    fault: Fault
    item: str
    error: InputError

    @property
    def detail(self) -> str:
        """The error's message."""
        return str(self.error)


class Problems:
    """Collects what is wrong while a drive is read."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, fault: Fault, item: str, message: str, *, path: Path | None = None, field: str | None = None) -> None:
        """Record a problem as a `FormatError`."""
        self.found.append(Problem(fault, item, FormatError(message, path=path, field=field)))

    @contextmanager
    def recording(
        self, fault: Fault, item: str, *, path: Path | None = None, field: str | None = None
    ) -> Iterator[None]:
        """Record an error of the block instead of raising it; one that names no file gets this one."""
        try:
            yield
        except InputError as error:
            if path is not None and isinstance(error, FormatError) and error.path is None:
                error = FormatError(str(error), path=path, field=field)
            self.found.append(Problem(fault, item, error))
        except GeometryError as error:
            self.add(fault, item, str(error), path=path, field=field)
