"""How lanes hang together: which goes on from which, which lie side by side, where marks allow to change."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from roadmark.maps import Lane, LaneKey, LaneStrip, Road, RoadMap, RoadMark
from roadmark.traffic.paths import Path

_JOIN = 0.5  # metres between a lane's end and the next one's start at most
_BEND = math.radians(45.0)  # by which they may differ in heading
_MOST = 0.6  # share of a lane's length over which marks must allow a change


def lane_links(
    road_map: RoadMap, paths: Mapping[LaneKey, Path], strips: Mapping[LaneKey, LaneStrip]
) -> dict[LaneKey, list[LaneKey]]:
    """The lanes that go on from each lane: linked in the file, and really joined."""
    after: dict[LaneKey, list[LaneKey]] = {key: [] for key in paths}
    for one, other in _linked(road_map):
        if one in paths and other in paths:
            for first, second in ((one, other), (other, one)):
                if second not in after[first] and _joins(paths[first], paths[second]):
                    after[first].append(second)
    order = {key: position for position, key in enumerate(strips)}
    return {key: sorted(found, key=order.__getitem__) for key, found in after.items()}


def _joins(first: Path, second: Path) -> bool:
    gap = second.points[0] - first.points[-1]
    bend = float(second.heading(0.0)) - float(first.heading(first.length))
    return float(np.linalg.norm(gap)) < _JOIN and abs(math.remainder(bend, math.tau)) < _BEND


def _linked(road_map: RoadMap) -> Iterator[tuple[LaneKey, LaneKey]]:
    """Pairs of lanes that the file links, in any order."""
    roads = road_map.road_geometry
    for road in roads.values():
        for index, section in enumerate(road.sections):
            for lane in section.lanes.values():
                key = LaneKey(road.id, index, lane.id)
                for forward, other in ((False, lane.predecessor), (True, lane.successor)):
                    if other is not None:
                        yield from ((key, found) for found in _other_end(roads, road, index, other, forward=forward))
    for junction in road_map.junctions.values():
        for way in junction.connections:
            incoming, connecting = roads.get(way.incoming_road), roads.get(way.connecting_road)
            if incoming is None or connecting is None or not incoming.sections or not connecting.sections:
                continue
            entry = 0 if way.contact_point == "start" else len(connecting.sections) - 1
            for end in {0, len(incoming.sections) - 1}:
                for one, other in way.lane_links:
                    yield LaneKey(incoming.id, end, one), LaneKey(connecting.id, entry, other)


def _other_end(roads: Mapping[str, Road], road: Road, index: int, lane: int, *, forward: bool) -> Iterator[LaneKey]:
    """The lane of an id in the next section, or at the linked end of the next road."""
    beside = index + (1 if forward else -1)
    if 0 <= beside < len(road.sections):
        yield LaneKey(road.id, beside, lane)
        return
    link = road.successor if forward else road.predecessor
    if link is not None and link.kind == "road" and link.id in roads and roads[link.id].sections:
        yield LaneKey(link.id, 0 if link.contact == "start" else len(roads[link.id].sections) - 1, lane)


def beside(strips: Mapping[LaneKey, LaneStrip], strip: LaneStrip, side: int) -> LaneKey | None:
    """The lane of the same direction and type to the left (+1) or right (-1) as traffic sees it."""
    lane = strip.key.lane + side * strip.direction
    if lane == 0:
        lane += side * strip.direction
    key = LaneKey(strip.key.road, strip.key.section, lane)
    other = strips.get(key)
    if other is None or other.direction != strip.direction or other.type != strip.type:
        return None
    return key


def may_change(road_map: RoadMap, key: LaneKey, other: LaneKey) -> bool:
    """Whether the marks between two neighbours allow to go from the first to the second over most of their length."""
    road = road_map.road_geometry[key.road]
    section = road.sections[key.section]
    boundary = section.lanes.get(0 if key.lane * other.lane < 0 else min(key.lane, other.lane, key=abs))
    if boundary is None:
        return False
    outward = abs(other.lane) > abs(key.lane)
    increasing = other.lane > key.lane  # towards higher t, as `lane_change` counts
    allowed = 0.0
    for start, end, mark in _stretches(boundary, section.s, section.end):
        if _allows(mark.kind, mark.lane_change, outward=outward, increasing=increasing):
            allowed += end - start
    return allowed > _MOST * (section.end - section.s)


def _stretches(lane: Lane, first: float, last: float) -> Iterator[tuple[float, float, RoadMark]]:
    for index, mark in enumerate(lane.marks):
        end = lane.marks[index + 1].s if index + 1 < len(lane.marks) else last
        yield max(mark.s, first), min(end, last), mark


def _allows(kind: str, rule: str, *, outward: bool, increasing: bool) -> bool:
    """Whether a mark may be crossed; double marks name the line nearer the road's middle first."""
    if kind in ("broken", "broken_broken", "botts_dots"):
        return True
    if kind in ("solid_broken", "broken_solid"):
        return (kind == "broken_solid") == outward
    if kind == "none":
        return rule in ("both", "increase" if increasing else "decrease")
    return False
