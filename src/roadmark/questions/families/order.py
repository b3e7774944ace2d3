"""In which order: from near to far, from left to right, along a lane."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.compare import apart, surely_nearer
from roadmark.questions.facts.instants import Instant, Sight, instants
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownScene

_FEWEST, _MOST = 3, 5
"""How many are put in order."""
_SAME_WAY: Final = math.radians(20.0)
"""By how much the headings of vehicles in one lane differ at most."""
_SHAPE: Final = "[mark, mark, ...]"

_DISTANCE: Final = (
    "Put the marks {them} in order of their distance from the camera at second {at}, {ends}.",
    "At second {at}, in which order are the marks {them} by their distance from the camera, {ends}?",
    "Sort the marks {them} by how far they are from the camera at second {at}, {ends}.",
)
_ACROSS: Final = (
    "Put the marks {them} in the order in which they are seen {ends} at second {at}.",
    "At second {at}, in which order do the marks {them} follow each other {ends} in the picture?",
    "Sort the marks {them} {ends} as the picture shows them at second {at}.",
)
_LANE: Final = (
    "The vehicles {them} are in one lane at second {at}. Put their marks in order, {ends} by the way they face.",
    "At second {at} the vehicles {them} stand or drive in the same lane. In which order, {ends}?",
    "Sort the marks {them} along their common lane at second {at}, {ends} by the way the vehicles face.",
)


class OrderFamily:
    """Asks for the order of several marks, as a JSON list."""

    name = "order"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        for moment in instants(scene, asker.rng):
            yield from _asked(
                scene, moment, asker, "distance", _DISTANCE, ("from near to far", "from far to near"),
                moment.marked, lambda sight: sight.distance,
                lambda near, far: surely_nearer(near.distance, far.distance),
            )  # fmt: skip
            yield from _asked(
                scene, moment, asker, "across", _ACROSS, ("from left to right", "from right to left"),
                moment.marked, lambda sight: sight.across, lambda left, right: apart(scene, left, right),
            )  # fmt: skip
            yield from _along_lanes(scene, moment, asker)


def _along_lanes(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    lanes: dict[str, list[Sight]] = {}
    for sight in moment.marked:
        lane = sight.course.lanes[sight.row]
        if lane is not None and sight.course.category in ("car", "truck", "bus"):
            lanes.setdefault(str(lane), []).append(sight)
    for _, sights in sorted(lanes.items()):
        first = sights[0]
        heading = float(first.course.headings[first.row])
        turns = [math.remainder(float(one.course.headings[one.row]) - heading, 2.0 * math.pi) for one in sights]
        if len(sights) >= _FEWEST and max(map(abs, turns)) <= _SAME_WAY:
            ahead = np.array([math.cos(heading), math.sin(heading)])
            yield from _asked(
                scene, moment, asker, "lane", _LANE, ("from the last to the foremost", "from the foremost to the last"),
                sights, partial(_along, ahead), partial(_before, ahead),
            )  # fmt: skip


def _along(ahead: NDArray[np.float64], sight: Sight) -> float:
    """Metres along a direction."""
    return float(sight.place[:2] @ ahead)


def _before(ahead: NDArray[np.float64], behind: Sight, before: Sight) -> bool:
    """Whether one is in front of the other by its own length and more."""
    return _along(ahead, before) - _along(ahead, behind) >= float(before.course.lengths[before.row])


def _asked(
    scene: ShownScene,
    moment: Instant,
    asker: Asker,
    what: str,
    wordings: Sequence[str],
    ends: tuple[str, str],
    sights: Sequence[Sight],
    measure: Callable[[Sight], float],
    surely: Callable[[Sight, Sight], bool],
) -> Iterator[Question]:
    """The order of as many as are surely in order, in either direction.

    Args:
        scene: What the video shows.
        moment: When.
        asker: What asks.
        what: Name of the template.
        wordings: Of the question.
        ends: The order in words, and the other way round.
        sights: Who may be asked about.
        measure: What they are ordered by, ascending.
        surely: Whether the second of two neighbours surely comes after the first.
    """
    few: list[Sight] = []
    start = int(asker.rng.integers(max(1, len(sights) - _FEWEST)))
    for sight in sorted(sights, key=measure)[start:]:
        if len(few) < _MOST and all(surely(one, sight) for one in few):
            few.append(sight)
    if len(few) < _FEWEST:
        return
    shuffled = [scene.mark(few[int(index)].actor) for index in asker.rng.permutation(len(few))]
    names = {"them": f"{', '.join(shuffled[:-1])} and {shuffled[-1]}", "at": moment.at}
    turned = int(asker.rng.integers(2))
    answer = [int(scene.mark(sight.actor)) for sight in (reversed(few) if turned else few)]
    measured = [round(measure(sight), 1) for sight in few]
    yield asker.json(
        f"order.{what}", wordings, {**names, "ends": ends[turned]}, answer, _SHAPE, asked=ends[turned],
        actors=tuple(sight.actor for sight in few), during=moment.during,
        facts={"measured": measured, "steps": [round(after - before, 1) for before, after in pairwise(measured)],
               "second": moment.second},
    )  # fmt: skip
