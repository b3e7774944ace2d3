"""Moments of a video that one can name by marks: events, and who comes into view, leaves it, stops or sets off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from roadmark.questions.facts.incident_words import kind_of, told
from roadmark.questions.facts.moments import SEEN_BEFORE, around, begins
from roadmark.questions.facts.pace import pace_of
from roadmark.questions.shown.shown_scene import ShownEvent, ShownScene

_EDGE: Final = 3.0
"""Pixels from the picture's edge at which a box is cut off by it."""
_HIDDEN: Final = 0.5
"""Visible fraction of who comes out from behind something."""
_UNFOLDS: Final = 0.5
"""Seconds in which one who comes into view becomes legible."""
_BLUR: Final = {"wrong_way": 1.0, "u_turn": 1.0, "red_light": 0.5, "near_miss": 0.5}
"""Seconds, by kind of event; a contact, and full braking, have a clear beginning."""
_EMERGES: Final = 0.5
"""Seconds by which people differ on when someone comes out from behind something."""
_SETTLED: Final = 1.0
"""Seconds of video before someone comes into view, and after someone leaves it."""


@dataclass(frozen=True)
class MarkedMoment:
    """Something that happens at one moment.

    Attributes:
        clause: Such as `vehicle 7 comes to a stop`.
        moment: Seconds of the video.
        actors: Whom it names; they bear their marks then.
        kind: `event`, `enters`, `leaves`, `stops` or `sets off`.
        event: The event, by its place in the clip's list; None for what is none.
        blur: Seconds by which people may differ on when it is.
    """

    clause: str
    moment: float
    actors: tuple[int, ...]
    kind: str
    event: int | None = None
    blur: float = 0.0


def marked_moments(scene: ShownScene) -> list[MarkedMoment]:
    """All of a video, in the order of time."""
    found = [moment for it in scene.events if (moment := _of_event(scene, it)) is not None]
    for actor in scene.marks:
        if actor in scene.courses and scene.bears_mark(actor):
            found += _of_actor(scene, actor)
    return sorted(found, key=lambda it: (it.moment, it.clause))


def _of_event(scene: ShownScene, it: ShownEvent) -> MarkedMoment | None:
    event = it.happening.event
    clause = told(scene, it) if scene.times_known and it.seen and begins(scene, it) else None
    if clause is None:
        return None
    moment = it.happening.moment if event.category == "collision" else event.start_time
    if event.category == "near_miss":
        moment = 0.5 * (event.start_time + event.end_time)
    actors = tuple(event.actor_ids)
    if not all(scene.bears_mark(actor, around(moment)) for actor in actors):
        return None
    return MarkedMoment(clause, moment, actors, "event", it.number, _BLUR.get(kind_of(it), 0.0))


def _of_actor(scene: ShownScene, actor: int) -> list[MarkedMoment]:
    who = scene.who(actor)
    found = []
    entered, left = _enters(scene, actor), _leaves(scene, actor)
    if entered is not None:
        blur = 0.0 if _at_border(scene, actor, 0) else _EMERGES
        found.append(MarkedMoment(f"{who} comes into view", entered, (actor,), "enters", blur=blur))
    if left is not None:
        blur = 0.0 if _at_border(scene, actor, -1) else _EMERGES
        found.append(MarkedMoment(f"{who} goes out of view", left, (actor,), "leaves", blur=blur))
    pace = pace_of(scene, actor) if scene.courses[actor].is_vehicle else None
    if pace is not None and pace.stopped is not None:
        found.append(MarkedMoment(f"{who} comes to a stop", pace.stopped, (actor,), "stops"))
    if pace is not None and pace.left is not None:
        found.append(MarkedMoment(f"{who} sets off", pace.left, (actor,), "sets off"))
    return [it for it in found if SEEN_BEFORE <= it.moment <= scene.duration - SEEN_BEFORE]


def _enters(scene: ShownScene, actor: int) -> float | None:
    times, marked = scene.courses[actor].times, np.flatnonzero(scene.marked[actor])
    if times[0] < _SETTLED or times[marked[0]] - times[0] > _UNFOLDS or not _at_edge(scene, actor, 0):
        return None
    return float(times[marked[0]])


def _leaves(scene: ShownScene, actor: int) -> float | None:
    times, marked = scene.courses[actor].times, np.flatnonzero(scene.marked[actor])
    if times[-1] > scene.duration - _SETTLED or times[-1] - times[marked[-1]] > _UNFOLDS:
        return None
    return float(times[marked[-1]]) if _at_edge(scene, actor, -1) else None


def _at_edge(scene: ShownScene, actor: int, row: int) -> bool:
    """Whether something hides an actor's rest: the picture's border, or what stands before it."""
    return _at_border(scene, actor, row) or bool(scene.courses[actor].visible[row] < _HIDDEN)


def _at_border(scene: ShownScene, actor: int, row: int) -> bool:
    left, top, right, bottom = scene.courses[actor].boxes[row].tolist()
    picture = scene.picture
    return bool(min(left, top, picture.width - 1 - right, picture.height - 1 - bottom) <= _EDGE)
