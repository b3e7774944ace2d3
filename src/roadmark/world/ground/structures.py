"""What carries raised roads: retaining walls, and decks with openings where another road passes below."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from roadmark.catalog import SemanticClass
from roadmark.maps import LaneStrip
from roadmark.render import Material
from roadmark.world.ground.raster import Mask, Raster
from roadmark.world.ground.surfaces import SKIRT, has_neighbour
from roadmark.world.ground.terrain import HeightField
from roadmark.world.shape import Doubles, Shape, merge, quads
from roadmark.world.solids import Look, hexahedra

#: Thickness of a deck over a road.
DECK = 1.2
_STEP = 2.0
#: Structures stand out this far from the road's own sides.
_PROUD = 0.03
#: A lane this far over another one passes over it.
CLEARANCE = 3.0
#: Sides lower than this are the road's own skirts.
_LOW = SKIRT - 0.15
_WALL = Look(Material.PLASTER, SemanticClass.WALL, (160, 157, 150))
_PARAPET_FROM, _PARAPET_HEIGHT, _PARAPET_WIDTH = 1.0, 0.9, 0.25
_RAIL = Look(Material.PLASTER, SemanticClass.GUARD_RAIL, (176, 173, 166))
_BRIDGE = Look(Material.PLASTER, SemanticClass.BRIDGE, (168, 165, 158))


def structure_shape(strips: Sequence[LaneStrip], field: HeightField) -> Shape:
    """Walls, decks, abutments and parapets of all lanes that lie above the ground."""
    keys = {(strip.key.road, strip.key.section, strip.key.lane) for strip in strips}
    raised = []
    for strip in strips:
        edges = np.concatenate([strip.left, strip.right])
        if np.any(edges[:, 2] - field.lowest_at(edges) > _LOW):
            raised.append(strip)
    if not raised:
        return merge([])
    flat = np.concatenate([strip.center for strip in raised])
    raster = Raster.around(flat.min(axis=0), flat.max(axis=0), 0.5, margin=12.0)
    upper = raster.covered(raised)
    parts = []
    for strip in raised:
        outer = [not has_neighbour(strip, side, keys) for side in (-1, 1)]
        parts.append(_carried(strip, field, outer[0], outer[1]))
        parts.extend(_parapets(strip, field, outer[0], outer[1], raster, upper))
    return merge(parts)


def _parapets(
    strip: LaneStrip, field: HeightField, right_side: bool, left_side: bool, raster: Raster, upper: Mask
) -> list[Shape]:
    """Low walls on outer edges high above the ground, not where another raised lane joins."""
    stations = np.linspace(strip.s[0], strip.s[-1], int((strip.s[-1] - strip.s[0]) / _STEP) + 2)
    left, right = dense(strip.left, strip.s, stations), dense(strip.right, strip.s, stations)
    outward = right - left
    outward = outward / np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
    parts = []
    for wanted, line, away in ((right_side, right, outward), (left_side, left[::-1], -outward[::-1])):
        if not wanted:
            continue
        beside = raster.sample(upper, line + 1.1 * away, False)
        high = (line[:, 2] - field.lowest_at(line + 1.5 * away) > _PARAPET_FROM) & ~beside
        chosen = high[:-1] & high[1:]
        inner, outer = line + 0.04 * away, line + (0.04 + _PARAPET_WIDTH) * away
        low, top = np.array([0.0, 0.0, -0.3]), np.array([0.0, 0.0, _PARAPET_HEIGHT])
        corners = np.stack(
            [inner[:-1] + low, outer[:-1] + low, outer[1:] + low, inner[1:] + low,
             inner[:-1] + top, outer[:-1] + top, outer[1:] + top, inner[1:] + top], axis=1,
        )[chosen]  # fmt: skip
        parts.append(hexahedra(corners, _RAIL))
    return parts


def dense(line: Doubles, s: Doubles, stations: Doubles) -> Doubles:
    """A line (N, 3) given at s (N,), at other stations (M,): (M, 3)."""
    return np.stack([np.interp(stations, s, line[:, axis]) for axis in range(3)], axis=1)


def over_road(points: Doubles, field: HeightField) -> Mask:
    """(N,) whether a lane passes at least a storey below points (N, 3)."""
    n = len(field.low) - 1
    index = np.clip(np.round((points[:, :2] - field.origin) / field.cell).astype(np.int64), 0, n)
    return np.asarray(field.low[index[:, 1], index[:, 0]] < points[:, 2] - CLEARANCE)


def _carried(strip: LaneStrip, field: HeightField, right_side: bool, left_side: bool) -> Shape:
    """What is under one lane; sides only where no lane of the same road adjoins."""
    stations = np.linspace(strip.s[0], strip.s[-1], int((strip.s[-1] - strip.s[0]) / _STEP) + 2)
    left, right = dense(strip.left, strip.s, stations), dense(strip.right, strip.s, stations)
    middle = (left + right) / 2.0
    open_below = over_road(left, field) | over_road(right, field) | over_road(middle, field)
    free = open_below[:-1] | open_below[1:]
    parts = []
    outward = right - left
    outward *= _PROUD / np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
    lines = [(right + outward, free)] if right_side else []
    lines += [((left - outward)[::-1], free[::-1])] if left_side else []
    for line, opening in lines:
        ground = field.lowest_at(line)
        parts.append(_sides(line, np.minimum(ground - 0.3, line[:, 2] - SKIRT), ~opening, _WALL))
        parts.append(_sides(line, line[:, 2] - DECK, opening, _BRIDGE))
    down = np.array([0.0, 0.0, -DECK])
    below = np.stack([left[:-1], left[1:], right[1:], right[:-1]], axis=1)[free] + down
    parts.append(quads(below, material=_BRIDGE.material, semantic=_BRIDGE.semantic, color=_BRIDGE.rgb))
    for k in (np.flatnonzero(free[1:] != free[:-1]) + 1).tolist():
        parts.append(_abutment(left[k], right[k], field, towards_right=bool(free[k])))
    for k in (0, len(stations) - 1):
        parts.append(_abutment(left[k], right[k], field, towards_right=k > 0, depth=DECK if open_below[k] else None))
    return merge(parts)


def _sides(line: Doubles, bottom: Doubles, chosen: Mask, look: Look) -> Shape:
    """Vertical quads below a line where chosen (N - 1,); the outside is to the right of the line's direction."""
    foot = line.copy()
    foot[:, 2] = bottom
    corners = np.stack([foot[:-1], foot[1:], line[1:], line[:-1]], axis=1)[chosen]
    return quads(corners, material=look.material, semantic=look.semantic, color=look.rgb)


def _abutment(
    left: Doubles, right: Doubles, field: HeightField, *, towards_right: bool, depth: float | None = None
) -> Shape:
    """A wall across a lane, from just under its surface to the ground or for a given depth."""
    ends = np.stack([left, right])
    ends[:, 2] -= 0.02
    foot = ends.copy()
    ground = np.minimum(field.lowest_at(ends).min() - 0.3, ends[:, 2].min() - SKIRT)
    foot[:, 2] = ground if depth is None else ends[:, 2] - depth
    corners = np.stack([foot[1], foot[0], ends[0], ends[1]])
    corners = corners if towards_right else corners[::-1]
    return quads(corners[None], material=_WALL.material, semantic=_WALL.semantic, color=_WALL.rgb)
