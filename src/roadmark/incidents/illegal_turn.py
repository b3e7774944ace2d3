"""A vehicle makes a U-turn where there is none to be made: in a junction, back onto the road it came from."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

import numpy as np

from roadmark.events import Event, Participant
from roadmark.geometry import FloatArray
from roadmark.incidents.approach import approaches, come
from roadmark.incidents.draws import draw_vehicle, heart_times
from roadmark.incidents.junctions import RUN_UP, check_options, need
from roadmark.incidents.model import IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.oncoming import Oncoming, oncoming
from roadmark.incidents.physics import Drive, Rail
from roadmark.incidents.registry import register
from roadmark.incidents.scripts import driven
from roadmark.incidents.ways import Way, lead_in, lead_out
from roadmark.traffic import LEFT, Network, NetworkLane, Path, Route

_RADII = (4.5, 5.0, 5.8)
"""Metres: what cars turn in with the wheel hard over."""
_LEVELS = (0.0, 1.5, 3.0, 4.5, 6.0, 8.0)
"""Metres into the junction at which the turn begins."""
_SWINGS = ((True, True), (True, False), (False, True))
_FRINGE = 0.06
"""Share of places of the car's corners that may be on the paved fringe of a junction, which no lane covers."""
_DRIVABLE = frozenset({"driving", "bidirectional", "shoulder", "stop", "parking", "entry", "exit", "biking"})
_SPEED = 3.6  # m/s in the turn
_CRUISE = (7.0, 10.0)
_TURNED = np.radians(15.0)  # off the lane's heading: the turn has begun
_SHORT_ROAD = 30.0  # metres: whoever comes to such a piece of road comes to what is behind it
_WIDEST = 20.0


@register("illegal_turn", "a vehicle makes a U-turn in a junction that has none")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a road that leads into a junction, and a vehicle that turns back there."""
    network, clock = scene.network, scene.clock
    check_options(network, options)
    lanes = [lane for lane in network.lanes if _turns_back(network, lane, options)]
    need(lanes, "illegal_turn", "a two-way road that leads into a junction without U-turns", network, options)
    order = [lanes[int(number)] for number in rng.permutation(len(lanes))]
    roomy = list(islice((lane for lane in order if _turns(network, lane.index)), 1))
    need(roomy, "illegal_turn", "a junction with room to turn back", network, options)
    lane = roomy[0]
    other = oncoming(network, lane)
    assert other is not None
    spec = draw_vehicle(options, 0, rng)
    way, first, last, enters = _there_and_back(network, lane, other, rng)
    cruise = float(rng.uniform(*_CRUISE))

    def wished(distance: FloatArray) -> FloatArray:
        return np.where((distance > first - 2.0) & (distance < last + 1.0), _SPEED, cruise)

    at = 0.5 * (first + last)
    found, time = come(approaches(way, spec.blueprint, at, wished), heart_times(clock, options, rng), scene.signals)
    drive = Drive(spec.blueprint, way.rail, found.timetable(time, clock.duration).smoothed())
    times = clock.times
    yaw = drive.poses(times)[:, 5]
    places = drive.table.at(times)
    turning = np.flatnonzero(
        (places > first - 3.0) & (np.abs(yaw - yaw[np.searchsorted(places, first - 3.0)]) > _TURNED)
    )
    done = drive.table.when(enters + 0.5)
    if not len(turning) or not done + 1.0 < clock.duration:
        raise NoCourseError("the scenario ends before the turn does")
    blinkers = np.zeros(clock.count, np.int8)
    blinkers[(places > first - 25.0) & (places < last - 2.0)] = LEFT
    until = drive.table.when(enters + 12.0)
    actor = driven(spec, drive, clock, until=until if until < clock.duration else None, blinkers=blinkers)
    event = Event(
        "illegal_turn",
        float(times[turning[0]]),
        done,
        (Participant(0, "violator"),),
        way.place(first),
        "u_turn",
        cause="turned back where it must not",
        caption=sentence(f"{named(spec)} makes a U-turn in the middle of a junction"),
        measures={"turned": float(np.degrees(yaw[clock.frame_at(done)] - yaw[turning[0]]))},
    )
    return IncidentPlan("illegal_turn", (actor,), (event,), way.rail.position(at), time, measures={"speed": _SPEED})


def _turns_back(network: Network, lane: NetworkLane, options: IncidentOptions) -> bool:
    """Whether a lane leads into a junction, is the innermost, and has an oncoming lane it is not connected with."""
    if lane.junction is not None or lane.left is not None or not lane.predecessors or lane.length < 12.0:
        return False
    junctions = {network.lanes[way].junction for way in lane.successors}
    if len(junctions) != 1 or None in junctions:
        return False
    if options.junction not in junctions | {None} or options.road not in {None, lane.key.road}:
        return False
    other = oncoming(network, lane)
    if other is None or not 2.5 < other.offset < _WIDEST or other.lane.length < 12.0:
        return False
    if not any(network.lanes[way].junction in junctions for way in other.lane.predecessors):
        return False
    return lane.key.road not in _roads_onwards(network, lane)


def _roads_onwards(network: Network, lane: NetworkLane) -> set[str]:
    """Roads between junctions that a lane's traffic can come to next, short pieces of road passed."""
    found: set[str] = set()
    waiting, seen = list(lane.successors), set(lane.successors)
    while waiting:
        at = network.lanes[waiting.pop()]
        further = list(at.successors)
        if at.junction is None:
            found.add(at.key.road)
            if network.road_map.road_geometry[at.key.road].length > _SHORT_ROAD:
                continue
            same = [one for one in network.lanes if one.key.road == at.key.road]
            further += [index for one in same for index in one.successors]
        waiting += [index for index in further if index not in seen]
        seen.update(further)
    return found


