"""`MovingActor`: one actor's course over a stretch of evenly spaced frames, whoever drives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import Blueprint
from roadmark.errors import InputError
from roadmark.geometry import FloatArray


@dataclass(frozen=True)
class Clock:
    """The frames of a scenario: evenly spaced from 0.

    Attributes:
        fps: Frames per second.
        count: Number of frames; the first is at 0 s.
    """

    fps: int
    count: int

    @property
    def step(self) -> float:
        """Seconds between two frames."""
        return 1.0 / self.fps

    @property
    def times(self) -> FloatArray:
        """(count,) seconds."""
        return np.arange(self.count) / self.fps

    @property
    def duration(self) -> float:
        """Seconds from the first frame to the last."""
        return (self.count - 1) / self.fps

    def frame_at(self, time: float) -> int:
        """The frame nearest to a time, within the scenario."""
        return int(np.clip(round(time * self.fps), 0, self.count - 1))


@dataclass(frozen=True, eq=False)
class ActorSpec:
    """Who moves.

    Attributes:
        blueprint: What it is.
        color: Paint, sRGB; None for walkers.
        role_name: Role in the recording.
        attributes: Further blueprint attributes.
    """

    blueprint: Blueprint
    color: tuple[int, int, int] | None = None
    role_name: str = "autopilot"
    attributes: Mapping[str, str] = field(default_factory=dict)


LEFT, RIGHT, HAZARD = 1, -1, 2
"""Values of `MovingActor.blinkers`; 0 is off."""


@dataclass(frozen=True, eq=False)
class MovingActor:
    """One actor's course, frame by frame, while it is in the scenario. Metres, seconds, radians, world FLU.

    Attributes:
        spec: Who it is.
        positions: (N, 3) its origin: of vehicles on the ground between the wheels, of walkers the capsule's centre.
        rpy: (N, 3) roll, pitch, yaw.
        velocity: (N, 3) m/s.
        yaw_rate: (N,) rad/s, positive to the left.
        start: The scenario's frame of the first row; before it and after the last row the actor does not exist.
        blinkers: (N,) int8: 0 off, 1 left, -1 right, 2 hazard.
        steer: (N,) angle of the front wheels, radians, positive to the left; zeros for walkers.
        emergency_lights: Whether special lights flash.
        parked: Engine and lamps are off.

    Raises:
        InputError: Arrays of different lengths, or numbers that are not finite.
    """

    spec: ActorSpec
    positions: FloatArray
    rpy: FloatArray
    velocity: FloatArray
    yaw_rate: FloatArray
    start: int = 0
    blinkers: NDArray[np.int8] | None = None
    steer: FloatArray | None = None
    emergency_lights: bool = False
    parked: bool = False

    def __post_init__(self) -> None:
        count = len(self.positions)
        shapes = {
            "positions": (self.positions, (count, 3)),
            "rpy": (self.rpy, (count, 3)),
            "velocity": (self.velocity, (count, 3)),
            "yaw_rate": (self.yaw_rate, (count,)),
        }
        for name, (values, shape) in shapes.items():
            if values.shape != shape or not np.isfinite(values).all():
                raise InputError(f"{self.spec.blueprint.id}: {name} must be finite numbers of shape {shape}")
        for name, optional in (("blinkers", self.blinkers), ("steer", self.steer)):
            if optional is not None and optional.shape != (count,):
                raise InputError(f"{self.spec.blueprint.id}: {name} must have shape {(count,)}")
        if self.start < 0 or not count:
            raise InputError(f"{self.spec.blueprint.id}: a course starts at frame 0 or later and has a frame")

    @property
    def end(self) -> int:
        """The frame after the last row."""
        return self.start + len(self.positions)

    @property
    def speed(self) -> FloatArray:
        """(N,) m/s in plan, never negative."""
        return np.hypot(self.velocity[:, 0], self.velocity[:, 1])


@dataclass(frozen=True, eq=False)
class ScriptedActor:
    """An actor whose course is prescribed, by an incident or a user.

    Attributes:
        actor: Its course.
        joins_traffic: After the last prescribed frame traffic drives on with it from there, by the rules; otherwise the
            course has a row for every frame to the scenario's end, or the actor leaves the scenario.
    """

    actor: MovingActor
    joins_traffic: bool = False
