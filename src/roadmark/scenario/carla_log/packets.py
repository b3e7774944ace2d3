"""What is in a CARLA recorder file: packet kinds, records as numpy dtypes and dataclasses.

Everything here is as the file has it: Unreal's left-handed frame, centimetres, degrees (roll, pitch, yaw), little
endian, packed. `assemble` converts. Source: carla-simulator/carla, Plugins/Carla/Source/Carla/Recorder (0.9.10 to
0.9.16 and later).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Records = NDArray[Any]
"""(N,) structured array of one of the dtypes below."""

MAGIC = "CARLA_RECORDER"
VERSION = 1
NON_ACTOR = 0xFFFFFFFF
"""Actor id that a collision with something that is no actor carries (CarlaRecorder::AddCollision)."""
FIRST_CUSTOM_ID = 128
"""Packet ids from here on are free for users; every CARLA reader skips them."""


class PacketKind(IntEnum):
    """Packet kinds, numbered as CARLA 0.9.15 and 0.9.16 number them in the file.

    Between them, ids 21 to 23 moved (a door packet was put in front and taken back), so kinds 21 to 23 are told by
    their shape, never by the file's id.
    """

    FRAME_START = 0
    FRAME_END = 1
    EVENT_ADD = 2
    EVENT_DEL = 3
    EVENT_PARENT = 4
    COLLISION = 5
    POSITION = 6
    STATE = 7
    ANIM_VEHICLE = 8
    ANIM_WALKER = 9
    VEHICLE_LIGHT = 10
    SCENE_LIGHT = 11
    KINEMATICS = 12
    BOUNDING_BOX = 13
    PLATFORM_TIME = 14
    PHYSICS_CONTROL = 15
    TRAFFIC_LIGHT_TIME = 16
    TRIGGER_VOLUME = 17
    FRAME_COUNTER = 18
    WALKER_BONES = 19
    VISUAL_TIME = 20
    VEHICLE_WHEELS = 21
    BIKER = 22
    VEHICLE_DOOR = 23
    WEATHER = 24


MOVING_IDS = frozenset({21, 22, 23})
"""Packet ids whose meaning depends on the CARLA version."""


class Packet(NamedTuple):
    """One packet as it lies in the file.

    Attributes:
        id: Packet id of the file.
        offset: Byte offset of the packet's 5-byte header.
        payload: What follows the header.
    """

    id: int
    offset: int
    payload: bytes


_VECTOR = ("<f4", (3,))


def _dtype(*fields: tuple[Any, ...]) -> np.dtype[Any]:
    return np.dtype(list(fields))


_BOX = _dtype(("id", "<u4"), ("origin", *_VECTOR), ("extent", *_VECTOR))
WHEEL = _dtype(("location", "u1"), ("steer", "<f4"), ("rotation", "<f4"))
"""One wheel: location FL 0 FR 1 BL 2 BR 3 (two-wheelers front 0, back 1), steer and unwrapped tire rotation in
degrees."""
BONE_TRANSFORM = _dtype(("location", *_VECTOR), ("rotation", *_VECTOR))

LIST_DTYPES: dict[PacketKind, np.dtype[Any]] = {
    PacketKind.EVENT_DEL: _dtype(("id", "<u4")),
    PacketKind.EVENT_PARENT: _dtype(("id", "<u4"), ("parent", "<u4")),
    PacketKind.COLLISION: _dtype(("sequence", "<u4"), ("id1", "<u4"), ("id2", "<u4"), ("hero1", "u1"), ("hero2", "u1")),
    PacketKind.POSITION: _dtype(("id", "<u4"), ("location", *_VECTOR), ("rotation", *_VECTOR)),
    PacketKind.STATE: _dtype(("id", "<u4"), ("frozen", "u1"), ("elapsed", "<f4"), ("state", "i1")),
    PacketKind.ANIM_VEHICLE: _dtype(
        ("id", "<u4"), ("steer", "<f4"), ("throttle", "<f4"), ("brake", "<f4"), ("handbrake", "u1"), ("gear", "<i4")
    ),
    PacketKind.ANIM_WALKER: _dtype(("id", "<u4"), ("speed", "<f4")),
    PacketKind.VEHICLE_LIGHT: _dtype(("id", "<u4"), ("flags", "<u4")),
    PacketKind.SCENE_LIGHT: _dtype(
        ("id", "<i4"), ("intensity", "<f4"), ("color", "<f4", (4,)), ("on", "u1"), ("type", "u1")
    ),
    PacketKind.KINEMATICS: _dtype(("id", "<u4"), ("linear", *_VECTOR), ("angular", *_VECTOR)),
    PacketKind.BOUNDING_BOX: _BOX,
    PacketKind.TRAFFIC_LIGHT_TIME: _dtype(("id", "<u4"), ("green", "<f4"), ("yellow", "<f4"), ("red", "<f4")),
    PacketKind.TRIGGER_VOLUME: _BOX,
    PacketKind.BIKER: _dtype(("id", "<u4"), ("speed", "<f4"), ("engine_rotation", "<f4")),
    PacketKind.VEHICLE_DOOR: _dtype(("id", "<u4"), ("door", "u1"), ("open", "u1")),
    PacketKind.WEATHER: _dtype(
        *(
            (name, "<f4")
            for name in [
                "cloudiness",
                "precipitation",
                "precipitation_deposits",
                "wind_intensity",
                "sun_azimuth",
                "sun_altitude",
                "fog_density",
                "fog_distance",
                "fog_falloff",
                "wetness",
                "scattering",
                "mie",
                "rayleigh",
                "dust_storm",
            ]
        )
    ),
}
"""Record layout of every packet that is a u16 count and that many records of one size."""

POSITIVE_COUNT_ONLY = frozenset(
    {
        PacketKind.SCENE_LIGHT,
        PacketKind.KINEMATICS,
        PacketKind.TRIGGER_VOLUME,
        PacketKind.PHYSICS_CONTROL,
        PacketKind.TRAFFIC_LIGHT_TIME,
    }
)
"""Kinds the recorder leaves out of a frame where they have no record; it writes the others with a count of 0."""


@dataclass(frozen=True)
class FrameStart:
    """Start of one recorded frame.

    Attributes:
        id: Frame number, from 1.
        duration: Seconds until the next frame, -1 in the last one.
        elapsed: Seconds since the recording started.
    """

    id: int
    duration: float
    elapsed: float


@dataclass(frozen=True)
class Attribute:
    """One attribute of an actor's description.

    Attributes:
        type: Number of its type. Bool 0 to RGBColor 4 up to 0.9.15, 1 to 5 from 0.9.16: kept, never interpreted.
        id: Name.
        value: Value as text.
    """

    type: int
    id: str
    value: str


@dataclass(frozen=True)
class ActorAdded:
    """An actor appears (packet 2).

    Attributes:
        id: Actor id.
        type: Actor type: other 0, vehicle 1, walker 2, traffic light 3, traffic sign 4, sensor 5, invalid 6.
        location: Unreal location, cm.
        rotation: roll, pitch, yaw, degrees.
        uid: Registration number of the blueprint in the server that recorded, 0 for level actors.
        blueprint_id: Such as ``vehicle.tesla.model3``.
        attributes: The description's attributes.
        offset: Byte offset of the record, None for a new one.
    """

    id: int
    type: int
    location: tuple[float, float, float]
    rotation: tuple[float, float, float]
    uid: int
    blueprint_id: str
    attributes: tuple[Attribute, ...] = ()
    offset: int | None = field(default=None, compare=False)


@dataclass(frozen=True, eq=False)
class VehicleWheels:
    """Wheels of one vehicle.

    Attributes:
        id: Actor id.
        wheels: (K,) records of `WHEEL`.
    """

    id: int
    wheels: Records


@dataclass(frozen=True, eq=False)
class PackedWheels:
    """Wheels of several vehicles as they lie in the file.

    Attributes:
        ids: Actor ids.
        data: Id, number of wheels and records of `WHEEL` of one vehicle after the other.
    """

    ids: Sequence[int]
    data: bytes


@dataclass(frozen=True, eq=False)
class WalkerBones:
    """Skeleton of one walker.

    Attributes:
        id: Actor id.
        names: K bone names.
        transforms: (K,) records of `BONE_TRANSFORM`, relative to the parent bone.
    """

    id: int
    names: tuple[str, ...]
    transforms: Records


PHYSICS_HEAD = _dtype(
    ("id", "<u4"),
    ("max_rpm", "<f4"),
    ("moi", "<f4"),
    ("damping_rate_full_throttle", "<f4"),
    ("damping_rate_zero_throttle_clutch_engaged", "<f4"),
    ("damping_rate_zero_throttle_clutch_disengaged", "<f4"),
    ("use_gear_autobox", "u1"),
    ("clutch_strength", "<f4"),
    ("final_ratio", "<f4"),
    ("mass", "<f4"),
    ("drag_coefficient", "<f4"),
    ("center_of_mass", *_VECTOR),
)
CURVE_POINT = _dtype(("x", "<f4"), ("y", "<f4"))
GEAR = _dtype(("ratio", "<f4"), ("down_ratio", "<f4"), ("up_ratio", "<f4"))
_WHEEL_START = (
    "tire_friction",
    "damping_rate",
    "max_steer_angle",
    "radius",
    "max_brake_torque",
    "max_handbrake_torque",
)
_STIFFNESS = ("lat_stiff_max_load", "lat_stiff_value", "long_stiff_value")
WHEEL_PHYSICS = _dtype(*((name, "<f4") for name in _WHEEL_START + _STIFFNESS), ("position", *_VECTOR))
WHEEL_PHYSICS_0910 = _dtype(*((name, "<f4") for name in _WHEEL_START), ("position", *_VECTOR))
"""Before 0.9.12 the three stiffness values are missing."""


@dataclass(frozen=True, eq=False)
class PhysicsControl:
    """Physics of one vehicle (packet 15).

    Attributes:
        head: () record of `PHYSICS_HEAD`.
        torque_curve: (K,) `CURVE_POINT`.
        forward_gears: (K,) `GEAR`.
        steering_curve: (K,) `CURVE_POINT`.
        wheels: (K,) `WHEEL_PHYSICS` or `WHEEL_PHYSICS_0910`; angles in degrees, lengths in cm.
    """

    head: Records
    torque_curve: Records
    forward_gears: Records
    steering_curve: Records
    wheels: Records

    @property
    def id(self) -> int:
        """Actor id."""
        return int(self.head["id"])
