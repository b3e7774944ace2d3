"""Rails: laying them along lanes, over to a neighbour lane, and how fast they can be ridden."""

from __future__ import annotations

import math

import numpy as np

from roadmark.traffic.limits import COMFORTABLE_LATERAL
from roadmark.traffic.vehicles.arrays import LaneTable, Rails
from roadmark.traffic.vehicles.jit import Array, Records, Scalar, inner_kernel, kernel

STEP = 0.5
"""Metres between two points of a rail."""
HORIZON = 260.0
"""Metres of rail that lie ahead of every vehicle, where the network goes on."""
_LATERAL = 0.85 * COMFORTABLE_LATERAL  # m/s2: what drivers choose, so that nobody comes near the limits
_SLOWING = 1.3  # m/s2 with which vehicles slow down for a bend
_BACK = 4  # value of `turn`: a U-turn
_AHEAD = 1  # value of `turn`: going straight on
_ASIDE = 0.3  # metres from the middle beyond which bends change the length of the way
_ROUNDED = 8  # rounds of smoothing: corners are rounded over two metres
_OUT = 0.72  # share of a change after which a vehicle is out of its old lane
_FINE = 0.25  # metres between the places where two lanes are blended


@inner_kernel
def chance(cars: Records, i: int) -> Scalar:
    """A number in 0..1 from a vehicle's own stream (xorshift64*; Vigna 2016)."""
    x = cars[i].seed
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    cars[i].seed = x
    return np.float64((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@inner_kernel
def curve(values: Array, low: int, j: int, high: int, f: float) -> Scalar:
    """Between values `j` and `j + 1` of the evenly spaced ones from `low` to `high`: Catmull and Rom's cubic (1974)."""
    b, c = values[j], values[j + 1]
    if high - low < 3:
        return b + f * (c - b)
    a = values[j - 1] if j > low else 3.0 * b - 3.0 * c + values[j + 2]
    d = values[j + 2] if j + 1 < high else 3.0 * c - 3.0 * b + values[j - 1]
    return b + 0.5 * f * (c - a + f * (2.0 * a - 5.0 * b + 4.0 * c - d + f * (3.0 * (b - c) + d - a)))


@inner_kernel
def lane_point(lanes: LaneTable, lane: int, s: float, offset: float) -> tuple[Scalar, Scalar, Scalar]:
    """The place at metres along a lane, some metres to the left of its middle."""
    low, high = lanes.row[lane].first, lanes.row[lane].last - 1
    at = s / lanes.row[lane].spacing
    k = min(max(int(at), 0), high - low - 1)
    f, j = min(max(at - k, 0.0), 1.0), low + k
    x, y = curve(lanes.x, low, j, high, f), curve(lanes.y, low, j, high, f)
    z = lanes.z[j] + f * (lanes.z[j + 1] - lanes.z[j])
    if offset != 0.0:
        if lanes.row[lane].turn > _AHEAD:  # nobody keeps so far aside in a turn
            offset *= 1.0 - 0.75 * math.sin(math.pi * min(max(s / lanes.row[lane].length, 0.0), 1.0)) ** 2
        a, b = max(j - 1, low), min(j + 2, high)
        dx, dy = lanes.x[b] - lanes.x[a], lanes.y[b] - lanes.y[a]
        norm = math.sqrt(dx * dx + dy * dy)
        x, y = x - offset * dy / norm, y + offset * dx / norm
    return x, y, z


@inner_kernel
def _choose(lanes: LaneTable, cars: Records, i: int, lane: int) -> Scalar:
    """The lane to go on with at random, -1 at the network's end; turning back only where nothing else is left."""
    low, high = lanes.row[lane].next_first, lanes.row[lane].next_last
    for careful in (True, False):
        count = 0
        for k in range(low, high):
            count += _rides(lanes, cars, i, lanes.next[k], careful)
        if count:
            pick = min(int(chance(cars, i) * count), count - 1)
            for k in range(low, high):
                if _rides(lanes, cars, i, lanes.next[k], careful):
                    if pick == 0:
                        return lanes.next[k]
                    pick -= 1
    return -1


@inner_kernel
def _rides(lanes: LaneTable, cars: Records, i: int, lane: int, careful: bool) -> Scalar:
    """Whether a vehicle takes a lane; carefully: not one that turns back or leads nowhere."""
    if lanes.row[lane].cycle and not cars[i].cycle:
        return 0
    dead = lanes.row[lane].next_first == lanes.row[lane].next_last
    return 0 if careful and (lanes.row[lane].turn == _BACK or (dead and lanes.row[lane].junction >= 0)) else 1


@kernel
def lay(lanes: LaneTable, cars: Records, rails: Rails, i: int, lane: int, start: float, s: float) -> None:
    """Add the stretch of a lane from `s` on to its end, beginning at metres `start` of the rail."""
    q = rails.row[i].stretches
    rails.stretch[i, q].lane, rails.stretch[i, q].start, rails.stretch[i, q].s = lane, start, s
    rails.stretch[i, q].stop = start + lanes.row[lane].length - s
    rails.row[i].stretches = q + 1
    _fill(lanes, cars, rails, i)


@inner_kernel
def _fill(lanes: LaneTable, cars: Records, rails: Rails, i: int) -> None:
    """Points along the last stretch, from where the rail ends so far."""
    q = rails.row[i].stretches - 1
    lane, first = rails.stretch[i, q].lane, rails.row[i].count
    m = first
    if abs(cars[i].offset) > _ASIDE:
        m = _fill_aside(lanes, cars, rails, i, q)
    while m * STEP <= rails.stretch[i, q].stop and m < rails.x.shape[1]:
        s = rails.stretch[i, q].s + m * STEP - rails.stretch[i, q].start
        rails.x[i, m], rails.y[i, m], rails.z[i, m] = lane_point(lanes, lane, s, cars[i].offset)
        rails.cap[i, m] = min(lanes.row[lane].limit * cars[i].factor, cars[i].top)
        m += 1
    rails.row[i].count = m
    _round_off(rails, i, max(first - _ROUNDED, 0))
    limit_speed(rails, i, max(first - _ROUNDED, 0))


@inner_kernel
def _round_off(rails: Rails, i: int, first: int) -> None:
    """Round the corners that the map's lanes have, from a point on, without making bends tighter (Taubin 1995)."""
    for k in range(2 * _ROUNDED):
        w = 0.25 if k % 2 == 0 else -0.265
        bx, by, bz = rails.x[i, first], rails.y[i, first], rails.z[i, first]
        for m in range(first + 1, rails.row[i].count - 1):
            ax, ay, az = bx, by, bz
            bx, by, bz = rails.x[i, m], rails.y[i, m], rails.z[i, m]
            rails.x[i, m] = bx + w * (ax - 2.0 * bx + rails.x[i, m + 1])
            rails.y[i, m] = by + w * (ay - 2.0 * by + rails.y[i, m + 1])
            rails.z[i, m] = bz + w * (az - 2.0 * bz + rails.z[i, m + 1])


@inner_kernel
def _fill_aside(lanes: LaneTable, cars: Records, rails: Rails, i: int, q: int) -> Scalar:
    """Points along a stretch beside the lane's middle, where bends make the way shorter or longer than the lane.

    Returns:
        How many points the rail has then. The stretch ends where that way does.
    """
    lane, m = rails.stretch[i, q].lane, rails.row[i].count
    s = rails.stretch[i, q].s
    cap = min(lanes.row[lane].limit * cars[i].factor, cars[i].top)
    if m == 0:
        rails.x[i, 0], rails.y[i, 0], rails.z[i, 0] = lane_point(lanes, lane, s, cars[i].offset)
        rails.cap[i, 0], m = cap, 1
    at = (m - 1) * STEP
    x0, y0, z0 = rails.x[i, m - 1], rails.y[i, m - 1], rails.z[i, m - 1]
    while s < lanes.row[lane].length and m < rails.x.shape[1]:
        s = min(s + 0.4 * _FINE, lanes.row[lane].length)
        x, y, z = lane_point(lanes, lane, s, cars[i].offset)
        step = max(math.sqrt((x - x0) ** 2 + (y - y0) ** 2), 1e-9)
        while at + step >= m * STEP and m < rails.x.shape[1]:
            f = (m * STEP - at) / step
            rails.x[i, m], rails.y[i, m] = x0 + f * (x - x0), y0 + f * (y - y0)
            rails.z[i, m], rails.cap[i, m] = z0 + f * (z - z0), cap
            m += 1
        at += step
        x0, y0, z0 = x, y, z
    rails.stretch[i, q].stop = at
    return m


@kernel
def limit_speed(rails: Rails, i: int, first: int) -> None:
    """Lower the speeds from a point on to what bends allow, and before that so far that braking is gentle."""
    last = rails.row[i].count - 1
    for m in range(max(first, 2), last - 1):
        ax, ay = rails.x[i, m] - rails.x[i, m - 2], rails.y[i, m] - rails.y[i, m - 2]
        bx, by = rails.x[i, m + 2] - rails.x[i, m], rails.y[i, m + 2] - rails.y[i, m]
        cx, cy = ax + bx, ay + by
        lengths = math.sqrt((ax * ax + ay * ay) * (bx * bx + by * by) * (cx * cx + cy * cy))
        bend = 2.0 * abs(ax * by - ay * bx) / max(lengths, 1e-9)
        if bend > 1e-5:
            rails.cap[i, m] = min(rails.cap[i, m], math.sqrt(_LATERAL / bend))
    m = last - 1
    while m >= 0:
        allowed = math.sqrt(rails.cap[i, m + 1] ** 2 + 2.0 * _SLOWING * STEP)
        if rails.cap[i, m] > allowed:
            rails.cap[i, m] = allowed
        elif m < first - 3:
            break
        m -= 1


@kernel
def extend(lanes: LaneTable, cars: Records, rails: Rails, i: int, reach: float) -> None:
    """Lay lanes until the rail is long enough or the network ends."""
    full = rails.x.shape[1]
    while not rails.row[i].ended and (rails.row[i].count - 1) * STEP < reach and rails.row[i].count < full:
        q = rails.row[i].stretches - 1
        lane = -1 if q + 2 >= rails.stretch.shape[1] else _choose(lanes, cars, i, rails.stretch[i, q].lane)
        if lane < 0:
            rails.row[i].ended = True
            return
        lay(lanes, cars, rails, i, lane, rails.stretch[i, q].stop, 0.0)


@inner_kernel
def lay_change(
    lanes: LaneTable, cars: Records, rails: Rails, i: int, q: int, other: int, side: int, over: float
) -> None:
    """Lead the rail over to the neighbour lane, from just ahead of the front axle, within `over` metres of lane.

    The change is from stretch `q` to lane `other` on a side (+1 left), and takes `over` metres of the own lane.
    """
    m = int((cars[i].r + cars[i].base) / STEP) + 2
    begin = m * STEP
    lane = rails.stretch[i, q].lane
    s0 = rails.stretch[i, q].s + begin - rails.stretch[i, q].start
    x0, y0 = rails.x[i, m], rails.y[i, m]
    z0, travelled, due = rails.z[i, m], 0.0, STEP
    count = int(over / _FINE)
    cap = min(lanes.row[other].limit * cars[i].factor, cars[i].top)
    s_new = 0.0
    first = m
    for k in range(1, count + 1):
        u = k / count
        w = u * u * u * (10.0 - 15.0 * u + 6.0 * u * u)
        s = s0 + k * _FINE
        s_new = abreast(lanes, lane, s, side)
        ax, ay, az = lane_point(lanes, lane, s, cars[i].offset)
        bx, by, bz = lane_point(lanes, other, s_new, cars[i].offset)
        x, y, z = ax + w * (bx - ax), ay + w * (by - ay), az + w * (bz - az)
        step = math.sqrt((x - x0) ** 2 + (y - y0) ** 2)
        while travelled + step >= due:
            f = (due - travelled) / step
            m += 1
            rails.x[i, m], rails.y[i, m] = x0 + f * (x - x0), y0 + f * (y - y0)
            rails.z[i, m], rails.cap[i, m] = z0 + f * (z - z0), cap
            due += STEP
        travelled += step
        x0, y0, z0 = x, y, z
    end = begin + travelled
    rails.row[i].count = m + 1
    rails.row[i].ended = False
    rails.stretch[i, q].stop = begin + _OUT * travelled
    rails.row[i].stretches = q + 1
    back = cars[i].r - cars[i].tail
    limit_speed(rails, i, first - 2)
    lay(lanes, cars, rails, i, other, back, s_new - (end - back))
    cars[i].change_end = end


@inner_kernel
def abreast(lanes: LaneTable, lane: int, s: float, side: int) -> Scalar:
    """Metres along the neighbour lane abreast of metres along a lane."""
    table = lanes.left_s if side > 0 else lanes.right_s
    low, high = lanes.row[lane].first, lanes.row[lane].last - 1
    at = s / lanes.row[lane].spacing
    k = min(max(int(at), 0), high - low - 1)
    return table[low + k] + (at - k) * (table[low + k + 1] - table[low + k])
