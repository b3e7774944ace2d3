"""How many: of a class, standing, or moving somewhere; at one second."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.instants import Instant, Sight, instants
from roadmark.questions.facts.kinds import CLASSES, counted_as, shapes_show
from roadmark.questions.facts.lower_half import in_lower_half, lower_half_known
from roadmark.questions.facts.pace import MOVING, STILL
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownScene

_OPEN: Final = 0.5
"""Least visible fraction of what is counted."""
_FEW, _FEW_ASKED = 2, 0.25
"""Below which number, and how often, numbers to choose from are still offered."""
_AROUND: Final = np.array([-0.5, 0.5]) + np.array([-1e-6, 1e-6])
"""Seconds around the named one in which a movement is looked at, frames at the ends included."""
_ACROSS, _STILL_ACROSS = 0.03, 0.004
"""Shares of the picture's width that who moves left or right surely does, or surely does not, move in that time."""
_DEPTH, _STILL_DEPTH = 2.0, 0.4
"""Metres by which the distance of who comes or leaves surely does, or surely does not, change in that time."""
_STRAIGHT, _ASKEW = 0.7, 0.2
"""Share of someone's way by which the distance changes at least, if it comes or leaves, and at most, if it does not."""

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
_DOING: Final = {
    "standing": "stand still",
    "moving": "are moving",
    "left": "move to the left in the picture",
    "right": "move to the right in the picture",
    "towards": "come towards the camera",
    "away": "move away from the camera",
}
_DIRECTIONS: Final = ("left", "right", "towards", "away")


class CountingFamily:
    """Asks for numbers of road users, where everyone who may count is surely in or out."""

    name = "counting"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        for moment in instants(scene, asker.rng, 5):
            yield from _of_classes(scene, moment, asker)
            yield from _movements(scene, moment, asker)


def _of_classes(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    shown = [sight for sight in moment.sights if sight.drawn]
    if len(shown) > 1 and shapes_show(scene) and all(sight.marked and sight.visible >= _OPEN for sight in shown):
        actors = tuple(sight.actor for sight in shown)
        yield from _numbers("counting.marked", _MARKED, shown, [], moment, asker, actors)
    if lower_half_known(scene):
        sides = [(sight, in_lower_half(scene, sight)) for sight in moment.sights]
        inside = [sight for sight, side in sides if side and sight.visible >= _OPEN]
        unsure = [sight for sight, side in sides if side is None or (side and sight.visible < _OPEN)]
        yield from _numbers("counting.lower_half", _LOWER, inside, unsure, moment, asker)


def _numbers(
    template: str,
    wordings: Sequence[str],
    sights: list[Sight],
    unsure: list[Sight],
    moment: Instant,
    asker: Asker,
    actors: tuple[int, ...] = (),
) -> Iterator[Question]:
    """Numbers of all classes about which nobody can be of two minds; of those who are not there, one at most.

    Args:
        template: Of the questions.
        wordings: Theirs.
        sights: Who is counted.
        unsure: Who some count and some do not: of their classes, there is no sure number.
        moment: When.
        asker: What asks.
        actors: Whose marks must be seen.
    """
    classes = [counted_as(sight.course) for sight in sights]
    missed = [counted_as(sight.course) for sight in unsure]
    if not sights or not all(classes) or not all(missed):
        return
    doubtful = {one for found in classes if len(found) > 1 for one in found}.union(*missed)
    counts = {one: sum(found == {one} for found in classes) for one in CLASSES if one not in doubtful}
    absent = asker.pick([one for one, count in counts.items() if not count] or [""])
    for one, count in counts.items():
        if count or one == absent:
            several = CLASSES[one]
            yield from _both_forms(
                template, wordings, {"them": several}, count, moment, asker, asked=several, actors=actors
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
    if count < _FEW and asker.rng.random() > _FEW_ASKED:
        return  # what is nearly always right needs no look
    lowest = max(0, count - int(asker.rng.integers(4)))
    yield from asker.choice(
        f"{template}_choice", wordings, filled, str(count), [str(lowest + step) for step in range(4)],
        asked=asked, actors=actors, during=moment.during, facts=facts,
    )  # fmt: skip


class _Movement(NamedTuple):
    """How a vehicle moves around a second.

    Attributes:
        slowest: m/s.
        fastest: m/s.
        right: Share of the picture's width that its box moves to the right.
        away: Metres by which its distance from the camera grows.
        way: Metres that it goes.
    """

    slowest: float
    fastest: float
    right: float
    away: float
    way: float

    def does(self, what: str) -> bool | None:
        """Whether it stands, is moving, or moves in a direction; None where that is doubtful."""
        if what in ("standing", "moving"):
            stands = True if self.fastest < STILL else False if self.slowest > MOVING else None
            return stands if what == "standing" or stands is None else not stands
        amount, surely, hardly = self.right, _ACROSS, _STILL_ACROSS
        if what in ("towards", "away"):
            amount = self.away
            surely, hardly = max(_DEPTH, _STRAIGHT * self.way), max(_STILL_DEPTH, _ASKEW * self.way)
        amount = -amount if what in ("left", "towards") else amount
        return True if amount >= surely else False if amount <= hardly else None


def _movements(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    """How many of the marked vehicles move so, where it is sure of all; of ways in which nobody moves, one at most."""
    vehicles = [one for one in moment.sights if one.drawn and one.course.is_vehicle]
    found = [_movement(scene, sight) if sight.marked else None for sight in vehicles]
    movements = [one for one in found if one is not None]
    if len(vehicles) < 2 or len(movements) < len(vehicles):
        return
    counts = {}
    for what in _DOING if not scene.picture.moves else ("standing", "moving"):
        does = [one.does(what) for one in movements]
        if None not in does:
            counts[what] = sum(map(bool, does))
    ways = [what for what, count in counts.items() if what in _DIRECTIONS and not count]
    dropped = set(ways) - {asker.pick(ways)} if ways else set()
    actors = tuple(sight.actor for sight in vehicles)
    for what, count in counts.items():
        if what not in dropped:
            template, asked = ("direction", what) if what in _DIRECTIONS else (what, "")
            yield from _both_forms(
                f"counting.{template}", _MOVING, {"do": _DOING[what]}, count, moment, asker, asked=asked, actors=actors
            )


def _movement(scene: ShownScene, sight: Sight) -> _Movement | None:
    """None where it is not labelled all the time around."""
    course, row = sight.course, sight.row
    first, last = np.searchsorted(course.times, course.times[row] + _AROUND).tolist()
    last -= 1
    if course.times[last] - course.times[first] < _AROUND[1] - _AROUND[0] - 1.5 * scene.timeline.step:
        return None
    speeds = course.speeds[first : last + 1]
    right = 0.5 * float((course.boxes[last] - course.boxes[first])[[0, 2]].sum()) / scene.picture.width
    away = float(course.distances[last] - course.distances[first])
    way = float(np.hypot(*(course.places[last] - course.places[first])[:2]))
    return _Movement(float(speeds.min()), float(speeds.max()), right, away, way)
