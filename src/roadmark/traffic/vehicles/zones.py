"""Staying clear of those whose courses are known in advance: people, and scripted actors."""

from __future__ import annotations

from roadmark.traffic.vehicles.arrays import MOVES, World
from roadmark.traffic.vehicles.follow import NOTHING, follow_car, profile, stop_within, time_to
from roadmark.traffic.vehicles.jit import Scalar, inner_kernel, kernel

_AHEAD = 75.0  # metres over which zones matter
_FORESIGHT = 6.0  # seconds over which the ways of those who drive along are foreseen
_KEPT = 1.2  # metres kept to what stands or crosses
_EARLY, _LATE = 1.0, 0.3  # seconds kept before one comes, and after it has gone


@inner_kernel
def _meets(world: World, i: int, z: int, near: float, far: float, tick: int, dt: float) -> Scalar:
    """Whether a vehicle that goes on would be in a zone when it is taken.

    The zone `z` begins and ends `near` and `far` metres from the front of vehicle `i`.
    """
    cars, zones = world.cars, world.zones
    size = cars[i].nose + cars[i].tail
    enters = time_to(world, i, near - _KEPT)
    leaves = time_to(world, i, far + _KEPT + size)
    begin, end = (zones.row[z].begin - tick) * dt, (zones.row[z].end - tick) * dt
    return enters < end + _LATE and leaves > begin - _EARLY


@inner_kernel
def zones_free(world: World, i: int, q: int, tick: int, dt: float) -> Scalar:
    """Whether a vehicle can go through a stretch without meeting anyone there."""
    cars, rails, zones = world.cars, world.rails, world.zones
    lane = rails.stretch[i, q].lane
    front = cars[i].r + cars[i].nose
    shift = rails.stretch[i, q].start - rails.stretch[i, q].s - front
    for z in range(zones.first[lane], zones.first[lane + 1]):
        if zones.row[z].low + shift > _AHEAD:
            continue
        if zones.row[z].end >= tick and _meets(
            world, i, z, zones.row[z].low + shift, zones.row[z].high + shift, tick, dt
        ):
            return False
    return True


@kernel
def clear_of_zones(world: World, i: int, tick: int, dt: float) -> Scalar:
    """m/s2 so as to meet nobody whose course is known."""
    cars, rails, zones = world.cars, world.rails, world.zones
    front = cars[i].r + cars[i].nose
    rear = cars[i].r - cars[i].tail
    push = NOTHING
    for q in range(rails.row[i].low, rails.row[i].stretches):
        if rails.stretch[i, q].start > front + _AHEAD:
            break
        lane = rails.stretch[i, q].lane
        if zones.first[lane] == zones.first[lane + 1] or rails.stretch[i, q].stop < rear:
            continue
        profile(world, i, tick)
        shift = rails.stretch[i, q].start - rails.stretch[i, q].s
        for z in range(zones.first[lane], zones.first[lane + 1]):
            if zones.row[z].end < tick or zones.row[z].high + shift < rear or zones.row[z].low + shift <= front:
                continue
            near, far = zones.row[z].low + shift - front, zones.row[z].high + shift - front
            if zones.row[z].kind == MOVES:
                push = min(push, _stay_behind(world, i, z, near, far, tick, dt))
            elif _meets(world, i, z, near, far, tick, dt):
                push = min(push, stop_within(cars[i].v, near - _KEPT))
    return push


@inner_kernel
def _stay_behind(world: World, i: int, z: int, near: float, far: float, tick: int, dt: float) -> Scalar:
    """m/s2 behind one who drives along the lane, now or soon."""
    cars, zones = world.cars, world.zones
    v, tau = cars[i].v, (zones.row[z].begin - tick) * dt
    if tau <= 0.0:
        push: float = follow_car(cars, i, near, zones.row[z].speed)
        cars[i].lead_gap = min(cars[i].lead_gap, near)
        return push
    if tau > _FORESIGHT or not _meets(world, i, z, near, far, tick, dt):
        return NOTHING
    room = near - cars[i].gap - 0.4 * zones.row[z].speed
    stands_before = room <= 0.5 * v * tau
    needed = v * v / (2.0 * max(room, 0.1)) if stands_before else 2.0 * (v * tau - room) / (tau * tau)
    return -needed if needed > 0.8 else NOTHING
