"""What drivers and wheels do on a given course: steering, throttle, brake, gear, rolled angle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import Blueprint
from roadmark.geometry import FloatArray
from roadmark.scenario import DEFAULT_MAX_STEER, ControlTrack, WheelTrack
from roadmark.traffic.motion import MovingActor

GRAVITY = 9.81
STANDING = 0.1
"""m/s below which a vehicle stands."""
_FULL_THROTTLE, _FULL_BRAKE = 4.5, 8.0  # m/s2 at the ends of the pedals' travel
_ROLLING, _DRAG = 0.12, 0.0004  # m/s2, and per (m/s)2: what holds a coasting car back
_HOLD = 0.3  # brake of a driver who stands
_GEARS = np.array([4.0, 8.0, 13.0, 19.0, 26.0])  # m/s from which the next gear is in
_SMOOTH = 2  # frames to each side over which speeds are differenced


@dataclass(frozen=True, eq=False)
class Motion:
    """A vehicle's course in its own terms.

    Attributes:
        forward: (N,) m/s along its heading, negative backwards.
        acceleration: (N,) m/s2 along its heading.
        effort: (N,) m/s2 that engine or brakes give: the acceleration, and what slope and drag take.
        standing: (N,) whether it stands.
        steer: (N,) angle of the front wheels, radians, positive to the left.
        rolled: (N,) metres rolled since the first row.
    """

    forward: FloatArray
    acceleration: FloatArray
    effort: FloatArray
    standing: NDArray[np.bool_]
    steer: FloatArray
    rolled: FloatArray


def vehicle_motion(actor: MovingActor, step: float) -> Motion:
    """A vehicle's course in its own terms; `step` is the seconds between two frames."""
    yaw, velocity = actor.rpy[:, 2], actor.velocity
    forward = velocity[:, 0] * np.cos(yaw) + velocity[:, 1] * np.sin(yaw)
    acceleration = _rate(forward, step)
    standing = actor.speed < STANDING
    uphill = -np.sin(actor.rpy[:, 1])
    against = np.sign(forward) * (_ROLLING + _DRAG * forward * forward)
    effort = acceleration + GRAVITY * uphill + against
    rolled = np.zeros(len(forward))
    np.cumsum(0.5 * step * (forward[1:] + forward[:-1]), out=rolled[1:])
    steer = _steer(actor, forward) if actor.steer is None else actor.steer
    return Motion(forward, acceleration, effort, standing, steer, rolled)


def control_track(actor: MovingActor, motion: Motion, times: FloatArray) -> ControlTrack:
    """What the driver does, from the course alone; parked vehicles have the handbrake on and no gear in."""
    count = len(times)
    nothing = np.zeros(count)
    if actor.parked:
        still = np.zeros(count, np.int32)
        return ControlTrack(times, nothing, nothing, nothing, np.ones(count, np.bool_), still)
    reverse = motion.forward < -STANDING
    push = np.where(reverse, -motion.effort, motion.effort)
    throttle = np.where(motion.standing, 0.0, np.clip(push / _FULL_THROTTLE, 0.0, 1.0))
    brake = np.where(motion.standing, _HOLD, np.clip(-push / _FULL_BRAKE, 0.0, 1.0))
    gear = np.where(reverse, -1, 1 + np.searchsorted(_GEARS, np.abs(motion.forward))).astype(np.int32)
    steer = np.clip(-motion.steer / DEFAULT_MAX_STEER, -1.0, 1.0)
    return ControlTrack(times, steer, throttle, brake, np.zeros(count, np.bool_), gear)


def wheel_track(blueprint: Blueprint, motion: Motion, times: FloatArray) -> WheelTrack:
    """How far the wheels are turned and have rolled, in the recorder's order of wheels."""
    wheels = blueprint.wheels
    steer = np.zeros((len(times), len(wheels)))
    rotation = np.empty_like(steer)
    for column, wheel in enumerate(wheels):
        if wheel.steers:
            steer[:, column] = motion.steer
        rotation[:, column] = motion.rolled / wheel.radius
    return WheelTrack(times, np.arange(len(wheels), dtype=np.uint8), steer, rotation)


def _rate(values: FloatArray, step: float) -> FloatArray:
    """(N,) change per second over some frames to both sides, fewer at the ends."""
    count = len(values)
    if count < 2:
        return np.zeros(count)
    rows = np.arange(count)
    after, before = np.minimum(rows + _SMOOTH, count - 1), np.maximum(rows - _SMOOTH, 0)
    return np.asarray((values[after] - values[before]) / ((after - before) * step))


def _steer(actor: MovingActor, forward: FloatArray) -> FloatArray:
    """(N,) steering angle that turns as the course does; kept while standing."""
    rolling = np.abs(forward) > 0.5
    if not rolling.any():
        return np.zeros(len(forward))
    axles = [wheel.x for wheel in actor.spec.blueprint.wheels]
    base = max(axles) - min(axles) if axles else 0.0
    angle = np.arctan(base * actor.yaw_rate / np.where(rolling, forward, 1.0))
    held = np.maximum.accumulate(np.where(rolling, np.arange(len(forward)), -1))
    return np.where(held >= 0, np.clip(angle, -0.7, 0.7)[np.maximum(held, 0)], 0.0)
