"""From places along rails to the courses of vehicles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import FloatArray
from roadmark.traffic.motion import ActorSpec, MovingActor
from roadmark.traffic.vehicles.rails import STEP


def axles(spec: ActorSpec) -> tuple[float, float]:
    """Where the rear and the front axle are along the vehicle's x axis, metres."""
    places = [wheel.x for wheel in spec.blueprint.wheels]
    if not places or max(places) - min(places) < 0.3:
        reach = 0.3 * spec.blueprint.size[0]
        return -reach, reach
    return min(places), max(places)


def course(
    spec: ActorSpec, rail: FloatArray, r: FloatArray, start: int, step: float, blinkers: NDArray[np.int8]
) -> MovingActor:
    """The course of a vehicle whose axles ride on a rail.

    Args:
        spec: The vehicle.
        rail: (K, 3) points every `STEP` metres.
        r: (N,) metres along it of the rear axle, frame by frame.
        start: Scenario frame of the first.
        step: Seconds between frames.
        blinkers: (N,) blinkers.
    """
    rear, front = axles(spec)
    base = front - rear
    back, ahead = on_rail(rail, r), on_rail(rail, r + base)
    chord = ahead - back
    yaw = np.arctan2(chord[:, 1], chord[:, 0])
    pitch = -np.arctan2(chord[:, 2], np.hypot(chord[:, 0], chord[:, 1]))
    fraction = -rear / base
    positions = back + fraction * chord
    flat = chord[:, :2] / np.maximum(np.hypot(chord[:, 0], chord[:, 1]), 1e-6)[:, None]
    positions[:, :2] = back[:, :2] - rear * flat
    rpy = np.stack([np.zeros(len(r)), pitch, yaw], axis=1)
    if len(r) > 1:
        velocity = np.gradient(positions, step, axis=0)
        yaw_rate = np.gradient(np.unwrap(yaw), step)
    else:
        velocity, yaw_rate = np.zeros_like(positions), np.zeros(len(r))
    return MovingActor(spec, positions, rpy, velocity, yaw_rate, start, blinkers)


def on_rail(rail: FloatArray, r: FloatArray) -> FloatArray:
    """(N, 3) places at metres along a rail, by cubic curves through its points (Catmull and Rom 1974)."""
    last = len(rail) - 1
    at = np.clip(r / STEP, 0.0, last)
    k = np.clip(at.astype(np.int64), 0, last - 1)
    u = (at - k)[:, None]
    p0, p1, p2, p3 = rail[np.maximum(k - 1, 0)], rail[k], rail[k + 1], rail[np.minimum(k + 2, last)]
    p0 = np.where((k == 0)[:, None], 3.0 * p1 - 3.0 * p2 + p3, p0)
    p3 = np.where((k == last - 1)[:, None], 3.0 * p2 - 3.0 * p1 + p0, p3)
    return np.asarray(
        p1 + 0.5 * u * (p2 - p0 + u * (2.0 * p0 - 5.0 * p1 + 4.0 * p2 - p3 + u * (3.0 * (p1 - p2) + p3 - p0)))
    )
