"""Jaywalking: people who cross driving lanes away from crosswalks."""

from __future__ import annotations

import numpy as np

from roadmark.events.courses import BoolArray
from roadmark.events.ground import Ground
from roadmark.events.model import Event
from roadmark.events.polygons import distance_to_polygon
from roadmark.events.runs import joined, runs_of
from roadmark.events.scene import Scene
from roadmark.events.thresholds import CROSSWALK_REACH, JAYWALK_LENGTH

_SAME = 1.0  # seconds off the lanes (a median) that do not end a crossing


def detect_jaywalks(scene: Scene) -> list[Event]:
    """Walkers on driving lanes, away from crosswalks, who get across."""
    ground, courses = scene.ground, scene.courses
    if ground is None or not courses.walker.any():
        return []
    on_road = ground.on_driving & courses.walker[:, None] & scene.intact
    events = []
    for row in np.flatnonzero(on_road.any(axis=1)).tolist():
        away = on_road[row] & _away(scene, ground, row, on_road[row])
        for first, last in joined(runs_of(away), courses.times, _SAME):
            across = _across(scene, ground, row, first, last)
            if across < JAYWALK_LENGTH:
                continue
            after = int(min(last + 1, courses.last[row]))
            events.append(
                Event(
                    category="jaywalk",
                    start=float(courses.times[first]),
                    end=float(min(courses.times[after], scene.first_contact[row])),
                    participants=(scene.person(row, "violator"),),
                    place=scene.place(row, first),
                    cause="crossed the road away from a crosswalk",
                    caption=f"{scene.name(row).capitalize()} crosses the road away from a crosswalk.",
                    measures={
                        "crossed": round(across, 3),
                        "speed": round(float(courses.speed[row, first : last + 1].max()), 3),
                    },
                )
            )
    return events


def _away(scene: Scene, ground: Ground, row: int, on_road: BoolArray) -> BoolArray:
    """(F,) whether a walker is away from every crosswalk."""
    frames = np.flatnonzero(on_road)
    points = scene.courses.centers[row, frames]
    apart = np.full(len(points), np.inf)
    for crosswalk in ground.road_map.crosswalks:
        outline = crosswalk.outline[:, :2]
        if np.hypot(*(outline.mean(axis=0) - points[0])) < 200.0:
            apart = np.minimum(apart, distance_to_polygon(points, outline))
    away = np.zeros(len(on_road), dtype=bool)
    away[frames] = apart > CROSSWALK_REACH
    return away


def _across(scene: Scene, ground: Ground, row: int, first: int, last: int) -> float:
    """Metres walked across the lanes between two frames."""
    moved = scene.courses.centers[row, last] - scene.courses.centers[row, first]
    heading = ground.lane_heading[row, first]
    return abs(float(np.cos(heading) * moved[1] - np.sin(heading) * moved[0]))
