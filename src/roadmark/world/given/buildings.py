"""Given buildings as shapes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from roadmark.catalog import SemanticClass
from roadmark.twins import GivenBuilding, contains
from roadmark.world.given.footprints import MATERIALS, Footprints
from roadmark.world.given.fronts import facades, front_edges
from roadmark.world.given.tops import roofs
from roadmark.world.ground.areas import trapezoids
from roadmark.world.scenery.plans import NEAR
from roadmark.world.scenery.selection import Selection
from roadmark.world.scenery.site import Site
from roadmark.world.shape import Doubles, Shape, merge, quads

_NEAR, _MIDDLE = 60.0, 220.0
_STEEP = 0.3  # metres by which a building's foot may lie under the ground around it


def building_shapes(given: Sequence[GivenBuilding], site: Site, shown: Selection, seed: int) -> tuple[Shape, list[str]]:
    """Walls and roofs of the buildings to show, and notes on those left out.

    Only what a camera would stand in is left out: a real place keeps its buildings.
    """
    inside = [one for one in given if _holds_camera(one, site, shown)]
    kept = [one for one in given if one not in inside and _near(one, shown)]
    notes = [f"a camera stands inside the building {one.id or 'without a name'}: it is left out" for one in inside]
    grounded = [one for one in kept if one.base <= 0.0]
    shapes = [_slab(one, site, seed) for one in kept if one.base > 0.0]
    if grounded:
        footprints = Footprints.of(grounded, _ground(grounded, site), seed)
        level = shown.detail(footprints.center, _NEAR, _MIDDLE)
        if shown.centers is None:
            level = np.minimum(level, NEAR - 1)
        front = front_edges(footprints, _from_lanes(grounded, site))
        shapes += [facades(footprints, level, front), roofs(footprints, level)]
    return merge(shapes), notes


def _near(building: GivenBuilding, shown: Selection) -> bool:
    middle = building.outline.mean(axis=0)
    reach = float(np.linalg.norm(building.outline - middle, axis=1).max())
    return bool(shown.near(middle[None], reach)[0])


def _holds_camera(building: GivenBuilding, site: Site, shown: Selection) -> bool:
    for cone in shown.keep_out.view_cones:
        place = np.asarray(cone.position, dtype=np.float64)
        if contains(building.outline, place[None, :2])[0] and not any(
            contains(hole, place[None, :2])[0] for hole in building.holes
        ):
            ground = float(site.ground(building.outline).min())
            if building.base - 0.2 < place[2] - ground < building.eaves + 1.0:
                return True
    return False


def _ground(given: Sequence[GivenBuilding], site: Site) -> Doubles:
    """(K,) height of the foot of each: that of the lowest ground under its corners, but for a little."""
    heights = [site.ground(one.outline) for one in given]
    return np.array([max(float(h.min()), float(h.max()) - 4.0) + min(_STEEP, float(np.ptp(h))) for h in heights])


def _from_lanes(given: Sequence[GivenBuilding], site: Site) -> Doubles:
    """Metres to the nearest lane from the middle of every edge, two metres outside."""
    points = []
    for one in given:
        edge = np.roll(one.outline, -1, axis=0) - one.outline
        outward = np.stack([edge[:, 1], -edge[:, 0]], axis=1)
        outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
        points.append(one.outline + edge / 2.0 + 2.0 * outward)
    return site.sample(site.from_lanes, np.concatenate(points), 1e3)


def _slab(building: GivenBuilding, site: Site, seed: int) -> Shape:
    """What hangs over the ground: plain walls, a top and a bottom."""
    ground = float(site.ground(building.outline).min())
    low, high = ground + building.base, ground + building.eaves
    one = Footprints.of([building], np.array([ground]), seed)
    looks = {"semantic": SemanticClass.BUILDING, "variation": int(one.seed[0])}
    flat = trapezoids((building.outline, *building.holes))
    top = np.concatenate([flat, np.full((len(flat), 4, 1), high)], axis=2)
    bottom = np.concatenate([flat[:, ::-1], np.full((len(flat), 4, 1), low)], axis=2)
    walls = []
    for ring in (building.outline, *building.holes):
        after = np.roll(ring, -1, axis=0)
        rows = [
            np.c_[line, np.full(len(ring), z)] for line, z in ((ring, low), (after, low), (after, high), (ring, high))
        ]
        walls.append(np.stack(rows, axis=1))
    wall = one.choice("wall_colors")[0]
    material = MATERIALS[building.material or "plaster"]
    return merge(
        [
            quads(np.concatenate([*walls, bottom]), material=material, color=wall, **looks),
            quads(top, material=material, color=one.choice("roof_colors")[0], **looks),
        ]
    )
