"""The town around a simulation: what its map and seed grow, kept off the cameras' lenses and the actors' ways."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadmark.geometry import PinholeCamera
from roadmark.render import Instance, Mesh, SpotLight
from roadmark.scenario import ActorKind
from roadmark.simulate.cameras import CameraSetup
from roadmark.simulate.plan import SimulationPlan
from roadmark.world import SignalModels, ViewCone, signal_models, static_world

LENS_CLEARANCE = 4.0
"""Metres around a fixed camera that scenery leaves free."""
POST_CLEARANCE = 1.0
"""Metres around the foot of a traffic light or sign that scenery leaves free."""
WAY_CLEARANCE = 1.5
"""Metres around every place an actor comes by that scenery leaves free."""
WAY_STEP = 2.0
"""Metres between the places of an actor's way that are looked at."""
SCENERY_REACH = 600.0
"""Metres around the cameras within which scenery grows."""
WAYPOINTS = 50
"""Places along a followed actor's way around which scenery grows, about."""
DARK = 0.05
"""Night factor from which lamps light the scene; by day they only glow."""

Sphere = tuple[npt.NDArray[np.float64], float]


@dataclass(frozen=True, eq=False)
class Town:
    """What does not move.

    Attributes:
        mesh: Roads, terrain, scenery, posts and signs.
        lamps: Street lamps.
        lenses: Their glasses, lit at night; none in a town without lamps.
        signals: Traffic lights and signs.
        notes: What the user should know.
    """

    mesh: Mesh
    lamps: tuple[SpotLight, ...]
    lenses: tuple[Instance, ...]
    signals: SignalModels
    notes: tuple[str, ...] = ()


def grow_town(plan: SimulationPlan) -> Town:
    """Grow the town of a plan's map; the same plan gives the same town."""
    cones = [_view_cone(camera) for camera in plan.cameras if camera.follow is None]
    signals = signal_models(plan.road_map)
    keep_clear: list[Sphere] = [(np.asarray(cone.position), LENS_CLEARANCE) for cone in cones]
    keep_clear += [(foot, POST_CLEARANCE) for foot in signals.footprints]
    keep_clear += [(place, WAY_CLEARANCE) for place in _ways(plan)]
    town = static_world(
        plan.road_map,
        plan.settings.seed,
        keep_clear=keep_clear,
        view_cones=cones,
        center=_centers(plan),
        radius=SCENERY_REACH,
        surroundings=plan.surroundings,
        model=plan.scene_model,
    )
    mesh = Mesh.merge([town.mesh, signals.static])
    lenses = tuple(town.lens_instances(plan.environment.night >= DARK))
    return Town(mesh, tuple(town.lamps), lenses, signals, town.notes)


def _ways(plan: SimulationPlan) -> list[npt.NDArray[np.float64]]:
    """Places (3,) that vehicles, walkers and props come by, one per square of `WAY_STEP` metres."""
    scenario = plan.scenario
    moving = scenario.of_kind(ActorKind.VEHICLE, ActorKind.WALKER, ActorKind.OTHER)
    tracks = [scenario.tracks[actor.key].positions for actor in moving if actor.key in scenario.tracks]
    if not tracks:
        return []
    places = np.concatenate(tracks)
    _, first = np.unique(np.floor(places / WAY_STEP), axis=0, return_index=True)
    return list(places[np.sort(first)])


def _view_cone(setup: CameraSetup) -> ViewCone:
    """What a fixed camera must see past."""
    camera = setup.camera
    if isinstance(camera, PinholeCamera):
        corner = math.atan2(math.hypot(camera.width, camera.height) / 2.0, camera.fx)
    else:
        corner = camera.max_angle
    return ViewCone(position=setup.pose.translation, direction=setup.pose.rotation[:, 2], fov=2.0 * corner)


def _centers(plan: SimulationPlan) -> npt.NDArray[np.float64]:
    """(N, 3) places near which the town is seen: fixed cameras, and the ways of followed actors."""
    fixed = [camera.pose.translation[None] for camera in plan.cameras if camera.follow is None]
    followed = {camera.follow: None for camera in plan.cameras if isinstance(camera.follow, int)}
    return np.concatenate([*fixed, *(_way(plan, actor_id) for actor_id in followed)])


def _way(plan: SimulationPlan, actor_id: int) -> npt.NDArray[np.float64]:
    """(N, 3) some places along an actor's way."""
    scenario = plan.scenario
    tracks = [scenario.tracks[actor.key] for actor in scenario.named(actor_id) if actor.key in scenario.tracks]
    positions = np.concatenate([track.positions for track in tracks])
    return positions[:: max(1, len(positions) // WAYPOINTS)]
