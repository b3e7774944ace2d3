"""Exact overlap of moving oriented boxes: separating axes, and the moment two boxes first touch.

Poses between frames are those of `Scenario.state_at`: positions linear, angles the shorter way round. The moment of
contact is found by conservative advancement (Mirtich 1996): the gap between two boxes shrinks no faster than their
relative motion allows, so stepping by gap over speed never jumps over a contact, however thin; bisection then closes
in on it.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from roadmark.geometry import FloatArray

CONTACT_FIELDS = ("first", "second", "begin", "finish", "normal_x", "normal_y", "depth")
"""Columns of what `contacts` finds: rows of both actors, seconds, plan direction from the first to the second at
contact, largest overlap in metres."""


@numba.njit(cache=True)
def pose_between(
    positions: FloatArray, rpy: FloatArray, offset: FloatArray, frame: int, share: float, center: Any, axes: Any
) -> None:
    """Centre (3,) and axes (3, 3; rows are length, width, height) of one actor's box between two of its frames.

    Args:
        positions: (F, 3).
        rpy: (F, 3).
        offset: (3,) box centre in the actor's frame.
        frame: The earlier frame.
        share: 0 at that frame, 1 at the next.
        center: Filled.
        axes: Filled.
    """
    angles = np.empty(3)
    for k in range(3):
        angles[k] = rpy[frame, k]
        center[k] = positions[frame, k]
        if share > 0.0:
            turn = rpy[frame + 1, k] - rpy[frame, k]
            turn -= 2.0 * math.pi * math.floor((turn + math.pi) / (2.0 * math.pi))
            angles[k] += share * turn
            center[k] += share * (positions[frame + 1, k] - positions[frame, k])
    sr, cr = math.sin(angles[0]), math.cos(angles[0])
    sp, cp = math.sin(angles[1]), math.cos(angles[1])
    sy, cy = math.sin(angles[2]), math.cos(angles[2])
    axes[0, 0], axes[0, 1], axes[0, 2] = cy * cp, sy * cp, -sp
    axes[1, 0], axes[1, 1], axes[1, 2] = cy * sp * sr - sy * cr, sy * sp * sr + cy * cr, cp * sr
    axes[2, 0], axes[2, 1], axes[2, 2] = cy * sp * cr + sy * sr, sy * sp * cr - cy * sr, cp * cr
    for k in range(3):
        center[k] += offset[0] * axes[0, k] + offset[1] * axes[1, k] + offset[2] * axes[2, k]


@numba.njit(cache=True)
def box_gap(a: Any, a_axes: Any, a_half: Any, b: Any, b_axes: Any, b_half: Any, normal: Any) -> float:
    """Largest separation of two boxes over the 15 axes that can separate them; negative where they overlap.

    `normal` (3,) becomes that axis, pointing from the first to the second. The distance of the boxes is never less.
    """
    best = -math.inf
    axis = np.empty(3)
    for index in range(15):
        if index < 3:
            for k in range(3):
                axis[k] = a_axes[index, k]
        elif index < 6:
            for k in range(3):
                axis[k] = b_axes[index - 3, k]
        else:
            one, other = (index - 6) // 3, (index - 6) % 3
            axis[0] = a_axes[one, 1] * b_axes[other, 2] - a_axes[one, 2] * b_axes[other, 1]
            axis[1] = a_axes[one, 2] * b_axes[other, 0] - a_axes[one, 0] * b_axes[other, 2]
            axis[2] = a_axes[one, 0] * b_axes[other, 1] - a_axes[one, 1] * b_axes[other, 0]
            length = math.sqrt(axis[0] ** 2 + axis[1] ** 2 + axis[2] ** 2)
            if length < 1e-3:  # edges that are parallel separate nothing that faces do not
                continue
            for k in range(3):
                axis[k] /= length
        apart, reach = 0.0, 0.0
        for k in range(3):
            apart += axis[k] * (b[k] - a[k])
            along_a = a_axes[k, 0] * axis[0] + a_axes[k, 1] * axis[1] + a_axes[k, 2] * axis[2]
            along_b = b_axes[k, 0] * axis[0] + b_axes[k, 1] * axis[1] + b_axes[k, 2] * axis[2]
            reach += a_half[k] * abs(along_a) + b_half[k] * abs(along_b)
        gap = abs(apart) - reach
        if gap > best + 1e-9:
            best = gap
            sign = 1.0 if apart >= 0.0 else -1.0
            for k in range(3):
                normal[k] = sign * axis[k]
    return best


@numba.njit(cache=True)
def _turned(rpy: Any, frame: int) -> float:
    """Bound of the angle between two frames."""
    total = 0.0
    for k in range(3):
        turn = rpy[frame + 1, k] - rpy[frame, k]
        total += abs(turn - 2.0 * math.pi * math.floor((turn + math.pi) / (2.0 * math.pi)))
    return total


@numba.njit(cache=True)
def _gap_at(
    positions: Any, rpy: Any, offset: Any, half: Any, a: int, b: int, frame: int, share: float, work: Any
) -> float:
    pose_between(positions[a], rpy[a], offset[a], frame, share, work[0], work[1:4])
    pose_between(positions[b], rpy[b], offset[b], frame, share, work[4], work[5:8])
    return box_gap(work[0], work[1:4], half[a], work[4], work[5:8], half[b], work[8])


@numba.njit(cache=True)
def _first_touch(
    positions: Any, rpy: Any, offset: Any, half: Any, a: int, b: int, frame: int, rate: float, touch: float, work: Any
) -> float:
    """Share of the interval after a frame at which the boxes first overlap by `touch`; 2 if they do not.

    `rate` is how many metres the gap can shrink over the interval.
    """
    share = 0.0
    for _ in range(1100):
        gap = _gap_at(positions, rpy, offset, half, a, b, frame, share, work) + touch
        if gap <= 0.0:
            return share
        if share >= 1.0 or rate <= 0.0:
            return 2.0
        share = min(share + max(gap / rate, 1e-3), 1.0)
    return 2.0


@numba.njit(cache=True)
def _crossing(
    positions: Any, rpy: Any, offset: Any, half: Any, a: int, b: int, frame: int, clear: float, over: float, work: Any
) -> float:
    """Share at which the gap changes its sign between a clear place and one of overlap, by bisection."""
    for _ in range(40):
        middle = 0.5 * (clear + over)
        if _gap_at(positions, rpy, offset, half, a, b, frame, middle, work) > 0.0:
            clear = middle
        else:
            over = middle
    return 0.5 * (clear + over)


@numba.njit(cache=True)
def contacts(  # noqa: PLR0912, PLR0915 - one loop over pairs and frames, compiled
    times: FloatArray,
    positions: FloatArray,
    rpy: FloatArray,
    present: Any,
    offset: FloatArray,
    half: FloatArray,
    touch: float,
) -> FloatArray:
    """All contacts of all pairs.

    Args:
        times: (F,) seconds.
        positions: (A, F, 3) metres.
        rpy: (A, F, 3) radians.
        present: (A, F) bool.
        offset: (A, 3) box centres in the actors' frames.
        half: (A, 3) half extents.
        touch: Metres of overlap from which boxes touch.

    Returns:
        (C, 7), columns `CONTACT_FIELDS`, by pair and time. A contact lasts until a frame in which the boxes are apart.
    """
    found = []
    work = np.empty((9, 3))
    count, frames = present.shape
    reach = np.empty(count)
    for a in range(count):
        reach[a] = math.sqrt((half[a] ** 2).sum()) + math.sqrt((offset[a] ** 2).sum())
    for a in range(count):
        for b in range(a + 1, count):
            near = reach[a] + reach[b]
            touching = False
            inside = 0.0  # share of the last interval at which the boxes surely overlap
            row = np.empty(7)
            for frame in range(frames):
                here = present[a, frame] and present[b, frame]
                if not here:
                    if touching:
                        row[3] = times[frame - 1]
                        found.append(row.copy())
                        touching = False
                    continue
                dx = positions[b, frame, 0] - positions[a, frame, 0]
                dy = positions[b, frame, 1] - positions[a, frame, 1]
                dz = positions[b, frame, 2] - positions[a, frame, 2]
                apart = math.sqrt(dx * dx + dy * dy + dz * dz)
                if touching:
                    gap = _gap_at(positions, rpy, offset, half, a, b, frame, 0.0, work)
                    row[6] = max(row[6], -gap)
                    if gap > 0.0:
                        share = _crossing(positions, rpy, offset, half, a, b, frame - 1, 1.0, inside, work)
                        row[3] = times[frame - 1] + share * (times[frame] - times[frame - 1])
                        found.append(row.copy())
                        touching = False
                    else:
                        inside = 0.0
                        continue
                if frame + 1 >= frames or not (present[a, frame + 1] and present[b, frame + 1]):
                    continue
                mx = positions[b, frame + 1, 0] - positions[a, frame + 1, 0] - dx
                my = positions[b, frame + 1, 1] - positions[a, frame + 1, 1] - dy
                mz = positions[b, frame + 1, 2] - positions[a, frame + 1, 2] - dz
                moved = math.sqrt(mx * mx + my * my + mz * mz)
                if apart > near + moved:
                    continue
                spin = (_turned(rpy[a], frame) + _turned(rpy[b], frame)) * (apart + moved + near)
                share = _first_touch(positions, rpy, offset, half, a, b, frame, moved + spin, touch, work)
                if share > 1.0:
                    continue
                start = 0.0
                if _gap_at(positions, rpy, offset, half, a, b, frame, 0.0, work) > 0.0:
                    start = _crossing(positions, rpy, offset, half, a, b, frame, 0.0, share, work)
                depth = -_gap_at(positions, rpy, offset, half, a, b, frame, share, work)
                _gap_at(positions, rpy, offset, half, a, b, frame, start, work)
                touching, inside = True, share
                row[0], row[1] = a, b
                row[2] = times[frame] + start * (times[frame + 1] - times[frame])
                row[4], row[5], row[6] = work[8, 0], work[8, 1], depth
            if touching:
                row[3] = times[frames - 1]
                found.append(row.copy())
    result = np.empty((len(found), 7))
    for k in range(len(found)):
        result[k] = found[k]
    return result
