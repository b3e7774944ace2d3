"""Takes the frames of a recording one by one and keeps what a scenario needs, still in the file's units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from roadmark.errors import FormatError
from roadmark.scenario.carla_log.columns import LARGEST_NUMBER, BadFrameError, Column
from roadmark.scenario.carla_log.decode import decode_added, decode_physics, decode_wheels, packet_kind, records
from roadmark.scenario.carla_log.events import ActorNames, CollisionTracker
from roadmark.scenario.carla_log.packets import (
    FIRST_CUSTOM_ID,
    MOVING_IDS,
    WHEEL,
    ActorAdded,
    Packet,
    PacketKind,
    Records,
)
from roadmark.scenario.carla_log.reader import LogFrame, LogHeader
from roadmark.scenario.model import ActorKind

COLUMN_NAMES = {
    PacketKind.POSITION: "position",
    PacketKind.STATE: "traffic light",
    PacketKind.ANIM_VEHICLE: "vehicle control",
    PacketKind.ANIM_WALKER: "walker",
    PacketKind.VEHICLE_LIGHT: "vehicle light",
    PacketKind.KINEMATICS: "kinematics",
    PacketKind.BIKER: "biker",
    PacketKind.VEHICLE_DOOR: "door",
}
_FIXED_COLUMNS = frozenset(COLUMN_NAMES) - MOVING_IDS
_ACTOR_TYPES = frozenset(int(kind) for kind in ActorKind)
_NO_RECORDS = np.empty(0)
_FIRST_WHEEL_COUNT = 6  # after the packet's count and the first vehicle's id
_IGNORED = frozenset(
    {
        PacketKind.FRAME_START,
        PacketKind.FRAME_END,
        PacketKind.SCENE_LIGHT,
        PacketKind.PLATFORM_TIME,
        PacketKind.FRAME_COUNTER,
        PacketKind.WALKER_BONES,
        PacketKind.VISUAL_TIME,
    }
)


@dataclass
class Life:
    """One actor while its frames are read.

    Attributes:
        added: How it appeared.
        first: Frame index of that.
        number: How many actors had the id before.
        last: Frame index at which it is gone.
        parent: What it is attached to.
        attached_live: It was attached when it appeared, while the recording ran.
        box: (origin, extent) as recorded.
        trigger: (origin, extent) as recorded.
        light_times: Green, yellow, red.
        max_steer: Degrees.
    """

    added: ActorAdded
    first: int
    number: int
    last: int | None = None
    parent: int | None = None
    attached_live: bool = False
    box: tuple[Any, Any] | None = None
    trigger: tuple[Any, Any] | None = None
    light_times: tuple[float, float, float] | None = None
    max_steer: float | None = None


@dataclass
class Gathered:
    """Everything read so far.

    Attributes:
        path: The file.
        header: Its header.
        times: Elapsed seconds of every frame.
        numbers: Recorded number of every frame.
        lives: All actors by id, in order.
        columns: Records by kind.
        wheels: Records of vehicles' wheels by how many wheels they have.
        notes: Counts of what was odd.
    """

    path: Path
    header: LogHeader
    times: list[float] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    lives: dict[int, list[Life]] = field(default_factory=dict)
    columns: dict[PacketKind, Column] = field(default_factory=dict)
    wheels: dict[int, Column] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.columns = {
            kind: Column(name, self.path, check=kind is PacketKind.POSITION) for kind, name in COLUMN_NAMES.items()
        }
        self._names = ActorNames()
        self.collisions = CollisionTracker(self._names.describe)

    def add(self, frame: LogFrame) -> None:
        """Take the next frame.

        Raises:
            BadFrameError: A packet's content is broken, in this frame or (numbers are checked in batches) an earlier
                one.
        """
        self.times.append(frame.start.elapsed)
        self.numbers.append(frame.start.id)
        collided = False
        try:
            for packet in frame.packets:
                kind = PacketKind(packet.id) if packet.id in _FIXED_COLUMNS else self._kind(packet)
                if kind in self.columns:
                    self.columns[kind].add(frame.index, records(packet, kind, self.path), packet.offset)
                elif kind is not None and kind not in _IGNORED:
                    collided |= kind is PacketKind.COLLISION
                    self._event(frame, packet, kind)
        except FormatError as error:
            raise BadFrameError(frame.index, error) from error
        if not collided:
            self.collisions.frame(frame.start, _NO_RECORDS)

    def finish(self) -> None:
        """Check what is left to check.

        Raises:
            BadFrameError: A number is broken.
        """
        for column in (*self.columns.values(), *self.wheels.values()):
            column.flush()

    def _kind(self, packet: Packet) -> PacketKind | None:
        kind = packet_kind(packet)
        if kind is None and packet.id in MOVING_IDS:
            self.notes[f"packets {packet.id} with neither doors nor bikers nor wheels were skipped"] += 1
        elif kind is None and packet.id < FIRST_CUSTOM_ID:
            self.notes[f"packets of unknown id {packet.id} were skipped"] += 1
        return kind

    def _event(self, frame: LogFrame, packet: Packet, kind: PacketKind) -> None:
        match kind:
            case PacketKind.EVENT_ADD:
                for actor in decode_added(packet, self.path):
                    self._actor_added(frame.index, actor)
            case PacketKind.VEHICLE_WHEELS:
                self._add_wheels(frame.index, packet)
            case PacketKind.PHYSICS_CONTROL:
                for control in decode_physics(packet, self.path):
                    if (life := self._alive(control.id)) is not None and len(control.wheels):
                        life.max_steer = float(control.wheels["max_steer_angle"].max())
            case PacketKind.WEATHER:
                self.notes["recorded weather was not taken over: the sky is the simulation's setting"] += 1
            case _:
                self._records_event(frame, kind, records(packet, kind, self.path))

    def _records_event(self, frame: LogFrame, kind: PacketKind, found: Records) -> None:
        if kind is PacketKind.COLLISION:
            self.collisions.frame(frame.start, found)
            return
        for record in found:
            actor_id = int(record["id"])
            life = self._alive(actor_id)
            if life is None:
                self.notes[f"{kind.name} records of actors that do not exist were skipped"] += 1
            elif kind is PacketKind.EVENT_DEL:
                life.last = frame.index
                self._names.remove(actor_id)
            elif kind is PacketKind.EVENT_PARENT:
                life.parent = int(record["parent"])
                life.attached_live = life.first == frame.index > 0
            elif kind is PacketKind.BOUNDING_BOX:
                life.box = (record["origin"], record["extent"])
            elif kind is PacketKind.TRIGGER_VOLUME:
                life.trigger = (record["origin"], record["extent"])
            elif kind is PacketKind.TRAFFIC_LIGHT_TIME:
                life.light_times = (float(record["green"]), float(record["yellow"]), float(record["red"]))

    def _alive(self, actor_id: int) -> Life | None:
        lives = self.lives.get(actor_id)
        return lives[-1] if lives and lives[-1].last is None else None

    def _actor_added(self, frame: int, actor: ActorAdded) -> None:
        self._check_added(actor)
        lives = self.lives.setdefault(actor.id, [])
        if lives and lives[-1].last is None:
            self.notes["actors were added again while they existed"] += 1
            if lives[-1].added.blueprint_id == actor.blueprint_id:
                return
            lives[-1].last = frame
        lives.append(Life(actor, frame, len(lives)))
        self._names.add(actor.id, actor.type, actor.blueprint_id)

    def _check_added(self, actor: ActorAdded) -> None:
        def fail(field_name: str, message: str) -> FormatError:
            return FormatError(
                f"actor {actor.id}: {message}", path=self.path, offset=actor.offset, field=f"EventAdd {field_name}"
            )

        if actor.id == 0:
            raise fail("id", "0 is no id of an actor, it stands for none")
        if not (np.abs((*actor.location, *actor.rotation)) <= LARGEST_NUMBER).all():
            raise fail("location", f"location {actor.location} or rotation {actor.rotation} is not a usable number")
        if actor.type not in _ACTOR_TYPES:
            raise fail("type", f"{actor.type} is no actor type")
        texts = (actor.blueprint_id, *(text for a in actor.attributes for text in (a.id, a.value)))
        if not all(_is_text(text) for text in texts):
            raise fail("description", "its description is not UTF-8 text")
        if "\0" in "".join(texts) or not actor.blueprint_id.isprintable():
            raise fail("description", "its description is not printable")

    def _add_wheels(self, frame: int, packet: Packet) -> None:
        for count, found in _wheel_records(packet, self.path):
            column = self.wheels.get(count)
            if column is None:
                column = self.wheels[count] = Column("wheels", self.path, check=False)
            column.add(frame, found, packet.offset)


def _wheel_records(packet: Packet, path: Path) -> Iterator[tuple[int, Records]]:
    """Vehicles of a wheels packet by how many wheels they have, each wheel's number in a column of its own."""
    payload = packet.payload
    (count,) = np.frombuffer(payload, "<u2", 1).tolist()
    if count == 0:
        return
    wheels = int(np.frombuffer(payload, "<u4", 1, _FIRST_WHEEL_COUNT)[0])
    if len(payload) == 2 + count * (8 + wheels * WHEEL.itemsize):
        nested = np.frombuffer(payload, [("id", "<u4"), ("count", "<u4"), ("wheels", WHEEL, (wheels,))], count, 2)
        if (nested["count"] == wheels).all():
            yield wheels, _flat_wheels(nested["id"], nested["wheels"])
            return
    for vehicle in decode_wheels(packet, path):
        yield len(vehicle.wheels), _flat_wheels(np.array([vehicle.id]), vehicle.wheels[None])


def _flat_wheels(ids: Records, wheels: Records) -> Records:
    shape = (wheels.shape[1],)
    flat = np.empty(
        len(ids),
        [
            ("id", "<u4"),
            ("count", "<u4"),
            ("location", "u1", shape),
            ("steer", "<f4", shape),
            ("rotation", "<f4", shape),
        ],
    )
    flat["id"], flat["count"] = ids, shape[0]
    for name in WHEEL.names or ():
        flat[name] = wheels[name]
    return flat


def _is_text(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
