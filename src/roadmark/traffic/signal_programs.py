"""Signal programs for a map: who has green together, and one group after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from roadmark.maps import Signal
from roadmark.scenario import SignalState
from roadmark.traffic.network import Network, NetworkLane
from roadmark.traffic.signals import SignalPlan, SignalProgram, WalkProgram

GREEN: Final = (10.0, 20.0)
"""Seconds of green, from and to."""
YELLOW: Final = 3.0
ALL_RED: Final = 2.0
LONE_RED: Final = (12.0, 18.0)
"""Seconds of red at a light that takes turns with no other traffic, from and to: people cross meanwhile."""
CLEARING: Final = 1.0
"""Seconds of red before people may start."""


def plan_signals(network: Network, rng: np.random.Generator) -> SignalPlan:
    """Fixed programs for every traffic light of a map.

    Lights of one controller switch together, unless the lanes they govern cross or merge; controllers of one junction
    follow one another by their sequence. Lights without a controller join the first group that they do not disturb.
    Every junction's cycle starts at a time of its own.

    Args:
        network: The map's lanes.
        rng: Where lengths of green and offsets come from.
    """
    movements = _movements(network)
    programs: dict[str, SignalProgram] = {}
    for lights in _junctions(network, movements):
        stages = _stages(network, lights, movements)
        programs.update(_programs(stages, rng))
    order = [signal.id for signal in network.road_map.signals if signal.id in programs]
    programs = {signal_id: programs[signal_id] for signal_id in order}
    return SignalPlan(programs, _walks(network, programs))


def _movements(network: Network) -> dict[str, list[int]]:
    """Lanes through a junction that each light lets go, to its far side, by signal id."""
    found: dict[str, list[int]] = {signal.id: [] for signal in network.road_map.signals if signal.dynamic}
    for lane in network.lanes:
        if lane.signal in found:
            found[lane.signal] += [index for index in _through(network, lane) if index not in found[lane.signal]]
    return found


def _through(network: Network, lane: NetworkLane) -> list[int]:
    """A lane in a junction and those on which its road goes on there."""
    way = [lane.index]
    for index in way:
        further = (network.lanes[k] for k in network.lanes[index].successors)
        way += [k.index for k in further if k.key.road == lane.key.road and k.index not in way]
    return way


def _junctions(network: Network, movements: Mapping[str, Sequence[int]]) -> Iterator[list[Signal]]:
    """The lights of each junction, in the map's order; a light that governs nothing inside one is on its own."""
    by_controller = {
        controller: junction.id
        for junction in network.road_map.junctions.values()
        for controller in junction.controllers
    }
    groups: dict[str, list[Signal]] = {}
    for signal in network.road_map.signals:
        if not signal.dynamic:
            continue
        inside = [network.lanes[index].junction for index in movements[signal.id]]
        known = [by_controller[controller] for controller in signal.controllers if controller in by_controller]
        name = f"junction {inside[0]}" if inside else f"junction {known[0]}" if known else f"signal {signal.id}"
        groups.setdefault(name, []).append(signal)
    yield from groups.values()


def _stages(network: Network, lights: Sequence[Signal], movements: Mapping[str, Sequence[int]]) -> list[list[str]]:
    """Lights of one junction as groups that have green one after the other."""
    controllers = network.road_map.controllers
    rank = {name: (control.sequence is None, control.sequence or 0) for name, control in controllers.items()}
    wanted: dict[str, list[str]] = {}
    free: list[str] = []
    for light in lights:
        known = sorted((name for name in light.controllers if name in rank), key=lambda name: rank[name])
        if known:
            wanted.setdefault(known[0], []).append(light.id)
        else:
            free.append(light.id)
    stages: list[list[str]] = []
    for name in sorted(wanted, key=lambda name: rank[name]):
        split: list[list[str]] = []
        for light_id in wanted[name]:
            _join(network, split, light_id, movements)
        stages.extend(split)
    for light_id in free:
        _join(network, stages, light_id, movements)
    return stages


def _join(network: Network, stages: list[list[str]], light_id: str, movements: Mapping[str, Sequence[int]]) -> None:
    """Put a light into the first stage that it does not disturb, or into one of its own."""
    mine = movements[light_id]
    for stage in stages:
        others = [index for other in stage for index in movements[other]]
        if not any(conflicting(network, one, other) for one in mine for other in others):
            stage.append(light_id)
            return
    stages.append([light_id])


