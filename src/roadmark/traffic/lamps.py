"""Which lamps burn on a vehicle, from its course."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import Blueprint, BodyStyle, VehicleLight
from roadmark.geometry import FloatArray
from roadmark.scenario import LightTrack
from roadmark.traffic.controls import Motion
from roadmark.traffic.motion import HAZARD, LEFT, RIGHT, MovingActor

BRAKE_ON, BRAKE_OFF = -0.9, -0.35
"""m/s2 of effort below which a foot is on the brake, and above which it is off again."""
SHORTEST_BRAKE = 0.3
"""Seconds a brake lamp burns at least."""
DAYTIME_LIGHTS: Final = frozenset(
    {
        "vehicle.audi.etron",
        "vehicle.dodge.charger_2020",
        "vehicle.dodge.charger_police_2020",
        "vehicle.lincoln.mkz_2017",
        "vehicle.lincoln.mkz_2020",
        "vehicle.mercedes.coupe_2020",
        "vehicle.micro.microlino",
        "vehicle.mini.cooper_s_2021",
        "vehicle.nissan.patrol_2021",
        "vehicle.tesla.cybertruck",
        "vehicle.tesla.model3",
        "vehicle.volkswagen.t2_2021",
    }
)
"""Cars new enough to burn their position lamps by day; motorcycles always ride with the low beam on."""


def light_track(actor: MovingActor, motion: Motion, times: FloatArray, *, night: bool) -> LightTrack:
    """The lamps of one vehicle.

    Args:
        actor: Its course.
        motion: The same in the vehicle's own terms.
        times: (N,) seconds of its rows.
        night: Whether beams are needed to see and be seen.
    """
    flags = np.zeros(len(times), np.uint32)
    if actor.parked:
        return LightTrack(times, flags)
    bicycle = actor.spec.blueprint.style is BodyStyle.BICYCLE
    flags |= np.uint32(_steady(actor.spec.blueprint, night=night))
    if actor.emergency_lights:
        flags |= np.uint32(VehicleLight.SPECIAL_1)
    if bicycle:
        return LightTrack(times, flags)
    if actor.blinkers is not None:
        sides = actor.blinkers
        flags[(sides == LEFT) | (sides == HAZARD)] |= np.uint32(VehicleLight.LEFT_BLINKER)
        flags[(sides == RIGHT) | (sides == HAZARD)] |= np.uint32(VehicleLight.RIGHT_BLINKER)
    flags[_braking(actor, motion, times)] |= np.uint32(VehicleLight.BRAKE)
    flags[motion.forward < -0.1] |= np.uint32(VehicleLight.REVERSE)
    return LightTrack(times, flags)


def _steady(blueprint: Blueprint, *, night: bool) -> VehicleLight:
    """Lamps that burn all the time."""
    motorcycle = blueprint.is_two_wheeler and blueprint.style is not BodyStyle.BICYCLE
    if night or motorcycle:
        return VehicleLight.POSITION | VehicleLight.LOW_BEAM
    return VehicleLight.POSITION if blueprint.id in DAYTIME_LIGHTS else VehicleLight(0)


def _braking(actor: MovingActor, motion: Motion, times: FloatArray) -> NDArray[np.bool_]:
    """(N,) whether the brake lamps burn: from hard enough until soft enough, and while a driver stands in traffic."""
    push = np.where(motion.forward < -0.1, -motion.effort, motion.effort)
    on, off = push < BRAKE_ON, push > BRAKE_OFF
    on, off = on | motion.standing, off & ~motion.standing
    if actor.blinkers is not None:  # a driver who stands with the hazard lights on has taken the foot off
        left = motion.standing & (actor.blinkers == HAZARD)
        on, off = on & ~left, off | left
    rows = np.arange(len(times))
    last_on = np.maximum.accumulate(np.where(on, rows, -1))
    last_off = np.maximum.accumulate(np.where(off, rows, -1))
    lit = last_on > last_off
    step = times[1] - times[0] if len(times) > 1 else 1.0
    most = max(round(SHORTEST_BRAKE / step), 1)
    started = np.maximum.accumulate(np.where(lit & ~np.concatenate([[False], lit[:-1]]), rows, -len(rows) - most))
    return np.asarray(lit | (rows - started < most))
