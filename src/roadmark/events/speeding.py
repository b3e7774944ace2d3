"""Speeding: clearly over the limit for longer than a moment."""

from __future__ import annotations

import numpy as np

from roadmark.events.limits import limits_of
from roadmark.events.model import Event
from roadmark.events.runs import joined, runs_of
from roadmark.events.scene import Scene
from roadmark.events.thresholds import SPEEDING_FACTOR, SPEEDING_MARGIN, SPEEDING_TIME

_SAME = 1.0  # seconds below the threshold that do not end it


def detect_speeding(scene: Scene) -> list[Event]:
    """Vehicles that drive too fast, where the map knows how fast that is."""
    ground, courses = scene.ground, scene.courses
    if ground is None:
        return []
    limits = limits_of(scene.scenario, ground)
    with np.errstate(invalid="ignore"):
        fast = courses.speed > SPEEDING_FACTOR * limits + SPEEDING_MARGIN
    fast &= scene.intact & ~courses.walker[:, None] & ground.on_driving
    events = []
    for row in np.flatnonzero(fast.any(axis=1)).tolist():
        for first, last in joined(runs_of(fast[row]), courses.times, _SAME):
            if courses.times[last] - courses.times[first] <= SPEEDING_TIME:
                continue
            top = first + int(courses.speed[row, first : last + 1].argmax())
            speed, limit = float(courses.speed[row, top]), float(limits[row, top])
            events.append(
                Event(
                    category="speeding",
                    start=float(courses.times[first]),
                    end=float(courses.times[last]),
                    participants=(scene.person(row, "violator"),),
                    place=scene.place(row, first),
                    caption=f"{scene.name(row).capitalize()} drives {speed * 3.6:.0f} km/h where {limit * 3.6:.0f} "
                    "are allowed.",
                    measures={"speed": round(speed, 3), "limit": round(limit, 3)},
                )
            )
    return events
