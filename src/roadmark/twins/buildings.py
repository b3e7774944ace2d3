"""Buildings of an extract: footprints with storeys, heights, roofs and colours, as far as tags tell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roadmark.twins.osm import Tags
from roadmark.twins.outlines import Outline, PlacedExtract
from roadmark.twins.polygons import contains, is_rectangle, signed_area
from roadmark.twins.surroundings import BuildingUse, GivenBuilding, RoofShape
from roadmark.twins.tags import color, length, roof_shape, wall_material

Array = NDArray[np.float64]

_HOUSES = frozenset(
    {"house", "detached", "semidetached_house", "terrace", "bungalow", "cabin", "farm", "hut", "static_caravan"}
)
_SHEDS = frozenset({"garage", "garages", "shed", "carport", "greenhouse", "kiosk", "farm_auxiliary", "service"})
_HALLS = frozenset(
    {"industrial", "warehouse", "hangar", "barn", "supermarket", "sports_hall", "sports_centre", "factory", "stable",
     "manufacture", "train_station", "church", "chapel", "mosque", "temple", "synagogue", "cathedral"}
)  # fmt: skip
_FLATS = frozenset({"apartments", "residential", "dormitory", "hotel", "hospital"})
_OFFICES = frozenset(
    {"office", "commercial", "government", "civic", "public", "university", "school", "college", "bank", "kindergarten"}
)
_SHOPS = frozenset({"retail", "shop", "kiosk", "mall"})
_STOREYS: Final[dict[BuildingUse, int]] = {"house": 2, "apartments": 4, "office": 4, "shop": 2, "hall": 1}
_STOREY_HEIGHT: Final[dict[BuildingUse, float]] = {"house": 2.8, "office": 3.5, "shop": 3.6, "hall": 6.0}
_USUAL_HEIGHT = 3.1
_LEAST_EAVES, _MOST_HEIGHT, _MOST_STOREYS = 2.2, 830.0, 160
_PITCH = 0.6  # rise of an untagged roof over half the building's depth
_HOUSE_AREA, _HOUSE_HEIGHT = 200.0, 9.5  # of buildings of no stated kind that are taken for houses
_PARTS_COVER = 0.7  # share of a building that its parts must cover to stand for it
REACH = 80.0
"""Metres beyond the extract's bounds up to which buildings are taken."""


def find_buildings(placed: PlacedExtract) -> list[GivenBuilding]:
    """All buildings, each by its parts where those are mapped."""
    parts = [part for part in placed.outlines("building:part") if part.tags["building:part"] not in ("no", "roof")]
    found: list[GivenBuilding] = []
    for outline in _standing(placed):
        own = _parts_of(outline, parts)
        if sum(signed_area(part.corners) for part in own) < _PARTS_COVER * signed_area(outline.corners):
            own = [outline]
        for part in own:
            tags = part.tags if part is outline else {**_inherited(outline.tags), **part.tags}
            found.append(_building(part, tags))
    return found


def _inherited(tags: Tags) -> Tags:
    kept = ("building", "building:colour", "building:material", "roof:colour", "building:facade:material")
    return {key: tags[key] for key in kept if key in tags}


def _standing(placed: PlacedExtract) -> Iterator[Outline]:
    for outline in placed.outlines("building"):
        tags = outline.tags
        underground = tags.get("location") == "underground" or tags.get("layer", "0").startswith("-")
        if tags["building"] in ("no", "ruins", "construction", "proposed") or underground:
            continue
        if placed.near(outline.corners, REACH):
            yield outline


def _parts_of(outline: Outline, parts: Sequence[Outline]) -> list[Outline]:
    low, high = outline.corners.min(axis=0), outline.corners.max(axis=0)
    own = []
    for part in parts:
        middle = part.corners.mean(axis=0)
        if (middle > low).all() and (middle < high).all() and contains(outline.corners, middle[None])[0]:
            own.append(part)
    return own


