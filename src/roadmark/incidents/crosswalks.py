"""Someone who crosses by a crosswalk before a driver who does not heed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from roadmark.geometry import FloatArray
from roadmark.incidents.approach import CALM, approaches, come
from roadmark.incidents.following import way_along
from roadmark.incidents.junctions import allowed, check_options, way_through
from roadmark.incidents.model import IncidentOptions, MissingElementError, NoCourseError, Scene
from roadmark.incidents.physics import Drive, Rail, front_end
from roadmark.incidents.stepping import Encounter, Step
from roadmark.incidents.walks import CrosswalkWalk, stroll
from roadmark.incidents.ways import Way
from roadmark.traffic import Network, NetworkLane, SidewalkGraph, build_sidewalks

_PACES = (1.1, 1.8)  # m/s
_BEFORE, _AFTER = (4.0, 9.0), 6.0  # metres walked on the sidewalks
_SLOWEST = 3.4  # m/s at which anyone is hit
_BENDS = 12.0  # metres before the crosswalk in which bends limit the speed
_SPARE = 0.5  # seconds before traffic comes in which people may still be on the crosswalk
_SLIDES = 8.0  # metres behind the crosswalk within which lights must be green, too
_NEAREST = 0.6  # metres between the person's line and the vehicle's where they cross


def crosswalk_lanes(scene: Scene, options: IncidentOptions, name: str) -> list[NetworkLane]:
    """Lanes over a crosswalk that joins sidewalks.

    Raises:
        MissingElementError: There are none.
    """
    network = scene.network
    check_options(network, options)
    ways = _crosswalks(network)
    lanes = []
    for lane in network.lanes:
        if lane.type == "biking" or not lane.predecessors or all(one.crosswalk not in ways for one in lane.crossings):
            continue
        near = {network.lanes[index].junction for index in (lane.index, *lane.successors, *lane.predecessors)}
        if lane.junction is not None and not allowed(network, lane, options):
            continue
        if lane.junction is None and options.road not in {None, lane.key.road}:
            continue
        if options.junction is None or options.junction in near:
            lanes.append(lane)
    if not lanes:
        raise MissingElementError(
            f"{name} needs a crosswalk between sidewalks, and map {network.road_map.name} has none"
        )
    return lanes


def cross_before(scene: Scene, lane: NetworkLane, encounter: Encounter, rng: np.random.Generator) -> Step:
    """Someone who is on a crosswalk before a vehicle, and may walk there.

    Args:
        scene: Where and when.
        lane: The vehicle's lane, over a crosswalk.
        encounter: Who meets, and how; bends before the crosswalk may make the vehicle slower, unless it stops.
        rng: What chance comes from.

    Raises:
        NoCourseError: Lights and ways do not allow it.
    """
    network = scene.network
    ways = _crosswalks(network)
    numbers = sorted({one.crosswalk for one in lane.crossings if one.crosswalk in ways})
    number = numbers[int(rng.integers(len(numbers)))]
    way = way_along(network, lane, rng) if lane.junction is None else way_through(network, lane.index, rng)
    line = _line(network, number, rng)
    place, to_lane = _meets(way, line, lane)
    vehicle, person = (spec.blueprint for spec in encounter.specs)
    if not encounter.stops:
        encounter = _possible(way, place, encounter)
    before, reach, late, strength = encounter.before, encounter.reach, encounter.late, encounter.strength
    brakes_at = place - front_end(vehicle) - person.half_extents[0] - reach
    aside = float(rng.uniform(-0.7, 0.7)) * vehicle.half_extents[1]
    pace = float(rng.uniform(*_PACES))
    times = encounter.times
    times = times[_may_walk(scene, number, line, (to_lane + aside, pace), times)]
    ways_to_come = approaches(way, vehicle, brakes_at, before, ahead=reach + _SLIDES)
    found, start = come(ways_to_come, times - late, scene.signals)
    time = start + late
    if abs(found.profile.speed_at(brakes_at) - before) > 0.4:
        raise NoCourseError("it slows down before the crosswalk already")
    table = found.timetable(start, scene.clock.duration).braked(start, strength).smoothed()
    walks = stroll(line.rail, pace, to_lane + aside, time, scene.clock.duration)
    on_foot = CrosswalkWalk(person, line.rail, walks, line.along, line.heights)
    drive = Drive(vehicle, way.rail, table)
    enters, leaves = (walks.when(kerb) for kerb in line.kerbs)
    return Step(encounter.specs, way, drive, on_foot, enters, leaves, place, time, strength, crosswalk=True)


@dataclass(frozen=True, eq=False)
class _Line:
    """Along a sidewalk and over a crosswalk: the rail, heights (N,) along it (N,), and metres to both kerbs."""

    rail: Rail
    along: FloatArray
    heights: FloatArray
    kerbs: tuple[float, float]


@lru_cache(8)
def _sidewalks(network: Network) -> SidewalkGraph:
    return build_sidewalks(network.road_map)


@lru_cache(8)
def _crosswalks(network: Network) -> Mapping[int, int]:
    """Index of the walkway of every crosswalk that joins sidewalks."""
    walkways = _sidewalks(network).walkways
    return {way.crosswalk: index for index, way in enumerate(walkways) if way.crosswalk is not None}


def _line(network: Network, number: int, rng: np.random.Generator) -> _Line:
    """Over a crosswalk in either direction, with stretches of sidewalk before and after."""
    graph = _sidewalks(network)
    index = _crosswalks(network)[number]
    across = graph.walkways[index]
    forwards = bool(rng.random() < 0.5)
    points = across.points if forwards else across.points[::-1]
    first, last = across.nodes if forwards else across.nodes[::-1]
    comes = _pavement(graph, first, float(rng.uniform(*_BEFORE)), rng)[::-1]
    goes = _pavement(graph, last, _AFTER, rng)
    whole = np.concatenate([comes, points, goes])
    whole = whole[np.concatenate([[True], np.hypot(*np.diff(whole[:, :2], axis=0).T) > 0.02])]
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(whole[:, :2], axis=0).T))])
    rail = Rail.along(whole)
    waits = across.kerbs if forwards else tuple(across.length - kerb for kerb in across.kerbs[::-1])
    begins = rail.project(points[0])
    return _Line(rail, along, whole[:, 2].copy(), (begins + waits[0], begins + waits[1]))


def _pavement(graph: SidewalkGraph, node: int, metres: float, rng: np.random.Generator) -> FloatArray:
    """(N, 3) the first metres of a sidewalk that leaves a node; none where no sidewalk does."""
    ends = [(way, end) for way, end in graph.at[node] if graph.walkways[way].crosswalk is None]
    if not ends:
        return np.zeros((0, 3))
    way, end = ends[int(rng.integers(len(ends)))]
    sidewalk = graph.walkways[way]
    points = sidewalk.points if end == 0 else sidewalk.points[::-1]
    steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points[:, :2], axis=0).T))])
    return np.asarray(points[steps <= metres])


def _meets(way: Way, line: _Line, lane: NetworkLane) -> tuple[float, float]:
    """Metres along the vehicle's way and the person's line where they cross.

    Raises:
        NoCourseError: They do not, or not on the lane.
    """
    on_foot = np.arange(line.kerbs[0], line.kerbs[1], 0.2)
    begins = way.start_of(lane.index)
    driven = np.arange(max(begins - 2.0, 0.0), min(begins + lane.length + 2.0, way.length), 0.2)
    if not len(on_foot) or not len(driven):
        raise NoCourseError("the crosswalk is too short")
    apart = way.rail.position(driven)[:, None, :2] - line.rail.position(on_foot)[None, :, :2]
    distance = np.hypot(apart[..., 0], apart[..., 1])
    row, column = np.unravel_index(int(np.argmin(distance)), distance.shape)
    if distance[row, column] > _NEAREST:
        raise NoCourseError("the crosswalk does not lead over the lane")
    return float(driven[row]), float(on_foot[column])


def _possible(way: Way, place: float, encounter: Encounter) -> Encounter:
    """As wished, or as bends and limits before a place allow.

    Raises:
        NoCourseError: Too slow for anything to happen.
    """
    near = np.arange(max(place - _BENDS, 0.0), place, 0.5)
    bend = np.maximum(np.abs(way.rail.curvature(near)), 1e-4)
    fastest = float(min(np.sqrt(CALM.lateral / bend).min(), 1.02 * way.limits(near).min()))
    if encounter.before <= fastest:
        return encounter
    if fastest < _SLOWEST:
        raise NoCourseError("nobody drives so fast there")
    late = min(encounter.late, (fastest - _SLOWEST) / encounter.strength)
    return replace(encounter, speed=fastest - encounter.strength * late, late=late)


def _may_walk(
    scene: Scene, number: int, line: _Line, walks: tuple[float, float], times: FloatArray
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """(N,) whether people may cross from kerb to kerb if they are at a place of the line, at a pace, at times (N,)."""
    program = scene.signals.walks.get(number)
    at, pace = walks
    enters = times - (at - line.kerbs[0]) / pace
    if program is None:
        return np.ones(len(times), np.bool_)
    needs = (line.kerbs[1] - line.kerbs[0]) / pace - _SPARE
    return np.asarray(program.remaining(enters) > needs)
