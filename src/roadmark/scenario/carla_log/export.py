"""From a `Scenario` to a recorder file, in Unreal's frame and units: the inverse of `build`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from roadmark.errors import OutputError
from roadmark.geometry import (
    CENTIMETRES_PER_METRE,
    FloatArray,
    carla_degrees_from_flu_rpy,
    carla_location_from_flu,
)
from roadmark.scenario.carla_log.blueprint_uids import blueprint_uid
from roadmark.scenario.carla_log.packets import (
    LIST_DTYPES,
    NON_ACTOR,
    PHYSICS_HEAD,
    WHEEL,
    WHEEL_PHYSICS,
    ActorAdded,
    Attribute,
    PackedWheels,
    PacketKind,
    PhysicsControl,
    Records,
)
from roadmark.scenario.carla_log.reader import LogHeader
from roadmark.scenario.carla_log.writer import LogWriter, NewFrame
from roadmark.scenario.model import Actor, Collision, DoorTrack, LocalBox, Track
from roadmark.scenario.scenario import Scenario

_ALL_DOORS, _DOORS = 6, range(6)
_EVERY_DOOR = 0b111111
_BOOL, _INT, _FLOAT, _STRING, _COLOR = range(1, 6)  # attribute types as CARLA 0.9.16 numbers them
_WHEEL_COUNT = 4


def write_log(scenario: Scenario, path: str | Path, uids: Mapping[str, int] | None = None) -> None:
    """Write a scenario as a CARLA recording that `read_log` gives back, in single precision.

    It has everything a `Scenario` holds: actors with their attributes, boxes, trigger volumes, light times and parents;
    positions, velocities, controls, lamps, doors, wheels, speeds, signals; contacts and removals. Of vehicles' physics
    it has the largest steering angle, the rest is NaN. Not kept: `Scenario.warnings`, contacts of actors that are not
    in the scenario at that time, and attachments of actors that are gone a frame later.

    Args:
        scenario: What to write. Everything in it happens at one of its `times`; a colour or role name that the
            attributes lack is added to them; without `recorded_at` the date is 1970-01-01.
        path: The file; its folder is made where missing.
        uids: Blueprints' registration numbers at the server that shall replay the log (`read_uids`).

    Raises:
        OutputError: The file cannot be written, or the scenario is none: times that do not grow, something at a time
            that is no frame's or of an actor that does not exist then, an id that is used twice at once, a number that
            is not finite.
    """
    date = 0 if scenario.recorded_at is None else int(scenario.recorded_at.timestamp())
    export = _Export(scenario, Path(path), uids)
    with LogWriter(path, LogHeader(date=date, map_name=scenario.map_name)) as writer:
        for frame in export.frames():
            writer.write_frame(frame)


class _ByFrame:
    """Records of one kind, added actor by actor and taken frame by frame."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self._frames: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
        self._records: list[Records] = [np.empty(0, dtype)]
        self._dtype = dtype

    def add(self, frames: NDArray[Any], **fields: object) -> None:
        """Add a record per frame; fields that are left out are 0."""
        records = np.zeros(len(frames), self._dtype)
        for name, values in fields.items():
            records[name] = values
        self._frames.append(np.asarray(frames, np.int64))
        self._records.append(records)

    def split(self, count: int) -> list[Records]:
        """The records of each of `count` frames, in the order they were added."""
        frames, records = np.concatenate(self._frames), np.concatenate(self._records)
        order = np.argsort(frames, kind="stable")
        edges = np.searchsorted(frames[order], np.arange(count + 1))
        ordered = records[order]
        return [ordered[start:end] for start, end in pairwise(edges.tolist())]


