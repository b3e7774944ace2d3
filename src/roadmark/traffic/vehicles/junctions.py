"""Right of way: who may enter a junction when, and who waits for whom inside."""

from __future__ import annotations

from roadmark.traffic.vehicles.arrays import CROSS, LIGHT, MERGE, ON, SPLIT, STOP, World
from roadmark.traffic.vehicles.bodies import follow
from roadmark.traffic.vehicles.follow import NOTHING, needed_braking, profile, stop_within, time_to
from roadmark.traffic.vehicles.jit import Scalar, inner_kernel
from roadmark.traffic.vehicles.zones import zones_free

_RED, _YELLOW, _GREEN = 0, 1, 2  # of SignalState
_ASK = 1.7  # m/s2 that stopping before the junction must need before a driver asks to enter
_SOON = 70.0  # metres before a junction within which others reckon with a vehicle
_INSIDE = 60.0  # metres ahead over which zones of others in the junction matter
_LATE_BRAKING = 3.5  # m/s2 up to which drivers brake for yellow
_LINK = 1.8  # metres more than its length: on shorter roads between two junctions a vehicle cannot wait
_AFTER, _BEFORE = 0.8, 2.0  # seconds between two crossings: after one who is in, and before one who comes
_LATER = 3.0  # seconds that a second light on the way must stay as it is after the arrival there
_EXIT = 60.0  # metres behind a junction over which those ahead may come to stand
_ROOM = 2.5  # metres kept to whoever stands behind the junction


@inner_kernel
def next_passage(world: World, i: int) -> tuple[Scalar, Scalar]:
    """First and last stretch of the next way through a junction that there is no leave for; -1 where none is near.

    Short roads between two junctions belong to the way.
    """
    cars, rails, lanes = world.cars, world.rails, world.lanes
    rear, front = cars[i].r - cars[i].tail, cars[i].r + cars[i].nose
    count = rails.row[i].stretches
    inside = False  # on the way through a junction that the front is in already
    for q in range(rails.row[i].low, count):
        if rails.stretch[i, q].start > front + _SOON + 40.0:
            break
        junction = lanes.row[rails.stretch[i, q].lane].junction >= 0
        inside = junction and (inside or rails.stretch[i, q].start <= front)
        if not junction or inside or rails.stretch[i, q].stop <= max(cars[i].granted, rear) + 0.01:
            continue
        last = q
        while last + 1 < count:
            after = last + 1
            if lanes.row[rails.stretch[i, after].lane].junction >= 0:
                last = after
                continue
            again = after + 1 < count and lanes.row[rails.stretch[i, after + 1].lane].junction >= 0
            if again and lanes.row[rails.stretch[i, after].lane].length < cars[i].nose + cars[i].tail + _LINK:
                last = after + 1
                continue
            break
        return q, last
    return -1, -1


@inner_kernel
def wait_line(world: World, i: int, q: int) -> Scalar:
    """Metres along the rail where fronts wait before the stretch `q` in a junction."""
    rails, lanes = world.rails, world.lanes
    if q == 0:
        return rails.stretch[i, q].start
    before = rails.stretch[i, q - 1].lane
    return rails.stretch[i, q].start - max(lanes.row[before].length - lanes.row[before].stop, 0.3)


@inner_kernel
def register_users(world: World) -> None:
    """Enter everyone who is in a junction, may enter it, or comes near it, into the lists of its lanes."""
    cars, rails, lanes, users = world.cars, world.rails, world.lanes, world.users
    users.head[:] = -1
    count = 0
    for i in range(len(cars)):
        if cars[i].on != ON:
            continue
        rear, front = cars[i].r - cars[i].tail, cars[i].r + cars[i].nose
        for q in range(rails.row[i].low, rails.row[i].stretches):
            if rails.stretch[i, q].start > front + _SOON or count >= len(users.entry):
                break
            lane = rails.stretch[i, q].lane
            if lanes.row[lane].junction < 0 or rails.stretch[i, q].stop < rear:
                continue
            users.entry[count].car = i
            users.entry[count].low = rails.stretch[i, q].start - rails.stretch[i, q].s
            users.entry[count].high = 1.0 if rails.stretch[i, q].start < max(cars[i].granted, front) else 0.0
            users.entry[count].next = users.head[lane]
            users.head[lane] = count
            count += 1


