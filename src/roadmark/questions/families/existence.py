"""Whether there is one: of a kind, of a colour, with a mark; in the whole video or at one second."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.instants import Instant, Sight, instants
from roadmark.questions.facts.kinds import (
    CLASSES,
    COLORS,
    STRONG_COLORS,
    color_of,
    colors_differ,
    colors_show,
    counted_as,
    is_well_seen,
    kind_of,
    may_be_called,
    nobody_hides_in_the_dark,
    possible_colors,
    shapes_show,
    well_told,
)
from roadmark.questions.facts.lower_half import in_lower_half, lower_half_known
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownScene
from roadmark.scene import with_article

_THINGS: Final = {
    "bus": frozenset({"bus"}),
    "truck": frozenset({"truck", "delivery truck", "heavy truck", "fire truck"}),
    "fire truck": frozenset({"fire truck"}),
    "ambulance": frozenset({"ambulance"}),
    "taxi": frozenset({"taxi"}),
    "police car": frozenset({"police car"}),
    "motorcycle or scooter": frozenset({"motorcyclist", "scooter rider"}),
    "bicycle": frozenset({"cyclist"}),
    "pedestrian": frozenset({"pedestrian"}),
}
"""What people look for, and the kinds that surely are it."""
_MAYBE: Final = {
    "bus": frozenset({"camper van"}),
    "truck": frozenset({"van", "camper van", "ambulance", "pickup truck"}),
    "fire truck": frozenset({"truck", "delivery truck"}),
    "ambulance": frozenset({"truck", "van"}),
    "taxi": frozenset({"car", "police car"}),
    "police car": frozenset({"car", "taxi"}),
    "motorcycle or scooter": frozenset(),
    "bicycle": frozenset(),
    "pedestrian": frozenset(),
}
"""Kinds that some people take for it."""
_RARE: Final = ("fire truck", "ambulance", "police car")
"""Of those who are not there, one of these at most is asked about."""
_COMMON: Final = ("bus", "truck", "taxi", "motorcycle or scooter", "bicycle", "pedestrian")
_GONE: Final = 0.5
"""Seconds before and after a named one at which who is not there is not there, either."""

_KIND: Final = (
    "Is there {one} in the video?",
    "Does the video show {one}?",
    "Is {one} to be seen anywhere in the video?",
)
_COLOR: Final = (
    "Is there a {color} car in the video?",
    "Does the video show a {color} car?",
    "Can a {color} car be seen in the video?",
)
_MARKED: Final = (
    "Is any of the objects marked at second {at} {one}?",
    "At second {at}, does {one} bear a mark?",
    "Is there {one} among the objects that are marked at second {at}?",
)
_LOWER: Final = (
    "At second {at}, is there {one} in the lower half of the picture?",
    "Is {one} in the lower half of the picture at second {at}?",
    "Does the lower half of the picture show {one} at second {at}?",
)
_MARK: Final = (
    "Is mark {mark} in the picture at second {at}?",
    "At second {at}, can mark {mark} be seen?",
    "Does the picture show mark {mark} at second {at}?",
)


class ExistenceFamily:
    """Asks whether someone is there; "no" only where nobody may have been overlooked."""

    name = "existence"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        told = [actor for actor in scene.courses if well_told(scene, actor)]
        yield from _kinds(scene, told, asker)
        yield from _colors(scene, told, asker)
        for moment in instants(scene, asker.rng):
            yield from _marked(scene, moment, asker)
            yield from _marks(scene, moment, asker)
            yield from _lower_half(scene, moment, asker)


def _kinds(scene: ShownScene, told: list[int], asker: Asker) -> Iterator[Question]:
    """Yes: one is well seen. No: the recording has none that could be taken for one."""
    if not nobody_hides_in_the_dark(scene):
        return
    seen = {kind_of(scene.courses[actor]): actor for actor in told}
    recorded = scene.recorded
    every = None if recorded is None else {kind_of(one) for one in recorded.values()}
    rare = asker.pick(_RARE)
    for thing, kinds in _THINGS.items():
        shown = sorted(kinds & seen.keys())
        if not shown and thing in _RARE and thing != rare:
            continue
        if shown:
            facts = {"seen": [seen[kind] for kind in shown]}
        elif every is not None and not every & (kinds | _MAYBE[thing]):
            facts = {"seen": []}
        else:
            continue
        yield asker.yes_no(
            "existence.kind", _KIND, {"one": with_article(thing)}, bool(shown), asked=thing, facts=facts
        )  # fmt: skip


def _colors(scene: ShownScene, told: list[int], asker: Asker) -> Iterator[Question]:
    """Yes: one is well seen. No: no car of the recording may be called so, or nearly so."""
    if not colors_show(scene) or scene.recorded is None:
        return
    seen: dict[str, int] = {}
    for actor in told:
        course = scene.courses[actor]
        if counted_as(course) == {"car"}:
            seen.setdefault(color_of(course), actor)
    painted: set[str] = set()
    for one in scene.recorded.values():
        if "car" in counted_as(one):
            colors = possible_colors(one.color, kind_of(one))
            if colors is None and one.color is None:
                return  # who knows
            painted |= colors or {"white", "black", "blue"}  # liveries
    for color in COLORS:
        if color in seen or (color in STRONG_COLORS and not may_be_called(color, painted)):
            facts = {"seen": [seen[color]] if color in seen else []}
            yield asker.yes_no("existence.color", _COLOR, {"color": color}, color in seen, asked=color, facts=facts)


def _marked(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    """Yes: a marked one is large and open then. No: nobody marked could be taken for one."""
    shown = [sight for sight in moment.sights if sight.drawn]
    if len(shown) < 2 or not all(sight.marked for sight in shown) or not shapes_show(scene):
        return
    kinds = {sight: kind_of(sight.course) for sight in shown}
    found = {with_article(thing): ([one for one in shown if kinds[one] in _THINGS[thing]],
                                   [one for one in shown if kinds[one] in _MAYBE[thing]])
             for thing in _COMMON}  # fmt: skip
    every = {kind_of(course) for course in scene.courses.values()}
    elsewhere = {with_article(thing) for thing in _COMMON if _THINGS[thing] & every}
    yield from _among(scene, moment, shown, "kind", found, elsewhere, asker)
    if not colors_show(scene):
        return
    cars = {one: possible_colors(one.course.color, kinds[one]) or frozenset(COLORS)
            for one in shown if "car" in counted_as(one.course)}  # fmt: skip
    found = {f"{with_article(color)} car": (
                 [one for one, colors in cars.items() if colors == {color}],
                 [one for one, colors in cars.items() if not all(colors_differ(color, it) for it in colors)])
             for color in COLORS}  # fmt: skip
    elsewhere = {f"{with_article(color_of(course) or 'none')} car" for course in scene.courses.values()}
    yield from _among(scene, moment, shown, "color", found, elsewhere, asker)


def _among(
    scene: ShownScene,
    moment: Instant,
    shown: list[Sight],
    what: str,
    found: Mapping[str, tuple[list[Sight], list[Sight]]],
    elsewhere: set[str],
    asker: Asker,
) -> Iterator[Question]:
    """Whether there is one among the marked ones; "no" of what is there at other times, and of one that is not.

    Args:
        scene: What the video shows.
        moment: When.
        shown: The marked ones.
        what: Kind or colour.
        found: By words, those who surely are it, and those who may be.
        elsewhere: Words that fit somebody at some time of the video.
        asker: What asks.
    """
    absent = {words for words, (surely, maybe) in found.items() if not surely and not maybe}
    asked = (absent & elsewhere) | {asker.pick(sorted(absent) or [""])}
    for words, (surely, _) in found.items():
        told = [one for one in surely if is_well_seen(scene, one)]
        if told or words in asked:
            yield asker.yes_no(
                f"existence.marked_{what}", _MARKED, {"one": words, "at": moment.at}, bool(told), asked=words,
                actors=tuple(sight.actor for sight in shown), during=moment.during,
                facts={"found": [one.actor for one in told], "second": moment.second},
            )  # fmt: skip


def _marks(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    """Marks that are there for a while around a second, and marks that are not, of actors seen at another time."""
    near = np.abs(scene.timeline.seconds - moment.second) <= _GONE
    there = [sight.actor for sight in moment.marked if _told_always(scene, sight.actor, near)]
    gone = [actor for actor in scene.marked if not (near & (scene.rows[actor] >= 0)).any()]
    for actors, answer in ((there, True), (gone, False)):
        for index in asker.rng.permutation(len(actors))[:3]:
            actor = actors[int(index)]
            yield asker.yes_no(
                "existence.mark", _MARK, {"mark": scene.mark(actor), "at": moment.at}, answer, actors=(actor,),
                during=moment.during if answer else None, facts={"second": moment.second},
            )  # fmt: skip


def _told_always(scene: ShownScene, actor: int, near: np.ndarray) -> bool:
    rows = scene.rows[actor][near]
    return bool((rows >= 0).all() and scene.marked[actor][rows].all())


def _lower_half(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    if not lower_half_known(scene):
        return
    sides = [(sight, in_lower_half(scene, sight)) for sight in moment.sights]
    for one in CLASSES:
        may = [(side, counted_as(sight.course), sight) for sight, side in sides if side is not False]
        inside = [sight for side, classes, sight in may if side and classes == {one} and sight.visible >= 0.6]
        if inside or not any(one in classes or not classes for _, classes, _ in may):
            facts = {"seen": [sight.actor for sight in inside], "second": moment.second}
            yield asker.yes_no(
                "existence.lower_half", _LOWER, {"one": with_article(one), "at": moment.at}, bool(inside),
                asked=one, during=moment.during, facts=facts,
            )  # fmt: skip
