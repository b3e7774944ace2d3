"""How far: from the camera, between two, which is nearer, whether they come closer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from roadmark.dataset import UprightBoxes, box_gaps
from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.compare import surely_nearer
from roadmark.questions.facts.instants import Instant, Sight, instants, some, some_pairs
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownScene

_FARTHEST: Final = 80.0
"""Metres up to which a distance is asked for."""
_FARTHEST_APART: Final = 40.0
"""Metres between two up to which their distance is asked for; of twice as much, whether it shrinks or grows."""
_WIDEST_GAP: Final = 15.0
"""Metres of free space up to which it is asked for."""
_FINE: Final = 20.0
"""Metres up to which distances are asked to one metre, beyond to five."""
_TOLERANCE: Final = 0.15
"""Share by which an answer may be off, though never held to less than one metre."""
_STRETCH: Final = 2.0
"""Seconds over which two come closer or part."""

_FROM_CAMERA: Final = (
    "How far from the camera is {one} at second {at}, measured to its middle?",
    "At second {at}, what is the distance from the camera to the middle of {one}?",
    "Estimate how far {one} is from the camera at second {at} (to its middle).",
)
_BETWEEN: Final = (
    "How far apart are {one} and {other} at second {at}, from middle to middle?",
    "At second {at}, what is the distance between the middles of {one} and {other}?",
    "Estimate the distance from the middle of {one} to the middle of {other} at second {at}.",
)
_GAP: Final = (
    "How much free space is there between {one} and {other} at second {at}, from surface to surface?",
    "At second {at}, how wide is the gap between {one} and {other}?",
    "Estimate the gap between the outsides of {one} and {other} at second {at}.",
)
_NEARER: Final = (
    "At second {at}, is {one} {nearer} the camera than {other}?",
    "Is {one} {nearer} the camera than {other} at second {at}?",
    "Compare {one} and {other} at second {at}: is {one} {nearer} the camera?",
)
_NEAREST: Final = (
    "Which of these is {nearest} the camera at second {at}?",
    "At second {at}, which one is {nearest} the camera?",
    "Of these, which is {nearest} the camera at second {at}?",
)
_CLOSING: Final = (
    "From second {start} to second {end}, do {one} and {other} {come}?",
    "Do {one} and {other} {come} between second {start} and second {end}?",
    "Between second {start} and second {end}: do {one} and {other} {come}?",
)


class DistanceFamily:
    """Asks for distances as precisely as one can tell them, and which are larger."""

    name = "distance"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        for moment in instants(scene, asker.rng):
            yield from _from_camera(scene, moment, asker)
            yield from _apart(scene, moment, asker)
            yield from _nearer(scene, moment, asker)
            yield from _nearest(scene, moment, asker)
            yield from _closing(scene, moment, asker)


def _told(metres: float) -> float:
    """As precisely as one can tell it: to one metre, or five."""
    return round(metres) if metres < _FINE else 5.0 * round(metres / 5.0)


def _facts(metres: float, moment: Instant) -> dict[str, float]:
    exact = round(metres, 2)
    return {"value": exact, "tolerance": round(max(1.0, _TOLERANCE * exact), 2), "second": moment.second}


def _from_camera(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    for sight in some(moment.marked, asker.rng, 3):
        if sight.distance <= _FARTHEST:
            yield asker.number(
                "distance.from_camera", _FROM_CAMERA, {"one": scene.who(sight.actor), "at": moment.at},
                _told(sight.distance), "m", actors=(sight.actor,), during=moment.during,
                facts=_facts(sight.distance, moment),
            )  # fmt: skip


def _apart(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    """From middle to middle, and from surface to surface where both are near and upright."""
    pairs = some_pairs(moment.marked, asker.rng, 3)
    if not pairs:
        return
    ones, others = zip(*pairs, strict=True)
    gaps = box_gaps(_boxes(ones), _boxes(others))
    for one, other, gap in zip(ones, others, gaps.tolist(), strict=True):
        names = {"one": scene.who(one.actor), "other": scene.who(other.actor), "at": moment.at}
        actors = (one.actor, other.actor)
        metres = float(np.linalg.norm(one.place - other.place))
        if metres <= _FARTHEST_APART:
            yield asker.number(
                "distance.between", _BETWEEN, names, _told(metres), "m", actors=actors, during=moment.during,
                facts=_facts(metres, moment),
            )  # fmt: skip
        if 1.0 <= gap <= _WIDEST_GAP and _stands_upright(one) and _stands_upright(other):
            yield asker.number(
                "distance.gap", _GAP, names, _told(gap), "m", actors=actors, during=moment.during,
                facts=_facts(gap, moment),
            )  # fmt: skip


def _boxes(sights: tuple[Sight, ...]) -> UprightBoxes:
    sizes = [(one.course.lengths[one.row], one.course.widths[one.row], one.course.heights[one.row]) for one in sights]
    headings = np.array([one.course.headings[one.row] for one in sights])
    return UprightBoxes(np.array([one.place for one in sights]), headings, np.array(sizes, np.float64))


def _stands_upright(sight: Sight) -> bool:
    return float(sight.course.tilts[sight.row]) < 0.2


def _nearer(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    for one, other in some_pairs(moment.marked, asker.rng, 3):
        nearer = surely_nearer(one.distance, other.distance)
        if not nearer and not surely_nearer(other.distance, one.distance):
            continue
        names = {"one": scene.who(one.actor), "other": scene.who(other.actor), "at": moment.at}
        metres = [round(one.distance, 1), round(other.distance, 1)]
        for asked, words, answer in (("nearer", "nearer to", nearer), ("farther", "farther from", not nearer)):
            yield asker.yes_no(
                "distance.nearer", _NEARER, {**names, "nearer": words}, answer, asked=asked,
                actors=(one.actor, other.actor), during=moment.during,
                facts={"metres": metres, "second": moment.second},
                reasons=(
                    f"{names['one'].capitalize()} is about {_told(metres[0]):.0f} m from the camera.",
                    f"{names['other'].capitalize()} is about {_told(metres[1]):.0f} m from it.",
                ),
            )  # fmt: skip


def _nearest(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    for asked, words in (("nearest", "nearest to"), ("farthest", "farthest from")):
        few = sorted(some(moment.marked, asker.rng, 4), key=lambda one: one.distance, reverse=asked == "farthest")
        if len(few) < 3:
            continue
        near, far = sorted((few[0].distance, few[1].distance))
        if not surely_nearer(near, far):
            continue
        yield from asker.choice(
            "distance.nearest", _NEAREST, {"nearest": words, "at": moment.at}, scene.who(few[0].actor),
            [scene.who(one.actor) for one in few[1:]], asked=asked, actors=tuple(one.actor for one in few),
            during=moment.during,
            facts={"metres": [round(one.distance, 1) for one in few], "second": moment.second},
        )  # fmt: skip


def _closing(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    """Pairs whose distance only shrinks, or only grows, for two seconds, by a quarter and more."""
    start, end = moment.second, round(moment.second + _STRETCH, 1)
    if end > scene.duration:
        return
    seconds = scene.timeline.seconds
    frames = np.flatnonzero((seconds >= start - 1e-6) & (seconds <= end + 1e-6))
    tracks = {}
    for sight in moment.marked:
        rows = scene.rows[sight.actor][frames]
        if (rows >= 0).all() and scene.marked[sight.actor][rows[-1]]:
            tracks[sight] = sight.course.places[rows, :2]
    for one, other in some_pairs(list(tracks), asker.rng, 4):
        apart = np.linalg.norm(tracks[one] - tracks[other], axis=1)
        first, last = float(apart[0]), float(apart[-1])
        steady = bool((np.diff(apart) * (1.0 if last > first else -1.0) > -0.01).all())
        near, far = sorted((first, last))
        if not steady or not surely_nearer(near, far) or far > 2.0 * _FARTHEST_APART:
            continue
        names = {
            "one": scene.who(one.actor), "other": scene.who(other.actor),
            "start": f"{start:.1f}", "end": f"{end:.1f}",
        }  # fmt: skip
        for asked, words, answer in (
            ("closer", "come closer to each other", last < first),
            ("apart", "move farther apart", last > first),
        ):
            yield asker.yes_no(
                "distance.closing", _CLOSING, {**names, "come": words}, answer, asked=asked,
                actors=(one.actor, other.actor), during=(start, end),
                facts={"metres": [round(first, 1), round(last, 1)], "seconds": [start, end]},
            )  # fmt: skip
