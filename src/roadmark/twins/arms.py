"""The roads that lead into a map's junctions, and where along roads a place lies."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from roadmark.maps import Road, RoadMap

Array = NDArray[np.float64]

_STEP: Final = 1.0  # metres between points of a reference line
_SAME: Final = 0.5  # metres between ends of the two directions of a street
_KERBED: Final = frozenset({"driving", "shoulder", "biking", "bus", "parking", "stop"})


@dataclass(frozen=True, eq=False)
class Arm:
    """Traffic of a road that drives into a junction.

    Attributes:
        road: The road.
        forward: Whether it drives along increasing s, on lanes of negative ids, into the junction at the road's end.
        junction: Id of the junction.
        lanes: Ids of its lanes that cars drive there, innermost first.
        heading: Of its traffic there, radians.
    """

    road: Road
    forward: bool
    junction: str
    lanes: tuple[int, ...]
    heading: float

    def s(self, before: float) -> float:
        """Distance along the road at which so many metres are left to the junction, at most half the road."""
        before = min(before, self.road.length / 2.0)
        return self.road.length - before if self.forward else before

    def left(self, s: float) -> float:
        """Metres left to the junction at a distance along the road."""
        return self.road.length - s if self.forward else s


def incoming_arms(road_map: RoadMap) -> dict[str, list[Arm]]:
    """The arms of every junction whose traffic drives in."""
    found: dict[str, list[Arm]] = defaultdict(list)
    for road in road_map.road_geometry.values():
        if road.junction is not None:
            continue
        for forward, link in ((True, road.successor), (False, road.predecessor)):
            if link is None or link.kind != "junction":
                continue
            section = road.sections[-1 if forward else 0]
            sign = -1 if forward else 1
            driving = (k for k, lane in section.lanes.items() if k * sign > 0 and lane.type == "driving")
            lanes = tuple(sorted(driving, key=abs))
            if lanes:
                heading = float(road.heading(np.array([road.length if forward else 0.0]))[0])
                heading += 0.0 if forward else math.pi
                found[link.id].append(Arm(road, forward, link.id, lanes, heading))
    return dict(found)


def leg_count(road_map: RoadMap, junction: str) -> int:
    """How many streets meet at a junction; the two directions of one count once."""
    ends: list[Array] = []
    for road in road_map.road_geometry.values():
        if road.junction is not None:
            continue
        for link, s in ((road.predecessor, 0.0), (road.successor, road.length)):
            if link is not None and link.kind == "junction" and link.id == junction:
                x, y, *_ = road.plan.evaluate(np.array([s]))
                place = np.array([x[0], y[0]])
                if not any(math.hypot(*(place - other)) < _SAME for other in ends):
                    ends.append(place)
    return len(ends)


def kerb(road: Road, s: float, side: int) -> float:
    """Metres from the reference line to the outermost kerb on the left (+1) or right (-1); 0 without lanes there."""
    section = road.sections[road.section_at(s)]
    edges = road.lane_edges(section, np.array([s]))
    there = [abs(float(edges[k][0])) for k, lane in section.lanes.items() if k * side > 0 and lane.type in _KERBED]
    return max(there, default=0.0)


def opposite_roads(road_map: RoadMap) -> dict[str, str]:
    """The other direction of each street that is two roads on one line, by road id."""
    ends: dict[str, tuple[Array, Array]] = {}
    for road in road_map.road_geometry.values():
        if road.junction is None:
            x, y, *_ = road.plan.evaluate(np.array([0.0, road.length]))
            ends[road.id] = (np.array([x[0], y[0]]), np.array([x[1], y[1]]))
    by_place: dict[tuple[int, int], list[str]] = defaultdict(list)
    for road_id, (start, _) in ends.items():
        by_place[_cell(start)].append(road_id)
    found: dict[str, str] = {}
    for road_id, (start, end) in ends.items():
        column, row = _cell(end)
        near = [other for i in (-1, 0, 1) for j in (-1, 0, 1) for other in by_place.get((column + i, row + j), ())]
        for other in near:
            other_start, other_end = ends[other]
            length = road_map.road_geometry[road_id].length - road_map.road_geometry[other].length
            if (
                other != road_id
                and math.hypot(*(other_start - end)) < _SAME
                and math.hypot(*(other_end - start)) < _SAME
                and abs(length) < _SAME
            ):
                found[road_id] = other
    return found


def _cell(place: Array) -> tuple[int, int]:
    return math.floor(float(place[0])), math.floor(float(place[1]))


class RoadLines:
    """The reference lines of some roads, for finding what is near them."""

    def __init__(self, roads: Sequence[Road]) -> None:
        """Sample the lines every metre."""
        self.roads = list(roads)
        stations = [np.linspace(0.0, road.length, max(math.ceil(road.length / _STEP), 1) + 1) for road in self.roads]
        places = [np.stack(road.plan.evaluate(s)[:2], axis=1) for road, s in zip(self.roads, stations, strict=True)]
        self._owner = np.repeat(np.arange(len(stations)), [len(s) for s in stations])
        self._s = np.concatenate([*stations, np.zeros(0)])
        self._places = np.concatenate([*places, np.zeros((0, 2))])

    def near(self, place: ArrayLike, reach: float) -> Mapping[str, tuple[float, float]]:
        """Distance along each road within reach of a place (2,), and metres from the place to its line."""
        if not len(self._places):
            return {}
        gap = np.linalg.norm(self._places - np.asarray(place, dtype=np.float64), axis=1)
        close = np.flatnonzero(gap < reach)
        found: dict[str, tuple[float, float]] = {}
        for index in close[np.argsort(gap[close], kind="stable")].tolist():
            road = self.roads[int(self._owner[index])]
            found.setdefault(road.id, (float(self._s[index]), float(gap[index])))
        return found
