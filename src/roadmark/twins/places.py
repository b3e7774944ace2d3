"""What stands around the streets of an extract: buildings, trees, furniture, barriers, ground, paths."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roadmark.maps import RoadMap
from roadmark.twins.buildings import find_buildings
from roadmark.twins.osm import OsmWay, Tags
from roadmark.twins.outlines import PlacedExtract
from roadmark.twins.polygons import contains
from roadmark.twins.surroundings import (
    AreaKind,
    BarrierKind,
    GivenArea,
    GivenBarrier,
    GivenBuilding,
    GivenPath,
    GivenThing,
    GivenTree,
    Surroundings,
    ThingKind,
    TreeKind,
)
from roadmark.twins.tags import length

Array = NDArray[np.float64]

SOURCE: Final = "OpenStreetMap contributors, Open Database License (ODbL) 1.0, openstreetmap.org/copyright"
REACH: Final = 120.0
"""Metres beyond the extract's bounds up to which things are taken."""
ROW_SPACING: Final = 8.0
"""Metres between the trees of a mapped row."""
ON_ROAD: Final = 3.0
"""Metres of driving lane inside a building from which on it is taken to span the road, and left out."""

_THINGS: Final[tuple[tuple[str, str, ThingKind], ...]] = (
    ("highway", "street_lamp", "street_lamp"), ("amenity", "bench", "bench"), ("amenity", "waste_basket", "bin"),
    ("barrier", "bollard", "bollard"), ("emergency", "fire_hydrant", "hydrant"), ("amenity", "post_box", "post_box"),
    ("amenity", "shelter", "shelter"), ("man_made", "street_cabinet", "cabinet"), ("power", "pole", "pole"),
    ("man_made", "utility_pole", "pole"),
)  # fmt: skip
_BARRIERS: Final[dict[str, BarrierKind]] = {
    "wall": "wall", "city_wall": "wall", "retaining_wall": "wall", "fence": "fence", "hedge": "hedge",
    "guard_rail": "guard_rail",
}  # fmt: skip
_AREAS: Final[dict[str, dict[str, AreaKind]]] = {
    "natural": {
        "water": "water", "wood": "wood", "scrub": "scrub", "heath": "scrub", "grassland": "grass", "sand": "sand",
        "beach": "sand", "bare_rock": "gravel", "shingle": "gravel",
    },
    "waterway": {"riverbank": "water", "dock": "water"},
    "landuse": {
        "forest": "wood", "grass": "grass", "meadow": "grass", "recreation_ground": "grass", "village_green": "grass",
        "cemetery": "grass", "reservoir": "water", "basin": "water", "farmland": "soil", "construction": "soil",
        "brownfield": "soil", "railway": "gravel", "allotments": "grass",
    },
    "leisure": {
        "park": "grass", "garden": "grass", "pitch": "grass", "golf_course": "grass", "playground": "sand",
        "swimming_pool": "water",
    },
    "amenity": {"parking": "asphalt", "marketplace": "paved"},
    "place": {"square": "paved"},
}  # fmt: skip
_PATHS: Final[dict[str, tuple[float, AreaKind]]] = {
    "footway": (2.0, "paved"), "path": (1.6, "gravel"), "cycleway": (2.4, "asphalt"), "pedestrian": (5.0, "paved"),
    "steps": (2.0, "paved"), "track": (3.0, "gravel"), "service": (3.6, "asphalt"), "bridleway": (2.0, "soil"),
}  # fmt: skip
_WATERS: Final = {"river": 14.0, "canal": 10.0, "stream": 2.5, "ditch": 1.2, "drain": 1.2}
_SURFACES: Final[dict[str, AreaKind]] = {
    "asphalt": "asphalt", "concrete": "paved", "paving_stones": "paved", "sett": "paved", "paved": "paved",
    "gravel": "gravel", "fine_gravel": "gravel", "compacted": "gravel", "unpaved": "gravel", "ground": "soil",
    "dirt": "soil", "grass": "grass", "sand": "sand",
}  # fmt: skip


def find_surroundings(placed: PlacedExtract, road_map: RoadMap, projection: str) -> tuple[Surroundings, list[str]]:
    """Everything around the streets, and notes on what was left out.

    Args:
        placed: The extract.
        road_map: The map made of its streets; buildings that span them are left out.
        projection: PROJ string of the plane.
    """
    buildings, spanning = _beside_roads(find_buildings(placed), road_map)
    notes = []
    if spanning:
        shown = ", ".join(one.id for one in spanning[:5])
        notes.append(f"{len(spanning)} buildings span a road and are left out ({shown}{', ...' * (len(spanning) > 5)})")
    surroundings = Surroundings(
        source=SOURCE,
        projection=projection,
        buildings=tuple(buildings),
        trees=tuple(_trees(placed)),
        things=tuple(_things(placed)),
        barriers=tuple(_barriers(placed)),
        areas=tuple(_areas(placed)),
        paths=tuple(_paths(placed)),
    )
    return surroundings, notes


