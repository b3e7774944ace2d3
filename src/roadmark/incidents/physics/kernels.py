"""Compiled loops: how far boxes are apart, and two cars that crush, push and slide. Plan view, metres, radians.

All in one file, because numba's cache on disk notices changes of the file that holds a function, and no other.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Function = TypeVar("Function", bound=Callable[..., Any])

GRAVITY = 9.81
CREEP = 0.12
"""m/s of slip over which tyre friction builds up; without it friction would jump at rest."""
STILL, STILL_TURN = 0.02, 0.02
"""m/s and rad/s under which a body that brakes has come to rest."""


def compiled(function: Function) -> Function:
    """Compile with numba, kept on disk."""
    return cast(Function, numba.njit(cache=True)(function))


CRUMPLED = 0.2
"""Metres by which bodies stay inside one another: the dents that boxes do not have."""
SPRING = 4.0
"""m/s of parting per metre of depth beyond that."""


@compiled
def axis_gap(ax: float, ay: float, a: Array, ha: Array, b: Array, hb: Array) -> float:
    """Gap of two boxes along a unit axis; negative where their shadows overlap."""
    reach = 0.0
    apart: float = abs((b[0] - a[0]) * ax + (b[1] - a[1]) * ay)
    for box, half in ((a, ha), (b, hb)):
        c, s = math.cos(box[2]), math.sin(box[2])
        reach += half[0] * abs(c * ax + s * ay) + half[1] * abs(c * ay - s * ax)
    return apart - reach


@compiled
def box_gap(a: Array, ha: Array, b: Array, hb: Array) -> float:
    """Separating-axis gap of two boxes (x, y, yaw): positive apart, zero touching, minus the depth inside."""
    largest = -1e30
    for box in (a, b):
        c, s = math.cos(box[2]), math.sin(box[2])
        largest = max(largest, axis_gap(c, s, a, ha, b, hb), axis_gap(-s, c, a, ha, b, hb))
    return largest


@compiled
def box_gaps(a: Array, ha: Array, b: Array, hb: Array) -> Array:
    """(N,) `box_gap` of two courses (N, 3)."""
    gaps = np.empty(len(a))
    for row in range(len(a)):
        gaps[row] = box_gap(a[row], ha, b[row], hb)
    return gaps


@compiled
def _corners(box: Array, half: Array, out: Array) -> None:
    """Fill in the corners of a box, the first four rows of `out`."""
    c, s = math.cos(box[2]), math.sin(box[2])
    for k in range(4):
        u = half[0] if k in (0, 3) else -half[0]
        v = half[1] if k < 2 else -half[1]
        out[k, 0] = box[0] + c * u - s * v
        out[k, 1] = box[1] + s * u + c * v


@compiled
def overlap_center(a: Array, ha: Array, b: Array, hb: Array) -> tuple[float, float, float]:
    """Area of what two boxes share, and its centre: where bodies press that yield evenly."""
    polygon = np.zeros((12, 2))
    _corners(a, ha, polygon)
    count = 4
    c, s = math.cos(b[2]), math.sin(b[2])
    for side in range(4):
        nx, ny, reach = (c, s, hb[0]) if side < 2 else (-s, c, hb[1])
        if side % 2:
            nx, ny = -nx, -ny
        kept = np.zeros((12, 2))
        new = 0
        for k in range(count):
            px, py = polygon[k]
            qx, qy = polygon[(k + 1) % count]
            dp = (px - b[0]) * nx + (py - b[1]) * ny - reach
            dq = (qx - b[0]) * nx + (qy - b[1]) * ny - reach
            if dp <= 0.0:
                kept[new, 0], kept[new, 1] = px, py
                new += 1
            if (dp < 0.0 < dq) or (dq < 0.0 < dp):
                share = dp / (dp - dq)
                kept[new, 0], kept[new, 1] = px + (qx - px) * share, py + (qy - py) * share
                new += 1
        polygon, count = kept, new
        if count == 0:
            return 0.0, 0.0, 0.0
    area = x = y = 0.0
    ox, oy = polygon[0]
    for k in range(1, count - 1):
        px, py = polygon[k, 0] - ox, polygon[k, 1] - oy
        qx, qy = polygon[k + 1, 0] - ox, polygon[k + 1, 1] - oy
        piece = 0.5 * (px * qy - qx * py)
        area += piece
        x += piece * (px + qx) / 3.0
        y += piece * (py + qy) / 3.0
    if area < 1e-12:
        return 0.0, 0.0, 0.0
    return area, ox + x / area, oy + y / area


@compiled
def _touching_face(a: Array, ha: Array, b: Array, hb: Array) -> tuple[int, float]:
    """Whose face is touched, and the angle of its outward normal, from the first box to the second, in that body."""
    best, owner, angle = -1e30, 0, 0.0
    for who in range(2):
        box = a if who == 0 else b
        for quarter in range(2):
            heading = box[2] + 0.5 * math.pi * quarter
            ax, ay = math.cos(heading), math.sin(heading)
            gap = axis_gap(ax, ay, a, ha, b, hb)
            if gap > best:
                towards = (b[0] - a[0]) * ax + (b[1] - a[1]) * ay
                best, owner = gap, who
                angle = 0.5 * math.pi * quarter + (math.pi if towards < 0.0 else 0.0)
    return owner, angle


@compiled
def _push(state: Array, mass: Array, inertia: Array, body: int, x: float, y: float, jx: float, jy: float) -> None:
    """Apply an impulse at a place of the world."""
    rx, ry = x - state[body, 0], y - state[body, 1]
    state[body, 3] += jx / mass[body]
    state[body, 4] += jy / mass[body]
    state[body, 5] += (rx * jy - ry * jx) / inertia[body]


@compiled
def _slip(state: Array, body: int, x: float, y: float) -> tuple[float, float]:
    """Velocity of a body's material at a place of the world."""
    return (
        state[body, 3] - state[body, 5] * (y - state[body, 1]),
        state[body, 4] + state[body, 5] * (x - state[body, 0]),
    )


