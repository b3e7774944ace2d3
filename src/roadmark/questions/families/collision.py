"""Collisions: whether, who, when, of which kind, and who ran into whom."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final

from roadmark.questions.asking.forms import PUBLISHED_ENDING, SHORT, About, Asker
from roadmark.questions.asking.when import ask_when
from roadmark.questions.asking.which_pair import ask_which_pair
from roadmark.questions.facts.contact import also_true, at_rest_from, bearing, kind_is_clear
from roadmark.questions.facts.incident_words import COLLISIONS
from roadmark.questions.facts.moments import TOLERANCE, around, happens
from roadmark.questions.facts.pairs import (
    least_distance,
    named_pair,
    nearest_bystanders,
    together,
    vehicle_pairs,
    walker_pairs,
)
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownEvent, ShownScene, road_user
from roadmark.scene import sentence

PUBLISHED: Final = ("Is there a car collision between vehicles with numeric IDs {a} and {b}?",)
"""The published recipe's only wording."""

CLEARLY_APART: Final = 0.5
"""Metres between two below which they may seem to touch."""

MISSED_BY: Final = 0.3
"""Metres between two who nearly collide: one looks closer there."""

_PAIR: Final = (
    "Do {one} and {other} collide?",
    "Is there a collision between {one} and {other}?",
    "In this video, do {one} and {other} run into each other?",
)
_ANY: Final = (
    "Is there a collision in the video?",
    "Does the video show a collision?",
    "Do any road users collide in this video?",
)
_WHICH: Final = (
    "Which two marks collide",
    "Between which two marks is there a collision",
    "There is a collision in the video. Which two marks are in it",
)
_WHEN: Final = ("does the collision happen", "do the two road users collide")
_SPAN: Final = (
    "From when to when do the colliding road users go from their first contact to standing still?",
    "Give the time span from the first contact of the collision until both who collide are at rest.",
    "From the first contact until both who collided have come to rest: which time span is it?",
)
_KIND: Final = (
    "What kind of collision does the video show?",
    "Which kind of collision happens?",
    "How can the collision in the video be described?",
)
_MEET: Final = {
    "rear_end": "Both face the same way, one behind the other.",
    "side_collision": "They come from different sides, and one meets the flank of the other.",
    "head_on": "They face each other.",
    "pedestrian_collision": "One of them is on foot.",
    "cyclist_collision": "One of them rides a bicycle.",
}
_KIND_IS: Final = ("Is the collision in the video {it}?", "Does the video show {it}?", "Is what happens here {it}?")
_STRIKING: Final = (
    "Which one runs into the other, {one} or {other}?",
    "{one} and {other} collide. Which one drives into the other?",
    "Of {one} and {other}, which one strikes the other?",
)
_STRUCK: Final = (
    "Which one is run into by the other, {one} or {other}?",
    "{one} and {other} collide. Which one is struck by the other?",
    "Of {one} and {other}, which one is hit by the front of the other?",
)
_ROLES: Final = (
    "Does {one} drive into {other}, rather than the other way round?",
    "Is it {one} that runs into {other}?",
    "{one} and {other} collide. Is {one} the one that strikes?",
)


class CollisionFamily:
    """Asks for collisions, in the published recipe's form and in others."""

    name = "collision"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        collisions = [it for it in scene.events if it.happening.event.category == "collision"]
        for it in collisions:
            if happens(scene, it) and len(it.happening.event.actor_ids) == 2:
                yield from _collided(scene, asker, it)
        if scene.collisions_known:
            yield from _apart(scene, asker, {frozenset(it.happening.event.actor_ids) for it in collisions})
            if all(happens(scene, it) for it in collisions):
                facts = {"collisions": len(collisions)}
                times = tuple(f"Two road users touch at about {it.happening.moment:.1f} s." for it in collisions[:3])
                reasons = times or ("No two road users touch at any time.",)
                yield asker.yes_no("collision.any", _ANY, {}, bool(collisions), facts=facts, reasons=reasons)
        if len(collisions) == 1 and happens(scene, collisions[0]):
            yield from _only_one(scene, asker, collisions[0])


