"""What converters leave out of an OpenDRIVE map, put in: marks, speeds, lights, signs, crosswalks."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from roadmark.errors import FormatError
from roadmark.maps import RoadMap, parse_opendrive, parse_xml
from roadmark.twins.arms import Arm, kerb, opposite_roads
from roadmark.twins.loose_ways import drop_loose_ways
from roadmark.twins.osm import OsmExtract
from roadmark.twins.projection import TransverseMercator
from roadmark.twins.rules import CROSSWALK, Crosswalk, TrafficRules, traffic_rules
from roadmark.twins.two_way import join_directions

_POST_BEFORE, _POST_BESIDE = 5.0, 0.7
"""Lights and signs stand so far before their road's end, and so far beyond the kerb, metres."""
_LOW_HEAD, _HIGH_HEAD, _SIGN_BOTTOM = 2.6, 5.3, 2.2
_MARK_WIDTH = "0.12"
_SHORT = 12.0  # metres: shorter roads get solid lines
_POSTS = {
    "light": ("Signal_3Light_Post01", "1000001", 0.35, 0.95),
    "stop": ("Sign_Stop", "206", 0.75, 0.75),
    "give_way": ("Sign_Yield", "205", 0.75, 0.75),
}


def repair(
    document: bytes, extract: OsmExtract, source: str, name: str
) -> tuple[bytes, RoadMap, TransverseMercator, TrafficRules]:
    """Complete a converter's map with what the extract says.

    Args:
        document: The converter's OpenDRIVE.
        extract: Where it came from.
        source: What to call it in errors.
        name: The map's name.

    Returns:
        The map's bytes, the map read from them, the plane its header names, and the rules that were added.

    Raises:
        FormatError: It is no OpenDRIVE that Roadmark reads, or its plane is not the one asked for.
    """
    root = parse_xml(document, source, "OpenDRIVE")
    plane = _plane(root, source)
    drop_loose_ways(root, parse_opendrive(document, source))
    join_directions(root, parse_opendrive(ET.tostring(root), source))
    road_map = parse_opendrive(ET.tostring(root), source)
    rules = traffic_rules(extract, road_map, plane)
    _clean_header(root, name, plane)
    roads = {element.get("id", ""): element for element in root.iterfind("road")}
    opposite = opposite_roads(road_map)
    for road_id, element in roads.items():
        _clear(element)
        _add_speed(element)
        _mark_lanes(element, road_map, road_id, opposite)
    for junction in root.iterfind("junction"):
        for entry in junction.findall("controller"):
            junction.remove(entry)
    for entry in root.findall("controller"):
        root.remove(entry)
    _add_rules(root, roads, rules)
    ET.indent(root, " ")
    made = ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"
    return made, parse_opendrive(made, name), plane, rules


def _plane(root: ET.Element, source: str) -> TransverseMercator:
    """The plane of the roads, by the header."""
    header = root.find("header")
    reference = None if header is None else header.findtext("geoReference")
    if reference is None or not reference.strip():
        raise FormatError("does not say in which plane its roads lie", path=source, field="header geoReference")
    offset = root.find("header/offset")
    if offset is not None and any(float(offset.get(key, "0") or 0.0) != 0.0 for key in ("x", "y", "z", "hdg")):
        raise FormatError("moves the roads; an unmoved map was asked for", path=source, field="header offset")
    return TransverseMercator.parse(reference, source)


def _clean_header(root: ET.Element, name: str, plane: TransverseMercator) -> None:
    header = root.find("header")
    assert header is not None  # _plane has read it
    header.attrib.pop("date", None)
    header.set("name", name)
    for child in list(header):
        header.remove(child)
    ET.SubElement(header, "geoReference").text = plane.proj


def _clear(road: ET.Element) -> None:
    for tag in ("objects", "signals"):
        for entry in road.findall(tag):
            road.remove(entry)


def _add_speed(road: ET.Element) -> None:
    """The fastest lane's limit as the road's."""
    speeds = [float(entry.get("max", "0")) for entry in road.iterfind(".//lane/speed")]
    kind = road.find("type")
    if kind is not None and speeds and kind.find("speed") is None:
        ET.SubElement(kind, "speed", max=f"{max(speeds):g}", unit="m/s")


