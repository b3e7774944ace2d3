"""Walls of buildings with their openings: storeys and bays, windows, glass fronts; all buildings at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from roadmark.render import Material
from roadmark.world.arrays import repeat_index
from roadmark.world.scenery.facades import BOX, PANEL, REVEAL, FacadeParts, Walls
from roadmark.world.scenery.plans import FAR, MIDDLE, NEAR, Buildings, Ints
from roadmark.world.scenery.styles import STYLES
from roadmark.world.shape import Doubles

GLASS = (58, 68, 76)
_SHOP_GLASS = (70, 80, 84)
_PARAPET = 0.55
_CURTAIN_BIT = np.uint16(0x8000)  # the renderer's window material divides such a pane into storeys and panes


class Fronts:
    """Four walls of each building with everything on them; wall 4 k + i is side i of building k, 0 the front."""

    def __init__(self, buildings: Buildings, level: Ints) -> None:
        self.buildings = buildings
        self.owner, self.side, self.walls = self._stand()
        self.level = self._detail(level)
        self.wall_color = buildings.choice("wall_colors")
        self.trim_color = buildings.choice("trim_colors")
        self.wall_material = buildings.wall_material
        self.variation = buildings.seed
        self.has_shop = buildings.chance(3) < self.style_value("shop")
        self.has_balcony = buildings.chance(5) < self.style_value("balcony")
        self.parts = FacadeParts(self.walls)
        self._rows()
        self._openings()
        self._plain_walls()
        self._windows()
        self._curtain_walls()

    def _stand(self) -> tuple[Ints, Ints, Walls]:
        """The building and the side (0 the front, 2 the back) of each wall, and the walls."""
        corners = self.buildings.corners()
        count = len(self.buildings)
        side = np.roll(corners, -1, axis=1) - corners
        length = np.linalg.norm(side, axis=2).ravel()
        owner = np.repeat(np.arange(count), 4)
        top = self.buildings.eaves + np.where(self.buildings.flat, _PARAPET, 0.0)
        walls = Walls(corners.reshape(-1, 3), side.reshape(-1, 3)[:, :2] / length[:, None], length, top[owner])
        return owner, np.tile(np.arange(4), count), walls

    def _detail(self, level: Ints) -> Ints:
        """Detail of each wall, of that of each building."""
        # Only the front shows all that a middle distance can: sides and backs are seen from further off.
        return np.where((level[self.owner] == MIDDLE) & (self.side != 0), FAR, level[self.owner])

    def style_value(self, name: str, column: int | None = None) -> Doubles:
        """(K,) a number of each building's style, or one column of a pair."""
        values = [getattr(style, name) for style in STYLES]
        if column is not None:
            values = [value[column] for value in values]
        return np.array(values, dtype=np.float64)[self.buildings.style]

    def _rows(self) -> None:
        """One row of openings per wall and storey."""
        self.curtain = np.array([style.curtain for style in STYLES])[self.buildings.style]
        storeys = np.where(self.curtain, 1, self.buildings.storeys)[self.owner]
        self.rows_of_wall = storeys
        self.row_wall, self.row_storey = repeat_index(storeys)
        owner = self.owner[self.row_wall]
        ground = self.style_value("ground_height")[owner]
        storey = self.style_value("storey_height")[owner]
        first = self.row_storey == 0
        self.row_floor = np.where(first, 0.0, ground + (self.row_storey - 1) * storey)
        self.row_shop = first & self.has_shop[owner] & (self.side[self.row_wall] == 0)
        bay = np.where(self.row_shop, 3.9, self.style_value("bay")[owner])
        length = self.walls.length[self.row_wall]
        columns = np.maximum(np.floor((length - 0.9) / bay), 1).astype(np.int64)
        pitch = (length - 0.9) / columns
        width = np.where(self.row_shop, pitch - 0.55, self.style_value("window", 0)[owner])
        self.row_columns = columns
        self.row_pitch = pitch
        self.row_width = np.minimum(width, pitch - 0.25)
        sill = np.where(self.row_shop, 0.45, self.style_value("sill")[owner])
        self.row_low = self.row_floor + sill
        high = np.where(self.row_shop, ground - 1.15, sill + self.style_value("window", 1)[owner])
        self.row_high = self.row_floor + high

    def _openings(self) -> None:
        """One entry per window, shop window or door."""
        self.row, self.column = repeat_index(self.row_columns)
        self.wall = self.row_wall[self.row]
        self.u = 0.45 + (self.column + 0.5) * self.row_pitch[self.row]
        self.half = self.row_width[self.row] / 2.0
        self.low, self.high = self.row_low[self.row], self.row_high[self.row]
        owner = self.owner[self.wall]
        ground = self.row_storey[self.row] == 0
        entrance = (self.row_columns[self.row] * (0.25 + 0.5 * self.buildings.chance(11)[owner])).astype(np.int64)
        self.is_door = ground & (self.side[self.wall] == 0) & (self.column == entrance)
        self.opening_level = self.level[self.wall]
        first = np.searchsorted(owner, np.arange(len(self.buildings)))
        salt = (np.arange(len(owner)) - first[owner]) * 7919 + self.variation[owner].astype(np.int64) * 104729
        self.opening_seed = ((salt ^ (salt >> 7)) & 0x7FFF).astype(np.uint16)  # the top bit means a curtain wall

    def _plain_walls(self) -> None:
        """Full panels far away, panels around the openings nearer."""

        def panel(wall: Ints, u: tuple[npt.ArrayLike, npt.ArrayLike], v: tuple[npt.ArrayLike, npt.ArrayLike]) -> None:
            owner = self.owner[wall]
            self.parts.add(
                PANEL, wall, u, v, (0.0, 0.0),
                material=self.wall_material[owner], color=self.wall_color[owner], variation=self.variation[owner],
            )  # fmt: skip

        far = np.flatnonzero(self.level == FAR)
        panel(far, (0.0, self.walls.length[far]), (0.0, self.walls.height[far]))
        near_row = np.flatnonzero(self.level[self.row_wall] > FAR)
        wall = self.row_wall[near_row]
        below = np.where(self.row_storey[near_row] == 0, 0.0, np.roll(self.row_high, 1)[near_row])
        panel(wall, (0.0, self.walls.length[wall]), (below, self.row_low[near_row]))
        last = near_row[self.row_storey[near_row] == self.rows_of_wall[wall] - 1]
        wall = self.row_wall[last]
        panel(wall, (0.0, self.walls.length[wall]), (self.row_high[last], self.walls.height[wall]))
        near = self.opening_level > FAR
        first = self.column == 0
        left = np.where(first, 0.0, np.roll(self.u + self.half, 1))
        panel(self.wall[near], (left[near], (self.u - self.half)[near]), (self.low[near], self.high[near]))
        end = near & (self.column == self.row_columns[self.row] - 1)
        wall = self.wall[end]
        panel(wall, ((self.u + self.half)[end], self.walls.length[wall]), (self.low[end], self.high[end]))

    def _windows(self) -> None:
        owner = self.owner[self.wall]
        shop = self.row_shop[self.row]
        depth = np.where(self.opening_level > FAR, -self.style_value("recess")[owner], 0.02)
        glass = ~self.is_door | shop
        color = np.where(shop[:, None], np.array(_SHOP_GLASS), np.array(GLASS))
        self._opening_part(PANEL, glass, (-1.0, 1.0), (0.0, 1.0), (depth, depth), Material.WINDOW, color)
        blocked = self.is_door & ~shop & (self.opening_level > FAR)
        self._opening_part(
            PANEL, blocked, (-1.0, 1.0), (0.0, 1.0), (0.0, 0.0), self.wall_material[owner], self.wall_color[owner]
        )
        near = glass & (self.opening_level > FAR)
        self._opening_part(
            REVEAL, near, (-1.0, 1.0), (0.0, 1.0), (depth, 0.0), self.wall_material[owner], self.wall_color[owner]
        )
        frame = glass & (self.opening_level == NEAR)
        front = depth + 0.05
        trim = self.trim_color[owner]
        half, tall = self.half, self.high - self.low
        bar_u, bar_v = 0.07 / np.maximum(half, 0.1), 0.07 / np.maximum(tall, 0.1)
        for across, up in (
            ((-1.0, -1.0 + bar_u), (0.0, 1.0)),
            ((1.0 - bar_u, 1.0), (0.0, 1.0)),
            ((-1.0, 1.0), (0.0, bar_v)),
            ((-1.0, 1.0), (1.0 - bar_v, 1.0)),
            ((-bar_u / 2.0, bar_u / 2.0), (0.0, 1.0)),
        ):
            self._opening_part(PANEL, frame, across, up, (front, front), Material.PLASTIC, trim)
        sill = ~shop & ~self.is_door & (self.style_value("recess")[owner] > 0.1) & (self.side[self.wall] != 2)
        sill &= self.opening_level > FAR
        chosen = np.flatnonzero(sill)
        self.parts.add(
            BOX, self.wall[chosen],
            (self.u[chosen] - half[chosen] - 0.08, self.u[chosen] + half[chosen] + 0.08),
            (self.low[chosen] - 0.09, self.low[chosen]), (0.0, 0.07),
            material=Material.STONE, color=trim[chosen], variation=self.variation[owner[chosen]],
        )  # fmt: skip

    def _opening_part(
        self,
        kind: str,
        chosen: npt.NDArray[np.bool_],
        across: tuple[npt.ArrayLike, npt.ArrayLike],
        up: tuple[npt.ArrayLike, npt.ArrayLike],
        depth: tuple[npt.ArrayLike, npt.ArrayLike],
        material: npt.ArrayLike,
        color: npt.ArrayLike,
    ) -> None:
        """A part in opening coordinates: across -1..1 between the jambs, up 0..1 from sill to lintel."""
        count = len(self.wall)

        def pick(value: npt.ArrayLike) -> Doubles:
            return np.broadcast_to(np.asarray(value, dtype=np.float64), (count,))[chosen]

        u, half = self.u[chosen], self.half[chosen]
        low, tall = self.low[chosen], (self.high - self.low)[chosen]
        self.parts.add(
            kind,
            self.wall[chosen],
            (u + half * pick(across[0]), u + half * pick(across[1])),
            (low + tall * pick(up[0]), low + tall * pick(up[1])),
            (pick(depth[0]), pick(depth[1])),
            material=np.broadcast_to(np.asarray(material), (count,))[chosen],
            color=np.broadcast_to(np.asarray(color), (count, 3))[chosen],
            variation=self.opening_seed[chosen],
        )

    def _curtain_walls(self) -> None:
        """Glass fronts over the ground storey: one pane each, which the material divides, with fins on it."""
        walls = np.flatnonzero(self.curtain[self.owner])
        owner = self.owner[walls]
        length, height = self.walls.length[walls], self.walls.height[walls] - 0.7
        ground = self.style_value("ground_height")[owner]
        glass = np.array([[66, 82, 92], [84, 92, 94], [58, 76, 76], [92, 96, 104]], dtype=np.uint8)
        glass = glass[self.variation[owner] // 3 % 4]
        self.parts.add(
            PANEL, walls, (0.3, length - 0.3), (ground, height), (0.04, 0.04),
            material=Material.WINDOW, color=glass, variation=self.variation[owner] | _CURTAIN_BIT,
        )  # fmt: skip
        fins = np.maximum((length / 3.0).astype(np.int64), 2)
        which, position = repeat_index(fins + 1)
        u = 0.3 + (length[which] - 0.6) * position / fins[which]
        self.parts.add(
            BOX, walls[which], (u - 0.06, u + 0.06), (ground[which], height[which]), (0.0, 0.22),
            material=Material.METAL, color=self.trim_color[owner[which]], variation=self.variation[owner[which]],
        )  # fmt: skip
