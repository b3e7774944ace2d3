"""Bicycles with their riders: city, cross and road bicycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from roadmark.catalog import Blueprint, SemanticClass
from roadmark.render import Material, Mesh
from roadmark.world.figure import Outfit
from roadmark.world.lofts import Collector, Look, ball, box, limb, revolve
from roadmark.world.vehicles import looks
from roadmark.world.vehicles.cycle_parts import (
    Chassis,
    Point,
    assembled,
    both_sides,
    chassis_of,
    steering_axis,
    tube,
    wheel,
)
from roadmark.world.vehicles.model import VehicleModel
from roadmark.world.vehicles.riders import Seat, add_rider_legs, add_rider_without_legs, rider_height


@dataclass(frozen=True, slots=True)
class _Style:
    """What tells bicycles apart; heights as shares of the box's height, lengths in metres.

    Attributes:
        saddle: Height of the saddle.
        bar: Height of the handlebar.
        lean: Lean of the rider's trunk, radians.
        rake: Lean of the fork, radians.
        tyre: Width of the tyres.
        step_through: Whether the top tube is low (city bicycle).
        drop_bar: Whether the handlebar is bent down (road bicycle).
        fenders: Whether it has fenders, chain case and carrier.
    """

    saddle: float
    bar: float
    lean: float
    rake: float
    tyre: float
    step_through: bool = False
    drop_bar: bool = False
    fenders: bool = False


_STYLES: Final = {
    "vehicle.bh.crossbike": _Style(0.525, 0.60, 0.50, 0.30, 0.050),
    "vehicle.diamondback.century": _Style(0.54, 0.61, 0.86, 0.28, 0.032, drop_bar=True),
    "vehicle.gazelle.omafiets": _Style(0.505, 0.635, 0.12, 0.36, 0.042, step_through=True, fenders=True),
}
_OUTFITS: Final = {
    "vehicle.bh.crossbike": Outfit(
        (202, 152, 120), (60, 40, 26), (206, 84, 36), (40, 42, 48), (210, 210, 206),
        sleeves="short", legs="shorts", head="helmet", head_color=(226, 226, 224),
    ),
    "vehicle.diamondback.century": Outfit(
        (224, 178, 148), (40, 30, 24), (34, 92, 160), (24, 24, 27), (230, 230, 228),
        sleeves="short", legs="shorts", head="helmet", head_color=(190, 30, 34), girth=0.92,
    ),
    "vehicle.gazelle.omafiets": Outfit(
        (172, 120, 88), (40, 28, 20), (96, 116, 90), (44, 52, 80), (70, 46, 32), head="long",
    ),
}  # fmt: skip
_CRANK: Final = 0.16


def bicycle_model(blueprint: Blueprint) -> VehicleModel:
    """The model of a bicycle and its rider."""
    name = blueprint.id if blueprint.id in _STYLES else "vehicle.bh.crossbike"
    style, chassis = _STYLES[name], chassis_of(blueprint)
    axis = steering_axis(style.rake)
    crank = (chassis.rear + 0.47 * (chassis.front - chassis.rear), 0.0, 0.285)
    saddle = (crank[0] - 0.15, 0.0, style.saddle * chassis.height)
    bar_z = style.bar * chassis.height
    head = _on_axis(chassis, axis, bar_z - 0.05)
    collector = Collector(blueprint.semantic)
    paint = looks.PAINT
    _add_frame(collector, chassis, style, crank, saddle, head, paint)
    grip = _add_handlebar(collector, chassis, style, head, bar_z)
    _add_chain(collector, crank, chassis)
    if style.fenders:
        _add_city_parts(collector, chassis)
    _add_lamps(collector, saddle, head)
    outfit = _OUTFITS[name]
    pelvis = (saddle[0] - 0.01, 0.0, saddle[2] + 0.085)

    def seat(angle: float) -> Seat:
        return Seat(pelvis, style.lean, grip, (_foot(crank, angle, 1.0), _foot(crank, angle + np.pi, -1.0)), 0.12)

    height = rider_height(seat(0.0), outfit, chassis.height)
    add_rider_without_legs(collector, seat(0.0), outfit, height)

    def pedalling(angle: float) -> Mesh:
        moving = Collector(SemanticClass.BICYCLE)
        _add_pedals(moving, crank, angle)
        add_rider_legs(moving, seat(angle), outfit, height)
        return moving.build()

    rim = looks.STEEL if style.fenders else looks.DARK_METAL
    disc = wheel(chassis.radius, style.tyre, blueprint.semantic, spokes=14, thick=0.0022, rim=rim)
    fork = _fork(chassis, style, axis, paint)
    return assembled(blueprint, chassis, collector.build(), (disc, disc), fork, axis, pedalling)


def _pedal(crank: Point, angle: float, side: float) -> Point:
    return (crank[0] + _CRANK * float(np.sin(angle)), side * 0.115, crank[2] + _CRANK * float(np.cos(angle)))


def _foot(crank: Point, angle: float, side: float) -> Point:
    """Ankle above a pedal at an angle of the cranks (0 on top, then forwards)."""
    x, y, z = _pedal(crank, angle, side)
    return (x - 0.07, y, z + 0.08)


def _on_axis(chassis: Chassis, axis: Point, z: float) -> Point:
    along = (z - chassis.radius) / axis[2]
    return (chassis.front + along * axis[0], 0.0, z)


def _add_frame(
    collector: Collector, chassis: Chassis, style: _Style, crank: Point, saddle: Point, head: Point, paint: Look
) -> None:
    axis = steering_axis(style.rake)
    top, bottom = head, _on_axis(chassis, axis, head[2] - (0.16 if not style.step_through else 0.22))
    post = (saddle[0] + 0.035, 0.0, saddle[2] - 0.16)
    tube(collector, [top, bottom], 0.022, paint, sides=8)
    tube(collector, [bottom, crank], 0.021, paint, sides=8)
    tube(collector, [crank, post], 0.017, paint, sides=8)
    tube(collector, [post, (saddle[0], 0.0, saddle[2] - 0.03)], 0.013, looks.STEEL)
    if style.step_through:
        low = (crank[0] + 0.03, 0.0, crank[2] + 0.16)
        tube(
            collector, [(bottom[0], 0.0, bottom[2] + 0.06), low, (crank[0] - 0.02, 0.0, crank[2] + 0.10)], 0.017, paint
        )
    else:
        tube(collector, [top, (post[0] + 0.005, 0.0, post[2] + 0.02)], 0.017, paint, sides=8)
    for side in (1.0, -1.0):
        hub = (chassis.rear, side * 0.06, chassis.radius)
        tube(collector, [(crank[0], side * 0.03, crank[2]), hub], 0.009, paint, sides=6)
        tube(collector, [hub, (post[0], side * 0.018, post[2])], 0.008, paint, sides=6)
    path = [(saddle[0] - 0.12, 0, saddle[2]), (saddle[0] - 0.07, 0, saddle[2] + 0.01), (saddle[0] + 0.03, 0, saddle[2])]
    seat = limb(
        [*path, (saddle[0] + 0.14, 0, saddle[2] - 0.005)], [0.055, 0.075, 0.035, 0.018], sides=10,
        flatten=[0.45, 0.42, 0.7, 0.8],
    )  # fmt: skip
    collector.add(*seat, looks.RUBBER, crease=1.2)


def _add_handlebar(collector: Collector, chassis: Chassis, style: _Style, head: Point, bar_z: float) -> Point:
    """Stem and handlebar as wide as the box; returns the left grip."""
    wide = chassis.half_width - 0.002
    if style.drop_bar:
        ahead = head[0] + 0.03
        tube(collector, [head, (ahead, 0.0, bar_z)], 0.014, looks.DARK_METAL)
        half = min(wide, 0.215)
        curve = [
            (ahead, 0.0, bar_z), (ahead, half - 0.03, bar_z), (ahead + 0.06, half, bar_z + 0.005),
            (ahead + 0.10, half, bar_z - 0.05), (ahead + 0.05, half, bar_z - 0.12), (ahead - 0.03, half, bar_z - 0.12),
        ]  # fmt: skip
        for path in both_sides(curve):
            tube(collector, path, 0.013, looks.RUBBER)
        return (ahead + 0.07, half, bar_z + 0.02)
    back = 0.20 if style.step_through else 0.03
    tube(collector, [head, (head[0] + 0.03, 0.0, bar_z)], 0.014, looks.DARK_METAL)
    bend_point = (head[0] + 0.05, 0.16, bar_z + 0.01)
    for path in both_sides([(head[0] + 0.03, 0.0, bar_z), bend_point, (head[0] + 0.03 - back, wide, bar_z)]):
        tube(collector, path, 0.011, looks.STEEL)
        a, b = np.array(path[1]), np.array(path[2])
        grip = a + 0.62 * (b - a)
        tube(collector, [tuple(grip), tuple(b)], 0.016, looks.RUBBER)
    reach = 0.8
    return (
        bend_point[0] + reach * (head[0] + 0.03 - back - bend_point[0]),
        bend_point[1] + reach * (wide - bend_point[1]),
        bar_z + 0.02,
    )


def _add_chain(collector: Collector, crank: Point, chassis: Chassis) -> None:
    vertices, triangles = revolve([(0.0, -0.042), (0.085, -0.042), (0.085, -0.05), (0.0, -0.05)], 18)
    collector.add(vertices + np.array(crank), triangles, looks.STEEL, crease=0.5)
    for level in (0.075, -0.075):
        start = (crank[0], -0.046, crank[2] + level)
        tube(collector, [start, (chassis.rear, -0.046, chassis.radius + level * 0.4)], 0.006, looks.DARK_METAL, sides=4)


def _add_pedals(collector: Collector, crank: Point, angle: float) -> None:
    for side, turn in ((1.0, angle), (-1.0, angle + np.pi)):
        end = _pedal(crank, turn, side)
        path = [(crank[0], side * 0.06, crank[2]), (end[0], side * 0.075, end[2])]
        tube(collector, path, 0.011, looks.STEEL, sides=6)
        collector.add(*box(end, (0.09, 0.08, 0.022)), looks.RUBBER, crease=0.0)


def _add_city_parts(collector: Collector, chassis: Chassis) -> None:
    """Rear fender and carrier."""
    collector.add(
        *fender(chassis.radius + 0.03, 0.05, (0.35, 2.6), (chassis.rear, chassis.radius)), looks.GAP, crease=0.8
    )
    z = 2.0 * chassis.radius + 0.075
    for y in (-0.06, 0.0, 0.06):
        tube(collector, [(chassis.rear - 0.2, y, z), (chassis.rear + 0.22, y, z)], 0.007, looks.DARK_METAL, sides=5)
    for side in (1.0, -1.0):
        foot = (chassis.rear, side * 0.065, chassis.radius)
        tube(collector, [foot, (chassis.rear - 0.12, side * 0.06, z)], 0.007, looks.DARK_METAL, sides=5)


def fender(
    radius: float, width: float, arc: tuple[float, float], hub: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """A bent strip around a wheel; `arc` in radians from straight ahead, counter-clockwise seen from the right."""
    turn = np.linspace(arc[0], arc[1], 12)
    path = np.stack([hub[0] + radius * np.cos(turn), 0.0 * turn, hub[1] + radius * np.sin(turn)], axis=1)
    return limb(path, width / 2.0, sides=6, flatten=0.25)


def _add_lamps(collector: Collector, saddle: Point, head: Point) -> None:
    tail = Look(Material.LAMP_LENS, (178, 16, 20), looks.Emitter.TAIL)
    front = Look(Material.LAMP_LENS, (226, 228, 226), looks.Emitter.POSITION)
    collector.add(*box((saddle[0] - 0.022, 0.0, saddle[2] - 0.10), (0.03, 0.05, 0.04), 0.01), tail)
    collector.add(*ball((head[0] + 0.06, 0.0, head[2] - 0.03), (0.04, 0.033, 0.033), rings=5, sides=8), front)


def _fork(chassis: Chassis, style: _Style, axis: Point, paint: Look) -> Mesh:
    collector = Collector(SemanticClass.BICYCLE)
    crown = chassis.radius + 0.05

    def at(along: float, side: float) -> Point:
        return (axis[0] * along, side, axis[2] * along)

    for side in (1.0, -1.0):
        tube(collector, [at(0.0, side * 0.05), at(crown * 0.6, side * 0.045), at(crown, side * 0.03)], 0.011, paint)
    tube(collector, [at(crown, -0.04), at(crown, 0.04)], 0.016, paint)
    tube(collector, [at(crown, 0.0), at(crown + 0.12, 0.0)], 0.015, paint)
    if style.fenders:
        collector.add(*fender(chassis.radius + 0.025, 0.05, (0.5, 2.5), (0.0, 0.0)), looks.GAP, crease=0.8)
    return collector.build()
