"""Paint that is not along lanes: crosswalks, stop lines, arrows, words and hatched areas."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from roadmark.catalog import SemanticClass
from roadmark.maps import MapObject, RoadMap
from roadmark.render import Material
from roadmark.world.ground.drape import Surface, draped
from roadmark.world.ground.junctions import Quads, closed_area
from roadmark.world.ground.lane_kinds import split_lanes
from roadmark.world.ground.mark_lines import PAINT_HEIGHT
from roadmark.world.ground.marks import PAINT_COLORS
from roadmark.world.ground.raster import Raster, strip_quads
from roadmark.world.ground.stop_lines import stop_line_bars
from roadmark.world.shape import Doubles, Shape, merge, quads, triangles

_STRIPE = 0.5
_STOP_WIDTH = 0.4
_LINE_WIDTH = 0.15
_WIDEST_HATCHING = 1000.0  # metres; no larger area is hatched
_ON_SLOPES = 0.008
_FLAT = 0.05  # maps with less relief are flat, metres
_WHITE = PAINT_COLORS["white"]

# Outlines of stencils in a unit square: x forward in the direction of travel, y to the left, both -0.5..0.5.
_STRAIGHT = [
    [(-0.5, -0.07), (0.05, -0.07), (0.05, 0.07), (-0.5, 0.07)],
    [(0.05, -0.28), (0.5, 0.0), (0.05, 0.28)],
]
_TURN_LEFT = [
    [(-0.5, -0.32), (0.1, -0.32), (0.1, -0.16), (-0.5, -0.16)],
    [(0.1, -0.32), (0.3, -0.1), (0.18, 0.02), (0.02, -0.2)],
    [(0.3, -0.1), (0.3, 0.1), (0.14, 0.1), (0.14, -0.1)],
    [(0.5, 0.08), (0.22, 0.5), (-0.06, 0.08)],
]
# Letters as strokes in a unit cell: x to the right, y up, 0..1.
_LETTERS: dict[str, list[tuple[float, float, float, float]]] = {
    "S": [(0, 0, 1, 0), (1, 0, 1, 0.5), (1, 0.5, 0, 0.5), (0, 0.5, 0, 1), (0, 1, 1, 1)],
    "T": [(0, 1, 1, 1), (0.5, 0, 0.5, 1)],
    "O": [(0, 0, 1, 0), (1, 0, 1, 1), (1, 1, 0, 1), (0, 1, 0, 0)],
    "P": [(0, 0, 0, 1), (0, 1, 1, 1), (1, 1, 1, 0.5), (1, 0.5, 0, 0.5)],
}


def paint_shape(road_map: RoadMap, surface: Shape | None = None) -> Shape:
    """Crosswalks, stop lines, arrows and the like of a map; stop lines at signals where the map has none.

    Args:
        road_map: The map.
        surface: The road surfaces; where they are not flat, the paint follows them.
    """
    carriageway, _, _ = split_lanes(road_map)
    lanes = Quads(strip_quads(carriageway))
    parts = [_on_road(lanes, crosswalk_shape(crosswalk.outline)) for crosswalk in road_map.crosswalks]
    parts.extend(_object_paint(road_map, item) for item in road_map.objects)
    if not any("stopline" in item.name.lower().replace(" ", "") for item in road_map.objects):
        parts.append(_flat(stop_line_bars(road_map), _WHITE, 0.005))
    if surface is None or np.ptp(road_map.bounds[:, 2]) < _FLAT:
        return merge(parts)
    roads = Surface(surface.selected(surface.semantic == SemanticClass.ROADS))
    return merge([draped(part, roads, _ON_SLOPES) for part in parts])


def _on_road(lanes: Quads, shape: Shape) -> Shape:
    """The stripes that lie on lanes or gaps between them: outlines of some maps reach beyond."""
    if not len(shape):
        return shape
    flat = shape.corners.reshape(-1, 3)
    raster = Raster.around(flat.min(axis=0), flat.max(axis=0), 0.25, margin=6.0)
    mask = np.zeros(raster.shape, dtype=np.uint8)
    raster.fill(mask, lanes.near(raster, float(flat[:, 2].mean())))
    covered = closed_area(mask.astype(bool), np.zeros(raster.shape, dtype=bool), raster.cell)
    return shape.selected(raster.sample(covered, shape.corners.mean(axis=1), False))


def _flat(corners: npt.ArrayLike, color: tuple[int, int, int], height: float) -> Shape:
    """Painted quads (Q, 4, 3), lifted over the surface."""
    lifted = np.asarray(corners, dtype=np.float64).reshape(-1, 4, 3) + np.array([0.0, 0.0, height])
    normal = np.cross(lifted[:, 1] - lifted[:, 0], lifted[:, 2] - lifted[:, 0])
    lifted = np.where((normal[:, 2] < 0.0)[:, None, None], lifted[:, ::-1], lifted)
    return quads(lifted, material=Material.MARKING, semantic=SemanticClass.ROAD_LINES, color=color)


def crosswalk_shape(outline: npt.ArrayLike) -> Shape:
    """Zebra stripes inside an outline (N, 3): along the traffic, across the way people walk."""
    points = _open(np.asarray(outline, dtype=np.float64))
    if len(points) < 3:
        return merge([])
    center = points.mean(axis=0)
    side = np.roll(points, -1, axis=0) - points
    longest = side[np.argmax(np.linalg.norm(side[:, :2], axis=1))][:2]
    along = longest / np.linalg.norm(longest)
    frame = np.stack([along, [-along[1], along[0]]])
    local = (points[:, :2] - center[:2]) @ frame.T
    slope, *_ = np.linalg.lstsq(np.c_[local, np.ones(len(local))], points[:, 2], rcond=None)
    low, high = local[:, 0].min(), local[:, 0].max()
    count = max(round(float(high - low) / (2.0 * _STRIPE)), 1)
    begins = low + (high - low) * (np.arange(count) + 0.25) / count
    fans: list[list[Doubles]] = []
    for begin in begins:
        polygon = clip_slab(local, begin, begin + (high - low) / (2.0 * count))
        if len(polygon) >= 3:
            fans.extend([polygon[0], polygon[k], polygon[k + 1]] for k in range(1, len(polygon) - 1))
    if not fans:
        return merge([])
    flat = np.array(fans).reshape(-1, 2)
    xy = flat @ frame + center[:2]
    z = np.c_[flat, np.ones(len(flat))] @ slope + PAINT_HEIGHT + 0.001
    corners = np.c_[xy, z].reshape(-1, 3, 3)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2]
    corners[normal < 0.0] = corners[normal < 0.0][:, ::-1]
    return triangles(corners, material=Material.MARKING, semantic=SemanticClass.ROAD_LINES, color=_WHITE)


def _open(points: Doubles) -> Doubles:
    """An outline without a repeated last point."""
    return points[:-1] if len(points) > 3 and np.allclose(points[0], points[-1], atol=1e-3) else points


def clip_slab(polygon: Doubles, low: float, high: float) -> Doubles:
    """The part of a polygon (N, 2) between x = low and x = high."""
    for sign, limit in ((1.0, low), (-1.0, -high)):
        distance = sign * polygon[:, 0] - limit
        kept: list[Doubles] = []
        for i in range(len(polygon)):
            j = (i + 1) % len(polygon)
            if distance[i] >= 0.0:
                kept.append(polygon[i])
            if (distance[i] >= 0.0) != (distance[j] >= 0.0):
                share = distance[i] / (distance[i] - distance[j])
                kept.append(polygon[i] + share * (polygon[j] - polygon[i]))
        polygon = np.array(kept).reshape(-1, 2)
        if len(polygon) < 3:
            return np.zeros((0, 2))
    return polygon


def line_shape(points: npt.ArrayLike, width: float, color: tuple[int, int, int], height: float = 0.005) -> Shape:
    """A painted line along points (N, 3)."""
    path = np.asarray(points, dtype=np.float64)
    if len(path) < 2:
        return merge([])
    along = np.gradient(path[:, :2], axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    aside = np.c_[-along[:, 1], along[:, 0], np.zeros(len(path))] * width / 2.0
    left, right = path + aside, path - aside
    return _flat(np.stack([right[:-1], right[1:], left[1:], left[:-1]], axis=1), color, height)


def _object_paint(road_map: RoadMap, item: MapObject) -> Shape:
    """What a map object adds to the paint; nothing for objects that are no paint."""
    name = item.name.lower().replace(" ", "")
    color = PAINT_COLORS["yellow"] if "yellow" in name else _WHITE
    if name.startswith("stencil_arrow"):
        return _arrow(road_map, item, name)
    if name.startswith("stencil_stop"):
        return _word(road_map, item, "STOP")
    outlines = [outline for outline in item.outlines if len(outline) >= 2]
    if "stopline" in name:
        return merge([line_shape(outline, _STOP_WIDTH, _WHITE) for outline in outlines])
    if name.startswith(("solidsingle", "soliddouble")):
        return merge([line_shape(outline, _LINE_WIDTH, color) for outline in outlines])
    if name.startswith("dashed"):
        return merge([_dashes(outline, color, 0.6 if "short" in name else 3.0) for outline in outlines])
    if name.startswith(("chevronregion", "crosshatchregion")):
        slants = (np.pi / 4.0,) if name.startswith("chevron") else (np.pi / 4.0, -np.pi / 4.0)
        areas = [area for area in outlines if len(area) > 3 and np.ptp(area[:, :2], axis=0).max() < _WIDEST_HATCHING]
        return merge([_hatching(area, item, slants) for area in areas])
    return merge([])


def _dashes(outline: Doubles, color: tuple[int, int, int], dash: float) -> Shape:
    length = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(outline, axis=0), axis=1))]
    parts = []
    for begin in np.arange(0.0, length[-1], 2.0 * dash):
        s = np.linspace(begin, min(begin + dash, length[-1]), 3)
        parts.append(line_shape(np.stack([np.interp(s, length, outline[:, k]) for k in range(3)], axis=1),
                                _LINE_WIDTH, color))  # fmt: skip
    return merge(parts)


def _hatching(outline: Doubles, item: MapObject, slants: tuple[float, ...]) -> Shape:
    """Slanting stripes inside an area, and its border."""
    points = _open(outline)
    own = np.arctan2(item.pose.rotation[1, 0], item.pose.rotation[0, 0])
    parts = [line_shape(np.r_[points, points[:1]], _LINE_WIDTH, _WHITE)]
    height = points[:, 2].mean()
    simple = cv2.approxPolyDP(points[:, :2].astype(np.float32), 0.15, True).reshape(-1, 2).astype(np.float64)
    for slant in slants:
        heading = own + slant
        frame = np.array([[np.cos(heading), np.sin(heading)], [-np.sin(heading), np.cos(heading)]])
        local = simple @ frame.T
        for begin in np.arange(local[:, 0].min() + 0.8, local[:, 0].max(), 2.0 * len(slants)):
            polygon = clip_slab(local, begin, begin + 0.3)
            for k in range(1, len(polygon) - 1):
                xy = polygon[[0, k, k + 1, k + 1]] @ frame
                parts.append(_flat(np.c_[xy, np.full((4, 1), height)], _WHITE, 0.004))
    return merge(parts)


def _arrow(road_map: RoadMap, item: MapObject, name: str) -> Shape:
    """Turn arrows: the letter at the end of the name says to which side."""
    mirror = -1.0 if name.endswith("r") else 1.0
    outlines = _TURN_LEFT if name.endswith(("l", "r")) else _STRAIGHT
    size = max(item.length, item.width)
    forward, left = _travel(road_map, item)
    corners = []
    for polygon in outlines:
        local = np.array(polygon)
        points = (
            item.pose.translation
            + local[:, :1] * size * 1.25 * forward
            + local[:, 1:] * min(item.length, item.width) * mirror * left
        )
        corners.append(np.r_[points, points[-1:]][:4])
    return _flat(np.stack(corners), _WHITE, 0.005)


def _travel(road_map: RoadMap, item: MapObject) -> tuple[Doubles, Doubles]:
    """Direction of travel at an object, and left of it.

    The axes of a stencil differ between tools, so the lane under it decides; off every lane its own heading does.
    """
    found = road_map.locate(item.pose.translation[None])
    own = np.arctan2(item.pose.rotation[1, 0], item.pose.rotation[0, 0])
    heading = float(found.heading[0]) if found.strip_index[0] >= 0 else float(own)
    forward = np.array([np.cos(heading), np.sin(heading), 0.0])
    return forward, np.array([-forward[1], forward[0], 0.0])


def _word(road_map: RoadMap, item: MapObject, word: str) -> Shape:
    """A word to be read by the traffic that drives over it."""
    forward, left = _travel(road_map, item)
    tall, wide = max(item.length, 2.0), max(item.width, 2.0)
    pitch = wide / len(word)
    stroke = 0.14
    corners = []
    for index, letter in enumerate(word):
        x0 = -wide / 2.0 + (index + 0.14) * pitch
        for ax, ay, bx, by in _LETTERS[letter]:
            a = np.array([x0 + ax * pitch * 0.72, (ay - 0.5) * tall])
            b = np.array([x0 + bx * pitch * 0.72, (by - 0.5) * tall])
            along = (b - a) / np.linalg.norm(b - a)
            half = np.array([-along[1], along[0]]) * stroke / 2.0
            end = along * stroke / 2.0
            local = np.array([a - half - end, b - half + end, b + half + end, a + half - end])
            corners.append(item.pose.translation + local[:, 1:] * forward - local[:, :1] * left)
    return _flat(np.stack(corners), _WHITE, 0.005)
