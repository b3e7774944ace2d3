"""Traffic lights of a clip: what each shows when, whom it governs, and whether its lit face is seen in the picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import SemanticClass
from roadmark.clip import Clip
from roadmark.errors import FormatError, InputError
from roadmark.geometry import Pose
from roadmark.maps import RoadMap, nearest_places
from roadmark.questions.shown.timeline import Timeline
from roadmark.scenario import ActorKind, SignalState, read_signals
from roadmark.scene import Place

FloatArray = NDArray[np.float64]

NAMES: Mapping[int, str] = {SignalState.RED: "red", SignalState.YELLOW: "yellow", SignalState.GREEN: "green"}
"""States that one sees, in words."""

_FACING = np.cos(np.radians(60.0))
"""Cosine of the angle to the face's normal within which one sees which lens is lit."""
_LEAST_PIXELS, _LEAST_HEIGHT = 10.0, 10.0 / 540.0
"""Least height of a head in pixels, and as a share of the picture's: each of its three lenses is then a few pixels."""
_OPEN = 0.75
"""Share of the points of a head's face that must show a traffic light."""
_SPREAD = 0.8
"""Share of a head's face over which these points are spread."""
_GRID = np.array([(0.4 * x, _SPREAD * y) for y in np.linspace(1.0, -1.0, 7) for x in (0.0, -1.0, 1.0, 0.0)])
"""(P, 2) the points, in half widths to the side and half heights up."""


@dataclass(frozen=True, eq=False)
class Head:
    """A lamp box of a signal.

    Attributes:
        signal: Id of the map's signal.
        center: (3,) middle of its face, world metres.
        normal: (3,) where its face looks.
        size: Width and height, metres.
    """

    signal: str
    center: FloatArray
    normal: FloatArray
    size: tuple[float, float]


