"""Lane strips and lane marks: the sampled, drivable form of a road."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from roadmark.errors import FormatError
from roadmark.maps.limits import MAX_ACROSS, MAX_COORDINATE, MAX_HEIGHT
from roadmark.maps.road_geometry import Lane, LaneSection, MarkLine, Road, RoadMark
from roadmark.maps.sampling import section_stations

Array = NDArray[np.float64]

KERB_HEIGHT = 0.15
"""Metres by which pavements stand over the carriageway where the file does not lift them itself (CARLA's towns)."""


@dataclass(frozen=True, order=True)
class LaneKey:
    """Names one lane of one lane section; `str()` gives `<road>_<section>_<lane>`."""

    road: str
    section: int
    lane: int

    def __str__(self) -> str:
        """`12_0_-1` is lane -1 of the first section of road 12."""
        return f"{self.road}_{self.section}_{self.lane}"


@dataclass(frozen=True, eq=False)
class LaneStrip:
    """One lane of one section as a strip of quadrilaterals, world FLU metres.

    Attributes:
        key: Which lane.
        type: OpenDRIVE lane type (`driving`, `sidewalk`, `shoulder`, ...).
        s: (N,) ascending metres along the road; the same for all lanes of a section.
        left, right: (N, 3) edges as seen along increasing s.
        center: (N, 3) halfway between them.
        junction: Id of the junction the road belongs to, or None.
        direction: +1 where traffic runs along increasing s, else -1.
        raised: Whether the file itself lifts the lane over the road surface (`height` records; already in z).
    """

    key: LaneKey
    type: str
    s: Array
    left: Array
    right: Array
    center: Array
    junction: str | None
    direction: int
    raised: bool = False

    @cached_property
    def _distances(self) -> Array:
        """(N,) metres along the centre line up to each station."""
        steps = np.linalg.norm(np.diff(self.center, axis=0), axis=1)
        return np.concatenate([[0.0], np.cumsum(steps)])

    @property
    def length(self) -> float:
        """Metres of the centre line."""
        return float(self._distances[-1])

    def place_at(self, distance: float) -> tuple[Array, float]:
        """A place on the centre line, reached by driving along the lane.

        Args:
            distance: Metres from where traffic enters the lane; the ends hold beyond them.

        Returns:
            (3,) world metres, and the heading in which traffic drives there, radians.
        """
        along = self._distances
        at = float(np.clip(distance if self.direction > 0 else along[-1] - distance, 0.0, along[-1]))
        after = int(np.clip(np.searchsorted(along, at), 1, len(along) - 1))
        step = (self.center[after] - self.center[after - 1]) * self.direction
        point = np.array([np.interp(at, along, self.center[:, axis]) for axis in range(3)])
        return point, math.atan2(step[1], step[0])


@dataclass(frozen=True, eq=False)
class LaneMark:
    """One road mark along a lane's outer boundary (lane 0: the centre line).

    Attributes:
        lane: The lane whose boundary it is on.
        kind: `solid`, `broken`, `solid_solid`, `solid_broken`, `broken_solid`, `broken_broken`, `curb`, ...
        color: `white`, `yellow`, ...
        width: Metres.
        s: (N,) ascending metres along the road.
        points: (N, 3) centre line of the mark, world FLU metres.
        across: (N, 3) unit vectors along the surface to the left.
        lines: Pattern in detail where the file gives it.
        inner: Sign of the direction (+1 left, -1 right) in which the lane itself lies; 0 for lane 0.
        junction: Id of the junction the road belongs to, or None.
    """

    lane: LaneKey
    kind: str
    color: str
    width: float
    s: Array
    points: Array
    across: Array
    lines: tuple[MarkLine, ...] = ()
    inner: int = 0
    junction: str | None = None


@dataclass(frozen=True, eq=False)
class SampledSection:
    """Edges of all lanes of one section at its stations.

    Attributes:
        road: The road.
        index: Index of the section.
        s: (N,) stations in metres.
        edges: (N, 3) outer edge of each lane, by lane id; 0 is the centre line.
    """

    road: Road
    index: int
    s: Array
    edges: dict[int, Array]

    @property
    def section(self) -> LaneSection:
        """The lane section that was sampled."""
        return self.road.sections[self.index]

    def box_area(self) -> float:
        """Square metres of the boxes around the pieces of road between two stations, seen from above."""
        edges = np.stack([edge[:, :2] for edge in self.edges.values()])
        pieces = np.stack([edges[:, :-1], edges[:, 1:]])  # (2, lanes, N - 1, 2)
        sides = pieces.max(axis=(0, 1)) - pieces.min(axis=(0, 1))
        return float((sides[:, 0] * sides[:, 1]).sum())

    def near(self, centers: Array, reach: float) -> SampledSection | None:
        """The part from its first to its last station within reach of any centre; None where there is none.

        Args:
            centers: (C, 2) world metres.
            reach: Metres from a centre to a station's nearest edge.
        """
        close = np.zeros(len(self.s), dtype=bool)
        for edge in self.edges.values():
            for center in centers:
                close |= ((edge[:, :2] - center) ** 2).sum(axis=1) < reach * reach
        if not close.any():
            return None
        first, last = np.flatnonzero(close)[[0, -1]]
        part = slice(max(int(first) - 1, 0), int(last) + 2)
        return SampledSection(
            self.road, self.index, self.s[part], {key: edge[part] for key, edge in self.edges.items()}
        )


def sample_road(road: Road, name: str = "") -> list[SampledSection]:
    """Sample every lane section of a road that has a length."""
    sampled = []
    for index, section in enumerate(road.sections):
        if section.end - section.s < 1e-6 or not section.lanes:
            continue
        s = section_stations(road, section, name=name)
        offsets = road.lane_edges(section, s)
        ids = list(offsets)
        points = road.surface(s, np.stack([offsets[k] for k in ids]))
        _check_extent(road, points, name)
        edges = dict(zip(ids, points, strict=True))
        if any(lane.level for lane in section.lanes.values()):
            edges = _level_lanes(section, edges)
        sampled.append(SampledSection(road, index, s, edges))
    return sampled


def _check_extent(road: Road, edges: Array, name: str) -> None:
    """Refuse edges (lanes, N, 3) that no road has: finite numbers can still describe absurd places."""
    steps = np.abs(np.diff(edges, axis=1)).max(initial=0.0)
    widths = np.abs(edges - edges[:1]).max(initial=0.0)
    problem = None
    if not max(steps, widths) < MAX_ACROSS:
        problem = f"lanes reach more than {MAX_ACROSS:g} m across"
    elif not np.abs(edges[..., :2]).max(initial=0.0) < 2.0 * MAX_COORDINATE:
        problem = f"lanes reach further than {2.0 * MAX_COORDINATE:g} m from the origin"
    elif not np.abs(edges[..., 2]).max(initial=0.0) < MAX_HEIGHT:
        problem = f"lanes reach higher or lower than {MAX_HEIGHT:g} m"
    if problem is not None:
        raise FormatError(problem, path=name or None, field=f"road {road.id}")


def _level_lanes(section: LaneSection, edges: dict[int, Array]) -> dict[int, Array]:
    """Carry the height of a level lane's inner edge across it; lanes beyond keep their own slope."""
    levelled = {0: edges[0]}
    for sign in (1, -1):
        inner = 0
        for lane in section.side(sign):
            rise = 0.0 if lane.level else edges[lane.id][:, 2] - edges[inner][:, 2]
            edge = edges[lane.id].copy()
            edge[:, 2] = levelled[inner][:, 2] + rise
            levelled[lane.id] = edge
            inner = lane.id
    return levelled


def lane_strips(sampled: SampledSection) -> Iterator[LaneStrip]:
    """Strips of the lanes of a sampled section that have any width."""
    road, section = sampled.road, sampled.section
    for sign in (1, -1):
        inner = sampled.edges[0]
        for lane in section.side(sign):
            outer = sampled.edges[lane.id]
            low, high = (inner, outer)
            raised = bool(lane.height[:, 1:].any())
            if raised:
                low, high = _raise(lane, sampled.s, inner, outer)
            left, right = (high, low) if sign > 0 else (low, high)
            inner = outer
            yield LaneStrip(
                LaneKey(road.id, sampled.index, lane.id),
                lane.type,
                sampled.s,
                left,
                right,
                0.5 * (left + right),
                road.junction,
                road.lane_direction(lane.id, section),
                raised,
            )


def _raise(lane: Lane, s: Array, inner: Array, outer: Array) -> tuple[Array, Array]:
    record = np.maximum(np.searchsorted(lane.height[:, 0], s, side="right") - 1, 0)
    up = np.zeros((2, len(s), 3))
    up[:, :, 2] = lane.height[record, 1:].T
    return inner + up[0], outer + up[1]


def lane_marks(sampled: SampledSection) -> Iterator[LaneMark]:
    """Visible marks (any kind but `none`) of a sampled section."""
    found: list[tuple[Lane, RoadMark, Array]] = []
    for lane in sampled.section.lanes.values():
        for k, mark in enumerate(lane.marks):
            end = lane.marks[k + 1].s if k + 1 < len(lane.marks) else sampled.section.end
            start, end = max(mark.s, float(sampled.s[0])), min(end, float(sampled.s[-1]))
            if mark.kind != "none" and end - start > 1e-3:
                inside = sampled.s[(sampled.s > start + 1e-6) & (sampled.s < end - 1e-6)]
                found.append((lane, mark, np.concatenate([[start], inside, [end]])))
    if not found:
        return
    # The road's direction is the dearest part, so it is asked for all marks at once.
    across = _across(sampled.road, np.concatenate([s for *_, s in found]))
    ends = np.cumsum([len(s) for *_, s in found])
    for (lane, mark, s), aside in zip(found, np.split(across, ends[:-1]), strict=True):
        edge = sampled.edges[lane.id]
        yield LaneMark(
            LaneKey(sampled.road.id, sampled.index, lane.id),
            mark.kind,
            mark.color,
            mark.width,
            s,
            np.stack([np.interp(s, sampled.s, edge[:, axis]) for axis in range(3)], axis=1),
            aside,
            mark.lines,
            int(-np.sign(lane.id)),
            sampled.road.junction,
        )


def _across(road: Road, s: Array) -> Array:
    """(N, 3) unit vectors along the road's surface to the left at distances `s` (N,)."""
    heading, roll = road.heading(s), road.superelevation.value(s)
    return np.stack([-np.sin(heading) * np.cos(roll), np.cos(heading) * np.cos(roll), np.sin(roll)], axis=1)
