"""What is known in advance: which stretches of lanes others take, and when; what lights show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from roadmark.geometry import FloatArray
from roadmark.scenario import SignalState
from roadmark.traffic.motion import Clock, MovingActor
from roadmark.traffic.signals import SignalPlan
from roadmark.traffic.vehicles.approach import Moments, moments, with_approach
from roadmark.traffic.vehicles.arrays import MOVES, STANDS, ZONE, LaneTable, Lights, Zones
from roadmark.traffic.vehicles.jit import Array, kernel_with_memory

ZoneRow = tuple[int, float, float, float, float, float, int]
"""Lane, first and last metre, first and last second, m/s along the lane, kind of zone."""
EVERY = 0.25
"""Seconds between the moments at which others are looked at."""
_BESIDE = 1.35  # metres beside a lane's middle that a vehicle on it and some room need
_PERSON_ROOM = 0.5  # metres more for people
_DISTANCE = 1.3  # metres more kept to vehicles that stand than to people
_BEFORE = 3.0  # seconds before the first frame that someone who is there then counts as coming
_LONGEST = 40.0  # seconds ahead of a light's next red that are looked for
_ALONG = 0.75  # share of the speed that must go along the lane for someone to count as driving along it


def plan_lights(signals: SignalPlan, ids: Sequence[str], times: FloatArray) -> Lights:
    """What lights show at the ticks' times, and how long until they are red."""
    step = times[1] - times[0] if len(times) > 1 else 1.0
    ahead = np.concatenate([times, times[-1] + step * np.arange(1, round(_LONGEST / step))])
    state = np.zeros((max(len(ids), 1), len(ahead)), np.int64)
    until = np.full(state.shape, 1e3)
    for row, signal in enumerate(ids):
        state[row] = signals.states(signal, ahead)
        red = np.where(state[row] == SignalState.RED, np.arange(len(ahead)), len(ahead) * 10)
        following = np.minimum.accumulate(red[::-1])[::-1]
        until[row] = np.where(following < len(ahead), (following - np.arange(len(ahead))) * step, 1e3)
    return Lights(state, until)


def zones_of(
    lanes: LaneTable,
    scripted: Sequence[MovingActor],
    others: Sequence[MovingActor],
    clock: Clock,
    first: int,
    dt: float,
    crossings: Array,
) -> tuple[Zones, Array]:
    """Where and when others are on lanes.

    Args:
        lanes: The network.
        scripted: Actors who come along their lanes before the first frame.
        others: Everyone else whose course is known.
        clock: The scenario's frames.
        first: Tick of the scenario's first frame.
        dt: Seconds per tick.
        crossings: (N, 3) lane, first and last metre of every crosswalk over a lane.

    Returns:
        The zones, and (M, 3) lane, first and last metre of what scripted actors drive over.
    """
    rows: list[ZoneRow] = []
    boxes = _lane_boxes(lanes)
    ways = 0
    for number, other in enumerate([*scripted, *others]):
        body = other.spec.blueprint
        known = moments(other, clock, EVERY)
        if number < len(scripted):
            known = with_approach(lanes, other, known, first * dt, EVERY)
        room = _BESIDE + (_PERSON_ROOM if body.kind == "walker" else 0.0)
        touched = _touched(lanes, boxes, known.places, known.yaw, np.array(body.half_extents[:2]), room)
        rows += _join(touched, known, other, early=_BEFORE if number >= len(scripted) else 0.0)
        if number < len(scripted):
            ways = len(rows)
    table = np.array(rows, np.float64).reshape(-1, 7)
    _widen(table, crossings)
    driven_over = table[:ways, :3].copy()
    table = table[np.lexsort((table[:, 3], table[:, 0]))]
    ticks = first + np.round(table[:, 3:5] / dt).astype(np.int64)
    rows_out = np.zeros(len(table), ZONE)
    for column, name in ((1, "low"), (2, "high"), (5, "speed"), (6, "kind")):
        rows_out[name] = table[:, column]
    rows_out["begin"], rows_out["end"] = ticks.T
    zones = Zones(np.searchsorted(table[:, 0], np.arange(len(lanes.row) + 1)).astype(np.int64), rows_out)
    return zones, driven_over


