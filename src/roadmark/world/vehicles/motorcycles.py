"""Motorcycles and scooters with their riders: sport machine, cruiser, scooter."""

from __future__ import annotations

from typing import Final

import numpy as np

from roadmark.catalog import Blueprint, BodyStyle
from roadmark.render import Material, Mesh
from roadmark.world.figure import Outfit
from roadmark.world.lofts import Collector, Look, ball, box, limb
from roadmark.world.vehicles import looks
from roadmark.world.vehicles.bicycles import fender
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
from roadmark.world.vehicles.riders import Seat, add_rider

_LEATHER: Final = Outfit(
    (202, 152, 120),
    (40, 30, 24),
    (30, 31, 34),
    (26, 27, 31),
    (22, 22, 22),
    head="full_helmet",
    head_color=(32, 34, 40),
    girth=1.08,
)
_RACER: Final = Outfit(
    (202, 152, 120),
    (40, 30, 24),
    (196, 198, 200),
    (34, 36, 42),
    (26, 26, 28),
    head="full_helmet",
    head_color=(214, 214, 212),
)
_COMMUTER: Final = Outfit(
    (172, 120, 88),
    (40, 30, 24),
    (64, 88, 120),
    (150, 136, 110),
    (74, 50, 34),
    head="full_helmet",
    head_color=(230, 226, 214),
)
_SEAT_LEATHER: Final = Look(Material.RUBBER, (30, 29, 29))


def motorcycle_model(blueprint: Blueprint) -> VehicleModel:
    """The model of a motorcycle or scooter and its rider."""
    chassis = chassis_of(blueprint)
    collector = Collector(blueprint.semantic)
    if blueprint.style is BodyStyle.SCOOTER:
        rake, tyre, spokes = 0.42, 0.095, 5
        _add_scooter(collector, chassis)
    elif "harley" in blueprint.id:
        rake, tyre, spokes = 0.55, 0.125, 16
        _add_cruiser(collector, chassis)
    else:
        rake, tyre, spokes = 0.42, 0.13, 6
        _add_sport(collector, chassis)
    axis = steering_axis(rake)
    thick = 0.004 if spokes > 8 else 0.016
    rim = looks.STEEL if spokes > 8 else looks.DARK_METAL
    disc = wheel(chassis.radius, tyre, blueprint.semantic, spokes=spokes, thick=thick, rim=rim)
    fork = _fork(chassis, blueprint, axis, tyre)
    return assembled(blueprint, chassis, collector.build(), (disc, disc), fork, axis)


def _fork(chassis: Chassis, blueprint: Blueprint, axis: Point, tyre: float) -> Mesh:
    collector = Collector(blueprint.semantic)
    long = 0.30 if blueprint.style is BodyStyle.SCOOTER else 0.56
    apart = tyre / 2.0 + 0.028
    for side in (1.0, -1.0):
        for start, end, radius, look in ((0.0, 0.30, 0.026, looks.DARK_METAL), (0.28, long, 0.019, looks.CHROME)):
            path = [(axis[0] * a, side * apart, axis[2] * a) for a in (start, min(end, long))]
            tube(collector, path, radius, look)
    cover = fender(chassis.radius + 0.022, tyre + 0.05, (0.55, 2.5), (0.0, 0.0))
    collector.add(*cover, looks.PAINT, crease=0.9)
    return collector.build()


