"""Where on the map's lanes vehicles are over time, and how they pass junctions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from roadmark.maps import LaneStrip, RoadMap
from roadmark.scene import DRIVING, Course, Place

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

ALONG = 0.85
"""Cosine between a vehicle's heading and its lane's within which it follows the lane."""
_LONGEST_GAP = 1.0
"""Seconds for which a vehicle may be out of sight, or off the lanes, at a junction and its way is still known."""
_STAYS = 0.05
"""Metres that a vehicle may go on until its lane is looked up anew."""
_STRAIGHT, _LEAST_TURN, _MOST_TURN, _BACK = 20.0, 60.0, 120.0, 150.0
"""Degrees: less is straight on, between these a turn, more is turning back; whatever lies between is doubtful."""


@dataclass(frozen=True, eq=False)
class OnRoad:
    """One vehicle on the map's lanes, in the N rows of its course.

    Attributes:
        strips: (N,) index into `RoadMap.strips()`, -1 off every lane.
        offsets: (N,) metres from the lane's middle, left positive as its traffic drives; NaN off every lane.
        along: (N,) cosine between its heading and the way its lane's traffic drives; NaN off every lane.
        drives: (N,) whether it is on a lane that vehicles drive along.
        inside: (N,) whether it is on a junction's lane.
    """

    strips: NDArray[np.int64]
    offsets: FloatArray
    along: FloatArray
    drives: BoolArray
    inside: BoolArray


@dataclass(frozen=True)
class Passage:
    """A vehicle's way through a junction of three roads or more.

    Attributes:
        junction: Its id.
        entered, left: Seconds of the video.
        way: `straight`, `left`, `right` or `back`.
        turned: Degrees to the left.
        before: Last row of the course before it.
    """

    junction: str
    entered: float
    left: float
    way: str
    turned: float
    before: int


class Roads:
    """Lanes under the vehicles of one scene, looked up once."""

    def __init__(self, place: Place, courses: Mapping[int, Course]) -> None:
        self.place = place
        self._courses = {actor: course for actor, course in courses.items() if course.is_vehicle}

    @property
    def road_map(self) -> RoadMap | None:
        """The map; None where the clip has none: then no vehicle is on any road."""
        return self.place.road_map

    @cached_property
    def of(self) -> Mapping[int, OnRoad]:
        """Every vehicle on the lanes, by id; empty without a map."""
        if self.road_map is None or not self._courses or not self.road_map.strips():
            return {}
        stays = [_stays(course) for course in self._courses.values()]
        firsts = [np.flatnonzero(np.diff(stay, prepend=-1)) for stay in stays]
        places = [course.places[rows] for course, rows in zip(self._courses.values(), firsts, strict=True)]
        located = self.road_map.locate(np.concatenate(places))
        drives, inside = _kinds(self.road_map)
        found, start = {}, 0
        for (actor, course), stay, rows in zip(self._courses.items(), stays, firsts, strict=True):
            at = start + stay
            start += len(rows)
            strips = located.strip_index[at]
            along = np.cos(course.headings - located.heading[at])
            found[actor] = OnRoad(strips, located.offset[at], along, drives[strips], inside[strips])
        return found

    def strip(self, index: int) -> LaneStrip:
        """A lane of the map by its index."""
        assert self.road_map is not None
        return self.road_map.strips()[index]

    @cached_property
    def passages(self) -> Mapping[int, tuple[Passage, ...]]:
        """Ways through junctions that are seen from before to after, by vehicle; doubtful ones are left out."""
        found = {}
        for actor, there in self.of.items():
            ways = tuple(self._passages(self._courses[actor], there))
            if ways:
                found[actor] = ways
        return found

    def _passages(self, course: Course, there: OnRoad) -> Iterator[Passage]:
        times = course.times
        follows = there.drives & ~there.inside & (there.along > ALONG)
        for first, last in runs(~follows):
            inside = first + np.flatnonzero(there.inside[first : last + 1])
            junctions = {self.strip(int(index)).junction for index in np.unique(there.strips[inside])}
            if (
                first == 0
                or last == len(times) - 1
                or len(junctions) != 1
                or not junctions <= set(self.place.crossings)
            ):
                continue
            begin, end = first - 1, last + 1
            gaps = (
                np.diff(times[begin : end + 1]).max(),
                times[inside[0]] - times[begin],
                times[end] - times[inside[-1]],
            )
            turned = float(np.degrees(course.headings[end] - course.headings[begin]))
            way = _way(turned)
            if max(gaps) <= _LONGEST_GAP and way:
                yield Passage(str(junctions.pop()), float(times[inside[0]]), float(times[end]), way, turned, begin)


def _way(turned: float) -> str:
    size = abs(turned)
    if size < _STRAIGHT:
        return "straight"
    if _LEAST_TURN < size < _MOST_TURN:
        return "left" if turned > 0.0 else "right"
    return "back" if size > _BACK else ""


def _stays(course: Course) -> NDArray[np.int64]:
    """(N,) number of the place at which each row is: rows within `_STAYS` of way share one."""
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(course.places[:, :2], axis=0), axis=1))])
    return np.cumsum(np.diff(np.floor(way / _STAYS), prepend=0.0) > 0.0)


@lru_cache(maxsize=4)
def _kinds(road_map: RoadMap) -> tuple[BoolArray, BoolArray]:
    """(strips + 1,) whether vehicles drive along a lane, and whether it is a junction's; the last is off every lane."""
    strips = road_map.strips()
    drives = np.array([strip.type in DRIVING for strip in strips] + [False], np.bool_)
    inside = np.array([strip.junction is not None for strip in strips] + [False], np.bool_)
    return drives, inside


def runs(holds: BoolArray) -> list[tuple[int, int]]:
    """First and last index of every stretch of consecutive true values in (N,).

    Examples:
        >>> runs(np.array([False, True, True, False, True]))
        [(1, 2), (4, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], holds, [False]]).astype(np.int8)))
    return [(int(first), int(after) - 1) for first, after in zip(edges[::2], edges[1::2], strict=True)]
