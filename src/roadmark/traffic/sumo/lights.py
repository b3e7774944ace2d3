"""Our signal programs for SUMO's traffic lights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

import numpy as np

from roadmark.scenario import SignalState
from roadmark.traffic.network import Network
from roadmark.traffic.signals import SignalPlan
from roadmark.traffic.sumo.net import Link, Net

_EVERY = 0.1  # seconds between looks at the programs
_LETTERS = {SignalState.RED: "r", SignalState.YELLOW: "y"}


def light_programs(net: Net, network: Network, plan: SignalPlan, warm_up: float, duration: float) -> list[str]:
    """Programs that make SUMO's lights show what ours do; ways without a light of ours yield.

    Args:
        net: SUMO's network.
        network: Ours, of the same map.
        plan: What our lights show; SUMO's time 0 is `warm_up` seconds before theirs.
        warm_up: Seconds.
        duration: Seconds from their time 0 on.
    """
    times = np.arange(0.0, warm_up + duration + _EVERY, _EVERY)
    governed: dict[str, dict[int, tuple[Link, str | None]]] = defaultdict(dict)
    for link, signal in zip(net.links, _signals(net, network), strict=True):
        governed[link.light][link.index] = (link, signal if signal in plan.programs else None)
    lines: list[str] = []
    for light, links in governed.items():
        rows = [_letters(links.get(index), plan, times - warm_up) for index in range(max(links) + 1)]
        states = ["".join(column) for column in zip(*rows, strict=True)]
        lines.append(f'<tlLogic id={quoteattr(light)} type="static" programID="roadmark" offset="0">')
        first = 0
        for k in range(1, len(states) + 1):
            if k == len(states) or states[k] != states[first]:
                seconds = (k - first) * _EVERY if k < len(states) else 1e6
                lines.append(f'<phase duration="{seconds:.1f}" state="{states[first]}"/>')
                first = k
        lines.append("</tlLogic>")
    return lines


def _letters(entry: tuple[Link, str | None] | None, plan: SignalPlan, times: np.ndarray) -> list[str]:
    if entry is None or entry[1] is None:
        return ["g"] * len(times)
    go = "G" if entry[0].straight else "g"
    return [_LETTERS.get(SignalState(state), go) for state in plan.states(entry[1], times).tolist()]


def _signals(net: Net, network: Network) -> list[str | None]:
    """Which signal of ours governs each way, None where none does."""
    if not net.links:
        return []
    heights = network.road_map.elevation(np.array([link.start for link in net.links]))
    starts = np.column_stack([np.array([link.start for link in net.links]), heights])
    ends = np.column_stack([np.array([link.end for link in net.links]), heights])
    strips = network.road_map.strips()

    def lanes(points: np.ndarray) -> list[int | None]:
        found = network.road_map.locate(points).strip_index.tolist()
        return [network.index.get(strips[k].key) if k >= 0 else None for k in found]

    return [_signal(network, one, other) for one, other in zip(lanes(starts), lanes(ends), strict=True)]


def _signal(network: Network, start: int | None, end: int | None) -> str | None:
    if start is None:
        return None
    lane = network.lanes[start]
    if lane.junction is not None:
        return lane.signal
    for way in lane.successors:
        if network.lanes[way].junction is not None and _leads(network, way, end):
            return network.lanes[way].signal or (None if lane.stop_line is None else lane.stop_line.signal)
    return None if lane.stop_line is None else lane.stop_line.signal


def _leads(network: Network, way: int, end: int | None) -> bool:
    """Whether a way through a junction comes out at a lane, or another of its road's side."""
    if end is None:
        return False
    goal = network.lanes[end].key
    reached: Mapping[int, None] = {way: None}
    for _ in range(6):
        for lane in reached:
            key = network.lanes[lane].key
            if key.road == goal.road and key.lane * goal.lane > 0:
                return True
        reached = dict.fromkeys(after for lane in reached for after in network.lanes[lane].successors)
    return False
