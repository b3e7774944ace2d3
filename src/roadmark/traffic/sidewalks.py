"""Where people walk: sidewalks joined at their ends and by crosswalks, as a graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import FloatArray
from roadmark.maps import KERB_HEIGHT, LaneKey, LaneStrip, RoadMap

PAVEMENTS: Final = frozenset({"sidewalk", "walking"})
SPACING: Final = 0.5
"""Metres between two points of a walkway."""
NARROWEST: Final = 0.8
"""Metres; nobody walks on less."""
_SHORTEST = 0.05  # metres: shorter strips are seams
_JOIN = 1.2  # metres between ends of strips that are one corner
_REACH = 4.0  # metres from the end of a crosswalk to the edge of the sidewalk it belongs to
_SPLIT = 1.0  # metres: crosswalks join a strip at its end if they meet it nearer than this
_STEP_DOWN = 0.25  # metres over which a foot goes down from the kerb
_BEHIND_KERB = 0.45  # metres from the kerb at which people wait


@dataclass(frozen=True, eq=False)
class Walkway:
    """A stretch of sidewalk, or a crosswalk from sidewalk to sidewalk.

    Attributes:
        points: (N, 3) centre line in world metres, evenly spaced, on the surface people tread.
        half_width: (N,) metres to both sides.
        nodes: Nodes at its first and last point.
        crosswalk: Index of the map's crosswalk, None for sidewalks.
        kerbs: Metres along it at which people wait, and at which they have crossed; for crosswalks.
    """

    points: FloatArray
    half_width: FloatArray
    nodes: tuple[int, int]
    crosswalk: int | None = None
    kerbs: tuple[float, float] = (0.0, 0.0)

    @cached_property
    def distances(self) -> FloatArray:
        """(N,) metres along it."""
        steps = np.hypot(*np.diff(self.points[:, :2], axis=0).T)
        return np.concatenate([[0.0], np.cumsum(steps)])

    @property
    def length(self) -> float:
        """Metres."""
        return float(self.distances[-1])

    @cached_property
    def normals(self) -> FloatArray:
        """(N, 2) unit vectors to the left."""
        along = np.gradient(self.points[:, :2], axis=0)
        along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
        return np.stack([-along[:, 1], along[:, 0]], axis=1)


@dataclass(frozen=True, eq=False)
class SidewalkGraph:
    """All walkways of a map.

    Attributes:
        walkways: The walkways.
        at: Per node, the walkways that end there with the end (0 first, 1 last point).
    """

    walkways: tuple[Walkway, ...]
    at: tuple[tuple[tuple[int, int], ...], ...]

    @cached_property
    def places(self) -> tuple[FloatArray, NDArray[np.int64], NDArray[np.int64]]:
        """Every point of a sidewalk (P, 2) with its walkway (P,) and its index there (P,)."""
        sidewalks = [(index, way) for index, way in enumerate(self.walkways) if way.crosswalk is None]
        if not sidewalks:
            return np.zeros((0, 2)), np.zeros(0, np.int64), np.zeros(0, np.int64)
        points = np.concatenate([way.points[:, :2] for _, way in sidewalks])
        owner = np.repeat([index for index, _ in sidewalks], [len(way.points) for _, way in sidewalks])
        return points, owner, np.concatenate([np.arange(len(way.points)) for _, way in sidewalks])


_Bare = tuple[FloatArray, FloatArray, int | None, tuple[float, float]]
"""Points, half widths, crosswalk and kerbs of a walkway whose nodes are not known yet."""


@dataclass(eq=False)
class _Corridor:
    """A sidewalk before crosswalks split it."""

    points: FloatArray
    half_width: FloatArray
    cuts: list[float]

    @cached_property
    def distances(self) -> FloatArray:
        return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(self.points[:, :2], axis=0).T))])


@dataclass(frozen=True, eq=False)
class _Crossing:
    """A crosswalk's ends (2, 3), where each meets which sidewalk, and its half width."""

    index: int
    ends: FloatArray
    joins: tuple[tuple[int, float], tuple[int, float]]
    half_width: float


