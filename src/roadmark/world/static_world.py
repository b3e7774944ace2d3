"""The static world of a map in one call: roads, terrain and scenery for the renderer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadmark.errors import InputError
from roadmark.maps import RoadMap
from roadmark.render import Instance, Mesh, SpotLight
from roadmark.twins import SceneModel, Surroundings
from roadmark.world.given import given_scenery, standing_points
from roadmark.world.ground import ground_shape, height_field
from roadmark.world.scenery import KeepOut, Selection, ViewCone, grow
from roadmark.world.scenery.furniture import LENS_EMITTER
from roadmark.world.shape import merge

_LARGEST = 4000.0  # metres across: larger maps are made around the cameras only
_REACH = 1500.0
_MOST_LANE_AREA = 1e8  # square metres of boxes around the lanes; towns have a tenth


@dataclass(frozen=True, eq=False)
class StaticWorld:
    """What never moves.

    Attributes:
        mesh: Roads, terrain and scenery, world FLU metres.
        lenses: Glasses of the street lamps; they shine while their emitter bit is on.
        lamps: Light of the street lamps, for the night.
        notes: What the user should know.
    """

    mesh: Mesh
    lenses: Mesh
    lamps: list[SpotLight]
    notes: tuple[str, ...] = ()

    def lens_instances(self, lit: bool) -> list[Instance]:
        """The lamps' glasses as instances of the static object (id 0), shining or dark; none in a town without."""
        if not len(self.lenses.triangles):
            return []
        emission = 1 << (LENS_EMITTER - 1) if lit else 0
        return [Instance(self.lenses, np.eye(4)[:3], 0, (128, 128, 128), emission)]


def static_world(
    road_map: RoadMap,
    seed: int,
    keep_clear: Sequence[tuple[npt.ArrayLike, float]] = (),
    view_cones: Sequence[ViewCone] = (),
    center: npt.ArrayLike | None = None,
    radius: float | None = None,
    surroundings: Surroundings | None = None,
    model: SceneModel | None = None,
) -> StaticWorld:
    """Roads, terrain and scenery of a map.

    Of a map more than 4 km across only the part within some 1.5 km of the cameras is made, and more than that can
    change with the cameras.

    Args:
        road_map: The map.
        seed: Chooses scenery and hills; the map and the seed alone decide what stands where and how it looks.
        keep_clear: (position (3,), radius) spheres from which scenery is taken away.
        view_cones: Fixed cameras; what stands in their near view is taken away.
        center: (3,) or (N, 3) places where the cameras are: most detail there. None: even detail.
        radius: Scenery further than this from every centre is left out, metres. None: all of it.
        surroundings: Buildings, trees and ground of a real place, instead of those that the seed would grow.
        model: A model of the place, instead of all scenery; the map's roads and ground stay unless it brings its own.

    Raises:
        InputError: Its lanes lie over each other so often that the ground would not fit into memory.
    """
    road_map = _bounded(road_map, center)
    if model is not None:
        return _with_model(road_map, seed, model)
    shown = Selection(KeepOut(keep_clear, view_cones), center, radius)
    notes: list[str] = []
    if surroundings is None:
        field = height_field(road_map, seed)
        shapes = grow(road_map, field, seed, shown)
    else:
        field = height_field(road_map, seed, standing_points(surroundings))
        shapes, notes = given_scenery(road_map, field, seed, surroundings, shown)
    mesh = merge([ground_shape(road_map, field), shapes.solid]).mesh()
    return StaticWorld(mesh, shapes.lenses.mesh(), shapes.lamps, tuple(notes))


def _with_model(road_map: RoadMap, seed: int, model: SceneModel) -> StaticWorld:
    """The map's ground, as far as the model does not bring it, and the model."""
    roads, terrain = "roads" not in model.brings, "ground" not in model.brings
    parts = [model.mesh]
    if roads or terrain:
        low, high = model.mesh.bounds[:, :2]
        corners = [[low[0], low[1]], [high[0], low[1]], [high[0], high[1]], [low[0], high[1]], (low + high) / 2.0]
        field = height_field(road_map, seed, np.array(corners))
        parts.insert(0, ground_shape(road_map, field, roads=roads, terrain=terrain).mesh())
    return StaticWorld(Mesh.merge(parts), merge([]).mesh(), [])


def _bounded(road_map: RoadMap, center: npt.ArrayLike | None) -> RoadMap:
    """The map, or of a large one the part around the cameras."""
    size = float(np.ptp(road_map.bounds[:, :2], axis=0).max())
    if size > _LARGEST and center is not None:
        # Steps of a kilometre, so that cameras of one place see the same town.
        steps = np.round(np.atleast_2d(np.asarray(center, dtype=np.float64))[:, :2] / 1000.0)
        road_map = road_map.near(np.unique(steps, axis=0) * 1000.0, _REACH + 500.0 * 2.0**0.5)
    if sum(section.box_area() for section in road_map.sections) > _MOST_LANE_AREA:
        raise InputError(f"{road_map.source}: its lanes cover the same ground too often; check their widths")
    return road_map
