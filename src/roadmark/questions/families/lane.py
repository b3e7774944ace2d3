"""In which lane someone drives, in the same as who, in which direction, and who changes lanes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

import numpy as np

from roadmark.maps import LaneStrip
from roadmark.questions.asking.forms import Asker
from roadmark.questions.question import Question
from roadmark.questions.shown.on_road import OnRoad
from roadmark.questions.shown.shown_scene import ShownScene
from roadmark.scene import DRIVING, Course

_EVERY = 2.0
"""Seconds between the moments that are asked about."""
_AROUND = 0.3
"""Seconds before and after a moment in which a vehicle must be seen."""
_ALIGNED = 0.95
"""Cosine between heading and lane of who drives along it."""
_MIDDLE = 0.9
"""Metres from a lane's middle within which nobody doubts in which lane a vehicle is."""
_FARTHEST = 60.0
"""Metres from the camera beyond which lanes cannot be told apart."""
_APART = 50.0
"""Metres between two of whom one is asked whether they are in one lane."""
_MOST_PAIRS = 12
"""Pairs of one moment that are looked at: in dense traffic there are hundreds."""
_SAME_WAY, _OTHER_WAY = float(np.cos(np.radians(20.0))), float(np.cos(np.radians(160.0)))
"""Cosines between the headings of two from which on, and up to which, they surely face the same or the other way."""
_TO_CHANGE = 4.0
"""Seconds from the middle of one lane to that of the next that a change of lanes takes at most."""
_FAR_ENOUGH = 20.0
"""Metres driven by who surely keeps its lane."""
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth")
_SIDES: Final = {"": "it keeps its lane", "left": "it moves to the left", "right": "it moves to the right"}


@dataclass(frozen=True, eq=False)
class _InLane:
    """Who is in which lane at one moment."""

    actor: int
    strip: LaneStrip
    lanes: tuple[int, ...]
    centre: int
    heading: float
    place: tuple[float, float]

    @property
    def from_right(self) -> int:
        """Its lane's number among those of its direction, from the right edge, from 0."""
        return self.lanes.index(self.strip.key.lane)

    @property
    def way(self) -> tuple[str, int]:
        """Road and direction."""
        return self.strip.key.road, self.strip.direction


