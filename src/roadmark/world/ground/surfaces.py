"""Road surfaces: carriageway, raised pavements with kerbs, islands, and what fills the middle of junctions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from roadmark.catalog import SemanticClass
from roadmark.maps import KERB_HEIGHT, LaneStrip, RoadMap
from roadmark.render import Material
from roadmark.world.ground.junctions import junction_fill
from roadmark.world.ground.lane_kinds import split_lanes
from roadmark.world.ground.raster import Raster, strip_quads
from roadmark.world.shape import Doubles, Shape, merge, quads
from roadmark.world.solids import Look

KERB_WIDTH = 0.16
#: How far sides reach below the surface, so that no gap opens to the terrain.
SKIRT = 0.6
_OVERLAP = 0.04
# Width and drop of the slopes between lanes of a junction that lie at different heights.
_SLOPE = (1.5, 0.25)

ASPHALT = Look(Material.ASPHALT, SemanticClass.ROADS)
PAVING = Look(Material.CONCRETE, SemanticClass.SIDEWALKS)
KERB = Look(Material.KERB, SemanticClass.SIDEWALKS)
ISLAND = Look(Material.CONCRETE, SemanticClass.GROUND, (150, 146, 138))


def surface_shape(road_map: RoadMap) -> Shape:
    """All surfaces of a map, without paint and terrain."""
    carriageway, pavement, islands = split_lanes(road_map)
    beside = _carriageway_sides(carriageway)
    parts = [_paved(strip_quads([_extended(strip) for strip in carriageway]), ASPHALT)]
    parts.append(_skirts(carriageway, beside))
    for strips, look in ((pavement, PAVING), (islands, ISLAND)):
        parts.extend(_raised(strips, look, beside))
    parts.append(junction_fill(road_map, carriageway, [*pavement, *islands], ASPHALT))
    return merge(parts)


def pavement_height(strip: LaneStrip) -> float:
    """How far a pavement's or island's surface lies above its strip: nothing where the map itself raised it."""
    return 0.0 if strip.raised else KERB_HEIGHT


def _paved(corners: Doubles, look: Look) -> Shape:
    return quads(corners, material=look.material, semantic=look.semantic, color=look.rgb)


def _extended(strip: LaneStrip) -> LaneStrip:
    """The strip a little longer at both ends, so that no crack opens between two roads."""
    ends = {}
    for name in ("left", "right"):
        edge = getattr(strip, name).copy()
        for end, inner in ((0, 1), (-1, -2)):
            step = edge[end] - edge[inner]
            length = np.linalg.norm(step)
            if length > 1e-6:
                edge[end] = edge[end] + step * (_OVERLAP / length)
        ends[name] = edge
    return LaneStrip(
        strip.key, strip.type, strip.s, ends["left"], ends["right"], strip.center, strip.junction, strip.direction,
        strip.raised,
    )  # fmt: skip


def _wall(lower: Doubles, upper: Doubles) -> Doubles:
    """Quads (N - 1, 4, 3) between two lines (N, 3); the outside is to the right of their direction."""
    return np.stack([lower[:-1], lower[1:], upper[1:], upper[:-1]], axis=1)


def _skirts(strips: Sequence[LaneStrip], beside: set[tuple[str, int, int]]) -> Shape:
    """Vertical sides under the outer edges and the ends of the carriageway.

    Where other carriageway adjoins there is none; in junctions whose roads differ in height a slope leads down to it.
    """
    if not strips:
        return merge([])
    edges = np.concatenate([strip.center for strip in strips])
    raster = Raster.around(edges.min(axis=0), edges.max(axis=0), 0.25, margin=12.0)
    covered = raster.covered(strips)
    down = np.array([0.0, 0.0, -SKIRT])
    walls: list[Doubles] = []
    uneven: list[bool] = []
    level = _uneven_junctions(strips)
    for strip in strips:
        lines = [np.stack([strip.left[0], strip.right[0]]), np.stack([strip.right[-1], strip.left[-1]])]
        if not has_neighbour(strip, -1, beside):
            lines.append(strip.right)
        if not has_neighbour(strip, 1, beside):
            lines.append(strip.left[::-1])
        walls.extend(_wall(line + down, line) for line in lines)
        uneven.extend([strip.junction in level] * sum(len(line) - 1 for line in lines))
    corners = np.concatenate(walls)
    along = corners[:, 1] - corners[:, 0]
    outward = np.stack([along[:, 1], -along[:, 0]], axis=1)
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
    outside = corners[:, 3:1:-1, :2].mean(axis=1) + 0.6 * outward
    adjoined = raster.sample(covered, outside, False)
    slope = corners[adjoined & np.array(uneven)]
    if len(slope):
        away = outward[adjoined & np.array(uneven)][:, None, :] * _SLOPE[0]
        edge = slope[:, [3, 2]] - np.array([0.0, 0.0, 0.003])
        foot = np.concatenate([edge[..., :2] + away, edge[..., 2:] - _SLOPE[1]], axis=2)
        slope = np.stack([edge[:, 0], foot[:, 0], foot[:, 1], edge[:, 1]], axis=1)
    return _paved(np.concatenate([corners[~adjoined], slope]), ASPHALT)


def _uneven_junctions(strips: Sequence[LaneStrip]) -> set[str]:
    """Junctions whose lanes are not all at one height."""
    heights: dict[str, list[float]] = {}
    for strip in strips:
        if strip.junction is not None:
            ends = heights.setdefault(strip.junction, [np.inf, -np.inf])
            ends[0] = min(ends[0], float(strip.center[:, 2].min()))
            ends[1] = max(ends[1], float(strip.center[:, 2].max()))
    return {junction for junction, (low, high) in heights.items() if high - low > 0.02}


def _carriageway_sides(carriageway: Sequence[LaneStrip]) -> set[tuple[str, int, int]]:
    """Keys of all carriageway lanes, to ask whether a neighbour is one."""
    return {(strip.key.road, strip.key.section, strip.key.lane) for strip in carriageway}


def _raised(strips: Sequence[LaneStrip], look: Look, beside: set[tuple[str, int, int]]) -> list[Shape]:
    """Raised strips: paving on top, a kerb stone along each side with carriageway, sides down to the ground."""
    tops: list[Doubles] = []
    stones: list[Doubles] = []
    sides: list[Doubles] = []
    stone_sides: list[Doubles] = []
    for strip in strips:
        lift = np.array([0.0, 0.0, pavement_height(strip)])
        low, high = strip.right + lift, strip.left + lift
        width = np.linalg.norm(high - low, axis=1, keepdims=True)
        inward = (high - low) / np.maximum(width, 1e-9) * np.minimum(KERB_WIDTH, width / 2.0)
        right_kerb, left_kerb = (has_neighbour(strip, side, beside) for side in (-1, 1))
        paving_low = low + inward if right_kerb else low
        paving_high = high - inward if left_kerb else high
        tops.append(_ribbon(paving_low, paving_high))
        if right_kerb:
            stones.append(_ribbon(low, paving_low))
        if left_kerb:
            stones.append(_ribbon(paving_high, high))
        down = np.array([0.0, 0.0, -SKIRT]) - lift
        (stone_sides if right_kerb else sides).append(_wall(low + down, low))
        (stone_sides if left_kerb else sides).append(_wall(high[::-1] + down, high[::-1]))
        for end in (np.stack([high[0], low[0]]), np.stack([low[-1], high[-1]])):
            stone_sides.append(_wall(end + down, end))
    nothing = [np.zeros((0, 4, 3))]
    kerb = KERB if look is PAVING else Look(Material.KERB, look.semantic)
    return [
        _paved(np.concatenate(tops or nothing), look),
        _paved(np.concatenate(sides or nothing), look),
        _paved(np.concatenate(stones + stone_sides or nothing), kerb),
    ]


def has_neighbour(strip: LaneStrip, side: int, beside: set[tuple[str, int, int]]) -> bool:
    """Whether the lane to the left (+1) or right (-1) along increasing s is carriageway."""
    lane = strip.key.lane + side
    if lane == 0:
        lane += side
    return (strip.key.road, strip.key.section, lane) in beside


def _ribbon(right: Doubles, left: Doubles) -> Doubles:
    """Quads (N - 1, 4, 3) facing up between two lines."""
    return np.stack([right[:-1], right[1:], left[1:], left[:-1]], axis=1)
