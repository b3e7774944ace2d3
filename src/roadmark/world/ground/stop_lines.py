"""Stop lines where traffic lights or stop signs hold the traffic and the map paints none."""

from __future__ import annotations

import numpy as np

from roadmark.maps import LaneKey, LaneStrip, RoadMap
from roadmark.world.ground.zebras import Zebras
from roadmark.world.shape import Doubles

_WIDTH = 0.4
_INSET = 0.12  # from both sides of the lane
_BEFORE_END = 0.6  # of the lane, metres
_BEFORE_CROSSWALK = 1.0
_LOOK_BACK = 30.0  # how far before the lane's end a crosswalk matters
_STOP_SIGN = "206"
_NEAR_END = 8.0  # how near to the lane's end such a crosswalk must come


def stop_line_bars(road_map: RoadMap) -> Doubles:
    """Bars (N, 4, 3) across driving lanes that end at a light or stop sign, before the crosswalk there if any."""
    held = held_lanes(road_map)
    strips = {strip.key: strip for strip in road_map.strips()}
    zebras = Zebras(road_map.crosswalks)
    bars = []
    for strip in strips.values():
        drives = strip.type == "driving" and strip.junction is None
        if drives and (strip.key.road, strip.key.lane) in held and _at_road_end(road_map, strip):
            bars.append(_bar(_backwards(strips, strip), zebras))
    return np.array(bars, dtype=np.float64).reshape(-1, 4, 3)


def held_lanes(road_map: RoadMap) -> set[tuple[str, int]]:
    """Roads and their lanes into junctions that a light or stop sign holds, on any of their ways on."""
    into: dict[str, list[tuple[str, int, int]]] = {}
    for junction in road_map.junctions.values():
        for link in junction.connections:
            ways = into.setdefault(link.connecting_road, [])
            ways += [(link.incoming_road, origin, target) for origin, target in link.lane_links]
    held = set()
    for signal in road_map.signals:
        if not (signal.dynamic or signal.type == _STOP_SIGN):
            continue
        for lane in road_map.governed_lanes(signal):
            held.add((lane.road, lane.lane))
            held |= {(road, origin) for road, origin, target in into.get(lane.road, ()) if target == lane.lane}
    return held


def _at_road_end(road_map: RoadMap, strip: LaneStrip) -> bool:
    """Whether traffic on the lane leaves its road at the end of this strip."""
    sections = road_map.road_geometry[strip.key.road].sections
    return strip.key.section == (len(sections) - 1 if strip.direction > 0 else 0)


def _backwards(strips: dict[LaneKey, LaneStrip], strip: LaneStrip) -> Doubles:
    """Left, middle and right (3, N, 3) of a lane from where its traffic leaves it, against the traffic."""
    lines: list[Doubles] = []
    length = 0.0
    current: LaneStrip | None = strip
    while current is not None and length < _LOOK_BACK:
        edges = np.stack([current.left, current.center, current.right])
        if strip.direction > 0:
            edges = edges[:, ::-1]
        lines.append(edges if not lines else edges[:, 1:])
        length += float(np.linalg.norm(np.diff(current.center, axis=0), axis=1).sum())
        key = LaneKey(current.key.road, current.key.section - strip.direction, current.key.lane)
        current = strips.get(key)
    return np.concatenate(lines, axis=1)


def _bar(lane: Doubles, zebras: Zebras) -> Doubles:
    """A bar (4, 3) across a lane (left, middle, right: (3, N, 3)) given against its traffic."""
    step = np.linalg.norm(np.diff(lane[1], axis=0), axis=1)
    s = np.r_[0.0, np.cumsum(step)]
    known = np.r_[True, step > 1e-9]
    s, lane = s[known], lane[:, known]
    begin = _BEFORE_END
    for line in lane:
        for near, far in zebras.spans(line, s):
            if near < _NEAR_END and far < _LOOK_BACK:
                begin = max(begin, far + _BEFORE_CROSSWALK)
    begin = min(begin, max(float(s[-1]) - _WIDTH, 0.0))
    at = np.array([begin, begin + _WIDTH])
    left, right = (np.stack([np.interp(at, s, line[:, axis]) for axis in range(3)], axis=1) for line in lane[[0, 2]])
    inset = (right - left) / np.linalg.norm(right - left, axis=1, keepdims=True) * _INSET
    return np.array([(left + inset)[0], (right - inset)[0], (right - inset)[1], (left + inset)[1]])
