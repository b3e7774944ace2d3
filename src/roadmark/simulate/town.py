"""The town around a simulation: what its map and seed grow, kept off the cameras' lenses and the actors' ways."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from roadmark.maps import RoadMap
from roadmark.render import Mesh
from roadmark.twins import SceneModel, Surroundings
from roadmark.world import SignalModels, StaticWorld, ViewCone, signal_models, static_world

LENS_CLEARANCE = 4.0
"""Metres around a fixed camera that scenery leaves free."""
POST_CLEARANCE = 1.0
"""Metres around the foot of a traffic light or sign that scenery leaves free."""
WAY_CLEARANCE = 1.5
"""Metres around every place an actor comes by that scenery leaves free."""
SCENERY_REACH = 600.0
"""Metres around the cameras within which scenery grows."""

Sphere = tuple[npt.NDArray[np.float64], float]


@dataclass(frozen=True, eq=False)
class TownOrder:
    """What a town depends on besides its map. World FLU metres.

    Attributes:
        seed: Grows scenery.
        view_cones: Of the fixed cameras.
        ways: (W, 3) places that actors come by.
        centers: (N, 3) places near which the town is seen.
        surroundings: What stands around the roads, where that is given.
    """

    seed: int
    view_cones: tuple[ViewCone, ...]
    ways: npt.NDArray[np.float64]
    centers: npt.NDArray[np.float64]
    surroundings: Surroundings | None = None


@dataclass(frozen=True, eq=False)
class Town:
    """What does not move.

    Attributes:
        world: Roads, terrain, scenery, posts and signs in one mesh; street lamps.
        signals: Traffic lights and signs.
    """

    world: StaticWorld
    signals: SignalModels


def grow_town(road_map: RoadMap, order: TownOrder, model: SceneModel | None = None) -> Town:
    """Grow the town of a map, or put a model of the place there; the same order gives the same town."""
    signals = signal_models(road_map)
    keep_clear: list[Sphere] = [(np.asarray(cone.position), LENS_CLEARANCE) for cone in order.view_cones]
    keep_clear += [(foot, POST_CLEARANCE) for foot in signals.footprints]
    keep_clear += [(place, WAY_CLEARANCE) for place in order.ways]
    town = static_world(
        road_map,
        order.seed,
        keep_clear=keep_clear,
        view_cones=order.view_cones,
        center=order.centers,
        radius=SCENERY_REACH,
        surroundings=order.surroundings,
        model=model,
    )
    return Town(replace(town, mesh=Mesh.merge([town.mesh, signals.static])), signals)
