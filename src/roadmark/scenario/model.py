"""The parts of a scenario: actors, their tracks, what changed when. Metres, seconds, radians, FLU."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import FloatArray
from roadmark.scenario import motion

IntArray = NDArray[np.int32]
BoolArray = NDArray[np.bool_]


class ActorKind(IntEnum):
    """Kinds of actors, numbered as CARLA's recorder does."""

    OTHER = 0
    VEHICLE = 1
    WALKER = 2
    TRAFFIC_LIGHT = 3
    TRAFFIC_SIGN = 4
    SENSOR = 5
    INVALID = 6

    @property
    def label(self) -> str:
        """Name in lower case, such as ``traffic_light``."""
        return self.name.lower()


class SignalState(IntEnum):
    """What a traffic light shows."""

    RED = 0
    YELLOW = 1
    GREEN = 2
    OFF = 3
    UNKNOWN = 4


@dataclass(frozen=True, eq=False)
class LocalBox:
    """A box in its actor's own FLU frame, or a trigger volume in the world's.

    Attributes:
        center: (3,) metres.
        half_extents: (3,) metres: half length, width, height.
    """

    center: FloatArray
    half_extents: FloatArray


@dataclass(frozen=True, eq=False)
class Actor:
    """Someone or something in a scenario, from its appearance to its removal.

    Attributes:
        id: Actor id as recorded. A recording may use it again after a removal, so `key` is what is unique.
        kind: Its kind.
        blueprint_id: Such as ``vehicle.tesla.model3``.
        attributes: The blueprint's attributes as text.
        color: (3,) uint8 RGB paint, None where the recording gives none.
        role_name: Such as ``hero``, "" without one.
        parent: Id of the actor it is attached to.
        bounding_box: As recorded; None where the recording has no usable one (take the blueprint's).
        spawned: Seconds at which it appears.
        destroyed: Seconds at which it is gone, None where it stays to the end.
        spawn_position: (3,) metres, world; relative to the parent where `spawn_is_relative`.
        spawn_rpy: (3,) radians.
        spawn_is_relative: The spawn pose is given in the parent's frame (attached while the recording ran).
        trigger_volume: Stop box of a light or sign, in the world frame.
        light_times: Green, yellow, red seconds of a traffic light.
        max_steer: Largest steering angle of its front wheels in radians, None where not recorded.
        life: 0 for the first actor with this id, then 1, ...
    """

    id: int
    kind: ActorKind
    blueprint_id: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    color: NDArray[np.uint8] | None = None
    role_name: str = ""
    parent: int | None = None
    bounding_box: LocalBox | None = None
    spawned: float = 0.0
    destroyed: float | None = None
    spawn_position: FloatArray = field(default_factory=lambda: np.zeros(3))
    spawn_rpy: FloatArray = field(default_factory=lambda: np.zeros(3))
    spawn_is_relative: bool = False
    trigger_volume: LocalBox | None = None
    light_times: tuple[float, float, float] | None = None
    max_steer: float | None = None
    life: int = 0

    @property
    def key(self) -> int:
        """Unique key in the scenario: the id, plus 2**32 for every earlier actor with the same id."""
        return actor_key(self.id, self.life)

    @property
    def is_hero(self) -> bool:
        """Whether it is the ego vehicle (``role_name`` hero)."""
        return self.role_name == "hero"


def actor_key(actor_id: int, life: int) -> int:
    """The unique key of the actor that is number `life` under an id."""
    return actor_id + (life << 32)


@dataclass(frozen=True, eq=False)
class Track:
    """Where one actor was, at the recorded times.

    Attributes:
        actor_id: Actor id.
        times: (N,) seconds.
        frames: (N,) index into the scenario's frames.
        positions: (N, 3) metres, world. A vehicle's origin is on the ground between its wheels, a walker's the centre
            of its capsule.
        rpy: (N, 3) radians.
        recorded_velocity: (N, 3) m/s, NaN where a frame has none; None without recorded kinematics.
        recorded_angular: (N, 3) rad/s, alike.
        walks: Distance counts every step, not only those along the heading.
    """

    actor_id: int
    times: FloatArray
    frames: IntArray
    positions: FloatArray
    rpy: FloatArray
    recorded_velocity: FloatArray | None = None
    recorded_angular: FloatArray | None = None
    walks: bool = False

    @cached_property
    def velocities(self) -> FloatArray:
        """(N, 3) m/s: recorded, else central differences of the positions."""
        derived = motion.central_differences(self.times, self.positions)
        if self.recorded_velocity is None:
            return derived
        return np.where(np.isnan(self.recorded_velocity), derived, self.recorded_velocity)

    @cached_property
    def yaw_rates(self) -> FloatArray:
        """(N,) rad/s, positive to the left: recorded, else central differences of the yaw."""
        derived = motion.central_differences(self.times, np.unwrap(self.rpy[:, 2])[:, None])[:, 0]
        if self.recorded_angular is None:
            return derived
        recorded = self.recorded_angular[:, 2]
        return np.where(np.isnan(recorded), derived, recorded)

    @cached_property
    def travelled(self) -> FloatArray:
        """(N,) signed metres since the first sample: rolled along the heading, for walkers every step."""
        return motion.travelled(self.positions, self.rpy, along_heading=not self.walks)