def _join(touched: Array, known: Moments, other: MovingActor, early: float) -> list[ZoneRow]:
    """Zones from the moments (lane, moment, low, high, heading) on lanes; those of the first frame begin `early`."""
    rows: list[ZoneRow] = []
    times, velocity = known.times, known.velocity
    gap = float(np.max(np.diff(times), initial=0.0))
    order = np.lexsort((touched[:, 1], touched[:, 0]))
    distance = 0.0 if other.spec.blueprint.kind == "walker" else _DISTANCE
    open_lane, open_moment = -1, -2
    for lane, moment, low, high, heading in touched[order].tolist():
        k = int(moment)
        along = float(velocity[k] @ (np.cos(heading), np.sin(heading)))
        speed = float(np.hypot(*velocity[k]))
        drives = other.spec.blueprint.kind == "vehicle" and speed > 1.0 and along > _ALONG * speed
        begin = times[k] - (early if times[k] <= 0.0 else 0.0)
        if drives:
            after = min(k + 1, len(times) - 1)
            rows.append((int(lane), low, high + along * gap, begin, times[after], along, MOVES))
            open_lane = -1
            continue
        if open_lane == lane and k == open_moment + 1:
            _, first, last, since, *_ = rows[-1]
            rows[-1] = (int(lane), min(first, low - distance), max(last, high), since, times[k] + gap, 0.0, STANDS)
        else:
            rows.append((int(lane), low - distance, high, begin - gap, times[k] + gap, 0.0, STANDS))
        open_lane, open_moment = int(lane), k
    return rows


def _widen(table: Array, crossings: Array) -> None:
    """Someone on foot on a crosswalk holds all of it, so that vehicles wait before it."""
    for lane, first, last in crossings.tolist():
        on = (table[:, 0] == lane) & (table[:, 6] == STANDS) & (table[:, 1] < last) & (table[:, 2] > first)
        on &= table[:, 2] - table[:, 1] < last - first + 4.0
        table[on, 1] = np.minimum(table[on, 1], first)
        table[on, 2] = np.maximum(table[on, 2], last)


def _lane_boxes(lanes: LaneTable) -> FloatArray:
    """(L, 4) lowest x and y, highest x and y of every lane."""
    starts = lanes.row["first"]
    if not len(starts):
        return np.zeros((0, 4))
    low = [np.minimum.reduceat(axis, starts) for axis in (lanes.x, lanes.y)]
    high = [np.maximum.reduceat(axis, starts) for axis in (lanes.x, lanes.y)]
    return np.stack([*low, *high], axis=1)


@kernel_with_memory
def _touched(lanes: LaneTable, boxes: Array, places: Array, yaw: Array, half: Array, room: float) -> Array:
    """(M, 5) lane, moment, first and last metre, lane's heading, where a box comes within `room` of a lane's middle."""
    found = np.empty((64, 5))
    count = 0
    reach = np.sqrt(half[0] ** 2 + half[1] ** 2) + room
    for k in range(len(places)):
        x, y = places[k, 0], places[k, 1]
        cosine, sine = np.cos(yaw[k]), np.sin(yaw[k])
        for lane in range(len(boxes)):
            if x < boxes[lane, 0] - reach or y < boxes[lane, 1] - reach:
                continue
            if x > boxes[lane, 2] + reach or y > boxes[lane, 3] + reach:
                continue
            first, last, at = -1, -1, 0.0
            for p in range(lanes.row[lane].first, lanes.row[lane].last):
                dx, dy = lanes.x[p] - x, lanes.y[p] - y
                if abs(dx) > reach or abs(dy) > reach or abs(lanes.z[p] - places[k, 2]) > 2.5:
                    continue
                u = max(abs(dx * cosine + dy * sine) - half[0], 0.0)
                w = max(abs(dy * cosine - dx * sine) - half[1], 0.0)
                if u * u + w * w < room * room:
                    if first < 0:
                        first = p
                    last = p
            if first < 0:
                continue
            if count == len(found):
                grown = np.empty((2 * count, 5))
                grown[:count] = found
                found = grown
            a = min(last, lanes.row[lane].last - 2)
            at = np.arctan2(lanes.y[a + 1] - lanes.y[a], lanes.x[a + 1] - lanes.x[a])
            base, spacing = lanes.row[lane].first, lanes.row[lane].spacing
            found[count, 0], found[count, 1] = lane, k
            found[count, 2], found[count, 3] = (first - base) * spacing, (last - base) * spacing
            found[count, 4] = at
            count += 1
    return found[:count]
