"""Everything that grows around a map's roads, from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from roadmark.maps import RoadMap
from roadmark.render import SpotLight
from roadmark.world.ground.terrain import HeightField
from roadmark.world.scenery.buildings import building_shapes
from roadmark.world.scenery.forecourts import forecourt_shape, path_shape
from roadmark.world.scenery.obstacles import KeepOut
from roadmark.world.scenery.planting import Planting
from roadmark.world.scenery.plots import plan_buildings
from roadmark.world.scenery.selection import Selection
from roadmark.world.scenery.site import Site
from roadmark.world.scenery.street import Street
from roadmark.world.shape import Shape, merge
from roadmark.world.streams import named_generator

_NEAR, _MIDDLE = 55.0, 160.0
_FRONT_ROW = 9.0


@dataclass(frozen=True, eq=False)
class SceneryShapes:
    """What stands around the roads.

    Attributes:
        solid: Buildings, plants, furniture.
        lenses: Glasses of the street lamps, which shine while emitter bit 1 is on.
        lamps: The light of the street lamps, for the night.
    """

    solid: Shape
    lenses: Shape
    lamps: list[SpotLight]


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
    planned = plan_buildings(site, named_generator(seed, "buildings"))
    kept = shown.keeps_buildings(planned)
    buildings = planned.selected(kept)
    level = shown.detail(buildings.center, _NEAR, _MIDDLE)
    if shown.centers is None:
        level = np.where(site.sample(site.from_lanes, buildings.center, 1e3) < _FRONT_ROW + 8.0, 1, 0)
    street = Street(site, shown, named_generator(seed, "street"))
    lamps = street.lamps()
    furniture = [
        street.pavement_things(), street.hydrants(), street.guard_rails(), street.poles(),
        street.boundaries(planned, kept),
    ]  # fmt: skip
    planting = Planting(site, shown, street, named_generator(seed, "plants"))
    planting.street_trees()
    planting.yard_trees()
    planting.woods(field)
    solid = merge(
        [
            building_shapes(buildings, level),
            forecourt_shape(site, shown),
            path_shape(site, buildings),
            lamps.poles,
            *furniture,
            planting.bushes(),
            planting.shape(),
        ]
    )
    return SceneryShapes(solid, lamps.lenses, lamps.lights)
