"""`ShownScene`: a clip as one video shows it: who is seen when, what happens, in which conditions, with which marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import Conditions
from roadmark.clip import ActorRecord, Clip
from roadmark.dataset import HardNegative
from roadmark.questions.shown.lights import Lights
from roadmark.questions.shown.on_road import Roads
from roadmark.questions.shown.timeline import Timeline
from roadmark.scene import Course, Happening, Picture, Place, View

BoolArray = NDArray[np.bool_]

LEAST_SIDE = 28 / 1080
"""Least width and height of a legible box, as a share of the picture's height: the published tool's 28 pixels."""
LEAST_VISIBLE = 0.25
"""Least visible fraction of what is legible."""
LEAST_TIME = 0.3
"""Seconds for which something must be legible to be seen."""
AROUND = 0.5
"""Seconds before and after an event in which its actors may be seen for it to be seen."""


@dataclass(frozen=True)
class ShownEvent:
    """An event of the clip, in the video's time.

    Attributes:
        number: Its place in the clip's list of events, counted from 1.
        happening: Who did what; `event.start_time`, `event.end_time` and `moment` are seconds of the video.
        seen: Whether everyone who takes part is seen around it: what happens can be told from the picture.
    """

    number: int
    happening: Happening
    seen: bool

    @property
    def violator(self) -> int | None:
        """Id of who did it; whoever is named first where nobody has that role."""
        return self.happening.roles.get("violator", self.happening.first)


@dataclass(frozen=True, eq=False)
class ShownMark:
    """A mark in the video.

    Attributes:
        text: What its plate says: a whole number.
        drawn: (F,) in which frames of the clip.
    """

    text: str
    drawn: BoolArray


@dataclass(frozen=True, eq=False)
class ShownScene:
    """What one video shows of a clip. All times are seconds of the video.

    Attributes:
        clip: The clip with the labels.
        name: The clip's name in the dataset.
        augmentation: Which variation is seen; None for the clip itself.
        timeline: When each frame of the clip is shown.
        courses: Actors by id, in the frames that the video shows, without those in which verification says that they
            cannot be seen.
        events: What happens in what is shown, by start.
        conditions: Of this video; None where they are not known.
        picture: Size in pixels of the labels, and whether the camera moves.
        view: The camera.
        place: What the map knows.
        marks: By actor; empty for a video without marks.
        categories: Of all actors of the recording, by id, also of those who are never seen.
        carrier: Id of the vehicle that carries the camera; None where none does.
        recorded: All actors of the recording, by id; None where the clip knows only of those who are labelled.
        labelled_within: Metres from the camera within which everyone who is seen is labelled; None where not known.
        collisions_known: Whether collisions were looked for: only then does "none" mean none.
        negatives: Pairs that look as if they might collide and do not, in the clip's own time.
        events_known: Whether all other kinds of events were looked for.
        times_known: Whether events are where their times say; those of adopted clips may be off by a second.
    """

    clip: Clip
    name: str
    augmentation: str | None
    timeline: Timeline
    courses: Mapping[int, Course]
    events: tuple[ShownEvent, ...]
    conditions: Conditions | None
    picture: Picture
    view: View
    place: Place
    marks: Mapping[int, ShownMark] = field(default_factory=dict)
    categories: Mapping[int, str] = field(default_factory=dict)
    carrier: int | None = None
    negatives: tuple[HardNegative, ...] = ()
    recorded: Mapping[int, ActorRecord] | None = None
    labelled_within: float | None = None
    collisions_known: bool = False
    events_known: bool = False
    times_known: bool = True

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.timeline.duration

    @cached_property
    def vehicles(self) -> tuple[int, ...]:
        """Ids of cars, trucks, buses and two-wheelers, ascending."""
        return tuple(actor for actor, course in sorted(self.courses.items()) if course.is_vehicle)

    @cached_property
    def rows(self) -> Mapping[int, NDArray[np.int64]]:
        """Per actor, (F,) the row of its course of every frame of the clip; -1 where it is not labelled."""
        found = {}
        for actor, course in self.courses.items():
            found[actor] = rows = np.full(len(self.timeline.seconds), -1)
            rows[course.frames] = np.arange(len(course.frames))
        return found

    @cached_property
    def roads(self) -> Roads:
        """Lanes under its vehicles."""
        return Roads(self.place, self.courses)

    @cached_property
    def lights(self) -> Lights:
        """Traffic lights of its map, and what they show."""
        return Lights(self.clip, self.place, self.timeline)

    @cached_property
    def legible(self) -> Mapping[int, BoolArray]:
        """Per actor, in which rows of its course a person can tell it: large and open enough."""
        found = {}
        least = LEAST_SIDE * self.picture.height
        for actor, course in self.courses.items():
            sides = course.boxes[:, 2:] - course.boxes[:, :2] + 1.0
            found[actor] = (sides >= least).all(axis=1) & (course.visible >= LEAST_VISIBLE)
        return found

    @cached_property
    def marked(self) -> Mapping[int, BoolArray]:
        """Per marked actor, in which rows of its course it is legible and bears its mark."""
        return {
            actor: self.legible[actor] & mark.drawn[self.courses[actor].frames]
            for actor, mark in self.marks.items()
            if actor in self.courses
        }

    def seen(self, actor: int, during: tuple[float, float] | None = None) -> bool:
        """Whether a person can tell an actor.

        Args:
            actor: Its id.
            during: Seconds in which it matters: at least half of what is labelled then must be legible. None asks for
                `LEAST_TIME` at any time.
        """
        return self._told(self.legible.get(actor), actor, during)

    def bears_mark(self, actor: int, during: tuple[float, float] | None = None) -> bool:
        """`seen`, with its mark on it."""
        return self._told(self.marked.get(actor), actor, during)

    def marked_violator(self, shown: ShownEvent) -> int | None:
        """Id of who did it, where one can name it: it is labelled and there is a mark for it."""
        who = shown.violator
        return who if who in self.marks and who in self.courses else None

    def mark(self, actor: int) -> str:
        """What an actor's mark says.

        Raises:
            KeyError: It bears none.
        """
        return self.marks[actor].text

    def who(self, actor: int) -> str:
        """A marked actor in words that tell no more than what kind of road user it is, such as `vehicle 12`."""
        return f"{road_user(self.courses[actor])} {self.mark(actor)}"

    def _told(self, rows: BoolArray | None, actor: int, during: tuple[float, float] | None) -> bool:
        if rows is None:
            return False
        if during is None:
            return int(rows.sum()) * self.timeline.step >= min(LEAST_TIME, 0.5 * self.duration)
        times = self.courses[actor].times
        half = 0.5 * self.timeline.step
        window = (times >= during[0] - half) & (times <= during[1] + half)
        frames = max(1.0, (min(during[1], self.duration) - max(during[0], 0.0)) / self.timeline.step)
        return bool((window & rows).sum() >= 0.5 * frames)


def road_user(course: Course) -> str:
    """`vehicle`, `two-wheeler` or `pedestrian`."""
    if course.category in ("bicycle", "motorcycle"):
        return "two-wheeler"
    return "vehicle" if course.is_vehicle else "pedestrian"
