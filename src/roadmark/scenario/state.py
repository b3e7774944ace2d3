"""The state of a scenario at one time, in both replay modes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from roadmark.errors import InputError
from roadmark.geometry import FloatArray, Pose, rotation_from_rpy
from roadmark.scenario.model import Actor, ActorKind, SignalState, Track
from roadmark.scenario.motion import interpolate_rpy

if TYPE_CHECKING:
    from roadmark.scenario.scenario import Scenario

STEP_TOLERANCE = 1e-4
"""Seconds. A recorder's clock adds up single-precision steps, so "the frame at 5.0 s" may stand at 5.000002 s: what
changes in steps (lamps, signals) counts from this much before its recorded time."""

DEFAULT_MAX_STEER = float(np.deg2rad(70.0))
"""Largest steering angle of most CARLA vehicles, for recordings without their physics."""

CARLA_FAST_REPLAY = 2.0
"""Time factor from which CARLA's replayer jumps from frame to frame."""

FRONT_WHEELS = 2


@dataclass(frozen=True, eq=False)
class ActorState:
    """One actor at one time.

    Attributes:
        actor: Who.
        pose: world_from_actor.
        velocity: (3,) m/s, world.
        yaw_rate: rad/s, positive to the left.
        light_flags: Lamps that are on, bits of `roadmark.catalog.VehicleLight`.
        steer: Angle of the front wheels in radians, positive to the left: recorded, else the control value times the
            recorded, else the usual largest angle.
        throttle: 0 to 1.
        brake: 0 to 1.
        reverse: The gear is negative.
        travelled: Signed metres rolled or walked since the actor appeared, for wheels and gait.
        wheel_locations: (W,) recorded wheels (see `WheelTrack`), None without them.
        wheel_steer: (W,) radians, positive to the left.
        wheel_rotation: (W,) radians rolled forward.
        walker_speed: Recorded speed of a walker in m/s, None where not recorded.
        signal_state: What a traffic light shows, None for others and where not recorded.
        open_doors: Bits of `DoorTrack`.
    """

    actor: Actor
    pose: Pose
    velocity: FloatArray
    yaw_rate: float = 0.0
    light_flags: int = 0
    steer: float = 0.0
    throttle: float = 0.0
    brake: float = 0.0
    reverse: bool = False
    travelled: float = 0.0
    wheel_locations: NDArray[np.uint8] | None = None
    wheel_steer: FloatArray | None = None
    wheel_rotation: FloatArray | None = None
    walker_speed: float | None = None
    signal_state: SignalState | None = None
    open_doors: int = 0

    @property
    def speed(self) -> float:
        """Length of the velocity, m/s."""
        return float(np.linalg.norm(self.velocity))


@dataclass(frozen=True, eq=False)
class SceneState:
    """All actors alive at one time.

    Attributes:
        time: Seconds since the start of the recording.
        source_index: Index of the nearest recorded frame.
        source_frame: Its recorded number.
        actors: In order of appearance; sensors are left out.
    """

    time: float
    source_index: int
    source_frame: int
    actors: tuple[ActorState, ...]

    def find(self, actor_id: int) -> ActorState | None:
        """The actor that has an id now."""
        return next((state for state in self.actors if state.actor.id == actor_id), None)


@dataclass(frozen=True)
class _Between:
    """Which two samples of a track, and how far from the first to the second."""

    before: int
    after: int
    fraction: float


def nearest_frame(times: FloatArray, time: float) -> int:
    """Index of the recorded frame nearest to a time, the earlier of two equally near."""
    after = int(np.clip(np.searchsorted(times, time), 0, len(times) - 1))
    before = max(after - 1, 0)
    return before if time - times[before] <= times[after] - time else after


def scene_state(scenario: Scenario, time: float, mode: str, time_factor: float = 1.0) -> SceneState:
    """See `Scenario.state_at`.

    Raises:
        InputError: The time is not finite or the mode is unknown.
    """
    if not np.isfinite(time):
        raise InputError(f"{time} is no time of a scenario")
    if mode not in {"exact", "carla"}:
        raise InputError(f"replay mode {mode!r} is not known; use exact or carla")
    now = float(np.clip(time, scenario.times[0], scenario.times[-1]))
    keys = [key for key, actor in scenario.actors.items() if _alive(actor, now) and actor.kind is not ActorKind.SENSOR]
    tracked = [key for key in keys if key in scenario.tracks]
    spans = [_span(scenario, scenario.tracks[key], now, mode, time_factor) for key in tracked]
    poses = dict(zip(tracked, _poses(scenario, tracked, spans), strict=True))
    between = dict(zip(tracked, spans, strict=True))
    index = nearest_frame(scenario.times, now)
    return SceneState(
        time=time,
        source_index=index,
        source_frame=int(scenario.source_frames[index]),
        actors=tuple(
            _actor_state(
                scenario, key, now, poses[key] if key in poses else _fixed_pose(scenario, key, poses), between.get(key)
            )
            for key in keys
        ),
    )


def _alive(actor: Actor, now: float) -> bool:
    return actor.spawned - STEP_TOLERANCE <= now and (actor.destroyed is None or now < actor.destroyed - STEP_TOLERANCE)


def _span(scenario: Scenario, track: Track, now: float, mode: str, time_factor: float) -> _Between:
    if mode == "carla":
        return _carla_span(scenario, track, now, time_factor)
    after = int(np.searchsorted(track.times, now, side="right"))
    before = max(after - 1, 0)
    after = min(after, len(track.times) - 1)
    length = track.times[after] - track.times[before]
    return _Between(
        before, after, float((now - track.times[before]) / length) if length > 0.0 and before != after else 0.0
    )


