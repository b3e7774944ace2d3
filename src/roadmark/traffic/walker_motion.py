"""Walkers moving along their lines, frame by frame: waiting at kerbs, passing each other, never touching."""

from __future__ import annotations

from typing import Any

import numpy as np

from roadmark.traffic.vehicles.jit import inner_kernel, kernel_with_memory

ACCELERATION, BRAKING = 1.2, 2.0
"""m/s2 of people."""
SIDESTEP, SIDESTEP_ACCELERATION = 0.55, 1.2
"""m/s and m/s2 sideways."""
HURRY, FASTEST = 1.2, 1.8
"""How much faster people walk over a crosswalk, and m/s they walk at most."""
CLEARANCE = 0.12
"""Metres people keep between each other."""
_SEE = 6.0  # metres ahead in which they mind each other
_SLOWEST = 0.5  # m/s reckoned with on the way to the kerb
_WINDOW = 0.4  # metres before the kerb within which people stand and wait
_LOOK = 2.1  # seconds ahead for vehicles that are known to come
_NEAR = 25.0
_CAR_CLEARANCE = 0.6
_TOUCH = 0.02  # metres that bodies keep in any case


@inner_kernel
def place(points: Any, first: int, last: int, step: float, distance: float, dodge: float) -> Any:
    """x, y and the direction at a distance along a line, some metres left of it.

    Args:
        points: (P, 4) x, y and unit direction of all lines.
        first: First row of the line.
        last: The row after its last.
        step: Metres between rows.
        distance: Metres along it.
        dodge: Metres to its left.
    """
    at = min(max(distance / step, 0.0), last - first - 1.001)
    row = first + int(at)
    part = at - int(at)
    x = points[row, 0] + (points[row + 1, 0] - points[row, 0]) * part
    y = points[row, 1] + (points[row + 1, 1] - points[row, 1]) * part
    dx = points[row, 2] + (points[row + 1, 2] - points[row, 2]) * part
    dy = points[row, 3] + (points[row + 1, 3] - points[row, 3]) * part
    size = max(np.sqrt(dx * dx + dy * dy), 1e-9)
    dx, dy = dx / size, dy / size
    return x - dy * dodge, y + dx * dodge, dx, dy


