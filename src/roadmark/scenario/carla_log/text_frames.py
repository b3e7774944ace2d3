"""One frame in the words of the server's file info (CarlaRecorderQuery::QueryInfo)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from roadmark.catalog import VehicleLight
from roadmark.scenario.carla_log.decode import (
    decode_added,
    decode_bones,
    decode_physics,
    decode_time,
    packet_kind,
    record_count,
    records,
)
from roadmark.scenario.carla_log.packets import Packet, PacketKind, Records
from roadmark.scenario.carla_log.reader import LogFrame

DEFAULT_GEAR_SWITCH_TIME = 0.5  # rpc::VehiclePhysicsControl; the recorder does not store it

_DOORS = ("Front Left", "Front Right", "Rear Left", "Rear Right", "Hood", "Trunk", "All")
_LIGHTS = (
    ("Position", VehicleLight.POSITION),
    ("LowBeam", VehicleLight.LOW_BEAM),
    ("HighBeam", VehicleLight.HIGH_BEAM),
    ("Brake", VehicleLight.BRAKE),
    ("RightBlinker", VehicleLight.RIGHT_BLINKER),
    ("LeftBlinker", VehicleLight.LEFT_BLINKER),
    ("Reverse", VehicleLight.REVERSE),
    ("Interior", VehicleLight.INTERIOR),
    ("Fog", VehicleLight.FOG),
    ("Special1", VehicleLight.SPECIAL_1),
    ("Special2", VehicleLight.SPECIAL_2),
)
_WEATHER = (
    "Cloudiness",
    "Precipitation",
    "PrecipitationDeposits",
    "WindIntensity",
    "SunAzimuthAngle",
    "SunAltitudeAngle",
    "FogDensity",
    "FogDistance",
    "FogFalloff",
    "Wetness",
    "ScatteringIntensity",
    "MieScatteringScale",
    "RayleighScatteringScale",
    "DustStorm",
)
_PHYSICS_FIELDS = (
    ("max_rpm", "max_rpm"),
    ("MOI", "moi"),
    ("damping_rate_full_throttle", "damping_rate_full_throttle"),
    ("damping_rate_zero_throttle_clutch_engaged", "damping_rate_zero_throttle_clutch_engaged"),
    ("damping_rate_zero_throttle_clutch_disengaged", "damping_rate_zero_throttle_clutch_disengaged"),
    ("use_gear_auto_box", "use_gear_autobox"),
    ("gear_switch_time", ""),
    ("clutch_strength", "clutch_strength"),
    ("final_ratio", "final_ratio"),
    ("mass", "mass"),
    ("drag_coefficient", "drag_coefficient"),
    ("center_of_mass", "center_of_mass"),
)
_WHEEL_FIELDS = (
    "tire_friction",
    "damping_rate",
    "max_steer_angle",
    "radius",
    "max_brake_torque",
    "max_handbrake_torque",
)


def frame_text(frame: LogFrame, show_all: bool, path: Path | None = None) -> str:
    """The lines of a frame, "" where nothing of it is shown.

    Args:
        frame: The frame.
        show_all: Positions and states, too, not only events.
        path: The file, for messages.
    """
    lines: list[str] = []
    shown = show_all
    for packet in frame.packets:
        kind = packet_kind(packet)
        if kind in _EVENTS:
            shown = shown or record_count(packet, path) > 0
            lines.extend(_EVENTS[kind](packet, path))
        elif show_all and kind is not None and kind in _LISTS:
            head, record_lines = _LISTS[kind]
            found = records(packet, kind, path)
            lines.append(f" {head}: {len(found)}")
            lines.extend(record_lines(found))
        elif show_all and kind in _OTHERS:
            lines.extend(_OTHERS[kind](packet, path))
    if not shown:
        return "".join(line + "\n" for line in lines)
    head = f"Frame {frame.start.id} at {frame.start.elapsed:g} seconds"
    return "".join(line + "\n" for line in (head, *lines))


def vector(values: Sequence[float]) -> str:
    """Three numbers in brackets, as C++ streams print them."""
    return f"({values[0]:g}, {values[1]:g}, {values[2]:g})"


def _added(packet: Packet, path: Path | None) -> Iterator[str]:
    for actor in decode_added(packet, path):
        yield f" Create {actor.id}: {actor.blueprint_id} ({actor.type}) at {vector(actor.location)}"
        for attribute in actor.attributes:
            yield f"  {attribute.id} = {attribute.value}"


def _deleted(packet: Packet, path: Path | None) -> Iterator[str]:
    for (actor_id,) in records(packet, PacketKind.EVENT_DEL, path).tolist():
        yield f" Destroy {actor_id}"


def _parents(packet: Packet, path: Path | None) -> Iterator[str]:
    for child, parent in records(packet, PacketKind.EVENT_PARENT, path).tolist():
        yield f" Parenting {child} with {parent} (parent)"


def _collisions(packet: Packet, path: Path | None) -> Iterator[str]:
    for sequence, id1, id2, hero1, hero2 in records(packet, PacketKind.COLLISION, path).tolist():
        first, second = (" (hero) " if hero else "" for hero in (hero1, hero2))
        yield f" Collision id {sequence} between {id1}{first} with {id2}{second}"


def _weather(packet: Packet, path: Path | None) -> Iterator[str]:
    found = records(packet, PacketKind.WEATHER, path)
    yield f" Weathers: {len(found)}"
    for values in found.tolist():
        yield "  " + " ".join(f"{name}: {value:g}" for name, value in zip(_WEATHER, values, strict=True))


_EVENTS: dict[PacketKind | None, Callable[[Packet, Path | None], Iterable[str]]] = {
    PacketKind.EVENT_ADD: _added,
    PacketKind.EVENT_DEL: _deleted,
    PacketKind.EVENT_PARENT: _parents,
    PacketKind.COLLISION: _collisions,
    PacketKind.WEATHER: _weather,
}


def _positions(found: Records) -> Iterator[str]:
    for actor_id, location, rotation in zip(
        found["id"].tolist(), found["location"].tolist(), found["rotation"].tolist(), strict=True
    ):
        yield f"  Id: {actor_id} Location: {vector(location)} Rotation: {vector(rotation)}"


def _states(found: Records) -> Iterator[str]:
    for actor_id, frozen, elapsed, state in found.tolist():
        digit = chr((0x30 + state) & 0x7F)
        yield f"  Id: {actor_id} state: {digit} frozen: {int(frozen != 0)} elapsedTime: {elapsed:g}"


def _controls(found: Records) -> Iterator[str]:
    for actor_id, steer, throttle, brake, handbrake, gear in found.tolist():
        yield (
            f"  Id: {actor_id} Steering: {steer:g} Throttle: {throttle:g} Brake: {brake:g} "
            f"Handbrake: {int(handbrake != 0)} Gear: {gear}"
        )


def _walkers(found: Records) -> Iterator[str]:
    return (f"  Id: {actor_id} speed: {speed:g}" for actor_id, speed in found.tolist())


def _doors(found: Records) -> Iterator[str]:
    for actor_id, door, _ in found.tolist():
        yield f"  Id: {actor_id}"
        yield f"  Doors opened:  {_DOORS[door]} " if door < len(_DOORS) else "  Doors opened: "


def _vehicle_lights(found: Records) -> Iterator[str]:
    for actor_id, flags in found.tolist():
        names = [name for name, bit in _LIGHTS if flags & bit]
        yield f"  Id: {actor_id} {' '.join(names) or 'None'}"


def _scene_lights(found: Records) -> Iterator[str]:
    for light in found:
        on, intensity = "True" if light["on"] else "False", float(light["intensity"])
        color = vector(light["color"].tolist())
        yield f"  Id: {light['id']} enabled: {on} intensity: {intensity:g} RGB_color: {color}"


def _kinematics(found: Records) -> Iterator[str]:
    for actor_id, linear, angular in zip(
        found["id"].tolist(), found["linear"].tolist(), found["angular"].tolist(), strict=True
    ):
        yield f"  Id: {actor_id} linear_velocity: {vector(linear)} angular_velocity: {vector(angular)}"


def _boxes(found: Records) -> Iterator[str]:
    for actor_id, origin, extent in zip(
        found["id"].tolist(), found["origin"].tolist(), found["extent"].tolist(), strict=True
    ):
        yield f"  Id: {actor_id} origin: {vector(origin)} extension: {vector(extent)}"


def _light_times(found: Records) -> Iterator[str]:
    for actor_id, green, yellow, red in found.tolist():
        yield f"  Id: {actor_id} green_time: {green:g} yellow_time: {yellow:g} red_time: {red:g}"


_LISTS: dict[PacketKind, tuple[str, Callable[[Records], Iterable[str]]]] = {
    PacketKind.POSITION: ("Positions", _positions),
    PacketKind.STATE: ("State traffic lights", _states),
    PacketKind.ANIM_VEHICLE: ("Vehicle animations", _controls),
    PacketKind.ANIM_WALKER: ("Walker animations", _walkers),
    PacketKind.VEHICLE_DOOR: ("Vehicle door animations", _doors),
    PacketKind.VEHICLE_LIGHT: ("Vehicle light animations", _vehicle_lights),
    PacketKind.SCENE_LIGHT: ("Scene light changes", _scene_lights),
    PacketKind.KINEMATICS: ("Dynamic actors", _kinematics),
    PacketKind.BOUNDING_BOX: ("Actor bounding boxes", _boxes),
    PacketKind.TRIGGER_VOLUME: ("Actor trigger volumes", _boxes),
    PacketKind.TRAFFIC_LIGHT_TIME: ("Traffic Light time events", _light_times),
}


def _platform_time(packet: Packet, path: Path | None) -> Iterator[str]:
    yield f" Current platform time: {decode_time(packet, path):g}"


def _physics(packet: Packet, path: Path | None) -> Iterator[str]:
    vehicles = decode_physics(packet, path)
    yield f" Physics Control events: {len(vehicles)}"
    for vehicle in vehicles:
        yield f"  Id: {vehicle.id}"
        for label, name in _PHYSICS_FIELDS:
            yield f"   {label} = {_physics_value(vehicle.head, name)}"
        for label, curve in (("torque_curve", vehicle.torque_curve), ("steering_curve", vehicle.steering_curve)):
            yield f"   {label} =" + "".join(f" ({x:g}, {y:g})" for x, y in curve.tolist())
        yield "   forward_gears:"
        for index, (ratio, down, up) in enumerate(vehicle.forward_gears.tolist()):
            yield f"    gear {index}: ratio {ratio:g} down_ratio {down:g} up_ratio {up:g}"
        yield "   wheels:"
        for index, wheel in enumerate(vehicle.wheels):
            values = " ".join(f"{name} {float(wheel[name]):g}" for name in _WHEEL_FIELDS)
            yield f"    wheel {index}: {values} position {vector(wheel['position'].tolist())}"


def _physics_value(head: Any, name: str) -> str:
    if not name:
        return f"{DEFAULT_GEAR_SWITCH_TIME:g}"
    if name == "use_gear_autobox":
        return "true" if head[name] else "false"
    if name == "center_of_mass":
        return vector(head[name].tolist())
    return f"{float(head[name]):g}"


def _bones(packet: Packet, path: Path | None) -> Iterator[str]:
    walkers = decode_bones(packet, path)
    yield f" Walkers Bones: {len(walkers)}"
    for walker in walkers:
        yield f"  Id: {walker.id}"
        for name, transform in zip(walker.names, walker.transforms, strict=True):
            location, rotation = transform["location"].tolist(), transform["rotation"].tolist()
            yield f'     Bone: "{name}" relative: Loc{vector(location)} Rot{vector(rotation)}'
    yield ""


_OTHERS: dict[PacketKind | None, Callable[[Packet, Path | None], Iterable[str]]] = {
    PacketKind.PLATFORM_TIME: _platform_time,
    PacketKind.PHYSICS_CONTROL: _physics,
    PacketKind.WALKER_BONES: _bones,
}
