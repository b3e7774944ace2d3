"""Adopting a clip made by the published recipe's tool: a `clip.json` that says what it holds and what not to trust.

The tool has the same folders and files but no calibration, pose or provenance, and several of its labels are wrong in
ways that cannot be undone. Nothing it wrote is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from roadmark.clip.calibration import CameraRecord, camera_record, pose_matrix
from roadmark.clip.files_in import read_object
from roadmark.clip.layout import (
    CLIP_FILES,
    FOLDERS,
    LABEL_TABLE,
    MANIFEST,
    SEMANTIC_LABELS,
    VIDEO_FOLDER,
    belongs_to_clip,
    video_file,
)
from roadmark.clip.ledger import Ledger
from roadmark.clip.manifest import (
    ActorRecord,
    ClipManifest,
    DepthRecord,
    FileRecord,
    FrameRate,
    FrameRecord,
    UntrustedLabel,
)
from roadmark.clip.reader import Clip
from roadmark.errors import FormatError, InputError, OutputError
from roadmark.files import has_file, input_errors, write_atomically
from roadmark.geometry import Camera, Pose
from roadmark.media import DepthUnit, read_image, video_info

_UNTRUSTED = {
    "depth": "cast to 16 bits by the tool: surfaces beyond 65.535 m wrapped around to smaller depths",
    "semantic_segmentation_raw": "recovered from colours with a wrong road colour: road pixels may hold class 0",
    "instance_segmentation_raw": "holds the class and the low byte of the id, not the actor's id",
    "instance_segmentation": "colours were written with red and blue exchanged",
    "edges": "found on the class-masked picture: the mask's border is drawn, buildings and sky are blank",
}
_UNTRUSTED_LABELS = {
    "bbox_3d.rotation": "the bearing to the object, not its orientation; bbox_3d_world.rotation is the orientation",
    "bbox_3d.center, bbox_3d_world.center": "the box's offset was added without the actor's rotation",
    "road_lane_id, lane_position": "never computed by the tool",
    "events": "matched by whole seconds: the marked frames may be wrong by up to one second",
}
_RATE_TOLERANCE = 0.01


@dataclass(frozen=True, eq=False)
class AdoptedCamera:
    """What the clip itself does not say about its camera.

    Attributes:
        camera: Intrinsics.
        pose: world_from_camera (world FLU, camera RDF), the same in every frame.
        name: The camera's name.
    """

    camera: Camera
    pose: Pose
    name: str = "camera"


def adopt(
    directory: Path | str,
    camera: AdoptedCamera,
    *,
    depth_unit: DepthUnit = "mm",
    fps: Fraction | None = None,
    overwrite: bool = False,
) -> Clip:
    """Write a `clip.json` into a folder made by the published tool.

    Args:
        directory: The tool's output.
        camera: Its camera.
        depth_unit: Step of its depth images.
        fps: Frame rate; None takes it from the frames' timestamps, else from the RGB video.
        overwrite: Replace an earlier adoption.

    Returns:
        The clip; `clip.manifest.untrusted` lists the labels that cannot be trusted.

    Raises:
        InputError: The folder is no such output, or the camera does not fit its images.
        OutputError: It already has a manifest, or none can be written.
    """
    root = Path(directory)
    with input_errors(root):
        return _adopted(root, camera, depth_unit, fps, overwrite)


def _adopted(root: Path, camera: AdoptedCamera, depth_unit: DepthUnit, fps: Fraction | None, overwrite: bool) -> Clip:
    if not root.is_dir():
        raise InputError(f"{root}: no such folder")
    _check_unclaimed(root, overwrite)
    count = _frame_count(root)
    width, height = camera.camera.width, camera.camera.height
    shape = read_image(root / FOLDERS["rgb"].file(0)).shape
    if shape[:2] != (height, width):
        raise InputError(f"{root}: pictures are {shape[1]} x {shape[0]}, the camera is {width} x {height}")
    notes: list[str] = []
    folders = _complete_folders(root, count, notes)
    videos = tuple(sorted(path.stem for path in (root / VIDEO_FOLDER).glob("*.mp4")))
    labels = _read_labels(root, count) if "odvg" in folders else _Labels((), {})
    times, rate = _timing(root, count, labels.stamps, videos, fps, notes)
    manifest = ClipManifest(
        origin="reference",
        width=width,
        height=height,
        fps=FrameRate(numerator=rate.numerator, denominator=rate.denominator),
        frames=tuple(FrameRecord(index=index, source_frame=-1, time=time) for index, time in enumerate(times)),
        cameras=(
            CameraRecord(
                name=camera.name, intrinsics=camera_record(camera.camera), poses=(pose_matrix(camera.pose),) * count
            ),
        ),
        folders=folders,
        videos=videos,
        depth=DepthRecord(unit=depth_unit, saturates=depth_unit != "mm"),
        box_convention="reference-bearing",
        instance_encoding="reference-tag-low-byte",
        actors=labels.actors,
        files=_digests(root, folders, videos),
        notes=tuple(notes),
        untrusted=_untrusted(folders, videos, depth_unit),
    )
    write_atomically(root / MANIFEST, manifest.to_json())
    return Clip(root, manifest)


def _digests(root: Path, folders: tuple[str, ...], videos: tuple[str, ...]) -> dict[str, FileRecord]:
    """Digests of the frame folders, the videos and the label files."""
    ledger = Ledger(root)
    for name in folders:
        for index in sorted(_indices(root, name)):
            ledger.add_file(FOLDERS[name].file(index))
    events = (path.name for path in root.iterdir() if path.name.endswith(".json") and belongs_to_clip(path.name))
    for name in sorted({*map(video_file, videos), *CLIP_FILES, SEMANTIC_LABELS, *events} - {MANIFEST}):
        if has_file(root / name):
            ledger.add_file(name)
    return ledger.records()


def _check_unclaimed(root: Path, overwrite: bool) -> None:
    if not has_file(root / MANIFEST):
        return
    try:
        ours = Clip.open(root).manifest.origin == "roadmark"
        state = "is adopted already"
    except FormatError as error:
        ours = has_file(root / LABEL_TABLE)  # no other tool writes one
        state = f"has a broken manifest ({error})"
    if ours:
        raise OutputError(f"{root}: is a clip of Roadmark's; there is nothing to adopt")
    if not overwrite:
        raise OutputError(f"{root}: {state}; give --overwrite to adopt it again")


def _frame_count(root: Path) -> int:
    folder = FOLDERS["rgb"]
    indices = _indices(root, "rgb")
    if not indices:
        raise InputError(f"{root}: has no {folder.file(0)}; this is no output of the recipe's tool")
    if indices != set(range(len(indices))):
        missing = min(set(range(max(indices) + 1)) - indices)
        raise InputError(f"{root}: frames are not numbered without a gap, {folder.file(missing)} is missing")
    return len(indices)


def _indices(root: Path, name: str) -> set[int]:
    path = root / name
    names: Iterable[str] = (entry.name for entry in path.iterdir()) if path.is_dir() else ()
    return {index for index in (FOLDERS[name].index(file) for file in names) if index is not None}


def _complete_folders(root: Path, count: int, notes: list[str]) -> tuple[str, ...]:
    """Folders that have a file for every frame; says which have only some."""
    folders = []
    for name in sorted(FOLDERS):
        indices = _indices(root, name)
        if indices >= set(range(count)):
            folders.append(name)
        elif indices:
            notes.append(f"{name}: {len(indices & set(range(count)))} of {count} frames; left out")
    return tuple(folders)


def _timing(
    root: Path,
    count: int,
    stamps: Sequence[Any],
    videos: tuple[str, ...],
    fps: Fraction | None,
    notes: list[str],
) -> tuple[list[float], Fraction]:
    """Time of every frame and the frame rate; the video's rate is believed only where nothing else says it."""
    times = [float(stamp) for stamp in stamps if isinstance(stamp, (int, float)) and not isinstance(stamp, bool)]
    stamped = len(times) == count and bool(np.isfinite(times).all()) and bool((np.diff(times) > 0.0).all())
    if stamps and not stamped:
        notes.append("timestamps are missing or do not ascend; frame times are counted from the frame rate")
    video_rate = video_info(root / VIDEO_FOLDER / "rgb.mp4").fps if "rgb" in videos else None
    if fps is None and stamped and count > 1:
        fps = Fraction((count - 1) / (times[-1] - times[0])).limit_denominator(1001)
        if video_rate is not None and abs(float(video_rate / fps) - 1.0) > _RATE_TOLERANCE:
            notes.append(f"the videos play {float(video_rate / fps):.3g} times as fast as the timestamps say")
    rate = fps or video_rate
    if rate is None or not 0 < rate <= 1000:
        raise InputError(f"{root}: neither timestamps nor an RGB video say the frame rate; give it")
    return (times if stamped else [float(index / rate) for index in range(count)]), rate


