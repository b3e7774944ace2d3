"""What a building is before it is triangles: where it stands, how large it is, its style and its own choices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadmark.world.scenery.styles import STYLES, Roof
from roadmark.world.shape import Doubles

Ints = npt.NDArray[np.int64]

#: How much of a building is geometry: painted windows, recessed windows, frames and railings too.
FAR, MIDDLE, NEAR = 0, 1, 2


@dataclass(frozen=True)
class Buildings:
    """K buildings, one value per building in every array.

    Attributes:
        center: (K, 3) middle of the plan on the ground, metres.
        yaw: (K,) direction of the front from left to right as seen from the street, radians.
        size: (K, 2) width along the front and depth, metres.
        storeys: (K,) number of storeys.
        style: (K,) index into `STYLES`.
        seed: (K,) uint16 choice of colours and details.
    """

    center: Doubles
    yaw: Doubles
    size: Doubles
    storeys: Ints
    style: Ints
    seed: npt.NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.yaw)

    def _per_style(self, name: str) -> Doubles:
        return np.array([getattr(style, name) for style in STYLES], dtype=np.float64)[self.style]

    @property
    def eaves(self) -> Doubles:
        """(K,) height of the walls over the ground, without a parapet."""
        return self._per_style("ground_height") + (self.storeys - 1) * self._per_style("storey_height")

    @property
    def roof(self) -> Ints:
        """(K,) `Roof` of each building."""
        return np.array([style.roof for style in STYLES], dtype=np.int64)[self.style]

    @property
    def flat(self) -> npt.NDArray[np.bool_]:
        """(K,) whether the roof is flat."""
        return np.asarray(self.roof == Roof.FLAT)

    @property
    def wall_material(self) -> Ints:
        """(K,) `Material` of the walls."""
        return np.array([style.wall for style in STYLES], dtype=np.int64)[self.style]

    @property
    def heights(self) -> Doubles:
        """(K,) about how high each building is over the ground, its roof included."""
        return self._per_style("ground_height") + self.storeys * self._per_style("storey_height")

    def selected(self, keep: npt.NDArray[np.bool_]) -> Buildings:
        """The buildings where `keep` (K,) is true."""
        return Buildings(
            self.center[keep], self.yaw[keep], self.size[keep], self.storeys[keep], self.style[keep], self.seed[keep]
        )

    def choice(self, name: str) -> npt.NDArray[np.uint8]:
        """(K, 3) each building's pick among its style's colours called `name`."""
        rows = [getattr(STYLES[s], name) for s in self.style]
        salt = {"wall_colors": 1, "trim_colors": 7, "roof_colors": 31}[name]
        picks = (self.seed.astype(np.int64) // salt) % np.array([len(row) for row in rows] or [1])[: len(rows)]
        return np.array([row[pick] for row, pick in zip(rows, picks, strict=True)], dtype=np.uint8).reshape(-1, 3)

    def chance(self, salt: int) -> Doubles:
        """(K,) numbers in [0, 1) fixed by each building's seed and the salt."""
        mixed = (self.seed.astype(np.uint64) + 1) * np.uint64(2654435761) + np.uint64(salt) * np.uint64(40503)
        mixed ^= mixed >> np.uint64(15)
        mixed *= np.uint64(2246822519)
        return ((mixed >> np.uint64(13)) & np.uint64(0xFFFF)).astype(np.float64) / 65536.0

    def corners(self) -> Doubles:
        """(K, 4, 3) ground corners: front left, front right, back right, back left as seen from the street."""
        half = self.size[:, None, :] / 2.0
        local = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])[None] * half
        cosine, sine = np.cos(self.yaw)[:, None], np.sin(self.yaw)[:, None]
        points = np.empty((len(self), 4, 3))
        points[..., 0] = self.center[:, None, 0] + cosine * local[..., 0] - sine * local[..., 1]
        points[..., 1] = self.center[:, None, 1] + sine * local[..., 0] + cosine * local[..., 1]
        points[..., 2] = self.center[:, None, 2]
        return points
