"""`RoadMap`: one town's roads, as data and as sampled lanes, in world FLU metres."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from roadmark.errors import FormatError
from roadmark.maps.features import Controller, Crosswalk, Junction, MapObject, Signal
from roadmark.maps.lanes import LaneKey, LaneMark, LaneStrip, SampledSection, lane_marks, lane_strips, sample_road
from roadmark.maps.limits import MAX_EXTENT, MAX_LANE_AREA, MAX_LANE_POINTS
from roadmark.maps.locate import LaneLocations, LaneLocator
from roadmark.maps.road_geometry import Road
from roadmark.maps.signal_lanes import GovernedLane, governed_lanes

Array = NDArray[np.float64]


class _Size:
    """How much of a map has been sampled so far."""

    def __init__(self) -> None:
        self._count, self._area = 0, 0.0
        self._low, self._high = np.full(2, np.inf), np.full(2, -np.inf)

    def grown_too_large(self, section: SampledSection) -> str | None:
        """Add a section; what is wrong with the map if it is larger than any city, else None."""
        self._count += len(section.s) * len(section.edges)
        self._area += section.box_area()
        for edge in section.edges.values():
            self._low = np.minimum(self._low, edge[:, :2].min(axis=0))
            self._high = np.maximum(self._high, edge[:, :2].max(axis=0))
        if self._count > MAX_LANE_POINTS:
            return f"the map has more than {MAX_LANE_POINTS} lane points"
        if self._area > MAX_LANE_AREA:
            return f"the map's lanes cover more than {MAX_LANE_AREA / 1e6:g} km2"
        if (self._high - self._low).max() > MAX_EXTENT:
            return f"the map reaches over more than {MAX_EXTENT / 1e3:g} km"
        return None


class RoadMap:
    """Lanes, marks, junctions, crosswalks, signals and elevation of one town.

    What is derived by sampling (`strips`, `marks`, locating) is computed when first asked for and kept.

    Attributes:
        name: The map's name, such as `Town01`.
        source: The file it was read from, for errors; the name where there is none.
        road_geometry: Roads as parsed, by id.
        signals: Traffic lights and signs.
        crosswalks: Pedestrian crossings.
        objects: All other objects of the file, crosswalks included.
        junctions, controllers: By id.
    """

    def __init__(
        self,
        name: str,
        roads: Mapping[str, Road],
        *,
        source: str = "",
        signals: tuple[Signal, ...] = (),
        objects: tuple[MapObject, ...] = (),
        crosswalks: tuple[Crosswalk, ...] = (),
        junctions: Mapping[str, Junction] | None = None,
        controllers: Mapping[str, Controller] | None = None,
        sections: tuple[SampledSection, ...] | None = None,
    ) -> None:
        """Keep the parsed parts; `sections` where only some of the roads' lanes belong to the map."""
        self.name = name
        self.source = source or name
        self.road_geometry = dict(roads)
        self.signals = signals
        self.objects = objects
        self.crosswalks = crosswalks
        self.junctions = dict(junctions or {})
        self.controllers = dict(controllers or {})
        self._given_sections = sections

    def __repr__(self) -> str:
        """Name and how much it holds."""
        return f"RoadMap({self.name!r}, {len(self.road_geometry)} roads, {len(self.signals)} signals)"

    @cached_property
    def sections(self) -> tuple[SampledSection, ...]:
        """Every lane section with the edges of all its lanes at shared stations.

        Raises:
            FormatError: A road bends too tightly to be sampled, or the map is larger than any city.
        """
        if self._given_sections is not None:
            return self._given_sections
        sampled: list[SampledSection] = []
        size = _Size()
        for road in self.road_geometry.values():
            for section in sample_road(road, self.source):
                sampled.append(section)
                problem = size.grown_too_large(section)
                if problem is not None:
                    raise FormatError(problem, path=self.source, field=f"road {road.id}")
        return tuple(sampled)

    def near(self, centers: ArrayLike, reach: float) -> RoadMap:
        """The part of the map around some places: lanes, marks, crosswalks, objects and signals near any of them.

        A road that comes by keeps its piece from the first to the last place within reach. Roads as parsed, junctions
        and controllers stay whole.

        Args:
            centers: (C, 2 or 3) world metres.
            reach: Metres in plan; more where the nearest lane is further away.
        """
        middles = np.atleast_2d(np.asarray(centers, dtype=np.float64))[:, :2]
        edges = [edge[:, :2] for section in self.sections for edge in section.edges.values()]
        if edges:
            every = np.concatenate(edges)
            nearest = min(float(np.hypot(*(every - middle).T).min()) for middle in middles)
            reach = max(reach, nearest + 0.1 * reach)
        parts = (section.near(middles, reach) for section in self.sections)

        def close(points: ArrayLike) -> bool:
            offset = np.atleast_2d(np.asarray(points, dtype=np.float64))[:, None, :2] - middles
            return bool((np.hypot(offset[..., 0], offset[..., 1]) < reach).any())

        return RoadMap(
            self.name,
            self.road_geometry,
            source=self.source,
            signals=tuple(signal for signal in self.signals if close(signal.pose.translation)),
            objects=tuple(thing for thing in self.objects if close(thing.pose.translation)),
            crosswalks=tuple(crosswalk for crosswalk in self.crosswalks if close(crosswalk.outline)),
            junctions=self.junctions,
            controllers=self.controllers,
            sections=tuple(part for part in parts if part is not None),
        )

    @cached_property
    def _strips(self) -> list[LaneStrip]:
        return [strip for section in self.sections for strip in lane_strips(section)]

    @cached_property
    def _marks(self) -> list[LaneMark]:
        return [mark for section in self.sections for mark in lane_marks(section)]

    def strips(self) -> list[LaneStrip]:
        """All lanes as strips; straight pieces stay within 1 cm of the true edges. Do not change the list."""
        return self._strips

    def marks(self) -> list[LaneMark]:
        """All visible road marks along lanes. Do not change the list."""
        return self._marks

    @cached_property
    def strip_index(self) -> dict[LaneKey, int]:
        """Index into `strips()` by lane."""
        return {strip.key: index for index, strip in enumerate(self.strips())}

    def junction_strips(self, junction_id: str) -> list[LaneStrip]:
        """Strips of all connecting roads of a junction; together they cover its surface."""
        return [strip for strip in self.strips() if strip.junction == junction_id]

    def signal(self, signal_id: str) -> Signal:
        """The signal of an id.

        Raises:
            KeyError: No such signal.
        """
        return self._signal_by_id[signal_id]

    def governed_lanes(self, signal: Signal) -> list[GovernedLane]:
        """Lanes whose traffic a signal governs, each with the place where its effect begins."""
        return governed_lanes(signal, self.road_geometry)

    @cached_property
    def _signal_by_id(self) -> dict[str, Signal]:
        return {signal.id: signal for signal in self.signals}

    @cached_property
    def bounds(self) -> Array:
        """(2, 3) smallest and largest coordinates of any lane edge; zeros for a map without lanes."""
        points = [edge for strip in self.strips() for edge in (strip.left, strip.right)]
        if not points:
            return np.zeros((2, 3))
        every = np.concatenate(points)
        return np.stack([every.min(axis=0), every.max(axis=0)])

    @cached_property
    def _locator(self) -> LaneLocator:
        return LaneLocator(self.strips())

    def locate(self, points: ArrayLike) -> LaneLocations:
        """Find the lane under each point.

        Where lanes overlap (junctions, bridges) driving lanes win over others, and among equals the one nearest in
        height, then nearest to its centre line.

        Args:
            points: (N, 3) world metres, or (N, 2) to ignore height.

        Returns:
            Lane, distance along the road, offset and heading of each point; strip index -1 off every lane.
        """
        return self._locator.locate(points)

    def elevation(self, xy: ArrayLike) -> Array:
        """Height of the road surface under points (N, 2); off every lane, that of the nearest lane edge.

        Returns:
            (N,) metres; zeros for a map without lanes.
        """
        return self._locator.elevation(xy)