def build_sidewalks(road_map: RoadMap) -> SidewalkGraph:
    """The graph of a map's sidewalks and crosswalks; empty where it has no sidewalks.

    Sidewalks side by side are one. Crosswalks that do not reach a sidewalk at both ends are left out.
    """
    corridors = [corridor for strips in _sides(road_map.strips()) for corridor in _corridor(strips)]
    crossings = list(_crossings(road_map, corridors))
    for crossing in crossings:
        for corridor, distance in crossing.joins:
            corridors[corridor].cuts.append(distance)
    pieces = [piece for corridor in corridors for piece in _pieces(corridor)]
    bare: list[_Bare] = [(points, half, None, (0.0, 0.0)) for points, half in pieces]
    bare += [_crossing_walkway(corridors, crossing) for crossing in crossings]
    nodes = _nodes(np.array([end for points, *_ in bare for end in (points[0], points[-1])]).reshape(-1, 3))
    walkways = tuple(
        Walkway(points, half, (int(nodes[2 * k]), int(nodes[2 * k + 1])), crosswalk, kerbs)
        for k, (points, half, crosswalk, kerbs) in enumerate(bare)
    )
    at: list[list[tuple[int, int]]] = [[] for _ in range(int(nodes.max(initial=-1)) + 1)]
    for index, way in enumerate(walkways):
        for end, node in enumerate(way.nodes):
            at[node].append((index, end))
    return SidewalkGraph(walkways, tuple(map(tuple, at)))


def _sides(strips: list[LaneStrip]) -> Iterator[list[LaneStrip]]:
    """Sidewalk lanes that lie side by side, from the right one to the left."""
    lanes = {strip.key: strip for strip in strips if strip.type in PAVEMENTS}
    for key, strip in lanes.items():
        if LaneKey(key.road, key.section, key.lane - 1) in lanes:
            continue
        group = [strip]
        while (following := LaneKey(key.road, key.section, group[-1].key.lane + 1)) in lanes:
            group.append(lanes[following])
        yield group


def _corridor(strips: list[LaneStrip]) -> Iterator[_Corridor]:
    right, left = strips[0].right, strips[-1].left
    center, half = 0.5 * (right + left), 0.5 * np.hypot(*(left - right)[:, :2].T)
    if not strips[0].raised:
        center = center + np.array([0.0, 0.0, KERB_HEIGHT])
    wide = half >= 0.5 * NARROWEST
    if wide.sum() >= 2 and wide.all():
        found = _resampled(center, half)
        if found is not None:
            yield _Corridor(*found, [])


