"""Motion that no actor of its kind is capable of: jumps, and accelerations beyond limits."""

from __future__ import annotations

import numpy as np

from roadmark.events.courses import BoolArray, Courses
from roadmark.events.runs import runs_of
from roadmark.events.violations import Violation
from roadmark.geometry import FloatArray, wrap_angle

SLACK = 0.25
"""m/s2 over a limit that differencing may add: curvature between two frames, single precision in recordings."""
STANDING = 0.5
"""m/s below which a heading says nothing about the course."""
LONGEST_STEP = 70.0
"""m/s between two frames beyond which it is a jump, for vehicles; walkers: a tenth, which is running."""
LARGEST_TURN = 4.0
"""rad/s; from a contact on anyone may spin faster."""
_WINDOW = 0.1  # seconds to each side over which speeds are differenced
_BEFORE_CONTACT = 0.2  # seconds before a contact that differencing already sees it in


def jumps(courses: Courses, contact: FloatArray) -> list[Violation]:
    """Positions that change faster than anything drives or runs; from their contact (A,) on, people may be thrown."""
    step = np.diff(courses.times)
    moved = np.linalg.norm(np.diff(courses.positions, axis=1), axis=2)
    runs = courses.walker[:, None] & (courses.times[1:] < contact[:, None])
    most = np.where(runs, 0.1 * LONGEST_STEP, LONGEST_STEP) * step
    with np.errstate(invalid="ignore"):
        far = moved > most + 0.05
    return [
        Violation(
            "jump", (courses.actors[row].id,), float(courses.times[k]), float(courses.times[k + 1]),
            round(float(moved[row, k]), 3), "metres between two frames",
        )
        for row, k in zip(*np.nonzero(far), strict=True)
    ]  # fmt: skip


def hard_motion(
    courses: Courses,
    contact: FloatArray,
    *,
    forward: tuple[float, float],
    braking: tuple[float, float],
    lateral: tuple[float, float],
    taking_part: BoolArray,
) -> list[Violation]:
    """Accelerations of vehicles beyond limits, outside contact.

    Args:
        courses: Everyone's courses.
        contact: (A,) seconds of each actor's first contact; from just before it on nothing is said.
        forward: m/s2 that anyone may speed up, and those who take part in an event.
        braking: The same for braking.
        lateral: The same to either side.
        taking_part: (A,) who takes part in an event.
    """
    valid = courses.present & (courses.times < contact[:, None] - _BEFORE_CONTACT) & ~courses.walker[:, None]
    # one-sided differences at the ends of a course are half as exact
    frames = np.arange(courses.present.shape[1])
    reach = max(round(_WINDOW / courses.step), 1) + 1
    valid &= (frames >= courses.first[:, None] + reach) & (frames <= courses.last[:, None] - reach)
    along, across = _robust(courses)
    part = taking_part[:, None].astype(np.int64)
    checks = (
        ("acceleration", along, np.array(forward)[part], "m/s2 forwards"),
        ("braking", -along, np.array(braking)[part], "m/s2 of braking"),
        ("lateral", np.abs(across), np.array(lateral)[part], "m/s2 to the side"),
    )
    found = []
    for kind, values, most, what in checks:
        with np.errstate(invalid="ignore"):
            over = valid & (values > most + SLACK)
        for row in np.flatnonzero(over.any(axis=1)).tolist():
            for first, last in runs_of(over[row]):
                worst = round(float(values[row, first : last + 1].max()), 3)
                start, end = float(courses.times[first]), float(courses.times[last])
                found.append(Violation(kind, (courses.actors[row].id,), start, end, worst, what))
    return [*found, *_spins(courses, valid)]


def _robust(courses: Courses) -> tuple[FloatArray, FloatArray]:
    """(A, F) m/s2 along and across the course: the change of speed, and speed times the turning of the course."""
    along = courses.along
    heading, course = courses.heading, courses.velocities
    reverse = (course * heading).sum(axis=-1) < 0.0
    across = np.where(courses.speed > STANDING, courses.lateral, 0.0)
    return np.where(reverse, -along, along), across


def _spins(courses: Courses, valid: BoolArray) -> list[Violation]:
    """Headings that turn faster than wheels can turn a vehicle."""
    rate = np.abs(wrap_angle(np.diff(courses.rpy[..., 2], axis=1))) / np.diff(courses.times)
    with np.errstate(invalid="ignore"):
        over = valid[:, 1:] & (rate > LARGEST_TURN)
    found = []
    for row in np.flatnonzero(over.any(axis=1)).tolist():
        for first, last in runs_of(over[row]):
            worst = round(float(rate[row, first : last + 1].max()), 3)
            start, end = float(courses.times[first]), float(courses.times[last + 1])
            found.append(Violation("jump", (courses.actors[row].id,), start, end, worst, "rad/s of turning"))
    return found
