"""What happens in a video in few words, with marks and without."""

from __future__ import annotations

import re
from typing import Final

from roadmark.questions.shown.shown_scene import ShownEvent, ShownScene

COLLISIONS: Final = {
    "rear_end": "a rear-end collision",
    "side_collision": "a side collision",
    "head_on": "a head-on collision",
    "pedestrian_collision": "a collision with a pedestrian",
    "cyclist_collision": "a collision with a cyclist",
}
"""Kinds of collisions by their names."""

INCIDENTS: Final = {
    "rear_end": "One vehicle runs into the back of another.",
    "side_collision": "One vehicle hits the side of another.",
    "head_on": "Two vehicles meet in a head-on collision.",
    "pedestrian_collision": "A vehicle hits a pedestrian.",
    "cyclist_collision": "A vehicle and a cyclist collide.",
    "near_miss": "Two road users only just avoid a collision.",
    "wrong_way": "A vehicle drives against the traffic.",
    "sudden_stop": "A vehicle brakes hard until it stands.",
    "u_turn": "A vehicle turns back in a U-turn.",
    "jaywalk": "A pedestrian crosses away from a crosswalk.",
}
"""What happens, without saying who. What one cannot see, such as speeding, is not among it; nor a red light, which
often faces away; nor standing in the way: a vehicle that waits looks the same."""

NOTHING: Final = "Nothing unusual happens."

AKIN: Final = (
    frozenset({"wrong_way", "head_on", "u_turn"}),
    frozenset({"jaywalk", "pedestrian_collision"}),
    frozenset({"near_miss", "sudden_stop"}),
    frozenset({"side_collision", "cyclist_collision", "head_on"}),
)
"""Kinds that one may take for one another, or of which one is a part of the other."""

_TOLD: Final = {
    "rear_end": "{striking} runs into the back of {struck}",
    "side_collision": "{striking} hits the side of {struck}",
    "head_on": "{first} and {second} meet head-on",
    "pedestrian_collision": "{first} and {second} collide",
    "cyclist_collision": "{first} and {second} collide",
    "collision": "{first} and {second} collide",
    "near_miss": "{first} and {second} only just avoid a collision",
    "red_light": "{first} crosses the stop line and drives into the junction",
    "sudden_stop": "{first} starts to brake hard",
    "u_turn": "{first} starts a U-turn",
    "wrong_way": "{first} starts to drive against the traffic",
}
"""What has a moment that one can see, by kind."""

_ROLE: Final = re.compile(r"\{(\w+)\}")


def kind_of(it: ShownEvent) -> str:
    """What happens, by a name that is a key of `INCIDENTS`; another one where there is none."""
    happening = it.happening
    if happening.kind == "illegal_turn":
        return "u_turn" if happening.event.sub_category == "u_turn" else "illegal_turn"
    return happening.kind


def unlike(kinds: set[str]) -> list[str]:
    """Sentences of `INCIDENTS` that are surely wrong where some kinds happen."""
    excluded = kinds.union(*(group for group in AKIN if group & kinds))
    return [words for kind, words in INCIDENTS.items() if kind not in excluded]


def told(scene: ShownScene, it: ShownEvent) -> str | None:
    """An event with its actors' marks, such as `vehicle 7 runs into the back of vehicle 9`; None where it cannot be."""
    happening = it.happening
    words = _TOLD.get(kind_of(it)) or (_TOLD["collision"] if happening.event.category == "collision" else None)
    if words is None:
        return None
    actors = {**happening.roles, "first": happening.first, "second": happening.second}
    named = {role: actors.get(role) for role in _ROLE.findall(words)}
    if any(actor is None or actor not in scene.marks or actor not in scene.courses for actor in named.values()):
        return None
    return words.format_map({role: scene.who(actor) for role, actor in named.items() if actor is not None})
