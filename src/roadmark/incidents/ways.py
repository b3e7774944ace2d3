"""`Way`: a route a scripted actor takes, with its rail, limits, lights and places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from roadmark.events import Place
from roadmark.geometry import FloatArray
from roadmark.incidents.physics import Rail
from roadmark.traffic import Network, NetworkLane, Route

MAX_LANES = 60
"""Lanes of a way at most."""


@dataclass(frozen=True, eq=False)
class Way:
    """Consecutive lanes.

    Attributes:
        network: Of which map.
        route: The lanes.
        rail: What vehicles follow: the lanes' centre line, or a line beside it.
        cut: Lanes that it is on for a part only, without their stop lines.
    """

    network: Network
    route: Route
    rail: Rail
    cut: frozenset[int] = frozenset()

    @classmethod
    def through(cls, network: Network, lanes: Sequence[int]) -> Way:
        """The way along lanes, each a successor of the one before."""
        route = network.route(tuple(lanes))
        return cls(network, route, Rail.along(route.path.points))

    @property
    def length(self) -> float:
        """Metres."""
        return self.rail.length

    def start_of(self, lane: int) -> float:
        """Metres along the way at which a lane begins, the last time if it comes twice."""
        return float(self.route.starts[len(self.route.lanes) - 1 - self.route.lanes[::-1].index(lane)])

    def lane_at(self, distance: float) -> NetworkLane:
        """The lane at a distance along the way."""
        row = int(np.clip(np.searchsorted(self.route.starts, distance, side="right") - 1, 0, None))
        return self.network.lanes[self.route.lanes[row]]

    def limits(self, distance: FloatArray) -> FloatArray:
        """(N,) speed limits at distances (N,), m/s."""
        rows = np.clip(np.searchsorted(self.route.starts, distance, side="right") - 1, 0, None)
        return np.array([self.network.lanes[lane].speed_limit for lane in self.route.lanes])[rows]

    def place(self, distance: float) -> Place:
        """Where a distance along the way is."""
        x, y, z = self.rail.position(distance).tolist()
        key = self.lane_at(distance).key
        return Place((x, y, z), key.road, str(key), self.lane_at(distance).junction)

    @cached_property
    def stops(self) -> tuple[tuple[float, str | None, str], ...]:
        """(metres along the way, light or None, sign) of every stop line."""
        found = []
        for row, (start, index) in enumerate(zip(self.route.starts.tolist(), self.route.lanes, strict=True)):
            line = self.network.lanes[index].stop_line
            if line is None or index in self.cut:
                continue
            after = self.route.lanes[row + 1] if row + 1 < len(self.route.lanes) else None
            own = self.network.lanes[after].signal if after is not None else None
            found.append((start + line.distance, own or line.signal, line.sign))
        return tuple(found)


def lead_in(network: Network, lane: int, metres: float, rng: np.random.Generator) -> list[int]:
    """Lanes that end before `lane`, at least `metres` long together if the network reaches as far."""
    found: list[int] = []
    at, left = lane, metres
    while left > 0.0 and len(found) < MAX_LANES:
        ways = network.lanes[at].predecessors
        if not ways:
            break
        at = _pick(network, ways, rng)
        found.append(at)
        left -= network.lanes[at].length
    return found[::-1]


def lead_out(network: Network, lane: int, metres: float, rng: np.random.Generator) -> list[int]:
    """Lanes that follow after `lane`, at least `metres` long together if the network reaches as far."""
    found: list[int] = []
    at, left = lane, metres
    while left > 0.0 and len(found) < MAX_LANES:
        ways = network.lanes[at].successors
        if not ways:
            break
        at = _pick(network, ways, rng)
        found.append(at)
        left -= network.lanes[at].length
    return found


def _pick(network: Network, ways: Sequence[int], rng: np.random.Generator) -> int:
    """One of several lanes, straight ones more often."""
    weights = np.array([{"straight": 3.0, "none": 3.0, "u_turn": 0.05}.get(network.lanes[w].turn, 1.0) for w in ways])
    return int(ways[int(rng.choice(len(ways), p=weights / weights.sum()))])
