"""Near misses: two that did not touch, by little time and only because somebody could still act."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.events.conflicts import AS_IT_WAS, ON_PATH, STRAIGHT, closing_conflicts, encroachments, plan_gap
from roadmark.events.courses import BoolArray, Courses
from roadmark.events.model import Event
from roadmark.events.runs import joined, runs_of
from roadmark.events.scene import Scene
from roadmark.events.thresholds import (
    BEFORE_COLLISION,
    EVASIVE_BRAKING,
    EVASIVE_LATERAL,
    NEEDED_BRAKING,
    POST_ENCROACHMENT,
    REST,
    SHORTEST_CONFLICT,
    TIME_TO_COLLISION,
)
from roadmark.geometry import FloatArray

SAME_CONFLICT = 1.0
"""Seconds: conflicts of a pair that follow each other within this time are one."""
REACTION = 1.5
"""Seconds within which an evasive action belongs to a conflict."""
_SAME_WAY = 0.7  # cosine of headings that go the same way


def detect_near_misses(scene: Scene) -> list[Event]:
    """Pairs with too little time to collision, or that left a place to the other too late; none that touched."""
    courses = scene.courses
    if courses.count < 2 or len(courses.times) < 3:
        return []
    places = np.concatenate([courses.centers, courses.heading], axis=2)
    heights = np.ascontiguousarray(courses.positions[..., 2])
    active = _active(scene)
    closing = _closing(courses, places, heights, active)
    passed = encroachments(
        courses.times,
        places,
        heights,
        courses.half,
        courses.velocities,
        active,
        courses.walker,
        POST_ENCROACHMENT,
        NEEDED_BRAKING,
    )
    pairs: dict[tuple[int, int], list[FloatArray]] = {}
    for row in [*np.column_stack([closing, np.zeros(len(closing))]), *np.column_stack([passed, np.ones(len(passed))])]:
        key = (int(min(row[0], row[1])), int(max(row[0], row[1])))
        pairs.setdefault(key, []).append(row)
    return [event for pair, rows in sorted(pairs.items()) for event in _of_pair(scene, pair, np.array(rows))]


def _active(scene: Scene) -> BoolArray:
    """(A, F) frames that count: before a collision and what leads to it, and not after it."""
    soon = scene.courses.times > scene.first_contact[:, None] - BEFORE_COLLISION
    return np.asarray(scene.courses.present & ~soon)


def _closing(courses: Courses, places: FloatArray, heights: FloatArray, active: BoolArray) -> FloatArray:
    braking = _soon(courses, (courses.along < -EVASIVE_BRAKING) & (courses.forward > REST))
    swerving = _soon(courses, np.abs(courses.lateral) > EVASIVE_LATERAL)
    vehicle = ~courses.walker[:, None]
    mode = np.where(vehicle, np.where(swerving, STRAIGHT, ON_PATH), AS_IT_WAS).astype(np.int8)
    way = _driven(courses)
    return np.asarray(
        closing_conflicts(
            courses.times,
            places,
            heights,
            courses.half,
            way,
            courses.velocities,
            mode,
            _own_stops(courses, way),
            active,
            vehicle & (braking | swerving),
            courses.last,
            courses.walker,
            TIME_TO_COLLISION,
            NEEDED_BRAKING,
        )
    )


def _soon(courses: Courses, holds: BoolArray) -> BoolArray:
    """(A, F) whether something holds now or within `REACTION`."""
    frames = np.arange(holds.shape[1])
    following = np.minimum.accumulate(np.where(holds, frames, 10**9)[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(following - frames <= REACTION / courses.step)


def _driven(courses: Courses) -> FloatArray:
    """(A, F) metres driven, never falling; the last value holds after an actor has left."""
    steps = np.hypot(*np.diff(courses.centers, axis=1).transpose(2, 0, 1))
    return np.concatenate([np.zeros((courses.count, 1)), np.cumsum(np.nan_to_num(steps), axis=1)], axis=1)


def _own_stops(courses: Courses, way: FloatArray) -> FloatArray:
    """(A, F) metres driven at which an actor comes to its next ordinary stop; infinite before an emergency stop."""
    limit = np.empty_like(way)
    hard = (courses.along < -EVASIVE_BRAKING) & ~courses.walker[:, None]
    still = courses.speed < REST
    ends = way[np.arange(courses.count), courses.last]
    stop, forced = ends.copy(), np.zeros(courses.count, dtype=bool)
    for frame in range(way.shape[1] - 1, -1, -1):
        stop = np.where(still[:, frame], way[:, frame], stop)
        forced = np.where(still[:, frame], False, forced) | hard[:, frame]
        limit[:, frame] = np.where(forced, np.inf, stop)
    return limit


@dataclass(frozen=True)
class _Conflict:
    """One conflict of a pair: rows of both, frames, worst values (infinite and 0 without)."""

    pair: tuple[int, int]
    frames: tuple[int, int]
    time_to_collision: float
    post_encroachment: float
    needed_braking: float


def _of_pair(scene: Scene, pair: tuple[int, int], rows: FloatArray) -> list[Event]:
    """The conflicts of one pair over time."""
    courses = scene.courses
    holds = np.zeros(len(courses.times), dtype=bool)
    frames: NDArray[np.int64] = rows[:, 2].astype(np.int64)
    holds[frames] = True
    events = []
    for first, last in joined(runs_of(holds), courses.times, SAME_CONFLICT):
        mine = rows[(frames >= first) & (frames <= last)]
        closing, passing = mine[mine[:, 5] == 0.0], mine[mine[:, 5] == 1.0]
        brief = courses.times[last] - courses.times[first] + courses.step < SHORTEST_CONFLICT
        if brief and not len(passing):
            continue
        conflict = _Conflict(
            pair,
            (first, last),
            float(closing[:, 3].min()) if len(closing) else np.inf,
            float(passing[:, 3].min()) if len(passing) else np.inf,
            float(mine[:, 4].max()),
        )
        events.append(_event(scene, conflict))
    return events


def _event(scene: Scene, conflict: _Conflict) -> Event:
    courses = scene.courses
    first, last = conflict.frames
    pair = list(conflict.pair)
    middle = (first + last) // 2
    order, roles = _roles(courses, conflict)
    names = [scene.name(row) for row in order]
    until = min(last + round(REACTION / courses.step), len(courses.times) - 1)
    apart = _closest(courses, conflict.pair, first, until)
    values = {
        "time_to_collision": conflict.time_to_collision,
        "post_encroachment": conflict.post_encroachment,
        "needed_braking": conflict.needed_braking,
        "closest": apart,
    }
    left = min(conflict.time_to_collision, conflict.post_encroachment)
    center = courses.positions[pair, middle].mean(axis=0)
    return Event(
        category="near_miss",
        start=float(courses.times[first]),
        end=float(courses.times[last]),
        participants=tuple(scene.person(row, role) for row, role in zip(order, roles, strict=True)),
        place=scene.place_of(center),
        caption=f"{names[0].capitalize()} and {names[1]} miss each other with {left:.1f} s to spare.",
        measures={name: round(value, 3) for name, value in values.items() if np.isfinite(value)},
    )


def _roles(courses: Courses, conflict: _Conflict) -> tuple[tuple[int, int], tuple[str, str]]:
    """Who came upon whom: a follower before its leader, else the one in the way before the one that evaded."""
    one, other = conflict.pair
    frame = conflict.frames[0]
    if courses.walker[one] != courses.walker[other]:
        walker, vehicle = (one, other) if courses.walker[one] else (other, one)
        return (vehicle, walker), ("approaching", "pedestrian")
    if float(courses.heading[one, frame] @ courses.heading[other, frame]) > _SAME_WAY:
        ahead = float((courses.centers[other, frame] - courses.centers[one, frame]) @ courses.heading[one, frame])
        return ((one, other) if ahead > 0.0 else (other, one)), ("approaching", "leading")
    until = min(conflict.frames[1] + round(REACTION / courses.step), len(courses.times) - 1)
    effort = [float(np.nanmax(np.hypot(*courses.acceleration[row, frame : until + 1].T))) for row in (one, other)]
    return ((other, one) if effort[0] > effort[1] else (one, other)), ("intruding", "evading")


def _closest(courses: Courses, pair: tuple[int, int], first: int, until: int) -> float:
    """Smallest gap of two boxes in plan over some frames, metres; rectangles that are apart askew are farther."""
    best = np.inf
    for frame in range(first, until + 1):
        if courses.present[pair[0], frame] and courses.present[pair[1], frame]:
            rectangles = [np.concatenate([courses.centers[row, frame], courses.heading[row, frame]]) for row in pair]
            best = min(best, float(plan_gap(*rectangles, *courses.half[list(pair)])))
    return best
