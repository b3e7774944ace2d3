"""The middle of junctions: asphalt where the lanes that cross it leave holes."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from roadmark.maps import LaneStrip, RoadMap
from roadmark.world.ground.raster import Mask, Raster, strip_quads
from roadmark.world.shape import Doubles, Shape, quads
from roadmark.world.solids import Look

_CELL = 0.25
#: Gaps up to twice this wide between lanes of a junction are road.
_CLOSING = 1.5
#: Enclosed areas up to this size are road; larger ones are islands and are left to the terrain.
_HOLE_AREA = 260.0
#: How far the filling lies under the lanes: they hide its ragged border.
_BELOW = 0.006
#: How far around a junction's own lanes others may bound a hole.
_MARGIN = 6.0
#: Lanes further than this above or below belong to another level.
_STOREY = 3.0
_RUN = 8  # greatest length in pixels of one quad of the filling


def junction_fill(
    road_map: RoadMap, carriageway: Sequence[LaneStrip], others: Sequence[LaneStrip], look: Look
) -> Shape:
    """Asphalt in the holes between the lanes of each junction, a few millimetres below them.

    Args:
        road_map: For the height of the filling.
        carriageway: Lanes of asphalt.
        others: Pavements and islands; they bound a hole but are not asphalt.
        look: Of the filling.
    """
    groups: dict[str, list[LaneStrip]] = {}
    for strip in carriageway:
        if strip.junction is not None:
            groups.setdefault(strip.junction, []).append(strip)
    every = strip_quads([*carriageway, *others])
    cells = [_holes(strip_quads(strips), every) for _, strips in sorted(groups.items())]
    corners = np.concatenate(cells or [np.zeros((0, 4, 2))])
    points, where = np.unique(corners.reshape(-1, 2), axis=0, return_inverse=True)
    height = road_map.elevation(points) if len(points) else np.zeros(0)
    surface = np.concatenate([points, height[:, None] - _BELOW], axis=1)
    return quads(surface[where.ravel()].reshape(-1, 4, 3), material=look.material, semantic=look.semantic,
                 color=look.rgb)  # fmt: skip


def _holes(lanes: Doubles, every: Doubles) -> Doubles:
    """Rectangles (Q, 4, 2) over the gaps between lanes (L, 4, 3) of one junction, among all lanes (M, 4, 3)."""
    flat = lanes[..., :2].reshape(-1, 2)
    raster = Raster.around(flat.min(axis=0), flat.max(axis=0), _CELL, margin=_MARGIN)
    low, high = raster.origin, raster.origin + np.array(raster.shape[::-1]) * _CELL
    level = np.median(lanes[..., 2])
    near = np.all((every[..., :2].max(axis=1) > low) & (every[..., :2].min(axis=1) < high), axis=1)
    near &= np.abs(every[..., 2].mean(axis=1) - level) < _STOREY
    mask = np.zeros(raster.shape, dtype=np.uint8)
    raster.fill(mask, every[near])
    gaps = closed_area(mask.astype(bool)) & ~mask.astype(bool)
    if not gaps.any():
        return np.zeros((0, 4, 2))
    overlap = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    return _runs(raster, cv2.dilate(gaps.astype(np.uint8), overlap).astype(bool))


def closed_area(mask: Mask) -> Mask:
    """A junction's lanes with narrow gaps closed and small holes filled; pixels of 0.25 m."""
    radius = int(_CLOSING / _CELL)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, disc)
    count, label, stats, _ = cv2.connectedComponentsWithStats((closed == 0).astype(np.uint8), connectivity=4)
    border = set(np.unique(np.concatenate([label[0], label[-1], label[:, 0], label[:, -1]])))
    small = [
        k
        for k in range(1, count)
        if k not in border and stats[k, cv2.CC_STAT_AREA] * _CELL**2 <= _HOLE_AREA
    ]
    filled: npt.NDArray[np.bool_] = closed.astype(bool) | np.isin(label, small)
    return filled


def _runs(raster: Raster, mask: Mask) -> Doubles:
    """Horizontal runs of true pixels as rectangles (Q, 4, 2), counter-clockwise, cut to a greatest length."""
    padded = np.zeros((mask.shape[0], mask.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = mask
    step = np.diff(padded, axis=1)
    rows, start = np.nonzero(step == 1)
    _, end = np.nonzero(step == -1)
    pieces = -(-(end - start) // _RUN)
    row = np.repeat(rows, pieces)
    position = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    low = np.repeat(start, pieces) + position * _RUN
    high = np.minimum(low + _RUN, np.repeat(end, pieces))
    x0, x1 = raster.origin[0] + low * raster.cell, raster.origin[0] + high * raster.cell
    y0 = raster.origin[1] + row * raster.cell
    y1 = y0 + raster.cell
    return np.stack(
        [np.stack([x0, y0], 1), np.stack([x1, y0], 1), np.stack([x1, y1], 1), np.stack([x0, y1], 1)], axis=1
    )
