"""Parts of facades: flat panels, projecting boxes and recesses on many walls at once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from roadmark.catalog import SemanticClass
from roadmark.world.shape import Doubles, Shape, merge, quads

# Corners of a part in its unit box: u to the right, v up, d outwards, as seen from in front of the wall.
_FRONT = [[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]]
_SIDES = [
    [[0, 0, 0], [0, 0, 1], [0, 1, 1], [0, 1, 0]],
    [[1, 0, 1], [1, 0, 0], [1, 1, 0], [1, 1, 1]],
    [[0, 1, 1], [1, 1, 1], [1, 1, 0], [0, 1, 0]],
    [[0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]],
]
_BACK = [[1, 0, 0], [0, 0, 0], [0, 1, 0], [1, 1, 0]]
_REVEAL = [face[::-1] for face in _SIDES]

# Which faces of the unit box each kind of part has.
PANEL = "panel"
BOX = "box"
SOLID = "solid"
REVEAL = "reveal"
_TEMPLATES: dict[str, Doubles] = {
    PANEL: np.array([_FRONT], dtype=np.float64),
    BOX: np.array([_FRONT, *_SIDES], dtype=np.float64),
    SOLID: np.array([_FRONT, *_SIDES, _BACK], dtype=np.float64),
    REVEAL: np.array(_REVEAL, dtype=np.float64),
}


@dataclass(frozen=True)
class Walls:
    """F upright rectangles that face outwards.

    Attributes:
        origin: (F, 3) lower left corner as seen from outside.
        along: (F, 2) unit direction to the right as seen from outside.
        length: (F,) metres.
        height: (F,) metres.
    """

    origin: Doubles
    along: Doubles
    length: Doubles
    height: Doubles

    def __len__(self) -> int:
        return len(self.origin)


@dataclass
class FacadeParts:
    """Collects parts in wall coordinates and turns them into one shape.

    A part is the box u0..u1, v0..v1, d0..d1 of its wall: u to the right, v up, d outwards, metres.
    """

    walls: Walls
    _columns: dict[str, list[tuple[npt.NDArray[np.generic], ...]]] = field(default_factory=dict)

    def add(
        self,
        kind: str,
        wall: npt.ArrayLike,
        u: tuple[npt.ArrayLike, npt.ArrayLike],
        v: tuple[npt.ArrayLike, npt.ArrayLike],
        d: tuple[npt.ArrayLike, npt.ArrayLike],
        *,
        material: npt.ArrayLike,
        color: npt.ArrayLike,
        variation: npt.ArrayLike = 0,
    ) -> None:
        """Add P parts of one kind; `wall` is (P,) and the rest scalars or (P,), colours (3,) or (P, 3)."""
        index = np.asarray(wall, dtype=np.int64)
        count = len(index)
        bounds = np.empty((count, 3, 2))
        for axis, pair in enumerate((u, v, d)):
            bounds[:, axis, 0] = pair[0]
            bounds[:, axis, 1] = pair[1]
        keep = np.all(bounds[:, :2, 1] > bounds[:, :2, 0] + 1e-3, axis=1)
        self._columns.setdefault(kind, []).append(
            (
                index[keep],
                bounds[keep],
                np.broadcast_to(np.asarray(material, dtype=np.uint8), (count,))[keep],
                np.broadcast_to(np.asarray(color, dtype=np.uint8), (count, 3))[keep],
                np.broadcast_to(np.asarray(variation, dtype=np.uint16), (count,))[keep],
            )
        )

    def shape(self) -> Shape:
        """Everything added so far, in world coordinates."""
        return merge([self._shape_of(kind) for kind in sorted(self._columns)])

    def _shape_of(self, kind: str) -> Shape:
        columns = self._columns[kind]
        wall, bounds, material, color, variation = (np.concatenate([column[i] for column in columns]) for i in range(5))
        template = _TEMPLATES[kind]
        faces = len(template)
        low, size = bounds[..., 0], bounds[..., 1] - bounds[..., 0]
        local = low[:, None, None, :] + template[None] * size[:, None, None, :]  # (P, faces, 4, 3)
        along = self.walls.along[wall][:, None, None, :]
        origin = self.walls.origin[wall][:, None, None, :]
        world = np.empty_like(local)
        world[..., 0] = origin[..., 0] + along[..., 0] * local[..., 0] + along[..., 1] * local[..., 2]
        world[..., 1] = origin[..., 1] + along[..., 1] * local[..., 0] - along[..., 0] * local[..., 2]
        world[..., 2] = origin[..., 2] + local[..., 1]
        return quads(
            world.reshape(-1, 4, 3),
            material=np.repeat(material, faces),
            semantic=SemanticClass.BUILDING,
            color=np.repeat(color, faces, axis=0),
            variation=np.repeat(variation, faces),
        )
