"""The reference line of a road in the plane: lines, arcs, spirals and cubic curves (OpenDRIVE `planView`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LocalCurve = tuple[Array, Array, Array, Array]  # u, v, heading, curvature in the piece's own frame

# The five-point Gauss-Legendre rule in closed form; numpy.polynomial takes long to load.
_NEAR, _FAR = (np.sqrt(5.0 + sign * 2.0 * np.sqrt(10.0 / 7.0)) / 3.0 for sign in (-1.0, 1.0))
_GAUSS_X = np.array([-_FAR, -_NEAR, 0.0, _NEAR, _FAR])
_GAUSS_W = (np.array([322.0, 322.0, 512.0, 322.0, 322.0]) + 13.0 * np.sqrt(70.0) * np.array([-1, 1, 0, 1, -1])) / 900.0
_TABLE_INTERVALS = 64


class Piece(Protocol):
    """One geometry of a reference line, in its own frame: starts at the origin along +u."""

    def local(self, ds: Array) -> LocalCurve:
        """Position u, v, heading and curvature at distances `ds` (N,) from the start of the piece."""


@dataclass(frozen=True)
class Arc:
    """A circular arc, or a straight line where the curvature is 0."""

    curvature: float

    def local(self, ds: Array) -> LocalCurve:
        """See `Piece`."""
        heading = self.curvature * ds
        # sin(x)/x forms stay exact through curvature 0: numpy's sinc(x) is sin(pi x)/(pi x).
        half = heading / (2.0 * np.pi)
        chord = ds * np.sinc(half)
        return chord * np.cos(heading / 2.0), chord * np.sin(heading / 2.0), heading, np.full_like(ds, self.curvature)


@dataclass(frozen=True)
class Spiral:
    """A clothoid: curvature changes linearly from `start` to `end` over `length`; evaluated by Fresnel integrals."""

    start: float
    end: float
    length: float

    def local(self, ds: Array) -> LocalCurve:
        """See `Piece`."""
        rate = (self.end - self.start) / self.length if self.length > 0.0 else 0.0
        if abs(rate) * self.length * self.length < 1e-9:  # heading differs from the mean arc's by less than 1 nrad
            return Arc(0.5 * (self.start + self.end)).local(ds)
        curvature = self.start + rate * ds
        heading = ds * (self.start + 0.5 * rate * ds)
        # heading(s) = rate/2 (s + start/rate)^2 - start^2/(2 rate): complete the square, then scale to Fresnel's t.
        scale = np.sqrt(np.pi / abs(rate))
        from scipy.special import fresnel  # noqa: PLC0415 - slow to load, and few maps have spirals

        sine_0, cosine_0 = fresnel(self.start / rate / scale)
        sine, cosine = fresnel((ds + self.start / rate) / scale)
        along, across = scale * (cosine - cosine_0), np.copysign(scale, rate) * (sine - sine_0)
        turn = -self.start * self.start / (2.0 * rate)
        c, s = np.cos(turn), np.sin(turn)
        return c * along - s * across, s * along + c * across, heading, curvature


@dataclass(frozen=True)
class CubicCurve:
    """A curve with u(p) and v(p) cubic in a parameter p (`paramPoly3`; `poly3` is u = p).

    Attributes:
        u, v: a, b, c, d of either polynomial.
        length: Length along the curve in metres, as the file states it.
        p_end: Parameter at the end, or None where it follows from the arc length.
        by_length: Whether p is the arc length itself.
    """

    u: tuple[float, float, float, float]
    v: tuple[float, float, float, float]
    length: float
    p_end: float | None = None
    by_length: bool = False

    def _derivative(self, p: Array) -> tuple[Array, Array]:
        (_, u1, u2, u3), (_, v1, v2, v3) = self.u, self.v
        return u1 + p * (2.0 * u2 + 3.0 * u3 * p), v1 + p * (2.0 * v2 + 3.0 * v3 * p)

    def _speed(self, p: Array) -> Array:
        return np.asarray(np.hypot(*self._derivative(p)))

    def _lengths(self, low: Array, high: Array) -> Array:
        """Arc lengths between parameters by 5-point Gauss quadrature."""
        centre, half = 0.5 * (low + high), 0.5 * (high - low)
        return np.asarray(half * (self._speed(centre[:, None] + half[:, None] * _GAUSS_X) @ _GAUSS_W))

    def _parameter(self, ds: Array) -> Array:
        """Invert the arc length: a table of 64 intervals, then two Newton steps inside them."""
        if self.by_length or self.length <= 0.0:
            return ds
        end = self.p_end if self.p_end is not None else self.length
        grid = np.linspace(0.0, end, _TABLE_INTERVALS + 1)
        table = np.concatenate([[0.0], np.cumsum(self._lengths(grid[:-1], grid[1:]))])
        # With a stated end parameter the stated length is only nominal: the piece must end where the next one starts.
        target = ds * (table[-1] / self.length) if self.p_end is not None else ds
        p = np.interp(target, table, grid) if table[-1] > 0.0 else np.zeros_like(ds)
        for _ in range(2):
            cell = np.clip(np.searchsorted(grid, p, side="right") - 1, 0, _TABLE_INTERVALS)
            error = table[cell] + self._lengths(grid[cell], p) - target
            p = np.clip(p - error / np.maximum(self._speed(p), 1e-6), 0.0, end)
        return np.asarray(p)

    def local(self, ds: Array) -> LocalCurve:
        """See `Piece`."""
        p = self._parameter(ds)
        (u0, u1, u2, u3), (v0, v1, v2, v3) = self.u, self.v
        u = u0 + p * (u1 + p * (u2 + p * u3))
        v = v0 + p * (v1 + p * (v2 + p * v3))
        first_u, first_v = self._derivative(p)
        second_u, second_v = 2.0 * u2 + 6.0 * u3 * p, 2.0 * v2 + 6.0 * v3 * p
        speed = np.maximum(np.hypot(first_u, first_v), 1e-9)
        curvature = (first_u * second_v - first_v * second_u) / speed**3
        return u, v, np.arctan2(first_v, first_u), curvature


@dataclass(frozen=True, eq=False)
class PlanView:
    """The pieces of a reference line, in order.

    Attributes:
        starts: (K,) ascending start of each piece in metres along the road.
        origins: (K, 3) x, y in metres and heading in radians at the start of each piece.
        lengths: (K,) length of each piece in metres.
        pieces: K shapes.
    """

    starts: Array
    origins: Array
    lengths: Array
    pieces: tuple[Piece, ...]

    def evaluate(self, s: Array) -> tuple[Array, Array, Array, Array]:
        """Position and direction on the reference line.

        Args:
            s: (N,) distances in metres; the last piece is continued beyond its end.

        Returns:
            x, y in metres, heading in radians, curvature in 1/m (left positive), each (N,).
        """
        index = np.maximum(np.searchsorted(self.starts, s, side="right") - 1, 0)
        ds = s - self.starts[index]
        u, v, heading, curvature = self._local(index, ds)
        x0, y0, turn = self.origins[index].T
        c, sn = np.cos(turn), np.sin(turn)
        return x0 + c * u - sn * v, y0 + sn * u + c * v, turn + heading, curvature

    def _local(self, index: NDArray[np.int64], ds: Array) -> LocalCurve:
        """Each piece's own curve at distances `ds` (N,) from the start of the piece `index` (N,)."""
        used = np.unique(index)
        if len(used) == 1:
            return self.pieces[int(used[0])].local(ds)
        u, v, heading, curvature = (np.empty_like(ds) for _ in range(4))
        for k in used:
            here = index == k
            u[here], v[here], heading[here], curvature[here] = self.pieces[k].local(ds[here])
        return u, v, heading, curvature