def _there_and_back(
    network: Network, lane: NetworkLane, other: Oncoming, rng: np.random.Generator
) -> tuple[Way, float, float, float]:
    """A way in, around and out again.

    Returns:
        The way, and the metres along it at which the turn begins, at which it ends, and at which the junction is left.

    Raises:
        NoCourseError: The junction has no room for it.
    """
    turns = _turns(network, lane.index)
    if not turns:
        raise NoCourseError("the junction has no room to turn back")
    level, turn = turns[int(rng.integers(len(turns)))]
    route = network.route((*lead_in(network, lane.index, RUN_UP, rng), lane.index))
    out = network.route((other.lane.index, *lead_out(network, other.lane.index, 60.0, rng)))
    points = _placed(lane, level, turn)
    points[:, 2] = np.linspace(route.path.points[-1, 2], out.path.points[0, 2], len(points))
    whole = np.concatenate([route.path.points, points, out.path.points[1:]])
    whole = whole[np.concatenate([[True], np.hypot(*np.diff(whole[:, :2], axis=0).T) > 0.05])]
    first = route.path.length + level
    last = first + float(np.hypot(*np.diff(turn, axis=0).T).sum())
    enters = last + float(np.hypot(*(out.path.points[0] - points[-1])[:2]))
    joined = Route((*route.lanes, *out.lanes), Path(whole), np.concatenate([route.starts, out.starts + enters]))
    return Way(network, joined, Rail.along(whole)), first, last, enters


@lru_cache(4096)
def _turns(network: Network, index: int) -> tuple[tuple[float, FloatArray], ...]:
    """Turns back from a lane that stay on the road: metres into the junction at which each begins, and its line."""
    lane = network.lanes[index]
    other = oncoming(network, lane)
    assert other is not None
    start, heading = lane.path.points[-1], float(lane.path.heading(lane.length))
    back = other.lane.path.points[0] - start
    along = float(back[0] * np.cos(heading) + back[1] * np.sin(heading))
    aside = float(back[1] * np.cos(heading) - back[0] * np.sin(heading))
    tries = []
    for swing_in, swing_out in _SWINGS:
        for radius in _RADII:
            turn = _loop(aside, radius, swing_in, swing_out)
            tries += [(level, turn) for level in _LEVELS if level + turn[-1, 0] > along + 0.5]
    if not tries:
        return ()
    sides = [_sides(_placed(lane, level, turn)) for level, turn in tries]
    found = network.road_map.locate(np.concatenate(sides)).strip_index
    strips = network.road_map.strips()
    kinds = np.array([1 if index < 0 else 0 if strips[index].type in _DRIVABLE else 2 for index in found.tolist()])
    per_try = np.split(kinds, np.cumsum([len(points) for points in sides])[:-1])
    return tuple(
        one for one, kind in zip(tries, per_try, strict=True) if not (kind == 2).any() and kind.mean() <= _FRINGE
    )


def _placed(lane: NetworkLane, level: float, turn: FloatArray) -> FloatArray:
    """(N, 3) a turn's line in the world, at the height of the lane's end."""
    start, heading = lane.path.points[-1], float(lane.path.heading(lane.length))
    c, s = np.cos(heading), np.sin(heading)
    ahead, aside = level + turn[:, 0], turn[:, 1]
    return np.stack([
        start[0] + c * ahead - s * aside, start[1] + s * ahead + c * aside, np.full(len(turn), start[2])
    ], axis=1)  # fmt: skip


def _sides(points: FloatArray) -> FloatArray:
    """(M, 3) the corners of a car on a line (N, 3)."""
    step = np.gradient(points[:, :2], axis=0)
    step /= np.hypot(*step.T)[:, None]
    left = np.stack([-step[:, 1], step[:, 0]], axis=1)
    lines = [points[:, :2] + 2.1 * ahead * step + 0.9 * side * left for ahead in (-1.0, 1.0) for side in (-1.0, 1.0)]
    return np.concatenate([np.column_stack([line, points[:, 2]]) for line in lines])


def _loop(offset: float, radius: float, swing_in: bool, swing_out: bool) -> FloatArray:
    """(N, 2) metres ahead and to the left of a turn back that ends `offset` to the left.

    Where the turning circle is wider than that, it swings out to the right before, after, or both.
    """
    radius = max(radius, 0.5 * offset)
    share = 0.5 * offset / radius
    swing = float(np.arccos(min(0.5 * (share + 1.0) if swing_in and swing_out else share, 1.0)))
    before, after = swing if swing_in else 0.0, swing if swing_out else 0.0
    headings = np.concatenate([
        np.linspace(0.0, -before, max(int(before / 0.1), 1) + 1),
        np.linspace(-before, np.pi + after, int((np.pi + before + after) / 0.1))[1:],
        np.linspace(np.pi + after, np.pi, max(int(after / 0.1), 1) + 1)[1:],
    ])  # fmt: skip
    turned = np.diff(headings)
    middle = headings[1:] - 0.5 * turned
    steps = 2.0 * radius * np.sin(0.5 * np.abs(turned))
    line = np.cumsum(np.stack([steps * np.cos(middle), steps * np.sin(middle)], axis=1), axis=0)
    return line[steps > 1e-6]
