"""`SumoEngine`: vehicles driven by SUMO around everything that is already decided."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from roadmark.geometry import FloatArray
from roadmark.traffic.build import DRIVEN
from roadmark.traffic.motion import Clock, MovingActor
from roadmark.traffic.network import Network
from roadmark.traffic.sumo.courses import joined, sumo_course, within_limits
from roadmark.traffic.sumo.demand import departures, routes_file, vehicle_type, way_from
from roadmark.traffic.sumo.lights import light_programs
from roadmark.traffic.sumo.net import Net, net_of
from roadmark.traffic.sumo.session import Ghost, Seen, Ticks, run_session
from roadmark.traffic.vehicles.demand import TrafficDemand
from roadmark.traffic.vehicles.driver import Driver
from roadmark.traffic.vehicles.simulate import WARM_UP, VehicleTraffic, touched

_ATTEMPTS = 3
_LONGEST_STEP = 0.05  # seconds
_FASTEST = 30.0  # m/s


@dataclass(frozen=True)
class SumoEngine:
    """Vehicles that SUMO drives, on a network made of the map or the user's own.

    Attributes:
        map_file: The map, as OpenDRIVE.
        net: A network of the same place (`.net.xml`), None to have one made of the map.
        routes: Who drives where (`.rou.xml`), None to draw it; its vehicles look like the drivers, as they depart.
    """

    map_file: Path
    net: Path | None = None
    routes: Path | None = None

    def drive(self, demand: TrafficDemand, rng: np.random.Generator) -> VehicleTraffic:
        """See `VehicleEngine.drive`.

        Raises:
            InputError: SUMO cannot use the map or network, or fails.
            MissingExtraError: It is not installed.
        """
        network, drivers, clock, scripted = demand.network, demand.drivers, demand.clock, demand.scripted
        net = net_of(self.map_file, self.net)
        parts = max(1, math.ceil(clock.step / _LONGEST_STEP - 1e-9))
        step = clock.step / parts
        ticks = Ticks(step, round(WARM_UP / step), clock.count, parts)
        way = (WARM_UP + clock.duration) * _FASTEST
        courses = [one.actor for one in scripted]
        ghosts = _ghosts(net, demand, rng, way)
        taken = np.array([ghost.actor.positions[0, :2] for ghost in ghosts]).reshape(-1, 2)
        starts = departures(net, len(drivers), rng, demand.focus, demand.radius, taken, way)
        programs = light_programs(net, network, demand.signals, ticks.first * step, clock.duration)
        types = [vehicle_type(f"g{k}", ghost.actor.spec, None) for k, ghost in enumerate(ghosts)]
        additions = "\n".join(["<additional>", *types, *programs, "</additional>"])
        looks = () if self.routes is None else tuple(driver.spec for driver in drivers)
        seed = int(rng.integers(1 << 31))
        out: set[int] = set()
        driven: dict[int, MovingActor] = {}
        for _ in range(_ATTEMPTS):
            routes = self.routes or routes_file(drivers, starts, out)
            seen = run_session(net, routes, additions, ghosts, ticks, seed, looks=looks, out=out)
            driven = _driven(seen, drivers, network, clock)
            for k, one in enumerate(scripted):
                after = seen.get(f"g{k}") if one.joins_traffic else None
                course = None if after is None else sumo_course(one.actor.spec, after, network.road_map, clock.step)
                courses[k] = joined(one.actor, course, clock.step)
            wrong = {row for row, actor in driven.items() if not within_limits(actor, clock.step)}
            wrong |= touched({k: v for k, v in driven.items() if k not in wrong}, [*courses, *demand.others], clock)
            if not wrong:
                break
            out |= wrong
            driven = {row: actor for row, actor in driven.items() if row not in wrong}
        driven = _nearest(driven, demand.focus, demand.count)
        return VehicleTraffic(tuple(driven.values()), tuple(driven), tuple(courses), len(drivers) - len(driven))


def _nearest(driven: dict[int, MovingActor], focus: FloatArray | None, count: int | None) -> dict[int, MovingActor]:
    """As many as there shall be, those that are nearest to the focus when they appear."""
    if count is None or len(driven) <= count:
        return driven
    rows = list(driven)
    if focus is not None:
        rows.sort(key=lambda row: float(np.hypot(*(driven[row].positions[0, :2] - focus[:2]))))
    return {row: driven[row] for row in sorted(rows[:count])}


def _driven(seen: dict[str, Seen], drivers: Sequence[Driver], network: Network, clock: Clock) -> dict[int, MovingActor]:
    found = {}
    for row, driver in enumerate(drivers):
        one = seen.get(f"v{row}")
        course = None if one is None else sumo_course(driver.spec, one, network.road_map, clock.step)
        if course is not None:
            found[row] = course
    return found


def _ghosts(net: Net, demand: TrafficDemand, rng: np.random.Generator, way: float) -> list[Ghost]:
    """Scripted actors first, in their order; then people and parked vehicles while they are on lanes."""
    network, scripted = demand.network, demand.scripted
    lengths = {lane.edge: lane.length for lane in net.lanes}
    on = {lane.edge: way_from(net, (lane.edge, lane.index), way, lengths, rng) for lane in net.lanes} if any(
        one.joins_traffic for one in scripted
    ) else {}  # fmt: skip
    ghosts: list[Ghost] = []
    for one in scripted:
        joins = on if one.joins_traffic and one.actor.end < demand.clock.count else None
        there = np.ones(len(one.actor.positions), np.bool_)
        ghosts.append(Ghost(one.actor, f"g{len(ghosts)}", there, joins))
    strips = network.road_map.strips()
    driven = np.array([strip.type in DRIVEN for strip in strips] + [False])
    for other in demand.others:
        there = driven[network.road_map.locate(other.positions).strip_index]
        if there.any():
            ghosts.append(Ghost(other, f"g{len(ghosts)}", there))
    return ghosts
