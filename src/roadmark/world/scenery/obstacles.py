"""What scenery must not stand in: spheres to keep clear, and the near view of fixed cameras."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from roadmark.world.shape import Doubles

#: Things up to this height never block a camera that stands over them.
LOW = 1.3
#: How far in front of a camera nothing may stand.
NEAR_VIEW = 25.0
_ROOM = 3.0  # around a camera itself, metres
_CHUNK = 2048


@dataclass(frozen=True, eq=False)
class ViewCone:
    """What a fixed camera looks at.

    Attributes:
        position: (3,) world metres.
        direction: (3,) along the optical axis.
        fov: Horizontal field of view in radians.
        range: How far nothing may block the view, metres.
    """

    position: npt.ArrayLike
    direction: npt.ArrayLike
    fov: float
    range: float = NEAR_VIEW


@dataclass(frozen=True, eq=False)
class KeepOut:
    """Spheres and view cones that scenery stays out of."""

    keep_clear: Sequence[tuple[npt.ArrayLike, float]] = ()
    view_cones: Sequence[ViewCone] = ()

    def blocks(self, feet: npt.ArrayLike, radius: npt.ArrayLike, height: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """(N,) whether upright cylinders are in the way.

        Args:
            feet: (N, 3) middle of each foot.
            radius: Metres, one or (N,).
            height: Metres, one or (N,).
        """
        base = np.asarray(feet, dtype=np.float64).reshape(-1, 3)
        around = np.broadcast_to(np.asarray(radius, dtype=np.float64), (len(base),))
        tall = np.broadcast_to(np.asarray(height, dtype=np.float64), (len(base),))
        hit = np.zeros(len(base), dtype=bool)
        centers, clear = self._spheres
        for start in range(0, len(base), _CHUNK):
            part = slice(start, start + _CHUNK)
            hit[part] = _touches_spheres(base[part], around[part], tall[part], centers, clear)
        for cone in self.view_cones:
            hit |= (tall > LOW) & _in_view(base, around, tall, cone)
        return hit

    @cached_property
    def _spheres(self) -> tuple[Doubles, Doubles]:
        """Centres (S, 3) and radii (S,) of all spheres, those around the cameras included."""
        spheres = [*self.keep_clear, *((cone.position, _ROOM) for cone in self.view_cones)]
        centers = [np.asarray(position, dtype=np.float64) for position, _ in spheres]
        return np.array(centers).reshape(-1, 3), np.array([radius for _, radius in spheres], dtype=np.float64)


def _touches_spheres(
    base: Doubles, radius: Doubles, height: Doubles, centers: Doubles, clear: Doubles
) -> npt.NDArray[np.bool_]:
    """(N,) whether cylinders touch any of S spheres."""
    offset = base[:, None, :2] - centers[None, :, :2]
    aside = np.maximum(np.hypot(offset[..., 0], offset[..., 1]) - radius[:, None], 0.0)
    over = base[:, None, 2] - centers[None, :, 2]
    above = np.maximum(over, 0.0) + np.maximum(-over - height[:, None], 0.0)
    return np.asarray((np.hypot(aside, above) < clear).any(axis=1))


def _in_view(base: Doubles, radius: Doubles, height: Doubles, cone: ViewCone) -> npt.NDArray[np.bool_]:
    """Whether the cylinders reach into a cone's near part: some ball along their axes does."""
    position = np.asarray(cone.position, dtype=np.float64)
    axis = np.asarray(cone.direction, dtype=np.float64)
    axis = axis / np.linalg.norm(axis)
    half = min(cone.fov / 2.0 * 1.1, 1.5)
    share = np.linspace(0.1, 1.0, 7)
    points = base[:, None, :] + share[None, :, None] * height[:, None, None] * np.array([0.0, 0.0, 1.0])
    ray = points - position
    depth = ray @ axis
    aside = np.linalg.norm(ray - depth[..., None] * axis, axis=2)
    reach = radius[:, None]
    near = (depth > -reach) & (depth < cone.range + reach)
    outside = (aside - np.maximum(depth, 0.0) * np.tan(half)) * np.cos(half)
    return np.asarray((near & (outside < reach)).any(axis=1))
