"""What can be seen from where in a grown town, found out by rays before any camera stands there.

The town is the one a simulation of the same map and seed grows, whole: cameras and the ways of actors only take things
away from it, so what is seen here is seen there. It is grown once per map and seed and kept for the scenarios to come.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from roadmark.geometry import Camera, FloatArray, Pose
from roadmark.maps import RoadMap
from roadmark.render import Instance, Mesh, Renderer, Silhouette
from roadmark.scenario import ActorKind, Scenario
from roadmark.simulate.town import POST_CLEARANCE, SCENERY_REACH
from roadmark.twins import Surroundings
from roadmark.world import Cast, PlacedActor, SignalCast, SignalModels, signal_models, static_world

SIGHTS_KEPT = 2
"""Grown towns a process keeps for the scenarios to come; each takes a few hundred megabytes."""
WHOLE_MAP = 2000.0
"""Metres across up to which a town is grown whole; of larger maps the part around the incident is."""
PART_GRID = 500.0
"""Metres of the grid on which the middles of such parts lie, so that neighbours share one."""
VEHICLE_REACH, WALKER_REACH = 70.0, 30.0
"""Metres around the incident within which vehicles and pedestrians are put into the scene."""
BEFORE_FACE = 0.4
"""Metres before a lamp head's middle at which nothing of the head itself is in the way."""
RAYS_PER_OBJECT = 1600
"""Rays, about, that measure how much of an object is hidden."""


@dataclass(frozen=True)
class SeenActor:
    """How large an actor is in a picture, and how much of it shows.

    Attributes:
        actor_id: Its id in the recording.
        pixels: Pixels of its silhouette inside the picture, as if it stood alone.
        inside: Share of its silhouette that lies inside the picture.
        visible: Share of those pixels that nothing hides.
        bounds: xmin, ymin, xmax, ymax of its silhouette, pixels; None outside the picture.
    """

    actor_id: int
    pixels: int
    inside: float
    visible: float
    bounds: tuple[int, int, int, int] | None

    @property
    def height(self) -> int:
        """Height of the silhouette, pixels."""
        return 0 if self.bounds is None else self.bounds[3] - self.bounds[1] + 1


@dataclass(frozen=True, eq=False)
class Moment:
    """Everyone near an incident at one time.

    Attributes:
        time: Seconds.
        actors: By actor id.
        instances: All meshes that move, lamp heads included.
        owners: (I,) actor id per instance, -1 for what is no actor.
    """

    time: float
    actors: Mapping[int, PlacedActor]
    instances: list[Instance]
    owners: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TownSight:
    """A grown town that answers what lies between two points.

    Attributes:
        road_map: Its map.
        seed: What it was grown from.
        renderer: Holds its triangles.
        signals: Its traffic lights and signs.
    """

    road_map: RoadMap
    seed: int
    renderer: Renderer
    signals: SignalModels

    def moments(
        self, scenario: Scenario, times: Sequence[float], center: FloatArray, actor_ids: Sequence[int]
    ) -> list[Moment]:
        """Place the actors near a point at some times; those named always."""
        near = scenario.without(_far_away(scenario, times, center, set(actor_ids)))
        keys = [actor.key for actor in near.of_kind(ActorKind.VEHICLE, ActorKind.WALKER)]
        cast = Cast(near, {key: number for number, key in enumerate(keys, start=1)}, self.seed)
        lights = SignalCast(self.signals, near)
        return [_moment(near, cast, lights, time) for time in times]

    def light_faces(self, signal_ids: Sequence[str]) -> tuple[FloatArray, FloatArray]:
        """Places (N, 3) just before the faces of some lights, and the directions (N, 3) in which those look."""
        heads = [head for signal_id in signal_ids for head in self.signals.heads_of(signal_id)]
        turned = np.array([head.transform[:, 0] for head in heads]).reshape(-1, 3)
        middles = [
            head.transform[:, :3] @ (0.5 * (head.mesh.vertices.min(axis=0) + head.mesh.vertices.max(axis=0)))
            + head.transform[:, 3]
            for head in heads
        ]
        return np.array(middles).reshape(-1, 3) + BEFORE_FACE * turned, turned

    def free_share(self, eyes: FloatArray, points: FloatArray, moment: Moment, actor_id: int) -> FloatArray:
        """Share of points on an actor that are seen from each of some places.

        Args:
            eyes: (E, 3) world metres.
            points: (P, 3) in or on the actor.
            moment: Who stands where.
            actor_id: Whose points they are; it does not hide itself.

        Returns:
            (E,) 0 to 1.
        """
        starts, ends = (values.reshape(-1, 3) for values in np.broadcast_arrays(eyes[:, None], points[None]))
        met = self.renderer.probe(starts, ends, moment.instances)
        owner = np.append(moment.owners, [-1, -1])[met.instance]  # -2 and -1: nothing and the still town
        free = (met.distance >= np.linalg.norm(ends - starts, axis=1)) | (owner == actor_id)
        return np.asarray(free.reshape(len(eyes), -1).mean(axis=1))

    def seen_actors(self, camera: Camera, pose: Pose, moment: Moment, actor_ids: Sequence[int]) -> list[SeenActor]:
        """Measure actors in a picture, pixel by pixel; those that are not there have no pixels."""
        actors = [moment.actors.get(actor_id) for actor_id in actor_ids]
        groups = [() if actor is None else actor.instances for actor in actors]
        shapes = self.renderer.silhouettes(camera, pose, groups)
        return [
            SeenActor(
                actor_id,
                shape.pixels,
                shape.pixels / shape.total if shape.total else 0.0,
                self._visible_share(camera, pose, moment, actor_id, shape),
                shape.bounds,
            )
            for actor_id, shape in zip(actor_ids, shapes, strict=True)
        ]

    def _visible_share(self, camera: Camera, pose: Pose, moment: Moment, actor_id: int, shape: Silhouette) -> float:
        """Share of a silhouette's pixels that show the actor; of large ones every so many pixels are looked at."""
        if shape.bounds is None:
            return 0.0
        left, top, right, bottom = shape.bounds
        step = max(1, round(math.sqrt((right - left + 1) * (bottom - top + 1) / RAYS_PER_OBJECT)))
        u, v = np.meshgrid(np.arange(left, right + 1, step) + 0.5, np.arange(top, bottom + 1, step) + 0.5)
        ends = pose.apply(camera.rays(np.stack([u.ravel(), v.ravel()], axis=1)))
        eye = pose.translation[None]
        owner = np.append(moment.owners, [-1, -1])
        shown = owner[self.renderer.probe(eye, ends, moment.instances).instance] == actor_id
        return min(1.0, int(np.count_nonzero(shown)) * step**2 / shape.pixels)


