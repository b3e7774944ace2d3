"""How many: of a class, standing, or moving somewhere; at one second."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

import numpy as np

from roadmark.questions.forms import Asker
from roadmark.questions.instants import Instant, Sight, instants
from roadmark.questions.kinds import CLASSES, counted_as
from roadmark.questions.lower_half import in_lower_half, lower_half_known
from roadmark.questions.question import Question
from roadmark.questions.shown_scene import ShownScene

_OPEN: Final = 0.5
"""Least visible fraction of what is counted."""
_STANDS, _DRIVES = 0.2, 2.0
"""m/s up to which, and from which, someone surely stands or drives."""
_BEFORE_AND_AFTER: Final = 0.5
"""Seconds around the named one in which a movement is looked at."""
_ACROSS, _STILL_ACROSS = 0.03, 0.004
"""Shares of the picture's width that who moves left or right surely does, or surely does not, move in that time."""
_DEPTH, _STILL_DEPTH = 2.0, 0.4
"""Metres by which the distance of who comes or leaves surely does, or surely does not, change in that time."""

_MARKED: Final = (
    "At second {at}, how many of the marked objects are {them}?",
    "How many {them} bear a mark at second {at}?",
    "Count the marked {them} in the picture at second {at}.",
)
_LOWER: Final = (
    "At second {at}, how many {them} are wholly in the lower half of the picture?",
    "How many {them} are there in the lower half of the picture at second {at}, counting those that are wholly in it?",
    "Look at the lower half of the picture at second {at}. How many whole {them} are in it?",
)
_MOVING: Final = (
    "At second {at}, how many of the marked vehicles (two-wheelers count, too) {do}?",
    "How many marked vehicles, two-wheelers included, {do} at second {at}?",
    "Count the marked vehicles, two-wheelers among them, that {do} at second {at}.",
)
_DIRECTIONS: Final = {
    "left": "move to the left in the picture",
    "right": "move to the right in the picture",
    "towards": "come towards the camera",
    "away": "move away from the camera",
}


class CountingFamily:
    """Asks for numbers of road users, where everyone who may count is surely in or out."""

    name = "counting"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        for moment in instants(scene, asker.rng, 6):
            yield from _of_classes(scene, moment, asker)
            yield from _standing(scene, moment, asker)
            if not scene.picture.moves:
                yield from _going(scene, moment, asker)


