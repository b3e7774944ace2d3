"""Given trees, and those of given woods."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from roadmark.twins import GivenTree
from roadmark.world.given.details import clear_of
from roadmark.world.given.ground import GivenGround
from roadmark.world.scenery.planting import Planting
from roadmark.world.scenery.plants import SPECIES, bush
from roadmark.world.scenery.selection import Selection, distances
from roadmark.world.scenery.site import Site
from roadmark.world.shape import Doubles, Shape, merge, place
from roadmark.world.streams import named_generator

_BROADLEAVED = np.array([0, 1, 2, 3, 4])
_SPRUCE = next(k for k, kind in enumerate(SPECIES) if kind.conical)
_SIZES = (0.5, 2.6)
_TRUNK = 0.4  # metres that a trunk takes up
_WOOD_SPACING, _SCRUB_SPACING = 6.5, 3.6
_MOST_WOOD, _MOST_BUSHES = 6000, 2500
_OFF_LANES = 2.5  # metres from lanes, for trees of woods
_BUSHES = ((84, 106, 48), (66, 90, 44), (112, 118, 60))


def plant_trees(trees: Sequence[GivenTree], planting: Planting, seed: int) -> None:
    """Add mapped trees; those without a height are as high as their kind, if there is room."""
    if not trees:
        return
    site = planting.site
    points = np.array([[tree.x, tree.y] for tree in trees], dtype=np.float64)
    height = np.array([tree.height for tree in trees], dtype=np.float64)
    needles = np.array([tree.kind == "needleleaved" for tree in trees])
    rng = named_generator(seed, "given trees")
    street = np.floor(points / 90.0).astype(np.int64)  # rows along a street are of one kind
    hashed = (street[:, 0] * 92837111 ^ street[:, 1] * 689287499) >> 3
    species = np.where(needles, _SPRUCE, _BROADLEAVED[hashed % len(_BROADLEAVED)])
    usual = rng.uniform(0.85, 1.15, len(points))
    tall = np.array([kind.height for kind in SPECIES])[species]
    crown = np.array([kind.crown[0] for kind in SPECIES])[species]
    room = np.maximum((site.sample(site.from_built, points, 1e3) + 0.4) / crown, 0.55)
    scale = np.where(height > 0.0, np.clip(height / tall, *_SIZES), np.minimum(usual, room))
    good = clear_of(points, site) & (site.sample(site.built, points, 0) == 0)
    planting.street.low.take(points[good], _TRUNK)
    planting.add(site.grounded(points[good]), species[good], scale[good])


def plant_woods(ground: GivenGround, planting: Planting, shown: Selection, seed: int) -> None:
    """Scatter trees over given woods, those nearest to the cameras first where there are too many."""
    rng = named_generator(seed, "given woods")
    points = _scattered(ground, "wood", _WOOD_SPACING, rng)
    points = points[_nearest(points, shown, _MOST_WOOD)]
    site = planting.site
    patch = np.floor(points / 60.0).astype(np.int64)
    conifers = ((patch[:, 0] * 73856093 ^ patch[:, 1] * 19349663) >> 4) % 3 == 0
    species = np.where(conifers, _SPRUCE, rng.choice(np.array([0, 3, 3, 4, 1]), len(points)))
    planting.add(site.grounded(points), species, rng.uniform(0.75, 1.25, len(points)))


def scrub_shape(ground: GivenGround, shown: Selection, seed: int) -> Shape:
    """Bushes over given scrub."""
    rng = named_generator(seed, "given scrub")
    points = _scattered(ground, "scrub", _SCRUB_SPACING, rng)
    points = points[_nearest(points, shown, _MOST_BUSHES)]
    feet = ground.site.grounded(points, -0.05)
    yaw, scale = rng.uniform(0.0, 6.28, len(feet)), rng.uniform(0.6, 1.3, len(feet))
    variation = rng.integers(0, 1 << 15, len(feet))
    kept = shown.keeps(feet, 1.0, 1.3)
    shapes = []
    for k, color in enumerate(_BUSHES):
        mine = kept & (np.arange(len(feet)) % len(_BUSHES) == k)
        shape = bush(named_generator(k, "bush"), color, detail=0)
        shapes.append(place(shape, feet[mine], yaw[mine], scale[mine], variation=variation[mine]))
    return merge(shapes)


def _scattered(ground: GivenGround, kind: str, spacing: float, rng: np.random.Generator) -> Doubles:
    """(N, 2) points about so far apart on ground of a kind, off lanes."""
    site: Site = ground.site
    low = site.raster.origin
    high = low + np.array(site.raster.shape[::-1]) * site.raster.cell
    count = np.ceil((high - low) / spacing).astype(np.int64)
    grid = np.stack(np.meshgrid(np.arange(count[0]), np.arange(count[1]), indexing="ij"), axis=-1).reshape(-1, 2)
    points = low + (grid + rng.uniform(0.1, 0.9, grid.shape)) * spacing
    good = ground.is_kind(kind, points) & (site.sample(site.from_lanes, points, 1e3) > _OFF_LANES)
    return np.asarray(points[good])


def _nearest(points: Doubles, shown: Selection, most: int) -> np.ndarray:
    """Indices, in order, of at most so many points, the nearest to the cameras."""
    if len(points) <= most or shown.centers is None:
        return np.arange(min(len(points), most))
    return np.sort(np.argsort(distances(points, shown.centers), kind="stable")[:most])
