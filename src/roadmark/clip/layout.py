"""Names of everything in a clip's folder.

Frames are numbered from 0 with 12 digits. The names are those of the published recipe's tool wherever it has the file,
so that its tools read ours and ours read its output.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

MANIFEST: Final = "clip.json"
OBJECTS: Final = "objects.json"
INSTANCES: Final = "instances.json"
COLLISIONS: Final = "events_collision.json"
EVENTS: Final = "events.json"
LABEL_TABLE: Final = "labels.parquet"
SEMANTIC_LABELS: Final = "semantic_segmentation/semantic_labels.json"
SOURCE_FOLDER: Final = "source"
VIDEO_FOLDER: Final = "videos"

Modality = Literal[
    "rgb", "depth", "semantic_segmentation", "instance_segmentation", "normals", "sun_visibility", "albedo"
]
"""What a camera renders."""

Overlay = Literal["rgb_with_bboxes", "rgb_with_masks", "rgb_with_3d_bboxes", "rgb_with_collisions"]
"""Pictures with labels drawn on them."""

OVERLAYS: Final[tuple[Overlay, ...]] = (
    "rgb_with_bboxes",
    "rgb_with_masks",
    "rgb_with_3d_bboxes",
    "rgb_with_collisions",
)


@dataclass(frozen=True)
class FrameFolder:
    """A folder with one file per frame.

    Attributes:
        name: The folder.
        prefix: Before the number.
        suffix: File type.
    """

    name: str
    prefix: str
    suffix: str

    def file(self, index: int) -> str:
        """Path of a frame's file within the clip, with forward slashes.

        Examples:
            >>> FOLDERS["depth"].file(7)
            'depth/depth_000000000007.png'
        """
        return f"{self.name}/{self.file_name(index)}"

    def file_name(self, index: int) -> str:
        """Name of a frame's file."""
        return f"{self.prefix}_{index:012d}.{self.suffix}"

    def index(self, file_name: str) -> int | None:
        """Frame number of a file name; None where it is none of this folder's."""
        digits = file_name.removeprefix(f"{self.prefix}_").removesuffix(f".{self.suffix}")
        fits = len(digits) == 12 and digits.isascii() and digits.isdigit()
        return int(digits) if fits and file_name == self.file_name(int(digits)) else None


FOLDERS: Final[dict[str, FrameFolder]] = {
    folder.name: folder
    for folder in (
        FrameFolder("rgb", "frame", "jpg"),
        FrameFolder("depth", "depth", "png"),
        FrameFolder("semantic_segmentation", "seg", "png"),
        FrameFolder("semantic_segmentation_raw", "seg", "png"),
        FrameFolder("instance_segmentation", "seg", "png"),
        FrameFolder("instance_segmentation_raw", "seg", "png"),
        FrameFolder("normals", "frame", "png"),
        FrameFolder("edges", "edge", "png"),
        FrameFolder("masks", "frame", "png"),
        FrameFolder("sun_visibility", "frame", "png"),
        FrameFolder("albedo", "frame", "png"),
        FrameFolder("rgb_with_bboxes", "frame", "jpg"),
        FrameFolder("rgb_with_masks", "frame", "jpg"),
        FrameFolder("rgb_with_3d_bboxes", "frame", "jpg"),
        FrameFolder("rgb_with_collisions", "frame", "png"),
        FrameFolder("odvg", "odvg", "json"),
    )
}
"""Every folder with one file per frame, by name."""

CLIP_FILES: Final = frozenset({MANIFEST, OBJECTS, INSTANCES, COLLISIONS, EVENTS, LABEL_TABLE})
"""Single files at the top of a clip."""


def frame_id(index: int) -> str:
    """Name of a frame in label files: frame_000000000007."""
    return f"frame_{index:012d}"


def event_id(number: int) -> str:
    """Name of an event, counted from 1: event_000001."""
    return f"event_{number:06d}"


def video_file(name: str) -> str:
    """Path of a video within the clip."""
    return f"{VIDEO_FOLDER}/{name}.mp4"


def belongs_to_clip(entry: str) -> bool:
    """Whether an entry at the top of a folder is one a clip (ours or the recipe's tool's) has."""
    if entry in CLIP_FILES or entry in FOLDERS or entry in (VIDEO_FOLDER, SOURCE_FOLDER):
        return True
    return entry.startswith("events_noncollision_") and entry.endswith(".json")
