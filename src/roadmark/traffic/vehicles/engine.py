"""The engine's step, and its loop over time."""

from __future__ import annotations

from roadmark.traffic.vehicles.arrays import GONE, OFF, ON, World
from roadmark.traffic.vehicles.bodies import behind_leaders, register
from roadmark.traffic.vehicles.follow import HARDEST, eased, free_road
from roadmark.traffic.vehicles.jit import Array, Scalar, inner_kernel, kernel
from roadmark.traffic.vehicles.junctions import at_junction, register_users, yield_inside
from roadmark.traffic.vehicles.lane_change import change_lane
from roadmark.traffic.vehicles.rails import HORIZON, extend
from roadmark.traffic.vehicles.zones import clear_of_zones

_LEFT_TURN, _RIGHT_TURN, _U_TURN = 2, 3, 4  # of `LaneTable.turn`
_BLINK_AHEAD, _BLINK_TIME = 12.0, 3.0  # metres, and seconds more, before a junction


@kernel
def run(
    world: World, first: int, last: int, dt: float, grants: Array, course: Array, on: Array, blink: Array, wanted: Array
) -> None:
    """Drive everyone from one tick to another.

    Args:
        world: The world at tick `first`.
        first: The first tick.
        last: The tick after the last.
        dt: Seconds per tick.
        grants: (1,) how many leaves have been given.
        course: (T, V) metres along the rails at each tick, filled in.
        on: (T, V) whether the vehicle is there.
        blink: (T, V) blinkers.
        wanted: (V,) scratch.
    """
    cars = world.cars
    count = len(cars)
    for tick in range(first, last):
        for i in range(count):
            if cars[i].on == OFF and cars[i].begins == tick:
                cars[i].on = ON
            on[tick, i] = cars[i].on == ON
            course[tick, i] = cars[i].r
            if cars[i].on == ON:
                extend(world.lanes, cars, world.rails, i, cars[i].r + HORIZON)
                cars[i].blink = _blinker(world, i)
                blink[tick, i] = cars[i].blink
        register(world)
        register_users(world)
        for i in range(count):
            if cars[i].on == ON:
                wanted[i] = _wanted(world, i, tick, dt, grants)
        for i in range(count):
            if cars[i].on == ON:
                _move(world, i, wanted[i], dt)
                change_lane(world, i, tick, dt)


@inner_kernel
def _wanted(world: World, i: int, tick: int, dt: float, grants: Array) -> Scalar:
    """m/s2 that suit a vehicle's driver: the least of what each consideration allows."""
    push = behind_leaders(world, i)
    push = min(push, yield_inside(world, i, tick))
    push = min(push, free_road(world.cars, world.rails, i))
    push = min(push, clear_of_zones(world, i, tick, dt))
    return min(push, at_junction(world, i, tick, dt, grants))


@inner_kernel
def _move(world: World, i: int, wanted: float, dt: float) -> None:
    """Take one step; vehicles that reach the end of their rail are gone."""
    cars, rails = world.cars, world.rails
    push = max(eased(cars[i].a, wanted, dt), HARDEST)
    after = cars[i].v + push * dt
    if after < 0.02 and push <= 0.0:
        push, after = 0.0, 0.0
    cars[i].r += 0.5 * (cars[i].v + after) * dt
    cars[i].v, cars[i].a = after, push
    cars[i].stood = cars[i].stood + dt if after < 0.3 else 0.0
    if rails.row[i].ended and cars[i].r + cars[i].nose > rails.stretch[i, rails.row[i].stretches - 1].stop - 0.5:
        cars[i].on = GONE


@inner_kernel
def _blinker(world: World, i: int) -> Scalar:
    """Which way a vehicle blinks: for its lane change, else for the turn it is about to take."""
    cars, rails, lanes = world.cars, world.rails, world.lanes
    if cars[i].side != 0:
        return cars[i].side
    rear, front = cars[i].r - cars[i].tail, cars[i].r + cars[i].nose
    for q in range(rails.row[i].low, rails.row[i].stretches):
        if rails.stretch[i, q].start > front + _BLINK_AHEAD + _BLINK_TIME * cars[i].v:
            break
        if rails.stretch[i, q].stop < rear:
            continue
        turn = lanes.row[rails.stretch[i, q].lane].turn
        if turn in (_LEFT_TURN, _U_TURN):
            return 1
        if turn == _RIGHT_TURN:
            return -1
        if turn:
            return 0
    return 0