@compiled
def _compliance(mass: Array, inertia: Array, state: Array, x: float, y: float, ux: float, uy: float) -> float:
    """Change of relative speed along a unit direction per impulse at a place."""
    total = 0.0
    for body in range(2):
        lever = (x - state[body, 0]) * uy - (y - state[body, 1]) * ux
        total += 1.0 / mass[body] + lever * lever / inertia[body]
    return total


@compiled
def _tyres(
    state: Array, mass: Array, inertia: Array, body: int, feet: Array, brake: float, grip: float, step: float
) -> None:
    """Friction of four wheels: sideways always, lengthwise by `brake` (1 locked)."""
    c, s = math.cos(state[body, 2]), math.sin(state[body, 2])
    most = grip * GRAVITY * mass[body] / 4.0
    fx = fy = torque = 0.0
    for k in range(4):
        rx = c * feet[k, 0] - s * feet[k, 1]
        ry = s * feet[k, 0] + c * feet[k, 1]
        vx, vy = state[body, 3] - state[body, 5] * ry, state[body, 4] + state[body, 5] * rx
        ahead, aside = c * vx + s * vy, c * vy - s * vx
        if brake >= 1.0:
            size = max(math.hypot(ahead, aside), CREEP)
            along, across = -most * ahead / size, -most * aside / size
        else:
            along = -brake * most * ahead / max(abs(ahead), CREEP)
            left = math.sqrt(most * most - along * along)
            across = -left * aside / max(abs(aside), CREEP)
        gx, gy = c * along - s * across, s * along + c * across
        fx, fy = fx + gx, fy + gy
        torque += rx * gy - ry * gx
    state[body, 3] += step * fx / mass[body]
    state[body, 4] += step * fy / mass[body]
    state[body, 5] += step * torque / inertia[body]


