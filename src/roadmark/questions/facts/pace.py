"""How a road user moves while it is seen: stands, drives, stops, sets off; what is in between is doubtful."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.questions.shown.on_road import runs
from roadmark.questions.shown.shown_scene import ShownScene

FloatArray = NDArray[np.float64]

STILL, MOVING = 0.2, 2.0
"""m/s: slower stands, faster moves, for everyone who looks; in between is doubtful."""
LYING = 0.6
"""Radians by which something is tilted that has fallen over: of that nobody says that it stands or drives."""
_CREEP = 0.5
"""m/s up to which something that has come to a stop may still settle."""
_SHORTEST_VIEW = 2.0
"""Seconds for which something must be seen to say how it moves all along."""
_SHORTEST_STAND = 1.0
"""Seconds of standing that make a stop."""
_LONGEST_GAP = 0.8
"""Seconds for which it may be hidden in between."""

STANDS, DRIVES, STOPS, SETS_OFF, PAUSES = "stands", "drives", "stops", "sets off", "pauses"


@dataclass(frozen=True)
class Pace:
    """How something moves while it is seen.

    Attributes:
        kind: `STANDS` or `DRIVES` all the time, `STOPS` for good, `SETS_OFF` for good from a standstill, or `PAUSES`:
            it stops and drives on.
        seen: First and last second at which it is seen.
        stopped: Second at which it has come to rest; None where it stands from the first or never stands.
        left: Second at which it sets off; None where it never does.
    """

    kind: str
    seen: tuple[float, float]
    stopped: float | None = None
    left: float | None = None


def pace_of(scene: ShownScene, actor: int) -> Pace | None:
    """How a marked actor moves while it is legible; None where that is doubtful, it ever lies, or is hardly seen."""
    rows = np.flatnonzero(scene.marked.get(actor, np.zeros(0, np.bool_)))
    if len(rows) < 2:
        return None
    course = scene.courses[actor]
    times, speeds = course.times[rows], course.speeds[rows]
    seen = (float(times[0]), float(times[-1]))
    if seen[1] - seen[0] < _SHORTEST_VIEW or np.diff(times).max() > _LONGEST_GAP or course.tilts.max() > LYING:
        return None
    if (speeds < STILL).all():
        return Pace(STANDS, seen)
    if (speeds > MOVING).all():
        return Pace(DRIVES, seen)
    return _with_a_stop(times, speeds, seen)


def _with_a_stop(times: FloatArray, speeds: FloatArray, seen: tuple[float, float]) -> Pace | None:
    rests = [run for run in runs(speeds < _CREEP) if (speeds[run[0] : run[1] + 1] < STILL).any()]
    if len(rests) != 1:
        return None
    first, last = rests[0]
    here = np.flatnonzero(speeds[first : last + 1] < STILL) + first
    stopped, left = float(times[here[0]]), float(times[here[-1]])
    before, after = bool((speeds[:first] > MOVING).any()), bool((speeds[last + 1 :] > MOVING).any())
    whole = (before or first == 0) and (after or last == len(speeds) - 1)
    if not whole or left - stopped < _SHORTEST_STAND:
        return None
    if before and after:
        return Pace(PAUSES, seen, stopped, left)
    return Pace(STOPS, seen, stopped) if before else Pace(SETS_OFF, seen, left=left) if after else None
