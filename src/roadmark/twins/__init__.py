"""Digital twins of real places: OpenStreetMap extracts and 3D models."""

from roadmark.twins.converters import CONVERTERS, find_converter
from roadmark.twins.from_osm import Twin, twin_from_osm, twin_of
from roadmark.twins.osm import OsmExtract, load_osm, parse_osm
from roadmark.twins.polygons import contains, is_rectangle, oriented
from roadmark.twins.projection import TransverseMercator
from roadmark.twins.scene_classes import SceneClasses, load_scene_classes
from roadmark.twins.scene_model import SceneModel, load_scene_model
from roadmark.twins.surroundings import (
    GivenArea,
    GivenBarrier,
    GivenBuilding,
    GivenPath,
    GivenThing,
    GivenTree,
    Surroundings,
)
from roadmark.twins.surroundings_file import (
    SURROUNDINGS_ENDING,
    read_surroundings,
    surroundings_bytes,
    surroundings_path,
    write_surroundings,
)

__all__ = [
    "CONVERTERS",
    "SURROUNDINGS_ENDING",
    "GivenArea",
    "GivenBarrier",
    "GivenBuilding",
    "GivenPath",
    "GivenThing",
    "GivenTree",
    "OsmExtract",
    "SceneClasses",
    "SceneModel",
    "Surroundings",
    "TransverseMercator",
    "Twin",
    "contains",
    "find_converter",
    "is_rectangle",
    "load_osm",
    "load_scene_classes",
    "load_scene_model",
    "oriented",
    "parse_osm",
    "read_surroundings",
    "surroundings_bytes",
    "surroundings_path",
    "twin_from_osm",
    "twin_of",
    "write_surroundings",
]
