"""Car-like vehicles assembled: lower body, cabin, details and wheels, fitted to the blueprint's box."""

from __future__ import annotations

import numpy as np

from roadmark.catalog import Blueprint, BodyStyle
from roadmark.world.lofts import ALL, Collector, Hull
from roadmark.world.vehicles import details, looks
from roadmark.world.vehicles.cabin import cabin_hull
from roadmark.world.vehicles.lower import Frame, lower_hull
from roadmark.world.vehicles.model import VehicleModel, WheelMount, fitted
from roadmark.world.vehicles.shapes import CarShape
from roadmark.world.vehicles.styles import car_shape
from roadmark.world.vehicles.trucks import CAB_HEIGHT, add_load
from roadmark.world.vehicles.wheels import wheel_mesh

_MAX_STEER = np.radians(35.0)
_ROOF_EXTRA = {BodyStyle.POLICE: 0.115, BodyStyle.TAXI: 0.13}


def car_model(blueprint: Blueprint) -> VehicleModel:
    """The model of a car, van or bus."""
    shape = car_shape(blueprint)
    length, width, height = blueprint.size
    top = height * CAB_HEIGHT.get(blueprint.style, 1.0) - _ROOF_EXTRA.get(blueprint.style, 0.0)
    axles = sorted({wheel.x - blueprint.center_offset[0] for wheel in blueprint.wheels})
    frame = Frame(shape, length, shape.width * width / 2.0, top, (axles[0], axles[1]), blueprint.wheels[0].radius)
    collector = Collector(blueprint.semantic)
    lower, stations = lower_hull(frame)
    cabin = cabin_hull(frame)
    crease = 0.12 if shape.angular else 0.75
    if blueprint.style in CAB_HEIGHT:
        behind = np.flatnonzero(stations[:-1] < cabin.points[0, 0, 0, 0])[2:].tolist()
        skirt = looks.WHITE if blueprint.style is BodyStyle.AMBULANCE else looks.CLADDING
        lower.paint_sides(behind, slice(1, None), skirt)
        lower.paint("top", behind, ALL, looks.UNDERBODY)
        add_load(collector, frame, blueprint)
    collector.add_hull(lower, crease=crease)
    collector.add_hull(cabin, crease=crease)
    _add_details(collector, frame, blueprint, lower, cabin)
    return VehicleModel(
        blueprint, fitted(collector.build(), blueprint, np.zeros((2, 3))), wheel_mounts(blueprint, shape)
    )


def _add_details(collector: Collector, frame: Frame, blueprint: Blueprint, lower: Hull, cabin: Hull) -> None:
    shape = frame.shape
    mirror = float(frame.x_at(shape.cabin.windows[0].base[0])) - 0.02
    details.add_mirrors(collector, frame, blueprint.half_extents[1], mirror, float(frame.top_at(mirror)) + 0.05)
    details.add_handles(collector, frame, frame.door_gaps()[:-1])
    details.add_plate(collector, lower, shape.sill + 0.19, rear=False)
    details.add_plate(collector, lower, shape.sill + 0.33, rear=True)
    if blueprint.style is not BodyStyle.MICROCAR:
        details.add_lid_gaps(collector, lower)
    if shape.lamps.head[1]:
        details.add_head_lamps(collector, lower, *shape.lamps.head)
    if shape.lamps.grille[1]:
        details.add_grille_bars(collector, lower, *shape.lamps.grille)
    if shape.lamps.round_radius > 0.0:
        z = float(lower.points[-1, 4, 1, 2])
        details.add_round_lamps(collector, lower, shape.lamps.round_radius, 2.0, z)
    if shape.bumpers != "chrome":
        details.add_small_lamps(collector, lower, shape.sill + 0.10, shape.sill + 0.16)
    if shape.spare_wheel:
        details.add_spare_wheel(collector, -frame.length / 2.0 + 0.1, frame.height * 0.5, frame.radius * 0.95)
    if shape.cabin.rear_glass and shape.bumpers != "chrome" and not shape.spare_wheel:
        details.add_high_brake_lamp(collector, cabin)
    roof = frame.x_at(sum(shape.cabin.top) / 2.0 - 0.06)
    if blueprint.style is BodyStyle.POLICE:
        details.add_light_bar(collector, float(roof), frame.height - 0.012, frame.half_width * 1.15)
    if blueprint.style is BodyStyle.TAXI:
        details.add_roof_sign(collector, float(roof), frame.height - 0.02)


def wheel_mounts(blueprint: Blueprint, shape: CarShape) -> tuple[WheelMount, ...]:
    """The wheels of a blueprint, as far out as the body and the room to steer allow."""
    half, offset = blueprint.half_extents[1], blueprint.center_offset[1]
    rim = looks.STEEL if shape.spokes == 0 else looks.ALLOY
    mounts = []
    for wheel in blueprint.wheels:
        width = shape.tyre_width * (2.0 if shape.twin_rear and not wheel.steers else 1.0)
        out = half * shape.width - width / 2.0 - 0.025
        if wheel.steers:
            reach = 0.955 * wheel.radius * np.sin(_MAX_STEER) + 0.43 * width * np.cos(_MAX_STEER)
            out = min(out, half * 1.015 - reach)
        mesh = wheel_mesh(
            wheel.radius, width, spokes=shape.spokes, side=wheel.side, semantic=blueprint.semantic, rim=rim
        )
        position = np.array([wheel.x, offset + wheel.side * out, wheel.radius])
        mounts.append(WheelMount(mesh, position, wheel.steers, wheel.radius, wheel.side))
    return tuple(mounts)
