"""`t_junctions`: rows of streets joined like the bricks of a wall, so that three roads meet everywhere."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from roadmark.towns.controls import Control
from roadmark.towns.document import Town
from roadmark.towns.options import TownOptions
from roadmark.towns.plan import through
from roadmark.towns.profiles import StreetProfile
from roadmark.towns.streets import Node, Relief, Street, StreetNetwork

_BLOCK, _ROW = (140.0, 175.0), (75.0, 105.0)
_CORNER_RADIUS, _EASING = 30.0, 14.0
_SPEEDS = (8.33, 11.1, 13.9)


def build_t_junctions(town: Town, rng: np.random.Generator, options: TownOptions) -> None:
    """Rows are of one or two lanes each way; the streets between them end at both."""
    across, along = options.blocks or (int(rng.integers(2, 4)), int(rng.integers(2, 4)))
    block = float(rng.uniform(*_BLOCK))
    ys = np.concatenate([[0.0], np.cumsum(rng.uniform(*_ROW, along))])
    ys = np.round(ys - ys[-1] / 2.0, 2)
    width = block * (across + 0.5)
    network = StreetNetwork()
    rows: list[dict[float, int]] = [{} for _ in ys]

    def node(row: int, x: float) -> int:
        if x not in rows[row]:
            rows[row][x] = network.add_node(Node(x, float(ys[row]), _control(rng), bool(rng.random() < 0.8)))
        return rows[row][x]

    links = [_bricks(rng, across, block, width, row) for row in range(along)]
    for row in range(along):
        for x in links[row]:
            node(row, x)
            node(row + 1, x)
    for row in range(1, along):
        node(row, -width / 2.0)
        node(row, width / 2.0)
    profiles = [_profile(rng, 0 < row < along) for row in range(along + 1)]
    rim = _profile(rng, False)
    for row in range(along + 1):
        speed = float(rng.choice(_SPEEDS))
        places = sorted(rows[row])
        for first, last in pairwise(places):
            path = through([(first, float(ys[row])), (last, float(ys[row]))], _CORNER_RADIUS)
            network.streets.append(
                Street(rows[row][first], rows[row][last], path, profiles[row] if 0 < row < along else rim, speed,
                       f"row {row}")
            )  # fmt: skip
    for row in range(along):
        for x in links[row]:
            path = through([(x, float(ys[row])), (x, float(ys[row + 1]))], _CORNER_RADIUS)
            speed = float(rng.choice(_SPEEDS))
            network.streets.append(
                Street(rows[row][x], rows[row + 1][x], path, _profile(rng, False), speed, f"link {row}")
            )
    _add_rim(network, rows, [float(y) for y in ys], width / 2.0, rim, float(rng.choice(_SPEEDS)))
    relief = Relief.random(rng, options.relief)
    network.raise_nodes(relief)
    network.build(town, relief)


def _bricks(rng: np.random.Generator, across: int, block: float, width: float, row: int) -> list[float]:
    """Where the streets between a row and the next stand: every other row half a block further."""
    shift = 0.42 if row % 2 == 0 else 0.92
    jitter = rng.uniform(-0.05, 0.05, across)
    return [round(float(-width / 2.0 + block * (k + shift + jitter[k])), 2) for k in range(across)]


def _add_rim(
    network: StreetNetwork, rows: list[dict[float, int]], ys: list[float], side: float, rim: StreetProfile, speed: float
) -> None:
    """The streets along the left and the right side, which turn into the first and last row."""
    for x in (-side, side):
        for row in range(1, len(ys) - 2):
            path = through([(x, ys[row]), (x, ys[row + 1])], _CORNER_RADIUS)
            network.streets.append(Street(rows[row][x], rows[row + 1][x], path, rim, speed, "rim"))
        for row, inner in ((0, 1), (len(ys) - 1, len(ys) - 2)):
            nearest = min(rows[row], key=lambda place: abs(place - x))
            points = [(nearest, ys[row]), (x, ys[row]), (x, ys[inner])]
            path = through(points, _CORNER_RADIUS, _EASING)
            end = rows[inner][x] if len(ys) > 2 else rows[inner][min(rows[inner], key=lambda place: abs(place - x))]
            network.streets.append(Street(rows[row][nearest], end, path, rim, speed, "rim"))


def _profile(rng: np.random.Generator, may_be_wide: bool) -> StreetProfile:
    lanes = 2 if may_be_wide and rng.random() < 0.5 else 1
    left, right = (bool(value < 0.5) for value in rng.random(2))
    return StreetProfile(lanes, (left, right))


def _control(rng: np.random.Generator) -> Control:
    controls = (Control.TWO_PHASES, Control.SPLIT_PHASES, Control.STOP, Control.YIELD, Control.ALL_STOP)
    return controls[int(rng.choice(len(controls), p=(0.3, 0.1, 0.25, 0.25, 0.1)))]
