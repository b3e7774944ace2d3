"""Which traffic rule is broken, by whom and when; jaywalking, illegal turns and blocked junctions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from roadmark.questions.asking.choose_mark import choose_mark
from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.pace import DRIVES, STANDS, pace_of
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownEvent, ShownScene
from roadmark.scene import sentence

_WORDS: Final[Mapping[str, str]] = {
    "wrong_way": "a vehicle drives against the traffic",
    "red_light": "someone runs a red light",
    "illegal_turn": "a vehicle turns where it must not",
    "speeding": "a vehicle drives much too fast",
    "jaywalk": "a pedestrian crosses away from a crosswalk",
    "blocked_junction": "a vehicle stands in a junction and blocks it",
}
_NONE = "no traffic rule is broken"
_SUBJECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "jaywalk": (
        "Does {who} cross the road away from a crosswalk?",
        "Is {who} jaywalking?",
        "Does {who} walk over the road where there is no crosswalk?",
    ),
    "illegal_turn": (
        "Does {who} turn where it must not?",
        "Is there an illegal turn by {who}?",
        "Does {who} make a turn that is not allowed?",
    ),
    "blocked_junction": (
        "Does {who} stand in the junction and block it?",
        "Is {who} blocking the junction?",
        "Is the junction obstructed by {who}, which stands in it?",
    ),
}
_LEAST_TIME = 2.0
"""Seconds of video of which it is worth saying that no rule is broken in it."""
_LONGEST_STEP = 0.8
"""Seconds of a violation's course that may be hidden."""


class ViolationFamily:
    """Asks for broken traffic rules: which, by whom, when; each sort of violation has its own look-alikes."""

    name = "violation"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        violations = [shown for shown in scene.events if shown.happening.kind in _WORDS]
        yield from _kinds(scene, asker, violations)
        involved = {actor for shown in scene.events for actor in shown.happening.event.actor_ids}
        for shown in violations:
            if shown.seen:
                yield from _about(scene, asker, shown, involved)
        if scene.events_known:
            yield from _innocent(scene, asker, involved)


def _kinds(scene: ShownScene, asker: Asker, violations: list[ShownEvent]) -> Iterator[Question]:
    kinds = sorted({shown.happening.kind for shown in violations})
    nothing = scene.events_known and scene.collisions_known and not scene.events
    if nothing and (scene.duration < _LEAST_TIME or not any(scene.seen(actor) for actor in scene.vehicles)):
        return
    if nothing or (len(kinds) == 1 and all(shown.seen for shown in violations)):
        right = _NONE if nothing else _WORDS[kinds[0]]
        yield from asker.choice(
            "violation.kind",
            (
                "Which traffic violation does the video show?",
                "Which of these happens in the video?",
                "What is done against the traffic rules in the video, if anything?",
            ),
            {}, right, (*_WORDS.values(), _NONE), facts={"kinds": kinds},
        )  # fmt: skip
    if nothing or any(shown.seen for shown in violations):
        yield asker.yes_no(
            "violation.any",
            (
                "Is a traffic rule broken in the video?",
                "Does anyone violate a traffic rule in this video?",
                "Can a traffic violation be seen?",
            ),
            {}, not nothing, facts={"kinds": kinds},
        )  # fmt: skip


def _about(scene: ShownScene, asker: Asker, shown: ShownEvent, involved: set[int]) -> Iterator[Question]:
    happening = shown.happening
    who = scene.marked_violator(shown)
    if who is None:
        return
    during = (happening.event.start_time, happening.event.end_time)
    facts = {"kind": happening.kind, "from": round(during[0], 3), "to": round(during[1], 3)}
    names = {"who": scene.who(who)}
    reasons = (sentence(f"{_WORDS[happening.kind]}: {scene.who(who)}"),)
    if happening.kind in _SUBJECTS:
        yield asker.yes_no(
            f"violation.{happening.kind}", _SUBJECTS[happening.kind], names, True,
            actors=(who,), during=during, event=shown.number, facts=facts, reasons=reasons,
        )  # fmt: skip
    yield from choose_mark(
        scene, asker, "violation.who",
        ("Which {kind} breaks a traffic rule?", "Which of these marks violates a traffic rule?",
         "Who of the following does not keep to the traffic rules?"),
        who, [actor for actor in scene.courses if actor not in involved and actor in scene.marks], during,
        event=shown.number, facts=facts, reasons=reasons,
    )  # fmt: skip
    if scene.times_known and happening.kind in ("jaywalk", "illegal_turn") and _all_seen(scene, who, during):
        yield asker.span(
            "violation.when",
            (
                "From when to when does {who} break a traffic rule?",
                "In which part of the video does {who} violate a traffic rule?",
                "In which time span does {who} not keep to the traffic rules?",
            ),
            names, *during, actors=(who,), during=during, event=shown.number, facts={**facts, "tolerance": 1.0},
        )  # fmt: skip


def _innocent(scene: ShownScene, asker: Asker, involved: set[int]) -> Iterator[Question]:
    """Those who look as if they might, and do not."""
    for actor, course in scene.courses.items():
        if actor in involved or actor not in scene.marks or not scene.bears_mark(actor):
            continue
        names, facts = {"who": scene.who(actor)}, {"kind": "none"}
        if course.category == "pedestrian":
            walks_on = scene.place.walks_on(course) if course.travelled > 2.0 else ""
            if walks_on:
                yield asker.yes_no(
                    "violation.jaywalk", _SUBJECTS["jaywalk"], names, False,
                    actors=(actor,), facts={**facts, "walks_on": walks_on},
                )  # fmt: skip
            continue
        passages = scene.roads.passages.get(actor, ())
        turns = [passage for passage in passages if passage.way in ("left", "right")]
        pace = pace_of(scene, actor)
        if turns or (pace is not None and pace.kind == DRIVES and _straight(scene, actor)):
            during = (turns[0].entered, turns[0].left) if turns else pace.seen if pace is not None else None
            yield asker.yes_no(
                "violation.illegal_turn", _SUBJECTS["illegal_turn"], names, False,
                actors=(actor,), during=during, facts=facts,
            )  # fmt: skip
        if passages or (pace is not None and pace.kind == STANDS and _before_junction(scene, actor)):
            during = (passages[0].entered, passages[0].left) if passages else None
            yield asker.yes_no(
                "violation.blocked_junction", _SUBJECTS["blocked_junction"], names, False,
                actors=(actor,), during=during, facts=facts,
            )  # fmt: skip


def _before_junction(scene: ShownScene, actor: int) -> bool:
    """Whether someone stays on a road near a junction, and never is inside."""
    there, place = scene.roads.of.get(actor), scene.courses[actor].places[0]
    if there is None or there.inside.any() or not there.drives.all():
        return False
    return any(crossing.reaches(place) for crossing in scene.place.crossings.values())


def _straight(scene: ShownScene, actor: int) -> bool:
    """Whether someone keeps its heading all the time it is seen."""
    course = scene.courses[actor]
    return bool(np.ptp(course.headings) < np.radians(20.0))


def _all_seen(scene: ShownScene, actor: int, during: tuple[float, float]) -> bool:
    """Whether someone is seen from before something begins to after its end."""
    times = scene.courses[actor].times[scene.marked[actor]]
    times = times[(times >= during[0] - 1.0) & (times <= during[1] + 1.0)]
    if len(times) < 2 or times[0] > during[0] or times[-1] < during[1]:
        return False
    return bool(np.diff(times).max() <= _LONGEST_STEP)
