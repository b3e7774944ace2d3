"""`Streets`: what detectors need to know of a map, worked out once per map and kept."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from roadmark.events.stop_lines import stop_areas
from roadmark.geometry import FloatArray
from roadmark.maps import GovernedLane, LaneStrip, RoadLink, RoadMap

BoolArray = NDArray[np.bool_]

DRIVING = frozenset({"driving", "bidirectional", "entry", "exit", "onRamp", "offRamp", "connectingRamp", "bus", "taxi",
                     "HOV"})  # fmt: skip
"""Lane types that vehicles drive along."""

SHORT_ROAD = 15.0
"""Metres: roads below may lie between two look-ups of a lane."""

Lights = list[tuple[GovernedLane, str]]

Way = tuple[str, int]
"""A road and the direction in which it is driven: +1 along increasing s, else -1."""


@dataclass(frozen=True, eq=False)
class Streets:
    """Facts of a map's lanes; arrays by strip have one more entry at the end, which stands for no lane."""

    road_map: RoadMap

    @cached_property
    def strips(self) -> list[LaneStrip]:
        """The map's lanes."""
        return self.road_map.strips()

    @cached_property
    def drives(self) -> BoolArray:
        """(strips + 1,) whether vehicles drive along a lane."""
        return np.array([strip.type in DRIVING for strip in self.strips] + [False], dtype=bool)

    @cached_property
    def inside(self) -> BoolArray:
        """(strips + 1,) whether a lane belongs to a junction."""
        return np.array([strip.junction is not None for strip in self.strips] + [False], dtype=bool)

    @cached_property
    def both_ways(self) -> BoolArray:
        """(strips + 1,) whether traffic may drive a lane in both directions."""
        return np.array([self._is_both_ways(strip) for strip in self.strips] + [False], dtype=bool)

    @cached_property
    def stop_areas(self) -> list[tuple[FloatArray, float]]:
        """See `stop_lines.stop_areas`."""
        return stop_areas(self.road_map)

    @cached_property
    def held_lanes(self) -> list[list[tuple[GovernedLane, str]]]:
        """Lanes that lights govern, each with its signal's id; those that begin at one place together."""
        groups: list[Lights] = []
        places: list[tuple[float, float, float]] = []
        for signal in self.road_map.signals:
            for lane in self.road_map.governed_lanes(signal) if signal.dynamic else ():
                x, y, heading = float(lane.point[0]), float(lane.point[1]), lane.heading
                for group, (gx, gy, gh) in zip(groups, places, strict=True):
                    if abs(x - gx) + abs(y - gy) < 1.0 and np.cos(heading - gh) > 0.7:
                        group.append((lane, signal.id))
                        break
                else:
                    groups.append([(lane, signal.id)])
                    places.append((x, y, heading))
        return groups

    @cached_property
    def connections(self) -> dict[tuple[str, int], set[Way]]:
        """Ways that a junction lets a lane (road, lane id) go on to."""
        found: dict[tuple[str, int], set[Way]] = defaultdict(set)
        for junction in self.road_map.junctions.values():
            for link in junction.connections:
                road = self.road_map.road_geometry.get(link.connecting_road)
                end = None if road is None else road.successor if link.contact_point != "end" else road.predecessor
                if end is not None and end.kind == "road":
                    for lane, _ in link.lane_links:
                        found[link.incoming_road, lane].add(_way_into(end))
        return dict(found)

    def reachable(self, way: Way, lanes: set[int]) -> set[Way] | None:
        """Ways that traffic on some lanes of a way may come to next, through short roads; None where unknown."""
        first = {end for lane in lanes for end in self.connections.get((way[0], lane), ())} | self._joined(way)
        if not first:
            return None
        found, waiting = set(first), list(first)
        while waiting:
            following = waiting.pop()
            road = self.road_map.road_geometry.get(following[0])
            if road is None or road.length > SHORT_ROAD or not road.sections:
                continue
            section = road.sections[-1 if following[1] > 0 else 0]
            along = [lane for lane in section.lanes if lane and road.lane_direction(lane, section) == following[1]]
            ends = {end for lane in along for end in self.connections.get((road.id, lane), ())}
            for further in (ends | self._joined(following)) - found:
                found.add(further)
                waiting.append(further)
        return found

    def _joined(self, way: Way) -> set[Way]:
        """The way that a way goes on as without a junction, if any."""
        road = self.road_map.road_geometry.get(way[0])
        end = None if road is None else road.successor if way[1] > 0 else road.predecessor
        return {_way_into(end)} if end is not None and end.kind == "road" else set()

    def _is_both_ways(self, strip: LaneStrip) -> bool:
        if strip.type == "bidirectional":
            return True
        lanes = self.road_map.road_geometry[strip.key.road].sections[strip.key.section].lanes
        return strip.key.lane in lanes and lanes[strip.key.lane].direction == "both"


def _way_into(end: RoadLink) -> Way:
    """The way that begins at a linked road's contact."""
    return end.id, -1 if end.contact == "end" else 1


@lru_cache(maxsize=4)
def streets_of(road_map: RoadMap) -> Streets:
    """The streets of a map; those of the last few maps are kept."""
    return Streets(road_map)
