"""Who stands where and why: what stalled vehicles and blocked junctions have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.events.courses import BoolArray, Courses
from roadmark.events.runs import joined, runs_of
from roadmark.events.scene import Scene
from roadmark.events.thresholds import FREE_AHEAD, REST
from roadmark.geometry import FloatArray

LOOK = 0.25
"""Seconds between two looks at what is ahead of somebody who stands."""
ONCOMING_AHEAD = 60.0
"""Metres ahead within which somebody who comes along the same lane is in the way."""
_ONCOMING = -0.7  # cosine of headings that are against each other
_BESIDE_CAUSE = 3.0  # metres behind a front at which a wreck is still beside a vehicle
_INCHES = 0.5  # seconds of rolling that do not end standing
_BESIDE = 0.3  # metres between the sides of a vehicle and of what is in its way
_PEOPLE_BESIDE = 4.0  # metres to the side of a vehicle's middle at which people may be about to cross
_SLOW = 3.0  # m/s: vehicles ahead that are faster are leaving


@dataclass(frozen=True)
class Standing:
    """A vehicle that stands from a first to a last frame."""

    row: int
    first: int
    last: int

    def looks(self, courses: Courses) -> NDArray[np.int64]:
        """Frames at which to look, the first and last among them."""
        count = max(round((courses.times[self.last] - courses.times[self.first]) / LOOK), 1)
        return np.unique(np.linspace(self.first, self.last, count + 1).round().astype(np.int64))


def standings(scene: Scene, longer: float, where: BoolArray) -> list[Standing]:
    """Vehicles that stand for longer than some seconds without having collided.

    Args:
        scene: The scene.
        longer: Seconds.
        where: (A, F) whether the place counts.
    """
    courses = scene.courses
    still = (courses.speed < REST) & scene.intact & ~courses.walker[:, None]
    found = []
    for row in np.flatnonzero((still & where).any(axis=1)).tolist():
        for first, last in joined(runs_of(still[row]), courses.times, _INCHES):
            if courses.times[last] - courses.times[first] > longer and where[row, first]:
                found.append(Standing(row, first, last))
    return found


def in_the_way(scene: Scene, standing: Standing, frames: NDArray[np.int64], reach: float = FREE_AHEAD) -> BoolArray:
    """(N, A) whether a vehicle on the road is ahead of a standing one in some frames (N,) and does not get away."""
    courses = scene.courses
    ahead, aside, wide = _seen_from(courses, standing, frames)
    size = courses.half[:, :2].max(axis=1)
    with np.errstate(invalid="ignore"):
        near = (ahead > -size) & (ahead - size < reach) & (aside < wide)
        slow = near & (courses.speed[:, frames].T < _SLOW) & ~courses.walker
    if scene.ground is not None:  # who is parked beside the lane is not in the way
        slow &= (scene.ground.on_driving | scene.ground.in_junction)[:, frames].T
    slow[:, standing.row] = False
    return np.asarray(slow)


def passing(scene: Scene, standing: Standing, frames: NDArray[np.int64]) -> BoolArray:
    """(N, A) whether people near the lane ahead, or somebody who comes along it, give a vehicle reason to wait."""
    courses = scene.courses
    ahead, aside, wide = _seen_from(courses, standing, frames)
    heading = courses.heading[standing.row, frames]
    with np.errstate(invalid="ignore"):
        people = (ahead > -1.0) & (ahead < FREE_AHEAD) & (aside < _PEOPLE_BESIDE) & courses.walker
        facing = (courses.heading[:, frames].transpose(1, 0, 2) * heading[:, None]).sum(axis=2) < _ONCOMING
        coming = facing & (courses.speed[:, frames].T > REST) & (ahead > 0.0) & (ahead < ONCOMING_AHEAD)
    return np.asarray(people | (coming & (aside < wide)))


def _seen_from(
    courses: Courses, standing: Standing, frames: NDArray[np.int64]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(N, A) metres of everyone ahead of a vehicle's front and to its sides; (A,) how near to the side is too near."""
    row = standing.row
    heading = courses.heading[row, frames]
    offset = courses.centers[:, frames].transpose(1, 0, 2) - courses.fronts[row, frames][:, None]
    ahead = (offset * heading[:, None]).sum(axis=2)
    aside = np.abs(heading[:, None, 0] * offset[..., 1] - heading[:, None, 1] * offset[..., 0])
    return ahead, aside, courses.half[row, 1] + courses.half[:, 1] + _BESIDE


def stuck_behind(scene: Scene, standing: Standing, causes: BoolArray) -> bool:
    """Whether what keeps a vehicle, through everyone in the queue between, is one of some causes.

    Args:
        scene: The scene.
        standing: The vehicle.
        causes: (A, F) who is a cause when.
    """
    courses = scene.courses
    seen, waiting = {standing.row}, [standing]
    while waiting:
        one = waiting.pop()
        frames = one.looks(courses)
        ahead = in_the_way(scene, one, frames)
        # who would drive round a wreck in a bend has it beside the straight way ahead
        along, aside, _ = _seen_from(courses, one, frames)
        with np.errstate(invalid="ignore"):
            near = (along > -_BESIDE_CAUSE) & (np.hypot(along, aside) < FREE_AHEAD)
        if ((ahead | near) & causes[:, frames].T).any():
            return True
        for row in np.flatnonzero(ahead.any(axis=0)).tolist():
            if row not in seen:
                seen.add(row)
                there = np.flatnonzero(ahead[:, row])
                waiting.append(Standing(row, int(frames[there[0]]), int(frames[there[-1]])))
    return False


def wrecks(scene: Scene) -> BoolArray:
    """(A, F) who has collided."""
    return np.asarray(scene.courses.times >= scene.first_contact[:, None])
