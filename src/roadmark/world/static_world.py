"""The static world of a map in one call: roads, terrain and scenery for the renderer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadmark.maps import RoadMap
from roadmark.render import Instance, Mesh, SpotLight
from roadmark.world.ground import ground_shape, height_field
from roadmark.world.scenery import KeepOut, Selection, ViewCone, grow
from roadmark.world.scenery.furniture import LENS_EMITTER
from roadmark.world.shape import merge


@dataclass(frozen=True, eq=False)
class StaticWorld:
    """What never moves.

    Attributes:
        mesh: Roads, terrain and scenery, world FLU metres.
        lenses: Glasses of the street lamps; they shine while their emitter bit is on.
        lamps: Light of the street lamps, for the night.
    """

    mesh: Mesh
    lenses: Mesh
    lamps: list[SpotLight]

    def lens_instance(self, lit: bool) -> Instance:
        """The lamps' glasses as an instance of the static object (id 0), shining or dark.

        Raises:
            GeometryError: Never for a world made by `static_world`.
        """
        emission = 1 << (LENS_EMITTER - 1) if lit else 0
        return Instance(self.lenses, np.eye(4)[:3], 0, (128, 128, 128), emission)


def static_world(
    road_map: RoadMap,
    seed: int,
    keep_clear: Sequence[tuple[npt.ArrayLike, float]] = (),
    view_cones: Sequence[ViewCone] = (),
    center: npt.ArrayLike | None = None,
    radius: float | None = None,
) -> StaticWorld:
    """Roads, terrain and scenery of a map.

    Args:
        road_map: The map.
        seed: Chooses scenery and hills; the map and the seed alone decide what stands where and how it looks.
        keep_clear: (position (3,), radius) spheres from which scenery is taken away.
        view_cones: Fixed cameras; what stands in their near view is taken away.
        center: (3,) or (N, 3) places where the cameras are: most detail there. None: even detail.
        radius: Scenery further than this from every centre is left out, metres. None: all of it.
    """
    field = height_field(road_map, seed)
    shapes = grow(road_map, field, seed, Selection(KeepOut(keep_clear, view_cones), center, radius))
    mesh = merge([ground_shape(road_map, field), shapes.solid]).mesh()
    return StaticWorld(mesh, shapes.lenses.mesh(), shapes.lamps)
