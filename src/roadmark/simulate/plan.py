"""What a simulation will do, decided and checked before anything is rendered or written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from roadmark.clip import check_output
from roadmark.config import Resolved
from roadmark.errors import ConfigError
from roadmark.events import Event, detect_events, read_events
from roadmark.maps import RoadMap, load_opendrive
from roadmark.render import Environment, sun_position
from roadmark.scenario import ActorKind, SampleTimes, Scenario, sample_times
from roadmark.simulate.cameras import CameraSetup
from roadmark.simulate.class_filter import load_class_filter
from roadmark.simulate.events import described_events
from roadmark.simulate.settings import SERVER_ONLY, SimulateSettings
from roadmark.simulate.sources import Sources, read_sources
from roadmark.twins import SceneModel, Surroundings, load_scene_classes, load_scene_model
from roadmark.world import substitutions

MAX_FPS = 1000
"""Fastest clip, frames per second."""
MAX_FPS_DENOMINATOR = 1001
"""29.97 is 30000/1001: broadcast rates are exact with this denominator."""


@dataclass(frozen=True, eq=False)
class SimulationPlan:
    """A checked simulation of one recording.

    Attributes:
        settings: All settings.
        metadata: What the scenario file said beyond them.
        recording: The recording.
        map_file: Its OpenDRIVE map.
        scenario: The recording, read.
        road_map: The map, read.
        surroundings: What stands around its roads, where a file says so; else the seed grows it.
        surroundings_file: The file that says so.
        scene_model: A model of the place that stands instead of all scenery.
        scene_classes_file: The file that says what its parts are.
        cameras: One clip each; `follow` is the id of the actor a camera rides on.
        output_dirs: Where each camera's clip goes.
        fps: Frames per second of the clips.
        sample: Times of their frames.
        events: What happens in the recording; empty where it is not wanted.
        events_file: The file that says so, None where it was detected.
        environment: Weather, light and state of the road.
        class_filter: (29,) which semantic classes masks keep.
        notes: What the user should know.
    """

    settings: SimulateSettings
    metadata: Mapping[str, Any]
    recording: Path
    map_file: Path
    scenario: Scenario
    road_map: RoadMap
    surroundings: Surroundings | None
    surroundings_file: Path | None
    scene_model: SceneModel | None
    scene_classes_file: Path | None
    cameras: tuple[CameraSetup, ...]
    output_dirs: tuple[Path, ...]
    fps: Fraction
    sample: SampleTimes
    events: tuple[Event, ...]
    events_file: Path | None
    environment: Environment
    class_filter: npt.NDArray[np.bool_]
    notes: tuple[str, ...]

    @property
    def town_cameras(self) -> tuple[CameraSetup, ...]:
        """Cameras whose views the town keeps clear."""
        return self.cameras

    @property
    def first_time(self) -> float:
        """Seconds of the recording of the first frame."""
        return float(self.sample.times[0])

    def check_outputs(self, overwrite: bool = False) -> None:
        """Check that the clips could be written now, without making anything.

        Raises:
            OutputError: Something is in a clip's place.
        """
        for output in self.output_dirs:
            check_output(output, overwrite)

    def describe(self) -> str:
        """The plan in words, one fact per line."""
        settings, scenario = self.settings, self.scenario
        vehicles = len(scenario.of_kind(ActorKind.VEHICLE))
        walkers = len(scenario.of_kind(ActorKind.WALKER))
        first, last = float(self.sample.times[0]), float(self.sample.times[-1])
        lines = [
            f"recording  {self.recording}: {scenario.map_name}, {scenario.duration:.2f} s, "
            f"{len(scenario.times)} frames, {vehicles} vehicles, {walkers} walkers, "
            f"{len(scenario.collisions)} recorded contacts",
            f"map        {self.map_file}: {len(self.road_map.road_geometry)} roads",
            *self._describe_surroundings(),
            f"frames     {len(self.sample)} at {float(self.fps):g} per second, "
            f"recording seconds {first:.3f} to {last:.3f}, replay {settings.replay}",
            f"looks      {settings.weather}, {settings.lighting}, {settings.road}; quality {settings.quality}; "
            f"seed {settings.seed}",
        ]
        for camera, output in zip(self.cameras, self.output_dirs, strict=True):
            size = f"{camera.camera.width}x{camera.camera.height}"
            x, y, z = camera.pose.translation + 0.0  # no negative zeros
            where = "fixed" if camera.follow is None else f"on actor {camera.follow}"
            lines.append(f"camera     {camera.name}: {size}, {where}, at ({x:.2f}, {y:.2f}, {z:.2f}) m -> {output}")
        return "\n".join(lines)

    def _describe_surroundings(self) -> list[str]:
        if self.scene_model is not None:
            return [f"around it  {self.scene_model.files[0]}: {len(self.scene_model.mesh.triangles)} triangles"]
        if self.surroundings is None:
            return []
        counts = f"{len(self.surroundings.buildings)} buildings, {len(self.surroundings.trees)} trees"
        return [f"around it  {self.surroundings_file}: {counts}"]


def frame_rate(value: float) -> Fraction:
    """A frame rate as an exact fraction; 29.97 is 30000/1001.

    Raises:
        ConfigError: It is not positive or too fast for a video.
    """
    if not 0 < value <= MAX_FPS:
        raise ConfigError(f"{value} frames per second: use more than 0 and at most {MAX_FPS}")
    return Fraction(value).limit_denominator(MAX_FPS_DENOMINATOR)


def _server_notes(resolved: Resolved[SimulateSettings]) -> list[str]:
    given = [name for name in SERVER_ONLY if name in resolved.origins]
    changed = [
        name for name in given if getattr(resolved.settings, name) != SimulateSettings.model_fields[name].default
    ]
    if not changed:
        return []
    return [f"{', '.join(changed)} mean something only to a live CARLA server; the embedded simulator needs none"]


def _distance_notes(scenario: Scenario, cameras: Sequence[CameraSetup], settings: SimulateSettings) -> list[str]:
    """Say which fixed cameras are too far from everyone to label anything: a slip of units, more often than not."""
    moving = scenario.of_kind(ActorKind.VEHICLE, ActorKind.WALKER)
    tracks = [scenario.tracks[actor.key].positions for actor in moving if actor.key in scenario.tracks]
    fixed = [camera for camera in cameras if camera.follow is None]
    if not fixed or not tracks:
        return []
    places = np.concatenate(tracks)
    nearest = {camera.name: np.linalg.norm(places - camera.pose.translation, axis=1).min() for camera in fixed}
    return [
        f"camera {name} never comes nearer than {distance:.0f} m to a vehicle or walker, farther than limit_distance "
        f"({settings.limit_distance:g} m): nothing will be labelled; locations in camera files are centimetres"
        for name, distance in nearest.items()
        if distance > settings.limit_distance
    ]


def _environment(settings: SimulateSettings) -> Environment:
    sun = None
    if settings.sun_time is not None:
        sun = sun_position(settings.sun_time, settings.latitude, settings.longitude)
    return Environment.from_conditions(settings.weather, settings.lighting, settings.road, sun)


def plan_simulation(
    resolved: Resolved[SimulateSettings],
    metadata: Mapping[str, Any],
    *,
    nest: bool = False,
    sources: Sources | None = None,
) -> SimulationPlan:
    """Read and check everything a simulation needs.

    Args:
        resolved: The settings with their origins.
        metadata: What the scenario file said beyond them.
        nest: Clips of several cameras go inside the output folder instead of beside it.
        sources: The settings' recording and cameras, where they are read already.

    Raises:
        ConfigError: A setting is missing or wrong.
        InputError: A file is missing, unreadable or malformed.
    """
    settings = resolved.settings
    environment = _environment(settings)
    fps = frame_rate(settings.target_fps)
    sources = sources or read_sources(resolved, nest=nest)
    files, scenario, cameras = sources.files, sources.scenario, sources.cameras
    class_filter = load_class_filter(files.class_filter)
    road_map = load_opendrive(files.map_file)
    model = None
    if files.scene_model is not None:
        model = load_scene_model(files.scene_model, load_scene_classes(files.scene_classes))
    sample = sample_times(scenario, settings.start_time, settings.duration, fps, time_factor=settings.time_factor)
    events: tuple[Event, ...] = ()
    events_file = described_events(files.recording) if settings.detect_events else None
    if events_file is not None:
        events = read_events(events_file).events
    elif settings.detect_events:
        events = tuple(detect_events(scenario, road_map))
    notes = [
        *files.notes,
        *(() if model is None else model.notes),
        *_server_notes(resolved),
        *_distance_notes(scenario, cameras, settings),
        *scenario.warnings,
        *substitutions(list(scenario.actors.values())),
    ]
    return SimulationPlan(
        settings=settings,
        metadata=dict(metadata),
        recording=files.recording,
        map_file=files.map_file,
        scenario=scenario,
        road_map=road_map,
        surroundings=sources.surroundings,
        surroundings_file=files.surroundings,
        scene_model=model,
        scene_classes_file=files.scene_classes,
        cameras=cameras,
        output_dirs=files.output_dirs,
        fps=fps,
        sample=sample,
        events=events,
        events_file=events_file,
        environment=environment,
        class_filter=class_filter,
        notes=tuple(notes),
    )
