"""`Courses`: everyone who moves in a scenario as dense arrays, one row per actor and one column per recorded frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import Blueprint, BodyStyle, blueprint, known
from roadmark.geometry import FloatArray
from roadmark.scenario import Actor, ActorKind, Scenario

BoolArray = NDArray[np.bool_]

SMOOTHING = 0.1
"""Seconds to each side over which speeds are differenced into accelerations."""
_SMALLEST_HALF = 0.05  # metres: recorded boxes below are none


@dataclass(frozen=True, eq=False)
class Courses:
    """Vehicles and walkers of a scenario over its frames. A actors, F frames; NaN where an actor is not there.

    Attributes:
        times: (F,) seconds.
        actors: (A,) who, in order of appearance.
        half: (A, 3) half length, width, height of the boxes, metres.
        offset: (A, 3) centre of the box in the actor's frame.
        present: (A, F) whether the frame has the actor.
        positions: (A, F, 3) origin, world metres.
        rpy: (A, F, 3) radians.
        walker, bicycle: (A,) what it is; neither is any other vehicle.
    """

    times: FloatArray
    actors: tuple[Actor, ...]
    half: FloatArray
    offset: FloatArray
    present: BoolArray
    positions: FloatArray
    rpy: FloatArray
    walker: BoolArray
    bicycle: BoolArray

    @property
    def count(self) -> int:
        """Number of actors."""
        return len(self.actors)

    @cached_property
    def step(self) -> float:
        """Usual seconds between two frames."""
        return float(np.median(np.diff(self.times))) if len(self.times) > 1 else 1.0

    @cached_property
    def velocities(self) -> FloatArray:
        """(A, F, 2) m/s in plan, by central differences of the positions; one-sided where an actor comes or goes."""
        return self._rate(self.positions[..., :2], 1)

    @cached_property
    def speed(self) -> FloatArray:
        """(A, F) m/s in plan."""
        return np.asarray(np.hypot(self.velocities[..., 0], self.velocities[..., 1]))

    @cached_property
    def heading(self) -> FloatArray:
        """(A, F, 2) unit vectors ahead, in plan."""
        yaw = self.rpy[..., 2]
        return np.stack([np.cos(yaw), np.sin(yaw)], axis=-1)

    @cached_property
    def forward(self) -> FloatArray:
        """(A, F) m/s along the heading, negative backwards."""
        return np.asarray((self.velocities * self.heading).sum(axis=-1))

    @cached_property
    def acceleration(self) -> FloatArray:
        """(A, F, 2) m/s2 in plan, differenced over `SMOOTHING` to both sides."""
        return self._rate(self.velocities, max(round(SMOOTHING / self.step), 1))

    @cached_property
    def along(self) -> FloatArray:
        """(A, F) m/s2 along the heading, negative braking (forwards)."""
        return np.asarray((self.acceleration * self.heading).sum(axis=-1))

    @cached_property
    def lateral(self) -> FloatArray:
        """(A, F) m/s2 to the left."""
        heading, change = self.heading, self.acceleration
        return np.asarray(heading[..., 0] * change[..., 1] - heading[..., 1] * change[..., 0])

    @cached_property
    def centers(self) -> FloatArray:
        """(A, F, 2) centres of the boxes in plan; roll and pitch move them by millimetres and are left out."""
        return self.along_box(0.0)

    @cached_property
    def fronts(self) -> FloatArray:
        """(A, F, 2) middles of the boxes' front faces in plan."""
        return self.along_box(1.0)

    def along_box(self, share: float) -> FloatArray:
        """(A, F, 2) points on the boxes' long axes: -1 rear, 0 centre, 1 front."""
        ahead = self.offset[:, None, 0] + share * self.half[:, None, 0]
        left, heading = self.offset[:, None, 1], self.heading
        across = np.stack([-heading[..., 1], heading[..., 0]], axis=-1)
        return np.asarray(self.positions[..., :2] + ahead[..., None] * heading + left[..., None] * across)

    @cached_property
    def first(self) -> NDArray[np.int64]:
        """(A,) first frame of each actor."""
        return np.asarray(self.present.argmax(axis=1))

    @cached_property
    def last(self) -> NDArray[np.int64]:
        """(A,) last frame of each actor."""
        return np.asarray(self.present.shape[1] - 1 - self.present[:, ::-1].argmax(axis=1))

    def frame_at(self, time: float) -> int:
        """The last frame not after a time."""
        return int(np.clip(np.searchsorted(self.times, time + 1e-9, side="right") - 1, 0, len(self.times) - 1))

    def _rate(self, values: FloatArray, reach: int) -> FloatArray:
        """Change per second from `reach` frames before to as many after, fewer where there are none; (A, F, K)."""
        frames = np.arange(len(self.times))
        after = np.clip(np.minimum(frames + reach, self.last[:, None]), 0, None)
        before = np.minimum(np.maximum(frames - reach, self.first[:, None]), after)
        rows = np.arange(self.count)[:, None]
        span = (self.times[after] - self.times[before])[..., None]
        change = values[rows, after] - values[rows, before]
        rate = np.divide(change, span, out=np.zeros_like(values), where=span > 0.0)
        return np.where(self.present[..., None], rate, np.nan)


def gather_courses(scenario: Scenario) -> Courses:
    """Put the tracks of all vehicles and walkers of a scenario side by side."""
    chosen = [actor for actor in scenario.of_kind(ActorKind.VEHICLE, ActorKind.WALKER) if actor.key in scenario.tracks]
    count, frames = len(chosen), len(scenario.times)
    positions, rpy = np.full((count, frames, 3), np.nan), np.full((count, frames, 3), np.nan)
    half, offset = np.zeros((count, 3)), np.zeros((count, 3))
    for row, actor in enumerate(chosen):
        track = scenario.tracks[actor.key]
        positions[row, track.frames], rpy[row, track.frames] = track.positions, track.rpy
        half[row], offset[row] = _box(actor)
    return Courses(
        times=np.asarray(scenario.times, dtype=np.float64),
        actors=tuple(chosen),
        half=half,
        offset=offset,
        present=~np.isnan(positions[..., 0]),
        positions=positions,
        rpy=rpy,
        walker=np.array([actor.kind is ActorKind.WALKER for actor in chosen], dtype=bool),
        bicycle=np.array([_is_bicycle(actor) for actor in chosen], dtype=bool),
    )


def _box(actor: Actor) -> tuple[FloatArray, FloatArray]:
    """Half extents and centre: as recorded, else the blueprint's."""
    recorded = actor.bounding_box
    if recorded is not None and (np.asarray(recorded.half_extents) > _SMALLEST_HALF).all():
        return np.asarray(recorded.half_extents, np.float64), np.asarray(recorded.center, np.float64)
    body = _blueprint(actor)
    return np.array(body.half_extents), np.array(body.center_offset)


def _blueprint(actor: Actor) -> Blueprint:
    """The catalogue's entry, or a common one of the kind."""
    if known(actor.blueprint_id):
        return blueprint(actor.blueprint_id)
    if actor.kind is ActorKind.WALKER:
        return blueprint("walker.pedestrian.0001")
    two = actor.attributes.get("number_of_wheels") == "2"
    return blueprint("vehicle.yamaha.yzf" if two else "vehicle.toyota.prius")


def _is_bicycle(actor: Actor) -> bool:
    if actor.kind is not ActorKind.VEHICLE:
        return False
    if known(actor.blueprint_id):
        return blueprint(actor.blueprint_id).style is BodyStyle.BICYCLE
    return actor.attributes.get("base_type", "").lower() == "bicycle"
