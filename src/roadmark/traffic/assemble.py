"""`to_scenario`: courses, signal programs and contacts become a `Scenario` that a recording can hold."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Protocol

import numpy as np

from roadmark.catalog import Blueprint, BodyStyle
from roadmark.errors import InputError
from roadmark.geometry import FloatArray
from roadmark.maps import Signal
from roadmark.scenario import (
    Actor,
    ActorKind,
    Collision,
    ControlTrack,
    LightTrack,
    LocalBox,
    Scenario,
    SignalTrack,
    SpeedTrack,
    Track,
    WheelTrack,
)
from roadmark.traffic.controls import control_track, vehicle_motion, wheel_track
from roadmark.traffic.lamps import light_track
from roadmark.traffic.motion import Clock, MovingActor
from roadmark.traffic.network import Network
from roadmark.traffic.signals import SignalPlan

SPECTATOR = 1
"""Id of the spectator; traffic lights follow, and everyone who moves from the next full hundred on."""
LARGEST_ID = 65535
"""Instance images hold 16 bits."""
NO_DATE = datetime.fromtimestamp(0, UTC)
"""The date of a generated recording: fixed, so that its bytes are."""
_VIEW_HEIGHT = 40.0  # metres of the spectator over what it looks down on
_TRIGGER_REACH, _TRIGGER_HEIGHT = 1.5, 3.0  # metres around a stop line that belong to its light
_SPECIAL_TYPES: Final = {
    BodyStyle.POLICE: "emergency",
    BodyStyle.AMBULANCE: "emergency",
    BodyStyle.FIRE_TRUCK: "emergency",
    BodyStyle.TAXI: "taxi",
}
_BASE_TYPES: Final = {
    BodyStyle.BOX_TRUCK: "truck",
    BodyStyle.HEAVY_TRUCK: "truck",
    BodyStyle.FIRE_TRUCK: "truck",
    BodyStyle.CYBERTRUCK: "truck",
    BodyStyle.AMBULANCE: "van",
    BodyStyle.VAN: "van",
    BodyStyle.MINIBUS: "van",
    BodyStyle.BUS: "bus",
    BodyStyle.MOTORCYCLE: "motorcycle",
    BodyStyle.SCOOTER: "motorcycle",
    BodyStyle.BICYCLE: "bicycle",
}


class Touch(Protocol):
    """Two actors that touch over some frames."""

    @property
    def actors(self) -> tuple[int, int]:
        """Indices of both among the actors."""

    @property
    def first_frame(self) -> int:
        """First frame in which they touch."""

    @property
    def last_frame(self) -> int:
        """Last such frame."""


@dataclass
class _Tracks:
    """What is recorded of actors, by id."""

    actors: dict[int, Actor] = field(default_factory=dict)
    tracks: dict[int, Track] = field(default_factory=dict)
    signals: dict[int, SignalTrack] = field(default_factory=dict)
    controls: dict[int, ControlTrack] = field(default_factory=dict)
    lamps: dict[int, LightTrack] = field(default_factory=dict)
    walkers: dict[int, SpeedTrack] = field(default_factory=dict)
    bikers: dict[int, SpeedTrack] = field(default_factory=dict)
    wheels: dict[int, WheelTrack] = field(default_factory=dict)


def actor_ids(signals: SignalPlan, count: int) -> range:
    """The ids that `to_scenario` gives to `count` moving actors, in their order.

    Raises:
        InputError: More actors than a recording's instance images can tell apart.
    """
    first = 100 * math.ceil((SPECTATOR + len(signals.programs) + 1) / 100)
    if first + count - 1 > LARGEST_ID:
        raise InputError(f"{count} actors are more than instance ids up to {LARGEST_ID} can name; use fewer")
    return range(first, first + count)


def to_scenario(
    network: Network,
    signals: SignalPlan,
    actors: Sequence[MovingActor],
    clock: Clock,
    *,
    contacts: Sequence[Touch] = (),
    night: bool = False,
    map_name: str | None = None,
    focus: FloatArray | None = None,
    recorded_at: datetime | None = NO_DATE,
    ids: Sequence[int] | None = None,
) -> Scenario:
    """Put a scenario together.

    Args:
        network: The lanes of the map.
        signals: What its lights show.
        actors: Everyone who moves, or is parked; `actor_ids` says which id each gets.
        clock: The frames.
        contacts: Who touches whom; each is recorded by both.
        night: Whether vehicles burn their beams.
        map_name: Level name of the recording, the map's name by default.
        focus: (3,) what the spectator looks down on, the map's middle by default.
        recorded_at: Date of the recording.
        ids: Id of each actor, `actor_ids` by default; spectator and lights then take the smallest that are left.

    Returns:
        The scenario: spectator, one light per program at its signal's place, the actors with everything a recording can
        hold of them. Frame numbers start at 1.

    Raises:
        InputError: A course or contact reaches beyond the clock, a program is for no signal of the map, there are too
            many actors, or ids of theirs are no ids of a recording.
    """
    times = clock.times
    made = _Tracks()
    ids = actor_ids(signals, len(actors)) if ids is None else _checked(ids)
    taken = frozenset(ids)
    free = (number for number in itertools.count(SPECTATOR) if number not in taken)
    _spectator(made, next(free), network, times, focus)
    _lights(made, free, network, signals, times)
    for actor_id, actor in zip(ids, actors, strict=True):
        if actor.end > clock.count:
            raise InputError(f"actor {actor_id}: its course ends at frame {actor.end}, the scenario at {clock.count}")
        made.actors[actor_id] = _actor(actor_id, actor, times)
        _record(made, actor_id, actor, clock, night=night)
    return Scenario(
        map_name=network.road_map.name if map_name is None else map_name,
        times=times,
        source_frames=np.arange(1, clock.count + 1),
        actors=made.actors,
        tracks=made.tracks,
        signals=made.signals,
        controls=made.controls,
        vehicle_lights=made.lamps,
        walker_speeds=made.walkers,
        wheels=made.wheels,
        bikers=made.bikers,
        collisions=_collisions(made.actors, ids, actors, contacts, times),
        recorded_at=recorded_at,
    )


def _checked(ids: Sequence[int]) -> Sequence[int]:
    if len(set(ids)) < len(ids) or not all(0 < number <= LARGEST_ID for number in ids):
        raise InputError(f"ids of actors must be different whole numbers from 1 to {LARGEST_ID}")
    return ids


def _spectator(made: _Tracks, actor_id: int, network: Network, times: FloatArray, focus: FloatArray | None) -> None:
    look = network.road_map.bounds.mean(axis=0) if focus is None else np.asarray(focus, np.float64)
    place, angles = look + np.array([0.0, 0.0, _VIEW_HEIGHT]), np.array([0.0, math.pi / 2.0, 0.0])
    made.actors[actor_id] = Actor(actor_id, ActorKind.OTHER, "spectator", spawn_position=place, spawn_rpy=angles)
    count = len(times)
    frames = np.arange(count, dtype=np.int32)
    made.tracks[actor_id] = Track(actor_id, times, frames, np.tile(place, (count, 1)), np.tile(angles, (count, 1)))


def _lights(made: _Tracks, free: Iterator[int], network: Network, plan: SignalPlan, times: FloatArray) -> None:
    known = {signal.id: signal for signal in network.road_map.signals}
    volumes = _trigger_volumes(network)
    for signal_id, program in plan.programs.items():
        actor_id = next(free)
        if signal_id not in known:
            raise InputError(
                f"a program is for signal {signal_id!r}, which map {network.road_map.name!r} does not have"
            )
        made.actors[actor_id] = _light(actor_id, known[signal_id], program.durations, volumes.get(signal_id))
        made.signals[actor_id] = SignalTrack(
            actor_id, times, program.states(times), np.zeros(len(times), np.bool_), program.elapsed(times)
        )


def _light(actor_id: int, signal: Signal, durations: tuple[float, float, float], volume: LocalBox | None) -> Actor:
    yaw = math.atan2(signal.pose.rotation[1, 0], signal.pose.rotation[0, 0])
    return Actor(
        actor_id,
        ActorKind.TRAFFIC_LIGHT,
        "traffic.traffic_light",
        spawn_position=signal.pose.translation,
        spawn_rpy=np.array([0.0, 0.0, yaw]),
        trigger_volume=volume,
        light_times=durations,
    )


def _trigger_volumes(network: Network) -> dict[str, LocalBox]:
    """The world box around the stop lines of each signal."""
    lines: dict[str, list[FloatArray]] = {}
    for lane in network.lanes:
        stop = lane.stop_line
        if stop is not None and stop.signal is not None:
            place, heading = lane.path.position(stop.distance), float(lane.path.heading(stop.distance))
            across = 0.5 * lane.width * np.array([-math.sin(heading), math.cos(heading), 0.0])
            lines.setdefault(stop.signal, []).extend([place - across, place + across])
    return {signal: _volume(np.array(points)) for signal, points in lines.items()}


def _volume(points: FloatArray) -> LocalBox:
    low, high = points.min(axis=0) - _TRIGGER_REACH, points.max(axis=0) + _TRIGGER_REACH
    low[2], high[2] = points[:, 2].min(), points[:, 2].max() + _TRIGGER_HEIGHT
    return LocalBox(0.5 * (low + high), 0.5 * (high - low))


def _actor(actor_id: int, actor: MovingActor, times: FloatArray) -> Actor:
    spec, body = actor.spec, actor.spec.blueprint
    return Actor(
        actor_id,
        ActorKind.WALKER if body.kind == "walker" else ActorKind.VEHICLE if body.kind == "vehicle" else ActorKind.OTHER,
        body.id,
        attributes={**_attributes(body), **spec.attributes},
        color=None if spec.color is None else np.array(spec.color, np.uint8),
        role_name=spec.role_name,
        bounding_box=LocalBox(np.array(body.center_offset), np.array(body.half_extents)),
        spawned=float(times[actor.start]),
        destroyed=float(times[actor.end]) if actor.end < len(times) else None,
        spawn_position=actor.positions[0],
        spawn_rpy=actor.rpy[0],
    )


def _attributes(body: Blueprint) -> Mapping[str, str]:
    """What CARLA tells of a vehicle."""
    if body.kind != "vehicle":
        return {}
    return {
        "number_of_wheels": str(len(body.wheels)),
        "base_type": _BASE_TYPES.get(body.style, "car"),
        "special_type": _SPECIAL_TYPES.get(body.style, ""),
        "has_lights": "false" if body.style is BodyStyle.BICYCLE else "true",
    }


def _record(made: _Tracks, actor_id: int, actor: MovingActor, clock: Clock, *, night: bool) -> None:
    """Everything a recording holds of one actor over time."""
    body = actor.spec.blueprint
    times = clock.times[actor.start : actor.end]
    made.tracks[actor_id] = Track(
        actor_id,
        times,
        np.arange(actor.start, actor.end, dtype=np.int32),
        actor.positions,
        actor.rpy,
        recorded_velocity=actor.velocity,
        recorded_angular=_angular_velocity(actor, clock.step),
        walks=body.kind == "walker",
    )
    if body.kind == "walker":
        made.walkers[actor_id] = SpeedTrack(times, actor.speed)
    elif body.kind == "vehicle":
        motion = vehicle_motion(actor, clock.step)
        made.controls[actor_id] = control_track(actor, motion, times)
        made.lamps[actor_id] = light_track(actor, motion, times, night=night)
        made.wheels[actor_id] = wheel_track(body, motion, times)
        if body.is_two_wheeler:
            made.bikers[actor_id] = SpeedTrack(times, motion.forward)


def _angular_velocity(actor: MovingActor, step: float) -> FloatArray:
    """(N, 3) rad/s about the world's axes, from the yaw rate and the changes of roll and pitch."""
    angular = np.zeros_like(actor.rpy)
    angular[:, 2] = actor.yaw_rate
    tilt = actor.rpy[:, :2]
    if len(tilt) > 1 and (tilt != tilt[0]).any():
        roll, pitch = np.gradient(np.unwrap(tilt, axis=0), step, axis=0).T
        sine, cosine = np.sin(actor.rpy[:, 2]), np.cos(actor.rpy[:, 2])
        level = np.cos(actor.rpy[:, 1])
        angular[:, 0] = level * cosine * roll - sine * pitch
        angular[:, 1] = level * sine * roll + cosine * pitch
        angular[:, 2] -= np.sin(actor.rpy[:, 1]) * roll
    return angular


