"""Turning back: lines of U-turns that stay on the road, in a junction or between two, and ways in, round and out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from roadmark.geometry import FloatArray
from roadmark.incidents.junctions import RUN_UP
from roadmark.incidents.model import NoCourseError
from roadmark.incidents.oncoming import Oncoming, oncoming
from roadmark.incidents.physics import Rail
from roadmark.incidents.ways import Way, lead_in, lead_out
from roadmark.traffic import Network, NetworkLane, Path, Route

_RADII = (4.5, 5.0, 5.8)
"""Metres: what cars turn in with the wheel hard over."""
_LEVELS = (0.0, 1.5, 3.0, 4.5, 6.0, 8.0)
"""Metres into the junction at which the turn begins."""
_SWINGS = ((True, True), (True, False), (False, True))
_FRINGE = 0.06
"""Share of places of the car's corners that may be on the paved fringe of a junction, which no lane covers."""
_DRIVABLE = frozenset({"driving", "bidirectional", "shoulder", "stop", "parking", "entry", "exit", "biking"})
_OUT = 60.0  # metres of way after the turn


@dataclass(frozen=True, eq=False)
class TurnBack:
    """A way in, round and out again.

    Attributes:
        way: The way.
        first: Metres along it at which the turn begins.
        last: Metres along it at which it ends.
        enters: Metres along it from which on it is on the lane back.
    """

    way: Way
    first: float
    last: float
    enters: float


def in_junction(network: Network, lane: NetworkLane, other: Oncoming, rng: np.random.Generator) -> TurnBack:
    """Along a lane into a junction, round, and out on the lane that comes towards it.

    Raises:
        NoCourseError: The junction has no room for it.
    """
    turns = turns_in_junction(network, lane.index)
    if not turns:
        raise NoCourseError("the junction has no room to turn back")
    level, turn = turns[int(rng.integers(len(turns)))]
    route = network.route((*lead_in(network, lane.index, RUN_UP, rng), lane.index))
    out = network.route((other.lane.index, *lead_out(network, other.lane.index, _OUT, rng)))
    points = _placed(lane.path.points[-1], float(lane.path.heading(lane.length)), level, turn)
    return _joined(network, route, points, out, 0.0, level, frozenset())


def on_road(network: Network, lane: NetworkLane, other: Oncoming, at: float, rng: np.random.Generator) -> TurnBack:
    """Along a lane to a place between junctions, round, and back on the lane that comes towards it.

    Raises:
        NoCourseError: The road is too narrow for it.
    """
    turns = turns_on_road(network, lane.index, at)
    if not turns:
        raise NoCourseError("the road is too narrow to turn back")
    turn = turns[int(rng.integers(len(turns)))]
    before = network.route((*lead_in(network, lane.index, RUN_UP, rng), lane.index))
    begins = float(before.starts[-1]) + at
    kept = before.path.points[before.path.distances < begins - 0.1]
    stops = np.concatenate([kept, before.path.position(begins)[None]])
    route = Route(before.lanes, Path(stops), before.starts)
    points = _placed(lane.path.position(at), float(lane.path.heading(at)), 0.0, turn)
    out = network.route((other.lane.index, *lead_out(network, other.lane.index, _OUT, rng)))
    along = np.arange(0.0, other.lane.length, 0.25)
    nearest = np.argmin(((other.lane.path.position(along)[:, :2] - points[-1, :2]) ** 2).sum(axis=1))
    rest = float(along[int(nearest)]) + 1.0
    if rest + 20.0 > other.lane.length:
        raise NoCourseError("the lane back is too short")
    return _joined(network, route, points, out, rest, 0.0, frozenset({lane.index, other.lane.index}))


def _joined(
    network: Network, route: Route, points: FloatArray, out: Route, rest: float, level: float, cut: frozenset[int]
) -> TurnBack:
    """The way of a route, a turn (N, 3), and another route from `rest` metres along it on."""
    beyond = out.path.points[out.path.distances > rest + 0.1]
    onto = out.path.position(rest)
    points[:, 2] = np.linspace(route.path.points[-1, 2], onto[2], len(points))
    whole = np.concatenate([route.path.points, points, beyond if cut else out.path.points[1:]])
    whole = whole[np.concatenate([[True], np.hypot(*np.diff(whole[:, :2], axis=0).T) > 0.05])]
    first = route.path.length + level
    last = first + float(np.hypot(*np.diff(points[:, :2], axis=0).T).sum())
    enters = last + float(np.hypot(*(onto - points[-1])[:2]))
    starts = np.maximum(out.starts - rest + enters, enters)
    joined = Route((*route.lanes, *out.lanes), Path(whole), np.concatenate([route.starts, starts]))
    return TurnBack(Way(network, joined, Rail.along(whole), cut), first, last, enters)


@lru_cache(4096)
def turns_in_junction(network: Network, index: int) -> tuple[tuple[float, FloatArray], ...]:
    """Turns back from a lane's end that stay on the road: metres into the junction at which each begins, its line."""
    lane = network.lanes[index]
    other = oncoming(network, lane)
    assert other is not None
    start, heading = lane.path.points[-1], float(lane.path.heading(lane.length))
    along, aside = _seen_from(start, heading, other.lane.path.points[0])
    tries = []
    for swing_in, swing_out in _SWINGS:
        for radius in _RADII:
            turn = _loop(aside, radius, swing_in, swing_out)
            tries += [(level, turn) for level in _LEVELS if level + turn[-1, 0] > along + 0.5]
    fits = _paved(network, [_placed(start, heading, level, turn) for level, turn in tries], _FRINGE)
    return tuple(one for one, fine in zip(tries, fits, strict=True) if fine)


def turns_on_road(network: Network, index: int, at: float) -> tuple[FloatArray, ...]:
    """Lines of turns back from a place on a lane that stay on the road."""
    lane = network.lanes[index]
    other = oncoming(network, lane)
    assert other is not None
    start, heading = lane.path.position(at), float(lane.path.heading(at))
    tries = [_loop(other.offset, radius, *swings) for swings in _SWINGS for radius in _RADII]
    fits = _paved(network, [_placed(start, heading, 0.0, turn) for turn in tries], 0.0)
    return tuple(one for one, fine in zip(tries, fits, strict=True) if fine)


def _paved(network: Network, lines: list[FloatArray], fringe: float) -> list[bool]:
    """Whether cars on some lines (N, 3) keep their corners where one can drive."""
    if not lines:
        return []
    sides = [_sides(line) for line in lines]
    found = network.road_map.locate(np.concatenate(sides)).strip_index
    strips = network.road_map.strips()
    kinds = np.array([1 if index < 0 else 0 if strips[index].type in _DRIVABLE else 2 for index in found.tolist()])
    per_line = np.split(kinds, np.cumsum([len(points) for points in sides])[:-1])
    return [bool(not (kind == 2).any() and kind.mean() <= fringe) for kind in per_line]


def _seen_from(start: FloatArray, heading: float, point: FloatArray) -> tuple[float, float]:
    """Metres ahead and to the left of a place at which a point is."""
    offset = point - start
    c, s = np.cos(heading), np.sin(heading)
    return float(offset[0] * c + offset[1] * s), float(offset[1] * c - offset[0] * s)


def _placed(start: FloatArray, heading: float, level: float, turn: FloatArray) -> FloatArray:
    """(N, 3) a turn's line in the world, at the height of its start."""
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
