"""What traffic lights show, where their lit faces are seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from roadmark.maps import LaneStrip
from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.moments import around
from roadmark.questions.question import Question
from roadmark.questions.shown.lights import NAMES
from roadmark.questions.shown.shown_scene import ShownScene
from roadmark.scene import Course

_MOMENTS = (0.1, 0.5, 0.9)
"""Shares of the video at which lights are looked at: each look reads a picture."""
_STEADY = 0.4
"""Seconds before and after a moment in which a light must not change."""
_TOLERANCE = 0.5
_NEAR = 60.0
"""Metres between a vehicle and the light that it drives towards."""
_LINE = 4.5
"""Metres before its lane's end within which a vehicle's front may be past the stop line."""
_THIRDS: Final = ("left", "middle", "right")
_COLORS: Final = ("red", "yellow", "green")


class TrafficLightFamily:
    """Asks for the colour of lights, by where they are in the picture and by whom they are for, and for changes.

    Only of the clip's own video: an augmentation may repaint what is a few pixels large.
    """

    name = "traffic_light"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`; nothing where no lit face is seen."""
        if scene.augmentation is not None:
            return
        seconds = [round(2 * share * scene.duration) / 2 for share in _MOMENTS]
        spots: dict[str, set[str]] = {}
        told: set[tuple[str, int]] = set()
        for second in [seconds[int(index)] for index in asker.rng.permutation(len(seconds))]:
            for signal, third in _alone(scene, second).items():
                spots.setdefault(signal, set()).add(third)
                state = scene.lights.shown(signal, second - _STEADY, second + _STEADY)
                if state is not None and state in NAMES and (signal, state) not in told:
                    told.add((signal, state))
                    yield from _state(asker, f"the traffic light in the {third} of the picture", NAMES[state], second)
                    yield from _for_vehicles(scene, asker, signal, NAMES[state], second)
        for signal, thirds in spots.items():
            if len(thirds) == 1 and all(signal in scene.lights.seen(second) for second in seconds):
                yield from _changes(
                    scene, asker, signal, f"the traffic light in the {next(iter(thirds))} of the picture"
                )


def _alone(scene: ShownScene, second: float) -> dict[str, str]:
    """Thirds of the picture in which one light's lit face is seen, and no other light's, by signal."""
    facing = scene.lights.facing(second)
    seen = scene.lights.seen(second) if facing else {}
    return {
        signal: _third(x)
        for signal, (x, _) in seen.items()
        if all(other == signal or _third(there) != _third(x) for other, there in facing)
    }


def _third(x: float) -> str:
    return _THIRDS[min(int(3 * x), 2)]


def _state(
    asker: Asker, light: str, color: str, second: float, actor: int | None = None, suffix: str = ""
) -> Iterator[Question]:
    names = {"light": light, "second": f"{second:g}"}
    facts = {"color": color, "second": second}
    actors = () if actor is None else (actor,)
    during = around(second, _STEADY)
    yield from asker.choice(
        f"traffic_light.color{suffix}",
        (
            "Which colour does {light} show at second {second}?",
            "At {second} s, what does {light} show?",
            "What is the state of {light} at second {second}?",
        ),
        names, color, _COLORS, actors=actors, during=during, facts=facts,
    )  # fmt: skip
    for asked in _COLORS:
        yield asker.yes_no(
            f"traffic_light.is{suffix}",
            (
                "Is {light} {color} at second {second}?",
                "At {second} s, does {light} show {color}?",
                "Does {light} show {color} at second {second}?",
            ),
            {**names, "color": asked}, asked == color, asked=asked, actors=actors, during=during, facts=facts,
        )  # fmt: skip


def _for_vehicles(scene: ShownScene, asker: Asker, signal: str, color: str, second: float) -> Iterator[Question]:
    """The same light, named by whom it is for."""
    place = scene.lights.places[signal]
    for actor, there in scene.roads.of.items():
        if not scene.bears_mark(actor, around(second, _STEADY)):
            continue
        course = scene.courses[actor]
        row = course.at(second)
        index = int(there.strips[row])
        if index < 0 or there.inside[row] or there.along[row] < 0.9:
            continue
        strip = scene.roads.strip(index)
        key = strip.key
        near = float(np.hypot(*(course.places[row, :2] - place[:2]))) < _NEAR
        if near and _before_its_end(course, row, strip) and scene.lights.by_lane.get((key.road, key.lane)) == signal:
            light = f"the traffic light that {scene.who(actor)} is facing"
            yield from _state(asker, light, color, second, actor, "_ahead")


def _before_its_end(course: Course, row: int, strip: LaneStrip) -> bool:
    """Whether a vehicle's front has not come to the stop line and the crosswalk, which lie at its lane's end."""
    end = strip.center[-1 if strip.direction > 0 else 0]
    ahead = np.array([np.cos(course.headings[row]), np.sin(course.headings[row])])
    way = float((end[:2] - course.places[row, :2]) @ ahead)
    return way - 0.5 * float(course.lengths[row]) > _LINE


def _changes(scene: ShownScene, asker: Asker, signal: str, light: str) -> Iterator[Question]:
    changes = [change for change in scene.lights.changes(signal) if change[1] in NAMES and change[2] in NAMES]
    if any(second < _STEADY or second > scene.duration - _STEADY for second, _, _ in changes):
        return
    names = {"light": light}
    yield asker.yes_no(
        "traffic_light.changes",
        (
            "Does {light} change during the video?",
            "Does {light} switch to another colour at any time?",
            "Is there a change of colour of {light} in the video?",
        ),
        names, bool(changes), facts={"changes": [[round(second, 2), NAMES[new]] for second, _, new in changes]},
    )  # fmt: skip
    for second, _, new in changes:
        yield asker.number(
            "traffic_light.when",
            (
                "At which second does {light} turn {color}?",
                "When does {light} switch to {color}?",
                "At what time does {light} become {color}?",
            ),
            {**names, "color": NAMES[new]}, second, "s", 1,
            facts={"value": round(second, 3), "tolerance": _TOLERANCE},
        )  # fmt: skip