class Lights:
    """Answers what traffic lights show in one video; without a map or a recording that has any, there are none."""

    def __init__(self, clip: Clip, place: Place, timeline: Timeline) -> None:
        self._clip, self._place, self._timeline = clip, place, timeline
        self._semantic: dict[int, NDArray[np.uint8] | None] = {}

    @cached_property
    def places(self) -> Mapping[str, FloatArray]:
        """(3,) metres of every traffic light of the map, by its id."""
        road_map = self._place.road_map
        signals = () if road_map is None else road_map.signals
        return {signal.id: signal.pose.translation for signal in signals if signal.dynamic}

    @cached_property
    def states(self) -> Mapping[str, NDArray[np.int8]]:
        """(F,) `SignalState` in every frame of the clip, by the map's signal.

        Raises:
            FormatError: The recording is malformed.
        """
        if not self.places:
            return {}
        try:
            path = self._clip.source("recording.log")
        except FormatError:
            raise
        except InputError:
            return {}
        recording = read_signals(path)
        recorded = {
            light.key: light.spawn_position
            for light in recording.of_kind(ActorKind.TRAFFIC_LIGHT)
            if light.key in recording.signals
        }
        times = np.array([frame.time for frame in self._clip.manifest.frames])
        found = {}
        for key, signal in nearest_places(recorded, self.places).items():
            track = recording.signals[key]
            rows = np.searchsorted(track.times, times + 1e-6, side="right") - 1
            found[signal] = np.where(rows >= 0, track.state[rows.clip(0)], SignalState.UNKNOWN).astype(np.int8)
        return found

    @property
    def by_lane(self) -> Mapping[tuple[str, int], str]:
        """The signal that governs a lane (road, lane id); lanes that several do are left out."""
        return _by_lane(self._place.road_map)

    def shown(self, signal: str, start: float, end: float) -> int | None:
        """What a light shows all through a stretch of the video; None where it changes or is not known."""
        track = self.states.get(signal)
        if track is None:
            return None
        seconds = self._timeline.seconds
        half = 0.5 * self._timeline.step
        with np.errstate(invalid="ignore"):
            frames = np.flatnonzero((seconds >= start - half) & (seconds <= end + half))
        values = np.unique(track[frames])
        return int(values[0]) if len(values) == 1 else None

    def changes(self, signal: str) -> list[tuple[float, int, int]]:
        """Second, state before and state after of every change of a light in the video."""
        track = self.states.get(signal)
        if track is None:
            return []
        seconds = self._timeline.seconds
        frames = np.flatnonzero(np.isfinite(seconds))
        at = np.flatnonzero(np.diff(track[frames]))
        return [(float(seconds[frames[k + 1]]), int(track[frames[k]]), int(track[frames[k + 1]])) for k in at.tolist()]

    def seen(self, second: float) -> dict[str, tuple[float, float]]:
        """Where in the picture (x, y; 0 to 1) the lit face of each light is seen at a time, by signal."""
        frame = int(np.nanargmin(np.abs(self._timeline.seconds - second)))
        pose, found = self._clip[frame].pose, dict[str, tuple[float, float]]()
        for head in _heads(self._place.road_map) if self.places else ():
            spot = None if head.signal in found else self._spot(head, frame, pose)
            if spot is not None and head.signal in self.states:
                found[head.signal] = spot
        return found

    def facing(self, second: float) -> list[tuple[str, float]]:
        """Signal and x in the picture (0 to 1) of every head that looks towards the camera, also if hidden or small."""
        frame = int(np.nanargmin(np.abs(self._timeline.seconds - second)))
        pose, found = self._clip[frame].pose, []
        for head in _heads(self._place.road_map) if self.places else ():
            towards = pose.translation - head.center
            if float(towards @ head.normal) > 0.25 * float(np.linalg.norm(towards)):
                there = self._clip.camera.project(pose.inverse().apply(head.center[None]))
                if there.inside(*self._clip.size)[0]:
                    found.append((head.signal, float(there.uv[0, 0]) / self._clip.size[0]))
        return found

    def _spot(self, head: Head, frame: int, pose: Pose) -> tuple[float, float] | None:
        towards = pose.translation - head.center
        distance = float(np.linalg.norm(towards))
        if distance < 1.0 or float(towards @ head.normal) < _FACING * distance:
            return None
        side = 0.5 * head.size[0] * np.array([-head.normal[1], head.normal[0], 0.0])
        up = np.array([0.0, 0.0, 0.5 * head.size[1]])
        there = self._clip.camera.project(pose.inverse().apply(head.center + _GRID @ np.array([side, up])))
        width, height = self._clip.size
        if not there.inside(width, height).all():
            return None
        tall = float(np.linalg.norm(there.uv[0] - there.uv[-1])) / _SPREAD
        image = self._classes(frame) if tall >= max(_LEAST_PIXELS, _LEAST_HEIGHT * height) else None
        if image is None:
            return None
        column, row = np.floor(there.uv).astype(np.int64).T
        if float((image[row, column] == SemanticClass.TRAFFIC_LIGHT).mean()) < _OPEN:
            return None
        x, y = there.uv.mean(axis=0)
        return float(x / width), float(y / height)

    def _classes(self, frame: int) -> NDArray[np.uint8] | None:
        """(H, W) semantic ids of a frame; None where the clip has none."""
        if frame not in self._semantic:
            folder = "semantic_segmentation_raw"
            known = folder in self._clip.manifest.folders
            self._semantic[frame] = self._clip[frame].semantic() if known else None
        return self._semantic[frame]


@lru_cache(maxsize=4)
def _by_lane(road_map: RoadMap | None) -> Mapping[tuple[str, int], str]:
    found: dict[tuple[str, int], set[str]] = {}
    for signal in () if road_map is None else road_map.signals:
        for lane in road_map.governed_lanes(signal) if road_map is not None and signal.dynamic else ():
            found.setdefault((lane.road, lane.lane), set()).add(signal.id)
    return {lane: next(iter(signals)) for lane, signals in found.items() if len(signals) == 1}


@lru_cache(maxsize=4)
def _heads(road_map: RoadMap | None) -> tuple[Head, ...]:
    """Lamp boxes where the renderer hangs them."""
    if road_map is None:
        return ()
    from roadmark.world import signal_models  # noqa: PLC0415 - meshes are slow to load, and few videos show a light

    found = []
    for head in signal_models(road_map).dynamic:
        rotation, center = head.transform[:, :3], head.transform[:, 3]
        low, high = head.mesh.vertices.min(axis=0), head.mesh.vertices.max(axis=0)
        face = center + rotation @ np.array([0.5 * float(high[0]), 0.0, 0.0])  # lenses lie behind the visors' edges
        found.append(Head(head.signal_id, face, rotation[:, 0], (float(high[1] - low[1]), float(high[2] - low[2]))))
    return tuple(found)
