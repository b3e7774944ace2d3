"""Roofs over given footprints: those of rectangles by the facade code, others flat, hipped or up to a tip."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from roadmark.catalog import SemanticClass
from roadmark.render import Material
from roadmark.twins import GivenBuilding, contains, is_rectangle
from roadmark.world.given.footprints import Footprints
from roadmark.world.given.fronts import parapets
from roadmark.world.ground.areas import trapezoids
from roadmark.world.scenery.roofs import roof_shapes
from roadmark.world.shape import Doubles, Shape, merge, quads, triangles
from roadmark.world.solids import Look, box

_SLOPE = 0.7
_OVERHANG = 0.35
_INSETS = (6.0, 5.0, 4.0, 3.0, 2.2, 1.5, 0.8)
_PARAPET_WIDTH = 0.26
_PLANT_AREA = 140.0  # square metres of roof for each machine on it
_MOST_PLANT = 8


def roofs(buildings: Footprints, level: npt.NDArray[np.int64]) -> Shape:
    """Roofs of all buildings."""
    plain = np.array([_plain(building) for building in buildings.given], dtype=bool)
    shapes = [roof_shapes(buildings.selected(plain), level[plain])] if plain.any() else []
    colors, trims = buildings.choice("roof_colors"), buildings.choice("trim_colors")
    rise = parapets(buildings)
    for k in np.flatnonzero(~plain).tolist():
        top = float(buildings.center[k, 2] + buildings.eaves[k])
        shapes += _over(buildings.given[k], top, float(rise[k]), colors[k], trims[k], int(buildings.seed[k]))
    return merge(shapes)


def _plain(building: GivenBuilding) -> bool:
    """Whether the facade code's roofs fit; it knows rectangles, and parapets of one height."""
    low = building.roof == "flat" and building.eaves - building.base < 4.0
    return not building.holes and is_rectangle(building.outline) and not low


def _over(
    building: GivenBuilding,
    top: float,
    rise: float,
    color: npt.NDArray[np.uint8],
    trim: npt.NDArray[np.uint8],
    seed: int,
) -> list[Shape]:
    outline = building.outline
    if building.roof != "flat" and not building.holes:
        if building.roof == "pyramidal" and _convex(outline):
            return [_tip(outline, top, color, seed)]
        for distance in _INSETS:
            inner = inset(outline, distance)
            if inner is not None:
                return _slopes(outline, inner, top, distance, color, trim, seed)
    parts = [_deck((outline, *building.holes), top, color, seed)]
    if rise > 0.0 and building.roof == "flat":
        parts += [_parapet(ring, top, rise, trim, seed) for ring in (outline, *building.holes)]
        parts += _plant(building, top, seed)
    return parts


def _deck(rings: tuple[Doubles, ...], top: float, color: npt.NDArray[np.uint8], seed: int) -> Shape:
    flat = trapezoids(rings)
    return quads(
        np.concatenate([flat, np.full((len(flat), 4, 1), top)], axis=2),
        material=Material.ROOF, semantic=SemanticClass.BUILDING, color=color, variation=seed,
    )  # fmt: skip


def _parapet(ring: Doubles, top: float, rise: float, trim: npt.NDArray[np.uint8], seed: int) -> Shape:
    """The top and the inner side of the wall around a flat roof."""
    inner = inset(ring, _PARAPET_WIDTH)
    if inner is None:
        return merge([])
    high, low = top + rise, top
    outer_next, inner_next = np.roll(ring, -1, axis=0), np.roll(inner, -1, axis=0)
    cap = np.stack([_at(ring, high), _at(outer_next, high), _at(inner_next, high), _at(inner, high)], axis=1)
    side = np.stack([_at(inner_next, low), _at(inner, low), _at(inner, high), _at(inner_next, high)], axis=1)
    return quads(
        np.concatenate([cap, side]), material=Material.STONE, semantic=SemanticClass.BUILDING, color=trim,
        variation=seed,
    )  # fmt: skip


