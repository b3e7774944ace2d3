"""Parts two-wheelers share: tubes, wheels with spokes, forks, and the fit to the blueprint's box."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from roadmark.catalog import Blueprint, SemanticClass
from roadmark.render import Mesh
from roadmark.world.lofts import Collector, Look, limb, revolve
from roadmark.world.vehicles import looks
from roadmark.world.vehicles.model import Cycle, VehicleModel, WheelMount

Point = tuple[float, float, float]
_SIDES: Final = 24
_INSIDE: Final = 1.0 - 2e-5
_GEAR: Final = 0.42  # turns of the cranks per turn of the wheels


@dataclass(frozen=True, slots=True)
class Chassis:
    """The numbers the parts of one two-wheeler share, metres: the box's frame with x = 0 in the middle of its length.

    Attributes:
        length: Of the box.
        half_width: Of the box.
        height: Of the box, the top of the rider's head.
        front: x of the front axle.
        rear: x of the rear axle.
        radius: Of the wheels.
    """

    length: float
    half_width: float
    height: float
    front: float
    rear: float
    radius: float


def chassis_of(blueprint: Blueprint) -> Chassis:
    """The chassis numbers of a blueprint."""
    length, width, height = blueprint.size
    radius = blueprint.wheels[0].radius
    return Chassis(length, width / 2.0, height, length / 2.0 - radius, radius - length / 2.0, radius)


def tube(collector: Collector, points: Sequence[Point], radius: float, look: Look, *, sides: int = 7) -> None:
    """A round tube along points."""
    collector.add(*limb(np.array(points), radius, sides=sides), look, crease=1.0)


def both_sides(points: Sequence[Point]) -> tuple[list[Point], list[Point]]:
    """A left path and its mirror image."""
    return list(points), [(x, -y, z) for x, y, z in points]


def wheel(radius: float, width: float, semantic: SemanticClass, *, spokes: int, thick: float, rim: Look) -> Mesh:
    """A two-wheeler's wheel around the origin: round tyre, rim, spokes, hub.

    Args:
        radius: Of the tyre, metres.
        width: Of the tyre, metres.
        semantic: Class of its triangles.
        spokes: Number of spokes.
        thick: Radius of a spoke, metres.
        rim: Look of rim, spokes and hub.
    """
    collector = Collector(semantic)
    half, inner = width / 2.0, radius - width
    section = [
        (inner - 0.012, 0.35), (inner, 0.75), (radius - 0.5 * width, 1.0), (radius - 0.13 * width, 0.62), (radius, 0.0),
        (radius - 0.13 * width, -0.62), (radius - 0.5 * width, -1.0), (inner, -0.75), (inner - 0.012, -0.35),
        (inner - 0.012, 0.35),
    ]  # fmt: skip
    profile = np.array(section) * [1.0, half]
    band = np.repeat(np.arange(len(profile) - 1), 2 * _SIDES)
    which = np.isin(band, [0, 7, 8]).astype(np.int64)
    collector.add(*revolve(profile, _SIDES), [looks.RUBBER, rim], which=which, crease=0.8)
    vertices, triangles = [], []
    for i in range(spokes):
        angle = 2.0 * np.pi * i / spokes
        out = np.array([np.sin(angle), 0.0, np.cos(angle)])
        side = 0.6 * half * (1.0 if i % 2 else -1.0) if thick < 0.006 else 0.0
        rod, faces = limb(np.stack([0.03 * out + [0.0, side, 0.0], (inner - 0.005) * out]), thick, sides=3)
        triangles.append(faces + len(rod) * i)
        vertices.append(rod)
    collector.add(np.concatenate(vertices), np.concatenate(triangles), rim, crease=0.0)
    hub = np.array([(0.0, 0.9), (0.036, 0.9), (0.036, -0.9), (0.0, -0.9)]) * [1.0, max(half, 0.03)]
    collector.add(*revolve(hub, 8), looks.DARK_METAL)
    return collector.build()


def assembled(
    blueprint: Blueprint,
    chassis: Chassis,
    body: Mesh,
    wheels: tuple[Mesh, Mesh],
    fork: Mesh,
    axis: Point,
    pedalling: Callable[[float], Mesh] | None = None,
) -> VehicleModel:
    """The model from its parts, the body fitted to the box (a shorter one keeps its length).

    Args:
        blueprint: Whose model it is.
        chassis: Its numbers.
        body: Frame, engine and rider in the box's frame.
        wheels: Front and rear wheel around their hubs.
        fork: What steers with the front wheel, around the front hub.
        axis: Steering axis, unit, upwards.
        pedalling: Cranks and legs in the box's frame at an angle of the cranks, radians.
    """
    offset = np.array([blueprint.center_offset[0], blueprint.center_offset[1], 0.0])
    low, high = body.bounds.astype(np.float64)
    matrix = np.zeros((3, 4))
    ends = np.clip([low[0], high[0]], -0.5 * chassis.length * _INSIDE, 0.5 * chassis.length * _INSIDE)
    matrix[0, 0] = (ends[1] - ends[0]) / (high[0] - low[0])
    matrix[1, 1] = 2.0 * chassis.half_width * _INSIDE / (high[1] - low[1])
    matrix[2, 2] = chassis.height * _INSIDE / high[2]
    matrix[:, 3] = offset
    matrix[0, 3] += ends[0] - matrix[0, 0] * low[0]
    matrix[1, 3] -= matrix[1, 1] * (high[1] + low[1]) / 2.0
    mounts = []
    for mesh, x, steers, rolls in (
        (wheels[0], chassis.front, True, True),
        (wheels[1], chassis.rear, False, True),
        (fork, chassis.front, True, False),
    ):
        hub = offset + np.array([x, 0.0, chassis.radius])
        mounts.append(WheelMount(mesh, hub, steers, chassis.radius, 0, rolls, axis if steers else (0.0, 0.0, 1.0)))
    cycle = None if pedalling is None else Cycle(lambda angle: pedalling(angle).transformed(matrix), _GEAR)
    return VehicleModel(blueprint, body.transformed(matrix), tuple(mounts), cycle)


def steering_axis(rake: float) -> Point:
    """Unit steering axis leaning back by `rake` radians."""
    return (-float(np.sin(rake)), 0.0, float(np.cos(rake)))
