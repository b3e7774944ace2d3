"""What stands where near the ground: kept apart from each other, whatever places it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from roadmark.world.shape import Doubles

_CHUNK = 256


class Occupancy:
    """Discs on the ground that things take up."""

    def __init__(self) -> None:
        self._points: list[Doubles] = []
        self._radius: list[Doubles] = []

    def take(self, points: npt.ArrayLike, radius: npt.ArrayLike) -> None:
        """Register discs around points (N, 2 or 3) with one radius or (N,)."""
        xy = np.asarray(points, dtype=np.float64)[:, :2]
        self._points.append(xy)
        self._radius.append(np.broadcast_to(np.asarray(radius, dtype=np.float64), (len(xy),)))

    def take_row(self, feet: npt.ArrayLike, yaw: npt.ArrayLike, half_length: float, radius: float) -> None:
        """Register things (N, 2 or 3) as long as twice `half_length` along their own x, `radius` to either side."""
        xy, turn = np.asarray(feet, dtype=np.float64)[:, :2], np.asarray(yaw, dtype=np.float64)
        along = np.stack([np.cos(turn), np.sin(turn)], axis=1)
        count = max(int(np.ceil(half_length / radius)), 1)
        for place in np.linspace(-1.0, 1.0, 2 * count + 1) * max(half_length - radius, 0.0):
            self.take(xy + place * along, radius)

    def free(self, points: npt.ArrayLike, radius: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """(N,) whether discs around points (N, 2 or 3) touch none that is taken."""
        xy = np.asarray(points, dtype=np.float64)[:, :2]
        reach = np.broadcast_to(np.asarray(radius, dtype=np.float64), (len(xy),))
        found = np.ones(len(xy), dtype=bool)
        if not self._points:
            return found
        taken, around = np.concatenate(self._points), np.concatenate(self._radius)
        order = np.argsort(taken[:, 0], kind="stable")
        taken, around = taken[order], around[order]
        widest = float(around.max(initial=0.0)) + float(reach.max(initial=0.0))
        across = np.argsort(xy[:, 0], kind="stable")
        for start in range(0, len(across), _CHUNK):
            mine = across[start : start + _CHUNK]
            low, high = xy[mine[[0, -1]], 0] + np.array([-widest, widest])
            near = slice(*np.searchsorted(taken[:, 0], [low, high]).tolist())
            gap = np.hypot(*(xy[mine, None, axis] - taken[None, near, axis] for axis in (0, 1)))
            found[mine] = (gap > reach[mine, None] + around[None, near]).all(axis=1)
        return found
