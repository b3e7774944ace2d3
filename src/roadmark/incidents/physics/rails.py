"""`Rail`: a smooth line that vehicles follow with both axles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from roadmark.catalog import Blueprint
from roadmark.geometry import FloatArray
from roadmark.incidents.physics.bodies import axles
from roadmark.traffic import Path

SPACING = 1.0
"""Metres between control points: bends are rounded over about this much."""
_BEYOND = 12
"""Control points of the straight continuations at both ends."""


@dataclass(frozen=True, eq=False)
class Rail:
    """A uniform cubic B-spline with one control point per metre of a line.

    Attributes:
        control: (N, 3) control points; the line begins at number `_BEYOND`.
        length: Metres from the line's start to its end.
    """

    control: FloatArray
    length: float

    @classmethod
    def along(cls, points: FloatArray) -> Rail:
        """The rail along a polyline (N, 3)."""
        path = Path(points)
        count = max(int(np.ceil(path.length / SPACING)), 1)
        inside = path.position(np.arange(count + 1) * SPACING)
        first, last = _direction(inside[:3]), _direction(inside[-3:])
        steps = SPACING * np.arange(1, _BEYOND + 1)[:, None]
        return cls(np.concatenate([inside[0] - first * steps[::-1], inside, inside[-1] + last * steps]), path.length)

    def _weights(self, distance: ArrayLike) -> tuple[np.ndarray, FloatArray]:
        at = np.asarray(distance, dtype=np.float64) / SPACING + _BEYOND
        index = np.clip(np.floor(at).astype(np.int64), 1, len(self.control) - 3)
        return index, np.asarray(at - index)

    def position(self, distance: ArrayLike) -> FloatArray:
        """(..., 3) world metres at distances (...)."""
        index, u = self._weights(distance)
        v = 1.0 - u
        weights = (v**3 / 6.0, (3.0 * u**3 - 6.0 * u**2 + 4.0) / 6.0, (3.0 * v**3 - 6.0 * v**2 + 4.0) / 6.0, u**3 / 6.0)
        return np.asarray(sum(w[..., None] * self.control[index + k - 1] for k, w in enumerate(weights)))

    def heading(self, distance: ArrayLike) -> FloatArray:
        """(...) radians within ±pi."""
        at = np.asarray(distance, dtype=np.float64)
        step = self.position(at + 0.05) - self.position(at - 0.05)
        return np.arctan2(step[..., 1], step[..., 0])

    @cached_property
    def _bends(self) -> FloatArray:
        """(N,) curvature at the control points, rad/m."""
        step = np.diff(self.control[:, :2], axis=0)
        turn = np.diff(np.unwrap(np.arctan2(step[:, 1], step[:, 0])))
        return np.concatenate([[0.0], turn / SPACING, [0.0]])

    def curvature(self, distance: ArrayLike) -> FloatArray:
        """(...) rad/m, positive to the left."""
        at = np.asarray(distance, dtype=np.float64) / SPACING + _BEYOND
        return np.interp(at, np.arange(len(self.control)), self._bends)

    def project(self, place: FloatArray) -> float:
        """The distance along the rail nearest to a place (2 or 3,), in plan."""
        at = np.arange(0.0, self.length + 0.125, 0.25)
        near = at[int(np.argmin(((self.position(at)[:, :2] - place[:2]) ** 2).sum(axis=1)))]
        fine = near + np.linspace(-0.25, 0.25, 51)
        return float(fine[int(np.argmin(((self.position(fine)[:, :2] - place[:2]) ** 2).sum(axis=1)))])

    def poses(self, blueprint: Blueprint, distance: FloatArray) -> FloatArray:
        """(N, 6) x, y, z, roll, pitch, yaw of a vehicle whose axles are on the rail.

        Args:
            blueprint: The vehicle.
            distance: (N,) where along the rail its origin is.
        """
        back, ahead = axles(blueprint)
        rear, front = self.position(distance + back), self.position(distance + ahead)
        step = front - rear
        plan = np.hypot(step[:, 0], step[:, 1])
        origin = rear + step * (-back / (ahead - back))
        out = np.zeros((len(distance), 6))
        out[:, :3] = origin
        out[:, 4] = -np.arctan2(step[:, 2], plan)
        out[:, 5] = np.unwrap(np.arctan2(step[:, 1], step[:, 0]))
        return out

    def height(self, places: FloatArray) -> FloatArray:
        """(N,) height of the rail where it is nearest to places (N, 2 or more)."""
        offset = self.control[None, :, :2] - places[:, None, :2]
        return np.asarray(self.control[np.argmin((offset**2).sum(axis=2), axis=1), 2])


def _direction(points: FloatArray) -> FloatArray:
    step = points[-1] - points[0]
    return np.asarray(step / max(np.hypot(step[0], step[1]), 1e-9))


def shifted(points: FloatArray, offsets: FloatArray) -> FloatArray:
    """(N, 3) points moved to the left by offsets (N,), metres."""
    step = np.gradient(points[:, :2], axis=0)
    normal = np.stack([-step[:, 1], step[:, 0]], axis=1) / np.hypot(step[:, 0], step[:, 1])[:, None]
    moved = points.copy()
    moved[:, :2] += normal * offsets[:, None]
    return moved


def eased(at: FloatArray, first: float, last: float) -> FloatArray:
    """(...) 0 before `first`, 1 after `last`, and a bend without jerks between (quintic)."""
    u = np.clip((at - first) / max(last - first, 1e-9), 0.0, 1.0)
    return np.asarray(u**3 * (10.0 - 15.0 * u + 6.0 * u * u))
