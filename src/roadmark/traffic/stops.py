"""Where traffic waits: lights, stop and yield signs, crosswalks, and how fast it may go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import FloatArray
from roadmark.maps import Crosswalk, LaneKey, LaneStrip, RoadMap, Signal
from roadmark.traffic.limits import DEFAULT_SPEED_LIMIT, LOWEST_SPEED_LIMIT
from roadmark.traffic.network import LaneCrossing, StopLine
from roadmark.traffic.paths import Path

Sign = Literal["light", "stop", "yield"]

BEFORE_END = 1.1
"""Metres that fronts stay before the junction: behind the bar painted there."""
BEFORE_CROSSWALK = 1.5
"""Metres that fronts stay before a crosswalk's edge."""
BEFORE_LIGHT = 0.4
"""Metres that fronts stay before a light that stands on the lane's own road."""
_NEAR_END = 10.0  # metres before the junction within which a crosswalk or a light moves the stop line
_STEP = 0.25
_STOP, _YIELD, _SPEED = "206", "205", "274"  # types of the German catalogue, which OpenDRIVE writers use
_UNITS: Final = {"km/h": 1.0 / 3.6, "mph": 0.44704, "m/s": 1.0, "": 1.0 / 3.6}


def governing(road_map: RoadMap) -> dict[LaneKey, tuple[Sign, str | None]]:
    """What governs each lane that any light or sign names; a light wins over signs."""
    found: dict[LaneKey, tuple[Sign, str | None]] = {}
    for signal in road_map.signals:
        sign = _sign(signal)
        if sign is None:
            continue
        for lane in road_map.governed_lanes(signal):
            key = LaneKey(lane.road, lane.section, lane.lane)
            if key not in found or (sign == "light" and found[key][0] != "light"):
                found[key] = (sign, signal.id if sign == "light" else None)
    return found


def lights_before_junctions(road_map: RoadMap, paths: Mapping[LaneKey, Path]) -> dict[LaneKey, float]:
    """Metres along lanes (their paths) at which lights hold traffic that do not stand at a junction's entry."""
    found: dict[LaneKey, float] = {}
    for signal in road_map.signals:
        if not signal.dynamic:
            continue
        for lane in road_map.governed_lanes(signal):
            key = LaneKey(lane.road, lane.section, lane.lane)
            if key in paths and road_map.road_geometry[lane.road].junction is None:
                path = paths[key]
                at = float(path.distances[np.argmin(np.hypot(*(path.points - lane.point)[:, :2].T))])
                found[key] = min(at, found.get(key, at))
    return found


def _sign(signal: Signal) -> Sign | None:
    name = signal.name.lower()
    if signal.dynamic:
        return "light"
    if signal.type == _STOP or "sign_stop" in name:
        return "stop"
    if signal.type == _YIELD or "sign_yield" in name:
        return "yield"
    return None


def lane_crossings(path: Path, width: float, crosswalks: Sequence[Crosswalk]) -> tuple[LaneCrossing, ...]:
    """Crosswalks over a lane, by distance."""
    low, high = path.points[:, :2].min(axis=0) - 0.5 * width, path.points[:, :2].max(axis=0) + 0.5 * width
    near = [
        (index, walk)
        for index, walk in enumerate(crosswalks)
        if (walk.outline[:, :2].max(axis=0) > low).all() and (walk.outline[:, :2].min(axis=0) < high).all()
    ]
    if not near:
        return ()
    along = np.linspace(0.0, path.length, max(int(path.length / _STEP), 1) + 1)
    middle, heading = path.position(along), path.heading(along)
    aside = 0.4 * width * np.stack([-np.sin(heading), np.cos(heading)], axis=1)
    found = []
    for index, walk in near:
        level = np.abs(middle[:, 2] - walk.outline[:, 2].mean()) < 3.0
        lines = (middle[:, :2], middle[:, :2] + aside, middle[:, :2] - aside)
        on = level & np.any([inside(line, walk.outline[:, :2]) for line in lines], axis=0)
        if on.any():
            found.append(LaneCrossing(index, float(along[on][0]), float(along[on][-1])))
    return tuple(sorted(found, key=lambda one: one.first))


def inside(points: FloatArray, outline: FloatArray) -> NDArray[np.bool_]:
    """(N,) whether points (N, 2) are inside a polygon (M, 2), by the parity of edges passed."""
    start, end = outline, np.roll(outline, -1, axis=0)
    x, y = points[:, :1], points[:, 1:]
    over = (start[:, 1] > y) != (end[:, 1] > y)
    rise = end[:, 1] - start[:, 1]
    at = start[:, 0] + (y - start[:, 1]) * (end[:, 0] - start[:, 0]) / np.where(rise == 0.0, 1.0, rise)
    return np.asarray((over & (x < at)).sum(axis=1) % 2 == 1)


def stop_line(
    length: float,
    crossings: Sequence[LaneCrossing],
    ways: Iterator[tuple[Sign, str | None]],
    light_at: float | None = None,
) -> StopLine | None:
    """Where a lane's traffic waits before the junction at its end, None where nothing governs any of its ways on.

    Args:
        length: Of the lane, metres.
        crossings: Crosswalks over it.
        ways: What governs its ways on.
        light_at: Metres along the lane of a light that stands before the junction.
    """
    kinds = sorted(ways, key=lambda way: ("light", "stop", "yield").index(way[0]))
    if not kinds:
        return None
    at = length - BEFORE_END
    if light_at is not None and light_at > length - _NEAR_END:
        at = min(at, light_at - BEFORE_LIGHT)
    for crossing in reversed(crossings):
        if crossing.last > length - _NEAR_END:
            at = min(at, crossing.first - BEFORE_CROSSWALK)
    return StopLine(max(at, 0.0), kinds[0][1], kinds[0][0])


def speed_limits(road_map: RoadMap, strips: Mapping[LaneKey, LaneStrip]) -> dict[LaneKey, float]:
    """m/s on every lane outside junctions that has a limit: the lane's own, a sign's, or the road's."""
    limits: dict[LaneKey, float] = {}
    for key, strip in strips.items():
        road = road_map.road_geometry[key.road]
        middle = 0.5 * float(strip.s[0] + strip.s[-1])
        lane = road.sections[key.section].lanes[key.lane]
        own = [value for start, value in lane.speeds if start <= middle]
        value = own[-1] if own else road.speed_limit(middle)
        if value is not None and value > 0.0:
            limits[key] = value
    for signal in road_map.signals:
        if signal.type == _SPEED and signal.value and not signal.dynamic:
            for lane_at in road_map.governed_lanes(signal):
                key = LaneKey(lane_at.road, lane_at.section, lane_at.lane)
                limits[key] = signal.value * _UNITS.get(signal.unit, _UNITS[""])
    return limits


def limit_of(given: float | None) -> float:
    """The limit traffic keeps where the map gives a number, or none."""
    return max(given if given is not None else DEFAULT_SPEED_LIMIT, LOWEST_SPEED_LIMIT)
