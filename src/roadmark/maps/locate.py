"""Finding the lane under a point: a grid over the quadrilaterals of all lane strips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from roadmark.maps.lanes import LaneStrip

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_CELL = 8.0
_PRIORITY = {"driving": 0, "bidirectional": 0, "entry": 0, "exit": 0, "onRamp": 0, "offRamp": 0, "connectingRamp": 0,
             "stop": 1, "parking": 1, "biking": 1, "bus": 0, "taxi": 0, "HOV": 0, "shoulder": 2, "border": 2,
             "sidewalk": 2, "walking": 2, "median": 3, "curb": 3, "restricted": 3}  # fmt: skip
_OTHER_PRIORITY = 4
_FEW_DISTANCES = (
    60_000_000  # nearest edge points are found by trying all up to here: quicker than loading scipy's trees
)
_EDGE_TOLERANCE = 0.005  # metres: a point on the seam of two roads belongs to one of them, whatever its rounding


@dataclass(frozen=True, eq=False)
class LaneLocations:
    """Where points are relative to lanes.

    Attributes:
        strip_index: (N,) index into `RoadMap.strips()`, -1 off every lane.
        s: (N,) metres along the road; NaN off every lane.
        offset: (N,) metres from the lane's centre, left positive, seen in the lane's driving direction; NaN off.
        heading: (N,) radians of the driving direction there; NaN off.
        z: (N,) height of the lane there, metres; NaN off.
    """

    strip_index: Index
    s: Array
    offset: Array
    heading: Array
    z: Array


class LaneLocator:
    """Point location in the quadrilaterals between consecutive stations of lane strips."""

    def __init__(self, strips: Sequence[LaneStrip]) -> None:
        """Collect the quadrilaterals; the grid is built on first use."""
        self._strips = strips
        counts = np.array([len(strip.s) - 1 for strip in strips], dtype=np.int64)
        self._strip = np.repeat(np.arange(len(strips)), counts)
        self._corners = (
            np.concatenate([_quads(strip) for strip in strips]) if len(strips) else np.zeros((0, 4, 3))
        )  # (Q, 4, 3): right start, right end, left end, left start
        self._s = (
            np.concatenate([np.stack([strip.s[:-1], strip.s[1:]], axis=1) for strip in strips])
            if len(strips)
            else np.zeros((0, 2))
        )
        self._direction = np.array([strip.direction for strip in strips], dtype=np.int64)
        self._priority = np.array([_PRIORITY.get(strip.type, _OTHER_PRIORITY) for strip in strips], dtype=np.int64)

    @cached_property
    def _boxes(self) -> tuple[Array, Array]:
        """Lowest and highest corner (Q, 2) of each quadrilateral, seen from above."""
        plan = self._corners[..., :2]
        return plan.min(axis=1) - _EDGE_TOLERANCE, plan.max(axis=1) + _EDGE_TOLERANCE

    @cached_property
    def _grid(self) -> tuple[Index, Index, Array, tuple[int, int]]:
        """Cells of the grid as a compressed list: starts per cell, quadrilaterals, origin, shape."""
        low, high = self._boxes
        origin = low.min(axis=0)
        # A map far too large for its lanes (hostile or empty in between) gets larger cells, not more.
        extent = high.max(axis=0) - origin
        self._cell = max(_CELL, float(np.sqrt(extent[0] * extent[1] / 4e6)), float(extent.max()) / 1e6)
        shape = tuple(int(n) for n in np.floor(extent / self._cell).astype(np.int64) + 1)
        first = np.floor((low - origin) / self._cell).astype(np.int64)
        last = np.floor((high - origin) / self._cell).astype(np.int64)
        spans = last - first + 1
        counts = spans[:, 0] * spans[:, 1]
        quads = np.repeat(np.arange(len(counts)), counts)
        local = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        column = first[quads, 0] + local % spans[quads, 0]
        row = first[quads, 1] + local // spans[quads, 0]
        cell = row * shape[0] + column
        order = np.argsort(cell, kind="stable")
        starts = np.searchsorted(cell[order], np.arange(shape[0] * shape[1] + 1))
        return starts, quads[order], origin, (shape[0], shape[1])

    def _candidates(self, xy: Array) -> tuple[Index, Index]:
        """Pairs of (point, quadrilateral) whose bounding box holds the point, by way of the grid."""
        starts, members, origin, (columns, rows) = self._grid
        place = np.floor((xy - origin) / self._cell)
        inside = ((place >= 0) & (place < (columns, rows))).all(axis=1)
        cell = np.where(inside, place[:, 1] * columns + place[:, 0], 0).astype(np.int64)
        counts = np.where(inside, starts[cell + 1] - starts[cell], 0)
        points = np.repeat(np.arange(len(xy)), counts)
        local = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        quads = members[starts[cell[points]] + local]
        low, high = self._boxes
        near = ((xy[points] >= low[quads]) & (xy[points] <= high[quads])).all(axis=1)
        return points[near], quads[near]

    def locate(self, points: ArrayLike) -> LaneLocations:
        """See `RoadMap.locate`."""
        positions = np.atleast_2d(np.asarray(points, dtype=np.float64))
        count = len(positions)
        result = LaneLocations(np.full(count, -1, dtype=np.int64), *(np.full(count, np.nan) for _ in range(4)))
        if not len(self._corners) or not count:
            return result
        point, quad = self._candidates(positions[:, :2])
        along, across, inside = _inverse_bilinear(self._corners[quad, :, :2], positions[point, :2])
        point, quad, along, across = point[inside], quad[inside], along[inside], across[inside]
        corners = self._corners[quad]
        right = corners[:, 0] + along[:, None] * (corners[:, 1] - corners[:, 0])
        left = corners[:, 3] + along[:, None] * (corners[:, 2] - corners[:, 3])
        here = right + across[:, None] * (left - right)
        lateral = (across - 0.5) * np.linalg.norm(left - right, axis=1)
        gap = np.abs(positions[point, 2] - here[:, 2]) if positions.shape[1] > 2 else np.zeros(len(point))
        storey = np.floor(gap / 3.0)  # a bridge's clearance; smaller differences are not another road
        order = np.lexsort((np.abs(lateral), self._priority[self._strip[quad]], storey, point))
        chosen = order[np.unique(point[order], return_index=True)[1]]
        who, strip = point[chosen], self._strip[quad[chosen]]
        direction = self._direction[strip]
        forward = 0.5 * (corners[chosen, 1] + corners[chosen, 2] - corners[chosen, 0] - corners[chosen, 3])
        forward = forward * direction[:, None]
        s = self._s[quad[chosen]]
        result.strip_index[who] = strip
        result.s[who] = s[:, 0] + along[chosen] * (s[:, 1] - s[:, 0])
        result.offset[who] = lateral[chosen] * direction
        result.heading[who] = np.arctan2(forward[:, 1], forward[:, 0])
        result.z[who] = here[chosen, 2]
        return result

    @cached_property
    def _edge_points(self) -> Array:
        """(P, 3) all points of lane edges."""
        return np.concatenate([edge for strip in self._strips for edge in (strip.left, strip.right)])

    @cached_property
    def _edge_tree(self) -> cKDTree:
        from scipy.spatial import cKDTree  # noqa: PLC0415 - slow to load, and most maps are asked on their lanes only

        return cKDTree(self._edge_points[:, :2])

    def _nearest_edge_point(self, xy: Array) -> Index:
        """(N,) index into the edge points of the one nearest to each point (N, 2) in plan."""
        if len(xy) * len(self._edge_points) > _FEW_DISTANCES:
            return np.asarray(self._edge_tree.query(xy)[1], dtype=np.int64)
        x, y = np.ascontiguousarray(self._edge_points[:, :2].T)
        return np.array([np.argmin((x - px) ** 2 + (y - py) ** 2) for px, py in xy.tolist()], dtype=np.int64)

    def elevation(self, xy: ArrayLike) -> Array:
        """See `RoadMap.elevation`."""
        positions = np.atleast_2d(np.asarray(xy, dtype=np.float64))[:, :2]
        if not len(self._corners):
            return np.zeros(len(positions))
        z = self.locate(positions).z
        off = np.isnan(z)
        if off.any():
            z[off] = self._edge_points[self._nearest_edge_point(positions[off]), 2]
        return z


def _quads(strip: LaneStrip) -> Array:
    return np.stack([strip.right[:-1], strip.right[1:], strip.left[1:], strip.left[:-1]], axis=1)


def _inverse_bilinear(corners: Array, points: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Coordinates of points in quadrilaterals.

    Args:
        corners: (M, 4, 2) right start, right end, left end, left start.
        points: (M, 2).

    Returns:
        Along and across in 0..1 (start to end, right to left), each (M,), and whether the point is inside (M,).
    """
    a, b, c, d = np.moveaxis(corners, 1, 0)
    origin, e, f, g = points - a, b - a, d - a, a - b + c - d
    along, across = np.full(len(points), 0.5), np.full(len(points), 0.5)
    for _ in range(6):  # Newton from the middle; lanes are nearly parallelograms
        error = e * along[:, None] + f * across[:, None] + g * (along * across)[:, None] - origin
        du = e + g * across[:, None]
        dv = f + g * along[:, None]
        determinant = du[:, 0] * dv[:, 1] - du[:, 1] * dv[:, 0]
        safe = np.where(np.abs(determinant) < 1e-12, 1e-12, determinant)
        along = along - np.clip((error[:, 0] * dv[:, 1] - error[:, 1] * dv[:, 0]) / safe, -2.0, 2.0)
        across = across - np.clip((du[:, 0] * error[:, 1] - du[:, 1] * error[:, 0]) / safe, -2.0, 2.0)
    error = e * along[:, None] + f * across[:, None] + g * (along * across)[:, None] - origin
    solved = np.hypot(error[:, 0], error[:, 1]) < 1e-4
    end = _EDGE_TOLERANCE / np.maximum(np.hypot(e[:, 0], e[:, 1]), _EDGE_TOLERANCE)
    side = _EDGE_TOLERANCE / np.maximum(np.hypot(f[:, 0], f[:, 1]), _EDGE_TOLERANCE)
    inside = solved & (np.abs(along - 0.5) <= 0.5 + end) & (np.abs(across - 0.5) <= 0.5 + side)
    return np.clip(along, 0.0, 1.0), np.clip(across, 0.0, 1.0), inside
