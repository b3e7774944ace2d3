"""Where the `relight` backend's frames come from: a clip with its buffers, or a bare video."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import Conditions
from roadmark.clip import Clip, ClipFrame, ObjectLabel
from roadmark.errors import ConfigError, FormatError
from roadmark.files import has_file, read_json
from roadmark.geometry import Camera
from roadmark.media import read_image, read_video, video_info
from roadmark.relight import Vehicle, ViewBuffers, WheelPath, assumed_camera, find_street_lamps, unwrapped_depth
from roadmark.render import Environment, sun_position

FOLDER_OF: dict[str, str] = {
    "rgb": "rgb",
    "depth": "depth",
    "normals": "normals",
    "semantic": "semantic_segmentation_raw",
    "sun_visibility": "sun_visibility",
    "albedo": "albedo",
}
"""The clip's folder of every array of `ViewBuffers`."""

_GROUND_CLASSES = (0, 1, 24)  # unlabelled (the recipe's tool takes roads for it), roads, their lines
_LAMP_FRAMES = 4
_VEHICLES = frozenset({"car", "truck", "bus", "motorcycle", "bicycle", "train"})
_BRAKES_FROM = 0.7  # m/s²
_STANDS = 0.2  # m/s
_MAX_RENDER_BYTES = 1 << 20


class FrameSource(Protocol):
    """What the backend reads."""

    @property
    def camera(self) -> Camera:
        """Of every frame."""

    @property
    def fps(self) -> Fraction:
        """Exact frame rate."""

    @property
    def available(self) -> frozenset[str]:
        """Arrays of `ViewBuffers` there are in every frame."""

    @property
    def conditions(self) -> Conditions | None:
        """What the pictures show; None where nobody says."""

    def __len__(self) -> int: ...

    def frames(self) -> Iterator[tuple[ViewBuffers, float]]:
        """Every frame in order, with its time in seconds."""


@dataclass(frozen=True)
class VideoFrames:
    """Frames of a video of which nothing else is known."""

    path: Path

    @cached_property
    def _info(self) -> Any:
        return video_info(self.path)

    @property
    def camera(self) -> Camera:
        """An assumed one."""
        return assumed_camera(self._info.width, self._info.height)[0]

    @property
    def fps(self) -> Fraction:
        """Exact frame rate."""
        return Fraction(self._info.fps)

    @property
    def available(self) -> frozenset[str]:
        """The picture alone."""
        return frozenset({"rgb"})

    @property
    def conditions(self) -> Conditions | None:
        """Not known."""
        return None

    def __len__(self) -> int:
        return int(self._info.frames)

    def frames(self) -> Iterator[tuple[ViewBuffers, float]]:
        """Every frame in order, with its time in seconds."""
        pose = assumed_camera(self._info.width, self._info.height)[1]
        for index, rgb in enumerate(read_video(self.path)):
            yield ViewBuffers(rgb, pose), float(index / self.fps)


