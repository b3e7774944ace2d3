"""Paving between pavements and building fronts, and paths to the doors of houses."""

from __future__ import annotations

import cv2
import numpy as np

from roadmark.maps import KERB_HEIGHT, LaneStrip
from roadmark.world.ground.areas import area_quads
from roadmark.world.ground.junctions import closed_area
from roadmark.world.ground.lane_kinds import split_lanes
from roadmark.world.ground.surfaces import PAVING, pavement_height
from roadmark.world.scenery.buildings import Buildings
from roadmark.world.scenery.plots import FORECOURT
from roadmark.world.scenery.selection import Selection
from roadmark.world.scenery.site import Site
from roadmark.world.scenery.styles import STYLES, Roof
from roadmark.world.shape import Doubles, Shape, merge, quads

_WIDTH = FORECOURT + 0.4
_PIECE = 2.0
_FOLDED = 0.75  # ribbons that are narrower than this share of their width lie over each other at a corner
_SPOT = 40.0  # square metres
_AROUND = 3.2  # metres around a fold in which slivers may be left
_SUNK = 0.001  # under the pavement's surface: where both lie over each other the pavement shows, without a shadow


def forecourt_shape(site: Site, shown: Selection) -> Shape:
    """A paved ribbon along the outer edge of every pavement, left out where it would touch another lane."""
    _, pavement, _ = split_lanes(site.road_map)
    keys = {(strip.key.road, strip.key.section, strip.key.lane) for strip in site.road_map.strips()}
    ribbons = []
    for strip in pavement:
        sign = 1 if strip.key.lane > 0 else -1
        outer = (strip.key.road, strip.key.section, strip.key.lane + sign)
        inner = (strip.key.road, strip.key.section, strip.key.lane - sign)
        if outer not in keys:
            ribbons.append(_ribbon(strip, left=sign > 0))
        elif inner not in keys:
            ribbons.append(_ribbon(strip, left=sign < 0))
    corners = np.concatenate(ribbons or [np.zeros((0, 4, 3))])
    return _laid(site, corners, shown)


def _ribbon(strip: LaneStrip, *, left: bool) -> Doubles:
    """Quads (Q, 4, 3) from the left or right edge of a strip outwards."""
    edge, other = (strip.left, strip.right) if left else (strip.right, strip.left)
    length = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(edge, axis=0), axis=1))]
    # With the strip's own points, so that the paving begins exactly at its edge and no crack opens.
    s = np.unique(np.r_[length, np.linspace(0.0, length[-1], max(int(length[-1] / _PIECE), 1) + 1)])
    outward = edge - other
    outward[:, 2] = 0.0
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
    near = np.stack([np.interp(s, length, edge[:, k]) for k in range(3)], axis=1)
    aside = np.stack([np.interp(s, length, outward[:, k]) for k in range(3)], axis=1)
    near[:, 2] += pavement_height(strip)
    far = near + aside * _WIDTH - np.array([0.0, 0.0, _SUNK])
    if left:
        return np.stack([near[:-1], near[1:], far[1:], far[:-1]], axis=1)
    return np.stack([far[:-1], far[1:], near[1:], near[:-1]], axis=1)


def _laid(site: Site, corners: Doubles, shown: Selection) -> Shape:
    """The quads that touch no carriageway, with a border down to the ground on every side."""
    weights = np.array(
        [[a * b, (1 - a) * b, (1 - a) * (1 - b), a * (1 - b)] for a in (0.0, 0.5, 1.0) for b in (0.0, 0.5, 1.0)]
    )
    points = np.einsum("pk,qkc->qpc", weights, corners)
    clear = ~(site.sample(site.carriageway, points) > 0).any(axis=1)
    piece = np.linalg.norm(corners[:, 1] - corners[:, 0] + corners[:, 2] - corners[:, 3], axis=1) / 2.0
    width = _turn(corners) / np.maximum(piece, 1e-9)
    kept = corners[clear & (width > 0.1)]
    ground = site.field.lowest_at(kept) if len(kept) else np.zeros((0, 4))
    kept = kept[(np.abs(kept[..., 2] - ground) < 1.5).all(axis=1)]
    down = kept - np.array([0.0, 0.0, 0.5])
    sides = np.stack([np.roll(down, 0, axis=1), np.roll(down, -1, axis=1), np.roll(kept, -1, axis=1), kept], axis=2)
    outer = sides[:, [0, 2]].reshape(-1, 4, 3)  # the other two sides join the neighbours
    folded = corners[clear & (width < _FOLDED * _WIDTH)].mean(axis=1)
    every = np.concatenate([kept, outer, _gaps(site, kept, folded)])
    every = every[shown.near(every[:, 0])]
    return quads(every, material=PAVING.material, semantic=PAVING.semantic, color=PAVING.rgb)


