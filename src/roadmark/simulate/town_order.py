"""What a simulation needs of the town around it: clear views and ways, and scenery where it is seen."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from roadmark.geometry import PinholeCamera
from roadmark.scenario import ActorKind, Scenario
from roadmark.simulate.cameras import CameraSetup
from roadmark.simulate.town import TownOrder
from roadmark.twins import Surroundings
from roadmark.world import ViewCone

WAY_STEP = 2.0
"""Metres between the places of an actor's way that are looked at."""
WAYPOINTS = 50
"""Places along a followed actor's way around which scenery grows, about."""


def order_town(
    seed: int, cameras: Sequence[CameraSetup], scenario: Scenario, surroundings: Surroundings | None
) -> TownOrder:
    """The town that cameras see a scenario in."""
    cones = tuple(_view_cone(camera) for camera in cameras if camera.follow is None)
    return TownOrder(seed, cones, _ways(scenario), _centers(cameras, scenario), surroundings)


def _ways(scenario: Scenario) -> npt.NDArray[np.float64]:
    """(N, 3) places that vehicles, walkers and props come by, one per square of `WAY_STEP` metres."""
    moving = scenario.of_kind(ActorKind.VEHICLE, ActorKind.WALKER, ActorKind.OTHER)
    tracks = [scenario.tracks[actor.key].positions for actor in moving if actor.key in scenario.tracks]
    if not tracks:
        return np.zeros((0, 3))
    places = np.concatenate(tracks)
    _, first = np.unique(np.floor(places / WAY_STEP), axis=0, return_index=True)
    return places[np.sort(first)]


def _view_cone(setup: CameraSetup) -> ViewCone:
    """What a fixed camera must see past."""
    camera = setup.camera
    if isinstance(camera, PinholeCamera):
        corner = math.atan2(math.hypot(camera.width, camera.height) / 2.0, camera.fx)
    else:
        corner = camera.max_angle
    return ViewCone(position=setup.pose.translation, direction=setup.pose.rotation[:, 2], fov=2.0 * corner)


def _centers(cameras: Sequence[CameraSetup], scenario: Scenario) -> npt.NDArray[np.float64]:
    """(N, 3) places near which the town is seen: fixed cameras, and the ways of followed actors."""
    fixed = [camera.pose.translation[None] for camera in cameras if camera.follow is None]
    followed = {camera.follow: None for camera in cameras if isinstance(camera.follow, int)}
    return np.concatenate([*fixed, *(_way(scenario, actor_id) for actor_id in followed)])


def _way(scenario: Scenario, actor_id: int) -> npt.NDArray[np.float64]:
    """(N, 3) some places along an actor's way."""
    tracks = [scenario.tracks[actor.key] for actor in scenario.named(actor_id) if actor.key in scenario.tracks]
    positions = np.concatenate([track.positions for track in tracks])
    return positions[:: max(1, len(positions) // WAYPOINTS)]
