"""`RoadMap`: one town's roads, as data and as sampled lanes, in world FLU metres."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from roadmark.errors import FormatError
from roadmark.maps.features import Controller, Crosswalk, Junction, MapObject, Signal
from roadmark.maps.lanes import LaneKey, LaneMark, LaneStrip, SampledSection, lane_marks, lane_strips, sample_road
from roadmark.maps.locate import LaneLocations, LaneLocator
from roadmark.maps.road_geometry import Road
from roadmark.maps.signal_lanes import GovernedLane, governed_lanes

Array = NDArray[np.float64]

_MAX_STATIONS = 5_000_000  # over the whole map; a city of 5,000 km at a sample per metre


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
    ) -> None:
        """Keep the parsed parts."""
        self.name = name
        self.source = source or name
        self.road_geometry = dict(roads)
        self.signals = signals
        self.objects = objects
        self.crosswalks = crosswalks
        self.junctions = dict(junctions or {})
        self.controllers = dict(controllers or {})

    def __repr__(self) -> str:
        """Name and how much it holds."""
        return f"RoadMap({self.name!r}, {len(self.road_geometry)} roads, {len(self.signals)} signals)"

    @cached_property
    def sections(self) -> tuple[SampledSection, ...]:
        """Every lane section with the edges of all its lanes at shared stations.

        Raises:
            FormatError: A road bends too tightly to be sampled, or the map is larger than any city.
        """
        sampled: list[SampledSection] = []
        count = 0
        for road in self.road_geometry.values():
            for section in sample_road(road, self.source):
                count += len(section.s) * len(section.edges)
                if count > _MAX_STATIONS:
                    raise FormatError(
                        f"more than {_MAX_STATIONS} lane points", path=self.source, field=f"road {road.id}"
                    )
                sampled.append(section)
        return tuple(sampled)

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
