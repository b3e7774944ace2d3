"""`Streets`: what detectors need to know of a map, worked out once per map and kept."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from roadmark.events.stop_lines import stop_areas
from roadmark.geometry import FloatArray
from roadmark.maps import GovernedLane, LaneStrip, RoadMap

BoolArray = NDArray[np.bool_]

DRIVING = frozenset({"driving", "bidirectional", "entry", "exit", "onRamp", "offRamp", "connectingRamp", "bus", "taxi",
                     "HOV"})  # fmt: skip
"""Lane types that vehicles drive along."""

SHORT_ROAD = 15.0
"""Metres: roads below may lie between two look-ups of a lane."""

Lights = list[tuple[GovernedLane, str]]


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
    def connections(self) -> dict[tuple[str, int], set[str]]:
        """Roads that a junction lets a lane (road, lane id) go on to."""
        found: dict[tuple[str, int], set[str]] = defaultdict(set)
        for junction in self.road_map.junctions.values():
            for link in junction.connections:
                road = self.road_map.road_geometry.get(link.connecting_road)
                end = None if road is None else road.successor if link.contact_point != "end" else road.predecessor
                if end is not None:
                    for lane, _ in link.lane_links:
                        found[link.incoming_road, lane].add(end.id)
        return dict(found)

    def reachable(self, road: str, lanes: set[int]) -> set[str] | None:
        """Roads that traffic on some lanes of a road may come to next, through short roads; None where unknown."""
        first = {name for lane in lanes for name in self.connections.get((road, lane), ())} | self._joined(road)
        if not first:
            return None
        found, waiting = set(first), list(first)
        while waiting:
            name = waiting.pop()
            geometry = self.road_map.road_geometry.get(name)
            if geometry is None or geometry.length > SHORT_ROAD:
                continue
            following = {end for (start, _), ends in self.connections.items() if start == name for end in ends}
            for further in (following | self._joined(name)) - found:
                found.add(further)
                waiting.append(further)
        return found

    def _joined(self, road: str) -> set[str]:
        """Roads that a road joins without a junction."""
        geometry = self.road_map.road_geometry.get(road)
        ends = () if geometry is None else (geometry.predecessor, geometry.successor)
        return {end.id for end in ends if end is not None and end.kind == "road"}

    def _is_both_ways(self, strip: LaneStrip) -> bool:
        if strip.type == "bidirectional":
            return True
        lanes = self.road_map.road_geometry[strip.key.road].sections[strip.key.section].lanes
        return strip.key.lane in lanes and lanes[strip.key.lane].direction == "both"


@lru_cache(maxsize=4)
def streets_of(road_map: RoadMap) -> Streets:
    """The streets of a map; those of the last few maps are kept."""
    return Streets(road_map)