class _Export:
    def __init__(self, scenario: Scenario, path: Path, uids: Mapping[str, int] | None) -> None:
        self.scenario, self.path, self.uids = scenario, path, uids
        self.count = len(scenario.times)
        self.lives: dict[int, list[Actor]] = {}
        for actor in scenario.actors.values():
            self.lives.setdefault(actor.id, []).append(actor)
        self.columns = {kind: _ByFrame(dtype) for kind, dtype in LIST_DTYPES.items()}
        self.added: list[list[ActorAdded]] = [[] for _ in range(self.count)]
        self.wheels: list[list[tuple[int, bytes]]] = [[] for _ in range(self.count)]
        self.physics: list[list[PhysicsControl]] = [[] for _ in range(self.count)]

    def frames(self) -> Iterator[NewFrame]:
        """The frames of the recording."""
        for key, actor in self.scenario.actors.items():
            self._actor(key, actor)
        for key, track in self.scenario.tracks.items():
            self._track(self._id(key), track)
        self._states()
        self._wheels()
        for key, doors in self.scenario.doors.items():
            self._doors(self._id(key), doors)
        self._collisions()
        records = {kind: column.split(self.count) for kind, column in self.columns.items()}
        for index, time in enumerate(self.scenario.times.tolist()):
            yield NewFrame(
                elapsed=time,
                added=self.added[index],
                records={kind: found[index] for kind, found in records.items() if len(found[index])},
                wheels=_packed(self.wheels[index]),
                physics=self.physics[index],
                number=int(self.scenario.source_frames[index]),
            )

    def _id(self, key: int) -> int:
        actor = self.scenario.actors.get(key)
        if actor is None:
            raise OutputError(f"{self.path}: something is recorded of the actor with key {key}, which does not exist")
        return actor.id

    def _frames_at(self, times: object, what: str) -> NDArray[np.int64]:
        """(N,) index of the frame at each time (N,)."""
        wanted = np.atleast_1d(np.asarray(times, np.float64))
        frames = np.minimum(np.searchsorted(self.scenario.times, wanted), self.count - 1)
        strange = wanted[self.scenario.times[frames] != wanted]
        if len(strange):
            raise OutputError(f"{self.path}: {what} at {strange[0]} s, which is the time of no frame")
        return frames

    def _actor(self, key: int, actor: Actor) -> None:
        first = self._frames_at(actor.spawned, f"actor {actor.id} appears")
        self.added[first[0]].append(_added(actor, self.uids))
        last = self.count
        if actor.destroyed is not None:
            gone = self._frames_at(actor.destroyed, f"actor {actor.id} is removed")
            last = int(gone[0])
            self.columns[PacketKind.EVENT_DEL].add(gone, id=actor.id)
        if actor.parent is not None:
            self._attach(actor, int(first[0]), last)
        for kind, box in (
            (PacketKind.BOUNDING_BOX, actor.bounding_box),
            (PacketKind.TRIGGER_VOLUME, actor.trigger_volume),
        ):
            if box is not None:
                self.columns[kind].add(first, id=actor.id, **_box(box))
        if actor.light_times is not None:
            green, yellow, red = actor.light_times
            self.columns[PacketKind.TRAFFIC_LIGHT_TIME].add(first, id=actor.id, green=green, yellow=yellow, red=red)
        if actor.max_steer is not None:
            wheels = self.scenario.wheels.get(key)
            count = _WHEEL_COUNT if wheels is None else len(wheels.locations)
            self.physics[first[0]].append(_physics(actor.id, actor.max_steer, count))

    def _attach(self, actor: Actor, first: int, last: int) -> None:
        """Attached in its first frame, an actor was placed relative to its parent, except in the recording's first."""
        if actor.spawn_is_relative and first == 0:
            raise OutputError(f"{self.path}: actor {actor.id} is there from the start, its pose must be in the world")
        frame = first if actor.spawn_is_relative or first == 0 else first + 1
        if frame < last:
            self.columns[PacketKind.EVENT_PARENT].add(np.array([frame]), id=actor.id, parent=actor.parent)

    def _track(self, actor_id: int, track: Track) -> None:
        self.columns[PacketKind.POSITION].add(
            track.frames,
            id=actor_id,
            location=carla_location_from_flu(track.positions) * CENTIMETRES_PER_METRE,
            rotation=carla_degrees_from_flu_rpy(track.rpy),
        )
        nothing = np.full(track.positions.shape, np.nan)
        linear = nothing if track.recorded_velocity is None else track.recorded_velocity
        angular = nothing if track.recorded_angular is None else track.recorded_angular
        there = ~np.isnan(np.concatenate([linear, angular], axis=1)).all(axis=1)
        # the angular velocity is an axial vector: of a mirrored frame only its y part keeps its sign
        self.columns[PacketKind.KINEMATICS].add(
            track.frames[there],
            id=actor_id,
            linear=linear[there] * (1.0, -1.0, 1.0),
            angular=np.rad2deg(angular[there]) * (-1.0, 1.0, -1.0),
        )

    def _states(self) -> None:
        for key, signal in self.scenario.signals.items():
            at = self._frames_at(signal.times, "a traffic light's state")
            self.columns[PacketKind.STATE].add(
                at, id=self._id(key), frozen=signal.frozen, elapsed=signal.elapsed, state=signal.state
            )
        for key, control in self.scenario.controls.items():
            names = ("steer", "throttle", "brake", "handbrake", "gear")
            at = self._frames_at(control.times, "a vehicle's control")
            fields = {name: getattr(control, name) for name in names}
            self.columns[PacketKind.ANIM_VEHICLE].add(at, id=self._id(key), **fields)
        for key, lights in self.scenario.vehicle_lights.items():
            at = self._frames_at(lights.times, "a vehicle's lamps")
            self.columns[PacketKind.VEHICLE_LIGHT].add(at, id=self._id(key), flags=lights.flags)
        for kind, speeds in (
            (PacketKind.ANIM_WALKER, self.scenario.walker_speeds),
            (PacketKind.BIKER, self.scenario.bikers),
        ):
            for key, track in speeds.items():
                at = self._frames_at(track.times, "a recorded speed")
                self.columns[kind].add(at, id=self._id(key), speed=track.speed * CENTIMETRES_PER_METRE)

    def _wheels(self) -> None:
        for key, track in self.scenario.wheels.items():
            frames = self._frames_at(track.times, "a vehicle's wheels")
            wheel_count = len(track.locations)
            layout = np.dtype([("id", "<u4"), ("count", "<u4"), ("wheels", WHEEL, (wheel_count,))])
            records = np.zeros(len(frames), layout)
            actor_id = self._id(key)
            records["id"], records["count"] = actor_id, wheel_count
            wheels = records["wheels"]
            wheels["location"] = track.locations
            wheels["steer"] = -np.rad2deg(track.steer)
            wheels["rotation"] = -np.rad2deg(track.rotation)  # the recorder counts forward negative
            data, size = records.tobytes(), layout.itemsize
            for row, frame in enumerate(frames.tolist()):
                self.wheels[frame].append((actor_id, data[row * size : (row + 1) * size]))

    def _doors(self, actor_id: int, doors: DoorTrack) -> None:
        """A record for every door that moved; one of no effect where a time is given without any."""
        frames = self._frames_at(doors.times, "a vehicle's doors")
        before = 0
        for frame, mask in zip(frames, doors.open_doors.tolist(), strict=True):
            changed = [door for door in _DOORS if (mask ^ before) >> door & 1] or [0]
            if len(changed) > 1 and mask in {0, _EVERY_DOOR}:
                self.columns[PacketKind.VEHICLE_DOOR].add(frame[None], id=actor_id, door=_ALL_DOORS, open=mask > 0)
            else:
                for door in changed:
                    is_open = mask >> door & 1
                    self.columns[PacketKind.VEHICLE_DOOR].add(frame[None], id=actor_id, door=door, open=is_open)
            before = mask

    def _collisions(self) -> None:
        """A record for every contact in every frame it lasts."""
        contacts: list[tuple[int, Collision]] = []
        for collision in self.scenario.collisions:
            first, last = np.searchsorted(self.scenario.source_frames, [collision.start_frame, collision.end_frame])
            contacts.extend((frame, collision) for frame in range(int(first), min(int(last), self.count - 1) + 1))
        contacts.sort(key=lambda contact: contact[0])
        known = [entry for entry in contacts if all(self._alive(actor_id, entry[0]) for actor_id in entry[1].actor_ids)]
        for sequence, (frame, collision) in enumerate(known):
            id1, id2 = (NON_ACTOR if actor_id is None else actor_id for actor_id in collision.actor_ids)
            hero1, hero2 = collision.heroes
            self.columns[PacketKind.COLLISION].add(
                np.array([frame]), sequence=sequence, id1=id1, id2=id2, hero1=hero1, hero2=hero2
            )

    def _alive(self, actor_id: int | None, frame: int) -> bool:
        time = self.scenario.times[frame]
        return actor_id is None or any(
            actor.spawned <= time and (actor.destroyed is None or time <= actor.destroyed)
            for actor in self.lives.get(actor_id, ())
        )


