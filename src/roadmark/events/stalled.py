"""Stalled vehicles: standing on a driving lane although the road ahead is free."""

from __future__ import annotations

import numpy as np

from roadmark.events.ground import Ground
from roadmark.events.model import Event
from roadmark.events.runs import runs_of
from roadmark.events.scene import Scene
from roadmark.events.standing import Standing, in_the_way, passing, standings
from roadmark.events.thresholds import FREE_AHEAD, STALLED

_PROBES = np.arange(1.0, FREE_AHEAD + 0.5, 2.0)  # metres before the front


def detect_stalled(scene: Scene) -> list[Event]:
    """Vehicles that stand for no reason that can be seen: no queue, light, crosswalk, junction or wreck ahead."""
    ground = scene.ground
    if ground is None:
        return []
    candidates = standings(scene, STALLED, ground.on_driving & ~ground.in_junction)
    return [event for one in candidates if (event := _event(scene, ground, one)) is not None]


def _event(scene: Scene, ground: Ground, standing: Standing) -> Event | None:
    courses, row = scene.courses, standing.row
    if _junction_ahead(scene, ground, standing):
        return None
    frames = standing.looks(courses)
    empty = ~in_the_way(scene, standing, frames).any(axis=1)
    waits = passing(scene, standing, frames).any(axis=1)
    spans = np.diff(courses.times[frames], append=courses.times[frames[-1]])
    # people who walk by interrupt a stall as little as they explain it; only their time does not count
    runs = [(first, last) for first, last in runs_of(empty) if (spans * ~waits)[first : last + 1].sum() > STALLED]
    if not runs:
        return None
    first, last = int(frames[runs[0][0]]), int(frames[runs[-1][1]])
    seen_stopping = first > courses.first[row]
    words = "stops" if seen_stopping else "stands"
    return Event(
        category="stalled_vehicle",
        start=float(courses.times[first]),
        end=float(courses.times[last]),
        participants=(scene.person(row, "violator"),),
        place=scene.place(row, first),
        caption=f"{scene.name(row).capitalize()} {words} on a free lane for "
        f"{courses.times[last] - courses.times[first]:.0f} s.",
        measures={
            "duration": round(float(courses.times[last] - courses.times[first]), 3),
            "since_before": not seen_stopping,
        },
    )


def _junction_ahead(scene: Scene, ground: Ground, standing: Standing) -> bool:
    """Whether a junction, a light's line or a crosswalk is so near ahead that its traffic explains the stop."""
    courses, row, frame = scene.courses, standing.row, standing.first
    front, heading = courses.fronts[row, frame], courses.heading[row, frame]
    points = front + _PROBES[:, None] * heading
    located = ground.road_map.locate(np.column_stack([points, np.full(len(points), courses.positions[row, frame, 2])]))
    if ground.streets.inside[located.strip_index].any():
        return True
    for group in ground.streets.held_lanes:
        offset = group[0][0].point[:2] - front
        ahead = float(offset @ heading)
        aside = abs(float(heading[0] * offset[1] - heading[1] * offset[0]))
        if -1.0 < ahead < FREE_AHEAD and aside < 2.0 and np.cos(group[0][0].heading - _yaw(heading)) > 0.7:
            return True
    return False


def _yaw(heading: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    return float(np.arctan2(heading[1], heading[0]))
