"""`build_network`: a road map's lanes become a `Network`."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from roadmark.maps import LaneKey, LaneStrip, RoadMap
from roadmark.traffic.conflicts import junction_conflicts
from roadmark.traffic.links import beside, lane_links, may_change
from roadmark.traffic.network import Conflict, Network, NetworkLane, Turn
from roadmark.traffic.paths import STEP, Path, apart
from roadmark.traffic.stops import (
    Sign,
    governing,
    lane_crossings,
    lights_before_junctions,
    limit_of,
    speed_limits,
    stop_line,
)

DRIVEN = frozenset(
    {"driving", "bidirectional", "entry", "exit", "onRamp", "offRamp", "connectingRamp", "bus", "taxi", "HOV"}
)
"""Lane types that cars drive."""
CYCLED = frozenset({"biking"})
"""Lane types that only cyclists ride."""
_SHORTEST = 0.1  # metres: shorter lanes are seams
_STRAIGHT, _BACK = math.radians(30.0), math.radians(150.0)  # of turning in a junction


def build_network(road_map: RoadMap) -> Network:
    """The lanes of a map as a graph.

    Args:
        road_map: The map; lanes of the types in `DRIVEN` and `CYCLED` are taken.

    Returns:
        The network; empty for a map without such lanes.
    """
    strips = {s.key: s for s in road_map.strips() if s.type in DRIVEN | CYCLED and s.length > _SHORTEST}
    paths = {key: lane_path(road_map, strip) for key, strip in strips.items()}
    index = {key: position for position, key in enumerate(strips)}
    after = lane_links(road_map, paths, strips)
    before: dict[LaneKey, list[LaneKey]] = defaultdict(list)
    for key, successors in after.items():
        for successor in successors:
            before[successor].append(key)
    turns = {key: _turn(key, strips, paths, after, before) for key in strips}
    limits = _limits(road_map, strips, before)
    governs = _with_ways(governing(road_map), strips, after)
    lights_at = lights_before_junctions(road_map, paths)
    conflicts = _conflicts(strips, paths, index, after, before)
    lanes = []
    for key, strip in strips.items():
        sides = {side: beside(strips, strip, side) for side in (1, -1)}
        open_road = strip.junction is None
        width = float(np.hypot(*(strip.left - strip.right)[:, :2].T).mean())
        crossings = lane_crossings(paths[key], width, road_map.crosswalks)
        length = paths[key].length
        ways = [governs[way] for way in after[key] if strips[way].junction is not None and way in governs]
        light = governs.get(key, ("", None))[1] if not open_road else None
        lanes.append(
            NetworkLane(
                index=index[key],
                key=key,
                type=strip.type,
                path=paths[key],
                width=width,
                speed_limit=limits[key],
                junction=strip.junction,
                turn=turns[key],
                successors=tuple(index[way] for way in after[key]),
                predecessors=tuple(index[way] for way in before[key]),
                left=None if sides[1] is None else index[sides[1]],
                right=None if sides[-1] is None else index[sides[-1]],
                may_change_left=open_road and sides[1] is not None and may_change(road_map, key, sides[1]),
                may_change_right=open_road and sides[-1] is not None and may_change(road_map, key, sides[-1]),
                stop_line=stop_line(length, crossings, iter(ways), lights_at.get(key)) if open_road else None,
                conflicts=tuple(conflicts[key]),
                crossings=crossings,
                signal=light,
            )
        )
    return Network(road_map, tuple(lanes), tuple(walk.outline for walk in road_map.crosswalks))


def _with_ways(
    governs: Mapping[LaneKey, tuple[Sign, str | None]],
    strips: Mapping[LaneKey, LaneStrip],
    after: Mapping[LaneKey, list[LaneKey]],
) -> dict[LaneKey, tuple[Sign, str | None]]:
    """What governs each lane: a light or sign of a lane before a junction governs its ways through it, too."""
    entered = {
        way: governs[key]
        for key in strips
        if key in governs and strips[key].junction is None
        for way in after[key]
        if strips[way].junction is not None
    }
    return entered | dict(governs)


def lane_path(road_map: RoadMap, strip: LaneStrip) -> Path:
    """A lane's centre line in driving direction: points of the road itself every half metre, not of its chords."""
    road = road_map.road_geometry[strip.key.road]
    section = road.sections[strip.key.section]
    s = np.linspace(strip.s[0], strip.s[-1], max(math.ceil(strip.length / STEP), 1) + 1)
    edges = road.lane_edges(section, s)
    nearer = [k for k in edges if k == 0 or (k * strip.key.lane > 0 and abs(k) < abs(strip.key.lane))]
    points = road.surface(s, 0.5 * (edges[strip.key.lane] + edges[max(nearer, key=abs)]))
    points[:, 2] = np.interp(s, strip.s, strip.center[:, 2])
    return Path(np.ascontiguousarray(apart(points[:: strip.direction])))


def _turn(
    key: LaneKey,
    strips: Mapping[LaneKey, LaneStrip],
    paths: Mapping[LaneKey, Path],
    after: Mapping[LaneKey, list[LaneKey]],
    before: Mapping[LaneKey, list[LaneKey]],
) -> Turn:
    """Which way the whole way through the junction turns, of which a lane is a part."""
    junction = strips[key].junction
    if junction is None:
        return "none"

    def end(links: Mapping[LaneKey, list[LaneKey]]) -> LaneKey:
        at = key
        for _ in range(len(strips)):
            further = [lane for lane in links.get(at, ()) if lane.road == key.road]
            if not further:
                break
            at = further[0]
        return at

    first, last = paths[end(before)], paths[end(after)]
    bend = math.remainder(float(last.heading(last.length)) - float(first.heading(0.0)), math.tau)
    if abs(bend) < _STRAIGHT:
        return "straight"
    if abs(bend) > _BACK:
        return "u_turn"
    return "left" if bend > 0.0 else "right"


def _limits(
    road_map: RoadMap, strips: Mapping[LaneKey, LaneStrip], before: Mapping[LaneKey, list[LaneKey]]
) -> dict[LaneKey, float]:
    """m/s by lane; lanes without a limit of their own keep that of where their traffic comes from."""
    given = speed_limits(road_map, strips)
    limits = {}
    for key in strips:
        at, steps = key, 0
        while at not in given and before.get(at) and steps < 8:
            at, steps = before[at][0], steps + 1
        limits[key] = limit_of(given.get(at))
    return limits


def _conflicts(
    strips: Mapping[LaneKey, LaneStrip],
    paths: Mapping[LaneKey, Path],
    index: Mapping[LaneKey, int],
    after: Mapping[LaneKey, list[LaneKey]],
    before: Mapping[LaneKey, list[LaneKey]],
) -> dict[LaneKey, list[Conflict]]:
    junctions: dict[str, list[int]] = defaultdict(list)
    for key, strip in strips.items():
        if strip.junction is not None:
            junctions[strip.junction].append(index[key])
    keys = list(strips)
    by_index = {index[key]: paths[key] for key in keys}
    backward = {index[key]: [index[k] for k in before.get(key, ())] for key in keys}
    forward = {index[key]: [index[k] for k in after[key]] for key in keys}
    found: dict[LaneKey, list[Conflict]] = {key: [] for key in keys}
    for lanes in junctions.values():
        for lane, conflicts in junction_conflicts(lanes, by_index, backward, forward).items():
            found[keys[lane]] = conflicts
    return found