def _collided(scene: ShownScene, asker: Asker, it: ShownEvent) -> Iterator[Question]:
    one, other = sorted(it.happening.event.actor_ids)
    if not all(actor in scene.marks and actor in scene.courses for actor in (one, other)):
        return
    moment = it.happening.moment
    reasons = (f"About {moment:.1f} s into the video, {scene.who(one)} and {scene.who(other)} touch.",)
    yield from _pair(scene, asker, (one, other), True, around(moment), it.number, {"moment": round(moment, 3)}, reasons)


def _apart(scene: ShownScene, asker: Asker, collided: set[frozenset[int]]) -> Iterator[Question]:
    """Pairs that come near each other, or seem to, and do not collide."""
    for negative in scene.negatives:
        one, other = sorted(negative.event.actor_ids)
        if negative.gap < CLEARLY_APART or frozenset((one, other)) in collided or not together(scene, one, other):
            continue
        facts: dict[str, object] = {"gap": round(negative.gap, 2), "chosen": negative.kind}
        apart = f"{scene.who(one)} and {scene.who(other)} stay at least {_metres(negative.gap)} apart"
        yield from _pair(scene, asker, (one, other), False, None, None, facts, (sentence(apart),))
    avoided = [it.happening for it in scene.events if it.happening.event.category == "near_miss" and it.seen]
    for happening in avoided:
        pair, closest = sorted(happening.event.actor_ids), happening.measures.get("closest")
        if len(pair) == 2 and isinstance(closest, float) and closest >= MISSED_BY and together(scene, *pair):
            facts = {"gap": round(closest, 2), "chosen": "near_miss"}
            avoid = f"{scene.who(pair[0])} and {scene.who(pair[1])} only just avoid each other"
            reasons = (sentence(avoid),)
            yield from _pair(scene, asker, (pair[0], pair[1]), False, None, None, facts, reasons)
    more = [] if scene.negatives else vehicle_pairs(scene, 4)
    for one, other in (*more, *walker_pairs(scene, 4)):
        if frozenset((one, other)) in collided:
            continue
        gap = least_distance(scene, one, other)
        reasons = (sentence(f"{scene.who(one)} and {scene.who(other)} stay at least {_metres(gap)} apart"),)
        yield from _pair(scene, asker, (one, other), False, None, None, {"gap": round(gap, 2)}, reasons)


def _pair(
    scene: ShownScene,
    asker: Asker,
    pair: tuple[int, int],
    answer: bool,
    during: tuple[float, float] | None,
    event: int | None,
    facts: Mapping[str, object],
    reasons: tuple[str, ...],
) -> Iterator[Question]:
    one, other = pair if asker.rng.random() < 0.5 else pair[::-1]
    if all(scene.courses[actor].is_vehicle for actor in pair):
        names = {"a": scene.mark(one), "b": scene.mark(other)}
        yield asker.yes_no(
            "collision.published", PUBLISHED, names, answer, (PUBLISHED_ENDING,),
            actors=(one, other), during=during, event=event, facts=facts, reasons=reasons,
        )  # fmt: skip
    kinds = " and ".join(sorted(road_user(scene.courses[actor]) for actor in pair))
    yield asker.yes_no(
        "collision.pair", _PAIR, {"one": scene.who(one), "other": scene.who(other)}, answer,
        asked=kinds, actors=(one, other), during=during, event=event, facts=facts, reasons=reasons,
    )  # fmt: skip


def _only_one(scene: ShownScene, asker: Asker, it: ShownEvent) -> Iterator[Question]:
    """The only collision in the video needs no name."""
    happening = it.happening
    moment = happening.moment
    if all(scene.seen(actor, around(moment)) for actor in happening.event.actor_ids):
        touch = f"The two touch about {moment:.1f} s into the video."
        yield from ask_when(scene, asker, "collision.when", _WHEN, {}, moment, event=it.number, reasons=(touch,))
        rest = max((at_rest_from(scene, actor, moment) for actor in happening.event.actor_ids), default=math.inf)
        if scene.times_known and moment + 0.5 < rest < math.inf:
            facts = {"start": round(moment, 3), "end": round(rest, 3), "tolerance": TOLERANCE}
            reasons = (touch, f"Both stand still from {rest:.1f} s on.")
            yield asker.span("collision.span", _SPAN, {}, moment, rest, event=it.number, facts=facts, reasons=reasons)
    pair = sorted(happening.event.actor_ids)
    if len(pair) != 2 or not all(actor in scene.courses for actor in pair):
        return
    yield from _kind(scene, asker, it)
    if all(actor in scene.marks for actor in pair):
        yield from _who(scene, asker, it)