def _mark_lanes(element: ET.Element, road_map: RoadMap, road_id: str, opposite: Mapping[str, str]) -> None:
    """Lines between lanes and along edges; none in junctions and along kerbs."""
    road = road_map.road_geometry[road_id]
    for number, section in enumerate(element.iterfind("lanes/laneSection")):
        lanes = road.sections[number].lanes
        driving = [k for k, lane in lanes.items() if k and lane.type == "driving"]
        for lane in section.iterfind("./*/lane"):
            for mark in lane.findall("roadMark"):
                lane.remove(mark)
            k = int(lane.get("id", "0"))
            kind = "none"
            if road.junction is None and driving:
                kind = (
                    _centre_mark(road_map, road_id, opposite, driving)
                    if k == 0
                    else _border_mark(k, lanes, road.length)
                )
            attributes = {"sOffset": "0", "type": kind, "weight": "standard", "color": "white", "width": _MARK_WIDTH}
            attributes["laneChange"] = "both" if kind == "broken" else "none"
            mark = ET.Element("roadMark", attributes)
            speeds = lane.findall("speed")
            for entry in speeds:
                lane.remove(entry)
            lane.extend([mark, *speeds])


def _centre_mark(road_map: RoadMap, road_id: str, opposite: Mapping[str, str], driving: list[int]) -> str:
    """Of the reference line: between the directions, or the left edge of a one-way street."""
    other = opposite.get(road_id)
    if other is not None and int(road_id) > int(other):
        return "none"  # the other direction, a road of its own, paints it
    both = min(driving) < 0 < max(driving) or other is not None
    long = road_map.road_geometry[road_id].length > _SHORT
    return "broken" if both and long and max(map(abs, driving)) == 1 else "solid"


def _border_mark(k: int, lanes: Mapping[int, object], length: float) -> str:
    """Of a lane's outer border."""
    outer = lanes.get(k + (1 if k > 0 else -1))
    if getattr(lanes[k], "type", "") != "driving":
        return "none"
    if outer is None:
        return "solid"
    return ("broken" if length > _SHORT else "solid") if getattr(outer, "type", "") == "driving" else "none"


def _add_rules(root: ET.Element, roads: Mapping[str, ET.Element], rules: TrafficRules) -> None:
    number = 0
    for number, crosswalk in enumerate(rules.crosswalks, start=1):
        _crosswalk(_child(roads[crosswalk.road.id], "objects"), crosswalk, number)
    junctions = {element.get("id", ""): element for element in root.iterfind("junction")}
    first = list(root).index(next(iter(junctions.values()))) if junctions else len(root)
    for junction, phases in rules.phases.items():
        for sequence, arms in enumerate(phases):
            number += 1
            controller = ET.Element("controller", id=str(number), name=f"phase {sequence}", sequence=str(sequence))
            ET.SubElement(junctions[junction], "controller", id=str(number), type="", sequence=str(sequence))
            for arm in arms:
                number += 1
                _post(_child(roads[arm.road.id], "signals"), arm, "light", number)
                ET.SubElement(controller, "control", signalId=str(number), type="")
            root.insert(first, controller)
            first += 1
    for sign in rules.signs:
        number += 1
        _post(_child(roads[sign.arm.road.id], "signals"), sign.arm, sign.kind, number)


def _child(parent: ET.Element, tag: str) -> ET.Element:
    found = parent.find(tag)
    return ET.SubElement(parent, tag) if found is None else found


def _crosswalk(objects: ET.Element, crosswalk: Crosswalk, number: int) -> None:
    entry = ET.SubElement(
        objects, "object", id=str(number), name="Crosswalk", type="crosswalk", s=f"{crosswalk.s:.6f}", t="0",
        zOffset="0", hdg="0", roll="0", pitch="0", orientation="none", length=f"{CROSSWALK:g}",
        width=f"{crosswalk.left + crosswalk.right:.6f}",
    )  # fmt: skip
    outline = ET.SubElement(entry, "outline")
    half, left, right = CROSSWALK / 2.0, crosswalk.left, -crosswalk.right
    for u, v in ((-half, right), (half, right), (half, left), (-half, left), (-half, right)):
        ET.SubElement(outline, "cornerLocal", u=f"{u:.6f}", v=f"{v:.6f}", z="0")


def _post(signals: ET.Element, arm: Arm, kind: str, number: int) -> None:
    """A light or sign on the right beside the stop line."""
    name, code, width, height = _POSTS[kind]
    s = arm.s(_POST_BEFORE)
    side = -1 if arm.forward else 1
    t = side * (kerb(arm.road, s, side) + _POST_BESIDE)
    bottom = _SIGN_BOTTOM if kind != "light" else _HIGH_HEAD if len(arm.lanes) > 1 else _LOW_HEAD
    entry = ET.SubElement(
        signals, "signal", s=f"{s:.6f}", t=f"{t:.6f}", id=str(number), name=name,
        dynamic="yes" if kind == "light" else "no", orientation="+" if arm.forward else "-",
        zOffset=f"{bottom:g}", country="OpenDRIVE",
        type=code, subtype="-1", value="-1", hOffset="0", pitch="0", roll="0", text="", height=f"{height:g}",
        width=f"{width:g}",
    )  # fmt: skip
    ET.SubElement(entry, "validity", fromLane=str(min(arm.lanes)), toLane=str(max(arm.lanes)))