def _lamps(collector: Collector, head: Point, head_size: float, tail: Point) -> None:
    """Round head lamp with ring, tail and brake lamp, four blinkers, plate."""
    collector.add(
        *ball((head[0] - 0.03, 0.0, head[2]), (0.08, head_size * 1.12, head_size * 1.12), rings=6, sides=14),
        looks.CHROME,
    )
    collector.add(*ball(head, (0.06, head_size, head_size), rings=6, sides=14), looks.HEAD_LAMP)
    collector.add(*box((tail[0], 0.0, tail[2] + 0.015), (0.05, 0.13, 0.03), 0.01), looks.TAIL_LAMP)
    collector.add(*box((tail[0], 0.0, tail[2] - 0.02), (0.05, 0.13, 0.035), 0.01), looks.BRAKE_LAMP)
    for x, z, reach in ((head[0] - 0.06, head[2] - 0.05, 0.17), (tail[0] + 0.03, tail[2] - 0.03, 0.14)):
        for side, look in ((1.0, looks.LEFT_BLINKER), (-1.0, looks.RIGHT_BLINKER)):
            tube(collector, [(x, 0.0, z), (x, side * reach, z)], 0.008, looks.GAP, sides=5)
            collector.add(*ball((x, side * reach, z), (0.025, 0.035, 0.024), rings=4, sides=7), look)
    collector.add(*box((tail[0] + 0.01, 0.0, tail[2] - 0.13), (0.02, 0.20, 0.13)), looks.PLATE, crease=0.0)
    collector.add(*box((tail[0] + 0.06, 0.0, tail[2] - 0.10), (0.10, 0.16, 0.16)), looks.GAP, crease=0.0)


def _mirrors(collector: Collector, chassis: Chassis, root: Point, high: float) -> None:
    """Mirrors on stalks, the widest part of the machine."""
    out = chassis.half_width - 0.06
    for side in (1.0, -1.0):
        tube(
            collector,
            [(root[0], side * root[1], root[2]), (root[0] + 0.02, side * out, root[2] + high)],
            0.007,
            looks.GAP,
            sides=5,
        )
        center = (root[0] + 0.02, side * out, root[2] + high)
        collector.add(*ball(center, (0.018, 0.06, 0.038), rings=5, sides=10), looks.GAP)
        collector.add(*box((center[0] - 0.014, center[1], center[2]), (0.012, 0.085, 0.045)), looks.GLASS, crease=0.0)


def _bars(collector: Collector, center: Point, path: list[Point]) -> Point:
    """Handlebar along a left path and its mirror, with grips; returns the left grip."""
    for points in both_sides([center, *path]):
        tube(collector, points, 0.012, looks.STEEL)
        a, b = np.array(points[-2]), np.array(points[-1])
        start = b + (a - b) / np.linalg.norm(a - b) * 0.11
        tube(collector, [tuple(start), tuple(b)], 0.018, looks.RUBBER)
    a, b = np.array(path[-2] if len(path) > 1 else center), np.array(path[-1])
    grip = b + (a - b) / np.linalg.norm(a - b) * 0.06
    return (float(grip[0]), float(grip[1]), float(grip[2]) + 0.012)


def _exhaust(collector: Collector, points: list[Point], radius: float, look: Look) -> None:
    collector.add(
        *limb(np.array(points), [radius * 0.5, radius * 0.55, radius, radius * 0.95], sides=9), look, crease=0.9
    )


def _swing_arm(collector: Collector, chassis: Chassis, pivot: Point, apart: float) -> None:
    for side in (1.0, -1.0):
        hub = (chassis.rear, side * apart, chassis.radius)
        collector.add(
            *limb([(pivot[0], side * 0.09, pivot[2]), hub], [0.035, 0.022], sides=6), looks.DARK_METAL, crease=0.8
        )


