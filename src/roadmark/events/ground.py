"""`Ground`: which lane every actor is on over time, looked up once for all kinds of events."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from roadmark.events.courses import Courses
from roadmark.events.model import Place
from roadmark.events.streets import Streets, streets_of
from roadmark.geometry import FloatArray
from roadmark.maps import RoadMap

BoolArray = NDArray[np.bool_]

SAMPLE_TIME, SAMPLE_LENGTH, SAMPLE_STEPS = 0.25, 1.0, 0.3
"""Lanes are looked up anew after so many seconds, if a vehicle has driven so many metres, or a walker walked."""


@dataclass(frozen=True, eq=False)
class Ground:
    """Lanes under the actors. A actors, F frames.

    Attributes:
        streets: The map.
        strip: (A, F) index into `RoadMap.strips()` of the lane under the box's centre, -1 off every lane and where the
            actor is not there. Held between look-ups.
        s: (A, F) metres along the road, as of the look-up.
        lane_heading: (A, F) radians in which its traffic drives; NaN off every lane.
        fresh: (A, F) whether the frame was looked up.
    """

    streets: Streets
    strip: NDArray[np.int64]
    s: FloatArray
    lane_heading: FloatArray
    fresh: BoolArray

    @property
    def road_map(self) -> RoadMap:
        """The map."""
        return self.streets.road_map

    @cached_property
    def on_driving(self) -> BoolArray:
        """(A, F) whether the centre is on a lane that vehicles drive along."""
        return self.streets.drives[self.strip]

    @cached_property
    def in_junction(self) -> BoolArray:
        """(A, F) whether the centre is on a junction's lane."""
        return self.streets.inside[self.strip]

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
        strip = self.streets.strips[index]
        return Place((x, y, z), strip.key.road, str(strip.key), strip.junction)


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
        streets_of(road_map),
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
    least = np.where(courses.walker, SAMPLE_STEPS, SAMPLE_LENGTH)
    last = courses.centers[np.arange(courses.count), courses.first]
    for column, frame in enumerate(frames.tolist()):
        moved = known[:, column] & ~(np.hypot(*(here[:, column] - last).T) < least)
        fresh[moved, frame] = True
        last = np.where(moved[:, None], here[:, column], last)
    return np.asarray(fresh & courses.present)