def _packed(wheels: list[tuple[int, bytes]]) -> PackedWheels:
    return PackedWheels([actor_id for actor_id, _ in wheels], b"".join([data for _, data in wheels]))


def _added(actor: Actor, uids: Mapping[str, int] | None) -> ActorAdded:
    attributes = dict(actor.attributes)
    if actor.role_name:
        attributes.setdefault("role_name", actor.role_name)
    if actor.color is not None:
        attributes.setdefault("color", ",".join(map(str, actor.color.tolist())))
    uid, _ = blueprint_uid(actor.blueprint_id, uids)
    return ActorAdded(
        id=actor.id,
        type=int(actor.kind),
        location=_three(carla_location_from_flu(actor.spawn_position) * CENTIMETRES_PER_METRE),
        rotation=_three(carla_degrees_from_flu_rpy(actor.spawn_rpy)),
        uid=uid,
        blueprint_id=actor.blueprint_id,
        attributes=tuple(Attribute(_attribute_type(name, value), name, value) for name, value in attributes.items()),
    )


def _three(values: FloatArray) -> tuple[float, float, float]:
    x, y, z = values.tolist()
    return x, y, z


def _attribute_type(name: str, value: str) -> int:
    if name == "color":
        return _COLOR
    if name == "role_name":
        return _STRING
    if value in {"true", "false"}:
        return _BOOL
    for number_type, parse in ((_INT, int), (_FLOAT, float)):
        try:
            parse(value)
        except ValueError:
            continue
        return number_type
    return _STRING


def _box(box: LocalBox) -> dict[str, FloatArray]:
    origin = carla_location_from_flu(box.center) * CENTIMETRES_PER_METRE
    return {"origin": origin, "extent": box.half_extents * CENTIMETRES_PER_METRE}


def _physics(actor_id: int, max_steer: float, wheel_count: int) -> PhysicsControl:
    """Physics of which only the largest steering angle is known."""
    head = np.zeros((), PHYSICS_HEAD)
    wheels = np.zeros(wheel_count, WHEEL_PHYSICS)
    for records in (head, wheels):
        for name in records.dtype.names or ():
            if records.dtype[name].base.kind == "f":
                records[name] = np.nan
    head["id"] = actor_id
    wheels["max_steer_angle"] = np.rad2deg(max_steer)
    none = np.empty(0, np.float32)
    return PhysicsControl(head, none, none, none, wheels)
