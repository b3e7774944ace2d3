"""Where, inside a junction, lanes of more than one road lie over each other at about the same height."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadmark.maps import LaneMark, LaneStrip, RoadMap
from roadmark.world.ground.lane_kinds import split_lanes
from roadmark.world.ground.raster import Raster, strip_quads
from roadmark.world.shape import Doubles

_CELL = 0.25
_MOST_PIXELS, _FEWEST_PIXELS = 6e8, 1e3  # on all levels of all roads of a junction, and on one of them
_LEVEL = 2.0  # lanes two such steps apart in height belong to different storeys


def crossed_by_lanes(
    road_map: RoadMap, marks: Sequence[LaneMark], owner: npt.NDArray[np.int64], points: Doubles
) -> npt.NDArray[np.bool_]:
    """Whether a lane of another road of the same junction covers points on marks; never outside junctions.

    Args:
        road_map: The map.
        marks: Its marks.
        owner: (N,) mark of each point.
        points: (N, 3).

    Returns:
        (N,).
    """
    junctions: dict[str, list[int]] = {}
    for index, mark in enumerate(marks):
        if mark.junction is not None:
            junctions.setdefault(mark.junction, []).append(index)
    number = {junction: k for k, junction in enumerate(junctions)}
    of_mark = np.array([-1 if mark.junction is None else number[mark.junction] for mark in marks])
    of_point = of_mark[owner]
    lanes = _lanes_by_junction(road_map)
    crossed = np.zeros(len(points), dtype=bool)
    for junction, k in number.items():
        if junction in lanes:
            mine = np.flatnonzero(of_point == k)
            crossed[mine] = _cover(lanes[junction]).crossed(points[mine], [marks[m].lane.road for m in owner[mine]])
    return crossed


def _lanes_by_junction(road_map: RoadMap) -> dict[str, dict[str, list[LaneStrip]]]:
    found: dict[str, dict[str, list[LaneStrip]]] = {}
    for strip in split_lanes(road_map)[0]:
        if strip.junction is not None and strip.type not in ("shoulder", "none"):
            found.setdefault(strip.junction, {}).setdefault(strip.key.road, []).append(strip)
    return found


@dataclass(frozen=True, eq=False)
class _Cover:
    """How many roads cover each pixel of a junction, by height.

    Attributes:
        raster: The pixels.
        roads: Index of each road.
        own: Per height (step k: lanes between k and k + 1 steps high) which roads (R, rows, columns) cover a pixel.
    """

    raster: Raster
    roads: dict[str, int]
    own: dict[int, npt.NDArray[np.uint8]]

    def crossed(self, points: Doubles, roads: Sequence[str]) -> npt.NDArray[np.bool_]:
        """(N,) whether a lane of another road than a point's own covers it, points (N, 3)."""
        level = np.floor(points[:, 2] / _LEVEL).astype(np.int64)
        road = np.array([self.roads.get(name, -1) for name in roads], dtype=np.int64)
        where = self.raster.pixels(points)
        inside = ((where >= 0) & (where < self.raster.shape)).all(axis=1)
        crossed = np.zeros(len(points), dtype=bool)
        for step, own in self.own.items():
            near = np.flatnonzero(inside & (np.abs(level - step) <= 1))
            row, column = where[near].T
            mine = np.where(road[near] >= 0, own[road[near], row, column], 0)
            crossed[near] |= own.sum(axis=0, dtype=np.uint16)[row, column] > mine
        return crossed


def _cover(roads: dict[str, list[LaneStrip]]) -> _Cover:
    """The cover of one junction by the lanes of its roads, without the outer 0.4 m of each lane."""
    corners = strip_quads([strip for strips in roads.values() for strip in strips])
    flat = corners[..., :2].reshape(-1, 2)
    levels = np.ptp(corners[..., 2]) / _LEVEL + 1.0
    most = max(_MOST_PIXELS / (len(roads) * levels), _FEWEST_PIXELS)
    raster = Raster.around(flat.min(axis=0), flat.max(axis=0), _CELL, margin=1.0, most=most)
    cover = _Cover(raster, {road: index for index, road in enumerate(roads)}, {})
    for index, strips in enumerate(roads.values()):
        lanes = _narrowed(strips)
        low, high = (np.floor(f(lanes[..., 2], axis=1) / _LEVEL).astype(np.int64) for f in (np.min, np.max))
        for step in range(int(low.min()), int(high.max()) + 1):
            if step not in cover.own:
                cover.own[step] = np.zeros((len(roads), *raster.shape), dtype=np.uint8)
            raster.fill(cover.own[step][index], lanes[(low <= step) & (high >= step)])
    return cover


def _narrowed(strips: Sequence[LaneStrip], margin: float = 0.4) -> Doubles:
    """Quads (Q, 4, 3) of one road's lanes without a margin along both edges of each lane."""
    parts = []
    for strip in strips:
        width = np.linalg.norm(strip.left - strip.right, axis=1, keepdims=True)
        inward = (strip.left - strip.right) / np.maximum(width, 1e-9) * np.minimum(margin, 0.45 * width)
        right, left = strip.right + inward, strip.left - inward
        parts.append(np.stack([right[:-1], right[1:], left[1:], left[:-1]], axis=1))
    return np.concatenate(parts)
