"""When a vehicle crossed its stop line: painted ones of the map, else a metre before the crosswalk, else the entry."""

from __future__ import annotations

import numpy as np

from roadmark.events.polygons import inside_polygon
from roadmark.events.thresholds import BEFORE_CROSSWALK
from roadmark.geometry import FloatArray
from roadmark.maps import RoadMap

_LINE_DEPTH = 0.5  # metres along the lane that an object without an outline covers
_NEAR = 10.0  # metres before an entry within which its own crosswalk or line comes; farther ones are another's
_BESIDE = 3.0  # metres between the middle of a stop line's lane and a vehicle's own


def stop_areas(road_map: RoadMap) -> list[tuple[FloatArray, float]]:
    """Outlines (N, 2) that a vehicle must not come onto on red, each with the metres to keep before it."""
    areas = [(crosswalk.outline[:, :2], BEFORE_CROSSWALK) for crosswalk in road_map.crosswalks]
    for thing in road_map.objects:
        if "stopline" not in thing.name.lower().replace("_", "").replace(" ", ""):
            continue
        if thing.outlines:
            areas += [(outline[:, :2], 0.0) for outline in thing.outlines if len(outline) > 2]
        else:
            areas.append((_line(thing.pose.translation, thing.pose.rotation, thing.width), 0.0))
    return areas


def crossing_time(
    areas: list[tuple[FloatArray, float]],
    fronts: FloatArray,
    times: FloatArray,
    frame: int,
    entered: float,
    reach: float,
) -> float:
    """When a front crossed the stop line that belongs to an entry.

    Args:
        areas: From `stop_areas`.
        fronts: (F, 2) course of the front.
        times: (F,) seconds.
        frame: The last frame before the entry.
        entered: Seconds at which the front crossed the entry.
        reach: Metres before the entry within which the line lies.

    Returns:
        Seconds, `entered` where the map has neither line nor crosswalk before the entry.
    """
    back = fronts[frame::-1]
    steps = np.hypot(*np.diff(back, axis=0).T)
    unknown = np.flatnonzero(~(steps >= 0.0))
    back = back[: unknown[0] + 1] if len(unknown) else back
    before = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(back, axis=0).T))])
    keep = before <= reach
    back, before = back[keep], before[keep]
    if len(back) < 2:
        return entered
    at = np.arange(0.0, before[-1], 0.1)
    points = np.stack([np.interp(at, before, back[:, axis]) for axis in (0, 1)], axis=1)
    line = 0.0
    for outline, margin in areas:
        if np.hypot(*(outline.mean(axis=0) - fronts[frame])) > reach + 30.0:
            continue
        on = np.flatnonzero(inside_polygon(points, outline))
        if len(on) and at[on[0]] <= _NEAR:
            line = max(line, float(at[on[-1]]) + margin)
    if line <= 0.0:
        return entered
    seconds = times[frame - len(before) + 1 : frame + 1][::-1]
    moving = np.concatenate([[True], np.diff(before) > 1e-6])
    return float(np.interp(min(line, float(before[-1])), before[moving], seconds[moving]))


def _line(center: FloatArray, rotation: FloatArray, width: float) -> FloatArray:
    """(4, 2) a thin area across a lane around an object's place."""
    along, across = rotation[:2, 0], rotation[:2, 1]
    half = 0.5 * width if width > 0.5 else _BESIDE
    deep = 0.5 * _LINE_DEPTH
    return np.array(
        [center[:2] + i * deep * along + j * half * across for i, j in ((1, 1), (-1, 1), (-1, -1), (1, -1))]
    )
