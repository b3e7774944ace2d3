"""Where scripted actors came from: the lane they are on, and their way there before the first frame."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from roadmark.traffic.motion import MovingActor
from roadmark.traffic.vehicles.arrays import MOVES, STANDS, LaneTable
from roadmark.traffic.vehicles.jit import Array

ZoneRow = tuple[int, float, float, float, float, float, int]
"""Lane, first and last metre, first and last second, m/s along the lane, kind of zone."""
_NEAR, _TURNED = 4.0, math.radians(60.0)  # metres and radians from a lane within which someone is on it
_STRAIGHT = 1  # value of `turn`
_ROLLS = 0.5  # m/s


def lane_beside(lanes: LaneTable, place: Array, height: float, yaw: float) -> tuple[int, float] | None:
    """The lane nearest to a place that goes a heading's way, and metres along it; None where there is none near."""
    off = np.hypot(lanes.x - place[0], lanes.y - place[1])
    off[np.abs(lanes.z - height) > 3.0] = np.inf
    best, found = math.inf, None
    for point in np.flatnonzero(off < _NEAR).tolist():
        lane = int(np.searchsorted(lanes.row["first"], point, side="right")) - 1
        row = lanes.row[lane]
        a = min(point, int(row["last"]) - 2)
        heading = math.atan2(lanes.y[a + 1] - lanes.y[a], lanes.x[a + 1] - lanes.x[a])
        turned = abs(math.remainder(yaw - heading, math.tau))
        cost = float(off[point]) + 2.0 * turned
        if turned < _TURNED and cost < best:
            forward = (place[0] - lanes.x[a]) * math.cos(heading) + (place[1] - lanes.y[a]) * math.sin(heading)
            s = (a - int(row["first"])) * float(row["spacing"]) + forward
            best, found = cost, (lane, float(np.clip(s, 0.0, row["length"])))
    return found


def approach(lanes: LaneTable, actor: MovingActor, seconds: float, every: float) -> list[ZoneRow]:
    """The zones of an actor's way before the first frame, at its first speed along the lanes behind it."""
    if actor.start > 0 or actor.spec.blueprint.kind != "vehicle":
        return []
    on = lane_beside(lanes, actor.positions[0, :2], float(actor.positions[0, 2]), float(actor.rpy[0, 2]))
    if on is None:
        return []
    half, speed = actor.spec.blueprint.half_extents[0], float(actor.speed[0])
    if speed < _ROLLS:
        return [(on[0], on[1] - half, on[1] + half, -seconds, 0.0, 0.0, STANDS)]
    return list(_backwards(lanes, on, half, speed, seconds, every))


def _backwards(
    lanes: LaneTable, on: tuple[int, float], half: float, speed: float, seconds: float, every: float
) -> Iterator[ZoneRow]:
    lane, s = on
    for k in range(1, math.ceil(seconds / every) + 1):
        s -= speed * every
        while s < 0.0:
            row = lanes.row[lane]
            behind = lanes.back[row["back_first"] : row["back_last"]].tolist()
            if not behind:
                return
            straight = [other for other in behind if lanes.row[other]["turn"] <= _STRAIGHT]
            lane = (straight or behind)[0]
            s += float(lanes.row[lane]["length"])
        yield lane, s - half, s + half + speed * every, -k * every, (1 - k) * every, speed, MOVES