class LaneFamily:
    """Asks for lanes, counted from the right and from the centre, lanes in common, and changes of lane."""

    name = "lane"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`; nothing without a map."""
        if not scene.roads.of:
            return
        for second in np.arange(0.5 * _EVERY, scene.duration - _AROUND, _EVERY).tolist():
            there = [found for actor in scene.vehicles if (found := _in_lane(scene, actor, second)) is not None]
            for one in there:
                yield from _which(scene, asker, one, second)
            pairs = list(combinations(there, 2))
            for index in asker.rng.permutation(len(pairs))[:_MOST_PAIRS]:
                one, other = pairs[int(index)]
                yield from _pair(scene, asker, one, other, second)
        for actor in scene.vehicles:
            if actor in scene.marked:
                yield from _changes(scene, asker, actor)


def _in_lane(scene: ShownScene, actor: int, second: float) -> _InLane | None:
    if not scene.bears_mark(actor, (second - _AROUND, second + _AROUND)):
        return None
    course, there = scene.courses[actor], scene.roads.of[actor]
    row = course.at(second)
    sure = there.drives[row] and not there.inside[row] and abs(there.offsets[row]) < _MIDDLE
    near = abs(course.times[row] - second) < _AROUND and course.distances[row] < _FARTHEST
    if not sure or not near or there.along[row] < _ALIGNED:
        return None
    strip = scene.roads.strip(int(there.strips[row]))
    lanes, centre = _lanes(scene, strip)
    x, y = course.places[row, :2].tolist()
    return _InLane(actor, strip, lanes, centre, float(course.headings[row]), (x, y))


def _lanes(scene: ShownScene, strip: LaneStrip) -> tuple[tuple[int, ...], int]:
    """Driving lanes of a lane's direction from right to left as one drives, and how many there are the other way."""
    assert scene.roads.road_map is not None
    road = scene.roads.road_map.road_geometry[strip.key.road]
    section = road.sections[strip.key.section]
    driving = [lane.id for lane in section.lanes.values() if lane.id and lane.type in DRIVING]
    ours = [lane for lane in driving if road.lane_direction(lane, section) == strip.direction]
    return tuple(sorted(ours, key=lambda lane: lane * strip.direction)), len(driving) - len(ours)


def _which(scene: ShownScene, asker: Asker, one: _InLane, second: float) -> Iterator[Question]:
    count = len(one.lanes)
    if not 2 <= count <= len(_ORDINALS) - 1:
        return
    actor, number = one.actor, one.from_right
    names = {"who": scene.who(actor), "second": f"{second:g}"}
    during = (second - _AROUND, second + _AROUND)
    facts = {"lane": str(one.strip.key), "lanes": count, "from_right": number + 1, "second": second}
    options = [f"the {ordinal} lane" for ordinal in _ORDINALS[: max(count, 3)]]
    reasons = (f"There are {count} lanes for cars in its direction.", f"It is in {options[number]} from the right.")
    yield from asker.choice(
        "lane.from_right",
        (
            "Counted from the right edge of the road as it drives, in which lane for cars is {who} at second {second}?",
            "At {second} s, which lane is {who} in, counting the lanes of its direction from its right?",
            "Counting from the right as {who} drives, in which lane is it at second {second}?",
        ),
        names, options[number], options, actors=(actor,), during=during, facts=facts, reasons=reasons,
    )  # fmt: skip
    if one.centre:
        from_centre = sorted(one.lanes, key=abs).index(one.strip.key.lane) + 1
        yield asker.count(
            "lane.from_centre",
            (
                "Counted from the centre line of the road, in lane number what does {who} drive at second {second}?",
                "At {second} s, which number has the lane of {who}, if 1 is the lane next to the centre line?",
                "Number the lanes of its direction from the centre line: in which is {who} at second {second}?",
            ),
            names, from_centre, actors=(actor,), during=during,
            facts={**facts, "value": from_centre, "tolerance": 0}, reasons=reasons[:1],
        )  # fmt: skip
    yield asker.yes_no(
        "lane.rightmost",
        (
            "Is {who} in the rightmost lane for cars of its direction at second {second}?",
            "At {second} s, does {who} use the lane for cars that is farthest to its right?",
            "As {who} drives, is there no further car lane of its direction to its right at second {second}?",
        ),
        names, number == 0, actors=(actor,), during=during, facts=facts, reasons=reasons,
    )  # fmt: skip


def _pair(scene: ShownScene, asker: Asker, one: _InLane, other: _InLane, second: float) -> Iterator[Question]:
    apart = float(np.hypot(one.place[0] - other.place[0], one.place[1] - other.place[1]))
    names = {"one": scene.who(one.actor), "other": scene.who(other.actor), "second": f"{second:g}"}
    actors, during = (one.actor, other.actor), (second - _AROUND, second + _AROUND)
    same = _same_lane(scene, one, other)
    if same is not None and apart < _APART:
        yield asker.yes_no(
            "lane.same",
            (
                "Are {one} and {other} in the same lane at second {second}?",
                "At {second} s, do {one} and {other} use the same lane?",
                "Is {other} in the lane of {one} at second {second}?",
            ),
            names, same, actors=actors, during=during,
            facts={"lanes": [str(one.strip.key), str(other.strip.key)], "second": second},
            reasons=tuple(f"Mark {scene.mark(it.actor)} is in {_lane_word(it)} from the right." for it in (one, other)),
        )  # fmt: skip
    cosine = float(np.cos(one.heading - other.heading))
    if cosine > _SAME_WAY or cosine < _OTHER_WAY:
        yield asker.yes_no(
            "lane.same_direction",
            (
                "Do {one} and {other} face the same way at second {second}?",
                "At {second} s, do {one} and {other} point in the same direction?",
                "Is {one} headed the same way as {other} at second {second}?",
            ),
            names, cosine > 0.0, actors=actors, during=during,
            facts={"degrees_apart": round(float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))), 1)},
        )  # fmt: skip


def _lane_word(one: _InLane) -> str:
    number = one.from_right
    return f"the {_ORDINALS[number]} lane" if number < len(_ORDINALS) else f"lane {number + 1}"


def _same_lane(scene: ShownScene, one: _InLane, other: _InLane) -> bool | None:
    """Whether two of one road and direction are in one lane; None where the lanes between them change."""
    if one.way != other.way or one.lanes != other.lanes:
        return None
    first, last = sorted((one.strip.key.section, other.strip.key.section))
    between = {_lanes(scene, strip)[0] for strip in _sections(scene, one, first, last)}
    return one.strip.key.lane == other.strip.key.lane if between <= {one.lanes} else None


def _sections(scene: ShownScene, one: _InLane, first: int, last: int) -> Sequence[LaneStrip]:
    assert scene.roads.road_map is not None
    index = scene.roads.road_map.strip_index
    keys = (replace(one.strip.key, section=section) for section in range(first, last + 1))
    return [scene.roads.strip(index[key]) for key in keys if key in index]


def _changes(scene: ShownScene, asker: Asker, actor: int) -> Iterator[Question]:
    course, there = scene.courses[actor], scene.roads.of[actor]
    found = _lane_changes(scene, course, there)
    if found is None or not scene.bears_mark(actor, found[1]):
        return
    side, during = found
    names = {"who": scene.who(actor)}
    facts = {"change": side or "none", "from": round(during[0], 2), "to": round(during[1], 2)}
    yield asker.yes_no(
        "lane.changes",
        (
            "Does {who} change lanes while it is in view?",
            "Does {who} move over into another lane?",
            "Is there a change of lanes by {who} in the video?",
        ),
        names, bool(side), actors=(actor,), during=during, facts=facts,
    )  # fmt: skip
    yield from asker.choice(
        "lane.side",
        (
            "Does {who} change lanes, and to which side?",
            "To which side does {who} change lanes, if at all?",
            "Which change of lanes does {who} make?",
        ),
        names, _SIDES[side], _SIDES.values(), actors=(actor,), during=during, facts=facts,
    )  # fmt: skip


def _lane_changes(scene: ShownScene, course: Course, there: OnRoad) -> tuple[str, tuple[float, float]] | None:
    """To which side a vehicle changes lanes, empty if it surely does not, and in which seconds; None if doubtful."""
    seen = scene.marked[course.actor_id]
    plain = there.drives & ~there.inside & (there.along > _ALIGNED) & seen
    rows = np.flatnonzero(plain)
    if len(rows) < 5 or not plain[rows[0] : rows[-1] + 1].all() or len(rows) < seen.sum():
        return None
    strips = there.strips[rows]
    if len({scene.roads.strip(int(index)).key.road for index in np.unique(strips)}) != 1:
        return None
    lanes = np.array([scene.roads.strip(int(index)).key.lane for index in strips])
    steps = np.flatnonzero(np.diff(lanes))
    times, offsets = course.times[rows], there.offsets[rows]
    if not len(steps):
        way = float(np.linalg.norm(course.places[rows[-1], :2] - course.places[rows[0], :2]))
        keeps = way > _FAR_ENOUGH and (np.abs(offsets) < _MIDDLE).all()
        return ("", (float(times[0]), float(times[-1]))) if keeps else None
    if len(steps) > 1:
        return None
    at = int(steps[0])
    before = np.flatnonzero(np.abs(offsets[: at + 1]) < 0.5)
    after = np.flatnonzero(np.abs(offsets[at + 1 :]) < 0.5)
    if not len(before) or not len(after) or offsets[at] * offsets[at + 1] >= 0.0:
        return None
    during = (float(times[before[-1]]), float(times[at + 1 + after[0]]))
    return ("left" if offsets[at] > 0.0 else "right", during) if during[1] - during[0] < _TO_CHANGE else None
