"""Given ground: water, meadows, woods, squares and paths as areas laid on the terrain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from roadmark.catalog import SemanticClass
from roadmark.render import Material
from roadmark.twins import GivenArea, GivenPath, Surroundings
from roadmark.world.ground.areas import area_quads
from roadmark.world.ground.raster import Raster
from roadmark.world.scenery.selection import Selection
from roadmark.world.scenery.site import Site
from roadmark.world.shape import Doubles, Shape, merge, quads
from roadmark.world.solids import Look

Labels = npt.NDArray[np.uint8]

LOOKS: Final[dict[str, Look]] = {
    "grass": Look(Material.GRASS, SemanticClass.TERRAIN, (88, 108, 58)),
    "scrub": Look(Material.GRASS, SemanticClass.TERRAIN, (84, 92, 56)),
    "wood": Look(Material.SOIL, SemanticClass.TERRAIN, (84, 76, 56)),
    "soil": Look(Material.SOIL, SemanticClass.TERRAIN),
    "sand": Look(Material.SOIL, SemanticClass.TERRAIN, (186, 168, 128)),
    "gravel": Look(Material.GRAVEL, SemanticClass.TERRAIN),
    "paved": Look(Material.CONCRETE, SemanticClass.SIDEWALKS),
    "asphalt": Look(Material.ASPHALT, SemanticClass.ROADS),
    "cycleway": Look(Material.ASPHALT, SemanticClass.SIDEWALKS, (104, 98, 94)),
    "water": Look(Material.WATER, SemanticClass.WATER),
}
"""By kind, in the order in which later ones cover earlier ones; narrow asphalt paths are cycleways."""
_LABELS: Final = {kind: index for index, kind in enumerate(LOOKS, start=1)}
_LIFT = 0.045  # over the terrain, which follows its heights to 2 cm
_PIECE = 6.0
_CYCLEWAY = 3.2  # metres: wider asphalt is for cars
_SHIFT = 4


@dataclass(frozen=True, eq=False)
class GivenGround:
    """Which ground is where: a label per pixel of the site, 0 where none is given."""

    site: Site
    labels: Labels

    def is_kind(self, kind: str, points: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """(N,) whether the ground under points (N, 2) is of a kind."""
        return np.asarray(self.site.raster.sample(self.labels, points, 0) == _LABELS[kind])

    def shape(self, shown: Selection) -> Shape:
        """The areas as triangles."""
        parts = []
        for kind, label in _LABELS.items():
            mask = self.labels == label
            if not mask.any():
                continue
            flat = area_quads(self.site.raster, mask, _PIECE)
            flat = flat[shown.near(flat[:, 0], _PIECE)]
            points = np.concatenate([flat, (self.site.ground(flat) + _LIFT)[..., None]], axis=2)
            look = LOOKS[kind]
            parts.append(quads(points, material=look.material, semantic=look.semantic, color=look.rgb))
        return merge(parts)


def given_ground(surroundings: Surroundings, site: Site) -> GivenGround:
    """Paint areas and paths into the site's pixels, around lanes and buildings."""
    labels: Labels = np.zeros(site.raster.shape, dtype=np.uint8)
    areas = sorted(surroundings.areas, key=lambda area: (_LABELS[area.kind], -_extent(area)))
    for area in [one for one in areas if one.kind != "water"]:
        fill(site.raster, labels, (area.outline, *area.holes), _LABELS[area.kind])
    for path in surroundings.paths:
        kind = "cycleway" if path.kind == "asphalt" and path.width < _CYCLEWAY else path.kind
        site.raster.fill(labels, _ribbon(path), _LABELS[kind])
    for area in [one for one in areas if one.kind == "water"]:
        fill(site.raster, labels, (area.outline, *area.holes), _LABELS["water"])
    labels[site.lanes | (site.built > 0)] = 0
    return GivenGround(site, labels)


def fill(raster: Raster, image: Labels, rings: tuple[Doubles, ...], value: int) -> None:
    """Write a value into the pixels inside an outline and outside its holes (by the even-odd rule)."""
    corners = [(ring - raster.origin) / raster.cell - 0.5 for ring in rings]
    rows, columns = raster.shape
    low = np.clip(np.floor(corners[0].min(axis=0)).astype(int) - 1, 0, [columns, rows])
    high = np.clip(np.ceil(corners[0].max(axis=0)).astype(int) + 2, 0, [columns, rows])
    if (high <= low).any():
        return
    part = np.zeros((high[1] - low[1], high[0] - low[0]), dtype=np.uint8)
    # The filler takes 16-bit whole pixels: what lies far outside is cut off there.
    fixed = [np.round(np.clip(ring - low, -3e4, 3e4) * (1 << _SHIFT)).astype(np.int32) for ring in corners]
    cv2.fillPoly(part, fixed, 1, shift=_SHIFT)
    image[low[1] : high[1], low[0] : high[0]][part > 0] = value


def _ribbon(path: GivenPath) -> Doubles:
    """Quads (Q, 4, 2) along a path, each a little longer than its piece so that bends have no gaps."""
    along = np.diff(path.line, axis=0)
    length = np.linalg.norm(along, axis=1, keepdims=True)
    along = np.where(length > 1e-6, along / np.maximum(length, 1e-6), 0.0)
    start, end = path.line[:-1] - 0.25 * path.width * along, path.line[1:] + 0.25 * path.width * along
    aside = 0.5 * path.width * np.stack([-along[:, 1], along[:, 0]], axis=1)
    return np.stack([start - aside, end - aside, end + aside, start + aside], axis=1)


def _extent(area: GivenArea) -> float:
    return float(np.ptp(area.outline, axis=0).prod())