@dataclass(frozen=True, eq=False)
class SignalTrack:
    """What one traffic light showed.

    Attributes:
        actor_id: Actor id.
        times: (N,) seconds.
        state: (N,) int8, values of `SignalState`.
        frozen: (N,) whether it was held.
        elapsed: (N,) seconds in this state.
    """

    actor_id: int
    times: FloatArray
    state: NDArray[np.int8]
    frozen: BoolArray
    elapsed: FloatArray


@dataclass(frozen=True, eq=False)
class ControlTrack:
    """What one vehicle's driver did.

    Attributes:
        times: (N,) seconds.
        steer: (N,) -1 to 1 of the largest steering angle, positive to the right as in CARLA.
        throttle: (N,) 0 to 1.
        brake: (N,) 0 to 1.
        handbrake: (N,) bool.
        gear: (N,) negative is reverse.
    """

    times: FloatArray
    steer: FloatArray
    throttle: FloatArray
    brake: FloatArray
    handbrake: BoolArray
    gear: IntArray


@dataclass(frozen=True, eq=False)
class LightTrack:
    """Which lamps of one vehicle were on.

    Attributes:
        times: (N,) seconds.
        flags: (N,) bits of `roadmark.catalog.VehicleLight`.
    """

    times: FloatArray
    flags: NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class SpeedTrack:
    """The recorded speed of one walker or two-wheeler.

    Attributes:
        times: (N,) seconds.
        speed: (N,) m/s.
    """

    times: FloatArray
    speed: FloatArray


@dataclass(frozen=True, eq=False)
class WheelTrack:
    """The recorded wheels of one vehicle.

    Attributes:
        times: (N,) seconds.
        locations: (W,) front left 0, front right 1, back left 2, back right 3; two-wheelers front 0, back 1.
        steer: (N, W) radians, positive to the left.
        rotation: (N, W) radians rolled forward, unwrapped.
    """

    times: FloatArray
    locations: NDArray[np.uint8]
    steer: FloatArray
    rotation: FloatArray


@dataclass(frozen=True, eq=False)
class DoorTrack:
    """Which doors of one vehicle were open.

    Attributes:
        times: (N,) seconds of changes.
        open_doors: (N,) bits: front left 1, front right 2, rear left 4, rear right 8, hood 16, trunk 32.
    """

    times: FloatArray
    open_doors: NDArray[np.uint8]


@dataclass(frozen=True)
class Collision:
    """One contact of an ordered pair, over consecutive frames.

    Attributes:
        actor_ids: Who reports it, and with whom; None stands for something that is no actor (a building, the road).
        start: Time of the first frame with the contact, exact.
        end: Time of the last.
        start_frame: Recorded frame number of the first.
        end_frame: Recorded frame number of the last.
        kinds: Kinds of both: other, vehicle, walker, traffic_light, traffic_sign, sensor, or non_actor.
        blueprints: Blueprint ids of both, "" where unknown.
        heroes: Whether each is the hero.
    """

    actor_ids: tuple[int | None, int | None]
    start: float
    end: float
    start_frame: int
    end_frame: int
    kinds: tuple[str, str]
    blueprints: tuple[str, str] = ("", "")
    heroes: tuple[bool, bool] = (False, False)


@dataclass(frozen=True)
class Blocked:
    """An actor that stayed in place.

    Attributes:
        actor_id: Actor id.
        blueprint_id: Blueprint id, "" where unknown.
        start: Seconds at which it stopped.
        duration: Seconds it stayed.
    """

    actor_id: int
    blueprint_id: str
    start: float
    duration: float
