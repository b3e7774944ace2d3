"""Payload bytes to values. Every length and count is checked against the payload before anything is allocated."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from roadmark.errors import FormatError
from roadmark.scenario.carla_log.packets import (
    BONE_TRANSFORM,
    CURVE_POINT,
    GEAR,
    LIST_DTYPES,
    MOVING_IDS,
    PHYSICS_HEAD,
    WHEEL,
    WHEEL_PHYSICS,
    WHEEL_PHYSICS_0910,
    ActorAdded,
    Attribute,
    FrameStart,
    Packet,
    PacketKind,
    PhysicsControl,
    Records,
    VehicleWheels,
    WalkerBones,
)

PacketValue = (
    Records
    | FrameStart
    | float
    | int
    | None
    | tuple[ActorAdded, ...]
    | tuple[VehicleWheels, ...]
    | tuple[WalkerBones, ...]
    | tuple[PhysicsControl, ...]
)
"""What `decode` gives: records for list packets, tuples for lists of variable-size records, a number for the times."""

HEADER_SIZE = 5
_KINDS = tuple(PacketKind)
_BYTE = struct.Struct("<B")
_COUNT = struct.Struct("<H")
_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")
_F64 = struct.Struct("<d")
_FRAME_START = struct.Struct("<Qdd")
_ACTOR_HEAD = struct.Struct("<IB6fI")
_ID_COUNT = struct.Struct("<II")
_BONES_HEAD = struct.Struct("<IH")


class Cursor:
    """Reads forward through one payload and never past its end."""

    def __init__(self, packet: Packet, path: Path | None = None, start: int = 0) -> None:
        self.packet, self.path, self.at = packet, path, start

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return len(self.packet.payload) - self.at

    def error(self, message: str, at: int | None = None) -> FormatError:
        """The error that says what is wrong at a payload position (default: here)."""
        here = self.at if at is None else at
        return FormatError(
            f"packet {self.packet.id}: {message}", path=self.path, offset=self.packet.offset + HEADER_SIZE + here
        )

    def unpack(self, layout: struct.Struct) -> tuple[Any, ...]:
        """Read one struct."""
        if self.left < layout.size:
            raise self.error(f"needs {layout.size} more bytes, its payload has {self.left}")
        values = layout.unpack_from(self.packet.payload, self.at)
        self.at += layout.size
        return values

    def records(self, dtype: np.dtype[Any], count: int) -> Records:
        """Read `count` records."""
        if count * dtype.itemsize > self.left:
            raise self.error(f"{count} records of {dtype.itemsize} bytes do not fit the {self.left} bytes left")
        values = np.frombuffer(self.packet.payload, dtype, count, self.at)
        self.at += count * dtype.itemsize
        return values

    def text(self) -> str:
        """Read a u16 length and that many bytes of UTF-8; bytes that are none survive as surrogates."""
        (length,) = self.unpack(_COUNT)
        if length > self.left:
            raise self.error(f"a string of {length} bytes does not fit the {self.left} bytes left", self.at - 2)
        value = self.packet.payload[self.at : self.at + length].decode("utf-8", "surrogateescape")
        self.at += length
        return value

    def finish(self) -> None:
        """Check that the payload is used up."""
        if self.left:
            raise self.error(f"{self.left} bytes are left after its last record")


def packet_kind(packet: Packet) -> PacketKind | None:
    """The kind of a packet, None where it is unknown.

    Ids 21 to 23 changed their meaning between versions, so there the shape decides: doors are 6 bytes each, bikers 12,
    and wheels nest so that they end exactly with the payload. Without records the shape says nothing; then the id
    counts.
    """
    if packet.id not in MOVING_IDS:
        return _KINDS[packet.id] if packet.id < len(_KINDS) else None
    size = len(packet.payload) - _COUNT.size
    if size < 0:
        return None
    (count,) = _COUNT.unpack_from(packet.payload)
    if count == 0:
        return PacketKind(packet.id) if size == 0 else None
    for kind in (PacketKind.VEHICLE_DOOR, PacketKind.BIKER):
        if size == count * LIST_DTYPES[kind].itemsize:
            return kind
    return PacketKind.VEHICLE_WHEELS if _is_wheels(packet.payload, count) else None


def _is_wheels(payload: bytes, count: int) -> bool:
    at = _COUNT.size
    if len(payload) >= at + _ID_COUNT.size:
        size = _ID_COUNT.size + _ID_COUNT.unpack_from(payload, at)[1] * WHEEL.itemsize
        if len(payload) == at + count * size:  # most vehicles have as many wheels as the first
            words = np.ndarray((count,), "<u4", payload, at + _ID_COUNT.size // 2, (size,))
            if (words == words[0]).all():
                return True
    for _ in range(count):
        if at + _ID_COUNT.size > len(payload):
            return False
        at += _ID_COUNT.size + _ID_COUNT.unpack_from(payload, at)[1] * WHEEL.itemsize
    return at == len(payload)


def record_count(packet: Packet, path: Path | None = None) -> int:
    """The count a list packet starts with."""
    return int(Cursor(packet, path).unpack(_COUNT)[0])


def records(packet: Packet, kind: PacketKind, path: Path | None = None) -> Records:
    """The records of a list packet, without a copy.

    Args:
        packet: The packet.
        kind: Its kind, one of `LIST_DTYPES`.
        path: The file, for messages.

    Raises:
        FormatError: Count and payload size contradict each other.
    """
    dtype = LIST_DTYPES[kind]
    payload = packet.payload
    if len(payload) >= _COUNT.size:
        (count,) = _COUNT.unpack_from(payload)
        if len(payload) == _COUNT.size + count * dtype.itemsize:
            return np.frombuffer(payload, dtype, count, _COUNT.size)
        raise FormatError(
            f"packet {packet.id} ({kind.name}): {count} records of {dtype.itemsize} bytes "
            f"need {_COUNT.size + count * dtype.itemsize} bytes, its payload has {len(payload)}",
            path=path,
            offset=packet.offset,
        )
    raise FormatError(f"packet {packet.id} ({kind.name}) has no count", path=path, offset=packet.offset)


def decode_frame_start(packet: Packet, path: Path | None = None) -> FrameStart:
    """Decode packet 0."""
    _need(packet, _FRAME_START.size, path)
    return FrameStart(*_FRAME_START.unpack(packet.payload))


def decode_added(packet: Packet, path: Path | None = None) -> tuple[ActorAdded, ...]:
    """Decode packet 2."""
    cursor = Cursor(packet, path)
    (count,) = cursor.unpack(_COUNT)
    actors = []
    for _ in range(count):
        offset = packet.offset + HEADER_SIZE + cursor.at
        head = cursor.unpack(_ACTOR_HEAD)
        blueprint_id = cursor.text()
        (attribute_count,) = cursor.unpack(_COUNT)
        attributes = tuple(
            Attribute(cursor.unpack(_BYTE)[0], cursor.text(), cursor.text()) for _ in range(attribute_count)
        )
        actors.append(ActorAdded(head[0], head[1], head[2:5], head[5:8], head[8], blueprint_id, attributes, offset))
    cursor.finish()
    return tuple(actors)


def decode_wheels(packet: Packet, path: Path | None = None) -> tuple[VehicleWheels, ...]:
    """Decode a wheels packet (21 or 22)."""
    cursor = Cursor(packet, path)
    (count,) = cursor.unpack(_COUNT)
    vehicles = []
    for _ in range(count):
        actor_id, wheel_count = cursor.unpack(_ID_COUNT)
        vehicles.append(VehicleWheels(actor_id, cursor.records(WHEEL, wheel_count)))
    cursor.finish()
    return tuple(vehicles)


def decode_bones(packet: Packet, path: Path | None = None) -> tuple[WalkerBones, ...]:
    """Decode packet 19."""
    cursor = Cursor(packet, path)
    (count,) = cursor.unpack(_COUNT)
    walkers = []
    for _ in range(count):
        actor_id, bone_count = cursor.unpack(_BONES_HEAD)
        if bone_count * (_COUNT.size + BONE_TRANSFORM.itemsize) > cursor.left:
            raise cursor.error(f"{bone_count} bones do not fit the {cursor.left} bytes left")
        names = []
        transforms = np.empty(bone_count, BONE_TRANSFORM)
        for index in range(bone_count):
            names.append(cursor.text())
            transforms[index] = cursor.records(BONE_TRANSFORM, 1)[0]
        walkers.append(WalkerBones(actor_id, tuple(names), transforms))
    cursor.finish()
    return tuple(walkers)


def decode_physics(packet: Packet, path: Path | None = None) -> tuple[PhysicsControl, ...]:
    """Decode packet 15; of the two known wheel layouts, the one that uses up the payload."""
    problem: FormatError | None = None
    for wheel in (WHEEL_PHYSICS, WHEEL_PHYSICS_0910):
        try:
            return _decode_physics(Cursor(packet, path), wheel)
        except FormatError as error:
            problem = problem or error
    assert problem is not None
    raise problem


def _decode_physics(cursor: Cursor, wheel: np.dtype[Any]) -> tuple[PhysicsControl, ...]:
    (count,) = cursor.unpack(_COUNT)
    vehicles = []
    for _ in range(count):
        head = cursor.records(PHYSICS_HEAD, 1)[0]
        tables = [cursor.records(dtype, cursor.unpack(_U32)[0]) for dtype in (CURVE_POINT, GEAR, CURVE_POINT, wheel)]
        vehicles.append(PhysicsControl(head, *tables))
    cursor.finish()
    return tuple(vehicles)


def decode(packet: Packet, path: Path | None = None) -> PacketValue:
    """The value of any packet; for an unknown id the payload stays unread and the value is None.

    Args:
        packet: The packet.
        path: The file, for messages.

    Raises:
        FormatError: The payload does not fit the packet's kind.
    """
    kind = packet_kind(packet)
    if kind is None:
        return None
    if kind in LIST_DTYPES:
        return records(packet, kind, path)
    return _DECODERS[kind](packet, path)


def decode_time(packet: Packet, path: Path | None = None) -> float:
    """Decode packet 14 or 20: seconds."""
    _need(packet, _F64.size, path)
    return float(_F64.unpack(packet.payload)[0])


def _need(packet: Packet, size: int, path: Path | None) -> None:
    if len(packet.payload) != size:
        raise FormatError(
            f"packet {packet.id} must have {size} bytes, not {len(packet.payload)}", path=path, offset=packet.offset
        )


def _decode_counter(packet: Packet, path: Path | None = None) -> int:
    _need(packet, _U64.size, path)
    return int(_U64.unpack(packet.payload)[0])


def _decode_nothing(packet: Packet, path: Path | None = None) -> None:
    _need(packet, 0, path)


_DECODERS: dict[PacketKind, Callable[[Packet, Path | None], PacketValue]] = {
    PacketKind.FRAME_START: decode_frame_start,
    PacketKind.FRAME_END: _decode_nothing,
    PacketKind.EVENT_ADD: decode_added,
    PacketKind.PLATFORM_TIME: decode_time,
    PacketKind.PHYSICS_CONTROL: decode_physics,
    PacketKind.FRAME_COUNTER: _decode_counter,
    PacketKind.WALKER_BONES: decode_bones,
    PacketKind.VISUAL_TIME: decode_time,
    PacketKind.VEHICLE_WHEELS: decode_wheels,
}
