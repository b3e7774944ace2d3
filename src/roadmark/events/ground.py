"""`Ground`: which lane every actor is on over time, looked up once for all kinds of events."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from roadmark.events.courses import Courses
from roadmark.events.model import Place
from roadmark.geometry import FloatArray
from roadmark.maps import LaneStrip, RoadMap

BoolArray = NDArray[np.bool_]

SAMPLE_TIME, SAMPLE_LENGTH = 0.25, 1.0
"""Lanes are looked up anew after so many seconds of driving, and so many metres."""

DRIVING = frozenset({"driving", "bidirectional", "entry", "exit", "onRamp", "offRamp", "connectingRamp", "bus", "taxi",
                     "HOV"})  # fmt: skip
"""Lane types that vehicles drive along."""


@dataclass(frozen=True, eq=False)
class Ground:
    """Lanes under the actors. A actors, F frames.

    Attributes:
        road_map: The map.
        strip: (A, F) index into `RoadMap.strips()` of the lane under the box's centre, -1 off every lane and where the
            actor is not there. Held between look-ups.
        s: (A, F) metres along the road, as of the look-up.
        lane_heading: (A, F) radians in which its traffic drives; NaN off every lane.
        fresh: (A, F) whether the frame was looked up.
    """

    road_map: RoadMap
    strip: NDArray[np.int64]
    s: FloatArray
    lane_heading: FloatArray
    fresh: BoolArray

    @cached_property
    def strips(self) -> list[LaneStrip]:
        """The map's lanes."""
        return self.road_map.strips()

    @cached_property
    def drives(self) -> BoolArray:
        """(strips + 1,) whether vehicles drive along a lane; the last stands for no lane."""
        return np.array([strip.type in DRIVING for strip in self.strips] + [False], dtype=bool)

    @cached_property
    def inside(self) -> BoolArray:
        """(strips + 1,) whether a lane belongs to a junction."""
        return np.array([strip.junction is not None for strip in self.strips] + [False], dtype=bool)

    @cached_property
    def both_ways(self) -> BoolArray:
        """(strips + 1,) whether traffic may drive a lane in both directions."""
        return np.array([self._is_both_ways(strip) for strip in self.strips] + [False], dtype=bool)

    @cached_property
    def on_driving(self) -> BoolArray:
        """(A, F) whether the centre is on a lane that vehicles drive along."""
        return self.drives[self.strip]

    @cached_property
    def in_junction(self) -> BoolArray:
        """(A, F) whether the centre is on a junction's lane."""
        return self.inside[self.strip]

    @cached_property
    def connections(self) -> dict[tuple[str, int], set[str]]:
        """Roads that a junction lets a lane (road, lane id) go on to."""
        found: dict[tuple[str, int], set[str]] = defaultdict(set)
        for junction in self.road_map.junctions.values():
            for link in junction.connections:
                road = self.road_map.road_geometry.get(link.connecting_road)
                if road is None:
                    continue
                end = road.successor if link.contact_point != "end" else road.predecessor
                if end is not None:
                    for lane, _ in link.lane_links:
                        found[link.incoming_road, lane].add(end.id)
        return dict(found)

    def place(self, position: FloatArray) -> Place:
        """Where a point (2,) or (3,) is; without a height it is on the road there."""
        at = np.asarray(position, dtype=np.float64)
        located = self.road_map.locate(at[None])
        index = int(located.strip_index[0])
        if len(at) < 3:
            z = located.z[0] if index >= 0 else self.road_map.elevation(at[None])[0]
            at = np.append(at, z)
        x, y, z = (round(float(value), 4) for value in at)
        if index < 0:
            return Place((x, y, z))
        strip = self.strips[index]
        return Place((x, y, z), strip.key.road, str(strip.key), strip.junction)

    def _is_both_ways(self, strip: LaneStrip) -> bool:
        if strip.type == "bidirectional":
            return True
        lanes = self.road_map.road_geometry[strip.key.road].sections[strip.key.section].lanes
        return strip.key.lane in lanes and lanes[strip.key.lane].direction == "both"


def locate_courses(courses: Courses, road_map: RoadMap) -> Ground:
    """Look up the lanes under everyone: after every `SAMPLE_TIME` of moving at least `SAMPLE_LENGTH`."""
    shape = courses.present.shape
    fresh = _samples(courses)
    rows, frames = np.nonzero(fresh)
    points = np.column_stack([courses.centers[rows, frames], courses.positions[rows, frames, 2]])
    located = road_map.locate(points)
    latest = np.maximum.accumulate(np.where(fresh, np.arange(shape[1]), -1), axis=1)
    number = np.zeros(shape, dtype=np.int64)
    number[rows, frames] = np.arange(len(rows))
    source = np.where(courses.present, number[np.arange(shape[0])[:, None], np.maximum(latest, 0)], -1)

    def held(values: NDArray[np.float64], missing: float) -> FloatArray:
        return np.append(values, missing)[source]

    return Ground(
        road_map,
        np.append(located.strip_index, -1)[source],
        held(located.s, np.nan),
        held(located.heading, np.nan),
        fresh,
    )


def _samples(courses: Courses) -> BoolArray:
    """(A, F) frames to look up: the first of each actor, and where it has got on since."""
    stride = max(round(SAMPLE_TIME / courses.step), 1)
    fresh = np.zeros_like(courses.present)
    fresh[np.arange(courses.count), courses.first] = True
    frames = np.arange(0, courses.present.shape[1], stride)
    here = courses.centers[:, frames]
    known = courses.present[:, frames]
    last = courses.centers[np.arange(courses.count), courses.first]
    for column, frame in enumerate(frames.tolist()):
        moved = known[:, column] & ~(np.hypot(*(here[:, column] - last).T) < SAMPLE_LENGTH)
        fresh[moved, frame] = True
        last = np.where(moved[:, None], here[:, column], last)
    return np.asarray(fresh & courses.present)