def _beside_roads(buildings: list[GivenBuilding], road_map: RoadMap) -> tuple[list[GivenBuilding], list[GivenBuilding]]:
    """Buildings off and on the roads."""
    points = [_dense(strip.center[:, :2]) for strip in road_map.strips() if strip.type == "driving"]
    lanes = np.concatenate(points or [np.zeros((0, 2))])
    lanes = lanes[np.argsort(lanes[:, 0], kind="stable")]
    off: list[GivenBuilding] = []
    on: list[GivenBuilding] = []
    for building in buildings:
        low, high = building.outline.min(axis=0), building.outline.max(axis=0)
        near = lanes[slice(*np.searchsorted(lanes[:, 0], [low[0], high[0]]).tolist())]
        near = near[(near[:, 1] > low[1]) & (near[:, 1] < high[1])]
        inside = contains(building.outline, near)
        for hole in building.holes:
            inside &= ~contains(hole, near)
        (on if inside.sum() > ON_ROAD else off).append(building)
    return off, on


def _dense(line: Array, step: float = 1.0) -> Array:
    """Points along a line, so far apart."""
    along = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))]
    s = np.arange(0.0, along[-1] + 1e-9, step)
    return np.stack([np.interp(s, along, line[:, k]) for k in (0, 1)], axis=1)


def _trees(placed: PlacedExtract) -> Iterator[GivenTree]:
    for node in placed.extract.nodes.values():
        if node.tags.get("natural") == "tree":
            place = placed.place(node.id)
            if placed.near(place[None], REACH):
                yield _tree(place, node.tags)
    for way in placed.extract.ways.values():
        if way.tags.get("natural") == "tree_row" and len(way.nodes) > 1:
            line = placed.line(way.nodes)
            if placed.near(line, REACH):
                yield from (_tree(place, way.tags) for place in _dense(line, ROW_SPACING))


def _tree(place: Array, tags: Tags) -> GivenTree:
    kind: TreeKind = "needleleaved" if tags.get("leaf_type") == "needleleaved" else "broadleaved"
    height = length(tags, "height", "est_height") or 0.0
    return GivenTree(float(place[0]), float(place[1]), min(height, 60.0), kind)


def _things(placed: PlacedExtract) -> Iterator[GivenThing]:
    for node in placed.extract.nodes.values():
        kind = next((kind for key, value, kind in _THINGS if node.tags.get(key) == value), None)
        if kind is None and node.tags.get("highway") == "bus_stop" and node.tags.get("shelter") == "yes":
            kind = "shelter"
        if kind is None or (kind == "hydrant" and node.tags.get("fire_hydrant:type", "pillar") != "pillar"):
            continue
        place = placed.place(node.id)
        if placed.near(place[None], REACH):
            yield GivenThing(float(place[0]), float(place[1]), kind, _heading(node.tags.get("direction")))


def _heading(text: str | None) -> float | None:
    """Radians from east of a compass direction in degrees or as N, NE, ..."""
    points = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
    value = (text or "").strip().lower()
    if value in points:
        degrees = 45.0 * points.index(value)
    else:
        try:
            degrees = float(value)
        except ValueError:
            return None
    if not abs(degrees) <= 360.0:
        return None
    return math.remainder(math.radians(90.0 - degrees), math.tau)


def _barriers(placed: PlacedExtract) -> Iterator[GivenBarrier]:
    for way in placed.extract.ways.values():
        kind = _BARRIERS.get(way.tags.get("barrier", ""))
        if kind is not None and len(way.nodes) > 1:
            line = placed.line(way.nodes)
            if placed.near(line, REACH):
                yield GivenBarrier(line, kind, min(length(way.tags, "height") or 0.0, 20.0))


def _areas(placed: PlacedExtract) -> Iterator[GivenArea]:
    seen: set[str] = set()
    for key, kinds in _AREAS.items():
        for outline in placed.outlines(key):
            kind = kinds.get(outline.tags[key])
            if kind is None or outline.id in seen or outline.tags.get("parking") in ("underground", "multi-storey"):
                continue
            if placed.near(outline.corners, REACH):
                seen.add(outline.id)
                yield GivenArea(outline.corners, outline.holes, _surface(outline.tags, kind))
    for outline in placed.outlines("highway"):
        if outline.tags.get("area") == "yes" and placed.near(outline.corners, REACH):
            yield GivenArea(outline.corners, outline.holes, _surface(outline.tags, "paved"))


def _surface(tags: Tags, usual: AreaKind) -> AreaKind:
    return usual if usual in ("water", "wood", "scrub") else _SURFACES.get(tags.get("surface", ""), usual)


def _paths(placed: PlacedExtract) -> Iterator[GivenPath]:
    for way in placed.extract.ways.values():
        found = _path(way)
        if found is None or len(way.nodes) < 2:
            continue
        line = placed.line(way.nodes)
        if placed.near(line, REACH):
            yield GivenPath(line, *found)


def _path(way: OsmWay) -> tuple[float, AreaKind] | None:
    """Width and ground of a way that is no street, None for other ways and such under the ground or on bridges."""
    tags = way.tags
    if tags.get("tunnel", "no") != "no" or tags.get("bridge", "no") != "no" or tags.get("area") == "yes":
        return None
    width = length(tags, "width", "est_width")
    if tags.get("waterway") in _WATERS:
        return min(max(width or _WATERS[tags["waterway"]], 0.5), 30.0), "water"
    usual = _PATHS.get(tags.get("highway", ""))
    if usual is None or tags.get("footway") in ("sidewalk", "crossing") or tags.get("cycleway") == "crossing":
        return None
    return min(max(width or usual[0], 0.5), 30.0), _surface(tags, usual[1])
