"""Everything that grows around a map's roads, from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadmark.maps import RoadMap
from roadmark.render import Mesh, SpotLight
from roadmark.world.ground.terrain import HeightField, height_field
from roadmark.world.scenery.buildings import building_shapes
from roadmark.world.scenery.forecourts import forecourt_shape, path_shape
from roadmark.world.scenery.obstacles import KeepOut, ViewCone
from roadmark.world.scenery.planting import Planting
from roadmark.world.scenery.plots import plan_buildings
from roadmark.world.scenery.selection import Selection
from roadmark.world.scenery.site import Site
from roadmark.world.scenery.street import Street
from roadmark.world.shape import Shape, merge

_NEAR, _MIDDLE = 55.0, 160.0
_FRONT_ROW = 9.0


@dataclass(frozen=True, eq=False)
class Scenery:
    """What stands around the roads.

    Attributes:
        mesh: Buildings, plants, furniture.
        lenses: Glasses of the street lamps, which shine while emitter bit 1 is on.
        lamps: The light of the street lamps, for the night.
    """

    mesh: Mesh
    lenses: Mesh
    lamps: list[SpotLight]


@dataclass(frozen=True, eq=False)
class SceneryShapes:
    """Scenery before it becomes meshes."""

    solid: Shape
    lenses: Shape
    lamps: list[SpotLight]


def scenery(
    road_map: RoadMap,
    seed: int,
    *,
    keep_clear: Sequence[tuple[npt.ArrayLike, float]] = (),
    view_cones: Sequence[ViewCone] = (),
    centers: npt.ArrayLike | None = None,
) -> Scenery:
    """Buildings, plants and street furniture around the roads of a map.

    Nothing stands on a carriageway, buildings keep clear of pavements too. The same seed gives the same scenery.

    Args:
        road_map: The map.
        seed: Chooses everything.
        keep_clear: (position (3,), radius) spheres that stay empty.
        view_cones: Fixed cameras whose near view stays free.
        centers: (N, 2 or 3) places with the most detail; less detail further away. None: even detail.
    """
    selection = Selection(KeepOut(keep_clear, view_cones), centers)
    shapes = grow(road_map, height_field(road_map, seed), seed, selection)
    return Scenery(shapes.solid.mesh(), shapes.lenses.mesh(), shapes.lamps)


def grow(road_map: RoadMap, field: HeightField, seed: int, selection: Selection | None = None) -> SceneryShapes:
    """Scenery on a given terrain.

    The whole town is planned from the map and the seed alone; the selection then takes things away and chooses how
    much detail they have, so that two sets of cameras see the same town.

    Args:
        road_map: The map.
        field: The terrain.
        seed: Chooses everything.
        selection: What to show; all of it in even detail when None.
    """
    shown = selection or Selection(KeepOut())
    site = Site(road_map, field)
    streams = [np.random.default_rng([seed, k]) for k in range(3)]
    planned = plan_buildings(site, streams[0])
    buildings = planned.selected(shown.keeps_buildings(planned))
    level = shown.detail(buildings.center, _NEAR, _MIDDLE)
    if shown.centers is None:
        level = np.where(site.sample(site.from_lanes, buildings.center, 1e3) < _FRONT_ROW + 8.0, 1, 0)
    street = Street(site, shown, streams[1])
    lamps = street.lamps()
    planting = Planting(site, shown, streams[2])
    planting.street_trees(street.avoid)
    planting.yard_trees()
    planting.woods(field)
    solid = merge(
        [
            building_shapes(buildings, level),
            forecourt_shape(site, shown),
            path_shape(site, buildings),
            lamps.poles,
            street.pavement_things(),
            street.hydrants(),
            street.guard_rails(),
            street.poles(),
            street.boundaries(buildings),
            planting.bushes(),
            planting.shape(),
        ]
    )
    return SceneryShapes(solid, lamps.lenses, lamps.lights)
