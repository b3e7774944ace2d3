"""Places at junctions: lanes with lights, and pairs of lanes that cross."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from roadmark.geometry import FloatArray
from roadmark.incidents.model import IncidentOptions, MissingElementError, NoCourseError
from roadmark.incidents.ways import Way, lead_in, lead_out
from roadmark.traffic import Network, NetworkLane, SignalPlan

RUN_UP = 190.0
"""Metres of way before a junction."""
_BEHIND = 60.0
_DRAWS = 12


def junction_lanes(network: Network, options: IncidentOptions) -> list[NetworkLane]:
    """Lanes in junctions that a user's options allow."""
    return [lane for lane in network.lanes if lane.junction is not None and allowed(network, lane, options)]


def allowed(network: Network, lane: NetworkLane, options: IncidentOptions) -> bool:
    """Whether a lane in a junction is where a user wants it: at the junction, on the road or coming from or to it."""
    if options.junction is not None and lane.junction != options.junction:
        return False
    if options.road is None:
        return True
    near = (lane.index, *lane.predecessors, *lane.successors)
    return any(network.lanes[index].key.road == options.road for index in near)


def check_options(network: Network, options: IncidentOptions) -> None:
    """The user's junction and road must be on the map.

    Raises:
        MissingElementError: They are not.
    """
    junctions = sorted({lane.junction for lane in network.lanes if lane.junction is not None}, key=_number)
    if options.junction is not None and options.junction not in junctions:
        listed = ", ".join(junctions) or "none"
        raise MissingElementError(f"map {network.road_map.name} has no junction {options.junction!r}; it has {listed}")
    if options.road is not None and all(lane.key.road != options.road for lane in network.lanes):
        raise MissingElementError(f"map {network.road_map.name} has no road {options.road!r} with lanes for traffic")


def _number(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdigit() else (10**9, name)


def need(found: Sequence[object], incident: str, what: str, network: Network, options: IncidentOptions) -> None:
    """Something must have been found.

    Raises:
        MissingElementError: It was not; says what the incident needs.
    """
    if found:
        return
    where = f" at junction {options.junction}" if options.junction is not None else ""
    where += f" on road {options.road}" if options.road is not None else ""
    alone = not where and not any(lane.predecessors for lane in network.lanes)
    why = ", as no lane there leads into another" if alone else ""
    raise MissingElementError(f"{incident} needs {what}, and map {network.road_map.name} has none{where}{why}")


def way_through(network: Network, lane: int, rng: np.random.Generator) -> Way:
    """A way that drives a junction's lane.

    Raises:
        NoCourseError: Too little of it.
    """
    before = lead_in(network, lane, RUN_UP, rng)
    if not before:
        raise NoCourseError("nothing leads into the junction's lane")
    return Way.through(network, [*before, lane, *lead_out(network, lane, _BEHIND, rng)])


def lit_lane(network: Network, signals: SignalPlan, lane: NetworkLane) -> bool:
    """Whether a lane in a junction has a light with a program, and a stop line before it."""
    if lane.signal is None or lane.signal not in signals.programs:
        return False
    return any(network.lanes[index].stop_line is not None for index in lane.predecessors)


def stop_before(way: Way, lane: NetworkLane) -> tuple[float, str]:
    """Metres along the way of the stop line before a lane in a junction, and its light.

    Raises:
        NoCourseError: There is none on this way.
    """
    begins = way.start_of(lane.index)
    lines = [(place, light) for place, light, _ in way.stops if begins - 30.0 < place <= begins + 0.5]
    if not lines or lines[-1][1] is None:
        raise NoCourseError("the way has no stop line with a light there")
    return lines[-1][0], lines[-1][1]


@dataclass(frozen=True, eq=False)
class Crossing:
    """Two ways that cross.

    Attributes:
        ways: The two.
        lanes: Their lanes in the junction.
        at: Metres along each where they cross.
        point: (3,) where.
    """

    ways: tuple[Way, Way]
    lanes: tuple[NetworkLane, NetworkLane]
    at: tuple[float, float]
    point: FloatArray


def draw_crossing(
    network: Network, lanes: list[NetworkLane], angles: tuple[float, float], rng: np.random.Generator
) -> Crossing:
    """Two lanes at random that cross at an angle, with ways through them.

    Args:
        network: The map's lanes.
        lanes: Lanes in junctions to choose the first from.
        angles: Radians between their headings, from and to.
        rng: What chance comes from.

    Raises:
        NoCourseError: None among some draws.
    """
    for _ in range(_DRAWS):
        first = lanes[int(rng.integers(len(lanes)))]
        others = [conflict.lane for conflict in first.conflicts if conflict.crossing]
        if not others:
            continue
        second = network.lanes[others[int(rng.integers(len(others)))]]
        point, angle = _crossing_point(network, first.index, second.index)
        if angles[0] < angle < angles[1]:
            break
    else:
        raise NoCourseError("the lanes drawn cross at another angle")
    ways = way_through(network, first.index, rng), way_through(network, second.index, rng)
    at = ways[0].rail.project(point), ways[1].rail.project(point)
    return Crossing(ways, (first, second), at, point)


@lru_cache(16384)
def _crossing_point(network: Network, one: int, other: int) -> tuple[FloatArray, float]:
    """(3,) where two lanes' middles come nearest, and radians between their headings there, 0 to pi."""
    lanes = network.lanes[one], network.lanes[other]
    along = [np.linspace(0.0, lane.length, max(int(lane.length / 0.5), 2)) for lane in lanes]
    lines = [lane.path.position(at) for lane, at in zip(lanes, along, strict=True)]
    apart = ((lines[0][:, None, :2] - lines[1][None, :, :2]) ** 2).sum(axis=2)
    row, column = np.unravel_index(int(np.argmin(apart)), apart.shape)
    turn = float(lanes[0].path.heading(along[0][row]) - lanes[1].path.heading(along[1][column]))
    return np.asarray(0.5 * (lines[0][row] + lines[1][column])), abs(float(np.arctan2(np.sin(turn), np.cos(turn))))
