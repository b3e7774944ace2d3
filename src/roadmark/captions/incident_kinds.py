"""A clause for every kind of incident: what its events are told as."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from roadmark.captions.story import Story
from roadmark.scene import Happening, listed, plain_words, with_article

FAULTS: Final[Mapping[str, str]] = {
    "ran a red light": "runs a red light",
    "runs a red light": "runs a red light",
    "ignored the light": "runs a red light",
    "did not stop at the red light": "runs a red light",
    "turned across oncoming traffic": "turns across oncoming traffic",
    "turns left across its path": "turns without giving way",
    "did not give way": "fails to give way",
    "does not give way": "fails to give way",
    "drove against the traffic": "drives against the traffic",
    "turned where it must not": "makes an illegal turn",
    "crossed the road away from a crosswalk": "crosses the road away from a crosswalk",
    "crossed away from a crosswalk": "crosses the road away from a crosswalk",
    "stepped onto the road away from a crosswalk": "steps onto the road away from a crosswalk",
    "braked suddenly": "brakes suddenly",
    "drove too fast": "drives too fast",
    "lost control and left its lane": "swerves out of its lane",
    "fell asleep and drifted over the centre line": "drifts over the centre line",
    "distracted, drifted over the centre line": "drifts over the centre line",
}
"""Causes that one can see, as what their doer does; what goes on in a driver's head is not in the picture."""

_ON_FOOT: Final = frozenset({"crosses the road away from a crosswalk", "steps onto the road away from a crosswalk"})
_ON_CROSSWALK: Final = "ignored a pedestrian on a crosswalk"
_THINGS: Final = {
    "walker": "a pedestrian out of view",
    "light": "a traffic light",
    "sign": "a traffic sign",
}
"""What a collision's sub-category says of one who is no actor of the clip."""

Clause = Callable[[Story, Happening], str]


def clause(story: Story, happening: Happening) -> str:
    """An event as a clause, without time and place."""
    unknown = collision if happening.event.category == "collision" else other
    return _KINDS.get(happening.kind, unknown)(story, happening)


def rear_end(story: Story, it: Happening) -> str:
    """One runs into another's back."""
    striking, struck = it.pair("striking", "struck")
    story.terms.append("rear-end collision")
    return f"{story.name(striking)} runs into the back of {story.name(struck)} in a rear-end collision"


def side_collision(story: Story, it: Happening) -> str:
    """One hits another's side."""
    striking, struck = it.pair("striking", "struck")
    story.terms.append("side collision")
    side = story.side_of(struck, striking, it.moment)
    return _hit(story, it, striking, struck, f"{side} side".strip(), " in a side collision")


def head_on(story: Story, it: Happening) -> str:
    """Two meet front to front."""
    first, second = it.pair("striking", "struck")
    story.terms.append("head-on collision")
    fault = FAULTS.get(it.cause, "")
    if not fault:
        return f"{story.name(first)} and {story.name(second)} meet in a head-on collision"
    met = second if it.first == first else first
    return f"{story.name(it.first)} {fault} and meets {story.name(met)} in a head-on collision"


def run_over(story: Story, it: Happening) -> str:
    """Someone on foot or on a bicycle is hit."""
    victim = it.roles.get("pedestrian", it.roles.get("cyclist", it.second))
    striking = it.roles.get("striking", it.first if it.first != victim else it.second)
    story.terms.append("hit")
    if it.cause == _ON_CROSSWALK:
        return f"{story.name(striking)} fails to stop at a crosswalk and hits {story.name(victim)} on it"
    return _hit(story, it, striking, victim)


def collision(story: Story, it: Happening) -> str:
    """Two touch, and nobody knows more."""
    if it.second is not None:
        story.terms.append("collide")
        return f"{story.name(it.first)} and {story.name(it.second)} collide"
    story.terms.append("collides")
    words = it.event.sub_category.split("_")
    thing = next((named for word, named in _THINGS.items() if word in words), "something at the road")
    return f"{story.name(it.first)} collides with {thing}"


def near_miss(story: Story, it: Happening) -> str:
    """Two come close, and one just avoids the other."""
    story.terms.append("near miss")
    evading = it.roles.get("evading", it.roles.get("approaching"))
    if evading is None or it.second is None:
        return f"{story.name(it.first)} and {story.name(it.second)} just avoid a collision, a near miss"
    avoided = it.second if it.first == evading else it.first
    does = "brakes hard and just avoids" if story.brakes(evading, it.event) else "just avoids"
    if it.cause == _ON_CROSSWALK:
        return f"{story.name(evading)} {does} {story.name(avoided)} on a crosswalk, a near miss"
    fault = FAULTS.get(it.cause, "")
    if fault and (it.first == avoided or (fault in _ON_FOOT and _walks(story, avoided))):
        doer = story.name(avoided)
        return f"{doer} {fault} and {story.name(evading)} {does} a collision, a near miss"
    into = "running into " if it.roles.get("leading") == avoided else ""
    return f"{story.name(evading)} {does} {into}{story.name(avoided)}, a near miss"


