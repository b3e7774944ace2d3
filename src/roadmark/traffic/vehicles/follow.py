"""How hard vehicles speed up and brake: the intelligent driver model, stopping at a place, speeds ahead."""

from __future__ import annotations

import math

from roadmark.traffic.vehicles.arrays import Rails, World
from roadmark.traffic.vehicles.jit import Records, Scalar, inner_kernel
from roadmark.traffic.vehicles.rails import STEP

NOTHING = 9.0
"""m/s2 of what does not hold anyone back."""
HARDEST = -4.7
"""m/s2: nobody brakes harder."""
_BEGIN_TO_STOP = 1.5  # m/s2 that stopping must need before a driver begins to brake for it
_LOOK = 0.6  # seconds over which speed follows what the rail allows
_EASING, _BRISK = 5.0, 14.0  # m/s3 by which acceleration grows, and falls


@inner_kernel
def follow_car(cars: Records, i: int, gap: float, speed: float) -> Scalar:
    """m/s2 behind someone `gap` metres ahead at some speed: IDM's interaction (Treiber et al. 2000), no free road."""
    v = cars[i].v
    closing = v * (v - speed) / (2.0 * math.sqrt(cars[i].accel * cars[i].brake))
    wanted = cars[i].gap + max(0.0, v * cars[i].headway + closing)
    room = max(gap, 0.1)
    pull = cars[i].accel * (1.0 - (wanted / room) ** 2)
    if speed < v:  # what brakes must do at least, whatever the model says
        needed = (v - speed) ** 2 / (2.0 * max(gap - 0.8 * cars[i].gap, 0.05))
        if needed > 2.0:
            pull = min(pull, -needed)
    return pull


@inner_kernel
def free_road(cars: Records, rails: Rails, i: int) -> Scalar:
    """m/s2 with nobody ahead: towards the speed that the rail allows at both axles, and soon will."""
    v = cars[i].v
    front = cars[i].r + cars[i].base
    wanted = min(cap_at(rails, i, cars[i].r), cap_at(rails, i, front))
    soon = min(wanted, cap_at(rails, i, front + _LOOK * v))
    push = cars[i].accel * (1.0 - (v / max(wanted, 0.3)) ** 4)
    return max(min(push, (soon - v) / _LOOK), -3.5)


@inner_kernel
def cap_at(rails: Rails, i: int, r: float) -> Scalar:
    """m/s that a rail allows at metres along it."""
    return rails.cap[i, min(max(int(r / STEP + 0.5), 0), rails.row[i].count - 1)]


@inner_kernel
def stop_within(v: float, room: float) -> Scalar:
    """m/s2 so as to stand after `room` metres; nothing while that is far enough to wait with braking."""
    if room < 0.4:
        return min(-0.6, -v * v / (2.0 * max(room, 0.05)))
    needed = v * v / (2.0 * room)
    if needed < _BEGIN_TO_STOP and room > 1.0 + 0.6 * v:
        return NOTHING
    return -1.03 * needed if v > 0.4 else 0.35 * room - v


@inner_kernel
def needed_braking(v: float, room: float) -> Scalar:
    """m/s2 of even braking that stops within `room` metres."""
    return v * v / (2.0 * max(room, 0.05))


@inner_kernel
def eased(before: float, wanted: float, dt: float) -> Scalar:
    """m/s2 after one tick of going over from one acceleration to another."""
    return min(max(wanted, before - _BRISK * dt), before + _EASING * dt)


@inner_kernel
def profile(world: World, i: int, tick: int) -> None:
    """Seconds until the front has gone each of the next metres, if nothing new holds the vehicle back."""
    cars, rails, times = world.cars, world.rails, world.profile
    if cars[i].profiled == tick:
        return
    cars[i].profiled = tick
    v, t = cars[i].v, 0.25 if cars[i].v < 0.5 else 0.0
    front = cars[i].r + cars[i].nose
    ahead, speed = cars[i].lead_gap - cars[i].gap, cars[i].lead_v
    speed = speed + 1.0 if speed > 0.3 else 0.02
    times[i, 0] = 0.0
    push = 0.8 * cars[i].accel
    for d in range(1, times.shape[1]):
        allowed = min(cap_at(rails, i, front + d), cap_at(rails, i, front + d - cars[i].nose))
        after = math.sqrt(v * v + 2.0 * push)
        if after > allowed:
            after = max(allowed, math.sqrt(max(v * v - 5.0, 0.01)))
        t += 2.0 / (v + after)
        v = after
        times[i, d] = max(t, (d - ahead) / speed)


@inner_kernel
def time_to(world: World, i: int, distance: float) -> Scalar:
    """Seconds until the front has gone some metres, by the vehicle's profile."""
    times = world.profile
    if distance <= 0.0:
        return 0.0
    last = times.shape[1] - 1
    if distance >= last:
        return times[i, last] + (distance - last) / max(world.cars[i].v, 3.0)
    k = int(distance)
    return times[i, k] + (distance - k) * (times[i, k + 1] - times[i, k])
