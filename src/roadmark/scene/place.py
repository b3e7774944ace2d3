"""The place that a clip shows, from its map: junction or road, lanes, signals, crosswalks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.clip import Clip
from roadmark.errors import FormatError, InputError
from roadmark.files import hash_file
from roadmark.maps import RoadMap, load_opendrive
from roadmark.scene.courses import Course
from roadmark.scene.view import View
from roadmark.scene.words import listed, number

Array = NDArray[np.float64]

DRIVING: Final = frozenset({"driving", "bidirectional", "entry", "exit", "onRamp", "offRamp", "connectingRamp", "bus",
                            "taxi", "HOV"})  # fmt: skip
_WALKING: Final = frozenset({"sidewalk", "walking"})
_STOP, _YIELD = "206", "205"
"""Types of signs, by the German catalogue, as CARLA's maps and our towns have them."""
_AROUND = 15.0
"""Metres beyond a junction's surface at which its signals and crosswalks may stand."""
_NEAR = 25.0
"""Metres from where the camera looks to the middle of the junction that it watches."""
_RECOGNISED = 50.0
"""Metres from the camera within which one sees a crosswalk."""
_MOST_KEPT = 4
"""Maps kept in memory."""
_SHOWN = 0.3
"""Share of a junction that is in the picture of a clip that shows it."""


@dataclass(frozen=True, eq=False)
class Focus:
    """What a clip is about.

    Attributes:
        junction: Id of the junction where it happens; None where it is in none, or not known.
        place: (2,) metres where it happens; None is where the camera looks.
        frame: When; None is the middle of the clip.
    """

    junction: str | None = None
    place: Array | None = None
    frame: int | None = None


@dataclass(frozen=True, eq=False)
class Crossing:
    """A junction as one sees it.

    Attributes:
        points: (N, 3) metres, world FLU, along the middles of its lanes.
        center: (3,) metres, halfway between their ends.
        radius: Metres to the farthest of them.
        arms: Driving lanes (in, out) of every road that meets here.
    """

    points: Array
    center: Array
    radius: float
    arms: tuple[tuple[int, int], ...]

    def reaches(self, point: Array) -> bool:
        """Whether what stands at a point may belong to it."""
        return bool(np.linalg.norm(point[:2] - self.center[:2]) < self.radius + _AROUND)


