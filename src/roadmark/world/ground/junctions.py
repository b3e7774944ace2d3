"""The middle of junctions: asphalt where the lanes that cross it leave holes."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from roadmark.maps import LaneStrip, RoadMap
from roadmark.world.ground.areas import area_quads
from roadmark.world.ground.raster import Mask, Raster, strip_quads
from roadmark.world.shape import Doubles, Shape, quads
from roadmark.world.solids import Look

_CELL = 0.25
_MOST_PIXELS = 1.6e7  # a square kilometre; a junction larger than that is filled more coarsely
#: Gaps up to twice this wide between lanes of a junction are road.
_CLOSING = 1.5
#: Enclosed areas up to this size are road; larger ones are islands and are left to the terrain.
_HOLE_AREA = 260.0
#: How far the filling lies under the lanes: they hide its ragged border.
_BELOW = 0.002
_BELOW_SLOPE = 0.03
#: How far around a junction's own lanes others may bound a hole.
_MARGIN = 6.0
#: Lanes further than this above or below belong to another level.
_STOREY = 3.0
_EDGE_LINES = ("solidsingle", "soliddouble")
_LINE_HALF_WIDTH = 0.2
_PIECE = 3.0  # greatest extent of one quad of the filling on a slope, metres


def junction_fill(
    road_map: RoadMap, carriageway: Sequence[LaneStrip], others: Sequence[LaneStrip], look: Look
) -> Shape:
    """Asphalt under the lanes of each junction, which shows in the holes between them.

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
    roads, rest = Quads(strip_quads(carriageway)), Quads(np.concatenate([strip_quads(others), edge_lines(road_map)]))
    cells = [_filling(strip_quads(strips), roads, rest) for _, strips in sorted(groups.items())]
    corners = np.concatenate(cells or [np.zeros((0, 4, 3))])
    points, where = np.unique(corners[..., :2].reshape(-1, 2), axis=0, return_inverse=True)
    height = road_map.elevation(points)[where.ravel()] if len(points) else np.zeros(0)
    corners[..., 2] += height.reshape(-1, 4)
    return quads(corners, material=look.material, semantic=look.semantic, color=look.rgb)


def edge_lines(road_map: RoadMap) -> Doubles:
    """Painted edge lines that a map holds as objects, as quads (Q, 4, 3): what they enclose with lanes is road."""
    parts = [np.zeros((0, 4, 3))]
    for item in road_map.objects:
        if not item.name.lower().startswith(_EDGE_LINES):
            continue
        for outline in item.outlines:
            along = np.diff(outline[:, :2], axis=0)
            length = np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
            aside = np.c_[-along[:, 1:], along[:, :1], np.zeros(len(along))] / length * _LINE_HALF_WIDTH
            a, b = outline[:-1], outline[1:]
            parts.append(np.stack([a - aside, b - aside, b + aside, a + aside], axis=1))
    return np.concatenate(parts)


class Quads:
    """All quads of a kind with their bounds, to find those near one junction."""

    def __init__(self, corners: Doubles) -> None:
        self.corners = corners
        self.low = corners[..., :2].min(axis=1)
        self.high = corners[..., :2].max(axis=1)
        self.level = corners[..., 2].mean(axis=1)

    def near(self, raster: Raster, level: float) -> Doubles:
        """Those quads (Q, 4, 3) that may touch a raster and belong to its storey."""
        low, high = raster.origin, raster.origin + np.array(raster.shape[::-1]) * raster.cell
        inside = np.all((self.high > low) & (self.low < high), axis=1) & (np.abs(self.level - level) < _STOREY)
        return np.asarray(self.corners[inside])


def _filling(lanes: Doubles, roads: Quads, others: Quads) -> Doubles:
    """Rectangles (Q, 4, 3) under one junction's lanes (L, 4, 3) and the gaps between them; z is the depth.

    Args:
        lanes: The junction's own carriageway.
        roads: All carriageway of the map.
        others: All pavements and islands of the map.
    """
    flat = lanes[..., :2].reshape(-1, 2)
    raster = Raster.around(flat.min(axis=0), flat.max(axis=0), _CELL, margin=_MARGIN, most=_MOST_PIXELS)
    level, heights = float(np.median(lanes[..., 2])), lanes[..., 2]
    paved, covered = (np.zeros(raster.shape, dtype=np.uint8) for _ in range(2))
    raster.fill(paved, roads.near(raster, level))
    raster.fill(covered, others.near(raster, level))
    closed = closed_area(paved.astype(bool), covered.astype(bool))
    own = np.zeros(raster.shape, dtype=np.uint8)
    raster.fill(own, lanes)
    reach = int(2 * (_CLOSING + 1.0) / _CELL)
    around = cv2.dilate(own, cv2.getStructuringElement(cv2.MORPH_RECT, (reach, reach))) > 0
    # On under the pavements too, so that taking off the ragged outermost pixels leaves no gap along kerbs.
    whole = ((closed | (covered > 0)) & around).astype(np.uint8)
    area = np.asarray(cv2.erode(whole, np.ones((3, 3), dtype=np.uint8)) > 0)
    flat_junction = np.ptp(heights) < 0.02
    cells = area_quads(raster, area, np.inf if flat_junction else _PIECE)
    below = _BELOW if flat_junction else _BELOW_SLOPE
    return np.concatenate([cells, np.full((len(cells), 4, 1), -below)], axis=2)


def closed_area(paved: Mask, covered: Mask, cell: float = _CELL) -> Mask:
    """Carriageway pixels with narrow gaps closed and small holes filled.

    Args:
        paved: Carriageway.
        covered: What else bounds a hole: pavements, islands.
        cell: Size of a pixel in metres.
    """
    radius = int(_CLOSING / cell)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    closed: npt.NDArray[np.bool_] = cv2.morphologyEx(paved.astype(np.uint8), cv2.MORPH_CLOSE, disc) > 0
    free = ~(paved | covered)
    count, label, stats, _ = cv2.connectedComponentsWithStats(free.astype(np.uint8), connectivity=4)
    border = set(np.unique(np.concatenate([label[0], label[-1], label[:, 0], label[:, -1]])))
    small = [k for k in range(1, count) if k not in border and stats[k, cv2.CC_STAT_AREA] * cell**2 <= _HOLE_AREA]
    hole = np.isin(label, small)
    # A concave corner outside the pavements is closed too, but it is not road.
    beyond = free & ~hole & (cv2.dilate(covered.astype(np.uint8), np.ones((5, 5), dtype=np.uint8)) > 0)
    return (closed & ~beyond) | hole