def _building(outline: Outline, tags: Tags) -> GivenBuilding:
    area = signed_area(outline.corners)
    use = _use(tags, area)
    storeys = _storeys(tags)
    height = length(tags, "height", "building:height", "est_height")
    roof = _roof(tags, outline, use, storeys)
    rise = 0.0 if roof == "flat" else length(tags, "roof:height")
    if rise is None:
        rise = _rise(outline.corners)
    floor = _STOREY_HEIGHT.get(use, _USUAL_HEIGHT)
    if tags.get("building") in _SHEDS:
        floor, storeys = 2.5, storeys or 1
    if storeys is None and height is not None:
        storeys = max(round(max(height - rise, floor) / floor), 1)
    if storeys is None:
        storeys = _usual_storeys(use, area)
    eaves = storeys * floor + 0.4 if height is None else max(height - rise, _LEAST_EAVES)
    eaves = min(max(eaves, _LEAST_EAVES), _MOST_HEIGHT)
    storeys = max(min(storeys, _MOST_STOREYS, int(eaves / 2.2)), 1)
    base = length(tags, "min_height", "building:min_height")
    if base is None:
        base = _count(tags.get("building:min_level")) * floor
    if tags.get("building") in ("roof", "carport"):
        base = max(base, eaves - 0.5)
    return GivenBuilding(
        outline=outline.corners,
        holes=outline.holes,
        storeys=storeys,
        eaves=round(eaves, 2),
        base=round(min(base, eaves - 0.4), 2) if base > 0.0 else 0.0,
        roof=roof,
        use=use,
        material=wall_material(tags),
        wall_color=color(tags, "building:colour", "building:color", "colour"),
        roof_color=color(tags, "roof:colour", "roof:color", "building:roof:colour"),
        id=outline.id,
    )


def _use(tags: Tags, area: float) -> BuildingUse:
    kind = tags.get("building", "yes")
    for kinds, use in ((_HOUSES, "house"), (_SHEDS, "house"), (_HALLS, "hall"), (_FLATS, "apartments")):
        if kind in kinds:
            return use  # type: ignore[return-value]
    if kind in _OFFICES or "office" in tags:
        return "office"
    if kind in _SHOPS or "shop" in tags:
        return "shop"
    low = (_storeys(tags) or 0) <= 2 and (length(tags, "height", "building:height") or 0.0) <= _HOUSE_HEIGHT
    return "house" if area < _HOUSE_AREA and low and kind in ("yes", "residential") else "other"


def _usual_storeys(use: BuildingUse, area: float) -> int:
    if use == "house" and area < 40.0:
        return 1
    return _STOREYS.get(use, 2 if area < 250.0 else 3)


def _storeys(tags: Tags) -> int | None:
    levels = _count(tags.get("building:levels", tags.get("levels")))
    return math.ceil(levels) if levels > 0.0 else None


def _count(text: str | None) -> float:
    try:
        value = float((text or "").replace(",", "."))
    except ValueError:
        return 0.0
    return value if 0.0 < value <= _MOST_STOREYS else 0.0


def _roof(tags: Tags, outline: Outline, use: BuildingUse, storeys: int | None) -> RoofShape:
    given = roof_shape(tags)
    if given is not None:
        return given
    small = use == "house" and tags.get("building") not in _SHEDS and (storeys or 2) <= 3
    if not small or outline.holes:
        return "flat"
    return "gabled" if is_rectangle(outline.corners) else "hipped"


def _rise(corners: Array) -> float:
    """Usual height of a pitched roof over a footprint."""
    sides = np.roll(corners, -1, axis=0) - corners
    along = sides[np.argmax(np.linalg.norm(sides, axis=1))]
    along = along / np.linalg.norm(along)
    across = corners @ np.array([-along[1], along[0]])
    return float(min(np.ptp(across) / 2.0 * _PITCH, 6.0))