@inner_kernel
def hits_vehicle(
    x: float, y: float, vx: float, vy: float, radius: float, frame: int, fps: int, boxes: Any, sizes: Any
) -> bool:
    """Whether someone who goes on like this will be where a known vehicle is, soon.

    Args:
        x: Where the walker is, metres.
        y: Likewise.
        vx: Where to it goes, m/s.
        vy: Likewise.
        radius: How large it is, metres.
        frame: Now.
        fps: Frames per second.
        boxes: (K, F, 4) centre and unit heading of each vehicle's box; NaN while it is not there.
        sizes: (K, 2) half length and width.
    """
    count = boxes.shape[1]
    stride = max(fps // 5, 1)
    for k in range(boxes.shape[0]):
        if not (abs(boxes[k, frame, 0] - x) < _NEAR + 30.0 and abs(boxes[k, frame, 1] - y) < _NEAR + 30.0):
            continue
        for ahead in range(0, int(_LOOK * fps), stride):
            at = min(frame + ahead, count - 1)
            seconds = ahead / fps
            dx, dy = x + vx * seconds - boxes[k, at, 0], y + vy * seconds - boxes[k, at, 1]
            cosine, sine = boxes[k, at, 2], boxes[k, at, 3]
            if (
                abs(dx * cosine + dy * sine) < sizes[k, 0] + radius + _CAR_CLEARANCE
                and abs(dy * cosine - dx * sine) < sizes[k, 1] + radius + _CAR_CLEARANCE
            ):
                return True
    return False


@inner_kernel
def should_stop(
    here: Any, direction: Any, speed: float, radius: float, frame: int, fps: int, boxes: Any, sizes: Any
) -> bool:
    """Whether someone has to stop for a known vehicle: going on is dangerous, standing is not; see `hits_vehicle`."""
    going = max(speed, 0.6)
    vx, vy = direction[0] * going, direction[1] * going
    return hits_vehicle(here[0], here[1], vx, vy, radius, frame, fps, boxes, sizes) and not hits_vehicle(
        here[0], here[1], 0.0, 0.0, radius, frame, fps, boxes, sizes
    )


@inner_kernel
def evade(
    me: int, along: Any, speed: float, wish: float, dodge: float, right: float, left: float,
    here: Any, moving: Any, radii: Any,
) -> Any:  # fmt: skip
    """How someone passes the others: the speed to walk at, and how far left of the line to go for.

    Args:
        me: Who.
        along: Unit direction of the line there.
        speed: m/s now.
        wish: m/s without the others.
        dodge: Metres left of the line now.
        right: How far right (negative) of the line there is room.
        left: How far left.
        here: (N + M, 2) where everyone is, NaN for those who are not there.
        moving: (N + M, 2) their velocities.
        radii: (N + M,) their radii.
    """
    tx, ty = along
    aim = 0.0
    for j in range(len(radii)):
        dx, dy = here[j, 0] - here[me, 0], here[j, 1] - here[me, 1]
        if j == me or not (abs(dx) < _SEE and abs(dy) < _SEE):
            continue
        forward, aside = dx * tx + dy * ty, dy * tx - dx * ty
        wide = radii[me] + radii[j] + CLEARANCE
        theirs = moving[j, 0] * tx + moving[j, 1] * ty
        if forward <= 0.0:
            continue
        gap = np.sqrt(dx * dx + dy * dy)
        closing = (dx * (moving[me, 0] - moving[j, 0]) + dy * (moving[me, 1] - moving[j, 1])) / max(gap, 1e-9)
        if gap < wide + 0.5 and closing > 0.1:  # two ways run together: who is behind lets the other go first
            wish = min(wish, 0.7 * max(theirs, 0.0))
        if speed - theirs < 0.05 and speed > 0.2:
            continue
        soon = min(forward / max(speed - theirs, 0.3), 1.5)
        sideways = aside + (moving[j, 1] * tx - moving[j, 0] * ty) * soon
        if min(abs(aside), abs(sideways)) > wide + 0.15:
            continue
        meets = theirs < -0.2
        to_right = aside > (-0.5 * wide if meets and forward > 2.5 else 0.0)
        go_right, go_left = dodge - (wide + 0.15 - aside), dodge + (wide + 0.15 + aside)
        if to_right and go_right < right and go_left <= left:
            to_right = False
        elif not to_right and go_left > left and go_right >= right:
            to_right = True
        goal = go_right if to_right else go_left
        if abs(goal) > abs(aim):
            aim = goal
        if abs(aside) < radii[me] + radii[j] + 2.0 * _TOUCH:
            wish = min(wish, max(theirs, 0.0) + max(forward - wide, 0.0) / (2.0 if meets else 1.2))
    return wish, min(max(aim, right), left)


@inner_kernel
def touches(me: int, x: float, y: float, here: Any, radii: Any) -> bool:
    """Whether someone who steps to a place comes too near to another, and nearer than now."""
    for j in range(len(radii)):
        after = (x - here[j, 0]) ** 2 + (y - here[j, 1]) ** 2
        if j != me and after < (radii[me] + radii[j] + _TOUCH) ** 2:
            before = (here[me, 0] - here[j, 0]) ** 2 + (here[me, 1] - here[j, 1]) ** 2
            if after < before:
                return True
    return False


@inner_kernel
def crossing_speed(liked: float) -> float:
    """m/s over a crosswalk of someone who likes to walk at another."""
    return min(HURRY * liked, FASTEST)


@inner_kernel
def may_cross(
    frame: int, fps: int, ahead: float, long: float, liked: float, speed: float, stood: float, pause: float,
    already: bool, guarded: bool, remaining: Any, danger: Any,
) -> bool:  # fmt: skip
    """Whether someone near a kerb can go over the crosswalk behind it.

    Args:
        frame: Now.
        fps: Frames per second.
        ahead: Metres to the kerb.
        long: Metres from there to the other side.
        liked: m/s it likes to walk.
        speed: m/s now.
        stood: Seconds it has stood there.
        pause: Seconds it stands where no lights help.
        already: Whether it was going to a frame ago.
        guarded: Whether lights do.
        remaining: (F,) seconds for which the crosswalk stays free of traffic.
        danger: (F,) whether a known vehicle is on or near it.
    """
    fast = crossing_speed(liked)
    soonest, latest = max(ahead, 0.0) / fast, max(ahead, 0.0) / max(speed, _SLOWEST)
    needed = long / fast + 1.0 + latest - soonest
    at = min(frame + int(soonest * fps), len(remaining) - 1)
    if guarded:
        slow = speed < 0.2 and stood < 0.3 * pause and not already  # it takes a moment to notice
        free = remaining[at] >= needed - 0.5 * already and not slow
    else:
        free = stood >= pause
    return free and not danger[at : at + int((needed + 1.0) * fps)].any()


@inner_kernel
def sidestep(dodge: float, slide: float, aim: float, speed: float, dt: float) -> Any:
    """Metres left of the line, and m/s to the left, a frame later.

    Args:
        dodge: Metres left of the line now.
        slide: m/s to the left now.
        aim: Metres left of the line to go for.
        speed: m/s along the line.
        dt: Seconds between frames.
    """
    most = SIDESTEP * min(1.0, 0.25 + speed)
    change = min(max(2.0 * (aim - dodge), -most), most) - slide
    slide += min(max(change, -SIDESTEP_ACCELERATION * dt), SIDESTEP_ACCELERATION * dt)
    return dodge + slide * dt, slide


@inner_kernel
def start(
    points: Any, firsts: Any, step: float, wait_firsts: Any, kerbs: Any, speed: Any, here: Any, direction: Any
) -> None:
    """Fill in where walkers are and where to they look in the first frame; slow those who are near a kerb (`speed`)."""
    total = len(speed)
    for i in range(total):
        here[i, 0], here[i, 1], direction[i, 0], direction[i, 1] = place(
            points, firsts[i], firsts[i + 1], step, 0.0, 0.0
        )
        if wait_firsts[i] < wait_firsts[i + 1]:
            speed[i] = min(speed[i], np.sqrt(1.6 * max(kerbs[wait_firsts[i]] - 0.1, 0.0)))


@inner_kernel
def copy_frame(values: Any, frame: int, out: Any, first: int) -> None:
    """Copy (M, F, 2) of a frame to rows `first` and on; a loop, as slices take the compiler seconds."""
    for row in range(len(values)):
        out[first + row, 0], out[first + row, 1] = values[row, frame, 0], values[row, frame, 1]


@inner_kernel
def turned(yaw: float, vx: float, vy: float, dt: float) -> float:
    """The yaw a frame later of someone who walks at a velocity; who stands keeps it."""
    if vx * vx + vy * vy < 0.25 * 0.25:
        return yaw
    turn = np.arctan2(vy, vx) - yaw
    turn -= 2.0 * np.pi * np.round(turn / (2.0 * np.pi))
    change = min(max(turn * min(4.0 * dt, 1.0), -2.5 * dt), 2.5 * dt)
    return float(yaw + change)


@inner_kernel
def wish_at_crosswalk(
    i: int, frame: int, fps: int, crossing: Any, granted: Any, stood: Any, along: float, speed: float, liked: float,
    end: int, kerbs: Any, overs: Any, slots: Any, pauses: Any, guarded: Any, remaining: Any, danger: Any,
) -> float:  # fmt: skip
    """m/s that walker `i` wants to walk at, as its next crosswalk lets it; keeps `crossing`, `granted` and `stood`.

    Args:
        i: Who.
        frame: Now.
        fps: Frames per second.
        crossing: (N,) the next crosswalk of each.
        granted: (N,) whether each may go over it.
        stood: (N,) seconds each has stood before it.
        along: Metres along its line.
        speed: m/s now.
        liked: m/s it likes to walk.
        end: The crosswalk after its last.
        kerbs: As of `walk`.
        overs: Likewise.
        slots: Likewise.
        pauses: Likewise.
        guarded: Likewise.
        remaining: Likewise.
        danger: Likewise.
    """
    k = crossing[i]
    if k >= end:
        return liked
    wish, ahead, guard = liked, kerbs[k] - along, guarded[slots[k]]
    stoppable = ahead > 0.5 * speed * speed / BRAKING - (0.1 if speed > 0.3 else _WINDOW)
    if ahead < _SEE and (not granted[i] or (guard and stoppable)):
        if ahead < _WINDOW and speed < 0.2:
            stood[i] += 1.0 / fps
        granted[i] = may_cross(
            frame, fps, ahead, overs[k] - kerbs[k], liked, speed, stood[i], pauses[k], granted[i],
            guard, remaining[slots[k]], danger[slots[k]],
        )  # fmt: skip
        if not granted[i]:
            wish = min(wish, np.sqrt(2.0 * 0.8 * max(ahead - 0.1, 0.0)))
    if granted[i]:
        wish = crossing_speed(liked)
        if along > overs[k]:
            crossing[i], granted[i], stood[i] = k + 1, False, 0.0
    return wish


@inner_kernel
def advance(
    i: int, points: Any, first: int, last: int, step: float, along: float, dodge: float, aside: float, slide: float,
    pace: float, dt: float, here: Any, direction: Any, radii: Any,
) -> Any:  # fmt: skip
    """Where walker `i` is a frame later: along its line at its pace, as far as nobody is touched.

    Args:
        i: Who.
        points: (P, 4) x, y and unit direction of all lines.
        first: First row of its line.
        last: The row after its last.
        step: Metres between rows.
        along: Metres along it now.
        dodge: Metres left of it now.
        aside: Metres left of it a frame later.
        slide: m/s to the left.
        pace: m/s along it.
        dt: Seconds between frames.
        here: (N + M, 2) where everyone is.
        direction: (N, 2) where to each looks.
        radii: (N + M,) metres.

    Returns:
        x, y, the unit direction there, metres along and left of the line, m/s along it and to the left.
    """
    forward = min(along + pace * dt, (last - first - 2) * step)
    x, y, tx, ty = place(points, first, last, step, forward, aside)
    far, most = np.hypot(x - here[i, 0], y - here[i, 1]), np.hypot(pace, slide) * dt
    if far > most:  # outside of a bend the way is longer
        forward = along + (forward - along) * most / far
        x, y, tx, ty = place(points, first, last, step, forward, aside)
    if touches(i, x, y, here, radii):  # perhaps there is room beside
        forward, pace = along, 0.0
        x, y, tx, ty = place(points, first, last, step, forward, aside)
    if pace == 0.0 and touches(i, x, y, here, radii):
        x, y, tx, ty = here[i, 0], here[i, 1], direction[i, 0], direction[i, 1]
        aside, slide = dodge, 0.0
    return x, y, tx, ty, forward, aside, pace, slide


@kernel_with_memory
def walk(
    points: Any, room: Any, firsts: Any, step: float, speeds: Any, radii: Any,
    wait_firsts: Any, kerbs: Any, overs: Any, slots: Any, pauses: Any,
    guarded: Any, remaining: Any, danger: Any, boxes: Any, sizes: Any, people: Any, people_moving: Any, fps: int,
) -> Any:  # fmt: skip
    """All walkers over all frames.

    Args:
        points: (P, 4) x, y and unit direction of the walkers' lines, one after another.
        room: (P, 2) metres that may be walked right (negative) and left of them.
        firsts: (N + 1,) first row of each.
        step: Metres between rows.
        speeds: (N,) m/s they like to walk.
        radii: (N + M,) metres; after the walkers those of known people.
        wait_firsts: (N + 1,) first crosswalk of each walker in the next four.
        kerbs: (W,) metres along the line at which they wait.
        overs: (W,) metres at which they are on the other side.
        slots: (W,) which crosswalk.
        pauses: (W,) seconds they stand before an unguarded one.
        guarded: (C,) whether lights guard a crosswalk.
        remaining: (C, F) seconds for which it stays free of traffic.
        danger: (C, F) whether a known vehicle is on or near it.
        boxes: Known vehicles, see `hits_vehicle`.
        sizes: Likewise.
        people: (M, F, 2) known walkers, NaN while they are not there.
        people_moving: (M, F, 2) their velocities.
        fps: Frames per second.

    Returns:
        (N, F, 2) places, (N, F) distances along the lines and (N, F) yaws.
    """
    total, count = len(speeds), people.shape[1]
    dt = 1.0 / fps
    places = np.zeros((total, count, 2))
    distances, yaws = np.zeros((total, count)), np.zeros((total, count))
    along, dodge, slide, stood = np.zeros(total), np.zeros(total), np.zeros(total), np.zeros(total)
    speed = speeds.copy()
    here, moving = np.zeros((len(radii), 2)), np.zeros((len(radii), 2))
    direction = np.zeros((total, 2))
    start(points, firsts, step, wait_firsts, kerbs, speed, here, direction)
    crossing, granted = wait_firsts[:total].copy(), np.zeros(total, dtype=np.bool_)
    for i in range(total):
        places[i, 0, 0], places[i, 0, 1] = here[i, 0], here[i, 1]
        moving[i, 0], moving[i, 1] = direction[i, 0] * speed[i], direction[i, 1] * speed[i]
        yaws[i, 0] = np.arctan2(direction[i, 1], direction[i, 0])
    for frame in range(1, count):
        copy_frame(people, frame, here, total)
        copy_frame(people_moving, frame, moving, total)
        for i in range(total):
            wish = wish_at_crosswalk(
                i, frame, fps, crossing, granted, stood, along[i], speed[i], speeds[i],
                wait_firsts[i + 1], kerbs, overs, slots, pauses, guarded, remaining, danger,
            )  # fmt: skip
            row = min(firsts[i] + int(along[i] / step), firsts[i + 1] - 1)
            wish, aim = evade(
                i, direction[i], speed[i], wish, dodge[i], room[row, 0], room[row, 1], here, moving, radii
            )
            aside, slide[i] = sidestep(dodge[i], slide[i], aim, speed[i], dt)
            if len(sizes) > 0 and should_stop(here[i], direction[i], speed[i], radii[i], frame, fps, boxes, sizes):
                wish = 0.0
            pace = max(speed[i] + min(max(wish - speed[i], -BRAKING * dt), ACCELERATION * dt), 0.0)
            x, y, tx, ty, along[i], dodge[i], speed[i], slide[i] = advance(
                i, points, firsts[i], firsts[i + 1], step, along[i], dodge[i], aside, slide[i],
                pace, dt, here, direction, radii,
            )  # fmt: skip
            moving[i, 0], moving[i, 1] = (x - here[i, 0]) * fps, (y - here[i, 1]) * fps
            here[i, 0], here[i, 1], direction[i, 0], direction[i, 1] = x, y, tx, ty
            places[i, frame, 0], places[i, frame, 1], distances[i, frame] = x, y, along[i]
            yaws[i, frame] = turned(yaws[i, frame - 1], moving[i, 0], moving[i, 1], dt)
    return places, distances, yaws
