"""A scenario as files: a CARLA recording, its map, a camera file and a log config, as a user brings them."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from roadmark.catalog import VehicleLight
from roadmark.files import output_errors, write_atomically
from roadmark.scenario import (
    Actor,
    ActorKind,
    Collision,
    ControlTrack,
    LightTrack,
    LocalBox,
    Scenario,
    SignalState,
    SignalTrack,
    SpeedTrack,
    Track,
    write_log,
)
from sample_crossing.script import CONTACT, CONTACT_FRAMES, FPS, RUNNER, STRUCK, Part, parts, times
from sample_crossing.town import MAP_NAME, crossing_xodr

Array = npt.NDArray[np.float64]

RED, GREEN = SignalState.RED, SignalState.GREEN
SIGNAL_STATES = {1: RED, 2: GREEN, 3: RED, 4: GREEN}
"""Red for the east-west street, green for the north-south one."""
SIGNAL_PLACES = {1: (18.5, 4.6, 0.0), 2: (-4.6, 18.5, 90.0), 3: (-18.5, -4.6, 180.0), 4: (4.6, -18.5, -90.0)}
"""x, y in metres FLU and heading in degrees of the light actors; the map has its signals there."""
SPECTATOR = 5
SPECTATOR_PLACE = np.array([0.0, 0.0, 20.0])
DOWN = math.pi / 2.0
"""Pitch of a view straight down."""
RECORDED_AT = datetime.fromtimestamp(0, UTC)
"""The recording's date: fixed, so that its bytes are."""


@dataclass(frozen=True)
class CrossingFiles:
    """Where the scenario's files are."""

    recording: Path
    xodr: Path
    cameras: Path
    log_config: Path


def crossing_scenario() -> Scenario:
    """What happens; always the same."""
    seconds = times()
    scripted = {part.actor_id: part for part in parts()}
    vehicles = {number: part for number, part in scripted.items() if part.color is not None}
    walkers = [number for number in scripted if number not in vehicles]
    tracks = {number: _track(part, seconds) for number, part in scripted.items()}
    watching = Actor(
        SPECTATOR, ActorKind.OTHER, "spectator", spawn_position=SPECTATOR_PLACE, spawn_rpy=np.array([0.0, DOWN, 0.0])
    )
    return Scenario(
        map_name=MAP_NAME,
        times=seconds,
        source_frames=np.arange(1, len(seconds) + 1),
        actors={actor.id: actor for actor in (*_signals(), watching, *map(_actor, scripted.values()))},
        tracks={**tracks, SPECTATOR: _standing(watching, seconds)},
        signals={light: _signal(light, state, seconds) for light, state in SIGNAL_STATES.items()},
        controls={number: _control(part, seconds) for number, part in vehicles.items()},
        vehicle_lights={number: LightTrack(seconds, _lamps(part, seconds)) for number, part in vehicles.items()},
        walker_speeds={
            number: SpeedTrack(seconds, np.linalg.norm(tracks[number].velocities, axis=1)) for number in walkers
        },
        collisions=_contacts(seconds),
        recorded_at=RECORDED_AT,
    )


def _signals() -> list[Actor]:
    return [
        Actor(
            light,
            ActorKind.TRAFFIC_LIGHT,
            "traffic.traffic_light",
            spawn_position=np.array([x, y, 0.0]),
            spawn_rpy=np.array([0.0, 0.0, math.radians(heading)]),
        )
        for light, (x, y, heading) in SIGNAL_PLACES.items()
    ]


def _signal(light: int, state: SignalState, seconds: Array) -> SignalTrack:
    count = len(seconds)
    return SignalTrack(light, seconds, np.full(count, state, np.int8), np.ones(count, np.bool_), seconds)


