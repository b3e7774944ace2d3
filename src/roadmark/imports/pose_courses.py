"""From the rows of an actor to its course: frames of the world, heights of the map, even times."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from roadmark.catalog import Blueprint
from roadmark.geometry import FloatArray, rotation_from_rpy
from roadmark.imports.pose_actors import PoseActor
from roadmark.imports.pose_table import PoseTable
from roadmark.imports.sampling import frames_within, resampled
from roadmark.maps import RoadMap
from roadmark.traffic import ActorSpec, MovingActor, vehicle_spec

_STANDING = 0.05  # m/s


@dataclass(frozen=True, eq=False)
class Poses:
    """A table's poses in our frames: metres, radians, world FLU, origins as CARLA has them.

    Attributes:
        times: (N,) seconds from frame 0.
        positions: (N, 3).
        rpy: (N, 3).
        velocity: (N, 3) m/s, NaN where the table gives none.
        yaw_rate: (N,) rad/s, NaN where the table gives none.
    """

    times: FloatArray
    positions: FloatArray
    rpy: FloatArray
    velocity: FloatArray
    yaw_rate: FloatArray


def actor_poses(
    table: PoseTable, actor: PoseActor, road_map: RoadMap, *, start: float, carla: bool, centered: bool
) -> Poses:
    """An actor's rows in our frames.

    Args:
        table: The table.
        actor: Whose rows.
        road_map: Gives the heights (and for vehicles the slopes) that the table lacks.
        start: The table's time of frame 0.
        carla: The table is in CARLA's left-handed world.
        centered: Its positions are those of the boxes' centres.
    """
    mirror = -1.0 if carla else 1.0

    def column(name: str, default: float = 0.0) -> FloatArray:
        values = table.numbers.get(name)
        if values is None:
            return np.full(len(actor.rows), default)
        return np.where(np.isnan(values[actor.rows]), default, values[actor.rows])

    def angle(name: str, default: float = 0.0) -> FloatArray:
        degrees = f"{name}_deg"
        return np.deg2rad(column(degrees, default)) if degrees in table.numbers else column(name, default)

    x, y, z = column("x"), mirror * column("y"), column("z", math.nan)
    yaw = np.unwrap(mirror * angle("yaw"))
    pitch, roll = mirror * angle("pitch", math.nan), angle("roll")
    body = actor.blueprint
    flat = np.isnan(z)
    if flat.any():
        ground, slope = _ground(road_map, x[flat], y[flat], yaw[flat], body)
        z[flat] = ground
        pitch[flat] = np.where(np.isnan(pitch[flat]), slope, pitch[flat])
    rpy = np.stack([roll, np.where(np.isnan(pitch), 0.0, pitch), yaw], axis=1)
    positions = np.stack([x, y, z], axis=1)
    if centered and body is not None:
        offset = (rotation_from_rpy(rpy) @ np.asarray(body.center_offset)).reshape(-1, 3)
        positions -= np.where(flat[:, None], offset * (1.0, 1.0, 0.0), offset)
    velocity = np.stack([column("vx", math.nan), mirror * column("vy", math.nan), column("vz", 0.0)], axis=1)
    times = table.numbers["time"][actor.rows] - start
    if np.isnan(velocity).any() and "speed" in table.numbers:
        velocity = _along(times, positions, yaw, column("speed", math.nan))
    return Poses(times, positions, rpy, velocity, mirror * column("yaw_rate", math.nan))


def _ground(
    road_map: RoadMap, x: FloatArray, y: FloatArray, yaw: FloatArray, body: Blueprint | None
) -> tuple[FloatArray, FloatArray]:
    """Heights of origins on the map, and the pitch of a vehicle's axles there (forward down is positive)."""
    here = road_map.elevation(np.stack([x, y], axis=1))
    if body is None or body.kind != "vehicle":
        return here + (body.half_extents[2] if body is not None and body.kind == "walker" else 0.0), np.zeros(len(x))
    reach = max(0.6 * body.half_extents[0], 0.3)
    step = reach * np.stack([np.cos(yaw), np.sin(yaw)], axis=1)
    plan = np.stack([x, y], axis=1)
    rise = road_map.elevation(plan + step) - road_map.elevation(plan - step)
    return here, -np.arctan2(rise, 2.0 * reach)


def _along(times: FloatArray, positions: FloatArray, yaw: FloatArray, speed: FloatArray) -> FloatArray:
    """Velocities with given speeds, the way an actor moves, or heads where it stands."""
    heading = np.stack([np.cos(yaw), np.sin(yaw), np.zeros(len(yaw))], axis=1)
    if len(times) < 2:
        return heading * speed[:, None]
    moves = np.gradient(positions, times, axis=0)
    pace = np.hypot(moves[:, 0], moves[:, 1])
    way = np.where(pace[:, None] > _STANDING, moves / np.maximum(pace, _STANDING)[:, None], heading)
    return np.asarray(way * np.abs(speed)[:, None])


def moving_actor(actor: PoseActor, poses: Poses, fps: int, rng: np.random.Generator) -> MovingActor | None:
    """The course over even frames; None for an actor that is there in none of them.

    Args:
        actor: Who.
        poses: Where.
        fps: Frames per second.
        rng: Draws the paint of vehicles without one.
    """
    first, end = frames_within(poses.times, fps)
    if first >= end:
        return None
    wanted = np.arange(first, end) / fps
    positions = resampled(poses.times, poses.positions, wanted)
    rpy = resampled(poses.times, np.unwrap(poses.rpy, axis=0), wanted)
    velocity, yaw_rate = np.zeros_like(positions), np.zeros(len(wanted))
    if len(wanted) > 1:
        velocity, yaw_rate = np.gradient(positions, 1.0 / fps, axis=0), np.gradient(rpy[:, 2], 1.0 / fps)
    if not np.isnan(poses.velocity).any():
        velocity = resampled(poses.times, poses.velocity, wanted)
    if not np.isnan(poses.yaw_rate).any():
        yaw_rate = resampled(poses.times, poses.yaw_rate[:, None], wanted)[:, 0]
    return MovingActor(_spec(actor, rng), positions, rpy, velocity, yaw_rate, first)


def _spec(actor: PoseActor, rng: np.random.Generator) -> ActorSpec:
    body = actor.blueprint
    assert body is not None
    role = actor.role_name or "autopilot"
    if actor.color is not None or body.kind != "vehicle":
        return ActorSpec(body, actor.color, role)
    drawn = vehicle_spec(body, rng, role)
    return ActorSpec(body, drawn.color, role)
