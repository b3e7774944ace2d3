"""Values to payload bytes: the exact inverse of `decode`."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

from roadmark.errors import OutputError
from roadmark.scenario.carla_log.decode import PacketValue
from roadmark.scenario.carla_log.packets import (
    LIST_DTYPES,
    ActorAdded,
    FrameStart,
    PacketKind,
    PhysicsControl,
    Records,
    VehicleWheels,
    WalkerBones,
)

MAX_COUNT = 0xFFFF


def encode(kind: PacketKind, value: PacketValue) -> bytes:
    """The payload of a packet.

    Args:
        kind: What it is.
        value: As `decode` gives it.

    Raises:
        OutputError: More records, or a longer string, than the format's 16-bit counts hold.
    """
    if kind in LIST_DTYPES:
        return encode_records(kind, value)  # type: ignore[arg-type]  # the values of list kinds are records
    return _ENCODERS[kind](value)


def encode_records(kind: PacketKind, records: Records) -> bytes:
    """A list packet of fixed-size records; other field orders and widths are brought to the file's."""
    return count(len(records)) + records.astype(LIST_DTYPES[kind], copy=False).tobytes()


def encode_added(actors: Sequence[ActorAdded]) -> bytes:
    """Packet 2."""
    parts = [count(len(actors))]
    for actor in actors:
        parts.append(struct.pack("<IB6fI", actor.id, actor.type, *actor.location, *actor.rotation, actor.uid))
        parts.append(text(actor.blueprint_id))
        parts.append(count(len(actor.attributes)))
        parts.extend(
            struct.pack("<B", attribute.type) + text(attribute.id) + text(attribute.value)
            for attribute in actor.attributes
        )
    return b"".join(parts)


def encode_wheels(vehicles: Sequence[VehicleWheels]) -> bytes:
    """Wheels packet."""
    return count(len(vehicles)) + b"".join(
        struct.pack("<II", vehicle.id, len(vehicle.wheels)) + vehicle.wheels.tobytes() for vehicle in vehicles
    )


def encode_bones(walkers: Sequence[WalkerBones]) -> bytes:
    """Packet 19."""
    parts = [count(len(walkers))]
    for walker in walkers:
        parts.append(struct.pack("<I", walker.id) + count(len(walker.names)))
        parts.extend(text(name) + walker.transforms[index].tobytes() for index, name in enumerate(walker.names))
    return b"".join(parts)


def encode_physics(vehicles: Sequence[PhysicsControl]) -> bytes:
    """Packet 15."""
    parts = [count(len(vehicles))]
    for vehicle in vehicles:
        parts.append(vehicle.head.tobytes())
        for table in (vehicle.torque_curve, vehicle.forward_gears, vehicle.steering_curve, vehicle.wheels):
            parts.append(struct.pack("<I", len(table)) + table.tobytes())
    return b"".join(parts)


def text(value: str) -> bytes:
    """A string as u16 byte length and UTF-8."""
    data = value.encode("utf-8", "surrogateescape")
    return count(len(data)) + data


def count(number: int) -> bytes:
    """A u16 count."""
    if number > MAX_COUNT:
        raise OutputError(f"a CARLA recorder packet holds at most {MAX_COUNT} records or string bytes, not {number}")
    return struct.pack("<H", number)


def _encode_frame_start(start: FrameStart) -> bytes:
    return struct.pack("<Qdd", start.id, start.duration, start.elapsed)


_ENCODERS: dict[PacketKind, Callable[[Any], bytes]] = {
    PacketKind.FRAME_START: _encode_frame_start,
    PacketKind.FRAME_END: lambda _: b"",
    PacketKind.EVENT_ADD: encode_added,
    PacketKind.PLATFORM_TIME: struct.Struct("<d").pack,
    PacketKind.PHYSICS_CONTROL: encode_physics,
    PacketKind.FRAME_COUNTER: struct.Struct("<Q").pack,
    PacketKind.WALKER_BONES: encode_bones,
    PacketKind.VISUAL_TIME: struct.Struct("<d").pack,
    PacketKind.VEHICLE_WHEELS: encode_wheels,
}
