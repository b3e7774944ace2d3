"""Conflicts: what would have touched within a second had nobody got out of the way, and places left just in time.

Time to collision follows the paths that were really driven, at the speed of the moment: oncoming traffic in a bend is
no conflict, as it is for straight extrapolation. A vehicle that comes to an ordinary stop is expected to; one that
stops by emergency braking, or swerves, is expected to have gone on.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from roadmark.geometry import FloatArray

ON_PATH, AS_IT_WAS, STRAIGHT = 0, 1, 2
"""How an actor is expected to go on: along its path at constant speed, exactly as it did, straight on."""

_LEAST_STEP = 0.03  # seconds; a car at 30 m/s covers less than its length by far
_FASTEST_TOGETHER = 0.5  # m/s: slower pairs have no conflict


@numba.njit(cache=True)
def plan_gap(a: Any, b: Any, a_half: Any, b_half: Any) -> float:
    """Largest separation in plan of two rectangles, each x, y, cos, sin of its heading; negative where they overlap."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    dot = abs(a[2] * b[2] + a[3] * b[3])
    turn = abs(a[2] * b[3] - a[3] * b[2])
    best = abs(dx * a[2] + dy * a[3]) - a_half[0] - b_half[0] * dot - b_half[1] * turn
    best = max(best, abs(dy * a[2] - dx * a[3]) - a_half[1] - b_half[0] * turn - b_half[1] * dot)
    best = max(best, abs(dx * b[2] + dy * b[3]) - b_half[0] - a_half[0] * dot - a_half[1] * turn)
    last = abs(dy * b[2] - dx * b[3]) - b_half[1] - a_half[0] * turn - a_half[1] * dot
    return float(max(best, last))


@numba.njit(cache=True)
def _at_index(places: Any, index: float, last: int, out: Any) -> None:
    """Rectangle between two samples of (F, 4)."""
    low = min(int(index), last)
    high = min(low + 1, last)
    share = min(max(index - low, 0.0), 1.0)
    for k in range(4):
        out[k] = places[low, k] + share * (places[high, k] - places[low, k])
    length = math.hypot(out[2], out[3])
    if length > 1e-9:
        out[2] /= length
        out[3] /= length


@numba.njit(cache=True)
def _expected(
    places: Any,
    way: Any,
    velocity: Any,
    mode: int,
    limit: float,
    frame: int,
    last: int,
    tau: float,
    step: float,
    out: Any,
) -> None:
    """Where an actor would be `tau` seconds after a frame.

    Args:
        places: (F, 4) its rectangles.
        way: (F,) metres driven up to each frame.
        velocity: (2,) m/s now.
        mode: `ON_PATH`, ...
        limit: Metres driven at which it stops of its own accord.
        frame: Now.
        last: Its last frame.
        tau: Seconds ahead.
        step: Seconds between frames.
        out: (4,) filled.
    """
    if mode == AS_IT_WAS:
        _at_index(places, frame + tau / step, last, out)
        return
    if mode == STRAIGHT:
        out[0], out[1] = places[frame, 0] + velocity[0] * tau, places[frame, 1] + velocity[1] * tau
        out[2], out[3] = places[frame, 2], places[frame, 3]
        return
    target = min(way[frame] + math.hypot(velocity[0], velocity[1]) * tau, limit)
    if target >= way[last]:
        _at_index(places, float(last), last, out)
        backwards = velocity[0] * places[frame, 2] + velocity[1] * places[frame, 3] < 0.0
        beyond = (target - way[last]) * (-1.0 if backwards else 1.0)
        out[0] += beyond * out[2]
        out[1] += beyond * out[3]
        return
    high = frame + np.searchsorted(way[frame : last + 1], target)
    low = max(high - 1, frame)
    length = way[high] - way[low]
    _at_index(places, low + ((target - way[low]) / length if length > 1e-12 else 0.0), last, out)


@numba.njit(cache=True)
def _expected_gap(
    places: Any, way: Any, velocities: Any, mode: Any, limit: Any, last: Any, half: Any,
    a: int, b: int, frame: int, tau: float, step: float, one: Any, other: Any,
) -> float:  # fmt: skip
    """The gap between rows `a` and `b` as expected `tau` seconds after a frame; `one`, `other` (4,) get where they are.

    The other arguments are those of `closing_conflicts` and `_expected`.
    """
    _expected(
        places[a], way[a], velocities[a, frame], mode[a, frame], limit[a, frame], frame, last[a], tau, step, one
    )  # fmt: skip
    _expected(
        places[b], way[b], velocities[b, frame], mode[b, frame], limit[b, frame], frame, last[b], tau, step, other
    )  # fmt: skip
    return float(plan_gap(one, other, half[a], half[b]))


