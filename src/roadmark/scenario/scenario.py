"""`Scenario`: what happened, independent of any camera."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import FloatArray
from roadmark.scenario.model import (
    Actor,
    ActorKind,
    Collision,
    ControlTrack,
    DoorTrack,
    LightTrack,
    SignalTrack,
    SpeedTrack,
    Track,
    WheelTrack,
)
from roadmark.scenario.state import SceneState, scene_state

ReplayMode = Literal["exact", "carla"]


@dataclass(frozen=True, eq=False)
class Scenario:
    """Actors and what they did over time. All mappings go by `Actor.key`.

    Attributes:
        map_name: Level name, such as ``Town01``.
        times: (F,) seconds of the recorded frames, not evenly spaced.
        source_frames: (F,) their recorded numbers.
        actors: All actors that ever were.
        tracks: Where the actors were that have recorded positions.
        signals: What traffic lights showed.
        controls: What drivers did.
        vehicle_lights: Lamps of vehicles.
        walker_speeds: Recorded speeds of walkers.
        wheels: Recorded wheel angles (CARLA 0.9.15 and later).
        bikers: Recorded speeds of two-wheelers (CARLA 0.9.15 and later).
        doors: Doors that were opened or closed.
        collisions: Contacts of ordered pairs, by start.
        recorded_at: When it was recorded, UTC, None where unknown.
        warnings: What was wrong with the recording but bearable.
    """

    map_name: str
    times: FloatArray
    source_frames: NDArray[np.int64]
    actors: Mapping[int, Actor]
    tracks: Mapping[int, Track] = field(default_factory=dict)
    signals: Mapping[int, SignalTrack] = field(default_factory=dict)
    controls: Mapping[int, ControlTrack] = field(default_factory=dict)
    vehicle_lights: Mapping[int, LightTrack] = field(default_factory=dict)
    walker_speeds: Mapping[int, SpeedTrack] = field(default_factory=dict)
    wheels: Mapping[int, WheelTrack] = field(default_factory=dict)
    bikers: Mapping[int, SpeedTrack] = field(default_factory=dict)
    doors: Mapping[int, DoorTrack] = field(default_factory=dict)
    collisions: tuple[Collision, ...] = ()
    recorded_at: datetime | None = None
    warnings: tuple[str, ...] = ()

    @property
    def duration(self) -> float:
        """Seconds from the start of the recording to its last frame, as CARLA counts it."""
        return float(self.times[-1])

    @property
    def hero(self) -> Actor | None:
        """The first actor whose role name is hero."""
        return next((actor for actor in self.actors.values() if actor.is_hero), None)

    def of_kind(self, *kinds: ActorKind) -> list[Actor]:
        """Actors of some kinds, in order of appearance."""
        return [actor for actor in self.actors.values() if actor.kind in kinds]

    def named(self, actor_id: int) -> list[Actor]:
        """Actors that had an id, in order of appearance; more than one where the id was used again."""
        return [actor for actor in self.actors.values() if actor.id == actor_id]

    def state_at(self, time: float, mode: ReplayMode = "exact", *, time_factor: float = 1.0) -> SceneState:
        """The state of every actor alive at a time.

        Args:
            time: Seconds; before the first or after the last frame, that frame holds.
            mode: ``exact`` puts actors between the recorded frames around the time: positions linear, angles the
                shorter way round. ``carla`` is what CARLA's replayer shows, which is one recorded frame late.
            time_factor: Replay speed; CARLA's replayer does not interpolate from 2 on. Meaningless for ``exact``.
        """
        return scene_state(self, time, mode, time_factor)

    def without(self, actor_ids: Iterable[int]) -> Scenario:
        """The scenario without some actors (by id); contacts that name them stay, they happened."""
        gone = set(actor_ids)
        return self._keep({key for key, actor in self.actors.items() if actor.id not in gone})

    def without_hero(self) -> Scenario:
        """The scenario without hero actors and what is attached to them (``ignore_hero``)."""
        heroes = {actor.id for actor in self.actors.values() if actor.is_hero}
        return self._keep(
            {key for key, actor in self.actors.items() if not actor.is_hero and actor.parent not in heroes}
        )

    def actors_near(self, time: float, point: FloatArray, distance: float) -> list[Actor]:
        """Actors whose origin is within `distance` metres of a point (3,) at a time, nearest first."""
        found = [(float(np.linalg.norm(s.pose.translation - point)), s.actor) for s in self.state_at(time).actors]
        return [actor for d, actor in sorted(found, key=lambda pair: (pair[0], pair[1].key)) if d <= distance]

    def _keep(self, keys: set[int]) -> Scenario:
        return replace(
            self,
            actors={key: value for key, value in self.actors.items() if key in keys},
            tracks={key: value for key, value in self.tracks.items() if key in keys},
            signals={key: value for key, value in self.signals.items() if key in keys},
            controls={key: value for key, value in self.controls.items() if key in keys},
            vehicle_lights={key: value for key, value in self.vehicle_lights.items() if key in keys},
            walker_speeds={key: value for key, value in self.walker_speeds.items() if key in keys},
            wheels={key: value for key, value in self.wheels.items() if key in keys},
            bikers={key: value for key, value in self.bikers.items() if key in keys},
            doors={key: value for key, value in self.doors.items() if key in keys},
        )
