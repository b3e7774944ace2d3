"""The ground around the roads: a height field that meets their edges, stays below them, and rises to low hills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from roadmark.catalog import SemanticClass
from roadmark.maps import LaneStrip, RoadMap
from roadmark.render import Material, default_color
from roadmark.world.ground.adaptive import split_errors, triangulate
from roadmark.world.ground.raster import Mask, distance_to
from roadmark.world.shape import Doubles, Shape, triangles
from roadmark.world.streams import named_generator

#: The ground reaches this far beyond the outermost lane.
MARGIN = 380.0
#: It lies this far under the lane edges.
DROP = 0.06
_CELL = 2.2
_MOST_CELLS = 2048
#: Steepest bank beside a road that lies lower than its surroundings.
_BANK = 0.6
_MOST_STEPS = 400  # of a bank, one cell each: no bank is wider
_TOLERANCE = 0.02
_HILL = 22.0
_HILL_START, _HILL_FULL = 70.0, 330.0


@dataclass(frozen=True)
class HeightField:
    """Ground heights on a square grid.

    Attributes:
        origin: (2,) world x, y of grid point (0, 0).
        cell: Distance of grid points in metres.
        height: (n + 1, n + 1) metres; rows along y, columns along x.
        road: (n + 1, n + 1) metres from each grid point to the nearest lane, or place that counts as one.
        low: (n + 1, n + 1) height of the lowest lane over a grid point, infinite where there is none.
    """

    origin: Doubles
    cell: float
    height: Doubles
    road: npt.NDArray[np.float32]
    low: Doubles

    def at(self, points: npt.ArrayLike, values: Doubles | None = None) -> Doubles:
        """Bilinear height (or another grid's value) under points (..., 2 or 3); the border's beyond the grid."""
        grid = self.height if values is None else values
        n = len(grid) - 1
        where = (np.asarray(points, dtype=np.float64)[..., :2] - self.origin) / self.cell
        where = np.clip(where, 0.0, n - 1e-6)
        column, row = np.floor(where).astype(np.int64)[..., 0], np.floor(where).astype(np.int64)[..., 1]
        x, y = where[..., 0] - column, where[..., 1] - row
        below = grid[row, column] * (1.0 - x) + grid[row, column + 1] * x
        above = grid[row + 1, column] * (1.0 - x) + grid[row + 1, column + 1] * x
        return np.asarray(below * (1.0 - y) + above * y)

    def lowest_at(self, points: npt.ArrayLike) -> Doubles:
        """Lowest ground among the grid points around each point (..., 2 or 3)."""
        n = len(self.height) - 1
        where = (np.asarray(points, dtype=np.float64)[..., :2] - self.origin) / self.cell
        index = np.clip(np.floor(where).astype(np.int64), 0, n - 1)
        column, row = index[..., 0], index[..., 1]
        around = [self.height[row + i, column + j] for i in (0, 1) for j in (0, 1)]
        return np.asarray(np.minimum.reduce(around), dtype=np.float64)


def height_field(road_map: RoadMap, seed: int = 0, places: npt.ArrayLike | None = None) -> HeightField:
    """Ground heights for a map; the seed shapes the hills in the distance.

    Args:
        road_map: The map.
        seed: Of the hills.
        places: (P, 2 or 3) points around which there are no hills either, as if there were a road.
    """
    low, high = road_map.bounds
    size = float((high - low)[:2].max()) + 2.0 * MARGIN
    cells = min(int(2 ** np.ceil(np.log2(size / _CELL))), _MOST_CELLS)
    cell = size / cells
    origin = (low + high)[:2] / 2.0 - size / 2.0
    bound = _upper_bound(road_map.strips(), origin, cell, cells)
    covered = np.isfinite(bound)
    base = _spread(np.where(covered, bound, 0.0), covered)
    if np.ptp(bound[covered]) > 1e-3 if covered.any() else False:
        base = np.minimum(base, _banks(bound, cell))
    near = covered.copy()
    if places is not None:
        index = np.round((np.asarray(places, dtype=np.float64)[:, :2] - origin) / cell)
        row, column = np.clip(index[:, 1], 0, cells).astype(int), np.clip(index[:, 0], 0, cells).astype(int)
        near[row, column] = True
    road = distance_to(near, cell)
    return HeightField(origin, cell, base + _hills(road, cell, seed), road, bound + DROP)


def terrain_shape(field: HeightField) -> Shape:
    """The height field as grass, fine near the roads and coarse far from them."""
    scale = 1.0 + np.maximum(field.road.astype(np.float64) - 12.0, 0.0) / 6.0
    corners = triangulate(split_errors(field.height, scale), _TOLERANCE)
    row, column = corners[..., 0], corners[..., 1]
    points = np.stack(
        [
            field.origin[0] + column * field.cell,
            field.origin[1] + row * field.cell,
            field.height[row, column],
        ],
        axis=-1,
    )
    return triangles(
        points,
        material=Material.GRASS,
        semantic=SemanticClass.TERRAIN,
        color=default_color(Material.GRASS),
        normals=_grid_normals(field)[row, column],
    )


def _grid_normals(field: HeightField) -> Doubles:
    """(n + 1, n + 1, 3) normals of the height field."""
    slope_y, slope_x = np.gradient(field.height, field.cell)
    normal = np.stack([-slope_x, -slope_y, np.ones_like(slope_x)], axis=-1)
    return np.asarray(normal / np.linalg.norm(normal, axis=-1, keepdims=True))


def lane_points(strips: Sequence[LaneStrip], along: float, across: float) -> Doubles:
    """(P, 3) points on lanes, edges included, no further apart than given."""
    parts = []
    for strip in strips:
        length = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(strip.center, axis=0), axis=1))]
        width = float(np.linalg.norm(strip.left - strip.right, axis=1).max())
        where = np.linspace(0.0, length[-1], int(length[-1] / along) + 2)
        share = np.linspace(0.0, 1.0, int(width / across) + 2)[:, None, None]
        index = np.clip(np.searchsorted(length, where, side="right") - 1, 0, len(length) - 2)
        part = ((where - length[index]) / np.maximum(length[index + 1] - length[index], 1e-9))[:, None]
        left = strip.left[index] * (1.0 - part) + strip.left[index + 1] * part
        right = strip.right[index] * (1.0 - part) + strip.right[index + 1] * part
        parts.append((left * share + right * (1.0 - share)).reshape(-1, 3))
    return np.concatenate(parts) if parts else np.zeros((0, 3))


def _upper_bound(strips: Sequence[LaneStrip], origin: Doubles, cell: float, cells: int) -> Doubles:
    """(n + 1, n + 1) greatest ground height that stays under all lanes near a grid point; infinite elsewhere."""
    points = lane_points(strips, cell / 2.0, cell / 1.6)
    bound = np.full((cells + 1, cells + 1), np.inf)
    corner = np.floor((points[:, :2] - origin) / cell).astype(np.int64)
    for i in (0, 1):
        for j in (0, 1):
            np.minimum.at(bound, (corner[:, 1] + i, corner[:, 0] + j), points[:, 2] - DROP)
    return bound


def _spread(value: Doubles, known: Mask) -> Doubles:
    """Fill a grid smoothly from its known points (pull-push over a pyramid of grids)."""
    weight = known.astype(np.float32)
    total = (value * known).astype(np.float32)
    levels: list[list[npt.NDArray[np.float32]]] = [[total, weight]]
    while min(levels[-1][0].shape) > 2:
        levels.append([np.asarray(cv2.pyrDown(part), dtype=np.float32) for part in levels[-1]])
    last, share = levels[-1]
    filled = np.where(share > 1e-12, last / np.maximum(share, 1e-12), 0.0).astype(np.float32)
    for part, known_share in reversed(levels[:-1]):
        rough = np.asarray(cv2.pyrUp(filled, dstsize=part.shape[::-1]))
        share = np.clip(known_share * 4.0, 0.0, 1.0)
        local = part / np.maximum(known_share, 1e-6)
        filled = (share * local + (1.0 - share) * rough).astype(np.float32)
    return np.asarray(np.where(known, value, filled), dtype=np.float64)


def _banks(bound: Doubles, cell: float) -> Doubles:
    """Greatest ground height with banks of a given slope that start some steps beside each lane."""
    span = float(np.ptp(bound[np.isfinite(bound)]))
    limit = np.where(np.isfinite(bound), bound, 1e4).astype(np.float32)
    limit = np.asarray(cv2.erode(limit, np.ones((3, 3), dtype=np.uint8)), dtype=np.float32)
    for _ in range(min(int(span / (_BANK * cell)) + 1, _MOST_STEPS)):
        spread = np.asarray(cv2.erode(limit, np.ones((3, 3), dtype=np.uint8)), dtype=np.float32)
        limit = np.minimum(limit, spread + np.float32(_BANK * cell))
    return limit.astype(np.float64)


def _hills(road: npt.NDArray[np.float32], cell: float, seed: int) -> Doubles:
    """Low hills that begin some way from the roads."""
    rng = named_generator(seed, "hills")
    n = len(road)
    total = np.zeros((n, n), dtype=np.float32)
    for wavelength, share in ((360.0, 0.6), (150.0, 0.28), (60.0, 0.12)):
        knots = max(int(n * cell / wavelength) + 3, 4)
        noise = rng.random((knots, knots)).astype(np.float32)
        total += share * cv2.resize(noise, (n, n), interpolation=cv2.INTER_CUBIC)
    rise = np.clip((road - _HILL_START) / (_HILL_FULL - _HILL_START), 0.0, 1.0)
    return np.asarray(_HILL * np.maximum(total, 0.0) * rise * rise * (3.0 - 2.0 * rise), dtype=np.float64)
