"""Two-way streets as one road each: converters write every direction as a road of its own."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Final
from xml.etree import ElementTree as ET

import numpy as np

from roadmark.maps import Road, RoadMap
from roadmark.twins.arms import opposite_roads

_SAME_LINE: Final = 0.3  # metres between the two reference lines
_SAMPLES: Final = 9


def join_directions(root: ET.Element, road_map: RoadMap) -> int:
    """Move the lanes of each street's second direction to the left side of its first, in place.

    Streets whose directions differ in more than their lanes stay two roads: such with several lane sections, lanes of
    changing width, links to other roads than junctions, or different reference lines.

    Args:
        root: The document.
        road_map: The map as read from it.

    Returns:
        How many streets were joined.
    """
    elements = {element.get("id", ""): element for element in root.iterfind("road")}
    opposite = opposite_roads(road_map)
    joined: dict[str, str] = {}
    for second, first in opposite.items():
        taken = {first, second} & {*joined, *joined.values()}
        if opposite.get(first) != second or taken or _rank(road_map, second) < _rank(road_map, first):
            continue
        one, other = road_map.road_geometry[first], road_map.road_geometry[second]
        if _plain(elements[first]) and _plain(elements[second]) and _same_line(one, other):
            joined[second] = first
    for second, first in joined.items():
        _take_lanes(elements[first], elements[second])
        root.remove(elements[second])
    for element in root.iterfind("road"):
        _relink(element, joined)
    for connection in root.iterfind("junction/connection"):
        if connection.get("incomingRoad") in joined:
            connection.set("incomingRoad", joined[connection.get("incomingRoad", "")])
            for link in connection.iterfind("laneLink"):
                link.set("from", str(-int(link.get("from", "0"))))
    return len(joined)


def _rank(road_map: RoadMap, road: str) -> tuple[bool, int]:
    """Which of two directions comes first: one that cars drive (a sidewalk alone has no links), then the lower id."""
    driven = any(lane.type == "driving" for lane in road_map.road_geometry[road].sections[0].lanes.values())
    return not driven, int(road)


def _plain(road: ET.Element) -> bool:
    """Whether a road has one section of lanes of constant width on its right, and links to junctions only."""
    sections = road.findall("lanes/laneSection")
    links = [*road.iterfind("link/predecessor"), *road.iterfind("link/successor")]
    return (
        len(sections) == 1
        and road.find("lanes/laneOffset") is None
        and sections[0].find("left/lane") is None
        and all(link.get("elementType") == "junction" for link in links)
        and all(float(width.get(key, "0")) == 0.0 for width in road.iterfind(".//width") for key in ("b", "c", "d"))
        and all(len(lane.findall("width")) == 1 for lane in road.iterfind(".//right/lane"))
    )


def _same_line(one: Road, other: Road) -> bool:
    share = np.linspace(0.0, 1.0, _SAMPLES)
    forth = np.stack(one.plan.evaluate(share * one.length)[:2])
    back = np.stack(other.plan.evaluate((1.0 - share) * other.length)[:2])
    return bool(np.hypot(*(forth - back)).max() < _SAME_LINE)


def _take_lanes(first: ET.Element, second: ET.Element) -> None:
    """Give the second road's right lanes to the first as left ones, the outermost first, as the format has them."""
    section, other = first.find("lanes/laneSection"), second.find("lanes/laneSection")
    assert section is not None  # _plain has counted them
    assert other is not None
    left = ET.Element("left")
    lanes = sorted(other.iterfind("right/lane"), key=lambda lane: int(lane.get("id", "0")))
    for lane in lanes:
        mirrored = copy.deepcopy(lane)
        mirrored.set("id", str(-int(lane.get("id", "0"))))
        left.append(mirrored)
    section.insert(0, left)


def _relink(road: ET.Element, joined: Mapping[str, str]) -> None:
    """Point a road's links at joined roads: the second direction's end is the first's start."""
    for tag in ("predecessor", "successor"):
        link = road.find(f"link/{tag}")
        if link is None or link.get("elementType") != "road" or link.get("elementId") not in joined:
            continue
        link.set("elementId", joined[link.get("elementId", "")])
        link.set("contactPoint", "start" if link.get("contactPoint") == "end" else "end")
        for target in road.iterfind(f".//lane/link/{tag}"):
            target.set("id", str(-int(target.get("id", "0"))))
