"""What is fixed to the walls of buildings: doors, shop signs, awnings, plinths, bands, cornices, balconies."""

from __future__ import annotations

import numpy as np

from roadmark.render import Material
from roadmark.world.scenery.facades import BOX, PANEL, SOLID
from roadmark.world.scenery.fronts import GLASS, Fronts
from roadmark.world.scenery.plans import FAR
from roadmark.world.scenery.styles import STYLES

_FOUNDATION = 2.0
_PLINTH = (128, 124, 118)
_DOOR = (1.3, 2.25)
_DOOR_COLORS = np.array([[86, 58, 40], [52, 62, 58], [44, 48, 56], [96, 40, 36], [70, 72, 74]], dtype=np.uint8)
_SIGN_COLORS = np.array(
    [[150, 44, 38], [38, 70, 110], [40, 92, 66], [196, 150, 52], [60, 58, 60], [196, 190, 178], [112, 60, 98]],
    dtype=np.uint8,
)


def add_details(fronts: Fronts) -> None:
    """Add everything to the walls' parts."""
    _doors(fronts)
    _shop_signs(fronts)
    _trim(fronts)
    _balconies(fronts)


def _doors(fronts: Fronts) -> None:
    chosen = np.flatnonzero(fronts.is_door)
    wall, owner = fronts.wall[chosen], fronts.owner[fronts.wall[chosen]]
    u = fronts.u[chosen]
    width, tall = _DOOR
    pick = _DOOR_COLORS[fronts.variation[owner] % len(_DOOR_COLORS)]
    trim = fronts.trim_color[owner]
    for inner, outer, top, front, color, material in (
        (-width / 2 - 0.14, width / 2 + 0.14, tall + 0.16, 0.06, trim, Material.STONE),
        (-width / 2, width / 2, tall, 0.075, pick, Material.WOOD),
    ):
        fronts.parts.add(
            BOX, wall, (u + inner, u + outer), (0.0, top), (0.0, front),
            material=material, color=color, variation=fronts.variation[owner],
        )  # fmt: skip
    fronts.parts.add(
        PANEL, wall, (u - width / 2 + 0.2, u + width / 2 - 0.2), (1.25, tall - 0.2), (0.08, 0.08),
        material=Material.WINDOW, color=GLASS, variation=fronts.variation[owner],
    )  # fmt: skip
    canopy = fronts.buildings.chance(17)[owner] < 0.45
    fronts.parts.add(
        SOLID, wall[canopy], (u[canopy] - 1.1, u[canopy] + 1.1), (tall + 0.3, tall + 0.42), (0.0, 0.95),
        material=Material.CONCRETE, color=trim[canopy], variation=fronts.variation[owner[canopy]],
    )  # fmt: skip


def _shop_signs(fronts: Fronts) -> None:
    """A board over each shop window, an awning over some."""
    shop = np.flatnonzero(fronts.row_shop[fronts.row])
    wall, owner = fronts.wall[shop], fronts.owner[fronts.wall[shop]]
    group = fronts.column[shop] // 2
    color = _SIGN_COLORS[(fronts.variation[owner].astype(np.int64) + group * 5) % len(_SIGN_COLORS)]
    left, right = fronts.u[shop] - fronts.half[shop] - 0.12, fronts.u[shop] + fronts.half[shop] + 0.12
    high = fronts.high[shop]
    fronts.parts.add(
        BOX, wall, (left, right), (high + 0.12, high + 0.7), (0.0, 0.1),
        material=Material.PLASTIC, color=color, variation=fronts.variation[owner],
    )  # fmt: skip
    awning = (fronts.variation[owner].astype(np.int64) // 13 + group) % 3 == 0
    fronts.parts.add(
        SOLID, wall[awning], (left[awning], right[awning]), (high[awning] - 0.02, high[awning] + 0.1), (0.0, 0.9),
        material=Material.CLOTH, color=color[awning], variation=fronts.variation[owner[awning]],
    )  # fmt: skip


def _trim(fronts: Fronts) -> None:
    """Plinth, bands at the floors, cornice."""
    every = np.arange(len(fronts.owner))
    # Down into the ground, which may fall away under a building.
    fronts.parts.add(
        PANEL, every, (-0.04, fronts.walls.length + 0.04), (-_FOUNDATION, 0.3), (0.04, 0.04),
        material=Material.STONE, color=_PLINTH, variation=fronts.variation[fronts.owner],
    )  # fmt: skip
    walls = np.flatnonzero((fronts.level > FAR) | (fronts.side == 0))
    owner = fronts.owner[walls]
    trim, length = fronts.trim_color[owner], fronts.walls.length[walls]
    plinth = ~fronts.has_shop[owner] | (fronts.side[walls] != 0)
    fronts.parts.add(
        BOX, walls[plinth], (-0.04, length[plinth] + 0.04), (0.0, 0.42), (0.0, 0.045),
        material=Material.STONE, color=_PLINTH, variation=fronts.variation[owner[plinth]],
    )  # fmt: skip
    height = fronts.walls.height[walls]
    flat = fronts.buildings.flat[owner]
    fronts.parts.add(
        BOX, walls[flat], (-0.22, length[flat] + 0.22), (height[flat] - 0.62, height[flat] - 0.3), (0.0, 0.22),
        material=Material.STONE, color=trim[flat], variation=fronts.variation[owner[flat]],
    )  # fmt: skip
    banded = np.array([style.bands for style in STYLES])[fronts.buildings.style]
    rows = np.flatnonzero((fronts.row_storey > 0) & banded[fronts.owner[fronts.row_wall]])
    rows = rows[(fronts.level[fronts.row_wall[rows]] > FAR) & (fronts.side[fronts.row_wall[rows]] != 2)]
    wall = fronts.row_wall[rows]
    fronts.parts.add(
        BOX, wall, (-0.05, fronts.walls.length[wall] + 0.05),
        (fronts.row_floor[rows] - 0.1, fronts.row_floor[rows] + 0.12), (0.0, 0.06),
        material=Material.STONE, color=fronts.trim_color[fronts.owner[wall]],
        variation=fronts.variation[fronts.owner[wall]],
    )  # fmt: skip


def _balconies(fronts: Fronts) -> None:
    owner = fronts.owner[fronts.wall]
    chosen = fronts.has_balcony[owner] & (fronts.row_storey[fronts.row] > 0) & (fronts.opening_level > FAR)
    chosen &= (fronts.column % 2 == 1) & ((fronts.side[fronts.wall] == 0) | (fronts.side[fronts.wall] == 2))
    index = np.flatnonzero(chosen)
    wall, own = fronts.wall[index], owner[index]
    floor = fronts.row_floor[fronts.row[index]]
    reach = np.minimum(fronts.row_pitch[fronts.row[index]] / 2 - 0.1, 1.5)
    left, right = fronts.u[index] - reach, fronts.u[index] + reach
    rail = np.array([[200, 204, 206], [76, 80, 84], [232, 230, 224]], dtype=np.uint8)[fronts.variation[own] % 3]
    fronts.parts.add(
        SOLID, wall, (left, right), (floor - 0.18, floor), (0.0, 1.0),
        material=Material.CONCRETE, color=(176, 172, 164), variation=fronts.variation[own],
    )  # fmt: skip
    for low, high, near, far in ((left, right, 0.95, 1.0), (left, left + 0.05, 0, 1), (right - 0.05, right, 0, 1)):
        fronts.parts.add(
            SOLID, wall, (low, high), (floor + 0.08, floor + 1.0), (near, far),
            material=Material.METAL, color=rail, variation=fronts.variation[own],
        )  # fmt: skip
