"""Where buildings stand: rows of plots along the lines beside roads, and further rows behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from roadmark.world.scenery.buildings import Buildings
from roadmark.world.scenery.site import RoadLine, Site
from roadmark.world.scenery.styles import STYLE_INDEX, STYLES, Roof
from roadmark.world.shape import Doubles

#: Buildings keep this far from every lane, so that balconies and awnings do too.
CLEARANCE = 1.5
#: Width of the forecourt between pavement and building fronts in streets with pavements.
FORECOURT = 3.2
_DISTRICT = 130.0  # size of areas with the same mix of styles
_WIDE_STREET = 7.2  # half width of a carriageway with two lanes each way
_STEEPEST = 1.6  # ground under one building may differ by this much

# Mixes of styles by district: for wide streets, narrow streets, and roads without pavements.
_WIDE: tuple[tuple[str, ...], ...] = (
    ("office", "glass office", "stone block", "office", "brick tenement"),
    ("stone block", "brick tenement", "rendered town house", "office", "stone block"),
    ("apartments", "brick tenement", "glass office", "rendered town house", "apartments"),
)
_NARROW: tuple[tuple[str, ...], ...] = (
    ("rendered town house", "brick tenement", "rendered town house", "stone block"),
    ("house", "brick house", "house", "rendered town house"),
    ("apartments", "rendered town house", "brick tenement", "brick house"),
    ("brick tenement", "brick tenement", "rendered town house", "apartments"),
)
_RURAL: tuple[tuple[str, ...], ...] = (("house", "brick house", "brick house"), ("hall", "house"), ("hall", "hall"))


@dataclass
class _Plots:
    """Accepted plots, collected one by one."""

    center: list[Doubles]
    yaw: list[float]
    size: list[tuple[float, float]]
    storeys: list[int]
    style: list[int]
    seed: list[int]

    def buildings(self) -> Buildings:
        count = len(self.yaw)
        return Buildings(
            np.array(self.center, dtype=np.float64).reshape(count, 3),
            np.array(self.yaw, dtype=np.float64),
            np.array(self.size, dtype=np.float64).reshape(count, 2),
            np.array(self.storeys, dtype=np.int64),
            np.array(self.style, dtype=np.int64),
            np.array(self.seed, dtype=np.uint16),
        )


class Planner:
    """Fills a site with buildings."""

    def __init__(self, site: Site, rng: np.random.Generator) -> None:
        self.site = site
        self.rng = rng
        self.plots = _Plots([], [], [], [], [], [])
        self.district_salt = rng.integers(0, 1 << 30, 3)

    def plan(self) -> Buildings:
        """Buildings in the front row, then behind it."""
        for row, distance in enumerate((CLEARANCE, 34.0, 70.0)):
            for line in self.site.lines(distance):
                self._along(line, row)
        return self.plots.buildings()

    def _along(self, line: RoadLine, row: int) -> None:
        """Plots side by side along one line."""
        count = len(line.points)
        paved = self.site.sample(self.site.from_pavement, line.points, 1e3) < (5.0 if row == 0 else 60.0 + 30.0 * row)
        # Behind the front row the street itself is out of reach of the picture: look back towards it.
        street = line.points - line.outward * (0.0, 30.0, 62.0)[row]
        width = self.site.sample(self.site.half_width, street)
        i = int(self.rng.integers(0, 6))
        while i < count - 7:
            chance = self.rng.random()
            keep = (0.97, 0.75, 0.5)[row] if paved[i] else (0.16 if width[i] < 11.0 else 0.05)
            if chance > keep:
                i += int(self.rng.integers(5, 12)) if paved[i] else int(self.rng.integers(15, 40))
                continue
            wide, gap = self._try(line, i, row, bool(paved[i]), bool(width[i] > _WIDE_STREET))
            i += 3 if wide == 0.0 else int(np.ceil(wide + gap))

    def _mix(self, point: Doubles, paved: bool, wide: bool) -> tuple[str, ...]:
        cell = np.floor(point / _DISTRICT).astype(np.int64)
        value = int((cell[0] * 73856093) ^ (cell[1] * 19349663) ^ int(self.district_salt[0]))
        table = _RURAL if not paved else (_WIDE if wide else _NARROW)
        return table[(value ^ (value >> 9)) % len(table)]

    def _try(self, line: RoadLine, start: int, row: int, paved: bool, wide_street: bool) -> tuple[float, float]:
        """Place one building that begins at a point of the line; its width and the gap after it, 0 if none fits."""
        mix = self._mix(line.points[start], paved, wide_street)
        index = STYLE_INDEX[mix[int(self.rng.integers(len(mix)))]]
        style = STYLES[index]
        share = self.rng.random(2)
        setback = max(style.setback, FORECOURT if paved else 8.0 + 14.0 * self.rng.random()) - CLEARANCE
        setback += 0.0 if style.roof == Roof.FLAT or row else 1.5 * self.rng.random()
        width = style.frontage[0] + share[0] * (style.frontage[1] - style.frontage[0])
        depth = style.depth[0] + share[1] * (style.depth[1] - style.depth[0])
        for shrink in (1.0, 0.75, 0.55):
            wide = max(width * shrink, 6.5)
            deep = max(depth * shrink, 7.0)
            if self._place(line, start, wide, deep, setback, index, row, not paved):
                return wide, self._gap(style.name, paved)
        return 0.0, 0.0

    def _gap(self, name: str, paved: bool) -> float:
        if not paved:
            return float(self.rng.uniform(12.0, 40.0))
        if name in ("house", "brick house", "apartments", "hall"):
            return float(self.rng.uniform(3.0, 8.0))
        return 0.05 if self.rng.random() < 0.62 else float(self.rng.uniform(1.5, 5.0))

    def _place(
        self,
        line: RoadLine,
        start: int,
        width: float,
        depth: float,
        setback: float,
        index: int,
        row: int,
        open_land: bool,
    ) -> bool:
        end = start + round(width)
        if end >= len(line.points):
            return False
        chord = line.points[end] - line.points[start]
        length = float(np.linalg.norm(chord))
        if length < 0.9 * width:
            return False
        along = chord / length
        outward = np.array([-along[1], along[0]])
        if outward @ line.outward[(start + end) // 2] < 0.7:
            return False
        middle = line.points[start] + along * width / 2.0 + outward * (setback + depth / 2.0)
        if not self._free(middle, along, width, depth):
            return False
        if open_land and not self._open(middle, outward):
            return False
        ground = self._ground(middle, along, width, depth)
        if ground is None:
            return False
        style = STYLES[index]
        storeys = int(self.rng.integers(style.storeys[0], style.storeys[1] + 1))
        if row and style.roof == Roof.FLAT:
            storeys = max(storeys - 1, 2)
        half = along * width / 2.0, outward * depth / 2.0
        corners = np.stack([middle + i * half[0] + j * half[1] for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))])
        self.site.occupy(corners[None])
        plots = self.plots
        plots.center.append(np.array([*middle, ground]))
        plots.yaw.append(float(np.arctan2(along[1], along[0])))
        plots.size.append((width, depth))
        plots.storeys.append(storeys)
        plots.style.append(index)
        plots.seed.append(int(self.rng.integers(0, 1 << 15)))
        return True

    def _grid(self, middle: Doubles, along: Doubles, width: float, depth: float, margin: float) -> Doubles:
        """Points of a plot no more than a metre apart, borders included, (P, 2)."""
        u = np.linspace(-0.5, 0.5, int(width + 2 * margin) + 2) * (width + 2 * margin)
        v = np.linspace(-0.5, 0.5, int(depth + 2 * margin) + 2) * (depth + 2 * margin)
        outward = np.array([-along[1], along[0]])
        return np.asarray(
            middle + (u[:, None, None] * along + v[None, :, None] * outward).reshape(-1, 2), dtype=np.float64
        )

    def _free(self, middle: Doubles, along: Doubles, width: float, depth: float) -> bool:
        """Whether a plot keeps clear of lanes and of other buildings."""
        points = self._grid(middle, along, width, depth, 0.0)
        if self.site.sample(self.site.from_lanes, points, 0.0).min() < CLEARANCE:
            return False
        inner = self._grid(middle, along, width - 1.2, depth - 1.2, 0.0)
        return not self.site.sample(self.site.built, inner, 1.0).any()

    def _open(self, middle: Doubles, outward: Doubles) -> bool:
        """Whether there is land behind a plot: nobody builds inside the loops of a junction."""
        behind = middle + outward * np.array([[35.0], [80.0]])
        return bool((self.site.sample(self.site.from_lanes, behind, 1e3) > [35.0, 60.0]).all())

    def _ground(self, middle: Doubles, along: Doubles, width: float, depth: float) -> float | None:
        """Floor height of a plot: a little over the highest ground; None where the ground is too steep."""
        height = self.site.ground(self._grid(middle, along, width, depth, 0.0)[::5])
        if np.ptp(height) > _STEEPEST:
            return None
        return float(height.max()) + 0.12


def plan_buildings(site: Site, rng: np.random.Generator) -> Buildings:
    """Buildings for a site; they are entered in its register."""
    return Planner(site, rng).plan()