@dataclass(frozen=True)
class _Labels:
    """What the manifest takes from the label files: the frames' times as they stand there, and the actors."""

    stamps: Sequence[Any]
    actors: dict[str, ActorRecord]


def _read_labels(root: Path, count: int) -> _Labels:
    """Read every frame's labels, one after the other: they may be larger than memory."""
    stamps: list[Any] = []
    actors: dict[int, ActorRecord] = {}
    for index in range(count):
        path = root / FOLDERS["odvg"].file(index)
        record = read_object(path)
        stamps.append(record.get("timestamp"))
        try:
            for instance in record["detections"]["instances"]:
                blueprint, category = str(instance.get("blueprint_id") or ""), str(instance["category"])
                actors.setdefault(int(instance["object-id"]), ActorRecord(blueprint_id=blueprint, category=category))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FormatError(f"no frame labels: {type(error).__name__} {error}", path=path) from None
    return _Labels(stamps, {str(actor): actors[actor] for actor in sorted(actors)})


def _untrusted(folders: tuple[str, ...], videos: tuple[str, ...], depth_unit: DepthUnit) -> tuple[UntrustedLabel, ...]:
    found = []
    for label, reason in _UNTRUSTED.items():
        if label in folders and (label != "depth" or depth_unit == "mm"):
            found.append(UntrustedLabel(label=label, reason=reason))
    if "odvg" in folders:
        found += [UntrustedLabel(label=label, reason=reason) for label, reason in _UNTRUSTED_LABELS.items()]
    if videos:
        reason = "written at the target rate whatever the frames' own rate: they may play too fast or too slow"
        found.append(UntrustedLabel(label="videos", reason=reason))
    if "depth" in videos:
        found.append(UntrustedLabel(label="videos/depth", reason="made from 8 bits of the wrapped depth"))
    return tuple(found)
