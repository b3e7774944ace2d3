"""From where SUMO's vehicles were to courses: axles on a smooth rail, heights of the map, limits checked."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from roadmark.geometry import FloatArray
from roadmark.maps import RoadMap
from roadmark.traffic.limits import MAX_ACCELERATION, MAX_BRAKING, MAX_LATERAL
from roadmark.traffic.motion import ActorSpec, MovingActor
from roadmark.traffic.sumo.session import Seen
from roadmark.traffic.vehicles.courses import axles, course
from roadmark.traffic.vehicles.rails import STEP

_CORNERS, _CHANGES = 1.5, 4.0  # metres over which slow and fast vehicles' ways are smoothed
_PACE = 0.5  # seconds over which the way along them is smoothed
_SLOW, _FAST = 12.0, 25.0  # m/s
_BLEND = 3.0  # seconds in which one who joined gets onto SUMO's lane


def sumo_course(spec: ActorSpec, seen: Seen, road_map: RoadMap, step: float) -> MovingActor | None:
    """A vehicle's course; None where it was there too shortly to have one.

    Args:
        spec: The vehicle.
        seen: Where its front bumper was.
        road_map: Gives heights.
        step: Seconds between frames.
    """
    rows = np.array(seen.rows)
    whole = len(rows) >= 2 and seen.frames[-1] - seen.frames[0] == len(rows) - 1
    if not whole:
        return None
    body = spec.blueprint
    rear, _ = axles(spec)
    nose = body.center_offset[0] + body.half_extents[0] - rear
    moved = np.hypot(*np.diff(rows[:, :2], axis=0).T)
    r = np.concatenate([[0.0], np.cumsum(moved)])
    rail, start = _rail(rows, r, moved / step, nose + 12.0)
    r = _smooth(r[:, None], _PACE, step)[:, 0]  # SUMO's lanes are longer or shorter than their lines: it jumps a little
    rail[:, 2] = road_map.elevation(rail[:, :2])
    rail[:, 2] = _smooth(rail[:, 2:3], _CORNERS)[:, 0]
    blinkers = np.array(seen.blinks, np.int8)
    return course(spec, rail, start + r - nose, seen.frames[0], step, blinkers)


def _rail(rows: FloatArray, r: FloatArray, speed: FloatArray, tail: float) -> tuple[FloatArray, float]:
    """(K, 3) points every `STEP` metres through the front's places, going on straight at both ends; metres before."""
    first, last = rows[0], rows[-1]
    away = math.ceil((tail + 4.0 * _CHANGES) / STEP) * STEP
    behind = np.arange(-away, -0.01, STEP)
    ahead = np.arange(STEP, away, STEP)
    keep = np.concatenate([[True], np.diff(np.maximum.accumulate(r)) > 1e-6])
    s = np.concatenate([behind, r[keep], r[-1] + ahead])
    x = np.concatenate([first[0] + behind * math.cos(first[2]), rows[keep, 0], last[0] + ahead * math.cos(last[2])])
    y = np.concatenate([first[1] + behind * math.sin(first[2]), rows[keep, 1], last[1] + ahead * math.sin(last[2])])
    at = np.arange(-away, r[-1] + away - STEP, STEP)
    plan = np.stack([np.interp(at, s, x), np.interp(at, s, y)], axis=1)
    pace = np.interp(at, 0.5 * (r[1:] + r[:-1]), speed)
    fast = np.clip((_smooth(pace[:, None], _CHANGES) - _SLOW) / (_FAST - _SLOW), 0.0, 1.0)
    smooth = (1.0 - fast) * _smooth(plan, _CORNERS) + fast * _smooth(plan, _CHANGES)
    return np.column_stack([smooth, np.zeros(len(at))]), away


def _smooth(values: FloatArray, sigma: float, spacing: float = STEP) -> FloatArray:
    """(N, K) values under a Gaussian window; the ends go on as they lead."""
    reach = math.ceil(3.0 * sigma / spacing)
    window = np.exp(-0.5 * (np.arange(-reach, reach + 1) * spacing / sigma) ** 2)
    window /= window.sum()
    ramp = np.arange(1, reach + 1)[:, None]
    before = values[0] + (values[0] - values[1]) * ramp[::-1]
    after = values[-1] + (values[-1] - values[-2]) * ramp
    padded = np.concatenate([before, values, after])
    return np.stack([np.convolve(column, window, "valid") for column in padded.T], axis=1)


def within_limits(actor: MovingActor, step: float) -> bool:
    """Whether a course keeps to what ordinary traffic does."""
    if len(actor.positions) < 3:
        return True
    push = np.diff(actor.positions[:, :2], 2, axis=0) / step**2
    yaw = actor.rpy[1:-1, 2]
    ahead = push[:, 0] * np.cos(yaw) + push[:, 1] * np.sin(yaw)
    aside = push[:, 1] * np.cos(yaw) - push[:, 0] * np.sin(yaw)
    return bool(ahead.min() > -MAX_BRAKING and ahead.max() < MAX_ACCELERATION and np.abs(aside).max() < MAX_LATERAL)


def joined(script: MovingActor, driven: MovingActor | None, step: float) -> MovingActor:
    """A scripted course and how SUMO drove on with it; what they differ by fades."""
    if driven is None or driven.end <= script.end or driven.start > script.end:
        return script
    skip = script.end - driven.start
    positions, rpy = driven.positions[skip:].copy(), driven.rpy[skip:].copy()
    since = np.arange(1, len(positions) + 1) * step
    u = np.clip(since / _BLEND, 0.0, 1.0)
    left = (1.0 - u * u * u * (10.0 - 15.0 * u + 6.0 * u * u))[:, None]
    expected = script.positions[-1] + script.velocity[-1] * step
    turn = script.rpy[-1] - rpy[0]
    turn[2] = math.remainder(turn[2], math.tau)
    positions += left * (expected - positions[0])
    rpy += left * turn
    every = np.concatenate([script.positions, positions])
    angles = np.concatenate([script.rpy, rpy])
    velocity, yaw_rate = np.gradient(every, step, axis=0), np.gradient(np.unwrap(angles[:, 2]), step)
    keep = len(script.positions) - 1
    velocity[:keep], yaw_rate[:keep] = script.velocity[:keep], script.yaw_rate[:keep]
    none = np.zeros(len(script.positions), np.int8)
    head = none if script.blinkers is None else script.blinkers
    tail = np.zeros(len(positions), np.int8) if driven.blinkers is None else driven.blinkers[skip:]
    return replace(
        script, positions=every, rpy=angles, velocity=velocity, yaw_rate=yaw_rate,
        blinkers=np.concatenate([head, tail]), steer=None,
    )  # fmt: skip