def conflicting(network: Network, one: int, other: int) -> bool:
    """Whether two lanes must not have green together: they cross, or merge from different approaches."""
    lane = network.lanes[one]
    for conflict in lane.conflicts:
        if conflict.lane == other:
            together = set(lane.predecessors) & set(network.lanes[other].predecessors)
            return conflict.crossing or not together
    return False


def _programs(stages: Sequence[Sequence[str]], rng: np.random.Generator) -> dict[str, SignalProgram]:
    greens = np.round(rng.uniform(*GREEN, len(stages)), 1).tolist()
    pause = float(np.round(rng.uniform(*LONE_RED), 1)) if len(stages) == 1 else ALL_RED
    cycle = sum(greens) + len(stages) * (YELLOW + pause)
    offset = float(np.round(rng.uniform(0.0, cycle), 1))
    programs: dict[str, SignalProgram] = {}
    start = 0.0
    for green, stage in zip(greens, stages, strict=True):
        changes = [(0.0, SignalState.RED)] if start > 0.0 else []
        changes += [(start, SignalState.GREEN), (start + green, SignalState.YELLOW)]
        changes.append((start + green + YELLOW, SignalState.RED))
        durations = (green, YELLOW, cycle - green - YELLOW)
        programs.update({light_id: SignalProgram(cycle, offset, tuple(changes), durations) for light_id in stage})
        start += green + YELLOW + pause
    return programs


def _walks(network: Network, programs: Mapping[str, SignalProgram]) -> dict[int, WalkProgram]:
    """For each crosswalk that lights guard, when the traffic that drives straight over it stands."""
    guards: dict[int, set[str]] = {}
    for lane in network.lanes:
        for crossing in lane.crossings:
            holding = _guards(network, lane, 0.5 * (crossing.first + crossing.last))
            guards.setdefault(crossing.crosswalk, set()).update(holding)
    found: dict[int, WalkProgram] = {}
    for crosswalk in sorted(guards):
        lights = sorted(light for light in guards[crosswalk] if light in programs)
        walk = _clear([programs[light] for light in lights])
        if walk is not None:
            found[crosswalk] = walk
    return found


def _guards(network: Network, lane: NetworkLane, at: float) -> set[str]:
    """Lights that hold the traffic which comes over a crosswalk on a lane; turning traffic yields by itself."""
    if lane.junction is None:
        if lane.stop_line is not None and lane.stop_line.sign == "light" and lane.stop_line.distance <= at:
            ahead = (network.lanes[k].signal for k in lane.successors)
            return {light for light in ahead if light is not None}
        before = [network.lanes[k] for k in lane.predecessors]
        return {light for way in before if way.turn == "straight" for light in _own(network, way)}
    leaving = at > 0.5 * lane.length and lane.turn in ("left", "right", "u_turn")
    return set() if leaving else _own(network, lane)


def _own(network: Network, lane: NetworkLane) -> set[str]:
    """Lights under which traffic entered a junction that is on a lane in it."""
    way = [lane.index]
    lights: set[str] = set()
    for index in way:
        one = network.lanes[index]
        if one.signal is not None:
            lights.add(one.signal)
        else:
            way += [k for k in one.predecessors if network.lanes[k].junction == lane.junction and k not in way]
    return lights if lane.junction is not None else set()


def _clear(programs: Sequence[SignalProgram]) -> WalkProgram | None:
    """When all lights of some programs are red; None where that is never, or they do not share a cycle."""
    cycles = {(program.cycle, program.offset) for program in programs}
    if len(cycles) != 1:
        return None
    ((cycle, offset),) = cycles
    seconds = np.unique([second for program in programs for second, _ in program.changes])
    middles = seconds + 0.5 * np.diff([*seconds, cycle])
    red = np.array(
        [all(program.states(middle - offset) == SignalState.RED for program in programs) for middle in middles]
    )
    if not red.any() or red.all():
        return None
    # the cycle is turned so that it starts where the first red ends: no interval then spans its seam
    first = int(np.flatnonzero(red & ~np.roll(red, -1))[0])
    ends = np.append(seconds[1:], cycle)
    shift = float(ends[first]) % cycle
    turned = np.roll(red, -first - 1)
    edges = np.append((np.roll(seconds, -first - 1) - shift) % cycle, cycle)
    starts = edges[:-1][turned & ~np.concatenate([[False], turned[:-1]])]
    stops = edges[1:][turned & ~np.concatenate([turned[1:], [False]])]
    intervals = tuple(
        (float(start) + CLEARING, float(stop))
        for start, stop in zip(starts, stops, strict=True)
        if stop - start > CLEARING
    )
    return WalkProgram(cycle, float((offset - shift) % cycle), intervals) if intervals else None
