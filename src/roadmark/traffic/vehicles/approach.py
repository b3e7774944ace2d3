"""Where known actors are, moment by moment; scripted ones also on their way there before the first frame."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from roadmark.geometry import FloatArray
from roadmark.traffic.motion import Clock, MovingActor
from roadmark.traffic.vehicles.arrays import LaneTable
from roadmark.traffic.vehicles.jit import Array

_NEAR, _TURNED = 4.0, math.radians(60.0)  # metres and radians from a lane within which someone is on it
_STRAIGHT = 1  # value of `turn`
_ROLLS = 0.5  # m/s


@dataclass(frozen=True, eq=False)
class Moments:
    """Where an actor is at some times.

    Attributes:
        times: (N,) seconds; negative ones are before the first frame.
        places: (N, 3) its box's middle in plan, and its foot's height.
        yaw: (N,) radians.
        velocity: (N, 2) m/s.
    """

    times: FloatArray
    places: FloatArray
    yaw: FloatArray
    velocity: FloatArray


def moments(actor: MovingActor, clock: Clock, every: float) -> Moments:
    """Where an actor is every so many seconds, and in its last frame."""
    step = max(round(every * clock.fps), 1)
    frames = np.unique(np.append(np.arange(0, len(actor.positions), step), len(actor.positions) - 1))
    body, yaw = actor.spec.blueprint, actor.rpy[frames, 2]
    places = actor.positions[frames].copy()
    places[:, 0] += np.cos(yaw) * body.center_offset[0] - np.sin(yaw) * body.center_offset[1]
    places[:, 1] += np.sin(yaw) * body.center_offset[0] + np.cos(yaw) * body.center_offset[1]
    if body.kind == "walker":
        places[:, 2] -= body.half_extents[2]
    return Moments((actor.start + frames) / clock.fps, places, yaw, actor.velocity[frames, :2])


def with_approach(lanes: LaneTable, actor: MovingActor, then: Moments, seconds: float, every: float) -> Moments:
    """The same with the vehicle's way before the first frame: at its first speed along the lanes behind it."""
    if actor.start > 0 or actor.spec.blueprint.kind != "vehicle":
        return then
    count, speed = math.ceil(seconds / every), float(actor.speed[0])
    if speed < _ROLLS:
        places, yaw = np.repeat(then.places[:1], count, axis=0), np.repeat(then.yaw[:1], count)
    else:
        on = lane_beside(lanes, then.places[0, :2], float(then.places[0, 2]), float(then.yaw[0]))
        if on is None:
            return then
        places, yaw = _backwards(lanes, on, speed * every, count)
    times = -every * np.arange(len(places), 0, -1)
    velocity = speed * np.stack([np.cos(yaw), np.sin(yaw)], axis=1)
    return Moments(
        np.concatenate([times, then.times]),
        np.concatenate([places, then.places]),
        np.concatenate([yaw, then.yaw]),
        np.concatenate([velocity, then.velocity]),
    )


def _backwards(lanes: LaneTable, on: tuple[int, float], step: float, count: int) -> tuple[FloatArray, FloatArray]:
    """Places and headings on the lanes that lead to a place, the furthest first; fewer where the network begins."""
    lane, s = on
    places, yaw = [], []
    for _ in range(count):
        s -= step
        while s < 0.0:
            row = lanes.row[lane]
            behind = lanes.back[row["back_first"] : row["back_last"]].tolist()
            if not behind:
                break
            straight = [other for other in behind if lanes.row[other]["turn"] <= _STRAIGHT]
            lane = (straight or behind)[0]
            s += float(lanes.row[lane]["length"])
        if s < 0.0:
            break
        row = lanes.row[lane]
        a = int(row["first"]) + min(int(s / row["spacing"]), int(row["last"] - row["first"]) - 2)
        places.append((lanes.x[a], lanes.y[a], lanes.z[a]))
        yaw.append(math.atan2(lanes.y[a + 1] - lanes.y[a], lanes.x[a + 1] - lanes.x[a]))
    return np.array(places[::-1], np.float64).reshape(-1, 3), np.array(yaw[::-1], np.float64)


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