def _add_sport(collector: Collector, chassis: Chassis) -> None:
    top, middle = chassis.height, (chassis.front + chassis.rear) / 2.0
    front, rear = chassis.front, chassis.rear
    saddle = 0.53 * top
    nose = [(front - 0.55, 0, 0.60 * top), (front - 0.36, 0, 0.605 * top), (front - 0.20, 0, 0.60 * top),
            (front - 0.02, 0, 0.565 * top), (front + 0.10, 0, 0.535 * top)]  # fmt: skip
    collector.add(
        *limb(nose, [0.13, 0.17, 0.17, 0.12, 0.035], sides=12, flatten=[0.9, 0.85, 0.8, 0.75, 0.9]),
        looks.PAINT,
        crease=1.0,
    )
    screen = [(front - 0.30, 0, 0.655 * top), (front - 0.17, 0, 0.66 * top), (front - 0.03, 0, 0.60 * top)]
    collector.add(*limb(screen, [0.09, 0.11, 0.08], sides=12, flatten=[0.6, 0.75, 0.4]), looks.GLASS, crease=1.1)
    belly = [
        (middle - 0.22, 0, 0.19 * top),
        (middle, 0, 0.21 * top),
        (middle + 0.22, 0, 0.30 * top),
        (front - 0.36, 0, 0.47 * top),
    ]
    collector.add(
        *limb(belly, [0.09, 0.16, 0.17, 0.14], sides=10, flatten=[0.5, 0.7, 0.95, 1.0]), looks.PAINT, crease=1.0
    )
    panel = [(middle - 0.02, 0, 0.42 * top), (middle + 0.2, 0, 0.45 * top), (front - 0.22, 0, 0.53 * top)]
    collector.add(*limb(panel, [0.11, 0.15, 0.13], sides=10, flatten=0.9), looks.PAINT, crease=1.0)
    collector.add(*box((middle + 0.02, 0.0, 0.33 * top), (0.42, 0.30, 0.26), 0.05), looks.DARK_METAL)
    tank = [
        (middle - 0.12, 0, saddle + 0.01),
        (middle + 0.02, 0, saddle + 0.075),
        (middle + 0.20, 0, saddle + 0.08),
        (middle + 0.33, 0, saddle + 0.03),
    ]
    collector.add(
        *limb(tank, [0.07, 0.135, 0.15, 0.10], sides=12, flatten=[0.7, 0.75, 0.8, 0.8]), looks.PAINT, crease=1.1
    )
    seat = [(middle + 0.0, 0, saddle - 0.02), (middle - 0.20, 0, saddle - 0.03), (middle - 0.42, 0, saddle + 0.02)]
    collector.add(*limb(seat, [0.10, 0.13, 0.09], sides=10, flatten=[0.45, 0.42, 0.4]), _SEAT_LEATHER, crease=1.0)
    tail = [
        (middle - 0.20, 0, saddle - 0.075),
        (middle - 0.48, 0, saddle + 0.0),
        (rear - 0.06, 0, saddle + 0.075),
        (rear - 0.17, 0, saddle + 0.10),
    ]
    collector.add(
        *limb(tail, [0.12, 0.11, 0.07, 0.03], sides=10, flatten=[0.7, 0.5, 0.5, 0.5]), looks.PAINT, crease=1.0
    )
    _swing_arm(collector, chassis, (middle - 0.22, 0, 0.26 * top), 0.10)
    _exhaust(
        collector,
        [
            (middle, -0.12, 0.18 * top),
            (middle - 0.25, -0.15, 0.19 * top),
            (rear + 0.15, -0.16, 0.28 * top),
            (rear - 0.12, -0.165, 0.34 * top),
        ],
        0.055,
        looks.STEEL,
    )
    _lamps(collector, (front + 0.045, 0.0, 0.555 * top), 0.06, (rear - 0.19, 0.0, saddle + 0.09))
    _mirrors(collector, chassis, (front - 0.14, 0.12, 0.63 * top), 0.07)
    grip = _bars(
        collector,
        (front - 0.30, 0.0, 0.585 * top),
        [(front - 0.29, 0.14, 0.59 * top), (front - 0.37, 0.33, 0.57 * top)],
    )
    feet = (middle - 0.28, 0.17, 0.30 * top)
    seat_at = Seat((middle - 0.17, 0.0, saddle + 0.075), 0.62, grip, (feet, (feet[0], -feet[1], feet[2])), 0.5)
    add_rider(collector, seat_at, _RACER, top)


