"""The streets of an extract as a clean extract of their own: all that a converter gets to see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from roadmark.errors import InputError
from roadmark.twins.osm import OsmExtract, OsmWay, Tags

CLASSES: dict[str, tuple[int, int, float, bool]] = {
    "motorway": (0, 2, 120.0, False),
    "motorway_link": (0, 1, 60.0, False),
    "trunk": (2, 2, 100.0, False),
    "trunk_link": (0, 1, 60.0, False),
    "primary": (2, 1, 50.0, True),
    "primary_link": (0, 1, 50.0, True),
    "secondary": (2, 1, 50.0, True),
    "secondary_link": (0, 1, 50.0, True),
    "tertiary": (2, 1, 50.0, True),
    "tertiary_link": (0, 1, 50.0, True),
    "unclassified": (2, 1, 50.0, True),
    "residential": (2, 1, 30.0, True),
    "living_street": (2, 1, 10.0, True),
}
"""By `highway`: lanes of a two-way and of a one-way street (0: such are one-way), km/h, and whether it has sidewalks;
where the extract does not say."""
BEYOND = 30.0 / 111_000.0
"""Degrees beyond the extract's bounds at which streets are cut off."""
_MOST_LANES = 10
_SPEED = re.compile(r"^(\d{1,3})(?:\.\d+)?\s*(km/h|kmh|kph|mph)?$")
_CONTROL = re.compile(r"[^\w .,'/()-]")


def street_extract(extract: OsmExtract) -> bytes:
    """The drivable streets as OSM XML, with checked values of the tags that shape roads and nothing else.

    Raises:
        InputError: There is no street.
    """
    ways = list(_streets(extract))
    if not ways:
        raise InputError(f"{extract.source}: has no street that cars may drive (highway={', '.join(CLASSES)})")
    used = dict.fromkeys(node for _, nodes, _ in ways for node in nodes)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="roadmark">']
    numbers = {node: index for index, node in enumerate(used, start=1)}
    for node, number in numbers.items():
        place = extract.nodes[node]
        lines.append(f'<node id="{number}" lat="{place.latitude:.9f}" lon="{place.longitude:.9f}" version="1"/>')
    for index, (_, nodes, tags) in enumerate(ways, start=1):
        refs = "".join(f'<nd ref="{numbers[node]}"/>' for node in nodes)
        rows = "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())
        lines.append(f'<way id="{index}" version="1">{refs}{rows}</way>')
    return "\n".join([*lines, "</osm>", ""]).encode()


def drivable(way: OsmWay) -> bool:
    """Whether cars may use a way."""
    tags = way.tags
    if tags.get("highway") not in CLASSES or tags.get("area") == "yes":
        return False
    access = next((tags[key] for key in ("motor_vehicle", "vehicle", "access") if key in tags), "yes")
    return access not in ("no", "private", "agricultural", "forestry")


def _streets(extract: OsmExtract) -> Iterator[tuple[OsmWay, list[int], dict[str, str]]]:
    for way in extract.ways.values():
        if drivable(way):
            for piece in _inside(extract, way):
                yield way, piece, _clean(way.tags)


def _inside(extract: OsmExtract, way: OsmWay) -> Iterator[list[int]]:
    """The pieces of a way within the extract's bounds, each with one node beyond; equal neighbours are one."""
    south, west, north, east = extract.bounds
    inside = [
        south - BEYOND <= extract.nodes[node].latitude <= north + BEYOND
        and west - BEYOND <= extract.nodes[node].longitude <= east + BEYOND
        for node in way.nodes
    ]
    piece: list[int] = []
    for index, node in enumerate(way.nodes):
        near = any(inside[max(index - 1, 0) : index + 2])
        if near and not (piece and _same_place(extract, piece[-1], node)):
            piece.append(node)
        if not near or (not inside[index] and len(piece) > 1):
            if len(piece) > 1:
                yield piece
            piece = [node] if near else []
    if len(piece) > 1:
        yield piece


def _same_place(extract: OsmExtract, one: int, other: int) -> bool:
    a, b = extract.nodes[one], extract.nodes[other]
    return one == other or (a.latitude == b.latitude and a.longitude == b.longitude)


def _clean(tags: Tags) -> dict[str, str]:
    highway = tags["highway"]
    two_way, one_way_lanes, speed, sidewalks = CLASSES[highway]
    oneway = _oneway(tags, two_way == 0)
    found = {"highway": highway, "oneway": oneway}
    name = _CONTROL.sub("", tags.get("name", ""))[:80].strip()
    if name:
        found["name"] = name
    least = 1 if oneway != "no" else 2
    found["lanes"] = str(_lanes(tags.get("lanes")) or (one_way_lanes if oneway != "no" else max(two_way, 2)))
    found["lanes"] = str(max(int(found["lanes"]), least))
    forward, backward = _lanes(tags.get("lanes:forward")), _lanes(tags.get("lanes:backward"))
    if oneway == "no" and forward and backward:
        found.update({"lanes": str(forward + backward), "lanes:forward": str(forward), "lanes:backward": str(backward)})
    found["maxspeed"] = f"{_speed(tags.get('maxspeed'), speed):.0f}"
    found["sidewalk"] = _sidewalk(tags, sidewalks)
    if tags.get("junction") in ("roundabout", "circular"):
        found["junction"] = "roundabout"
    return found


def _oneway(tags: Tags, default: bool) -> str:
    value = tags.get("oneway", "")
    if value in ("-1", "reverse"):
        return "-1"
    if value in ("yes", "true", "1") or tags.get("junction") in ("roundabout", "circular"):
        return "yes"
    return "yes" if default and value not in ("no", "false", "0") else "no"


def _lanes(text: str | None) -> int:
    return min(int(text), _MOST_LANES) if text and text.isascii() and text.isdigit() and len(text) < 3 else 0


def _speed(text: str | None, default: float) -> float:
    match = _SPEED.match(text or "")
    if match is None:
        return default
    value = float(match.group(1)) * (1.609344 if match.group(2) == "mph" else 1.0)
    return value if 5.0 <= value <= 250.0 else default


def _sidewalk(tags: Tags, default: bool) -> str:
    sides = {side: tags.get(f"sidewalk:{side}", tags.get("sidewalk:both", "")) for side in ("left", "right")}
    value = tags.get("sidewalk", "")
    if value in ("both", "left", "right"):
        return value
    if value in ("no", "none"):
        return "no"
    given = [side for side, there in sides.items() if there not in ("", "no", "none")]
    if given:
        return "both" if len(given) == 2 else given[0]
    return "both" if default and not any(sides.values()) else "no"
