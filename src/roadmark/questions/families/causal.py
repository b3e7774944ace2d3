"""Why two collide, or nearly do, as far as one can see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.moments import around, happens
from roadmark.questions.facts.pairs import named_pair
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownEvent, ShownScene

CROSSING: Final = "One of them enters the junction while the other one crosses it."
CENTRE_LINE: Final = "One of them drives over the centre line into oncoming traffic."
BRAKING: Final = "The one in front brakes, and the one behind does not stop in time."
STEPPING: Final = "A pedestrian walks onto the road away from a crosswalk."
CROSSWALK: Final = "A driver does not stop for a pedestrian on a crosswalk."

VISIBLE: Final = {
    "ran a red light": CROSSING,
    "runs a red light": CROSSING,
    "turned across oncoming traffic": CROSSING,
    "turns left across its path": CROSSING,
    "did not give way": CROSSING,
    "does not give way": CROSSING,
    "drove against the traffic": CENTRE_LINE,
    "fell asleep and drifted over the centre line": CENTRE_LINE,
    "distracted, drifted over the centre line": CENTRE_LINE,
    "lost control and left its lane": CENTRE_LINE,
    "braked suddenly": BRAKING,
    "stepped onto the road away from a crosswalk": STEPPING,
    "crossed the road away from a crosswalk": STEPPING,
    "crossed away from a crosswalk": STEPPING,
    "ignored a pedestrian on a crosswalk": CROSSWALK,
}
"""Causes as one sees them: neither the light that someone ignored nor a driver's sleep need be in the picture."""

_LATE: Final = ("did not brake in time", "distracted, braked")
"""How causes of a rear-end collision begin: whether the one in front brakes, its speed says."""
_BRAKED, _BEFORE = 2.0, 4.0
"""m/s that the one in front loses, in the seconds before the contact."""

_WHY: Final = (
    "Why does the {what} happen?",
    "What leads to the {what} in the video?",
    "What is the cause of the {what}?",
)
_WHY_MARKED: Final = (
    "What leads to the {what} of marks {pair}?",
    "Why does the {what} between marks {pair} happen?",
    "Marks {pair}: what is the cause of their {what}?",
)
_IS: Final = (
    "Is this why the {what} happens: {cause}?",
    "Does this lead to the {what} in the video: {cause}?",
    "Is the {what} caused like this: {cause}?",
)


class CausalFamily:
    """Asks for visible causes of collisions and near misses."""

    name = "causal"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        for category, what in (("collision", "collision"), ("near_miss", "near miss")):
            all_of = [it for it in scene.events if it.happening.event.category == category]
            for it in all_of:
                cause = _cause(scene, it) if happens(scene, it) else None
                if cause is not None:
                    yield from _about(scene, asker, it, what, cause, len(all_of) == 1)


def _about(scene: ShownScene, asker: Asker, it: ShownEvent, what: str, cause: str, only: bool) -> Iterator[Question]:
    wrong = sorted(set(VISIBLE.values()) - {cause})
    facts = {"cause": it.happening.cause, "seen_as": cause}
    names = {"what": what}
    reasons = (f"The {what} is at about {it.happening.moment:.1f} s.", cause)
    if only:
        yield from asker.choice("causal.why", _WHY, names, cause, wrong, event=it.number, facts=facts, reasons=reasons)
        for named, answer in ((cause, True), (asker.pick(wrong), False)):
            lower = {**names, "cause": f"{named[0].lower()}{named[1:-1]}"}
            yield asker.yes_no(
                "causal.is", _IS, lower, answer, asked=named, event=it.number, facts=facts, reasons=reasons
            )
    actors = tuple(sorted(it.happening.event.actor_ids))
    if len(actors) == 2 and all(actor in scene.marks for actor in actors):
        named_names = {**names, "pair": named_pair(scene, actors)}
        yield from asker.choice(
            "causal.why_marked", _WHY_MARKED, named_names, cause, wrong,
            actors=actors, during=around(it.happening.moment), event=it.number, facts=facts, reasons=reasons,
        )  # fmt: skip


def _cause(scene: ShownScene, it: ShownEvent) -> str | None:
    """The cause as one sees it; None where it is not known, or what is known cannot be seen."""
    happening = it.happening
    if happening.cause.startswith(_LATE):
        front = happening.roles.get("struck", happening.roles.get("leading"))
        return BRAKING if front is not None and _brakes(scene, front, happening.moment) else None
    cause = VISIBLE.get(happening.cause)
    if cause == CENTRE_LINE and happening.kind not in ("head_on", "near_miss"):
        return None
    if cause == CROSSING and not happening.in_junction:
        return None
    return cause


def _brakes(scene: ShownScene, actor: int, moment: float) -> bool:
    course = scene.courses.get(actor)
    if course is None:
        return False
    speeds = course.speeds[(course.times >= moment - _BEFORE) & (course.times < moment)]
    return bool(speeds.size and speeds.max() - speeds[-1] >= _BRAKED)
