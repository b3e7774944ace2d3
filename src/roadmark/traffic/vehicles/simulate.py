"""`simulate_vehicles`: traffic around everything that is already decided."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from roadmark.traffic.motion import Clock, MovingActor
from roadmark.traffic.network import Network
from roadmark.traffic.vehicles.arrays import GONE, ON, World
from roadmark.traffic.vehicles.courses import course
from roadmark.traffic.vehicles.demand import TrafficDemand
from roadmark.traffic.vehicles.driver import Driver
from roadmark.traffic.vehicles.engine import run
from roadmark.traffic.vehicles.foresee import plan_lights, zones_of
from roadmark.traffic.vehicles.jit import Array
from roadmark.traffic.vehicles.lane_table import lane_table
from roadmark.traffic.vehicles.overlap import touching
from roadmark.traffic.vehicles.placement import start_places
from roadmark.traffic.vehicles.prepare import join, place, prepare
from roadmark.traffic.vehicles.rails import STEP
from roadmark.traffic.vehicles.zones import clear_of_zones

WARM_UP = 12.0
"""Seconds that traffic drives before the first frame."""
_ATTEMPTS = 4
"""How often traffic is driven anew without those who touched someone; after the last they are left out."""
_LONGEST_TICK = 0.04  # seconds
_CANNOT_AVOID = -4.4  # m/s2: a vehicle that would have to brake harder at the first frame is left out


@dataclass(frozen=True, eq=False)
class VehicleTraffic:
    """What the engine drove.

    Attributes:
        vehicles: Courses of the drivers that are there, by their order.
        drivers: Which driver each of them is.
        scripted: The scripted actors' courses in their order, driven on where they join traffic.
        dropped: How many drivers found no place, were in the way of scripted actors at the first frame, or touched
            someone in the end and were left out.
    """

    vehicles: tuple[MovingActor, ...]
    drivers: tuple[int, ...]
    scripted: tuple[MovingActor, ...]
    dropped: int


def simulate_vehicles(demand: TrafficDemand, rng: np.random.Generator) -> VehicleTraffic:
    """Drive vehicles and cyclists around everyone whose course is known.

    Args:
        demand: Who, where and when.
        rng: The only source of chance.

    Returns:
        The courses.
    """
    network, signals, drivers, clock = demand.network, demand.signals, demand.drivers, demand.clock
    scripted, others = demand.scripted, demand.others
    ids = tuple(signals.programs)
    lanes = lane_table(network, ids)
    parts = max(1, math.ceil(clock.step / _LONGEST_TICK - 1e-9))
    dt = clock.step / parts
    first = round(WARM_UP / dt)
    last = first + (clock.count - 1) * parts + 1
    lights = plan_lights(signals, ids, np.asarray((np.arange(last) - first) * dt, np.float64))
    courses = [one.actor for one in scripted]
    zones, driven_over = zones_of(lanes, courses, others, clock, first, dt, _crossings(network))
    joining = [k for k, one in enumerate(scripted) if one.joins_traffic and one.actor.end < clock.count]
    crew = [*drivers, *(Driver(courses[k].spec) for k in joining)]
    starts = start_places(network, drivers, rng, demand.focus, demand.radius, driven_over)
    seed = int(rng.integers(2**63))
    frames = np.arange(clock.count) * parts + first
    out: set[int] = set()
    for _ in range(_ATTEMPTS):
        world = prepare(lanes, crew, zones, lights, last * dt, np.random.default_rng(seed))
        for row, start in enumerate(starts):
            if start.lane >= 0 and row not in out:
                place(world, row, start)
        for row, k in enumerate(joining, len(drivers)):
            actor = scripted[k].actor
            join(world, row, actor, first + (actor.end - 1) * parts)
        log = _Log(last, len(crew))
        run(world, 0, first, dt, log.grants, log.course, log.on, log.blink, log.wanted)
        _thin_out(world, demand, first, dt)
        run(world, first, last, dt, log.grants, log.course, log.on, log.blink, log.wanted)
        there = [row for row in range(len(crew)) if log.on[frames, row].any()]
        driven = {row: _course(world, log, row, crew[row], frames, clock) for row in there}
        for row, k in enumerate(joining, len(drivers)):
            courses[k] = _continued(scripted[k].actor, driven.pop(row, None))
        in_touch = touched(driven, [*courses, *others], clock)
        if not in_touch:
            break
        out |= in_touch
    kept = [row for row in driven if row not in in_touch]
    return VehicleTraffic(tuple(driven[row] for row in kept), tuple(kept), tuple(courses), len(drivers) - len(kept))


class _Log:
    """What happens, tick by tick."""

    def __init__(self, ticks: int, cars: int) -> None:
        self.grants = np.zeros(1, np.int64)
        self.course = np.zeros((ticks, cars))
        self.on = np.zeros((ticks, cars), np.bool_)
        self.blink = np.zeros((ticks, cars), np.int8)
        self.wanted = np.zeros(cars)


def _crossings(network: Network) -> Array:
    rows = [(lane.index, one.first, one.last) for lane in network.lanes for one in lane.crossings]
    return np.array(rows, np.float64).reshape(-1, 3)


def _thin_out(world: World, demand: TrafficDemand, tick: int, dt: float) -> None:
    """Leave out those who could not keep clear of others from the first frame on, and those furthest from the focus."""
    cars, focus, count = world.cars, demand.focus, demand.count
    present = []
    for i in range(len(demand.drivers)):
        if cars["on"][i] != ON:
            continue
        if clear_of_zones(world, i, tick, dt) < _CANNOT_AVOID:
            cars["on"][i] = GONE
        else:
            present.append(i)
    if count is None or len(present) <= count:
        return
    if focus is not None:
        rows = np.array(present)
        at = (cars["r"][rows] / STEP).astype(np.int64)
        away = np.hypot(world.rails.x[rows, at] - focus[0], world.rails.y[rows, at] - focus[1])
        present = rows[np.argsort(away, kind="stable")].tolist()
    for i in present[count:]:
        cars["on"][i] = GONE


def _course(world: World, log: _Log, row: int, driver: Driver, frames: Array, clock: Clock) -> MovingActor:
    """A vehicle's course over the scenario's frames in which it is there; before frame 0 nobody is asked."""
    there = np.flatnonzero(log.on[frames, row])
    n = world.rails.row["count"][row]
    rail = np.stack([axis[row, :n] for axis in (world.rails.x, world.rails.y, world.rails.z)], axis=1)
    ticks = frames[there]
    return course(driver.spec, rail, log.course[ticks, row], int(there[0]), clock.step, log.blink[ticks, row])


def _continued(actor: MovingActor, driven: MovingActor | None) -> MovingActor:
    """A scripted course and what traffic made of it: `driven` begins at its last frame."""
    if driven is None or driven.end <= actor.end:
        return actor
    skip = actor.end - driven.start

    def both(one: Array | None, other: Array | None) -> Array:
        head = np.zeros(len(actor.positions), np.int8) if one is None else one
        tail = np.zeros(len(driven.positions), np.int8) if other is None else other
        return np.concatenate([head, tail[skip:]])

    return MovingActor(
        actor.spec,
        both(actor.positions, driven.positions),
        both(actor.rpy, driven.rpy),
        both(actor.velocity, driven.velocity),
        both(actor.yaw_rate, driven.yaw_rate),
        actor.start,
        both(actor.blinkers, driven.blinkers),
        None,
        actor.emergency_lights,
    )


def touched(driven: dict[int, MovingActor], others: Sequence[MovingActor], clock: Clock) -> set[int]:
    """The vehicles without which no two touch: of every pair one that can be left out, as few as that takes."""
    rows = list(driven)
    pairs = touching([*driven.values(), *others], clock, len(rows))
    out = set()
    while pairs:
        counts = np.bincount([k for pair in pairs for k in pair], minlength=len(rows))[: len(rows)]
        worst = int(np.argmax(counts))
        pairs = [pair for pair in pairs if worst not in pair]
        out.add(rows[worst])
    return out
