"""Functions of the distance along a road that OpenDRIVE writes as pieces of cubic polynomials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PiecewiseCubic:
    """Value a + b ds + c ds^2 + d ds^3 with ds measured from the start of the piece that holds s.

    Before the first piece its polynomial is continued backwards, so a profile that starts late has no jump.

    Attributes:
        starts: (K,) ascending starts in metres of road length; K may be 0: the constant 0.
        coefficients: (K, 4) a, b, c, d.
    """

    starts: Array
    coefficients: Array

    @classmethod
    def from_pieces(cls, pieces: Sequence[tuple[float, float, float, float, float]]) -> PiecewiseCubic:
        """Build from (start, a, b, c, d) tuples in any order; of equal starts the last one counts."""
        unique = {piece[0]: piece for piece in sorted(pieces, key=lambda piece: piece[0])}
        rows = np.array(list(unique.values()), dtype=np.float64).reshape(-1, 5)
        return cls(rows[:, 0].copy(), rows[:, 1:].copy())

    @property
    def is_zero(self) -> bool:
        """Whether the value is 0 everywhere."""
        return not self.coefficients.any()

    def _piece(self, s: Array) -> tuple[Array, Array]:
        index = np.maximum(np.searchsorted(self.starts, s, side="right") - 1, 0)
        return s - self.starts[index], self.coefficients[index]

    def value(self, s: ArrayLike) -> Array:
        """Values at distances `s` (N,)."""
        s = np.asarray(s, dtype=np.float64)
        if not len(self.starts):
            return np.zeros(s.shape)
        ds, c = self._piece(s)
        return np.asarray(c[..., 0] + ds * (c[..., 1] + ds * (c[..., 2] + ds * c[..., 3])))

    def slope(self, s: ArrayLike) -> Array:
        """First derivatives at distances `s` (N,)."""
        s = np.asarray(s, dtype=np.float64)
        if not len(self.starts):
            return np.zeros(s.shape)
        ds, c = self._piece(s)
        return np.asarray(c[..., 1] + ds * (2.0 * c[..., 2] + ds * 3.0 * c[..., 3]))

    def bend(self, s: ArrayLike) -> Array:
        """Second derivatives at distances `s` (N,)."""
        s = np.asarray(s, dtype=np.float64)
        if not len(self.starts):
            return np.zeros(s.shape)
        ds, c = self._piece(s)
        return np.asarray(2.0 * c[..., 2] + 6.0 * ds * c[..., 3])


ZERO = PiecewiseCubic(np.zeros(0), np.zeros((0, 4)))


@dataclass(frozen=True, eq=False)
class LateralShape:
    """Height of the cross section over the superelevated plane (OpenDRIVE `lateralProfile/shape`).

    Attributes:
        stations: (P,) ascending distances at which a cross section is given.
        sections: P cross sections, each a PiecewiseCubic in t.
    """

    stations: Array
    sections: tuple[PiecewiseCubic, ...]

    def value(self, s: Array, t: Array) -> Array:
        """Heights at (s, t), both (N,): linear between cross sections, constant beyond the first and last."""
        if not self.sections:
            return np.zeros(np.broadcast_shapes(s.shape, t.shape))
        heights = np.stack([section.value(t) for section in self.sections])
        if len(self.sections) == 1:
            return np.asarray(heights[0])
        after = np.clip(np.searchsorted(self.stations, s, side="right"), 1, len(self.stations) - 1)
        low, high = self.stations[after - 1], self.stations[after]
        weight = np.clip((s - low) / (high - low), 0.0, 1.0)
        columns = np.arange(len(s))
        return np.asarray(heights[after - 1, columns] * (1.0 - weight) + heights[after, columns] * weight)


FLAT = LateralShape(np.zeros(0), ())
