"""Pedestrians on sidewalks and crosswalks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import FloatArray
from roadmark.traffic.mix import is_child
from roadmark.traffic.motion import ActorSpec, Clock, MovingActor
from roadmark.traffic.sidewalks import SidewalkGraph
from roadmark.traffic.signals import SignalPlan
from roadmark.traffic.walker_motion import walk
from roadmark.traffic.walker_paths import STEP, Leg, WalkerPath, draw_route, walker_path

ADULT_SPEED: Final = (1.35, 0.16)
"""m/s: mean and deviation of the speed adults like to walk at."""
CHILD_SPEED: Final = (1.15, 0.12)
SPEEDS: Final = (0.9, 1.7)
"""m/s: nobody likes it slower or faster."""
PAUSE: Final = (1.0, 2.0)
"""Seconds people stand at a crosswalk without lights."""
APART: Final = 1.2
"""Metres between two people at the start."""
NEAR_CROSSWALK: Final = 2.5
"""Metres: a known vehicle nearer than this to a crosswalk keeps people waiting."""
CROSSING_SHARE: Final = 0.3
"""Share of people who start on the way over a crosswalk."""
_TRIES = 12
_VEHICLE_MARGIN = 0.25  # metres a walker must have stayed away from known vehicles


@dataclass(frozen=True, eq=False)
class Pedestrians:
    """Who walks.

    Attributes:
        actors: The courses, from the first frame to the last.
        missing: How many were asked for and are not there.
        reason: Why, empty where none is missing.
    """

    actors: tuple[MovingActor, ...]
    missing: int = 0
    reason: str = ""


def simulate_walkers(
    graph: SidewalkGraph,
    signals: SignalPlan,
    known: Sequence[MovingActor],
    specs: Sequence[ActorSpec],
    clock: Clock,
    rng: np.random.Generator,
    *,
    focus: FloatArray | None = None,
    radius: float = 80.0,
) -> Pedestrians:
    """People walking about.

    They keep right, pass each other, wait for the walk time at crosswalks with lights and stand a moment at others.
    They know the courses of `known` in advance: they do not step in front of those vehicles, and who could not help
    being touched is left out. Other traffic is expected to yield to them on crosswalks.

    Args:
        graph: Sidewalks and crosswalks.
        signals: Walk times.
        known: Actors whose courses are settled.
        specs: Who walks.
        clock: The frames.
        rng: Where places, ways and speeds come from.
        focus: (2 or 3) metres, around which they start; None: anywhere.
        radius: Metres from the focus.
    """
    if not specs:
        return Pedestrians(())
    starts = _starts(graph, known, len(specs), rng, focus, radius)
    if not len(starts):
        where = "" if focus is None else f" within {radius:g} m"
        return Pedestrians((), len(specs), f"the map has no sidewalk{where}")
    chosen: list[tuple[ActorSpec, WalkerPath, float]] = []
    for spec, start in zip(specs, starts, strict=False):
        mean, deviation = CHILD_SPEED if is_child(spec.blueprint) else ADULT_SPEED
        speed = float(np.clip(rng.normal(mean, deviation), *SPEEDS))
        legs = draw_route(graph, start, 1.1 * speed * clock.duration + 5.0, rng)
        path = walker_path(graph, legs, float(rng.random()))
        if path is not None:
            chosen.append((spec, path, speed))
    courses = _walked(graph, signals, known, chosen, clock, rng)
    actors = tuple(course for course in courses if not _touches(course, known))
    missing = len(specs) - len(actors)
    reason = "there is no room for more people on the sidewalks there" if missing else ""
    return Pedestrians(actors, missing, reason)


def _starts(
    graph: SidewalkGraph,
    known: Sequence[MovingActor],
    count: int,
    rng: np.random.Generator,
    focus: FloatArray | None,
    radius: float,
) -> list[Leg]:
    """First legs at places apart from each other and from everyone known."""
    points, owner, row = graph.places
    kerbs, crossings = _kerbs(graph)
    if focus is not None:
        near = np.hypot(points[:, 0] - focus[0], points[:, 1] - focus[1]) < radius
        points, owner, row = points[near], owner[near], row[near]
        near = np.hypot(kerbs[:, 0] - focus[0], kerbs[:, 1] - focus[1]) < radius
        kerbs, crossings = kerbs[near], [leg for leg, close in zip(crossings, near.tolist(), strict=True) if close]
    if not len(points):
        return []
    taken = [actor.positions[0, :2] for actor in known if actor.start == 0]
    legs: list[Leg] = []
    for _ in range(count):
        at_kerb = bool(crossings) and rng.random() < CROSSING_SHARE
        for attempt in range(_TRIES):
            at_kerb = at_kerb and 2 * attempt < _TRIES
            places = kerbs if at_kerb else points
            place = int(rng.integers(len(places)))
            if all(np.hypot(*(places[place] - other)) > APART for other in taken):
                taken.append(places[place])
                if at_kerb:
                    legs.append(crossings[place])
                else:
                    way, first = int(owner[place]), int(row[place])
                    legs.append(Leg(way, first, (len(graph.walkways[way].points) - 1) * int(rng.integers(2))))
                break
    return legs


def _kerbs(graph: SidewalkGraph) -> tuple[FloatArray, list[Leg]]:
    """(K, 2) places on the way to a crosswalk's kerb, and the leg over it from each."""
    places, legs = [], []
    for index, way in enumerate(graph.walkways):
        if way.crosswalk is not None:
            last = len(way.points) - 1
            for row in np.flatnonzero(way.distances <= way.kerbs[0]).tolist():
                places.append(way.points[row, :2])
                legs.append(Leg(index, row, last))
            for row in np.flatnonzero(way.distances >= way.kerbs[1]).tolist():
                places.append(way.points[row, :2])
                legs.append(Leg(index, row, 0))
    return np.array(places).reshape(-1, 2), legs