def _gaps(site: Site, laid: Doubles, corners: Doubles) -> Doubles:
    """Rectangles (Q, 4, 3) over small spots that paving and lanes enclose, as in the inner corners of pavements.

    Args:
        site: The site.
        laid: Paving that lies already, (P, 4, 3).
        corners: Where ribbons fold over themselves and leave slivers, (C, 3).
    """
    mask = site.lanes.astype(np.uint8)
    site.raster.fill(mask, laid)
    count, label, stats, _ = cv2.connectedComponentsWithStats((mask == 0).astype(np.uint8), connectivity=4)
    small = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] * site.raster.cell**2 < _SPOT)
    spots = np.isin(label, small[small > 0]) if count > 1 else np.zeros(mask.shape, dtype=bool)
    grown = cv2.dilate(spots.astype(np.uint8), np.ones((5, 5), dtype=np.uint8)) > 0
    around = np.zeros_like(mask)
    for row, column in site.raster.pixels(corners).tolist():
        cv2.circle(around, (column, row), int(_AROUND / site.raster.cell), 1, -1)
    ring = np.ones((5, 5), dtype=np.uint8)
    closed = np.asarray(cv2.erode(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, ring), ring[1:4, 1:4]), dtype=np.uint8)
    wanted = grown | ((around & closed) > 0)
    road = closed_area(site.carriageway, np.zeros_like(site.carriageway), site.raster.cell)
    cells = area_quads(site.raster, wanted & ~road, 4.0)
    height = site.road_map.elevation(cells.reshape(-1, 2)).reshape(-1, 4, 1) + KERB_HEIGHT - 2.0 * _SUNK
    near = np.abs(height[..., 0] - site.ground(cells)).max(axis=1) < 0.6
    return np.asarray(np.concatenate([cells, height], axis=2)[near])


def _turn(corners: Doubles) -> Doubles:
    """Signed area of quads (Q, 4, 3) in plan."""
    diagonal, other = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    return np.asarray((diagonal[:, 0] * other[:, 1] - diagonal[:, 1] * other[:, 0]) / 2.0)


def path_shape(site: Site, buildings: Buildings) -> Shape:
    """A path from the front of each house towards the street."""
    pitched = np.array([style.roof != Roof.FLAT for style in STYLES])[buildings.style]
    corners = buildings.corners()[pitched]
    if not len(corners):
        return merge([])
    along = (corners[:, 1] - corners[:, 0])[:, :2]
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    outward = np.stack([along[:, 1], -along[:, 0]], axis=1)
    share = 0.25 + 0.5 * buildings.chance(11)[pitched]
    door = corners[:, 0, :2] * (1.0 - share[:, None]) + corners[:, 1, :2] * share[:, None]
    rows = []
    for reach in (-0.4, 1.6, 3.6):
        middle = door + outward * reach
        rows.append(np.stack([middle + along * 0.7, middle - along * 0.7], axis=1))
    quads_xy = np.concatenate(
        [np.stack([rows[k][:, 1], rows[k + 1][:, 1], rows[k + 1][:, 0], rows[k][:, 0]], axis=1) for k in (0, 1)]
    )
    height = site.ground(quads_xy) + 0.07
    full = np.concatenate([quads_xy, height[..., None]], axis=2)
    free = site.sample(site.from_lanes, quads_xy).min(axis=1) > 0.8
    return quads(full[free], material=PAVING.material, semantic=PAVING.semantic, color=PAVING.rgb)
