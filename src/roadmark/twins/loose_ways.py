"""Ways through junctions that end beside the lane they should lead into: nobody could drive on from them."""

from __future__ import annotations

from collections import Counter
from typing import Final
from xml.etree import ElementTree as ET

import numpy as np

from roadmark.maps import LaneStrip, RoadMap

REACH: Final = 0.6
"""Metres between a way's end and the next lane's beginning from which on they do not meet."""


def drop_loose_ways(root: ET.Element, road_map: RoadMap) -> int:
    """Remove them and their connections, in place; an approach keeps its last way.

    Args:
        root: The document.
        road_map: The map as read from it.

    Returns:
        How many were removed.
    """
    strips = {(strip.key.road, strip.key.lane): strip for strip in road_map.strips() if strip.type == "driving"}
    loose = {
        road_id
        for road_id, road in road_map.road_geometry.items()
        if road.junction is not None and len(road.sections) == 1 and not _meets(road_map, road_id, strips)
    }
    removed: set[str] = set()
    for junction in root.iterfind("junction"):
        connections = junction.findall("connection")
        ways = Counter(entry.get("incomingRoad") for entry in connections)
        for entry in connections:
            if entry.get("connectingRoad") in loose and ways[entry.get("incomingRoad")] > 1:
                ways[entry.get("incomingRoad")] -= 1
                removed.add(entry.get("connectingRoad", ""))
                junction.remove(entry)
    for element in root.findall("road"):
        if element.get("id") in removed:
            root.remove(element)
    return len(removed)


def _meets(road_map: RoadMap, road_id: str, strips: dict[tuple[str, int], LaneStrip]) -> bool:
    """Whether any driving lane of a connecting road ends where its successor begins; true where there is none."""
    road = road_map.road_geometry[road_id]
    link = road.successor
    if link is None or link.kind != "road":
        return True
    gaps = []
    for lane in road.sections[0].lanes.values():
        strip, target = strips.get((road_id, lane.id)), strips.get((link.id, lane.successor or 0))
        if strip is not None and target is not None and lane.id < 0:
            begin = target.center[0 if link.contact == "start" else -1]
            gaps.append(float(np.linalg.norm(strip.center[-1, :2] - begin[:2])))
    return not gaps or min(gaps) < REACH