def _walked(
    graph: SidewalkGraph,
    signals: SignalPlan,
    known: Sequence[MovingActor],
    chosen: Sequence[tuple[ActorSpec, WalkerPath, float]],
    clock: Clock,
    rng: np.random.Generator,
) -> list[MovingActor]:
    if not chosen:
        return []
    paths = [path for _, path, _ in chosen]
    points = np.concatenate([_directed(path.points) for path in paths])
    firsts = np.concatenate([[0], np.cumsum([len(path.points) for path in paths])])
    waits = [wait for path in paths for wait in path.waits]
    wait_firsts = np.concatenate([[0], np.cumsum([len(path.waits) for path in paths])])
    crosswalks = sorted({wait.crosswalk for wait in waits})
    slot = {crosswalk: index for index, crosswalk in enumerate(crosswalks)}
    remaining = np.zeros((len(crosswalks), clock.count))
    for crosswalk in crosswalks:
        if crosswalk in signals.walks:
            remaining[slot[crosswalk]] = signals.walks[crosswalk].remaining(clock.times)
    boxes, sizes = _known_boxes(known, clock)
    people, people_moving, people_radii = _known_people(known, clock)
    places, distances, yaws = walk(
        points,
        np.concatenate([path.room for path in paths]),
        firsts,
        STEP,
        np.array([speed for *_, speed in chosen]),
        np.concatenate([[body_radius(spec) for spec, *_ in chosen], people_radii]),
        wait_firsts,
        np.array([wait.kerb for wait in waits]),
        np.array([wait.over for wait in waits]),
        np.array([slot[wait.crosswalk] for wait in waits], np.int64),
        rng.uniform(*PAUSE, len(waits)),
        np.array([crosswalk in signals.walks for crosswalk in crosswalks], np.bool_),
        remaining,
        _danger(graph, crosswalks, boxes, sizes),
        boxes,
        sizes,
        people,
        people_moving,
        clock.fps,
    )
    return [
        _actor(spec, path, places[index], distances[index], yaws[index], clock)
        for index, (spec, path, _) in enumerate(chosen)
    ]


def body_radius(spec: ActorSpec) -> float:
    """Metres from a walker's axis to the corners of its box: boxes of people so far apart never touch."""
    return float(np.hypot(*spec.blueprint.half_extents[:2]))


def _directed(points: FloatArray) -> FloatArray:
    """(N, 4) x, y and the unit direction there."""
    along = np.gradient(points[:, :2], axis=0)
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    return np.concatenate([points[:, :2], along], axis=1)


