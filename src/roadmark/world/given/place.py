"""The scenery of a real place: what is given, and between it what every street has."""

from __future__ import annotations

import numpy as np

from roadmark.maps import RoadMap
from roadmark.twins import Surroundings
from roadmark.world.given.buildings import building_shapes
from roadmark.world.given.details import barrier_shape, furniture_shape, lamps
from roadmark.world.given.ground import fill, given_ground
from roadmark.world.given.trees import plant_trees, plant_woods, scrub_shape
from roadmark.world.ground.terrain import HeightField
from roadmark.world.scenery.forecourts import forecourt_shape
from roadmark.world.scenery.growth import SceneryShapes
from roadmark.world.scenery.planting import Planting
from roadmark.world.scenery.selection import Selection
from roadmark.world.scenery.site import Site
from roadmark.world.scenery.street import Street
from roadmark.world.shape import Doubles, merge
from roadmark.world.streams import named_generator

_WALL_STEP = 1.0


def standing_points(surroundings: Surroundings) -> Doubles:
    """(P, 2) points of everything given: around them the ground has no hills."""
    outlines = [one.outline for one in surroundings.buildings] + [one.outline for one in surroundings.areas]
    lines = [one.line for one in surroundings.barriers] + [one.line for one in surroundings.paths]
    places = [(one.x, one.y) for one in surroundings.trees] + [(one.x, one.y) for one in surroundings.things]
    return np.concatenate([*outlines, *lines, np.array(places, dtype=np.float64).reshape(-1, 2)])


def given_scenery(
    road_map: RoadMap, field: HeightField, seed: int, surroundings: Surroundings, shown: Selection
) -> tuple[SceneryShapes, list[str]]:
    """Scenery from given surroundings on a given terrain, and notes on what was left out.

    Buildings, trees, barriers and ground are as given. Street furniture that every pavement has stays where it is
    clear of them; street lamps are the given ones, or the usual ones where none is given.

    Args:
        road_map: The map.
        field: The terrain.
        seed: Chooses looks, and what woods consist of.
        surroundings: What is given.
        shown: What to show.
    """
    site = Site(road_map, field)
    for building in surroundings.buildings:
        if building.base < 2.5:
            fill(site.raster, site.built, (building.outline, *building.holes), 1)
    buildings, notes = building_shapes(surroundings.buildings, site, shown, seed)
    ground = given_ground(surroundings, site)
    street = Street(site, shown, named_generator(seed, "street"))
    posts = lamps(surroundings.things, street)
    given = [furniture_shape(surroundings.things, street), barrier_shape(surroundings.barriers, site, shown)]
    planting = Planting(site, shown, street, named_generator(seed, "plants"))
    plant_trees(surroundings.trees, planting, seed)
    usual = [street.pavement_things(), street.hydrants(), street.guard_rails()]
    plant_woods(ground, planting, shown, seed)
    planting.woods(field)
    solid = merge(
        [
            buildings, ground.shape(shown), forecourt_shape(site, shown), posts.poles, *given, *usual,
            scrub_shape(ground, shown, seed), planting.shape(),
        ]
    )  # fmt: skip
    return SceneryShapes(solid, posts.lenses, posts.lights), notes
