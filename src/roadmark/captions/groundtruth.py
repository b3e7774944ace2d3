"""Captions from a clip's own labels: faithful, without a model, the same on every run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from roadmark import __version__
from roadmark.captions.caption import Caption
from roadmark.captions.condition_words import conditions_sentence
from roadmark.captions.incidents import Told, tell_incidents
from roadmark.captions.story import Cast
from roadmark.captions.traffic import pedestrians_sentence, vehicles_sentence
from roadmark.catalog import SemanticClass
from roadmark.clip import Clip
from roadmark.scene import (
    Course,
    Focus,
    Ground,
    Names,
    Picture,
    Place,
    Places,
    View,
    camera_carrier,
    listed,
    read_courses,
    read_view,
    salience,
    sentence,
)

MOST_WORDS = 180
"""Longer captions leave less room in prompts, which services limit to 250 words."""

_MOST_NAMED = 6
_BUILT, _GREEN = 0.04, 0.03
"""Shares of the picture above which buildings and vegetation are worth a word."""


class GroundTruthCaptioner:
    """Tells what the labels say: view, place, incidents in time order, who else is there, conditions.

    Every statement follows from labels, events, manifest or map. What they leave open is left out: colours between two
    words, counts of what is small or hidden, causes that nobody can see, actors that are not in view.

    Examples:
        >>> GroundTruthCaptioner().caption(Clip.open("out/clip")).text  # doctest: +SKIP
        'A fixed camera about eight metres above the ground looks down at a four-way junction with traffic lights ...'
    """

    name = "groundtruth"

    def __init__(self) -> None:
        self._places = Places()

    def config(self) -> Mapping[str, Any]:
        """Nothing can be set."""
        return {"captioner": self.name}

    def caption(self, clip: Clip) -> Caption:
        """Put a clip into words.

        Raises:
            InputError: A label file or the map is missing or unreadable.
            FormatError: One is malformed.
        """
        courses = read_courses(clip)
        place = self._places.of(clip)
        view = read_view(clip, courses.values(), place.ground_below(clip[len(clip) // 2].pose.translation))
        picture = Picture(*clip.size, moves=view.moves)
        conditions = conditions_sentence(clip.manifest.conditions)
        categories = {int(actor): record.category for actor, record in clip.manifest.actors.items()}
        names = Names()
        told = tell_incidents(clip.events(), Cast(courses, categories, camera_carrier(clip)), names, picture)
        begin = [_scene(clip, view, place, _focus(clip, told)), *(told.sentences or [_quiet(clip)])]
        for most in range(_MOST_NAMED, -1, -1):
            core = " ".join(filter(None, [*begin, *_others(courses, told, names.copy(), picture, place, most)]))
            if len(f"{core} {conditions}".split()) <= MOST_WORDS:
                break
        return Caption(core, conditions, told.terms, {**self.config(), "roadmark": __version__, "clip": clip.digest})

    def close(self) -> None:
        """Nothing is held."""


def _scene(clip: Clip, view: View, place: Place, focus: Focus) -> str:
    what = place.describe(view, focus)
    start = view.sentence_start()
    along = what.split(" with ")[0].endswith("road")
    if what:
        joint = "along" if along else "and comes to" if view.moves else "at"
        scene = sentence(f"{start} {joint} {what}")
    else:
        scene = sentence(start if view.moves else f"{start} at the road")
    behind = _background(clip)
    return f"{scene} {behind}".strip()


def _focus(clip: Clip, told: Told) -> Focus:
    """Where and when the first event that is told happens; nowhere in particular where there is none."""
    for event in clip.events():
        where = event.attributes.get("place")
        if isinstance(where, Mapping) and set(event.actor_ids) & told.actors:
            try:
                place = np.array(where.get("position"), np.float64)[:2]
            except (TypeError, ValueError, IndexError):
                continue
            if place.shape == (2,) and np.isfinite(place).all():
                junction = where.get("junction")
                frame = min(event.first_frame, len(clip) - 1)
                return Focus(None if junction is None else str(junction), place, frame)
    return Focus()


def _background(clip: Clip) -> str:
    """Buildings and vegetation, by their share of the middle frame's pixels."""
    if "semantic_segmentation_raw" not in clip.manifest.folders:
        return ""
    shares = np.bincount(clip[len(clip) // 2].semantic().ravel(), minlength=256) / (clip.size[0] * clip.size[1])
    parts = []
    if shares[SemanticClass.BUILDING] > _BUILT:
        parts.append("buildings")
    if shares[SemanticClass.VEGETATION] > _GREEN:
        parts.append("greenery")
    return sentence(f"{listed(parts)} can be seen around it") if parts else ""


def _quiet(clip: Clip) -> str:
    """That nobody collides, where that was looked for; whether anything else was looked for, no file says."""
    looked = "events_collision.json" in clip.manifest.files
    return "No collision happens." if looked and not clip.events() else ""


def _others(
    courses: Mapping[int, Course], told: Told, names: Names, picture: Picture, place: Place, most: int
) -> Sequence[str]:
    """Sentences about everyone who takes part in no incident."""
    rest = [course for course in courses.values() if course.actor_id not in told.actors]
    driving = [course for course in rest if course.is_vehicle]
    walking = sorted((course for course in rest if not course.is_vehicle), key=lambda it: (-salience(it), it.actor_id))
    if not courses:
        return ["No vehicle and no pedestrian comes near the camera."]
    return [
        vehicles_sentence(driving, names, picture, Ground(place.off_road, place.in_junction), most),
        pedestrians_sentence(walking, picture, place.walks_on),
    ]
