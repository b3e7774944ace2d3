"""What happens: a car runs a red light and strikes another.

Northbound and southbound traffic has green. A westbound car does not stop and hits a northbound one in its right side;
both slide to rest. Everything is a closed formula of time, so that the recording is the same everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from roadmark.catalog import VehicleLight

FPS = 20
DURATION = 5.0
CONTACT = 2.6
"""Second of the first contact."""
CONTACT_FRAMES = 3
RUNNER, STRUCK = 20, 21
"""Ids of the two that collide."""
FRICTION = 6.5
"""Deceleration of a sliding car, m/s²: a dry road's 0.66 g."""

Course = Callable[[float], tuple[float, float, float]]
"""Time in seconds to x, y in metres and heading in radians, FLU."""

DRIVING_LAMPS = VehicleLight.POSITION | VehicleLight.LOW_BEAM
NO_LAMPS = VehicleLight(0)


@dataclass(frozen=True)
class Part:
    """One actor of the scenario.

    Attributes:
        actor_id: Its id in the recording.
        blueprint: Its blueprint id.
        course: Where it is.
        color: Paint, sRGB; none for walkers.
        half_extents: Half length, width, height, metres.
        center: Box centre in the actor's frame, metres.
        lights: Time to the lamps that are on.
        origin_height: Height of the actor's origin above the ground, metres.
    """

    actor_id: int
    blueprint: str
    course: Course
    color: tuple[int, int, int] | None
    half_extents: tuple[float, float, float]
    center: tuple[float, float, float]
    lights: Callable[[float], VehicleLight] = field(default=lambda _: DRIVING_LAMPS)
    origin_height: float = 0.0


def straight(x: float, y: float, heading: float, speed: float) -> Course:
    """Constant velocity through (x, y) at time 0."""

    def course(t: float) -> tuple[float, float, float]:
        return x + speed * t * math.cos(heading), y + speed * t * math.sin(heading), heading

    return course


def braking(x: float, y: float, heading: float, speed: float, start: float, deceleration: float) -> Course:
    """Constant velocity, then a full stop."""

    def course(t: float) -> tuple[float, float, float]:
        slowed = min(max(t - start, 0.0), speed / deceleration)
        s = speed * min(t, start) + speed * slowed - 0.5 * deceleration * slowed * slowed
        return x + s * math.cos(heading), y + s * math.sin(heading), heading

    return course


@dataclass(frozen=True)
class Slide:
    """A course until the contact, and a slide to rest after it."""

    before: Course
    velocity: tuple[float, float]
    spin: float
    """Yaw rate just after the contact, rad/s; it fades as the slide does."""

    def __call__(self, t: float) -> tuple[float, float, float]:
        """Position and heading at a time."""
        if t <= CONTACT:
            return self.before(t)
        x, y, heading = self.before(CONTACT)
        speed = math.hypot(*self.velocity)
        slid = min(t - CONTACT, speed / FRICTION)
        factor = slid - 0.5 * FRICTION * slid * slid / speed
        return x + self.velocity[0] * factor, y + self.velocity[1] * factor, heading + self.spin * factor


def _runner() -> Slide:
    # at the contact its front, 2.396 m ahead, touches the right side of the other, 1.075 m off the axis
    x = 1.75 + 1.075 + 2.396
    return Slide(straight(x + 12.0 * CONTACT, 1.75, math.pi, 12.0), (-4.3, 0.9), -0.62)


def _struck() -> Slide:
    # northbound at 9 m/s; the impulse pushes it west and turns it left
    return Slide(straight(1.75, 1.1 - 9.0 * CONTACT, math.pi / 2, 9.0), (-5.3, 7.5), 0.55)


def _unlit(_: float) -> VehicleLight:
    return NO_LAMPS


def _stopped(_: float) -> VehicleLight:
    return DRIVING_LAMPS | VehicleLight.BRAKE


def _braking_from(start: float) -> Callable[[float], VehicleLight]:
    return lambda t: DRIVING_LAMPS | (VehicleLight.BRAKE if t >= start else NO_LAMPS)


def parts() -> list[Part]:
    """The actors, in the order of their ids."""
    north, south, east, west = math.pi / 2, -math.pi / 2, 0.0, math.pi
    adult, child = (0.1877, 0.1877, 0.93), (0.1877, 0.1877, 0.65)
    upright = (0.0, 0.0, 0.0)
    return [
        Part(RUNNER, "vehicle.tesla.model3", _runner(), (170, 20, 20), (2.396, 1.0815, 0.744), (0.029, 0, 0.744),
             _braking_from(CONTACT)),
        Part(STRUCK, "vehicle.nissan.patrol_2021", _struck(), (225, 226, 222), (2.783, 1.075, 1.0225),
             (0.028, 0, 1.0225), _braking_from(CONTACT)),
        Part(22, "vehicle.mini.cooper_s_2021", straight(-21.0, -1.75, east, 0.0), (28, 74, 140),
             (2.2765, 1.0485, 0.8835), (-0.031, 0, 0.8835), _stopped),
        Part(23, "vehicle.mitsubishi.fusorosa", straight(-33.0, -1.75, east, 0.0), (214, 168, 40),
             (5.1365, 1.972, 2.1265), (-0.445, 0.121, 2.1265), _stopped),
        Part(24, "vehicle.audi.tt", braking(1.75, -42.0, north, 9.0, CONTACT + 0.3, 6.0), (60, 62, 66),
             (2.0905, 0.997, 0.6925), (0.0, 0, 0.6925),
             _braking_from(CONTACT + 0.3)),
        Part(25, "vehicle.yamaha.yzf", straight(-1.75, 26.0, south, 11.0), (20, 60, 160),
             (1.0955, 0.433, 0.765), (0, 0, 0.765)),
        Part(26, "vehicle.bh.crossbike", straight(24.0, -2.7, east, 4.2), (30, 30, 34), (0.7545, 0.433, 0.806),
             (0, 0, 0.806), _unlit),
        Part(27, "vehicle.carlamotors.european_hgv", straight(1.75, 32.0, north, 7.0), (190, 60, 30),
             (3.968, 1.4455, 1.731), (0, 0, 1.731)),
        Part(28, "vehicle.ford.ambulance", straight(-1.75, 62.0, south, 10.0), (236, 236, 232),
             (3.183, 1.1755, 1.2155), (-0.289, 0, 1.2155)),
        Part(29, "vehicle.toyota.prius", braking(62.0, 1.75, west, 10.0, 0.6, 4.0), (70, 110, 84),
             (2.257, 1.0035, 0.7625), (0, 0, 0.7625), _stopped),
        Part(40, "walker.pedestrian.0003", straight(16.3, -5.5, north, 1.35), None, adult, upright, _unlit, 0.93),
        Part(41, "walker.pedestrian.0021", straight(15.6, 9.5, south, 1.2), None, adult, upright, _unlit, 0.93),
        Part(42, "walker.pedestrian.0034", straight(5.8, -17.0, north, 1.5), None, adult, upright, _unlit, 1.08),
        Part(43, "walker.pedestrian.0012", straight(6.6, -17.2, north, 1.5), None, child, upright, _unlit, 0.80),
    ]  # fmt: skip


def times() -> npt.NDArray[np.float64]:
    """Seconds of the recorded frames."""
    return np.arange(round(DURATION * FPS) + 1) / FPS
