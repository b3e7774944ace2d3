"""Courses over time: on a rail by a timetable, and when two of them touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import Blueprint
from roadmark.geometry import FloatArray
from roadmark.incidents.physics.bodies import box_centers, half_plan
from roadmark.incidents.physics.kernels import box_gaps
from roadmark.incidents.physics.profiles import RATE, Timetable
from roadmark.incidents.physics.rails import Rail
from roadmark.traffic import Clock

_INSTANT = 1.0 / RATE


class Course(Protocol):
    """Anything that has a pose at every time."""

    @property
    def blueprint(self) -> Blueprint:
        """What moves."""

    def poses(self, times: FloatArray) -> FloatArray:
        """(N, 6) x, y, z, roll, pitch, yaw at times (N,)."""


@dataclass(frozen=True, eq=False)
class Drive:
    """A vehicle on a rail.

    Attributes:
        blueprint: The vehicle.
        rail: Where both of its axles go.
        table: Where along the rail its origin is.
    """

    blueprint: Blueprint
    rail: Rail
    table: Timetable

    def poses(self, times: FloatArray) -> FloatArray:
        """(N, 6) x, y, z, roll, pitch, yaw at times (N,)."""
        return self.rail.poses(self.blueprint, self.table.at(np.asarray(times)))


@dataclass(frozen=True, eq=False)
class Frames:
    """A course at consecutive frames.

    Attributes:
        poses: (N, 6) x, y, z, roll, pitch, yaw.
        velocity: (N, 3) m/s.
        yaw_rate: (N,) rad/s.
    """

    poses: FloatArray
    velocity: FloatArray
    yaw_rate: FloatArray

    def then(self, other: Frames) -> Frames:
        """These frames and the following ones."""
        return Frames(
            np.concatenate([self.poses, other.poses]),
            np.concatenate([self.velocity, other.velocity]),
            np.concatenate([self.yaw_rate, other.yaw_rate]),
        )


def rates(course: Course, times: FloatArray) -> FloatArray:
    """(N, 6) change of pose per second at times (N,)."""
    moment = 0.5 * _INSTANT
    step = course.poses(times + moment) - course.poses(times - moment)
    step[:, 3:] = np.remainder(step[:, 3:] + np.pi, 2.0 * np.pi) - np.pi
    return np.asarray(step / (2.0 * moment))


def sampled(course: Course, clock: Clock, first: int, last: int) -> Frames:
    """The frames `first`..`last` - 1 of a course."""
    times = np.arange(first, last) / clock.fps
    change = rates(course, times)
    return Frames(course.poses(times), change[:, :3], change[:, 5])


def plan_boxes(course: Course, times: FloatArray) -> FloatArray:
    """(N, 3) x, y, yaw of the box's centre at times (N,)."""
    return box_centers(course.blueprint, course.poses(times)[:, [0, 1, 5]])


def gaps(a: Course, b: Course, times: FloatArray) -> FloatArray:
    """(N,) separating-axis gap of two courses' boxes in plan; negative where they overlap."""
    halves = half_plan(a.blueprint), half_plan(b.blueprint)
    return box_gaps(plan_boxes(a, times), halves[0], plan_boxes(b, times), halves[1])


def touching(courses: FloatArray, half: FloatArray, still: FloatArray, other: FloatArray) -> NDArray[np.int64]:
    """Rows of (N, 3) boxes that touch a still one (3,); `half` and `other` are half lengths and widths (2,)."""
    there = np.ascontiguousarray(np.broadcast_to(still, courses.shape))
    return np.flatnonzero(box_gaps(courses, half, there, other) <= 0.0)


def first_contact(a: Course, b: Course, start: float, end: float) -> float | None:
    """The time within `start`..`end` at which two courses first touch, to some microseconds; None if they do not.

    The boxes overlap a little at the time returned, never before it.
    """
    times = np.arange(start, end, _INSTANT)
    for _ in range(3):
        if len(times) < 2:
            return None
        touching = np.flatnonzero(gaps(a, b, times) <= 0.0)
        if not len(touching):
            return None
        row = int(touching[0])
        if row == 0:
            return float(times[0])
        times = np.linspace(times[row - 1], times[row], 33)
    return float(times[-1]) if row == len(times) - 1 else float(times[row])
