"""Who drives against the traffic, and when."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from roadmark.questions.asking.choose_mark import choose_mark
from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.pace import MOVING
from roadmark.questions.question import Question
from roadmark.questions.shown.on_road import ALONG
from roadmark.questions.shown.shown_scene import ShownEvent, ShownScene

_LONG_ENOUGH = 1.5
"""Seconds that someone must be seen driving along its lane for everyone to see that it is right."""
_DOES = (
    "Does {who} drive against the traffic, on the wrong side of the road?",
    "Is {who} a wrong-way driver?",
    "Is {who} driving in a lane that is for the opposite direction?",
)
_WHICH = (
    "Which {kind} drives against the traffic?",
    "Which of these marks is on the wrong side of the road?",
    "Who of the following drives the wrong way?",
)
_ANY = (
    "Does any vehicle drive against the traffic in this video?",
    "Is there a wrong-way driver in the video?",
    "Can anyone be seen driving on the wrong side of the road?",
)
_WHEN = (
    "From when to when does {who} drive against the traffic?",
    "During which part of the video is {who} on the wrong side of the road?",
    "In which time span is {who} driving the wrong way?",
)


class WrongWayFamily:
    """Asks who drives against the traffic; those who come the other way and are right look much the same."""

    name = "wrong_way"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        events = [shown for shown in scene.events if shown.happening.kind == "wrong_way"]
        wrong = {actor for shown in events for actor in shown.happening.event.actor_ids}
        right = {
            actor: during
            for actor in scene.vehicles
            if actor not in wrong and (during := _along(scene, actor)) is not None
        }
        for shown in events:
            if shown.seen:
                yield from _about(scene, asker, shown, right)
        if scene.events_known:
            roads = {_road(shown) for shown in events}
            same = [actor for actor in right if roads & _roads(scene, actor)]
            for actor in same or right:
                yield asker.yes_no(
                    "wrong_way.does", _DOES, {"who": scene.who(actor)}, False,
                    actors=(actor,), during=right[actor], facts={"wrong_way": False},
                    reasons=("It follows the direction of its lane.",),
                )  # fmt: skip
        if any(shown.seen for shown in events):
            yield asker.yes_no("wrong_way.any", _ANY, {}, True, facts={"wrong_way": len(wrong)})
        elif scene.events_known and not events and right and not any(_against(scene, one) for one in scene.vehicles):
            yield asker.yes_no("wrong_way.any", _ANY, {}, False, facts={"wrong_way": 0})


def _about(
    scene: ShownScene, asker: Asker, shown: ShownEvent, right: dict[int, tuple[float, float]]
) -> Iterator[Question]:
    event = shown.happening.event
    who = scene.marked_violator(shown)
    if who is None:
        return
    times = scene.courses[who].times[scene.marked[who]]
    times = times[(times >= event.start_time) & (times <= event.end_time)]
    if len(times) < 2 or times[-1] - times[0] < _LONG_ENOUGH:
        return
    during = (float(times[0]), float(times[-1]))
    facts = {"wrong_way": True, "from": round(during[0], 2), "to": round(during[1], 2)}
    reasons = ("Its lane is for traffic in the other direction.",)
    names = {"who": scene.who(who)}
    yield asker.yes_no(
        "wrong_way.does", _DOES, names, True,
        actors=(who,), during=during, event=shown.number, facts=facts, reasons=reasons,
    )  # fmt: skip
    yield from choose_mark(
        scene, asker, "wrong_way.which", _WHICH, who, right, during, event=shown.number, facts=facts, reasons=reasons
    )
    if scene.times_known:
        yield asker.span(
            "wrong_way.when", _WHEN, names, *during,
            actors=(who,), during=during, event=shown.number, facts={**facts, "tolerance": 0.7},
        )  # fmt: skip


def _along(scene: ShownScene, actor: int) -> tuple[float, float] | None:
    """First and last second in which a marked vehicle drives and follows its lane; None where it ever does not."""
    if actor not in scene.marked or actor not in scene.roads.of:
        return None
    course, there = scene.courses[actor], scene.roads.of[actor]
    drives = (course.speeds > MOVING) & there.drives & ~there.inside
    rows = np.flatnonzero(drives & scene.marked[actor])
    if len(rows) < 2 or (there.along[drives] < ALONG).any():
        return None
    during = (float(course.times[rows[0]]), float(course.times[rows[-1]]))
    return during if during[1] - during[0] >= _LONG_ENOUGH else None


def _against(scene: ShownScene, actor: int) -> bool:
    """Whether a vehicle is ever on a lane for the other direction, if only to drift or to turn back."""
    there = scene.roads.of.get(actor)
    return there is not None and bool((there.drives & ~there.inside & (there.along < 0.0)).any())


def _roads(scene: ShownScene, actor: int) -> set[str]:
    strips = np.unique(scene.roads.of[actor].strips)
    return {scene.roads.strip(int(index)).key.road for index in strips if index >= 0}


def _road(shown: ShownEvent) -> str:
    place = shown.happening.event.attributes.get("place")
    return str(place.get("road")) if isinstance(place, dict) else ""