def _who(scene: ShownScene, asker: Asker, it: ShownEvent) -> Iterator[Question]:
    moment = it.happening.moment
    during = around(moment)
    one, other = sorted(it.happening.event.actor_ids)
    if not all(scene.bears_mark(actor, during) for actor in (one, other)):
        return
    near = nearest_bystanders(scene, (one, other), moment, during)
    reasons = (f"About {moment:.1f} s into the video, {named_pair(scene, (one, other))} touch.",)
    yield from ask_which_pair(
        scene, asker, "collision.which", _WHICH, (one, other), near,
        actors=(one, other), during=during, event=it.number, facts={"moment": round(moment, 3)}, reasons=reasons,
    )  # fmt: skip
    striking, struck = it.happening.roles.get("striking"), it.happening.roles.get("struck")
    if striking is not None and struck is not None and {striking, struck} == {one, other}:
        yield from _roles(scene, asker, it, (striking, struck))


def _kind(scene: ShownScene, asker: Asker, it: ShownEvent) -> Iterator[Question]:
    right = COLLISIONS.get(it.happening.kind)
    if right is None or not kind_is_clear(scene, it):
        return
    wrong = sorted(set(COLLISIONS.values()) - {right} - also_true(scene, it))
    about: About = {
        "event": it.number,
        "facts": {"kind": it.happening.kind},
        "reasons": (f"Two road users touch at about {it.happening.moment:.1f} s.", _MEET[it.happening.kind]),
    }
    yield from asker.choice("collision.kind", _KIND, {}, right, wrong, **about)
    yield asker.short("collision.kind_short", _KIND, {}, right, SHORT, **about)
    for named, answer in ((right, True), (asker.pick(wrong), False)):
        about["asked"] = named
        yield asker.yes_no("collision.kind_is", _KIND_IS, {"it": named}, answer, **about)


def _roles(scene: ShownScene, asker: Asker, it: ShownEvent, roles: tuple[int, int]) -> Iterator[Question]:
    striking, struck = roles
    moment = it.happening.moment
    ahead, aside = (abs(bearing(scene, one, two, moment)) for one, two in (roles, roles[::-1]))
    plain = ahead <= math.radians(45.0) and aside >= 1.0
    if it.happening.kind not in ("rear_end", "side_collision") or not plain:
        return  # whose front meets the other must be plain
    one, other = roles if asker.rng.random() < 0.5 else roles[::-1]
    names = {"one": scene.who(one), "other": scene.who(other)}
    during = around(moment)
    reason = f"The front of {scene.who(striking)} meets {scene.who(struck)} at about {moment:.1f} s."
    facts = {"striking": striking, "struck": struck}
    for template, wordings, right, wrong in (
        ("collision.striking", _STRIKING, striking, struck),
        ("collision.struck", _STRUCK, struck, striking),
    ):
        yield from asker.choice(
            template, wordings, names, scene.who(right), [scene.who(wrong)],
            actors=(one, other), during=during, event=it.number, facts=facts, reasons=(reason,),
        )  # fmt: skip
    for first, second in (roles, roles[::-1]):
        names = {"one": scene.who(first), "other": scene.who(second)}
        yield asker.yes_no(
            "collision.roles", _ROLES, names, first == striking,
            actors=(first, second), during=during, event=it.number, facts=facts, reasons=(reason,),
        )  # fmt: skip


def _metres(gap: float) -> str:
    """A gap in words that are not more than it is."""
    return f"{math.floor(gap)} m" if gap >= 1.0 else f"{math.floor(10.0 * gap) / 10.0:.1f} m"