def _carla_span(scenario: Scenario, track: Track, now: float, time_factor: float) -> _Between:
    """CarlaReplayer::UpdatePositions: between the frame before the current one and the current one.

    The last recorded frame has no duration, so it is never the current one.
    """
    times = scenario.times
    frame = int(np.clip(np.searchsorted(times, now, side="right") - 1, 0, max(len(times) - 2, 0)))
    length = times[min(frame + 1, len(times) - 1)] - times[frame]
    fraction = float(np.clip((now - times[frame]) / length, 0.0, 1.0)) if length > 0.0 else 0.0
    current = _sample(track, frame)
    previous = _sample(track, frame - 1)
    if current is None:
        held = int(np.clip(np.searchsorted(track.frames, frame, side="right") - 1, 0, len(track.frames) - 1))
        return _Between(held, held, 0.0)
    if previous is None:
        return _Between(current, current, 0.0)
    return _Between(previous, current, 0.0 if time_factor >= CARLA_FAST_REPLAY else fraction)


def _sample(track: Track, frame: int) -> int | None:
    index = int(np.searchsorted(track.frames, frame))
    return index if index < len(track.frames) and track.frames[index] == frame else None


def _poses(scenario: Scenario, keys: list[int], spans: list[_Between]) -> list[Pose]:
    if not keys:
        return []
    tracks = [scenario.tracks[key] for key in keys]
    pairs = list(zip(tracks, spans, strict=True))
    fraction = np.array([span.fraction for span in spans])[:, None]
    position0 = np.array([track.positions[span.before] for track, span in pairs])
    position1 = np.array([track.positions[span.after] for track, span in pairs])
    rpy0 = np.array([track.rpy[span.before] for track, span in pairs])
    rpy1 = np.array([track.rpy[span.after] for track, span in pairs])
    positions = position0 + (position1 - position0) * fraction
    rotations = rotation_from_rpy(interpolate_rpy(rpy0, rpy1, fraction))
    return [Pose(rotation, position, "world", "actor") for rotation, position in zip(rotations, positions, strict=True)]


def _fixed_pose(scenario: Scenario, key: int, poses: dict[int, Pose]) -> Pose:
    """The spawn pose of an actor without recorded positions; under its parent where it is given there."""
    actor = scenario.actors[key]
    if actor.spawn_is_relative:
        parents = [pose for parent, pose in poses.items() if scenario.actors[parent].id == actor.parent]
        if parents:
            own = Pose(rotation_from_rpy(actor.spawn_rpy), actor.spawn_position, parents[0].child, "actor")
            return parents[0] @ own
    return Pose(rotation_from_rpy(actor.spawn_rpy), actor.spawn_position, "world", "actor")


def _step(times: FloatArray, now: float) -> int:
    return int(np.searchsorted(times, now + STEP_TOLERANCE, side="right")) - 1


def _actor_state(scenario: Scenario, key: int, now: float, pose: Pose, span: _Between | None) -> ActorState:
    actor = scenario.actors[key]
    state: dict[str, Any] = {"velocity": np.zeros(3)}
    if span is not None:
        track = scenario.tracks[key]
        state["velocity"] = _mix(track.velocities, span)
        state["yaw_rate"] = float(_mix(track.yaw_rates, span))
        state["travelled"] = float(_mix(track.travelled, span))
    if actor.kind is ActorKind.VEHICLE:
        state.update(_vehicle_state(scenario, key, now))
    if key in scenario.walker_speeds and (row := _step(scenario.walker_speeds[key].times, now)) >= 0:
        state["walker_speed"] = float(scenario.walker_speeds[key].speed[row])
    if key in scenario.signals and (row := _step(scenario.signals[key].times, now)) >= 0:
        state["signal_state"] = SignalState(int(scenario.signals[key].state[row]))
    return ActorState(actor, pose, **state)


def _mix(values: FloatArray, span: _Between) -> FloatArray:
    return np.asarray(values[span.before] + (values[span.after] - values[span.before]) * span.fraction)


def _vehicle_state(scenario: Scenario, key: int, now: float) -> dict[str, Any]:
    state: dict[str, Any] = {}
    lights, controls = scenario.vehicle_lights.get(key), scenario.controls.get(key)
    wheels, doors = scenario.wheels.get(key), scenario.doors.get(key)
    if lights is not None and (row := _step(lights.times, now)) >= 0:
        state["light_flags"] = int(lights.flags[row])
    if controls is not None and (row := _step(controls.times, now)) >= 0:
        largest = scenario.actors[key].max_steer
        state["steer"] = -float(controls.steer[row]) * (DEFAULT_MAX_STEER if largest is None else largest)
        state["throttle"], state["brake"] = float(controls.throttle[row]), float(controls.brake[row])
        state["reverse"] = bool(controls.gear[row] < 0)
    if wheels is not None and (row := _step(wheels.times, now)) >= 0:
        after = min(row + 1, len(wheels.times) - 1)
        length = wheels.times[after] - wheels.times[row]
        fraction = float(np.clip((now - wheels.times[row]) / length, 0.0, 1.0)) if length > 0.0 else 0.0
        span = _Between(row, after, fraction)
        state["wheel_locations"] = wheels.locations
        state["wheel_steer"], state["wheel_rotation"] = _mix(wheels.steer, span), _mix(wheels.rotation, span)
        front = wheels.locations < (FRONT_WHEELS if len(wheels.locations) > FRONT_WHEELS else 1)
        if front.any():
            state["steer"] = float(np.mean(state["wheel_steer"][front]))
    if doors is not None and (row := _step(doors.times, now)) >= 0:
        state["open_doors"] = int(doors.open_doors[row])
    return state
