"""Who runs a red light, and when; who crosses on green, or waits, does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from roadmark.questions.asking.choose_mark import choose_mark
from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.at_lights import light_ahead, near_line, road_under, shows_red, waiting_seen
from roadmark.questions.facts.pace import STANDS, STOPS, pace_of
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownEvent, ShownScene
from roadmark.scenario import SignalState

_BEFORE, _AFTER = 3.0, 0.5
"""Seconds around the moment a vehicle enters a junction in which its light must be green all the time."""
_TOLERANCE = 0.5
_DOES = (
    "Does {who} run a red light?",
    "Does {who} drive into the junction although its light is red?",
    "Is {who} passing a red traffic light without stopping?",
)
_WHICH = (
    "Which {kind} runs a red light?",
    "Which of these marks passes a red traffic light?",
    "Who of the following drives into the junction on red?",
)
_WHEN = (
    "At which second does {who} run the red light?",
    "When does {who} cross its stop line on red?",
    "At what time does {who} pass the red light?",
)
_ANY = (
    "Does anyone run a red light in this video?",
    "Is a red traffic light ignored by anyone in the video?",
    "Can anyone be seen driving into the junction on red?",
)


@dataclass(frozen=True)
class _Obeys:
    """Someone who surely does not run a red light: it enters on green, or waits; when that is seen."""

    why: str
    during: tuple[float, float]


class RedLightFamily:
    """Asks who runs a red light; only where the light, or the traffic that waits at it, shows what it is."""

    name = "red_light"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`; nothing without traffic lights on the map."""
        if not scene.lights.by_lane or not scene.roads.of:
            return
        events = [shown for shown in scene.events if shown.happening.kind == "red_light"]
        involved = {actor for shown in scene.events for actor in shown.happening.event.actor_ids}
        obeys = {
            actor: found
            for actor in scene.vehicles
            if actor not in involved and actor in scene.marked and (found := _obeys(scene, actor)) is not None
        }
        told = [shown for shown in events if shown.seen and shows_red(scene, shown)]
        for shown in told:
            yield from _about(scene, asker, shown, list(obeys))
        if scene.events_known:
            for actor, found in obeys.items():
                yield asker.yes_no(
                    "red_light.does", _DOES, {"who": scene.who(actor)}, False,
                    actors=(actor,), during=found.during, facts={"red_light": False, "why": found.why},
                    reasons=(f"It {found.why}.",),
                )  # fmt: skip
        if told:
            yield asker.yes_no("red_light.any", _ANY, {}, True, facts={"red_light": len(events)})
        elif scene.events_known and not events and any(found.why.startswith("enters") for found in obeys.values()):
            yield asker.yes_no("red_light.any", _ANY, {}, False, facts={"red_light": 0})


def _about(scene: ShownScene, asker: Asker, shown: ShownEvent, others: list[int]) -> Iterator[Question]:
    start = shown.happening.event.start_time
    who = scene.marked_violator(shown)
    if who is None:
        return
    during = (max(start - _TOLERANCE, 0.0), start + 2 * _TOLERANCE)
    facts = {"red_light": True, "value": round(start, 3), "tolerance": _TOLERANCE}
    reasons = (f"Its light is red when it crosses the stop line at {start:.1f} s.", "It goes on into the junction.")
    names = {"who": scene.who(who)}
    yield asker.yes_no(
        "red_light.does", _DOES, names, True,
        actors=(who,), during=during, event=shown.number, facts=facts, reasons=reasons,
    )  # fmt: skip
    yield from choose_mark(
        scene, asker, "red_light.which", _WHICH, who, others, during, event=shown.number, facts=facts, reasons=reasons
    )
    if scene.times_known:
        yield asker.number(
            "red_light.when", _WHEN, names, start, "s", 1,
            actors=(who,), during=during, event=shown.number, facts=facts, reasons=reasons,
        )  # fmt: skip


def _obeys(scene: ShownScene, actor: int) -> _Obeys | None:
    course, there = scene.courses[actor], scene.roads.of[actor]
    if not there.inside.any():
        pace = pace_of(scene, actor)
        last = len(course.times) - 1
        if pace is None or pace.kind not in (STANDS, STOPS) or light_ahead(scene, actor, last) is None:
            return None
        if not near_line(scene, actor, last):
            return None
        return _Obeys("stands before the junction and does not enter it", pace.seen)
    entered = int(np.flatnonzero(there.inside)[0])
    signal = light_ahead(scene, actor, entered - 1) if entered else None
    if signal is None or len(np.flatnonzero(np.diff(there.inside.astype(np.int8)) > 0)) != 1:
        return None
    second = float(course.times[entered])
    during = (second - 1.0, second + _AFTER)
    if second < _BEFORE or not scene.bears_mark(actor, during):
        return None
    crossing = waiting_seen(scene, second, without=road_under(scene, actor, entered - 1))
    if not crossing and signal not in scene.lights.seen(second):
        return None
    green = scene.lights.shown(signal, second - _BEFORE, second + _AFTER) == SignalState.GREEN
    return _Obeys("enters the junction on green", during) if green else None
