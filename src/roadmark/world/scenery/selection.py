"""Which part of the grown town is made into triangles, and in how much detail: what cameras, and only they, decide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadmark.world.scenery.obstacles import KeepOut
from roadmark.world.scenery.plans import Buildings
from roadmark.world.shape import Doubles

_GRID = 5  # places along each side of a building that are looked at


@dataclass(frozen=True, eq=False)
class Selection:
    """What to show of a town; it takes things away and changes no choice.

    Attributes:
        keep_out: What must stay free.
        centers: (N, 2 or 3) places with the most detail, or None for even detail.
        radius: Things that reach further than this from every centre are left out, metres; None for all.
    """

    keep_out: KeepOut
    centers: npt.ArrayLike | None = None
    radius: float | None = None

    def near(self, points: npt.ArrayLike, reach: npt.ArrayLike = 0.0) -> npt.NDArray[np.bool_]:
        """(N,) whether things of some reach around points (N, 2 or 3) lie within the radius."""
        xy = np.asarray(points, dtype=np.float64)[:, :2]
        if self.radius is None or self.centers is None:
            return np.ones(len(xy), dtype=bool)
        return np.asarray(distances(xy, self.centers) + np.asarray(reach, dtype=np.float64) < self.radius)

    def keeps(self, feet: npt.ArrayLike, radius: npt.ArrayLike, height: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """(N,) whether upright cylinders are shown; arguments as in `KeepOut.blocks`."""
        base = np.asarray(feet, dtype=np.float64).reshape(-1, 3)
        around, tall = (
            np.broadcast_to(np.asarray(value, dtype=np.float64), (len(base),)) for value in (radius, height)
        )
        kept = self.near(base, around)
        index = np.flatnonzero(kept)
        kept[index] = ~self.keep_out.blocks(base[index], around[index], tall[index])
        return kept

    def keeps_buildings(self, buildings: Buildings) -> npt.NDArray[np.bool_]:
        """(K,) whether buildings are shown."""
        half_diagonal = np.linalg.norm(buildings.size, axis=1) / 2.0
        tall = buildings.heights
        kept = self.near(buildings.center, half_diagonal)
        index = np.flatnonzero(kept)
        doubtful = index[self.keep_out.blocks(buildings.center[index], half_diagonal[index], tall[index])]
        if len(doubtful):
            corners = buildings.corners()[doubtful]
            share = np.linspace(0.0, 1.0, _GRID)
            front = corners[:, :1] + share[None, :, None] * (corners[:, 1:2] - corners[:, :1])
            inward = share[None, :, None, None] * (corners[:, 3] - corners[:, 0])[:, None, None]
            grid = (front[:, None] + inward).reshape(-1, 3)
            reach = np.repeat(buildings.size[doubtful].max(axis=1) / 7.0, _GRID * _GRID)
            blocked = self.keep_out.blocks(grid, reach, np.repeat(tall[doubtful], _GRID * _GRID))
            kept[doubtful] = ~blocked.reshape(len(doubtful), -1).any(axis=1)
        return kept

    def detail(self, points: npt.ArrayLike, near: float, middle: float) -> npt.NDArray[np.int64]:
        """(N,) detail of things at points (N, 2 or 3), as in `detail_of`."""
        return detail_of(points, self.centers, near, middle)


def distances(points: npt.ArrayLike, centers: npt.ArrayLike) -> Doubles:
    """(N,) metres in plan from points (N, 2 or 3) to the nearest of some centres (C, 2 or 3)."""
    xy = np.asarray(points, dtype=np.float64)[:, :2]
    middles = np.atleast_2d(np.asarray(centers, dtype=np.float64))[:, :2]
    best = np.full(len(xy), np.inf)
    for middle in middles:
        best = np.minimum(best, np.hypot(xy[:, 0] - middle[0], xy[:, 1] - middle[1]))
    return best


def detail_of(
    points: npt.ArrayLike, centers: npt.ArrayLike | None, near: float, middle: float
) -> npt.NDArray[np.int64]:
    """(N,) detail 2, 1 or 0 by the distance of points (N, 2 or 3) to the nearest centre; 1 where there is no centre."""
    xy = np.asarray(points, dtype=np.float64)
    if centers is None:
        return np.ones(len(xy), dtype=np.int64)
    distance = distances(xy, centers)
    return np.where(distance < near, 2, np.where(distance < middle, 1, 0))
