"""Who is on which lane, and who is ahead."""

from __future__ import annotations

from roadmark.traffic.vehicles.arrays import ON, World
from roadmark.traffic.vehicles.follow import NOTHING, follow_car
from roadmark.traffic.vehicles.jit import Scalar, inner_kernel

_AHEAD = 110.0  # metres over which others matter


@inner_kernel
def register(world: World) -> None:
    """Enter every vehicle's body into the lists of the lanes it is on."""
    cars, rails, bodies = world.cars, world.rails, world.bodies
    bodies.head[:] = -1
    count = 0
    for i in range(len(cars)):
        if cars[i].on != ON:
            continue
        rear, front = cars[i].r - cars[i].tail, cars[i].r + cars[i].nose
        while rails.row[i].low < rails.row[i].stretches - 1 and rails.stretch[i, rails.row[i].low].stop < rear - 0.5:
            rails.row[i].low += 1
        for q in range(rails.row[i].low, rails.row[i].stretches):
            if rails.stretch[i, q].start > front:
                break
            if rails.stretch[i, q].stop < rear or count >= len(bodies.entry):
                continue
            shift = rails.stretch[i, q].s - rails.stretch[i, q].start
            lane = rails.stretch[i, q].lane
            bodies.entry[count].car = i
            bodies.entry[count].low = max(rear, rails.stretch[i, q].start) + shift
            bodies.entry[count].high = min(front, rails.stretch[i, q].stop) + shift
            bodies.entry[count].next = bodies.head[lane]
            bodies.head[lane] = count
            count += 1


@inner_kernel
def behind_leaders(world: World, i: int) -> Scalar:
    """m/s2 behind whoever is ahead on the lanes of the rail; keeps the nearest in the vehicle's row."""
    cars, rails, bodies = world.cars, world.rails, world.bodies
    front = cars[i].r + cars[i].nose
    push = NOTHING
    cars[i].lead_gap, cars[i].lead_v = 1e3, 0.0
    for q in range(rails.row[i].low, rails.row[i].stretches):
        if rails.stretch[i, q].start > front + _AHEAD:
            break
        if rails.stretch[i, q].stop < front:
            continue
        shift = rails.stretch[i, q].start - rails.stretch[i, q].s
        e = bodies.head[rails.stretch[i, q].lane]
        while e >= 0:
            j = bodies.entry[e].car
            ahead = bodies.entry[e].high + shift - front
            if j != i and (ahead > 0.0 or (ahead == 0.0 and j < i)):
                push = min(push, follow(world, i, bodies.entry[e].low + shift - front, cars[j].v))
            e = bodies.entry[e].next
    return push


@inner_kernel
def follow(world: World, i: int, gap: float, speed: float) -> Scalar:
    """m/s2 behind someone, who is noted where nobody nearer is."""
    cars = world.cars
    if gap < cars[i].lead_gap:
        cars[i].lead_gap, cars[i].lead_v = gap, speed
    return follow_car(cars, i, gap, speed)


@inner_kernel
def neighbours(world: World, lane: int, s: float, i: int) -> tuple[Scalar, Scalar, Scalar, Scalar]:
    """The nearest bodies around a place on a lane: metres to the rear of the one ahead, its row, to the front behind.

    Looks on over the ends of the lane by one lane. A body that holds the place itself is 0 m ahead and behind.

    Returns:
        Gap ahead, vehicle ahead or -1, gap behind, vehicle behind or -1; gaps are seen from `s`.
    """
    lanes, bodies = world.lanes, world.bodies
    ahead, who_ahead, behind, who_behind = 1e3, -1, 1e3, -1
    e = bodies.head[lane]
    while e >= 0:
        j = bodies.entry[e].car
        if j != i:
            if bodies.entry[e].high >= s and bodies.entry[e].low - s < ahead:
                ahead, who_ahead = bodies.entry[e].low - s, j
            if bodies.entry[e].low <= s and s - bodies.entry[e].high < behind:
                behind, who_behind = s - bodies.entry[e].high, j
        e = bodies.entry[e].next
    for k in range(lanes.row[lane].next_first, lanes.row[lane].next_last):
        e = bodies.head[lanes.next[k]]
        while e >= 0:
            gap = lanes.row[lane].length - s + bodies.entry[e].low
            if bodies.entry[e].car != i and gap < ahead:
                ahead, who_ahead = gap, bodies.entry[e].car
            e = bodies.entry[e].next
    for k in range(lanes.row[lane].back_first, lanes.row[lane].back_last):
        other = lanes.back[k]
        e = bodies.head[other]
        while e >= 0:
            gap = s + lanes.row[other].length - bodies.entry[e].high
            if bodies.entry[e].car != i and gap < behind:
                behind, who_behind = gap, bodies.entry[e].car
            e = bodies.entry[e].next
    return ahead, who_ahead, behind, who_behind
