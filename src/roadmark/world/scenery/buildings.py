"""Buildings on their plots: walls with openings, shop fronts, doors, bands and balconies, all plots at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadmark.render.materials import Material
from roadmark.world.scenery.facades import BOX, PANEL, REVEAL, SOLID, FacadeParts, Walls, repeat_index
from roadmark.world.scenery.roofs import roof_shapes
from roadmark.world.scenery.styles import STYLES, Roof
from roadmark.world.shape import Doubles, Shape, empty, merge

Ints = npt.NDArray[np.int64]

#: How much of a building is geometry: painted windows, recessed windows, frames and railings too.
FAR, MIDDLE, NEAR = 0, 1, 2

_GLASS = (58, 68, 76)
_SHOP_GLASS = (70, 80, 84)
_PARAPET = 0.55
_FOUNDATION = 2.0
_PLINTH = (128, 124, 118)
_CURTAIN_BIT = np.uint16(0x8000)  # the renderer's window material divides such a pane into storeys and panes
_DOOR = (1.3, 2.25)
_DOOR_COLORS = np.array([[86, 58, 40], [52, 62, 58], [44, 48, 56], [96, 40, 36], [70, 72, 74]], dtype=np.uint8)
_SIGN_COLORS = np.array(
    [[150, 44, 38], [38, 70, 110], [40, 92, 66], [196, 150, 52], [60, 58, 60], [196, 190, 178], [112, 60, 98]],
    dtype=np.uint8,
)


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
    def flat(self) -> npt.NDArray[np.bool_]:
        """(K,) whether the roof is flat."""
        return np.array([style.roof == Roof.FLAT for style in STYLES])[self.style]

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


def building_shapes(buildings: Buildings, detail: npt.ArrayLike = MIDDLE) -> Shape:
    """The triangles of many buildings.

    Args:
        buildings: Where they stand and what they are.
        detail: `FAR`, `MIDDLE` or `NEAR`, one or per building (K,).
    """
    if len(buildings) == 0:
        return empty()
    level = np.broadcast_to(np.asarray(detail, dtype=np.int64), (len(buildings),))
    return merge([_Facades(buildings, level).shape(), roof_shapes(buildings, level)])


class _Facades:
    """Four walls of each building with everything on them; wall 4 k + i is side i of building k, 0 the front."""

    def __init__(self, buildings: Buildings, level: Ints) -> None:
        corners = buildings.corners()
        count = len(buildings)
        side = np.roll(corners, -1, axis=1) - corners
        length = np.linalg.norm(side, axis=2).ravel()
        self.buildings = buildings
        self.owner = np.repeat(np.arange(count), 4)
        self.side = np.tile(np.arange(4), count)
        # Only the front shows all that a middle distance can: sides and backs are seen from further off.
        self.level = np.where((level[self.owner] == MIDDLE) & (self.side != 0), FAR, level[self.owner])
        top = buildings.eaves + np.where(buildings.flat, _PARAPET, 0.0)
        self.walls = Walls(
            corners.reshape(-1, 3), side.reshape(-1, 3)[:, :2] / length[:, None], length, top[self.owner]
        )
        self.wall_color = buildings.choice("wall_colors")
        self.trim_color = buildings.choice("trim_colors")
        self.wall_material = np.array([style.wall for style in STYLES])[buildings.style]
        self.variation = buildings.seed
        self.has_shop = buildings.chance(3) < self._style("shop")
        self.has_balcony = buildings.chance(5) < self._style("balcony")
        self.parts = FacadeParts(self.walls)
        self._rows()
        self._openings()

    def shape(self) -> Shape:
        """All parts of all walls."""
        self._plain_walls()
        self._windows()
        self._curtain_walls()
        self._doors()
        self._shop_signs()
        self._trim()
        self._balconies()
        return self.parts.shape()

    def _style(self, name: str, column: int | None = None) -> Doubles:
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
        ground = self._style("ground_height")[owner]
        storey = self._style("storey_height")[owner]
        first = self.row_storey == 0
        self.row_floor = np.where(first, 0.0, ground + (self.row_storey - 1) * storey)
        self.row_shop = first & self.has_shop[owner] & (self.side[self.row_wall] == 0)
        bay = np.where(self.row_shop, 3.9, self._style("bay")[owner])
        length = self.walls.length[self.row_wall]
        columns = np.maximum(np.floor((length - 0.9) / bay), 1).astype(np.int64)
        pitch = (length - 0.9) / columns
        width = np.where(self.row_shop, pitch - 0.55, self._style("window", 0)[owner])
        self.row_columns = columns
        self.row_pitch = pitch
        self.row_width = np.minimum(width, pitch - 0.25)
        sill = np.where(self.row_shop, 0.45, self._style("sill")[owner])
        self.row_low = self.row_floor + sill
        high = np.where(self.row_shop, ground - 1.15, sill + self._style("window", 1)[owner])
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
        salt = np.arange(len(self.row), dtype=np.int64) * 7919 + self.variation[owner].astype(np.int64) * 104729
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
        depth = np.where(self.opening_level > FAR, -self._style("recess")[owner], 0.02)
        glass = ~self.is_door | shop
        color = np.where(shop[:, None], np.array(_SHOP_GLASS), np.array(_GLASS))
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
        sill = ~shop & ~self.is_door & (self._style("recess")[owner] > 0.1) & (self.side[self.wall] != 2)
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
        ground = self._style("ground_height")[owner]
        glass = np.array([[66, 82, 92], [84, 92, 94], [58, 76, 76], [92, 96, 104]], dtype=np.uint8)[owner % 4]
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

    def _doors(self) -> None:
        chosen = np.flatnonzero(self.is_door)
        wall, owner = self.wall[chosen], self.owner[self.wall[chosen]]
        u = self.u[chosen]
        width, tall = _DOOR
        pick = _DOOR_COLORS[self.variation[owner] % len(_DOOR_COLORS)]
        trim = self.trim_color[owner]
        for inner, outer, top, front, color, material in (
            (-width / 2 - 0.14, width / 2 + 0.14, tall + 0.16, 0.06, trim, Material.STONE),
            (-width / 2, width / 2, tall, 0.075, pick, Material.WOOD),
        ):
            self.parts.add(
                BOX, wall, (u + inner, u + outer), (0.0, top), (0.0, front),
                material=material, color=color, variation=self.variation[owner],
            )  # fmt: skip
        self.parts.add(
            PANEL, wall, (u - width / 2 + 0.2, u + width / 2 - 0.2), (1.25, tall - 0.2), (0.08, 0.08),
            material=Material.WINDOW, color=_GLASS, variation=self.variation[owner],
        )  # fmt: skip
        canopy = self.buildings.chance(17)[owner] < 0.45
        self.parts.add(
            SOLID, wall[canopy], (u[canopy] - 1.1, u[canopy] + 1.1), (tall + 0.3, tall + 0.42), (0.0, 0.95),
            material=Material.CONCRETE, color=trim[canopy], variation=self.variation[owner[canopy]],
        )  # fmt: skip

    def _shop_signs(self) -> None:
        """A board over each shop window, an awning over some."""
        shop = np.flatnonzero(self.row_shop[self.row])
        wall, owner = self.wall[shop], self.owner[self.wall[shop]]
        group = self.column[shop] // 2
        color = _SIGN_COLORS[(self.variation[owner].astype(np.int64) + group * 5) % len(_SIGN_COLORS)]
        left, right = self.u[shop] - self.half[shop] - 0.12, self.u[shop] + self.half[shop] + 0.12
        high = self.high[shop]
        self.parts.add(
            BOX, wall, (left, right), (high + 0.12, high + 0.7), (0.0, 0.1),
            material=Material.PLASTIC, color=color, variation=self.variation[owner],
        )  # fmt: skip
        awning = (self.variation[owner].astype(np.int64) // 13 + group) % 3 == 0
        self.parts.add(
            SOLID, wall[awning], (left[awning], right[awning]), (high[awning] - 0.02, high[awning] + 0.1), (0.0, 0.9),
            material=Material.CLOTH, color=color[awning], variation=self.variation[owner[awning]],
        )  # fmt: skip

    def _trim(self) -> None:
        """Plinth, bands at the floors, cornice."""
        every = np.arange(len(self.owner))
        # Down into the ground, which may fall away under a building.
        self.parts.add(
            PANEL, every, (-0.04, self.walls.length + 0.04), (-_FOUNDATION, 0.3), (0.04, 0.04),
            material=Material.STONE, color=_PLINTH, variation=self.variation[self.owner],
        )  # fmt: skip
        walls = np.flatnonzero((self.level > FAR) | (self.side == 0))
        owner = self.owner[walls]
        trim, length = self.trim_color[owner], self.walls.length[walls]
        plinth = ~self.has_shop[owner] | (self.side[walls] != 0)
        self.parts.add(
            BOX, walls[plinth], (-0.04, length[plinth] + 0.04), (0.0, 0.42), (0.0, 0.045),
            material=Material.STONE, color=_PLINTH, variation=self.variation[owner[plinth]],
        )  # fmt: skip
        height = self.walls.height[walls]
        flat = self.buildings.flat[owner]
        self.parts.add(
            BOX, walls[flat], (-0.22, length[flat] + 0.22), (height[flat] - 0.62, height[flat] - 0.3), (0.0, 0.22),
            material=Material.STONE, color=trim[flat], variation=self.variation[owner[flat]],
        )  # fmt: skip
        banded = np.array([style.bands for style in STYLES])[self.buildings.style]
        rows = np.flatnonzero((self.row_storey > 0) & banded[self.owner[self.row_wall]])
        rows = rows[(self.level[self.row_wall[rows]] > FAR) & (self.side[self.row_wall[rows]] != 2)]
        wall = self.row_wall[rows]
        self.parts.add(
            BOX, wall, (-0.05, self.walls.length[wall] + 0.05),
            (self.row_floor[rows] - 0.1, self.row_floor[rows] + 0.12), (0.0, 0.06),
            material=Material.STONE, color=self.trim_color[self.owner[wall]],
            variation=self.variation[self.owner[wall]],
        )  # fmt: skip

    def _balconies(self) -> None:
        owner = self.owner[self.wall]
        chosen = self.has_balcony[owner] & (self.row_storey[self.row] > 0) & (self.opening_level > FAR)
        chosen &= (self.column % 2 == 1) & ((self.side[self.wall] == 0) | (self.side[self.wall] == 2))
        index = np.flatnonzero(chosen)
        wall, own = self.wall[index], owner[index]
        floor = self.row_floor[self.row[index]]
        reach = np.minimum(self.row_pitch[self.row[index]] / 2 - 0.1, 1.5)
        left, right = self.u[index] - reach, self.u[index] + reach
        rail = np.array([[200, 204, 206], [76, 80, 84], [232, 230, 224]], dtype=np.uint8)[self.variation[own] % 3]
        self.parts.add(
            SOLID, wall, (left, right), (floor - 0.18, floor), (0.0, 1.0),
            material=Material.CONCRETE, color=(176, 172, 164), variation=self.variation[own],
        )  # fmt: skip
        for low, high, near, far in ((left, right, 0.95, 1.0), (left, left + 0.05, 0, 1), (right - 0.05, right, 0, 1)):
            self.parts.add(
                SOLID, wall, (low, high), (floor + 0.08, floor + 1.0), (near, far),
                material=Material.METAL, color=rail, variation=self.variation[own],
            )  # fmt: skip