class Place:
    """Answers what the map knows of a clip's place; without a map, nothing."""

    def __init__(self, road_map: RoadMap | None) -> None:
        self.road_map = road_map

    def ground_below(self, point: Array) -> float | None:
        """Height of the road under a point, metres; None without a map."""
        if self.road_map is None or not self.road_map.strips():
            return None
        return float(self.road_map.elevation(point[None, :2])[0])

    def off_road(self, course: Course) -> bool:
        """Whether an actor's last place is beside the driving lanes."""
        if self.road_map is None:
            return False
        return self._types(course.places[-1:])[0] not in DRIVING

    def walks_on(self, course: Course) -> str:
        """`crosswalk` or `sidewalk`, where an actor spends a second or most of its time; else nothing."""
        if self.road_map is None:
            return ""
        spacing = float(course.times[-1] - course.times[0]) / max(len(course.times) - 1, 1)
        if self._on_crosswalks(course.places) * spacing >= 1.0:
            return "crosswalk"
        on_pavement = [kind in _WALKING for kind in self._types(course.places)]
        return "sidewalk" if sum(on_pavement) > 0.6 * len(on_pavement) else ""

    def in_junction(self, course: Course) -> bool:
        """Whether an actor is in a junction at some time; without a map, nobody can tell that it is not."""
        if self.road_map is None:
            return True
        strips = self.road_map.strips()
        found = self.road_map.locate(course.places[:, :2]).strip_index
        return any(strips[index].junction is not None for index in found if index >= 0)

    def describe(self, view: View, focus: Focus) -> str:
        """Such as `a four-way junction with traffic lights and crosswalks`; empty without a map."""
        if self.road_map is None:
            return ""
        target = view.target if focus.place is None else focus.place
        crossing = self.crossings.get(focus.junction or "")
        if crossing is None or not self._in_view(crossing, view, focus.frame):
            crossing = self._watched(view, target, focus.frame)
        if crossing is not None:
            return self._crossing(crossing, view, focus.frame)
        return "" if target is None else self._road(target, view, focus.frame)

    @cached_property
    def crossings(self) -> dict[str, Crossing]:
        """Junctions of three roads or more, by id."""
        assert self.road_map is not None
        found = {}
        for junction in self.road_map.junctions:
            strips = [strip for strip in self.road_map.junction_strips(junction) if strip.type in DRIVING]
            arms = _arms(self.road_map, junction)
            if strips and len(arms) >= 3:
                points = np.concatenate([strip.center for strip in strips])
                center = 0.5 * (points.min(axis=0) + points.max(axis=0))
                radius = float(np.linalg.norm(points[:, :2] - center[:2], axis=1).max())
                found[junction] = Crossing(points, center, radius, arms)
        return found

    @cached_property
    def _outlines(self) -> list[Array]:
        assert self.road_map is not None
        return [crosswalk.outline for crosswalk in self.road_map.crosswalks]

    def _on_crosswalks(self, places: Array) -> int:
        """How many of the places are on a crosswalk."""
        inside = np.zeros(len(places), bool)
        for outline in self._outlines:
            near = (places[:, :2] >= outline[:, :2].min(axis=0)) & (places[:, :2] <= outline[:, :2].max(axis=0))
            contour = outline[:, :2].astype(np.float32)
            for row in np.flatnonzero(near.all(axis=1) & ~inside):
                point = (float(places[row, 0]), float(places[row, 1]))
                inside[row] = cv2.pointPolygonTest(contour, point, False) >= 0.0
        return int(inside.sum())

    def _types(self, places: Array) -> list[str]:
        assert self.road_map is not None
        strips = self.road_map.strips()
        return ["" if index < 0 else strips[index].type for index in self.road_map.locate(places[:, :2]).strip_index]

    def _watched(self, view: View, target: Array | None, frame: int | None) -> Crossing | None:
        """The junction nearest to a place, if it is in the picture."""
        if target is None or not self.crossings:
            return None
        every = [crossing for _, crossing in sorted(self.crossings.items())]
        away = [float(np.linalg.norm(crossing.center[:2] - target)) for crossing in every]
        nearest = every[int(np.argmin(away))]
        return nearest if min(away) < _NEAR and self._in_view(nearest, view, frame) else None

    @staticmethod
    def _in_view(crossing: Crossing, view: View, frame: int | None) -> bool:
        return bool(view.shows(crossing.points, frame).mean() >= _SHOWN)

    def _crossing(self, crossing: Crossing, view: View, frame: int | None) -> str:
        count = len(crossing.arms)
        what = {3: "a three-way junction", 4: "a four-way junction"}.get(count, f"a junction of {number(count)} roads")
        near = [outline for outline in self._outlines if crossing.reaches(outline.mean(axis=0))]
        marks = "crosswalks" if len(near) > 1 else "a crosswalk"
        extras = [self._controls(crossing), marks if self._crosswalks(view, frame) else ""]
        with_ = listed([word for word in extras if word])
        text = f"{what} with {with_}" if with_ else what
        lanes = {lane for arm in crossing.arms for lane in arm}
        if all(into == out for into, out in crossing.arms):
            count_words = " or ".join(number(lane) for lane in sorted(lanes))
            text += f", whose roads have {count_words} lane{'s' if max(lanes) > 1 else ''} in each direction"
        return text

    def _controls(self, crossing: Crossing) -> str:
        assert self.road_map is not None
        near = [signal for signal in self.road_map.signals if crossing.reaches(signal.pose.translation)]
        if any(signal.dynamic for signal in near):
            return "traffic lights"
        types = {signal.type for signal in near}
        return "stop signs" if _STOP in types else "yield signs" if _YIELD in types else ""

    def _crosswalks(self, view: View, frame: int | None) -> str:
        if not self._outlines:
            return ""
        middles = np.array([outline.mean(axis=0) for outline in self._outlines])
        shown = int(view.shows(middles, frame, within=_RECOGNISED).sum())
        return "" if not shown else "a crosswalk" if shown == 1 else "crosswalks"

    def _road(self, target: Array, view: View, frame: int | None) -> str:
        """The road at a place."""
        assert self.road_map is not None
        strips = self.road_map.strips()
        index = int(self.road_map.locate(target[None]).strip_index[0])
        if index < 0:
            return ""
        key = strips[index].key
        road = self.road_map.road_geometry[key.road]
        section = road.sections[key.section]
        driving = [lane for lane in section.lanes.values() if lane.type in DRIVING]
        ahead = sum(road.lane_direction(lane.id, section) > 0 for lane in driving)
        back = len(driving) - ahead
        if not driving:
            return ""
        if not ahead or not back:
            kind, lanes = "a one-way road", f"{number(len(driving))} lane{'s' if len(driving) > 1 else ''}"
        elif ahead == back:
            kind, lanes = "a two-way road", f"{number(ahead)} lane{'s' if ahead > 1 else ''} in each direction"
        else:
            kind, lanes = "a two-way road", f"{number(len(driving))} lanes"
        sidewalks = sum(lane.type in _WALKING for lane in section.lanes.values())
        beside = "sidewalks" if sidewalks > 1 else "a sidewalk" if sidewalks else ""
        return f"{kind} with {listed([part for part in (lanes, beside, self._crosswalks(view, frame)) if part])}"


class Places:
    """Reads clips' places, and keeps those of the last few maps: the clips of a run share them."""

    def __init__(self) -> None:
        self._kept: dict[bytes, Place] = {}

    def of(self, clip: Clip) -> Place:
        """The place of a clip, from the map it holds; one without a map where it holds none.

        Raises:
            InputError: The map cannot be read.
            FormatError: It is malformed.
        """
        try:
            path = clip.source("map.xodr")
        except FormatError:
            raise
        except InputError:
            return Place(None)
        digest = hash_file(path)[1]
        if digest not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[digest] = Place(load_opendrive(path))
        return self._kept[digest]


def _arms(road_map: RoadMap, junction: str) -> tuple[tuple[int, int], ...]:
    """Driving lanes (into the junction, out of it) of every road that meets there, in order of ids."""
    ends = set()
    for road in road_map.road_geometry.values():
        if road.junction == junction:
            links = (road.predecessor, road.successor)
            ends |= {(link.id, link.contact) for link in links if link is not None and link.kind == "road"}
    arms = []
    for road_id, contact in sorted(ends):
        arm = road_map.road_geometry.get(road_id)
        if arm is None or not arm.sections:
            continue
        section = arm.sections[-1 if contact == "end" else 0]
        towards = 1 if contact == "end" else -1
        ways = [arm.lane_direction(lane.id, section) for lane in section.lanes.values() if lane.type in DRIVING]
        if ways:
            arms.append((sum(way == towards for way in ways), sum(way != towards for way in ways)))
    return tuple(arms)