@inner_kernel
def yield_inside(world: World, i: int, tick: int) -> Scalar:
    """m/s2 in a junction: behind who goes before on merging and parting lanes, and before who crosses."""
    cars, rails, lanes, users = world.cars, world.rails, world.lanes, world.users
    front = cars[i].r + cars[i].nose
    push = NOTHING
    for q in range(rails.row[i].low, rails.row[i].stretches):
        if rails.stretch[i, q].start > front + _INSIDE or rails.stretch[i, q].start >= max(cars[i].granted, front):
            break
        lane = rails.stretch[i, q].lane
        if lanes.row[lane].junction < 0 or rails.stretch[i, q].stop < front:
            continue
        here = front - rails.stretch[i, q].start + rails.stretch[i, q].s
        for c in range(lanes.row[lane].conflict_first, lanes.row[lane].conflict_last):
            e = users.head[lanes.conflict[c].lane]
            while e >= 0:
                if users.entry[e].car != i and users.entry[e].high > 0.5:
                    push = min(push, _yield_to(world, i, here, lane, c, users.entry[e].car, users.entry[e].low, tick))
                e = users.entry[e].next
    return push


@inner_kernel
def _yield_to(world: World, i: int, here: float, lane: int, c: int, j: int, begin: float, tick: int) -> Scalar:
    """m/s2 for one other vehicle inside, `here` being the own front's place on the lane."""
    cars, lanes = world.cars, world.lanes
    kind = lanes.conflict[c].kind
    nose = cars[j].r + cars[j].nose - begin
    rear = cars[j].r - cars[j].tail - begin
    push = NOTHING
    if kind & SPLIT and rear < lanes.conflict[c].t1 + 0.5:
        lead = lanes.row[lanes.conflict[c].lane].before - lanes.row[lane].before
        if nose + lead > here:
            push = min(push, follow(world, i, rear + lead - here, cars[j].v))
    if kind & MERGE:
        mine = lanes.row[lane].length + lanes.row[lane].rest - here
        other = lanes.row[lanes.conflict[c].lane].length + lanes.row[lanes.conflict[c].lane].rest
        first = other - nose < mine or (other - nose == mine and j < i)
        parting = kind & SPLIT and rear < lanes.conflict[c].t1
        if first and not parting:
            push = min(push, follow(world, i, mine - (other - rear), cars[j].v))
    if kind & CROSS and here < lanes.conflict[c].h0 and rear < lanes.conflict[c].t1:
        inside = nose > lanes.conflict[c].t0
        if inside or (cars[j].order < cars[i].order and not _led(world, c, j, nose)):
            profile(world, i, tick)
            arrives = time_to(world, i, lanes.conflict[c].h0 - here)
            clears = (lanes.conflict[c].t1 - rear) / max(cars[j].v, 0.7)
            if arrives < clears + 0.4:
                push = min(push, stop_within(cars[i].v, lanes.conflict[c].h0 - here - 0.5))
    return push


@inner_kernel
def _led(world: World, c: int, j: int, nose: float) -> Scalar:
    """Whether someone is before a vehicle on its lane of a conflict: then he decides who goes first, not it."""
    cars, lanes, users = world.cars, world.lanes, world.users
    e = users.head[lanes.conflict[c].lane]
    while e >= 0:
        k = users.entry[e].car
        place = cars[k].r - users.entry[e].low
        if k != j and place + cars[k].nose > nose and place - cars[k].tail < lanes.conflict[c].t1:
            return True
        e = users.entry[e].next
    return False


@inner_kernel
def light_allows(world: World, i: int, q: int, tick: int, dt: float, first: bool) -> Scalar:
    """Whether the light of a stretch lets the vehicle's front in by the time it is there."""
    lanes, lights, cars, rails = world.lanes, world.lights, world.cars, world.rails
    light = lanes.row[rails.stretch[i, q].lane].light
    if light < 0:
        return True
    arrives = time_to(world, i, rails.stretch[i, q].start - cars[i].r - cars[i].nose)
    if first:
        state = lights.state[light, tick]
        if state in (_RED, _YELLOW):
            return False
        return arrives + 0.25 < lights.until_red[light, tick]
    at = min(tick + int(arrives / dt), lights.state.shape[1] - 1)
    return lights.state[light, at] != _RED and lights.until_red[light, at] > _LATER