def _add_cruiser(collector: Collector, chassis: Chassis) -> None:
    top, middle = chassis.height, (chassis.front + chassis.rear) / 2.0
    front, rear = chassis.front, chassis.rear
    saddle = 0.42 * top
    head = (front - 0.33, 0.0, 0.56 * top)
    tank = [
        (middle - 0.05, 0, saddle + 0.06),
        (middle + 0.10, 0, saddle + 0.11),
        (middle + 0.30, 0, saddle + 0.145),
        (middle + 0.44, 0, saddle + 0.15),
    ]
    collector.add(
        *limb(tank, [0.05, 0.125, 0.14, 0.06], sides=12, flatten=[0.8, 0.8, 0.85, 0.9]), looks.PAINT, crease=1.1
    )
    _add_twin_engine(collector, chassis, saddle)
    seat = [
        (middle + 0.05, 0, saddle + 0.02),
        (middle - 0.12, 0, saddle - 0.005),
        (middle - 0.32, 0, saddle + 0.03),
        (middle - 0.58, 0, saddle + 0.10),
    ]
    collector.add(
        *limb(seat, [0.08, 0.155, 0.15, 0.09], sides=10, flatten=[0.5, 0.36, 0.36, 0.4]), _SEAT_LEATHER, crease=1.0
    )
    collector.add(*fender(chassis.radius + 0.035, 0.20, (0.75, 2.5), (rear, chassis.radius)), looks.PAINT, crease=0.9)
    _swing_arm(collector, chassis, (middle - 0.30, 0, 0.20 * top), 0.11)
    for level in (0.15, 0.20):
        _exhaust(
            collector,
            [
                (middle + 0.20, -0.13, (level + 0.08) * top),
                (middle + 0.05, -0.17, level * top),
                (middle - 0.35, -0.18, level * top),
                (rear - 0.12, -0.18, level * top),
            ],
            0.042,
            looks.CHROME,
        )
    _lamps(collector, (head[0] + 0.16, 0.0, head[2] - 0.02), 0.085, (rear - 0.27, 0.0, 0.40 * top))
    _mirrors(collector, chassis, (head[0] - 0.12, 0.26, 0.655 * top), 0.09)
    tube(collector, [(head[0] + 0.02, 0.0, head[2] - 0.16), head], 0.035, looks.GAP)
    grip = _bars(
        collector,
        head,
        [(head[0] - 0.02, 0.10, 0.60 * top), (head[0] - 0.08, 0.24, 0.65 * top), (head[0] - 0.26, 0.345, 0.63 * top)],
    )
    feet = (middle + 0.40, 0.20, 0.20 * top)
    tube(
        collector,
        [(feet[0] - 0.02, 0.24, feet[2] - 0.08), (feet[0] - 0.02, -0.24, feet[2] - 0.08)],
        0.016,
        looks.CHROME,
    )
    seat_at = Seat((middle - 0.22, 0.0, saddle + 0.11), 0.02, grip, (feet, (feet[0], -feet[1], feet[2])), -0.25)
    add_rider(collector, seat_at, _LEATHER, top)


def _add_twin_engine(collector: Collector, chassis: Chassis, saddle: float) -> None:
    """A cruiser's frame loop and two-cylinder engine below its saddle height, metres."""
    top, middle, rear = chassis.height, (chassis.front + chassis.rear) / 2.0, chassis.rear
    for points in (
        [
            (middle + 0.42, 0, saddle + 0.10),
            (middle + 0.42, 0, 0.17 * top),
            (middle - 0.30, 0, 0.17 * top),
            (rear + 0.28, 0, saddle - 0.05),
        ],
    ):
        for side in (0.09, -0.09):
            tube(collector, [(x, side, z) for x, _, z in points], 0.02, looks.GAP)
    collector.add(*box((middle + 0.02, 0.0, 0.225 * top), (0.46, 0.24, 0.22), 0.06), looks.CHROME)
    for turn in (0.42, -0.42):
        start = np.array([middle + 0.04, 0.0, 0.28 * top])
        end = start + 0.23 * np.array([np.sin(turn), 0.0, np.cos(turn)])
        rings = np.linspace(start, end, 7)
        collector.add(
            *limb(rings, [0.075, 0.085, 0.075, 0.085, 0.075, 0.085, 0.065], sides=10), looks.STEEL, crease=0.5
        )
    collector.add(*ball((middle + 0.07, -0.13, 0.32 * top), (0.09, 0.05, 0.09), rings=5, sides=12), looks.CHROME)


