"""OpenStreetMap extracts (`.osm` XML, API 0.6) into nodes, ways and relations; the file may be hostile.

Source: OpenStreetMap wiki, "OSM XML" (elements `node`, `way`, `relation`, `bounds`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from roadmark.errors import FormatError
from roadmark.files import read_bounded
from roadmark.maps import parse_xml

MAX_BYTES = 256 * 1024 * 1024
"""Largest extract that is read; a whole town has a tenth."""
MAX_LATITUDE = 84.0
"""Degrees: nearer to the poles no transverse Mercator plane of a town is worth having."""
MAX_EXTENT = 30_000.0
"""Metres across; a digital twin is a place, not a country."""
MAX_TEXT = 255
"""Characters of a tag's value; longer ones are cut (the API allows no more)."""
_EARTH = 6_371_008.8  # metres, mean radius
_DIGITS = 18  # of an id

Tags = Mapping[str, str]


@dataclass(frozen=True)
class OsmNode:
    """A point: degrees north and east."""

    id: int
    latitude: float
    longitude: float
    tags: Tags


@dataclass(frozen=True)
class OsmWay:
    """A line, or the outline of an area where its first node is its last, by node ids."""

    id: int
    nodes: tuple[int, ...]
    tags: Tags

    @property
    def closed(self) -> bool:
        """Whether it ends where it starts and encloses something."""
        return len(self.nodes) >= 4 and self.nodes[0] == self.nodes[-1]


@dataclass(frozen=True)
class OsmRelation:
    """Ways with roles, such as the outlines and holes of a multipolygon; members of other kinds are left out."""

    id: int
    ways: tuple[tuple[int, str], ...]
    tags: Tags


@dataclass(frozen=True)
class OsmExtract:
    """A piece of OpenStreetMap.

    Attributes:
        source: The file, for errors.
        nodes, ways, relations: By id, in the file's order.
        bounds: South, west, north, east in degrees: the file's own, else those of its nodes.
    """

    source: str
    nodes: Mapping[int, OsmNode]
    ways: Mapping[int, OsmWay]
    relations: Mapping[int, OsmRelation]
    bounds: tuple[float, float, float, float]

    @property
    def center(self) -> tuple[float, float]:
        """Latitude and longitude of the middle."""
        south, west, north, east = self.bounds
        return (south + north) / 2.0, (west + east) / 2.0


def load_osm(path: str | Path) -> OsmExtract:
    """Read an extract.

    Raises:
        InputError: The file is missing or unreadable.
        FormatError: See `parse_osm`.
    """
    path = Path(path)
    if path.name.lower().endswith((".pbf", ".o5m", ".bz2", ".gz")):
        raise FormatError(
            f"{path.suffix} is not read; make XML of it, as with: osmium cat {path.name} -o place.osm", path=path
        )
    return parse_osm(read_bounded(path, MAX_BYTES), str(path))


def parse_osm(data: bytes, name: str) -> OsmExtract:
    """Read an extract's bytes.

    Deleted elements and ways' references to nodes outside the extract are left out.

    Args:
        data: The document.
        name: What to call it in errors.

    Raises:
        FormatError: Not OSM XML, an entity declaration, a number that is none or off the Earth, two elements of one
            id, no node at all, or an extract more than 30 km across.
    """
    if len(data) > MAX_BYTES:
        raise FormatError(f"{len(data)} bytes; at most {MAX_BYTES} are read: cut out the place you need", path=name)
    root = parse_xml(data, name, "osm")
    nodes: dict[int, OsmNode] = {}
    ways: dict[int, OsmWay] = {}
    relations: dict[int, OsmRelation] = {}
    for element in root:
        if element.get("action") == "delete" or element.get("visible") == "false":
            continue
        if element.tag == "node":
            number = _new_id(element, nodes, name)
            nodes[number] = OsmNode(number, *_place(element, number, name), _tags(element))
        elif element.tag == "way":
            number = _new_id(element, ways, name)
            refs = tuple(_id(entry, "ref", f"way {number}", name) for entry in element.iterfind("nd"))
            ways[number] = OsmWay(number, refs, _tags(element))
        elif element.tag == "relation":
            number = _new_id(element, relations, name)
            members = tuple(
                (_id(entry, "ref", f"relation {number}", name), entry.get("role", "")[:MAX_TEXT])
                for entry in element.iterfind("member")
                if entry.get("type") == "way"
            )
            relations[number] = OsmRelation(number, members, _tags(element))
    if not nodes:
        raise FormatError("holds no node; export a place with its streets", path=name)
    known = {
        number: OsmWay(number, tuple(node for node in way.nodes if node in nodes), way.tags)
        for number, way in ways.items()
    }
    return OsmExtract(name, nodes, known, relations, _bounds(root, nodes, name))


def _bounds(root: Element, nodes: Mapping[int, OsmNode], name: str) -> tuple[float, float, float, float]:
    element = root.find("bounds")
    if element is not None:
        south, west = _degrees(element, "minlat", "bounds", name, 90.0), _degrees(element, "minlon", "bounds", name)
        north, east = _degrees(element, "maxlat", "bounds", name, 90.0), _degrees(element, "maxlon", "bounds", name)
    else:
        latitudes = [node.latitude for node in nodes.values()]
        longitudes = [node.longitude for node in nodes.values()]
        south, west, north, east = min(latitudes), min(longitudes), max(latitudes), max(longitudes)
    if not (south <= north and west <= east):
        raise FormatError(f"{south}, {west} is not south-west of {north}, {east}", path=name, field="bounds")
    middle = math.radians((south + north) / 2.0)
    height, width = (math.radians(value) * _EARTH for value in (north - south, (east - west) * math.cos(middle)))
    if max(height, width) > MAX_EXTENT:
        raise FormatError(
            f"the place is {max(height, width) / 1000.0:.0f} km across; at most {MAX_EXTENT / 1000.0:.0f} km make a "
            "twin: cut out a part",
            path=name,
            field="bounds",
        )
    if abs(math.degrees(middle)) > MAX_LATITUDE:
        raise FormatError(f"lies at {math.degrees(middle):.1f} degrees north, too near a pole", path=name)
    return south, west, north, east


def _new_id(element: Element, known: Mapping[int, object], name: str) -> int:
    number = _id(element, "id", element.tag, name)
    if number in known:
        raise FormatError("appears twice", path=name, field=f"{element.tag} {number}")
    return number


def _id(element: Element, attribute: str, where: str, name: str) -> int:
    text = element.get(attribute, "").strip()
    if not (text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() and len(text) <= _DIGITS):
        raise FormatError(f"{text[:40]!r} is no id", path=name, field=f"{where} {attribute}")
    return int(text)


def _place(element: Element, number: int, name: str) -> tuple[float, float]:
    where = f"node {number}"
    return _degrees(element, "lat", where, name, 90.0), _degrees(element, "lon", where, name)


def _degrees(element: Element, attribute: str, where: str, name: str, limit: float = 180.0) -> float:
    text = element.get(attribute, "")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= limit:
        raise FormatError(f"{text[:40]!r} is not a number from -{limit:g} to {limit:g}", path=name,
                          field=f"{where} {attribute}")  # fmt: skip
    return value


_NO_TAGS: Tags = {}


def _tags(element: Element) -> Tags:
    found = {entry.get("k", "")[:MAX_TEXT]: entry.get("v", "")[:MAX_TEXT].strip() for entry in element.iterfind("tag")}
    return found or _NO_TAGS