def _actor(part: Part) -> Actor:
    is_walker = part.color is None
    x, y, heading = part.course(0.0)
    return Actor(
        part.actor_id,
        ActorKind.WALKER if is_walker else ActorKind.VEHICLE,
        part.blueprint,
        color=None if part.color is None else np.array(part.color, np.uint8),
        role_name="pedestrian" if is_walker else "autopilot",
        bounding_box=LocalBox(np.array(part.center), np.array(part.half_extents)),
        spawn_position=np.array([x, y, part.origin_height]),
        spawn_rpy=np.array([0.0, 0.0, heading]),
    )


def _track(part: Part, seconds: Array) -> Track:
    course = np.array([part.course(t) for t in seconds.tolist()])
    before, after = np.maximum(seconds - 0.5 / FPS, 0.0), seconds + 0.5 / FPS
    moved = np.array([np.subtract(part.course(b), part.course(a)) for a, b in zip(before, after, strict=True)])
    rates = moved / (after - before)[:, None]
    nothing = np.zeros(len(seconds))
    return Track(
        part.actor_id,
        seconds,
        np.arange(len(seconds), dtype=np.int32),
        positions=np.column_stack([course[:, :2], np.full(len(seconds), part.origin_height)]),
        rpy=np.column_stack([nothing, nothing, course[:, 2]]),
        recorded_velocity=np.column_stack([rates[:, :2], nothing]),
        recorded_angular=np.column_stack([nothing, nothing, rates[:, 2]]),
    )


def _standing(actor: Actor, seconds: Array) -> Track:
    frames = np.arange(len(seconds), dtype=np.int32)
    places, angles = (np.tile(values, (len(seconds), 1)) for values in (actor.spawn_position, actor.spawn_rpy))
    return Track(actor.id, seconds, frames, places, angles)


def _lamps(part: Part, seconds: Array) -> npt.NDArray[np.uint32]:
    return np.array([part.lights(t) for t in seconds.tolist()], np.uint32)


def _control(part: Part, seconds: Array) -> ControlTrack:
    nothing = np.zeros(len(seconds))
    brake = (_lamps(part, seconds) & np.uint32(VehicleLight.BRAKE) != 0).astype(np.float64)
    return ControlTrack(
        seconds, nothing, nothing, brake, nothing.astype(np.bool_), np.ones(len(seconds), dtype=np.int32)
    )


def _contacts(seconds: Array) -> tuple[Collision, ...]:
    """The contact, as each of the two reports it."""
    first = round(CONTACT * FPS)
    last = first + CONTACT_FRAMES - 1
    return tuple(
        Collision(pair, float(seconds[first]), float(seconds[last]), first + 1, last + 1, ("vehicle", "vehicle"))
        for pair in ((RUNNER, STRUCK), (STRUCK, RUNNER))
    )


def _camera_document() -> list[dict[str, object]]:
    transform = {"location": {"x": 3000, "y": 1050, "z": 680}, "rotation": {"roll": 0, "pitch": -13, "yaw": -156}}
    attributes = {"image_size_x": 1280, "image_size_y": 720, "fov": 78}
    kinds = ("rgb", "depth", "semantic_segmentation", "instance_segmentation", "normals")
    return [{"sensor": kind, "attributes": attributes, "transform": transform} for kind in kinds]


def write_crossing(folder: Path) -> CrossingFiles:
    """Write the scenario's four files into a folder.

    Raises:
        OutputError: They cannot be written.
    """
    with output_errors(folder):
        files = CrossingFiles(
            folder / "crossing.log", folder / f"{MAP_NAME}.xodr", folder / "crossing.yaml", folder / "crossing.json"
        )
    config = {
        "source_scenario": "red-light runner",
        "start_time": 0.4,
        "duration": 4.2,
        "collision_actor_ids": [RUNNER, STRUCK],
    }
    write_log(crossing_scenario(), files.recording)
    write_atomically(files.xodr, crossing_xodr())
    write_atomically(files.cameras, yaml.safe_dump(_camera_document(), sort_keys=False))
    write_atomically(files.log_config, json.dumps(config, indent=1))
    return files
