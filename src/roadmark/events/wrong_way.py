"""Wrong-way driving: along a lane against its direction, outside junctions."""

from __future__ import annotations

import numpy as np

from roadmark.events.model import Event
from roadmark.events.runs import joined, runs_of
from roadmark.events.scene import Scene
from roadmark.events.thresholds import AGAINST, REST, WRONG_WAY_LENGTH, WRONG_WAY_TIME

_STILL_AT_IT = 4.0
"""Seconds of a junction, a stop or an evasive swerve in between that do not end it."""


def detect_wrong_way(scene: Scene) -> list[Event]:
    """Vehicles that drive against the direction of their lane for long."""
    ground, courses = scene.ground, scene.courses
    if ground is None:
        return []
    lane = np.stack([np.cos(ground.lane_heading), np.sin(ground.lane_heading)], axis=-1)
    with np.errstate(invalid="ignore"):
        facing = (courses.heading * lane).sum(axis=-1) < np.cos(AGAINST)
        moving = (courses.velocities * lane).sum(axis=-1) < np.cos(AGAINST) * np.maximum(courses.speed, REST)
    outside = ground.on_driving & ~ground.in_junction & ~ground.streets.both_ways[ground.strip]
    wrong = facing & moving & outside & scene.intact & ~courses.walker[:, None]
    events = []
    for row in np.flatnonzero(wrong.any(axis=1)).tolist():
        for first, last in joined(runs_of(wrong[row]), courses.times, _STILL_AT_IT):
            event = _event(scene, row, first, last, int(wrong[row, first : last + 1].sum()))
            if event is not None:
                events.append(event)
    return events


def _event(scene: Scene, row: int, first: int, last: int, frames: int) -> Event | None:
    courses = scene.courses
    duration = frames * courses.step
    length = float(courses.speed[row, first : last + 1].sum() * courses.step)
    if duration <= WRONG_WAY_TIME or length <= WRONG_WAY_LENGTH:
        return None
    return Event(
        category="wrong_way",
        start=float(courses.times[first]),
        end=float(courses.times[last]),
        participants=(scene.person(row, "violator"),),
        place=scene.place(row, first),
        cause="drove against the traffic",
        caption=f"{scene.name(row).capitalize()} drives {length:.0f} m against the direction of its lane.",
        measures={
            "duration": round(duration, 3),
            "length": round(length, 3),
            "speed": round(float(courses.speed[row, first : last + 1].max()), 3),
        },
    )
