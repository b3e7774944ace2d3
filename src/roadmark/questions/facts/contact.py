"""How two who collide meet: their directions, which kind of collision that is, and when they come to rest."""

from __future__ import annotations

import math

import numpy as np

from roadmark.questions.facts.incident_words import COLLISIONS
from roadmark.questions.shown.shown_scene import ShownEvent, ShownScene
from roadmark.scene import STANDING, Course


def kind_is_clear(scene: ShownScene, it: ShownEvent) -> bool:
    """Whether the directions in which two drive leave no doubt about the kind."""
    kind = it.happening.kind
    if kind in ("pedestrian_collision", "cyclist_collision"):
        wanted = "pedestrian" if kind == "pedestrian_collision" else "bicycle"
        return any(scene.courses[actor].category == wanted for actor in it.happening.event.actor_ids)
    degrees = _between(scene, it)
    return {"rear_end": degrees < 35.0, "side_collision": 45.0 < degrees < 135.0, "head_on": degrees > 145.0}[kind]


def also_true(scene: ShownScene, it: ShownEvent) -> set[str]:
    """Names that a collision with a cyclist may have besides."""
    if it.happening.kind != "cyclist_collision":
        return set()
    degrees = _between(scene, it)
    ranges = {"rear_end": (0.0, 50.0), "side_collision": (25.0, 155.0), "head_on": (130.0, 180.0)}
    return {COLLISIONS[kind] for kind, (least, most) in ranges.items() if least <= degrees <= most}


def _between(scene: ShownScene, it: ShownEvent) -> float:
    """Degrees between the directions of two who collide."""
    first, second = (_heading(scene.courses[actor], it.happening.moment) for actor in it.happening.event.actor_ids)
    return math.degrees(abs(math.remainder(first - second, math.tau)))


def at_rest_from(scene: ShownScene, actor: int, since: float) -> float:
    """When an actor that stands to the end of the video begins to; inf where it does not, or nobody can see it."""
    course = scene.courses[actor]
    late = course.times >= since
    if not course.ends_standing or course.times[-1] < scene.duration - 0.5 or not scene.legible[actor][late].all():
        return math.inf
    moving = np.flatnonzero(late & (course.speeds >= STANDING))
    begin = since if not len(moving) else float(course.times[min(int(moving[-1]) + 1, len(course.times) - 1)])
    return begin if begin <= scene.duration - 1.0 else math.inf


def _heading(course: Course, moment: float) -> float:
    """Just before it touches anything; NaN where it is not labelled then."""
    row = course.at(moment - 0.2)
    return float(course.headings[row]) if abs(float(course.times[row]) - moment) <= 0.5 else math.nan


def bearing(scene: ShownScene, one: int, other: int, moment: float) -> float:
    """Radians by which one would turn to the left to face the other, just before the moment."""
    mine, yours = scene.courses[one], scene.courses[other]
    offset = yours.places[yours.at(moment - 0.2)] - mine.places[mine.at(moment - 0.2)]
    return math.remainder(math.atan2(offset[1], offset[0]) - _heading(mine, moment), math.tau)