def _actor(
    spec: ActorSpec, path: WalkerPath, places: FloatArray, distances: FloatArray, yaw: FloatArray, clock: Clock
) -> MovingActor:
    count = clock.count
    height = spec.blueprint.half_extents[2]
    ground = np.interp(distances, np.arange(len(path.points)) * STEP, path.points[:, 2])
    positions = np.column_stack([places, ground + height])
    nothing = np.zeros(count)
    velocity = np.gradient(positions, clock.step, axis=0) if count > 1 else np.zeros((1, 3))
    rate = np.gradient(yaw, clock.step) if count > 1 else nothing
    return MovingActor(spec, positions, np.column_stack([nothing, nothing, yaw]), velocity, rate)


def _known_boxes(known: Sequence[MovingActor], clock: Clock) -> tuple[FloatArray, FloatArray]:
    """(K, F, 4) centre and unit heading of known vehicles' boxes, NaN while not there, and (K, 2) half sizes."""
    vehicles = [actor for actor in known if actor.spec.blueprint.kind == "vehicle"]
    boxes = np.full((len(vehicles), clock.count, 4), np.nan)
    for index, actor in enumerate(vehicles):
        boxes[index, actor.start : actor.end] = _box(actor)
    return boxes, np.array([actor.spec.blueprint.half_extents[:2] for actor in vehicles]).reshape(-1, 2)


def _box(actor: MovingActor) -> FloatArray:
    """(N, 4) centre and unit heading of a vehicle's box."""
    cosine, sine = np.cos(actor.rpy[:, 2]), np.sin(actor.rpy[:, 2])
    x, y, _ = actor.spec.blueprint.center_offset
    centers = actor.positions[:, :2] + np.stack([x * cosine - y * sine, x * sine + y * cosine], axis=1)
    return np.column_stack([centers, cosine, sine])


def _known_people(known: Sequence[MovingActor], clock: Clock) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(M, F, 2) places and velocities of known walkers, NaN while they are not there, and (M,) radii."""
    people = [actor for actor in known if actor.spec.blueprint.kind == "walker"]
    places, moving = np.full((2, len(people), clock.count, 2), np.nan)
    for index, actor in enumerate(people):
        places[index, actor.start : actor.end] = actor.positions[:, :2]
        moving[index, actor.start : actor.end] = actor.velocity[:, :2]
    return places, moving, np.array([body_radius(actor.spec) for actor in people])


def _danger(graph: SidewalkGraph, crosswalks: Sequence[int], boxes: FloatArray, sizes: FloatArray) -> NDArray[np.bool_]:
    """(C, F) whether a known vehicle is on or near a crosswalk."""
    danger = np.zeros((len(crosswalks), boxes.shape[1]), np.bool_)
    lines = {way.crosswalk: way for way in graph.walkways if way.crosswalk is not None}
    for index, crosswalk in enumerate(crosswalks):
        way = lines[crosswalk]
        inside = (way.distances > way.kerbs[0]) & (way.distances < way.kerbs[1])
        line = way.points[inside, :2]
        for box, size in zip(boxes, sizes, strict=True):
            offset = line[:, None] - box[None, :, :2]
            forward = np.abs(offset[..., 0] * box[:, 2] + offset[..., 1] * box[:, 3])
            aside = np.abs(offset[..., 1] * box[:, 2] - offset[..., 0] * box[:, 3])
            reach = NEAR_CROSSWALK + float(way.half_width.max())
            danger[index] |= ((forward < size[0] + reach) & (aside < size[1] + reach)).any(axis=0)
    return danger


def _touches(course: MovingActor, known: Sequence[MovingActor]) -> bool:
    """Whether a walker comes too near to someone known."""
    radius = body_radius(course.spec)
    for actor in known:
        places = course.positions[actor.start : actor.end, :2]
        if actor.spec.blueprint.kind == "walker":
            gap = np.hypot(*(places - actor.positions[:, :2]).T)
            if (gap < radius + body_radius(actor.spec)).any():
                return True
        else:
            box, (length, width, _) = _box(actor), actor.spec.blueprint.half_extents
            offset = places - box[:, :2]
            forward = np.abs(offset[:, 0] * box[:, 2] + offset[:, 1] * box[:, 3])
            aside = np.abs(offset[:, 1] * box[:, 2] - offset[:, 0] * box[:, 3])
            margin = radius + _VEHICLE_MARGIN
            if ((forward < length + margin) & (aside < width + margin)).any():
                return True
    return False
