"""Wheels of four-wheeled vehicles: tyre, rim with spokes or a steel disc, hub. Axis y, outer side towards +y."""

from __future__ import annotations

import numpy as np

from roadmark.catalog import SemanticClass
from roadmark.render.mesh import Mesh
from roadmark.world.lofts import Collector, Look, box, mirrored, revolve
from roadmark.world.vehicles import looks

_SIDES = 20


def wheel_mesh(
    radius: float, width: float, *, spokes: int, side: int, semantic: SemanticClass, rim: Look = looks.ALLOY
) -> Mesh:
    """A wheel around the origin, at rest standing on one of its vertices.

    Args:
        radius: Of the tyre, metres.
        width: Of the tyre, metres.
        spokes: Number of spokes; 0 gives a closed disc.
        side: +1 for the vehicle's left (outer side towards +y), -1 for its right.
        semantic: Class of its triangles.
        rim: Look of rim and spokes.
    """
    collector = Collector(semantic)
    half, bead = width / 2.0, radius * 0.68
    turn = mirrored if side < 0 else lambda v, t: (v, t)
    tyre = [
        (0.0, 0.30 * half), (bead * 0.96, 0.30 * half), (bead, 0.92 * half), (0.84 * radius, half), (0.955 * radius, 0.86 * half),
        (radius, 0.62 * half), (radius, -0.62 * half), (0.955 * radius, -0.86 * half), (0.84 * radius, -half),
        (bead, -0.9 * half), (0.0, -0.55 * half),
    ]  # fmt: skip
    vertices, triangles = turn(*revolve(tyre, _SIDES))
    band = np.repeat(np.arange(len(tyre) - 1), 2 * _SIDES)
    which = np.select([band == 0, band == 1, band == len(tyre) - 2], [1, 2, 1], 0)
    collector.add(
        vertices, triangles, [looks.RUBBER, looks.DARK_METAL if spokes else rim, rim], which=which, crease=0.6
    )
    if spokes:
        for i in range(spokes):
            collector.add(*turn(*_spoke(2.0 * np.pi * i / spokes, radius, half, bead, spokes)), rim, crease=0.0)
    hub = [(0.0, 0.80 * half), (0.13 * radius, 0.74 * half), (0.20 * radius, 0.40 * half), (0.0, 0.2 * half)]
    collector.add(*turn(*revolve(hub, 10)), rim)
    return collector.build()


def _spoke(angle: float, radius: float, half: float, bead: float, spokes: int) -> tuple[np.ndarray, np.ndarray]:
    vertices, triangles = box((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    along, across, deep = vertices[:, 2] + 0.5, vertices[:, 0], vertices[:, 1]
    reach = 0.10 * radius + along * (bead * 0.985 - 0.10 * radius)
    wide = across * (1.5 / spokes) * radius * (0.62 + 0.18 * along)
    face = np.where(deep > 0, 0.70 * half + 0.10 * half * along, 0.25 * half)
    sine, cosine = np.sin(angle), np.cos(angle)
    placed = np.stack([wide * cosine + reach * sine, face, -wide * sine + reach * cosine], axis=1)
    return placed, triangles
