"""Where it is: left or right of another, in which third of the picture, on which side of a vehicle."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.compare import apart
from roadmark.questions.facts.instants import Instant, Sight, instants, some, some_pairs
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownScene

_THIRDS: Final = ("the left third", "the middle third", "the right third")
_WITHIN: Final = 0.9
"""Least share of a box's width that lies in a third, if nobody is to name another one."""
_LARGE: Final = 0.05
"""Least width and height, as a share of the picture's height, of a vehicle whose front can be told from its back."""
_NEAR, _FAR = 3.0, 30.0
"""Metres between two, at least and at most, of which one is told to be on a side of the other."""
_WITHIN_SIDE: Final = math.radians(25.0)
"""By how much a direction may be off straight ahead, left, behind or right."""
_SIDES: Final = ("ahead of it", "to its left", "behind it", "to its right")
"""By quarters of a turn to the left."""

_SIDE_OF: Final = (
    "At second {at}, is {one} farther {side} in the picture than {other}?",
    "Is {one} {side} of {other} in the picture at second {at}?",
    "Look at second {at}: is {one} seen to the {side} of {other}?",
)
_THIRD: Final = (
    "In which third of the picture is {one} at second {at}?",
    "At second {at}, which third of the picture, from left to right, is {one} in?",
    "Divide the picture at second {at} into three equal columns. In which one is {one}?",
)
_MOST: Final = (
    "Which of these is farthest {side} in the picture at second {at}?",
    "At second {at}, which one is seen farthest to the {side}?",
    "Of these, which is the {side}most one in the picture at second {at}?",
)
_FROM_VEHICLE: Final = (
    "At second {at}, where is {other} as seen from {one}, by the way {one} faces?",
    "By the heading of {one} at second {at}, on which side of it is {other}?",
    "Imagine you sit in {one} and look ahead at second {at}. Where is {other}?",
)


class PositionFamily:
    """Asks where marked ones are, in the picture and around a vehicle."""

    name = "position"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        for moment in instants(scene, asker.rng):
            yield from _sides(scene, moment, asker)
            yield from _thirds(scene, moment, asker)
            yield from _outermost(scene, moment, asker)
            yield from _from_vehicles(scene, moment, asker)


def _sides(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    for one, other in some_pairs(moment.marked, asker.rng, 3):
        if not apart(scene, one, other):
            continue
        names = {"one": scene.who(one.actor), "other": scene.who(other.actor), "at": moment.at}
        for side in ("left", "right"):
            yield asker.yes_no(
                "position.side_of", _SIDE_OF, {**names, "side": side}, (one.across < other.across) == (side == "left"),
                asked=side, actors=(one.actor, other.actor), during=moment.during,
                facts={"across": _shares(scene, (one, other)), "second": moment.second},
            )  # fmt: skip


def _shares(scene: ShownScene, sights: Sequence[Sight]) -> list[float]:
    """Where middles are across the picture, 0 to 1."""
    return [round(sight.across / scene.picture.width, 3) for sight in sights]


def _thirds(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    width = scene.picture.width
    for sight in some(moment.marked, asker.rng, 4):
        edges = np.clip([sight.box[0], sight.box[2]], 0.0, width) * 3.0 / width
        third = int(min(sight.across * 3.0 / width, 2.999))
        inside = min(edges[1], third + 1) - max(edges[0], third)
        if inside < _WITHIN * (edges[1] - edges[0]):
            continue
        yield from asker.choice(
            "position.third", _THIRD, {"one": scene.who(sight.actor), "at": moment.at}, _THIRDS[third], _THIRDS,
            actors=(sight.actor,), during=moment.during,
            facts={"across": _shares(scene, (sight,)), "second": moment.second},
        )  # fmt: skip


def _outermost(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    for side in ("left", "right"):
        few = sorted(some(moment.marked, asker.rng, 4), key=lambda sight: sight.across, reverse=side == "right")
        if len(few) < 3 or not all(apart(scene, few[0], other) for other in few[1:]):
            continue
        yield from asker.choice(
            "position.outermost", _MOST, {"side": side, "at": moment.at}, scene.who(few[0].actor),
            [scene.who(sight.actor) for sight in few[1:]], asked=side, actors=tuple(sight.actor for sight in few),
            during=moment.during, facts={"across": _shares(scene, few), "second": moment.second},
        )  # fmt: skip


def _from_vehicles(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    faces = [sight for sight in moment.marked if _facing_told(scene, sight)]
    pairs = [(one, other) for one in faces for other in moment.marked if one is not other]
    for index in asker.rng.permutation(len(pairs))[:8]:
        one, other = pairs[int(index)]
        offset = other.place[:2] - one.place[:2]
        metres = float(np.hypot(*offset))
        turn = math.atan2(offset[1], offset[0]) - float(one.course.headings[one.row])
        quarter = round(turn / (0.5 * math.pi))
        if not _NEAR <= metres <= _FAR or abs(turn - quarter * 0.5 * math.pi) > _WITHIN_SIDE:
            continue
        yield from asker.choice(
            "position.from_vehicle", _FROM_VEHICLE,
            {"one": scene.who(one.actor), "other": scene.who(other.actor), "at": moment.at},
            _SIDES[quarter % 4], _SIDES, actors=(one.actor, other.actor), during=moment.during,
            facts={
                "degrees_to_the_left": round(math.degrees(math.remainder(turn, 2.0 * math.pi)), 1),
                "metres": round(metres, 2), "second": moment.second,
            },
        )  # fmt: skip


def _facing_told(scene: ShownScene, sight: Sight) -> bool:
    """Whether one sees where its front is."""
    large = min(sight.width, sight.height) >= _LARGE * scene.picture.height and sight.visible >= 0.6
    return large and not sight.is_cut(scene) and sight.course.category in ("car", "truck", "bus")