def _of_classes(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    shown = [sight for sight in moment.sights if _drawn(scene, sight, moment)]
    if len(shown) > 1 and all(sight.marked and sight.visible >= _OPEN for sight in shown):
        yield from _numbers("counting.marked", _MARKED, shown, moment, asker, bears=True)
    if lower_half_known(scene):
        sides = [(sight, in_lower_half(scene, sight)) for sight in moment.sights]
        inside = [sight for sight, side in sides if side]
        if all(side is not None for _, side in sides) and all(one.visible >= _OPEN for one in inside):
            yield from _numbers("counting.lower_half", _LOWER, inside, moment, asker)


def _drawn(scene: ShownScene, sight: Sight, moment: Instant) -> bool:
    mark = scene.marks.get(sight.actor)
    return mark is not None and bool(mark.drawn[moment.frame])


def _numbers(
    template: str, wordings: Sequence[str], sights: list[Sight], moment: Instant, asker: Asker, bears: bool = False
) -> Iterator[Question]:
    """Numbers of all classes about which nobody can be of two minds; of those who are not there, one at most.

    Args:
        template: Of the questions.
        wordings: Theirs.
        sights: Who is counted.
        moment: When.
        asker: What asks.
        bears: Whether they are known by their marks.
    """
    classes = [counted_as(sight.course.category, sight.course.blueprint_id) for sight in sights]
    absent = asker.pick([one for one in CLASSES if not any(one in found for found in classes)] or [""])
    marked = tuple(sight.actor for sight in sights) if bears else ()
    for one, several in CLASSES.items():
        count = sum(found == {one} for found in classes)
        doubtful = any(one in found and len(found) > 1 for found in classes)
        if not doubtful and (count or (sights and one == absent)):
            yield from _both_forms(
                template, wordings, {"them": several}, count, moment, asker, asked=several, actors=marked
            )
    if not bears and sights and all(classes):
        count = sum("pedestrian" not in found for found in classes)
        yield from _both_forms(
            template, wordings, {"them": "vehicles (two-wheelers count, too)"}, count, moment, asker, asked="vehicles"
        )


def _both_forms(
    template: str,
    wordings: Sequence[str],
    names: dict[str, str],
    count: int,
    moment: Instant,
    asker: Asker,
    *,
    asked: str,
    actors: tuple[int, ...] = (),
) -> Iterator[Question]:
    """The number itself, or one of four numbers of which the right one may be any by size."""
    filled = {"at": moment.at, **names}
    facts = {"value": count, "tolerance": 0, "second": moment.second}
    yield asker.count(
        template, wordings, filled, count, asked=asked, actors=actors, during=moment.during, facts=facts
    )  # fmt: skip
    lowest = max(0, count - int(asker.rng.integers(4)))
    choice = asker.choice(
        f"{template}_choice", wordings, filled, str(count), [str(lowest + step) for step in range(4)],
        asked=asked, actors=actors, during=moment.during, facts=facts,
    )  # fmt: skip
    if choice is not None:
        yield choice


def _standing(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    yield from _doing(scene, moment, asker, "standing", "stand still", _stands)
    yield from _doing(scene, moment, asker, "moving", "are moving", _drives)


def _going(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    """All ways in which someone goes, and one of those in which nobody does."""
    every = {way: list(_doing(scene, moment, asker, "direction", words, partial(_goes, way=way), way))
             for way, words in _DIRECTIONS.items()}  # fmt: skip
    nobodys = [way for way, questions in every.items() if questions and questions[0].truth == "0"]
    dropped = set(nobodys) - ({asker.pick(nobodys)} if 0 < len(nobodys) < len(every) else set())
    for way, questions in every.items():
        if way not in dropped:
            yield from questions


def _doing(
    scene: ShownScene,
    moment: Instant,
    asker: Asker,
    what: str,
    words: str,
    does: Callable[[ShownScene, Sight], bool | None],
    asked: str = "",
) -> Iterator[Question]:
    """How many marked vehicles do something; nothing where it is doubtful of one."""
    vehicles = [one for one in moment.sights if _drawn(scene, one, moment) and one.course.is_vehicle]
    found = [does(scene, sight) if sight.marked else None for sight in vehicles]
    if len(found) < 2 or None in found:
        return
    actors = tuple(sight.actor for sight in vehicles)
    yield from _both_forms(
        f"counting.{what}", _MOVING, {"do": words}, sum(map(bool, found)), moment, asker, asked=asked, actors=actors
    )


def _around(scene: ShownScene, sight: Sight) -> tuple[int, int] | None:
    """First and last row of the time around a sight; None where it is not labelled all of it."""
    times = sight.course.times
    first = int(np.searchsorted(times, times[sight.row] - _BEFORE_AND_AFTER - 1e-6))
    last = int(np.searchsorted(times, times[sight.row] + _BEFORE_AND_AFTER + 1e-6)) - 1
    whole = times[last] - times[first] >= 2.0 * _BEFORE_AND_AFTER - 1.5 * scene.timeline.step
    return (first, last) if whole else None


def _stands(scene: ShownScene, sight: Sight) -> bool | None:
    """Whether it stands then; None where that is doubtful."""
    rows = _around(scene, sight)
    if rows is None:
        return None
    speeds = sight.course.speeds[rows[0] : rows[1] + 1]
    return True if speeds.max() < _STANDS else False if speeds.min() > _DRIVES else None


def _drives(scene: ShownScene, sight: Sight) -> bool | None:
    stands = _stands(scene, sight)
    return None if stands is None else not stands


def _goes(scene: ShownScene, sight: Sight, way: str) -> bool | None:
    """Whether it moves in a direction then, as seen in the picture; None where that is doubtful."""
    rows = _around(scene, sight)
    if rows is None:
        return None
    first, last = rows
    course = sight.course
    if way in ("left", "right"):
        moved = np.diff(course.boxes[[first, last]][:, [0, 2]].mean(axis=1)).item() / scene.picture.width
        least, still = _ACROSS, _STILL_ACROSS
    else:
        moved, least, still = float(course.distances[last] - course.distances[first]), _DEPTH, _STILL_DEPTH
    amount = -moved if way in ("left", "towards") else moved
    return True if amount >= least else False if amount <= still else None
