"""Sudden stops: emergency braking to a standstill, without a collision and without a near miss that asked for it."""

from __future__ import annotations

import numpy as np

from roadmark.events.model import Event
from roadmark.events.runs import runs_of
from roadmark.events.scene import Scene
from roadmark.events.thresholds import REST, SHORTEST_BRAKING, SUDDEN_BRAKING, SUDDEN_FROM

_FOOT_ON_BRAKE = -1.0  # m/s2 beyond which braking has begun, and not been given up
_TO_A_STOP = 4.0  # seconds that emergency braking may take: from 25 m/s at 6 m/s2
_NOISE = 0.05  # m/s2 that differenced single-precision positions may be off
_SLIPS = 3  # frames that a brake may slip


def detect_sudden_stops(scene: Scene) -> list[Event]:
    """Vehicles that brake harder than drivers do, to a stop."""
    courses = scene.courses
    hard = (courses.along < -SUDDEN_BRAKING - _NOISE) & (courses.forward > 0.0)
    hard &= scene.intact & ~courses.walker[:, None]
    events = []
    for row in np.flatnonzero(hard.any(axis=1)).tolist():
        until = -1
        for first, last in runs_of(hard[row]):
            # differencing smears a step of braking over as long again to both sides, at less than its full strength
            long = courses.times[last] - courses.times[first] + courses.step >= SHORTEST_BRAKING - 1e-9
            if first > until and long:
                event, until = _event(scene, row, first, last)
                events += [] if event is None else [event]
    return events


def _event(scene: Scene, row: int, first: int, last: int) -> tuple[Event | None, int]:
    """The stop that a stretch of hard braking ends in, and the frame until which it was looked for."""
    courses = scene.courses
    end = min(courses.frame_at(courses.times[first] + _TO_A_STOP), int(courses.last[row]))
    stood = np.flatnonzero(courses.speed[row, last : end + 1] < REST)
    if not len(stood):
        return None, last
    stop = last + int(stood[0])
    released = courses.along[row, first : stop + 1] > _FOOT_ON_BRAKE
    begin = first
    while begin > courses.first[row] and courses.along[row, begin - 1] < _FOOT_ON_BRAKE:
        begin -= 1
    speed = float(courses.forward[row, begin])
    if released[:-_SLIPS].any() or speed < SUDDEN_FROM or not scene.intact[row, stop]:
        return None, stop
    return (
        Event(
            category="sudden_stop",
            start=float(courses.times[begin]),
            end=float(courses.times[stop]),
            participants=(scene.person(row, "violator"),),
            place=scene.place(row, stop),
            caption=f"{scene.name(row).capitalize()} brakes suddenly from {speed * 3.6:.0f} km/h to a stop.",
            measures={
                "speed": round(speed, 3),
                "braking": round(float(-courses.along[row, first : last + 1].min()), 3),
            },
        ),
        stop,
    )
