"""What stands along streets: lamps, benches, bins, shelters, fences, poles, guard rails."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadmark.maps import KERB_HEIGHT
from roadmark.render import SpotLight
from roadmark.world.scenery import furniture
from roadmark.world.scenery.buildings import Buildings
from roadmark.world.scenery.occupancy import Occupancy
from roadmark.world.scenery.plants import hedge
from roadmark.world.scenery.selection import Selection
from roadmark.world.scenery.site import RoadLine, Site
from roadmark.world.scenery.styles import STYLES, Roof
from roadmark.world.shape import Doubles, Shape, merge, place
from roadmark.world.streams import named_generator

_LAMP_SPACING = 27.0
_HIGHWAY = 11.0  # half width of a carriageway from which on it is a highway
_TALL = 2.0  # what is higher keeps the crowns of trees away, metres
_KERBSIDE = 0.45  # least distance of a post from the carriageway
_WARM = np.array([1.0, 0.82, 0.58])
_LAMP_POWER = 130.0


@dataclass(frozen=True, eq=False)
class Lamps:
    """Street lamps: their poles, their lenses and the light they give at night."""

    poles: Shape
    lenses: Shape
    lights: list[SpotLight]


class Street:
    """Places furniture along the lines of a site, each thing clear of those before it."""

    def __init__(self, site: Site, shown: Selection, rng: np.random.Generator) -> None:
        self.site = site
        self.shown = shown
        self.rng = rng
        self.avoid = avoided(site)
        self.low = Occupancy()  # what one may stumble over
        self.tall = Occupancy()  # what reaches up to the crowns of trees

    def lamps(self) -> Lamps:
        """Lamps beside the kerb, their arms over the street; in the country only near junctions' roads with light."""
        feet, yaws = [], []
        for line in self.site.lines(0.75, self.site.from_carriageway):
            index = np.arange(self.rng.uniform(4.0, 14.0), len(line.points), _LAMP_SPACING).astype(np.int64)
            points = line.points[index]
            paved = self.site.sample(self.site.from_pavement, points, 1e3) < 1.0
            wide = self.site.sample(self.site.half_width, points) > _HIGHWAY
            good = (paved | wide) & self._clear(points, 2.2) & self._open_behind(line, index)
            good &= self.site.sample(self.site.from_carriageway, points) > _KERBSIDE
            good &= self.site.sample(self.site.built, points) == 0
            lift = np.where(paved[good], KERB_HEIGHT, 0.0)
            feet.append(self.site.beside_road(points[good], 0.0) + np.c_[np.zeros((good.sum(), 2)), lift])
            yaws.append(_yaw(line.outward[index][good]))
        return self.lamps_at(_joined(feet, 3), np.concatenate(yaws or [np.zeros(0)]))

    def lamps_at(self, foot: Doubles, yaw: Doubles) -> Lamps:
        """Lamps at given feet (N, 3), their arms along -y of their yaw (N,)."""
        self.low.take(foot, 0.35)
        free = self.shown.keeps(foot, 1.2, furniture.LAMP_HEIGHT)
        foot, yaw = foot[free], yaw[free]
        heads = foot + np.c_[
            np.sin(yaw) * furniture.LAMP_REACH, -np.cos(yaw) * furniture.LAMP_REACH,
            np.full(len(foot), furniture.LAMP_HEIGHT - 0.05),
        ]  # fmt: skip
        lights = [
            SpotLight(head, (0.0, 0.0, -1.0), _WARM * _LAMP_POWER, np.cos(0.75), np.cos(1.22), 32.0) for head in heads
        ]
        return Lamps(place(furniture.street_lamp(), foot, yaw), place(furniture.lamp_lens(), foot, yaw), lights)

    def _open_behind(self, line: RoadLine, index: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Whether a spot lies at the edge of the road, not on an island within it."""
        behind = line.points[index] + 4.0 * line.outward[index]
        return np.asarray(self.site.sample(self.site.carriageway, behind, 1.0) == 0.0)

    def _clear(self, points: Doubles, distance: float) -> npt.NDArray[np.bool_]:
        """(N,) whether points (N, 2) are away from signals and crosswalks."""
        if not len(self.avoid) or not len(points):
            return np.ones(len(points), dtype=bool)
        return np.asarray(np.linalg.norm(points[:, None] - self.avoid[None], axis=2).min(axis=1) > distance)

    def pavement_things(self) -> Shape:
        """Benches, bins, hydrants, cabinets, letter boxes, planters and shelters at the back of pavements."""
        kinds = (
            (furniture.bench(), 1.0, 0.9, 0.30), (furniture.bin_(), 0.5, 0.6, 0.28),
            (furniture.cabinet(), 0.8, 1.4, 0.12), (furniture.mailbox(), 0.5, 1.3, 0.08),
            (furniture.planter(named_generator(0, "planter")), 0.8, 1.1, 0.18),
            (furniture.bus_shelter(), 2.8, 2.6, 0.04),
        )  # fmt: skip
        chances = np.cumsum([kind[3] for kind in kinds])
        feet: list[Doubles] = []
        yaws: list[Doubles] = []
        picks: list[npt.NDArray[np.int64]] = []
        built = self.site.from_built
        for line in self.site.lines(1.25):
            index = np.arange(self.rng.uniform(3.0, 9.0), len(line.points), 11.0).astype(np.int64)
            index = np.clip(index + self.rng.integers(-3, 4, len(index)), 0, len(line.points) - 1)
            points = line.points[index]
            pick = np.searchsorted(chances, self.rng.random(len(index)) * chances[-1] * 1.25)
            radius = np.array([*(kind[1] for kind in kinds), 0.0])[pick]
            depth = np.minimum(radius, 0.9)
            good = (pick < len(kinds)) & (self.site.sample(self.site.from_pavement, points, 1e3) < 2.0)
            good &= self._clear(points, 3.0) & (self.site.sample(built, points, 1e3) > depth + 0.2)
            good &= self.site.sample(self.site.from_lanes, points) > depth * 0.9
            feet.append(self.site.beside_road(points[good], KERB_HEIGHT - 0.015))
            yaws.append(_yaw(line.outward[index][good]))
            picks.append(pick[good])
        foot, yaw = _joined(feet, 3), np.concatenate(yaws or [np.zeros(0)])
        pick = np.concatenate(picks or [np.zeros(0, dtype=np.int64)])
        shapes = []
        for k, (shape, radius, height, _) in enumerate(kinds):
            mine = pick == k
            mine[mine] = self.low.free(foot[mine], radius)
            for taken in (self.low, self.tall)[: 2 if height > _TALL else 1]:
                taken.take_row(foot[mine], yaw[mine], radius, min(radius, 1.0))
            mine[mine] = self.shown.keeps(foot[mine], radius, height)
            shapes.append(place(shape, foot[mine], yaw[mine]))
        return merge(shapes)

    def hydrants(self) -> Shape:
        """Hydrants and bollards at the kerb."""
        shapes = []
        for shape, spacing, height in ((furniture.hydrant(), 85.0, 0.8), (furniture.bollard(), 38.0, 1.0)):
            for line in self.site.lines(0.8, self.site.from_carriageway):
                index = np.arange(self.rng.uniform(6.0, spacing), len(line.points), spacing).astype(np.int64)
                points = line.points[index]
                good = (self.site.sample(self.site.from_pavement, points, 1e3) < 0.6) & self._clear(points, 2.0)
                good &= self.site.sample(self.site.from_carriageway, points) > _KERBSIDE
                good &= self.low.free(points, 0.4)
                self.low.take(points[good], 0.3)
                foot = self.site.beside_road(points[good], KERB_HEIGHT)
                yaw = _yaw(line.outward[index][good])
                free = self.shown.keeps(foot, 0.3, height)
                shapes.append(place(shape, foot[free], yaw[free]))
        return merge(shapes)

    def guard_rails(self) -> Shape:
        """Rails along wide roads without pavements."""
        shapes = []
        for line in self.site.lines(0.9):
            index = np.arange(0, len(line.points) - 2, 4)
            points = line.points[index]
            wide = self.site.sample(self.site.half_width, points) > _HIGHWAY
            paved = self.site.sample(self.site.from_pavement, points, 1e3) < 12.0
            ends = np.stack([points - 2.0 * _along(line, index), points + 2.0 * _along(line, index)], axis=1)
            clear = self.site.sample(self.site.from_lanes, ends).min(axis=1) > 0.4
            good = wide & ~paved & clear
            foot = self.site.beside_road(points[good], 0.0)
            low = foot[:, 2] - self.site.ground(foot) < 1.0
            free = low & self.shown.keeps(foot, 2.0, 0.8)
            shapes.append(place(furniture.guard_rail(), foot[free], _yaw(line.outward[index][good][free])))
        return merge(shapes)

    def poles(self) -> Shape:
        """Wooden poles along country roads."""
        shapes = []
        for line in self.site.lines(3.2):
            index = np.arange(self.rng.uniform(0.0, 20.0), len(line.points), 42.0).astype(np.int64)
            points = line.points[index]
            country = self.site.sample(self.site.from_pavement, points, 1e3) > 30.0
            good = country & (self.site.sample(self.site.half_width, points) < _HIGHWAY)
            good &= self.low.free(points, 0.4)
            self.low.take(points[good], 0.3)
            foot = self.site.grounded(points[good], -0.1)
            free = self.shown.keeps(foot, 1.0, 9.0)
            yaw = _yaw(line.outward[index][good][free])
            shapes.append(place(furniture.utility_pole(), foot[free], yaw))
        return merge(shapes)

    def boundaries(self, buildings: Buildings, kept: npt.NDArray[np.bool_]) -> Shape:
        """Hedges, fences and low walls in front of houses, open at the door; those of the kept (K,) are shown."""
        kinds = (
            hedge(named_generator(0, "hedge")),
            furniture.fence(),
            furniture.board_fence(),
            furniture.garden_wall(),
        )
        pitched = np.array([style.roof != Roof.FLAT for style in STYLES])[buildings.style]
        chosen = np.flatnonzero(pitched & (buildings.chance(83) < 0.75))
        feet: list[list[Doubles]] = [[] for _ in kinds]
        yaws: list[list[Doubles]] = [[] for _ in kinds]
        shows: list[list[npt.NDArray[np.bool_]]] = [[] for _ in kinds]
        for k in chosen:
            along = np.array([np.cos(buildings.yaw[k]), np.sin(buildings.yaw[k])])
            outward = np.array([along[1], -along[0]])
            width, depth = buildings.size[k]
            share = 0.25 + 0.5 * buildings.chance(11)[k]
            u = np.arange(-width / 2.0 - 1.0, width / 2.0 + 1.0, 2.0) + 1.0
            u = u[np.abs(u - (share - 0.5) * width) > 1.8]
            points = buildings.center[k, :2] + u[:, None] * along + outward * (depth / 2.0 + 2.6)
            ends = np.stack([points - along, points + along], axis=1)
            free = self.site.sample(self.site.from_lanes, ends).min(axis=1) > 0.8
            for place_along in (-0.7, 0.0, 0.7):
                free &= self.low.free(points + place_along * along, 0.4)
            pick = int(buildings.seed[k]) % len(kinds)
            feet[pick].append(points[free])
            yaws[pick].append(np.full(int(free.sum()), buildings.yaw[k]))
            shows[pick].append(np.full(int(free.sum()), kept[k]))
        shapes = []
        built = self.site.from_built
        for kind, foot_list, yaw_list, show_list in zip(kinds, feet, yaws, shows, strict=True):
            points, yaw = _joined(foot_list, 2), np.concatenate(yaw_list or [np.zeros(0)])
            keep = self.site.sample(built, points, 1e3) > 1.3
            foot = self.site.grounded(points[keep], -0.02)
            self.low.take_row(foot, yaw[keep], 1.0, 0.45)
            free = self.shown.keeps(foot, 1.0, 1.25) & np.concatenate(show_list or [np.zeros(0, dtype=bool)])[keep]
            shapes.append(place(kind, foot[free], yaw[keep][free]))
        return merge(shapes)


def avoided(site: Site) -> Doubles:
    """(P, 2) places that must stay free and seen: signals and the ends of crosswalks."""
    points = [signal.pose.translation[:2] for signal in site.road_map.signals]
    for crosswalk in site.road_map.crosswalks:
        outline = crosswalk.outline[:, :2]
        points.extend([*outline, *((outline + np.roll(outline, -1, axis=0)) / 2.0)])
    return np.array(points, dtype=np.float64).reshape(-1, 2)


def _yaw(outward: Doubles) -> Doubles:
    """Yaw of things whose -y faces the street, from directions away from it (N, 2)."""
    return np.asarray(np.arctan2(-outward[:, 0], outward[:, 1]), dtype=np.float64)


def _along(line: RoadLine, index: npt.NDArray[np.int64]) -> Doubles:
    """Directions (N, 2) along a line, the road on their right."""
    outward = line.outward[index]
    return np.stack([outward[:, 1], -outward[:, 0]], axis=1)


def _joined(parts: list[Doubles], columns: int) -> Doubles:
    return np.concatenate(parts) if parts else np.zeros((0, columns))