def wrong_way(story: Story, it: Happening) -> str:
    """Against the traffic."""
    story.terms.append("against the direction of traffic")
    return f"{story.name(it.first)} drives against the direction of traffic in the oncoming lane"


def red_light(story: Story, it: Happening) -> str:
    """Through a red light."""
    story.terms.append("red light")
    side = story.turning(it.first, it.moment - 0.5, it.moment + 5.0)
    return f"{story.name(it.first)} runs a red light{f' and turns {side}' if side else ''}"


def sudden_stop(story: Story, it: Happening) -> str:
    """Hard braking for nothing."""
    story.terms.append("sudden stop")
    return f"{story.name(it.first)} brakes hard and comes to a sudden stop"


def stalled_vehicle(story: Story, it: Happening) -> str:
    """Standing in a lane."""
    story.terms.append("stalled")
    return f"{story.name(it.first)} {story.halts(it.first)} in its lane and stays there, stalled"


def blocked_junction(story: Story, it: Happening) -> str:
    """Standing in a junction."""
    story.terms.append("blocks")
    return f"{story.name(it.first)} {story.halts(it.first)} in the middle of the junction and blocks it"


def illegal_turn(story: Story, it: Happening) -> str:
    """Where one must not turn."""
    move = {
        "u_turn": "U-turn",
        "left": "left turn",
        "right": "right turn",
        "straight": "move straight on from a turning lane",
    }.get(it.event.sub_category, "turn")
    story.terms.append("illegal U-turn" if move == "U-turn" else "illegal")
    return f"{story.name(it.first)} makes an illegal {move}"


def speeding(story: Story, it: Happening) -> str:
    """Too fast."""
    story.terms.append("speeding")
    speed, limit = (_kmh(it.measures.get(name)) for name in ("speed", "limit"))
    how = f" at about {speed} km/h where {limit} km/h are allowed" if speed and limit else ""
    return f"{story.name(it.first)} is speeding{how}"


def jaywalk(story: Story, it: Happening) -> str:
    """On foot across the road."""
    story.terms.append("away from a crosswalk")
    return f"{story.name(it.first)} crosses the road away from a crosswalk"


def other(story: Story, it: Happening) -> str:
    """A kind that only the clip's maker knows."""
    what = plain_words(it.event.category) or "incident"
    story.terms.append(what)
    who = [story.name(actor) for actor in (it.first, it.second) if actor is not None]
    return f"there is {with_article(what)}" + (f" of {listed(who)}" if who else "")


def _hit(story: Story, it: Happening, striking: int | None, struck: int | None, part: str = "", kind: str = "") -> str:
    """`A fails to give way and hits the left side of B`, or `B steps onto the road and is hit by A`."""
    fault = FAULTS.get(it.cause, "")
    if fault and _struck_is_doer(story, it, struck, fault):
        on = f" on its {part}" if part not in ("", "side") else ""
        return f"{story.name(struck)} {fault} and is hit{on} by {story.name(striking)}{kind}"
    tells = it.in_junction and not fault.startswith("turns")  # elsewhere it may follow a bend
    side = story.turning(striking, it.moment - 4.0, it.moment - 0.1) if tells else ""
    doer = f"{story.name(striking)}{f' turning {side}' if side else ''}{f' {fault} and' if fault else ''}"
    return f"{doer} hits {f'the {part} of ' if part else ''}{story.name(struck)}{kind}"


def _struck_is_doer(story: Story, it: Happening, struck: int | None, fault: str) -> bool:
    if fault in _ON_FOOT:
        return _walks(story, struck)
    return it.first == struck or " is hit " in it.event.caption  # generated events name who strikes first


def _walks(story: Story, actor: int | None) -> bool:
    course = story.course(actor)
    category = story.cast.categories.get(-1 if actor is None else actor, "") if course is None else course.category
    return category in ("", "pedestrian")


def _kmh(speed: Any) -> int | None:
    """km/h of m/s, a whole number; None where it is no speed."""
    fine = isinstance(speed, (int, float)) and math.isfinite(speed) and 0.0 < speed < 150.0
    return round(3.6 * float(speed)) if fine else None


_KINDS: Final[Mapping[str, Clause]] = {
    "rear_end": rear_end,
    "side_collision": side_collision,
    "head_on": head_on,
    "pedestrian_collision": run_over,
    "cyclist_collision": run_over,
    "near_miss": near_miss,
    "wrong_way": wrong_way,
    "red_light": red_light,
    "sudden_stop": sudden_stop,
    "stalled_vehicle": stalled_vehicle,
    "blocked_junction": blocked_junction,
    "illegal_turn": illegal_turn,
    "speeding": speeding,
    "jaywalk": jaywalk,
}
