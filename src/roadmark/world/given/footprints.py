"""Given buildings as the facade code takes buildings: with a style each, but storeys, heights and colours as given."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from roadmark.render import Material
from roadmark.twins import GivenBuilding
from roadmark.world.scenery.plans import Buildings, Ints
from roadmark.world.scenery.styles import STYLE_INDEX, STYLES, Roof
from roadmark.world.shape import Doubles

MATERIALS: Final = {
    "plaster": Material.PLASTER, "brick": Material.BRICK, "stone": Material.STONE, "concrete": Material.PLASTER,
    "metal": Material.METAL, "wood": Material.WOOD, "glass": Material.METAL,
}  # fmt: skip
ROOFS: Final = {"flat": Roof.FLAT, "gabled": Roof.GABLE, "hipped": Roof.HIP, "pyramidal": Roof.HIP}
_WALL_COLORS: Final = {
    "concrete": ((168, 164, 156), (150, 148, 142)), "wood": ((136, 104, 74), (112, 84, 62), (156, 128, 98)),
    "stone": ((186, 176, 156), (170, 164, 152)), "brick": ((150, 84, 64), (132, 76, 62), (164, 104, 78)),
    "metal": ((150, 158, 164), (176, 172, 160)),
}  # fmt: skip
_STYLES: Final[dict[str, tuple[str, ...]]] = {
    "house": ("house", "house", "brick house"),
    "apartments": ("apartments", "rendered town house", "apartments", "brick tenement"),
    "office": ("office", "office", "stone block", "glass office"),
    "shop": ("office", "rendered town house", "brick tenement"),
    "hall": ("hall",),
    "other": ("rendered town house", "brick tenement", "rendered town house", "stone block"),
}
_BRICK: Final = {"house": "brick house", "hall": "hall"}
_HIGH: Final = 8  # storeys from which on nothing looks like a town house
_HIGH_STYLES: Final = ("office", "apartments", "office", "glass office")


def building_seed(seed: int, building: GivenBuilding) -> int:
    """16 bits that fix a building's looks: of the world's seed and of its name, or of its place without a name."""
    name = building.id or np.round(building.outline, 2).tobytes().hex()
    return int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:2], "little")


@dataclass(frozen=True)
class Footprints(Buildings):
    """K given buildings; `center`, `yaw` and `size` are those of a rectangle around each footprint.

    Attributes:
        given: The buildings.
    """

    given: tuple[GivenBuilding, ...]

    @classmethod
    def of(cls, given: Sequence[GivenBuilding], ground: Doubles, seed: int) -> Footprints:
        """Buildings on the ground at heights (K,)."""
        fits = [_rectangle(building.outline) for building in given]
        seeds = [building_seed(seed, building) for building in given]
        base = ground + np.array([building.base for building in given], dtype=np.float64)
        count = len(given)
        return cls(
            center=np.c_[np.array([fit[0] for fit in fits]).reshape(count, 2), base],
            yaw=np.array([fit[1] for fit in fits], dtype=np.float64),
            size=np.array([fit[2] for fit in fits], dtype=np.float64).reshape(count, 2),
            storeys=np.array([building.storeys for building in given], dtype=np.int64),
            style=np.array([_style(building, s) for building, s in zip(given, seeds, strict=True)], dtype=np.int64),
            seed=np.array(seeds, dtype=np.uint16),
            given=tuple(given),
        )

    def selected(self, keep: npt.NDArray[np.bool_]) -> Footprints:
        """The buildings where `keep` (K,) is true."""
        given = tuple(building for building, kept in zip(self.given, keep, strict=True) if kept)
        return Footprints(
            self.center[keep], self.yaw[keep], self.size[keep], self.storeys[keep], self.style[keep], self.seed[keep],
            given,
        )  # fmt: skip

    @property
    def eaves(self) -> Doubles:
        """(K,) height of the walls over their foot."""
        return np.array([building.eaves - building.base for building in self.given], dtype=np.float64)

    @property
    def heights(self) -> Doubles:
        """(K,) about how high each building is over its foot, its roof included."""
        return self.eaves + np.where(self.flat, 0.6, 0.3 * self.size.min(axis=1, initial=1e9))

    @property
    def roof(self) -> Ints:
        """(K,) `Roof` of each building."""
        return np.array([ROOFS[building.roof] for building in self.given], dtype=np.int64)

    @property
    def wall_material(self) -> Ints:
        """(K,) `Material` of the walls."""
        own = [None if b.material is None else MATERIALS[b.material] for b in self.given]
        usual = [STYLES[style].wall for style in self.style]
        return np.array([usual[k] if one is None else one for k, one in enumerate(own)], dtype=np.int64)

    def choice(self, name: str) -> npt.NDArray[np.uint8]:
        """(K, 3) the given colours, else each building's pick among those of its material or style."""
        picks = super().choice(name)
        for k, building in enumerate(self.given):
            given = {"wall_colors": building.wall_color, "roof_colors": building.roof_color}.get(name)
            usual = _WALL_COLORS.get(building.material or "") if name == "wall_colors" else None
            if given is not None:
                picks[k] = given
            elif usual:
                picks[k] = usual[int(self.seed[k]) % len(usual)]
        return picks

    @cached_property
    def storey_height(self) -> Doubles:
        """(K,) floor to floor of the upper storeys."""
        ratio = self._per_style("ground_height") / self._per_style("storey_height")
        return np.asarray(self.eaves / (self.storeys - 1 + ratio))

    @cached_property
    def stretch(self) -> Doubles:
        """(K,) height of the storeys over that of the style's."""
        return np.asarray(self.storey_height / self._per_style("storey_height"))


def _style(building: GivenBuilding, seed: int) -> int:
    if building.material == "glass":
        return STYLE_INDEX["glass office"]
    if building.material == "brick":
        return STYLE_INDEX[_BRICK.get(building.use, "brick tenement")]
    if building.storeys >= _HIGH and building.use != "apartments":
        return STYLE_INDEX[_HIGH_STYLES[seed // 7 % len(_HIGH_STYLES)]]
    choices = _STYLES["house"] if building.use == "other" and building.storeys == 1 else _STYLES[building.use]
    return STYLE_INDEX[choices[seed // 7 % len(choices)]]


def _rectangle(outline: Doubles) -> tuple[Doubles, float, Doubles]:
    """Centre (2,), yaw and size (2,), the greater first, of the rectangle along an outline's longest side."""
    sides = np.roll(outline, -1, axis=0) - outline
    along = sides[int(np.argmax(np.linalg.norm(sides, axis=1)))]
    along = along / np.linalg.norm(along)
    frame = np.array([along, [-along[1], along[0]]])
    local = outline @ frame.T
    low, high = local.min(axis=0), local.max(axis=0)
    yaw = float(np.arctan2(along[1], along[0]))
    size = high - low
    if size[1] > size[0]:
        yaw, size = yaw + np.pi / 2.0, size[::-1].copy()
    return frame.T @ ((low + high) / 2.0), yaw, size
