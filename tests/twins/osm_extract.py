"""Small made-up OpenStreetMap extracts, written in metres around a corner of the sea."""

from __future__ import annotations

import math
from xml.sax.saxutils import quoteattr

ORIGIN = (48.5, 8.25)
"""Latitude and longitude of (0, 0)."""
EAST, NORTH = 6_390_146.1, 6_371_293.0
"""Radii of curvature of WGS 84 at that latitude, metres: across and along the meridian."""


class Extract:
    """Collects nodes, ways and relations; places are metres east and north of `ORIGIN`."""

    def __init__(self) -> None:
        self._nodes: list[str] = []
        self._ways: list[str] = []
        self._relations: list[str] = []
        self._next = 0
        self.place: dict[int, tuple[float, float]] = {}

    def _id(self) -> int:
        self._next += 1
        return self._next

    def node(self, x: float, y: float, **tags: object) -> int:
        """A node; its id."""
        number = self._id()
        latitude = ORIGIN[0] + math.degrees(y / NORTH)
        longitude = ORIGIN[1] + math.degrees(x / EAST / math.cos(math.radians(ORIGIN[0])))
        self.place[number] = (latitude, longitude)
        self._nodes.append(
            f'<node id="{number}" lat="{latitude:.9f}" lon="{longitude:.9f}" version="1">{_tags(tags)}</node>'
        )
        return number

    def way(self, nodes: list[int], **tags: object) -> int:
        """A way along nodes; its id."""
        number = self._id()
        refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
        self._ways.append(f'<way id="{number}" version="1">{refs}{_tags(tags)}</way>')
        return number

    def line(self, points: list[tuple[float, float]], **tags: object) -> int:
        """A way along new nodes."""
        return self.way([self.node(x, y) for x, y in points], **tags)

    def area(self, points: list[tuple[float, float]], **tags: object) -> int:
        """A closed way around new nodes."""
        nodes = [self.node(x, y) for x, y in points]
        return self.way([*nodes, nodes[0]], **tags)

    def relation(self, members: list[tuple[int, str]], **tags: object) -> int:
        """A relation of ways with roles; its id."""
        number = self._id()
        rows = "".join(f'<member type="way" ref="{ref}" role="{role}"/>' for ref, role in members)
        self._relations.append(f'<relation id="{number}" version="1">{rows}{_tags(tags)}</relation>')
        return number

    def document(self) -> bytes:
        """The extract as .osm bytes."""
        places = list(self.place.values()) or [ORIGIN]
        (south, west), (north, east) = map(min, zip(*places, strict=True)), map(max, zip(*places, strict=True))
        body = "\n".join([*self._nodes, *self._ways, *self._relations])
        bounds = f'<bounds minlat="{south:.9f}" minlon="{west:.9f}" maxlat="{north:.9f}" maxlon="{east:.9f}"/>'
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">\n{bounds}\n{body}\n</osm>\n'.encode()


def _tags(tags: dict[str, object]) -> str:
    return "".join(
        f"<tag k={quoteattr(key.replace('__', ':'))} v={quoteattr(str(value))}/>" for key, value in tags.items()
    )


def rectangle(x: float, y: float, width: float, depth: float) -> list[tuple[float, float]]:
    """Corners of an upright rectangle by its centre."""
    a, b = width / 2.0, depth / 2.0
    return [(x - a, y - b), (x + a, y - b), (x + a, y + b), (x - a, y + b)]


def crossing_extract() -> Extract:
    """Two streets that cross at a signalled junction, with buildings, trees and what else a place has."""
    place = Extract()
    middle = place.node(0.0, 0.0, highway="traffic_signals")
    east = [place.node(25.0, 0.0, highway="crossing", crossing="traffic_signals"), place.node(120.0, 2.0)]
    west = [place.node(-120.0, 0.0), place.node(-70.0, 0.0, highway="crossing", crossing="zebra")]
    north = [place.node(0.0, 24.0, highway="crossing", crossing="zebra"), place.node(4.0, 120.0)]
    south = [place.node(0.0, -120.0), place.node(0.0, -24.0)]
    place.way([*west, middle, *east], highway="secondary", name="Long Street", lanes=2, maxspeed=50, sidewalk="both")
    place.way(
        [*south, middle, *north], highway="residential", name="Short Street", lanes=2, maxspeed=30, sidewalk="both"
    )
    place.area(rectangle(35.0, 32.0, 40.0, 24.0), building="apartments", building__levels=5, building__colour="#c8a080")
    place.area(
        rectangle(-34.0, 28.0, 14.0, 10.0),
        building="house",
        building__levels=2,
        roof__shape="gabled",
        roof__colour="red",
    )
    outer = place.area(rectangle(45.0, -45.0, 60.0, 50.0))
    inner = place.area(rectangle(45.0, -45.0, 30.0, 20.0))
    place.relation([(outer, "outer"), (inner, "inner")], type="multipolygon", building="yes", height="14 m")
    place.area(
        [(-60, -20), (-20, -20), (-20, -32), (-44, -32), (-44, -50), (-60, -50)], building="retail", building__levels=1
    )
    for x in range(-110, -70, 12):
        place.node(x, 12.0, natural="tree")
    place.line([(70.0, -12.0), (115.0, -12.0)], natural="tree_row")
    place.area(rectangle(-80.0, 75.0, 60.0, 50.0), natural="wood")
    place.area(rectangle(60.0, 80.0, 30.0, 20.0), natural="water")
    place.area(rectangle(-90.0, -80.0, 30.0, 30.0), leisure="park")
    place.node(-25.0, 10.0, highway="street_lamp")
    place.node(-18.0, 12.0, amenity="bench")
    place.line([(-10.0, 40.0), (-10.0, 60.0), (-30.0, 60.0)], barrier="hedge")
    place.line([(10.0, -80.0), (60.0, -80.0)], barrier="fence")
    place.line([(-15.0, -60.0), (-15.0, -90.0)], barrier="wall", height="1.8")
    return place
