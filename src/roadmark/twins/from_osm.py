"""An OpenStreetMap extract becomes a map and its surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from roadmark.maps import RoadMap
from roadmark.twins.converters import find_converter
from roadmark.twins.osm import OsmExtract, load_osm
from roadmark.twins.outlines import PlacedExtract
from roadmark.twins.places import find_surroundings
from roadmark.twins.projection import TransverseMercator
from roadmark.twins.repair import repair
from roadmark.twins.streets import street_extract
from roadmark.twins.surroundings import Surroundings


@dataclass(frozen=True, eq=False)
class Twin:
    """A real place.

    Attributes:
        opendrive: The map's bytes.
        road_map: The map, read from them.
        surroundings: What stands around its roads.
        converter: Which converter made the roads.
        notes: What was left out.
    """

    opendrive: bytes
    road_map: RoadMap
    surroundings: Surroundings
    converter: str
    notes: tuple[str, ...]


def twin_from_osm(path: str | Path, name: str, converter: str = "auto") -> Twin:
    """Make a digital twin of an extract.

    The plane is a transverse Mercator around the extract's middle, the same for roads and all else.

    Args:
        path: The extract (`.osm`).
        name: The map's name.
        converter: `carla`, `sumo`, or `auto`: the first that is installed.

    Raises:
        InputError: The extract is missing, broken, has no street, or the converter fails.
        MissingExtraError: The converter is not installed.
        ConfigError: There is no such converter.
    """
    program = find_converter(converter)
    return twin_of(load_osm(path), name, program.name)


def twin_of(extract: OsmExtract, name: str, converter: str = "auto") -> Twin:
    """Make a digital twin of an extract that has been read; see `twin_from_osm`."""
    program = find_converter(converter)
    latitude, longitude = (round(value, 5) for value in extract.center)
    plane = TransverseMercator(latitude, longitude)
    document = program.convert(street_extract(extract), plane.proj, extract.source)
    opendrive, road_map, plane, rules = repair(document, extract, extract.source, name)
    surroundings, notes = find_surroundings(PlacedExtract(extract, plane), road_map, plane.proj)
    return Twin(opendrive, road_map, surroundings, program.name, (*rules.notes, *notes))