def _add_scooter(collector: Collector, chassis: Chassis) -> None:
    top, middle = chassis.height, (chassis.front + chassis.rear) / 2.0
    front, rear = chassis.front, chassis.rear
    saddle = 0.47 * top
    neck = (front - 0.30, 0.0, 0.60 * top)
    body = [
        (middle - 0.02, 0, 0.27 * top),
        (middle - 0.18, 0, 0.31 * top),
        (rear + 0.05, 0, 0.33 * top),
        (rear - 0.14, 0, 0.33 * top),
        (rear - 0.225, 0, 0.32 * top),
    ]
    collector.add(
        *limb(body, [0.10, 0.185, 0.20, 0.15, 0.05], sides=14, flatten=[0.9, 0.95, 0.85, 0.85, 0.8]),
        looks.PAINT,
        crease=1.2,
    )
    seat = [
        (middle + 0.02, 0, saddle - 0.02),
        (middle - 0.12, 0, saddle),
        (rear + 0.08, 0, saddle),
        (rear - 0.12, 0, saddle - 0.01),
    ]
    collector.add(
        *limb(seat, [0.07, 0.13, 0.15, 0.10], sides=10, flatten=[0.5, 0.4, 0.4, 0.45]), _SEAT_LEATHER, crease=1.0
    )
    collector.add(*box((middle + 0.16, 0.0, 0.19 * top), (0.50, 0.34, 0.06), 0.02), looks.PAINT)
    shield = [
        (middle + 0.37, 0, 0.18 * top),
        (middle + 0.42, 0, 0.30 * top),
        (front - 0.26, 0, 0.45 * top),
        (front - 0.29, 0, 0.545 * top),
    ]
    collector.add(
        *limb(shield, [0.17, 0.225, 0.19, 0.10], sides=12, flatten=[0.20, 0.20, 0.24, 0.5]), looks.PAINT, crease=1.0
    )
    tube(collector, [(front - 0.14, 0.0, 0.30 * top), neck], 0.035, looks.PAINT)
    cowl = [(neck[0] - 0.06, 0, neck[2] + 0.02), (neck[0] + 0.02, 0, neck[2] + 0.03), (neck[0] + 0.10, 0, neck[2])]
    collector.add(*limb(cowl, [0.10, 0.13, 0.08], sides=10, flatten=[0.5, 0.6, 0.7]), looks.PAINT, crease=1.0)
    _lamps(collector, (neck[0] + 0.12, 0.0, neck[2] + 0.005), 0.062, (rear - 0.21, 0.0, 0.385 * top))
    _mirrors(collector, chassis, (neck[0] - 0.05, 0.20, neck[2] + 0.05), 0.16)
    _swing_arm(collector, chassis, (middle - 0.15, 0, 0.22 * top), 0.08)
    _exhaust(
        collector,
        [
            (middle - 0.05, -0.12, 0.16 * top),
            (middle - 0.2, -0.15, 0.15 * top),
            (rear, -0.16, 0.16 * top),
            (rear - 0.2, -0.16, 0.18 * top),
        ],
        0.045,
        looks.STEEL,
    )
    grip = _bars(
        collector,
        (neck[0], 0.0, neck[2] + 0.03),
        [(neck[0] - 0.04, 0.14, neck[2] + 0.04), (neck[0] - 0.10, 0.34, neck[2] + 0.05)],
    )
    feet = (middle + 0.17, 0.11, 0.21 * top + 0.08)
    seat_at = Seat((middle - 0.17, 0.0, saddle + 0.115), 0.06, grip, (feet, (feet[0], -feet[1], feet[2])), 0.0)
    add_rider(collector, seat_at, _COMMUTER, top)
