"""The line each walker follows: a way through the graph of sidewalks, a little to the right of its middle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from roadmark.geometry import FloatArray
from roadmark.traffic.sidewalks import SidewalkGraph, Walkway

STEP: Final = 0.25
"""Metres between two points of a walker's line."""
MARGIN: Final = 0.35
"""Metres that lines keep from the edge of a walkway."""
DODGE: Final = 1.2
"""Metres that walkers leave their line at most, to pass each other."""
_KEEP_RIGHT, _FARTHEST = 0.45, 2.0  # metres right of the middle, at least and at most
_CROSSING_SHARE = 0.45  # of those who come by a crosswalk
_ROUND = 5  # points of the mean that rounds corners
_TURNING = 0.35  # radians from which two legs meet at a corner


class Leg(NamedTuple):
    """A part of a walkway: from one of its points to another, in walking direction."""

    way: int
    first: int
    last: int


class Wait(NamedTuple):
    """Where a line meets a crosswalk: metres along it at the kerb, and where it is over."""

    crosswalk: int
    kerb: float
    over: float


@dataclass(frozen=True, eq=False)
class WalkerPath:
    """A walker's line.

    Attributes:
        points: (N, 3) world metres, `STEP` apart in plan.
        room: (N, 2) metres that may be walked to the right (negative) and left of it.
        waits: Crosswalks on it.
    """

    points: FloatArray
    room: FloatArray
    waits: tuple[Wait, ...]


def draw_route(graph: SidewalkGraph, start: Leg, length: float, rng: np.random.Generator) -> list[Leg]:
    """Legs from a first one on until they are long enough; people turn back where nothing goes on."""
    legs = [start]
    remaining = length - _length(graph, start)
    while remaining > 0.0:
        way, node = legs[-1].way, _end_node(graph, legs[-1])
        choices = [(index, end) for index, end in graph.at[node] if index != way]
        crossings = [one for one in choices if graph.walkways[one[0]].crosswalk is not None]
        pavements = [one for one in choices if graph.walkways[one[0]].crosswalk is None]
        crosses = bool(crossings) and (not pavements or rng.random() < _CROSSING_SHARE)
        options = crossings if crosses else pavements
        if options:
            chosen, end = options[int(rng.integers(len(options)))]
        else:
            chosen, end = way, graph.walkways[way].nodes.index(node)
        last = len(graph.walkways[chosen].points) - 1
        legs.append(Leg(chosen, 0, last) if end == 0 else Leg(chosen, last, 0))
        remaining -= graph.walkways[chosen].length
    return legs


def walker_path(graph: SidewalkGraph, legs: Sequence[Leg], aside: float) -> WalkerPath | None:
    """The line along some legs.

    Args:
        graph: The sidewalks.
        legs: Each begins where the one before ends.
        aside: How far right, from 0 (so far that those who come the other way pass) to 1 (by the edge).

    Returns:
        The line; None where the legs have no length.
    """
    rows = [_leg_rows(graph.walkways[leg.way], leg, aside) for leg in legs]
    before = 0.0
    parts = []
    waits: list[tuple[int, float, float]] = []
    for number, (leg, row) in enumerate(zip(legs, rows, strict=True)):
        way = graph.walkways[leg.way]
        length = abs(float(way.distances[leg.last] - way.distances[leg.first]))
        head = _trim(rows[number - 1], row, length) if number else 0.0
        tail = _trim(row, rows[number + 1], length) if number + 1 < len(rows) else 0.0
        along = row[:, 5]
        kept = row[(along >= head) & (along <= length - tail)].copy()
        kept[:, 5] += before
        parts.append(kept)
        if way.crosswalk is not None:
            ends = sorted(abs(kerb - float(way.distances[leg.first])) for kerb in way.kerbs)
            waits.append((way.crosswalk, before + ends[0], before + ends[1]))
        before += length
    return _smooth(np.concatenate(parts), waits)


def _leg_rows(way: Walkway, leg: Leg, aside: float) -> FloatArray:
    """(N, 6) x, y, z, room right and left, metres along the leg."""
    step = 1 if leg.last >= leg.first else -1
    index = np.arange(leg.first, leg.last + step, step)
    half = way.half_width[index]
    free = np.maximum(half - MARGIN, 0.0)
    least = _KEEP_RIGHT * np.minimum(free, 1.0)
    offset = least + aside * (np.minimum(free, _FARTHEST) - least)
    rows = np.empty((len(index), 6))
    rows[:, :2] = way.points[index, :2] - way.normals[index] * (step * offset)[:, None]
    rows[:, 2] = way.points[index, 2]
    rows[:, 3] = -np.minimum(np.maximum(free - offset, 0.0), DODGE)
    rows[:, 4] = np.minimum(free + offset, DODGE)
    rows[:, 5] = np.abs(way.distances[index] - way.distances[leg.first])
    return rows


def _trim(before: FloatArray, after: FloatArray, length: float) -> float:
    """Metres to leave out on both sides of a corner, so that its inner side has no loop."""
    if len(before) < 2 or len(after) < 2:
        return 0.0
    one, two = before[-1, :2] - before[-2, :2], after[1, :2] - after[0, :2]
    turn = abs(np.arctan2(one[0] * two[1] - one[1] * two[0], float(one @ two)))
    if turn < _TURNING:
        return 0.0
    shift = float(np.hypot(*(after[0, :2] - before[-1, :2])))
    return min(0.75 * shift + 0.5, 0.45 * length)


def _smooth(rows: FloatArray, waits: Sequence[tuple[int, float, float]]) -> WalkerPath | None:
    """Evenly spaced points with rounded corners."""
    steps = np.hypot(*np.diff(rows[:, :2], axis=0).T)
    rows = rows[np.concatenate([[True], steps > 1e-6])]
    for _ in range(2):
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(rows[:, :2], axis=0).T))])
        if along[-1] < 2.0 * STEP:
            return None
        at = np.arange(0.0, along[-1], STEP)
        rows = np.stack([np.interp(at, along, rows[:, column]) for column in range(6)], axis=1)
        if len(rows) > _ROUND:
            rows[:, :2] = _rounded(_rounded(rows[:, :2]))
    found = tuple(
        Wait(crosswalk, float(np.interp(kerb, rows[:, 5], at)), float(np.interp(over, rows[:, 5], at)))
        for crosswalk, kerb, over in waits
    )
    return WalkerPath(rows[:, :3], rows[:, 3:5], found)


def _rounded(points: FloatArray) -> FloatArray:
    """(N, 2) each point the mean of its neighbours; both ends stay."""
    half = _ROUND // 2
    total = np.cumsum(np.concatenate([np.zeros((1, 2)), points]), axis=0)
    rounded = points.copy()
    rounded[half:-half] = (total[_ROUND:] - total[:-_ROUND]) / _ROUND
    return rounded


def _length(graph: SidewalkGraph, leg: Leg) -> float:
    distances = graph.walkways[leg.way].distances
    return abs(float(distances[leg.last] - distances[leg.first]))


def _end_node(graph: SidewalkGraph, leg: Leg) -> int:
    way = graph.walkways[leg.way]
    return way.nodes[1] if leg.last >= leg.first else way.nodes[0]
