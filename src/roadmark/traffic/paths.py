"""`Path`: a line through the map with a place, a heading and a bend at every distance along it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from roadmark.errors import InputError
from roadmark.geometry import FloatArray

STEP = 0.5
"""Metres between two points of a joined line."""
_APART = 0.05  # metres: nearer points of two lines are one


@dataclass(frozen=True, eq=False)
class Path:
    """A polyline in driving direction, parameterised by its length in plan.

    Attributes:
        points: (N, 3) world metres, N >= 2, no two neighbours at one place.
    """

    points: FloatArray

    def __post_init__(self) -> None:
        if self.points.ndim != 2 or self.points.shape[1] != 3 or len(self.points) < 2:
            raise InputError(f"a path needs at least two points (N, 3), not {self.points.shape}")
        if not (np.diff(self.distances) > 0.0).all():
            raise InputError("a path's neighbouring points must be apart")

    @cached_property
    def distances(self) -> FloatArray:
        """(N,) metres along the path, from 0, seen from above."""
        steps = np.hypot(*np.diff(self.points[:, :2], axis=0).T)
        return np.concatenate([[0.0], np.cumsum(steps)])

    @property
    def length(self) -> float:
        """Metres, seen from above."""
        return float(self.distances[-1])

    def position(self, distance: ArrayLike) -> FloatArray:
        """(..., 3) world metres at distances (...); beyond the ends the first and last segment go on straight."""
        at = np.asarray(distance, dtype=np.float64)
        index = np.clip(np.searchsorted(self.distances, at, side="right") - 1, 0, len(self.points) - 2)
        start, end = self.distances[index], self.distances[index + 1]
        fraction = ((at - start) / (end - start))[..., None]
        return np.asarray(self.points[index] + (self.points[index + 1] - self.points[index]) * fraction)

    @cached_property
    def _vertex_headings(self) -> FloatArray:
        steps = np.diff(self.points[:, :2], axis=0)
        segments = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
        middles = 0.5 * (self.distances[:-1] + self.distances[1:])
        return np.interp(self.distances, middles, segments)

    def heading(self, distance: ArrayLike) -> FloatArray:
        """(...) radians, continuous along the path (not wrapped)."""
        return np.interp(np.asarray(distance, dtype=np.float64), self.distances, self._vertex_headings)

    def curvature(self, distance: ArrayLike, reach: float = 1.0) -> FloatArray:
        """(...) rad/m, positive to the left, averaged over `reach` metres to both sides."""
        at = np.asarray(distance, dtype=np.float64)
        return np.asarray((self.heading(at + reach) - self.heading(at - reach)) / (2.0 * reach))

    def slope(self, distance: ArrayLike, reach: float = 1.0) -> FloatArray:
        """(...) metres of rise per metre, averaged over `reach` metres to both sides."""
        at = np.asarray(distance, dtype=np.float64)
        rise = self.position(at + reach)[..., 2] - self.position(at - reach)[..., 2]
        return np.asarray(rise / (2.0 * reach))


def joined_path(paths: Sequence[Path]) -> tuple[Path, FloatArray]:
    """Lines one after another as a single smooth line.

    The line is sampled every `STEP` metres and its corners are rounded over about a metre, so that a vehicle on it
    never turns on the spot; the ends stay where they are.

    Args:
        paths: Each begins where the one before ends, up to small gaps.

    Returns:
        The line, and (len(paths),) metres along it at which each of the lines begins.
    """
    raw = apart(np.concatenate([path.points for path in paths]))
    line = Path(raw)
    count = max(round(line.length / STEP), 2)
    points = smoothed(line.position(np.linspace(0.0, line.length, count + 1)))
    smooth = Path(points)
    begins = np.array([path.points[0, :2] for path in paths])
    lengths = np.array([path.length for path in paths])
    starts = np.empty(len(paths))
    at = 0.0
    for index, begin in enumerate(begins):
        window = np.abs(smooth.distances - at) < 3.0 + 0.05 * at
        near = np.flatnonzero(window)
        off = ((points[near, :2] - begin) ** 2).sum(axis=1)
        starts[index] = smooth.distances[near[np.argmin(off)]] if index else 0.0
        at = starts[index] + lengths[index]
    return smooth, np.maximum.accumulate(starts)


def apart(points: FloatArray) -> FloatArray:
    """(M, 3) the points without those that come within 5 cm of the one kept before them; both ends stay."""
    plan = points[:, :2]
    if (np.hypot(*(plan[1:] - plan[:-1]).T) > _APART).all():
        return points
    places = plan.tolist()
    kept = [0]
    for index in range(1, len(places)):
        if math.dist(places[index], places[kept[-1]]) > _APART:
            kept.append(index)
    if kept[-1] != len(points) - 1 and len(kept) > 1:
        kept[-1] = len(points) - 1
    return points[kept]


def smoothed(points: FloatArray, passes: int = 3) -> FloatArray:
    """(N, 3) points with their corners rounded: a few rounds of the binomial mean of three; the ends stay."""
    smooth = points.copy()
    for _ in range(passes):
        smooth[1:-1] = 0.25 * smooth[:-2] + 0.5 * smooth[1:-1] + 0.25 * smooth[2:]
    return smooth
