"""`Scene`: what all detectors look at: the scenario's courses, the ground they are on, and its collisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from roadmark.events.courses import BoolArray, Courses
from roadmark.events.ground import Ground
from roadmark.events.model import Event, Participant, Place
from roadmark.geometry import FloatArray
from roadmark.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Scene:
    """A scenario as detectors see it.

    Attributes:
        scenario: The scenario.
        courses: Its vehicles and walkers.
        ground: The lanes under them; None without a map.
        first_contact: (A,) seconds of each actor's first collision, infinite without one.
    """

    scenario: Scenario
    courses: Courses
    ground: Ground | None
    first_contact: FloatArray

    @cached_property
    def intact(self) -> BoolArray:
        """(A, F) whether an actor is there and has not collided yet: what a wreck does is nobody's doing."""
        return np.asarray(self.courses.present & (self.courses.times < self.first_contact[:, None]))

    def person(self, row: int, role: str) -> Participant:
        """An actor in a role."""
        return Participant(self.courses.actors[row].id, role)

    def name(self, row: int) -> str:
        """An actor in words, such as `vehicle 12`."""
        return f"{self.word(row)} {self.courses.actors[row].id}"

    def word(self, row: int) -> str:
        """What an actor is."""
        if self.courses.walker[row]:
            return "pedestrian"
        return "cyclist" if self.courses.bicycle[row] else "vehicle"

    def place(self, row: int, frame: int) -> Place:
        """Where the middle of an actor's box is in a frame."""
        x, y = self.courses.centers[row, frame]
        return self.place_of(np.array([x, y, self.courses.positions[row, frame, 2]]))

    def place_of(self, position: FloatArray) -> Place:
        """Where a point (3,) is."""
        if self.ground is not None:
            return self.ground.place(position)
        x, y, z = (round(float(value), 4) for value in position)
        return Place((x, y, z))


def first_contacts(courses: Courses, collisions: Sequence[Event]) -> FloatArray:
    """(A,) seconds of each actor's first collision, infinite without one."""
    first = np.full(courses.count, np.inf)
    rows: dict[int, list[int]] = {}
    for row, actor in enumerate(courses.actors):
        rows.setdefault(actor.id, []).append(row)
    for event in collisions:
        contact = event.start if event.contact is None else event.contact
        frame = courses.frame_at(contact)
        for actor_id in event.actor_ids:
            for row in rows.get(actor_id, ()):
                if courses.present[row, frame] or courses.present[row, min(frame + 1, len(courses.times) - 1)]:
                    first[row] = min(first[row], contact)
    return first
