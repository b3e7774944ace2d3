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
        InputError: No such kind, or a negative seed.
    """
    _, build = _builder(kind)
    if seed < 0:
        raise InputError(f"seed {seed} is negative; take 0 or more")
    town = Town(town_name(kind, seed))
    build(town, np.random.default_rng([seed, *kind.encode()]), options or TownOptions())
    return to_opendrive(town)


def _builder(kind: str) -> tuple[str, Builder]:
    if kind not in _BUILDERS:
        raise InputError(f"town {kind[:40]!r} is unknown; there are {', '.join(TOWN_KINDS)}")
    return _BUILDERS[kind]
