"""Near misses: whether, who, when, and who made way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from roadmark.questions.asking.forms import Asker
from roadmark.questions.asking.when import ask_when
from roadmark.questions.asking.which_pair import ask_which_pair
from roadmark.questions.facts.moments import TOLERANCE, around, ends, happens
from roadmark.questions.facts.pairs import (
    least_distance,
    named_pair,
    nearest_bystanders,
    together,
    walker_pairs,
)
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownEvent, ShownScene, road_user
from roadmark.scene import Course

FAR_APART: Final = 3.0
"""Metres that two stay apart for whom nobody would speak of a near miss."""
BRAKED: Final = 2.0
"""m/s that who makes way loses."""

_PAIR: Final = (
    "Is there a near miss between {one} and {other}, a collision that is only just avoided?",
    "Do {one} and {other} only just avoid a collision, without touching?",
    "Do {one} and {other} have a near miss in this video, that is, almost collide but not quite?",
)
_ANY: Final = (
    "Is there a near miss in the video, a collision that is only just avoided?",
    "Do two road users in the video only just avoid a collision, without touching?",
    "Does the video show a near miss, without any contact?",
)
_WHICH: Final = (
    "Which two marks only just avoid a collision",
    "Between which two marks is there a near miss",
    "There is a near miss in the video. Which two marks are in it",
)
_WHEN: Final = ("is the near miss", "do two road users only just avoid a collision")
_AVOIDS: Final = (
    "{one} and {other} only just avoid a collision. Which one brakes hard for it?",
    "Which one avoids the collision by braking, {one} or {other}?",
    "Of {one} and {other}, which one brakes so that they do not collide?",
)


class NearMissFamily:
    """Asks for near misses; who collides, or stays well apart, has none."""

    name = "near_miss"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        misses = [it for it in scene.events if it.happening.event.category == "near_miss"]
        for it in misses:
            pair = sorted(it.happening.event.actor_ids)
            if happens(scene, it) and len(pair) == 2:
                facts = {"start": round(it.happening.event.start_time, 3), "end": round(it.happening.event.end_time, 3)}
                yield from _pair(scene, asker, (pair[0], pair[1]), True, _while(it), it.number, facts)
        if scene.events_known and scene.collisions_known:
            yield from _none_between(scene, asker, {frozenset(it.happening.event.actor_ids) for it in misses})
            if all(happens(scene, it) for it in misses):
                times = tuple(
                    f"Two come very close at about {_middle(it):.1f} s, but do not touch." for it in misses[:3]
                )
                reasons = times or ("No two road users only just avoid each other.",)
                facts = {"near_misses": len(misses)}
                yield asker.yes_no("near_miss.any", _ANY, {}, bool(misses), facts=facts, reasons=reasons)
        if len(misses) == 1 and happens(scene, misses[0]):
            yield from _only_one(scene, asker, misses[0])


def _none_between(scene: ShownScene, asker: Asker, missed: set[frozenset[int]]) -> Iterator[Question]:
    """Pairs that collide, and pairs that stay well apart."""
    collided = [it for it in scene.events if it.happening.event.category == "collision"]
    for it in collided:
        pair = sorted(it.happening.event.actor_ids)
        if happens(scene, it) and len(pair) == 2 and frozenset(pair) not in missed:
            during = around(it.happening.moment)
            yield from _pair(scene, asker, (pair[0], pair[1]), False, during, it.number, {"collide": True})
    excluded = missed | {frozenset(it.happening.event.actor_ids) for it in collided}
    vehicles = [(one.event.actor_ids[0], one.event.actor_ids[1]) for one in scene.negatives if one.gap >= FAR_APART]
    walkers = [pair for pair in walker_pairs(scene, 4) if least_distance(scene, *pair) >= FAR_APART]
    for one, other in (*vehicles, *walkers):
        if frozenset((one, other)) not in excluded and together(scene, one, other):
            yield from _pair(scene, asker, (one, other), False, None, None, {"collide": False})


def _pair(
    scene: ShownScene,
    asker: Asker,
    pair: tuple[int, int],
    answer: bool,
    during: tuple[float, float] | None,
    event: int | None,
    facts: Mapping[str, object],
) -> Iterator[Question]:
    one, other = pair if asker.rng.random() < 0.5 else pair[::-1]
    if not all(actor in scene.marks and actor in scene.courses for actor in pair):
        return
    names = {"one": scene.who(one), "other": scene.who(other)}
    if answer:
        reason = f"{named_pair(scene, pair)} come very close to each other, but they do not touch."
    elif facts["collide"]:
        reason = f"{named_pair(scene, pair)} do not avoid each other: they collide."
    else:
        reason = f"{named_pair(scene, pair)} never come close to each other."
    yield asker.yes_no(
        "near_miss.pair", _PAIR, names, answer,
        asked=" and ".join(sorted(road_user(scene.courses[actor]) for actor in pair)),
        actors=(one, other), during=during, event=event, facts=facts, reasons=(reason,),
    )  # fmt: skip


def _middle(it: ShownEvent) -> float:
    """Second in the middle of it."""
    return 0.5 * (it.happening.event.start_time + it.happening.event.end_time)


def _only_one(scene: ShownScene, asker: Asker, it: ShownEvent) -> Iterator[Question]:
    event = it.happening.event
    during, middle = _while(it), _middle(it)
    pair = sorted(event.actor_ids)
    if len(pair) != 2 or not all(scene.seen(actor, during) for actor in pair):
        return
    if ends(scene, it):
        facts = {"tolerance": round(max(TOLERANCE, 0.5 * (event.end_time - event.start_time)), 3)}
        yield from ask_when(scene, asker, "near_miss.when", _WHEN, {}, middle, event=it.number, facts=facts)
    one, other = pair
    if not all(scene.bears_mark(actor, during) for actor in pair):
        return
    reasons = (f"{named_pair(scene, pair)} come very close to each other, but they do not touch.",)
    yield from ask_which_pair(
        scene, asker, "near_miss.which", _WHICH, (one, other), nearest_bystanders(scene, pair, middle, during),
        actors=(one, other), during=during, event=it.number, facts={"moment": round(middle, 3)}, reasons=reasons,
    )  # fmt: skip
    if all(scene.courses[actor].is_vehicle for actor in pair):  # of one on foot nobody asks
        yield from _avoids(scene, asker, it, (one, other))


def _avoids(scene: ShownScene, asker: Asker, it: ShownEvent, pair: tuple[int, int]) -> Iterator[Question]:
    """Who brakes, where one does and the other plainly does not."""
    window = (it.happening.event.start_time - 1.5, it.happening.event.end_time + 0.5)
    lost = [_braked(scene.courses[actor], window) for actor in pair]
    evading = it.happening.roles.get("evading", it.happening.roles.get("approaching"))
    if evading not in pair or max(lost) < BRAKED or min(lost) > 0.5 * BRAKED or pair[lost.index(max(lost))] != evading:
        return
    avoided = pair[0] if pair[1] == evading else pair[1]
    one, other = pair if asker.rng.random() < 0.5 else pair[::-1]
    reason = f"Mark {scene.mark(evading)} slows down hard."
    yield from asker.choice(
        "near_miss.avoids", _AVOIDS, {"one": scene.who(one), "other": scene.who(other)},
        scene.who(evading), [scene.who(avoided)],
        actors=(one, other), during=_while(it), event=it.number,
        facts={"evading": evading, "lost": round(max(lost), 2)}, reasons=(reason,),
    )  # fmt: skip


def _while(it: ShownEvent) -> tuple[float, float]:
    """From shortly before it begins until it ends."""
    return around(it.happening.event.start_time)[0], it.happening.event.end_time


def _braked(course: Course, window: tuple[float, float]) -> float:
    """m/s that an actor loses at most, from a time in a window to a later one."""
    speeds = course.speeds[(course.times >= window[0]) & (course.times <= window[1])]
    return float((np.maximum.accumulate(speeds) - speeds).max()) if speeds.size else 0.0
