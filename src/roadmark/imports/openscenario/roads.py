"""Roads under entities: places on lanes, the ground, and rails along lanes, with or against their traffic."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from roadmark.errors import InputError
from roadmark.geometry import FloatArray
from roadmark.imports.openscenario.model import Spot
from roadmark.maps import LaneKey
from roadmark.traffic import Network, Path, joined_path

AHEAD: Final = 300.0
"""Metres of rail that are laid at a time."""
_WITH_IT: Final = 0.5 * math.pi  # radians: whoever heads further from a lane's traffic drives against it


@dataclass(frozen=True, eq=False)
class OnLane:
    """Where something is on a lane.

    Attributes:
        key: The lane.
        s: Metres along the road.
        offset: Metres to the left of its middle, as its traffic drives.
        heading: Radians, of its traffic.
    """

    key: LaneKey
    s: float
    offset: float
    heading: float


@dataclass(frozen=True, eq=False)
class Rail:
    """A line along lanes.

    Attributes:
        path: The line.
        keys: The lanes, in order.
        starts: (len(keys),) metres at which each begins.
        forward: Whether it goes with their traffic.
        ended: Whether no lane goes on from its end.
        fixed: How many of the lanes were asked for (a route); those after are where the way goes straightest.
    """

    path: Path
    keys: tuple[LaneKey, ...]
    starts: FloatArray
    forward: bool
    ended: bool
    fixed: int = 1

    def lane_at(self, distance: float) -> LaneKey:
        """The lane at a distance along the rail."""
        return self.keys[max(int(np.searchsorted(self.starts, distance, side="right")) - 1, 0)]

    def project(self, x: float, y: float) -> tuple[float, float]:
        """Metres along the rail nearest to a place, and how far the place is to its left."""
        points = self.path.points[:, :2]
        start, step = points[:-1], np.diff(points, axis=0)
        length = (step**2).sum(axis=1)
        along = np.clip(((x - start[:, 0]) * step[:, 0] + (y - start[:, 1]) * step[:, 1]) / length, 0.0, 1.0)
        off = np.hypot(start[:, 0] + along * step[:, 0] - x, start[:, 1] + along * step[:, 1] - y)
        k = int(np.argmin(off))
        distance = float(self.path.distances[k] + along[k] * math.sqrt(length[k]))
        place, heading = self.path.position(distance), float(self.path.heading(distance))
        left = (y - place[1]) * math.cos(heading) - (x - place[0]) * math.sin(heading)
        return distance, float(left)


class Roads:
    """A map's lanes, as entities use them."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.road_map = network.road_map

    def ground(self, x: float, y: float, z: float | None) -> float:
        """Height of the ground at a place; of several above each other, the one nearest to `z`."""
        place = [[x, y]] if z is None else [[x, y, z]]
        found = float(self.road_map.locate(place).z[0])
        return float(self.road_map.elevation([[x, y]])[0]) if math.isnan(found) else found

    def pitch(self, spot: Spot) -> float:
        """Radians by which the ground falls ahead of a place."""
        x, y = math.cos(spot.yaw), math.sin(spot.yaw)
        ahead, behind = (self.ground(spot.x + way * x, spot.y + way * y, spot.z) for way in (1.5, -1.5))
        return -math.atan2(ahead - behind, 3.0)

    def on_lane(self, spot: Spot) -> OnLane | None:
        """The lane under a place, of any kind; None off every lane."""
        found = self.road_map.locate([[spot.x, spot.y, spot.z]])
        index = int(found.strip_index[0])
        if index < 0:
            return None
        key = self.road_map.strips()[index].key
        return OnLane(key, float(found.s[0]), float(found.offset[0]), float(found.heading[0]))

    def lane_spot(self, road_id: str, lane: int, s: float, offset: float) -> Spot:
        """The place on a lane at `s`, `offset` metres to the left of its middle as the road runs; heading its way.

        Raises:
            InputError: There is no such road, lane or place.
        """
        road = self.road_map.road_geometry.get(road_id)
        if road is None:
            raise InputError(f"the map has no road {road_id[:40]!r}")
        if not 0.0 <= s <= road.length + 0.01:
            raise InputError(f"s={s:g} is not within the {road.length:.2f} m of road {road_id}")
        s = min(s, road.length)
        section = road.sections[road.section_at(s)]
        at = np.array([s])
        edges = road.lane_edges(section, at)
        if lane == 0 or lane not in edges:
            lanes = ", ".join(str(one) for one in sorted(edges) if one)
            raise InputError(f"road {road_id} has no lane {lane} at s={s:g}; it has {lanes}")
        inner = max((one for one in edges if one == 0 or (one * lane > 0 and abs(one) < abs(lane))), key=abs)
        x, y, z = road.surface(at, 0.5 * (edges[lane] + edges[inner]) + offset)[0].tolist()
        turned = 0.0 if road.lane_direction(lane, section) > 0 else math.pi
        return Spot(x, y, z, float(road.heading(at)[0]) + turned)

    def road_spot(self, road_id: str, s: float, t: float) -> Spot:
        """The place on a road, heading the way the road runs.

        Raises:
            InputError: There is no such road or place.
        """
        road = self.road_map.road_geometry.get(road_id)
        if road is None:
            raise InputError(f"the map has no road {road_id[:40]!r}")
        if not 0.0 <= s <= road.length + 0.01:
            raise InputError(f"s={s:g} is not within the {road.length:.2f} m of road {road_id}")
        at = np.array([min(s, road.length)])
        x, y, z = road.surface(at, np.array([t]))[0].tolist()
        return Spot(x, y, z, float(road.heading(at)[0]))

    def beside(self, key: LaneKey, steps: int) -> LaneKey:
        """The lane whose id is `steps` more; 0 is no lane and does not count.

        Raises:
            InputError: There is none.
        """
        lane = key.lane
        for _ in range(abs(steps)):
            lane += 1 if steps > 0 else -1
            lane += (1 if steps > 0 else -1) if lane == 0 else 0
        road = self.road_map.road_geometry[key.road]
        if lane not in road.sections[key.section].lanes:
            raise InputError(f"there is no lane {steps:+d} from lane {key.lane} of road {key.road}")
        return LaneKey(key.road, key.section, lane)

    def heads_with(self, spot: Spot, on: OnLane) -> bool:
        """Whether someone at a place heads the way of a lane's traffic."""
        return abs(math.remainder(spot.yaw - on.heading, math.tau)) < _WITH_IT

    def rail_from(self, key: LaneKey, *, forward: bool) -> Rail:
        """A rail that begins with a lane; lanes that vehicles do not drive go nowhere else.

        Raises:
            InputError: The lane is a seam that nobody can be on.
        """
        if key in self.network.index:
            return self._laid([self.network.index[key]], forward=forward, fixed=1)
        strip = self.road_map.strips()[self.road_map.strip_index[key]]
        points = strip.center[:: strip.direction if forward else -strip.direction]
        keep = np.concatenate([[True], np.hypot(*np.diff(points[:, :2], axis=0).T) > 0.01])
        if keep.sum() < 2:
            raise InputError(f"lane {key} is too short to be on")
        return Rail(Path(np.ascontiguousarray(points[keep])), (key,), np.zeros(1), forward, ended=False)

    def longer(self, rail: Rail) -> Rail:
        """A rail and more metres of it; its distances stay what they are."""
        if rail.ended or rail.keys[0] not in self.network.index:
            return rail
        return self._laid([self.network.index[key] for key in rail.keys], forward=rail.forward, fixed=rail.fixed)

    def _laid(self, lanes: list[int], *, forward: bool, fixed: int) -> Rail:
        more, ended = AHEAD, False
        while more > 0.0:
            last = self.network.lanes[lanes[-1]]
            ways = last.successors if forward else last.predecessors
            if not ways:
                ended = True
                break
            lanes.append(min(ways, key=self._bend))
            more -= self.network.lanes[lanes[-1]].length
        paths = [self.network.lanes[lane].path for lane in lanes]
        path, starts = joined_path(paths if forward else [Path(one.points[::-1]) for one in paths])
        return Rail(path, tuple(self.network.lanes[lane].key for lane in lanes), starts, forward, ended, fixed)

    def _bend(self, lane: int) -> float:
        path = self.network.lanes[lane].path
        return abs(float(path.heading(path.length)) - float(path.heading(0.0)))

    def route(self, key: LaneKey, goals: Sequence[OnLane]) -> Rail:
        """The shortest rail from a lane over some places, with the traffic; any lane of a goal's side will do.

        Raises:
            InputError: One of them cannot be reached without changing lanes on the way.
        """
        if key not in self.network.index:
            raise InputError(f"lane {key} is not one that vehicles drive")
        lanes = [self.network.index[key]]
        for goal in goals:
            lanes += self._shortest(lanes[-1], goal)[1:]
        return self._laid(lanes, forward=True, fixed=len(lanes))

    def _shortest(self, start: int, goal: OnLane) -> list[int]:
        """Lanes from one to a goal's (Dijkstra 1959)."""
        side = {
            lane.index
            for lane in self.network.lanes
            if (lane.key.road, lane.key.section) == (goal.key.road, goal.key.section)
            and lane.key.lane * goal.key.lane > 0
        }
        waiting, seen = [(0.0, start, -1)], dict[int, int]()
        while waiting:
            cost, lane, before = heapq.heappop(waiting)
            if lane in seen:
                continue
            seen[lane] = before
            if lane in side:
                found = [lane]
                while seen[found[-1]] >= 0:
                    found.append(seen[found[-1]])
                return found[::-1]
            for way in self.network.lanes[lane].successors:
                heapq.heappush(waiting, (cost + self.network.lanes[way].length, way, lane))
        here = self.network.lanes[start].key
        raise InputError(f"no way leads from lane {here} to road {goal.key.road} without changing lanes")
