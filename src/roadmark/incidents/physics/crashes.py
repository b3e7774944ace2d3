"""Two vehicles that meet: from the touch over crush, push and slide to rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from roadmark.geometry import FloatArray
from roadmark.incidents.physics import bodies
from roadmark.incidents.physics.courses import Course, Frames, rates
from roadmark.incidents.physics.kernels import box_gaps, crash
from roadmark.traffic import Clock

RESTITUTION = 0.12
"""Share of the closing speed with which cars part again; small in real crashes (Brach and Brach, 2011)."""
BODY_FRICTION = 0.5
"""Of sheet metal on sheet metal."""
TYRE_GRIP = 0.7
"""Of tyres that slide on dry asphalt."""
METAL_GRIP = 0.6
"""Of a fallen two-wheeler and its rider."""
CRUSH = 0.03
"""Seconds over which the bodies take up the closing speed."""
_STEP = 1.0 / 480.0


@dataclass(frozen=True)
class Pedals:
    """What a driver does after the touch: brakes by a share of the grip at first, and another after some seconds."""

    first: float = 0.05
    later: float = 0.85
    after: float = 0.35


@dataclass(frozen=True, eq=False)
class Outcome:
    """What becomes of two bodies.

    Attributes:
        first_frame: The first frame after the touch.
        frames: Of both, from there to the end of the scenario.
        contact: (2,) first and last frame in which the boxes overlap; both -1 if they do in none.
        closing: m/s at which they met along the line of the impulse's place (their relative speed).
        at_rest: Second at which both are at rest.
        change: (2,) m/s by which the crash changed each velocity within 0.15 s.
    """

    first_frame: int
    frames: tuple[Frames, Frames]
    contact: tuple[int, int]
    closing: float
    at_rest: float
    change: tuple[float, float]


def collide(a: Course, b: Course, time: float, clock: Clock, pedals: tuple[Pedals, Pedals]) -> Outcome:
    """Let two courses meet at `time` and follow their bodies to the end of the scenario."""
    first = int(np.floor(time * clock.fps + 1e-6)) + 1
    times = np.arange(first, clock.count) / clock.fps - time
    prints = [body.blueprint for body in (a, b)]
    before = np.array([time - 0.5 / 240.0])
    poses = [body.poses(np.array([time]))[0] for body in (a, b)]
    moves = [rates(body, before)[0] for body in (a, b)]
    start = np.zeros((2, 6))
    for row in range(2):
        start[row, :3] = bodies.box_centers(prints[row], poses[row][None, [0, 1, 5]])[0]
        lever = start[row, :2] - poses[row][:2]
        turn = moves[row][5]
        start[row, 3:5] = moves[row][:2] + turn * np.array([-lever[1], lever[0]])
        start[row, 5] = turn
    half = np.stack([bodies.half_plan(p) for p in prints])
    riders = [p.is_two_wheeler for p in prints]
    states = crash(
        start,
        half,
        np.array([bodies.mass_of(p) for p in prints]),
        np.array([bodies.inertia_of(p) for p in prints]),
        np.stack([bodies.feet(p) for p in prints]),
        np.array(
            [
                (1.0, 1.0, 0.0) if fallen else (feet.first, feet.later, feet.after)
                for fallen, feet in zip(riders, pedals, strict=True)
            ]
        ),
        np.array([METAL_GRIP if fallen else TYRE_GRIP for fallen in riders]),
        times,
        np.array([RESTITUTION, BODY_FRICTION, CRUSH, _STEP]),
    )
    depth = box_gaps(states[:, 0, :3], half[0], states[:, 1, :3], half[1])
    inside = np.flatnonzero(depth < 0.0)
    contact = (first + int(inside[0]), first + int(inside[-1])) if len(inside) else (-1, -1)
    moving = np.flatnonzero(np.abs(states[:, :, 3:]).max(axis=(1, 2)) > 0.01)
    rest = time if not len(moving) else (first + int(moving[-1]) + 1) / clock.fps
    soon = min(int(0.15 * clock.fps), len(times) - 1)
    change = np.hypot(*(states[soon, :, 3:5] - start[:, 3:5]).T)
    return Outcome(
        first,
        (_frames(a, poses[0], states[:, 0]), _frames(b, poses[1], states[:, 1])),
        contact,
        float(np.hypot(*(start[0, 3:5] - start[1, 3:5]))),
        rest,
        (float(change[0]), float(change[1])),
    )


def _frames(course: Course, pose: FloatArray, states: FloatArray) -> Frames:
    """A body's states as poses of its actor, on the plane of the road where it was touched."""
    grade = -np.tan(pose[4]) * np.array([np.cos(pose[5]), np.sin(pose[5])])
    plan = bodies.origins(course.blueprint, states[:, :3])
    yaw = plan[:, 2]
    out = np.zeros((len(states), 6))
    out[:, :2], out[:, 5] = plan[:, :2], yaw
    out[:, 2] = pose[2] + (plan[:, :2] - pose[:2]) @ grade
    out[:, 4] = -np.arctan(grade[0] * np.cos(yaw) + grade[1] * np.sin(yaw))
    out[:, 3] = np.arctan(grade[1] * np.cos(yaw) - grade[0] * np.sin(yaw))
    velocity = np.zeros((len(states), 3))
    lever = plan[:, :2] - states[:, :2]
    velocity[:, 0] = states[:, 3] - states[:, 5] * lever[:, 1]
    velocity[:, 1] = states[:, 4] + states[:, 5] * lever[:, 0]
    velocity[:, 2] = velocity[:, :2] @ grade
    return Frames(out, velocity, states[:, 5].copy())