def _far_away(scenario: Scenario, times: Sequence[float], center: FloatArray, wanted: set[int]) -> set[int]:
    """Ids of those who are never near enough to a point to stand in the way."""
    far: set[int] = set()
    near = set(wanted)
    for actor in scenario.of_kind(ActorKind.VEHICLE, ActorKind.WALKER):
        track = scenario.tracks.get(actor.key)
        if track is None:
            continue
        rows = np.searchsorted(track.times, times).clip(max=len(track.times) - 1)
        reach = WALKER_REACH if actor.kind is ActorKind.WALKER else VEHICLE_REACH
        away = np.linalg.norm(track.positions[rows] - center, axis=1).min() > reach
        (far if away else near).add(actor.id)
    return far - near  # an id may have had several lives


def _moment(scenario: Scenario, cast: Cast, lights: SignalCast, time: float) -> Moment:
    state = scenario.state_at(time)
    placed = cast.place(state)
    instances = [instance for actor in placed for instance in actor.instances]
    owners = [actor.actor_id for actor in placed for _ in actor.instances]
    heads = lights.place(state)
    return Moment(
        time,
        {actor.actor_id: actor for actor in placed},
        [*instances, *heads],
        np.array(owners + [-1] * len(heads), dtype=np.int64),
    )


def town_sight(road_map: RoadMap, seed: int, near: FloatArray, surroundings: Surroundings | None = None) -> TownSight:
    """The grown town of a map; kept, so that the next scenario on the map has it at once.

    Args:
        road_map: The map; the same object finds what was grown for it.
        seed: Grows the scenery, as a simulation's seed does.
        near: (3,) which part of a map more than two kilometres across.
        surroundings: What stands around its roads, where that is given.
    """
    if float(np.ptp(road_map.bounds[:, :2], axis=0).max()) <= WHOLE_MAP:
        return _grown(road_map, seed, None, surroundings)
    x, y = (np.round(near[:2] / PART_GRID) * PART_GRID).tolist()
    return _grown(road_map, seed, (x, y), surroundings)


@lru_cache(SIGHTS_KEPT)
def _grown(
    road_map: RoadMap, seed: int, middle: tuple[float, float] | None, surroundings: Surroundings | None
) -> TownSight:
    signals = signal_models(road_map)
    posts = [(foot, POST_CLEARANCE) for foot in signals.footprints]
    if middle is None:
        town = static_world(road_map, seed, keep_clear=posts, surroundings=surroundings)
    else:
        reach = SCENERY_REACH + PART_GRID
        town = static_world(
            road_map, seed, keep_clear=posts, center=[*middle, 0.0], radius=reach, surroundings=surroundings
        )
    parts = [mesh for mesh in (town.mesh, signals.static) if len(mesh.triangles)]
    renderer = Renderer(Mesh.merge(parts), threads=1, seed=seed)
    return TownSight(road_map, seed, renderer, signals)
