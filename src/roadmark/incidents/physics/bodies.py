"""What collides: footprints, masses and wheels of blueprints."""

from __future__ import annotations

from typing import Final

import numpy as np

from roadmark.catalog import Blueprint, BodyStyle
from roadmark.geometry import FloatArray

_TYPICAL = 1450.0
MASSES: Final = {
    BodyStyle.HATCHBACK: 1150.0,
    BodyStyle.SEDAN: 1600.0,
    BodyStyle.CLASSIC_SEDAN: 1700.0,
    BodyStyle.FASTBACK: 1750.0,
    BodyStyle.LIFTBACK: 1400.0,
    BodyStyle.COUPE: 1350.0,
    BodyStyle.CLASSIC_COUPE: 1250.0,
    BodyStyle.SUV: 2200.0,
    BodyStyle.OFFROAD: 1900.0,
    BodyStyle.MPV: 1550.0,
    BodyStyle.MICROCAR: 550.0,
    BodyStyle.TAXI: 1850.0,
    BodyStyle.POLICE: 1900.0,
    BodyStyle.VAN: 2400.0,
    BodyStyle.MINIBUS: 1700.0,
    BodyStyle.CYBERTRUCK: 3000.0,
    BodyStyle.BOX_TRUCK: 5500.0,
    BodyStyle.HEAVY_TRUCK: 12000.0,
    BodyStyle.FIRE_TRUCK: 14000.0,
    BodyStyle.AMBULANCE: 4200.0,
    BodyStyle.BUS: 9000.0,
    BodyStyle.MOTORCYCLE: 290.0,
    BodyStyle.SCOOTER: 200.0,
    BodyStyle.BICYCLE: 92.0,
    BodyStyle.WALKER: 75.0,
}
"""Kilograms in running order, with the driver or rider."""


def mass_of(blueprint: Blueprint) -> float:
    """Kilograms."""
    return MASSES.get(blueprint.style, _TYPICAL)


def inertia_of(blueprint: Blueprint) -> float:
    """Moment of inertia about the vertical axis, kg m2, of an even slab."""
    length, width, _ = blueprint.size
    return mass_of(blueprint) * (length * length + width * width) / 12.0


def half_plan(blueprint: Blueprint) -> FloatArray:
    """(2,) half length and half width."""
    return np.array(blueprint.half_extents[:2])


def front_end(blueprint: Blueprint) -> float:
    """Metres from the actor's origin to its foremost point."""
    return blueprint.center_offset[0] + blueprint.half_extents[0]


def rear_end(blueprint: Blueprint) -> float:
    """Metres from the actor's origin back to its rearmost point, positive."""
    return blueprint.half_extents[0] - blueprint.center_offset[0]


def axles(blueprint: Blueprint) -> tuple[float, float]:
    """Where the rear and the front axle are along the actor's x axis."""
    places = [wheel.x for wheel in blueprint.wheels]
    if not places:
        return (-0.25, 0.25)
    return (min(places), max(places))


def feet(blueprint: Blueprint) -> FloatArray:
    """(4, 2) where it touches the ground, about its box's centre."""
    rear, front = (x - blueprint.center_offset[0] for x in axles(blueprint))
    side = 0.42 * blueprint.size[1]
    return np.array([[front, side], [front, -side], [rear, side], [rear, -side]])


def box_centers(blueprint: Blueprint, places: FloatArray) -> FloatArray:
    """(N, 3) x, y, yaw of the box's centre, of an actor's (N, 3) x, y, yaw."""
    return places + _offset(blueprint, places[:, 2])


def origins(blueprint: Blueprint, centers: FloatArray) -> FloatArray:
    """(N, 3) x, y, yaw of an actor, of its box's centre; the inverse of `box_centers`."""
    return centers - _offset(blueprint, centers[:, 2])


def _offset(blueprint: Blueprint, yaw: FloatArray) -> FloatArray:
    x, y, _ = blueprint.center_offset
    c, s = np.cos(yaw), np.sin(yaw)
    return np.stack([c * x - s * y, s * x + c * y, np.zeros_like(yaw)], axis=1)
