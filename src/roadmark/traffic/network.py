"""`Network`: a map's lanes as a graph that traffic can drive, with conflicts, stop lines and crosswalks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from roadmark.errors import InputError
from roadmark.geometry import FloatArray
from roadmark.maps import LaneKey, RoadMap
from roadmark.traffic.paths import Path, joined_path

Turn = Literal["none", "straight", "left", "right", "u_turn"]


@dataclass(frozen=True)
class StopLine:
    """Where a lane's traffic stops for a signal or a sign.

    Attributes:
        distance: Metres along the lane at which fronts must stay behind.
        signal: Id of the traffic light, None for a stop or yield sign.
        sign: `light`, `stop` or `yield`.
    """

    distance: float
    signal: str | None
    sign: Literal["light", "stop", "yield"]


@dataclass(frozen=True)
class Conflict:
    """Another lane whose traffic can touch this lane's.

    Attributes:
        lane: Index of the other lane.
        here: (first, last) metres along this lane between which a vehicle on it can touch one on the other.
        there: The same along the other lane.
        crossing: Whether the paths cross; otherwise they merge or split.
    """

    lane: int
    here: tuple[float, float]
    there: tuple[float, float]
    crossing: bool


@dataclass(frozen=True)
class LaneCrossing:
    """A crosswalk over a lane: metres along the lane between which people walk."""

    crosswalk: int
    first: float
    last: float


@dataclass(frozen=True, eq=False)
class NetworkLane:
    """One lane that vehicles drive, from end to end of a lane section.

    Attributes:
        index: Index in `Network.lanes`.
        key: Which lane of the map.
        type: OpenDRIVE lane type: `driving`, `biking`, ...
        path: Its centre line in driving direction.
        width: (mean) metres.
        speed_limit: m/s.
        junction: Junction id, None on roads between junctions.
        turn: What driving it does in a junction, `none` outside.
        successors: Lanes that go on from its end.
        predecessors: Lanes that lead to its start.
        left, right: Neighbour lane of the same direction and type to that side, None without one.
        may_change_left, may_change_right: The marks allow it over most of the lane (always False in junctions).
        stop_line: Where its traffic waits before the junction it leads into, None without lights and signs. Where
            its ways on have several lights, the one of the first of them.
        conflicts: Lanes in the same junction that touch it.
        crossings: Crosswalks over it, by distance.
        signal: On the first lane of a way through a junction: id of the traffic light that governs entering it.
    """

    index: int
    key: LaneKey
    type: str
    path: Path
    width: float
    speed_limit: float
    junction: str | None
    turn: Turn
    successors: tuple[int, ...]
    predecessors: tuple[int, ...]
    left: int | None
    right: int | None
    may_change_left: bool
    may_change_right: bool
    stop_line: StopLine | None
    conflicts: tuple[Conflict, ...]
    crossings: tuple[LaneCrossing, ...]
    signal: str | None = None

    @property
    def length(self) -> float:
        """Metres."""
        return self.path.length


@dataclass(frozen=True, eq=False)
class Route:
    """Consecutive lanes and the line through them.

    Attributes:
        lanes: Indices of the lanes, each a successor of the one before.
        path: Their centre lines as one smooth line, from the first lane's start.
        starts: (len(lanes),) metres along the path at which each lane begins.
    """

    lanes: tuple[int, ...]
    path: Path
    starts: FloatArray


@dataclass(frozen=True, eq=False)
class Network:
    """The lanes of a map that vehicles drive.

    Attributes:
        road_map: The map.
        lanes: Every driving (and biking) lane with a length, in the map's order.
        crosswalks: (M, 2 or 3) outlines of the map's crosswalks, in the map's order.
    """

    road_map: RoadMap
    lanes: tuple[NetworkLane, ...]
    crosswalks: tuple[FloatArray, ...]

    @cached_property
    def index(self) -> Mapping[LaneKey, int]:
        """Lane index by key."""
        return {lane.key: lane.index for lane in self.lanes}

    def route(self, lanes: Sequence[int]) -> Route:
        """The smooth line through consecutive lanes.

        Raises:
            InputError: No lanes, or one that is no successor of the one before.
        """
        if not lanes:
            raise InputError("a route needs at least one lane")
        for before, after in pairwise(lanes):
            if after not in self.lanes[before].successors:
                keys = self.lanes[before].key, self.lanes[after].key
                raise InputError(f"lane {keys[1]} does not go on from lane {keys[0]}")
        path, starts = joined_path([self.lanes[lane].path for lane in lanes])
        return Route(tuple(lanes), path, starts)
