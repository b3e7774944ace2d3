"""The place of a recipe: its map, the lane network on it and what else all of its scenarios share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from roadmark.errors import InputError, OutputError
from roadmark.files import has_file, read_bounded, write_atomically
from roadmark.generate.recipe import Recipe
from roadmark.maps import RoadMap, load_opendrive
from roadmark.towns import build_town, town_name
from roadmark.traffic import Bay, Network, SidewalkGraph, build_bays, build_network, build_sidewalks
from roadmark.twins import Surroundings, read_surroundings, surroundings_path

MAX_MAP_BYTES = 1 << 28
"""Largest map that is copied beside its scenarios."""
PLACES_KEPT = 4
"""Places a process keeps for the scenarios to come."""


@dataclass(frozen=True, eq=False)
class Place:
    """A map, ready for traffic.

    Attributes:
        road_map: The map.
        network: Its lanes.
        sidewalks: Where people walk on it.
        bays: Where vehicles park on it.
        map_file: Its OpenDRIVE file.
        surroundings: What stands around its roads, where a file beside the map says so.
    """

    road_map: RoadMap
    network: Network
    sidewalks: SidewalkGraph
    bays: tuple[Bay, ...]
    map_file: Path
    surroundings: Surroundings | None = None

    @property
    def name(self) -> str:
        """The map's name, as recordings state it."""
        return self.road_map.name


def map_path(recipe: Recipe, folder: Path) -> Path:
    """Where `write_map` puts the recipe's map."""
    if recipe.map is not None:
        return folder / f"{recipe.map.stem}.xodr"
    assert recipe.town is not None
    return folder / f"{town_name(recipe.town, recipe.town_seed)}.xodr"


def write_map(recipe: Recipe, folder: Path) -> Path:
    """Put the recipe's map, and what stands around it, into the scenarios' folder: they are simulated from there alone.

    Returns:
        The file; one with the same bytes is left as it is.

    Raises:
        InputError: The map cannot be read.
        OutputError: It cannot be written, or another map of that name is there.
    """
    if recipe.map is not None:
        load_opendrive(recipe.map)  # what is no map is not copied
        data = read_bounded(recipe.map, MAX_MAP_BYTES)
    else:
        assert recipe.town is not None
        data = build_town(recipe.town, recipe.town_seed)
    path = map_path(recipe, folder)
    if recipe.map is not None and has_file(surroundings_path(recipe.map)):
        around = read_bounded(surroundings_path(recipe.map), MAX_MAP_BYTES)
        _copy(around, surroundings_path(path), "other surroundings")
    return _copy(data, path, "another map")


def _copy(data: bytes, path: Path, other: str) -> Path:
    if not has_file(path):
        write_atomically(path, data)
    elif path.stat().st_size != len(data) or read_bounded(path, MAX_MAP_BYTES) != data:
        raise OutputError(f"{path}: {other} of this name is there; choose another output folder")
    return path


def load_place(map_file: Path) -> Place:
    """Read a map and build its network; kept for the next scenario on it.

    Raises:
        FormatError: No usable OpenDRIVE.
        InputError: No lane for traffic.
    """
    stat = map_file.stat()
    return _place(map_file, stat.st_mtime_ns, stat.st_size)


@lru_cache(PLACES_KEPT)
def _place(map_file: Path, _changed: int, _size: int) -> Place:
    road_map = load_opendrive(map_file)
    network = build_network(road_map)
    if not network.lanes:
        raise InputError(f"{map_file}: has no lane that vehicles drive; traffic needs one")
    around = surroundings_path(map_file)
    surroundings = read_surroundings(around) if has_file(around) else None
    return Place(road_map, network, build_sidewalks(road_map), build_bays(road_map), map_file, surroundings)
