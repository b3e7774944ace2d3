"""What crosswalks ask of the paint around them: lane marks end at them, and traffic stops before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from roadmark.maps import Crosswalk, LaneMark, RoadMap
from roadmark.world.shape import Doubles

_STEP = 0.1  # distance of the places on a line that are tested, metres
_GAP = 0.15  # between a crosswalk and the end of a lane mark
#: Between the end of a road and a crosswalk this near to it there are no lane marks either.
NEAR_END = 4.0
_STOREY = 2.0


class Zebras:
    """The crosswalks of a map, to ask where lines run through them."""

    def __init__(self, crosswalks: Sequence[Crosswalk]) -> None:
        self._outlines = [np.asarray(crosswalk.outline, dtype=np.float64) for crosswalk in crosswalks]
        self._low = np.array([outline.min(axis=0) for outline in self._outlines]).reshape(-1, 3)
        self._high = np.array([outline.max(axis=0) for outline in self._outlines]).reshape(-1, 3)

    def spans(self, points: Doubles, s: Doubles) -> list[tuple[float, float]]:
        """Where a line (N, 3) with distances s (N,) lies in crosswalks: first and last distance in each, ascending."""
        low, high = points.min(axis=0), points.max(axis=0)
        reach = np.array([0.0, 0.0, _STOREY])
        near = np.flatnonzero(((self._low - reach < high) & (self._high + reach > low)).all(axis=1))
        if not len(near):
            return []
        fine = np.linspace(s[0], s[-1], max(int((s[-1] - s[0]) / _STEP), 1) + 1)
        line = np.stack([np.interp(fine, s, points[:, axis]) for axis in range(3)], axis=1)
        found = []
        for index in near.tolist():
            beside = ((line > self._low[index] - reach) & (line < self._high[index] + reach)).all(axis=1)
            candidates = np.flatnonzero(beside)
            inside = candidates[_inside(line[candidates], self._outlines[index])]
            if len(inside):
                found.append((float(fine[inside[0]]), float(fine[inside[-1]])))
        return sorted(found)


def _inside(points: Doubles, outline: Doubles) -> npt.NDArray[np.bool_]:
    """(N,) whether points (N, 3) lie within an outline (M, 3), in plan."""
    polygon = (outline[:, None, :2] - outline[0, :2]).astype(np.float32)
    local = (points[:, :2] - outline[0, :2]).tolist()
    return np.array([cv2.pointPolygonTest(polygon, (x, y), False) >= 0.0 for x, y in local], dtype=bool)


def marks_beside(road_map: RoadMap) -> list[LaneMark]:
    """The lane marks of a map without their parts in crosswalks, and between these and the road's end nearby."""
    zebras = Zebras(road_map.crosswalks)
    marks: list[LaneMark] = []
    for mark in road_map.marks():
        spans = zebras.spans(mark.points, mark.s) if len(mark.s) > 1 else []
        if not spans:
            marks.append(mark)
            continue
        length = road_map.road_geometry[mark.lane.road].length
        cuts = [(low - _GAP, high + _GAP) for low, high in spans]
        if mark.junction is None and cuts[0][0] < NEAR_END:
            cuts[0] = (-np.inf, cuts[0][1])
        if mark.junction is None and cuts[-1][1] > length - NEAR_END:
            cuts[-1] = (cuts[-1][0], np.inf)
        begins = [-np.inf, *(high for _, high in cuts)]
        ends = [*(low for low, _ in cuts), np.inf]
        marks.extend(
            _part(mark, max(begin, mark.s[0]), min(end, mark.s[-1]))
            for begin, end in zip(begins, ends, strict=True)
            if min(end, mark.s[-1]) - max(begin, mark.s[0]) > _GAP
        )
    return marks


def _part(mark: LaneMark, begin: float, end: float) -> LaneMark:
    """The piece of a mark between two distances along its road."""
    s = np.r_[begin, mark.s[(mark.s > begin) & (mark.s < end)], end]
    points, across = (
        np.stack([np.interp(s, mark.s, values[:, axis]) for axis in range(3)], axis=1)
        for values in (mark.points, mark.across)
    )
    return replace(mark, s=s, points=points, across=across)