@numba.njit(cache=True)
def closing_conflicts(  # noqa: PLR0912, PLR0915 - one loop over pairs and frames, compiled
    times: FloatArray,
    places: FloatArray,
    heights: FloatArray,
    half: FloatArray,
    way: FloatArray,
    velocities: FloatArray,
    mode: Any,
    limit: FloatArray,
    active: Any,
    evading: Any,
    last: Any,
    walker: Any,
    horizon: float,
    needed: float,
) -> FloatArray:
    """Pairs that are on course to touch within a horizon.

    Args:
        times: (F,) seconds.
        places: (A, F, 4) box centre x, y and cos, sin of the heading.
        heights: (A, F) metres.
        half: (A, 3) half extents.
        way: (A, F) metres driven.
        velocities: (A, F, 2) m/s.
        mode: (A, F) how each is expected to go on.
        limit: (A, F) metres driven at which each stops of its own accord.
        active: (A, F) bool, whether to look.
        evading: (A, F) bool, whether it brakes or turns hard soon.
        last: (A,) last frame.
        walker: (A,) bool.
        horizon: Seconds.
        needed: Least braking to report, m/s2.

    Returns:
        (C, 5): rows of both, frame, time to collision, braking needed.
    """
    found = []
    count, frames = active.shape
    step = (times[-1] - times[0]) / max(frames - 1, 1)
    one, other = np.empty(4), np.empty(4)
    for a in range(count):
        reach_a = math.hypot(half[a, 0], half[a, 1])
        for b in range(a + 1, count):
            if walker[a] and walker[b]:
                continue
            reach = reach_a + math.hypot(half[b, 0], half[b, 1])
            for frame in range(frames):
                if not (active[a, frame] and active[b, frame]):
                    continue
                va = math.hypot(velocities[a, frame, 0], velocities[a, frame, 1])
                vb = math.hypot(velocities[b, frame, 0], velocities[b, frame, 1])
                if va + vb < _FASTEST_TOGETHER:
                    continue
                dx = places[b, frame, 0] - places[a, frame, 0]
                dy = places[b, frame, 1] - places[a, frame, 1]
                if math.hypot(dx, dy) - reach > (va + vb) * horizon:
                    continue
                if abs(heights[a, frame] - heights[b, frame]) > 2.0 + half[a, 2] + half[b, 2]:
                    continue
                tau, before = 0.0, 0.0
                hit = False
                while tau <= horizon:
                    gap = _expected_gap(
                        places, way, velocities, mode, limit, last, half, a, b, frame, tau, step, one, other
                    )  # fmt: skip
                    if gap <= 0.0:
                        hit = True
                        break
                    before = tau
                    tau += max(gap / (va + vb), _LEAST_STEP)
                if not hit or tau <= 0.0:
                    continue
                for _ in range(8):
                    middle = 0.5 * (before + tau)
                    gap = _expected_gap(
                        places, way, velocities, mode, limit, last, half, a, b, frame, middle, step, one, other
                    )  # fmt: skip
                    if gap <= 0.0:
                        tau = middle
                    else:
                        before = middle
                along = one[2] * other[2] + one[3] * other[3]
                for_a = math.inf if walker[a] else (va - vb * along) / (2.0 * tau)
                for_b = math.inf if walker[b] else (vb - va * along) / (2.0 * tau)
                least = min(for_a, for_b)
                if along > 0.7 and not (walker[a] or walker[b]):
                    least = max(for_a, for_b)  # one follows the other, whose braking would not help
                if evading[a, frame] and not walker[a]:
                    least = max(least, for_a)
                if evading[b, frame] and not walker[b]:
                    least = max(least, for_b)
                if least > needed:
                    found.append((float(a), float(b), float(frame), tau, least))
    result = np.empty((len(found), 5))
    for row in range(len(found)):
        result[row] = found[row]
    return result


@numba.njit(cache=True)
def encroachments(
    times: FloatArray,
    places: FloatArray,
    heights: FloatArray,
    half: FloatArray,
    velocities: FloatArray,
    active: Any,
    walker: Any,
    horizon: float,
    needed: float,
) -> FloatArray:
    """Places that one actor came to within a horizon after another had been there, on a crossing course.

    The arguments are those of `closing_conflicts`; `needed` is the least braking the second would have needed had the
    first stopped there, m/s2.

    Returns:
        (C, 5): row of the first, row of the second, frame of the first, seconds between them, that braking.
    """
    found = []
    count, frames = active.shape
    step = (times[-1] - times[0]) / max(frames - 1, 1)
    most = int(horizon / step)
    for b in range(count):
        if walker[b]:
            continue
        reach_b = math.hypot(half[b, 0], half[b, 1])
        for a in range(count):
            if a == b:
                continue
            reach = reach_b + math.hypot(half[a, 0], half[a, 1])
            for frame in range(frames):
                if not (active[a, frame] and active[b, frame]):
                    continue
                dx = places[b, frame, 0] - places[a, frame, 0]
                dy = places[b, frame, 1] - places[a, frame, 1]
                speed = math.hypot(velocities[b, frame, 0], velocities[b, frame, 1])
                if math.hypot(dx, dy) - reach > speed * horizon * 1.5 or speed < 1.0:
                    continue
                if abs(heights[a, frame] - heights[b, frame]) > 2.0 + half[a, 2] + half[b, 2]:
                    continue
                late = 1
                while late <= most and frame + late < frames and active[b, frame + late]:
                    then = frame + late
                    gap = plan_gap(places[a, frame], places[b, then], half[a], half[b])
                    speed = math.hypot(velocities[b, then, 0], velocities[b, then, 1])
                    if gap > 0.0:
                        late += max(int(gap / (max(speed, 1.0) * 1.5 * step)), 1)
                        continue
                    along = velocities[a, frame, 0] * places[b, then, 2] + velocities[a, frame, 1] * places[b, then, 3]
                    heading = places[a, frame, 2] * places[b, then, 2] + places[a, frame, 3] * places[b, then, 3]
                    need = (speed - along) / (2.0 * late * step)
                    crossing = walker[a] or abs(heading) < 0.7
                    if crossing and need > needed:
                        found.append((float(a), float(b), float(frame), late * step, need))
                    break
    result = np.empty((len(found), 5))
    for row in range(len(found)):
        result[row] = found[row]
    return result
