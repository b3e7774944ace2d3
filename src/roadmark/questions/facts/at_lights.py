"""Where lights hold traffic: whether the picture shows that one is red, by its face or by who waits at it."""

from __future__ import annotations

import numpy as np

from roadmark.questions.facts.pace import STILL
from roadmark.questions.shown.shown_scene import ShownEvent, ShownScene

_LATEST = 0.5
"""Seconds after which someone must be labelled to be looked at."""
_QUEUE = 30.0
"""Metres within which someone who waits shows that the light of its road is red."""


def shows_red(scene: ShownScene, shown: ShownEvent) -> bool:
    """Whether the picture shows that a light is red: its face, or somebody who waits at it."""
    start = shown.happening.event.start_time
    who = shown.violator
    if who is None or who not in scene.roads.of:
        return False
    row = scene.courses[who].at(start)
    outside = np.flatnonzero(~scene.roads.of[who].inside[: row + 1] & (scene.roads.of[who].strips[: row + 1] >= 0))
    if not len(outside) or scene.courses[who].times[row] - start > _LATEST:
        return False
    before = int(outside[-1])
    road = road_under(scene, who, before)
    signal = light_ahead(scene, who, before)
    return waiting_seen(scene, start, on=road) or (signal is not None and signal in scene.lights.seen(start))


def waiting_seen(scene: ShownScene, second: float, on: str | None = None, without: str | None = None) -> bool:
    """Whether somebody is seen standing at a light, on one road or on any but one."""
    for actor, there in scene.roads.of.items():
        course = scene.courses[actor]
        row = course.at(second)
        seen = scene.legible[actor][row] and abs(course.times[row] - second) < _LATEST
        if not seen or course.speeds[row] > STILL or there.inside[row] or light_ahead(scene, actor, row) is None:
            continue
        road = road_under(scene, actor, row)
        if (on is None or road == on) and road != without and near_line(scene, actor, row):
            return True
    return False


def near_line(scene: ShownScene, actor: int, row: int) -> bool:
    """Whether a place is near where its lane ends: there its light holds it."""
    strip = scene.roads.strip(int(scene.roads.of[actor].strips[row]))
    end = strip.center[-1 if strip.direction > 0 else 0]
    return bool(np.linalg.norm(end[:2] - scene.courses[actor].places[row, :2]) < _QUEUE)


def light_ahead(scene: ShownScene, actor: int, row: int) -> str | None:
    """The signal that governs the lane under a vehicle; None where none does, or several do."""
    index = int(scene.roads.of[actor].strips[row])
    key = scene.roads.strip(index).key if index >= 0 else None
    return None if key is None else scene.lights.by_lane.get((key.road, key.lane))


def road_under(scene: ShownScene, actor: int, row: int) -> str | None:
    """The road under a vehicle; None off the lanes."""
    index = int(scene.roads.of[actor].strips[row])
    return scene.roads.strip(index).key.road if index >= 0 else None
