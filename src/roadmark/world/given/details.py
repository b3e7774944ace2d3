"""Given street furniture and barriers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from roadmark.maps import KERB_HEIGHT
from roadmark.twins import GivenBarrier, GivenThing
from roadmark.world.scenery import furniture
from roadmark.world.scenery.plants import hedge
from roadmark.world.scenery.selection import Selection
from roadmark.world.scenery.site import Site
from roadmark.world.scenery.street import Lamps, Street
from roadmark.world.shape import Doubles, Shape, merge, place
from roadmark.world.streams import named_generator

_OFF_ROAD = 0.3  # metres from the carriageway within which nothing is put
_PAVED_REACH = 1.0

THINGS: Final = {
    "bench": (furniture.bench, 1.0, 0.9), "bin": (furniture.bin_, 0.3, 1.0), "bollard": (furniture.bollard, 0.2, 1.0),
    "hydrant": (furniture.hydrant, 0.3, 0.9), "post_box": (furniture.mailbox, 0.4, 1.3),
    "shelter": (furniture.bus_shelter, 2.4, 2.6), "cabinet": (furniture.cabinet, 0.7, 1.4),
    "pole": (furniture.utility_pole, 0.4, 9.0),
}  # fmt: skip
"""Prototype, radius and height, metres."""
BARRIERS: Final = {"wall": (2.0, 1.1), "fence": (2.0, 1.15), "hedge": (2.0, 1.1), "guard_rail": (4.0, 0.75)}
"""Length and height of a piece, metres."""


def lamps(things: Sequence[GivenThing], street: Street) -> Lamps:
    """Given street lamps, their arms over the street; without any those that streets usually have."""
    given = [thing for thing in things if thing.kind == "street_lamp"]
    if not given:
        return street.lamps()
    foot, yaw = _stand(given, street.site)
    return street.lamps_at(foot, yaw)


def furniture_shape(things: Sequence[GivenThing], street: Street) -> Shape:
    """Given benches, bins and the like."""
    shapes = []
    for kind, (prototype, radius, height) in THINGS.items():
        given = [thing for thing in things if thing.kind == kind]
        if given:
            foot, yaw = _stand(given, street.site)
            street.low.take(foot, radius)
            kept = street.shown.keeps(foot, radius, height)
            shapes.append(place(prototype(), foot[kept], yaw[kept]))
    return merge(shapes)


def _stand(given: Sequence[GivenThing], site: Site) -> tuple[Doubles, Doubles]:
    """Feet (N, 3) and yaws (N,) of things off the carriageway; by default they face the nearest street."""
    points = np.array([[thing.x, thing.y] for thing in given], dtype=np.float64)
    headings = np.array([np.nan if thing.heading is None else thing.heading for thing in given])
    off = site.sample(site.from_carriageway, points, 1e3) > _OFF_ROAD
    points, headings = points[off], headings[off]
    away = _away(site, points)
    # The prototypes' faces look along their -y.
    yaw = np.where(np.isnan(headings), np.arctan2(-away[:, 0], away[:, 1]), headings + np.pi / 2.0)
    return _feet(site, points), yaw


def _away(site: Site, points: Doubles) -> Doubles:
    """(N, 2) directions away from the carriageway."""
    step = 1.5
    rise = [
        site.sample(site.from_carriageway, points + shift, 1e3)
        - site.sample(site.from_carriageway, points - shift, 1e3)
        for shift in (np.array([step, 0.0]), np.array([0.0, step]))
    ]
    away = np.stack(rise, axis=1)
    return np.asarray(away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9))


def _feet(site: Site, points: Doubles) -> Doubles:
    """(N, 3) on pavements and what is paved beside them, else on the terrain."""
    paved = site.sample(site.from_pavement, points, 1e3) < _PAVED_REACH
    beside = site.beside_road(points, KERB_HEIGHT - 0.01) if len(points) else np.zeros((0, 3))
    return np.where(paved[:, None], beside, site.grounded(points, -0.02))


def barrier_shape(barriers: Sequence[GivenBarrier], site: Site, shown: Selection) -> Shape:
    """Given walls, fences, hedges and rails, in pieces along their lines."""
    prototypes: dict[str, Shape] = {
        "wall": furniture.garden_wall(), "fence": furniture.fence(), "hedge": hedge(named_generator(0, "hedge")),
        "guard_rail": furniture.guard_rail(),
    }  # fmt: skip
    shapes = []
    for kind, (piece, usual) in BARRIERS.items():
        rows = [_pieces(one, piece, usual) for one in barriers if one.kind == kind]
        if not rows:
            continue
        middle, yaw, scale = (np.concatenate([row[k] for row in rows]) for k in range(3))
        good = site.sample(site.from_lanes, middle, 1e3) > _OFF_ROAD  # maps draw them onto pavements now and then
        middle, yaw, scale = middle[good], yaw[good], scale[good]
        foot = _feet(site, middle)
        kept = shown.keeps(foot, piece / 2.0, scale[:, 2] * usual)
        shapes.append(place(prototypes[kind], foot[kept], yaw[kept], scale[kept]))
    return merge(shapes)


def _pieces(barrier: GivenBarrier, piece: float, usual: float) -> tuple[Doubles, Doubles, Doubles]:
    """Middles (N, 2), yaws (N,) and scales (N, 3) of pieces along a line."""
    along = np.diff(barrier.line, axis=0)
    length = np.linalg.norm(along, axis=1)
    count = np.maximum(np.round(length / piece), 1).astype(np.int64)
    which = np.repeat(np.arange(len(count)), count)
    position = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    share = (position + 0.5) / count[which]
    middle = barrier.line[which] + share[:, None] * along[which]
    yaw = np.arctan2(along[:, 1], along[:, 0])[which]
    tall = (barrier.height or usual) / usual
    scale = np.stack([(length / count / piece)[which], np.ones(len(which)), np.full(len(which), tall)], axis=1)
    good = length[which] > 0.1
    return middle[good], yaw[good], scale[good]


def clear_of(points: npt.ArrayLike, site: Site) -> npt.NDArray[np.bool_]:
    """(N,) whether points (N, 2) are off the carriageway."""
    return np.asarray(site.sample(site.from_carriageway, np.asarray(points, dtype=np.float64), 1e3) > _OFF_ROAD)