@compiled
def crash(  # noqa: PLR0912 - one loop, compiled as a whole
    start: Array,
    half: Array,
    mass: Array,
    inertia: Array,
    feet: Array,
    brake: Array,
    grip: Array,
    times: Array,
    contact: Array,
) -> Array:
    """Move two bodies from their first touch on, until the last of `times`.

    While they approach one another where they touch, they crush: an impulse per step brings the speed of approach
    towards a small speed of parting, within some hundredths of a second. Friction acts along the touched face.

    Args:
        start: (2, 6) x, y, yaw of the boxes' centres, their velocity and yaw rate.
        half: (2, 2) half length and width.
        mass: (2,) kg.
        inertia: (2,) kg m2.
        feet: (2, 4, 2) where wheels touch the ground, in the bodies' frames.
        brake: (2, 3) brakes (share of grip) before and after some seconds, and those seconds; 1 is locked.
        grip: (2,) friction of tyres or metal on the road.
        times: (K,) seconds after the touch at which states are wanted, ascending.
        contact: (4,) restitution, friction between the bodies, seconds of crush, longest step in seconds.

    Returns:
        (K, 2, 6) states.
    """
    state = start.copy()
    out = np.empty((len(times), 2, 6))
    rest = np.zeros(2)
    owner, angle, target, loading, touching = 0, 0.0, 0.0, False, False
    now = 0.0
    for row in range(len(times)):
        count = math.ceil((times[row] - now) / contact[3] - 1e-9)
        step = (times[row] - now) / max(count, 1)
        yields = 1.0 - math.exp(-step / contact[2])
        for _ in range(count):
            area, x, y = overlap_center(state[0, :3], half[0], state[1, :3], half[1])
            if area <= 0.0 and touching and box_gap(state[0, :3], half[0], state[1, :3], half[1]) > 0.0:
                touching = False
            if not touching and box_gap(state[0, :3], half[0], state[1, :3], half[1]) <= 1e-6:
                touching, loading, target = True, True, -1.0
                owner, angle = _touching_face(state[0, :3], half[0], state[1, :3], half[1])
            if touching and area > 0.0:
                nx, ny = math.cos(state[owner, 2] + angle), math.sin(state[owner, 2] + angle)
                ax, ay = _slip(state, 0, x, y)
                bx, by = _slip(state, 1, x, y)
                apart = (bx - ax) * nx + (by - ay) * ny
                along = (by - ay) * nx - (bx - ax) * ny
                if target < 0.0:
                    target = contact[0] * max(-apart, 0.0)
                if loading and apart >= 0.95 * target:
                    loading = False
                depth = -box_gap(state[0, :3], half[0], state[1, :3], half[1])
                wanted = max(target if loading else 0.0, min(SPRING * (depth - CRUMPLED), 1.5))
                if apart < wanted:
                    impulse = yields * (wanted - apart) / _compliance(mass, inertia, state, x, y, nx, ny)
                    most = contact[1] * impulse
                    rub = yields * along / _compliance(mass, inertia, state, x, y, -ny, nx)
                    rub = -min(max(rub, -most), most)
                    jx, jy = impulse * nx - rub * ny, impulse * ny + rub * nx
                    _push(state, mass, inertia, 0, x, y, -jx, -jy)
                    _push(state, mass, inertia, 1, x, y, jx, jy)
                    rest[:] = 0.0
            for body in range(2):
                if rest[body] > 0.0:
                    continue
                pressed = brake[body, 1] if now >= brake[body, 2] else brake[body, 0]
                if grip[body] > 0.0:
                    _tyres(state, mass, inertia, body, feet[body], pressed, grip[body], step)
                slow = math.hypot(state[body, 3], state[body, 4]) < STILL and abs(state[body, 5]) < STILL_TURN
                if slow and pressed > 0.1 and grip[body] > 0.0:
                    state[body, 3:] = 0.0
                    rest[body] = 1.0
                for axis in range(3):
                    state[body, axis] += step * state[body, 3 + axis]
            now += step
        now = times[row]
        out[row] = state
    return out