@inner_kernel
def may_enter(world: World, i: int, first: int, last: int, tick: int, dt: float) -> Scalar:
    """Whether a vehicle that asks may go through the junction now."""
    cars, rails, lanes = world.cars, world.rails, world.lanes
    front = cars[i].r + cars[i].nose
    before = rails.stretch[i, max(first - 1, 0)].lane
    if lanes.row[before].sign == STOP and not cars[i].obeyed:
        return False
    profile(world, i, tick)
    signed = lanes.row[before].sign == LIGHT
    for q in range(first, last + 1):
        lane = rails.stretch[i, q].lane
        if lanes.row[lane].junction < 0:
            if world.bodies.head[lane] >= 0 or _queue(world, i, rails.stretch[i, q - 1].lane) > 0.0:
                return False  # whoever is on a road too short to wait on must be off it first
            continue
        if not light_allows(world, i, q, tick, dt, q == first):
            return False
        if not zones_free(world, i, q, tick, dt):
            return False
        begin = rails.stretch[i, q].start - rails.stretch[i, q].s - front
        for c in range(lanes.row[lane].conflict_first, lanes.row[lane].conflict_last):
            if not _conflict_free(world, i, lane, begin, c, tick, signed):
                return False
    if last + 1 < rails.row[i].stretches and not zones_free(world, i, last + 1, tick, dt):
        return False
    return _room_behind(world, i, first, last)


@inner_kernel
def _conflict_free(world: World, i: int, lane: int, begin: float, c: int, tick: int, signed: bool) -> Scalar:
    """Whether nobody on a conflicting lane stands against entering; the own lane begins `begin` metres ahead."""
    cars, lanes, users = world.cars, world.lanes, world.users
    kind = lanes.conflict[c].kind
    if kind == SPLIT:
        return True
    size = cars[i].nose + cars[i].tail
    enters = time_to(world, i, begin + lanes.conflict[c].h0 - 0.5)
    leaves = time_to(world, i, begin + lanes.conflict[c].h1 + size + 0.5)
    joins = time_to(world, i, begin + lanes.row[lane].length)
    e = users.head[lanes.conflict[c].lane]
    while e >= 0:
        j, base, inside = users.entry[e].car, users.entry[e].low, users.entry[e].high > 0.5
        e = users.entry[e].next
        nose = cars[j].r + cars[j].nose
        rear = cars[j].r - cars[j].tail
        if j == i or rear > base + lanes.conflict[c].t1 + 0.3:
            continue
        if not inside and not _counts(world, i, j, c, tick):
            continue
        profile(world, j, tick)
        other_size = cars[j].nose + cars[j].tail
        comes = time_to(world, j, base + lanes.conflict[c].t0 - nose)
        goes = time_to(world, j, base + lanes.conflict[c].t1 + other_size + 0.5 - nose)
        if kind & CROSS:
            if goes + _AFTER > enters and comes < leaves + _BEFORE:
                return False
        else:
            there = time_to(world, j, base + lanes.row[lanes.conflict[c].lane].length - nose)
            apart = 0.7 + 1.2 * cars[i].headway
            if there <= joins:
                if joins - there < apart + other_size / max(cars[j].v, 4.0):
                    return False
            elif there - joins < apart + _BEFORE * 0.7 + size / 5.0 + 0.12 * max(cars[j].v - cars[i].v, 0.0):
                return False
    return True


@inner_kernel
def _counts(world: World, i: int, j: int, c: int, tick: int) -> Scalar:
    """Whether one who is not in the junction yet has priority over a vehicle that asks."""
    cars, lanes, lights = world.cars, world.lanes, world.lights
    if not lanes.conflict[c].yields or cars[i].stood > cars[i].patience:
        return False
    light = lanes.row[lanes.conflict[c].lane].light
    if light >= 0 and lights.state[light, tick] == _RED:
        return False
    return cars[j].stood < 2.5


@inner_kernel
def _room_behind(world: World, i: int, first: int, last: int) -> Scalar:
    """Whether there is room to leave the junction, with everyone who is in it and leaves it the same way.

    Whoever is ahead may come to stand: where brakes stop him, behind others, and before the next junction.
    """
    cars, rails, lanes, bodies = world.cars, world.rails, world.lanes, world.bodies
    out = rails.stretch[i, last].stop
    room, queue = 1e3, 0.0
    for q in range(last + 1, rails.row[i].stretches):
        if rails.stretch[i, q].start > out + _EXIT:
            break
        if lanes.row[rails.stretch[i, q].lane].junction >= 0:
            room = min(room, wait_line(world, i, q) - out - queue)
            break
        shift = rails.stretch[i, q].start - rails.stretch[i, q].s - out
        e = bodies.head[rails.stretch[i, q].lane]
        while e >= 0:
            j = bodies.entry[e].car
            if j != i and bodies.entry[e].high + shift > 0.0:
                length = cars[j].nose + cars[j].tail
                queue += length + _ROOM
                stands = bodies.entry[e].low + shift + cars[j].v * cars[j].v / 5.0
                room = min(room, stands - _between(world, i, q, out, bodies.entry[e].low + shift, last))
            e = bodies.entry[e].next
    if room > 900.0:
        return True
    for q in range(first, last + 1):
        lane = rails.stretch[i, q].lane
        room -= _queue(world, i, lane)
        for c in range(lanes.row[lane].conflict_first, lanes.row[lane].conflict_last):
            if lanes.conflict[c].kind & MERGE:
                room -= _queue(world, i, lanes.conflict[c].lane)
    return room > cars[i].nose + cars[i].tail + _ROOM


