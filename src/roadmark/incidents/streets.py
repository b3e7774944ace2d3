"""Cross-sections of streets: where the sidewalks beside a lane are, and lines across the road."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from roadmark.geometry import FloatArray
from roadmark.incidents.model import NoCourseError
from roadmark.maps import KERB_HEIGHT, LaneStrip
from roadmark.traffic import Network, NetworkLane

PAVEMENTS = frozenset({"sidewalk", "walking"})
_DRIVEN = frozenset({"driving", "bidirectional", "entry", "exit", "onRamp", "offRamp"})
_FROM_END = 0.5
_ISLAND = 0.5  # metres between lanes from which on it divides them


@dataclass(frozen=True, eq=False)
class Kerb:
    """A sidewalk beside a lane.

    Attributes:
        strip: The sidewalk.
        side: 1 to the left of the lane, -1 to the right.
        middle: (3,) its middle across from the place on the lane, on the tread.
        edge: Metres from the lane's middle to its edge next to the road.
        lift: Metres that its surface is over what the strip says.
    """

    strip: LaneStrip
    side: int
    middle: FloatArray
    edge: float
    lift: float


@dataclass(frozen=True, eq=False)
class CrossSection:
    """A street across from a place on a lane.

    Attributes:
        point: (3,) the place.
        heading: Radians of the lane there.
        station: Metres along the road.
        kerbs: Sidewalks to the right and to the left, None without one.
        road: (lowest, highest) metres across, positive to the lane's left, between which vehicles drive.
        divided: Whether something lies between its lanes.
    """

    point: FloatArray
    heading: float
    station: float
    kerbs: dict[int, Kerb]
    road: tuple[float, float]
    divided: bool

    def across(self, offset: float) -> FloatArray:
        """(3,) the place so many metres to the left of the lane's middle."""
        return self.point + offset * np.array([-np.sin(self.heading), np.cos(self.heading), 0.0])


def has_sidewalk(network: Network, lane: NetworkLane, sides: int = 1) -> bool:
    """Whether a lane's section of road has sidewalks on so many sides."""
    found = {strip.key.lane > 0 for strip in _section(network, lane) if strip.type in PAVEMENTS}
    return len(found) >= sides


def cross_section(network: Network, lane: NetworkLane, distance: float) -> CrossSection:
    """The street across from a distance along a lane.

    Raises:
        NoCourseError: Too near to the lane's end.
    """
    if not _FROM_END < distance < lane.length - _FROM_END:
        raise NoCourseError("too near to the end of the lane")
    own = network.road_map.strips()[network.road_map.strip_index[lane.key]]
    along = distance if own.direction > 0 else lane.length - distance
    steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(own.center[:, :2], axis=0).T))])
    station = float(np.interp(along * steps[-1] / lane.length, steps, own.s))
    point, heading = lane.path.position(distance), float(lane.path.heading(distance))
    left = np.array([-np.sin(heading), np.cos(heading)])
    kerbs: dict[int, Kerb] = {}
    road, driven = [0.0, 0.0], 0.0
    for strip in _section(network, lane):
        edges = [float((_at(strip, line, station)[:2] - point[:2]) @ left) for line in (strip.left, strip.right)]
        if strip.type in _DRIVEN:
            road = [min(road[0], *edges), max(road[1], *edges)]
            driven += abs(edges[1] - edges[0])
        elif strip.type in PAVEMENTS:
            side = 1 if sum(edges) > 0.0 else -1
            edge = min(edges, key=abs)
            if side not in kerbs or abs(edge) < abs(kerbs[side].edge):
                lift = 0.0 if strip.raised else KERB_HEIGHT
                middle = _at(strip, strip.center, station) + np.array([0.0, 0.0, lift])
                kerbs[side] = Kerb(strip, side, middle, edge, lift)
    divided = road[1] - road[0] > driven + _ISLAND
    return CrossSection(point, heading, station, kerbs, (road[0], road[1]), divided)


def along_sidewalk(kerb: Kerb, station: float, metres: float) -> FloatArray:
    """(N, 3) the middle of a sidewalk over some metres up to a station; negative metres come from the other side."""
    first = float(np.clip(station - metres, kerb.strip.s[0], kerb.strip.s[-1]))
    count = max(int(abs(station - first) / 1.0), 1)
    stations = np.linspace(first, station, count + 1)
    points = np.stack([np.interp(stations, kerb.strip.s, kerb.strip.center[:, axis]) for axis in range(3)], axis=1)
    points[:, 2] += kerb.lift
    return points


def _section(network: Network, lane: NetworkLane) -> list[LaneStrip]:
    return [
        strip
        for strip in network.road_map.strips()
        if strip.key.road == lane.key.road and strip.key.section == lane.key.section
    ]


def _at(strip: LaneStrip, line: FloatArray, station: float) -> FloatArray:
    return np.array([np.interp(station, strip.s, line[:, axis]) for axis in range(3)])
