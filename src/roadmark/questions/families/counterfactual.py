"""Had it braked earlier: whether a collision would have come to pass, by the physics of full braking."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.contact import bearing
from roadmark.questions.facts.moments import happens
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownEvent, ShownScene

BRAKING: Final = (7.0, 4.0, 2.0)
"""m/s2 of full braking on a dry road, of firm and of gentle braking; the question says which."""
STOPS_WITHIN: Final = 0.7
"""Largest share of the way to the contact in which one who stops in time comes to rest."""
HARDLY_LATER: Final = 0.12
"""Seconds by which one who hits all the same arrives later at most."""
LEAST_SPEED: Final = 3.0
"""m/s, of who brakes; and by which it is faster than the other at the contact, had it braked in vain."""

_ALREADY: Final = 0.3
"""Seconds in which one sees whether it brakes already."""
_EARLIER: Final = (0.2, 0.3, 0.4, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 3.0)
"""Seconds before the contact at which it might have begun to brake."""
_KINDS: Final = ("rear_end", "side_collision", "pedestrian_collision", "cyclist_collision")

_STILL: Final = (
    "Suppose {striking} had braked with {a} m/s² from {x} s before the contact on. Would it still have hit {struck}?",
    "Had {striking} begun to brake with {a} m/s², {x} s before it touches {struck}, would they still have collided?",
    "If {striking} had started to brake with {a} m/s² {x} s before the contact with {struck}, would it have come to "
    "the collision all the same?",
)
_AVOIDED: Final = (
    "Suppose {striking} had braked with {a} m/s² from {x} s before the contact on. Would it have stopped before "
    "{struck}?",
    "Had {striking} begun to brake with {a} m/s², {x} s before it touches {struck}, would the collision have been "
    "avoided?",
    "Could {striking} have avoided the collision with {struck} by braking with {a} m/s² from {x} s before the "
    "contact on?",
)


@dataclass(frozen=True)
class _Way:
    """What lies before one who might have braked.

    Attributes:
        earlier: Seconds before the contact at which it would have begun.
        braking: m/s2.
        speed: m/s when it would have begun.
        distance: Metres it drives from there to the contact.
        other: m/s of the other one, along the same direction.
    """

    earlier: float
    braking: float
    speed: float
    distance: float
    other: float


class CounterfactualFamily:
    """Asks what earlier braking would have changed, where the answer has a wide margin."""

    name = "counterfactual"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        for it in scene.events:
            roles = it.happening.roles
            striking = roles.get("striking")
            struck = next((roles[role] for role in ("struck", "pedestrian", "cyclist") if role in roles), None)
            if not happens(scene, it) or it.happening.kind not in _KINDS or striking is None or struck is None:
                continue
            if not all(actor in scene.marks and actor in scene.courses for actor in (striking, struck)):
                continue
            if abs(bearing(scene, striking, struck, it.happening.moment)) <= math.radians(45.0):
                for earlier, braking in itertools.product(_EARLIER, BRAKING):
                    yield from _had_it_braked(scene, asker, it, (striking, struck), earlier, braking)


def _had_it_braked(
    scene: ShownScene, asker: Asker, it: ShownEvent, roles: tuple[int, int], earlier: float, braking: float
) -> Iterator[Question]:
    striking, struck = roles
    way = _way(scene, it, roles, earlier, braking)
    if way is None or way.speed < LEAST_SPEED:
        return
    needs = way.speed**2 / (2.0 * braking)
    if needs <= STOPS_WITHIN * way.distance:
        hits, outcome = False, f"it stops {way.distance - needs:.1f} m before the place of the contact"
    elif _hits_all_the_same(scene, it, roles, way):
        there = math.sqrt(way.speed**2 - 2.0 * braking * way.distance)
        hits, outcome = True, f"it gets there all the same, at {there:.1f} m/s"
    else:
        return
    names = {"striking": scene.who(striking), "struck": scene.who(struck), "a": f"{braking:g}", "x": f"{earlier:.1f}"}
    moment = it.happening.moment
    reasons = (
        f"{earlier:.1f} s before the contact {names['striking']} drives at about {way.speed:.1f} m/s, "
        f"{way.distance:.1f} m from the place of the contact.",
        f"At {braking:g} m/s² it needs {way.speed:.1f}² / (2 × {braking:g}) = {needs:.1f} m to stop.",
        f"So {outcome}.",
    )
    facts = {
        "speed": round(way.speed, 2), "distance": round(way.distance, 2), "braking": braking, "earlier": earlier,
        "stopping_distance": round(needs, 2),
    }  # fmt: skip
    for template, wordings, answer in (
        ("counterfactual.still", _STILL, hits),
        ("counterfactual.avoided", _AVOIDED, not hits),
    ):
        yield asker.yes_no(
            template, wordings, names, answer, actors=roles, during=(max(moment - max(earlier, 0.5), 0.0), moment),
            event=it.number, facts=facts, reasons=reasons,
        )  # fmt: skip


def _way(scene: ShownScene, it: ShownEvent, roles: tuple[int, int], earlier: float, braking: float) -> _Way | None:
    """None where the labels do not reach back that far, or it brakes already."""
    moment = it.happening.moment
    course, other = (scene.courses[actor] for actor in roles)
    rows = np.flatnonzero((course.times >= moment - earlier - 1e-6) & (course.times <= moment + 1e-6))
    if len(rows) < 2 or course.times[0] > moment - earlier - _ALREADY + 1e-6 or not scene.marked[roles[0]][rows].all():
        return None
    times = course.times[rows]
    step = scene.timeline.step
    if times[0] > moment - earlier + 1.5 * step or times[-1] < moment - 1.5 * step or np.diff(times).max() > 2.5 * step:
        return None
    driven = float(np.linalg.norm(np.diff(course.places[rows, :2], axis=0), axis=1).sum())
    before, speed = np.interp((moment - earlier - _ALREADY, moment - earlier), course.times, course.speeds).tolist()
    if before - speed > _ALREADY:  # more than 1 m/s2
        return None
    uncovered = (times[0] - (moment - earlier)) * speed + (moment - times[-1]) * float(course.speeds[rows[-1]])
    last = other.at(moment - step)
    along = math.cos(float(other.headings[last] - course.headings[rows[-1]]))
    return _Way(earlier, braking, speed, driven + max(float(uncovered), 0.0), float(other.speeds[last]) * along)


def _hits_all_the_same(scene: ShownScene, it: ShownEvent, roles: tuple[int, int], way: _Way) -> bool:
    """Whether braking would change so little that the other one is still there."""
    earlier, braking = way.earlier, way.braking
    behind = way.distance - (way.speed * earlier - 0.5 * braking * earlier**2)
    speed = way.speed - braking * earlier
    closing = speed - max(way.other, 0.0)
    if closing < LEAST_SPEED or not -0.05 <= behind <= 0.5 * closing**2 / (2.0 * braking):
        return False  # below zero: it really braked harder than that
    if it.happening.kind == "rear_end":  # the other one does not get out of its way
        return way.speed**2 > 2.0 * braking * way.distance
    return behind <= HARDLY_LATER * speed and _is_still_there(scene, it, roles, max(behind, 0.0) / speed)


def _is_still_there(scene: ShownScene, it: ShownEvent, roles: tuple[int, int], later: float) -> bool:
    """Whether the front of one meets the other with half a metre to spare, a little later."""
    moment = it.happening.moment
    one, other = (scene.courses[actor] for actor in roles)
    row, mine, before = one.at(moment), other.at(moment), other.at(moment - scene.timeline.step)
    nose = one.places[row, :2] + 0.5 * one.lengths[row] * np.array(
        [math.cos(one.headings[row]), math.sin(one.headings[row])]
    )
    ahead = np.array([math.cos(other.headings[mine]), math.sin(other.headings[mine])])
    offset = float(ahead @ (nose - other.places[mine, :2])) - float(other.speeds[before]) * later
    reach = 0.5 * float(other.lengths[mine]) + (0.0 if other.is_vehicle else 0.5 * float(one.widths[row]))
    return offset > -reach + (0.5 if other.is_vehicle else 0.2)
