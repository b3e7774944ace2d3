"""What a sentence about an event is made of: who takes part, by which names, where, and what becomes of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from roadmark.clip import ClipEvent
from roadmark.scene import (
    Course,
    Happening,
    Names,
    Picture,
    is_ridden,
    listed,
    noun,
    number,
    plain_words,
    sentence,
    with_article,
)

_FALLEN: Final = math.radians(45.0)
_TURNING: Final = math.radians(30.0)
_BRAKED: Final = 2.0
"""m/s that someone who brakes for an event loses around it."""
_ALONGSIDE: Final = 0.25
"""Seconds within which two must both be labelled to say how they stand to each other."""

_BOTH: Final = {
    "falls and stays lying on the road": "fall and stay lying on the road",
    "falls": "fall",
    "comes to rest": "come to rest",
    "moves on": "move on",
}


@dataclass(frozen=True, eq=False)
class Cast:
    """Everyone who may take part.

    Attributes:
        courses: Of those who are in view at some time, by id.
        categories: Of all actors of the recording, by id.
        carrier: Id of the one that carries the camera, which nobody sees; None where nobody does.
    """

    courses: Mapping[int, Course]
    categories: Mapping[int, str] = field(default_factory=dict)
    carrier: int | None = None


@dataclass
class Story:
    """Tells events one after the other.

    Attributes:
        cast: Everyone who may take part.
        names: Gives actors their names.
        picture: The clip's size, and whether its camera moves.
        terms: Words told so far that must stay.
        actors: Ids of everyone told of so far.
    """

    cast: Cast
    names: Names
    picture: Picture
    terms: list[str] = field(default_factory=list)
    actors: set[int] = field(default_factory=set)

    def course(self, actor: int | None) -> Course | None:
        """An actor's course, None where it is never in view."""
        return None if actor is None else self.cast.courses.get(actor)

    def name(self, actor: int | None) -> str:
        """The next reference to an actor; its noun is a word that must stay."""
        if actor is not None and actor == self.cast.carrier:
            return "the vehicle with the camera"
        course = self.course(actor)
        if course is None:
            category = plain_words(self.cast.categories.get(-1 if actor is None else actor, "").lower())
            return f"{with_article(category) if category else 'someone'} out of view"
        if course.actor_id not in self.actors:
            self.actors.add(course.actor_id)
            self.terms.append(noun(course))
        return self.names.of(course)

    def turning(self, actor: int | None, since: float, until: float) -> str:
        """`left` or `right` where an actor turns between two times, else nothing."""
        course = self.course(actor)
        angle = 0.0 if course is None else course.turned(since=since, until=until)
        return "" if abs(angle) < _TURNING else "left" if angle > 0.0 else "right"

    def side_of(self, struck: int | None, striking: int | None, moment: float) -> str:
        """The side of one that the other is at; nothing where that is not clear."""
        one, other = self.course(striking), self.course(struck)
        if one is None or other is None:
            return ""
        row, mine = one.at(moment), other.at(moment)
        if max(abs(one.times[row] - moment), abs(other.times[mine] - moment)) > _ALONGSIDE:
            return ""
        offset = one.places[row, :2] - other.places[mine, :2]
        cosine, sine = math.cos(other.headings[mine]), math.sin(other.headings[mine])
        ahead, aside = cosine * offset[0] + sine * offset[1], cosine * offset[1] - sine * offset[0]
        return "" if abs(aside) < 0.6 * abs(ahead) else "left" if aside > 0.0 else "right"

    def brakes(self, actor: int, event: ClipEvent) -> bool:
        """Whether an actor slows down for an event."""
        course = self.course(actor)
        if course is None:
            return False
        inside = course.speeds[(course.times >= event.start_time - 1.5) & (course.times <= event.end_time + 0.5)]
        return bool(inside.size and inside.max() - inside[int(np.argmax(inside)) :].min() >= _BRAKED)

    def halts(self, actor: int | None) -> str:
        """How one who stands came to stand."""
        course = self.course(actor)
        return "stands" if course is not None and course.stood else "comes to a halt"

    def first_seen(self, happening: Happening) -> float:
        """When one sees it: its moment, or later where nobody in it was in view then."""
        courses = [self.cast.courses[actor] for actor in happening.event.actor_ids if actor in self.cast.courses]
        begun = [course.times[course.times >= happening.moment - 0.5] for course in courses]
        seen = [float(times[0]) for times in begun if times.size]
        return max(happening.moment, min(seen)) if seen else happening.moment

    def where(self, happening: Happening, moment: float) -> str:
        """Where in the picture, by the boxes of who takes part; nothing where nobody is in view."""
        middles = []
        for actor in happening.event.actor_ids:
            course = self.course(actor)
            row = 0 if course is None else course.at(moment)
            if course is not None and abs(course.times[row] - moment) <= 0.5:
                middles.append(0.5 * float(course.boxes[row, 0] + course.boxes[row, 2] + 1))
        if not middles:
            return ""
        share = sum(middles) / len(middles) / self.picture.width
        place = "on the left" if share < 0.35 else "on the right" if share > 0.65 else "in the middle"
        return f", {place} of the picture"

    def aftermath(self, happening: Happening) -> list[str]:
        """What becomes of those who collide, as far as they are in view."""
        fates = {
            actor: _fate(self.cast.courses[actor], happening.moment)
            for actor in (happening.first, happening.second)
            if actor is not None and actor in self.cast.courses
        }
        if len(fates) == 2 and len(set(fates.values())) == 1 and (fate := next(iter(fates.values()))):
            return [sentence(f"both {_BOTH[fate]}")]
        parts = [f"{self.name(actor)} {fate}" for actor, fate in fates.items() if fate]
        return [sentence(listed(parts))] if parts else []


def when(moment: float) -> str:
    """A time in the clip in words.

    Examples:
        >>> when(0.2), when(6.9)
        ('right at the start', 'about seven seconds in')
    """
    seconds = max(0, round(moment))
    return "right at the start" if not seconds else f"about {number(seconds)} second{'s' if seconds > 1 else ''} in"


def _fate(course: Course, moment: float) -> str:
    if not (course.times > moment + 0.5).any():
        return ""
    if (is_ridden(course) or not course.is_vehicle) and course.tilts[-1] > _FALLEN:
        return "falls and stays lying on the road" if course.ends_standing else "falls"
    if course.ends_standing:
        return "comes to rest"
    return "moves on" if float(course.speeds[-1]) > 1.5 else ""
