"""Order in time, and from when to when something lasts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from roadmark.questions.asking.choose_mark import choose_mark
from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.incident_words import kind_of
from roadmark.questions.facts.marked_moments import MarkedMoment, marked_moments
from roadmark.questions.facts.moments import TOLERANCE, around, begins, ends
from roadmark.questions.facts.pace import PAUSES, SETS_OFF, STOPS, pace_of
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownEvent, ShownScene
from roadmark.scene import Course, sentence

APART: Final = 1.0
"""Seconds between two moments whose order anyone can see."""
LONG: Final = 1.5
"""Seconds that a phase lasts at least whose start and end are asked for."""
_MOST: Final = 8
"""Pairs and triples of moments that are asked about."""

_SEEN_TURN: Final = np.radians(20.0)
"""Change of heading that one sees."""

_FIRST: Final = (
    "Which of these happens first in the video?",
    "What happens earlier?",
    "Which one comes first in time?",
)
_LAST: Final = (
    "Which of these happens last in the video?",
    "What happens later?",
    "Which one comes last in time?",
)
_BEFORE: Final = (
    "First {one}, and only then {other}. Is that the order of events in the video?",
    "Is this order right: {one}, and after that {other}?",
    "Does it happen in this order: {one}, later {other}?",
)
_ORDER: Final = (
    "In which order do these things happen?",
    "What is the right order of events in the video?",
    "Which option has the order in time right?",
)
_FIRST_STOP: Final = (
    "Which of these {kind}s comes to a stop first?",
    "Among these {kind}s, which one is the first to stop?",
    "Which {kind} stops earlier than the others in the list?",
)
_FIRST_SEEN: Final = (
    "Which of these {kind}s comes into view first?",
    "Among these {kind}s, which one appears first in the video?",
    "Which {kind} appears earlier than the others in the list?",
)
_STANDING: Final = (
    "From when to when does {who} stand still?",
    "During which part of the video is {who} at a standstill?",
    "Give the time span in which {who} does not move.",
)
_LASTS: Final = {
    "sudden_stop": "brake hard until it stands",
    "u_turn": "turn back in a U-turn",
    "wrong_way": "drive against the traffic",
    "jaywalk": "cross the road away from a crosswalk",
}
"""Events that have an end that one can see, as what their doer does."""
_EVENT: Final = (
    "From when to when does {who} {does}?",
    "During which part of the video does {who} {does}?",
    "Give the time span in which you see {who} {does}.",
)


class TemporalFamily:
    """Asks for the order of events and other moments, and for time spans."""

    name = "temporal"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        moments = marked_moments(scene)
        for group in _groups(moments, 2, asker.rng):
            yield from _first_and_last(asker, group)
            yield from _before(asker, group)
        for group in _groups(moments, 3, asker.rng):
            yield from _first_and_last(asker, group)
            yield from _order(asker, group)
        yield from _first_of(scene, asker, "temporal.first_stop", _FIRST_STOP, moments, "stops")
        yield from _first_of(scene, asker, "temporal.first_seen", _FIRST_SEEN, moments, "enters")
        for actor in scene.vehicles:
            yield from _standing(scene, asker, actor)
        for it in scene.events:
            yield from _event(scene, asker, it)


def _groups(moments: Sequence[MarkedMoment], size: int, rng: np.random.Generator) -> list[tuple[MarkedMoment, ...]]:
    """Moments far enough apart, in order of time; those with an event before the others.

    The longest words, which events have, stand at every place as often as at any other: their length tells nothing.
    """
    found = [
        group
        for group in itertools.combinations(moments, size)
        if all(_clearly_later(later, it) for it, later in itertools.pairwise(group))
        and sum(len(it.actors) for it in group) == len(_actors(group))  # what one does has an order anyway
    ]
    shuffled = [found[int(index)] for index in rng.permutation(len(found))]
    with_event = [group for group in shuffled if any(it.event is not None for it in group)]
    others = [group for group in shuffled if all(it.event is None for it in group)]
    return [*_evenly(with_event, size, rng), *_evenly(others, size, rng)][:_MOST]


def _evenly(
    groups: Sequence[tuple[MarkedMoment, ...]], size: int, rng: np.random.Generator
) -> list[tuple[MarkedMoment, ...]]:
    """As many whose longest words come first as second, ...; one, where not every place has any."""
    by_place: list[list[tuple[MarkedMoment, ...]]] = [[] for _ in range(size)]
    for group in groups:
        lengths = np.array([len(it.clause) for it in group])
        by_place[int(rng.choice(np.flatnonzero(lengths == lengths.max())))].append(group)
    share = max(1, min(_MOST // size, *map(len, by_place)))
    return [
        group for row in itertools.zip_longest(*(one[:share] for one in by_place)) for group in row if group is not None
    ]


def _clearly_later(later: MarkedMoment, it: MarkedMoment) -> bool:
    return later.moment - it.moment >= APART + later.blur + it.blur


def _first_and_last(asker: Asker, group: Sequence[MarkedMoment]) -> Iterator[Question]:
    for template, wordings, right in (
        ("temporal.first", _FIRST, group[0]),
        ("temporal.last", _LAST, group[-1]),
    ):
        wrong = [it.clause for it in group if it is not right]
        yield from asker.choice(
            template, wordings, {}, right.clause, wrong,
            actors=_actors(group), event=_event_of(group), facts=_facts(group), reasons=_reasons(group),
        )  # fmt: skip


def _before(asker: Asker, group: Sequence[MarkedMoment]) -> Iterator[Question]:
    for one, other, answer in ((group[0], group[1], True), (group[1], group[0], False)):
        yield asker.yes_no(
            "temporal.before", _BEFORE, {"one": one.clause, "other": other.clause}, answer,
            actors=_actors(group), event=_event_of(group), facts=_facts(group), reasons=_reasons(group),
        )  # fmt: skip


def _order(asker: Asker, group: Sequence[MarkedMoment]) -> Iterator[Question]:
    right, *wrong = ("; then ".join(it.clause for it in order) for order in itertools.permutations(group))
    yield from asker.choice(
        "temporal.order", _ORDER, {}, right, wrong,
        actors=_actors(group), event=_event_of(group), facts=_facts(group), reasons=_reasons(group),
    )  # fmt: skip


def _first_of(
    scene: ShownScene,
    asker: Asker,
    template: str,
    wordings: Sequence[str],
    moments: Sequence[MarkedMoment],
    kind: str,
) -> Iterator[Question]:
    same = [it for it in moments if it.kind == kind]
    for index, first in enumerate(same):
        later = [it for it in same[index + 1 :] if _clearly_later(it, first)]
        facts = {it.clause: round(it.moment, 2) for it in (first, *later)}
        yield from choose_mark(
            scene, asker, template, wordings, first.actors[0], [it.actors[0] for it in later],
            facts=facts, reasons=_reasons((first, *later)[:4]),
        )  # fmt: skip


def _standing(scene: ShownScene, asker: Asker, actor: int) -> Iterator[Question]:
    """Of one that also moves while it is seen."""
    pace = pace_of(scene, actor)
    if pace is None or pace.kind not in (STOPS, SETS_OFF, PAUSES):
        return
    start = 0.0 if pace.stopped is None and pace.seen[0] < 0.3 else pace.stopped
    end = scene.duration if pace.left is None and pace.seen[1] > scene.duration - 0.3 else pace.left
    if start is None or end is None or end - start < LONG:
        return
    names = {"who": scene.who(actor)}
    yield asker.span(
        "temporal.standing", _STANDING, names, start, end, actors=(actor,), during=(start, end),
        facts={"start": round(start, 3), "end": round(end, 3), "tolerance": TOLERANCE},
        reasons=(
            f"It comes to rest at about {start:.1f} s." if pace.stopped is not None else "It stands from the start.",
            f"It sets off at about {end:.1f} s." if pace.left is not None else "It stands until the end.",
        ),
    )  # fmt: skip


def _event(scene: ShownScene, asker: Asker, it: ShownEvent) -> Iterator[Question]:
    event, does = it.happening.event, _LASTS.get(kind_of(it))
    actor = it.happening.first
    if (
        does is None
        or actor is None
        or actor not in scene.marks
        or not (it.seen and begins(scene, it) and ends(scene, it))
    ):
        return
    start, end = event.start_time, event.end_time
    if kind_of(it) == "u_turn":
        start, end = _turning(scene.courses[actor], start, end)
    if end - start < TOLERANCE or not all(scene.bears_mark(actor, around(moment)) for moment in (start, end)):
        return
    yield asker.span(
        "temporal.event", _EVENT, {"who": scene.who(actor), "does": does}, start, end,
        actors=(actor,), during=(start, end), event=it.number,
        facts={"start": round(start, 3), "end": round(end, 3), "tolerance": 2.0 * TOLERANCE},
        reasons=(f"It begins at about {start:.1f} s.", f"It ends at about {end:.1f} s."),
    )  # fmt: skip


def _turning(course: Course, start: float, end: float) -> tuple[float, float]:
    """When one sees a vehicle turn within a time: from when its heading leaves the old one until it is near the new."""
    rows = np.flatnonzero((course.times >= start) & (course.times <= end))
    if len(rows) < 2:
        return start, start
    times, headings = course.times[rows], course.headings[rows]
    old = np.flatnonzero(np.abs(headings - headings[0]) > _SEEN_TURN)
    new = np.flatnonzero(np.abs(headings - headings[-1]) > _SEEN_TURN)
    return (float(times[old[0]]), float(times[new[-1]])) if len(old) and len(new) else (start, start)


def _actors(group: Sequence[MarkedMoment]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(actor for it in group for actor in it.actors))


def _event_of(group: Sequence[MarkedMoment]) -> int | None:
    return next((it.event for it in group if it.event is not None), None)


def _facts(group: Sequence[MarkedMoment]) -> dict[str, object]:
    return {"moments": {it.clause: round(it.moment, 2) for it in group}}


def _reasons(group: Sequence[MarkedMoment]) -> tuple[str, ...]:
    return tuple(sentence(f"{it.clause} at about {it.moment:.1f} s") for it in group)
