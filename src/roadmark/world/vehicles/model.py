"""What a vehicle is to the renderer: one body and its wheels, in the actor's frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from roadmark.catalog import Blueprint
from roadmark.render import Mesh
from roadmark.world.lofts import Doubles

_INSIDE = 1.0 - 2e-5  # of the box, so that rounding to float32 cannot leave it


@dataclass(frozen=True, eq=False)
class WheelMount:
    """A part that turns: a wheel, or a two-wheeler's fork.

    Attributes:
        mesh: The part around its hub, axle along y.
        position: (3,) hub in the actor's frame (FLU), metres.
        steers: Whether it follows the steering.
        radius: Tyre radius, metres.
        side: +1 left, -1 right, 0 middle.
        rolls: Whether it turns with the distance travelled (forks do not).
        axis: (3,) steering axis, unit, upwards.
    """

    mesh: Mesh
    position: Doubles
    steers: bool
    radius: float
    side: int
    rolls: bool = True
    axis: tuple[float, float, float] = (0.0, 0.0, 1.0)

    def transform(self, steer: float = 0.0, rotation: float = 0.0) -> Doubles:
        """(3, 4) actor_from_mesh.

        Args:
            steer: Angle at the wheel, radians, positive to the left.
            rotation: Angle rolled, radians, positive when driving forwards.
        """
        turn = _about((0.0, 1.0, 0.0), rotation if self.rolls else 0.0)
        if self.steers and steer:
            turn = _about(self.axis, steer) @ turn
        return np.concatenate([turn, np.asarray(self.position, dtype=np.float64)[:, None]], axis=1)


def _about(axis: Sequence[float], angle: float) -> Doubles:
    """Rotation about a unit axis (Rodrigues)."""
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    turned: Doubles = np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * (cross @ cross)
    return turned


@dataclass(frozen=True, eq=False)
class Cycle:
    """What repeats while the wheels roll: a cyclist's legs and cranks.

    Attributes:
        build: The mesh in the actor's frame at an angle of the cranks, radians.
        ratio: Turns of the cranks per turn of the wheels.
        steps: Meshes per turn; equal steps share their mesh.
    """

    build: Callable[[float], Mesh]
    ratio: float
    steps: int = 24
    _meshes: dict[int, Mesh] = field(default_factory=dict, repr=False)

    def mesh(self, rotation: float) -> Mesh:
        """The mesh at an angle rolled by the wheels, radians."""
        turn = 2.0 * np.pi
        step = round(rotation * self.ratio / turn * self.steps) % self.steps
        found = self._meshes.get(step)
        if found is None:
            found = self._meshes.setdefault(step, self.build(turn * step / self.steps))
        return found


@dataclass(frozen=True, eq=False)
class VehicleModel:
    """The meshes of one blueprint.

    Attributes:
        blueprint: Whose model it is.
        body: Everything that neither rolls nor steers, in the actor's frame (FLU, origin on the ground).
        wheels: What does.
        cycle: What pedals, if anything does.
    """

    blueprint: Blueprint
    body: Mesh
    wheels: tuple[WheelMount, ...]
    cycle: Cycle | None = None

    def parts(self, steer: float = 0.0, rotation: float = 0.0) -> list[tuple[Mesh, Doubles]]:
        """Every mesh with its (3, 4) actor_from_mesh; angles in radians as in `WheelMount.transform`."""
        still = np.eye(4)[:3]
        moving = [] if self.cycle is None else [(self.cycle.mesh(rotation), still)]
        wheels = [(mount.mesh, mount.transform(steer, rotation)) for mount in self.wheels]
        return [(self.body, still), *wheels, *moving]

    def bounds(self, steer: float = 0.0, rotation: float = 0.0) -> Doubles:
        """(2, 3) lowest and highest coordinates in the actor's frame, metres."""
        points = [mesh.vertices.astype(np.float64) @ m[:, :3].T + m[:, 3] for mesh, m in self.parts(steer, rotation)]
        stacked = np.concatenate(points)
        return np.stack([stacked.min(axis=0), stacked.max(axis=0)])


def fitted(body: Mesh, blueprint: Blueprint, others: npt.ArrayLike | None = None) -> Mesh:
    """The body stretched and moved so that it fills its blueprint's box, its ground level kept.

    Args:
        body: Built around the box's middle: x = 0, y = 0 there, z = 0 on the ground.
        blueprint: Whose box to fill.
        others: (2, 3) bounds of wheels in the same frame, which are not stretched but count towards the height.
    """
    low, high = body.bounds.astype(np.float64)
    half = np.asarray(blueprint.half_extents) * _INSIDE
    center = np.asarray(blueprint.center_offset)
    matrix = np.zeros((3, 4))
    for axis in (0, 1):
        scale = 2.0 * half[axis] / (high[axis] - low[axis])
        matrix[axis, axis] = scale
        matrix[axis, 3] = center[axis] - scale * (high[axis] + low[axis]) / 2.0
    floor = min(float(low[2]), 0.0) if others is None else 0.0
    scale = 2.0 * half[2] / (high[2] - floor)
    matrix[2, 2], matrix[2, 3] = scale, -floor * scale + 1e-5
    return body.transformed(matrix)
