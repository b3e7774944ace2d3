"""What happens next: about the video up to a second before something happens."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from roadmark.questions.asking.forms import Asker
from roadmark.questions.asking.which_pair import ask_which_pair
from roadmark.questions.facts.incident_words import COLLISIONS, INCIDENTS, NOTHING, kind_of, unlike
from roadmark.questions.facts.moments import around, begins
from roadmark.questions.facts.pairs import nearest_bystanders
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownEvent, ShownScene

LEADS: Final = (0.8, 2.0)
"""Seconds between where the video is cut and what comes next, least and most."""
LEAST_SHOWN: Final = 1.5
"""Seconds before the cut, and after it where nothing happens."""

_BRAKES_FOR = 1.0
_BRAKES_BY = 3.0
"""m/s that one who brakes hard loses in so many seconds."""

_NEXT: Final = (
    "After second {t}, what happens next?",
    "Consider the video up to second {t} only. What happens next?",
    "You have seen the video up to second {t}. What comes next?",
)
_IS_NEXT: Final = (
    "Consider the video up to second {t} only. Is this what happens next: {what}?",
    "After second {t}, does this come next: {what}?",
    "You have seen the video up to second {t}. Will this happen next: {what}?",
)
_WHO: Final = (
    "Consider the video up to second {t} only. Which two marks will {meet} next",
    "After second {t}, which two marks {meet} next",
    "You have seen the video up to second {t}. Which two marks are about to {meet}",
)


class NextFamily:
    """Asks what comes after a second of the video; nothing does in quiet ones."""

    name = "next"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        if not (scene.events_known and scene.collisions_known):
            return
        if not scene.events:
            if scene.duration >= 2.0 * LEAST_SHOWN + 0.5:
                second = asker.rng.uniform(LEAST_SHOWN + 0.5, scene.duration - LEAST_SHOWN)
                yield from _ask(scene, asker, math.floor(2.0 * second) / 2.0, NOTHING, None)
            return
        for it in scene.events:
            cut = _cut(scene, asker, it)
            if cut is not None and kind_of(it) in INCIDENTS:
                yield from _ask(scene, asker, cut, INCIDENTS[kind_of(it)], it)
                yield from _who(scene, asker, cut, it)


def _cut(scene: ShownScene, asker: Asker, it: ShownEvent) -> float | None:
    """A half or whole second before an event, with nothing else between; None where there is none."""
    start = it.happening.event.start_time
    if not scene.times_known or not it.seen or not begins(scene, it):
        return None
    cut = math.floor(2.0 * (start - float(asker.rng.uniform(LEADS[0], LEADS[1] - 0.5)))) / 2.0
    others = [other.happening.event for other in scene.events if other is not it]
    if cut < LEAST_SHOWN or any(cut - 0.5 <= other.start_time <= start + 0.5 for other in others):
        return None
    return cut


def _ask(scene: ShownScene, asker: Asker, cut: float, right: str, it: ShownEvent | None) -> Iterator[Question]:
    kinds = {kind_of(one) for one in scene.events}
    if "collision" in kinds:  # of a kind that nobody knows
        kinds |= set(COLLISIONS)
    if _someone_brakes_hard(scene, cut):
        kinds.add("sudden_stop")
    wrong = [NOTHING, *unlike(kinds)]
    number = None if it is None else it.number
    facts: dict[str, object] = {"cut": cut, "next": None if it is None else kind_of(it)}
    if it is not None:
        facts["start"] = round(it.happening.event.start_time, 3)
    names = {"t": f"{cut:.1f}"}
    yield from asker.choice("next.incident", _NEXT, names, right, wrong, event=number, facts=facts)
    others = [told for told in wrong if told != right]
    for named, answer in ((right, True), (asker.pick(others), False)):
        what = f"{named[0].lower()}{named[1:-1]}"
        yield asker.yes_no("next.is", _IS_NEXT, {**names, "what": what}, answer, asked=named, event=number, facts=facts)


def _someone_brakes_hard(scene: ShownScene, cut: float) -> bool:
    """Whether any vehicle that one sees after a second loses speed as in a sudden stop, whatever its reason."""
    for actor in scene.vehicles:
        course = scene.courses[actor]
        rows = (course.times >= cut) & scene.legible[actor]
        times, speeds = course.times[rows], course.speeds[rows]
        later = np.searchsorted(times, times + _BRAKES_FOR, side="right") - 1
        if times.size and float((speeds - speeds[later]).max()) > _BRAKES_BY:
            return True
    return False


def _who(scene: ShownScene, asker: Asker, cut: float, it: ShownEvent) -> Iterator[Question]:
    """Of two who collide or nearly do, where both are seen before the cut."""
    meet = {"collision": "collide", "near_miss": "almost collide"}.get(it.happening.event.category)
    pair = sorted(it.happening.event.actor_ids)
    before = (max(cut - 0.5, 0.0), cut)
    if meet is None or len(pair) != 2 or not all(scene.bears_mark(actor, before) for actor in pair):
        return
    wordings = tuple(wording.format(t=f"{cut:.1f}", meet=meet) for wording in _WHO)
    asked = ask_which_pair(
        scene, asker, "next.who", wordings, (pair[0], pair[1]), nearest_bystanders(scene, pair, cut, around(cut)),
        actors=tuple(pair), during=before, event=it.number, facts={"cut": cut},
    )  # fmt: skip
    yield from (question for question in asked if question.form == "choice")
