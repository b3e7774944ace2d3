"""OpenDRIVE files (1.4 to 1.8) into `RoadMap`, and finding a map's file by its name."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from roadmark.errors import FormatError, InputError
from roadmark.files import has_file, input_errors, is_plain_name, read_bounded
from roadmark.maps.features import MapObject, Signal, SignalReference
from roadmark.maps.lanes import LaneStrip
from roadmark.maps.read_features import (
    crosswalks_of,
    join_signals,
    read_controllers,
    read_junctions,
    read_objects,
    read_signal_references,
    read_signals,
)
from roadmark.maps.read_roads import read_road
from roadmark.maps.road_geometry import Road
from roadmark.maps.road_map import RoadMap
from roadmark.maps.xml_fields import MAX_BYTES, Element, parse_xml, strip_namespaces

_NO_WAYS = frozenset({"none", "median", "curb", "border", "rail", "tram"})
_LEAST_WIDTH = 0.1  # metres


def load_opendrive(path: str | Path) -> RoadMap:
    """Read an OpenDRIVE file; the map is called after the file's stem.

    Raises:
        InputError: The file is missing or unreadable.
        FormatError: See `parse_opendrive`; or the map has no lane to drive, ride or walk on.
    """
    path = Path(path)
    road_map = parse_opendrive(read_bounded(path, MAX_BYTES), str(path))
    if not any(strip.type not in _NO_WAYS and _width(strip) > _LEAST_WIDTH for strip in road_map.strips()):
        raise FormatError("has no lanes to drive or walk on; export the map with its lane sections", path=path)
    return road_map


def _width(strip: LaneStrip) -> float:
    return float(np.linalg.norm(strip.left - strip.right, axis=1).max())


def parse_opendrive(data: bytes, name: str) -> RoadMap:
    """Read an OpenDRIVE document.

    World coordinates are OpenDRIVE's own: x east, y north, z up, metres, which is FLU. (CARLA flips y.)

    Args:
        data: The document.
        name: The map's name or path, also used in errors.

    Raises:
        FormatError: Not OpenDRIVE, a document type or entity declaration, or a field that is missing, not finite,
            negative where it must not be, or contradictory; the message names file, road and field.
    """
    root = parse_xml(data, name, "OpenDRIVE")
    strip_namespaces(root)
    roads: dict[str, Road] = {}
    elements = root.findall("road")
    for element in elements:
        road = read_road(element, name)
        if road.id in roads:
            raise FormatError("appears twice", path=name, field=f"road {road.id}")
        roads[road.id] = road
    if not roads:
        raise FormatError("holds no road", path=name)
    oriented = not _by_roadrunner(root)
    signals: list[Signal] = []
    references: list[SignalReference] = []
    objects: list[MapObject] = []
    for element, road in zip(elements, roads.values(), strict=True):
        signals += read_signals(element, road, roads, name, oriented=oriented)
        references += read_signal_references(element, road, name)
        objects += read_objects(element, road, name)
    controllers = read_controllers(root, name)
    return RoadMap(
        Path(name).stem if name.lower().endswith(".xodr") else name,
        roads,
        source=name,
        signals=join_signals(signals, references, controllers, roads),
        objects=tuple(objects),
        crosswalks=crosswalks_of(tuple(objects)),
        junctions=read_junctions(root, name),
        controllers=controllers,
    )


def _by_roadrunner(root: Element) -> bool:
    """Whether RoadRunner wrote the file (all of CARLA's towns); it measures signals' headings from the road."""
    header = root.find("header")
    vendor = "" if header is None else header.get("vendor", "")
    return vendor in ("VectorZero", "MathWorks")


_NAME_SHOWN = 200


def find_map(place: str | Path | None, map_name: str) -> Path:
    """Find the OpenDRIVE file of a map that a recording names.

    CARLA's layered maps share their base map's roads: `Town10HD_Opt` is `Town10HD.xodr`. Case does not matter.

    Args:
        place: A folder of `.xodr` files, one such file (taken as it is), or None.
        map_name: The map's name, with or without a path in front (`/Game/Carla/Maps/Town01`).

    Raises:
        InputError: There is no such file; the message names the map and `--xodr-path`.
    """
    hint = "pass its OpenDRIVE file, or a folder that holds it, with --xodr-path"
    map_name = map_name[:_NAME_SHOWN]
    name = map_name.replace("\\", "/").rpartition("/")[2]
    if place is None:
        raise InputError(f"map {name!r} has no OpenDRIVE file: {hint}")
    place = Path(place)
    with input_errors(place):
        if not place.is_dir() and has_file(place):
            return place
        if not place.is_dir():
            raise InputError(f"map {name!r}: {str(place)[:200]} does not exist; {hint}")
    if not is_plain_name(name):
        raise InputError(f"map name {map_name!r} is no file name; {hint}")
    try:
        files = sorted(entry for entry in place.iterdir() if entry.suffix.lower() == ".xodr" and entry.is_file())
    except OSError as error:
        raise InputError(f"map {name!r}: cannot list {place}: {error.strerror or error}") from error
    by_stem = {entry.stem.lower(): entry for entry in reversed(files)}
    for stem in (name.lower(), name.lower().removesuffix("_opt")):
        if stem in by_stem:
            return by_stem[stem]
    have = ", ".join(entry.stem for entry in files[:12]) or "no .xodr file"
    raise InputError(f"map {name!r} is not in {place} (there: {have}); {hint}")
