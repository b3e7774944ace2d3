"""Writing recorder files: packets as they were read, or new frames that a CARLA 0.9.16 server can replay.

New frames follow the recorder's own order and its habit of writing most lists even when empty, number frames from 1 and
end with a duration of -1. What a real server needs beyond that (a map it has, blueprint uids it knows, light positions
equal to its own to the centimetre) is the caller's: see `blueprint_uids`.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from roadmark.errors import OutputError
from roadmark.files import atomic_file, output_errors
from roadmark.scenario.carla_log.decode import PacketValue
from roadmark.scenario.carla_log.encode import count, encode
from roadmark.scenario.carla_log.packets import (
    FIRST_CUSTOM_ID,
    LIST_DTYPES,
    NON_ACTOR,
    POSITIVE_COUNT_ONLY,
    ActorAdded,
    FrameStart,
    PackedWheels,
    Packet,
    PacketKind,
    PhysicsControl,
    Records,
    VehicleWheels,
    WalkerBones,
)
from roadmark.scenario.carla_log.reader import LONGEST_TIME, LogHeader
from roadmark.scenario.model import ActorKind

_ORDER = tuple(
    PacketKind(number) for number in (20, 2, 3, 4, 5, 23, 6, 7, 8, 9, 10, 11, 21, 22, 12, 13, 17, 14, 15, 16, 19, 24)
)  # CarlaRecorder::Write
_ADDITIONAL = frozenset(
    {
        PacketKind.KINEMATICS,
        PacketKind.BOUNDING_BOX,
        PacketKind.TRIGGER_VOLUME,
        PacketKind.PLATFORM_TIME,
        PacketKind.PHYSICS_CONTROL,
        PacketKind.TRAFFIC_LIGHT_TIME,
        PacketKind.WALKER_BONES,
    }
)
_ACTOR_TYPES = frozenset(int(kind) for kind in ActorKind)
_MAY_HOLD_NAN = frozenset({PacketKind.BOUNDING_BOX, PacketKind.KINEMATICS})
"""Kinds in which a number that is none means that there is nothing; the recorder writes such."""
_ACTOR_FIELDS = {PacketKind.COLLISION: ("id1", "id2"), PacketKind.SCENE_LIGHT: (), PacketKind.WEATHER: ()}
"""Fields that name actors, where it is not just `id`."""
_NO_RECORDS = b"\0\0"
_ONLY_WITH_RECORDS = POSITIVE_COUNT_ONLY | {PacketKind.VEHICLE_DOOR, PacketKind.WEATHER}


@dataclass(frozen=True)
class NewFrame:
    """One frame to be written, in the file's units and frame.

    Attributes:
        elapsed: Seconds since the start; must grow from frame to frame.
        added: Actors that appear.
        records: Fixed-size records by kind; a kind left out has none.
        wheels: Wheels of vehicles.
        physics: Physics of vehicles (additional data).
        bones: Skeletons of walkers (additional data).
        platform_time: Wall seconds since the start (additional data), None to leave it out.
        visual_time: The server's visual game time, None for `elapsed`.
        number: Its number, None for one more than the frame before; the first is 1.
        custom: Packets of the caller's own, ids from 128 on.
    """

    elapsed: float
    added: Sequence[ActorAdded] = ()
    records: Mapping[PacketKind, Records] = field(default_factory=dict)
    wheels: Sequence[VehicleWheels] | PackedWheels = ()
    physics: Sequence[PhysicsControl] = ()
    bones: Sequence[WalkerBones] = ()
    platform_time: float | None = None
    visual_time: float | None = None
    number: int | None = None
    custom: Sequence[Packet] = ()


class LogWriter:
    """Writes one recorder file; a context manager that leaves either the whole file or none.

    Use `write_packet` to copy packets of another file, or `write_frame` for new frames, not both.

    Args:
        path: The file; its folder is made where missing.
        header: Map and date.
        additional_data: Write the packets of ``start_recorder(..., additional_data=True)``: velocities, boxes, light
            times. They make the recording complete without a server.

    Raises:
        OutputError: The file cannot be written, or a frame contradicts the format or those before it.
    """

    def __init__(self, path: str | Path, header: LogHeader, *, additional_data: bool = True) -> None:
        self.path = Path(path)
        self.additional_data = additional_data
        self._header = header
        self._pending: NewFrame | None = None
        self._number = 0
        self._alive: set[int] = set()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            partial = stack.enter_context(atomic_file(self.path))
            self._file = stack.enter_context(partial.open("wb"))
            self._write(self._header.encode())
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._pending is not None:
                self._write_pending(-1.0)
        except BaseException:
            self._stack.__exit__(*sys.exc_info())
            raise
        self._stack.__exit__(kind, error, trace)

    def write_packet(self, packet: Packet) -> None:
        """Write a packet as it is; its offset does not matter."""
        self._write(_framed(packet.id, packet.payload))

    def write_frame(self, frame: NewFrame) -> None:
        """Add the next frame.

        Raises:
            OutputError: Time does not grow, a number is not finite, an actor is used before it is added, or an id
                twice.
        """
        self._check(frame)
        if self._pending is not None:
            self._write_pending(frame.elapsed - self._pending.elapsed)
        self._pending = frame
        self._number = self._number + 1 if frame.number is None else frame.number

    def _write(self, data: bytes) -> None:
        with output_errors(self.path):
            self._file.write(data)

    def _write_pending(self, duration: float) -> None:
        frame = self._pending
        assert frame is not None
        parts = [_packet(PacketKind.FRAME_START, FrameStart(self._number, duration, frame.elapsed))]
        for kind in _ORDER:
            if self.additional_data or kind not in _ADDITIONAL:
                parts.append(_packet_of(frame, kind))
        parts.extend(_framed(packet.id, packet.payload) for packet in frame.custom)
        parts.append(_packet(PacketKind.FRAME_END, None))
        self._write(b"".join(parts))

    def _check(self, frame: NewFrame) -> None:
        def fail(message: str) -> OutputError:
            return OutputError(f"{self.path}: frame at {frame.elapsed} s: {message}")

        if not np.isfinite(frame.elapsed) or (self._pending and frame.elapsed <= self._pending.elapsed):
            raise fail("its time is not after the frame before it")
        if frame.elapsed > LONGEST_TIME:
            raise fail(f"its time is later than {LONGEST_TIME:g} s")
        if frame.number is not None and not self._number < frame.number < 1 << 63:
            raise fail(f"its number {frame.number} is not after {self._number}, that of the frame before it")
        for actor in frame.added:
            self._check_added(actor, fail)
            self._alive.add(actor.id)
        for kind, records in frame.records.items():
            if kind not in LIST_DTYPES:
                raise fail(f"{kind.name} is no list of fixed-size records")
            self._check_records(kind, records, fail)
        wheels = frame.wheels
        self._check_alive(wheels.ids if isinstance(wheels, PackedWheels) else (one.id for one in wheels), fail)
        for values in (frame.physics, frame.bones):
            self._check_alive((value.id for value in values), fail)
        for packet in frame.custom:
            if packet.id < FIRST_CUSTOM_ID:
                raise fail(f"custom packets have ids from {FIRST_CUSTOM_ID} on, not {packet.id}")
        if PacketKind.EVENT_DEL in frame.records:
            self._alive -= set(frame.records[PacketKind.EVENT_DEL]["id"].tolist())

    def _check_added(self, actor: ActorAdded, fail: Callable[[str], OutputError]) -> None:
        if actor.id == 0 or actor.id in self._alive:
            raise fail(f"actor id {actor.id} is {'reserved' if actor.id == 0 else 'in use already'}")
        if actor.type not in _ACTOR_TYPES:
            raise fail(f"actor {actor.id} is of type {actor.type}, which is none")
        if not actor.blueprint_id.isprintable():
            raise fail(f"actor {actor.id} has a blueprint id that is not printable")
        if not np.isfinite((*actor.location, *actor.rotation)).all():
            raise fail(f"actor {actor.id} is added at a place that is not finite")

    def _check_records(self, kind: PacketKind, records: Records, fail: Callable[[str], OutputError]) -> None:
        for name in _ACTOR_FIELDS.get(kind, ("id",)):
            ids = set(records[name].tolist())
            self._check_alive(ids - {NON_ACTOR} if kind is PacketKind.COLLISION else ids, fail, f"{kind.name} ")
        for name in () if kind in _MAY_HOLD_NAN else records.dtype.names or ():
            values = records[name]
            if values.dtype.kind == "f" and not np.isfinite(values).all():
                raise fail(f"{kind.name} {name} is not finite")

    def _check_alive(self, ids: Iterable[int], fail: Callable[[str], OutputError], what: str = "") -> None:
        for actor_id in ids:
            if actor_id not in self._alive:
                raise fail(f"a {what}record of actor {actor_id}, which was not added or is deleted")


def _packet_of(frame: NewFrame, kind: PacketKind) -> bytes:
    """A frame's packet of a kind with its header; empty where the recorder writes none."""
    records = frame.records.get(kind)
    if records is not None and len(records):
        return _packet(kind, records)
    match kind:
        case PacketKind.VISUAL_TIME:
            return _packet(kind, frame.elapsed if frame.visual_time is None else frame.visual_time)
        case PacketKind.PLATFORM_TIME:
            return b"" if frame.platform_time is None else _packet(kind, frame.platform_time)
        case PacketKind.EVENT_ADD:
            return _packet(kind, tuple(frame.added))
        case PacketKind.VEHICLE_WHEELS:
            return _wheels(frame.wheels)
        case PacketKind.WALKER_BONES:
            return _packet(kind, tuple(frame.bones))
        case PacketKind.PHYSICS_CONTROL:
            return _packet(kind, tuple(frame.physics)) if frame.physics else b""
        case _:
            return b"" if kind in _ONLY_WITH_RECORDS else _framed(kind, _NO_RECORDS)


def _wheels(wheels: Sequence[VehicleWheels] | PackedWheels) -> bytes:
    if isinstance(wheels, PackedWheels):
        return _framed(PacketKind.VEHICLE_WHEELS, count(len(wheels.ids)) + wheels.data)
    return _packet(PacketKind.VEHICLE_WHEELS, tuple(wheels))


def _packet(kind: PacketKind, value: PacketValue) -> bytes:
    return _framed(kind, encode(kind, value))


def _framed(number: int, payload: bytes) -> bytes:
    return struct.pack("<BI", number, len(payload)) + payload
