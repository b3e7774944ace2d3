"""Pairs of marked road users: how long both are seen, how far apart they stay, who is near them."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roadmark.questions.shown.shown_scene import ShownScene

_MOST_PAIRED: Final = 12
TOGETHER: Final = 0.5
"""Seconds for which both must be seen for one to say whether they meet."""


def together(scene: ShownScene, one: int, other: int) -> bool:
    """Whether two bear their marks at the same time long enough."""
    first, second = (_marked_frames(scene, actor) for actor in (one, other))
    common = np.intersect1d(first, second, assume_unique=True)
    return len(common) * scene.timeline.step >= min(TOGETHER, 0.5 * scene.duration)


def least_distance(scene: ShownScene, one: int, other: int) -> float:
    """Metres that two surely stay apart while both are labelled: between circles around them; inf where never both."""
    first, second = scene.courses[one], scene.courses[other]
    _, mine, yours = np.intersect1d(first.frames, second.frames, assume_unique=True, return_indices=True)
    if not len(mine):
        return float("inf")
    between = np.linalg.norm(first.places[mine, :2] - second.places[yours, :2], axis=1)
    reach = sum(0.5 * float(np.hypot(course.lengths.max(), course.widths.max())) for course in (first, second))
    return float(between.min()) - reach


def nearest_bystanders(
    scene: ShownScene, pair: Sequence[int], moment: float, during: tuple[float, float], excluded: Collection[int] = ()
) -> list[int]:
    """Everyone else who bears a mark around a moment, the nearest to a pair first.

    Where nobody of the pair is on foot, nobody else is.
    """
    on_foot = any(not scene.courses[actor].is_vehicle for actor in pair)
    middle = np.mean([_place(scene, actor, moment) for actor in pair], axis=0)
    others = [
        actor
        for actor in scene.marks
        if actor not in pair
        and actor not in excluded
        and scene.bears_mark(actor, during)
        and (on_foot or scene.courses[actor].is_vehicle)
    ]
    return sorted(others, key=lambda actor: (float(np.linalg.norm(_place(scene, actor, moment) - middle)), actor))


def named_pair(scene: ShownScene, pair: Sequence[int]) -> str:
    """Such as `7 and 9`, the lower mark first."""
    return " and ".join(str(mark) for mark in sorted(int(scene.mark(actor)) for actor in pair))


def walker_pairs(scene: ShownScene, most: int) -> list[tuple[int, int]]:
    """Those on foot with vehicles that come near them, at half a metre or more, the nearest first."""
    drivers, walkers = _marked(scene, vehicles=True), _marked(scene, vehicles=False)
    return _apart(scene, itertools.product(drivers, walkers), most)


def vehicle_pairs(scene: ShownScene, most: int) -> list[tuple[int, int]]:
    """Vehicles that surely come no nearer than half a metre, the nearest first; of many, those seen for longest."""
    drivers = sorted(_marked(scene, vehicles=True), key=lambda actor: (-len(_marked_frames(scene, actor)), actor))
    return _apart(scene, itertools.combinations(sorted(drivers[:_MOST_PAIRED]), 2), most)


def _apart(scene: ShownScene, pairs: Iterable[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    found = [(least_distance(scene, *pair), pair) for pair in pairs]
    apart = sorted((gap, pair) for gap, pair in found if 0.5 <= gap < np.inf and together(scene, *pair))
    return [pair for _, pair in apart[:most]]


def _marked(scene: ShownScene, vehicles: bool) -> list[int]:
    courses = scene.courses
    return [
        actor
        for actor in scene.marks
        if actor in courses and courses[actor].is_vehicle == vehicles and scene.bears_mark(actor)
    ]


def _marked_frames(scene: ShownScene, actor: int) -> NDArray[np.int64]:
    if actor not in scene.marked:
        return np.zeros(0, np.int64)
    return scene.courses[actor].frames[scene.marked[actor]]


def _place(scene: ShownScene, actor: int, moment: float) -> NDArray[np.float64]:
    course = scene.courses[actor]
    return course.places[course.at(moment), :2]