def _collisions(
    made: Mapping[int, Actor],
    ids: Sequence[int],
    actors: Sequence[MovingActor],
    contacts: Sequence[Touch],
    times: FloatArray,
) -> tuple[Collision, ...]:
    """Each contact as both report it, by start."""
    found = [one for contact in contacts for one in _reports(made, ids, actors, contact, times)]
    return tuple(sorted(found, key=lambda one: one.start_frame))


def _reports(
    made: Mapping[int, Actor], ids: Sequence[int], actors: Sequence[MovingActor], contact: Touch, times: FloatArray
) -> Iterator[Collision]:
    first, last = contact.first_frame, contact.last_frame
    for index in contact.actors:
        if not actors[index].start <= first <= last < actors[index].end:
            raise InputError(f"actor {ids[index]} touches someone in frames {first} to {last}, when it is not there")
    one, other = contact.actors
    for pair in ((one, other), (other, one)):
        both = (made[ids[pair[0]]], made[ids[pair[1]]])
        yield Collision(
            (both[0].id, both[1].id),
            float(times[first]),
            float(times[last]),
            first + 1,
            last + 1,
            (both[0].kind.label, both[1].kind.label),
            (both[0].blueprint_id, both[1].blueprint_id),
            (both[0].is_hero, both[1].is_hero),
        )
