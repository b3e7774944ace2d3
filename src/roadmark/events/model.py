"""`Event`: one thing that happened in a scenario, with its times, actors and place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from roadmark.errors import InputError

COLLISIONS = ("rear_end", "side_collision", "head_on", "pedestrian_collision", "cyclist_collision")
"""Sub-categories of the category `collision`."""

NON_COLLISIONS = (
    "near_miss",
    "wrong_way",
    "red_light",
    "sudden_stop",
    "stalled_vehicle",
    "illegal_turn",
    "speeding",
    "jaywalk",
    "blocked_junction",
)
"""Categories that are no collision; their sub-category is more particular or empty."""


@dataclass(frozen=True)
class Participant:
    """Someone's part in an event.

    Attributes:
        actor_id: Its id in the recording.
        role: Such as `striking`, `struck`, `violator`, `pedestrian`.
    """

    actor_id: int
    role: str


@dataclass(frozen=True)
class Place:
    """Where it happened.

    Attributes:
        position: (x, y, z) metres, world FLU.
        road: Road id, None off every road.
        lane: `<road>_<section>_<lane>`, None off every lane.
        junction: Junction id, None outside junctions.
    """

    position: tuple[float, float, float]
    road: str | None = None
    lane: str | None = None
    junction: str | None = None


@dataclass(frozen=True)
class Event:
    """Something that happened, seconds in the recording's clock.

    Attributes:
        category: `collision` or one of `NON_COLLISIONS`.
        sub_category: One of `COLLISIONS` for collisions, else more particular or empty.
        start: When it began.
        end: When it was over.
        contact: Exact time of the first contact, None without one.
        participants: Who took part, the one that caused it first.
        place: Where.
        cause: Why, a few words; empty where unknown.
        caption: One sentence.
        measures: Numbers that belong to it, such as `time_to_collision` in seconds or `speed` in m/s.

    Raises:
        InputError: Unknown category, or times that are not in order.
    """

    category: str
    start: float
    end: float
    participants: tuple[Participant, ...]
    place: Place
    sub_category: str = ""
    contact: float | None = None
    cause: str = ""
    caption: str = ""
    measures: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = ("collision", *NON_COLLISIONS)
        if self.category not in known:
            raise InputError(f"event category {self.category!r} is not known; use {', '.join(known)}")
        if self.category == "collision" and self.sub_category not in COLLISIONS:
            raise InputError(f"collision kind {self.sub_category!r} is not known; use {', '.join(COLLISIONS)}")
        if not -math.inf < self.start <= self.end < math.inf:
            raise InputError(f"{self.category}: times must be finite and in order: {self.start}, {self.end}")

    @property
    def kind(self) -> str:
        """What an incident of this kind is called: the sub-category of collisions, else the category."""
        return self.sub_category if self.category == "collision" else self.category

    @property
    def actor_ids(self) -> tuple[int, ...]:
        """Ids of everyone who took part."""
        return tuple(participant.actor_id for participant in self.participants)
