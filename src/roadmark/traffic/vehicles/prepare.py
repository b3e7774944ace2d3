"""The engine's world at its first tick."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from roadmark.errors import InputError
from roadmark.traffic.motion import MovingActor
from roadmark.traffic.vehicles.approach import lane_beside
from roadmark.traffic.vehicles.arrays import CAR, ENTRY, ON, RAIL, STRETCH, LaneTable, Lights, Pool, Rails, World, Zones
from roadmark.traffic.vehicles.courses import axles
from roadmark.traffic.vehicles.driver import Driver
from roadmark.traffic.vehicles.jit import Array
from roadmark.traffic.vehicles.placement import Start
from roadmark.traffic.vehicles.rails import HORIZON, STEP, extend, lay, limit_speed

_STRETCHES = 200  # of lanes per rail
_BODY_ENTRIES, _USER_ENTRIES = 12, 24  # per vehicle
_PROFILE = 110  # metres
_ROLLING = 3.5  # m/s at the start
_CYCLIST_EDGE = 0.75  # metres between a cyclist's middle and the lane's right edge


def prepare(
    lanes: LaneTable, drivers: Sequence[Driver], zones: Zones, lights: Lights, duration: float, rng: np.random.Generator
) -> World:
    """A world with room for drivers, none of them placed yet."""
    n = len(drivers)
    fastest = float(np.max(lanes.row["limit"], initial=10.0)) * 1.15
    points = int((duration * fastest + HORIZON + 120.0) / STEP)
    count = len(lanes.row)
    return World(
        lanes,
        _cars(drivers, rng),
        _rails(n, points),
        np.zeros((n, _PROFILE)),
        _pool(count, n * _BODY_ENTRIES),
        _pool(count, n * _USER_ENTRIES),
        zones,
        lights,
    )


def _rails(count: int, points: int) -> Rails:
    x, y, z, cap = (np.zeros((count, points)) for _ in range(4))
    return Rails(x, y, z, cap, np.zeros(count, RAIL), np.zeros((count, _STRETCHES), STRETCH))


def _pool(lanes: int, entries: int) -> Pool:
    return Pool(np.full(lanes, -1, np.int64), np.zeros(entries, ENTRY))


def _cars(drivers: Sequence[Driver], rng: np.random.Generator) -> Array:
    """(V,) `CAR`, nowhere yet."""
    cars = np.zeros(len(drivers), CAR)
    for car, driver in zip(cars, drivers, strict=True):
        body = driver.spec.blueprint
        rear, front = axles(driver.spec)
        car["nose"] = body.center_offset[0] + body.half_extents[0] - rear
        car["tail"] = rear - body.center_offset[0] + body.half_extents[0]
        car["base"], car["half"] = front - rear, body.half_extents[1]
        car["factor"], car["top"] = driver.factor, driver.top_speed
        car["headway"], car["gap"] = driver.headway, driver.gap
        car["accel"], car["brake"] = driver.acceleration, driver.braking
        car["offset"], car["patience"], car["cycle"] = driver.offset, driver.patience, driver.is_cyclist
    for unset in ("begins", "granted", "change_end", "wish", "profiled"):
        cars[unset] = -1
    cars["seed"] = rng.integers(1, 2**63, len(drivers), dtype=np.uint64)
    return cars


def place(world: World, i: int, start: Start) -> None:
    """Put a vehicle on its lane, rolling."""
    car, lane = world.cars[i], world.lanes.row[start.lane]
    if car["cycle"] and not lane["cycle"]:
        car["offset"] = -max(0.5 * lane["width"] - _CYCLIST_EDGE, 0.0)
    lay(world.lanes, world.cars, world.rails, i, start.lane, 0.0, start.front - car["nose"] - car["tail"])
    car["r"], car["v"], car["on"] = car["tail"], min(_ROLLING, car["top"]), ON
    extend(world.lanes, world.cars, world.rails, i, HORIZON)


def join(world: World, i: int, actor: MovingActor, tick: int) -> None:
    """Let a vehicle drive on from a scripted actor's last frame: from its pose onto the lane beside it.

    Raises:
        InputError: No lane is near that goes its way.
    """
    car, lanes, rails = world.cars[i], world.lanes, world.rails
    yaw = float(actor.rpy[-1, 2])
    along = np.array([math.cos(yaw), math.sin(yaw)])
    rear = actor.positions[-1, :2] + axles(actor.spec)[0] * along
    on = lane_beside(lanes, rear, float(actor.positions[-1, 2]), yaw)
    if on is None:
        raise InputError(
            f"{actor.spec.blueprint.id} at {rear.round(1).tolist()} cannot join traffic: no lane near goes its way"
        )
    lane, s = on
    begin = s - float(car["tail"])
    lay(lanes, world.cars, rails, i, lane, max(-begin, 0.0), max(begin, 0.0))
    extend(lanes, world.cars, rails, i, HORIZON)
    v = float(actor.speed[-1])
    straight = float(car["tail"] + car["base"]) + 0.5
    blend = max(16.0, 3.2 * v)
    for m in range(min(int((straight + blend) / STEP), int(rails.row[i]["count"]))):
        d = m * STEP
        u = min(max((d - straight) / blend, 0.0), 1.0)
        w = u * u * u * (10.0 - 15.0 * u + 6.0 * u * u)
        x, y = rear + (d - float(car["tail"])) * along
        rails.x[i, m], rails.y[i, m] = x + w * (rails.x[i, m] - x), y + w * (rails.y[i, m] - y)
    limit_speed(rails, i, 0)
    car["r"], car["v"], car["begins"] = car["tail"], v, tick
    if lanes.row[lane]["junction"] >= 0:
        car["granted"] = rails.stretch[i, 0]["stop"]
