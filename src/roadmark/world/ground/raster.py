"""A plan of the town as pixels: which ground is covered by lanes, and how far anything is from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from roadmark.maps import LaneStrip
from roadmark.world.shape import Doubles

Mask = npt.NDArray[np.bool_]

MOST_PIXELS = 1e8
"""Of one grid: 2.5 km squared at a quarter of a metre."""
_SHIFT = 4  # fractional bits of the polygon filler's coordinates


@dataclass(frozen=True)
class Raster:
    """A grid over the ground; pixel (row, column) covers `cell` metres from origin + (column, row) * cell.

    Attributes:
        origin: (2,) world x, y of the lower corner.
        cell: Pixel size in metres.
        shape: Rows (along y) and columns (along x).
    """

    origin: Doubles
    cell: float
    shape: tuple[int, int]

    @classmethod
    def around(
        cls, low: npt.ArrayLike, high: npt.ArrayLike, cell: float, margin: float = 0.0, most: float = MOST_PIXELS
    ) -> Raster:
        """The grid over a rectangle of the ground and a margin around it; coarser where it had too many pixels."""
        origin = np.asarray(low, dtype=np.float64)[:2] - margin
        extent = np.asarray(high, dtype=np.float64)[:2] + margin - origin
        cell = max(cell, float(np.sqrt(np.prod(extent) / most)), float(extent.max()) / most)
        columns, rows = (int(np.ceil(value / cell)) + 1 for value in extent)
        return cls(origin, cell, (rows, columns))

    def pixels(self, points: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """(..., 2) row and column of points (..., 2 or 3); not clipped to the grid."""
        xy = np.asarray(points, dtype=np.float64)[..., :2]
        return np.floor((xy - self.origin) / self.cell).astype(np.int64)[..., ::-1]

    def sample(self, image: npt.NDArray[Any], points: npt.ArrayLike, outside: float | bool) -> npt.NDArray[Any]:
        """Value of an image (rows, columns) under points (..., 2 or 3), `outside` off the grid."""
        where = self.pixels(points)
        rows, columns = where[..., 0], where[..., 1]
        inside = (rows >= 0) & (rows < self.shape[0]) & (columns >= 0) & (columns < self.shape[1])
        found = image[np.where(inside, rows, 0), np.where(inside, columns, 0)]
        return np.where(inside, found, outside)

    def fill(self, mask: npt.NDArray[np.uint8], quads: npt.ArrayLike, value: int = 1) -> None:
        """Write a value into every pixel that a convex polygon (Q, n, 2 or 3) of world points touches."""
        corners = (np.asarray(quads, dtype=np.float64)[..., :2] - self.origin) / self.cell - 0.5
        fixed = np.round(corners * (1 << _SHIFT)).astype(np.int32)
        for polygon in fixed:
            cv2.fillConvexPoly(mask, polygon, value, shift=_SHIFT)

    def covered(self, strips: Sequence[LaneStrip]) -> Mask:
        """Pixels that any of the lanes touches."""
        mask = np.zeros(self.shape, dtype=np.uint8)
        if strips:
            self.fill(mask, strip_quads(strips))
        return mask.astype(bool)


def strip_quads(strips: Sequence[LaneStrip]) -> Doubles:
    """All lanes as quads (Q, 4, 3), counter-clockwise from above."""
    return np.concatenate(
        [np.stack([strip.right[:-1], strip.right[1:], strip.left[1:], strip.left[:-1]], axis=1) for strip in strips]
        or [np.zeros((0, 4, 3))]
    )


def distance_to(mask: Mask, cell: float) -> npt.NDArray[np.float32]:
    """Metres from each pixel to the nearest true one; a great distance where there is none."""
    if not mask.any():
        return np.full(mask.shape, 1e6, dtype=np.float32)
    pixels = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    return np.asarray(pixels * cell, dtype=np.float32)
