"""Changing lanes: MOBIL (Kesting et al. 2007) with room, permission and a blink before."""

from __future__ import annotations

from roadmark.traffic.vehicles.arrays import STANDS, World
from roadmark.traffic.vehicles.bodies import neighbours
from roadmark.traffic.vehicles.follow import NOTHING, cap_at, follow_car
from roadmark.traffic.vehicles.jit import Scalar, inner_kernel
from roadmark.traffic.vehicles.rails import abreast, lay_change

_EVERY = 0.7  # seconds between two thoughts about it
_BLINK = 1.1  # seconds of blinking before
_TAKES = 4.2  # seconds a change takes
_SHORTEST = 18.0  # metres it takes at least
_SAFE = -1.8  # m/s2 that it may ask of anybody
_GAIN = 0.35  # m/s2 that it must bring
_POLITENESS = 0.3
_OUT_OF_LANE = 0.75  # share of a change after which a vehicle is out of its old lane
_SPARE = 6.0  # metres left then to whoever stands in the old lane
_REST = 25.0  # metres of lane that must be left behind a change
_SLOWEST = 3.0  # m/s below which nobody changes


@inner_kernel
def change_lane(world: World, i: int, tick: int, dt: float) -> None:
    """Think about a lane change, or begin one that was signalled."""
    cars = world.cars
    if cars[i].change_end >= 0.0:
        if cars[i].r - cars[i].tail > cars[i].change_end:
            cars[i].change_end, cars[i].side = -1.0, 0
        return
    if cars[i].wish >= 0:
        if tick >= cars[i].wish:
            _begin(world, i)
            cars[i].wish = -1
        return
    every = max(int(_EVERY / dt), 1)
    if (tick + 7 * i) % every or cars[i].v < _SLOWEST or cars[i].cycle:
        return
    best, side = _GAIN, 0
    for s in (1, -1):
        gain = _gain(world, i, s)
        if gain > best:
            best, side = gain, s
    if side:
        cars[i].side = side
        cars[i].wish = tick + int(_BLINK / dt)


@inner_kernel
def _begin(world: World, i: int) -> None:
    """Begin the wished change if it is still safe; else drop the wish."""
    cars, rails, lanes = world.cars, world.rails, world.lanes
    side = cars[i].side
    q = _stretch(world, i)
    if q < 0 or _gain(world, i, side) < -0.5:
        cars[i].side = 0
        return
    lane = rails.stretch[i, q].lane
    other = lanes.row[lane].left if side > 0 else lanes.row[lane].right
    lay_change(lanes, cars, rails, i, q, other, side, _over(world, i))


@inner_kernel
def _over(world: World, i: int) -> Scalar:
    """Metres that a change takes at the vehicle's speed."""
    return max(_TAKES * world.cars[i].v, _SHORTEST)


@inner_kernel
def _stretch(world: World, i: int) -> Scalar:
    """The stretch that holds the whole vehicle and all of a change, outside junctions and not near one; else -1."""
    cars, rails, lanes = world.cars, world.rails, world.lanes
    q = rails.row[i].low
    front = cars[i].r + cars[i].nose
    while q < rails.row[i].stretches and rails.stretch[i, q].stop < front:
        q += 1
    if q >= rails.row[i].stretches or rails.stretch[i, q].start > cars[i].r - cars[i].tail:
        return -1
    lane = rails.stretch[i, q].lane
    if lanes.row[lane].junction >= 0 or cars[i].granted > front:
        return -1
    return q if rails.stretch[i, q].stop > front + _over(world, i) + _REST else -1


@inner_kernel
def _can_pull_out(world: World, i: int, q: int) -> Scalar:
    """Whether a change is over before the vehicle reaches whoever stands in its own lane."""
    cars, rails, zones = world.cars, world.rails, world.zones
    needed = _OUT_OF_LANE * _over(world, i) + _SPARE
    if cars[i].lead_v < 2.0 and cars[i].lead_gap < needed:
        return False
    lane = rails.stretch[i, q].lane
    shift = rails.stretch[i, q].start - rails.stretch[i, q].s - cars[i].r - cars[i].nose
    for z in range(zones.first[lane], zones.first[lane + 1]):
        near = zones.row[z].low + shift
        if zones.row[z].kind == STANDS and -1.0 < near < needed:
            return False
    return True


@inner_kernel
def _gain(world: World, i: int, side: int) -> Scalar:
    """m/s2 that a change brings, by MOBIL; a large loss where it is not safe or not allowed."""
    cars, rails, lanes, zones = world.cars, world.rails, world.lanes, world.zones
    q = _stretch(world, i)
    if q < 0:
        return -NOTHING
    lane = rails.stretch[i, q].lane
    other = lanes.row[lane].left if side > 0 else lanes.row[lane].right
    allowed = lanes.row[lane].left_ok if side > 0 else lanes.row[lane].right_ok
    if other < 0 or not allowed or lanes.row[other].cycle or zones.first[other] < zones.first[other + 1]:
        return -NOTHING
    front = cars[i].r + cars[i].nose
    s = abreast(lanes, lane, front - rails.stretch[i, q].start + rails.stretch[i, q].s, side)
    if lanes.row[other].length - s < _over(world, i) + _REST:
        return -NOTHING
    ahead, j, _, _ = neighbours(world, other, s, i)
    _, _, behind, k = neighbours(world, other, s - cars[i].nose - cars[i].tail, i)
    if ahead < 1.5 * cars[i].gap or behind < 2.0 * cars[i].gap:
        return -NOTHING
    if not _can_pull_out(world, i, q):
        return -NOTHING
    free = cars[i].accel * (1.0 - (cars[i].v / max(cap_at(rails, i, front), 1.0)) ** 4)
    new = free if j < 0 else min(free, follow_car(cars, i, ahead, cars[j].v))
    now = free if cars[i].lead_gap > 500.0 else min(free, follow_car(cars, i, cars[i].lead_gap, cars[i].lead_v))
    loss = 0.0
    if k >= 0:
        after = follow_car(cars, k, behind, cars[i].v)
        if after < _SAFE or behind < cars[k].gap + 0.6 * cars[k].v:
            return -NOTHING
        loss = max(-after, 0.0)
    if new < _SAFE or (j >= 0 and cars[i].lead_v > cars[j].v + 2.0 and cars[i].lead_gap < 500.0):
        return -NOTHING
    return new - now - _POLITENESS * loss
