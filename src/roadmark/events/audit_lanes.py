"""Traffic off its lanes: vehicles beside or across from where they may drive, people on the road."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roadmark.events.courses import BoolArray, Courses
from roadmark.events.polygons import distance_to_polygon
from roadmark.events.runs import joined, runs_of
from roadmark.events.streets import Streets, streets_of
from roadmark.events.violations import Violation
from roadmark.geometry import FloatArray
from roadmark.maps import RoadMap

OFF_LANE = 0.3
"""Metres that somebody may be off a lane."""
SAMPLE = 0.25
"""Seconds between two looks."""
_MOVED = 1.0  # metres: vehicles that never get so far are parked, and may stand beside lanes
_LEAST = 0.4  # metres driven between two looks
_ALONG = 0.35  # cosine between a vehicle and the lanes of its direction
_SEAM = 0.25  # metres across which lanes need not meet exactly
_BICYCLES = frozenset({"biking", "shoulder", "bus", "stop"})
_LANES_BESIDE = frozenset({"stop", "parking", "biking"})
_ANGLES = np.arange(8) * (np.pi / 4.0)
_RING = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)


def off_lanes(courses: Courses, road_map: RoadMap, taking_part: BoolArray) -> list[Violation]:
    """Vehicles and walkers that are off where they belong by more than `OFF_LANE`; not those who take part in events.

    A vehicle's sides, in the middle of its box, must be on lanes of its direction, or within a junction. Walkers must
    not be on driving lanes, except on crosswalks; ground beside the road, which belongs to no lane, is theirs.
    """
    streets = streets_of(road_map)
    rows, frames = _samples(courses, taking_part)
    if not len(rows):
        return []
    walks = courses.walker[rows]
    bad = np.zeros(len(rows), dtype=bool)
    bad[walks] = _on_the_road(courses, streets, rows[walks], frames[walks])
    bad[~walks] = _beside_lanes(courses, streets, rows[~walks], frames[~walks])
    found = []
    for row in np.unique(rows[bad]).tolist():
        holds = np.zeros(len(courses.times), dtype=bool)
        holds[frames[bad & (rows == row)]] = True
        for first, last in joined(runs_of(holds), courses.times, 2.5 * SAMPLE):
            start, end = float(courses.times[first]), float(courses.times[last])
            found.append(Violation("off_lane", (courses.actors[row].id,), start, end, OFF_LANE, "metres and more off"))
    return found


def _samples(courses: Courses, taking_part: BoolArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and frames to look at: everyone who gets anywhere, now and then."""
    stride = max(round(SAMPLE / courses.step), 1)
    frames = np.arange(0, len(courses.times), stride)
    here, known = courses.centers[:, frames], courses.present[:, frames]
    start = courses.centers[np.arange(courses.count), courses.first]
    away = np.hypot(*(courses.centers - start[:, None]).transpose(2, 0, 1))
    moves = np.nanmax(np.where(courses.present, away, 0.0), axis=1) > _MOVED
    chosen = np.zeros_like(known)
    last = np.full((courses.count, 2), np.inf)
    for column in range(len(frames)):
        far = known[:, column] & ~(np.hypot(*(here[:, column] - last).T) < _LEAST)
        chosen[:, column] = far
        last = np.where(far[:, None], here[:, column], last)
    rows, columns = np.nonzero(chosen & (moves & ~taking_part)[:, None])
    return rows, frames[columns]


def _beside_lanes(courses: Courses, streets: Streets, rows: NDArray[np.int64], frames: NDArray[np.int64]) -> BoolArray:
    """(N,) whether a side of a vehicle is more than `OFF_LANE` off the lanes it may drive."""
    heading = courses.heading[rows, frames]
    left = np.stack([-heading[:, 1], heading[:, 0]], axis=1)
    inner = np.maximum(courses.half[rows, 1] - OFF_LANE, 0.0)[:, None]
    middle = courses.centers[rows, frames]
    z = courses.positions[rows, frames, 2]
    bad = np.zeros(len(rows), dtype=bool)
    for side in (1.0, -1.0):
        todo = np.flatnonzero(~bad)
        points = (middle + side * inner * left)[todo]
        fits = _fits(courses, streets, rows[todo], points, z[todo], heading[todo])
        off = todo[~fits]
        for nudge in (-_SEAM, _SEAM):  # lanes of two roads need not meet exactly
            shifted = (middle + side * inner * left)[off] + nudge * heading[off]
            off = off[~_fits(courses, streets, rows[off], shifted, z[off], heading[off])]
        bad[off] = True
    return bad


def _fits(
    courses: Courses,
    streets: Streets,
    rows: NDArray[np.int64],
    points: FloatArray,
    z: FloatArray,
    heading: FloatArray,
) -> BoolArray:
    """(N,) whether points (N, 2) of vehicles are on lanes that they may drive in their direction."""
    located = streets.road_map.locate(np.column_stack([points, z]))
    strip = located.strip_index
    types = [streets.strips[k].type if k >= 0 else "" for k in strip.tolist()]
    beside = np.array([kind in _LANES_BESIDE for kind in types], dtype=bool)
    cycling = np.array([kind in _BICYCLES for kind in types], dtype=bool) & courses.bicycle[rows]
    with np.errstate(invalid="ignore"):
        along = np.cos(located.heading) * heading[:, 0] + np.sin(located.heading) * heading[:, 1] > _ALONG
    lanes = streets.drives[strip] & (along | streets.both_ways[strip])
    return np.asarray(streets.inside[strip] | lanes | ((beside | cycling) & along))


def _on_the_road(courses: Courses, streets: Streets, rows: NDArray[np.int64], frames: NDArray[np.int64]) -> BoolArray:
    """(N,) whether a walker is more than `OFF_LANE` within driving lanes, away from crosswalks."""
    if not len(rows):
        return np.zeros(0, dtype=bool)
    middle, z = courses.centers[rows, frames], courses.positions[rows, frames, 2]
    located = streets.road_map.locate(np.column_stack([middle, z]))
    bad = streets.drives[located.strip_index].copy()
    for crosswalk in streets.road_map.crosswalks:
        todo = np.flatnonzero(bad)
        if not len(todo):
            return bad
        outline = crosswalk.outline[:, :2]
        low, high = outline.min(axis=0) - 1.0, outline.max(axis=0) + 1.0
        near = todo[((middle[todo] >= low) & (middle[todo] <= high)).all(axis=1)]
        bad[near[distance_to_polygon(middle[near], outline) <= OFF_LANE]] = False
    todo = np.flatnonzero(bad)
    around = middle[todo, None] + OFF_LANE * _RING
    points = np.concatenate([around, np.broadcast_to(z[todo, None, None], (*around.shape[:2], 1))], axis=2)
    located = streets.road_map.locate(points.reshape(-1, 3)) if len(todo) else located
    if len(todo):
        bad[todo] = streets.drives[located.strip_index].reshape(len(todo), -1).all(axis=1)
    return bad
