"""Towns by kind and seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from roadmark.errors import InputError
from roadmark.towns.crossing import build_crossing
from roadmark.towns.document import Town
from roadmark.towns.grid import build_grid
from roadmark.towns.highway import build_highway
from roadmark.towns.options import TownOptions
from roadmark.towns.radial import build_radial
from roadmark.towns.roundabout import build_roundabout
from roadmark.towns.t_junctions import build_t_junctions
from roadmark.towns.writer import to_opendrive

Builder = Callable[[Town, np.random.Generator, TownOptions], None]

_BUILDERS: Mapping[str, tuple[str, Builder]] = {
    "crossing": ("Crossing", build_crossing),
    "grid": ("Grid", build_grid),
    "radial": ("Radial", build_radial),
    "t_junctions": ("TJunctions", build_t_junctions),
    "roundabout": ("Roundabout", build_roundabout),
    "highway": ("Highway", build_highway),
}
_LEAST_BLOCKS = {"grid": (2, 2), "t_junctions": (1, 2)}
TOWN_KINDS: tuple[str, ...] = tuple(_BUILDERS)
"""Kinds of towns that `build_town` knows."""


def town_name(kind: str, seed: int = 0) -> str:
    """The map's name of a town, such as `RoadmarkGrid_7`."""
    return f"Roadmark{_builder(kind)[0]}_{seed}"


def build_town(kind: str, seed: int = 0, options: TownOptions | None = None) -> bytes:
    """A procedural road network as an OpenDRIVE 1.4 document.

    Args:
        kind: One of `TOWN_KINDS`.
        seed: Chooses everything that the options leave open; the same seed gives the same bytes.
        options: What to fix.

    Raises:
        InputError: No such kind, a negative seed, or blocks that a town of the kind cannot have.
    """
    _, build = _builder(kind)
    options = options or TownOptions()
    if seed < 0:
        raise InputError(f"seed {seed} is negative; take 0 or more")
    _check_blocks(kind, options.blocks)
    town = Town(town_name(kind, seed))
    build(town, np.random.default_rng([seed, *kind.encode()]), options)
    return to_opendrive(town)


def _check_blocks(kind: str, blocks: tuple[int, int] | None) -> None:
    if blocks is None:
        return
    if kind not in _LEAST_BLOCKS:
        raise InputError(f"blocks {blocks}: only {' and '.join(_LEAST_BLOCKS)} have blocks, {kind} has none")
    least = _LEAST_BLOCKS[kind]
    if any(count < fewest for count, fewest in zip(blocks, least, strict=True)):
        raise InputError(f"blocks {blocks}: {kind} has at least {least[0]}x{least[1]}")


def _builder(kind: str) -> tuple[str, Builder]:
    if kind not in _BUILDERS:
        raise InputError(f"town {kind[:40]!r} is unknown; there are {', '.join(TOWN_KINDS)}")
    return _BUILDERS[kind]
