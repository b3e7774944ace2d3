"""Two-way roads: the lane that comes towards another, and lines that leave one's own lane for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from roadmark.geometry import FloatArray
from roadmark.incidents.physics import Rail, shifted
from roadmark.incidents.ways import Way
from roadmark.maps import LaneStrip
from roadmark.traffic import Network, NetworkLane

_PLATFORM = 0.6  # metres between the two directions from which on something stands there
_STEP_ASIDE = 0.3  # metres by which oncoming lanes one after the other may lie farther away


@dataclass(frozen=True)
class Oncoming:
    """The lane beside another that comes towards it.

    Attributes:
        lane: It.
        offset: Metres from the one's middle to the other's, to the left; negative in left-hand traffic.
        open: Whether only a line divides them.
    """

    lane: NetworkLane
    offset: float
    open: bool


def oncoming(network: Network, lane: NetworkLane) -> Oncoming | None:
    """The nearest lane of the same road that comes towards a lane, None on one-way roads."""
    return _oncoming(network, lane.index)


@lru_cache(16384)
def _oncoming(network: Network, index: int) -> Oncoming | None:
    lane = network.lanes[index]
    strips, places = network.road_map.strips(), network.road_map.strip_index
    own = strips[places[lane.key]]
    best: Oncoming | None = None
    for other in network.lanes:
        if other.key.road != lane.key.road or other.key.section != lane.key.section:
            continue
        strip = strips[places[other.key]]
        if strip.direction == own.direction or other.type == "biking":
            continue
        offset = _offset(own, strip)
        if best is None or abs(offset) < abs(best.offset):
            room = abs(offset) - 0.5 * (lane.width + other.width)
            best = Oncoming(other, offset, room < _PLATFORM)
    return best


@dataclass(frozen=True)
class TwoWay:
    """Lanes one after the other, between junctions or ends of the map, beside lanes that come towards them.

    Attributes:
        lanes: Their indices, in driving direction.
        length: Metres of all together.
        offset: Metres to the middle of the oncoming lane, to the left; negative in left-hand traffic.
        open: Whether only a line divides the two directions.
        after_junction, before_junction: Whether one is at its start, and at its end.
    """

    lanes: tuple[int, ...]
    length: float
    offset: float
    open: bool
    after_junction: bool
    before_junction: bool


def two_way_stretches(network: Network) -> tuple[TwoWay, ...]:
    """Every stretch of road on which a lane has an oncoming one at its side all along."""
    return _two_way_stretches(network)


@lru_cache(8)
def _two_way_stretches(network: Network) -> tuple[TwoWay, ...]:
    beside = {
        lane.index: found
        for lane in network.lanes
        if lane.junction is None and lane.type != "biking" and (found := oncoming(network, lane)) is not None
    }
    after: dict[int, int] = {}
    for index, own in beside.items():
        ways = [way for way in network.lanes[index].successors if _goes_on(own, beside.get(way))]
        if len(ways) == 1:
            after[index] = ways[0]
    starts = [index for index in beside if index not in set(after.values())]
    return tuple(_stretch(network, beside, after, start) for start in starts)


def _goes_on(own: Oncoming, other: Oncoming | None) -> bool:
    return other is not None and other.open == own.open and abs(other.offset - own.offset) < _STEP_ASIDE


def _stretch(network: Network, beside: dict[int, Oncoming], after: dict[int, int], start: int) -> TwoWay:
    lanes = [start]
    while lanes[-1] in after and after[lanes[-1]] not in lanes:
        lanes.append(after[lanes[-1]])
    into, out = network.lanes[start].predecessors, network.lanes[lanes[-1]].successors
    return TwoWay(
        tuple(lanes),
        sum(network.lanes[index].length for index in lanes),
        beside[start].offset,
        beside[start].open,
        any(network.lanes[index].junction is not None for index in into),
        any(network.lanes[index].junction is not None for index in out),
    )


def bent(way: Way, offsets: FloatArray) -> Way:
    """A way whose rail leaves the lanes' middle.

    Args:
        way: The way.
        offsets: (N,) metres to the left at the points of its route's path.
    """
    path = way.route.path
    points = shifted(path.points, offsets)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points[:, :2], axis=0).T))])
    starts = np.interp(way.route.starts, path.distances, along)
    return Way(way.network, replace(way.route, starts=starts), Rail.along(points))


def _offset(own: LaneStrip, other: LaneStrip) -> float:
    """Metres from one strip's middle to another's, to the left of the first's traffic."""
    across = own.left[:, :2] - own.right[:, :2]
    across /= np.hypot(*across.T)[:, None]
    apart = ((other.center - own.center)[:, :2] * across).sum(axis=1)
    return float(np.median(apart)) * own.direction
