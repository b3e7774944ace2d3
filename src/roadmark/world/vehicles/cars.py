"""Car-like vehicles assembled: lower body, cabin, details and wheels, fitted to the blueprint's box."""

from __future__ import annotations

import numpy as np

from roadmark.catalog import Blueprint, BodyStyle
from roadmark.world.lofts import Collector
from roadmark.world.vehicles import details, looks
from roadmark.world.vehicles.cabin import cabin_hull
from roadmark.world.vehicles.lower import Frame, lower_hull
from roadmark.world.vehicles.model import VehicleModel, WheelMount, fitted
from roadmark.world.vehicles.shapes import CarShape
from roadmark.world.vehicles.styles import car_shape
from roadmark.world.vehicles.wheels import wheel_mesh

_MAX_STEER = np.radians(35.0)
_ROOF_EXTRA = {BodyStyle.POLICE: 0.115, BodyStyle.TAXI: 0.13}


def car_model(blueprint: Blueprint) -> VehicleModel:
    """The model of a car, van or bus."""
    shape = car_shape(blueprint)
    length, width, height = blueprint.size
    extra = _ROOF_EXTRA.get(blueprint.style, 0.0)
    axles = sorted({wheel.x - blueprint.center_offset[0] for wheel in blueprint.wheels})
    frame = Frame(
        shape, length, shape.width * width / 2.0, height - extra, (axles[0], axles[1]), blueprint.wheels[0].radius
    )
    collector = Collector(blueprint.semantic)
    lower, _ = lower_hull(frame)
    cabin = cabin_hull(frame)
    crease = 0.12 if shape.angular else 0.75
    collector.add_hull(lower, crease=crease)
    collector.add_hull(cabin, crease=crease)
    _add_details(collector, frame, blueprint)
    return VehicleModel(
        blueprint, fitted(collector.build(), blueprint, np.zeros((2, 3))), wheel_mounts(blueprint, shape)
    )


def _add_details(collector: Collector, frame: Frame, blueprint: Blueprint) -> None:
    shape = frame.shape
    lower, cabin = lower_hull(frame)[0], cabin_hull(frame)
    mirror = float(frame.x_at(shape.cabin.windows[0].base[0])) - 0.02
    details.add_mirrors(collector, frame, blueprint.half_extents[1], mirror, float(frame.top_at(mirror)) + 0.05)
    details.add_handles(collector, frame, frame.door_gaps()[:-1])
    details.add_plate(collector, lower, shape.sill + 0.19, rear=False)
    details.add_plate(collector, lower, shape.sill + 0.33, rear=True)
    if shape.lamps.round_radius > 0.0:
        z = float(lower.points[-1, 4, 1, 2])
        details.add_round_lamps(collector, lower, shape.lamps.round_radius, 2.0, z)
    if shape.cabin.rear_glass:
        details.add_high_brake_lamp(collector, cabin)
    roof = frame.x_at(sum(shape.cabin.top) / 2.0 - 0.06)
    if blueprint.style is BodyStyle.POLICE:
        details.add_light_bar(collector, float(roof), frame.height - 0.012, frame.half_width * 1.15)
    if blueprint.style is BodyStyle.TAXI:
        details.add_roof_sign(collector, float(roof), frame.height - 0.02)


def wheel_mounts(blueprint: Blueprint, shape: CarShape) -> tuple[WheelMount, ...]:
    """The wheels of a blueprint, as far out as the body and the room to steer allow."""
    half, offset = blueprint.half_extents[1], blueprint.center_offset[1]
    width, radius = shape.tyre_width, blueprint.wheels[0].radius
    body = half * shape.width
    straight = body - width / 2.0 - 0.025
    reach = 0.955 * radius * np.sin(_MAX_STEER) + 0.43 * width * np.cos(_MAX_STEER)
    steered = min(straight, half * 1.015 - reach)
    rim = looks.STEEL if shape.spokes == 0 else looks.ALLOY
    meshes = {
        side: wheel_mesh(radius, width, spokes=shape.spokes, side=side, semantic=blueprint.semantic, rim=rim)
        for side in (1, -1)
    }
    return tuple(
        WheelMount(
            meshes[wheel.side],
            np.array([wheel.x, offset + wheel.side * (steered if wheel.steers else straight), wheel.radius]),
            wheel.steers,
            wheel.radius,
            wheel.side,
        )
        for wheel in blueprint.wheels
    )
