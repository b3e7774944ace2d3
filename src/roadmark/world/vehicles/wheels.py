"""Wheels of four-wheeled vehicles: tyre, rim with spokes or a steel disc, hub. Axis y, outer side towards +y."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from roadmark.catalog import SemanticClass
from roadmark.render import Mesh
from roadmark.world.lofts import Collector, Doubles, Ints, Look, box, revolve
from roadmark.world.vehicles import looks

_SIDES: Final = 20
# (radius, y) from the axis on the outer side over the tread to the axis on the inner side, in radii and half widths.
_TYRE: Final = np.array(
    [
        (0.0, 0.30), (0.653, 0.30), (0.68, 0.92), (0.84, 1.0), (0.955, 0.86), (1.0, 0.62),
        (1.0, -0.62), (0.955, -0.86), (0.84, -1.0), (0.68, -0.9), (0.0, -0.55),
    ]
)  # fmt: skip
_HUB: Final = np.array([(0.0, 0.80), (0.13, 0.74), (0.20, 0.40), (0.0, 0.2)])


@lru_cache(maxsize=256)
def wheel_mesh(radius: float, width: float, *, spokes: int, side: int, semantic: SemanticClass, rim: Look) -> Mesh:
    """A wheel around the origin, at rest standing on one of its vertices.

    Args:
        radius: Of the tyre, metres.
        width: Of the tyre, metres.
        spokes: Number of spokes; 0 gives a closed disc.
        side: +1 for the vehicle's left (outer side towards +y), -1 for its right.
        semantic: Class of its triangles.
        rim: Look of rim and spokes.
    """
    if side < 0:
        left = wheel_mesh(radius, width, spokes=spokes, side=1, semantic=semantic, rim=rim)
        return left.transformed(np.diag([1.0, -1.0, 1.0, 1.0]))
    collector = Collector(semantic)
    tyre = _TYRE * [radius, width / 2.0]
    band = np.repeat(np.arange(len(tyre) - 1), 2 * _SIDES)
    which = np.select([band == 0, band == 1, band == len(tyre) - 2], [1, 2, 1], 0)
    collector.add(
        *revolve(tyre, _SIDES), [looks.RUBBER, looks.DARK_METAL if spokes else rim, rim], which=which, crease=0.6
    )
    if spokes:
        vertices, triangles = zip(
            *(_spoke(2.0 * np.pi * i / spokes, radius, width / 2.0, spokes) for i in range(spokes)), strict=True
        )
        shifted = [t + 8 * i for i, t in enumerate(triangles)]
        collector.add(np.concatenate(vertices), np.concatenate(shifted), rim, crease=0.0)
    collector.add(*revolve(_HUB * [radius, width / 2.0], 10), rim)
    return collector.build()


def _spoke(angle: float, radius: float, half: float, spokes: int) -> tuple[Doubles, Ints]:
    vertices, triangles = box((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    along, across, deep = vertices[:, 2] + 0.5, vertices[:, 0], vertices[:, 1]
    reach = (0.10 + 0.57 * along) * radius
    wide = across * (1.5 / spokes) * radius * (0.62 + 0.18 * along)
    face = np.where(deep > 0, 0.70 + 0.10 * along, 0.25) * half
    sine, cosine = np.sin(angle), np.cos(angle)
    return np.stack([wide * cosine + reach * sine, face, -wide * sine + reach * cosine], axis=1), triangles