@inner_kernel
def _between(world: World, i: int, q: int, out: float, place: float, last: int) -> Scalar:
    """Metres that those need who are behind the junction, but before a place on stretch `q`."""
    cars, rails, bodies = world.cars, world.rails, world.bodies
    length = 0.0
    for p in range(last + 1, q + 1):
        shift = rails.stretch[i, p].start - rails.stretch[i, p].s - out
        e = bodies.head[rails.stretch[i, p].lane]
        while e >= 0:
            j = bodies.entry[e].car
            if j != i and bodies.entry[e].low + shift < place - 0.01 and bodies.entry[e].high + shift > 0.0:
                length += cars[j].nose + cars[j].tail + _ROOM
            e = bodies.entry[e].next
    return length


@inner_kernel
def _queue(world: World, i: int, lane: int) -> Scalar:
    """Metres that those need who are on a lane of a junction or may enter it."""
    cars, lanes, users = world.cars, world.lanes, world.users
    if lanes.row[lane].junction < 0:
        return 0.0
    length = 0.0
    e = users.head[lane]
    while e >= 0:
        j = users.entry[e].car
        if j != i and users.entry[e].high > 0.5:
            length += cars[j].nose + cars[j].tail + _ROOM
        e = users.entry[e].next
    return length


@inner_kernel
def at_junction(world: World, i: int, tick: int, dt: float, grants: Scalar) -> Scalar:
    """m/s2 before the next junction; asks for leave when near, and gives it up for yellow.

    Args:
        world: The world.
        i: Vehicle.
        tick: Now.
        dt: Seconds per tick.
        grants: (1,) how many leaves have been given.
    """
    cars, rails = world.cars, world.rails
    front = cars[i].r + cars[i].nose
    _give_up(world, i, front, tick, dt)
    first, last = next_passage(world, i)
    if first < 0:
        return NOTHING
    line = wait_line(world, i, first)
    room = line - 0.3 - front
    if front > line:
        room = rails.stretch[i, first].start - 0.2 - front
    v = cars[i].v
    if cars[i].stood > 0.5 and room < 2.5:
        cars[i].obeyed = True
    asks = needed_braking(v, room - 0.4 * v) > _ASK or room < 4.0
    if asks and may_enter(world, i, first, last, tick, dt):
        cars[i].granted = rails.stretch[i, last].stop
        cars[i].order = grants[0]
        grants[0] += 1
        cars[i].obeyed = False
        return NOTHING
    return stop_within(v, room)


@inner_kernel
def _give_up(world: World, i: int, front: float, tick: int, dt: float) -> None:
    """Take back the leave of one whose light turns before its front is in, if it can still stop."""
    cars, rails, lanes, lights = world.cars, world.rails, world.lanes, world.lights
    if cars[i].granted <= front:
        return
    for q in range(rails.row[i].low, rails.row[i].stretches):
        if rails.stretch[i, q].start >= cars[i].granted:
            return
        light = lanes.row[rails.stretch[i, q].lane].light
        if rails.stretch[i, q].start <= front or light < 0:
            continue
        room = wait_line(world, i, q) - 0.3 - front
        if room < 0.0:
            room = rails.stretch[i, q].start - 0.3 - front
        if room < 0.0:
            return
        profile(world, i, tick)
        late = time_to(world, i, rails.stretch[i, q].start - front) + 0.1 > lights.until_red[light, tick]
        braking = needed_braking(cars[i].v, room)
        yellow = lights.state[light, tick] == _YELLOW and braking < _LATE_BRAKING
        if lights.state[light, tick] == _RED or yellow or (late and braking < 4.5):
            cars[i].granted = min(rails.stretch[i, q].start - 0.05, cars[i].granted)
        return