@dataclass(frozen=True, eq=False)
class ClipFrames:
    """Frames of a clip.

    Attributes:
        clip: The clip.
        wanted: Arrays to read where there are any; others would only cost time.
    """

    clip: Clip
    wanted: frozenset[str] = field(default_factory=lambda: frozenset(FOLDER_OF))

    @property
    def camera(self) -> Camera:
        """The clip's."""
        return self.clip.camera

    @property
    def fps(self) -> Fraction:
        """Exact frame rate."""
        return self.clip.fps

    @property
    def depth_is_range(self) -> bool:
        """Whether depth is the distance along the ray."""
        return self.clip.manifest.depth.measure == "range"

    @cached_property
    def available(self) -> frozenset[str]:
        """Arrays the clip has, among those wanted; normals of other tools are in axes of their own and not used."""
        found = {name for name, folder in FOLDER_OF.items() if folder in self.clip.manifest.folders}
        if self._is_foreign:
            found -= {"normals", "sun_visibility", "albedo"}
        return frozenset(found & self.wanted)

    @cached_property
    def conditions(self) -> Conditions | None:
        """What the clip says it shows; None where it does not say, or has names of its own."""
        given = self.clip.manifest.conditions
        try:
            return Conditions(*(str(given[name]) for name in ("weather", "lighting", "road")))
        except (KeyError, ConfigError):
            return None

    @cached_property
    def light(self) -> Environment | None:
        """The clip's light where its sun was set by date and place, not by name."""
        stamp = self.clip.manifest.conditions.get("sun_time")
        record = self.clip.manifest.source.get("render.json")
        if not isinstance(stamp, str) or record is None or record.file is None or self.conditions is None:
            return None
        path = self.clip.source("render.json")
        values = read_json(path, _MAX_RENDER_BYTES) if has_file(path) else {}
        try:
            place = float(values["latitude"]), float(values["longitude"])
            sun = sun_position(datetime.fromisoformat(stamp), *place)
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError(f"no sun: {type(error).__name__} {error}", path=path) from None
        shown = self.conditions
        return Environment.from_conditions(shown.weather, shown.lighting, shown.road, sun)

    @cached_property
    def ground(self) -> float | None:
        """World height of the road: the median over the roads of some frames; None where none is seen."""
        if not {"depth", "semantic"} <= self.available:
            return None
        heights = [height for frame in self._some_frames() for height in _road_heights(frame, self.depth_is_range)]
        return float(np.median(heights)) if heights else None

    @cached_property
    def street_lamps(self) -> NDArray[np.float64]:
        """(N, 3) heads of street lamps."""
        if self.ground is None:
            return np.zeros((0, 3))
        frames = (self.buffers(frame) for frame in self._some_frames())
        return find_street_lamps(self.camera, frames, self.ground, depth_is_range=self.depth_is_range)

    @cached_property
    def wheel_paths(self) -> tuple[WheelPath, ...]:
        """Where vehicles drive during the clip."""
        tracks: dict[int, list[ObjectLabel]] = defaultdict(list)
        for labels in self._labels:
            for label in labels:
                if label.category in _VEHICLES:
                    tracks[label.actor_id].append(label)
        return tuple(
            WheelPath(np.array([label.box.center[:2] for label in track]), _gauge(track[0]))
            for _, track in sorted(tracks.items())
        )

    def __len__(self) -> int:
        return len(self.clip)

    def frames(self) -> Iterator[tuple[ViewBuffers, float]]:
        """Every frame in order, with its time in seconds."""
        for frame in self.clip:
            yield self.buffers(frame), frame.time

    @property
    def _is_foreign(self) -> bool:
        return self.clip.manifest.origin != "roadmark"

    def buffers(self, frame: ClipFrame) -> ViewBuffers:
        """What is known of one frame."""
        available = self.available
        semantic = frame.semantic() if "semantic" in available else None
        depth = frame.depth() if "depth" in available else None
        if depth is not None and semantic is not None and not self.clip.manifest.depth.saturates:
            ground = self.ground if self.ground is not None else 0.0
            depth = unwrapped_depth(depth, semantic, self.camera, frame.pose, ground)
        return ViewBuffers(
            rgb=frame.rgb(),
            pose=frame.pose,
            depth=depth,
            normals=frame.normals() if "normals" in available else None,
            semantic=semantic,
            sun_visibility=_gray(frame, "sun_visibility") if "sun_visibility" in available else None,
            albedo=_color(frame, "albedo") if "albedo" in available else None,
            vehicles=self._vehicles[frame.index],
        )

    def _some_frames(self) -> list[ClipFrame]:
        """A few frames, spread over the clip."""
        return [self.clip[int(index)] for index in np.unique(np.linspace(0, len(self.clip) - 1, _LAMP_FRAMES).round())]

    @cached_property
    def _labels(self) -> tuple[Sequence[ObjectLabel], ...]:
        if "odvg" not in self.clip.manifest.folders:
            return ((),) * len(self.clip)
        return tuple(frame.labels().objects for frame in self.clip)

    @cached_property
    def _vehicles(self) -> tuple[tuple[Vehicle, ...], ...]:
        """Vehicles of every frame."""
        speeds: dict[int, dict[int, float]] = defaultdict(dict)
        for index, labels in enumerate(self._labels):
            for label in labels:
                if label.speed is not None:
                    speeds[label.actor_id][index] = label.speed
        parked = {actor for actor, known in speeds.items() if max(known.values()) < _STANDS}
        return tuple(
            tuple(
                Vehicle(label.box, _brakes(speeds[label.actor_id], index, self.fps), _has_lamps(label, parked))
                for label in labels
                if label.category in _VEHICLES
            )
            for index, labels in enumerate(self._labels)
        )


def _brakes(speeds: Mapping[int, float], index: int, fps: Fraction) -> bool:
    """Whether an actor slows down, or stands, in a frame."""
    if index not in speeds:
        return False
    known = [frame for frame in range(index - 2, index + 3) if frame in speeds]
    seconds = max(float((known[-1] - known[0]) / fps), 1e-6)
    slows = (speeds[known[0]] - speeds[known[-1]]) / seconds > _BRAKES_FROM
    return slows or speeds[index] < _STANDS


def _has_lamps(label: ObjectLabel, parked: set[int]) -> bool:
    """Whether a vehicle's lamps are on: bicycles have none, and who stands beside the lanes all the time is parked."""
    return label.category != "bicycle" and not (label.actor_id in parked and label.road_lane_id is None)


def _gauge(label: ObjectLabel) -> float:
    """Metres between a vehicle's left and right wheels; two-wheelers leave one track."""
    return 0.84 * float(label.box.size[1]) if label.box.size[1] > 1.0 else 0.0


def _road_heights(frame: ClipFrame, depth_is_range: bool) -> list[float]:
    """World heights of some road pixels within 50 m."""
    semantic, depth = frame.semantic()[::16, ::16], frame.depth()[::16, ::16]
    rows, columns = np.nonzero(np.isin(semantic, _GROUND_CLASSES) & (depth < 50.0))
    rays = frame.clip.camera.rays(np.stack([columns * 16 + 0.5, rows * 16 + 0.5], axis=1).reshape(-1, 2))
    distance = depth[rows, columns].astype(np.float64)
    if not depth_is_range:
        distance = distance / np.maximum(rays[:, 2], 1e-3)
    heights = frame.pose.apply(rays * distance[:, None])[:, 2]
    return [float(height) for height in heights]


def _gray(frame: ClipFrame, folder: str) -> NDArray[np.uint8]:
    return _image(frame, folder, ())


def _color(frame: ClipFrame, folder: str) -> NDArray[np.uint8]:
    return _image(frame, folder, (3,))


def _image(frame: ClipFrame, folder: str, channels: tuple[int, ...]) -> NDArray[np.uint8]:
    path = frame.file(folder)
    image = read_image(path)
    width, height = frame.clip.size
    if image.shape != (height, width, *channels) or image.dtype != np.uint8:
        expected = (height, width, *channels)
        raise FormatError(f"expected {expected} uint8, found {image.shape} {image.dtype}", path=path)
    return np.asarray(image, np.uint8)