def _plant(building: GivenBuilding, top: float, seed: int) -> list[Shape]:
    """Machines and stair heads on a large flat roof."""
    rng = np.random.default_rng(seed)
    low, high = building.outline.min(axis=0), building.outline.max(axis=0)
    points = rng.uniform(low, high, (6 * _MOST_PLANT, 2))
    inner = inset(building.outline, 2.5)
    if inner is None:
        return []
    good = contains(inner, points)
    for hole in building.holes:
        wider = inset(hole, 2.5)
        good &= ~contains(hole if wider is None else wider, points)
    area = float(np.ptp(building.outline, axis=0).prod())
    points = points[good][: min(int(area / _PLANT_AREA), _MOST_PLANT)]
    edge = building.outline[1] - building.outline[0]
    yaw = float(np.arctan2(edge[1], edge[0]))
    parts = []
    for index, point in enumerate(points):
        stairs = index == 0
        size = np.array([4.0, 2.8, 2.6]) if stairs else rng.uniform([1.0, 0.9, 0.7], [2.6, 1.6, 1.4])
        look = Look(Material.PLASTER if stairs else Material.METAL, SemanticClass.BUILDING, (172, 172, 168))
        parts.append(box([*point, top + size[2] / 2.0], size, look, yaw))
    return parts


def _slopes(
    outline: Doubles,
    inner: Doubles,
    top: float,
    distance: float,
    color: npt.NDArray[np.uint8],
    trim: npt.NDArray[np.uint8],
    seed: int,
) -> list[Shape]:
    """Slopes from the eaves up to an inner outline, and a flat top inside it."""
    outer = inset(outline, -_OVERHANG)
    outer = outline if outer is None else outer
    foot, ridge = top - _OVERHANG * _SLOPE + 0.1, top + distance * _SLOPE + 0.1
    outer_next, inner_next = np.roll(outer, -1, axis=0), np.roll(inner, -1, axis=0)
    faces = np.stack([_at(outer, foot), _at(outer_next, foot), _at(inner_next, ridge), _at(inner, ridge)], axis=1)
    edge = np.stack(
        [_at(outer, foot - 0.16), _at(outer_next, foot - 0.16), _at(outer_next, foot), _at(outer, foot)], axis=1
    )
    below = np.stack(
        [_at(outer_next, foot - 0.16), _at(outer, foot - 0.16), _at(outline, top), _at(np.roll(outline, -1, 0), top)],
        axis=1,
    )
    semantic = SemanticClass.BUILDING
    return [
        quads(faces, material=Material.ROOF, semantic=semantic, color=color, variation=seed),
        quads(np.concatenate([edge, below]), material=Material.WOOD, semantic=semantic, color=trim, variation=seed),
        _deck((inner,), ridge, color, seed),
    ]


def _tip(outline: Doubles, top: float, color: npt.NDArray[np.uint8], seed: int) -> Shape:
    """Slopes from every edge up to one point."""
    middle = outline.mean(axis=0)
    reach = float(np.linalg.norm(outline - middle, axis=1).min())
    apex = np.broadcast_to(np.append(middle, top + reach), (len(outline), 3))
    faces = np.stack([_at(outline, top), _at(np.roll(outline, -1, axis=0), top), apex], axis=1)
    return triangles(faces, material=Material.ROOF, semantic=SemanticClass.BUILDING, color=color, variation=seed)


def inset(outline: Doubles, distance: float) -> Doubles | None:
    """An outline (N, 2) moved inwards (to the left of its edges), corner by corner; None where it would turn over."""
    along = np.roll(outline, -1, axis=0) - outline
    length = np.linalg.norm(along, axis=1, keepdims=True)
    along = along / np.maximum(length, 1e-9)
    left = np.stack([-along[:, 1], along[:, 0]], axis=1)
    before = np.roll(left, 1, axis=0)
    # The corner's offset has the distance's part along both edges' normals.
    share = 1.0 + (left * before).sum(axis=1)
    moved = outline + distance * (left + before) / np.maximum(share, 0.2)[:, None]
    turned = ((np.roll(moved, -1, axis=0) - moved) * along).sum(axis=1)
    if (turned <= 0.02).any():
        return None
    return np.asarray(moved)


def _convex(outline: Doubles) -> bool:
    along = np.roll(outline, -1, axis=0) - outline
    after = np.roll(along, -1, axis=0)
    return bool((along[:, 0] * after[:, 1] - along[:, 1] * after[:, 0] > 0.0).all())


def _at(points: Doubles, height: float) -> Doubles:
    return np.asarray(np.c_[points, np.full(len(points), height)])