def _resampled(points: FloatArray, half: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """The same line with points `SPACING` apart; None where it has no length."""
    steps = np.hypot(*np.diff(points[:, :2], axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    if along[-1] < _SHORTEST:
        return None
    at = np.linspace(0.0, along[-1], max(round(along[-1] / SPACING), 1) + 1)
    columns = [np.interp(at, along, points[:, axis]) for axis in range(3)]
    return np.stack(columns, axis=1), np.interp(at, along, half)


def _crossings(road_map: RoadMap, corridors: list[_Corridor]) -> Iterator[_Crossing]:
    if not corridors:
        return
    points = np.concatenate([corridor.points for corridor in corridors])
    half = np.concatenate([corridor.half_width for corridor in corridors])
    owner = np.repeat(np.arange(len(corridors)), [len(corridor.points) for corridor in corridors])
    along = np.concatenate([corridor.distances for corridor in corridors])
    for index, crosswalk in enumerate(road_map.crosswalks):
        ends, half_width = _axis(road_map, crosswalk.outline)
        outward = (ends[1] - ends[0])[:2] / max(float(np.hypot(*(ends[1] - ends[0])[:2])), 1e-9)
        joins = []
        for end, direction in zip(ends, (-outward, outward), strict=True):
            offset = points[:, :2] - end[:2]
            gap = np.hypot(offset[:, 0], offset[:, 1])
            sideways = np.abs(offset @ np.array([-direction[1], direction[0]]))
            fits = (offset @ direction > -0.5) & (gap < half + _REACH) & (np.abs(points[:, 2] - end[2]) < 2.0)
            if fits.any():
                best = int(np.argmin(np.where(fits, gap + sideways, np.inf)))
                joins.append((int(owner[best]), float(along[best])))
        if len(joins) == 2 and half_width >= 0.5 * NARROWEST:
            yield _Crossing(index, ends, (joins[0], joins[1]), half_width)


def _axis(road_map: RoadMap, outline: FloatArray) -> tuple[FloatArray, float]:
    """The line (2, 3) that people walk over a crosswalk, across the traffic under it, and its half width."""
    corners = outline[:, :2]
    center = 0.5 * (corners.min(axis=0) + corners.max(axis=0))
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    longest = sides[int(np.argmax(lengths))] / max(float(lengths.max()), 1e-9)
    axes = (longest, np.array([-longest[1], longest[0]]))
    heading = float(road_map.locate(center[None]).heading[0])
    axis = axes[0]
    if np.isfinite(heading):
        lane = np.array([np.cos(heading), np.sin(heading)])
        axis = min(axes, key=lambda one: abs(float(one @ lane)))
    across = np.array([-axis[1], axis[0]])
    offset = corners - corners.mean(axis=0)
    sideways, forward = offset @ across, offset @ axis
    middle = corners.mean(axis=0) + across * 0.5 * (sideways.min() + sideways.max())
    half_width = 0.5 * float(np.ptp(sideways))
    # of a trapezium the middle line is between its slanted sides
    low = float(np.mean(np.sort(forward)[: len(forward) // 2]))
    high = float(np.mean(np.sort(forward)[(len(forward) + 1) // 2 :]))
    ends = np.array([middle + axis * low, middle + axis * high])
    return np.column_stack([ends, road_map.elevation(ends)]), half_width


def _pieces(corridor: _Corridor) -> Iterator[tuple[FloatArray, FloatArray]]:
    """The corridor between its cuts."""
    length = float(corridor.distances[-1])
    cuts: list[float] = []
    for cut in sorted(corridor.cuts):
        if _SPLIT < cut < length - _SPLIT and (not cuts or cut - cuts[-1] > _SPLIT):
            cuts.append(cut)
    rows = [int(np.argmin(np.abs(corridor.distances - cut))) for cut in cuts]
    for first, last in zip([0, *rows], [*rows, len(corridor.points) - 1], strict=True):
        if last > first:
            yield corridor.points[first : last + 1], corridor.half_width[first : last + 1]


def _crossing_walkway(corridors: list[_Corridor], crossing: _Crossing) -> _Bare:
    """From the middle of one sidewalk over the crosswalk to the middle of the other."""
    sides, waits = [], []
    for (index, distance), end in zip(crossing.joins, crossing.ends, strict=True):
        corridor = corridors[index]
        row = int(np.argmin(np.abs(corridor.distances - _snapped(corridor, distance))))
        middle, half_width = corridor.points[row], float(corridor.half_width[row])
        gap = float(np.hypot(*(end - middle)[:2]))
        edge = max(min(half_width, gap - _STEP_DOWN), 0.0) / max(gap, 1e-9)
        down = min(edge + _STEP_DOWN / max(gap, 1e-9), 1.0)
        flat = np.array([end[0], end[1], middle[2]])
        low = np.array([middle[0], middle[1], end[2]])
        sides.append([middle, middle + (flat - middle) * edge, low + (end - low) * down, end])
        # people wait on the sidewalk, behind its edge
        waits.append(max(min(half_width - _BEHIND_KERB, gap - 0.2), 0.0))
    line = np.array(sides[0] + sides[1][::-1])
    found = _resampled(line, np.full(len(line), crossing.half_width))
    assert found is not None
    points, half = found
    length = float(np.hypot(*np.diff(line[:, :2], axis=0).T).sum())
    return points, half, crossing.index, (waits[0], length - waits[1])


def _snapped(corridor: _Corridor, distance: float) -> float:
    """A cut as `_pieces` makes it."""
    length = float(corridor.distances[-1])
    if distance <= _SPLIT or distance >= length - _SPLIT:
        return 0.0 if distance < 0.5 * length else length
    cuts: list[float] = []
    for cut in sorted(corridor.cuts):
        if _SPLIT < cut < length - _SPLIT and (not cuts or cut - cuts[-1] > _SPLIT):
            cuts.append(cut)
    return min(cuts, key=lambda cut: abs(cut - distance))


def _nodes(ends: FloatArray) -> NDArray[np.int64]:
    """(E,) node of each end (E, 3): ends near each other are one."""
    node = np.arange(len(ends))
    for index, end in enumerate(ends):
        near = np.flatnonzero(
            (np.hypot(*(ends[:index, :2] - end[:2]).T) < _JOIN) & (np.abs(ends[:index, 2] - end[2]) < 1.0)
        )
        if len(near):
            joined = node[near]
            node[np.isin(node, joined)] = joined.min()
            node[index] = joined.min()
    return np.unique(node, return_inverse=True)[1].astype(np.int64)
