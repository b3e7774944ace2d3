"""Where plants grow: trees along streets and in yards, hedges of houses, woods on the hills."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from roadmark.world.ground.terrain import HeightField
from roadmark.world.scenery.plants import SPECIES, bush, tree
from roadmark.world.scenery.selection import Selection, distances
from roadmark.world.scenery.site import Site
from roadmark.world.scenery.street import Street
from roadmark.world.shape import Doubles, Shape, merge, place
from roadmark.world.streams import named_generator

_STREET = (0, 1, 2, 4)
_YARD = (0, 2, 3, 4, 5, 6)
_NEAR, _MIDDLE = 40.0, 100.0
_CLOSE, _MOST_CLOSE = 16.0, 16  # the finest crowns: how near to a camera, metres, and how many
_VARIANTS = 2
_BUSHES = ((84, 106, 48), (66, 90, 44), (112, 118, 60))
_EXTENTS = [(kind.height, min(2.1 * kind.crown[1], kind.height)) for kind in SPECIES]  # whole tree and its crown
_HEDGE, _SHELTER = 1.4, 2.8  # crowns that come lower keep away from hedges, from shelters
_TRUNK, _TRUNK_ROOM = 0.4, 0.6  # what a trunk takes up, and how far it stays from things
_WIDEST = 1.3  # leaves reach this many half widths of a crown from the trunk


class Planting:
    """Collects plants and turns them into copies of a few prototypes."""

    def __init__(self, site: Site, shown: Selection, street: Street, rng: np.random.Generator) -> None:
        self.site = site
        self.shown = shown
        self.street = street
        self.rng = rng
        self.from_built = site.from_built
        self._feet: list[Doubles] = []
        self._species: list[npt.NDArray[np.int64]] = []
        self._scale: list[Doubles] = []

    def add(self, feet: Doubles, species: npt.NDArray[np.int64], scale: Doubles) -> None:
        """Add trees: feet (N, 3), indices into `SPECIES`, sizes."""
        self._feet.append(feet)
        self._species.append(species)
        self._scale.append(scale)

    def _room(self, points: Doubles, species: npt.NDArray[np.int64], scale: Doubles) -> npt.NDArray[np.bool_]:
        """(N,) whether trees at points (N, 2) keep their trunks, and low crowns, clear of what stands there."""
        tall, crown = (np.array(row)[species] * scale for row in zip(*_EXTENTS, strict=True))
        width = np.array([kind.crown[0] for kind in SPECIES])[species] * scale
        free = self.street.low.free(points, np.where(tall - crown < _HEDGE, width, _TRUNK_ROOM))
        return free & self.street.tall.free(points, np.where(tall - crown < _SHELTER, width, _TRUNK_ROOM))

    def street_trees(self) -> None:
        """A row of one species per street, on the building side of pavements; none near signals and crosswalks."""
        places = self.street.avoid
        for line in self.site.lines(0.9):
            count = len(line.points)
            spacing = float(self.rng.choice([9.0, 11.0, 14.0]))
            index = np.arange(self.rng.uniform(2.0, 9.0), count, spacing).astype(np.int64)
            points = line.points[index]
            paved = self.site.sample(self.site.from_pavement, points, 1e3) < 2.0
            block = np.floor(points / 90.0).astype(np.int64)
            hashed = (block[:, 0] * 92837111 ^ block[:, 1] * 689287499) >> 3
            kind = np.array(_STREET)[hashed % len(_STREET)]
            room = np.minimum(
                self.site.sample(self.site.from_carriageway, points, 1e3) - 0.25,
                self.site.sample(self.from_built, points, 1e3) + 0.1,
            )
            crown = np.array([SPECIES[k].crown[0] for k in kind])
            scale = np.minimum(room / (crown * 1.15), self.rng.uniform(0.85, 1.15, len(points)))
            good = paved & (scale > 0.55) & (self.rng.random(len(points)) < 0.82)
            if len(places) and len(points):
                good &= np.linalg.norm(points[:, None] - places[None], axis=2).min(axis=1) > 5.0
            good &= self._room(points, kind, scale)
            self.street.low.take(points[good], _TRUNK)
            self.add(self.site.grounded(points[good]), kind[good], scale[good])

    def yard_trees(self) -> None:
        """Loose trees in yards, between houses and along country roads."""
        site = self.site
        low = site.raster.origin
        high = low + np.array(site.raster.shape[::-1]) * site.raster.cell
        count = int(np.prod(high - low) / 130.0)
        points = self.rng.uniform(low, high, (count, 2))
        paved = site.sample(site.from_pavement, points, 1e3) < 75.0
        lanes = site.sample(site.from_lanes, points, 1e3)
        density = np.where(paved, 0.5, 0.42 * _patches(points, 1) + np.where(lanes > 45.0, 0.1, 0.0))
        kind = np.array(_YARD)[(self.rng.random(count) * 2 + 4.0 * _patches(points, 2)).astype(np.int64) % len(_YARD)]
        scale = self.rng.uniform(0.7, 1.2, count)
        crown = np.array([SPECIES[k].crown[0] for k in kind]) * 1.2 * scale
        good = (lanes > crown + np.where(paved, 3.5, 5.0)) & (lanes < 100.0)
        good &= site.sample(self.from_built, points, 1e3) > crown * 0.8
        good &= self.rng.random(count) < density
        index = np.flatnonzero(good)
        good[index] = self._room(points[index], kind[index], scale[index])
        self.street.low.take(points[good], _TRUNK)
        self.add(site.grounded(points[good]), kind[good], scale[good])

    def woods(self, field: HeightField) -> None:
        """Woods on the hills around the town, in patches."""
        size = (len(field.height) - 1) * field.cell
        count = int(size * size / 260.0)
        points = field.origin + self.rng.uniform(8.0, size - 8.0, (count, 2))
        lanes = field.at(points, field.road.astype(np.float64))
        density = np.clip((_patches(points, 3) - 0.4) * 2.2, 0.02, 0.85)
        good = (lanes > 95.0) & (self.rng.random(count) < density)
        points = points[good][:1800]
        kind = np.array([0, 3, 6, 6, 5])[(5.0 * _patches(points, 4)).astype(np.int64) % 5]
        self.add(np.c_[points, field.at(points)], kind, self.rng.uniform(0.8, 1.5, len(points)))

    def bushes(self) -> Shape:
        """Bushes close to walls and in yards."""
        site = self.site
        low = site.raster.origin
        high = low + np.array(site.raster.shape[::-1]) * site.raster.cell
        points = self.rng.uniform(low, high, (int(np.prod(high - low) / 90.0), 2))
        built = site.sample(self.from_built, points, 0.0)
        lanes = site.sample(site.from_lanes, points, 0.0)
        good = (built > 0.9) & (built < 3.5) & (lanes > 4.6) & (lanes < 45.0) & (self.rng.random(len(points)) < 0.7)
        index = np.flatnonzero(good)
        good[index] = self.street.low.free(points[index], 1.0)
        feet = site.grounded(points[good], -0.05)
        yaw, scale = self.rng.uniform(0.0, 6.28, len(feet)), self.rng.uniform(0.6, 1.1, len(feet))
        variation, color_of = self.rng.integers(0, 1 << 15, len(feet)), np.arange(len(feet)) % len(_BUSHES)
        kept = self.shown.keeps(feet, 1.0, 1.2)
        shapes = []
        for k, color in enumerate(_BUSHES):
            mine = kept & (color_of == k)
            shape = bush(named_generator(k, "bush"), color, detail=0)
            shapes.append(place(shape, feet[mine], yaw[mine], scale[mine], variation=variation[mine]))
        return merge(shapes)

    def shape(self) -> Shape:
        """The trees to show, with detail by their distance to the centres."""
        feet = np.concatenate(self._feet or [np.zeros((0, 3))])
        species = np.concatenate(self._species or [np.zeros(0, dtype=np.int64)])
        scale = np.concatenate(self._scale or [np.zeros(0)])
        variant = np.arange(len(feet)) % _VARIANTS
        yaw = self.rng.uniform(0.0, 2.0 * np.pi, len(feet))
        tint = self.rng.uniform(0.82, 1.14, (len(feet), 1)) * self.rng.uniform(0.94, 1.06, (len(feet), 3))
        stretch = scale[:, None] * np.c_[np.ones((len(feet), 2)), self.rng.uniform(0.9, 1.12, len(feet))]
        seed = self.rng.integers(0, 1 << 15, len(feet))
        kept = self._kept(feet, species, stretch)
        detail = self._detail(feet, kept)
        shapes = []
        for k, kind in enumerate(SPECIES):
            for level in (-1, 0, 1, 2, 3):
                for v in range(_VARIANTS):
                    mine = kept & (species == k) & (detail == level) & (variant == v)
                    if mine.any():
                        prototype = tree(kind, level, named_generator(v, kind.name))
                        shapes.append(
                            place(prototype, feet[mine], yaw[mine], stretch[mine], tint[mine], variation=seed[mine])
                        )
        return merge(shapes)

    def _detail(self, feet: Doubles, kept: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """(N,) detail of trees; the finest only for some that stand right beside a camera."""
        detail = self.shown.detail(feet, _NEAR, _MIDDLE)
        if self.shown.centers is None:
            detail = np.zeros(len(feet), dtype=np.int64)
        else:
            beside = distances(feet, self.shown.centers)
            nearest = np.argsort(np.where(kept, beside, np.inf), kind="stable")[:_MOST_CLOSE]
            detail[nearest[beside[nearest] < _CLOSE]] = 3
        distant = self.site.sample(self.site.from_lanes, feet, 1e3) > 22.0
        return np.where(distant & (detail < 1), -1, detail)

    def _kept(self, feet: Doubles, species: npt.NDArray[np.int64], stretch: Doubles) -> npt.NDArray[np.bool_]:
        """(N,) trees to show: neither their trunk nor their crown is in the way; one may walk under a crown."""
        width = np.array([kind.crown[0] for kind in SPECIES])[species] * _WIDEST * stretch[:, 0]
        tall, crown = (np.array(row)[species] * stretch[:, 2] for row in zip(*_EXTENTS, strict=True))
        kept = self.shown.keeps(feet, 0.4, tall - crown)
        index = np.flatnonzero(kept)
        lifted = feet[index] + np.array([0.0, 0.0, 1.0]) * (tall - crown)[index, None]
        kept[index] = self.shown.keeps(lifted, width[index], crown[index])
        return kept


def _patches(points: Doubles, salt: int) -> Doubles:
    """Smooth noise in 0..1 over the plane, some 60 m across."""
    x, y = points[:, 0] / 57.0 + 11.3 * salt, points[:, 1] / 57.0 - 7.7 * salt
    value = np.sin(x) * np.cos(1.3 * y + 0.7) + 0.6 * np.sin(2.1 * x + 1.7 * y) + 0.4 * np.cos(3.3 * y - 2.6 * x)
    return np.asarray(np.clip(0.5 + 0.28 * value, 0.0, 0.999))
