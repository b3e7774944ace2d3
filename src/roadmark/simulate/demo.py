"""The built-in scenario as files: a CARLA recording, its map, a camera file and a log config, as a user brings them."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from roadmark.geometry import carla_location_from_flu
from roadmark.scenario.carla_log import (
    ActorAdded,
    Attribute,
    LogHeader,
    LogWriter,
    NewFrame,
    PacketKind,
)
from roadmark.scenario.carla_log.blueprint_uids import blueprint_uid
from roadmark.scenario.carla_log.packets import LIST_DTYPES
from roadmark.simulate.demo_script import CONTACT, CONTACT_FRAMES, FPS, Part, parts, times
from roadmark.simulate.demo_town import MAP_NAME, crossing_xodr

SIGNAL_STATES = {1: 0, 2: 2, 3: 0, 4: 2}
"""Red for the east-west street, green for the north-south one; CARLA's numbers."""
SIGNAL_PLACES = {1: (18.5, 4.6, 0.0), 2: (-4.6, 18.5, 90.0), 3: (-18.5, -4.6, 180.0), 4: (4.6, -18.5, -90.0)}
"""x, y in metres FLU and heading in degrees of the light actors; the map has its signals there."""
SPECTATOR = 5
STEERING_NONE = 0.0
CENTIMETRES = 100.0
RECORDED_AT = 0
"""The header's date, Unix seconds: fixed, so that the recording's bytes are."""


@dataclass(frozen=True)
class DemoFiles:
    """Where the built-in scenario's files are."""

    recording: Path
    xodr: Path
    cameras: Path
    log_config: Path


def _unreal(x: float, y: float, z: float) -> tuple[float, float, float]:
    left_handed = carla_location_from_flu(np.array([x, y, z])) * CENTIMETRES
    return (float(left_handed[0]), float(left_handed[1]), float(left_handed[2]))


def _yaw(heading: float) -> float:
    return -math.degrees(heading)


def _added(part: Part) -> ActorAdded:
    x, y, heading = part.course(0.0)
    is_walker = part.color is None
    attributes = [Attribute(4, "role_name", "autopilot" if not is_walker else "pedestrian")]
    if part.color is not None:
        attributes.append(Attribute(5, "color", ",".join(map(str, part.color))))
    location = _unreal(x, y, part.origin_height)
    uid, _ = blueprint_uid(part.blueprint)
    return ActorAdded(
        part.actor_id,
        2 if is_walker else 1,
        location,
        (0.0, 0.0, _yaw(heading)),
        uid,
        part.blueprint,
        tuple(attributes),
    )


def _level_actors() -> list[ActorAdded]:
    lights = [
        ActorAdded(light, 3, _unreal(x, y, 0.0), (0.0, 0.0, -yaw), 0, "traffic.traffic_light")
        for light, (x, y, yaw) in SIGNAL_PLACES.items()
    ]
    return [*lights, ActorAdded(SPECTATOR, 0, _unreal(0.0, 0.0, 20.0), (0.0, -90.0, 0.0), 0, "spectator")]


def _velocity(part: Part, t: float) -> tuple[float, float]:
    step = 0.5 / FPS
    (x0, y0, _), (x1, y1, _) = part.course(max(t - step, 0.0)), part.course(t + step)
    span = t + step - max(t - step, 0.0)
    return (x1 - x0) / span, (y1 - y0) / span


def _records(actors: list[Part], t: float, frame: int) -> dict[PacketKind, Any]:
    poses = [(part.actor_id, part.course(t), part.origin_height) for part in actors]
    vehicles = [part for part in actors if part.color is not None]
    walkers = [part for part in actors if part.color is None]
    velocities = {part.actor_id: _velocity(part, t) for part in actors}
    records = {
        PacketKind.POSITION: [(i, _unreal(x, y, z), (0.0, 0.0, _yaw(h))) for i, (x, y, h), z in poses]
        + [(SPECTATOR, _unreal(0.0, 0.0, 20.0), (0.0, -90.0, 0.0))],
        PacketKind.STATE: [(light, 1, t, state) for light, state in SIGNAL_STATES.items()],
        PacketKind.ANIM_VEHICLE: [
            (part.actor_id, STEERING_NONE, 0.0, float(bool(part.lights(t) & 8)), 0, 1) for part in vehicles
        ],
        PacketKind.ANIM_WALKER: [
            (part.actor_id, math.hypot(*velocities[part.actor_id]) * CENTIMETRES) for part in walkers
        ],
        PacketKind.VEHICLE_LIGHT: [(part.actor_id, part.lights(t)) for part in vehicles],
        PacketKind.KINEMATICS: [
            (actor_id, (vx, -vy, 0.0), (0.0, 0.0, 0.0)) for actor_id, (vx, vy) in velocities.items()
        ],
    }
    contact = round(CONTACT * FPS)
    if contact <= frame < contact + CONTACT_FRAMES:
        first = 2 * (frame - contact)
        records[PacketKind.COLLISION] = [(first, 20, 21, 0, 0), (first + 1, 21, 20, 0, 0)]
    if frame == 0:
        records[PacketKind.BOUNDING_BOX] = [
            (part.actor_id, _unreal(*part.center), tuple(CENTIMETRES * half for half in part.half_extents))
            for part in actors
        ]
    return {kind: np.array(rows, LIST_DTYPES[kind]) for kind, rows in records.items()}


def write_recording(path: Path) -> None:
    """Write the built-in scenario as a CARLA recording; always the same bytes."""
    actors = parts()
    with LogWriter(path, LogHeader(date=RECORDED_AT, map_name=MAP_NAME)) as writer:
        for frame, t in enumerate(times().tolist()):
            added = [*_level_actors(), *map(_added, actors)] if frame == 0 else []
            writer.write_frame(NewFrame(elapsed=t, added=added, records=_records(actors, t, frame)))


def _camera_document() -> list[dict[str, object]]:
    transform = {"location": {"x": -2100, "y": 1350, "z": 900}, "rotation": {"roll": 0, "pitch": -19, "yaw": -30}}
    attributes = {"image_size_x": 1280, "image_size_y": 720, "fov": 94}
    kinds = ("rgb", "depth", "semantic_segmentation", "instance_segmentation", "normals")
    return [{"sensor": kind, "attributes": attributes, "transform": transform} for kind in kinds]


def write_demo(folder: Path) -> DemoFiles:
    """Write the built-in scenario's four files into a folder.

    Raises:
        OutputError: They cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = DemoFiles(
        folder / "crossing.log", folder / f"{MAP_NAME}.xodr", folder / "crossing.yaml", folder / "crossing.json"
    )
    write_recording(files.recording)
    files.xodr.write_bytes(crossing_xodr())
    files.cameras.write_text(yaml.safe_dump(_camera_document(), sort_keys=False), encoding="utf-8")
    config = {
        "source_scenario": "red-light runner",
        "start_time": 0.4,
        "duration": 4.2,
        "collision_actor_ids": [20, 21],
    }
    files.log_config.write_text(json.dumps(config, indent=1), encoding="utf-8")
    return files
