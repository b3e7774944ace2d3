"""What is seen of a clip as sentences: the place, what happens, who else is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from roadmark.captions.incidents import Told, tell_incidents
from roadmark.captions.story import Cast
from roadmark.captions.traffic import pedestrians_sentence, vehicles_sentence
from roadmark.clip import Clip, ClipEvent
from roadmark.scene import Course, Focus, Ground, Names, Picture, Place, View, salience, sentence

MOST_WORDS = 180
"""Longer captions leave less room in prompts, which services limit to 250 words."""

_MOST_NAMED = 6


@dataclass(frozen=True)
class Telling:
    """A scene as sentences.

    Attributes:
        text: One paragraph.
        terms: Words that must stay.
        actors: Ids of everyone who is told of by a name of their own.
    """

    text: str
    terms: tuple[str, ...]
    actors: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Sight:
    """What there is to tell.

    Attributes:
        clip: The clip.
        cast: Everyone who is in view.
        events: What happens, in the time of the cast's courses.
        place: Where.
        view: The camera's.
    """

    clip: Clip
    cast: Cast
    events: Sequence[ClipEvent]
    place: Place
    view: View

    @property
    def picture(self) -> Picture:
        """What movements are measured against."""
        return Picture(*self.clip.size, moves=self.view.moves)


def tell(sight: Sight, names: Names, *, background: str = "", words_after: int = 0, with_place: bool = True) -> Telling:
    """Put a scene into words; as many of the bystanders are told of as fit into `MOST_WORDS`.

    Args:
        sight: What there is to tell.
        names: Gives actors their names.
        background: A sentence for what stands around; empty where that is not known.
        words_after: How many words follow.
        with_place: Whether it begins with the camera and the place, and says so if no collision happens.
    """
    told = tell_incidents(sight.events, sight.cast, names, sight.picture)
    begin = list(told.sentences)
    if with_place:
        scene = _scene(sight.view, sight.place, _focus(sight, told))
        begin = [scene, background, *(begin or [_quiet(sight.clip)])]
    places = _Places.of(sight.place)
    for most in range(_MOST_NAMED, -1, -1):
        chosen = names.copy()
        text = " ".join(filter(None, [*begin, *_others(sight, told, places, chosen, most)]))
        if len(text.split()) + words_after <= MOST_WORDS:
            break
    return Telling(text, told.terms, chosen.named)


def _scene(view: View, place: Place, focus: Focus) -> str:
    what = place.describe(view, focus)
    start = view.sentence_start()
    if not what:
        return sentence(start if view.moves else f"{start} at the road")
    along = what.split(" with ")[0].endswith("road")
    joint = "along" if along else "and comes to" if view.moves else "at"
    return sentence(f"{start} {joint} {what}")


def _focus(sight: Sight, told: Told) -> Focus:
    """Where and when the first event that is told happens; nowhere in particular where there is none."""
    for event in sight.events:
        where = event.attributes.get("place")
        if isinstance(where, Mapping) and set(event.actor_ids) & told.actors:
            try:
                place = np.array(where.get("position"), np.float64)[:2]
            except (TypeError, ValueError, IndexError):
                continue
            if place.shape == (2,) and np.isfinite(place).all():
                junction = where.get("junction")
                frame = min(event.first_frame, len(sight.clip) - 1)
                return Focus(None if junction is None else str(junction), place, frame)
    return Focus()


def _quiet(clip: Clip) -> str:
    """That nobody collides, where that was looked for; whether anything else was looked for, no file says."""
    looked = "events_collision.json" in clip.manifest.files
    return "No collision happens." if looked and not clip.events() else ""


@dataclass(frozen=True)
class _Places:
    """What the map knows of where actors are, looked up once however often it is asked."""

    ground: Ground
    walks_on: Callable[[Course], str]

    @classmethod
    def of(cls, place: Place) -> _Places:
        return cls(Ground(cache(place.off_road), cache(place.in_junction)), cache(place.walks_on))


def _others(sight: Sight, told: Told, places: _Places, names: Names, most: int) -> Sequence[str]:
    """Sentences about everyone who takes part in no incident."""
    courses = sight.cast.courses
    rest = [course for course in courses.values() if course.actor_id not in told.actors]
    driving = [course for course in rest if course.is_vehicle]
    walking = sorted((course for course in rest if not course.is_vehicle), key=_by_salience)
    if not courses:
        return ["No vehicle and no pedestrian comes near the camera."]
    return [
        vehicles_sentence(driving, names, sight.picture, places.ground, most),
        pedestrians_sentence(walking, sight.picture, places.walks_on),
    ]


def _by_salience(course: Course) -> tuple[float, int]:
    return -salience(course), course.actor_id
