"""What can be looked at of a clip: videos and folders of pictures, all on the clip's clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from roadmark.clip import AugmentedClip, Clip
from roadmark.errors import FormatError, RoadmarkError
from roadmark.files import has_file, input_errors, open_input
from roadmark.media import video_info
from roadmark.report.problems import Problems

ORIGINAL = "original"
"""The version that is the clip itself."""

TITLES: Mapping[str, str] = {
    "rgb": "RGB",
    "rgb_som": "Marks",
    "depth": "Depth",
    "semantic_segmentation": "Segmentation",
    "instance_segmentation": "Instances",
    "edges": "Edges",
    "normals": "Normals",
    "rgb_with_bboxes": "2D boxes",
    "rgb_with_3d_bboxes": "3D boxes",
    "rgb_with_masks": "Mask overlay",
    "rgb_with_collisions": "Collisions",
    "masks": "Masks",
    "albedo": "Albedo",
    "sun_visibility": "Sun",
}
"""What the page calls a modality, in the order in which it offers them."""

_NOT_PICTURES = ("odvg", "depth", "semantic_segmentation_raw", "instance_segmentation_raw")
"""Folders of frames that a browser cannot show as what they are."""


@dataclass(frozen=True)
class Stream:
    """One sequence of pictures.

    Attributes:
        version: `original`, or the name of an augmentation.
        name: Of the modality, such as `depth`.
        kind: A video, or a folder with a picture per frame.
        file: The video, or the first frame's picture.
        frames: How many; None where it is not known.
        fps: Frames per second; None where it is not known.
        frame_map: The clip's frame that each frame shows; None is one to one.
        media: Path by which samples name it; empty where none does.
        problem: Why it cannot be shown; empty where it can.
    """

    version: str
    name: str
    kind: Literal["video", "images"]
    file: Path
    frames: int | None = None
    fps: Fraction | None = None
    frame_map: tuple[int, ...] | None = None
    media: str = ""
    problem: str = ""

    def record(self, source: str) -> dict[str, Any]:
        """What the page reads.

        Args:
            source: Where it finds the file.
        """
        record = {
            "version": self.version,
            "name": self.name,
            "title": TITLES.get(self.name, self.name.replace("_", " ")),
            "kind": self.kind,
            "src": source,
            "frames": self.frames,
            "fps": None if self.fps is None else float(self.fps),
            "map": list(self.frame_map) if self.frame_map is not None else None,
            "media": self.media,
            "problem": self.problem,
        }
        return {name: value for name, value in record.items() if value not in (None, "")}


def clip_streams(clip: Clip) -> Iterator[Stream]:
    """Modalities of a clip: its videos, and pictures of which there is no video."""
    for name in clip.manifest.videos:
        yield Stream(ORIGINAL, name, "video", clip.video(name), len(clip), clip.fps)
    for name in clip.manifest.folders:
        if name not in clip.manifest.videos and name not in _NOT_PICTURES:
            yield Stream(ORIGINAL, name, "images", clip[0].file(name), len(clip), clip.fps)


def augmented_stream(version: str, augmented: AugmentedClip) -> Stream:
    """The video of an augmentation."""
    return Stream(version, "rgb", "video", augmented.video, frame_map=augmented.record.frame_map)


def dataset_streams(media: Path, root: Path) -> Iterator[Stream]:
    """Videos of a clip in the dataset's folder: `rgb.mp4`, `<augmentation>.mp4`, and each with `_som`."""
    with input_errors(media):
        files = sorted(media.iterdir()) if media.is_dir() else []
    for file in files:
        if file.suffix == ".mp4" and not file.name.startswith("."):
            yield dataset_stream(file.relative_to(root).as_posix(), root)


def dataset_stream(path: str, root: Path) -> Stream:
    """The stream of a dataset's video, by its path there."""
    stem = (root / path).stem
    name, version = ("rgb_som", stem.removesuffix("_som")) if stem.endswith("_som") else ("rgb", stem)
    return Stream(ORIGINAL if version == "rgb" else version, name, "video", root / path, media=path)


def merged(streams: Iterable[Stream]) -> list[Stream]:
    """One stream for every version and name, the first that is whole, in the page's order; samples' paths are kept."""
    found: dict[tuple[str, str], Stream] = {}
    for stream in streams:
        key = (stream.version, stream.name)
        old = found.get(key)
        if old is None or (old.problem and not stream.problem):
            found[key] = replace(stream, media=stream.media or (old.media if old else ""))
    titles = list(TITLES)

    def order(stream: Stream) -> tuple[bool, str, int, str]:
        place = titles.index(stream.name) if stream.name in titles else len(titles)
        return stream.version != ORIGINAL, stream.version, place, stream.name

    return sorted(found.values(), key=order)


def checked(stream: Stream, clip: str, problems: Problems, like: Clip | None) -> Stream:
    """A stream whose files were looked at: with its rate and number of frames, or with why it cannot be shown.

    Videos that are one to one with a clip's frames are not read through: only that they are whole MP4 files is checked.

    Args:
        stream: What to look at.
        clip: The clip's name, for problems.
        problems: Takes what is wrong.
        like: The clip whose frames it shows; None where it is not known.
    """
    try:
        if stream.kind == "images":
            if not has_file(stream.file):
                raise FormatError("no such file", path=stream.file)
            return stream
        check_mp4(stream.file)
        if like is not None and stream.frame_map is None:
            return replace(stream, frames=len(like), fps=like.fps)
        info = video_info(stream.file)
        return replace(stream, frames=info.frames, fps=info.fps)
    except RoadmarkError as error:
        return replace(stream, problem=problems.tell(str(error), clip))


def check_mp4(path: Path) -> None:
    """Check that a file is an MP4 with an index and all of its bytes, without reading it.

    Source: ISO/IEC 14496-12, section 4.2: a file is a sequence of boxes, each with its size and type.

    Raises:
        InputError: It is missing or unreadable.
        FormatError: It is none, or breaks off.
    """
    with input_errors(path), open_input(path) as stream:
        size = stream.seek(0, 2)
        at, kinds = 0, []
        while at < size:
            stream.seek(at)
            head = stream.read(16)
            length = int.from_bytes(head[:4], "big")
            kinds.append(head[4:8])
            if length == 1 and len(head) == 16:
                length = int.from_bytes(head[8:], "big")
            elif length == 0:
                length = size - at
            if kinds[0] not in (b"ftyp", b"moov") or length < 8 or len(kinds) > 100_000:
                raise FormatError("is no MP4 video", path=path)
            at += length
        if at != size or b"moov" not in kinds:
            raise FormatError("breaks off: the video is not whole", path=path)
