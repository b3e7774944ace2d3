"""Walls along the edges of given footprints, with the windows and doors of the facade code."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from roadmark.world.given.footprints import Footprints
from roadmark.world.scenery.facades import Walls
from roadmark.world.scenery.front_details import add_details
from roadmark.world.scenery.fronts import Fronts
from roadmark.world.scenery.plans import FAR, Ints
from roadmark.world.shape import Doubles, Shape

PARAPET, LOW_PARAPET = 0.55, 0.2
"""Height of walls over a flat roof, and of those of sheds, metres."""
_SHED = 4.0
_NO_WINDOW, _PLAIN = 1.6, 2.4
"""Walls shorter than this have no window, and no recessed one, metres."""


class GivenFronts(Fronts):
    """Walls of buildings of any outline, courtyards included; side 0 is the front, 1 every other wall."""

    buildings: Footprints

    def __init__(self, buildings: Footprints, level: Ints, front: Ints) -> None:
        """Make the walls.

        Args:
            buildings: The buildings.
            level: (K,) detail of each.
            front: (K,) index of the edge of each outline that is its front.
        """
        self._front = front
        super().__init__(buildings, level)

    def _stand(self) -> tuple[Ints, Ints, Walls]:
        origin: list[Doubles] = []
        along: list[Doubles] = []
        owner: list[Ints] = []
        side: list[Ints] = []
        for k, building in enumerate(self.buildings.given):
            rings = (building.outline, *building.holes)
            sides = np.concatenate([np.roll(ring, -1, axis=0) - ring for ring in rings])
            corners = np.concatenate(rings)
            origin.append(np.c_[corners, np.full(len(corners), self.buildings.center[k, 2])])
            along.append(sides)
            owner.append(np.full(len(sides), k, dtype=np.int64))
            side.append((np.arange(len(sides)) != self._front[k]).astype(np.int64))
        edges, owners = np.concatenate(along), np.concatenate(owner)
        length = np.linalg.norm(edges, axis=1)
        top = self.buildings.eaves + parapets(self.buildings)
        walls = Walls(np.concatenate(origin), edges / length[:, None], length, top[owners])
        return owners, np.concatenate(side), walls

    def _detail(self, level: Ints) -> Ints:
        return np.where(self.walls.length < _PLAIN, FAR, level[self.owner])

    def style_value(self, name: str, column: int | None = None) -> Doubles:
        """(K,) a number of each building's style, its storeys as high as given."""
        if name == "storey_height":
            return self.buildings.storey_height
        value = super().style_value(name, column)
        if name == "shop":
            use = [building.use for building in self.buildings.given]
            return np.array([{"shop": 1.0, "house": 0.0}.get(kind, value[k]) for k, kind in enumerate(use)])
        heights = name in ("ground_height", "sill") or (name == "window" and column == 1)
        return value * self.buildings.stretch if heights else value

    def _rows(self) -> None:
        super()._rows()
        self.row_width = np.where(self.walls.length[self.row_wall] < _NO_WINDOW, 0.0, self.row_width)


def parapets(buildings: Footprints) -> Doubles:
    """(K,) height of each building's walls over its eaves."""
    low = buildings.eaves < _SHED
    return np.asarray(np.where(buildings.flat, np.where(low, LOW_PARAPET, PARAPET), 0.0))


def front_edges(buildings: Footprints, from_lanes: npt.NDArray[np.float64]) -> Ints:
    """(K,) the edge of each outline that looks most like a front: long, and near a lane.

    Args:
        buildings: The buildings.
        from_lanes: (sum of corners,) metres from the middle of every outline's edges, a step outwards, to a lane.
    """
    found = []
    first = 0
    for building in buildings.given:
        count = len(building.outline)
        length = np.linalg.norm(np.roll(building.outline, -1, axis=0) - building.outline, axis=1)
        score = from_lanes[first : first + count] - 0.4 * np.minimum(length, 15.0)
        found.append(int(np.argmin(np.where(length < _PLAIN, score + 1e3, score))))
        first += count
    return np.array(found, dtype=np.int64)


def facades(buildings: Footprints, level: Ints, front: Ints) -> Shape:
    """The walls of buildings with all that is on them."""
    fronts = GivenFronts(buildings, level, front)
    add_details(fronts)
    return fronts.parts.shape()
