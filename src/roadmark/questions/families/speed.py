"""How fast: which of two or several, in km/h, faster or slower over time, and who is over the limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roadmark.questions.asking.choose_mark import choose_mark
from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.pace import LYING, MOVING, STILL
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownEvent, ShownScene
from roadmark.scene import Course

FloatArray = NDArray[np.float64]

KMH: Final = 3.6
"""km/h of one m/s."""
_FIRST, _EVERY = 1.0, 2.0
"""First second that is asked about, and seconds between it and the next ones."""
_AROUND = 0.4
"""Seconds before and after a moment in which one looks at a speed."""
_FACTOR, _MARGIN = 1.25, 2.0
"""By how much a speed must surpass another, as a factor and in m/s, for everyone to see it."""
_FARTHEST = 60.0
"""Metres from the camera beyond which nobody can tell a speed."""
_STEADY = 1.0
"""m/s by which a speed in km/h may change around the moment that is asked about."""
_CHANGE, _SAME = 3.0, 0.5
"""m/s by which a speed changes in `_WHILE` seconds for everyone to see, and up to which nobody sees it."""
_WHILE = 2.0
_LEAST_TO_KEEP = 3.0
"""m/s: of what is slower, nobody says that it keeps its speed."""
_WITHIN = 0.95
"""Share of the limit below which nobody speeds: speedometers and limits are not that exact."""
_UP, _DOWN, _KEPT, _STANDS = "it gets faster", "it gets slower", "it keeps its speed", "it stands still"


@dataclass(frozen=True, eq=False)
class _Look:
    """Whose speed can be told at one moment: ids and m/s, fastest first."""

    second: float
    actors: tuple[int, ...]
    speeds: FloatArray


class SpeedFamily:
    """Asks who is faster, how fast someone is, whether it gets faster or slower, and who speeds."""

    name = "speed"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        for look in _looks(scene):
            yield from _compared(scene, asker, look)
            yield from _measured(scene, asker, look)
        for actor in scene.vehicles:
            if actor in scene.marked:
                yield from _changes(scene, asker, actor)
        for shown in scene.events:
            if shown.happening.kind == "speeding" and shown.seen:
                yield from _speeding(scene, asker, shown)


def _looks(scene: ShownScene) -> Iterator[_Look]:
    for second in np.arange(_FIRST, scene.duration - _AROUND, _EVERY).tolist():
        found = []
        for actor in scene.vehicles:
            if scene.bears_mark(actor, (second - _AROUND, second + _AROUND)):
                course = scene.courses[actor]
                row = course.at(second)
                near = abs(course.times[row] - second) < _AROUND and course.distances[row] < _FARTHEST
                if near and course.tilts[row] < LYING:
                    found.append((float(course.speeds[row]), actor))
        found.sort(reverse=True)
        if found:
            yield _Look(second, tuple(actor for _, actor in found), np.array([speed for speed, _ in found]))


def _clear(faster: float, slower: float) -> bool:
    return faster >= max(_FACTOR * slower, slower + _MARGIN)


def _compared(scene: ShownScene, asker: Asker, look: _Look) -> Iterator[Question]:
    second = f"{look.second:g}"
    during = (look.second - _AROUND, look.second + _AROUND)
    speed = dict(zip(look.actors, look.speeds.tolist(), strict=True))
    steps = _steps(look)
    if len(steps) >= 2:
        fast, slow = steps[0], steps[1]
        yield from _pair(scene, asker, look, fast, slow)
        yield from choose_mark(
            scene, asker, "speed.fastest",
            (f"Which {{kind}} is the fastest at second {second}?",
             f"At {second} s, which of these marks moves fastest?",
             f"Who of the following has the highest speed at second {second}?"),
            fast, [actor for actor in look.actors if _clear(speed[fast], speed[actor])], during,
            all_then=True, facts={"second": look.second, "speeds": _kmh(scene, look)},
            reasons=_reasons(scene, look, (fast,)),
        )  # fmt: skip
    if len(steps) >= 3:
        order = steps[:3]
        shuffled = [order[int(index)] for index in asker.rng.permutation(3)]
        names = {"marks": ", ".join(scene.mark(actor) for actor in shuffled), "second": second}
        yield asker.short(
            "speed.order",
            (
                "Order marks {marks} by their speed at second {second}, fastest first.",
                "At {second} s, who is fastest, second and slowest of marks {marks}?",
                "Sort marks {marks} from fast to slow, at second {second}.",
            ),
            names, ", ".join(scene.mark(actor) for actor in order),
            ("Answer with the three marks, separated by commas.", "List the marks, separated by commas.",
             "Give the marks in order, with commas between them."),
            actors=tuple(sorted(order)), during=during,
            facts={"second": look.second, "speeds": _kmh(scene, look, order)}, reasons=_reasons(scene, look, order),
        )  # fmt: skip


def _steps(look: _Look) -> list[int]:
    """Actors of clearly different speeds, fastest first."""
    found: list[tuple[int, float]] = []
    for actor, speed in zip(look.actors, look.speeds.tolist(), strict=True):
        if not found or _clear(found[-1][1], speed):
            found.append((actor, speed))
    return [actor for actor, _ in found]


def _pair(scene: ShownScene, asker: Asker, look: _Look, fast: int, slow: int) -> Iterator[Question]:
    during = (look.second - _AROUND, look.second + _AROUND)
    facts = {"second": look.second, "speeds": _kmh(scene, look, (fast, slow))}
    reasons = _reasons(scene, look, (fast, slow))
    for one, other in ((fast, slow), (slow, fast)):
        yield asker.yes_no(
            "speed.faster",
            (
                "Is {one} faster than {other} at second {second}?",
                "At {second} s, does {one} move faster than {other}?",
                "Is the speed of {one} higher than that of {other} at second {second}?",
            ),
            {"one": scene.who(one), "other": scene.who(other), "second": f"{look.second:g}"}, one == fast,
            actors=(one, other), during=during, facts=facts, reasons=reasons,
        )  # fmt: skip


def _measured(scene: ShownScene, asker: Asker, look: _Look) -> Iterator[Question]:
    for actor, speed in zip(look.actors, look.speeds.tolist(), strict=True):
        course = scene.courses[actor]
        around = course.speeds[np.abs(course.times - look.second) <= _AROUND]
        if speed < _LEAST_TO_KEEP or np.ptp(around) > _STEADY:
            continue
        exact = KMH * speed
        yield asker.number(
            "speed.kmh",
            (
                "How fast is {who} at second {second}, to the nearest 5 km/h?",
                "Estimate the speed of {who} at {second} s, to 5 km/h.",
                "What is the speed of {who} at second {second}, rounded to 5 km/h?",
            ),
            {"who": scene.who(actor), "second": f"{look.second:g}"}, 5.0 * round(exact / 5.0), "km/h",
            actors=(actor,), during=(look.second - _AROUND, look.second + _AROUND),
            facts={"value": round(exact, 2), "tolerance": max(5.0, round(0.2 * exact, 1)), "second": look.second},
        )  # fmt: skip


def _changes(scene: ShownScene, asker: Asker, actor: int) -> Iterator[Question]:
    course = scene.courses[actor]
    last: tuple[str, float] = ("", -np.inf)
    for start in np.arange(0.0, scene.duration - _WHILE, 0.5 * _WHILE).tolist():
        change = _change(course, start, start + _WHILE)
        if (
            not change
            or (change == last[0] and start < last[1])
            or not scene.bears_mark(actor, (start, start + _WHILE))
        ):
            continue
        last = (change, start + 3 * _WHILE)
        names = {"who": scene.who(actor), "start": f"{start:g}", "end": f"{start + _WHILE:g}"}
        about = {"start": start, "end": start + _WHILE, "speeds": _at(course, (start, start + _WHILE))}
        yield from asker.choice(
            "speed.change",
            (
                "How does the speed of {who} change from second {start} to second {end}?",
                "Between {start} s and {end} s, what happens to the speed of {who}?",
                "From second {start} to second {end}: what does the speed of {who} do?",
            ),
            names, change, (_UP, _DOWN, _KEPT, _STANDS),
            actors=(actor,), during=(start, start + _WHILE), facts=about,
        )  # fmt: skip
        for way, word in ((_DOWN, "slower"), (_UP, "faster")):
            yield asker.yes_no(
                f"speed.gets_{word}",
                (
                    f"Does {{who}} get {word} between second {{start}} and second {{end}}?",
                    f"From {{start}} s to {{end}} s, is {{who}} getting {word}?",
                    f"Is {{who}} clearly {word} at second {{end}} than at second {{start}}?",
                ),
                names, change == way, actors=(actor,), during=(start, start + _WHILE), facts=about,
            )  # fmt: skip


def _change(course: Course, start: float, end: float) -> str:
    """What a speed does between two times, empty where it is doubtful."""
    rows = np.flatnonzero((course.times >= start - 0.05) & (course.times <= end + 0.05))
    if len(rows) < 2 or course.times[rows[-1]] - course.times[rows[0]] < 0.9 * (end - start):
        return ""
    speeds = course.speeds[rows]
    if course.distances[rows].max() > _FARTHEST or course.tilts[rows].max() > LYING:
        return ""
    change = float(speeds[-1] - speeds[0])
    if speeds.max() < STILL:
        return _STANDS
    if np.ptp(speeds) < _SAME and speeds.min() > _LEAST_TO_KEEP:
        return _KEPT
    steady = float(np.abs(np.diff(speeds)).sum()) < abs(change) + _SAME  # it does nothing else in between
    if abs(change) >= _CHANGE and steady and _clear(float(speeds.max()), float(speeds.min())):
        return _UP if change > 0.0 else _DOWN
    return ""


def _speeding(scene: ShownScene, asker: Asker, shown: ShownEvent) -> Iterator[Question]:
    event, limit = shown.happening.event, shown.happening.measures.get("limit")
    who = scene.marked_violator(shown)
    if who is None:
        return
    if not isinstance(limit, int | float) or not 3.0 < limit < 60.0:
        return
    names = {"limit": f"{5 * round(KMH * limit / 5)} km/h"}
    wordings = (
        "Does {who} exceed the speed limit of {limit} clearly?",
        "The limit is {limit}: is {who} speeding?",
        "Is {who} much faster than the {limit} that are allowed?",
    )
    during = (event.start_time, event.end_time)
    facts = {"limit": round(KMH * limit, 1), "top": _top(scene.courses[who])}
    yield asker.yes_no(
        "speed.speeding", wordings, {**names, "who": scene.who(who)}, True,
        actors=(who,), during=during, event=shown.number, facts=facts,
        reasons=(f"Its speed reaches {_top(scene.courses[who]):.0f} km/h.",),
    )  # fmt: skip
    within = [
        actor
        for actor in scene.vehicles
        if actor != who and actor in scene.marks and MOVING < float(scene.courses[actor].speeds.max()) < _WITHIN * limit
    ]
    for actor in within:
        yield asker.yes_no(
            "speed.speeding", wordings, {**names, "who": scene.who(actor)}, False, actors=(actor,),
            event=shown.number, facts={"limit": facts["limit"], "top": _top(scene.courses[actor])},
        )  # fmt: skip
    yield from choose_mark(
        scene, asker, "speed.which_speeds",
        ("Which {kind} drives clearly over the speed limit?", "Which {kind} is much too fast?",
         "Which of these marks is speeding?"),
        who, [actor for actor in scene.vehicles if actor != who and _top(scene.courses[actor]) < _WITHIN * KMH * limit],
        during, event=shown.number, facts=facts,
    )  # fmt: skip


def _reasons(scene: ShownScene, look: _Look, actors: Sequence[int]) -> tuple[str, ...]:
    speeds = dict(zip(look.actors, look.speeds.tolist(), strict=True))
    words = {
        actor: "stands still" if speeds[actor] < _SAME else f"does about {5 * round(KMH * speeds[actor] / 5)} km/h"
        for actor in actors
    }
    return tuple(f"Mark {scene.mark(actor)} {words[actor]} at second {look.second:g}." for actor in actors)


def _top(course: Course) -> float:
    return round(KMH * float(course.speeds.max()), 1)


def _at(course: Course, seconds: Sequence[float]) -> list[float]:
    return [round(KMH * float(course.speeds[course.at(second)]), 1) for second in seconds]


def _kmh(scene: ShownScene, look: _Look, actors: Sequence[int] | None = None) -> dict[str, float]:
    """km/h by mark."""
    speeds = zip(look.actors, look.speeds.tolist(), strict=True)
    return {scene.mark(actor): round(KMH * speed, 1) for actor, speed in speeds if actors is None or actor in actors}
