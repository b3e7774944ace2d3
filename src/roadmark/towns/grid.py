"""`grid`: blocks between straight streets, with rounded outer corners."""

from __future__ import annotations

import numpy as np

from roadmark.towns.controls import Control
from roadmark.towns.document import Town
from roadmark.towns.options import TownOptions
from roadmark.towns.plan import through
from roadmark.towns.profiles import StreetProfile
from roadmark.towns.streets import Node, Relief, Street, StreetNetwork

_LEAST_BLOCK, _GREATEST_BLOCK = 85.0, 140.0
_CORNER_RADIUS, _EASING = 26.0, 10.0
_SPEEDS = {1: (8.33, 11.1, 13.9), 2: (13.9, 16.7)}
"""m/s by lanes per direction."""
_SIGNALISED = 0.5
"""Share of the lesser junctions that have lights."""


def build_grid(town: Town, rng: np.random.Generator, options: TownOptions) -> None:
    """Streets of one or two lanes per direction; crossings of greater streets and half of the others have lights."""
    across, along = options.blocks or (int(rng.integers(2, 5)), int(rng.integers(2, 4)))
    xs, ys = _lines(rng, across), _lines(rng, along)
    profiles = {"column": _profiles(rng, across), "row": _profiles(rng, along)}
    speeds = {kind: [_speed(rng, profile) for profile in found] for kind, found in profiles.items()}
    network = StreetNetwork()
    nodes: dict[tuple[int, int], int] = {}
    for i, x in enumerate(xs):
        for j, y in enumerate(ys):
            if (i in (0, across)) and (j in (0, along)):
                continue
            lanes = max(profiles["column"][i].lanes, profiles["row"][j].lanes)
            nodes[i, j] = network.add_node(Node(x, y, _control(rng, lanes), bool(rng.random() < 0.8 or lanes > 1)))

    def add(kind: str, line: int, corners: list[tuple[int, int]]) -> None:
        points = [(xs[i], ys[j]) for i, j in corners]
        path = through(points, _CORNER_RADIUS, _EASING)
        start, end = nodes[corners[0]], nodes[corners[-1]]
        network.streets.append(Street(start, end, path, profiles[kind][line], speeds[kind][line], f"{kind} {line}"))

    for j in range(along + 1):
        for i in range(across):
            if (i, j) in nodes and (i + 1, j) in nodes:
                add("row", j, [(i, j), (i + 1, j)])
    for i in range(across + 1):
        for j in range(along):
            if (i, j) in nodes and (i, j + 1) in nodes:
                add("column", i, [(i, j), (i, j + 1)])
    for i, beside in ((0, 1), (across, across - 1)):
        for j, above in ((0, 1), (along, along - 1)):
            add("row", j, [(beside, j), (i, j), (i, above)])
    relief = Relief.random(rng, options.relief)
    network.raise_nodes(relief)
    network.build(town, relief)


def _lines(rng: np.random.Generator, blocks: int) -> list[float]:
    """Where the streets of one direction run, around 0."""
    places = np.concatenate([[0.0], np.cumsum(rng.uniform(_LEAST_BLOCK, _GREATEST_BLOCK, blocks))])
    return [float(value) for value in np.round(places - places[-1] / 2.0, 2)]


def _profiles(rng: np.random.Generator, blocks: int) -> list[StreetProfile]:
    """Cross sections of the parallel streets; the outermost, which turn into each other, are alike."""
    found = []
    for line in range(blocks + 1):
        inner = 0 < line < blocks
        lanes = 2 if inner and rng.random() < 0.5 else 1
        left, right = (bool(value < 0.5) for value in rng.random(2))
        found.append(StreetProfile(lanes, (left, right)))
    return found


def _speed(rng: np.random.Generator, profile: StreetProfile) -> float:
    return float(rng.choice(_SPEEDS[profile.lanes]))


def _control(rng: np.random.Generator, lanes: int) -> Control:
    if lanes > 1 or rng.random() < _SIGNALISED:
        return Control.SPLIT_PHASES if rng.random() < 0.35 else Control.TWO_PHASES
    return (Control.STOP, Control.YIELD, Control.ALL_STOP)[int(rng.integers(3))]
